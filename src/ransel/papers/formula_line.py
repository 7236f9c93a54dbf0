"""The way to a number, on one line a pharmacist can follow with a calculator."""

from __future__ import annotations

import re

from ransel.evidence import Derivation
from ransel.language import Language
from ransel.quantities import number_text

NAME = re.compile(r"(?P<name>[a-z][a-z_0-9]*)(?:/(?P<unit>kg|g|cm))?")


def formula_line(result: Derivation, language: Language) -> str:
    """Return the formula with the values in it: `10 mg/m²/day × 0.6817 m²`; a given value has none."""
    values = {node.name: node for node in result.inputs}

    def filled(match: re.Match[str]) -> str:
        node = values.get(match["name"])
        if node is None:
            return _word(match[0])
        if match["unit"]:
            return number_text(node.value.to(match["unit"]), language)
        return node.value.text(language, node.unit)

    text = NAME.sub(filled, result.formula)
    return text.replace(" * m2", "").replace("**", "^").replace("*", "×").replace(" - ", " − ")  # noqa: RUF001


def sources_of(result: Derivation) -> list[str]:
    """Return the sources of a formula and of the numbers that stand in it, each once."""
    found = [node.source for node in (result, *result.inputs) if node.source and (node is result or not node.formula)]
    return list(dict.fromkeys(found))


def _word(text: str) -> str:
    return "√" if text == "sqrt" else text
