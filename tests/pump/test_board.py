"""The alarm board: what sounds, what is listed, what an answer does. Every order is tried in `test_exploration`."""

import pytest

from ransel.infusion.condition import Condition, Priority
from ransel.pump.board import LIFE, Board, Signal, Turn, turned

SILENCE_MS = 120_000
HOT, AIR, SHUT = Condition.HOT, Condition.AIR_IN_LINE, Condition.OCCLUSION


def with_all():
    board = Board().begin(HOT, 10, Priority.LOW, latching=False)
    return board.begin(AIR, 20, Priority.HIGH, latching=True).begin(SHUT, 30, Priority.MEDIUM, latching=True)


def signal(board, condition):
    return board.lines[condition].signal if condition in board.lines else Signal.QUIET


def test_several_alarms_are_listed_the_highest_first_and_the_highest_is_heard():
    board = with_all()
    assert [line.condition for line in board.listed()] == [AIR, SHUT, HOT]
    assert (board.sound, board.indicator) == (Priority.HIGH, Priority.HIGH)


def test_alarms_of_one_priority_are_listed_in_the_order_in_which_they_began():
    board = Board().begin(SHUT, 20, Priority.LOW, latching=True).begin(HOT, 10, Priority.LOW, latching=False)
    assert [line.condition for line in board.listed()] == [HOT, SHUT]


def test_the_sound_of_one_silenced_alarm_gives_way_to_the_next_and_the_lamp_stays():
    board = with_all().silence(AIR, SILENCE_MS)
    assert (board.sound, board.indicator) == (Priority.MEDIUM, Priority.HIGH)


def test_a_new_alarm_ends_every_silence():
    board = Board().begin(HOT, 10, Priority.LOW, latching=False).silence(HOT, SILENCE_MS)
    board = board.begin(AIR, 20, Priority.HIGH, latching=True)
    assert signal(board, HOT) is Signal.SOUNDING
    assert board.lines[HOT].silent_until_ms is None


def test_an_alarm_that_lasts_and_is_seen_again_is_not_a_new_one():
    board = with_all().silence(AIR, SILENCE_MS)
    assert board.begin(AIR, 99, Priority.HIGH, latching=True) is board


def test_the_same_condition_with_another_detail_is_a_new_one():
    board = Board().begin(SHUT, 10, Priority.MEDIUM, latching=True, detail="below").silence(SHUT, SILENCE_MS)
    board = board.begin(SHUT, 20, Priority.MEDIUM, latching=True, detail="above")
    assert (signal(board, SHUT), board.lines[SHUT].detail) == (Signal.SOUNDING, "above")


def test_acknowledging_while_the_cause_lasts_is_a_silence_and_afterwards_takes_it_off():
    board = with_all().acknowledge(AIR, SILENCE_MS)
    assert (signal(board, AIR), board.lines[AIR].silent_until_ms) == (Signal.SILENCED, SILENCE_MS)
    assert AIR not in with_all().cause_gone(AIR).acknowledge(AIR, SILENCE_MS).lines


def test_a_cause_that_goes_during_the_silence_does_not_end_it_and_the_alarm_stays_to_be_answered():
    board = with_all().silence(AIR, SILENCE_MS).cause_gone(AIR)
    assert (signal(board, AIR), board.lines[AIR].silent_until_ms) == (Signal.LATCHED_SILENCED, SILENCE_MS)
    assert signal(board.silence_over(AIR), AIR) is Signal.LATCHED


def test_an_alarm_that_does_not_latch_leaves_with_its_cause():
    assert HOT not in with_all().cause_gone(HOT).lines


def test_one_silence_is_not_made_longer_by_another():
    board = with_all().silence(AIR, SILENCE_MS)
    assert board.silence(AIR, 10 * SILENCE_MS) is board


def test_what_lasts_is_told_apart_from_what_only_waits_for_an_answer():
    assert set(with_all().cause_gone(AIR).lasting()) == {HOT, SHUT}


def test_an_empty_board_is_silent_and_answers_change_nothing():
    board = Board()
    assert (board.sound, board.indicator, board.listed()) == (None, None, ())
    for answered in (board.acknowledge(HOT, 1), board.silence(HOT, 1), board.cause_gone(HOT), board.silence_over(HOT)):
        assert answered is board


@pytest.mark.parametrize("latching", [True, False])
@pytest.mark.parametrize("turn", Turn)
@pytest.mark.parametrize("before", Signal)
def test_a_turn_that_is_not_in_the_table_changes_nothing(before, turn, latching):
    after = turned(before, turn, latching)
    if turn is Turn.CAUSE_GONE and not latching:
        assert after is Signal.QUIET
    else:
        assert after is LIFE.get((before, turn), before)
