"""What the controller does on keys, readings and time; what the explorations found has its sentence here."""

from dataclasses import replace

import pytest
from pump.imagined import BIT_FLIP, DEVICE, ENTRY, LINE, ON_OFF, POWER_CUT, ROW, RUN, Imagined, new_pump
from pump.theatres import OTHER_DRUG, SLOWER, running

from ransel.infusion.condition import Condition, Reaction
from ransel.infusion.event import Kind
from ransel.pump.actions import Act, Action
from ransel.pump.board import CAUSE_LASTS, Signal
from ransel.pump.conformance.driven import Driven
from ransel.pump.delivery import Mode
from ransel.pump.timers import Timer


def then(state: Imagined, *doings, **sensors) -> Imagined:
    """The same pump after keys (an action), timers (a timer) and changes of its sensors, a second for each."""
    if sensors:
        doings = (*doings, lambda one: setattr(one, "sensors", replace(one.sensors, **sensors)))
    for doing in doings:
        state = state.copy()
        state.look()
        if isinstance(doing, Action):
            state.press(doing)
        elif isinstance(doing, Timer):
            state.fire(doing, "")
        else:
            doing(state)
        state.settle()
    return state


def press(act, **values):
    return Action(act, **values)


def told(state, kind):
    return [data for one, data in state.told if one is kind]


def fail(**parts):
    return lambda one: one.damage(replace(one.pump.health, **parts))


START, STOP, PRIME = RUN["start"], RUN["stop"], LINE["prime"]
SWITCHED_ON = (ON_OFF["switch on"], Timer.SELF_TEST)

# ------------------------------------------------------------------ switching on


def test_a_pump_that_was_never_used_asks_for_the_senses_after_its_self_test():
    state = then(new_pump(), *SWITCHED_ON)
    assert state.pump.mode is Mode.SENSES
    assert then(state, START).refused == "not-now"


def test_start_and_other_keys_raise_no_alarm_before_the_pump_is_ready():
    state = then(new_pump(cassette=False, latched=False), ON_OFF["switch on"], START)
    assert not state.pump.board.lines


def test_the_sensors_are_looked_at_as_soon_as_the_self_test_has_passed():
    state = then(new_pump(temperature_mC=56_000), *SWITCHED_ON)
    assert Condition.OVERHEATED in state.pump.board.lasting()


def test_a_drug_that_resumes_does_not_resume_into_a_line_that_is_shut():
    state = then(running(row=replace(ROW, resumes=True)), POWER_CUT[1])
    state = then(then(state, pressure_mmHg=600), *SWITCHED_ON)
    assert (state.pump.mode, state.pump.motor_nL_per_h) == (Mode.SENSES, 0)


def test_a_drug_that_resumes_goes_on_by_itself_when_all_is_well():
    state = then(running(row=replace(ROW, resumes=True)), POWER_CUT[1], *SWITCHED_ON)
    assert (state.pump.mode, state.pump.motor_nL_per_h) == (Mode.RUNNING, 2_000_000)


def test_without_that_nothing_goes_on_until_a_person_starts_it():
    state = then(running(), POWER_CUT[1], *SWITCHED_ON, ON_OFF["senses right"])
    assert (state.pump.mode, state.pump.motor_nL_per_h) == (Mode.PAUSED, 0)
    assert then(state, START).pump.mode is Mode.RUNNING


def test_a_new_child_is_not_called_a_pause_of_the_one_before():
    state = then(running(), STOP, ON_OFF["switch off"], *SWITCHED_ON, ON_OFF["senses right, new child"])
    assert (Timer.PAUSE, "") not in state.pump.timers.due


def test_a_power_cut_while_the_line_is_filled_leaves_the_dose_window_alone():
    state = then(running(), STOP, PRIME)
    before = state.pump.kept
    after = then(state, POWER_CUT[1]).pump.kept
    assert after.window == before.window
    assert (after.meter.priming, after.meter.rate_nL_per_h) == (False, 0)
    assert after.meter.primed_nL > before.meter.primed_nL


# ------------------------------------------------------------------ stopping


def test_what_lasts_already_stops_a_pump_all_the_same():
    """Otherwise an alarm that was on the board before the start would be the one that no longer stops anything."""
    state = running().copy()
    pump = state.pump
    pump.board = pump.board.begin(Condition.HOT, 0, pump.priority(Condition.HOT), latching=True)
    pump.kept = replace(
        pump.kept, programme=replace(
            pump.kept.programme, row=replace(ROW, reactions={**ROW.reactions, Condition.HOT: Reaction.STOP})
        ),
    )  # fmt: skip
    pump.begin(Condition.HOT, state.uptime_ms)
    assert (pump.mode, pump.motor_nL_per_h) == (Mode.HELD, 0)


def test_nothing_is_primed_while_something_lasts_that_stops_the_pump():
    state = then(then(running(), STOP, temperature_mC=56_000), PRIME)
    assert (state.refused, state.pump.mode) == ("alarm:overheated", Mode.PAUSED)


def test_air_can_be_driven_out_by_priming_although_its_alarm_lasts():
    state = then(then(running(), bubble_nL=60_000), STOP, PRIME)
    assert (state.refused, state.pump.mode) == ("", Mode.PRIMING)
    assert then(state, bubble_nL=0).pump.mode is Mode.PRIMING


def test_air_that_is_still_there_after_priming_is_called_again():
    state = then(then(running(), STOP, PRIME, bubble_nL=60_000), STOP)
    assert Condition.AIR_IN_LINE in state.pump.board.lasting()


def test_many_bubbles_do_not_end_the_alarm_of_one_that_is_still_there():
    state = then(then(running(), bubble_nL=150_000), bubble_nL=60_000)
    assert Condition.AIR_IN_LINE in state.pump.board.lasting()


def test_a_failed_pump_takes_no_programme_that_was_being_entered():
    state = then(running(), ENTRY["enter"], ENTRY["review"], BIT_FLIP[1], Timer.MEMORY_CHECK)
    state = then(state, ENTRY["confirm"])
    assert (state.pump.mode, state.refused) == (Mode.FAILED, "not-now")


# ------------------------------------------------------------------ keeping open


def kept_open():
    row = replace(ROW, kvo_nL_per_h=500_000, reactions={**ROW.reactions, Condition.HOT: Reaction.KVO})
    return then(running(row=row), temperature_mC=50_000)


def test_what_keeps_a_vein_open_runs_at_its_rate_and_no_start_makes_it_faster_while_the_cause_lasts():
    state = kept_open()
    assert (state.pump.mode, state.pump.motor_nL_per_h) == (Mode.KVO, 500_000)
    assert then(state, START).refused == "alarm:hot"
    cool = then(then(state, temperature_mC=22_000), START)
    assert (cool.pump.mode, cool.pump.motor_nL_per_h) == (Mode.RUNNING, 2_000_000)


def test_another_rate_confirmed_meanwhile_holds_from_when_the_cause_is_gone():
    state = then(kept_open(), press(Act.ENTER, draft=SLOWER), ENTRY["review"], ENTRY["confirm"])
    assert (state.pump.mode, state.pump.motor_nL_per_h) == (Mode.KVO, 500_000)
    assert state.pump.kept.programme.rate_nL_per_h == 1_000_000


def test_a_start_after_a_pause_goes_no_faster_than_what_lasts_allows():
    state = then(kept_open(), STOP, START)
    assert (state.pump.mode, state.pump.motor_nL_per_h) == (Mode.KVO, 500_000)


# ------------------------------------------------------------------ entering


def test_throwing_away_takes_two_keys_one_right_after_the_other():
    state = then(running(), ENTRY["enter"], ENTRY["clear"], ENTRY["review"], ENTRY["confirm clear"])
    assert (state.refused, state.pump.draft is None) == ("clear-first", False)
    assert then(state, ENTRY["clear"], ENTRY["confirm clear"]).pump.draft is None


def test_an_infusion_that_is_given_up_has_to_be_programmed_anew():
    """Otherwise two keys would be a way round the doctor who has to order a late restart."""
    state = then(running(), STOP, ENTRY["clear"], ENTRY["confirm clear"], START)
    assert (state.pump.mode, state.refused) == (Mode.STOPPED, "not-programmed")


def test_another_drug_ends_the_waiting_for_the_one_before():
    state = then(running(), STOP, Timer.PAUSE)
    assert Condition.PAUSE_TOO_LONG in state.pump.board.lasting()
    state = then(state, press(Act.ENTER, draft=OTHER_DRUG), ENTRY["review"], ENTRY["confirm"])
    assert state.pump.mode is Mode.STOPPED
    assert Condition.PAUSE_TOO_LONG not in state.pump.board.lines
    assert not {timer for timer, _ in state.pump.timers.due} & {Timer.PAUSE, Timer.RESTART}


# ------------------------------------------------------------------ a log that fails


def silenced_and_without_log():
    state = then(then(running(), pressure_mmHg=600), press(Act.SILENCE))
    return then(state, fail(log=False))


def test_a_log_that_fails_while_an_alarm_is_silenced_is_called_once_and_the_pump_goes_on():
    state = then(silenced_and_without_log(), Timer.PAUSE)
    raised = [data["condition"] for data in told(state, Kind.ALARM_RAISED)]
    assert sorted(raised) == ["log-failed", "pause-too-long"]
    assert {Condition.LOG_FAILED, Condition.PAUSE_TOO_LONG} <= set(state.pump.board.lasting())


def test_acknowledging_one_alarm_loses_no_other_that_begins_at_that_key():
    state = then(silenced_and_without_log(), press(Act.ACKNOWLEDGE, condition=Condition.OCCLUSION))
    assert state.pump.board.lines[Condition.LOG_FAILED].signal is Signal.SOUNDING
    assert state.pump.board.lines[Condition.OCCLUSION].signal in CAUSE_LASTS


def test_every_silence_has_its_timer_also_when_the_alarm_began_at_the_key_that_silenced_it():
    state = then(running(), fail(log=False), START, fail(log=True), fail(log=False))
    state = then(state, press(Act.ACKNOWLEDGE, condition=Condition.LOG_FAILED))
    silent = {line.condition.value for line in state.pump.board.lines.values() if line.silent_until_ms is not None}
    assert silent == {tag for timer, tag in state.pump.timers.due if timer is Timer.SILENCE} == {"log-failed"}


# ------------------------------------------------------------------ restarts


def test_the_third_restart_after_the_same_alarm_within_ten_minutes_is_refused_once():
    state = running(replace(DEVICE, restarts_most=3))
    for refused in ("", "", "not-now"):
        state = then(then(state, pressure_mmHg=600), pressure_mmHg=0)
        state = then(state, press(Act.ACKNOWLEDGE, condition=Condition.OCCLUSION), START)
        assert state.refused == refused
    state = then(state, press(Act.ACKNOWLEDGE, condition=Condition.REPEATED_RESTART), START)
    assert state.pump.mode is Mode.RUNNING


@pytest.mark.parametrize("ordered", [True, False])
def test_a_stop_longer_than_the_drug_allows_waits_for_a_doctor(ordered):
    state = then(running(row=replace(ROW, restart_ms=14_400_000)), STOP)
    state.uptime_ms += 14_400_000
    state.clock_ms += 14_400_000
    keys = (press(Act.CONFIRM_RESTART), START) if ordered else (START,)
    state = then(state, *keys)
    assert (state.pump.mode is Mode.RUNNING, state.refused) == (ordered, "" if ordered else "restart-too-late")


def test_the_line_is_filled_only_when_a_person_says_that_it_is_not_on_the_child():
    pump = Driven().made_ready()
    assert pump.press(Act.PRIME, volume_nL=1_000_000, off_child=False) == "line-on-child"
    pump.wait(60_000)
    assert pump.given_mL == 0
    assert pump.plant.accounts[1].primed_mL == 0
