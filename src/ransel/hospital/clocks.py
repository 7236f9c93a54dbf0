"""Clocks as bars: how much of a time that is allowed has gone, and how much is left."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Literal

from ransel.language import Message

State = Literal["waiting", "fine", "soon", "over"]
SOON = timedelta(hours=4)
"""From here on a clock is shown as running out: an assumption."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ClockBar:
    """One clock: from when to when, and what it is about.

    Values:
        label: what runs out. begins, ends: aware. now: the present instant.
    """

    label: Message
    begins: datetime
    ends: datetime
    now: datetime

    @property
    def gone(self) -> int:
        """How much has gone, in hundredths."""
        whole = max((self.ends - self.begins).total_seconds(), 1.0)
        return round(100 * min(max((self.now - self.begins).total_seconds() / whole, 0.0), 1.0))

    @property
    def state(self) -> State:
        """How urgent it is; never told by colour alone."""
        if self.now < self.begins:
            return "waiting"
        left = self.ends - self.now
        if left <= timedelta():
            return "over"
        return "soon" if left <= SOON else "fine"

    @property
    def words(self) -> Message:
        """How much is left, in words."""
        left = self.ends - self.now
        if left <= timedelta():
            return Message("bar.over", {"time": span(-left)})
        return Message("bar.left", {"time": span(left)})


def span(time: timedelta) -> Message:
    """Return a length of time as people say it: days and hours, hours and minutes, or minutes."""
    minutes = int(time.total_seconds() // 60)
    days, hours = divmod(minutes // 60, 24)
    if days:
        return Message("span.days", {"days": days, "hours": hours})
    if hours:
        return Message("span.hours", {"hours": hours, "minutes": f"{minutes % 60:02d}"})
    return Message("span.minutes", {"minutes": minutes})
