"""A course as a record for comparing: nights, trips, hours, grades and doses, counted out of what was signed."""

from datetime import date, timedelta

import pytest
from chart.story import START, Story, enrolled

from ransel.chart.course_record import course_record
from ransel.chart.records import care, prescribing
from ransel.followup.worst import WorstGrade
from ransel.infusion import account, read_plan
from ransel.planning import Agenda
from ransel.protocols import Library
from ransel.pump.course_run import BY_HAND, Circumstances, run_course
from ransel.quantities import Rate, Temperature

BORN = date(2022, 9, 14)
AGENDA = Agenda(Library(None).site)
UNTIL_CONNECTED = (
    Story.ordered,
    Story.cleared,
    lambda one: one.made(1),
    lambda one: one.handed_over(1),
    Story.connected,
)


def told(*steps):
    story = enrolled()
    for step in steps:
        step(story)
    return story


def record_of(story, ledger=None, course=1):
    state = story.treatment.course(course)
    return course_record(
        story.treatment, state, child="pseudonym", born=BORN, agenda=AGENDA, now=story.now, ledger=ledger
    )


@pytest.fixture(name="whole", scope="module")
def whole_():
    return record_of(told(Story.whole_course))


def test_a_course_that_was_never_connected_has_no_record():
    assert record_of(told(Story.ordered)) is None


def test_a_whole_course_is_counted(whole):
    assert (whole.outcome, whole.regimen, whole.protocol) == (
        "finished", "dinutuximab-beta-10x24h", "dinutuximab-beta-10x24h-maxima",
    )  # fmt: skip
    assert (whole.age_years, whole.weight_band_kg, whole.bsa_m2, whole.ordered_mg) == (4, "15-20", 0.7, 70.0)
    assert (whole.planned_hours, whole.last_day, whole.ctcae) == (240.0, 11, "5.0")
    assert (whole.interruptions, whole.rate_changes, whole.discarded_makings) == (0, 0, 0)
    assert (whole.school_days, whole.given_percent, whole.given_mg) == (None, None, None)


def test_nights_are_midnights_in_the_hospital_and_trips_are_days_on_which_the_child_came(whole):
    """One night after connecting, then at home; it came for the visit before, for connecting and for the change."""
    assert whole.nights_in_hospital == 1
    assert whole.trips == 3
    assert whole.hours_at_home == pytest.approx(240 - 24, abs=3)


def test_seeing_the_child_on_the_day_of_connecting_is_no_trip_of_its_own():
    story = told(Story.ordered, Story.cleared, lambda one: one.made(1), lambda one: one.handed_over(1))
    seen = prescribing.VisitBeforeCourse(course=1, found="still well", central_line_works=True)
    story.sign("doctor", seen)
    assert AGENDA.local(story.now).date() == AGENDA.local(START).date()
    story.connected()
    assert record_of(story).trips == 2  # the visit days before, and this day


def test_coming_back_is_a_trip_an_unplanned_contact_and_more_nights():
    story = told(*UNTIL_CONNECTED, Story.at_home)
    story.now += timedelta(hours=20)
    story.sign("ward", care.Readmitted(course=1), reason="fever")
    story.now += timedelta(hours=48)
    found = record_of(story)
    assert (found.outcome, found.unplanned_contacts, found.trips) == ("running", 1, 3)
    assert found.nights_in_hospital == 1 + 2
    assert found.hours_at_home == 20.0


def test_at_home_nobody_who_comes_there_makes_it_a_trip(whole):
    story = told(*UNTIL_CONNECTED, Story.at_home, Story.second_go, lambda one: one.made(2), Story.home_care)
    assert record_of(story).trips == whole.trips - 1  # without the change; taking off at home adds nothing


def test_what_was_there_before_the_course_is_not_counted_and_what_nobody_looked_at_has_no_grade():
    story = told(Story.ordered, Story.cleared, lambda one: one.made(1), lambda one: one.handed_over(1))
    before = care.SideEffect(term="Cough", grade=2)
    story.sign("ward", care.Observed(course=1, baseline=True, side_effects=(before,)))
    story.connected()
    effects = (care.SideEffect(term="Pain", grade=2), care.SideEffect(term="something typed", grade=1))
    story.sign("ward", care.Observed(course=1, side_effects=effects, temperature=Temperature("38.6 °C"), pain=5))
    found = record_of(story)
    assert found.grades == {"fever": WorstGrade(1), "other": WorstGrade(1), "pain": WorstGrade(2)}


def test_who_went_through_the_list_has_said_what_was_not_there():
    story = told(*UNTIL_CONNECTED)
    story.sign("ward", care.Observed(course=1, looked_for="2026.1"))
    found = record_of(story).grades
    assert found["cough"] == WorstGrade(0)
    assert "anemia" not in found


def test_standing_still_and_another_rate_are_counted_as_they_were_signed():
    story = told(*UNTIL_CONNECTED)
    story.now += timedelta(hours=2)
    story.sign("ward", care.Interrupted(course=1, cause="side-effect"))
    story.now += timedelta(minutes=90)
    story.sign("ward", care.Resumed(course=1, rate=Rate("2 mL/h")))
    story.now += timedelta(hours=1)
    halved = prescribing.RateChanged(course=1, modification="any-grade-1-2", rate=Rate("1 mL/h"))
    story.sign("doctor", halved, reason="pain")
    found = record_of(story)
    assert (found.interruptions, found.hours_stood_still, found.rate_changes) == (1, 1.5, 1)
    assert found.hours_run == 3.0


def test_a_course_that_was_stopped_is_stopped():
    story = told(*UNTIL_CONNECTED)
    stopped = prescribing.CourseStopped(course=1, modification="hypersensitivity-grade-3", for_good=False)
    story.sign("doctor", stopped, reason="rash")
    assert record_of(story).outcome == "stopped"


def test_with_an_account_of_the_pump_it_is_known_what_was_given():
    story = told(Story.whole_course)
    plan, events = read_plan(story.treatment.course(1).document), []
    run_course(plan, Circumstances(), events.append)
    ledger = account(plan, [one for one in events if one.pump != BY_HAND], story.now)
    found = record_of(story, ledger)
    assert found.given_percent.low <= found.given_percent.exact <= found.given_percent.high
    assert found.given_percent.exact == pytest.approx(98, abs=2.5)
    assert found.given_mg in {65.0, 70.0}
    assert (found.interruptions, found.hours_stood_still) == (0, 0.0)  # the change belongs to it
    assert 237 < found.hours_run <= 240


def test_nothing_of_a_record_says_who_or_when(whole):
    text = repr(whole)
    for private in ("Noor", "SYN-0001", "T-0001", "p-ward", "2027", "2022", "maxima/ward"):
        assert private not in text
