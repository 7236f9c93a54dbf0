"""Who stands at the pump: how soon they come, and what they do when it calls.

Nothing here is clinical advice. The figures are assumptions about a family, a nurse on call and a spare pump; they
decide how long a simulated interruption lasts and nothing else.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from ransel.evidence import Sourced, assumed
from ransel.infusion.condition import Condition, Priority
from ransel.quantities import Duration

MENDED_BY_HAND: Mapping[Condition, frozenset[str]] = {
    Condition.OCCLUSION: frozenset({"occlusion", "upstream-occlusion"}),
    Condition.DOOR_OPEN: frozenset({"door-open"}),
    Condition.NO_CASSETTE: frozenset({"false-no-cassette"}),
    Condition.SET_NOT_LOADED: frozenset({"latch-open"}),
    Condition.KEY_HELD: frozenset({"key-stuck"}),
    Condition.BATTERY_LOW: frozenset({"battery-weak", "battery-defective"}),
    Condition.BATTERY_DEPLETED: frozenset({"battery-weak", "battery-defective"}),
    Condition.BATTERY_DEFECTIVE: frozenset({"battery-weak", "battery-defective"}),
    Condition.SUPPLY_OUT_OF_RANGE: frozenset({"supply-out-of-range"}),
    Condition.HOT: frozenset({"hot"}),
    Condition.OVERHEATED: frozenset({"hot"}),
    Condition.ENVIRONMENT: frozenset({"damp"}),
    Condition.FREE_FLOW: frozenset({"free-flow"}),
}
"""What a person who answers an alarm finds and puts right; everything else stays until its own end or another pump."""

NEEDS_ANOTHER_PUMP = frozenset(
    {
        Condition.SYSTEM_FAILURE,
        Condition.SELF_TEST_FAILED,
        Condition.WATCHDOG,
        Condition.MOTOR_FAILURE,
        Condition.SOUND_FAILURE,
    }
)


@dataclass(frozen=True, slots=True)
class People:
    """How soon the people around a child do what.

    Values:
        answer: by priority, from hearing an alarm to standing at the pump. notice: a pump that is off and silent.
        spare: until another pump is there. doctor: until a doctor has decided about a late restart.
        again: until somebody tries once more what the pump refused, twice as long each time,
            longest at most. prepare: from switching on to connecting.
    """

    answer: Mapping[Priority, Sourced[Duration]]
    notice: Sourced[Duration]
    spare: Sourced[Duration]
    doctor: Sourced[Duration]
    again: Sourced[Duration]
    longest: Sourced[Duration]
    prepare: Sourced[Duration]


AT_HOME = People(
    answer={
        Priority.HIGH: assumed(Duration("5 min"), "someone is within hearing and calls the ward"),
        Priority.MEDIUM: assumed(Duration("15 min"), "the child is called in, the backpack opened"),
        Priority.LOW: assumed(Duration("30 min"), "heard, and answered after what one is doing"),
    },
    notice=assumed(Duration("1 h"), "a pump without power makes no sound; somebody looks once an hour"),
    spare=assumed(Duration("3 h"), "by car from the hospital or the home-care organisation"),
    doctor=assumed(Duration("1 h"), "by telephone"),
    again=assumed(Duration("15 min"), "they look, ask, and try once more"),
    longest=assumed(Duration("8 h"), "asking around takes no longer than a night"),
    prepare=assumed(Duration("15 min"), "self-test, programme and priming before the child is connected"),
)
