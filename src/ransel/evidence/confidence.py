"""How far a number can be trusted."""

from __future__ import annotations

from collections.abc import Iterable
from enum import StrEnum

from ransel.language import Language, Message


class Confidence(StrEnum):
    """A confidence mark, strongest first."""

    GIVEN = "G"
    """Entered for this patient, or chosen for this course."""
    SEEN = "S"
    """Read in the cited source."""
    DERIVED = "D"
    """Follows by arithmetic or a fit from cited numbers."""
    RECALLED = "R+"
    """Known in the field, not found in a source that was read."""
    UNCERTAIN = "R?"
    """Recalled and uncertain."""
    ASSUMED = "A"
    """No source gives it: an assumption that a hospital must confirm or replace."""

    @property
    def to_be_confirmed(self) -> bool:
        """Whether a pharmacist must confirm the number before it is used for a patient."""
        return self not in {Confidence.GIVEN, Confidence.SEEN}

    def text(self, language: Language = "en") -> str:
        """Return the mark in words."""
        return Message(f"confidence.{self.name.lower()}").text(language)

    @classmethod
    def weakest(cls, marks: Iterable[Confidence]) -> Confidence:
        """Return the weakest of these marks; a result is as sure as its least sure input."""
        order = list(cls)
        return max(marks, key=order.index, default=cls.GIVEN)
