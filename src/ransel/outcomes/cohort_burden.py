"""Own courses compared: what two regimens asked of a child and its family, and how much of the order was given."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from statistics import fmean
from types import MappingProxyType

import numpy as np

from ransel.language import Message
from ransel.language.message import Joined
from ransel.outcomes.burden import BurdenComparison, BurdenFigure
from ransel.outcomes.cohort import Cohort, Group, cohort_of
from ransel.outcomes.course_record import SMALLEST_GROUP, CourseRecord
from ransel.outcomes.interval import Interval, Spread
from ransel.outcomes.risk import LEVEL
from ransel.protocols import Library
from ransel.protocols.protocol import Words

Value = Callable[[CourseRecord], float | None]

COUNTED: Mapping[str, Value] = MappingProxyType({
    "nights": lambda one: one.nights_in_hospital,
    "trips": lambda one: one.trips,
    "hours-at-home": lambda one: one.hours_at_home,
    "unplanned-contacts": lambda one: one.unplanned_contacts,
    "interruptions": lambda one: one.interruptions,
    "school-days": lambda one: one.school_days,
})  # fmt: skip
"""What own courses know of the burden, by the id of the figure; the key of the unit is `cohort.unit.<id>`."""
NOT_IN_CHARTS = ("kilometres", "hours-on-the-road", "opioid-days")
"""Kinds of burden that no chart counts."""


@dataclass(frozen=True, slots=True, kw_only=True)
class GivenInGroup:
    """How much of the order the children of one regimen got.

    Values:
        children, courses: of which an account of the pumps is known. percent: of the order, spread over the children,
        for each the mean over its courses. mean: over the children; low, high: the same of what was given at the
        least and at the most, under the stated errors of pumps and balances.
    """

    regimen: str
    title: Words
    children: int
    courses: int
    percent: Spread
    mean: float
    low: float
    high: float


@dataclass(frozen=True, slots=True, kw_only=True)
class GivenComparison:
    """Given against ordered in own courses of two regimens.

    Values:
        first, second: None where too few children have an account. difference: of the means, in percent of the order,
        second less first.
    """

    regimens: tuple[str, str]
    first: GivenInGroup | None
    second: GivenInGroup | None
    difference: Interval | None
    says: tuple[Message, ...]


def cohort_burden(
    records: Iterable[CourseRecord], first: str, second: str, *, library: Library | None = None
) -> BurdenComparison:
    """Compare what the children of two regimens went through, per course, with an interval for each difference.

    Where a group is empty, or so small that a child could be recognised, there are no figures, and words that say so.
    """
    cohort = cohort_of(records, first, second, library)
    figures: tuple[BurdenFigure, ...] = ()
    says = [*cohort.says(), Message("tolerability.says.not-randomised")]
    if cohort.is_comparable:
        figures = tuple(_figure(cohort, name, value) for name, value in COUNTED.items())
        says += [Message("cohort.per-course"), _not_counted(figures)]
    return BurdenComparison(
        regimens=(first, second), children=sum(map(len, cohort.groups)), figures=figures, own=True, says=tuple(says)
    )


def cohort_exposure(
    records: Iterable[CourseRecord], first: str, second: str, *, library: Library | None = None
) -> GivenComparison:
    """Compare how much of the order the children of two regimens got, as far as pumps told it."""
    cohort = cohort_of(records, first, second, library)
    means = [_per_child(group, _percent) for group in cohort.groups]
    groups = [_given(group, mean) for group, mean in zip(cohort.groups, means, strict=True)]
    both = all(groups)
    says = list(cohort.says())
    if cohort.is_comparable:
        says += [Message("cohort.given-not-taken-up"), *_without_account(cohort, groups)]
    return GivenComparison(
        regimens=(first, second), first=groups[0], second=groups[1],
        difference=welch(*means) if both else None, says=tuple(says),
    )  # fmt: skip


def welch(first: Sequence[float], second: Sequence[float]) -> Interval | None:
    """Return the difference of two means, second less first, with the interval of Welch; None where it has no width."""
    from scipy.stats import t  # noqa: PLC0415 - takes long to import

    if min(len(first), len(second)) < 2:
        return None
    parts = [float(np.var(side, ddof=1)) / len(side) for side in (first, second)]
    if not sum(parts):
        return None
    freedom = sum(parts) ** 2 / sum(
        part**2 / (len(side) - 1) for part, side in zip(parts, (first, second), strict=True)
    )
    away = float(t.ppf((1 + LEVEL) / 2, freedom)) * sum(parts) ** 0.5
    difference = fmean(second) - fmean(first)
    return Interval(difference, difference - away, difference + away, LEVEL, "Welch t")


def _figure(cohort: Cohort, name: str, value: Value) -> BurdenFigure:
    means = [_per_child(group, value) for group in cohort.groups]
    enough = all(len(side) >= SMALLEST_GROUP for side in means)
    spreads = [_spread(side) if enough else None for side in means]
    last = max(one.course for group in cohort.groups for one in group.courses)
    courses = [_by_course(group, value, last) if enough else (None,) * last for group in cohort.groups]
    return BurdenFigure(
        id=name, unit=f"cohort.unit.{name}", first=courses[0], second=courses[1], first_total=None, second_total=None,
        assumptions=(), first_per_course=spreads[0], second_per_course=spreads[1],
        difference=welch(*means) if enough else None,
    )  # fmt: skip


def _percent(record: CourseRecord) -> float | None:
    return None if record.given_percent is None else record.given_percent.exact


def _least(record: CourseRecord) -> float | None:
    return None if record.given_percent is None else record.given_percent.low


def _most(record: CourseRecord) -> float | None:
    return None if record.given_percent is None else record.given_percent.high


def _per_child(group: Group, value: Value) -> list[float]:
    """Return for every child of which it is known the mean over its courses."""
    known = [[number for one in courses if (number := value(one)) is not None] for courses in group.children.values()]
    return [fmean(numbers) for numbers in known if numbers]


def _by_course(group: Group, value: Value, last: int) -> tuple[float | None, ...]:
    """Return the mean over children for each course in order; None where so few had it that one could be recognised."""
    found: list[float | None] = []
    for number in range(1, last + 1):
        known = [told for one in group.courses if one.course == number and (told := value(one)) is not None]
        found.append(fmean(known) if len(known) >= SMALLEST_GROUP else None)
    return tuple(found)


def _spread(values: Sequence[float]) -> tuple[float, float, float]:
    low, high = np.percentile(values, (5, 95))
    return float(low), fmean(values), float(high)


def _not_counted(figures: Sequence[BurdenFigure]) -> Message:
    missing = [one.id for one in figures if one.first_per_course is None]
    kinds = tuple(Message(f"cohort.unit.{name}") for name in (*missing, *NOT_IN_CHARTS))
    return Message("cohort.burden-not-counted", {"kinds": Joined(kinds, ", ")})


def _given(group: Group, percent: Sequence[float]) -> GivenInGroup | None:
    if len(percent) < SMALLEST_GROUP:
        return None
    told = sum(one.given_percent is not None for one in group.courses)
    at = np.percentile(percent, (5, 25, 50, 75, 95))
    middle = float(np.exp(np.mean(np.log(np.maximum(percent, NEARLY_NONE)))))
    return GivenInGroup(
        regimen=group.regimen, title=group.title, children=len(percent), courses=told,
        percent=Spread(middle, *(float(one) for one in at)),
        mean=fmean(percent), low=fmean(_per_child(group, _least)), high=fmean(_per_child(group, _most)),
    )  # fmt: skip


NEARLY_NONE = 0.1
"""Percent: what a course is counted as in a geometric mean that was stopped before anything ran in."""


def _without_account(cohort: Cohort, groups: Sequence[GivenInGroup | None]) -> Iterator[Message]:
    for group, given in zip(cohort.groups, groups, strict=True):
        courses = sum(1 for _ in group.courses)
        known = given.courses if given else sum(one.given_percent is not None for one in group.courses)
        if known < courses:
            values = {"regimen": group.title, "known": known, "courses": courses}
            yield Message("cohort.without-account", values)
