"""A quantity that knows in which unit, and with how many decimals, it is to be shown."""

from __future__ import annotations

from dataclasses import dataclass

from ransel.language import Language
from ransel.quantities.quantity import Quantity


@dataclass(frozen=True, slots=True)
class Shown:
    """For messages: put a quantity into a sentence in this unit, in the reader's language."""

    quantity: Quantity
    unit: str
    digits: int | None = None

    def text(self, language: Language = "en") -> str:
        """Return the quantity in words."""
        return self.quantity.text(language, self.unit, self.digits)
