"""The search for the most likely child: Newton's steps, damped where they do not help, within a wide box.

Where the true curvature is not that of a bowl, the expected one takes its place; a step that does not go down is
shortened. A point counts as found only when the next step would be smaller than SMALL and the true curvature is that
of a bowl. Everything else has a name of its own.
"""

from __future__ import annotations

from math import sqrt

import numpy as np
from numba import njit
from numpy.typing import NDArray

from ransel.pharmacokinetics.fitting.objective import (
    EXPECTED,
    ROUGH,
    TRUE,
    Bench,
    Problem,
    View,
    look,
    look_closely,
    view_room,
)
from ransel.pharmacokinetics.fitting.steps import Steps
from ransel.pharmacokinetics.individuals import Floats

CONVERGED, AT_LIMIT, NO_LEVELS, NOT_FINITE, NOT_FOUND = 0, 1, 2, 3, 4

LIMIT = 8.0
"""No child is looked for further than this many standard deviations from the typical one."""
SMALL = 1e-7
"""A Newton step below this many standard deviations is the last one; its error is then about its square."""
LONGEST = 2.0
"""No step is longer than this many standard deviations."""
NEAR = 0.05
"""From here on the true curvature is worth its price, also over several occasions."""
MOST = 200
ROUNDING = 1e-11
"""So much of the objective may a step go up by, as the numbers are rounded."""


@njit(error_model="numpy")
def search(  # noqa: C901, PLR0912 - one loop with its ways out
    problem: Problem, steps: Steps, count: int, z: Floats, bench: Bench, view: View
) -> tuple[int, float, int]:
    """Move z to the lowest point near it; return how that went, the objective there and the number of steps.

    The view is that of the point that was found, with the true curvature.
    """
    size = z.shape[0]
    several = problem.typical.shape[0] > 4
    trial, other, step = np.empty(size), view_room(size), np.empty(size)
    free, factor = np.empty(size, dtype=np.bool_), np.empty((size, size))
    close, damping, tries = not several, 0.0, 0
    value = look(problem, steps, count, z, bench, view, TRUE)
    if not np.isfinite(value):
        return NOT_FINITE, value, 0
    while tries < MOST:
        tries += 1
        for k in range(size):
            free[k] = abs(z[k]) < LIMIT or z[k] * view.slope[k] > 0  # at the edge, and downhill is outwards: stays
        bowl = factored(view.curvature, free, damping, factor)
        if not bowl:
            look(problem, steps, count, z, bench, other, EXPECTED)
            factored(other.curvature, free, damping, factor)
        longest = _solve(factor, free, view.slope, step)
        if longest < SMALL and bowl and close and damping == 0:
            # the step is taken: its gain is too small to be seen in the objective, not in z
            for k in range(size):
                z[k] = min(max(z[k] + step[k], -LIMIT), LIMIT)
            value = look_closely(problem, steps, count, z, bench, view)
            return (AT_LIMIT if _touches(z) else CONVERGED), value, tries
        if longest < NEAR and not close:
            close = True
            value = look_closely(problem, steps, count, z, bench, view)
            continue
        shorter = LONGEST / longest if longest > LONGEST else 1.0
        for k in range(size):
            trial[k] = min(max(z[k] + shorter * step[k], -LIMIT), LIMIT)
        lower = look(problem, steps, count, trial, bench, other, TRUE)
        if lower <= value + ROUNDING * (1 + abs(value)):
            copy_place(trial, z)
            damping = 0.0 if damping <= 1.0 else damping / 16
            value = lower
            if close and several:
                value = look_closely(problem, steps, count, z, bench, view)
            else:
                copy_view(other, view)
        else:
            damping = max(1.0, damping * 4)
            if damping > 1e12:
                break
    return NOT_FOUND, value, tries


@njit(error_model="numpy")
def begin(problem: Problem, steps: Steps, count: int, z: Floats, bench: Bench, view: View) -> None:
    """Look roughly from z and take the first step; it need not be right. What was seen at z is left on the bench."""
    size = z.shape[0]
    free, factor, step = np.ones(size, dtype=np.bool_), np.empty((size, size)), np.empty(size)
    look(problem, steps, count, z, bench, view, ROUGH)
    if factored(view.curvature, free, 0.0, factor):
        longest = _solve(factor, free, view.slope, step)
        for k in range(size):
            z[k] += step[k] * min(1.0, LONGEST / longest)


@njit(error_model="numpy")
def factored(matrix: Floats, free: NDArray[np.bool_], damping: float, factor: Floats) -> bool:
    """Write the Cholesky factor of the free rows; return whether they are those of a bowl. Fixed rows stand alone."""
    size = matrix.shape[0]
    for i in range(size):
        for j in range(i + 1):
            total = matrix[i, j] if free[i] and free[j] else 0.0
            if i == j:
                total = total + damping if free[i] else 1.0
            for k in range(j):
                total -= factor[i, k] * factor[j, k]
            if i == j:
                if not total > 0:
                    return False
                factor[i, i] = sqrt(total)
            else:
                factor[i, j] = total / factor[j, j]
    return True


@njit(error_model="numpy")
def _solve(factor: Floats, free: NDArray[np.bool_], slope: Floats, step: Floats) -> float:
    """Write the step that goes to the bottom of the bowl; return how far its longest part goes."""
    size = slope.shape[0]
    longest = 0.0
    for i in range(size):
        total = -slope[i] if free[i] else 0.0
        for k in range(i):
            total -= factor[i, k] * step[k]
        step[i] = total / factor[i, i]
    for back in range(size):
        i = size - 1 - back
        total = step[i]
        for k in range(i + 1, size):
            total -= factor[k, i] * step[k]
        step[i] = total / factor[i, i]
        longest = max(longest, abs(step[i]))
    return longest


@njit(error_model="numpy")
def write_spread(factor: Floats, spread: Floats) -> None:
    """Write twice the inverse of the matrix of which this is the factor: the covariance of z after the levels."""
    size = factor.shape[0]
    slope, free = np.zeros(size), np.ones(size, dtype=np.bool_)
    for k in range(size):
        slope[k] = -2.0
        _solve(factor, free, slope, spread[k])
        slope[k] = 0.0


@njit(error_model="numpy")
def _touches(z: Floats) -> bool:
    touches = False
    for k in range(z.shape[0]):
        touches = touches or abs(z[k]) >= LIMIT
    return touches


@njit(error_model="numpy")
def copy_place(source: Floats, target: Floats) -> None:
    """Copy a place. A loop, here and below, since numba is slow to compile what numpy does in one line."""
    for k in range(source.shape[0]):
        target[k] = source[k]


@njit(error_model="numpy")
def copy_view(source: View, target: View) -> None:
    """Copy a view."""
    for i in range(source.slope.shape[0]):
        target.slope[i] = source.slope[i]
        for j in range(source.slope.shape[0]):
            target.curvature[i, j] = source.curvature[i, j]
