"""The dosing of many children by a protocol: its infusions, its dose steps, its rules, exactly as they are written."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction

import numpy as np
from numpy.typing import NDArray

from ransel.language import refuse
from ransel.pharmacokinetics.dosing.pieces import NOTHING, Piece, check_order, schedule_of
from ransel.pharmacokinetics.individuals import Floats
from ransel.pharmacokinetics.population.covariates import Covariates
from ransel.pharmacokinetics.schedule import Schedule
from ransel.protocols import DoseRule, DoseStep, Protocol
from ransel.protocols.protocol import Course
from ransel.quantities import DoseRatePerArea, DoseRatePerWeight, Duration, Rounding

MG_PER_KG = 1_000_000
MOST_COURSES = 1000
NEAR = 9
"""Before rounding up or down, a number this close to a whole one, in decimals, is that: floats are not exact."""


def regimen(
    protocol: Protocol,
    children: Covariates,
    *,
    courses: int | None = None,
    interval_hours: float | Fraction | None = None,
    rule: str | Sequence[str] = "area",
) -> Schedule:
    """Return the dosing of these children by a protocol.

    Every child gets the first of the named rules that is meant for its weight, such as ("weight", "area"). The schedule
    is shared, with what the first rule counts by as scale (body surface, or weight), as long as doses only differ by
    such a factor; else every child has moments of its own.

    `courses` is by default what the protocol says; `interval_hours` from start to start, by default the shortest that
    the protocol allows.

    Raises:
        Refused: when there is no such rule, none is meant for a child's weight, or courses would overlap.
    """
    count = protocol.course.courses.value if courses is None else courses
    if not 1 <= count <= MOST_COURSES:
        refuse("dosing.courses", "courses", count, most=MOST_COURSES)
    starts = [number * interval_of(protocol, interval_hours) for number in range(count)]
    groups = _groups(protocol, children, (rule,) if isinstance(rule, str) else rule, starts)
    first = groups[0]
    if all(group.courses == first.courses and group.one_factor for group in groups):
        scale = np.empty(children.count)
        for group in groups:
            scale[group.children] = group.factors[0]
        return schedule_of(first.courses, scale)
    return _apart(groups, children.count)


@dataclass(frozen=True, slots=True, eq=False)
class _Group:
    """The children of one dose rule.

    Values:
        children: their places. courses: pieces for one unit of scale, by the amounts of the first rule. factors: what
        the pieces of each step are multiplied with, (children,) each.
    """

    children: NDArray[np.intp]
    courses: tuple[tuple[Piece, ...], ...]
    factors: tuple[Floats, ...]

    @property
    def one_factor(self) -> bool:
        return all(np.array_equal(factor, self.factors[0]) for factor in self.factors[1:])


def _groups(
    protocol: Protocol, children: Covariates, names: Sequence[str], starts: Sequence[Fraction]
) -> tuple[_Group, ...]:
    rules = {one.id: one for one in protocol.dose.rules}
    for name in names:
        if name not in rules:
            refuse("dosing.no-rule", "rule", name, known=", ".join(rules))
    chosen = [rules[name] for name in names]
    left, groups = np.arange(children.count), []
    pattern = chosen[0].steps
    for one in chosen:
        meant = _is_meant_for(one, children.weight[left])
        places, left = left[meant], left[~meant]
        if places.size or (one is chosen[0] and not children.count):
            steps = pattern if _changes_of(one.steps) == _changes_of(pattern) else one.steps
            group_children = Covariates(
                age=children.age[places], weight=children.weight[places], height=children.height[places]
            )
            factors = tuple(
                _factor(step, like, protocol, group_children) for step, like in zip(one.steps, steps, strict=True)
            )
            groups.append(_Group(places, _courses(protocol.course, steps, starts), factors))
    if left.size:
        weight = f"{children.weight[left[0]]:.1f} kg"
        refuse("dosing.outside-rule", "rule", ", ".join(names), count=int(left.size), weight=weight)
    return tuple(groups)


def _changes_of(steps: Sequence[DoseStep]) -> list[object]:
    """Return how long each step but the last holds."""
    return [None if step.lasts is None else step.lasts.value for step in steps[:-1]]


def _is_meant_for(rule: DoseRule, weight: Floats) -> NDArray[np.bool_]:
    meant = np.ones(weight.shape, dtype=np.bool_)
    if rule.for_weight_over is not None:
        meant &= weight > float(rule.for_weight_over.value.to("kg"))
    if rule.for_weight_up_to is not None:
        meant &= weight <= float(rule.for_weight_up_to.value.to("kg"))
    if rule.for_weight_from is not None:
        meant &= weight >= float(rule.for_weight_from.value.to("kg"))
    if rule.for_weight_below is not None:
        meant &= weight < float(rule.for_weight_below.value.to("kg"))
    return meant


def _factor(step: DoseStep, like: DoseStep, protocol: Protocol, children: Covariates) -> Floats:
    """Return with what the amounts of another step are multiplied to give this dose to each of these children."""
    per, base = _per_unit(step), _per_unit(like)
    size = _size(step, protocol, children)
    if step.at_most is not None:
        size = np.minimum(size, float(step.at_most.value.magnitude / per))
    rounding = protocol.dose.daily_rounding
    if rounding.step is not None:
        size = _rounded(size * float(per), rounding, float(rounding.step.magnitude)) / float(per)
    return size if per == base else size * float(per / base)


def _per_unit(step: DoseStep) -> Fraction:
    """Return the dose in mg/h for each m², for each kg, or for a child."""
    per = step.per.value
    return per.magnitude * MG_PER_KG if isinstance(per, DoseRatePerWeight) else per.magnitude


def _size(step: DoseStep, protocol: Protocol, children: Covariates) -> Floats:
    """Return what a dose counts by: m² of body surface, kg of weight, or one child."""
    per, rounding = step.per.value, protocol.dose.surface_rounding
    if isinstance(per, DoseRatePerWeight):
        return children.weight
    if not isinstance(per, DoseRatePerArea):
        return np.ones(children.count)
    if protocol.dose.body_surface != "mosteller":
        refuse("dosing.other-formula", "body_surface", protocol.dose.body_surface)
    surface = children.body_surface
    return surface if rounding.step is None else _rounded(surface, rounding, float(rounding.step.magnitude))


def _rounded(values: Floats, rounding: Rounding, step: float) -> Floats:
    count = np.round(values / step, NEAR)
    whole = {"nearest": lambda: np.floor(count + 0.5), "up": lambda: np.ceil(count), "down": lambda: np.floor(count)}
    rounded: Floats = whole[rounding.direction]() * step
    return rounded


def interval_of(protocol: Protocol, hours: float | Fraction | None = None) -> Fraction:
    """Return the hours from the start of one course to the start of the next: these, or the shortest allowed."""
    following = protocol.course.next
    if hours is not None:
        return checked_interval(hours)
    shortest = following.at_least.value.to("h")
    return shortest if following.counted_from == "start" else shortest + length_of(protocol.course)


def checked_interval(hours: float | Fraction) -> Fraction:
    """Return the time from the start of one course to the start of the next.

    Raises:
        Refused: when it is no number above nought.
    """
    if not 0 < hours < float("inf"):
        refuse("dosing.interval", "interval", hours)
    return Fraction(hours)


def length_of(course: Course) -> Fraction:
    """Return the hours from the start of a course to the end of its last infusion."""
    return course.covers.value.to("h") * (course.infusions.value - 1) + course.infusion.value.to("h")


def _courses(course: Course, steps: Sequence[DoseStep], starts: Sequence[Fraction]) -> tuple[tuple[Piece, ...], ...]:
    whole = course.covers.value.to("h") * course.infusions.value
    doses, at = [], NOTHING
    for step in steps:
        lasts = whole - at if step.lasts is None else step.lasts.value.to("h")
        doses.append((at, lasts, _per_unit(step)))
        at += lasts
    if at != whole:
        refuse("dosing.steps-do-not-fill-course", "dose.rules", float(at), whole=Duration(whole, "h"))
    courses = tuple(tuple(infused(course, doses, start)) for start in starts)
    check_order(courses)
    return courses


def infused(course: Course, doses: Sequence[tuple[Fraction, Fraction, Fraction]], start: Fraction) -> list[Piece]:
    """Return how the doses of one course run in.

    `doses` say from which hour of dosing, for how many hours and how many mg for an hour of dosing: an infusion of 8 h
    that covers a day gives in 8 hours what is ordered for 24.
    """
    covers, lasts = course.covers.value.to("h"), course.infusion.value.to("h")
    pieces = []
    for number in range(course.infusions.value):
        first = number * covers
        for step, (begins, holds, dose) in enumerate(doses):
            low, high = max(first, begins), min(first + covers, begins + holds)
            if low < high:
                real = [start + first + (at - first) * lasts / covers for at in (low, high)]
                pieces.append(Piece(real[0], real[1], dose * (high - low), step))
    return pieces


def _apart(groups: Sequence[_Group], count: int) -> Schedule:
    """Return a schedule in which every child has moments of its own."""
    plans = [(group, *_by_step(group.courses)) for group in groups]
    lengths = np.zeros(count, dtype=np.int64)
    for group, pattern, _, _ in plans:
        lengths[group.children] = pattern.times.size
    offsets = np.concatenate([np.zeros(1, dtype=np.int64), np.cumsum(lengths)])
    times, rates = np.empty(offsets[-1]), np.empty(offsets[-1])
    occasions = np.empty(offsets[-1], dtype=np.int32)
    for group, pattern, step, unit_rates in plans:
        places = offsets[group.children][:, np.newaxis] + np.arange(pattern.times.size)
        times[places], occasions[places] = pattern.times, pattern.occasions
        rates[places] = np.stack(group.factors, axis=1)[:, step] * unit_rates
    nothing = np.zeros(offsets[-1])
    return Schedule(
        times=times, rates=rates, boluses=nothing, resets=np.zeros(nothing.shape, dtype=np.bool_),
        occasions=occasions, scale=np.ones(count), offsets=offsets,
    )  # fmt: skip


def _by_step(courses: Sequence[Sequence[Piece]]) -> tuple[Schedule, NDArray[np.intp], Floats]:
    """Return the moments of a pattern, which step runs from each on, and the rate for one unit, nought in a gap.

    The moments come from pieces whose rate is the number of their step, so that no change of step is lost where two
    of them have the same rate.
    """
    rate_of = {one.step: float(one.amount / (one.ends - one.begins)) for course in courses for one in course}
    numbered = [
        [Piece(one.begins, one.ends, (one.step + 1) * (one.ends - one.begins), one.step) for one in course]
        for course in courses
    ]
    pattern = schedule_of(numbered)
    step = np.rint(pattern.rates).astype(np.intp) - 1
    unit_rates = np.array([rate_of.get(int(one), 0.0) for one in step])
    return pattern, np.maximum(step, 0), unit_rates
