"""The log inside the pump: it survives without power, and when it is full the oldest entry goes first."""

from __future__ import annotations

from collections import deque
from dataclasses import dataclass, field

Entry = tuple[int, int, int, str, str]
"""Boot, uptime in ms, the pump's own clock in ms, kind, and what it is about."""


@dataclass(slots=True)
class PumpLog:
    """Events and faults apart, so that a day full of key presses pushes no fault out.

    Values:
        events, faults: the newest last; each holds as many as the device has room for.
    """

    event_room: int
    fault_room: int
    events: deque[Entry] = field(init=False)
    faults: deque[Entry] = field(init=False)

    def __post_init__(self) -> None:
        self.events, self.faults = deque(maxlen=self.event_room), deque(maxlen=self.fault_room)

    def write(self, entry: Entry, is_fault: bool) -> None:
        """Write one entry."""
        self.events.append(entry)
        if is_fault:
            self.faults.append(entry)
