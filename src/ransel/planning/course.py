"""The plan of one course.

Hours count from the connecting (h0), dates from its calendar day (day 0). Windows follow from chemistry and
from the pump. No plan breaks one: it is refused, with what stands in its way.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime

from ransel.compounding import ContainerPlan
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
    if not agenda.is_open(place, start):
        setting.stop("plan.closed", "connect", why=agenda.why_closed(place, start))
    ends, runs = use_of_containers(setting)
    preparations = tuple(preparation_of(setting, run) for run in runs)
    visits = tuple(chain_of_visits(setting, ends, runs, preparations))
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
    stability = setting.protocol.stability[option.stability]
    if option.kind not in stability.confirmed_for:
        kind = Message(f"kind.{option.kind}")
        yield notice("stability.not-confirmed", Level.WARN, kind=kind, stated=stability.stated_for)
    if given.early.magnitude > 0:
        yield notice("delivery.early", Level.INFORM, early=Shown(given.early, "h", 1), error=given.error)
    yield from _about_the_line(setting)
    short = given.ordered - given.low
    if short.magnitude > 0:
        unit = setting.protocol.dose.unit
        amounts = {"shortfall": Shown(short, unit, 2), "ordered": Shown(given.ordered, unit, 2)}
        yield notice("delivery.short", Level.INFORM, error=given.error, **amounts)
    if given.exact < given.ordered:
        amounts = {"exact": Shown(given.exact, unit, 2), "ordered": Shown(given.ordered, unit, 2)}
        yield notice("delivery.exact-short", Level.INFORM, **amounts)
    yield from _short_cycle(setting, visits)


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
