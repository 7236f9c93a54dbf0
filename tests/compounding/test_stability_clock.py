"""The stability clock: what the fridge allows, what warmth allows, and that nothing sets it back."""

from dataclasses import replace
from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import pytest
from compounding.cases import MADE, SITE, clock, hours, plan, site_with
from prescribing.cases import LONG, SHELF, codes, refusals

from ransel.compounding import clock_of
from ransel.compounding.stability import is_confirmed_for
from ransel.quantities import Duration

WEEK, COLD, DAY = 168, 72, 24


# in the fridge


@pytest.mark.hazard("HZ-017")
def test_a_pharmacy_that_has_validated_its_storage_keeps_a_container_72_hours_in_the_fridge():
    limit = clock(into=1, validated=True).cold_until
    assert (limit.at, limit.reason.key) == (MADE + hours(1 + COLD), "clock.cold")


@pytest.mark.hazard("HZ-017")
def test_a_pharmacy_that_has_not_keeps_it_24_hours_counted_from_opening_the_vial():
    limit = clock(into=1).cold_until
    assert (limit.at, limit.reason.key) == (MADE + hours(DAY), "clock.microbiological")


@pytest.mark.hazard("HZ-017")
def test_a_container_that_left_the_fridge_at_the_last_moment_has_its_whole_warm_time():
    assert clock(into=0, out=COLD, validated=True).finish_before.at == MADE + hours(COLD + WEEK)


@pytest.mark.hazard("HZ-017")
@pytest.mark.parametrize(("validated", "most"), [(True, COLD), (False, DAY)])
def test_a_container_that_was_kept_cold_too_long_is_over_and_not_fresh(validated, most):
    last, late = (clock(into=0, out=most + minute / 60, validated=validated) for minute in (0, 1))
    assert last.finish_before.at == MADE + hours(most + WEEK)
    assert late.finish_before == late.cold_until
    assert late.start_before(Duration("1 h")).at < MADE + hours(most)


# warm


@pytest.mark.hazard("HZ-009")
def test_the_warm_clock_counts_from_leaving_the_fridge_and_not_from_connecting():
    out = clock(into=0, out=10)
    assert out.finish_before.at == MADE + hours(10 + WEEK)
    assert out.start_before(Duration("120 h")).at == MADE + hours(DAY)
    connected_later = replace(out, validated=True)
    assert connected_later.start_before(Duration("120 h")).at == MADE + hours(10 + WEEK - 120)


def test_the_warm_time_is_the_same_however_long_the_making_took():
    assert clock(into=3, out=10).finish_before.at == clock(into=0, out=10).finish_before.at


@pytest.mark.hazard("HZ-009")
def test_a_container_that_goes_back_into_the_fridge_stays_as_old_as_it_was():
    out = clock(into=1).leaves_fridge(MADE + hours(10))
    again = out.leaves_fridge(MADE + hours(20))
    assert again == out
    assert again.finish_before.at == MADE + hours(10 + WEEK)


def test_a_container_that_never_saw_a_fridge_is_warm_from_the_opening_of_the_vial():
    assert clock(into=None).finish_before.at == MADE + hours(WEEK)
    assert clock(into=None, validated=True).cold_until.at == MADE + hours(COLD)


def test_while_a_container_is_in_the_fridge_its_end_is_the_latest_it_can_become():
    in_fridge = clock(into=1, validated=True)
    latest = in_fridge.leaves_fridge(in_fridge.cold_until.at).finish_before.at
    assert in_fridge.finish_before.at == latest
    assert in_fridge.leaves_fridge(MADE + hours(30)).finish_before.at < latest


def test_a_syringe_has_48_hours_where_a_bag_has_seven_days():
    assert clock("syringe", into=0, out=10).finish_before.at == MADE + hours(10 + 48)


# running


@pytest.mark.hazard("HZ-009")
def test_a_pause_moves_the_end_and_never_the_clock():
    ticking = clock(into=0, out=10)
    ends = MADE + hours(12 + 120)
    assert ticking.slack(ends) == Duration("46 h")
    assert ticking.slack_after_pause(ends, Duration("5 h")) == Duration("41 h")
    assert ticking.slack_after_pause(ends, Duration("5 h")) == ticking.slack(ends + hours(5))


def test_slack_is_nothing_at_the_end_of_the_clock_and_negative_after_it():
    ticking = clock(into=0, out=10)
    assert ticking.slack(ticking.finish_before.at) == Duration("0 h")
    assert ticking.slack(ticking.finish_before.at + hours(1)) == Duration("-1 h")


def test_a_container_must_run_before_the_microbiological_limit_unless_storage_is_validated():
    short = Duration("24 h")
    assert clock(into=0, out=2).start_before(short).at == MADE + hours(DAY)
    assert clock(into=0, out=2, validated=True).start_before(short).at == MADE + hours(2 + WEEK - 24)


def test_a_run_that_only_just_fits_must_start_when_the_container_leaves_the_fridge():
    assert clock(into=0, out=2).start_before(Duration(WEEK, "h")).at == MADE + hours(2)


# history


@pytest.mark.parametrize(("into", "out"), [(-1, None), (5, 4), (None, 4)])
def test_a_history_that_runs_backwards_is_refused(into, out):
    assert codes(refusals(clock, into=into, out=out)) == ["clock.backwards"]


def test_everything_may_happen_at_the_same_moment():
    assert clock(into=0, out=0).finish_before.at == MADE + hours(WEEK)


@pytest.mark.hazard("HZ-015")
def test_the_night_of_the_clock_change_has_the_hours_that_really_pass():
    amsterdam = ZoneInfo("Europe/Amsterdam")
    made = datetime(2027, 10, 30, 14, 0, tzinfo=amsterdam).astimezone(UTC)
    end = clock(made=made, into=0, out=0).finish_before.at.astimezone(amsterdam)
    assert (end.day, end.hour, end.tzname()) == (6, 13, "CET")


def test_the_clock_of_a_planned_container_goes_into_the_fridge_when_it_is_released():
    container, protocol = plan().containers[0], SHELF.protocol(LONG)
    ticking = clock_of(container, protocol, SITE, made=MADE, out_of_fridge=None)
    assert (ticking.into_fridge, ticking.validated) == (MADE + hours(1), False)
    trusted = clock_of(
        container, protocol, site_with(aseptic_storage_validated=True), made=MADE, out_of_fridge=MADE + hours(9)
    )
    assert (trusted.out_of_fridge, trusted.validated) == (MADE + hours(9), True)


@pytest.mark.hazard("HZ-028")
def test_stability_read_for_a_bag_is_not_confirmed_for_a_cassette():
    protocol = SHELF.protocol(LONG)
    assert not is_confirmed_for(plan().containers[0], protocol)
    assert is_confirmed_for(plan("syringes").containers[0], protocol)


@pytest.mark.hazard("HZ-009")
def test_an_instant_without_a_time_zone_is_never_read_by_the_clock_of_the_machine():
    with pytest.raises(TypeError, match="time zone"):
        clock(made=MADE.replace(tzinfo=None))
