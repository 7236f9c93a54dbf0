"""The coordinator's pages: all children on one board, moving a visit inside its window, asking home care."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import cast

from django.db.models import Q
from django.http import HttpResponse
from django.shortcuts import render

from ransel.chart.entry import read_text
from ransel.chart.guards.home import home_care as organisation_asked
from ransel.chart.machine import OVER
from ransel.chart.reading import record_of
from ransel.chart.records import Record
from ransel.chart.records.care import HomeCareAccepted, HomeCareAsked, Removed, VisitMoved
from ransel.chart.tasks import made_between
from ransel.chart.treatment import CourseState
from ransel.chart.visits import VisitState, visit_of, visits_of
from ransel.chart.wording import visit_name
from ransel.hospital.board import DAYS_OF_A_WEEK, Days, PumpDay, Told, expected, is_late, pump_days, rows_of
from ransel.hospital.forms import Field, local_minute
from ransel.hospital.gate import Desk, page, url_of
from ransel.hospital.policy import Relation, allows
from ransel.hospital.rulebook import agenda
from ransel.hospital.signing import Data, SignForm, sign_page
from ransel.hospital.todo import own_treatments
from ransel.hospital.watching import ShownEscalation, escalations_of
from ransel.language import Joined, Message, Moment, Refused
from ransel.planning import Agenda
from ransel.protocols.protocol import Place
from ransel.store.models import Child, JournalRow, Organisation, Pump, PumpUseRow, VisitRow

WEEKS = 4
LONGEST_COURSE = timedelta(days=35)
"""How long before the first day of the board a visit may lie whose course still shows on it."""
LOOKED_AROUND = timedelta(weeks=520)
"""How far from today the board can be turned."""
HOURS_OF_AT_MOST_DAYS = 8
"""How many days of opening hours are shown for a visit."""
KINDS = ("go", "connect", "change", "disconnect", "next-course")
"""The visits, as the key of the board explains them."""


# -- the board


@dataclass(frozen=True, slots=True)
class Problem:
    """Something on the board that somebody has to solve, and where."""

    title: Message
    child: Child | None
    detail: object
    url: str


@page("board", about="nobody", writes=False)
def board(desk: Desk) -> HttpResponse:
    """Show all children of the own hospital over some weeks, what is to come, and what is not right."""
    this_monday = _monday(agenda().local(desk.now).date())
    first, weeks = _wish(desk, this_monday)
    days = Days(first, weeks * DAYS_OF_A_WEEK, agenda(), desk.now)
    told = told_of(desk, days)
    escalations = escalations_of(desk.person, desk.now)
    pumps = pump_days(told, days)
    to_come = expected(told)
    context = {
        "desk": desk,
        "days": days,
        "all_days": days.all(),
        "kinds": [(Message(f"board.letter-{kind}"), visit_name(kind)) for kind in KINDS],
        "may_move": allows("move", desk.role, Relation.OWN),
        "rows": rows_of(told, days),
        "pumps": pumps,
        "escalations": escalations,
        "problems": [*_problems(desk, told, to_come, escalations), *_pump_problems(pumps)],
        "visits": [
            _listed(told, one, desk.now) for one in to_come if days.shows(one.planned) or is_late(one, desk.now)
        ],
        "weeks": [this_monday + timedelta(weeks=number) for number in range(WEEKS)],
        "one_week": weeks == 1,
        "earlier": first - timedelta(weeks=weeks),
        "later": first + timedelta(weeks=weeks),
        "is_now": first == this_monday and weeks == WEEKS,
    }
    return render(desk.request, "pages/coordinating/board.html", context)


def _monday(day: date) -> date:
    return day - timedelta(days=day.weekday())


def _wish(desk: Desk, otherwise: date) -> tuple[date, int]:
    """Return the Monday and the number of weeks that the address asks for."""
    weeks = 1 if desk.request.GET.get("weeks") == "1" else WEEKS
    try:
        asked = date.fromisoformat(desk.request.GET.get("from", ""))
    except ValueError:
        return otherwise, weeks
    return (_monday(asked) if abs(asked - otherwise) < LOOKED_AROUND else otherwise), weeks


def told_of(desk: Desk, days: Days) -> Told:
    """Load what the board shows: who has a course that is not over, or a visit in these days.

    Neither the number of queries nor what they bring grows with the children of earlier years.
    """
    visited = VisitRow.objects.filter(planned__range=(days.begins - LONGEST_COURSE, days.ends)).values("treatment")
    shown = own_treatments(desk.person).filter(Q(treatment__in=visited) | ~Q(course_phase__in=OVER))
    treatments = {row.treatment: row for row in shown}
    children = Child.objects.in_bulk([row.child for row in treatments.values()])
    visits = list(VisitRow.objects.filter(treatment__in=treatments))
    return Told(
        treatments=treatments,
        children={row.treatment: children[row.child] for row in treatments.values()},
        visits=visits,
        removed=_removed(visits),
        organisations=dict(Organisation.objects.values_list("code", "name")),
        pumps=list(Pump.objects.all()),
        uses=list(PumpUseRow.objects.all()),
    )


def _removed(visits: Iterable[VisitRow]) -> dict[tuple[str, int], datetime]:
    """Return when the last container of each course came off, where no visit says so: it was stopped early."""
    begun = {(one.treatment, one.course) for one in visits if one.kind == "connect" and one.done_at}
    ended = {(one.treatment, one.course) for one in visits if one.kind == "disconnect" and one.done_at}
    early = begun - ended
    rows = JournalRow.objects.filter(kind=Removed.kind, treatment__in={treatment for treatment, _ in early})
    entries = (read_text(text) for text in rows.order_by("position").values_list("text", flat=True))
    removed = ((one, cast("Removed", one.what)) for one in entries)
    return {(one.treatment, what.course): one.happened for one, what in removed if what.last}


def _problems(
    desk: Desk, told: Told, to_come: Iterable[VisitRow], escalations: Iterable[ShownEscalation]
) -> Iterator[Problem]:
    """Go through what is wrong with visits; what is escalated already is not told twice."""
    above = {one.escalation.key for one in escalations}
    for visit in to_come:
        child, hours = told.children[visit.treatment], agenda()
        if (visit.treatment, visit.course, visit.kind, visit.container) in above:
            continue
        what = Joined((visit_name(visit.kind), hours.moment(visit.planned)), ", ")
        here = (visit.treatment, visit.course)
        if visit.kind == "disconnect" and visit.place == "home" and not visit.organisation:
            yield Problem(Message("board.without-home-care"), child, what, _url(desk, "ask-home-care", *here))
        if is_late(visit, desk.now) and visit.kind != "next-course":
            yield Problem(Message("board.late"), child, what, url_of("chart", visit.treatment))
        elif visit.planned >= desk.now and not hours.is_open(cast("Place", visit.place), visit.planned):
            why = hours.why_closed(cast("Place", visit.place), visit.planned)
            yield Problem(Message("board.closed"), child, Joined((what, why), ": "), _url(desk, "move", *here))


def _pump_problems(pumps: Iterable[PumpDay]) -> Iterator[Problem]:
    short = [one for one in pumps if one.is_short]
    if short:
        worst = max(short, key=lambda one: one.needed - one.there)
        values = {"from": Moment(short[0].day.day), "until": Moment(short[-1].day.day), "days": len(short),
                  "needed": worst.needed, "there": worst.there}  # fmt: skip
        yield Problem(Message("board.pumps-short"), None, Message("board.pumps-short-when", values), "")


def _url(desk: Desk, name: str, treatment: str, course: int) -> str:
    """Return the page that solves it for those who may, else the chart."""
    return url_of(name if allows(name, desk.role, Relation.OWN) else "chart", treatment, course)


@dataclass(frozen=True, slots=True)
class Listed:
    """One visit in the list below the board."""

    visit: VisitRow
    child: Child
    late: bool
    move: bool


def _listed(told: Told, visit: VisitRow, now: datetime) -> Listed:
    late = visit.kind != "next-course" and is_late(visit, now)
    return Listed(visit, told.children[visit.treatment], late, move=visit.kind in MOVABLE)


# -- moving a visit

MOVABLE = frozenset({"go", "change", "disconnect", "next-course"})
"""Connecting sets the whole course: another time for it is another order."""


@dataclass(frozen=True, slots=True)
class Movable:
    """A visit that can be moved: its window, what sets it, when the place is open, and what hangs on it."""

    visit: VisitState
    reasons: tuple[Message, ...]
    hours: tuple[object, ...]
    depends: tuple[Message, ...]

    @property
    def value(self) -> str:
        """How the form names it."""
        return f"{self.visit.kind}/{self.visit.container}"

    @property
    def words(self) -> Joined:
        """How people choose it."""
        number = (Message("web.container-number", {"container": self.visit.container}),) if self.visit.container else ()
        return Joined((visit_name(self.visit.kind), *number, agenda().moment(self.visit.planned)), ", ")


@page("move", about="course", signs="visit-moved")
def move(desk: Desk) -> HttpResponse:
    """Move a visit inside its window; the page says what sets the window and what hangs on the visit."""
    movable = tuple(_movable(desk))
    chosen = desk.request.GET.get("visit", "")
    return sign_page(desk, SignForm(
        title=Message("page.move"),
        lead=Message("move.lead"),
        fields=(
            Field(name="visit", kind="choice", choices=tuple((one.value, one.words) for one in movable), start=chosen),
            Field(name="to", kind="moment"),
        ),
        reason="must",
        records=_moved,
        template="pages/coordinating/move.html",
        extra={"movable": movable},
    ))  # fmt: skip


def _moved(desk: Desk, data: Data) -> tuple[Record, ...]:
    kind, _, container = str(data["visit"]).partition("/")
    told = {"course": desk.course_number, "visit": kind, "container": int(container), "to": data["to"]}
    return (record_of(VisitMoved, told),)


def _movable(desk: Desk) -> Iterator[Movable]:
    course = desk.course
    reasons = _reasons(desk)
    for visit in visits_of(course, desk.now):
        if visit.kind in MOVABLE and visit.done is None:
            yield Movable(
                visit, reasons.get((visit.kind, visit.container), ()), tuple(_hours(agenda(), visit)),
                tuple(_depends(course, visit)),
            )  # fmt: skip


def _reasons(desk: Desk) -> dict[tuple[str, int], tuple[Message, ...]]:
    """Return what sets each window; nothing when the course no longer comes out as it was signed."""
    try:
        planned = desk.rules.planned
    except Refused:
        return {}
    visits = planned.plan.visits if planned else ()
    return {(one.kind, one.container): one.reasons for one in visits}


def _hours(hours: Agenda, visit: VisitState) -> Iterator[object]:
    """Go through the days of a window with the hours at which the place of the visit is open."""
    place = cast("Place", visit.place)
    last = visit.latest or visit.earliest + timedelta(days=HOURS_OF_AT_MOST_DAYS - 1)
    day = hours.local(visit.earliest).date()
    for _ in range(HOURS_OF_AT_MOST_DAYS):
        if day > hours.local(last).date():
            return
        opened = ", ".join(f"{opens:%H:%M}–{closes:%H:%M}" for opens, closes in hours.hours(place, day))
        yield Joined((Moment(day), opened or Message("move.closed")), " ")
        day += timedelta(days=1)


def _depends(course: CourseState, visit: VisitState) -> Iterator[Message]:
    """Go through what hangs on a visit, so that nobody forgets to tell somebody."""
    moment = agenda().moment
    if visit.kind == "go":
        planned, latest = made_between(course, visit.container)
        values = {"container": visit.container, "planned": moment(planned), "latest": moment(latest)}
        yield Message("move.go-before-making", values)
    if visit.kind == "change":
        yield Message("move.fridge-before-change", {"container": visit.container})
        yield Message("move.rest-follows-change")
    if visit.kind == "disconnect":
        asked, accepted = course.last(HomeCareAsked), course.last(HomeCareAccepted)
        if asked is not None and organisation_asked(course):
            values = {"at": moment(asked.what.visit_at)}
            yield Message("move.tell-nurse" if accepted else "move.tell-organisation", values)
    if visit.kind == "next-course":
        yield Message("move.next-course-is-a-wish")


# -- asking home care


@page("ask-home-care", about="course", signs="home-care-asked")
def ask_home_care(desk: Desk) -> HttpResponse:
    """Sign the order to a home-care organisation to stop the pump at home."""
    course = desk.course
    visit = visit_of(course, "disconnect", course.containers[-1].index, desk.now)
    known = Organisation.objects.filter(kind=Organisation.HOME_CARE, is_active=True)
    asked = organisation_asked(course)
    start = local_minute(visit.planned) if visit else ""
    return sign_page(desk, SignForm(
        title=Message("page.ask-home-care"),
        lead=Message("ask.lead"),
        fields=(
            Field(name="organisation", kind="choice", choices=tuple(known.values_list("code", "name"))),
            Field(name="visit_at", kind="moment", start=start, note=Message("ask.window", {
                "earliest": agenda().moment(visit.earliest), "latest": agenda().moment(visit.late),
            }) if visit else ""),
        ),
        records=lambda desk, data: (record_of(HomeCareAsked, {"course": desk.course_number, **data}),),
        button=Message("ask.button"),
        template="pages/coordinating/ask.html",
        extra={"asked": known.filter(code=asked).first() if asked else None, "visit": visit},
    ))  # fmt: skip
