"""What a fit makes as small as it can: minus twice the log of (prior x likelihood), with its slope and its curvature.

The unknowns are z: independent standard normal before any level is known. The log parameters of a child are
typical + loading z, so that the prior is the sum of the squares of z.
"""

from __future__ import annotations

from math import exp
from typing import NamedTuple

import numpy as np
from numba import njit
from numpy.typing import NDArray

from ransel.pharmacokinetics.fitting.modes import Modes, gains, modes_room, write_modes
from ransel.pharmacokinetics.fitting.steps import DOSE, Steps
from ransel.pharmacokinetics.fitting.walk import Course, course_room, walk
from ransel.pharmacokinetics.individuals import Floats
from ransel.pharmacokinetics.parameters.residual import Term, below_term, measured_term, rough_term

TRUE, EXPECTED, ROUGH = np.int64(0), np.int64(1), np.int64(2)  # plain numbers would be compiled for one by one
"""How a point is looked at: by the true curvature; by the one that is expected there, which is always that of a bowl;
or by the logarithms of the levels, which show the way from afar better than the objective itself.
"""

STEP = 2e-3
"""How far from a point the slope is taken to find how it bends, where no formula gives it, in standard deviations."""


class Problem(NamedTuple):
    """One child: its levels, where each log parameter lies for a typical child, and how far it may be from there.

    Values:
        levels: mg/L; for one that is below the limit, the limit. below: which ones are. typical: (4 occasions,).
        loading: (4 occasions, unknowns). one: a single compartment. additive, proportional: variances.
    """

    levels: Floats
    below: NDArray[np.bool_]
    typical: Floats
    loading: Floats
    one: bool
    additive: float
    proportional: float


class View(NamedTuple):
    """What is seen from one point: the slope and the curvature."""

    slope: Floats
    curvature: Floats


class Bench(NamedTuple):
    """Room to work in, used again for every child; the sums are over its levels, in (a1, l1, a2, l2)."""

    logs: Floats
    course: Course
    modes: Modes
    slope: Floats
    bend: Floats
    bent: Floats
    moves: Floats
    half: Floats
    bow: Floats


@njit(error_model="numpy")
def view_room(unknowns: int) -> View:
    """Return room for a view."""
    return View(np.zeros(unknowns), np.zeros((unknowns, unknowns)))


@njit(error_model="numpy")
def bench_room(levels: int, slopes: int, unknowns: int) -> Bench:
    """Return room for children with at most so many levels."""
    return Bench(
        np.zeros((slopes // 4, 4)), course_room(levels, slopes), modes_room(), np.zeros(4), np.zeros((4, 4)),
        np.zeros((4, 4)), np.zeros((4, unknowns)), np.zeros((4, unknowns)), np.zeros((4, unknowns)),
    )  # fmt: skip


@njit(error_model="numpy")
def write_logs(problem: Problem, z: Floats, logs: Floats) -> None:
    """Write the log parameters of a child that lies at z, (occasions, 4)."""
    for row in range(problem.typical.shape[0]):
        total = problem.typical[row]
        for k in range(z.shape[0]):
            total += problem.loading[row, k] * z[k]
        logs[row // 4, row % 4] = total


@njit(error_model="numpy")
def term_of(problem: Problem, number: int, predicted: float, how: np.int64) -> Term:
    """Return what a level adds to the objective."""
    level = problem.levels[number]
    if problem.below[number]:
        return below_term(level, predicted, problem.additive, problem.proportional, how != TRUE)
    if how == ROUGH and level > predicted / 1e3:
        return rough_term(level, predicted, problem.additive, problem.proportional)
    return measured_term(level, predicted, problem.additive, problem.proportional, how != TRUE)


@njit(error_model="numpy")
def look(problem: Problem, steps: Steps, count: int, z: Floats, bench: Bench, view: View, how: np.int64) -> float:
    """Return the objective at z and write its view; over several occasions the curvature is always the expected one."""
    write_logs(problem, z, bench.logs)
    if problem.typical.shape[0] == 4:
        value = _look_one(problem, steps, count, bench, view, how)
    else:
        value = _look_many(problem, steps, count, bench, view, EXPECTED if how == TRUE else how)
    for k in range(z.shape[0]):
        value += z[k] * z[k]
        view.slope[k] += 2 * z[k]
        view.curvature[k, k] += 2
    return value


@njit(error_model="numpy")
def look_closely(problem: Problem, steps: Steps, count: int, z: Floats, bench: Bench, view: View) -> float:
    """Return the objective at z and write its view with the true curvature, also over several occasions."""
    if problem.typical.shape[0] > 4:
        size = z.shape[0]
        bends, moved, beside = np.zeros((size, size)), np.empty(size), view_room(size)
        for k in range(size):
            moved[k] = z[k]
        for k in range(size):
            for times, weight in ((-2, 1 / 12), (-1, -8 / 12), (1, 8 / 12), (2, -1 / 12)):
                moved[k] = z[k] + times * STEP
                look(problem, steps, count, moved, bench, beside, EXPECTED)
                for other in range(size):
                    bends[k, other] += beside.slope[other] * (weight / STEP)
            moved[k] = z[k]
        value = look(problem, steps, count, z, bench, view, EXPECTED)
        for i in range(size):
            for j in range(size):
                view.curvature[i, j] = (bends[i, j] + bends[j, i]) / 2
        return value
    return look(problem, steps, count, z, bench, view, TRUE)


@njit(error_model="numpy")
def _look_many(problem: Problem, steps: Steps, count: int, bench: Bench, view: View, how: np.int64) -> float:
    walk(steps, count, bench.logs, problem.one, bench.course)
    size = view.slope.shape[0]
    moves = np.empty(size)
    for k in range(size):
        view.slope[k] = 0.0
        for other in range(size):
            view.curvature[k, other] = 0.0
    value = 0.0
    for step in range(count):
        number = steps.level[step]
        if number == DOSE or steps.empty[step]:
            continue
        term = term_of(problem, number, bench.course.level[number], how)
        value += term.value
        for k in range(size):
            total = 0.0
            for row in range(problem.typical.shape[0]):
                total += bench.course.level_slope[number, row] * problem.loading[row, k]
            moves[k] = total
        for k in range(size):
            view.slope[k] += term.slope * moves[k]
            for other in range(size):
                view.curvature[k, other] += term.bend * moves[k] * moves[other]
    return value


@njit(error_model="numpy")
def _look_one(  # noqa: C901, PLR0912, PLR0915 - the innermost loop, where a call would cost more than it does
    problem: Problem, steps: Steps, count: int, bench: Bench, view: View, how: np.int64
) -> float:
    """Sum over the levels in (a1, l1, a2, l2); only then turn to the log parameters and to z."""
    write_modes(bench.logs[0], problem.one, bench.modes)
    at, first, slope, bend = bench.modes.at, bench.modes.first, bench.slope, bench.bend
    a_1, l_1, a_2, l_2 = at[0], at[1], at[2], at[3]
    u_1, w_1, v_1, u_2, w_2, v_2 = 0.0, 0.0, 0.0, 0.0, 0.0, 0.0
    for i in range(4):
        slope[i] = 0.0
        for j in range(4):
            bend[i, j] = 0.0
    value = 0.0
    for step in range(count):
        if steps.empty[step]:
            u_1, w_1, v_1, u_2, w_2, v_2 = 0.0, 0.0, 0.0, 0.0, 0.0, 0.0
            continue
        gap, rate = steps.gap[step], steps.rate[step]
        if gap > 0:
            kept = exp(-l_1 * gap)
            v_1 = kept * (v_1 - gap * (2 * w_1 - gap * u_1))
            w_1 = kept * (w_1 - gap * u_1)
            u_1 = kept * u_1
            if rate != 0:
                gain, bent, curved = gains(l_1, gap, kept)
                u_1, w_1, v_1 = u_1 + rate * gain, w_1 + rate * bent, v_1 + rate * curved
            if not problem.one:
                kept = exp(-l_2 * gap)
                v_2 = kept * (v_2 - gap * (2 * w_2 - gap * u_2))
                w_2 = kept * (w_2 - gap * u_2)
                u_2 = kept * u_2
                if rate != 0:
                    gain, bent, curved = gains(l_2, gap, kept)
                    u_2, w_2, v_2 = u_2 + rate * gain, w_2 + rate * bent, v_2 + rate * curved
        number = steps.level[step]
        if number == DOSE:
            if steps.reset[step]:
                u_1, w_1, v_1, u_2, w_2, v_2 = 0.0, 0.0, 0.0, 0.0, 0.0, 0.0
            u_1 += steps.bolus[step]
            if not problem.one:
                u_2 += steps.bolus[step]
            continue
        predicted, m_1, m_2 = a_1 * u_1 + a_2 * u_2, a_1 * w_1, a_2 * w_2
        bench.course.level[number] = predicted
        if how == ROUGH:
            for i in range(4):
                bench.course.level_slope[number, i] = (
                    first[0, i] * u_1 + first[1, i] * m_1 + first[2, i] * u_2 + first[3, i] * m_2
                )
        term = term_of(problem, number, predicted, how)
        value += term.value
        slope[0] += term.slope * u_1
        slope[1] += term.slope * m_1
        slope[2] += term.slope * u_2
        slope[3] += term.slope * m_2
        bend[0, 0] += term.bend * u_1 * u_1
        bend[1, 0] += term.bend * m_1 * u_1
        bend[1, 1] += term.bend * m_1 * m_1
        bend[2, 0] += term.bend * u_2 * u_1
        bend[2, 1] += term.bend * u_2 * m_1
        bend[2, 2] += term.bend * u_2 * u_2
        bend[3, 0] += term.bend * m_2 * u_1
        bend[3, 1] += term.bend * m_2 * m_1
        bend[3, 2] += term.bend * m_2 * u_2
        bend[3, 3] += term.bend * m_2 * m_2
        if how == TRUE:  # the concentration itself bends as well
            bend[1, 0] += term.slope * w_1
            bend[1, 1] += term.slope * a_1 * v_1
            bend[3, 2] += term.slope * w_2
            bend[3, 3] += term.slope * a_2 * v_2
    _turn(problem.loading, bench, view, how)
    return value


@njit(error_model="numpy")
def _turn(loading: Floats, bench: Bench, view: View, how: np.int64) -> None:
    """Write as a view what was summed in (a1, l1, a2, l2); of that matrix only the lower half is filled in."""
    size = view.slope.shape[0]
    slope, bend, bent, moves, half, bow = bench.slope, bench.bend, bench.bent, bench.moves, bench.half, bench.bow
    first, second = bench.modes.first, bench.modes.second
    for i in range(4):
        for j in range(i + 1):
            bend[j, i] = bend[i, j]
            if how == TRUE:  # the modes bend with the log parameters
                bent[i, j] = (
                    slope[0] * second[0, i, j]
                    + slope[1] * second[1, i, j]
                    + slope[2] * second[2, i, j]
                    + slope[3] * second[3, i, j]
                )
                bent[j, i] = bent[i, j]
    for k in range(size):
        by_0, by_1, by_2, by_3 = loading[0, k], loading[1, k], loading[2, k], loading[3, k]
        for i in range(4):
            moves[i, k] = first[i, 0] * by_0 + first[i, 1] * by_1 + first[i, 2] * by_2 + first[i, 3] * by_3
            bow[i, k] = bent[i, 0] * by_0 + bent[i, 1] * by_1 + bent[i, 2] * by_2 + bent[i, 3] * by_3
        by_0, by_1, by_2, by_3 = moves[0, k], moves[1, k], moves[2, k], moves[3, k]
        view.slope[k] = slope[0] * by_0 + slope[1] * by_1 + slope[2] * by_2 + slope[3] * by_3
        for i in range(4):
            half[i, k] = bend[i, 0] * by_0 + bend[i, 1] * by_1 + bend[i, 2] * by_2 + bend[i, 3] * by_3
        for other in range(k + 1):
            total = (
                half[0, k] * moves[0, other]
                + half[1, k] * moves[1, other]
                + half[2, k] * moves[2, other]
                + half[3, k] * moves[3, other]
            )
            if how == TRUE:
                total += (
                    bow[0, k] * loading[0, other]
                    + bow[1, k] * loading[1, other]
                    + bow[2, k] * loading[2, other]
                    + bow[3, k] * loading[3, other]
                )
            view.curvature[k, other], view.curvature[other, k] = total, total
