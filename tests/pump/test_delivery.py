"""The declared machine of the delivery: what is not in its table does not happen."""

from ransel.pump.delivery import DELIVERING, MOVING, TABLE, Mode, Step, after


def test_drug_begins_to_run_only_by_a_start_or_by_slowing_down_what_runs():
    begins = {(mode, step) for (mode, step), to in TABLE.items() if to in DELIVERING and mode not in DELIVERING}
    assert begins == {(mode, Step.START) for mode in (Mode.STOPPED, Mode.PAUSED, Mode.HELD)}
    assert {mode for (mode, _), to in TABLE.items() if to is Mode.KVO} == {Mode.RUNNING}


def test_a_failure_is_left_only_by_switching_off_and_follows_from_every_mode_that_is_on():
    assert {step for mode, step in TABLE if mode is Mode.FAILED} == {Step.SWITCH_OFF, Step.POWER_LOST}
    assert {mode for mode in Mode if after(mode, Step.FAIL) is Mode.FAILED} == set(Mode) - {Mode.OFF, Mode.FAILED}


def test_nobody_can_switch_off_while_the_motor_turns_and_power_can_go_in_every_mode():
    assert not {mode for mode in MOVING if after(mode, Step.SWITCH_OFF)}
    assert {mode for mode in Mode if after(mode, Step.POWER_LOST) is Mode.OFF} == set(Mode) - {Mode.OFF}


def test_every_mode_that_runs_can_be_paused_and_held():
    assert all(after(mode, Step.PAUSE) is Mode.PAUSED for mode in DELIVERING)
    assert all(after(mode, Step.HOLD) is Mode.HELD for mode in DELIVERING)


def test_a_line_is_filled_only_while_nothing_runs_and_ends_where_it_began():
    assert {mode for (mode, step) in TABLE if step is Step.PRIME} == {Mode.STOPPED, Mode.PAUSED}
    assert after(Mode.PRIMING, Step.PRIMED) is Mode.STOPPED
    assert after(Mode.PRIMING, Step.PRIMED_AGAIN) is Mode.PAUSED


def test_every_step_leads_somewhere_and_what_is_not_in_the_table_is_refused():
    assert {step for _, step in TABLE} == set(Step)
    assert after(Mode.OFF, Step.START) is None
    assert after(Mode.SENSES, Step.START) is None
