"""Instants and days for people: `Fri 5 Feb 14:00`, `vr 5 feb 14:00`."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime

from ransel.language.message import Language

DAYS: dict[Language, tuple[str, ...]] = {
    "en": ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun"),
    "nl": ("ma", "di", "wo", "do", "vr", "za", "zo"),
}
MONTHS: dict[Language, tuple[str, ...]] = {
    "en": ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"),
    "nl": ("jan", "feb", "mrt", "apr", "mei", "jun", "jul", "aug", "sep", "okt", "nov", "dec"),
}


@dataclass(frozen=True, slots=True)
class Moment:
    """A local wall-clock time, or a day, for use in a message."""

    when: datetime | date
    with_year: bool = False

    def text(self, language: Language = "en") -> str:
        """Return it in words."""
        words = f"{DAYS[language][self.when.weekday()]} {self.when.day} {MONTHS[language][self.when.month - 1]}"
        if self.with_year:
            words += f" {self.when.year}"
        return f"{words} {self.when:%H:%M}" if isinstance(self.when, datetime) else words
