"""A second calculation of a derivation, from its JSON alone: floats, SI units, and Python's own arithmetic.

It shares nothing with the code under test but the formula text that a reader sees. Every value is turned into a
float and a tuple of exponents; `ast` is not used, so a mistake in the evaluator cannot be repeated here.
"""

import math
import re
from dataclasses import dataclass

# mg, mL, hour, metre, IU
SIZES = {
    "mg": (1.0, (1, 0, 0, 0, 0)),
    "g": (1e3, (1, 0, 0, 0, 0)),
    "µg": (1e-3, (1, 0, 0, 0, 0)),
    "kg": (1e6, (1, 0, 0, 0, 0)),
    "mL": (1.0, (0, 1, 0, 0, 0)),
    "day": (24.0, (0, 0, 1, 0, 0)),
    "h": (1.0, (0, 0, 1, 0, 0)),
    "cm": (0.01, (0, 0, 0, 1, 0)),
    "m2": (1.0, (0, 0, 0, 2, 0)),
    "m²": (1.0, (0, 0, 0, 2, 0)),
    "IU": (1.0, (0, 0, 0, 0, 1)),
    "%": (0.01, (0, 0, 0, 0, 0)),
    "xULN": (1.0, (0, 0, 0, 0, 0)),
    "×ULN": (1.0, (0, 0, 0, 0, 0)),
}


@dataclass(frozen=True)
class Number:
    """A float and what it measures."""

    size: float
    exponents: tuple = (0, 0, 0, 0, 0)

    def __add__(self, other):
        return Number(self.size + _same(self, other), self.exponents)

    def __radd__(self, other):
        return _number(other) + self

    def __sub__(self, other):
        return Number(self.size - _same(self, other), self.exponents)

    def __mul__(self, other):
        other = _number(other)
        return Number(
            self.size * other.size, tuple(a + b for a, b in zip(self.exponents, other.exponents, strict=True))
        )

    __rmul__ = __mul__

    def __truediv__(self, other):
        other = _number(other)
        return Number(
            self.size / other.size, tuple(a - b for a, b in zip(self.exponents, other.exponents, strict=True))
        )

    def __pow__(self, other):
        return Number(pure(self) ** pure(_number(other)))

    def __rsub__(self, other):
        return _number(other) - self


def _number(value):
    return value if isinstance(value, Number) else Number(float(value))


def _same(one, other):
    other = _number(other)
    assert one.exponents == other.exponents
    return other.size


def pure(number):
    assert not any(number.exponents)
    return number.size


def unit(symbol):
    """The size and exponents of `mg/m2/day`."""
    first, *others = symbol.split("/")
    number = Number(*SIZES[first]) if first else Number(1.0)
    for other in others:
        number = number / Number(*SIZES[other])
    return number


def floats(text):
    """The number and the unit in a text such as `7 mg/m2/day`."""
    number, symbol = text.split(" ", 1)
    return float(number), unit(symbol)


FUNCTIONS = {
    "sqrt": lambda value: Number(math.sqrt(pure(value))),
    "log10": lambda value: Number(math.log10(pure(value))),
    "ceil": lambda value: Number(float(math.ceil(pure(value) - 1e-9))),
    "min": lambda *values: min(map(_number, values), key=lambda value: value.size),
    "max": lambda *values: max(map(_number, values), key=lambda value: value.size),
}


def disagreements(tree):
    """Every value in a tree of derivations, as JSON, that does not follow from the values of its inputs.

    JSON holds twelve digits. What a formula takes away from a much larger input has fewer that count, so values
    are compared to a billionth of the largest one of their kind.
    """
    for node in tree["inputs"]:
        yield from disagreements(node)
    if not tree["formula"]:
        return
    measure = unit(tree["unit"])
    names = {node["name"]: float(node["value"]) * unit(node["unit"]) for node in tree["inputs"]}
    units = {symbol: Number(*size) for symbol, size in SIZES.items() if re.fullmatch(r"\w+", symbol)}
    found = eval(tree["formula"], {"__builtins__": {}}, FUNCTIONS | units | names)  # noqa: S307 - Python as the judge
    found = _number(found)
    assert found.exponents == measure.exponents
    largest = max(abs(one.size) for one in (found, *names.values()) if one.exponents == found.exponents)
    if abs(float(tree["unrounded"]) * measure.size - found.size) > largest * 1e-9:
        yield tree["name"], tree["unrounded"], found.size / measure.size
