"""What could go wrong inside the pump and at its keys: damage, alarms that hide, a child that plays."""

from shutil import copytree

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ransel.infusion import Kind
from ransel.infusion.condition import Condition, Priority
from ransel.language import Refused
from ransel.pump.actions import Act
from ransel.pump.board import Board, Signal
from ransel.pump.conformance.driven import HOUR, MINUTE, Driven
from ransel.pump.conformance.drugs import BLINCYTO_7_DAYS, DRUGS
from ransel.pump.conformance.into_conditions import OtherRows
from ransel.pump.delivery import DELIVERING, Mode
from ransel.pump.drug_library import LIBRARY, DrugLibrary

ML = 1_000_000
KEYS = [act for act in Act if act not in {Act.ENTER, Act.LOAD}]
"""Keys that a child can press without entering a number."""


def lit(pump, condition):
    return pump.controller.board.lines.get(condition)


# damage


@pytest.mark.hazard("HZ-040")
@pytest.mark.parametrize("bit", range(31))
def test_one_flipped_bit_of_the_rate_never_runs(bit):
    pump = Driven().running()
    pump.press(Act.STOP)
    pump.fault("rate-bit-flips", bit)
    assert pump.start() != ""
    pump.wait(2 * HOUR)
    assert pump.controller.motor_nL_per_h == 0
    assert pump.raised(Condition.SYSTEM_FAILURE)


@pytest.mark.hazard("HZ-040")
@pytest.mark.parametrize(("fault", "within"), [("rate-bit-flips", 2 * HOUR), ("memory-damaged", 2 * HOUR),
                                               ("program-damaged", 2 * HOUR), ("processor-fails", 2 * HOUR),
                                               ("task-stalls", 3 * MINUTE + 1000)])  # fmt: skip
def test_a_part_that_fails_inside_stops_a_running_pump(fault, within):
    pump = Driven().running()
    pump.wait(HOUR)
    pump.fault(fault)
    pump.wait(within)
    assert pump.mode is Mode.FAILED
    assert pump.controller.motor_nL_per_h == 0
    assert pump.press(Act.START) == "not-now"


@pytest.mark.hazard("HZ-041")
def test_a_library_that_says_something_else_than_when_it_was_programmed_stops_the_start():
    pump = Driven().made_ready()
    pump.controller.library = OtherRows(pump)
    assert pump.start() == Condition.LIBRARY_MISMATCH.value
    pump.wait(HOUR)
    assert pump.given_mL == 0


@pytest.mark.hazard("HZ-041")
def test_a_library_in_which_one_limit_was_changed_is_not_taken_at_all(tmp_path):
    folder = tmp_path / "library"
    copytree(LIBRARY, folder)
    assert DrugLibrary.load(folder).rows == DrugLibrary.load().rows
    changed = tmp_path / "changed"
    copytree(LIBRARY, changed)
    file = changed / "dinutuximab-beta.toml"
    file.write_text(file.read_text(encoding="utf-8").replace('"2.4 mL/h"', '"24 mL/h"'), encoding="utf-8")
    with pytest.raises(Refused):
        DrugLibrary.load(changed)


# alarms


@pytest.mark.hazard("HZ-042")
def test_a_silence_ends_after_two_minutes_and_can_never_be_made_longer_or_lasting():
    pump = Driven().running()
    pump.fault("door-open")
    for _ in range(20):
        pump.press(Act.SILENCE)
        pump.wait(30_000)
        if lit(pump, Condition.DOOR_OPEN).signal is Signal.SOUNDING:
            break
    silenced, sounding = pump.told(Kind.ALARM_SILENCED)[0], pump.told(Kind.SILENCE_ENDED)[0]
    assert sounding.uptime_ms - silenced.uptime_ms <= 2 * MINUTE


@pytest.mark.hazard("HZ-042")
def test_a_new_alarm_sounds_through_any_silence():
    pump = Driven().running()
    pump.fault("door-open")
    pump.press(Act.SILENCE)
    assert pump.controller.board.sound is None
    pump.fault("latch-open")
    assert pump.controller.board.sound is not None


@pytest.mark.hazard("HZ-042")
def test_a_pump_whose_sound_is_broken_does_not_pass_its_test_and_says_so_while_it_runs():
    broken = Driven()
    broken.fault("loudspeaker-broken")
    broken.switch_on()
    assert broken.mode is Mode.FAILED
    running = Driven().running()
    running.fault("loudspeaker-broken")
    running.wait(HOUR)
    assert running.raised(Condition.SOUND_FAILURE)


@pytest.mark.hazard("HZ-043")
@pytest.mark.property
@given(st.lists(st.sampled_from(list(Condition)), min_size=2, max_size=8, unique=True), st.data())
def test_of_many_alarms_none_is_lost_hidden_or_acknowledged_with_another(conditions, data):
    board = Board()
    for at, condition in enumerate(conditions):
        priority = data.draw(st.sampled_from(list(Priority)))
        board = board.begin(condition, at, priority, latching=True)
    assert {line.condition for line in board.listed()} == set(conditions)
    highest = min((line.priority for line in board.lines.values()), key=list(Priority).index)
    assert board.indicator is board.sound is highest
    one = data.draw(st.sampled_from(conditions))
    for condition in conditions:
        gone = board.cause_gone(one).acknowledge(one, 1000)
        assert (condition in gone.lines) == (condition is not one)


@pytest.mark.hazard("HZ-043")
def test_two_alarms_at_once_are_both_answered_before_it_runs_again():
    pump = Driven().running()
    pump.fault("door-open")
    pump.fault("latch-open")
    pump.mend("door-open")
    pump.mend("latch-open")
    pump.press(Act.ACKNOWLEDGE, condition=Condition.DOOR_OPEN)
    assert pump.start() == f"alarm:{Condition.SET_NOT_LOADED.value}"
    pump.press(Act.ACKNOWLEDGE, condition=Condition.SET_NOT_LOADED)
    assert pump.start() == ""


# a child plays with the keys


@pytest.mark.hazard("HZ-044")
@pytest.mark.property
@given(st.lists(st.sampled_from(KEYS), max_size=40), st.sampled_from(DRUGS))
def test_no_play_with_the_keys_makes_it_run_faster_or_with_another_programme(keys, drug):
    pump = Driven().running(drug)
    programme, rate = pump.controller.kept.programme, pump.controller.motor_nL_per_h
    for key in keys:
        pump.press(key)
        pump.wait(1500)
        assert pump.controller.motor_nL_per_h in {0, rate}
        assert pump.mode not in DELIVERING or pump.controller.kept.programme == programme


@pytest.mark.hazard("HZ-044")
def test_what_play_has_stopped_is_called_out_within_the_pause_of_the_drug():
    pump = Driven().running(BLINCYTO_7_DAYS)
    pump.press(Act.STOP)
    assert pump.wait_for(Condition.PAUSE_TOO_LONG, HOUR) == pump.controller.row.pause_ms


@pytest.mark.hazard("HZ-045")
def test_a_line_is_not_filled_unless_somebody_says_that_it_is_off_the_child_and_never_without_end():
    pump = Driven().made_ready()
    assert pump.press(Act.PRIME, volume_nL=5 * ML) == "line-on-child"
    most = pump.controller.device.prime_most_nL
    assert pump.press(Act.PRIME, volume_nL=most + 1, off_child=True) == "prime-volume"
    while not pump.press(Act.PRIME, volume_nL=most // 2, off_child=True):
        pump.wait(2 * HOUR)
    assert pump.controller.kept.meter.primed_nL <= most


@pytest.mark.hazard("HZ-045")
def test_a_running_pump_fills_no_line():
    assert Driven().running().press(Act.PRIME, volume_nL=ML, off_child=True) == "stop-first"
