"""Defects that the checks of safety have found: each stays mended."""

from dataclasses import replace

import pytest

from ransel.infusion.condition import Condition
from ransel.infusion.event import Kind
from ransel.pump.actions import Act
from ransel.pump.conformance.driven import HOUR, MINUTE, QARZIBA, Driven
from ransel.pump.conformance.entry import asleep
from ransel.pump.conformance.into_conditions import BLINCYTO, OtherRows, flatten, plug_in
from ransel.pump.delivery import Mode


@pytest.mark.parametrize(
    ("fault", "condition"), [("monitor-fails", Condition.MONITOR_FAILED), ("task-stalls", Condition.WATCHDOG)]
)
def test_what_failed_while_the_pump_was_off_is_found_after_switching_on(fault, condition):
    pump = Driven()
    pump.fault(fault)
    pump.switch_on()
    assert pump.wait_for(condition, HOUR) is not None


@pytest.mark.parametrize(
    ("fault", "condition"),
    [
        ("log-fails", Condition.LOG_FAILED),
        ("monitor-fails", Condition.MONITOR_FAILED),
        ("watchdog-dead", Condition.MONITOR_FAILED),
    ],
)
def test_a_part_that_works_again_can_be_acknowledged_off_the_list(fault, condition):
    pump = Driven().running()
    pump.fault(fault)
    assert pump.wait_for(condition, HOUR) is not None
    pump.mend(fault)
    pump.press(Act.ACKNOWLEDGE, condition=condition)
    assert condition not in pump.controller.board.lines


def test_a_new_start_ends_the_alarm_of_the_infusion_that_was_complete():
    pump = Driven().running(replace(QARZIBA, volume_uL=1_000))
    assert pump.wait_for(Condition.INFUSION_COMPLETE, HOUR) is not None
    pump.programme(QARZIBA)
    assert pump.start() == ""
    assert Condition.INFUSION_COMPLETE not in pump.controller.board.lines


def test_a_wrong_adapter_hides_no_empty_battery():
    pump = Driven().running()
    pump.fault("supply-out-of-range")
    flatten(pump, 721)
    assert pump.wait_for(Condition.BATTERY_LOW, HOUR) is not None


def test_a_short_dip_below_the_last_threshold_stops_nothing():
    """One count served both thresholds: a dip while `low` was being counted was taken for `depleted`."""
    pump = Driven().running()
    flatten(pump, 700)
    pump.wait(140_000)
    flatten(pump, 3)
    pump.wait(20_000)
    flatten(pump, 700)
    pump.wait(HOUR)
    assert pump.raised(Condition.BATTERY_LOW)
    assert not pump.raised(Condition.BATTERY_DEPLETED)


def test_plugging_in_ends_the_sound_of_an_empty_battery_but_not_the_call_that_nothing_runs():
    pump = Driven().running()
    flatten(pump, 10)
    assert pump.wait_for(Condition.BATTERY_DEPLETED, HOUR) is not None
    pump.change(plug_in)
    assert pump.controller.board.sound is None
    pump.wait(2 * MINUTE)
    assert pump.controller.board.sound is not None


def test_a_sound_battery_ends_the_alarm_of_a_defective_one():
    pump = Driven().running()
    pump.change(plug_in)
    pump.fault("battery-defective")
    assert pump.wait_for(Condition.BATTERY_DEFECTIVE, HOUR) is not None
    pump.mend("battery-defective")
    assert Condition.BATTERY_DEFECTIVE not in pump.controller.board.lines


def test_between_two_rows_of_the_table_the_minutes_lie_on_a_line():
    pump = Driven().running()
    flatten(pump, 6_000)
    assert pump.controller.battery_minutes == pytest.approx(6_000, rel=0.02)


def test_a_faster_pump_shows_fewer_minutes():
    pump = Driven().running(replace(BLINCYTO, concentration_ng_per_mL=100, rate_uL=10_000))
    flatten(pump, 3_000)
    assert pump.controller.battery_minutes == pytest.approx(3_000, rel=0.05)


def test_too_cold_is_called_out_as_well_as_too_hot():
    pump = Driven().running()
    pump.fault("cold", -5)
    assert pump.wait_for(Condition.ENVIRONMENT, 5 * HOUR) is not None


@pytest.mark.parametrize("draft", [replace(QARZIBA, container=2), replace(QARZIBA, patient="SYN-0009")])
def test_a_programme_for_another_cassette_or_child_is_not_taken_while_one_runs(draft):
    pump = Driven().running()
    assert pump.programme(draft) == "stop-first"
    assert pump.controller.motor_nL_per_h == 2_000_000


def test_the_same_drug_at_another_strength_has_to_be_started_anew():
    pump = Driven().running()
    pump.programme(replace(QARZIBA, concentration_ng_per_mL=150_000))
    assert (pump.mode, pump.controller.motor_nL_per_h) == (Mode.STOPPED, 0)


def test_another_child_after_a_pause_is_a_new_infusion_and_no_resumption():
    pump = Driven().running()
    pump.press(Act.STOP)
    pump.programme(replace(QARZIBA, patient="SYN-0009"))
    pump.start()
    assert pump.told(Kind.STARTED)[-1].data["cause"] == "start"


def test_another_drug_while_an_alarm_holds_the_pump_is_a_new_infusion():
    pump = Driven().running()
    pump.fault("door-open")
    pump.mend("door-open")
    pump.programme(BLINCYTO)
    assert pump.mode is Mode.STOPPED


def test_a_row_that_changed_since_it_was_confirmed_is_not_started():
    pump = Driven().made_ready()
    pump.controller.library = OtherRows(pump)
    assert pump.start() == "library-mismatch"


def test_a_pump_out_of_use_takes_no_programme():
    pump = Driven().running()
    pump.press(Act.ENTER, draft=replace(QARZIBA, rate_uL=1_000))
    pump.press(Act.REVIEW)
    pump.fault("memory-damaged")
    pump.wait(HOUR)
    assert pump.press(Act.CONFIRM) == "not-now"


def test_a_pump_that_is_off_answers_no_key_but_one():
    pump = cut_off()
    told = len(pump.events)
    for act in (Act.SILENCE, Act.ACKNOWLEDGE, Act.CLEAR, Act.SET_DEFAULT):
        assert pump.press(act) == "not-now"
    assert len(pump.events) == told


def cut_off():
    pump = Driven().running()
    pump.fault("door-open")
    pump.fault("battery-out")
    return pump


def test_a_key_that_bounces_counts_once_and_one_that_was_refused_may_be_tried_at_once():
    pump = Driven().running()
    pump.press(Act.STOP)
    told = len(pump.events)
    pump.wait(999)
    assert pump.press(Act.STOP) == ""
    assert len(pump.events) == told
    pump.wait(1)
    assert pump.press(Act.STOP) == "not-now"
    assert pump.press(Act.STOP) == "not-now"


def test_a_bounce_on_a_sleeping_pump_only_wakes_it_and_is_in_the_log():
    pump = asleep()
    pump.press(Act.CLEAR)
    pump.wait(1)
    pump.press(Act.CLEAR)
    assert not pump.controller.asleep
    assert [event.data["action"] for event in pump.told(Kind.ACTION)][-1] == "wake"


def test_after_priming_somebody_is_waited_for_again():
    pump = Driven()
    pump.switch_on()
    pump.load()
    pump.wait(14 * MINUTE)
    pump.prime()
    pump.wait(HOUR)
    assert [event for event in pump.told(Kind.STATUS) if event.data.get("reminder")]


def test_each_of_sound_display_and_keys_can_be_denied():
    for part in ("sound", "display", "keys"):
        pump = Driven()
        pump.press(Act.SWITCH_ON)
        pump.wait(MINUTE)
        assert pump.press(Act.CONFIRM_SENSES, name=part) == "senses-missing"
        assert pump.mode is Mode.SENSES


def test_an_entry_that_is_thrown_away_is_no_longer_called_too_long():
    pump = Driven().running()
    for number in range(10):
        pump.press(Act.ENTER, draft=replace(QARZIBA, rate_uL=1_000 + 100 * (number % 2)))
        pump.wait(4 * MINUTE)
    assert pump.raised(Condition.SETUP_TOO_LONG)
    pump.wait(11 * MINUTE)
    assert Condition.SETUP_TOO_LONG not in pump.controller.board.lines


def test_a_clock_that_does_not_keep_time_fails_the_self_test():
    pump = Driven()
    pump.twin.damage(replace(pump.controller.health, backup_clock=False))
    pump.switch_on()
    assert pump.told(Kind.SELF_TEST)[0].data["part"] == "clock"
