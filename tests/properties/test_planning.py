"""No plan ever breaks a hard window, whatever the start: over clock changes, New Year and holidays."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st
from planning.conftest import LIBRARY, child

from ransel.language import Refused
from ransel.planning import Agenda, plan_whole_course
from ransel.quantities import Duration

AGENDA = Agenda(LIBRARY.site)
PROTOCOLS = {name: LIBRARY.protocol(name) for name in LIBRARY.ids() if name.startswith("dinutuximab")}
WAYS = [(name, kind) for name, protocol in PROTOCOLS.items() for kind in protocol.containers.options]

# around the clock changes, New Year, Easter and Christmas, and anywhere else
EDGES = [
    date(2026, 12, 28),
    date(2027, 3, 22),
    date(2027, 10, 25),
    date(2028, 2, 25),
    date(2028, 3, 20),
    date(2029, 12, 27),
]
DAYS = st.one_of(
    st.builds(lambda day, off: day + timedelta(days=off), st.sampled_from(EDGES), st.integers(-12, 8)),
    st.dates(date(2026, 11, 1), date(2030, 12, 31)),
)


def plan_or_none(way, day, minute):
    name, kind = way
    start = datetime.combine(day, datetime.min.time(), AGENDA.zone).astimezone(UTC) + timedelta(minutes=minute)
    try:
        return plan_whole_course(
            child(day - timedelta(days=3)), PROTOCOLS[name], AGENDA,
            course=1, now=start - timedelta(days=4), start=start, kind=kind,
        )  # fmt: skip
    except Refused:
        return None


@pytest.mark.property
@pytest.mark.hazard("HZ-015")
@given(st.sampled_from(WAYS), DAYS, st.integers(8 * 60, 17 * 60))
def test_every_planned_visit_lies_in_its_window_at_an_open_place(way, day, minute):
    course = plan_or_none(way, day, minute)
    if course is None:
        return
    for visit in course.plan.visits:
        assert visit.earliest <= visit.planned
        assert visit.latest is None or visit.planned <= visit.latest
        assert AGENDA.is_open(visit.place, visit.planned)


@pytest.mark.property
@pytest.mark.hazard("HZ-009")
@pytest.mark.hazard("HZ-010")
@given(st.sampled_from(WAYS), DAYS, st.integers(8 * 60, 17 * 60))
def test_no_container_is_used_beyond_its_clocks_or_runs_dry_before_its_change(way, day, minute):
    course = plan_or_none(way, day, minute)
    if course is None:
        return
    takes = AGENDA.site.pharmacy.preparation_takes.value.timedelta
    for made in course.plan.preparations:
        stability = made.clock.stability
        leaves = made.clock.out_of_fridge
        assert made.planned + takes <= leaves <= made.used_from
        assert leaves - made.clock.into_fridge <= stability.cold.value.timedelta
        assert leaves <= made.clock.cold_until.at
        assert made.used_from <= made.start_before
        assert made.used_until <= made.finish_before
        assert made.used_until - leaves <= stability.warm.value.timedelta
    pump = course.order.protocol.pumps[course.containers.option.pump]
    for made, following in zip(course.plan.preparations, course.plan.preparations[1:], strict=False):
        if made.container.infusion == following.container.infusion:
            usable = made.container.recipe.fill - pump.priming.value
            fastest = made.container.rate * (1 + pump.flow_error.value.magnitude)
            assert made.used_until - made.used_from < Duration(usable / fastest).timedelta


@pytest.mark.property
@pytest.mark.hazard("HZ-015")
@given(DAYS, st.integers(8 * 60, 17 * 60))
def test_a_ten_day_course_lasts_240_hours_whatever_the_wall_clock_does(day, minute):
    course = plan_or_none(("dinutuximab-beta-10x24h", "cassettes"), day, minute)
    if course is None or not AGENDA.is_open("home", course.plan.start + timedelta(hours=240)):
        return
    assert course.plan.end - course.plan.start == timedelta(hours=240)


@pytest.mark.property
@given(st.sampled_from(WAYS), DAYS, st.integers(8 * 60, 17 * 60))
def test_the_next_course_never_starts_before_the_protocol_allows(way, day, minute):
    course = plan_or_none(way, day, minute)
    if course is None:
        return
    after = course.order.protocol.course.next
    upcoming = next(visit for visit in course.plan.visits if visit.kind == "next-course")
    origin = course.plan.start if after.counted_from == "start" else course.plan.end
    days = (AGENDA.local(upcoming.planned).date() - AGENDA.local(origin).date()).days
    assert Duration(days, "day") >= after.at_least.value
    assert AGENDA.local(upcoming.planned).weekday() == AGENDA.local(course.plan.start).weekday()
