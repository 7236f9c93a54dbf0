"""Instants as whole milliseconds: the ledger calculates with these and shows aware instants."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from fractions import Fraction

EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
MS_PER_HOUR = 3_600_000
EARLIEST = datetime(2000, 1, 1, tzinfo=UTC)
LATEST = datetime(2200, 1, 1, tzinfo=UTC)
"""No infusion of this system lies outside these; a clock that says so is not believed."""

_MILLISECOND = timedelta(milliseconds=1)


def milliseconds(at: datetime) -> int:
    """Return the milliseconds since 1970 of an aware instant; TypeError for one without a zone."""
    return (at - EPOCH) // _MILLISECOND


FIRST_MS, LAST_MS = milliseconds(EARLIEST), milliseconds(LATEST)


def believed(at: datetime | None) -> int | None:
    """Return the milliseconds of an instant, or None when it is missing or no clock of our time."""
    if at is None or at.tzinfo is None:
        return None
    ms = milliseconds(at)
    return ms if FIRST_MS <= ms <= LAST_MS else None


def instant(ms: int | Fraction) -> datetime:
    """Return the aware instant in UTC; what lies outside our time is shown as its edge."""
    return EPOCH + min(max(int(ms), FIRST_MS), LAST_MS) * _MILLISECOND
