"""Day care: who comes today and tomorrow, and the steps of connecting or changing one container."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from django.http import HttpResponse
from django.shortcuts import render

from ransel.chart.machine import OVER
from ransel.chart.wording import phase_name
from ransel.hospital.clocks import ClockBar
from ransel.hospital.gate import Desk, page, url_of
from ransel.hospital.guiding import AT_THE_CHILD, Step, before, missing_of, next_step, steps_of
from ransel.hospital.names import names_of
from ransel.hospital.pages.chart import clocks_of
from ransel.hospital.rulebook import agenda
from ransel.hospital.todo import Todo, kinds_of, own_treatments, todos_of
from ransel.hospital.watching import escalations_of
from ransel.language import Message, Moment
from ransel.store.loading import load
from ransel.store.models import Child, PumpUseRow, VisitRow

VISITS = ("connect", "change")
DAYS_BACK, DAYS_AHEAD = timedelta(days=3), timedelta(days=14)
"""How far the list of other days reaches, to either side: an assumption."""
SOON = timedelta(hours=36)
"""How far ahead the tasks of a board reach: today and tomorrow's morning."""
ELSEWHERE = frozenset({"connect", "change", "pump-back", "pump-ready"})
"""Tasks that the board of day care shows in a place of their own."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Coming:
    """A child that comes to be connected, or for its next container.

    Values:
        visit: with its window. phase: of the container. missing: what is to be done elsewhere before.
        clocks: of the container, as far as they run. pump: that is set aside, empty for none.
        window: from when to when, None for one instant. next: the step to be done now, None when something is missing.
    """

    child: Child
    visit: VisitRow
    phase: Message
    clocks: tuple[ClockBar, ...]
    pump: str
    missing: tuple[Message, ...]
    window: Message | None
    next: Message | None
    late: bool
    url: str


@dataclass(frozen=True, slots=True)
class PumpBack:
    """A pump that comes back, or is back and has to be made ready."""

    pump: str
    child: Child
    phase: Message
    title: Message
    url: str


@page("day-care", about="nobody", writes=False)
def day_care(desk: Desk) -> HttpResponse:
    """Show who comes, pumps that come back, and what else is to be done."""
    rows = {row.treatment: row for row in own_treatments(desk.person)}
    children = Child.objects.in_bulk([row.child for row in rows.values()])
    own = {treatment: children[row.child] for treatment, row in rows.items()}
    today = agenda().local(desk.now).date()
    near, other = _sorted_out(_visits(own, desk), today)
    coming = [(*one, list(_coming(desk, own, visits))) for *one, visits in _by_day(near, today)]
    context = {
        "desk": desk,
        "escalations": escalations_of(desk.person, desk.now),
        "days": [(title, day, cards) for title, day, cards in coming if cards],
        "other": [(visit, own[visit.treatment], _url(visit)) for visit in other],
        "pumps": list(_pumps_back(own)),
        "todos": due_soon(todos_of(desk.person, desk.now, kinds_of(desk.role) - ELSEWHERE), desk.now),
    }
    return render(desk.request, "pages/day_care/day_care.html", context)


def due_soon(todos: Iterable[Todo], now: datetime) -> list[Todo]:
    """Return the tasks that a board shows: those without a time, those due soon, and those that are late."""
    return [one for one in todos if one.due is None or one.due <= now + SOON]


def _visits(own: dict[str, Child], desk: Desk) -> list[VisitRow]:
    """Return the visits for connecting and changing of courses that go on, in order of time."""
    rows = VisitRow.objects.filter(
        treatment__in=own, kind__in=VISITS, planned__gte=desk.now - DAYS_BACK, planned__lte=desk.now + DAYS_AHEAD
    )
    return [row for row in rows.order_by("planned") if row.done_at is not None or _goes_on(row)]


def _goes_on(visit: VisitRow) -> bool:
    course = load(visit.treatment).course(visit.course)
    return course is not None and course.phase not in {*OVER, "stopped"}


def _sorted_out(visits: list[VisitRow], today: date) -> tuple[list[VisitRow], list[VisitRow]]:
    """Return the visits to come until tomorrow, late ones with them, and all others."""
    tomorrow = today + timedelta(days=1)
    near = [one for one in visits if one.done_at is None and agenda().local(one.planned).date() <= tomorrow]
    return near, [one for one in visits if one not in near]


def _by_day(visits: list[VisitRow], today: date) -> Iterator[tuple[Message, date | None, list[VisitRow]]]:
    days = [(one, agenda().local(one.planned).date()) for one in visits]
    tomorrow = today + timedelta(days=1)
    yield Message("day-care.earlier"), None, [one for one, day in days if day < today]
    yield Message("day-care.today"), today, [one for one, day in days if day == today]
    yield Message("day-care.tomorrow"), tomorrow, [one for one, day in days if day == tomorrow]


def _coming(desk: Desk, own: dict[str, Child], visits: list[VisitRow]) -> Iterator[Coming]:
    for visit in visits:
        course = load(visit.treatment).course(visit.course)
        container = course.container(visit.container) if course else None
        if course is None or container is None:
            continue
        step = next_step(steps_of(visit.treatment, course, container))
        yield Coming(
            child=own[visit.treatment], visit=visit, phase=phase_name("container", container.phase),
            clocks=tuple(clocks_of(course, container, desk.now)), pump=course.pump,
            missing=missing_of(course, container), window=_window(visit), next=step.title if step else None,
            late=(visit.latest or visit.planned) < desk.now, url=_url(visit),
        )  # fmt: skip


def _window(visit: VisitRow) -> Message | None:
    """Return the window in words: hours alone where all of it is on the day of the visit."""
    if visit.latest is None or visit.earliest == visit.latest:
        return None
    first, planned, last = (agenda().local(one) for one in (visit.earliest, visit.planned, visit.latest))
    if first.date() == planned.date() == last.date():
        return Message("day-care.window", {"earliest": f"{first:%H:%M}", "latest": f"{last:%H:%M}"})
    return Message("day-care.window", {"earliest": Moment(first), "latest": Moment(last)})


def _url(visit: VisitRow) -> str:
    return url_of("guide", visit.treatment, visit.course, visit.container)


def _pumps_back(own: dict[str, Child]) -> Iterator[PumpBack]:
    for row in PumpUseRow.objects.filter(treatment__in=own, phase__in=("off", "returned")).order_by("pump"):
        to = "pump-back" if row.phase == "off" else "pump-ready"
        address = url_of(to, row.treatment, row.course)
        yield PumpBack(row.pump, own[row.treatment], phase_name("pump", row.phase), Message(f"page.{to}"), address)


# the steps of one container


@dataclass(frozen=True, slots=True)
class Told:
    """A step with the name of who signed it."""

    step: Step
    who: str


@page("guide", about="container", writes=False)
def guide(desk: Desk) -> HttpResponse:
    """Lead through connecting or changing, step by step."""
    steps = steps_of(desk.treatment.id, desk.course, desk.container)
    names = names_of(one.entry.who for one in steps if one.entry)
    course, container = desk.course, desk.container
    change = before(course, container) is not None
    context = {
        "desk": desk,
        "title": Message("change.title" if change else "page.connect"),
        "phase": phase_name("container", container.phase),
        "clocks": tuple(clocks_of(course, container, desk.now)),
        "missing": missing_of(course, container),
        "connected": container.phase in AT_THE_CHILD,
        "steps": [Told(one, names.get(one.entry.who, one.entry.who) if one.entry else "") for one in steps],
        "self_programmed": _programmed_by(steps) == desk.person.id_code,
    }
    return render(desk.request, "pages/day_care/guide.html", context)


def _programmed_by(steps: tuple[Step, ...]) -> str:
    return next((one.entry.who for one in steps if one.name == "programme" and one.entry), "")
