"""Many fits, every child for itself, whatever the others are."""

from __future__ import annotations

from collections.abc import Callable
from math import asinh, inf, log, nan, sqrt
from typing import NamedTuple

import numpy as np
from numba import njit
from numpy.typing import NDArray

from ransel.pharmacokinetics.compiled_from import digest_of
from ransel.pharmacokinetics.fitting import modes as individual_modes
from ransel.pharmacokinetics.fitting import objective as individual_objective
from ransel.pharmacokinetics.fitting import search as individual_search
from ransel.pharmacokinetics.fitting import steps as individual_steps
from ransel.pharmacokinetics.fitting import walk as individual_walk
from ransel.pharmacokinetics.fitting.objective import (
    EXPECTED,
    Bench,
    Problem,
    View,
    bench_room,
    look,
    look_closely,
    view_room,
)
from ransel.pharmacokinetics.fitting.search import (
    AT_LIMIT,
    CONVERGED,
    NO_LEVELS,
    NOT_FOUND,
    begin,
    copy_place,
    factored,
    search,
    write_spread,
)
from ransel.pharmacokinetics.fitting.steps import Dosing, Steps, bounds, room_for, write_steps
from ransel.pharmacokinetics.fitting.walk import Course, course_room, walk
from ransel.pharmacokinetics.individuals import Floats
from ransel.pharmacokinetics.parameters import residual

DOUBTFUL = 3.0
"""When a level still lies so many standard deviations off, the search begins anew from other places as well."""
ELSEWHERE = 2.0
"""How far from the typical child those places lie, in standard deviations."""
SAME = 1e-9
"""Objectives that differ less than this part are those of one place."""
ASIDE = 1e-3
"""How far from a place the curvature is taken to see how it changes, in standard deviations."""


class Batch(NamedTuple):
    """What is known of all children: their levels by `offsets`, and where a typical child lies.

    Values:
        offsets: (children + 1,). times, levels, below: one per level.
        typical: (children, 4 occasions). one: (children,) a single compartment. loading: (4 occasions, unknowns).
        additive, proportional: variances of a level.
    """

    offsets: NDArray[np.int64]
    times: Floats
    levels: Floats
    below: NDArray[np.bool_]
    typical: Floats
    one: NDArray[np.bool_]
    loading: Floats
    additive: float
    proportional: float


class Found(NamedTuple):
    """Room for what is found.

    Values:
        z: (children, unknowns). spread: its covariance. shift: from the most likely place to the mean.
        lean: third derivatives of minus the log of what is likely, (children, unknowns, unknowns, unknowns).
        state, tries, objective: (children,).
        predicted, residual, surprise, empty: one per level; see `Estimates`.
    """

    z: Floats
    spread: Floats
    shift: Floats
    lean: Floats
    state: NDArray[np.int64]
    tries: NDArray[np.int64]
    objective: Floats
    predicted: Floats
    residual: Floats
    surprise: Floats
    empty: NDArray[np.bool_]


@njit(error_model="numpy")
def _fit(dosing: Dosing, batch: Batch, found: Found, start: int, stop: int) -> None:
    size, slopes = batch.loading.shape[1], batch.typical.shape[1]
    most_levels, most_steps = 1, 1
    for child in range(start, stop):
        levels = batch.offsets[child + 1] - batch.offsets[child]
        first, last = bounds(dosing, child)
        most_levels, most_steps = max(most_levels, levels), max(most_steps, levels + last - first)
    steps, bench = room_for(most_steps), bench_room(most_levels, slopes, size)
    view, factor, trial, free = view_room(size), np.zeros((size, size)), np.zeros(size), np.ones(size, dtype=np.bool_)
    for child in range(start, stop):
        first, last = batch.offsets[child], batch.offsets[child + 1]
        _fill(found.z[child], 0.0)
        if first == last:
            _write_prior(found, child)
            continue
        problem = _problem(batch, child)
        count = write_steps(dosing, child, batch.times[first:last], steps)
        if _nothing_said(steps, count, found.empty[first:last]):
            _write_prior(found, child)
            continue
        state = _find(problem, steps, count, bench, view, trial, found, child, first)
        if state == CONVERGED and factored(view.curvature, free, 0.0, factor):
            write_spread(factor, found.spread[child])
            _write_lean(problem, steps, count, found.z[child], bench, view, found, child)
        else:
            _write_unknown(found, child, first, last, state == AT_LIMIT)


@njit(error_model="numpy")
def _problem(batch: Batch, child: int) -> Problem:
    first, last = batch.offsets[child], batch.offsets[child + 1]
    return Problem(
        batch.levels[first:last], batch.below[first:last], batch.typical[child], batch.loading, batch.one[child],
        batch.additive, batch.proportional,
    )  # fmt: skip


@njit(error_model="numpy")
def _write_prior(found: Found, child: int) -> None:
    """Write that nothing is known of this child but what is known of all."""
    found.state[child], found.objective[child], found.tries[child] = NO_LEVELS, 0.0, 0
    for k in range(found.z.shape[1]):
        for other in range(found.z.shape[1]):
            found.spread[child, k, other] = 1.0 if k == other else 0.0


@njit(error_model="numpy")
def _write_unknown(found: Found, child: int, first: int, last: int, place_known: bool) -> None:
    """Write that nothing can be said of how sure it is, and where no place was found, of the child either."""
    for k in range(found.z.shape[1]):
        found.shift[child, k] = nan
        for other in range(found.z.shape[1]):
            found.spread[child, k, other] = nan
        if not place_known:
            found.z[child, k] = nan
    if not place_known:
        for place in range(first, last):
            found.predicted[place], found.residual[place] = nan, nan


@njit(error_model="numpy")
def _nothing_said(steps: Steps, count: int, empty: NDArray[np.bool_]) -> bool:
    """Write which levels were taken when there was nothing to measure; return whether all were."""
    nothing = True
    for step in range(count):
        if steps.level[step] >= 0:
            empty[steps.level[step]] = steps.empty[step]
            nothing = nothing and steps.empty[step]
    return nothing


@njit(error_model="numpy")
def _write_lean(
    problem: Problem, steps: Steps, count: int, z: Floats, bench: Bench, view: View, found: Found, child: int
) -> None:
    """Write how what is likely leans over, and how far its mean therefore lies from the most likely place.

    An error that grows with the level makes the likelihood lean to one side, the same one for every child: the most
    likely places alone would all be off in that direction.
    """
    size = z.shape[0]
    spread, lean, shift = found.spread[child], found.lean[child], found.shift[child]
    moved, beside, pull = np.empty(size), view_room(size), np.zeros(size)
    copy_place(z, moved)
    for k in range(size):
        moved[k] = z[k] + ASIDE
        look_closely(problem, steps, count, moved, bench, beside)
        moved[k] = z[k]
        for i in range(size):
            for j in range(size):
                lean[k, i, j] = (beside.curvature[i, j] - view.curvature[i, j]) / (2 * ASIDE)
                pull[k] += lean[k, i, j] * spread[i, j] / 2
    for i in range(size):
        shift[i] = 0.0
        for k in range(size):
            shift[i] -= spread[i, k] * pull[k]


@njit(error_model="numpy")
def _find(
    problem: Problem, steps: Steps, count: int, bench: Bench, view: View, trial: Floats,
    found: Found, child: int, first: int,
) -> int:  # fmt: skip
    """Search from the typical child; where that leaves a doubt, also from both sides along every unknown.

    The lowest place that was found is kept. The view is that of it.
    """
    z, state, lowest, tries = found.z[child], NOT_FOUND, inf, 0
    for attempt in range(1 + 2 * z.shape[0]):
        _fill(trial, 0.0)
        if attempt > 0:
            trial[(attempt - 1) // 2] = ELSEWHERE if attempt % 2 else -ELSEWHERE
        begin(problem, steps, count, trial, bench, view)
        if attempt == 0:
            _write_surprise(problem, bench, found, first)
        how, here, more = search(problem, steps, count, trial, bench, view)
        tries += more
        if attempt == 0:
            state = how
        if how <= AT_LIMIT and (lowest == inf or here < lowest - SAME * (1 + abs(lowest))):
            copy_place(trial, z)
            state, lowest = how, here
        if attempt == 0 and _write_residuals(problem, bench, found, first) <= DOUBTFUL and how == CONVERGED:
            break
    else:
        look_closely(problem, steps, count, z, bench, view)
        _write_residuals(problem, bench, found, first)
    found.state[child], found.objective[child], found.tries[child] = state, lowest, tries
    return state


@njit(error_model="numpy")
def _write_residuals(problem: Problem, bench: Bench, found: Found, first: int) -> float:
    """Write what the fit says of every level and how far that level lies off; return the furthest."""
    worst = 0.0
    for number in range(problem.levels.shape[0]):
        place, predicted = first + number, bench.course.level[number]
        found.predicted[place] = predicted
        if found.empty[place]:
            found.residual[place] = nan
            continue
        off = problem.levels[number] - predicted
        if problem.below[number]:
            off = min(off, 0.0)
        found.residual[place] = off / sqrt(problem.additive + problem.proportional * predicted * predicted)
        worst = max(worst, abs(found.residual[place]))
    return worst


@njit(error_model="numpy")
def _write_surprise(problem: Problem, bench: Bench, found: Found, first: int) -> None:
    """Write how far every level lies from what any child would have, before it had a say itself.

    In standard deviations on a scale on which their spread is the same everywhere: the logarithm where the spread
    grows with the concentration, the concentration itself where the assay's own error is most of it.
    """
    fixed = sqrt(problem.additive)
    for number in range(problem.levels.shape[0]):
        place, typical = first + number, bench.course.level[number]
        if found.empty[place]:
            found.surprise[place] = nan
            continue
        relative = problem.proportional
        for k in range(problem.loading.shape[1]):
            moved = 0.0
            for row in range(problem.typical.shape[0]):
                moved += bench.course.level_slope[number, row] * problem.loading[row, k]
            relative += (moved / typical) ** 2
        grows = sqrt(relative)
        found.surprise[place] = _apart(problem.levels[number], typical, grows, fixed)
        if problem.below[number]:
            found.surprise[place] = min(found.surprise[place], 0.0)


@njit(error_model="numpy")
def _apart(level: float, typical: float, grows: float, fixed: float) -> float:
    if fixed == 0:
        return log(level / typical) / grows if level > 0 else -inf
    if grows == 0:
        return (level - typical) / fixed
    return (asinh(level * grows / fixed) - asinh(typical * grows / fixed)) / grows


@njit(error_model="numpy")
def _fill(places: Floats, value: float) -> None:
    for k in range(places.shape[0]):
        places[k] = value


@njit(error_model="numpy")
def _predict(dosing: Dosing, child: int, times: Floats, logs: Floats, one: bool, course: Course) -> None:
    first, last = bounds(dosing, child)
    steps = room_for(times.shape[0] + last - first)
    walk(steps, write_steps(dosing, child, times, steps), logs, one, course)


@njit(error_model="numpy")
def _predict_many(
    dosing: Dosing, child: int, times: Floats, logs: Floats, one: bool, levels: Floats, areas: Floats
) -> None:
    first, last = bounds(dosing, child)
    steps, course = room_for(times.shape[0] + last - first), course_room(times.shape[0], logs.shape[1] * 4)
    count = write_steps(dosing, child, times, steps)
    for row in range(logs.shape[0]):
        walk(steps, count, logs[row], one, course)
        for place in range(times.shape[0]):
            levels[row, place], areas[row, place] = course.level[place], course.area[place]


@njit(error_model="numpy")
def _weigh(dosing: Dosing, batch: Batch, child: int, places: Floats, objectives: Floats) -> None:
    first, last = batch.offsets[child], batch.offsets[child + 1]
    moment, end = bounds(dosing, child)
    size, slopes = batch.loading.shape[1], batch.typical.shape[1]
    steps, bench, view = room_for(last - first + end - moment), bench_room(last - first, slopes, size), view_room(size)
    problem = _problem(batch, child)
    count = write_steps(dosing, child, batch.times[first:last], steps)
    for row in range(places.shape[0]):
        objectives[row] = look(problem, steps, count, places[row], bench, view, EXPECTED)


def _fitting(sources: int) -> Callable[[Dosing, Batch, Found, int, int], None]:
    @njit(cache=True, error_model="numpy", nogil=True)
    def fit_block(dosing: Dosing, batch: Batch, found: Found, start: int, stop: int) -> None:
        if sources:  # part of the key under which the compiled code is kept
            _fit(dosing, batch, found, start, stop)

    return fit_block


def _predicting(sources: int) -> Callable[[Dosing, int, Floats, Floats, bool, Course], None]:
    @njit(cache=True, error_model="numpy", nogil=True)
    def predict(dosing: Dosing, child: int, times: Floats, logs: Floats, one: bool, course: Course) -> None:
        if sources:
            _predict(dosing, child, times, logs, one, course)

    return predict


def _predicting_many(sources: int) -> Callable[[Dosing, int, Floats, Floats, bool, Floats, Floats], None]:
    @njit(cache=True, error_model="numpy", nogil=True)
    def predict_many(
        dosing: Dosing, child: int, times: Floats, logs: Floats, one: bool, levels: Floats, areas: Floats
    ) -> None:
        if sources:
            _predict_many(dosing, child, times, logs, one, levels, areas)

    return predict_many


def _weighing(sources: int) -> Callable[[Dosing, Batch, int, Floats, Floats], None]:
    @njit(cache=True, error_model="numpy", nogil=True)
    def weigh(dosing: Dosing, batch: Batch, child: int, places: Floats, objectives: Floats) -> None:
        if sources:
            _weigh(dosing, batch, child, places, objectives)

    return weigh


_SOURCES = digest_of(
    individual_modes, individual_objective, individual_search, individual_steps, individual_walk, residual, __file__
)
fit_block = _fitting(_SOURCES)
"""Fit the children from `start` up to `stop`; threads may do this side by side, each with its own children."""
predict = _predicting(_SOURCES)
"""Write the course of a child with these log parameters at these times, which ascend."""
predict_many = _predicting_many(_SOURCES)
"""Write the levels and areas at these times of many children with one dosing; `logs` is (children, occasions, 4)."""
weigh = _weighing(_SOURCES)
"""Write the objective of a child at each of these places, (places, unknowns)."""
