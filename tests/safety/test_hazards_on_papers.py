"""What leaves Ransel: marks on papers, and calendars that strangers and other programs read."""

import re
from datetime import UTC, datetime

import pytest
from icalendar import Calendar
from prescribing.cases import AT_HOME, SHELF, child

from ransel.language import LANGUAGES
from ransel.papers.calendars import family_calendar, staff_calendar
from ransel.papers.container_mark import ContainerMark, mark_of
from ransel.planning import Agenda, plan_whole_course

AGENDA = Agenda(SHELF.site)
NOW = datetime(2027, 2, 3, 8, 0, tzinfo=UTC)
START = datetime(2027, 2, 5, 13, 0, tzinfo=UTC)
TELLING = re.compile(
    r"dinutuximab|qarziba|unituxin|neuroblast|tumou?r|cancer|kanker|oncolog|chemo|cytosta|antibod|antilicha|immun|GD2"
    r"|\b[0-9]+([.,][0-9]+)? ?(mg|µg|mL|m²|kg)\b|L01FX06|albumin|morphine|morfine|gabapentin",
    re.IGNORECASE,
)
STRANGE_NAMES = [
    "Sam; BEGIN:VEVENT",
    "Sam\\nEND:VEVENT\\nBEGIN:VEVENT",
    "Sam, Bakker: de Vries",
    'Sam "quoted" \\; \\, \\\\',
    "SUMMARY:Sam",
    "=?utf-8?Q?Sam?=",
    "Sam 🎒 çğ İı 李",
]


def course(**changes):
    return plan_whole_course(child(**changes), SHELF.protocol(AT_HOME), AGENDA, course=1, now=NOW, start=START)


def appointments(content):
    return Calendar.from_ical(content).walk("VEVENT")


@pytest.mark.hazard("HZ-027")
@pytest.mark.parametrize("language", LANGUAGES)
def test_the_calendar_of_the_family_names_no_drug_no_diagnosis_and_no_dose(language):
    text = family_calendar(course(), language, NOW, None).decode().replace("\r\n ", "")
    assert text.count("BEGIN:VEVENT") == len(course().plan.visits)
    assert not TELLING.findall(text)


@pytest.mark.hazard("HZ-027")
def test_what_is_searched_for_in_the_calendar_of_the_family_is_found_in_that_of_the_staff():
    assert TELLING.search(staff_calendar(course(), "en", NOW, None).decode().replace("\r\n ", ""))


@pytest.mark.hazard("HZ-026")
@pytest.mark.parametrize("name", STRANGE_NAMES)
@pytest.mark.parametrize("calendar", [family_calendar, staff_calendar])
def test_no_name_adds_or_changes_an_appointment(name, calendar):
    plain, strange = (appointments(calendar(course(**changes), "en", NOW, None)) for changes in ({}, {"name": name}))
    assert [(one["UID"], one.start, one.end) for one in strange] == [(one["UID"], one.start, one.end) for one in plain]
    assert [set(one) for one in strange] == [set(one) for one in plain]


@pytest.mark.hazard("HZ-026")
def test_no_line_of_a_calendar_is_longer_than_other_programs_can_read():
    content = staff_calendar(course(name="Sam 🎒 çğ İı 李 " * 7), "nl", NOW, None)
    assert max(map(len, content.split(b"\r\n"))) <= 75


@pytest.mark.hazard("HZ-025")
def test_two_cassettes_differ_in_number_shape_and_colour():
    planned = course()
    first, second = (mark_of(planned, one) for one in planned.plan.preparations)
    assert (first.number, second.number) == (1, 2)
    for language in LANGUAGES:
        assert first.text(language) != second.text(language)
    assert first.shape != second.shape
    assert first.colour != second.colour
    assert first.body != second.body


@pytest.mark.hazard("HZ-025")
def test_each_of_ten_syringes_has_a_shape_of_its_own():
    assert len({ContainerMark(number, 10, "syringe").shape for number in range(1, 11)}) == 10
