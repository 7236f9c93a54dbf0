"""What follows from the pump, the label and the calendar; each test reads as a sentence."""

from __future__ import annotations

from datetime import date, time, timedelta

import pytest
from planning.conftest import child

from ransel.evidence import assumed
from ransel.language import Refused
from ransel.planning import Agenda, plan_whole_course
from ransel.planning.delivery import empty_after
from ransel.quantities import Duration, Rate, Ratio, Volume

RATE = Rate("2 mL/h")
FULL, PRIMED = Volume("250 mL"), Volume("245 mL")
FAST, EXACT, SLOW = Ratio("6 %"), Ratio("0 %"), Ratio("-6 %")
WEEKDAYS = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")


def hours(duration: Duration) -> float:
    return round(float(duration.to("h")), 2)


def test_a_full_cassette_at_2_millilitres_an_hour_is_empty_between_117_92_and_132_98_hours():
    assert hours(empty_after(FULL, RATE, FAST)) == 117.92
    assert hours(empty_after(FULL, RATE, EXACT)) == 125.0
    assert hours(empty_after(FULL, RATE, SLOW)) == 132.98


def test_five_millilitres_lost_to_priming_make_it_empty_at_115_57_hours():
    assert hours(empty_after(PRIMED, RATE, FAST)) == 115.57


def test_an_exact_pump_needs_the_change_at_115_hours_or_later_to_last_240():
    assert Duration("240 h") - empty_after(FULL, RATE, EXACT) == Duration("115 h")


def test_an_exact_pump_after_priming_needs_the_change_at_117_5_hours_or_later():
    assert Duration("240 h") - empty_after(PRIMED, RATE, EXACT) == Duration("117.5 h")


def test_with_priming_no_change_time_is_safe_at_both_ends():
    latest = empty_after(PRIMED, RATE, FAST)
    earliest = Duration("240 h") - empty_after(PRIMED, RATE, EXACT)
    assert earliest > latest


def test_on_a_fast_pump_two_cassettes_cannot_last_240_hours():
    assert hours(empty_after(FULL, RATE, FAST) * 2) == 235.85


def test_on_a_slow_pump_120_hours_give_225_6_of_240_millilitres():
    assert Volume(RATE * (Ratio("100 %") + SLOW) * Duration("120 h")) == Volume("225.6 mL")


@pytest.mark.hazard("HZ-008")
def test_at_half_the_rate_a_cassette_would_run_longer_than_its_clock(library):
    stability = library.protocol("dinutuximab-beta-10x24h").stability["bag"]
    assert empty_after(FULL, Rate("1 mL/h"), EXACT) > stability.warm.value


def test_friday_is_the_only_weekday_that_keeps_connect_change_and_disconnect_off_the_weekend():
    free = [day for day in range(7) if all((day + days) % 7 < 5 for days in (0, 5, 10))]
    assert [WEEKDAYS[day] for day in free] == ["Fri"]


def test_a_change_by_115_6_hours_and_an_opening_at_half_past_eight_need_a_connect_after_about_12_54():
    opening, latest = timedelta(hours=8, minutes=30), timedelta(hours=115.6)
    connect = timedelta(days=5) + opening - latest
    assert connect == timedelta(hours=12, minutes=54)


def test_the_plan_agrees_half_past_twelve_is_too_early_and_one_o_clock_is_not(agenda, library):
    """With an opening at 08:30 and no margin, as in the sentence above."""
    protocol = without_margin(library.protocol("dinutuximab-beta-10x24h-maxima"))
    late_opening = opening_at(agenda, time(8, 30))
    with pytest.raises(Refused) as refused:
        planned(protocol, late_opening, time(12, 30))
    assert [refusal.field for refusal in refused.value.refusals] == ["change"]
    change = next(visit for visit in planned(protocol, late_opening, time(13)).plan.visits if visit.kind == "change")
    assert agenda.local(change.planned).strftime("%a %H:%M") == "Wed 08:30"


@pytest.mark.hazard("HZ-015")
def test_a_course_from_friday_19_march_2027_13_00_ends_on_easter_monday_at_14_00_by_the_wall_clock(agenda, plan):
    course = plan("2027-03-19T13:00")
    end = agenda.local(course.plan.end)
    assert end.isoformat() == "2027-03-29T14:00:00+02:00"
    assert agenda.holiday_name(end.date()) == "Easter Monday"
    assert Duration.between(course.plan.start, course.plan.end) == Duration("240 h")


@pytest.mark.parametrize("protocol", ["dinutuximab-beta-10x24h", "dinutuximab-beta-10x24h-maxima"])
def test_friday_starts_give_35_days_from_start_to_start_under_both_readings(agenda, plan, protocol):
    course = plan("2027-02-05T14:00", protocol)
    following = next(visit for visit in course.plan.visits if visit.kind == "next-course")
    days = (agenda.local(following.planned).date() - agenda.local(course.plan.start).date()).days
    assert days == 35


def test_three_weeks_from_the_end_would_allow_less_than_the_35_days_of_the_label_and_the_plan_says_so(plan):
    codes = {notice.code for notice in plan("2027-02-05T14:00").notices}
    assert "cycle.earliest-short" in codes
    assert "cycle.planned-short" not in codes


@pytest.mark.hazard("HZ-010")
def test_the_second_cassette_cannot_be_made_together_with_the_first(plan):
    first, second = plan("2027-02-05T14:00").plan.preparations
    assert second.earliest > first.latest


def test_a_lower_rate_with_the_dose_in_less_volume_never_runs_dry_before_the_end(plan):
    rows = {row.name: row for row in plan("2027-02-05T14:00").plan.alternatives}
    assert rows["lower-rate"].delivery.early == Duration("0 h")
    assert rows["lower-rate"].off_label
    assert rows["chosen"].delivery.early > Duration("0 h")


def test_two_cassettes_changed_in_time_give_at_most_104_2_percent_of_the_order(plan):
    row = next(row for row in plan("2027-02-05T14:00").plan.alternatives if row.name == "no-priming")
    most = Ratio(row.way.dose_in / row.way.fill)
    assert round(float((Ratio("100 %") / most).to("%")), 1) == 104.2
    assert row.delivery.high <= row.delivery.ordered * Ratio("104.17 %").magnitude


def planned(protocol, agenda, hour):
    """Plan a course that is connected on Friday 5 February 2027 at this hour."""
    start = agenda.at(date(2027, 2, 5), hour)
    return plan_whole_course(
        child(date(2027, 2, 1)), protocol, agenda, course=1, now=start - timedelta(days=4), start=start
    )


def without_margin(protocol):
    """The same protocol with nothing between the change and the first possible empty."""
    none = assumed(Duration("0 min"), "for this test")
    return protocol.model_copy(update={"handling": protocol.handling.model_copy(update={"change_margin": none})})


def opening_at(agenda: Agenda, opens: time) -> Agenda:
    site = agenda.site
    day_care = tuple(one.model_copy(update={"opens": opens}) for one in site.opening.value["day-care"])
    opening = assumed({**site.opening.value, "day-care": day_care}, "for this test")
    return Agenda(site.model_copy(update={"opening": opening}))
