"""Writing an iCalendar file (RFC 5545, RFC 7986) that follows on from the one issued before it.

Every planned thing is one event with a lasting UID. Against the earlier file an event that changed gets the
next SEQUENCE, one that did not change is written as it was, and one that is no longer planned stays, cancelled:
a telephone that has seen it must be told.
"""

from __future__ import annotations

import hashlib
import hmac
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

from icalendar import Alarm, Calendar, Event, Timezone

from ransel.language import refuse

PRODUCT = "-//Ransel//Ransel calendar//EN"
REFRESH = timedelta(hours=1)
COMPARED = ("DTSTART", "DTEND", "SUMMARY", "DESCRIPTION", "LOCATION", "STATUS", "CATEGORIES")


@dataclass(frozen=True, slots=True, kw_only=True)
class Appointment:
    """One event before it is written.

    Values:
        uid: lasting and revealing nothing.
        start, end: aware instants.
        alarm: when a telephone reminds, and with which words; None for no reminder.
    """

    uid: str
    start: datetime
    end: datetime
    summary: str
    description: str
    location: str
    categories: tuple[str, ...]
    alarm: tuple[datetime, str] | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Heading:
    """What a calendar says about itself; `colour` is a CSS3 name, as RFC 7986 asks."""

    name: str
    description: str
    colour: str
    language: str
    zone: ZoneInfo


def uid_of(*parts: object, key: bytes = b"") -> str:
    """Return the same UID for the same parts. Without the key of a hospital, nobody can find the parts by guessing."""
    text = "\x1f".join(map(str, parts))
    return f"{hmac.new(key, text.encode(), hashlib.sha256).hexdigest()[:32]}@ransel.invalid"


def calendar_file(
    heading: Heading, appointments: Iterable[Appointment], now: datetime, previous: bytes | None
) -> bytes:
    """Return the calendar as a file; `previous` is the one of the same course that was issued before.

    Raises:
        Refused: when `previous` is no calendar.
    """
    issued = _events(previous)
    planned = list(appointments)
    events = [_event(one, heading, now, issued.get(one.uid)) for one in planned]
    wanted = {one.uid for one in planned}
    events += [_cancelled(event, now) for uid, event in issued.items() if uid not in wanted]
    calendar = _empty(heading)
    calendar.add_component(_time_zone(heading.zone, events))
    for event in sorted(events, key=lambda event: (event.start, str(event["UID"]))):
        calendar.add_component(event)
    return bytes(calendar.to_ical())


def _empty(heading: Heading) -> Calendar:
    calendar = Calendar()
    calendar.add("PRODID", PRODUCT)
    calendar.add("VERSION", "2.0")
    calendar.add("METHOD", "PUBLISH")
    calendar.add("NAME", heading.name)
    calendar.add("X-WR-CALNAME", heading.name)
    calendar.add("DESCRIPTION", heading.description)
    calendar.add("COLOR", heading.colour)
    calendar.add("REFRESH-INTERVAL", REFRESH, {"VALUE": "DURATION"})
    calendar.add("X-PUBLISHED-TTL", "PT1H")
    return calendar


def _event(one: Appointment, heading: Heading, now: datetime, issued: Event | None) -> Event:
    event = Event()
    event.add("UID", one.uid)
    event.add("DTSTART", one.start.astimezone(heading.zone))
    event.add("DTEND", one.end.astimezone(heading.zone))
    event.add("SUMMARY", one.summary, {"LANGUAGE": heading.language})
    event.add("DESCRIPTION", one.description, {"LANGUAGE": heading.language})
    event.add("LOCATION", one.location)
    event.add("CATEGORIES", list(one.categories))
    event.add("STATUS", "CONFIRMED")
    event.add("CLASS", "PRIVATE")
    if one.alarm is not None:
        event.add_component(_alarm(*one.alarm))
    if issued is not None and _looks(event) == _looks(issued):
        return issued
    _stamp(event, now, 0 if issued is None else _sequence(issued) + 1)
    return event


def _alarm(at: datetime, words: str) -> Alarm:
    alarm = Alarm()
    alarm.add("ACTION", "DISPLAY")
    alarm.add("DESCRIPTION", words)
    alarm.add("TRIGGER", at.astimezone(UTC), {"VALUE": "DATE-TIME"})
    return alarm


def _cancelled(issued: Event, now: datetime) -> Event:
    """Return an event that is no longer planned, without its reminder; one already cancelled stays as it is."""
    if str(issued.get("STATUS")) == "CANCELLED":
        return issued
    issued.subcomponents = []
    issued.pop("STATUS", None)
    issued.add("STATUS", "CANCELLED")
    _stamp(issued, now, _sequence(issued) + 1)
    return issued


def _stamp(event: Event, now: datetime, sequence: int) -> None:
    for name in ("SEQUENCE", "DTSTAMP", "LAST-MODIFIED"):
        event.pop(name, None)
    event.add("SEQUENCE", sequence)
    event.add("DTSTAMP", now.astimezone(UTC))
    event.add("LAST-MODIFIED", now.astimezone(UTC))


def _sequence(event: Event) -> int:
    return int(event.get("SEQUENCE", 0))


def _looks(event: Event) -> list[bytes]:
    """Return what a reader sees of an event, as it is written, its reminders included."""
    shown = [event[name].to_ical() for name in COMPARED if name in event]
    return [*shown, *(alarm.to_ical() for alarm in event.subcomponents)]


def _events(previous: bytes | None) -> Mapping[str, Event]:
    if previous is None:
        return {}
    try:
        calendar = Calendar.from_ical(previous)
    except (ValueError, KeyError, IndexError):
        refuse("calendar.unreadable", "previous")
    if not isinstance(calendar, Calendar):
        refuse("calendar.unreadable", "previous")
    return {str(event["UID"]): event for event in calendar.walk("VEVENT") if isinstance(event, Event)}


def _time_zone(zone: ZoneInfo, events: Iterable[Event]) -> Timezone:
    """Return the rules of the zone over the years of these events, whole years, so that a replan rarely changes it."""
    years = [moment.year for event in events for moment in (event.start, event.end)]
    return Timezone.from_tzid(zone.key, first_date=date(min(years) - 1, 1, 1), last_date=date(max(years) + 2, 1, 1))


def evening_before(at: datetime, zone: ZoneInfo, hour: int) -> datetime:
    """Return the evening before a visit, by the wall clock."""
    local = at.astimezone(zone)
    day = local.date() - timedelta(days=1)
    return datetime(day.year, day.month, day.day, hour, tzinfo=zone)


def joined(lines: Iterator[str]) -> str:
    """Return the lines of a description."""
    return "\n".join(lines)
