"""Numbers: read exactly, written plainly, with roots and powers in one private 34-digit context."""

from __future__ import annotations

import re
from decimal import ROUND_HALF_UP, Context, Decimal
from fractions import Fraction
from typing import NoReturn

from ransel.language import Language, refuse

PRECISION = 34
SIGNIFICANT_IN_JSON = 12
MOST_DIGITS = 30

_CONTEXT = Context(prec=PRECISION, rounding=ROUND_HALF_UP)
_PLAIN = re.compile(r"[+-]?[0-9]+(?:\.[0-9]+)?")
_ONE_COMMA = re.compile(r"[+-]?(?:0+,[0-9]+|[0-9]+,(?:[0-9]{1,2}|[0-9]{4,}))")
_SEPARATED = re.compile(r"[+-]?[0-9]+(?:[.,'’ \u00a0\u2009\u202f][0-9]+)+")  # noqa: RUF001 - all that parts thousands


def parse_number(text: str, given: str = "") -> Fraction:
    """Return the exact number that a plain decimal text such as `16.4` stands for.

    `given` is the longer text in which the number was found; a refusal shows it.

    Raises:
        Refused: for a decimal comma (it can be read as a thousand), an exponent, NaN, or anything else.
    """
    shown = given or text
    if len(text) > MOST_DIGITS:
        refuse("number.too-long", value=shown, most=MOST_DIGITS)
    if not _PLAIN.fullmatch(text):
        _refuse_number(text, shown)
    return Fraction(text)


def _refuse_number(text: str, shown: str) -> NoReturn:
    if _ONE_COMMA.fullmatch(text):
        refuse("number.comma", value=shown, suggestion=text.replace(",", "."))
    if _SEPARATED.fullmatch(text):
        refuse("number.separators", value=shown)
    refuse("number.unreadable", value=shown)


def exact_root(value: Fraction) -> Fraction:
    """Return the square root to 34 digits."""
    return Fraction(_CONTEXT.sqrt(_decimal(value)))


def power(base: Fraction, exponent: Fraction) -> Fraction:
    """Return base to the power of exponent to 34 digits."""
    return Fraction(_CONTEXT.power(_decimal(base), _decimal(exponent)))


def log10(value: Fraction) -> Fraction:
    """Return the logarithm to base ten to 34 digits."""
    return Fraction(_CONTEXT.log10(_decimal(value)))


def plain_decimal(value: Fraction, significant: int = SIGNIFICANT_IN_JSON) -> str:
    """Return a plain decimal text of at most this many significant digits, without exponent or trailing zeros."""
    rounded = Context(prec=significant, rounding=ROUND_HALF_UP).divide(
        Decimal(value.numerator), Decimal(value.denominator)
    )
    text = f"{rounded:f}"
    return text.rstrip("0").rstrip(".") if "." in text else text


def number_text(value: Fraction, language: Language = "en", digits: int | None = None) -> str:
    """Return a number for people: so many decimals (half goes up), or as many as it needs, up to four significant.

    What stands before the decimal point is never rounded away: 12345 stays 12345.
    """
    digits_before_point = len(str(int(abs(value))))
    text = plain_decimal(value, max(4, digits_before_point)) if digits is None else f"{_fixed(value, digits):f}"
    return text.replace(".", ",") if language == "nl" else text


def _fixed(value: Fraction, digits: int) -> Decimal:
    scaled = value * 10**digits
    half_up = (abs(scaled) + Fraction(1, 2)).__floor__()
    return Decimal(half_up if scaled >= 0 else -half_up).scaleb(-digits, Context(prec=200))


def _decimal(value: Fraction) -> Decimal:
    return _CONTEXT.divide(Decimal(value.numerator), Decimal(value.denominator))
