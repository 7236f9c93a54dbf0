"""Concentrations under nonlinear models: trajectories of many children, or what is asked of them without storing any.

    found = simulate(model, schedule, Grid(points=4201))
    found.values, found.summaries.area, found.failures

Each child is integrated by itself with a step that adapts to it. Models without fast binding go by an explicit method,
target-mediated disposition by an implicit one; `stiff` says otherwise.
"""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import Any

import numpy as np
from numba import get_num_threads
from numpy.typing import NDArray

from ransel.language import Message
from ransel.pharmacokinetics.individuals import Floats
from ransel.pharmacokinetics.nonlinear.course import (
    NO_PARAMETERS,
    NO_SCHEDULE,
    NO_STEP,
    TOO_MANY_STEPS,
    WELL,
    Dosing,
    courses,
)
from ransel.pharmacokinetics.nonlinear.models import Model, TargetMediated, personal, usable
from ransel.pharmacokinetics.nonlinear.seen import Wanted
from ransel.pharmacokinetics.schedule import Grid, Schedule

STATES = ("drug", "peripheral", "target", "complex", "hazard")
"""The rows of a trajectory with all states: mg/L, and the cumulative hazard."""
FOUND = 6
HELD = 0.5
"""Steps are held to half the tolerance: the other half is for the polynomial between their ends."""
ABSOLUTE = 1e-6
"""mg/L for every unit of relative tolerance, where no absolute one is given."""
MOST_STEPS = 200_000
BLOCK = 64
"""Children that a thread takes at a time: few enough to divide the work, enough to make asking for more cheap."""
WHY = {
    NO_PARAMETERS: "nonlinear.no-parameters",
    NO_SCHEDULE: "nonlinear.no-schedule",
    TOO_MANY_STEPS: "nonlinear.too-many-steps",
    NO_STEP: "nonlinear.no-step",
}


@dataclass(frozen=True, slots=True)
class Failure:
    """A child that could not be calculated: which one, counted from nought, and why. Its numbers are NaN."""

    child: int
    why: Message


@dataclass(frozen=True, slots=True, eq=False, kw_only=True)
class Summaries:
    """What was found of each child in the window, each (n,).

    Values:
        area: under the concentration, mg h/L. peak: mg/L, at `peak_at` hours. trough: at the end of the window, before
        anything is given there, mg/L. above: hours above the threshold. hazard: cumulative.
        failures: children that could not be calculated; their numbers are NaN.
    """

    area: Floats
    peak: Floats
    peak_at: Floats
    trough: Floats
    above: Floats
    hazard: Floats
    failures: tuple[Failure, ...]


@dataclass(frozen=True, slots=True, eq=False, kw_only=True)
class Trajectories:
    """Concentrations on a grid, mg/L, (n, points), or all states, (n, 5, points), in the order of STATES.

    A point at which something is given shows what is there afterwards.
    """

    grid: Grid
    values: Floats
    summaries: Summaries

    @property
    def failures(self) -> tuple[Failure, ...]:
        """Children that could not be calculated; their numbers are NaN."""
        return self.summaries.failures


@dataclass(frozen=True, slots=True)
class Accuracy:
    """What a concentration may be wrong: as a part of it, and in mg/L."""

    relative: float
    absolute: float | None


def simulate(
    model: Model,
    schedule: Schedule,
    grid: Grid,
    *,
    relative: float = 1e-6,
    absolute: float | None = None,
    threshold: float = np.inf,
    stiff: bool | None = None,
    threads: int | None = None,
    out: Floats | None = None,
) -> Trajectories:
    """Return the concentrations of all children on a grid, with their summaries over it.

    Args:
        model: with the parameters of the children.
        schedule: what they are given.
        grid: where concentrations are wanted.
        relative: the error of a concentration that is allowed, as a part of it.
        absolute: the same in mg/L, for concentrations near nought; by default `relative` times 1e-6.
        threshold: mg/L, for the hours above it.
        stiff: whether the implicit method is used; by default for fast binding only.
        threads: how many work at once; by default as many as numba uses. The numbers are the same to the last bit.
        out: room for the concentrations, contiguous, to be used again.
    """
    values = np.empty((model.count, grid.points)) if out is None else out
    if values.shape != (model.count, grid.points) or values.dtype != np.float64 or not values.flags.c_contiguous:
        raise ValueError(f"out has room {values.shape} of {values.dtype}; it needs one contiguous float64 per point")
    wanted = _wanted(model, grid, Accuracy(relative, absolute), threshold, stiff)
    return Trajectories(grid=grid, values=values, summaries=_run(model, schedule, wanted, values[:, None, :], threads))


def simulate_states(
    model: Model,
    schedule: Schedule,
    grid: Grid,
    *,
    relative: float = 1e-6,
    absolute: float | None = None,
    threshold: float = np.inf,
    stiff: bool | None = None,
    threads: int | None = None,
) -> Trajectories:
    """Return all states of all children on a grid, in the order of STATES; see `simulate`."""
    values = np.empty((model.count, len(STATES), grid.points))
    wanted = _wanted(model, grid, Accuracy(relative, absolute), threshold, stiff)
    return Trajectories(grid=grid, values=values, summaries=_run(model, schedule, wanted, values, threads))


def summaries(
    model: Model,
    schedule: Schedule,
    window: tuple[float, float],
    *,
    relative: float = 1e-6,
    absolute: float | None = None,
    threshold: float = np.inf,
    stiff: bool | None = None,
    threads: int | None = None,
) -> Summaries:
    """Return what is found between two moments, in hours, without storing trajectories; see `simulate`."""
    first, last = window
    if not (np.isfinite(window).all() and first <= last):
        raise ValueError(f"a window ends after it begins, not {window}")
    grid = Grid(first=first, step=last - first or 1.0, points=2 if last > first else 1)
    wanted = _wanted(model, grid, Accuracy(relative, absolute), threshold, stiff)
    return _run(model, schedule, wanted, np.empty((model.count, 0, 0)), threads)


def _wanted(model: Model, grid: Grid, accuracy: Accuracy, threshold: float, stiff: bool | None) -> Wanted:
    if isinstance(model, TargetMediated):
        if stiff is False:
            raise ValueError("fast binding cannot be followed by the explicit method")
        stiff = True
    relative = accuracy.relative
    absolute = relative * ABSOLUTE if accuracy.absolute is None else accuracy.absolute
    if not (1e-13 <= relative <= 1e-2 and 0 < absolute < np.inf):
        raise ValueError(f"an accuracy of {relative} and {absolute} mg/L cannot be held")
    if not (np.isfinite((grid.first, grid.step)).all() and grid.step > 0 and grid.points >= 1):
        raise ValueError(f"a grid has points at equal distances, not {grid}")
    first, step = float(grid.first), float(grid.step)
    return Wanted(
        first, step, first + step * (grid.points - 1), float(threshold), HELD * relative, HELD * absolute,
        MOST_STEPS, bool(stiff),
    )  # fmt: skip


def _run(model: Model, schedule: Schedule, wanted: Wanted, rows: Floats, threads: int | None) -> Summaries:
    if schedule.count != model.count:
        raise ValueError(f"a schedule for {schedule.count} children and parameters of {model.count}")
    parameters, own = model.rows(), personal(model)
    found = np.empty((model.count, FOUND))
    ends = np.where(usable(parameters, own), WELL, NO_PARAMETERS).astype(np.int64)
    dosing = _dosing(schedule)

    def block(start: int) -> None:
        courses(parameters, own, dosing, wanted, rows, found, ends, start, min(start + BLOCK, model.count))

    starts = range(0, model.count, BLOCK)
    workers = min(threads or int(get_num_threads()), len(starts))
    if workers <= 1:
        for start in starts:
            block(start)
    else:
        block(0)  # compiled once, before several could begin to
        with ThreadPoolExecutor(workers) as pool:
            list(pool.map(block, starts[1:]))
    return _summaries(found, ends)


def _dosing(schedule: Schedule) -> Dosing:
    aside = schedule.peripheral_boluses
    moments = schedule.times.shape[0]
    return Dosing(
        _plain(schedule.times, np.float64),
        _plain(schedule.rates, np.float64),
        _plain(schedule.boluses, np.float64),
        np.zeros(moments) if aside is None else _plain(aside, np.float64),
        _plain(schedule.resets, np.bool_),
        _plain(schedule.occasions, np.int32),
        _plain(schedule.scale, np.float64),
        np.empty(0, dtype=np.int64) if schedule.offsets is None else _plain(schedule.offsets, np.int64),
    )


def _plain(values: NDArray[Any], kind: type[Any]) -> NDArray[Any]:
    """Return an array of the one type and layout that the kernel is compiled for."""
    return np.require(values, dtype=kind, requirements=["C", "A", "W"])


def _summaries(found: Floats, ends: NDArray[np.int64]) -> Summaries:
    failed = np.flatnonzero(ends != WELL)
    return Summaries(
        area=found[:, 0], peak=found[:, 1], peak_at=found[:, 2], trough=found[:, 3], above=found[:, 4],
        hazard=found[:, 5],
        failures=tuple(Failure(int(child), Message(WHY[int(ends[child])])) for child in failed),
    )  # fmt: skip
