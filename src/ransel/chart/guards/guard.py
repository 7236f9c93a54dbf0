"""What a guard is, and what guards have in common."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

from ransel.chart.entry import Entry
from ransel.chart.people import Hand
from ransel.chart.records import OfContainer, OfCourse, OfMaking, Record
from ransel.chart.records.prescribing import GoGiven, GoWithheld
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


def still_treated(treatment: Treatment, record: OfCourse) -> Iterator[Refusal]:
    """Refuse what would begin something in a treatment that has ended."""
    if treatment.phase == "withdrawn":
        yield Refusal("chart.withdrawn", "course", str(record.course))


def has_go(container: ContainerState) -> bool:
    """Whether the go for a container stands: given, and not withheld since."""
    given, withheld = container.last(GoGiven), container.last(GoWithheld)
    return given is not None and (withheld is None or withheld.version < given.version)


def this_making(treatment: Treatment, record: OfMaking) -> Iterator[Refusal]:
    """Refuse another making than the one in hand: an earlier one was thrown away."""
    making = container_of(treatment, record).making
    if record.making != making:
        yield Refusal("chart.other-making", "making", str(record.making), {"making": making})


def another_person(hand: Hand, first: Entry[Record] | None, field: str) -> Iterator[Refusal]:
    """Refuse the same person as the first: four eyes."""
    if first is not None and first.who == hand.who:
        yield Refusal("chart.same-person", field, hand.who)
