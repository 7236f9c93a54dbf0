"""The time axis of an infusion: real time, so that an hour is as wide in the night of the clock change as in any other.

Days begin at the hospital's midnight; one of them may be 23 or 25 hours wide.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from ransel.infusion.ledger import Ledger
from ransel.infusion.plan import InfusionPlan

NIGHT_FROM, NIGHT_UNTIL = time(22), time(7)
SATURDAY = 5
_HOUR = timedelta(hours=1)
_STEPS = (1, 2, 3, 4, 6, 12)
_LONGEST_BEFORE = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Stretch:
    """A span of the axis; `day` is the local day it belongs to."""

    day: date
    begins: datetime
    ends: datetime


@dataclass(frozen=True, slots=True)
class TimeScale:
    """Where an instant lies on paper; what lies outside is at the edge.

    Values:
        begins, ends: aware, UTC. left, right: where they lie.
    """

    zone: ZoneInfo
    begins: datetime
    ends: datetime
    left: float
    right: float

    @property
    def hour(self) -> float:
        """How wide an hour is."""
        return (self.right - self.left) / ((self.ends - self.begins) / _HOUR)

    def x(self, at: datetime) -> float:
        """Return where an instant lies."""
        x = self.left + (at.astimezone(UTC) - self.begins) / _HOUR * self.hour
        return min(max(x, self.left), self.right)

    def holds(self, at: datetime) -> bool:
        """Whether an instant lies on the axis."""
        return self.begins <= at.astimezone(UTC) <= self.ends

    def local(self, at: datetime) -> datetime:
        """Return an instant by the hospital's clock."""
        return at.astimezone(self.zone)

    def days(self) -> list[Stretch]:
        """Return the days that the axis shows, the first and the last cut off where it begins and ends."""
        day, last = self.local(self.begins).date(), self.local(self.ends).date()
        found = []
        while day <= last:
            following = day + timedelta(days=1)
            begins, ends = max(self._at(day, time()), self.begins), min(self._at(following, time()), self.ends)
            if begins < ends:
                found.append(Stretch(day, begins, ends))
            day = following
        return found

    def nights(self) -> Iterator[Stretch]:
        """Return the nights that the axis shows; each belongs to the day on which it begins."""
        day, last = self.local(self.begins).date() - timedelta(days=1), self.local(self.ends).date()
        while day <= last:
            following = day + timedelta(days=1)
            begins, ends = self._at(day, NIGHT_FROM), self._at(following, NIGHT_UNTIL)
            if max(begins, self.begins) < min(ends, self.ends):
                yield Stretch(day, max(begins, self.begins), min(ends, self.ends))
            day = following

    def hours(self, least: float) -> Iterator[datetime]:
        """Return the full hours to be marked, at least so far apart; none when not even half days have room."""
        step = next((step for step in _STEPS if step * self.hour >= least), None)
        for stretch in self.days() if step else ():
            for hour in range(0, 24, step or 24):
                at = self._at(stretch.day, time(hour))
                if hour and self.begins <= at < self.ends and self.local(at).hour == hour:
                    yield at

    def clock_changes(self) -> Iterator[tuple[datetime, timedelta]]:
        """Return when the clock changes, and by how much."""
        at = self.begins.replace(minute=0, second=0, microsecond=0)
        while at < self.ends:
            before, after = self.local(at).utcoffset(), self.local(at + _HOUR).utcoffset()
            if before is not None and after is not None and before != after:
                yield at + _HOUR, after - before
            at += _HOUR

    def _at(self, day: date, clock: time) -> datetime:
        return datetime.combine(day, clock, self.zone).astimezone(UTC)


def time_scale(plan: InfusionPlan, ledger: Ledger, left: float, right: float) -> TimeScale:
    """Return the axis from connecting to the end; a clock that is far off does not stretch it out of sight."""
    begins, ends = min([plan.start, *_told(ledger)]), max([plan.end, *_expected(plan, ledger), *_told(ledger)])
    span = plan.end - plan.start
    begins = max(begins, plan.start - _LONGEST_BEFORE).astimezone(UTC)
    ends = min(ends, plan.end + max(span / 2, _LONGEST_BEFORE)).astimezone(UTC)
    edge = (ends - begins) / 60
    return TimeScale(plan.zone, begins - edge, ends + edge, left, right)


def _told(ledger: Ledger) -> list[datetime]:
    if ledger.last_word is None:
        return []
    hands = [at for one in ledger.containers for at in (one.connected, one.disconnected) if at is not None]
    ran = [at for one in ledger.segments for at in (one.begins, one.ends)]
    return [*hands, *ran, *([] if ledger.over else [ledger.at])]


def _expected(plan: InfusionPlan, ledger: Ledger) -> list[datetime]:
    latest = [one.latest for one in plan.visits if one.kind == "disconnect" and one.latest is not None]
    return latest if ledger.over else [*latest, ledger.end]
