"""A number in a sentence, with a decimal comma in Dutch."""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction

from ransel.language import Language
from ransel.quantities import number_text


@dataclass(frozen=True, slots=True)
class Number:
    """For messages: put a plain number into a sentence with so many decimals, in the reader's language."""

    value: float
    digits: int = 0

    def text(self, language: Language = "en") -> str:
        """Return the number in words."""
        return number_text(Fraction(self.value), language, self.digits).replace("-", "\u2212")
