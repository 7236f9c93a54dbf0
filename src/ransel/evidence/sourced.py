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

    def __reduce__(self) -> tuple[Any, ...]:
        """Be sent to another process as what it holds: a class made of another class has no name to be found by."""
        return _restored, (self.value, self.source, self.confidence, self.note)

    @model_validator(mode="after")
    def _has_a_ground(self) -> Self:
        if self.confidence is Confidence.ASSUMED:
            if not self.note:
                refuse("sourced.assumption-without-note", "note")
        elif not self.source:
            refuse("sourced.no-source", "source", mark=self.confidence.value)
        return self


def _restored(value: Any, source: str, confidence: Confidence, note: str) -> Sourced[Any]:  # noqa: ANN401 - any value
    return Sourced.model_construct(value=value, source=source, confidence=confidence, note=note)


def assumed(value: Value, note: str) -> Sourced[Any]:
    """Return a value that no source gives, with the reason for choosing it."""
    return Sourced(value=value, confidence=Confidence.ASSUMED, note=note)
