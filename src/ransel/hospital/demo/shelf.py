"""The shelf with the pumps of the demo: one is taken when a course needs it and comes back when it was readied."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, datetime, timedelta

from ransel.store.models import Pump

KIND = "Ransel twin (simulated)"
NUMBERS = tuple(f"POMP-{number:02d}" for number in range(1, 29))
RETIRED = ("POMP-90",)
SERVICE_DAYS = 13
"""How many days apart the services of two pumps are due; that of the last one was due a week ago."""


@dataclass(slots=True)
class Shelf:
    """The pumps, each with the instant from which on it can be taken; None while it is out."""

    free_from: dict[str, datetime | None] = field(default_factory=dict)

    def take(self, at: datetime) -> str:
        """Return the first pump that lies on the shelf at this instant.

        Pumps must be asked for in the order of time, but for a spare one in the middle of a course.
        """
        number = next(one for one in NUMBERS if self._lies_there(one, at))
        self.free_from[number] = None
        return number

    def _lies_there(self, number: str, at: datetime) -> bool:
        if number not in self.free_from:
            return True
        since = self.free_from[number]
        return since is not None and since <= at

    def put_back(self, number: str, at: datetime) -> None:
        """Put a pump on the shelf again."""
        self.free_from[number] = at


def pumps(today: date) -> list[Pump]:
    """Return the pumps of the hospital for its register."""
    due = [today + timedelta(days=place * SERVICE_DAYS - 7) for place in reversed(range(len(NUMBERS)))]
    used = [Pump(number=number, kind=KIND, serviced_until=day) for number, day in zip(NUMBERS, due, strict=True)]
    return [*used, *(Pump(number=number, kind=KIND, retired=True) for number in RETIRED)]
