"""Units: what a symbol such as `mg/m2/day` or `mL/24h` means in base units."""

from __future__ import annotations

import re
from dataclasses import dataclass
from fractions import Fraction
from functools import lru_cache
from typing import TYPE_CHECKING

from ransel.language import Language, refuse
from ransel.quantities.number import parse_number

if TYPE_CHECKING:
    from collections.abc import Mapping

LONGEST_UNIT = 40
MOST_UNITS_KEPT = 1000
SPACES = " \t\r\n\u00a0\u2009\u202f"  # what word processors put between a number and its unit; no control characters


@dataclass(frozen=True, slots=True)
class Dimension:
    """Exponents of the base dimensions; mass and volume are kept apart, as a pharmacist does."""

    mass: int = 0
    volume: int = 0
    time: int = 0
    length: int = 0
    activity: int = 0
    amount: int = 0
    temperature: int = 0

    def __mul__(self, other: Dimension) -> Dimension:
        return Dimension(*(a + b for a, b in zip(self._exponents, other._exponents, strict=True)))

    def __truediv__(self, other: Dimension) -> Dimension:
        return Dimension(*(a - b for a, b in zip(self._exponents, other._exponents, strict=True)))

    @property
    def _exponents(self) -> tuple[int, ...]:
        return (self.mass, self.volume, self.time, self.length, self.activity, self.amount, self.temperature)


NONE = Dimension()
MASS = Dimension(mass=1)
VOLUME = Dimension(volume=1)
TIME = Dimension(time=1)
LENGTH = Dimension(length=1)
AREA = Dimension(length=2)


@dataclass(frozen=True, slots=True)
class Unit:
    """A unit: its symbol as people write it, its size in base units (mg, mL, h, m, IU, mmol, °C), its dimension."""

    symbol: str
    size: Fraction
    dimension: Dimension

    def text(self, language: Language = "en") -> str:
        """Return the symbol as it is written in this language: `mg/m²/day` is `mg/m²/dag` in Dutch."""
        if language == "en":
            return self.symbol
        words = re.sub(r"[A-Za-z]+", lambda word: _DUTCH.get(word[0], word[0]), self.symbol)
        return words.replace(".", ",")


def _symbols() -> Mapping[str, tuple[Fraction, Dimension]]:
    table: dict[str, tuple[Fraction, Dimension]] = {}

    def add(names: str, size: str, dimension: Dimension) -> None:
        table.update((name, (Fraction(size), dimension)) for name in names.split())

    add("kg", "1000000", MASS)
    add("g", "1000", MASS)
    add("mg", "1", MASS)
    add("µg ug mcg μg", "1/1000", MASS)  # people type both micro signs
    add("ng", "1/1000000", MASS)
    add("L l", "1000", VOLUME)
    add("dL dl", "100", VOLUME)
    add("mL ml", "1", VOLUME)
    add("µL uL μL µl ul", "1/1000", VOLUME)
    add("week weeks weken", "168", TIME)
    add("day days d dag dagen", "24", TIME)
    add("h hour hours uur", "1", TIME)
    add("min", "1/60", TIME)
    add("s", "1/3600", TIME)
    add("m", "1", LENGTH)
    add("cm", "1/100", LENGTH)
    add("mm", "1/1000", LENGTH)
    add("m2 m²", "1", AREA)
    add("IU IE", "1", Dimension(activity=1))
    add("mol", "1000", Dimension(amount=1))
    add("mmol", "1", Dimension(amount=1))
    add("°C", "1", Dimension(temperature=1))
    add("%", "1/100", NONE)
    add("xULN ×ULN", "1", NONE)
    add("x10^9 ×10^9 x10⁹ ×10⁹", "1000000000", NONE)  # cells per litre, as laboratories report them
    return table


SYMBOLS = _symbols()
_FACTOR = re.compile(rf"(?P<count>[0-9]+(?:\.[0-9]+)?)?[{SPACES}]*(?P<symbol>[^\s0-9/·*][^\s/·*]*)?")
_ONE_SPELLING = {
    "µg": "ug mcg μg",
    "L": "l",
    "dL": "dl",
    "mL": "ml",
    "µL": "uL μL µl ul",
    "m²": "m2",
    "h": "hour hours uur",
    "day": "d dag",
    "days": "dagen",
    "weeks": "weken",
    "IU": "IE",
    "×ULN": "xULN",
    "×10⁹": "x10^9 ×10^9 x10⁹",
}
_SHOWN = {spelling: shown for shown, spellings in _ONE_SPELLING.items() for spelling in spellings.split()}
_DUTCH = {"day": "dag", "days": "dagen", "weeks": "weken", "IU": "IE"}


@lru_cache(MOST_UNITS_KEPT)
def unit(symbol: str) -> Unit:
    """Return the unit that a symbol stands for: `mg`, `mg/m2/day`, `mL/24h`, `/µL`, `mL/min/1.73m2`.

    Raises:
        Refused: when a part of it is no unit.
    """
    parts = symbol.strip(SPACES).split("/")
    if len(symbol) > LONGEST_UNIT or len(parts) > 4:
        refuse("unit.unknown", value=symbol)
    size, dimension = _product(parts[0], symbol) if parts[0].strip(SPACES) else (Fraction(1), NONE)
    for part in parts[1:]:
        part_size, part_dimension = _product(part, symbol)
        size, dimension = size / part_size, dimension / part_dimension
    return Unit(_shown(symbol), size, dimension)


def _product(text: str, whole: str) -> tuple[Fraction, Dimension]:
    size, dimension = Fraction(1), NONE
    for factor in re.split(r"[·*]", text):
        match = _FACTOR.fullmatch(factor.strip(SPACES))
        if match is None or match["symbol"] not in SYMBOLS:
            refuse("unit.unknown", value=whole)
        symbol_size, symbol_dimension = SYMBOLS[match["symbol"]]
        count = parse_number(match["count"]) if match["count"] else Fraction(1)
        if count == 0:
            refuse("unit.unknown", value=whole)
        size, dimension = size * symbol_size * count, dimension * symbol_dimension
    return size, dimension


def _shown(symbol: str) -> str:
    parts = symbol.strip(SPACES).split("/")
    return "/".join("·".join(_shown_factor(factor) for factor in re.split(r"[·*]", part)) for part in parts)


def _shown_factor(text: str) -> str:
    match = _FACTOR.fullmatch(text.strip(SPACES))
    words = (match["count"], match["symbol"]) if match else ()
    return " ".join(_SHOWN.get(word, word) for word in words if word)
