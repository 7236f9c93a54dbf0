"""The chart of one child: where it stands, what can be done, and every entry as it was signed."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from django.http import HttpResponse
from django.shortcuts import render

from ransel.chart.entry import Entry
from ransel.chart.records import Record
from ransel.chart.records.care import Connected
from ransel.chart.records.pharmacy import BatchStarted, LeftFridge, Released
from ransel.chart.saying import said
from ransel.chart.treatment import ContainerState, CourseState
from ransel.chart.visits import VisitState, finish_before, visits_of
from ransel.chart.wording import phase_name, title_of
from ransel.hospital.clocks import ClockBar
from ransel.hospital.gate import Desk, page
from ransel.hospital.glass import glass_notices
from ransel.hospital.names import names_of
from ransel.hospital.offers import Offer, offers_of_container, offers_of_course, offers_of_treatment
from ransel.hospital.todo import todos_of_treatment
from ransel.language import Message

ENTRIES_AT_ONCE = 20
COURSES_AT_ONCE = 2
"""How many courses a chart shows whole; of the earlier ones it says that they were, and how they ended."""


@dataclass(frozen=True, slots=True)
class EntryLine:
    """One entry for the list."""

    entry: Entry[Record]
    who: str
    title: Message
    said: tuple[tuple[Message, object], ...]
    corrected: Entry[Record] | None


@dataclass(frozen=True, slots=True)
class ContainerView:
    """One container: where it stands, its clocks, what can be done with it."""

    state: ContainerState
    phase: Message
    clocks: tuple[ClockBar, ...]
    offers: tuple[Offer, ...]


@dataclass(frozen=True, slots=True)
class CourseView:
    """One course: where it stands, its containers and visits, what can be done."""

    state: CourseState
    phase: Message
    containers: tuple[ContainerView, ...]
    visits: tuple[VisitState, ...]
    offers: tuple[Offer, ...]


@page("chart", writes=False)
def chart(desk: Desk) -> HttpResponse:
    """Show the chart."""
    everything = desk.request.GET.get("all") == "1"
    history = desk.treatment.history
    shown = history if everything else history[-ENTRIES_AT_ONCE:]
    newest_first = desk.treatment.courses[::-1]
    courses = newest_first if everything else newest_first[:COURSES_AT_ONCE]
    earlier = newest_first[COURSES_AT_ONCE:]
    context = {
        "desk": desk,
        "phase": phase_name("treatment", desk.treatment.phase),
        "glass_notices": glass_notices(desk),
        "todos": todos_of_treatment(desk),
        "offers": offers_of_treatment(desk),
        "courses": [course_view(desk, one) for one in courses],
        "earlier": [] if everything else [(one, phase_name("course", one.phase)) for one in earlier],
        "entries": entry_lines(desk, reversed(shown)),
        "hidden": len(history) - len(shown),
    }
    return render(desk.request, "pages/chart.html", context)


def course_view(desk: Desk, course: CourseState) -> CourseView:
    """Return a course as pages show it."""
    return CourseView(
        course,
        phase_name("course", course.phase),
        tuple(container_view(desk, course, one) for one in course.containers),
        visits_of(course, desk.now),
        offers_of_course(desk, course),
    )


def container_view(desk: Desk, course: CourseState, container: ContainerState) -> ContainerView:
    """Return a container as pages show it."""
    return ContainerView(
        container,
        phase_name("container", container.phase),
        tuple(clocks_of(course, container, desk.now)),
        offers_of_container(desk, course, container),
    )


def clocks_of(course: CourseState, container: ContainerState, now: datetime) -> Iterable[ClockBar]:
    """Go through the clocks of a container that still run: in the fridge, before connecting, until it must be empty."""
    started, released = container.last(BatchStarted), container.last(Released)
    if started is None or container.phase in {"removed", "accounted", "discarded"}:
        return
    made = started.what.made
    if released is not None and container.last(LeftFridge) is None:
        yield ClockBar(label=Message("bar.cold"), begins=made, ends=released.what.cold_until, now=now)
    if released is not None and container.last(Connected) is None:
        yield ClockBar(label=Message("bar.start"), begins=made, ends=released.what.start_before, now=now)
    left, end = container.last(LeftFridge), finish_before(course, container.index)
    if left is not None and end is not None:
        yield ClockBar(label=Message("bar.finish"), begins=left.what.at, ends=end, now=now)


def entry_lines(desk: Desk, entries: Iterable[Entry[Record]]) -> list[EntryLine]:
    """Return entries as the list shows them, with the names of who signed."""
    listed = list(entries)
    names = names_of(one.who for one in listed)
    corrected = desk.treatment.corrected
    return [
        EntryLine(one, names.get(one.who, one.who), title_of(one.what), said(one.what), corrected.get(one.version))
        for one in listed
    ]
