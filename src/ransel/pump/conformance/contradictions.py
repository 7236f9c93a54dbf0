"""Where the published texts disagree, and what was chosen; told in docs/explanation/pump-requirements.md."""

from __future__ import annotations

from functools import cache
from pathlib import Path
from typing import Literal

from ransel.protocols.kind_of_value import Text
from ransel.protocols.protocol import Words
from ransel.protocols.reading import Record, read_toml, validate

Kind = Literal["inside", "between", "code", "stale", "gap"]


class Contradiction(Record):
    """One disagreement.

    Values:
        says: what the texts say, in our own words and with their ids. chose: what this pump does. why: the reason.
        checks: those that show it; empty when no behaviour of the pump follows.
    """

    id: Text
    kind: Kind
    title: Words
    says: Text
    chose: Text
    why: Text
    checks: tuple[Text, ...]


class _File(Record):
    contradictions: tuple[Contradiction, ...]


@cache
def contradictions() -> tuple[Contradiction, ...]:
    """Return every disagreement that was found, in the order of their ids."""
    place = Path(__file__).parent / "contradictions.toml"
    return validate(_File, read_toml(place), place.name).contradictions
