"""A value with its source."""

from __future__ import annotations

from typing import Any, Generic, Self, TypeVar

from pydantic import BaseModel, ConfigDict, model_validator

from ransel.evidence.confidence import Confidence
from ransel.language import refuse

Value = TypeVar("Value")


class Sourced(BaseModel, Generic[Value]):
    """A value, the code of the source that gives it, and how far it can be trusted.

    An assumption has no source; it needs a note that says why this value.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    value: Value
    source: str = ""
    confidence: Confidence
    note: str = ""

    @model_validator(mode="after")
    def _has_a_ground(self) -> Self:
        if self.confidence is Confidence.ASSUMED:
            if not self.note:
                refuse("sourced.assumption-without-note", "note")
        elif not self.source:
            refuse("sourced.no-source", "source", mark=self.confidence.value)
        return self


def assumed(value: Value, note: str) -> Sourced[Any]:
    """Return a value that no source gives, with the reason for choosing it."""
    return Sourced(value=value, confidence=Confidence.ASSUMED, note=note)
