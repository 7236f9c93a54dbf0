"""Visits: what happens where, from when, planned when, at the latest when, and why."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from ransel.language import Message
from ransel.protocols.protocol import Place

VisitKind = Literal["go", "connect", "change", "disconnect", "next-course"]


@dataclass(frozen=True, slots=True)
class Visit:
    """One step of the chain that someone has to be there for.

    Values:
        container: the container it is about, 0 for none.
        earliest, planned, latest: aware instants in UTC; `latest` is None when nothing sets one.
        reasons: what sets the window.
    """

    kind: VisitKind
    container: int
    place: Place
    earliest: datetime
    planned: datetime
    latest: datetime | None
    reasons: tuple[Message, ...]
