"""What must hold in every state of the controller and on every move, each in words."""

from ransel.infusion.condition import Condition, Reaction
from ransel.infusion.event import Kind
from ransel.pump.board import CAUSE_LASTS
from ransel.pump.delivery import DELIVERING, MOVING, Mode
from ransel.pump.sensing import ATTENDED
from ransel.pump.starting import BY_START, too_late
from ransel.pump.timers import Timer

# ------------------------------------------------------------------ of a state


def the_motor_turns_in_moving_modes_and_in_no_other(state):
    pump = state.pump
    return (pump.motor_nL_per_h > 0) == (pump.mode in MOVING)


def the_motor_turns_towards_the_child_only_while_delivering(state):
    meter = state.pump.kept.meter
    return meter.priming == (state.pump.mode is Mode.PRIMING)


def the_rate_is_the_programmed_one_and_keep_open_is_never_above_it(state):
    pump = state.pump
    if pump.mode not in DELIVERING:
        return True
    therapy = pump.kept.programme.rate_nL_per_h
    if pump.mode is Mode.RUNNING:
        return pump.motor_nL_per_h == therapy or not pump.kept.programme.critical.sound
    return pump.motor_nL_per_h == min(pump.row.kvo_nL_per_h, therapy)


def nothing_moves_while_a_condition_lasts_that_stops(state):
    pump = state.pump
    if pump.mode not in MOVING:
        return True
    # filling the line is how air is driven out, and no drug runs while it lasts
    answered = {*BY_START, Condition.AIR_IN_LINE} if pump.mode is Mode.PRIMING else frozenset()
    lasting = set(pump.board.lasting()) - answered
    return not any(pump.reaction(condition) is Reaction.STOP for condition in lasting)


def nothing_moves_while_the_sensors_forbid_it(state):
    pump, sensors = state.pump, state.sensors
    if pump.mode not in MOVING:
        return True
    row = pump.row
    loaded = sensors.cassette and sensors.latched and sensors.door_shut
    free = row is None or sensors.pressure_mmHg < row.occlusion_mmHg
    turning = row is None or not state.stuck
    no_air = row is None or pump.mode is Mode.PRIMING or sensors.bubble_nL < row.bubble_nL
    return loaded and free and turning and no_air and sensors.temperature_mC < pump.device.overheated_mC


def drug_runs_only_out_of_the_container_that_was_programmed(state):
    kept = state.pump.kept
    return state.pump.mode not in DELIVERING or kept.container == kept.programme.container


def every_silence_has_a_timer_of_at_most_two_minutes(state):
    pump = state.pump
    silent = {line.condition.value: line.silent_until_ms for line in pump.board.lines.values() if line.silent_until_ms}
    if pump.mode is Mode.OFF:
        return True
    timers = {tag: at for (timer, tag), at in pump.timers.due.items() if timer is Timer.SILENCE}
    return timers == silent and all(at <= state.uptime_ms + 120_000 for at in timers.values())


def what_the_sensors_show_is_on_the_board_and_lasts(state):
    pump, sensors, row = state.pump, state.sensors, state.pump.row
    if pump.mode in {Mode.OFF, Mode.SELF_TEST}:
        return True
    lasting = set(pump.board.lasting())
    away = pump.mode not in ATTENDED
    shown = {
        Condition.OVERHEATED: sensors.temperature_mC >= pump.device.overheated_mC,
        Condition.SOUND_FAILURE: not sensors.sound,
        Condition.NO_CASSETTE: away and not sensors.cassette,
        Condition.SET_NOT_LOADED: away and sensors.cassette and not sensors.latched,
        Condition.DOOR_OPEN: away and not sensors.door_shut,
        Condition.OCCLUSION: row is not None and sensors.pressure_mmHg >= row.occlusion_mmHg,
        Condition.AIR_IN_LINE: row is not None and pump.mode is not Mode.PRIMING and sensors.bubble_nL >= row.bubble_nL,
    }
    return all(condition in lasting for condition, shows in shown.items() if shows)


def a_running_infusion_will_end_with_its_volume_or_its_display(state):
    due = set(state.pump.timers.due)
    watched = {(Timer.COMPLETE, ""), (Timer.DISPLAY_EMPTY, "")} <= due
    return state.pump.mode not in DELIVERING or watched or (Timer.KEPT_OPEN, "") in due


def a_pause_is_called_out_after_its_time(state):
    kept = state.pump.kept
    waits = state.pump.mode in {Mode.PAUSED, Mode.HELD} and kept.programme is not None
    return not waits or (Timer.PAUSE, "") in {(timer, "") for timer, _ in state.pump.timers.due}


def what_does_not_wait_is_not_called_a_pause(state):
    pump = state.pump
    waits = pump.mode in {Mode.PAUSED, Mode.HELD, Mode.FAILED, Mode.SENSES, Mode.PRIMING}
    return waits or all(timer not in {Timer.PAUSE, Timer.RESTART} for timer, _ in pump.timers.due)


def what_is_entered_is_thrown_away_after_a_while(state):
    return state.pump.draft is None or (Timer.ENTRY_CLEAR, "") in state.pump.timers.due


def only_what_was_entered_is_reviewed(state):
    return state.pump.draft is not None or not state.pump.reviewed


def only_what_is_there_is_thrown_away(state):
    """An entry, or an infusion that is paused."""
    return state.pump.draft is not None or state.pump.mode is Mode.PAUSED or not state.pump.clearing


def a_pump_that_is_off_waits_for_nothing(state):
    return state.pump.mode is not Mode.OFF or not state.pump.timers.due


def a_programme_is_confirmed_before_anything_has_begun(state):
    return not state.pump.kept.begun or state.pump.kept.programme is not None


STATES = (
    the_motor_turns_in_moving_modes_and_in_no_other,
    the_motor_turns_towards_the_child_only_while_delivering,
    the_rate_is_the_programmed_one_and_keep_open_is_never_above_it,
    nothing_moves_while_a_condition_lasts_that_stops,
    nothing_moves_while_the_sensors_forbid_it,
    drug_runs_only_out_of_the_container_that_was_programmed,
    every_silence_has_a_timer_of_at_most_two_minutes,
    what_the_sensors_show_is_on_the_board_and_lasts,
    a_running_infusion_will_end_with_its_volume_or_its_display,
    a_pause_is_called_out_after_its_time,
    what_does_not_wait_is_not_called_a_pause,
    what_is_entered_is_thrown_away_after_a_while,
    only_what_was_entered_is_reviewed,
    only_what_is_there_is_thrown_away,
    a_pump_that_is_off_waits_for_nothing,
    a_programme_is_confirmed_before_anything_has_begun,
)

# ------------------------------------------------------------------ of a move

LOOKING = ("acknowledge", "silence", "cancel silence")
ENTERING = ("press enter", "press review", "press clear", "press confirm clear")


def after_a_failure_nothing_but_switching_off_is_possible(before, name, after):
    if before.pump.mode is not Mode.FAILED:
        return True
    off = name in {"press switch off", "the power is cut"}
    same = after.pump.kept.programme == before.pump.kept.programme and after.pump.draft is before.pump.draft
    return after.pump.mode is (Mode.OFF if off else Mode.FAILED) and (off or same or not name.startswith("press"))


def drug_begins_to_run_by_a_start_and_by_nothing_else(before, name, after):
    begins = after.pump.mode in DELIVERING and before.pump.mode not in DELIVERING
    resumes = name.startswith("self-test") and before.pump.row is not None and before.pump.row.resumes
    return not begins or name == "press start" or resumes


def drug_runs_faster_by_a_start_or_a_confirmed_rate_and_by_nothing_else(before, name, after):
    faster = before.pump.mode in DELIVERING and after.pump.motor_nL_per_h > before.pump.motor_nL_per_h
    return not faster or after.pump.mode is Mode.PRIMING or name in {"press start", "press confirm"}


def a_start_needs_senses_programme_container_latch_and_door(before, name, after):
    begins = after.pump.mode in DELIVERING and before.pump.mode not in DELIVERING
    if not begins:
        return True
    sensors, kept = before.sensors, before.pump.kept
    loaded = sensors.cassette and sensors.latched and sensors.door_shut
    felt = before.pump.mode in {Mode.STOPPED, Mode.PAUSED, Mode.HELD} or name.startswith("self-test")
    return felt and loaded and kept.programme is not None and kept.container == kept.programme.container


def a_start_waits_until_every_alarm_that_stops_was_answered(before, _, after):
    begins = after.pump.mode in DELIVERING and before.pump.mode not in DELIVERING
    lines = () if after.found is None else after.found.board.lines
    return not begins or not any(after.pump.reaction(one) is Reaction.STOP for one in lines if one not in BY_START)


def the_line_is_filled_only_when_a_person_says_that_no_child_is_on_it(before, name, after):
    begins = after.pump.mode is Mode.PRIMING and before.pump.mode is not Mode.PRIMING
    return not begins or name == "press prime"


def an_entry_changes_nothing_that_runs(_, name, after):
    if not name.startswith(ENTERING) or after.found.mode is Mode.PAUSED:
        return True
    found, pump = after.found, after.pump
    same = found.kept.programme is pump.kept.programme and found.kept.meter == pump.kept.meter
    return same and (found.mode, found.rate_nL_per_h) == (pump.mode, pump.motor_nL_per_h)


def an_infusion_that_is_given_up_has_to_be_programmed_anew(_, name, after):
    given_up = name.startswith(ENTERING) and after.found.mode is Mode.PAUSED and after.pump.mode is not Mode.PAUSED
    return not given_up or (after.pump.mode is Mode.STOPPED and after.pump.kept.programme is None)


def a_restart_that_came_too_late_waits_for_a_doctor(before, name, after):
    late = name == "press start" and before.pump.mode in {Mode.PAUSED, Mode.HELD} and too_late(
        before.pump, after.uptime_ms
    )  # fmt: skip
    return not late or before.pump.restart_ordered or after.pump.mode not in DELIVERING


# that an entry was thrown away is over with any key: whoever presses one has seen it
def answering_one_alarm_leaves_every_other_as_it_is(_, name, after):
    if not name.startswith("acknowledge"):
        return True
    condition = name.removeprefix("acknowledge ")
    mine, others = after.found.board.lines, after.left.lines
    new = any(kind is Kind.ALARM_RAISED for kind, _ in after.told)  # something new ends every silence
    untouched = set(mine) - {Condition(condition), Condition.ENTRY_IDLE}
    return new or all(others.get(key) == mine[key] for key in untouched)


def no_answer_ends_a_condition_that_lasts(_, name, after):
    if not name.startswith(LOOKING):
        return True
    return set(after.found.board.lasting()) - {Condition.ENTRY_IDLE} <= set(after.left.lasting())


def what_comes_on_the_board_is_told_and_what_leaves_it_too(before, _, after):
    if Mode.OFF in {before.pump.mode, after.pump.mode}:
        return True
    mine, others = before.pump.board.lines, after.pump.board.lines
    raised = {data["condition"] for kind, data in after.told if kind is Kind.ALARM_RAISED}
    cleared = {data["condition"] for kind, data in after.told if kind is Kind.ALARM_CLEARED}
    began = {
        one.value for one, line in others.items()
        if line.signal in CAUSE_LASTS and (one not in mine or mine[one].signal not in CAUSE_LASTS)
    }  # fmt: skip
    return began <= raised and {one.value for one in mine if one not in others} <= cleared


def what_was_told_as_an_alarm_stands_on_the_board(_, __, after):
    raised = {data["condition"] for kind, data in after.told if kind is Kind.ALARM_RAISED}
    cleared = {data["condition"] for kind, data in after.told if kind is Kind.ALARM_CLEARED}
    return after.pump.mode is Mode.OFF or raised - cleared <= {one.value for one in after.pump.board.lines}


def every_change_of_the_motor_is_told(before, _, after):
    was, now = before.pump.motor_nL_per_h, after.pump.motor_nL_per_h
    if was == now or after.pump.mode is Mode.OFF or Mode.PRIMING in {before.pump.mode, after.pump.mode}:
        return True
    kinds = {kind for kind, _ in after.told}
    return (Kind.STARTED in kinds) if now else (Kind.STOPPED in kinds)


def a_pump_that_is_off_tells_nothing_and_only_switches_on(before, name, after):
    if before.pump.mode is not Mode.OFF or name == "press switch on":
        return True
    return after.pump.mode is Mode.OFF and not after.told


def a_silenced_pump_sounds_again_when_something_new_begins(_, name, after):
    if after.pump.mode is Mode.OFF or name.startswith(LOOKING):
        return True
    new = [one for one in after.left.lines if one not in after.found.board.lines]
    return not new or all(line.silent_until_ms is None for line in after.left.lines.values())


def switching_off_is_refused_only_while_the_motor_turns(before, name, after):
    if name != "press switch off" or before.pump.mode is Mode.OFF:
        return True
    return (after.pump.mode is Mode.OFF) == (before.pump.mode not in MOVING)


def a_stop_always_stops(_, name, after):
    return name != "press stop" or after.pump.mode not in MOVING


MOVES = (
    after_a_failure_nothing_but_switching_off_is_possible,
    drug_begins_to_run_by_a_start_and_by_nothing_else,
    drug_runs_faster_by_a_start_or_a_confirmed_rate_and_by_nothing_else,
    a_start_waits_until_every_alarm_that_stops_was_answered,
    a_start_needs_senses_programme_container_latch_and_door,
    the_line_is_filled_only_when_a_person_says_that_no_child_is_on_it,
    an_entry_changes_nothing_that_runs,
    an_infusion_that_is_given_up_has_to_be_programmed_anew,
    a_restart_that_came_too_late_waits_for_a_doctor,
    answering_one_alarm_leaves_every_other_as_it_is,
    no_answer_ends_a_condition_that_lasts,
    what_comes_on_the_board_is_told_and_what_leaves_it_too,
    what_was_told_as_an_alarm_stands_on_the_board,
    every_change_of_the_motor_is_told,
    a_pump_that_is_off_tells_nothing_and_only_switches_on,
    a_silenced_pump_sounds_again_when_something_new_begins,
    switching_off_is_refused_only_while_the_motor_turns,
    a_stop_always_stops,
)


def wrong(state):
    """What does not hold in this state, in words; empty when all does."""
    return next((one.__name__.replace("_", " ") for one in STATES if not one(state)), "")


def wrong_move(before, name, after):
    """What does not hold on this move."""
    return next((one.__name__.replace("_", " ") for one in MOVES if not one(before, name, after)), "")
