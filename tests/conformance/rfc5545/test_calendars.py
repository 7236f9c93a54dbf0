"""Calendars that every calendar program reads: RFC 5545, RFC 7986, and updates that arrive."""

from datetime import UTC, datetime, time, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from icalendar import Calendar
from papers.cases import CLOCK_CHANGE, FRIDAY, NOW, SHAPES, SHORT, planned

from ransel.language import Refused
from ransel.papers import family_calendar, staff_calendar

LATER = NOW + timedelta(days=1)
BOTH = pytest.mark.parametrize("make", [family_calendar, staff_calendar])
SILENT = ("qarziba", "dinutuximab", "blastoma", "unituxin", "mg/", " mg", "ml/h", "syn-0001", "cassette")
SIGNS = st.characters(exclude_categories=("Cc", "Cf", "Cs", "Zl", "Zp", "Cn", "Co"))


def events(file):
    return {str(event["UID"]): event for event in Calendar.from_ical(file).walk("VEVENT")}


def by_title(file):
    return {str(event["SUMMARY"]): event for event in events(file).values()}


@BOTH
@pytest.mark.parametrize("shape", SHAPES, ids=str)
@pytest.mark.parametrize("language", ["nl", "en"])
def test_3_1_content_lines_end_in_crlf_and_have_at_most_75_octets(make, shape, language):
    file = make(planned(**shape), language, NOW, None)
    assert file.endswith(b"\r\n")
    assert b"\n" not in file.replace(b"\r\n", b"")
    for line in file.split(b"\r\n"):
        assert len(line) <= 75
        line.decode()  # never folded inside a letter


@BOTH
def test_3_6_the_calendar_says_what_it_is(make):
    calendar = Calendar.from_ical(make(planned(), "nl", NOW, None))
    assert calendar["VERSION"] == "2.0"
    assert calendar["METHOD"] == "PUBLISH"
    assert calendar["PRODID"]


@BOTH
def test_rfc_7986_name_colour_and_refresh(make):
    file = make(planned(), "nl", NOW, None)
    assert b"\r\nNAME:" in file
    assert b"\r\nCOLOR:" in file
    assert b"\r\nREFRESH-INTERVAL;VALUE=DURATION:PT1H\r\n" in file


@BOTH
@pytest.mark.parametrize("shape", SHAPES, ids=str)
def test_3_6_1_every_event_has_what_it_must_have_and_no_rule(make, shape):
    course = planned(**shape)
    file = make(course, "en", NOW, None)
    found = Calendar.from_ical(file).walk("VEVENT")
    extra = len(course.plan.preparations) if make is staff_calendar else 0
    assert len(found) == len(events(file)) == len(course.plan.visits) + extra
    for event in found:
        assert {"UID", "DTSTAMP", "DTSTART", "DTEND", "SEQUENCE", "SUMMARY", "LOCATION", "CATEGORIES"} <= set(event)
        assert event["DTSTAMP"].dt == NOW.astimezone(UTC)
        assert event.start < event.end
        assert "RRULE" not in event


@BOTH
def test_3_6_5_the_time_zone_is_there_and_knows_the_clock_change(make):
    file = make(planned(start=CLOCK_CHANGE), "nl", NOW, None)
    (zone,) = Calendar.from_ical(file).walk("VTIMEZONE")
    rules = zone.to_tz()
    assert zone["TZID"] == "Europe/Amsterdam"
    assert datetime(2027, 3, 28, 1, tzinfo=rules).utcoffset() == timedelta(hours=1)
    assert datetime(2027, 3, 28, 12, tzinfo=rules).utcoffset() == timedelta(hours=2)
    assert datetime(2027, 10, 31, 12, tzinfo=rules).utcoffset() == timedelta(hours=1)


def test_a_course_over_the_clock_change_lasts_as_long_but_ends_an_hour_later_by_the_clock():
    found = by_title(family_calendar(planned(start=CLOCK_CHANGE), "en", NOW, None))
    start, end = found["Pump on"].start, found["Pump off"].start
    assert end.astimezone(UTC) - start.astimezone(UTC) == timedelta(hours=240)
    assert (start.time(), end.time()) == (time(13), time(14))


@BOTH
def test_3_8_4_7_a_uid_lasts_over_replans_and_reveals_nothing(make):
    first = events(make(planned(), "nl", NOW, None))
    moved = events(make(planned(start=FRIDAY.replace(hour=13)), "nl", LATER, None))
    assert set(first) == set(moved)
    assert not set(first) & set(events(make(planned(course=2), "nl", NOW, None)))
    assert not set(first) & set(events(make(planned(number="SYN-0002"), "nl", NOW, None)))
    assert not set(first) & set(events(make(planned(), "nl", NOW, None, key=b"of the hospital")))
    for uid in first:
        assert len(uid) <= 75
        assert "SYN" not in uid
        assert "noor" not in uid.casefold()


def test_family_and_staff_cannot_be_linked_by_uid():
    assert not set(events(family_calendar(planned(), "nl", NOW, None))) & set(
        events(staff_calendar(planned(), "nl", NOW, None))
    )


@BOTH
def test_3_8_7_4_nothing_changed_gives_the_same_file(make):
    first = make(planned(), "nl", NOW, None)
    assert make(planned(), "nl", LATER, first) == first


@BOTH
def test_3_8_7_4_what_moved_gets_the_next_sequence_and_a_new_stamp(make):
    first = make(planned(), "nl", NOW, None)
    second = make(planned(start=FRIDAY.replace(hour=13)), "nl", LATER, first)
    third = make(planned(), "nl", LATER + timedelta(days=1), second)
    before, after, again = events(first), events(second), events(third)
    assert any(after[uid].start != before[uid].start for uid in before)
    for uid, event in before.items():
        changed = after[uid].start != event.start
        assert event["SEQUENCE"] == 0
        if changed:
            assert after[uid]["SEQUENCE"] == 1
            assert again[uid]["SEQUENCE"] == 2
            assert after[uid]["DTSTAMP"].dt == LATER.astimezone(UTC)


@BOTH
def test_3_8_1_11_what_is_no_longer_planned_stays_cancelled(make):
    ten = make(planned(kind="syringes"), "nl", NOW, None)
    two = make(planned(), "nl", LATER, ten)
    gone = set(events(ten)) - set(events(make(planned(), "nl", NOW, None)))
    assert gone
    for uid in gone:
        event = events(two)[uid]
        assert event["STATUS"] == "CANCELLED"
        assert event["SEQUENCE"] == 1
        assert not event.subcomponents
    still = make(planned(), "nl", LATER + timedelta(days=1), two)
    assert still == two
    back = events(make(planned(kind="syringes"), "nl", LATER + timedelta(days=2), still))
    for uid in gone:
        assert back[uid]["STATUS"] == "CONFIRMED"
        assert back[uid]["SEQUENCE"] == 2


@BOTH
@pytest.mark.parametrize("previous", [b"", b"no calendar", b"BEGIN:VEVENT\r\nEND:VEVENT\r\n", b"\xff\xfe"])
def test_what_is_no_calendar_is_refused(make, previous):
    with pytest.raises(Refused) as refused:
        make(planned(), "nl", NOW, previous)
    assert refused.value.refusals[0].code == "calendar.unreadable"


@pytest.mark.parametrize("language", ["nl", "en"])
@pytest.mark.parametrize("shape", SHAPES, ids=str)
def test_the_family_calendar_says_nothing_to_a_stranger(shape, language):
    file = family_calendar(planned(**shape), language, NOW, None).replace(b"\r\n ", b"").decode()
    for word in SILENT:
        assert word not in file.casefold(), word


def test_the_family_is_reminded_the_evening_before():
    for event in events(family_calendar(planned(start=CLOCK_CHANGE), "nl", NOW, None)).values():
        (alarm,) = event.walk("VALARM")
        at = alarm["TRIGGER"].dt.astimezone(event.start.tzinfo)
        assert at.time() == time(19)
        assert event.start.date() - at.date() == timedelta(days=1)


def test_staff_see_window_container_dose_rate_batch_and_reasons():
    found = by_title(staff_calendar(planned(), "en", NOW, None))
    event = found["Change, cassette 2 of 2 - Noor de Vries (synthetic) (SYN-0001)"]
    for words in ("Possible from", "35.50 mg in 250 mL", "2 mL/h", "SYN-0001-C1-2", "earliest:", "latest:",
                  "finish before", "an estimate"):  # fmt: skip
        assert words in event["DESCRIPTION"], words
    assert "Make, cassette 1 of 2 - Noor de Vries (synthetic) (SYN-0001)" in found
    off = found["Disconnect, cassette 2 of 2 - Noor de Vries (synthetic) (SYN-0001)"]
    assert "Voorbeeldstraat 12" in off["LOCATION"]


def test_both_languages_differ():
    for shape in ({}, {"protocol": SHORT}):
        assert not set(by_title(family_calendar(planned(**shape), "nl", NOW, None))) & set(
            by_title(family_calendar(planned(**shape), "en", NOW, None))
        )


@BOTH
@pytest.mark.parametrize(
    "name",
    ["a;b,c\\n d", 'x" y : z', "BEGIN:VEVENT", "é" * 100, "🎒" * 60, "e\u0301" * 60, "אברהם, محمد; כהן", "\\;\\,"],
)
def test_a_hostile_name_survives(make, name):
    course = planned(name=name)
    file = make(course, "en", NOW, None)
    assert all(len(line) <= 75 for line in file.split(b"\r\n"))
    assert course.order.patient.name in str(Calendar.from_ical(file)["NAME"])
    assert len(events(file)) == len(events(make(planned(), "en", NOW, None)))
    assert make(course, "en", LATER, file) == file


@pytest.mark.property
@settings(max_examples=30)
@given(st.text(SIGNS, min_size=1, max_size=120).filter(lambda name: name.strip()))
def test_any_name_survives_a_round_trip(name):
    course = planned.__wrapped__(name=name)
    file = staff_calendar(course, "nl", NOW, None)
    assert all(len(line) <= 75 for line in file.split(b"\r\n"))
    for event in events(file).values():
        assert course.order.patient.name in str(event["SUMMARY"])
    assert staff_calendar(course, "nl", LATER, file) == file
