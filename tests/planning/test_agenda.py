"""Opening hours, weekends, holidays and the wall clock."""

from __future__ import annotations

from datetime import UTC, date, datetime, time

from ransel.quantities import Duration


def test_a_place_is_open_from_its_opening_until_just_before_it_closes(agenda):
    friday = date(2027, 2, 5)
    assert agenda.is_open("day-care", agenda.at(friday, time(8, 0)))
    assert agenda.is_open("day-care", agenda.at(friday, time(16, 59)))
    assert not agenda.is_open("day-care", agenda.at(friday, time(17, 0)))
    assert not agenda.is_open("day-care", agenda.at(friday, time(7, 59)))


def test_day_care_is_closed_on_saturday_and_says_so(agenda):
    saturday = agenda.at(date(2027, 2, 6), time(10))
    assert not agenda.is_open("day-care", saturday)
    assert agenda.why_closed("day-care", saturday).text("en") == "day care is closed on Sat 6 Feb"
    assert agenda.why_closed("day-care", saturday).text("nl") == "dagbehandeling is dicht op za 6 feb"


def test_a_dutch_holiday_closes_day_care_but_not_home_care(agenda):
    easter_monday = agenda.at(date(2027, 3, 29), time(14))
    assert not agenda.is_open("day-care", easter_monday)
    assert agenda.is_open("home", easter_monday)
    assert "Easter Monday" in agenda.why_closed("day-care", easter_monday).text("en")


def test_slots_lie_on_the_half_hour_of_the_wall_clock(agenda):
    slots = list(
        agenda.slots("day-care", agenda.at(date(2027, 2, 5), time(8, 10)), agenda.at(date(2027, 2, 5), time(10)))
    )
    assert [agenda.local(slot).strftime("%H:%M") for slot in slots] == ["08:30", "09:00", "09:30", "10:00"]


def test_no_slot_begins_at_closing_time(agenda):
    slots = list(agenda.slots("day-care", agenda.at(date(2027, 2, 5), time(16)), agenda.at(date(2027, 2, 6), time(0))))
    assert [agenda.local(slot).strftime("%H:%M") for slot in slots] == ["16:00", "16:30"]


def test_a_ward_that_never_closes_has_every_half_hour_of_a_day_with_a_clock_change(agenda):
    spring = list(
        agenda.slots("ward", agenda.at(date(2027, 3, 28), time(0)), agenda.at(date(2027, 3, 28), time(23, 59)))
    )
    autumn = list(
        agenda.slots("ward", agenda.at(date(2027, 10, 31), time(0)), agenda.at(date(2027, 10, 31), time(23, 59)))
    )
    assert len(spring) == 46  # 02:00 and 02:30 do not exist, and are not planned
    assert len(set(autumn)) == 48  # 02:00 and 02:30 happen twice and are planned once


def test_full_cover_counts_the_hours_of_the_whole_team_and_no_others(agenda):
    friday_noon = agenda.at(date(2027, 2, 5), time(12))
    assert agenda.covered(friday_noon, Duration("48 h")) == Duration("6 h")
    monday_noon = agenda.at(date(2027, 2, 8), time(12))
    assert agenda.covered(monday_noon, Duration("48 h")) == Duration("20 h")


def test_instants_come_out_in_utc(agenda):
    assert agenda.at(date(2027, 7, 1), time(10)) == datetime(2027, 7, 1, 8, tzinfo=UTC)


def test_a_holiday_that_the_hospital_works_is_a_day_like_any_other(agenda):
    good_friday = agenda.at(date(2027, 3, 26), time(10))
    assert agenda.holiday_name(date(2027, 3, 26)) == "Good Friday"
    assert agenda.is_open("day-care", good_friday)
    assert not agenda.is_free_day(good_friday)


def test_a_holiday_has_its_name_in_the_language_of_the_reader(agenda):
    easter_monday = agenda.at(date(2027, 3, 29), time(10))
    assert "Easter Monday" in agenda.why_closed("day-care", easter_monday).text("en")
    assert "paasdag" in agenda.why_closed("day-care", easter_monday).text("nl").lower()
