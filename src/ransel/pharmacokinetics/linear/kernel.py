"""Compiled: what a linear model of one or two compartments does with everything that a child is given.

Between two moments nothing changes, so the amount in the central compartment is the sum of two exponentials: the modes.
Each has its own rate constant and takes its own share of what is given; together they are the whole answer, exactly.
Hours since the last moment are all that is needed, so the moments may lie anywhere, on a grid or not.

All compiled code of the linear engine is in this one file: numba looks only at the file of a kernel to see whether its
compiled copy is still good, and would not notice a change in a file next to it. Nothing here may be rounded otherwise
than IEEE 754 says (no `fastmath`): that is why the same child has the same numbers on any number of processors.
"""

from __future__ import annotations

from math import exp, hypot, inf, isfinite, log, log1p, sqrt

import numpy as np
from numba import njit, prange
from numpy.typing import NDArray

from ransel.pharmacokinetics.individuals import Floats
from ransel.pharmacokinetics.linear.arrays import (
    LEVELS,
    POINTS,
    SUMMARIES,
    Amounts,
    Block,
    Dosing,
    Found,
    Lapse,
    Modes,
    Parameters,
    Piece,
    Wave,
    Windows,
)
from ransel.pharmacokinetics.linear.memory_ahead import ask_for

BLOCK = 32
"""So many points of a grid follow from one state by a table of powers."""

LINE, AHEAD = 8, 1024
"""So many numbers come from memory at once, and are asked for so many numbers before they are written."""

TOGETHER = 16
"""So many children are done by one thread before it asks for more."""


NOTHING = Modes(0.0, 0.0, 0.0, 0.0, 0.0, 0.0, 1.0)
EMPTY = Amounts(0.0, 0.0, 0.0)
NO_TIME = Lapse(0.0, 1.0, 0.0, 1.0, 0.0)
UNMOVED = Block(1.0, 1.0, 0.0, 0.0)


@njit(error_model="numpy")
def modes_of(clearance: float, volume: float, exchange: float, peripheral: float) -> Modes:
    """Return the modes of a child in an occasion."""
    out, over = clearance / volume, exchange / volume
    if exchange == 0.0:
        return Modes(out, 0.0, out, 1.0, 0.0, 0.0, volume)
    back = exchange / peripheral
    # The gap is the root of (out + over - back)^2 + 4 over back: a sum of squares, so nothing is lost to cancellation;
    # the share that is small and the slow constant follow from products, for the same reason.
    odds, mean = out + over - back, 2.0 * sqrt(over) * sqrt(back)
    gap = hypot(odds, mean)
    large = gap + abs(odds)
    small = mean * (mean / large)
    fast = (out + over + back + gap) / 2.0
    into_fast, into_slow = (large, small) if odds >= 0.0 else (small, large)
    return Modes(fast, back * (out / fast), gap, into_fast / (2 * gap), into_slow / (2 * gap), back / gap, volume)


@njit(error_model="numpy")
def kept_and_gain(constant: float, hours: float) -> tuple[float, float]:
    """Return what is left of one after these hours, and what a rate of one an hour leaves of itself."""
    x = constant * hours
    if x < 0.1:
        # (1 - exp(-x)) / x as a series: the difference itself would have few digits left; and there is no division
        even = x * x
        share = 1 + even / 6 * (1 + even / 20 * (1 + even / 42 * (1 + even / 72)))
        share -= x / 2 * (1 + even / 12 * (1 + even / 30 * (1 + even / 56)))
        return 1.0 - x * share, hours * share
    kept = exp(-x)
    return kept, (1.0 - kept) / constant


@njit(error_model="numpy")
def lapse_of(modes: Modes, hours: float) -> Lapse:
    """Return what these hours do to the modes."""
    kept_fast, gain_fast = kept_and_gain(modes.fast, hours)
    kept_slow, gain_slow = kept_and_gain(modes.slow, hours)
    return Lapse(hours, kept_fast, gain_fast, kept_slow, gain_slow)


@njit(error_model="numpy")
def remembered(modes: Modes, hours: float, one: Lapse, other: Lapse) -> tuple[Lapse, Lapse]:
    """Return the lapse of these hours, and another to remember: regimens come back to the same few lengths."""
    if hours == one.hours:
        return one, other
    if hours == other.hours:
        return other, one
    return lapse_of(modes, hours), one


@njit(error_model="numpy")
def later(modes: Modes, amounts: Amounts, rate: float, lapse: Lapse) -> Amounts:
    """Return the amounts after a lapse at this rate."""
    return Amounts(
        amounts.fast * lapse.kept_fast + rate * modes.into_fast * lapse.gain_fast,
        amounts.slow * lapse.kept_slow + rate * modes.into_slow * lapse.gain_slow,
        amounts.held,
    )


@njit(error_model="numpy")
def with_dose(modes: Modes, amounts: Amounts, central: float, peripheral: float) -> Amounts:
    """Return the amounts after so much is put into each of the compartments."""
    moved = modes.back * peripheral
    return Amounts(
        amounts.fast + modes.into_fast * central - moved,
        amounts.slow + modes.into_slow * central + moved,
        amounts.held + (peripheral if modes.back == 0.0 else 0.0),
    )


@njit(error_model="numpy")
def changed(old: Modes, new: Modes, amounts: Amounts) -> Amounts:
    """Return the same amounts in both compartments as seen by the modes of another occasion."""
    peripheral = amounts.held
    if old.back > 0.0:
        peripheral = (amounts.slow * old.into_fast - amounts.fast * old.into_slow) / old.back
    return with_dose(new, Amounts(0.0, 0.0, 0.0), amounts.fast + amounts.slow, peripheral)


@njit(error_model="numpy")
def dosed(modes: Modes, amounts: Amounts, reset: bool, central: float, peripheral: float) -> Amounts:
    """Return the amounts after a moment: emptied first where that is asked, then what is put in."""
    if reset:
        return with_dose(modes, EMPTY, central, peripheral)
    return with_dose(modes, amounts, central, peripheral)


@njit(error_model="numpy")
def per_litre(amounts: Amounts, modes: Modes) -> Amounts:
    """Return the amounts as concentrations, mg/L."""
    return Amounts(amounts.fast / modes.volume, amounts.slow / modes.volume, 0.0)


# --- on a grid -------------------------------------------------------------------------------------------------------


@njit(error_model="numpy")
def fill_powers(modes: Modes, step: float, fast: Floats, slow: Floats, gained: Floats) -> Block:
    """Fill the tables of what 0, 1, 2 ... steps of the grid do, by doubling; return what a whole block of them does."""
    _, kept_fast, gain_fast, kept_slow, gain_slow = lapse_of(modes, step)
    gain_fast, gain_slow = modes.into_fast * gain_fast, modes.into_slow * gain_slow
    fast[0], slow[0], gained[0] = 1.0, 1.0, 0.0
    filled = 1
    while filled < BLOCK:
        for k in range(filled):
            gained[filled + k] = gained[k] + (gain_fast * fast[k] + gain_slow * slow[k])
            fast[filled + k] = fast[k] * kept_fast
            slow[filled + k] = slow[k] * kept_slow
        filled *= 2
        gain_fast, gain_slow = gain_fast * (1.0 + kept_fast), gain_slow * (1.0 + kept_slow)
        kept_fast, kept_slow = kept_fast * kept_fast, kept_slow * kept_slow
    return Block(kept_fast, kept_slow, gain_fast, gain_slow)


@njit(error_model="numpy")
def write_points(
    row: Floats, begin: int, end: int, here: Amounts, rate: float, block: Block,
    fast: Floats, slow: Floats, gained: Floats,
) -> None:  # fmt: skip
    """Write the points of a grid between two moments; `here` and `rate`, per litre, hold at the first of them.

    A piece is rounded up to whole lines, as the processor does as many at a time; what is too much is written over.
    """
    one, other = here.fast, here.slow
    brought_one, brought_other = rate * block.gain_fast, rate * block.gain_slow
    while begin < end:
        piece = row[begin : begin + min((min(BLOCK, end - begin) + LINE - 1) & -LINE, row.shape[0] - begin)]
        if rate == 0.0:
            for k in range(piece.shape[0]):
                piece[k] = one * fast[k] + other * slow[k]
        else:
            for k in range(piece.shape[0]):
                piece[k] = one * fast[k] + other * slow[k] + rate * gained[k]
        one, other = one * block.kept_fast + brought_one, other * block.kept_slow + brought_other
        for ahead in range(begin + AHEAD, begin + AHEAD + piece.shape[0], LINE):
            ask_for(row, ahead)  # type: ignore[call-arg]
        begin += BLOCK


@njit(error_model="numpy")
def first_point(time: float, first: float, step: float, points: int) -> int:
    """Return the first point of the grid that is not before a time, as the grid itself rounds its times."""
    about = np.ceil((time - first) / step)  # a float, as it may be infinite
    point = 0 if not about > 0.0 else points if about >= points else int(about)
    while point > 0 and first + step * (point - 1) >= time:
        point -= 1
    while point < points and first + step * point < time:
        point += 1
    return point


# --- over windows ----------------------------------------------------------------------------------------------------


@njit(error_model="numpy")
def gathered(constant: float, gain: float, hours: float) -> float:
    """Return the area under what a rate of one an hour brings: the integral of its gain."""
    x = constant * hours
    if x > 0.1:
        return (hours - gain) / constant
    # the same as a series, as the difference of two numbers that are nearly equal has few digits left
    series = 1 - x / 10 * (1 - x / 11)
    for n in (9, 8, 7, 6, 5, 4, 3):
        series = 1 - x / n * series
    return hours * hours / 2 * series


@njit(error_model="numpy")
def level_after(wave: Wave, lapse: Lapse) -> float:
    """Return the concentration after a lapse."""
    brought = wave.brought_fast * lapse.gain_fast + wave.brought_slow * lapse.gain_slow
    return wave.fast * lapse.kept_fast + wave.slow * lapse.kept_slow + brought


@njit(error_model="numpy")
def turning(modes: Modes, wave: Wave) -> float:
    """Return after how many hours the concentration turns; infinite when it does not turn again."""
    one, other = wave.rise_fast, wave.rise_slow
    if other != 0.0 and (one > 0.0) != (other > 0.0) and abs(one) > abs(other):
        return log(-(one / other)) / modes.gap
    return inf


@njit(error_model="numpy")
def settled(brought: float, constant: float) -> float:
    """Return where a mode goes in the end."""
    return brought / constant if brought != 0.0 else 0.0


@njit(error_model="numpy")
def crossing(modes: Modes, wave: Wave, threshold: float, low: float, high: float, rising: bool) -> float:
    """Return after how many hours the concentration passes the threshold, between two at which it does not turn.

    Newton's steps on the logarithm of the distance to where the concentration goes in the end: that is nearly a
    straight line. A step that leaves the bracket, or does not get there, halves the bracket instead.
    """
    end = settled(wave.brought_fast, modes.fast) + settled(wave.brought_slow, modes.slow)
    far, enough, time = end - threshold, 1e-13 * high, low
    for turn in range(200):
        lapse = lapse_of(modes, time)
        level = level_after(wave, lapse)
        missing = threshold - level
        if missing == 0.0:
            break
        if (missing > 0.0) == rising:
            low = time
        else:
            high = time
        near = end - level
        slope = wave.rise_fast * lapse.kept_fast + wave.rise_slow * lapse.kept_slow
        # both on the same side of the end, and the end not at infinity
        straight = isfinite(far) and (far > 0.0) == (near > 0.0) and far != 0.0 and near != 0.0
        step = log1p(missing / far) * near / slope if straight else missing / slope
        before, time = time, time + step
        if turn > 40 or not low < time < high:
            time = low + (high - low) / 2
        if abs(time - before) <= enough:
            break
    return time


@njit(error_model="numpy")
def above(
    modes: Modes, wave: Wave, threshold: float, begin: float, end: float, first: float, last: float
) -> float:  # fmt: skip
    """Return the hours above the threshold between two times at which the concentration is `first` and `last`."""
    if first > threshold and last > threshold:
        return end - begin
    if first > threshold:
        return crossing(modes, wave, threshold, begin, end, False) - begin
    if last > threshold:
        return end - crossing(modes, wave, threshold, begin, end, True)
    return 0.0


@njit(error_model="numpy")
def piece_of(modes: Modes, amounts: Amounts, rate: float, lapse: Lapse, threshold: float) -> Piece:
    """Return what happens during a lapse at one rate, from these amounts on."""
    fast, slow = amounts.fast / modes.volume, amounts.slow / modes.volume
    brought_fast, brought_slow = rate * modes.into_fast / modes.volume, rate * modes.into_slow / modes.volume
    rise_fast, rise_slow = brought_fast - modes.fast * fast, brought_slow - modes.slow * slow
    wave = Wave(fast, slow, brought_fast, brought_slow, rise_fast, rise_slow)
    hours, first, last = lapse.hours, fast + slow, level_after(wave, lapse)
    area = fast * lapse.gain_fast + slow * lapse.gain_slow
    if rate != 0.0:
        area += brought_fast * gathered(modes.fast, lapse.gain_fast, hours)
        area += brought_slow * gathered(modes.slow, lapse.gain_slow, hours)
    peak, when, turn = first, 0.0, turning(modes, wave)
    if turn < hours:
        top = level_after(wave, lapse_of(modes, turn))
        if top > peak:
            peak, when = top, turn
        over = above(modes, wave, threshold, 0.0, turn, first, top)
        over += above(modes, wave, threshold, turn, hours, top, last)
    else:
        over = above(modes, wave, threshold, 0.0, hours, first, last)
    if last > peak:
        peak, when = last, hours
    return Piece(area, peak, when, last, over)


# --- what is called: over many children, by one thread and by several ------------------------------------------------
#
# Arrays are used in these functions only, and not handed on: every array that is handed on is counted, and counting
# takes longer than the arithmetic.


@njit(POINTS, cache=True, error_model="numpy", nogil=True)
def points_serial(
    start: int, stop: int, parameters: Parameters, dosing: Dosing, first: float, step: float, rows: Floats
) -> None:
    """Write the concentrations on a grid of the children from `start` up to `stop`."""
    clearance, volume, exchange, peripheral = parameters
    times, rates, boluses, others, resets, occasions, scale, offsets = dosing
    fast, slow, gained = np.empty(BLOCK), np.empty(BLOCK), np.empty(BLOCK)
    points = rows.shape[1]
    for child in range(start, stop):
        row, size = rows[child], scale[child]
        begin, end = (offsets[child], offsets[child + 1]) if offsets.shape[0] > 0 else (0, times.shape[0])
        point = first_point(times[begin], first, step, points) if begin < end else points
        row[:point] = 0.0
        modes, amounts, block, occasion, lapse, other_lapse = NOTHING, EMPTY, UNMOVED, -1, NO_TIME, NO_TIME
        for moment in range(begin, end):
            if occasions[moment] != occasion:
                occasion, old = occasions[moment], modes
                modes = modes_of(
                    clearance[child, occasion], volume[child, occasion],
                    exchange[child, occasion], peripheral[child, occasion],
                )  # fmt: skip
                amounts, lapse, other_lapse = changed(old, modes, amounts), NO_TIME, NO_TIME
                block = fill_powers(modes, step, fast, slow, gained)
            other = others[moment] * size if others.shape[0] > 0 else 0.0
            amounts = dosed(modes, amounts, resets[moment], boluses[moment] * size, other)
            time, rate = times[moment], rates[moment] * size
            until = times[moment + 1] if moment + 1 < end else inf
            following = first_point(until, first, step, points)
            if point < following:
                since = first + step * point - time
                here = later(modes, amounts, rate, lapse_of(modes, since)) if since > 0.0 else amounts
                write_points(
                    row, point, following, per_litre(here, modes), rate / modes.volume, block, fast, slow, gained
                )
            point = following
            if until < inf:
                lapse, other_lapse = remembered(modes, until - time, lapse, other_lapse)
                amounts = later(modes, amounts, rate, lapse)


@njit(LEVELS, cache=True, error_model="numpy", nogil=True)
def levels_serial(
    start: int, stop: int, parameters: Parameters, dosing: Dosing, wanted: Floats, places: NDArray[np.int64],
    levels: Floats,
) -> None:  # fmt: skip
    """Write the concentrations at wanted times of the children from `start` up to `stop`."""
    clearance, volume, exchange, peripheral = parameters
    times, rates, boluses, others, resets, occasions, scale, offsets = dosing
    for child in range(start, stop):
        begin, end = (offsets[child], offsets[child + 1]) if offsets.shape[0] > 0 else (0, times.shape[0])
        modes, amounts, moment, size = NOTHING, EMPTY, begin - 1, scale[child]
        for place in range(places[child], places[child + 1]):
            if moment >= begin and wanted[place] < times[moment]:
                modes, amounts, moment = NOTHING, EMPTY, begin - 1
            while moment + 1 < end and times[moment + 1] <= wanted[place]:
                moment += 1
                if moment > begin:
                    lapse = lapse_of(modes, times[moment] - times[moment - 1])
                    amounts = later(modes, amounts, rates[moment - 1] * size, lapse)
                occasion = occasions[moment]
                if moment == begin or occasion != occasions[moment - 1]:
                    old = modes
                    modes = modes_of(
                        clearance[child, occasion], volume[child, occasion],
                        exchange[child, occasion], peripheral[child, occasion],
                    )  # fmt: skip
                    amounts = changed(old, modes, amounts)
                other = others[moment] * size if others.shape[0] > 0 else 0.0
                amounts = dosed(modes, amounts, resets[moment], boluses[moment] * size, other)
            levels[place] = 0.0
            if moment >= begin:
                here = later(modes, amounts, rates[moment] * size, lapse_of(modes, wanted[place] - times[moment]))
                levels[place] = (here.fast + here.slow) / modes.volume


@njit(SUMMARIES, cache=True, error_model="numpy", nogil=True)
def summaries_serial(
    start: int, stop: int, parameters: Parameters, dosing: Dosing, windows: Windows, found: Found
) -> None:
    """Find what happens in the windows to the children from `start` up to `stop`."""
    clearance, volume, exchange, peripheral = parameters
    times, rates, boluses, others, resets, occasions, scale, offsets = dosing
    opens, closes, threshold = windows
    area, peak, peak_time, trough, hours_above = found
    for child in range(start, stop):
        for window in range(opens.shape[0]):
            area[child, window], peak[child, window], peak_time[child, window] = 0.0, 0.0, opens[window]
            trough[child, window], hours_above[child, window] = 0.0, 0.0
        begin, end = (offsets[child], offsets[child + 1]) if offsets.shape[0] > 0 else (0, times.shape[0])
        modes, amounts, occasion, size = NOTHING, EMPTY, -1, scale[child]
        lapse, other_lapse = NO_TIME, NO_TIME
        for moment in range(begin, end):
            if occasions[moment] != occasion:
                occasion, old = occasions[moment], modes
                modes = modes_of(
                    clearance[child, occasion], volume[child, occasion],
                    exchange[child, occasion], peripheral[child, occasion],
                )  # fmt: skip
                amounts, lapse, other_lapse = changed(old, modes, amounts), NO_TIME, NO_TIME
            other = others[moment] * size if others.shape[0] > 0 else 0.0
            amounts = dosed(modes, amounts, resets[moment], boluses[moment] * size, other)
            time, rate = times[moment], rates[moment] * size
            until = times[moment + 1] if moment + 1 < end else inf
            for window in range(opens.shape[0]):
                low, high = max(time, opens[window]), min(until, closes[window])
                if low < high:
                    here = later(modes, amounts, rate, lapse_of(modes, low - time)) if low > time else amounts
                    lapse, other_lapse = remembered(modes, high - low, lapse, other_lapse)
                    piece = piece_of(modes, here, rate, lapse, threshold)
                    area[child, window] += piece.area
                    hours_above[child, window] += piece.hours_above
                    trough[child, window] = piece.last
                    if piece.peak > peak[child, window]:
                        peak[child, window], peak_time[child, window] = piece.peak, low + piece.when
            if until < inf:
                lapse, other_lapse = remembered(modes, until - time, lapse, other_lapse)
                amounts = later(modes, amounts, rate, lapse)


@njit(POINTS, cache=True, parallel=True)
def points_parallel(
    start: int, stop: int, parameters: Parameters, dosing: Dosing, first: float, step: float, rows: Floats
) -> None:
    """Do what `points_serial` does, with as many threads as there are."""
    for block in prange((stop - start + TOGETHER - 1) // TOGETHER):
        at = start + block * TOGETHER
        points_serial(at, min(stop, at + TOGETHER), parameters, dosing, first, step, rows)


@njit(LEVELS, cache=True, parallel=True)
def levels_parallel(
    start: int, stop: int, parameters: Parameters, dosing: Dosing, wanted: Floats, places: NDArray[np.int64],
    levels: Floats,
) -> None:  # fmt: skip
    """Do what `levels_serial` does, with as many threads as there are."""
    for block in prange((stop - start + TOGETHER - 1) // TOGETHER):
        at = start + block * TOGETHER
        levels_serial(at, min(stop, at + TOGETHER), parameters, dosing, wanted, places, levels)


@njit(SUMMARIES, cache=True, parallel=True)
def summaries_parallel(
    start: int, stop: int, parameters: Parameters, dosing: Dosing, windows: Windows, found: Found
) -> None:
    """Do what `summaries_serial` does, with as many threads as there are."""
    for block in prange((stop - start + TOGETHER - 1) // TOGETHER):
        at = start + block * TOGETHER
        summaries_serial(at, min(stop, at + TOGETHER), parameters, dosing, windows, found)
