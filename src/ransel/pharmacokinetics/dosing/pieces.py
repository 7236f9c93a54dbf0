"""Exact pieces of infusion, and the arrays of a schedule that follow from them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction
from itertools import pairwise

import numpy as np

from ransel.language import refuse
from ransel.pharmacokinetics.individuals import Floats
from ransel.pharmacokinetics.schedule import Schedule

NOTHING = Fraction(0)


@dataclass(frozen=True, slots=True)
class Piece:
    """An amount that runs in evenly from one hour to another; at once when the two are the same.

    Values:
        amount: mg, or mg for each unit of what a dose is scaled with. step: whose dose it is, where there are several.
    """

    begins: Fraction
    ends: Fraction
    amount: Fraction
    step: int = 0


Courses = Sequence[Sequence[Piece]]
"""The pieces of each course, in order of time; a course is an occasion."""


def schedule_of(courses: Courses, scale: Floats | None = None) -> Schedule:
    """Return the schedule of these courses: pieces that overlap add up, and a gap is a rate of nought.

    Without `scale` it is for one child, and amounts are mg.
    """
    check_order(courses)
    rates, boluses = _changes(courses)
    starts = {min(one.begins for one in course): number for number, course in enumerate(courses) if course}
    running, occasion, told = NOTHING, 0, []
    for at in sorted({*rates, *boluses, *starts}):
        running += rates.get(at, NOTHING)
        occasion = starts.get(at, occasion)
        told.append((at, running, boluses.get(at, NOTHING), occasion))
    kept = [one for place, one in enumerate(told) if not place or _says_something(told[place - 1], one)]
    return Schedule(
        times=np.array([float(at) for at, _, _, _ in kept]),
        rates=np.array([float(rate) for _, rate, _, _ in kept]),
        boluses=np.array([float(bolus) for _, _, bolus, _ in kept]),
        resets=np.zeros(len(kept), dtype=np.bool_),
        occasions=np.array([number for _, _, _, number in kept], dtype=np.int32),
        scale=np.ones(1) if scale is None else scale,
    )


def check_order(courses: Courses) -> None:
    """Check that no course begins before the one before it has ended.

    Raises:
        Refused: for the first that does.
    """
    spans = [
        (number, min(one.begins for one in course), max(one.ends for one in course))
        for number, course in enumerate(courses, 1)
        if course
    ]
    for (_, _, ended), (number, begins, _) in pairwise(spans):
        if begins < ended:
            refuse("dosing.courses-overlap", "courses", number, begins=_hours(begins), ended=_hours(ended))


def _changes(courses: Courses) -> tuple[dict[Fraction, Fraction], dict[Fraction, Fraction]]:
    """Return by how much the rate changes at each hour, and what is given at once."""
    rates: dict[Fraction, Fraction] = {}
    boluses: dict[Fraction, Fraction] = {}
    for one in (piece for course in courses for piece in course):
        if one.begins == one.ends:
            boluses[one.begins] = boluses.get(one.begins, NOTHING) + one.amount
            continue
        rate = one.amount / (one.ends - one.begins)
        rates[one.begins] = rates.get(one.begins, NOTHING) + rate
        rates[one.ends] = rates.get(one.ends, NOTHING) - rate
    return rates, boluses


def _says_something(
    before: tuple[Fraction, Fraction, Fraction, int], now: tuple[Fraction, Fraction, Fraction, int]
) -> bool:
    """Whether rate or occasion changes, or something is given at once."""
    return now[1] != before[1] or now[3] != before[3] or now[2] != 0


def _hours(at: Fraction) -> str:
    return f"{float(at):g}"
