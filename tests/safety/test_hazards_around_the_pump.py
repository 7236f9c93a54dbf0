"""What could go wrong between bag, pump, line and child, with the power, the clock, the people and the network."""

from dataclasses import replace
from fractions import Fraction

import pytest
from hazard_courses import START, course, really_given_mg

from ransel.infusion import Kind
from ransel.infusion.condition import Condition, Priority
from ransel.pump.actions import Act
from ransel.pump.conformance.driven import HOUR, MINUTE, QARZIBA, Driven
from ransel.pump.conformance.drugs import DRUGS, rows
from ransel.pump.delivery import Mode
from ransel.pump.twin import Link, Twin

CALLED_AHEAD = (Condition.RESERVOIR_LOW, Condition.RESERVOIR_NEARLY_EMPTY)


def raised(events, condition):
    return [event for event in events if event.kind is Kind.ALARM_RAISED and event.data["condition"] == condition.value]


def kinked(rate_uL):
    pump = Driven().running(replace(QARZIBA, rate_uL=rate_uL))
    pump.wait(HOUR)
    pump.fault("occlusion")
    return pump


# a kinked line


@pytest.mark.hazard("HZ-046")
@pytest.mark.parametrize(("rate_uL", "within"), [(1_000, 30), (1_500, 20), (2_000, 15)])
def test_a_kinked_line_is_called_out_and_stops_within_half_an_hour(rate_uL, within):
    pump = kinked(rate_uL)
    assert pump.wait_for(Condition.OCCLUSION, HOUR) <= within * MINUTE
    assert pump.controller.motor_nL_per_h == 0
    assert pump.mode is Mode.HELD


@pytest.mark.hazard("HZ-046")
@pytest.mark.parametrize("rate_uL", [1_000, 2_000])
def test_what_a_kinked_line_held_does_not_come_at_once_when_it_opens(rate_uL):
    pump = kinked(rate_uL)
    pump.wait_for(Condition.OCCLUSION, HOUR)
    before, held = pump.given_mL, pump.plant.in_line_mL
    pump.mend("occlusion")
    row = pump.controller.row
    assert pump.given_mL - before <= row.bolus_most_nL / 1e6
    assert held <= row.bolus_most_nL / 1e6


@pytest.mark.hazard("HZ-046")
def test_a_line_that_opens_again_does_not_start_the_pump():
    pump = kinked(2_000)
    pump.wait_for(Condition.OCCLUSION, HOUR)
    pump.mend("occlusion")
    pump.wait(HOUR)
    assert pump.controller.motor_nL_per_h == 0
    assert pump.start() == f"alarm:{Condition.OCCLUSION.value}"


@pytest.mark.hazard("HZ-046")
def test_a_pump_that_is_started_three_times_into_a_closed_line_stays_stopped():
    pump = Driven().running()
    for _ in range(3):
        pump.fault("upstream-occlusion")
        pump.wait_for(Condition.OCCLUSION, HOUR)
        pump.mend("upstream-occlusion")
        pump.press(Act.ACKNOWLEDGE, condition=Condition.OCCLUSION)
        pump.start()
    assert pump.raised(Condition.REPEATED_RESTART)
    assert pump.controller.motor_nL_per_h == 0


# air


@pytest.mark.hazard("HZ-047")
@pytest.mark.parametrize("bubble", [0.06, 0.15, 1.0, 5.0])
def test_no_more_than_the_bubble_of_the_row_reaches_the_child_before_the_pump_stops(bubble):
    pump = Driven().running()
    pump.fault("bubble", bubble)
    pump.wait(6 * HOUR)
    assert pump.mode is Mode.HELD
    assert pump.raised(Condition.AIR_IN_LINE)
    assert pump.plant.air_into_child_mL <= pump.controller.row.bubble_nL / 1e6 + 1e-6


@pytest.mark.hazard("HZ-047")
def test_many_small_bubbles_count_together():
    pump = Driven().running()
    for _ in range(10):
        pump.fault("bubble", 0.03)
        pump.wait(3 * MINUTE)
    assert pump.raised(Condition.AIR_IN_LINE)
    assert pump.mode is Mode.HELD


@pytest.mark.hazard("HZ-047")
@pytest.mark.parametrize("row", rows(), ids=lambda row: row.id)
def test_air_is_of_the_highest_priority_and_a_child_s_bubble_is_smaller_than_an_adult_s(row):
    assert row.priorities[Condition.AIR_IN_LINE] is Priority.HIGH
    assert row.bubble_nL <= (50_000 if row.patient_type == "child" else 200_000)


# free flow


@pytest.mark.hazard("HZ-048")
@pytest.mark.parametrize("barrier", ["valve-missing", "flow-stop-broken", "pinch-leaks"])
def test_with_one_barrier_broken_a_cassette_that_is_taken_off_high_above_the_child_does_not_run_in(barrier):
    pump = Driven().running()
    pump.wait(HOUR)
    pump.press(Act.STOP)
    pump.fault("pump-high", 0.4)
    pump.fault(barrier)
    before = pump.given_mL
    pump.unload()
    pump.wait(HOUR)
    assert pump.given_mL == pytest.approx(before, abs=0.01)


@pytest.mark.hazard("HZ-048")
def test_taking_the_cassette_off_or_opening_the_cover_stops_and_calls_at_once():
    for fault, condition in (("door-open", Condition.DOOR_OPEN), ("latch-open", Condition.SET_NOT_LOADED)):
        pump = Driven().running()
        pump.fault(fault)
        assert pump.raised(condition)
        assert pump.controller.motor_nL_per_h == 0
    pump = Driven().running()
    pump.unload()
    assert pump.raised(Condition.NO_CASSETTE)


@pytest.mark.hazard("HZ-048")
def test_a_flow_sensor_where_one_is_fitted_finds_free_flow_within_a_tenth_of_a_millilitre():
    pump = Driven(flow_sensor=True).running()
    pump.press(Act.STOP)
    before = pump.given_mL
    pump.fault("pump-high")
    pump.fault("free-flow")
    assert pump.wait_for(Condition.FREE_FLOW, HOUR) is not None
    assert pump.given_mL - before <= 0.2


@pytest.mark.hazard("HZ-048")
def test_without_a_flow_sensor_free_flow_is_called_only_when_the_cassette_is_dry_and_the_display_is_not():
    _, events, _ = course("pump-high=1m@30h for 3min", "free-flow@30h for 3min")
    assert not raised(events, Condition.FREE_FLOW)
    dry = next(event for event in events if event.kind is Kind.STOPPED and event.data["cause"] == "alarm")
    assert dry.data["displayed_nL"] > 15_000_000


# the display


@pytest.mark.hazard("HZ-050")
def test_a_display_that_was_set_too_high_does_not_make_the_pump_run_on_dry_in_silence():
    ledger, events, _ = course("wrong-display=300mL@0h", "late-change=12h@0h")
    empty = raised(events, Condition.RESERVOIR_EMPTY) or raised(events, Condition.OCCLUSION)
    assert empty
    assert ledger.containers[0].counted.to("mL") <= 246


@pytest.mark.hazard("HZ-050")
@pytest.mark.parametrize("flow_error", ["0.06", "0", "-0.06"])
def test_the_warning_by_hours_comes_before_the_cassette_is_empty_however_fast_the_pump_is(flow_error):
    _, events, _ = course("late-change=12h@0h", flow_error=flow_error)
    warned = raised(events, Condition.RESERVOIR_LOW)[0].received_at
    stopped = next(event for event in events if event.kind is Kind.STOPPED and event.data["cause"] == "alarm")
    assert (stopped.received_at - warned).total_seconds() >= 11.8 * 3600


# a spare pump


@pytest.mark.hazard("HZ-051")
def test_a_spare_pump_that_knows_nothing_does_not_start_before_it_was_programmed():
    pump = Driven().running()
    pump.wait(HOUR)
    pump.twin.replace_pump("SPARE", 0.0)
    pump.switch_on()
    assert pump.start() == "not-programmed"
    assert pump.controller.kept.meter.counted_nL == 0


@pytest.mark.hazard("HZ-051")
def test_a_course_that_goes_on_with_a_spare_pump_is_accounted_as_one():
    ledger, _, truth = course("motor-stuck@40h", spare_error="0.03")
    assert {one.pump for one in ledger.segments} == {"PUMP-1", "PUMP-2"}
    assert float(ledger.low.to("mg")) <= really_given_mg(truth) <= float(ledger.high.to("mg"))


# power and people


@pytest.mark.hazard("HZ-052")
def test_a_battery_is_called_low_half_a_day_before_the_pump_goes_off():
    pump = Driven().running()
    pump.fault("battery-weak", 0.3)
    pump.wait_for(Condition.BATTERY_LOW, 100 * HOUR)
    called = pump.twin.now_ms
    pump.wait_for(Condition.BATTERY_DEPLETED, 100 * HOUR)
    assert pump.twin.now_ms - called >= 11 * HOUR
    assert pump.controller.motor_nL_per_h == 0


@pytest.mark.hazard("HZ-052")
def test_a_pump_that_died_at_school_is_an_interruption_without_power_in_the_account():
    ledger, _, _ = course("battery-out@20h")
    (stop,) = [one for one in ledger.interruptions if one.cause.value == "power"]
    assert stop.duration.to("h") > Fraction(9, 10)


@pytest.mark.hazard("HZ-053")
def test_a_late_nurse_finds_a_pump_that_called_half_a_day_before_and_an_account_of_the_gap():
    ledger, events, _ = course("late-change=12h@0h", flow_error="0.06")
    assert all(raised(events, condition) for condition in CALLED_AHEAD)
    (gap,) = [one for one in ledger.interruptions if one.container == 1]
    assert gap.duration.to("h") > 5
    assert ledger.delivered < course(flow_error="0.06")[0].delivered


@pytest.mark.hazard("HZ-054")
def test_a_pump_in_the_sun_warns_before_it_is_too_hot_and_then_stops():
    pump = Driven().running()
    pump.fault("hot", 70)
    assert pump.wait_for(Condition.HOT, 6 * HOUR) is not None
    assert pump.controller.motor_nL_per_h
    assert pump.wait_for(Condition.OVERHEATED, 6 * HOUR) is not None
    assert pump.controller.motor_nL_per_h == 0


# clocks


@pytest.mark.hazard("HZ-055")
@pytest.mark.parametrize("fault", ["clock-jump=-3h@40h", "clock-jump=9999h@40h", "clock-drift=5000ppm@1h"])
def test_a_clock_that_jumps_or_drifts_changes_no_volume_and_moves_nothing_in_the_account(fault):
    (sound, _, truth), (wrong, events, other) = course(), course(fault)
    assert other.into_child_mL(1) == pytest.approx(truth.into_child_mL(1), abs=0.11)
    assert float((wrong.delivered - sound.delivered).to("mg")) == pytest.approx(0, abs=0.02)
    assert wrong.segments[0].begins == sound.segments[0].begins
    assert abs(wrong.end - sound.end).total_seconds() < 60
    assert "jump" not in fault or raised(events, Condition.CLOCK_IMPLAUSIBLE)


@pytest.mark.hazard("HZ-055")
def test_the_clock_change_of_the_wall_changes_nothing_that_the_pump_does():
    winter, summer = Driven(begins=START), Driven(begins=START.replace(month=3, day=27))
    for pump in (winter, summer):
        pump.running()
        pump.wait(48 * HOUR)
    assert winter.counted_mL == summer.counted_mL
    assert not summer.raised(Condition.CLOCK_IMPLAUSIBLE)


# the network


@pytest.mark.hazard("HZ-056")
@pytest.mark.parametrize("drug", DRUGS, ids=lambda drug: f"{drug.product} {drug.rate_uL}")
def test_a_listener_that_fails_or_hangs_up_changes_nothing_that_is_given(drug):
    def fails(_):
        raise OSError

    alone, watched = Driven(listens=False), Driven()
    watched.twin.link.sink = fails
    for pump in (alone, watched):
        pump.running(drug)
        pump.wait(HOUR)
        pump.twin.set_link(up=False)
        pump.wait(HOUR)
    assert watched.link.failures
    assert watched.given_mL == alone.given_mL
    assert watched.controller.motor_nL_per_h == alone.controller.motor_nL_per_h


@pytest.mark.hazard("HZ-056")
def test_there_is_no_way_in_through_the_link():
    ways = {name for name in dir(Link) if not name.startswith("_") and callable(getattr(Link, name))}
    assert ways == {"send", "deliver"}
    assert Link.__annotations__["sink"] == "Sink | None"
    assert Twin.__init__.__annotations__["sink"] == "Sink | None"


@pytest.mark.hazard("HZ-056")
def test_what_a_dead_network_held_back_arrives_later_and_gives_the_same_account():
    (whole, _, _), (late, _, _) = course(), course("link-down@20h for 40h")
    assert late.given == whole.given
    assert [(one.begins, one.ends) for one in late.segments] == [(one.begins, one.ends) for one in whole.segments]
