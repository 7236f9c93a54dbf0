"""Possible starts in a wanted week, ranked, and for each that is not possible what stands in its way."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

from ransel.compounding import ContainerPlan
from ransel.language import Message, Refused
from ransel.planning.agenda import Agenda
from ransel.planning.course import CoursePlan, plan_course
from ransel.prescribing import Order
from ransel.quantities import Shown


@dataclass(frozen=True, slots=True)
class Start:
    """One half hour at which a course might be connected.

    Values:
        rank: 1 is the best; None when it is not possible.
        plan: the course from this start; None when it is not possible.
        reasons: what it costs, or what stands in the way.
    """

    at: datetime
    rank: int | None
    plan: CoursePlan | None
    reasons: tuple[Message, ...]


def rank_starts(
    order: Order, containers: ContainerPlan, agenda: Agenda, monday: date, now: datetime
) -> tuple[Start, ...]:
    """Return every half hour of the week that begins on `monday`, the possible ones first and ranked.

    Best is the fewest visits on weekends and holidays, then the fewest preparations there, then the shortest
    time dry at the end in the worst flow, then the most of the first hours under full cover, then the earliest.
    """
    # an hour that the clock skips becomes the hour after it, which is there already
    instants = dict.fromkeys(_candidates(order, agenda, monday))
    tried = [_try(order, containers, agenda, at, now) for at in instants]
    possible = sorted((one for one in tried if one.plan is not None), key=_cost)
    ranked = [Start(one.at, rank, one.plan, one.reasons) for rank, one in enumerate(possible, 1)]
    return (*ranked, *(one for one in tried if one.plan is None))


def _candidates(order: Order, agenda: Agenda, monday: date) -> Iterator[datetime]:
    """Go through the half hours of every day between the earliest opening and the latest closing of the place."""
    place = order.protocol.handling.connect_at
    hours = agenda.site.opening.value.get(place, ())
    if not hours:
        return
    step = int(agenda.site.slot.value.to("min"))
    first, last = min(one.opens for one in hours), max(one.closes for one in hours)
    for day in range(7):
        for minute in range(first.hour * 60 + first.minute, last.hour * 60 + last.minute, step):
            yield agenda.at(monday + timedelta(days=day), time(minute // 60, minute % 60))


def _try(order: Order, containers: ContainerPlan, agenda: Agenda, at: datetime, now: datetime) -> Start:
    if at < now:
        return Start(at, None, None, (Message("start.past"),))
    try:
        plan = plan_course(order, containers, agenda, at, now)
    except Refused as refused:
        return Start(at, None, None, tuple(refusal.problem for refusal in refused.refusals))
    overdue = tuple(notice.message for notice in plan.notices if notice.code == "plan.overdue")
    if overdue:
        return Start(at, None, None, overdue)
    return Start(at, None, plan, tuple(_in_numbers(plan, order)))


def _cost(start: Start) -> tuple[object, ...]:
    plan = start.plan
    if plan is None:
        raise AssertionError(start)
    uncovered = -plan.covered.magnitude
    return plan.free_day_visits, plan.free_day_preparations, plan.delivery.early.magnitude, uncovered, start.at


def _in_numbers(plan: CoursePlan, order: Order) -> Iterator[Message]:
    first = order.protocol.handling.full_cover_first.value
    waiting = sum(outcome.state != "met" for outcome in order.criteria)
    if waiting:
        yield Message("start.criteria-waiting", {"count": waiting, "all": len(order.criteria)})
    yield Message("start.free-day-visits", {"count": plan.free_day_visits})
    yield Message("start.free-day-preparations", {"count": plan.free_day_preparations})
    yield Message("start.covered", {"covered": Shown(plan.covered, "h", 0), "first": Shown(first, "h")})
    yield Message(
        "start.delivery",
        {
            "low": Shown(plan.delivery.low, order.protocol.dose.unit, 2),
            "high": Shown(plan.delivery.high, order.protocol.dose.unit, 2),
            "early": Shown(plan.delivery.early, "h", 1),
        },
    )
