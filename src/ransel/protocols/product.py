"""Products that must not pass for one another, and the dose that a course of one can come to."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator, Mapping

from ransel.language import Refusal
from ransel.protocols.protocol import Course, DoseRule, Product, Protocol
from ransel.quantities import Concentration, DosePerArea, Duration, Quantity, Shown

Facts = Mapping[str, str]


def product_complaints(product: Product, known: Mapping[str, Facts]) -> Iterator[Refusal]:
    """Refuse a product that can be taken for another one.

    `known` holds substance and strength by product name. A product whose name contains a known name must be that
    product in full. Any other product with a known substance must have a strength in which that substance exists,
    and its name may not hold another substance instead. Case, accents, spaces and hyphens make no difference.
    """
    strength = Shown(product.strength.value, product.strength.value.usual_unit)
    shown = f"{product.name}, {product.substance}, {strength.text()}"
    for name, facts in _mistaken_for(product, known).items():
        number_and_unit = Shown(Concentration(facts["strength"]), facts["strength"].split(maxsplit=1)[1])
        values = {"name": name, "substance": facts["substance"], "strength": number_and_unit}
        yield Refusal("product.confused", "product", shown, values)


def dose_complaints(protocol: Protocol, known: Mapping[str, Facts]) -> Iterator[Refusal]:
    """Refuse a dose rule whose course is more than the label's, or less than half of it: a slip of the keyboard.

    The half is an assumption; it leaves room for a hospital that gives less.
    """
    facts = next((one for one in known.values() if _agrees(protocol.product, one)), {})
    for number, rule in enumerate(protocol.dose.rules):
        total = _course_of(rule, protocol.course)
        most = _label_course(total, facts)
        if most is not None and not most / 2 <= total <= most:
            unit = "mg/m2" if isinstance(total, DosePerArea) else "mg/kg"
            values = {"most": Shown(most, unit), "least": Shown(most / 2, unit)}
            yield Refusal("dose.outside-label", f"dose.rules.{number}", total.text("en", unit), values)


def _course_of(rule: DoseRule, course: Course) -> Quantity:
    """Return what a rule comes to in a whole course, per m², per kg or flat."""
    whole, at, total = Duration(course.covers.value * course.infusions.value), Duration("0 h"), None
    for step in rule.steps:
        lasts = step.lasts.value if step.lasts is not None else whole - at
        part = step.per.value * lasts
        total, at = part if total is None else total + part, at + lasts
    if total is None:
        raise AssertionError(rule)  # a rule has at least one step
    return total


def _label_course(total: Quantity, facts: Facts) -> Quantity | None:
    text = facts.get({"DosePerArea": "course_per_area", "Ratio": "course_per_weight"}.get(type(total).__name__, ""))
    return None if text is None else Quantity(text)


def _mistaken_for(product: Product, known: Mapping[str, Facts]) -> Mapping[str, Facts]:
    name, substance = plain_words(product.name), plain_words(product.substance)
    named = {key: facts for key, facts in known.items() if _contains(name, plain_words(key))}
    if named:
        return {key: facts for key, facts in named.items() if not _agrees(product, facts)}
    held = {key: facts for key, facts in known.items() if _contains(name, plain_words(facts["substance"]))}
    longest = max((plain_words(facts["substance"]) for facts in held.values()), key=len, default=substance)
    if longest != substance:
        return {key: facts for key, facts in held.items() if plain_words(facts["substance"]) == longest}
    same = {key: facts for key, facts in known.items() if substance == plain_words(facts["substance"])}
    related = same or {
        key: facts for key, facts in known.items() if _contains(substance, plain_words(facts["substance"]))
    }
    return {} if any(_agrees(product, facts) for facts in same.values()) else related


def _agrees(product: Product, facts: Facts) -> bool:
    same_substance = plain_words(product.substance) == plain_words(facts["substance"])
    return same_substance and Concentration(facts["strength"]) == product.strength.value


def _contains(words: tuple[str, ...], part: tuple[str, ...]) -> bool:
    return any(words[start : start + len(part)] == part for start in range(len(words)))


def plain_words(text: str) -> tuple[str, ...]:
    """Return the words of a name without what the eye overlooks: case, accents, hyphens, invisible signs."""
    plain = unicodedata.normalize("NFKD", text.replace("β", "beta"))
    kept = "".join(sign for sign in plain if unicodedata.category(sign) not in {"Mn", "Cf"})
    return tuple(re.findall(r"[^\W_]+", kept.casefold()))
