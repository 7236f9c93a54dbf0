"""Numbers of pharmacokinetics: for people with four digits that count, for programs with twelve."""

from __future__ import annotations

from fractions import Fraction
from math import isfinite

from ransel.language import Language
from ransel.quantities import number_text, plain_decimal

_DIGITS_OF_DATA = 12


def four_digits(value: float | None, language: Language) -> str:
    """Return a number with four significant digits; a dash for none."""
    if value is None or not isfinite(value):
        return "-"
    return number_text(Fraction(value), language)


def plain_number(value: float | None) -> str | None:
    """Return a number as JSON carries it: a plain decimal; None for none."""
    if value is None or not isfinite(value):
        return None
    return plain_decimal(Fraction(value), _DIGITS_OF_DATA)
