"""Refusals: what is wrong with an input, and what to do about it.

Every refusal names the field, the value as it was given and the remedy. Several are returned
together, so that a person repairs everything in one go; nothing is done in the meantime.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from typing import NoReturn

from ransel.language.message import Language, Message

LONGEST_VALUE_SHOWN = 60


@dataclass(frozen=True, slots=True)
class Refusal:
    """One thing that cannot be accepted.

    `code` names the reason (`quantity.comma`); the catalogue holds the problem under `refusal.<code>`
    and the remedy under `remedy.<code>`. `values` fill the places in both.
    """

    code: str
    field: str = ""
    value: str = ""
    values: Mapping[str, object] = dataclasses.field(default_factory=dict)

    def at(self, place: str) -> Refusal:
        """Return the same refusal seen from further out: `weight` at `child.toml` is `child.toml: weight`."""
        return replace(self, field=f"{place}.{self.field}" if self.field else place)

    @property
    def problem(self) -> Message:
        """What is wrong."""
        return Message(f"refusal.{self.code}", self._values())

    @property
    def remedy(self) -> Message:
        """What to do about it."""
        return Message(f"remedy.{self.code}", self._values())

    def text(self, language: Language = "en") -> str:
        """Return one sentence: where, what is wrong, what to do."""
        place = f"{self.field}: " if self.field else ""
        return f"{place}{self.problem.text(language)}; {self.remedy.text(language)}."

    def _values(self) -> dict[str, object]:
        return {"field": self.field, "value": _shown(self.value), **self.values}


class Refused(ValueError):  # noqa: N818 - it is what happened to the input, not an error of the program
    """Raised at the edge of a room when an input cannot be accepted; carries every reason found."""

    def __init__(self, refusals: Iterable[Refusal]) -> None:
        self.refusals = tuple(refusals)
        super().__init__(" ".join(refusal.text() for refusal in self.refusals))

    def at(self, place: str) -> Refused:
        """Return the same refusals seen from further out."""
        return Refused(refusal.at(place) for refusal in self.refusals)


def refuse(code: str, field: str = "", value: object = "", **values: object) -> NoReturn:
    """Refuse one thing.

    Raises:
        Refused: always.
    """
    raise Refused([Refusal(code, field, str(value), values)])


def _shown(value: str) -> str:
    """Return what a person typed, on one line and short enough to read."""
    line = "".join(character if character.isprintable() else "�" for character in value)
    return line if len(line) <= LONGEST_VALUE_SHOWN else line[:LONGEST_VALUE_SHOWN] + "…"
