"""What somebody could sign now: the tables say whether its time has come, the policy whether they may."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from ransel.chart.machine import CONTAINER, COURSE, TREATMENT, Table, knows, next_phase
from ransel.chart.treatment import ContainerState, CourseState
from ransel.hospital.gate import PAGES, Desk, Page
from ransel.language import Message


@dataclass(frozen=True, slots=True)
class Offer:
    """A page on which something could be signed now."""

    page: str
    url: str

    @property
    def title(self) -> Message:
        """What the page is for."""
        return Message(f"page.{self.page}")


def offers_of_treatment(desk: Desk) -> tuple[Offer, ...]:
    """Return what could be signed about the treatment."""
    return tuple(
        Offer(page.name, desk.url(page.name))
        for page in _signing(desk, "treatment")
        if _open(TREATMENT, desk.treatment.phase, page.signs) and desk.treatment.phase == "enrolled"
    )


def offers_of_course(desk: Desk, course: CourseState) -> tuple[Offer, ...]:
    """Return what could be signed about a course."""
    return tuple(
        Offer(page.name, desk.url(page.name, course.number))
        for page in _signing(desk, "course")
        if _open(COURSE, course.phase, page.signs) and page.signs not in _elsewhere(course)
    )


def _elsewhere(course: CourseState) -> frozenset[str]:
    """Return what is signed only where the child is not: at home, or in hospital."""
    return frozenset({"fit-for-home", "sent-home"} if course.at_home else {"readmitted"})


def offers_of_container(desk: Desk, course: CourseState, container: ContainerState) -> tuple[Offer, ...]:
    """Return what could be signed about a container."""
    return tuple(
        Offer(page.name, desk.url(page.name, course.number, container.index))
        for page in _signing(desk, "container")
        if _open(COURSE, course.phase, page.signs) and _open(CONTAINER, container.phase, page.signs)
    )


def _signing(desk: Desk, about: str) -> Iterator[Page]:
    return (page for page in PAGES.values() if page.signs and page.about == about and desk.may(page.name))


def _open(table: Table, phase: str, step: str) -> bool:
    return not knows(table, step) or next_phase(table, phase, step) is not None
