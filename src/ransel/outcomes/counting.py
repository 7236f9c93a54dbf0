"""The kernel that turns pairs of values into whole numbers, sums and bins; read `tally` for what it is for."""

from __future__ import annotations

import math

import numpy as np
from numba import njit
from numpy.typing import NDArray

from ransel.pharmacokinetics.individuals import Floats

Counts = NDArray[np.int64]

VALUE_BITS = 24
LOG_BITS = 40
BIN_BITS = 10
"""A bin is 2**-10 wide on the scale of the natural logarithm: 0.098 %."""
LARGEST = 2.0**24
"""Values from here on are too large to be added up exactly, and no measure of a child."""
NOTHING = 2.0**-32
"""What is smaller is counted as nought."""
BLOCK = 16_384
"""So many values can be added, squared, in numbers of 64 bits."""
HALF_BITS = 24
"""Numbers of 48 bits are squared in two halves."""
MIDDLE_BIN = 40_000
BINS = 2 * MIDDLE_BIN + 1
"""Of the logarithm of any ratio of two values: at most ln(LARGEST / NOTHING) = 38.8 either way."""
COLUMNS = 3
"""The first value, the second, and their ratio."""
SUMS = 10
"""Count, nought, values, their squares in three sums, logarithms, their squares in three sums."""
UNUSABLE = ("not-a-number", "infinite", "negative", "too-large")

_HALF = (1 << HALF_BITS) - 1
_TO_BIN = LOG_BITS - BIN_BITS


@njit(nogil=True)
def _why_unusable(value: float) -> int:
    """Return the place of the reason, or -1."""
    if math.isnan(value):
        return 0
    if math.isinf(value):
        return 1
    if value <= -NOTHING:
        return 2
    return 3 if value >= LARGEST else -1


@njit(nogil=True)
def _add_squares(number: int, sums: Counts, at: int) -> None:
    high, low = number >> HALF_BITS, number & _HALF
    sums[at] += number
    sums[at + 1] += high * high
    sums[at + 2] += high * low
    sums[at + 3] += low * low


@njit(nogil=True)
def _add_value(value: float, sums: Counts, extremes: Floats) -> bool:
    """Add a usable value; return whether it is above nought."""
    something = value >= NOTHING
    held = value if something else 0.0
    sums[0] += something
    sums[1] += not something
    _add_squares(math.floor(held * (1 << VALUE_BITS) + 0.5), sums, 2)
    extremes[0] = min(extremes[0], held)
    extremes[1] = max(extremes[1], held)
    return something


@njit(nogil=True)
def _add_log(log: int, sums: Counts, bins: Counts) -> None:
    _add_squares(log, sums, 6)
    bins[((log + (1 << (_TO_BIN - 1))) >> _TO_BIN) + MIDDLE_BIN] += 1


@njit(nogil=True)
def _log_of(value: float) -> int:
    return math.floor(math.log(value) * (1 << LOG_BITS) + 0.5)


@njit(cache=True, nogil=True)
def count_pairs(first: Floats, second: Floats, sums: Counts, extremes: Floats, bins: Counts, unusable: Counts) -> None:
    """Count at most BLOCK pairs of values; arrays are (COLUMNS, SUMS), (COLUMNS, 2) and (COLUMNS, BINS)."""
    for child in range(first.shape[0]):
        before, after = first[child], second[child]
        reason = max(_why_unusable(before), _why_unusable(after))
        if reason >= 0:
            unusable[reason] += 1
            continue
        had = _add_value(before, sums[0], extremes[0])
        has = _add_value(after, sums[1], extremes[1])
        log_before = _log_of(before) if had else 0
        log_after = _log_of(after) if has else 0
        if had:
            _add_log(log_before, sums[0], bins[0])
        if has:
            _add_log(log_after, sums[1], bins[1])
        if had and has:
            sums[2, 0] += 1
            _add_log(log_after - log_before, sums[2], bins[2])
            extremes[2, 0] = min(extremes[2, 0], after / before)
            extremes[2, 1] = max(extremes[2, 1], after / before)
