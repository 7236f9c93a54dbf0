"""What is kept of a course while it goes by: the trajectory where it is wanted, and the sums in any case."""

from __future__ import annotations

from typing import NamedTuple

from numba import njit

from ransel.pharmacokinetics.individuals import Floats
from ransel.pharmacokinetics.nonlinear.state import Step
from ransel.pharmacokinetics.nonlinear.step_polynomial import area, part_above, turn, value


class Wanted(NamedTuple):
    """What is asked of a course.

    Values:
        first, step, end: hours: the window, and the distance of the points in it. threshold: mg/L.
        relative, absolute: what a step may be wrong. most: steps for one child. stiff: which method.
    """

    first: float
    step: float
    end: float
    threshold: float
    relative: float
    absolute: float
    most: int
    stiff: bool


class Harm(NamedTuple):
    """The hazard of a side effect: per hour always, per hour and mg/L, and per mg/L of rise."""

    base: float
    by_concentration: float
    by_rise: float


class Seen(NamedTuple):
    """What was seen since the window began.

    Values:
        area: mg h/L. rise: mg/L: all rises added up. above: hours. peak: mg/L, at `peak_at` hours.
        point: the next point of the grid.
    """

    area: float
    rise: float
    above: float
    peak: float
    peak_at: float
    point: int


@njit(error_model="numpy", forceinline=True)
def hazard(harm: Harm, hours: float, under_curve: float, rise: float) -> float:
    """Return the cumulative hazard. Only rises count, so the hazard of rising is what all rises add up to."""
    return harm.base * hours + harm.by_concentration * under_curve + harm.by_rise * rise


@njit(error_model="numpy", forceinline=True)
def look(seen: Seen, one: Step, t: float, h: float, following: float, threshold: float) -> Seen:
    """Return what was seen after a step: within it a concentration turns at most once."""
    best = turn(one.drug)
    extreme, after = value(one.drug, best), one.after.drug
    peak, peak_at = seen.peak, seen.peak_at
    if extreme > peak:
        peak, peak_at = extreme, t + best * h
    if after > peak:
        peak, peak_at = after, following
    rise = max(extreme - one.drug.a, 0.0) + max(after - extreme, 0.0)
    above = part_above(one.drug, 0.0, best, threshold) + part_above(one.drug, best, 1.0, threshold)
    return Seen(
        seen.area + h * area(one.drug, 1.0), seen.rise + rise, seen.above + h * above, peak, peak_at, seen.point
    )


@njit(error_model="numpy", forceinline=True)
def write_drug(rows: Floats, first: int, last: int, one: Step, shift: float, h: float, step: float) -> None:
    """Write the concentrations at the points within a step."""
    part = 1.0 / h
    for i in range(first, last):
        rows[0, i] = max(value(one.drug, (shift + step * i) * part), 0.0)


@njit(error_model="numpy", forceinline=True)
def write_states(
    rows: Floats, first: int, last: int, one: Step, shift: float, h: float, wanted: Wanted, seen: Seen, harm: Harm
) -> None:
    """Write all states at the points within a step, and the hazard up to them."""
    best = turn(one.drug)
    extreme, part = value(one.drug, best), 1.0 / h
    for i in range(first, last):
        s = (shift + wanted.step * i) * part
        drug = value(one.drug, s)
        rows[0, i] = max(drug, 0.0)
        rows[1, i] = max(value(one.peripheral, s), 0.0)
        rows[2, i] = max(value(one.target, s), 0.0)
        rows[3, i] = max(value(one.bound, s), 0.0)
        rise = max(drug - one.drug.a, 0.0)
        if s > best:
            rise = max(extreme - one.drug.a, 0.0) + max(drug - extreme, 0.0)
        rows[4, i] = hazard(harm, wanted.step * i, seen.area + h * area(one.drug, s), seen.rise + rise)


@njit(error_model="numpy", forceinline=True)
def points_before(moment: float, point: int, points: int, wanted: Wanted) -> int:
    """Return the first point, from a given one, that does not lie before a moment."""
    while point < points and wanted.first + wanted.step * point < moment:
        point += 1
    return point
