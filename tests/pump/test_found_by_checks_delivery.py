"""Defects of delivery that conformance checks have found: each would let too much or too little go by unseen."""

from dataclasses import replace
from hashlib import sha256

import pytest

from ransel.infusion.condition import Condition
from ransel.infusion.event import Kind
from ransel.pump.actions import Act
from ransel.pump.conformance.driven import HOUR, MINUTE, QARZIBA, Driven
from ransel.pump.conformance.drugs import BLINCYTO, FLUCLOXACILLIN
from ransel.pump.critical import Critical
from ransel.pump.delivery import Mode

FASTEST = replace(QARZIBA, rate_uL=2_400)
ANOTHER_CHILD = "SYN-0999"


def at_the_limit(rate_uL=2_400, primed_mL=0.0, short_of_ms=2_000):
    """Return a pump that has nearly given what it may in a day."""
    pump = Driven()
    pump.switch_on()
    pump.load()
    pump.programme(replace(FASTEST, rate_uL=rate_uL), override=True)
    if primed_mL:
        pump.prime(primed_mL)
    pump.connect()
    pump.start()
    pump.wait(52_800 * HOUR // rate_uL - short_of_ms)
    return pump


def given_in_the_window(pump):
    return pump.controller.kept.window.given_nL(pump.controller.powered_ms(pump.twin.uptime_ms))


# readings


def test_a_key_is_answered_by_what_the_sensors_say_now_not_at_the_last_event():
    """A stop noted up to a quarter of an hour early would refuse a start that comes in time."""
    pump = Driven().running(BLINCYTO)
    pump.wait(2 * HOUR + 14 * MINUTE)
    pump.press(Act.STOP)
    pump.wait(4 * HOUR - 5 * MINUTE)
    assert pump.start() == ""


# the flow sensor


def test_a_wrong_flow_is_called_at_the_end_of_the_first_window():
    pump = Driven(flow_sensor=True, flow_error=-0.11).running()
    assert pump.wait_for(Condition.UNDER_INFUSION, 2 * HOUR) == 30 * MINUTE


def test_what_is_primed_during_a_pause_is_no_flow_into_the_child():
    pump = Driven(flow_sensor=True).running()
    pump.wait(HOUR)
    pump.press(Act.STOP)
    pump.prime(3.0)
    pump.connect()
    pump.start()
    pump.wait(3 * HOUR)
    assert pump.told(Kind.ALARM_RAISED) == []


@pytest.mark.parametrize("stands", [False, True])
def test_free_flow_stops_the_pump_within_some_strokes(stands):
    pump = Driven(flow_sensor=True).running()
    pump.wait(HOUR)
    if stands:
        pump.press(Act.STOP)
    pump.change(lambda plant: setattr(plant, "height_m", 1.0))
    before = pump.given_mL
    pump.fault("free-flow")
    assert pump.wait_for(Condition.FREE_FLOW, HOUR) is not None
    assert pump.given_mL - before < 0.3
    assert pump.controller.motor_nL_per_h == 0


def test_free_flow_is_told_once_while_it_lasts_and_can_be_acknowledged_when_it_is_over():
    pump = Driven(flow_sensor=True).running()
    pump.press(Act.STOP)
    pump.change(lambda plant: setattr(plant, "height_m", 1.0))
    pump.fault("free-flow")
    pump.wait(10 * MINUTE)
    assert len(pump.raised(Condition.FREE_FLOW)) == 1
    assert Condition.FREE_FLOW in pump.controller.board.lasting()
    pump.mend("free-flow")
    pump.wait(2 * MINUTE)
    pump.press(Act.ACKNOWLEDGE, condition=Condition.FREE_FLOW)
    assert pump.start() == ""


def test_too_fast_a_flow_that_was_stopped_can_be_acknowledged_and_is_called_again():
    pump = Driven(flow_sensor=True, flow_error=0.11).running()
    pump.wait_for(Condition.OVER_INFUSION, HOUR)
    assert pump.start() == "alarm:over-infusion"
    pump.press(Act.ACKNOWLEDGE, condition=Condition.OVER_INFUSION)
    assert pump.start() == ""
    assert pump.wait_for(Condition.OVER_INFUSION, HOUR) == 30 * MINUTE


def test_a_power_cut_makes_no_more_than_was_ordered_out_of_what_flowed_before():
    pump = Driven(flow_sensor=True).made_ready(replace(QARZIBA, volume_uL=20_000))
    pump.prime()
    pump.connect()
    pump.start()
    pump.wait(5 * HOUR)
    pump.fault("battery-out")
    pump.mend("battery-out")
    pump.switch_on(new_child=False)
    pump.start()
    pump.wait(4 * HOUR)
    assert pump.raised(Condition.VOLUME_ABOVE_ORDER) == []


# keeping open


def test_delivery_that_keeps_a_vein_open_is_watched_to_its_end():
    pump = Driven(flow_sensor=True, flow_error=0.11).running(FLUCLOXACILLIN, 8.0)
    pump.wait_for(Condition.OVER_INFUSION, HOUR)
    pump.mend("flow-error")
    assert pump.mode is Mode.KVO
    assert pump.wait_for(Condition.RESERVOIR_EMPTY, 20 * HOUR) is not None


def test_who_starts_again_too_fast_a_pump_that_kept_open_is_told_again():
    pump = Driven(flow_sensor=True, flow_error=0.11).running(FLUCLOXACILLIN)
    pump.wait_for(Condition.OVER_INFUSION, HOUR)
    pump.wait(MINUTE)
    pump.start()
    assert pump.mode is Mode.RUNNING
    assert pump.wait_for_next(Condition.OVER_INFUSION, HOUR) is not None
    assert pump.mode is Mode.KVO


# the dose limit


def test_a_stroke_that_would_go_over_the_dose_limit_is_not_finished():
    pump = at_the_limit(primed_mL=1.02)
    pump.press(Act.STOP)
    assert given_in_the_window(pump) <= 52_800_000
    assert pump.mode is Mode.PAUSED


def test_a_start_that_the_dose_limit_refused_does_not_swallow_the_limit_later():
    pump = at_the_limit()
    pump.wait(MINUTE)
    assert pump.raised(Condition.DOSE_LIMIT)
    pump.press(Act.ACKNOWLEDGE, condition=Condition.DOSE_LIMIT)
    assert pump.start() == "dose-limit"
    pump.wait(3 * HOUR)
    assert pump.start() == ""
    pump.wait(24 * HOUR)
    assert pump.mode is Mode.HELD or given_in_the_window(pump) <= 52_800_000


def test_typing_another_child_and_the_first_one_again_empties_no_dose_window():
    pump = at_the_limit()
    pump.press(Act.STOP)
    before = given_in_the_window(pump)
    pump.programme(replace(FASTEST, patient=ANOTHER_CHILD), override=True)
    assert given_in_the_window(pump) == 0
    pump.wait(2_000)
    pump.programme(FASTEST, override=True)
    assert given_in_the_window(pump) == before


def test_that_it_is_a_new_child_is_said_for_one_start_and_no_clock_makes_it_hold_later():
    pump = at_the_limit()
    pump.press(Act.STOP)
    before = given_in_the_window(pump)
    pump.fault("clock-jump", 25.0)
    pump.programme(FASTEST, override=True)
    assert given_in_the_window(pump) == before


# memory


@pytest.mark.parametrize(("rate", "passes"), [(2_400_000, True), (2_401_000, False), (499_000, False)])
def test_a_rate_outside_the_hard_limit_of_the_row_does_not_come_back_out_of_the_memory(rate, passes):
    pump = Driven().running()
    pump.press(Act.STOP)
    pump.press(Act.SWITCH_OFF)
    kept = pump.controller.kept
    critical = Critical.of(rate_nL_per_h=rate, volume_nL=250_000_000, concentration_ng_per_mL=142_013)
    pump.controller.kept = replace(kept, programme=replace(kept.programme, critical=critical))
    pump.switch_on(new_child=False)
    assert (pump.mode is Mode.PAUSED) is passes


# people


def test_an_entry_that_was_cleared_is_called_until_somebody_presses_a_key():
    pump = Driven().running()
    pump.press(Act.ENTER, draft=QARZIBA)
    pump.wait(30 * MINUTE)
    assert pump.controller.draft is None
    assert Condition.ENTRY_IDLE in pump.controller.board.lines
    pump.press(Act.INVALID_KEY)
    assert Condition.ENTRY_IDLE not in pump.controller.board.lines


@pytest.mark.parametrize(("hours", "accepted"), [(0, True), (1, True), (24, True), (1.5, False), (25, False)])
def test_the_sleep_is_set_in_whole_hours_from_none_to_a_day(hours, accepted):
    pump = Driven(administrator=sha256(b"bench").hexdigest())
    pump.switch_on()
    refused = pump.press(Act.SET_DEFAULT, name="sleep_ms", value=round(hours * HOUR), code="bench")
    assert (refused == "") is accepted


def test_a_pump_whose_sleep_is_set_to_nothing_never_sleeps():
    pump = Driven(administrator=sha256(b"bench").hexdigest())
    pump.switch_on()
    pump.press(Act.SET_DEFAULT, name="sleep_ms", value=0, code="bench")
    pump.press(Act.INVALID_KEY)
    pump.wait(30 * HOUR)
    assert not pump.controller.asleep


def test_programmed_and_not_started_is_called_as_well_after_switching_off_and_on():
    pump = Driven().made_ready()
    pump.press(Act.SWITCH_OFF)
    pump.switch_on(new_child=False)
    assert pump.wait_for(Condition.NOT_STARTED, HOUR) == 5 * MINUTE


def test_the_warning_at_a_displayed_volume_is_a_call_of_its_own():
    pump = Driven().running(QARZIBA, 245.0)
    pump.wait(122 * HOUR)
    details = [event.data["detail"] for event in pump.raised(Condition.RESERVOIR_NEARLY_EMPTY)]
    assert details == ["1", "display"]
