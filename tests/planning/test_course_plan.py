"""The chain of visits of one course."""

from __future__ import annotations

from datetime import timedelta

import pytest

from ransel.language import Refused
from ransel.protocols import Library
from ransel.quantities import Duration


def kinds(course) -> list[tuple[str, int]]:
    return [(visit.kind, visit.container) for visit in course.plan.visits]


def test_the_chain_is_go_connect_go_change_disconnect_next_course(plan):
    assert kinds(plan("2027-02-05T14:00")) == [
        ("go", 1), ("connect", 1), ("go", 2), ("change", 2), ("disconnect", 2), ("next-course", 0),
    ]  # fmt: skip


def test_the_fifth_course_has_no_next_one(plan):
    assert ("next-course", 0) not in kinds(plan("2027-02-05T14:00", course=5))


@pytest.mark.hazard("HZ-011")
def test_a_later_cassette_is_made_only_after_a_look_at_toxicity_and_a_go(plan):
    course = plan("2027-02-05T14:00")
    look = next(visit for visit in course.plan.visits if visit.kind == "go" and visit.container == 2)
    made = course.plan.preparations[1]
    assert look.planned < made.planned
    assert look.latest <= made.planned


@pytest.mark.hazard("HZ-010")
def test_the_change_comes_before_the_first_cassette_can_be_empty(plan):
    course = plan("2027-02-05T14:00")
    change = next(visit for visit in course.plan.visits if visit.kind == "change")
    empty = course.plan.start + course.plan.delivery.dry[0].earliest.timedelta
    margin = course.order.protocol.handling.change_margin.value.timedelta
    assert change.planned <= change.latest <= empty - margin + timedelta(seconds=1)


def test_every_visit_gives_the_reasons_of_its_window_in_both_languages(plan):
    for visit in plan("2027-02-05T14:00").plan.visits:
        assert visit.reasons
        for reason in visit.reasons:
            assert reason.text("en") != reason.text("nl")


def test_the_old_regimen_connects_and_disconnects_five_times_on_five_days_running(agenda, plan):
    course = plan("2027-02-08T09:00", "dinutuximab-beta-5x8h")
    connects = [visit.planned for visit in course.plan.visits if visit.kind == "connect"]
    disconnects = [visit.planned for visit in course.plan.visits if visit.kind == "disconnect"]
    assert [agenda.local(at).strftime("%a %H:%M") for at in connects] == [
        f"{day} 09:00" for day in ("Mon", "Tue", "Wed", "Thu", "Fri")
    ]
    assert [end - begin for begin, end in zip(connects, disconnects, strict=True)] == [timedelta(hours=8)] * 5


@pytest.mark.hazard("HZ-015")
def test_the_old_regimen_keeps_its_hour_of_the_day_over_the_clock_change(agenda, plan):
    course = plan("2027-03-26T09:00", "dinutuximab-beta-5x8h")
    connects = [visit.planned for visit in course.plan.visits if visit.kind == "connect"]
    assert {agenda.local(at).strftime("%H:%M") for at in connects} == {"09:00"}


def test_ten_syringes_are_changed_nine_times_each_before_it_can_be_empty(plan):
    course = plan("2027-02-05T14:00", kind="syringes")
    changes = [visit for visit in course.plan.visits if visit.kind == "change"]
    assert [visit.container for visit in changes] == list(range(2, 11))
    assert all(visit.planned <= visit.latest for visit in changes)


@pytest.mark.parametrize(
    ("protocol", "kind", "start"),
    [
        (name, kind, "2027-02-08T14:00" if "beta" not in name else "2027-02-05T14:00")
        for name in Library().ids()
        for kind in Library().protocol(name).containers.options
        if "dinutuximab" in name
    ],
)
def test_every_way_to_divide_a_dinutuximab_course_can_be_planned(plan, protocol, kind, start):
    assert plan(start, protocol, kind).plan.visits


@pytest.mark.parametrize(
    ("start", "words"),
    [
        ("2027-02-06T14:00", "closed"),
        ("2027-02-05T07:30", "open"),
        ("2027-02-05T17:00", "open"),
        ("2027-02-01T14:00", "Sat 6 Feb"),
    ],
)
def test_a_start_that_cannot_be_says_in_words_what_stands_in_its_way(plan, start, words):
    with pytest.raises(Refused) as refused:
        plan(start)
    assert words in str(refused.value)


def test_a_step_that_should_have_happened_already_gives_a_notice(agenda, library):
    from datetime import datetime

    from planning.conftest import child

    from ransel.planning import plan_whole_course

    start = datetime(2027, 2, 5, 14, tzinfo=agenda.zone)
    course = plan_whole_course(
        child(start.date()), library.protocol("dinutuximab-beta-10x24h"), agenda,
        course=1, now=start - timedelta(minutes=30), start=start,
    )  # fmt: skip
    assert [one.code for one in course.plan.notices if one.code == "plan.overdue"] == ["plan.overdue"] * 2


def test_the_slack_on_a_clock_is_what_remains_between_the_end_and_the_finish_before(plan):
    for made in plan("2027-02-05T14:00").plan.preparations:
        assert made.clock.slack(made.used_until) == Duration.between(made.used_until, made.finish_before)
        assert made.clock.slack(made.used_until).magnitude > 0


def visit_of(course, kind, container):
    return next(visit for visit in course.plan.visits if (visit.kind, visit.container) == (kind, container))


@pytest.mark.hazard("HZ-010")
@pytest.mark.parametrize("start", ["2027-02-05T14:00", "2027-02-05T13:00", "2027-03-19T13:00"])
def test_connecting_at_either_end_of_its_window_still_lets_the_planned_change_come_in_time(plan, start):
    course = plan(start)
    connect, change = visit_of(course, "connect", 1), visit_of(course, "change", 2)
    longest = course.plan.delivery.dry[0].earliest - course.order.protocol.handling.change_margin.value
    assert change.planned - connect.earliest <= longest.timedelta
    assert connect.earliest <= connect.planned == connect.latest


@pytest.mark.parametrize(
    ("protocol", "start"), [("dinutuximab-beta-5x8h", "2027-02-08T09:00"), (None, "2027-02-05T14:00")]
)
def test_a_pump_is_not_taken_off_before_its_time_when_someone_can_come(plan, protocol, start):
    course = plan(start, protocol) if protocol else plan(start)
    for made in course.plan.preparations:
        for visit in course.plan.visits:
            if (visit.kind, visit.container) == ("disconnect", made.container.index):
                assert visit.earliest == visit.planned == made.used_until


@pytest.mark.hazard("HZ-011")
def test_every_container_after_the_first_has_a_look_and_a_go_before_it_is_made(plan):
    for course in (plan("2027-02-08T09:00", "dinutuximab-beta-5x8h"), plan("2027-02-05T14:00", kind="syringes")):
        for made in course.plan.preparations[1:]:
            look = visit_of(course, "go", made.container.index)
            assert course.plan.start <= look.earliest
            assert look.planned < made.planned


@pytest.mark.hazard("HZ-010")
def test_a_later_cassette_must_be_started_before_the_one_that_runs_can_be_empty(plan):
    course = plan("2027-02-05T14:00")
    assert course.plan.preparations[1].start_before == visit_of(course, "change", 2).latest


def test_visits_stand_in_the_order_of_time(plan):
    for course in (plan("2027-02-05T14:00"), plan("2027-02-05T14:00", kind="syringes")):
        moments = [visit.planned for visit in course.plan.visits]
        assert moments == sorted(moments)


def test_a_pump_that_is_empty_early_gives_too_little_or_gives_too_much_is_announced(plan):
    codes = {notice.code for notice in plan("2027-02-05T14:00").plan.notices}
    assert {"delivery.early", "delivery.exact-short", "delivery.short", "delivery.over"} <= codes


def test_a_start_that_has_passed_is_refused(agenda, library):
    from datetime import datetime

    from planning.conftest import child

    from ransel.planning import plan_whole_course

    start = datetime(2027, 2, 5, 14, tzinfo=agenda.zone)
    with pytest.raises(Refused) as refused:
        plan_whole_course(
            child(start.date()), library.protocol("dinutuximab-beta-10x24h"), agenda,
            course=1, now=start + timedelta(minutes=30), start=start,
        )  # fmt: skip
    assert [one.code for one in refused.value.refusals] == ["plan.start-passed"]


def test_the_lower_rate_is_the_highest_setting_at_which_a_fast_pump_lasts_its_half(plan):
    row = next(row for row in plan("2027-02-05T14:00").plan.alternatives if row.name == "lower-rate")
    assert row.way.rate.text() == "1.9 mL/h"
    assert row.way.first_empty(row.delivery.error) >= Duration("120.5 h")
