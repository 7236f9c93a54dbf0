"""The plan of one course: go, connect, change, disconnect, next course, and the making of every container.

Hours count from the connecting (h0), dates from its calendar day (day 0). A window follows from chemistry
and from the pump: `latest` is when the container could first be empty, less a margin; `earliest` is what the
accepted early finish allows. No plan breaks a window: it is refused, with what stands in its way.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TypeVar

from ransel.compounding import Container, ContainerPlan, StabilityClock, clock_of
from ransel.language import Level, Message, Notice, Refusal, Refused, notice
from ransel.planning.agenda import Agenda
from ransel.planning.delivery import Alternative, Delivery, alternatives, delivery, empty_after, supplies_of
from ransel.planning.visit import Visit, VisitKind
from ransel.prescribing import Order
from ransel.protocols import Protocol, Pump
from ransel.protocols.protocol import Place
from ransel.quantities import Duration, Mass, Shown

Item = TypeVar("Item")


@dataclass(frozen=True, slots=True)
class Preparation:
    """The making of one container.

    Values:
        earliest, planned, latest: when the vial may be opened, aware instants in UTC.
        clock: of the container made as planned.
        used_from, used_until: when it is planned to be connected and disconnected.
        start_before, finish_before: what the clock allows.
        reasons: what sets the window.
    """

    container: Container
    earliest: datetime
    planned: datetime
    latest: datetime
    clock: StabilityClock
    used_from: datetime
    used_until: datetime
    start_before: datetime
    finish_before: datetime
    reasons: tuple[Message, ...]


@dataclass(frozen=True, slots=True)
class CoursePlan:
    """A course in time.

    Values:
        start, end: connecting and disconnecting as planned, aware instants in UTC.
        edges: hours from connecting to every change and to the end, of a continuous course.
        delivery: what the pump's error does to it; None for a course in several infusions.
        free_day_visits, free_day_preparations: how many fall on a weekend or holiday.
        covered: how much of the first hours has the full team.
    """

    start: datetime
    end: datetime
    visits: tuple[Visit, ...]
    preparations: tuple[Preparation, ...]
    edges: tuple[Duration, ...]
    delivery: Delivery
    alternatives: tuple[Alternative, ...]
    free_day_visits: int
    free_day_preparations: int
    covered: Duration
    notices: tuple[Notice, ...]


@dataclass(frozen=True, slots=True)
class _Run:
    """A container with the time it is planned to be used."""

    container: Container
    begins: datetime
    ends: datetime


def plan_course(order: Order, containers: ContainerPlan, agenda: Agenda, start: datetime, now: datetime) -> CoursePlan:
    """Return the plan of a course that is connected at `start`.

    A step that should have happened before `now` gives a notice: it may have happened already.

    Raises:
        Refused: with what stands in the way: a closed place, or a window with no open half hour in it.
    """
    return _Planner(order, containers, agenda, start, now).plan()


@dataclass(frozen=True)
class _Planner:
    """The working of one plan: the same order, containers and agenda for every step."""

    order: Order
    containers: ContainerPlan
    agenda: Agenda
    start: datetime
    now: datetime

    @property
    def protocol(self) -> Protocol:
        return self.order.protocol

    @property
    def pump(self) -> Pump:
        return self.protocol.pumps[self.containers.option.pump]

    @property
    def change_place(self) -> Place:
        return self.containers.option.change_at or self.protocol.handling.change_at

    def plan(self) -> CoursePlan:
        handling = self.protocol.handling
        if not self.agenda.is_open(handling.connect_at, self.start):
            self._stop("plan.closed", "connect", why=self.agenda.why_closed(handling.connect_at, self.start))
        changes, runs = self._runs()
        preparations = tuple(map(self._preparation, runs))
        end = runs[-1].ends
        visits = (*self._use_visits(changes, runs, preparations), *self._next_course(end))
        edges = (*(Duration.between(self.start, run.begins) for run in runs), Duration.between(self.start, end))
        given = self._delivery(edges)
        free = [visit for visit in visits if visit.kind != "next-course" and self.agenda.is_free_day(visit.planned)]
        return CoursePlan(
            start=self.start,
            end=end,
            visits=visits,
            preparations=preparations,
            edges=edges,
            delivery=given,
            alternatives=alternatives(self.containers, self.protocol, edges, self._ordered) if self._continuous else (),
            free_day_visits=len(free),
            free_day_preparations=sum(self.agenda.is_free_day(one.planned) for one in preparations),
            covered=self.agenda.covered(self.start, handling.full_cover_first.value),
            notices=(*self._overdue(visits, preparations), *self._notices(visits, given)),
        )

    # when containers are used

    @property
    def _continuous(self) -> bool:
        return self.protocol.course.infusions.value == 1

    @property
    def _ordered(self) -> Mass:
        return Mass(self.order.course_dose.value)

    def _runs(self) -> tuple[list[Visit], list[_Run]]:
        """Return the visits at which the pump is connected, changed and disconnected, and who runs between them."""
        visits: list[Visit] = []
        runs: list[_Run] = []
        for infusion in range(1, self.protocol.course.infusions.value + 1):
            members = [one for one in self.containers.containers if one.infusion == infusion]
            begins = self._same_wall_clock(members[0].starts)
            ends = begins + sum((one.lasts for one in members), start=Duration("0 h")).timedelta
            at = begins
            for number, container in enumerate(members[1:], 1):
                change = self._change(container, members, number, at, ends)
                visits.append(change)
                runs.append(_Run(members[number - 1], at, change.planned))
                at = change.planned
            stop = self._disconnect(members[-1], at, ends)
            visits.append(stop)
            runs.append(_Run(members[-1], at, stop.planned))
        return visits, runs

    def _same_wall_clock(self, after: Duration) -> datetime:
        """Return the start of a later infusion: days later at the same hour by the wall clock."""
        days = int(after.to("day"))
        local = self.agenda.local(self.start)
        return self.agenda.at(local.date() + timedelta(days=days), local.time())

    def _empty(self, container: Container) -> Duration:
        """Return when a container can first be empty, counted from connecting it."""
        usable = container.recipe.fill - self.pump.priming.value
        return empty_after(usable, container.rate, self.pump.flow_error.value)

    def _change(
        self, container: Container, members: list[Container], number: int, since: datetime, ends: datetime
    ) -> Visit:
        """Return the change to this container: before the one that runs is empty, late enough for those that follow."""
        handling = self.protocol.handling
        margin, early = handling.change_margin.value, handling.early_finish_accepted.value
        empty = self._empty(members[number - 1])
        latest = since + (empty - margin).timedelta
        following = [self._empty(one) for one in members[number:]]
        reach = sum(following, start=Duration("0 h")) - margin * (len(following) - 1)
        earliest = max(ends - (reach + early).timedelta, since)
        reasons = (
            self._message("reason.change-latest", empty=Shown(empty, "h", 1), margin=Shown(margin, "min"),
                          error=self.pump.flow_error.value, priming=self.pump.priming.value),
            self._message("reason.change-earliest", reach=Shown(reach, "h", 1), early=Shown(early, "h")),
        )  # fmt: skip
        planned = self._last_slot("change", self.change_place, earliest, latest, container.index)
        return Visit("change", container.index, self.change_place, earliest, planned, latest, reasons)

    def _disconnect(self, container: Container, since: datetime, ends: datetime) -> Visit:
        handling = self.protocol.handling
        place = handling.disconnect_at
        earliest = max(ends - handling.early_finish_accepted.value.timedelta, since)
        latest = ends + handling.disconnect_within.value.timedelta
        reasons = (
            self._message("reason.disconnect-planned", lasts=Shown(Duration.between(self.start, ends), "h")),
            self._message("reason.disconnect-latest", within=Shown(handling.disconnect_within.value, "h")),
        )
        if self.agenda.is_open(place, ends):
            return Visit("disconnect", container.index, place, earliest, ends, latest, reasons)
        planned = self._nearest_slot("disconnect", place, earliest, ends, latest)
        return Visit("disconnect", container.index, place, earliest, planned, latest, reasons)

    # making them

    def _preparation(self, run: _Run) -> Preparation:
        """Return the making of a container: as late as can be, inside the fridge time before its use."""
        site, handling = self.agenda.site, self.protocol.handling
        takes, travel = site.pharmacy.preparation_takes.value, handling.warm_before_connect.value
        leaves = run.begins - travel.timedelta
        latest = leaves - takes.timedelta
        earliest = self._earliest_making(run)
        planned = self._last_slot("prepare", "pharmacy", earliest, latest, run.container.index)
        clock = clock_of(run.container, self.protocol, site, made=planned, out_of_fridge=leaves)
        start_before = clock.start_before(Duration.between(run.begins, run.ends))
        finish_before = clock.finish_before
        if run.begins > start_before.at or run.ends > finish_before.at:
            self._stop("plan.clock-too-short", "prepare", container=run.container.index,
                       until=self.agenda.moment(finish_before.at), ends=self.agenda.moment(run.ends))  # fmt: skip
        return Preparation(
            run.container, earliest, planned, latest, clock, run.begins, run.ends,
            start_before.at, finish_before.at, (start_before.reason, finish_before.reason, clock.cold_until.reason),
        )  # fmt: skip

    def _earliest_making(self, run: _Run) -> datetime:
        """Return the earliest making whose cold and microbiological limits still reach the use."""
        stability = self.protocol.stability[run.container.option.stability]
        site = self.agenda.site
        takes, travel = site.pharmacy.preparation_takes.value, self.protocol.handling.warm_before_connect.value
        by_cold = run.begins - (travel + stability.cold.value + takes).timedelta
        if site.pharmacy.aseptic_storage_validated.value:
            return by_cold
        return max(by_cold, run.begins - stability.microbiological.value.timedelta)

    # the chain of visits

    def _use_visits(
        self, changes: list[Visit], runs: list[_Run], preparations: tuple[Preparation, ...]
    ) -> Iterator[Visit]:
        yield self._go(preparations[0])
        yield from self._connects(runs, preparations, infusion=1)
        for visit in changes:
            if visit.kind == "change":
                yield from self._look_at_toxicity(visit, preparations[visit.container - 1])
            yield visit
            if visit.kind == "disconnect":
                following = runs[visit.container].container.infusion if visit.container < len(runs) else 0
                yield from self._connects(runs, preparations, infusion=following)

    def _connects(self, runs: list[_Run], preparations: tuple[Preparation, ...], infusion: int) -> Iterator[Visit]:
        first = next((run for run in runs if run.container.infusion == infusion), None)
        if first is None:
            return
        made = preparations[first.container.index - 1]
        takes = self.agenda.site.pharmacy.preparation_takes.value
        reasons = (self._message("reason.connect-earliest"), made.reasons[0])
        yield Visit(
            "connect", first.container.index, self.protocol.handling.connect_at,
            made.planned + takes.timedelta, first.begins, made.start_before, reasons,
        )  # fmt: skip

    def _go(self, first: Preparation) -> Visit:
        """Return the visit for start criteria and go: before the first container is made."""
        handling = self.protocol.handling
        age = handling.criteria_not_older_than.value
        earliest = self.start - age.timedelta
        latest = first.planned - handling.decision_takes.value.timedelta
        planned = self._last_slot("go", handling.criteria_at, earliest, latest)
        takes = Shown(handling.decision_takes.value, "h")
        reasons = (
            self._message("reason.go-earliest", age=Shown(age, "h")),
            self._message("reason.go-latest", takes=takes),
        )
        return Visit("go", first.container.index, handling.criteria_at, earliest, planned, latest, reasons)

    def _look_at_toxicity(self, change: Visit, made: Preparation) -> Iterator[Visit]:
        """Return the look at side effects and the go for a later container, before it is made."""
        handling = self.protocol.handling
        before = handling.toxicity_look_before.value
        earliest = change.planned - before.timedelta
        place, takes = handling.toxicity_look_at, handling.decision_takes.value
        latest = made.planned - takes.timedelta
        planned = self._last_slot("go", place, earliest, latest, change.container)
        reasons = (
            self._message("reason.look-earliest", before=Shown(before, "h")),
            self._message("reason.look-latest", container=change.container, takes=Shown(takes, "h")),
        )
        yield Visit("go", change.container, place, earliest, planned, latest, reasons)

    def _next_course(self, end: datetime) -> Iterator[Visit]:
        """Return the start of the next course: not before the protocol allows, on the same weekday and hour."""
        course = self.protocol.course
        if self.order.course_number >= course.courses.value:
            return
        after = course.next
        origin = self.start if after.counted_from == "start" else end
        earliest = self._days_after(origin, after.at_least.value)
        planned = self._same_weekday(earliest)
        reason = self._message(
            f"reason.next-from-{after.counted_from}",
            days=Shown(after.at_least.value, "day"),
            source=after.at_least.source,
        )
        yield Visit("next-course", 0, self.protocol.handling.connect_at, earliest, planned, None, (reason,))

    def _days_after(self, origin: datetime, days: Duration) -> datetime:
        local = self.agenda.local(origin)
        return self.agenda.at(local.date() + timedelta(days=int(days.to("day"))), local.time())

    def _same_weekday(self, earliest: datetime) -> datetime:
        """Return the first instant from `earliest` on with the weekday and hour of this start, at an open place."""
        start, place = self.agenda.local(self.start), self.protocol.handling.connect_at
        day = self.agenda.local(earliest).date()
        while day.weekday() != start.weekday():
            day += timedelta(days=1)
        planned = self.agenda.at(day, start.time())
        for _ in range(8):
            if planned >= earliest and self.agenda.is_open(place, planned):
                break
            day += timedelta(days=7)
            planned = self.agenda.at(day, start.time())
        return planned

    # what it comes to

    def _delivery(self, edges: tuple[Duration, ...]) -> Delivery:
        if self._continuous:
            supplies = supplies_of(self.containers, self.pump, edges)
        else:
            supplies = [
                supply
                for container in self.containers.containers
                for supply in supplies_of(
                    _only(self.containers, container), self.pump, (container.starts, container.starts + container.lasts)
                )
            ]
        return delivery(supplies, self.pump.flow_error.value, self._ordered)

    def _overdue(self, visits: tuple[Visit, ...], preparations: tuple[Preparation, ...]) -> Iterator[Notice]:
        steps = [("go", visit.container, visit.planned) for visit in visits if visit.kind == "go"]
        steps += [("prepare", made.container.index, made.planned) for made in preparations]
        for kind, container, at in steps:
            if at < self.now:
                step, when = Message(f"step.{kind}"), self.agenda.moment(at)
                yield notice("plan.overdue", Level.WARN, step=step, container=container, at=when)

    def _notices(self, visits: tuple[Visit, ...], given: Delivery) -> Iterator[Notice]:
        option, stability = self.containers.option, self.protocol.stability[self.containers.option.stability]
        if option.kind not in stability.confirmed_for:
            yield notice(
                "stability.not-confirmed", Level.WARN, kind=Message(f"kind.{option.kind}"), stated=stability.stated_for
            )
        if given.early.magnitude > 0:
            yield notice("delivery.early", Level.INFORM, early=Shown(given.early, "h", 1), error=given.error)
        shortfall = given.ordered - given.low
        if shortfall.magnitude > 0:
            yield notice(
                "delivery.short", Level.INFORM, shortfall=Shown(shortfall, "mg", 2), error=given.error,
                ordered=Shown(given.ordered, "mg", 2),
            )  # fmt: skip
        yield from self._short_cycle(visits)

    def _short_cycle(self, visits: tuple[Visit, ...]) -> Iterator[Notice]:
        label = self.protocol.course.next.label_start_to_start
        upcoming = next((visit for visit in visits if visit.kind == "next-course"), None)
        if label is None or upcoming is None:
            return
        for code, at in (("earliest", upcoming.earliest), ("planned", upcoming.planned)):
            days = (self.agenda.local(at).date() - self.agenda.local(self.start).date()).days
            if Duration(days, "day") < label.value:
                level = Level.WARN if code == "planned" else Level.INFORM
                yield notice(f"cycle.{code}-short", level, days=days, label=int(label.value.to("day")))

    # slots

    def _last_slot(self, kind: str, place: Place, earliest: datetime, latest: datetime, container: int = 0) -> datetime:
        slots = list(self.agenda.slots(place, earliest, latest))
        if not slots:
            self._no_slot(kind, place, earliest, latest, container)
        return slots[-1]

    def _nearest_slot(
        self, kind: VisitKind, place: Place, earliest: datetime, wish: datetime, latest: datetime
    ) -> datetime:
        slots = list(self.agenda.slots(place, earliest, latest))
        if not slots:
            self._no_slot(kind, place, earliest, latest, 0)
        return min(slots, key=lambda slot: abs(slot - wish))

    def _no_slot(self, kind: str, place: Place, earliest: datetime, latest: datetime, container: int) -> None:
        code = "plan.window-empty" if earliest > latest else "plan.no-open-slot"
        self._stop(
            code, kind, step=Message(f"step.{kind}"), container=container, place=Message(f"place.{place}"),
            earliest=self.agenda.moment(earliest), latest=self.agenda.moment(latest),
            why=self.agenda.why_closed(place, latest),
        )  # fmt: skip

    def _stop(self, code: str, kind: str, **values: object) -> None:
        raise Refused([Refusal(code, kind, self.agenda.local(self.start).isoformat(), values)])

    @staticmethod
    def _message(key: str, **values: object) -> Message:
        return Message(key, values)


def _only(plan: ContainerPlan, container: Container) -> ContainerPlan:
    return ContainerPlan(plan.name, plan.option, (container,), 0, 0, plan.left_in_vials, plan.left_in_containers, None)
