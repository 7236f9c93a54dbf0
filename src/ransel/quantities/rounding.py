"""Rounding rules: where and how a protocol says that a quantity is rounded."""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction
from math import ceil, floor
from typing import Literal, TypeVar, cast

from ransel.language import Language, Message, refuse
from ransel.quantities.quantity import Quantity, Ratio, parse

Kind = TypeVar("Kind", bound=Quantity)
Direction = Literal["nearest", "up", "down"]


@dataclass(frozen=True, slots=True)
class Rounding:
    """Round to a multiple of `step`: to the nearest (half goes up), up, or down. No step: not at all."""

    direction: Direction = "nearest"
    step: Quantity | None = None

    @classmethod
    def read(cls, text: str) -> Rounding:
        """Return the rule that `none`, `nearest 0.1 mL`, `up 1 mg` or `down 0.5 mg` stands for.

        Raises:
            Refused: when it is no rounding rule.
        """
        if text == "none":
            return cls()
        direction, _, step_text = text.partition(" ")
        if direction not in {"nearest", "up", "down"} or not step_text:
            refuse("rounding.unreadable", value=text)
        step = parse(step_text)
        if step.magnitude <= 0:
            refuse("rounding.unreadable", value=text)
        return cls(cast("Direction", direction), step)

    def apply(self, quantity: Kind) -> Kind:
        """Return the rounded quantity, of the same kind; a step of another kind raises TypeError."""
        if self.step is None:
            return quantity
        return cast("Kind", self.step * _whole(Ratio(quantity / self.step).magnitude, self.direction))

    def text(self, language: Language = "en") -> str:
        """Return the rule in words."""
        if self.step is None:
            return Message("rounding.none").text(language)
        return Message(f"rounding.{self.direction}", {"step": self.step}).text(language)


def _whole(count: Fraction, direction: Direction) -> int:
    if direction == "up":
        return ceil(count)
    if direction == "down":
        return floor(count)
    return floor(count + Fraction(1, 2))
