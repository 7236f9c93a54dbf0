"""Two calendars of one course: the family's, which tells a stranger nothing, and the staff's, which tells all."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import datetime

from ransel.language import Language, Message
from ransel.papers.calendar_file import Appointment, Heading, calendar_file, evening_before, joined, uid_of
from ransel.papers.container_mark import mark_of
from ransel.papers.wording import family_window
from ransel.planning import PlannedCourse, Preparation, Visit
from ransel.quantities import Duration, Shown

LASTS = {
    "go": Duration("30 min"),
    "connect": Duration("2 h"),
    "change": Duration("1 h"),
    "disconnect": Duration("1 h"),
    "next-course": Duration("2 h"),
}
"""How much time a calendar keeps free for a visit. No source gives these: an assumption, and every event says so."""

BY_TELEPHONE = Duration("15 min")
REMINDER_HOUR = 19


def family_calendar(
    course: PlannedCourse, language: Language, now: datetime, previous: bytes | None, *, key: bytes = b""
) -> bytes:
    """Return the calendar for the family: no drug, no diagnosis, no dose, and a reminder the evening before.

    `now` is an aware instant; `previous` is the family calendar of this course as it was last issued.
    `key` is a secret of the hospital: with it, UIDs cannot be guessed back to a patient.

    Raises:
        Refused: when `previous` is no calendar.
    """
    heading = _heading(course, language, "family", "teal")
    appointments = (_for_family(course, visit, language, key) for visit in course.plan.visits)
    return calendar_file(heading, appointments, now, previous)


def staff_calendar(
    course: PlannedCourse, language: Language, now: datetime, previous: bytes | None, *, key: bytes = b""
) -> bytes:
    """Return the calendar for staff: visits with windows and reasons, containers with dose, rate and batch.

    Arguments and refusals are those of `family_calendar`.
    """
    heading = _heading(course, language, "staff", "darkblue")
    visits = (_for_staff(course, visit, language, key) for visit in course.plan.visits)
    made = (_making(course, preparation, language, key) for preparation in course.plan.preparations)
    return calendar_file(heading, (*visits, *made), now, previous)


def _heading(course: PlannedCourse, language: Language, reader: str, colour: str) -> Heading:
    values = {"name": course.order.patient.name}
    name = Message("calendar.family", values) if reader == "family" else Message("calendar.staff", values)
    return Heading(
        name=name.text(language),
        description=Message("calendar.synthetic").text(language),
        colour=colour,
        language=language,
        zone=course.agenda.zone,
    )


def _uid(course: PlannedCourse, reader: str, kind: str, container: int, key: bytes) -> str:
    """Return the UID of a visit: whose, which course, which step; never when, so that it lasts."""
    patient = course.order.patient
    return uid_of(
        reader, patient.number or patient.name, patient.born, course.order.course_number, kind, container, key=key
    )


def _end(visit: Visit) -> datetime:
    lasts = BY_TELEPHONE if visit.place == "telephone" else LASTS[visit.kind]
    return visit.planned + lasts.timedelta


# for the family


def _for_family(course: PlannedCourse, visit: Visit, language: Language, key: bytes) -> Appointment:
    title = Message(f"family-visit.{visit.kind}").text(language)
    lines = (line.text(language) for line in _family_lines(course, visit))
    evening = evening_before(visit.planned, course.agenda.zone, REMINDER_HOUR)
    return Appointment(
        uid=_uid(course, "family", visit.kind, visit.container, key),
        start=visit.planned,
        end=_end(visit),
        summary=title,
        description=joined(lines),
        location=_family_place(course, visit, language),
        categories=(Message("calendar.category-family").text(language),),
        alarm=(evening, Message("calendar.tomorrow", {"what": title}).text(language)),
    )


def _family_lines(course: PlannedCourse, visit: Visit) -> Iterator[Message]:
    yield Message(f"family-lines.{visit.kind}")
    first, last = family_window(course, visit)
    if first < last:
        yield Message(
            "calendar.window", {"earliest": course.agenda.moment(first), "latest": course.agenda.moment(last)}
        )
    if visit.kind == "disconnect" and course.plan.delivery.early.magnitude > 0:
        empty = course.plan.start + course.plan.delivery.dry[-1].earliest.timedelta
        if empty < visit.planned:
            yield Message("calendar.empty-before", {"at": course.agenda.moment(empty)})
    if visit.kind != "next-course":
        yield Message("calendar.call", {"telephone": course.agenda.site.telephone})
    yield Message("calendar.estimate")


def _family_place(course: PlannedCourse, visit: Visit, language: Language) -> str:
    place = Message(f"timeline-place.{visit.place}").text(language)
    return place if visit.place in {"home", "telephone"} else f"{course.agenda.site.name}, {place}"


def _window(course: PlannedCourse, visit: Visit) -> Message:
    earliest = course.agenda.moment(visit.earliest)
    if visit.latest is None:
        return Message("calendar.from", {"earliest": earliest})
    return Message("calendar.window", {"earliest": earliest, "latest": course.agenda.moment(visit.latest)})


# for staff


def _for_staff(course: PlannedCourse, visit: Visit, language: Language, key: bytes) -> Appointment:
    return Appointment(
        uid=_uid(course, "staff", visit.kind, visit.container, key),
        start=visit.planned,
        end=_end(visit),
        summary=_staff_title(course, Message(f"visit.{visit.kind}"), visit.container, language),
        description=joined(line.text(language) for line in _staff_lines(course, visit)),
        location=_staff_place(course, visit, language),
        categories=(_visit_category(language), Message(f"place.{visit.place}").text(language)),
    )


def _visit_category(language: Language) -> str:
    return Message("calendar.category-visit").text(language)


def _staff_title(course: PlannedCourse, what: Message, container: int, language: Language) -> str:
    patient = course.order.patient
    values = {"what": what, "name": patient.name, "number": patient.number or "-"}
    if not container:
        return Message("calendar.staff-title", values).text(language)
    mark = mark_of(course, course.plan.preparations[container - 1])
    return Message("calendar.staff-title-of", {**values, "container": mark.text(language)}).text(language)


def _staff_lines(course: PlannedCourse, visit: Visit) -> Iterator[Message]:
    yield _window(course, visit)
    yield from visit.reasons
    if visit.container:
        yield from _container_lines(course, course.plan.preparations[visit.container - 1])
    yield Message("calendar.estimate")


def _container_lines(course: PlannedCourse, preparation: Preparation) -> Iterator[Message]:
    container, recipe, agenda = preparation.container, preparation.container.recipe, course.agenda
    yield Message(
        "calendar.container",
        {
            "product": course.order.protocol.product.name,
            "amount": Shown(recipe.drug.value, recipe.drug.unit, 2),
            "fill": recipe.fill,
            "delivered": Shown(recipe.delivered.value, recipe.delivered.unit, 2),
            "delivers": recipe.delivers,
            "rate": Shown(container.rate, "mL/h"),
            "batch": course.code(preparation).batch,
        },
    )
    yield Message(
        "calendar.limits",
        {
            "start": agenda.moment(_cut(preparation.start_before)),
            "finish": agenda.moment(_cut(preparation.finish_before)),
        },
    )


def _cut(at: datetime) -> datetime:
    return at.replace(second=0, microsecond=0)


def _staff_place(course: PlannedCourse, visit: Visit, language: Language) -> str:
    patient, place = course.order.patient, Message(f"place.{visit.place}").text(language)
    ways = {"home": patient.address, "telephone": patient.telephone}
    detail = ways.get(visit.place) if visit.place in ways else course.agenda.site.name
    return f"{place}: {detail}" if detail else place


def _making(course: PlannedCourse, preparation: Preparation, language: Language, key: bytes) -> Appointment:
    container, site = preparation.container, course.agenda.site
    lines: Iterable[Message] = (
        Message(
            "calendar.window",
            {
                "earliest": course.agenda.moment(preparation.earliest),
                "latest": course.agenda.moment(preparation.latest),
            },
        ),
        *dict.fromkeys(preparation.reasons),
        *_container_lines(course, preparation),
    )
    pharmacy = Message("place.pharmacy").text(language)
    return Appointment(
        uid=_uid(course, "staff", "make", container.index, key),
        start=preparation.planned,
        end=preparation.planned + site.pharmacy.preparation_takes.value.timedelta,
        summary=_staff_title(course, Message("calendar.make"), container.index, language),
        description=joined(line.text(language) for line in lines),
        location=f"{pharmacy}: {site.name}",
        categories=(Message("calendar.category-making").text(language), pharmacy),
    )
