"""Kinds of value in a file: texts that are not empty, names, counts, amounts above zero, units, roundings."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable
from typing import Annotated, Any

from pydantic import AfterValidator, BeforeValidator, Field

from ransel.evidence import Sourced
from ransel.language import refuse
from ransel.protocols.reading import NOT_EMPTY, SLUG
from ransel.quantities import Mass, Rounding, unit


def refuse_twice(place: str, ids: Iterable[str]) -> None:
    """Refuse an id that stands twice in the list at this place."""
    seen: set[str] = set()
    for number, name in enumerate(ids):
        if name in seen:
            refuse("protocol.id-twice", f"{place}.{number}.id", name)
        seen.add(name)


def _rounding(text: object) -> Rounding:
    if not isinstance(text, str):
        refuse("rounding.unreadable", value=text)
    return Rounding.read(text)


def _more_than_nothing(sourced: Sourced[Any]) -> Sourced[Any]:
    if sourced.value.magnitude <= 0:
        refuse("protocol.not-above-zero", "value", sourced.value)
    return sourced


def _mass_unit(symbol: str) -> str:
    if unit(symbol).dimension != Mass.kind_dimension:
        refuse("quantity.other-kind", value=symbol, example="mg")
    return symbol


def is_one_line(text: str) -> bool:
    """Whether a text holds no line break and no other invisible sign, with which it could write lines of its own."""
    return not any(unicodedata.category(character) in INVISIBLE for character in text)


def _one_line(text: str) -> str:
    if not is_one_line(text):
        refuse("text.control-character", value=text)
    return text


INVISIBLE = {"Cc", "Cf", "Zl", "Zp"}
"""Control and format characters, line and paragraph separators."""

Slug = Annotated[str, Field(pattern=SLUG, max_length=60)]
Text = Annotated[str, Field(pattern=NOT_EMPTY), AfterValidator(_one_line)]
Count = Annotated[int, Field(strict=True, ge=1, le=1000)]
MassUnit = Annotated[str, AfterValidator(_mass_unit)]
RoundingRule = Annotated[Rounding, BeforeValidator(_rounding)]
Positive = AfterValidator(_more_than_nothing)
"""For what would make no sense, or a division by nothing, at zero."""
