"""Plain numbers and names in a file of parameters, and numbers in sentences."""

from __future__ import annotations

import re
from dataclasses import dataclass
from fractions import Fraction
from math import isfinite
from typing import Annotated

from pydantic import AfterValidator, BeforeValidator

from ransel.evidence import Sourced
from ransel.language import Language, refuse
from ransel.quantities import Ratio, number_text

MOST_VARIATION = Fraction(3)
"""A coefficient of variation above 300 % is a slip of the keyboard."""
LONGEST_NAME = 60


def _number(value: object) -> float:
    if isinstance(value, bool) or not isinstance(value, int | float) or not isfinite(value):
        refuse("parameters.no-number", value=value)
    return float(value)


def _name(text: str) -> str:
    if len(text) > LONGEST_NAME or not re.fullmatch(r"[a-z0-9]+(?:[-.][a-z0-9]+)*", text):
        refuse("parameters.no-name", value=text, most=LONGEST_NAME)
    return text


Number = Annotated[float, BeforeValidator(_number)]
SetName = Annotated[str, AfterValidator(_name)]
"""As a short name elsewhere, and a point may stand in it: cog-ch14.18."""


@dataclass(frozen=True, slots=True)
class Plain:
    """For messages: put a plain number into a sentence, in the reader's language."""

    value: float

    def text(self, language: Language = "en") -> str:
        """Return the number in words."""
        return number_text(Fraction(self.value), language)


def refuse_no_part(key: str, part: Sourced[Ratio] | None) -> None:
    """Refuse a part that is less than nothing or more than the whole."""
    if part is not None and not 0 <= part.value.magnitude <= 1:
        refuse("parameters.no-part", f"{key}.value", part.value.text(symbol="%"))


def refuse_no_variation(key: str, variation: Sourced[Ratio] | None) -> None:
    """Refuse a coefficient of variation below nought or absurdly large."""
    if variation is not None and not 0 <= variation.value.magnitude <= MOST_VARIATION:
        most = Ratio.of(MOST_VARIATION)
        refuse("parameters.no-variation", f"{key}.value", variation.value.text(symbol="%"), most=most)
