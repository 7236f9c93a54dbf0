"""When places work: opening hours, weekends, holidays, and the half hours between."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from functools import cache, cached_property
from zoneinfo import ZoneInfo

import holidays

from ransel.language import Language, Message, Moment
from ransel.protocols import OpeningHours, Site
from ransel.protocols.protocol import Place
from ransel.protocols.site import WEEKDAYS
from ransel.quantities import Duration

SATURDAY = 5


@dataclass(frozen=True)
class Agenda:
    """The opening hours of one hospital. All instants that go in and come out are aware, in UTC."""

    site: Site

    @cached_property
    def zone(self) -> ZoneInfo:
        """The hospital's time zone."""
        return ZoneInfo(self.site.time_zone)

    def local(self, at: datetime) -> datetime:
        """Return the same instant by the hospital's wall clock."""
        return at.astimezone(self.zone)

    def at(self, day: date, hour: time) -> datetime:
        """Return the instant of a wall-clock time; one that the clock change skips becomes the hour after it."""
        return datetime.combine(day, hour, self.zone).astimezone(UTC)

    def moment(self, at: datetime) -> Moment:
        """Return an instant for use in a message."""
        return Moment(self.local(at))

    def is_open(self, place: Place, at: datetime) -> bool:
        """Whether a visit may begin at this place at this instant; closing time itself is too late."""
        local = self.local(at)
        return any(opens <= local.time() < closes for opens, closes in self.hours(place, local.date()))

    def hours(self, place: Place, day: date) -> list[tuple[time, time]]:
        """Return the hours of a place on a day, in order, empty when it is closed; hours that overlap are one."""
        merged: list[tuple[time, time]] = []
        for opens, closes in sorted(self._on(self.site.opening.value.get(place, ()), day)):
            if merged and opens <= merged[-1][1]:
                merged[-1] = (merged[-1][0], max(closes, merged[-1][1]))
            else:
                merged.append((opens, closes))
        return merged

    def slots(self, place: Place, earliest: datetime, latest: datetime) -> Iterator[datetime]:
        """Go through the half hours, by the wall clock, at which a place is open, both ends included."""
        day, last = self.local(earliest).date(), self.local(latest).date()
        while day <= last:
            for at in self._slots_on(place, day):
                if earliest <= at <= latest:
                    yield at
            day += timedelta(days=1)

    def why_closed(self, place: Place, at: datetime) -> Message:
        """Return why a place is closed at this instant."""
        day = self.local(at).date()
        values = {"place": Message(f"place.{place}"), "day": Moment(day)}
        if self.is_holiday(day):
            name = HolidayName(self.site.holidays_of, day)
            return Message("closed.holiday", {**values, "name": name}) if name.text() else Message("closed.day", values)
        hours = self.hours(place, day)
        if not hours:
            return Message("closed.day", values)
        shown = ", ".join(f"{opens:%H:%M}-{closes:%H:%M}" for opens, closes in sorted(hours))
        return Message("closed.hours", {**values, "hours": shown})

    def is_holiday(self, day: date) -> bool:
        """Whether the day is a public holiday that the hospital keeps, or another day on which it closes."""
        name = self.holiday_name(day)
        return day in self.site.closed_on or (name != "" and name not in self.site.holidays_worked)

    def holiday_name(self, day: date) -> str:
        """Return the English name of the public holiday, empty on other days."""
        return HolidayName(self.site.holidays_of, day).text("en")

    def is_free_day(self, at: datetime) -> bool:
        """Whether the instant falls on a weekend or a holiday."""
        day = self.local(at).date()
        return day.weekday() >= SATURDAY or self.is_holiday(day)

    def covered(self, start: datetime, lasting: Duration) -> Duration:
        """Return how much of this time has the full team."""
        end = start + lasting.timedelta
        day, covered = self.local(start).date(), timedelta()
        while day <= self.local(end).date():
            for opens, closes in self._on(self.site.full_cover.value, day):
                begins, ends = max(start, self.at(day, opens)), min(end, self.at(day, closes))
                covered += max(ends - begins, timedelta())
            day += timedelta(days=1)
        return Duration(int(covered.total_seconds()), "s")

    def _on(self, hours: tuple[OpeningHours, ...], day: date) -> list[tuple[time, time]]:
        weekday, holiday = WEEKDAYS[day.weekday()], self.is_holiday(day)
        return [(one.opens, one.closes) for one in hours if weekday in one.days and (one.on_holidays or not holiday)]

    def _slots_on(self, place: Place, day: date) -> list[datetime]:
        step = int(self.site.slot.value.to("min"))
        starts = {
            time(minute // 60, minute % 60)
            for opens, closes in self.hours(place, day)
            for minute in range(_up(opens, step), closes.hour * 60 + closes.minute + (closes.minute == 59), step)
        }
        return sorted({self.at(day, hour) for hour in starts})


def _up(hour: time, step: int) -> int:
    """Return the first minute of the day on a slot that is not before this hour."""
    return -(-(hour.hour * 60 + hour.minute) // step) * step


@dataclass(frozen=True, slots=True)
class HolidayName:
    """The name of a public holiday in the reader's language; no name on other days."""

    country: str
    day: date

    def text(self, language: Language = "en") -> str:
        """Return the name."""
        return _holidays(self.country, self.day.year, language).get(self.day, "")


@cache
def _holidays(country: str, year: int, language: Language) -> dict[date, str]:
    spoken = {"en": "en_US", "nl": "nl"}[language]
    return dict(holidays.country_holidays(country, years=year, language=spoken))
