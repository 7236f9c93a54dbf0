"""The strip of calendar days: where an instant lies on paper, when every day is equally wide.

A day of the clock change has 23 or 25 hours in the same width, so that a time stands where the clock says.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

from ransel.planning import Agenda

Span = tuple[float, float]


@dataclass(frozen=True, slots=True)
class DayStrip:
    """Days side by side.

    Values:
        first, last: the days at both ends, included.
        left, right: where they begin and end, in units of the drawing.
    """

    agenda: Agenda
    first: date
    last: date
    left: float
    right: float

    @property
    def days(self) -> list[date]:
        """All days, in order."""
        return [self.first + timedelta(days=number) for number in range((self.last - self.first).days + 1)]

    @property
    def day_width(self) -> float:
        """The width of one day."""
        return (self.right - self.left) / len(self.days)

    def x_of_day(self, day: date) -> float:
        """Return where a day begins."""
        return self.left + (day - self.first).days * self.day_width

    def x(self, at: datetime) -> float:
        """Return where an instant lies; what lies outside the strip is at its edge."""
        local = self.agenda.local(at)
        begins, ends = self._midnight(local.date()), self._midnight(local.date() + timedelta(days=1))
        part = (at - begins) / (ends - begins)
        return min(max(self.x_of_day(local.date()) + part * self.day_width, self.left), self.right)

    def holds(self, at: datetime) -> bool:
        """Whether an instant lies on the strip."""
        return self.first <= self.agenda.local(at).date() <= self.last

    def hours_of(self, day: date) -> int:
        """Return how many hours a day has: 24, or 23 or 25 when the clock changes."""
        return round((self._midnight(day + timedelta(days=1)) - self._midnight(day)) / timedelta(hours=1))

    def _midnight(self, day: date) -> datetime:
        return self.agenda.at(day, time())


def rows_without_overlap(spans: Iterable[Span], gap: float) -> list[int]:
    """Return for each span the first row in which it touches no earlier one, with at least `gap` between."""
    ends: list[float] = []
    rows: list[int] = []
    for left, right in spans:
        row = next((number for number, end in enumerate(ends) if end + gap <= left), len(ends))
        if row == len(ends):
            ends.append(right)
        ends[row] = max(ends[row], right)
        rows.append(row)
    return rows


def spread(wishes: Iterable[float], width: float, left: float, right: float) -> list[float]:
    """Return the left edges of boxes of this width: each as near its wished middle as can be, none over another."""
    edges: list[float] = []
    for wish in wishes:
        edges.append(max(wish - width / 2, edges[-1] + width if edges else left))
    limit = right
    for number in reversed(range(len(edges))):
        edges[number] = min(edges[number], limit - width)
        limit = edges[number]
    return edges
