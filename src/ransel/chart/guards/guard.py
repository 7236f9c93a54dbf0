"""What a guard is, and what guards have in common."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

from ransel.chart.entry import Entry
from ransel.chart.people import Hand
from ransel.chart.records import OfContainer, OfCourse, Record
from ransel.chart.rules import Rules
from ransel.chart.treatment import ContainerState, CourseState, Treatment
from ransel.language import Refusal

Guard = Callable[[Treatment, Hand, Rules, Any], Iterator[Refusal]]


def course_of(treatment: Treatment, record: OfCourse) -> CourseState:
    """Return the course that a record is about; the tables have seen that it is there."""
    course = treatment.course(record.course)
    if course is None:
        raise LookupError(record.course)
    return course


def container_of(treatment: Treatment, record: OfContainer) -> ContainerState:
    """Return the container that a record is about; the tables have seen that it is there."""
    container = course_of(treatment, record).container(record.container)
    if container is None:
        raise LookupError(record.container)
    return container


def another_person(hand: Hand, first: Entry[Record] | None, field: str) -> Iterator[Refusal]:
    """Refuse the same person as the first: four eyes."""
    if first is not None and first.who == hand.who:
        yield Refusal("chart.same-person", field, hand.who)
