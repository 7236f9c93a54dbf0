"""The plan of one course.

Hours count from the connecting (h0), dates from its calendar day (day 0). Windows follow from chemistry and
from the pump. No plan breaks one: it is refused, with what stands in its way.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import datetime

from ransel.compounding import ContainerPlan, is_confirmed_for
from ransel.language import Level, Message, Notice, notice
from ransel.planning.agenda import Agenda
from ransel.planning.chain import chain_of_visits
from ransel.planning.delivery import Alternative, Delivery, Supply, alternatives, delivery, supplies_of
from ransel.planning.making import Preparation, preparation_of
from ransel.planning.setting import Setting
from ransel.planning.use import Run, use_of_containers
from ransel.planning.visit import Visit
from ransel.prescribing import Order
from ransel.quantities import Duration, Mass, Shown


@dataclass(frozen=True, slots=True)
class CoursePlan:
    """A course in time.

    Values:
        start, end: connecting and disconnecting as planned, aware instants in UTC.
        visits: in order of time. preparations: one for each container.
        delivery: what the pump's error does to it.
        alternatives: other ways to run it, side by side; for a course of two containers.
        free_day_visits, free_day_preparations: how many fall on a weekend or holiday.
        covered: how much of the first hours has the full team.
    """

    start: datetime
    end: datetime
    visits: tuple[Visit, ...]
    preparations: tuple[Preparation, ...]
    delivery: Delivery
    alternatives: tuple[Alternative, ...]
    free_day_visits: int
    free_day_preparations: int
    covered: Duration
    notices: tuple[Notice, ...]


def plan_course(order: Order, containers: ContainerPlan, agenda: Agenda, start: datetime, now: datetime) -> CoursePlan:
    """Return the plan of a course that is connected at `start`.

    A step that should have happened before `now` gives a notice: it may have happened already.

    Raises:
        Refused: with what stands in the way: a closed place, or a window with no open half hour in it.
    """
    setting = Setting(order, containers, agenda, start, now)
    place = setting.handling.connect_at
    if start < now:
        setting.stop("plan.start-passed", "start", now=agenda.moment(now))
    if not agenda.is_open(place, start):
        setting.stop("plan.closed", "connect", why=agenda.why_closed(place, start))
    ends, runs = use_of_containers(setting)
    preparations = _needed_by(tuple(preparation_of(setting, run) for run in runs), ends)
    visits = tuple(sorted(chain_of_visits(setting, ends, runs, preparations), key=lambda visit: visit.planned))
    supplies, ordered = _supplies(setting, runs), Mass(order.course_dose.value)
    given = delivery(supplies, setting.pump.flow_error.value, ordered, setting.handling.course_ends_by)
    attended = [visit.planned for visit in visits if visit.kind != "next-course"]
    return CoursePlan(
        start=start,
        end=runs[-1].ends,
        visits=visits,
        preparations=preparations,
        delivery=given,
        alternatives=alternatives(containers, setting.protocol, supplies, ordered) if setting.is_continuous else (),
        free_day_visits=sum(map(agenda.is_free_day, attended)),
        free_day_preparations=sum(agenda.is_free_day(made.planned) for made in preparations),
        covered=agenda.covered(start, setting.handling.full_cover_first.value),
        notices=(*_overdue(setting, visits, preparations), *_notices(setting, visits, given)),
    )


def _needed_by(preparations: tuple[Preparation, ...], ends: list[Visit]) -> tuple[Preparation, ...]:
    """Return the preparations, each to be started no later than the change for which it is needed."""
    latest = {end.container: end.latest for end in ends if end.kind == "change" and end.latest is not None}
    return tuple(
        replace(made, start_before=min(made.start_before, latest.get(made.container.index, made.start_before)))
        for made in preparations
    )


def _supplies(setting: Setting, runs: list[Run]) -> list[Supply]:
    hours = [(Duration.between(setting.start, run.begins), Duration.between(setting.start, run.ends)) for run in runs]
    return supplies_of(setting.containers, setting.pump, hours)


def _overdue(setting: Setting, visits: tuple[Visit, ...], preparations: tuple[Preparation, ...]) -> Iterator[Notice]:
    steps = [("go", visit.container, visit.planned) for visit in visits if visit.kind == "go"]
    steps += [("prepare", made.container.index, made.planned) for made in preparations]
    for kind, container, at in steps:
        if at < setting.now:
            step, when = Message(f"step.{kind}"), setting.agenda.moment(at)
            yield notice("plan.overdue", Level.WARN, step=step, container=container, at=when)


def _notices(setting: Setting, visits: tuple[Visit, ...], given: Delivery) -> Iterator[Notice]:
    option = setting.containers.option
    if not is_confirmed_for(setting.containers.containers[0], setting.protocol):
        stated = setting.protocol.stability[option.stability].stated_for
        yield notice("stability.not-confirmed", Level.WARN, kind=Message(f"kind.{option.kind}"), stated=stated)
    yield from _about_the_line(setting)
    yield from _about_delivery(setting, given)
    yield from _short_cycle(setting, visits)


def _about_delivery(setting: Setting, given: Delivery) -> Iterator[Notice]:
    """Say what a fast, a slow and even an exact pump makes of the order, and when the pump can be empty."""
    unit = setting.protocol.dose.unit
    ordered = Shown(given.ordered, unit, 2)
    if given.early.magnitude > 0:
        empty = setting.agenda.moment(setting.start + given.dry[-1].earliest.timedelta)
        early = Shown(given.early, "h", 1)
        yield notice("delivery.early", Level.WARN, early=early, error=given.error, empty=empty)
    if given.exact < given.ordered:
        yield notice("delivery.exact-short", Level.WARN, exact=Shown(given.exact, unit, 2), ordered=ordered)
    if given.low < given.ordered:
        shortfall = Shown(given.ordered - given.low, unit, 2)
        yield notice("delivery.short", Level.INFORM, error=given.error, shortfall=shortfall, ordered=ordered)
    if given.high > given.ordered:
        excess = Shown(given.high - given.ordered, unit, 2)
        yield notice("delivery.over", Level.INFORM, error=given.error, excess=excess, ordered=ordered)


def _about_the_line(setting: Setting) -> Iterator[Notice]:
    handling = setting.handling
    if handling.line_at_end is not None:
        yield notice("line.at-end", Level.WARN, words=handling.line_at_end.value)
    if handling.restart_rules_after is not None:
        yield notice("restart", Level.WARN, after=Shown(handling.restart_rules_after.value, "h"))


def _short_cycle(setting: Setting, visits: tuple[Visit, ...]) -> Iterator[Notice]:
    """Say when the next course could start, or is planned, sooner after this one than the label says."""
    label = setting.protocol.course.next.label_start_to_start
    upcoming = next((visit for visit in visits if visit.kind == "next-course"), None)
    if label is None or upcoming is None:
        return
    day_zero = setting.agenda.local(setting.start).date()
    for code, level, at in (("earliest", Level.INFORM, upcoming.earliest), ("planned", Level.WARN, upcoming.planned)):
        days = (setting.agenda.local(at).date() - day_zero).days
        if Duration(days, "day") < label.value:
            yield notice(f"cycle.{code}-short", level, days=days, label=int(label.value.to("day")))
