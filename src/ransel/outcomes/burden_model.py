"""Burden of two regimens in simulated families: what the protocols ask, and a setting for all that they do not say."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from types import MappingProxyType

import numpy as np

from ransel.language import refuse
from ransel.outcomes.burden import BurdenComparison, BurdenFigure
from ransel.outcomes.burden_assumptions import ids_for, notes, other_setting
from ransel.outcomes.burden_children import Children, Days, Floats
from ransel.outcomes.burden_course import CourseOfRegimen, course_of
from ransel.outcomes.burden_setting import MOST_COURSES, BurdenSetting
from ransel.protocols.protocol import Protocol
from ransel.protocols.site import WEEKDAYS

UNITS: Mapping[str, str] = MappingProxyType({
    "nights": "burden.unit.nights",
    "trips": "burden.unit.trips",
    "kilometres": "burden.unit.kilometres",
    "hours-on-the-road": "burden.unit.hours-on-the-road",
    "school-days": "burden.unit.school-days",
    "unplanned-contacts": "burden.unit.unplanned-contacts",
    "opioid-days": "burden.unit.opioid-days",
})  # fmt: skip
"""Every kind of burden, with the sentence of its unit."""
KINDS = tuple(UNITS)
STEP: Mapping[str, float] = {"kilometres": 1.0, "hours-on-the-road": 0.1}
"""To what a total of one child is rounded before percentiles are taken; everything else is a whole number."""
BLOCK = 65_536
MOST_CHILDREN = 1_000_000_000

Asked = Mapping[str, Floats | Days | None]
"""What one course asks of each child of a block, by kind; None where nothing is known."""


def burden(
    first: Protocol,
    second: Protocol,
    children: int,
    seed: int,
    setting: BurdenSetting,
    base: BurdenSetting | None = None,
    courses: int | None = None,
) -> BurdenComparison:
    """Return what two regimens ask of the same simulated families; the same ones for the same seed.

    Assumptions that a setting shares with a base keep the ids that they have there. `courses` is how many; None as many
    as each protocol has.

    Raises:
        Refused: for a number of children below one or absurdly large, or a seed that is none.
    """
    if not 1 <= children <= MOST_CHILDREN:
        refuse("burden.children", "children", children, most=MOST_CHILDREN)
    old, new = (_courses(one, setting, courses) for one in (first, second))
    kinds = _worked_out(old, new, children, seed, setting)
    figures = tuple(_figure(kind, found, children, ids_for(kind, setting, base)) for kind, found in kinds.items())
    more = {kind: None if found.more is None else found.more / children for kind, found in kinds.items()}
    return BurdenComparison(
        regimens=(first.id, second.id),
        children=children,
        figures=figures,
        own=False,
        says=notes(figures, more, setting),
        setting=setting.id,
        title=setting.title,
    )


def burdens(
    first: Protocol,
    second: Protocol,
    children: int,
    seed: int,
    settings: Sequence[BurdenSetting],
    courses: int | None = None,
) -> tuple[BurdenComparison, ...]:
    """Return the burden under every setting, in the same families; the first one says what the others come to.

    What a family is asked hangs on how a hospital does it, so one practice alone would say too much.
    """
    base, *others = (burden(first, second, children, seed, setting, settings[0], courses) for setting in settings)
    return (replace(base, says=(*base.says, *filter(None, map(other_setting, others)))), *others)


@dataclass(frozen=True, slots=True)
class _Regimen:
    """The courses of a regimen, and whether the setting speaks about its substance."""

    courses: tuple[CourseOfRegimen, ...]
    known: bool


@dataclass(slots=True)
class _Tally:
    """Sums of each course and a histogram of the totals of a child, filled block by block; None once one is unknown."""

    sums: list[float | None]
    totals: Days | None = field(default_factory=lambda: np.zeros(1, dtype=np.int64))

    def add(self, asked: Sequence[Floats | Days | None], step: float) -> Days | None:
        """Add a block, what each course asked of each child, and return its totals in steps."""
        for number, values in enumerate(asked):
            before = self.sums[number]
            self.sums[number] = None if before is None or values is None else before + float(values.sum())
        known = [values for values in asked if values is not None]
        if self.totals is None or len(known) < len(asked):
            self.totals = None
            return None
        of_child: Days = np.rint(sum(known) / step).astype(np.int64)
        counted = np.bincount(of_child, minlength=self.totals.size)
        counted[: self.totals.size] += self.totals
        self.totals = counted
        return of_child


@dataclass(slots=True)
class _Kind:
    """One kind of burden in both regimens, and of how many children the second asks more; None once that is unknown."""

    first: _Tally
    second: _Tally
    more: int | None = 0

    def add(self, first: Sequence[Floats | Days | None], second: Sequence[Floats | Days | None], step: float) -> None:
        """Add a block of the same children in both regimens."""
        old, new = self.first.add(first, step), self.second.add(second, step)
        if self.more is None or old is None or new is None:
            self.more = None
        else:
            self.more += int(np.sum(new > old))


def _courses(protocol: Protocol, setting: BurdenSetting, courses: int | None) -> _Regimen:
    last = min(protocol.course.courses.value, MOST_COURSES) if courses is None else courses
    as_suggested = setting.containers.as_suggested.value
    each = tuple(course_of(protocol, number, as_suggested=as_suggested) for number in range(1, last + 1))
    return _Regimen(each, protocol.product.substance == setting.substance)


def _worked_out(
    first: _Regimen, second: _Regimen, children: int, seed: int, setting: BurdenSetting
) -> Mapping[str, _Kind]:
    """Go through all children in blocks of one size, so that sums never depend on how work is divided."""
    kinds = {kind: _Kind(_empty(first), _empty(second)) for kind in KINDS}
    for start in range(0, children, BLOCK):
        block = Children(seed, start, min(start + BLOCK, children))
        old, new = (_all_asked(regimen, block, setting) for regimen in (first, second))
        for kind, found in kinds.items():
            found.add([one[kind] for one in old], [one[kind] for one in new], STEP.get(kind, 1.0))
    return kinds


def _empty(regimen: _Regimen) -> _Tally:
    return _Tally([0.0] * len(regimen.courses))


def _all_asked(regimen: _Regimen, block: Children, setting: BurdenSetting) -> Sequence[Asked]:
    return [_asked(course, number, regimen, block, setting) for number, course in enumerate(regimen.courses, 1)]


def _asked(course: CourseOfRegimen, number: int, regimen: _Regimen, block: Children, setting: BurdenSetting) -> Asked:
    """Return what one course asks of each child of a block."""
    leaves = _leaves(course, number, block, setting) if regimen.known or not course.at_home else None
    opioid = _opioid_days(course, number, setting, block) if regimen.known else None
    if leaves is None:
        return dict.fromkeys(KINDS) | {"opioid-days": opioid}
    before = block.come_the_evening_before(setting, number) if course.admitted else np.zeros_like(leaves)
    trips = _trips(course, leaves)
    kilometres = block.kilometres(setting)
    return {
        "nights": leaves + before,
        "trips": trips,
        "kilometres": 2 * trips * kilometres,
        "hours-on-the-road": 2 * trips * block.hours(setting, kilometres),
        "school-days": _school_days(course, number, leaves, block, setting),
        "unplanned-contacts": _contacts(course, number, leaves, block, setting),
        "opioid-days": opioid,
    }


def _leaves(course: CourseOfRegimen, number: int, block: Children, setting: BurdenSetting) -> Days:
    """Return on which day after connecting each child leaves the hospital."""
    size, readiness = block.stop - block.start, setting.readiness
    if not course.at_home:
        stays_on = course.ends_late and setting.admission.night_after_last_day.value
        return np.full(size, course.days + stays_on, dtype=np.int64)
    same_day = readiness.same_day_from_course
    if not course.begins_in_hospital or (same_day is not None and number >= same_day.value):
        return np.zeros(size, dtype=np.int64)
    return np.minimum(block.nights_until_ready(readiness, number), course.days)


def _trips(course: CourseOfRegimen, leaves: Days) -> Days:
    """Return how often each family goes there and back; what falls on the day of leaving is no further trip."""
    began = np.full(leaves.size, int(course.begins_in_hospital), dtype=np.int64)
    return began + sum((day > leaves).astype(np.int64) for day in course.visits)


def _school_days(
    course: CourseOfRegimen, number: int, leaves: Days, block: Children, setting: BurdenSetting
) -> Floats | Days:
    """Return the school days missed: those in hospital, the day of leaving among them, and those of a visit."""
    school = np.array([day in setting.school.weekdays.value for day in WEEKDAYS], dtype=np.int64)
    starts = block.weekdays(number, _starts(course, setting))
    last = leaves if setting.school.with_backpack.value else np.maximum(leaves, course.days)
    up_to = np.cumsum(school[(np.arange(7)[:, None] + np.arange(course.days + 2)) % 7], axis=1)
    is_away = course.begins_in_hospital or not setting.school.with_backpack.value
    missed = up_to[starts, last] if is_away else np.zeros_like(leaves)
    for day in course.visits:
        missed = missed + np.where(day > last, school[(starts + day) % 7], 0)
    return missed


def _starts(course: CourseOfRegimen, setting: BurdenSetting) -> tuple[int, ...]:
    """Return the days of the week on which a course can begin so that day care is open at each of its visits."""
    open_on = [WEEKDAYS.index(day) for day in setting.visits.weekdays.value]
    fitting = [day for day in open_on if all((day + later) % 7 in open_on for later in course.day_care)]
    return tuple(fitting or open_on)


def _contacts(course: CourseOfRegimen, number: int, leaves: Days, block: Children, setting: BurdenSetting) -> Days:
    """Return the unplanned contacts about pump and line in the days at home; on the ward a nurse is there."""
    rate = setting.contacts.events.value / setting.contacts.bag_changes.value
    days_at_home = np.maximum(course.days - leaves, 0) * course.at_home
    return block.contacts(days_at_home * (rate * course.containers_a_day), number)


def _opioid_days(course: CourseOfRegimen, number: int, setting: BurdenSetting, block: Children) -> Days | None:
    """Return the days with an opioid: every day of a daily infusion, or until weaned and not longer than until ready.

    A child that is ready for home has no medicine by drip any more. None where nothing is known, such as of a child
    that goes home on the day of connecting.
    """
    opioid, same_day = setting.opioid, setting.readiness.same_day_from_course
    if opioid is None or (course.at_home and same_day is not None and number >= same_day.value):
        return None
    if course.daily:
        days = course.infusions if opioid.each_infusion_day.value else 0
        return np.full(block.stop - block.start, days, dtype=np.int64)
    return np.minimum(
        block.nights_until_ready(setting.readiness, number), min(opioid.weaned_over_days.value, course.days)
    )


def _figure(kind: str, found: _Kind, children: int, assumptions: tuple[str, ...]) -> BurdenFigure:
    step, sides = STEP.get(kind, 1.0), (found.first, found.second)
    old, new = (tuple(None if one is None else one / children for one in side.sums) for side in sides)
    return BurdenFigure(
        id=kind,
        unit=UNITS[kind],
        first=old,
        second=new,
        first_total=_total(found.first, children, step),
        second_total=_total(found.second, children, step),
        assumptions=assumptions,
    )


def _total(tally: _Tally, children: int, step: float) -> tuple[float, float, float] | None:
    """Return the 5th percentile, the mean and the 95th percentile of what all courses together ask of one child."""
    if tally.totals is None:
        return None
    reached = np.cumsum(tally.totals)
    low, high = (float(np.searchsorted(reached, part * children)) * step for part in (0.05, 0.95))
    return low, sum(one for one in tally.sums if one is not None) / children, high
