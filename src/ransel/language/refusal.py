"""Refusals: what is wrong with an input, and what to do about it.

Every refusal names the field, the value as it was given and the remedy. Several are returned
together, so that a person repairs everything in one go; nothing is done in the meantime.
"""

from __future__ import annotations

import dataclasses
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, NoReturn

from ransel.language.message import Language, Message

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

LONGEST_VALUE_SHOWN = 60
LONGEST_FIELD_SHOWN = 120


@dataclass(frozen=True, slots=True)
class Refusal:
    """One thing that cannot be accepted.

    `code` names the reason (`quantity.comma`); the catalogue holds the problem under `refusal.<code>`
    and the remedy under `remedy.<code>`. `values` fill the places in both. `file` is where the field stands,
    empty for what was not read from a file.
    """

    code: str
    field: str = ""
    value: str = ""
    values: Mapping[str, object] = dataclasses.field(default_factory=dict, hash=False)
    file: str = ""

    def at(self, place: str) -> Refusal:
        """Return the same refusal seen from further out: `reason` at `choice` is `choice.reason`."""
        return replace(self, field=f"{place}.{self.field}" if self.field else place)

    def in_file(self, file: str) -> Refusal:
        """Return the same refusal with its file apart: `child.toml.weight` is `weight` in `child.toml`."""
        within = self.field == file or self.field.startswith(f"{file}.")
        return replace(self, file=file, field=self.field[len(file) + 1 :] if within else self.field)

    @property
    def problem(self) -> Message:
        """What is wrong."""
        return Message(f"refusal.{self.code}", self._values())

    @property
    def remedy(self) -> Message:
        """What to do about it."""
        return Message(f"remedy.{self.code}", self._values())

    def text(self, language: Language = "en") -> str:
        """Return one sentence: where, what is wrong, what to do; with the value, if the field is not the problem."""
        sentence = f"{self.problem.text(language)}; {self.remedy.text(language)}."
        file, field = (_shown(place, LONGEST_FIELD_SHOWN) for place in (self.file, self.field))
        value = _shown(self.value, LONGEST_VALUE_SHOWN)
        said = f"{file} {field} {sentence}"
        if value.strip() and value not in said and said.count(field) == 1:
            field = f"{field} {value}".lstrip()
        return ": ".join(part for part in (file, field, sentence) if part)

    def _values(self) -> dict[str, object]:
        others = {name: _on_one_line(value) if isinstance(value, str) else value for name, value in self.values.items()}
        shown = {"field": _shown(self.field, LONGEST_FIELD_SHOWN), "value": _shown(self.value, LONGEST_VALUE_SHOWN)}
        return shown | others


class Refused(ValueError):  # noqa: N818 - it is what happened to the input, not an error of the program
    """Raised at the edge of a room when an input cannot be accepted; carries every reason found."""

    def __init__(self, refusals: Iterable[Refusal]) -> None:
        self.refusals = tuple(refusals)
        super().__init__(self.refusals)

    def __str__(self) -> str:
        return " ".join(refusal.text() for refusal in self.refusals)

    def at(self, place: str) -> Refused:
        """Return the same refusals seen from further out."""
        return Refused(refusal.at(place) for refusal in self.refusals)

    def in_file(self, file: str) -> Refused:
        """Return the same refusals with the file in which their fields stand."""
        return Refused(refusal.in_file(file) for refusal in self.refusals)


def refuse(code: str, field: str = "", value: object = "", **values: object) -> NoReturn:
    """Refuse one thing.

    Raises:
        Refused: always.
    """
    raise Refused([Refusal(code, field, _written(value), values)])


def _written(value: object) -> str:
    try:
        return str(value)
    except ValueError:  # Python writes no integer of more than 4300 digits
        return type(value).__name__


def _shown(value: str, longest: int) -> str:
    """Return what a person typed, on one line and short enough to read."""
    return _on_one_line(value[:longest] + "…" if len(value) > longest else value)


def _on_one_line(value: str) -> str:
    return "".join(character if character.isprintable() else "�" for character in value)
