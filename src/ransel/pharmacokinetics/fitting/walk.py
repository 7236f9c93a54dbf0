"""The course of one child with its derivatives, whatever changes on the way: occasions, doses, beginnings anew.

The amounts in both compartments are carried from step to step together with their derivatives to the log parameters
of every occasion. Exact, and slower than one pair of exponentials from the first dose to the last level; that faster
way holds as long as the parameters do (`individual_objective`).
"""

from __future__ import annotations

from math import exp
from typing import NamedTuple

import numpy as np
from numba import njit

from ransel.pharmacokinetics.fitting.modes import Modes, gains, modes_room, write_modes
from ransel.pharmacokinetics.fitting.steps import DOSE, Steps
from ransel.pharmacokinetics.individuals import Floats


class Course(NamedTuple):
    """Room for what a walk finds at every level of a child; slopes are to the log parameters of all occasions.

    Values:
        level, level_slope: concentration, mg/L. area, area_slope: its integral since the first moment, mg h/L.
        amount_slope, sum_slope, shares, modes: what is worked out on the way.
    """

    level: Floats
    level_slope: Floats
    area: Floats
    area_slope: Floats
    amount_slope: Floats
    sum_slope: Floats
    shares: Floats
    modes: Modes


class Shares(NamedTuple):
    """How the amounts of both compartments mix: shares of the exponentials, with their derivatives (5, 4)."""

    own: float
    back: float
    out: float
    fast: float
    slow: float
    slopes: Floats


@njit(error_model="numpy")
def course_room(levels: int, slopes: int) -> Course:
    """Return room for so many levels."""
    return Course(
        np.zeros(levels), np.zeros((levels, slopes)), np.zeros(levels), np.zeros((levels, slopes)),
        np.zeros((2, slopes)), np.zeros(slopes), np.zeros((5, 4)), modes_room(),
    )  # fmt: skip


@njit(error_model="numpy")
def shares_of(logs: Floats, one: bool, modes: Modes, slopes: Floats) -> Shares:
    """Return the shares for these log parameters; `modes` and `slopes` are room to write in."""
    write_modes(logs, one, modes)
    at, first = modes.at, modes.first
    for i in range(4):
        slopes[0, i], slopes[1, i], slopes[2, i] = 0.0, 0.0, 0.0
        slopes[3, i], slopes[4, i] = first[1, i], first[3, i]
    if one:
        return Shares(1.0, 0.0, 0.0, at[1], at[3], slopes)
    litres, root = exp(logs[1]), at[1] - at[3]
    back, out = exp(logs[2] - logs[3]) / root, exp(logs[2] - logs[1]) / root
    for i in range(4):
        own_litres, of_exchange = 1.0 if i == 1 else 0.0, 1.0 if i == 2 else 0.0
        of_root = (first[1, i] - first[3, i]) / root
        slopes[0, i] = litres * (first[0, i] + at[0] * own_litres)
        slopes[1, i] = back * (of_exchange - (1.0 if i == 3 else 0.0) - of_root)
        slopes[2, i] = out * (of_exchange - own_litres - of_root)
    return Shares(at[0] * litres, back, out, at[1], at[3], slopes)


@njit(error_model="numpy")
def walk(steps: Steps, count: int, logs: Floats, one: bool, course: Course) -> None:
    """Walk through the steps and write what is found; `logs` has the log parameters, (occasions, 4)."""
    slopes = 4 * logs.shape[0]
    amount_slope, area_slope = course.amount_slope, course.sum_slope
    _empty(amount_slope)
    for i in range(slopes):
        area_slope[i] = 0.0
    central, peripheral, area, holds = 0.0, 0.0, 0.0, 0
    shares = shares_of(logs[0], one, course.modes, course.shares)
    for step in range(count):
        occasion, gap = steps.occasion[step], steps.gap[step]
        if gap > 0:
            if occasion != holds:
                shares, holds = shares_of(logs[occasion], one, course.modes, course.shares), occasion
            clearance = exp(logs[occasion, 0])
            before = central + peripheral + steps.rate[step] * gap
            for i in range(slopes):
                area_slope[i] += (amount_slope[0, i] + amount_slope[1, i]) / clearance
            central, peripheral = _wait(gap, steps.rate[step], shares, 4 * occasion, central, peripheral, amount_slope)
            gone = (before - central - peripheral) / clearance  # what left the body left through the clearance
            area += gone
            for i in range(slopes):
                area_slope[i] -= (amount_slope[0, i] + amount_slope[1, i]) / clearance
            area_slope[4 * occasion] -= gone
        number = steps.level[step]
        if number == DOSE:
            if steps.reset[step]:
                central, peripheral = 0.0, 0.0
                _empty(amount_slope)
            central += steps.bolus[step]
            continue
        litres = exp(logs[occasion, 1])
        course.level[number], course.area[number] = central / litres, area
        for i in range(slopes):
            course.level_slope[number, i] = amount_slope[0, i] / litres
            course.area_slope[number, i] = area_slope[i]
        course.level_slope[number, 4 * occasion + 1] -= central / litres


@njit(error_model="numpy")
def _empty(amount_slope: Floats) -> None:
    for i in range(amount_slope.shape[1]):
        amount_slope[0, i], amount_slope[1, i] = 0.0, 0.0


@njit(error_model="numpy")
def _wait(
    gap: float, rate: float, shares: Shares, first: int, central: float, peripheral: float, amount_slope: Floats
) -> tuple[float, float]:
    """Let time pass: return both amounts and write their derivatives; `first` is where this occasion's own begin."""
    kept_fast, kept_slow = exp(-shares.fast * gap), exp(-shares.slow * gap)
    gain_fast, slope_fast, _ = gains(shares.fast, gap, kept_fast)
    gain_slow, slope_slow, _ = gains(shares.slow, gap, kept_slow)
    own, other = shares.own, 1 - shares.own
    kept, gained = kept_slow - kept_fast, gain_slow - gain_fast
    stays, returns = own * kept_fast + other * kept_slow, shares.back * kept
    leaves, remains = shares.out * kept, other * kept_fast + own * kept_slow
    for i in range(amount_slope.shape[1]):
        was, beyond = amount_slope[0, i], amount_slope[1, i]
        amount_slope[0, i] = stays * was + returns * beyond
        amount_slope[1, i] = leaves * was + remains * beyond
    for i in range(4):
        d_own, d_back, d_out = shares.slopes[0, i], shares.slopes[1, i], shares.slopes[2, i]
        d_fast, d_slow = shares.slopes[3, i], shares.slopes[4, i]
        d_kept = gap * (kept_fast * d_fast - kept_slow * d_slow)
        d_gained = slope_slow * d_slow - slope_fast * d_fast
        d_stays = -d_own * kept - gap * (own * kept_fast * d_fast + other * kept_slow * d_slow)
        d_remains = d_own * kept - gap * (other * kept_fast * d_fast + own * kept_slow * d_slow)
        d_gain = -d_own * gained + own * slope_fast * d_fast + other * slope_slow * d_slow
        amount_slope[0, first + i] += (
            d_stays * central + (d_back * kept + shares.back * d_kept) * peripheral + d_gain * rate
        )
        amount_slope[1, first + i] += (
            (d_out * kept + shares.out * d_kept) * central
            + d_remains * peripheral
            + (d_out * gained + shares.out * d_gained) * rate
        )
    return (
        stays * central + returns * peripheral + (own * gain_fast + other * gain_slow) * rate,
        leaves * central + remains * peripheral + shares.out * gained * rate,
    )
