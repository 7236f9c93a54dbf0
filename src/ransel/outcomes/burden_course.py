"""What a protocol says about one course that a family notices: how long, where, and for what the child must come in."""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass

from ransel.protocols.protocol import ContainerOption, Place, Protocol
from ransel.quantities import Duration

IN_HOSPITAL: frozenset[Place] = frozenset({"ward", "day-care", "pharmacy"})
_DAY = 24


@dataclass(frozen=True, slots=True, kw_only=True)
class CourseOfRegimen:
    """One course of a regimen, in days from the moment of connecting.

    Values:
        days: whole days from the first drop to the last. ends_late: whether the last drop falls later in the day
        than the first. daily: whether it is an infusion on each of several days, and infusions: how many.
        at_home: whether the child may go home with the pump. admitted: whether it begins on a ward.
        begins_in_hospital: whether the family must come in to begin. visits: days on which a child that is at home
        must come in, for a change or to disconnect. day_care: the same days as far as day care must be open, day 0
        among them. containers_a_day: how fast containers are used.
    """

    days: int
    ends_late: bool
    infusions: int
    daily: bool
    at_home: bool
    admitted: bool
    begins_in_hospital: bool
    visits: tuple[int, ...]
    day_care: tuple[int, ...]
    containers_a_day: float


def course_of(protocol: Protocol, course: int, *, as_suggested: bool) -> CourseOfRegimen:
    """Return what the protocol says about a course, counted from 1.

    A child whose containers are changed in hospital every day or more often stays there, whatever the protocol allows.
    """
    option = _option(protocol, course, as_suggested=as_suggested)
    plan, change_at = protocol.course, option.change_at or protocol.handling.change_at
    hours = (plan.infusions.value - 1) * _hours(plan.covers.value) + _hours(plan.infusion.value)
    changes = _hours(option.lasts.value) < hours
    stays = changes and change_at in IN_HOSPITAL and _hours(option.lasts.value) <= _DAY
    came_in = sorted({(math.floor(hour / _DAY), place) for hour, place in _moments(protocol, option, change_at)})
    return CourseOfRegimen(
        days=math.floor(hours / _DAY),
        ends_late=hours % _DAY > 0,
        infusions=plan.infusions.value,
        daily=plan.infusions.value > 1,
        at_home=protocol.use.at_home and not stays,
        admitted=protocol.handling.connect_at == "ward",
        begins_in_hospital=protocol.handling.connect_at in IN_HOSPITAL,
        visits=tuple(sorted({day for day, place in came_in if day and place in IN_HOSPITAL})),
        day_care=tuple(sorted({day for day, place in came_in if place == "day-care"})),
        containers_a_day=_DAY / _hours(option.lasts.value),
    )


def _option(protocol: Protocol, course: int, *, as_suggested: bool) -> ContainerOption:
    options = protocol.containers.options
    suggested = (option for option in options.values() if course in option.suggested_for_courses)
    usual = options[protocol.containers.default]
    return next(suggested, usual) if as_suggested else usual


def _moments(protocol: Protocol, option: ContainerOption, change_at: Place) -> Iterator[tuple[float, Place]]:
    """Go through everything that is done at the child, with the hour from the first connecting."""
    handling, plan, lasts = protocol.handling, protocol.course, _hours(option.lasts.value)
    for number in range(plan.infusions.value):
        begins = number * _hours(plan.covers.value)
        yield begins, handling.connect_at
        for change in range(1, math.ceil(_hours(plan.infusion.value) / lasts)):
            yield begins + change * lasts, change_at
        yield begins + _hours(plan.infusion.value), handling.disconnect_at


def _hours(duration: Duration) -> float:
    return float(duration.to("h"))
