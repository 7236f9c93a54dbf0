"""The present instant for pages. In a demo people can move it forward, to live through ten days in one afternoon."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path

from django.conf import settings
from django.utils.dateparse import parse_datetime

MOVED = "demo-clock"
"""The file in RANSEL_HOME that says, in seconds, how far the clock of a demo was moved."""


def now() -> datetime:
    """Return the present instant, aware, in UTC, cut to the second."""
    fixed = parse_datetime(settings.ENVIRONMENT.now) if settings.ENVIRONMENT.now else None
    present = fixed.astimezone(UTC) if fixed else datetime.now(UTC)
    return (present + moved()).replace(microsecond=0)


def moved() -> timedelta:
    """Return how far the clock was moved: never outside a demo."""
    if not settings.DEMO:
        return timedelta()
    try:
        return timedelta(seconds=int(_file().read_text("ascii")))
    except (FileNotFoundError, ValueError):
        return timedelta()


def move(by: timedelta) -> None:
    """Move the clock of a demo forward.

    Raises:
        ValueError: outside a demo, and backwards.
    """
    if not settings.DEMO or by < timedelta():
        raise ValueError("only the clock of a demo moves, and only forward")
    written = _file().with_suffix(".new")
    written.write_text(str(int((moved() + by).total_seconds())), "ascii")
    written.replace(_file())


def _file() -> Path:
    return Path(settings.ENVIRONMENT.home) / MOVED
