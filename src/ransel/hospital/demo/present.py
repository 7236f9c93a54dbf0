"""When things happen in the demo: counted from the present instant, by the clock of a hospital's day."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from functools import cached_property

from ransel.planning import Agenda

DAY_BEGINS, DAY_ENDS = time(8), time(21)
"""Between these somebody signs something in the demo; what would fall at night was done the evening before."""

OFFICE_OPENS, OFFICE_CLOSES = time(9), time(17)

FIRST_START, LAST_START = time(13), time(18)
"""Who is connected in the afternoon has the cassette changed in the morning of the sixth day, and not at night."""

HALF_HOUR = timedelta(minutes=30)
A_DAY = timedelta(days=1)


@dataclass(frozen=True)
class Present:
    """The present of the demo; `now` is aware, and nothing in the demo is later."""

    now: datetime
    agenda: Agenda

    @cached_property
    def at_work(self) -> datetime:
        """The last instant at which somebody was at work: the present, and by night the evening before."""
        return self._until(self.now, DAY_BEGINS, DAY_ENDS)

    @cached_property
    def today(self) -> date:
        """The day of the last working hours."""
        return self.agenda.local(self.at_work).date()

    def start_from(self, at: datetime) -> datetime:
        """Return the first half hour from an instant on at which a course can be planned to begin."""
        return self._from(_half_hour(at + HALF_HOUR - timedelta(microseconds=1)), FIRST_START, LAST_START)

    def start_until(self, at: datetime, earlier: int = 0) -> datetime:
        """Return the last half hour up to an instant at which a course can have been planned to begin.

        `earlier` is so many half hours before it, as far as the day allows: not everybody is connected at once.
        """
        last = self._until(_half_hour(at), FIRST_START, LAST_START)
        first = self.agenda.at(self.agenda.local(last).date(), FIRST_START)
        return max(last - earlier * HALF_HOUR, first)

    def earlier_start(self, start: datetime, days: int) -> datetime:
        """Return the start so many days before another one, at the same hour by the wall clock."""
        local = self.agenda.local(start)
        return self.agenda.at(local.date() - timedelta(days=days), local.time())

    def by_day(self, at: datetime) -> datetime:
        """Return the last instant up to this one at which people are at work."""
        return self._until(at, DAY_BEGINS, DAY_ENDS)

    def office_from(self, at: datetime) -> datetime:
        """Return the first instant from this one on in office hours."""
        return self._from(at, OFFICE_OPENS, OFFICE_CLOSES)

    def office_until(self, at: datetime) -> datetime:
        """Return the last instant up to this one in office hours."""
        return self._until(at, OFFICE_OPENS, OFFICE_CLOSES)

    def morning(self, at: datetime, days: int = 0, minutes: int = 0) -> datetime:
        """Return half past nine on the day of an instant, or so many days from it; always a while ago."""
        day = self.agenda.local(at).date() + timedelta(days=days)
        while (wanted := self.agenda.at(day, time(9, 30)) + timedelta(minutes=minutes)) > self.at_work - HALF_HOUR:
            day -= A_DAY
        return wanted

    def _from(self, at: datetime, opens: time, closes: time) -> datetime:
        local = self.agenda.local(at)
        if local.time() < opens:
            return self.agenda.at(local.date(), opens)
        return at if local.time() <= closes else self.agenda.at(local.date() + A_DAY, opens)

    def _until(self, at: datetime, opens: time, closes: time) -> datetime:
        local = self.agenda.local(at)
        if local.time() > closes:
            return self.agenda.at(local.date(), closes)
        return at if local.time() >= opens else self.agenda.at(local.date() - A_DAY, closes)


def _half_hour(at: datetime) -> datetime:
    """Return the half hour at or before an instant."""
    return at.replace(minute=at.minute // 30 * 30, second=0, microsecond=0)
