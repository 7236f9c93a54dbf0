"""What people do at the pump. Every key press that changes something takes two steps; chords do nothing."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from ransel.infusion.condition import Condition
from ransel.pump.programme import Draft


class Act(StrEnum):
    """What a person can do."""

    SWITCH_ON = "switch-on"
    SWITCH_OFF = "switch-off"
    CONFIRM_SENSES = "confirm-senses"
    """Sound, display and keys were heard, seen and felt; `new_child` and the place of care are answered."""
    ENTER = "enter"
    """Change the draft of a programme; the running one is untouched."""
    REVIEW = "review"
    CONFIRM = "confirm"
    CLEAR = "clear"
    CONFIRM_CLEAR = "confirm-clear"
    LOAD = "load"
    """Say which container was attached and what the display shall start at."""
    PRIME = "prime"
    START = "start"
    STOP = "stop"
    SILENCE = "silence"
    CANCEL_SILENCE = "cancel-silence"
    ACKNOWLEDGE = "acknowledge"
    CONFIRM_RESTART = "confirm-restart"
    """A doctor ordered the restart after a stop that was longer than the drug allows."""
    SET_DEFAULT = "set-default"
    """For an administrator only."""
    INVALID_KEY = "invalid-key"
    """A chord, a short press that was not meant, a key that means nothing here."""


@dataclass(frozen=True, slots=True)
class Action:
    """One thing a person does.

    Values:
        draft: what is entered. condition: which alarm; None for all that sound.
        container, display_nL: what was attached. volume_nL: to prime.
        off_child: the person says that the line is not connected to the child.
        new_child: the answer to the pump's question. code: of a container, or an administrator's.
        name: of a setting; `override` beside a soft limit; what a person could not hear, see or feel.
    """

    act: Act
    draft: Draft | None = None
    condition: Condition | None = None
    container: int = 0
    display_nL: int = 0
    volume_nL: int = 0
    off_child: bool = False
    new_child: bool = False
    code: str = ""
    name: str = ""
    value: int = 0
