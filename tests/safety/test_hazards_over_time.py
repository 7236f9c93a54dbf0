"""A course through clock changes, New Year and the hours in which a container can run dry."""

from datetime import date, datetime, time, timedelta
from itertools import pairwise

import pytest
from prescribing.cases import AT_HOME, SHELF, child

from ransel.planning import Agenda, plan_whole_course
from ransel.quantities import Duration, Ratio, Volume

AGENDA = Agenda(SHELF.site)
CLOCK_CHANGES = [date(2027, 3, 19), date(2027, 10, 22), date(2028, 3, 17), date(2028, 10, 20)]
NEW_YEAR = date(2026, 12, 24)
ORDINARY = date(2027, 2, 5)


def course(day, hour=time(14, 0), kind=""):
    """The whole course at home, connected on this day by the wall clock and ordered on the same day."""
    start = AGENDA.at(day, hour)
    patient = child(measured=day - timedelta(days=5), findings={})
    protocol = SHELF.protocol(AT_HOME)
    return plan_whole_course(
        patient, protocol, AGENDA, course=1, now=start - timedelta(hours=96), start=start, kind=kind
    )


def visit(planned, kind, container):
    return next(one for one in planned.plan.visits if (one.kind, one.container) == (kind, container))


@pytest.mark.hazard("HZ-015")
@pytest.mark.parametrize("day", CLOCK_CHANGES, ids=str)
def test_a_clock_change_moves_the_wall_clock_and_never_the_240_hours_the_volume_or_the_dose(day):
    changed, ordinary = course(day), course(ORDINARY)
    assert Duration.between(changed.plan.start, changed.plan.end) == Duration("240 h")
    assert sum((one.delivers for one in recipes(changed)), start=Volume("0 mL")) == Volume("480 mL")
    assert changed.plan.delivery.exact == ordinary.plan.delivery.exact
    local = AGENDA.local(changed.plan.end)
    shift = local.utcoffset() - AGENDA.local(changed.plan.start).utcoffset()
    assert local.time() == (datetime.combine(day, time(14, 0)) + shift).time()


@pytest.mark.hazard("HZ-015")
@pytest.mark.parametrize("day", CLOCK_CHANGES, ids=str)
def test_a_clock_change_gives_no_container_an_hour_more(day):
    for made in course(day).plan.preparations:
        lives = Duration.between(made.clock.out_of_fridge, made.finish_before)
        assert lives == Duration("168 h")
        assert made.used_until <= made.finish_before


@pytest.mark.hazard("HZ-016")
def test_a_course_over_new_year_lasts_240_hours_and_needs_nobody_at_a_closed_place():
    planned = course(NEW_YEAR)
    assert Duration.between(planned.plan.start, planned.plan.end) == Duration("240 h")
    assert planned.plan.end.year == 2027
    for one in planned.plan.visits:
        assert one.place == "home" or AGENDA.is_open(one.place, one.planned)


@pytest.mark.hazard("HZ-016")
def test_new_year_s_day_is_closed_in_each_year_that_a_course_touches():
    assert not AGENDA.is_open("day-care", AGENDA.at(date(2027, 1, 1), time(10, 0)))
    assert not AGENDA.is_open("day-care", AGENDA.at(date(2026, 12, 25), time(10, 0)))
    assert AGENDA.is_open("day-care", AGENDA.at(date(2026, 12, 31), time(10, 0)))


@pytest.mark.hazard("HZ-016")
def test_the_expiry_on_a_code_made_in_december_lies_in_the_new_year():
    planned = course(NEW_YEAR)
    assert planned.code(planned.plan.preparations[1]).element_string.startswith("(01)00400000000015(7003)2701")


@pytest.mark.hazard("HZ-010")
@pytest.mark.parametrize("day", [ORDINARY, *CLOCK_CHANGES], ids=str)
def test_the_change_comes_half_an_hour_or_more_before_a_fast_pump_empties_the_first_cassette(day):
    planned = course(day)
    first = planned.containers.containers[0]
    usable = first.recipe.fill - Volume("5 mL")
    fastest = Duration(usable / (first.rate * Ratio("106 %")))
    change = visit(planned, "change", 2)
    assert Duration.between(planned.plan.start, change.latest) <= fastest - Duration("29 min")
    assert change.planned <= change.latest


@pytest.mark.hazard("HZ-011")
def test_the_second_cassette_waits_for_a_look_at_side_effects_and_a_go():
    planned = course(ORDINARY)
    look, made = visit(planned, "go", 2), planned.plan.preparations[1]
    assert planned.plan.start < look.planned
    assert Duration.between(look.planned, made.planned) >= Duration("2 h")
    assert Duration.between(look.planned, visit(planned, "change", 2).planned) <= Duration("48 h")


@pytest.mark.hazard("HZ-025")
def test_containers_are_used_in_the_order_of_their_numbers():
    for kind in ("cassettes", "syringes"):
        made = course(ORDINARY, kind=kind).plan.preparations
        assert [one.container.index for one in made] == list(range(1, len(made) + 1))
        assert [one.used_from for one in made] == sorted(one.used_from for one in made)
        assert all(one.used_until == after.used_from for one, after in pairwise(made))


def recipes(planned):
    return [one.recipe for one in planned.containers.containers]
