"""What happened to one child in order: doses and levels merged into steps, walked through again at every attempt."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numba import njit
from numpy.typing import NDArray

from ransel.pharmacokinetics.individuals import Floats

DOSE = -1
"""In place of the number of a level: this step changes the dosing."""


class Steps(NamedTuple):
    """Room for the steps of one child: wait `gap` hours at `rate` mg/h, then the level or the change of dosing.

    Values, each one per step:
        gap, rate: as said. level: which of the child's levels is taken, or DOSE. bolus: mg at the end of the step.
        reset: whether everything is emptied first. occasion: whose parameters hold while waiting. empty: whether
        nothing was given up to and with this step, or nothing since the last reset: a level has nothing to say.
    """

    gap: Floats
    rate: Floats
    bolus: Floats
    reset: NDArray[np.bool_]
    level: NDArray[np.int64]
    occasion: NDArray[np.int32]
    empty: NDArray[np.bool_]


class Dosing(NamedTuple):
    """The arrays of a schedule, those of all children; `shared` when one row of moments holds for everyone."""

    times: Floats
    rates: Floats
    boluses: Floats
    resets: NDArray[np.bool_]
    occasions: NDArray[np.int32]
    scale: Floats
    offsets: NDArray[np.int64]
    shared: bool


@njit(error_model="numpy")
def room_for(most: int) -> Steps:
    """Return room for so many steps."""
    return Steps(
        np.empty(most), np.empty(most), np.empty(most), np.empty(most, dtype=np.bool_), np.empty(most, dtype=np.int64),
        np.empty(most, dtype=np.int32), np.empty(most, dtype=np.bool_),
    )  # fmt: skip


@njit(error_model="numpy")
def bounds(dosing: Dosing, child: int) -> tuple[int, int]:
    """Return between which moments the dosing of a child stands."""
    if dosing.shared:
        return 0, dosing.times.shape[0]
    return dosing.offsets[child], dosing.offsets[child + 1]


@njit(error_model="numpy")
def write_steps(dosing: Dosing, child: int, times: Floats, steps: Steps) -> int:
    """Write the steps up to the last of these times, which ascend; return how many there are.

    A level at the very moment of a dose is taken after it, as everywhere in this room.
    """
    moment, last = bounds(dosing, child)
    scale, count, level = dosing.scale[child], 0, 0
    rate, occasion, empty = 0.0, np.int32(0), True
    if moment < last:
        occasion = dosing.occasions[moment]
    clock = min(times[0], dosing.times[moment]) if moment < last else times[0]
    while level < times.shape[0]:
        is_dose = moment < last and dosing.times[moment] <= times[level]
        at = dosing.times[moment] if is_dose else times[level]
        steps.gap[count], steps.rate[count], steps.occasion[count] = at - clock, rate, occasion
        empty = empty and (rate == 0 or at == clock)
        if is_dose:
            steps.level[count], steps.bolus[count] = DOSE, dosing.boluses[moment] * scale
            steps.reset[count] = dosing.resets[moment]
            rate, occasion = dosing.rates[moment] * scale, dosing.occasions[moment]
            empty = (empty or steps.reset[count]) and steps.bolus[count] == 0
            moment += 1
        else:
            steps.level[count], steps.bolus[count], steps.reset[count] = level, 0.0, False
            level += 1
        steps.empty[count] = empty
        clock = at
        count += 1
    return count
