"""The whole programme of the demo, written relative to one instant."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime
from itertools import chain

from django.contrib.auth.hashers import make_password
from django.db import transaction

from ransel.chart.entry import Entry
from ransel.chart.records import Record
from ransel.hospital.demo.children import CHILDREN, DemoChild
from ransel.hospital.demo.people import ORGANISATIONS, PASSWORD, PEOPLE
from ransel.hospital.demo.present import Present
from ransel.hospital.demo.pumps import rows_of
from ransel.hospital.demo.shelf import Shelf, pumps
from ransel.hospital.demo.stages import OLD_REGIMEN, STAGES
from ransel.hospital.demo.story import Story
from ransel.hospital.environment import DEMO_HOSPITAL
from ransel.language import Language
from ransel.planning import Agenda
from ransel.protocols import DEFAULT_PROTOCOL, Library
from ransel.store.boards import write_boards
from ransel.store.journal import DatabaseJournal
from ransel.store.models import Child, Organisation, Person, Pump, PumpEventRow

OLD_PROTOCOL = "dinutuximab-beta-5x8h"
BETWEEN_STARTS_DAYS = 35
"""From one course to the next, on the same weekday."""


def tell_programme(now: datetime, language: Language = "nl") -> tuple[Story, ...]:
    """Return the stories of all children up to an instant, in the order of their numbers."""
    library = Library(DEMO_HOSPITAL)
    present = Present(now.astimezone(UTC).replace(second=0, microsecond=0), Agenda(library.site))
    shelf = Shelf()
    stories = [Story(child, present, library.protocol(_protocol(child)), shelf, language) for child in CHILDREN]
    # the pumps go from child to child, so courses are told in the order in which they began
    courses = sorted(chain.from_iterable(map(_courses, stories)), key=lambda one: (one[0], one[2].child.place))
    for start, course, story in courses:
        _tell(story, course, start)
    return tuple(stories)


def _protocol(child: DemoChild) -> str:
    return OLD_PROTOCOL if child.stage == OLD_REGIMEN else DEFAULT_PROTOCOL


def _courses(story: Story) -> list[tuple[datetime, int, Story]]:
    """Return the courses of a child, each with its start."""
    child, present = story.child, story.present
    last = STAGES[child.stage].start(present, child.place)
    ago = [(child.course - course) * BETWEEN_STARTS_DAYS for course in range(1, child.course + 1)]
    return [(present.earlier_start(last, days), course, story) for course, days in enumerate(ago, 1)]


def _tell(story: Story, course: int, start: datetime) -> None:
    story.course, story.start = course, start
    story.brief = course < story.child.course
    if story.brief and story.child.stage != OLD_REGIMEN:
        story.to_over()
    else:
        STAGES[story.child.stage].tell(story)


@transaction.atomic
def write_programme(now: datetime, language: Language = "nl") -> int:
    """Write people, children, pumps and every entry of the demo; return how many entries there are.

    Either all of it is written or nothing. No entry is later than `now`, which is aware.
    """
    stories = tell_programme(now, language)
    write_people()
    Pump.objects.bulk_create(pumps(stories[0].present.today))
    Child.objects.bulk_create(_child(story.child, story.present) for story in stories)
    entries = _in_order_of_time(stories)
    DatabaseJournal().append(entries)
    for story in stories:
        write_boards(story.treatment)
    PumpEventRow.objects.bulk_create(
        row for story in stories for row in rows_of(story.treatment, story.present.now, story.treatment.courses)
    )
    return len(entries)


def _in_order_of_time(stories: Sequence[Story]) -> list[Entry[Record]]:
    entries = chain.from_iterable(story.treatment.history for story in stories)
    return sorted(entries, key=lambda entry: (entry.written, entry.treatment, entry.version))


def write_people() -> None:
    """Write the organisations, and everybody with the password that is known to everybody."""
    Organisation.objects.bulk_create(
        Organisation(code=one.code, name=one.name, kind=one.kind, telephone=one.telephone) for one in ORGANISATIONS
    )
    password = make_password(PASSWORD)  # it is everybody's, and made once: making it is slow on purpose
    Person.objects.bulk_create(
        Person(
            username=one.username, id_code=one.id_code, shown_name=one.shown_name, role=one.role.value,
            organisation_id=one.organisation, place=one.place, password=password,
        )
        for one in PEOPLE
    )  # fmt: skip


def _child(child: DemoChild, present: Present) -> Child:
    return Child(
        code=child.code, number=child.number, name=child.full_name, born=child.born(present.today),
        address=child.address, telephone=child.telephone, travel_minutes=child.travel_minutes,
    )  # fmt: skip
