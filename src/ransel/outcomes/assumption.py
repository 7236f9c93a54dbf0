"""What a comparison rests on without a published source; shown on every output."""

from __future__ import annotations

from dataclasses import dataclass

from ransel.evidence import Confidence
from ransel.language import Message


@dataclass(frozen=True, slots=True)
class Assumption:
    """Something that was taken to be so.

    Values:
        id: stable, for programs. what: in words for people, with the value that was taken.
        confidence: of a number that is recalled, derived or assumed. source: its code, else empty.
    """

    id: str
    what: Message
    confidence: Confidence
    source: str = ""
