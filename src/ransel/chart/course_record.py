"""A course of the chart as a record for comparing: pure, out of the treatment and the account of what was given."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Any

from ransel.chart.entry import Entry
from ransel.chart.machine import RUNNING
from ransel.chart.people import Role
from ransel.chart.records import OfCourse
from ransel.chart.records.care import (
    Connected,
    NoShow,
    Observed,
    PumpReplaced,
    Readmitted,
    Removed,
    SentHome,
)
from ransel.chart.records.prescribing import CourseStopped, RateChanged, VisitBeforeCourse
from ransel.chart.treatment import CourseState, Treatment
from ransel.chart.visits import standstill
from ransel.followup.ctcae import ctcae
from ransel.followup.worst import Look, worst_grades
from ransel.infusion import Ledger
from ransel.infusion.condition import Condition
from ransel.infusion.ledger import Cause
from ransel.outcomes.course_record import (
    BSA_DIGITS,
    CourseRecord,
    GivenPart,
    Outcome,
    coarse_dose,
    regimen_name,
    weight_band,
)
from ransel.planning import Agenda

AN_HOUR = timedelta(hours=1)


@dataclass(frozen=True, slots=True)
class Stay:
    """A time at home with the pump."""

    begins: datetime
    ends: datetime


def course_record(
    treatment: Treatment,
    course: CourseState,
    *,
    child: str,
    born: date,
    agenda: Agenda,
    now: datetime,
    ledger: Ledger | None = None,
) -> CourseRecord | None:
    """Return the record of a course; None when nothing was ever connected.

    `child` is the pseudonym; `ledger` the account of what was given, None when no pump has told anything.
    """
    begins = connected_at(course)
    if begins is None:
        return None
    ends = _ended(course) or now
    entries = tuple(_entries(treatment, course))
    stays = tuple(_stays(entries, begins, ends))
    home = sum((stay.ends - stay.begins for stay in stays), start=timedelta())
    document, first, last = course.document, agenda.local(begins).date(), agenda.local(ends).date()
    ordered = float(document["course_dose_mg"])
    given = None if ledger is None else _given(ledger, ordered)
    return CourseRecord(
        child=child,
        course=course.number,
        protocol=course.ordered.what.protocol,
        protocol_version=course.ordered.what.protocol_version,
        regimen=regimen_name(document["protocol"]["substance"], [one / AN_HOUR for one in _infusions(document)]),
        substance=str(document["protocol"]["substance"]),
        age_years=first.year - born.year - ((first.month, first.day) < (born.month, born.day)),
        weight_band_kg=weight_band(float(course.ordered.what.weight.to("kg"))),
        bsa_m2=round(float(document["bsa_m2"]), BSA_DIGITS),
        ordered_mg=coarse_dose(ordered),
        given_mg=None if given is None else coarse_dose(given.exact * ordered / 100),
        given_percent=given,
        planned_hours=_hours(sum(_infusions(document), start=timedelta())),
        hours_run=_hours(_run(course, ends, ledger)),
        hours_stood_still=_hours(_stood(course, begins, ends, ledger)),
        interruptions=len(course.stood) if ledger is None else sum(1 for _ in _interruptions(ledger)),
        last_day=(last - first).days + 1,
        nights_in_hospital=_nights(agenda, begins, ends, stays),
        trips=len(set(_trips(entries, agenda))),
        hours_at_home=_hours(home),
        unplanned_contacts=sum(1 for _ in _unplanned(entries)),
        school_days=None,
        outcome=_outcome(course),
        rate_changes=sum(isinstance(one.what, RateChanged) for one in entries),
        discarded_makings=sum(len(one.discarded) for one in course.containers),
        ctcae=ctcae().version,
        grades=worst_grades(_look(one.what) for one in course.observed if _counts(one, begins)),
    )


def connected_at(course: CourseState) -> datetime | None:
    """Return when the first container was connected, None when none was."""
    return min((one.happened for container in course.containers if (one := container.last(Connected))), default=None)


def _infusions(document: Any) -> Iterator[timedelta]:  # noqa: ANN401 - a document
    """Go through the planned infusions, each from connecting to disconnecting."""
    begun: datetime | None = None
    for visit in document["visits"]:
        at = datetime.fromisoformat(visit["planned"])
        if visit["kind"] == "connect":
            begun = at
        elif visit["kind"] == "disconnect" and begun is not None:
            yield at - begun


def _entries(treatment: Treatment, course: CourseState) -> Iterator[Entry[OfCourse]]:
    for entry in treatment.history:
        if isinstance(entry.what, OfCourse) and entry.what.course == course.number:
            yield entry  # type: ignore[misc]  # what it holds was just looked at


def _hours(time: timedelta) -> float:
    return round(time / AN_HOUR, 1)


# -- how it ended, and what was given


def _ended(course: CourseState) -> datetime | None:
    """Return when the last container came off, None while something is at the child or is still to come."""
    if course.phase in RUNNING:
        return None
    removed = (one.happened for container in course.containers if (one := container.last(Removed)))
    return max(removed, default=None)


def _outcome(course: CourseState) -> Outcome:
    if course.last(CourseStopped) is not None:
        return "stopped"
    if course.phase in RUNNING:
        return "running"
    return "finished" if course.containers[-1].last(Removed) is not None else "stopped"


def _given(ledger: Ledger, ordered_mg: float) -> GivenPart:
    parts = (ledger.given.low, ledger.given.exact, ledger.given.high)
    return GivenPart(*(round(100 * float(part.to("mg")) / ordered_mg, 1) for part in parts))


def _run(course: CourseState, ends: datetime, ledger: Ledger | None) -> timedelta:
    """Return how long it ran: as the pumps told, else between connecting and taking off, without standing still."""
    if ledger is not None:
        return sum((one.ends - one.begins for one in ledger.segments), start=timedelta())
    whole = timedelta()
    for container in course.containers:
        connected, removed = container.last(Connected), container.last(Removed)
        if connected is not None:
            until = removed.happened if removed else ends
            whole += until - connected.happened
    begins = connected_at(course) or ends
    return whole - standstill(course, begins, ends)


def _interruptions(ledger: Ledger) -> Iterator[timedelta]:
    """Go through how long it stood still each time, without what belongs to an infusion.

    That are the changes of container, and the wait for somebody to take off the container that was given last.
    """
    ending = {visit.container for visit in ledger.plan.visits if visit.kind == "disconnect"}
    for one in ledger.interruptions:
        is_given = one.cause is Cause.COMPLETE or one.condition == Condition.RESERVOIR_EMPTY
        if one.cause is not Cause.CHANGE and not (is_given and one.container in ending):
            yield one.duration.timedelta


def _stood(course: CourseState, begins: datetime, ends: datetime, ledger: Ledger | None) -> timedelta:
    if ledger is None:
        return standstill(course, begins, ends)
    return sum(_interruptions(ledger), start=timedelta())


# -- where the child was


def _stays(entries: tuple[Entry[OfCourse], ...], begins: datetime, ends: datetime) -> Iterator[Stay]:
    since: datetime | None = None
    for entry in entries:
        if isinstance(entry.what, SentHome):
            since = max(entry.happened, begins)
        elif isinstance(entry.what, Readmitted) and since is not None:
            yield Stay(since, max(since, min(entry.happened, ends)))
            since = None
    if since is not None:
        yield Stay(since, max(since, ends))


def _nights(agenda: Agenda, begins: datetime, ends: datetime, stays: tuple[Stay, ...]) -> int:
    """Return at how many midnights the child was in the hospital."""
    first = agenda.local(begins).date()
    days = (agenda.local(ends).date() - first).days
    midnights = (agenda.at(first + timedelta(days=day), time()) for day in range(1, days + 1))
    return sum(not any(stay.begins <= midnight < stay.ends for stay in stays) for midnight in midnights)


def _trips(entries: tuple[Entry[OfCourse], ...], agenda: Agenda) -> Iterator[date]:
    """Go through the days on which the child came to the hospital from home."""
    at_home = True
    for entry in entries:
        what, here = entry.what, entry.role is not Role.HOME_CARE_NURSE
        if isinstance(what, VisitBeforeCourse | Readmitted) or (isinstance(what, Connected | Removed) and here):
            if at_home:
                yield agenda.local(entry.happened).date()
            if isinstance(what, Readmitted) or (isinstance(what, Connected) and not _was_connected(entries, entry)):
                at_home = False
        elif isinstance(what, SentHome):
            at_home = True


def _was_connected(entries: tuple[Entry[OfCourse], ...], entry: Entry[OfCourse]) -> bool:
    """Whether something was connected before this in the course: a change, for which a child comes and goes."""
    return any(isinstance(one.what, Connected) and one.version < entry.version for one in entries)


def _unplanned(entries: tuple[Entry[OfCourse], ...]) -> Iterator[Entry[OfCourse]]:
    """Go through what nobody had planned: back into hospital, nobody at the door, another pump at home."""
    at_home = False
    for entry in entries:
        if isinstance(entry.what, Readmitted | NoShow) or (at_home and isinstance(entry.what, PumpReplaced)):
            yield entry
        at_home = (at_home or isinstance(entry.what, SentHome)) and not isinstance(entry.what, Readmitted)


# -- what was seen


def _counts(entry: Entry[Observed], begins: datetime) -> bool:
    """Whether an observation is about this course: not what there was before it."""
    return not entry.what.baseline and entry.happened >= begins


def _look(what: Observed) -> Look:
    return Look(
        signed=tuple((effect.term, effect.grade) for effect in what.side_effects),
        looked_for=what.looked_for, temperature=what.temperature, saturation=what.saturation, pain=what.pain,
    )  # fmt: skip
