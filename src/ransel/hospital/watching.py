"""Watching the visits: what nobody has arranged, what nobody has signed, and which cassette runs out of its time.

`watch` is a pure function over the read models. It says who is to be called, in which order; calling is done by people.
No message is sent: a page shows it, to those who look.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from types import MappingProxyType
from typing import Literal, cast

from ransel.chart.entry import read_text
from ransel.chart.machine import OVER, RUNNING
from ransel.chart.records.care import NoShow
from ransel.chart.wording import visit_name
from ransel.hospital.gate import url_of
from ransel.hospital.todo import own_treatments
from ransel.language import Message
from ransel.store.models import Child, ContainerRow, JournalRow, Organisation, Person, TreatmentRow, VisitRow

Cause = Literal["not-asked", "not-accepted", "unsigned", "no-show", "clock"]
Level = Literal["arrange", "call", "now"]
Callee = Literal["coordinator", "organisation", "nurse", "substitute", "family", "day-care", "ward", "doctor"]

NOT_ASKED_BEFORE = timedelta(hours=72)
"""So long before a visit at home somebody must have been asked: an assumption, a weekend and a day."""
NOT_ACCEPTED_BEFORE = timedelta(hours=48)
"""So long before a visit at home it must have been accepted: an assumption, time to ask another organisation."""
UNSIGNED_AFTER = timedelta(minutes=30)
"""So long after the planned time a visit must have been signed: an assumption, traffic and the visit itself."""
CLOCK_ENDS_WITHIN = timedelta(hours=2)
"""So long before a cassette must be empty somebody must have taken it off: an assumption, a drive and a bit."""
SAME_VISIT = timedelta(hours=1)
"""A no-show is about a visit that was planned up to this long after it; moved further, it is another visit."""
NEXT_CALL_AFTER: Mapping[Level, timedelta] = MappingProxyType(
    {"arrange": timedelta(hours=4), "call": timedelta(minutes=15), "now": timedelta(minutes=10)}
)
"""When nobody answered for so long, the next one is called: assumptions."""

LEVELS: tuple[Level, ...] = ("now", "call", "arrange")
"""The most urgent first."""
_ARRANGED: frozenset[str] = (RUNNING - {"stopped"}) | {"verified"}
"""Phases of a course in which its visit at home must be in somebody's hands."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Escalation:
    """One visit that somebody has to do something about.

    Values:
        visit, container, place: which visit, and where. cause: what is wrong. level: how urgent that is.
        since: from when on somebody has to act. planned: when the visit is planned, None when no visit is.
        limit: when the cassette must be empty, None where none runs. calls: who is called, in this order.
        turn: whose turn it is by now, as a place in `calls`.
        organisation, nurse, substitute: of home care, empty for none.
    """

    treatment: str
    course: int
    visit: str
    container: int
    place: str
    cause: Cause
    level: Level
    since: datetime
    planned: datetime | None
    limit: datetime | None
    calls: tuple[Callee, ...]
    turn: int
    organisation: str = ""
    nurse: str = ""
    substitute: str = ""

    @property
    def key(self) -> tuple[str, int, str, int]:
        """Which visit it is about."""
        return self.treatment, self.course, self.visit, self.container


NoShows = Mapping[tuple[str, int, str], datetime]
"""By treatment, course and visit: when nobody came, or nobody opened."""


def watch(
    treatments: Iterable[TreatmentRow],
    visits: Iterable[VisitRow],
    containers: Iterable[ContainerRow],
    no_shows: NoShows,
    now: datetime,
) -> tuple[Escalation, ...]:
    """Return what has to be acted upon at `now`, the most urgent first, each visit once with the worst that is wrong.

    Only the last course of a treatment is looked at: earlier ones are over.
    """
    current = {row.treatment: row for row in treatments}
    to_come = [one for one in visits if one.done_at is None and _is_current(one, current)]
    running = [one for one in containers if one.phase == "connected" and _is_current(one, current)]
    worst: dict[tuple[str, int, str, int], Escalation] = {}
    for one in _found(current, to_come, running, no_shows, now):
        known = worst.get(one.key)
        if known is None or LEVELS.index(one.level) < LEVELS.index(known.level):
            worst[one.key] = one
    return tuple(sorted(worst.values(), key=lambda one: (LEVELS.index(one.level), one.limit or one.since)))


def _is_current(row: VisitRow | ContainerRow, current: Mapping[str, TreatmentRow]) -> bool:
    treatment = current.get(row.treatment)
    return treatment is not None and treatment.course == row.course


def _found(
    current: Mapping[str, TreatmentRow],
    to_come: list[VisitRow],
    running: list[ContainerRow],
    no_shows: NoShows,
    now: datetime,
) -> Iterator[Escalation]:
    limits = {(one.treatment, one.container): one.finish_before for one in running}
    for container in running:
        stopped = current[container.treatment].course_phase == "stopped"
        yield from _clock(container, _that_ends(container, to_come, stopped=stopped), now)
    for visit in to_come:
        phase = current[visit.treatment].course_phase
        ends = visit.container if visit.kind == "disconnect" else visit.container - 1
        limit = limits.get((visit.treatment, ends))
        if phase in RUNNING - {"stopped"} and visit.kind in {"change", "disconnect"}:
            yield from _nobody_came(visit, no_shows, limit, now)
            yield from _unsigned(visit, limit, now)
        if phase in _ARRANGED and visit.kind == "disconnect" and visit.place == "home":
            yield from _not_arranged(visit, limit, now)


def _that_ends(container: ContainerRow, to_come: list[VisitRow], *, stopped: bool) -> VisitRow | None:
    """Return the visit at which a container comes off, None when the course was stopped before it was due."""
    ends = {("disconnect", container.container)}
    if not stopped:  # else the next container is never connected
        ends.add(("change", container.container + 1))
    mine = (one for one in to_come if one.treatment == container.treatment)
    return next((one for one in mine if (one.kind, one.container) in ends), None)


def _clock(container: ContainerRow, visit: VisitRow | None, now: datetime) -> Iterator[Escalation]:
    limit = container.finish_before
    if limit is None or limit - now > CLOCK_ENDS_WITHIN:
        return
    since = limit - CLOCK_ENDS_WITHIN
    if visit is not None:
        yield _escalation(visit, "clock", "now", since, limit, now)
        return
    stopped = VisitRow(treatment=container.treatment, course=container.course, kind="disconnect",
                       container=container.container, place="ward", planned=limit)  # fmt: skip
    yield replace(_escalation(stopped, "clock", "now", since, limit, now), planned=None)


def _nobody_came(visit: VisitRow, no_shows: NoShows, limit: datetime | None, now: datetime) -> Iterator[Escalation]:
    at = no_shows.get((visit.treatment, visit.course, visit.kind))
    if at is not None and visit.planned <= at + SAME_VISIT:
        yield _escalation(visit, "no-show", "call", at, limit, now)


def _unsigned(visit: VisitRow, limit: datetime | None, now: datetime) -> Iterator[Escalation]:
    since = visit.planned + UNSIGNED_AFTER
    if now >= since:
        yield _escalation(visit, "unsigned", "call", since, limit, now)


def _not_arranged(visit: VisitRow, limit: datetime | None, now: datetime) -> Iterator[Escalation]:
    if visit.nurse:
        return
    cause: Cause = "not-accepted" if visit.organisation else "not-asked"
    since = visit.planned - (NOT_ACCEPTED_BEFORE if visit.organisation else NOT_ASKED_BEFORE)
    if now >= since:
        yield _escalation(visit, cause, "arrange", since, limit, now)


def _escalation(
    visit: VisitRow, cause: Cause, level: Level, since: datetime, limit: datetime | None, now: datetime
) -> Escalation:
    calls = _calls(visit)
    turn = min(int((now - since) / NEXT_CALL_AFTER[level]), len(calls) - 1)
    return Escalation(
        treatment=visit.treatment, course=visit.course, visit=visit.kind, container=visit.container, place=visit.place,
        cause=cause, level=level, since=since, planned=visit.planned, limit=limit, calls=calls, turn=turn,
        organisation=visit.organisation, nurse=visit.nurse, substitute=visit.substitute,
    )  # fmt: skip


def _calls(visit: VisitRow) -> tuple[Callee, ...]:
    """Return who is called, in order."""
    if visit.place != "home":
        return ("family", "ward" if visit.place == "ward" else "day-care", "doctor")
    if visit.nurse:
        return ("nurse", "substitute", "day-care", "doctor")
    return ("organisation" if visit.organisation else "coordinator", "day-care", "doctor")


# -- for pages


@dataclass(frozen=True, slots=True, kw_only=True)
class Call:
    """Somebody to call: who that is, under which number, and whether it is their turn."""

    who: Callee
    name: str
    telephone: str
    turn: bool

    @property
    def title(self) -> Message:
        """What they are in this."""
        return Message(f"watch.call-{self.who}")


@dataclass(frozen=True, slots=True, kw_only=True)
class ShownEscalation:
    """An escalation with names and numbers, as `parts/escalations.html` shows it."""

    escalation: Escalation
    child: Child
    calls: tuple[Call, ...]
    url: str

    @property
    def title(self) -> Message:
        """What is wrong."""
        return Message(f"watch.cause-{self.escalation.cause}")

    @property
    def level(self) -> Message:
        """How urgent it is."""
        return Message(f"watch.level-{self.escalation.level}")

    @property
    def visit(self) -> Message:
        """Which visit it is about."""
        return visit_name(self.escalation.visit)


def escalations_of(person: Person, now: datetime) -> tuple[ShownEscalation, ...]:
    """Return what has to be acted upon for a person's own children, the most urgent first; always as many queries."""
    mine = {row.treatment: row for row in own_treatments(person).exclude(course_phase__in=OVER)}
    found = watch(
        mine.values(),
        VisitRow.objects.filter(treatment__in=mine, done_at=None),
        ContainerRow.objects.filter(treatment__in=mine, phase="connected"),
        _no_shows(mine),
        now,
    )
    children = Child.objects.in_bulk({mine[one.treatment].child for one in found})
    organisations = Organisation.objects.in_bulk()
    people = {one.nurse for one in found} | {one.substitute for one in found}
    names = dict(Person.objects.filter(id_code__in=people).values_list("id_code", "shown_name"))
    return tuple(_shown(one, mine[one.treatment], children, organisations, names) for one in found)


def _no_shows(treatments: Iterable[str]) -> NoShows:
    rows = JournalRow.objects.filter(kind=NoShow.kind, treatment__in=treatments).order_by("position")
    found: dict[tuple[str, int, str], datetime] = {}
    for text in rows.values_list("text", flat=True):
        entry = read_text(text)
        what = cast("NoShow", entry.what)
        found[entry.treatment, what.course, what.visit] = entry.happened
    return found


def _shown(
    one: Escalation,
    row: TreatmentRow,
    children: Mapping[str, Child],
    organisations: Mapping[str, Organisation],
    names: Mapping[str, str],
) -> ShownEscalation:
    child, hospital, home_care = children[row.child], organisations.get(row.centre), organisations.get(one.organisation)
    told: dict[Callee, tuple[str, str]] = {
        "organisation": (home_care.name, home_care.telephone) if home_care else ("", ""),
        "nurse": (names.get(one.nurse, one.nurse), home_care.telephone if home_care else ""),
        "substitute": (names.get(one.substitute, one.substitute), home_care.telephone if home_care else ""),
        "family": (child.name, child.telephone),
    }
    at_hospital = (hospital.name, hospital.telephone) if hospital else ("", "")
    calls = (
        Call(
            who=who, name=told.get(who, at_hospital)[0], telephone=told.get(who, at_hospital)[1], turn=place == one.turn
        )
        for place, who in enumerate(one.calls)
    )
    return ShownEscalation(escalation=one, child=child, calls=tuple(calls), url=url_of("chart", one.treatment))
