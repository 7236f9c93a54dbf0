"""The instants at which the controller has something to do although nothing happens. Uptime, never a wall clock."""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum


class Timer(StrEnum):
    """What becomes due. A silence and a reservoir warning have one timer for each condition or step, told by a tag."""

    SELF_TEST = "self-test"
    PRIMED = "primed"
    COMPLETE = "complete"
    DOSE_LIMIT = "dose-limit"
    RESERVOIR = "reservoir"
    DISPLAY_EMPTY = "display-empty"
    KEPT_OPEN = "kept-open"
    """Delivery goes on at the rate that keeps the vein open, and is watched as any other; due at once."""
    PAUSE = "pause"
    RESTART = "restart"
    NOT_STARTED = "not-started"
    ENTRY_IDLE = "entry-idle"
    ENTRY_CLEAR = "entry-clear"
    SETUP = "setup"
    REMINDER = "reminder"
    KEY_HELD = "key-held"
    SLEEP = "sleep"
    SILENCE = "silence"
    MEMORY_CHECK = "memory-check"
    PROCESSOR_CHECK = "processor-check"
    MONITOR_CHECK = "monitor-check"
    WATCHDOG_INTERRUPT = "watchdog-interrupt"
    WATCHDOG_ALARM = "watchdog-alarm"
    BATTERY_MEAN = "battery-mean"
    FLOW_WINDOW = "flow-window"
    FREE_FLOW = "free-flow"
    STATUS = "status"


Key = tuple[Timer, str]


@dataclass(slots=True)
class Timers:
    """What is due when, by timer and tag."""

    due: dict[Key, int] = field(default_factory=dict)

    def set(self, timer: Timer, at_ms: int, tag: str = "") -> None:
        """Make a timer due at an instant; one that runs already is moved."""
        self.due[timer, tag] = at_ms

    def set_once(self, timer: Timer, at_ms: int, tag: str = "") -> None:
        """Make a timer due at an instant, unless it runs already."""
        self.due.setdefault((timer, tag), at_ms)

    def runs(self, timer: Timer) -> bool:
        """Return whether a timer without a tag is set."""
        return (timer, "") in self.due

    def stop(self, *timers: Timer) -> None:
        """Stop these timers, whatever their tag."""
        for key in [key for key in self.due if key[0] in timers]:
            del self.due[key]

    @property
    def next_ms(self) -> int | None:
        """The next instant at which something is due."""
        return min(self.due.values(), default=None)

    def take(self, now_ms: int) -> Key | None:
        """Return what has been due longest, and stop it; None when nothing is due."""
        first_ms = self.next_ms
        if first_ms is None or first_ms > now_ms:
            return None
        key = min(key for key, at in self.due.items() if at == first_ms)
        del self.due[key]
        return key
