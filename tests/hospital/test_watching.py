"""Watching visits: what nobody arranged or signed, which cassette runs out; who is called, and whose turn it is."""

from datetime import UTC, datetime, timedelta

import pytest
from chart.story import START, Story
from hospital.wards import client_of, clock_at, person_of, story_until, treatment_with_everything

PLANNED = datetime(2027, 2, 15, 13, 0, tzinfo=UTC)
HOUR, MINUTE = timedelta(hours=1), timedelta(minutes=1)
pytestmark = pytest.mark.usefixtures("django_ready")


def treatment(phase="running"):
    from ransel.store.models import TreatmentRow

    return TreatmentRow(treatment="t-1", version=1, child="c-1", centre="maxima", course=1, course_phase=phase)


def visit(**changes):
    from ransel.store.models import VisitRow

    told = {"treatment": "t-1", "course": 1, "kind": "disconnect", "container": 2, "place": "home", "earliest": PLANNED,
            "planned": PLANNED, "latest": PLANNED + 4 * HOUR, "organisation": "thuiszorg", "nurse": "p-home",
            "substitute": "p-stand-in"}  # fmt: skip
    return VisitRow(**(told | changes))


def container(phase="connected", number=2, ends=PLANNED + 20 * HOUR):
    from ransel.store.models import ContainerRow

    return ContainerRow(treatment="t-1", course=1, container=number, making=1, phase=phase, planned=START,
                        latest=START, finish_before=ends)  # fmt: skip


def found(now, *, phase="running", visits=(), containers=(), no_shows=None):
    from ransel.hospital.watching import watch

    return watch([treatment(phase)], visits, containers, no_shows or {}, now)


def one(*arguments, **changes):
    (escalation,) = found(*arguments, **changes)
    return escalation


def test_a_visit_that_is_in_good_hands_and_not_due_is_left_in_peace():
    assert found(PLANNED - HOUR, visits=[visit()], containers=[container()]) == ()


def test_a_visit_at_home_that_nobody_was_asked_for_is_the_coordinators():
    nobody = visit(organisation="", nurse="", substitute="")
    assert found(PLANNED - 73 * HOUR, visits=[nobody], containers=[container()]) == ()
    told = one(PLANNED - 72 * HOUR, visits=[nobody], containers=[container()])
    assert (told.cause, told.level, told.calls[0]) == ("not-asked", "arrange", "coordinator")
    assert told.limit == PLANNED + 20 * HOUR


def test_an_order_that_was_not_accepted_two_days_before_goes_back_to_the_organisation_and_then_to_day_care():
    asked = visit(nurse="", substitute="")
    assert found(PLANNED - 49 * HOUR, visits=[asked]) == ()
    told = one(PLANNED - 48 * HOUR, visits=[asked])
    assert (told.cause, told.level, told.calls, told.turn) == (
        "not-accepted", "arrange", ("organisation", "day-care", "doctor"), 0
    )  # fmt: skip
    assert one(PLANNED - 43 * HOUR, visits=[asked]).turn == 1


def test_half_an_hour_after_the_planned_time_without_a_signature_the_nurse_is_called_then_the_next_each_quarter():
    due = {"visits": [visit()], "containers": [container()]}
    assert found(PLANNED + 29 * MINUTE, **due) == ()
    told = one(PLANNED + 30 * MINUTE, **due)
    assert (told.cause, told.level) == ("unsigned", "call")
    assert told.calls == ("nurse", "substitute", "day-care", "doctor")
    turns = [one(PLANNED + (30 + late) * MINUTE, **due).turn for late in (0, 14, 15, 30, 45, 600)]
    assert turns == [0, 0, 1, 2, 3, 3]


def test_a_cassette_that_must_be_empty_within_two_hours_is_the_most_urgent_whatever_else_is_wrong():
    late = {"visits": [visit(planned=PLANNED - 3 * HOUR)], "no_shows": {("t-1", 1, "disconnect"): PLANNED}}
    told = one(PLANNED, containers=[container(ends=PLANNED + 119 * MINUTE)], **late)
    assert (told.cause, told.level, told.limit) == ("clock", "now", PLANNED + 119 * MINUTE)
    assert one(PLANNED, containers=[container(ends=PLANNED + 121 * MINUTE)], **late).cause == "no-show"


def test_the_clock_is_watched_even_where_no_visit_is_left_because_the_course_was_stopped():
    change = visit(kind="change", container=2, place="day-care")
    told = one(PLANNED, phase="stopped", visits=[change, visit()], containers=[container(number=1, ends=PLANNED)])
    assert (told.cause, told.visit, told.container, told.planned) == ("clock", "disconnect", 1, None)


def test_a_no_show_asks_for_another_person_until_the_visit_is_moved():
    no_shows = {("t-1", 1, "disconnect"): PLANNED - 20 * MINUTE}
    told = one(PLANNED, visits=[visit()], containers=[container()], no_shows=no_shows)
    assert (told.cause, told.level) == ("no-show", "call")
    moved = visit(planned=PLANNED + 2 * HOUR)
    assert found(PLANNED, visits=[moved], containers=[container()], no_shows=no_shows) == ()


def test_a_change_in_hospital_is_looked_for_at_the_family_first():
    change = visit(kind="change", place="day-care", organisation="", nurse="", substitute="")
    told = one(PLANNED + HOUR, visits=[change], containers=[container(number=1)])
    assert (told.cause, told.calls) == ("unsigned", ("family", "day-care", "doctor"))
    assert told.limit == PLANNED + 20 * HOUR


@pytest.mark.parametrize("phase", ["ordered", "ended", "cancelled", "refused"])
def test_a_course_of_which_nothing_is_at_the_child_is_not_watched(phase):
    assert found(PLANNED + 9 * HOUR, phase=phase, visits=[visit(nurse="")]) == ()


def test_what_is_done_and_what_is_of_an_earlier_course_is_not_watched():
    done = visit(done_at=PLANNED)
    earlier = visit(course=2)
    assert found(PLANNED + 9 * HOUR, visits=[done, earlier]) == ()


def test_the_most_urgent_stands_first():
    from ransel.hospital.watching import watch

    rows = [treatment(), treatment()]
    rows[1].treatment = "t-2"
    asked = visit(treatment="t-2", nurse="", planned=PLANNED + 40 * HOUR)
    told = watch(rows, [asked, visit()], [container(ends=PLANNED)], {}, PLANNED)
    assert [one.level for one in told] == ["now", "arrange"]


# -- on pages


@pytest.mark.usefixtures("hospital_db")
def test_names_and_numbers_are_those_of_people_and_organisations_and_only_own_children_are_told():
    from ransel.hospital.watching import escalations_of
    from ransel.store.models import Organisation

    treatment_with_everything()
    Organisation.objects.filter(code="thuiszorg").update(telephone="+31 6 0000 0010")
    late = START + timedelta(hours=241)
    told = escalations_of(person_of("coordinator"), late)
    change, disconnect = sorted(told, key=lambda one: one.escalation.visit)
    assert change.escalation.cause == "clock"
    assert [call.name for call in disconnect.calls][:2] == ["p-home (synthetic)", "p-stand-in"]
    assert disconnect.calls[0].telephone == "+31 6 0000 0010"
    assert len(escalations_of(person_of("home"), late)) == 2
    from hospital.wards import OTHER, person

    assert escalations_of(person("p-elsewhere", "coordinator", OTHER), late) == ()


@pytest.mark.usefixtures("hospital_db")
def test_a_no_show_that_was_signed_is_told_on_the_board_and_in_the_list_of_home_care(monkeypatch):
    from ransel.chart.records.care import NoShow

    story = story_until(
        Story.ordered, Story.cleared, lambda one: one.made(1), lambda one: one.handed_over(1), Story.connected,
        Story.at_home, Story.second_go, lambda one: one.made(2), Story.home_care, Story.changed,
    )  # fmt: skip
    story.now = START + timedelta(hours=240, minutes=10)
    story.sign("home", NoShow(course=1, visit="disconnect", told="the ward"), reason="nobody opened")
    from hospital.wards import keep

    keep(story)
    clock_at(monkeypatch, story.now + 5 * MINUTE)
    for who, page in (("home", "/home-care/"), ("coordinator", "/board/")):
        shown = client_of(who).get(page).content.decode()
        assert "Er kwam niemand, of er deed niemand open" in shown
        assert "Ransel verstuurt zelf geen berichten" in shown
