"""What the simulated pumps of the demo told: every connected course runs on the twin, as `ransel run` lets it.

A stream follows from the chart and from what the child's pump runs into, so that it can be made again at any time and
go on where it had stopped. What people write down by hand is in the chart and not told again here.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from fractions import Fraction

from ransel.chart.records.care import Connected, PumpReplaced, Removed
from ransel.chart.records.prescribing import CourseStopped, RateChanged
from ransel.chart.treatment import CourseState, Treatment
from ransel.hospital.demo.children import BY_TREATMENT
from ransel.infusion import InfusionPlan, PumpEvent, read_plan, write_events
from ransel.infusion.plan import ContainerToGive
from ransel.pump.course_run import BY_HAND, Circumstances, run_course
from ransel.pump.fault_text import read_fault
from ransel.pump.faults import Fault
from ransel.store.loading import load
from ransel.store.models import PumpEventRow, TreatmentRow

NOT_YET = timedelta(hours=1)
"""How much later than now a visit is thought to be that should have been: the pump runs on meanwhile."""

A_MINUTE = timedelta(minutes=1)

BREAKS_DOWN = frozenset({"motor-stuck"})
"""Troubles in which the twin replaces the pump by itself, as the chart of that child tells."""

LARGEST_ERROR = 25
"""How far the pumps of the demo are off at most, in thousandths; the plan reckons with 60."""


def heard(course: CourseState, troubles: Sequence[str], now: datetime) -> tuple[PumpEvent, ...]:
    """Return everything that pumps and people have told of a course up to now; nothing before it is connected.

    A course that people led in another way than its plan is told only until then: the twin knows nothing of it.
    """
    used = tuple(one.index for one in course.containers if one.last(Connected))
    if not used:
        return ()
    until = min(now, *_known_until(course, troubles, now))
    return _told(course, troubles, _as_it_went(course, used, now), until)


def foreseen(course: CourseState, troubles: Sequence[str]) -> tuple[PumpEvent, ...]:
    """Return everything that pumps and people will tell of a connected course that goes on as it is planned."""
    plan = _as_it_went(course, [one.index for one in course.containers], datetime.min.replace(tzinfo=UTC))
    return _told(course, troubles, plan, datetime.max.replace(tzinfo=UTC))


def _told(course: CourseState, troubles: Sequence[str], plan: InfusionPlan, until: datetime) -> tuple[PumpEvent, ...]:
    faults = (*map(read_fault, troubles), *_stops(course, plan.start))
    told: list[PumpEvent] = []
    run_course(plan, _circumstances(course, faults), told.append)
    return tuple(
        event if event.pump == BY_HAND else replace(event, pump=_number(course, event.pump))
        for event in told
        if event.received_at is not None and event.received_at <= until
    )


def rows_of(treatment: Treatment, now: datetime, courses: Iterable[CourseState]) -> Iterator[PumpEventRow]:
    """Go through what the pumps of these courses have told up to now, as the store keeps it."""
    child = BY_TREATMENT[treatment.id]
    for course in courses:
        troubles = child.troubles if course.number == child.course else ()
        events = [one for one in heard(course, troubles, now) if one.pump != BY_HAND]
        for event, text in zip(events, write_events(events), strict=True):
            if event.received_at is None:  # nobody has heard it
                continue
            yield PumpEventRow(
                treatment=treatment.id, course=course.number, pump=event.pump, boot=event.boot, seq=event.seq,
                received=event.received_at, text=text,
            )  # fmt: skip


def reveal(now: datetime) -> int:
    """Keep what running pumps have told since it was last looked; return how many events that were.

    It may be called as often as one likes, by several at once: what is kept already is not kept again.
    """
    running = TreatmentRow.objects.filter(treatment__in=BY_TREATMENT, course_phase="running")
    return sum(_reveal(treatment, now) for treatment in running.values_list("treatment", flat=True))


def _reveal(treatment: str, now: datetime) -> int:
    state = load(treatment)
    if state.current is None:
        return 0
    kept = PumpEventRow.objects.filter(treatment=treatment, course=state.current.number)
    known = set(kept.values_list("pump", "boot", "seq"))
    new = [row for row in rows_of(state, now, [state.current]) if (row.pump, row.boot, row.seq) not in known]
    PumpEventRow.objects.bulk_create(new, ignore_conflicts=True)  # somebody else may reveal at the same moment
    return len(new)


def _as_it_went(course: CourseState, used: Sequence[int], now: datetime) -> InfusionPlan:
    """Return the plan with the times at which people really connected and removed, as far as they have."""
    plan = read_plan(course.document)
    containers: list[ContainerToGive] = []
    for one in plan.containers:
        if one.index in used:
            connected, removed = _visits(course, one.index)
            begins = connected or one.connect_at
            ends = removed or max(one.disconnect_at, begins + NOT_YET, now + NOT_YET)
            containers.append(replace(one, connect_at=begins, disconnect_at=ends))
    return replace(plan, containers=tuple(containers), start=containers[0].connect_at)


def _visits(course: CourseState, container: int) -> tuple[datetime | None, datetime | None]:
    state = course.container(container)
    connected, removed = (state.last(Connected), state.last(Removed)) if state else (None, None)
    return connected.happened if connected else None, removed.happened if removed else None


def _known_until(course: CourseState, troubles: Sequence[str], now: datetime) -> Iterator[datetime]:
    """Go through the instants from which on the twin does not know what people did; it never knows of the future."""
    yield now
    changed, replaced = course.last(RateChanged), course.last(PumpReplaced)
    if changed is not None:
        yield changed.happened
    expected = replaced.happened if replaced is not None and BREAKS_DOWN.intersection(_names(troubles)) else None
    if replaced is not None and expected is None:
        yield replaced.happened
    for begins, ends in course.stood:
        if ends is None or expected is None or not begins <= expected <= ends:
            yield begins + A_MINUTE
    removed = [one.last(Removed) for one in course.containers]
    if course.phase == "between":
        yield from (one.happened for one in removed if one is not None)


def _names(troubles: Sequence[str]) -> Iterator[str]:
    return (read_fault(one).kind.name for one in troubles)


def _stops(course: CourseState, start: datetime) -> Iterator[Fault]:
    """Go through the stops of people that still last: somebody pressed the key."""
    stopped = course.last(CourseStopped)
    for begins, ends in course.stood:
        if ends is None or (stopped is not None and stopped.happened == begins):
            yield read_fault(f"stop-pressed@{max(round((begins - start).total_seconds()), 0)}s")


def _circumstances(course: CourseState, faults: tuple[Fault, ...]) -> Circumstances:
    """Return what a course runs into; a pump is always off by the same."""
    first, *others = list(course.pumps) or [""]
    return Circumstances(
        flow_error=_error_of(first), spare_error=_error_of(others[0] if others else ""), faults=faults,
        seed=sum(first.encode()),
    )  # fmt: skip


def _error_of(pump: str) -> Fraction:
    return Fraction(sum(pump.encode()) * 37 % (2 * LARGEST_ERROR + 1) - LARGEST_ERROR, 1000)


def _number(course: CourseState, simulated: str) -> str:
    """Return the number of the hospital's pump that the twin plays, to which they are PUMP-1, PUMP-2 in their order."""
    place = int(simulated.rpartition("-")[2]) - 1
    pumps = list(course.pumps)
    return pumps[place] if place < len(pumps) else f"{pumps[-1]}-{place + 1}"
