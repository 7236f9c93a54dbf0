"""Every state that board, delivery and controller can reach is gone through; in each, what must hold is looked at."""

from collections.abc import Hashable
from dataclasses import dataclass, replace
from itertools import combinations, product

import pytest
from pump.exploring import CounterexampleError, Explored, Moved, explore
from pump.imagined import key
from pump.imagined_safety import wrong, wrong_move
from pump.theatres import THEATRES, running

from ransel.infusion.condition import Condition, Priority, Reaction
from ransel.infusion.condition_facts import facts
from ransel.pump.board import AUDIBLE, CAUSE_LASTS, LIFE, SILENT_FOR_A_WHILE, Board, Signal, Turn
from ransel.pump.delivery import TABLE, Mode, Step, after

SILENCE_MS = 120_000

# ------------------------------------------------------------------ the explorer itself


def test_the_explorer_prints_a_shortest_way_to_what_is_wrong():
    def moves(number):
        return [Moved("add one", number + 1), Moved("double", number * 2)] if number < 20 else []

    with pytest.raises(CounterexampleError, match="ten is reached") as caught:
        explore(1, moves, lambda number: number, lambda number: "ten is reached" if number == 10 else "")
    assert [line.split(". ")[1] for line in str(caught.value).splitlines() if ". " in line] == [
        "at first", "add one", "double", "add one", "double",
    ]  # fmt: skip


def test_the_explorer_finds_a_state_without_a_way_home():
    ways = {"home": ["street"], "street": ["home", "pit"], "pit": []}
    seen = explore("home", lambda at: [Moved(to, to) for to in ways[at]], lambda at: at, lambda _: "")
    assert [seen.keys[number] for number in seen.stuck(lambda at: at == "home")] == ["pit"]


def test_a_bad_controller_is_found():
    """A proof that cannot fail proves nothing: here the motor goes on when the door opens."""
    start, theatre = THEATRES["latching"]()
    row = replace(start.pump.row, reactions={**start.pump.row.reactions, Condition.DOOR_OPEN: Reaction.CONTINUE})
    start = running(row=row)
    with pytest.raises(CounterexampleError, match="nothing moves while the sensors forbid it"):
        explore(start, theatre.moves, key, wrong, wrong_move)


# ------------------------------------------------------------------ the alarm board


@dataclass(frozen=True)
class BoardAt:
    """A board, and which causes last in the world outside."""

    board: Board
    causes: frozenset
    sounded: frozenset = frozenset()


def board_moves(conditions):
    def moves(at):
        board = at.board
        for condition in conditions:
            priority, latching = conditions[condition]
            begun = board.begin(condition, 0, priority, latching)
            yield Moved(f"begin {condition}", BoardAt(begun, at.causes | {condition}), homeward=False)
            yield Moved(f"cause gone {condition}", BoardAt(board.cause_gone(condition), at.causes - {condition}))
            yield Moved(f"acknowledge {condition}", BoardAt(board.acknowledge(condition, SILENCE_MS), at.causes))
            yield Moved(f"silence {condition}", BoardAt(board.silence(condition, SILENCE_MS), at.causes))
            yield Moved(f"silence over {condition}", BoardAt(board.silence_over(condition), at.causes))

    return moves


def board_key(at):
    return frozenset((one.condition, one.signal) for one in at.board.lines.values()), at.causes


def board_is_wrong(at):
    """What does not hold on this board, in words."""
    lines = at.board.lines.values()
    audible = [one.priority for one in lines if one.signal in AUDIBLE]
    lasting = {one.condition for one in lines if one.signal in CAUSE_LASTS}
    order = list(Priority)
    highest = min((one.priority for one in lines), key=order.index, default=None)
    checks = {
        "every cause that lasts is listed, and nothing else as lasting": lasting == at.causes,
        "what is silent has an end of its silence, what sounds has none": all(
            (one.signal in SILENT_FOR_A_WHILE) == (one.silent_until_ms is not None) for one in lines
        ),
        "what does not latch is not on the board without its cause": all(
            one.latching or one.condition in at.causes for one in lines
        ),
        "the highest that is audible is heard": at.board.sound == min(audible, key=order.index, default=None),
        "the lamp shows the highest, silenced or not": at.board.indicator == highest,
        "the list is complete and highest first": [one.priority for one in at.board.listed()]
        == sorted((one.priority for one in lines), key=order.index),
    }
    return next((name for name, holds in checks.items() if not holds), "")


def board_move_is_wrong(before, name, after):
    """What does not hold on this move: only a beginning touches another condition, and only to wake it."""
    turn, _, condition = name.rpartition(" ")
    for key_, line in before.board.lines.items():
        now = after.board.lines.get(key_)
        if key_.value == condition:
            continue
        if turn != "begin" and now != line:
            return "one turn touches one condition"
        if now is None or (now.signal in CAUSE_LASTS) != (line.signal in CAUSE_LASTS):
            return "no turn takes another condition off or begins it"
    new = turn == "begin" and Condition(condition) not in before.causes
    if new and any(one.signal in SILENT_FOR_A_WHILE for one in after.board.lines.values()):
        return "what is new ends every silence"
    return ""


def explored_board(conditions):
    start = BoardAt(Board(), frozenset())
    seen = explore(start, board_moves(conditions), board_key, board_is_wrong, board_move_is_wrong)
    seen.refuse_stuck(lambda at: not at[0], "every alarm can be got rid of")
    return seen


KINDS = list(product(Priority, (True, False)))
"""A condition is one of six to the board: three priorities, latching or not."""


def test_every_way_of_one_condition_is_in_the_declared_table():
    seen = explored_board({Condition.HOT: (Priority.HIGH, True)})
    met = {signal for lines, _ in seen.keys for _, signal in lines} | {Signal.QUIET}
    assert met == set(Signal) == {signal for signal, _ in LIFE}
    assert {turn for _, turn in LIFE} == set(Turn)


def test_every_condition_of_the_vocabulary_goes_its_whole_way_alone():
    for condition, meant in facts().items():
        seen = explored_board({condition: (Priority.MEDIUM, meant.latching)})
        assert len(seen.keys) == (5 if meant.latching else 3)


def test_two_conditions_of_any_kind_go_every_way_together():
    names = (Condition.HOT, Condition.OCCLUSION)
    found = [explored_board(dict(zip(names, kinds, strict=True))) for kinds in product(KINDS, repeat=2)]
    assert {len(seen.keys) for seen in found} == {9, 15, 25}


def test_three_conditions_go_every_way_together(say):
    names = (Condition.HOT, Condition.OCCLUSION, Condition.AIR_IN_LINE)
    found = [explored_board(dict(zip(names, kinds, strict=True))) for kinds in combinations(KINDS, 3)]
    tell(say, "three conditions on the board, 20 choices of kinds", found)
    assert all(seen.keys for seen in found)


@pytest.mark.prove
def test_three_conditions_of_any_kind_and_four_latching_ones_go_every_way_together(say):
    names = (Condition.HOT, Condition.OCCLUSION, Condition.AIR_IN_LINE, Condition.MOTOR_FAILURE)
    threes = [explored_board(dict(zip(names[:3], kinds, strict=True))) for kinds in product(KINDS, repeat=3)]
    four = explored_board(dict.fromkeys(names, (Priority.LOW, True)))
    tell(say, "three conditions of any kind, and four", [*threes, four])
    assert len(four.keys) == 5**4


# ------------------------------------------------------------------ the delivery machine


def modes():
    return explore(
        Mode.OFF,
        lambda mode: [Moved(step, after(mode, step) or mode) for step in Step],
        lambda mode: mode,
        lambda _: "",
    )


def test_every_mode_is_reached_and_every_mode_can_be_switched_off():
    seen = modes()
    assert set(seen.keys) == set(Mode)
    seen.refuse_stuck(lambda mode: mode is Mode.OFF, "every mode can reach off")


def test_no_mode_runs_before_self_test_and_senses():
    way = modes().way_to([*modes().keys].index(Mode.RUNNING))
    assert way[1:4] == [Step.SWITCH_ON, Step.TEST_PASSED, Step.SENSES_CONFIRMED]
    assert {to for (mode, _), to in TABLE.items() if mode is Mode.SENSES} <= {
        Mode.STOPPED, Mode.PAUSED, Mode.FAILED, Mode.OFF,
    }  # fmt: skip


# ------------------------------------------------------------------ the controller between both


def quiet(state: Hashable) -> bool:
    """The board is empty; or the pump is off, or has failed and can be switched off."""
    return not state[1] or state[0] in {Mode.OFF, Mode.FAILED}


def explored_controller(name) -> Explored:
    start, theatre = THEATRES[name]()
    seen = explore(start, theatre.moves, key, wrong, wrong_move)
    seen.refuse_stuck(quiet, "every alarm can be got rid of without switching off")
    return seen


def tell(say, what, found):
    states, transitions = sum(len(seen.keys) for seen in found), sum(seen.transitions for seen in found)
    say(f"explored {what}: {states:,} states, {transitions:,} transitions")


SHORT = ("batteries", "bubbles", "sleeping")


def test_nothing_unsafe_is_reached_in_the_small_explorations_and_they_reach_every_mode():
    """Every mode but keeping open, which needs a row of its own; what is not reached is not proved."""
    found = [explored_controller(name) for name in SHORT]
    met = {state[0] for seen in found for state in seen.keys}
    assert met == set(Mode) - {Mode.KVO}


@pytest.mark.prove
@pytest.mark.parametrize("name", [name for name in THEATRES if name not in SHORT])
def test_nothing_unsafe_is_reached_in_any_exploration(name, say):
    seen = explored_controller(name)
    tell(say, name, [seen])
    assert len(seen.keys) > 1000
