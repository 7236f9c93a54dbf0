"""Why a result is what it is: a tree of inputs, formula, source and confidence."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from typing import Any

from ransel.evidence.confidence import Confidence
from ransel.evidence.formula import evaluate
from ransel.evidence.sourced import Sourced
from ransel.language import Language, Message
from ransel.quantities import Quantity, Rounding


@dataclass(frozen=True, slots=True)
class Derivation:
    """A value and the way to it.

    Values:
        name: what it is; a word in the field's language under `term.<name>`, and its name in formulas.
        value: the exact value; after rounding where the protocol rounds.
        unit: the unit in which people read it.
        formula: how it follows from the inputs, by name; empty for a value that was given.
        inputs: what it follows from.
        source, confidence, note: of the value itself, or of the rule that the formula states.
        rounding: applied once, after the formula; `unrounded` stays beside it.
    """

    name: str
    value: Quantity
    unit: str
    formula: str = ""
    inputs: tuple[Derivation, ...] = ()
    source: str = ""
    confidence: Confidence = Confidence.GIVEN
    note: str = ""
    rounding: Rounding = field(default_factory=Rounding)

    @property
    def unrounded(self) -> Quantity:
        """The value before rounding."""
        return self._calculated() if self.formula else self.value

    @property
    def weakest(self) -> Confidence:
        """The confidence of the least sure number in the whole tree."""
        return Confidence.weakest(node.confidence for node in self.walk())

    def recompute(self) -> Quantity:
        """Calculate the whole tree again from its leaves; equal to `value`, or the tree tells a lie."""
        if not self.formula:
            return self.value
        again = {node.name: node.recompute() for node in self.inputs}
        return self.rounding.apply(evaluate(self.formula, again))

    @property
    def term(self) -> Message:
        """What it is called; a number that tells several apart is left out."""
        return Message(f"term.{self.name.rstrip('_0123456789')}")

    def walk(self) -> Iterator[Derivation]:
        """Go through the tree, this node first."""
        yield self
        for node in self.inputs:
            yield from node.walk()

    def named(self, name: str) -> Derivation:
        """Return the same value under another name, for use in a further formula."""
        return replace(self, name=name)

    def text(self, language: Language = "en") -> str:
        """Return the tree as indented lines, the result first."""
        return "\n".join(_lines(self, language, 0))

    def as_json(self) -> dict[str, Any]:
        """Return the tree as plain data: numbers as decimal texts in `unit`, formulas over input names."""
        return {
            "name": self.name,
            "value": self.value.plain(self.unit),
            "unit": self.unit,
            "unrounded": self.unrounded.plain(self.unit),
            "rounding": self.rounding.text(),
            "formula": self.formula,
            "source": self.source,
            "confidence": self.confidence.value,
            "note": self.note,
            "inputs": [node.as_json() for node in self.inputs],
        }

    def _calculated(self) -> Quantity:
        return evaluate(self.formula, {node.name: node.value for node in self.inputs})


def given(name: str, value: Quantity | Sourced[Any], unit: str) -> Derivation:
    """Return a leaf: a value entered for this patient, or one from a protocol with its source."""
    if isinstance(value, Quantity):
        return Derivation(name, value, unit)
    return Derivation(name, value.value, unit, source=value.source, confidence=value.confidence, note=value.note)


def derive(
    name: str,
    unit: str,
    formula: str,
    *inputs: Derivation,
    rounding: Rounding | None = None,
    rule: Sourced[Any] | None = None,
) -> Derivation:
    """Calculate a formula over named inputs and keep the way to it.

    `rule` is the ground of the formula itself, for one that is not mere arithmetic.
    """
    rounding = rounding or Rounding()
    value = rounding.apply(evaluate(formula, {node.name: node.value for node in inputs}))
    if rule is None:
        return Derivation(name, value, unit, formula, inputs, rounding=rounding)
    return Derivation(name, value, unit, formula, inputs, rule.source, rule.confidence, rule.note, rounding)


def _lines(node: Derivation, language: Language, depth: int) -> Iterator[str]:
    indent = "  " * depth
    ground = " · ".join(part for part in (node.source, _trust(node, language), node.note) if part)
    yield f"{indent}{node.term.text(language)} = {node.value.text(language, node.unit)}   [{ground}]"
    if node.formula:
        yield f"{indent}  = {node.formula}"
    if node.rounding.step is not None:
        yield f"{indent}  {node.rounding.text(language)} ({node.unrounded.text(language, node.unit)})"
    for inner in node.inputs:
        yield from _lines(inner, language, depth + 1)


def _trust(node: Derivation, language: Language) -> str:
    """Return how far a number can be trusted; one that was calculated is as sure as its least sure input."""
    if not node.formula or node.source:
        return node.confidence.text(language)
    if not node.weakest.to_be_confirmed:
        return Message("ground.calculated").text(language)
    return Message("ground.calculated-from", {"weakest": node.weakest}).text(language)
