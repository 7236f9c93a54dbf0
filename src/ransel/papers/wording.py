"""Numbers and moments as they stand on paper."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from ransel.compounding import Limit, Released, StabilityClock
from ransel.evidence import Confidence, Derivation, Sourced
from ransel.language import Language, Message, Moment, refuse
from ransel.planning import Agenda, PlannedCourse, Preparation, Visit
from ransel.quantities import Duration, Quantity

Marked = dict[str, str]
"""A text and the mark of a number that a pharmacist must confirm; the mark is empty for all others."""


def marked(text: str, *marks: Confidence) -> Marked:
    """Return a text with the weakest of these marks, if that one is to be confirmed."""
    weakest = Confidence.weakest(marks)
    return {"text": text, "mark": weakest.value if weakest.to_be_confirmed else ""}


def derived(result: Derivation, language: Language, digits: int | None = None, unit: str = "") -> Marked:
    """Return a derived number, marked with the weakest number it rests on."""
    return marked(result.value.text(language, unit or result.unit, digits), result.weakest)


def sourced(value: Sourced[Any], language: Language, unit: str, digits: int | None = None) -> Marked:
    """Return a sourced quantity with its mark."""
    quantity: Quantity = value.value
    return marked(quantity.text(language, unit, digits), value.confidence)


def moment(agenda: Agenda, at: datetime, language: Language) -> str:
    """Return an instant by the hospital's wall clock, with its weekday: `Fri 5 Feb 14:00`."""
    return agenda.moment(at).text(language)


def moment_before(agenda: Agenda, at: datetime, language: Language) -> str:
    """Return a limit, cut to the minute and never rounded up."""
    return agenda.moment(at.replace(second=0, microsecond=0)).text(language)


def day(when: date, language: Language) -> str:
    """Return a day that nobody can read in two ways: `14 Sep 2022`."""
    return Moment(when, with_year=True).text(language).partition(" ")[2]


def place(name: str) -> Message:
    """Return the name of a place."""
    return Message(f"place.{name}")


def of_this_container(course: PlannedCourse, preparation: Preparation, released: Released | None) -> None:
    """Refuse a release of another container than the one that the paper is about.

    One that was made again has another serial number, that begins with the same container.

    Raises:
        Refused: when batch or container differ.
    """
    if released is None:
        return
    expected, found = course.code(preparation), released.record.code
    same_container = expected.serial.partition("-")[0] == found.serial.partition("-")[0]
    if expected.batch != found.batch or not same_container:
        refuse("paper.other-container", "released", found.batch, expected=expected.batch)


def family_window(course: PlannedCourse, visit: Visit) -> tuple[datetime, datetime]:
    """Return from when to when a visit can be for a family: within opening hours.

    A course is connected when it is planned, because everything after it follows; and the pump comes off when
    the time is up or later, because earlier would leave a part of the dose behind.
    """
    if visit.kind in {"connect", "next-course"} or visit.latest is None:
        return visit.planned, visit.planned
    earliest = visit.planned if visit.kind == "disconnect" else visit.earliest
    slots = [*course.agenda.slots(visit.place, earliest, visit.latest), visit.planned]
    until = visit.latest.replace(second=0, microsecond=0)
    return min(slots), until if course.agenda.is_open(visit.place, until) else max(slots)


def start_limit(preparation: Preparation, clock: StabilityClock) -> Limit:
    """Return when a container must be running: by its clock, or by the change that it is needed for."""
    chemistry = clock.start_before(Duration.between(preparation.used_from, preparation.used_until))
    needed = Limit(preparation.start_before, Message("worksheet.before-the-change"))
    return min(chemistry, needed, key=lambda limit: limit.at)
