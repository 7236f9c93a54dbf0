"""What the pump does with the drug: a declared state machine.

The table is the whole machine. What is not in it does not happen: an event that finds no row leaves the mode as it is
and is refused.
"""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum


class Mode(StrEnum):
    """What the pump is doing."""

    OFF = "off"
    SELF_TEST = "self-test"
    SENSES = "senses"
    """Waiting for a person to say that sound, display and keys work."""
    STOPPED = "stopped"
    """No infusion has begun, or it is complete."""
    PRIMING = "priming"
    """Filling the line while the child is not connected."""
    RUNNING = "running"
    KVO = "kvo"
    """Keeping the vein open, never above the therapy rate."""
    PAUSED = "paused"
    """An infusion has begun and a person has stopped it."""
    HELD = "held"
    """An infusion has begun and an alarm has stopped it."""
    FAILED = "failed"
    """Nothing but switching off is possible."""


class Step(StrEnum):
    """What can happen to the delivery."""

    SWITCH_ON = "switch-on"
    TEST_PASSED = "test-passed"
    TEST_FAILED = "test-failed"
    SENSES_CONFIRMED = "senses-confirmed"
    SENSES_CONFIRMED_AGAIN = "senses-confirmed-again"
    """As before, while an infusion has begun."""
    PRIME = "prime"
    PRIMED = "primed"
    PRIMED_AGAIN = "primed-again"
    """As before, while an infusion has begun."""
    START = "start"
    PAUSE = "pause"
    HOLD = "hold"
    SLOW = "slow"
    COMPLETE = "complete"
    FAIL = "fail"
    SWITCH_OFF = "switch-off"
    POWER_LOST = "power-lost"
    NEW_INFUSION = "new-infusion"
    """What had begun is given up: another drug, another child."""


DELIVERING = frozenset({Mode.RUNNING, Mode.KVO})
"""The modes in which drug goes to the child."""

MOVING = DELIVERING | {Mode.PRIMING}
"""The modes in which the motor turns."""

TABLE: Mapping[tuple[Mode, Step], Mode] = {
    (Mode.OFF, Step.SWITCH_ON): Mode.SELF_TEST,
    (Mode.SELF_TEST, Step.TEST_PASSED): Mode.SENSES,
    (Mode.SELF_TEST, Step.TEST_FAILED): Mode.FAILED,
    (Mode.SELF_TEST, Step.SWITCH_OFF): Mode.OFF,
    (Mode.SENSES, Step.SENSES_CONFIRMED): Mode.STOPPED,
    (Mode.SENSES, Step.SENSES_CONFIRMED_AGAIN): Mode.PAUSED,
    (Mode.SENSES, Step.SWITCH_OFF): Mode.OFF,
    (Mode.STOPPED, Step.PRIME): Mode.PRIMING,
    (Mode.STOPPED, Step.START): Mode.RUNNING,
    (Mode.STOPPED, Step.SWITCH_OFF): Mode.OFF,
    (Mode.PRIMING, Step.PRIMED): Mode.STOPPED,
    (Mode.PRIMING, Step.PRIMED_AGAIN): Mode.PAUSED,
    (Mode.RUNNING, Step.PAUSE): Mode.PAUSED,
    (Mode.RUNNING, Step.HOLD): Mode.HELD,
    (Mode.RUNNING, Step.SLOW): Mode.KVO,
    (Mode.RUNNING, Step.COMPLETE): Mode.STOPPED,
    (Mode.KVO, Step.START): Mode.RUNNING,
    (Mode.KVO, Step.PAUSE): Mode.PAUSED,
    (Mode.KVO, Step.HOLD): Mode.HELD,
    (Mode.KVO, Step.COMPLETE): Mode.STOPPED,
    (Mode.PAUSED, Step.START): Mode.RUNNING,
    (Mode.PAUSED, Step.PRIME): Mode.PRIMING,
    (Mode.PAUSED, Step.NEW_INFUSION): Mode.STOPPED,
    (Mode.PAUSED, Step.SWITCH_OFF): Mode.OFF,
    (Mode.HELD, Step.START): Mode.RUNNING,
    (Mode.HELD, Step.PAUSE): Mode.PAUSED,
    (Mode.HELD, Step.SWITCH_OFF): Mode.OFF,
    (Mode.FAILED, Step.SWITCH_OFF): Mode.OFF,
    **{(mode, Step.FAIL): Mode.FAILED for mode in Mode if mode not in {Mode.OFF, Mode.FAILED}},
    **{(mode, Step.POWER_LOST): Mode.OFF for mode in Mode if mode is not Mode.OFF},
}


def after(mode: Mode, step: Step) -> Mode | None:
    """Return the mode after a step, or None when this step is not possible in this mode."""
    return TABLE.get((mode, step))
