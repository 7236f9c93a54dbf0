"""Quantities: an exact magnitude and what it measures."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta
from fractions import Fraction
from typing import TYPE_CHECKING, Any, ClassVar, Self, cast, overload

from ransel.language import Language, refuse
from ransel.quantities.number import number_text, parse_number, plain_decimal
from ransel.quantities.unit import AREA, LENGTH, MASS, NONE, SPACES, TIME, VOLUME, Dimension, unit

if TYPE_CHECKING:
    from pydantic import GetCoreSchemaHandler
    from pydantic_core import CoreSchema

Number = int | Fraction
LONGEST_TEXT = 80
# A number may have spaces in it, so that `1 500 mL` is refused as a number and never read as 1 x 500 mL.
_WRITTEN = re.compile(rf"(?P<number>[^/°%a-zA-Zµμ×]*?)[{SPACES}]*(?P<unit>(?:[/°%a-zA-Zµμ×].*)?)", re.DOTALL)


class Quantity:
    """An exact, immutable quantity.

    Values:
        magnitude: Fraction, in the base units mg, mL, h, m, IU, mmol, °C.
        dimension: what is measured.

    A subclass is a kind (`Mass`): it knows its dimension and the unit in which people usually read it.
    `Mass("16.4 kg")` reads, `Mass(16, "kg")` builds, `Mass(rate * time)` checks.
    Adding, comparing or naming quantities of different dimensions raises TypeError; so does a float.
    """

    __slots__ = ("dimension", "magnitude")
    magnitude: Fraction
    dimension: Dimension

    kind_dimension: ClassVar[Dimension | None] = None
    usual_unit: ClassVar[str] = ""
    kinds: ClassVar[dict[Dimension, type[Quantity]]] = {}

    def __init_subclass__(cls, dimension: Dimension, usual_unit: str) -> None:
        cls.kind_dimension = dimension
        cls.usual_unit = usual_unit
        Quantity.kinds[dimension] = cls

    def __new__(cls, value: str | Number | Quantity, of: str | None = None) -> Self:
        """Read a text, build from an exact number and a unit, or check the kind of a result."""
        if isinstance(value, str | Quantity) and of is None:
            value = parse(value) if isinstance(value, str) else value
        elif isinstance(value, int | Fraction) and not isinstance(value, bool) and of is not None:
            measure = unit(of)
            value = _quantity(value * measure.size, measure.dimension)
        else:
            raise TypeError(f"a quantity is made from a text or an exact number and a unit, not from {value!r}")
        if cls.kind_dimension is not None and value.dimension != cls.kind_dimension:
            raise TypeError(f"{value!r} is not a {cls.__name__}")
        return cast("Self", value)

    def __setattr__(self, name: str, value: object) -> None:
        raise AttributeError(f"a quantity cannot be changed: {name} = {value!r}")

    def __delattr__(self, name: str) -> None:
        raise AttributeError(f"a quantity cannot be changed: {name} cannot be deleted")

    def __reduce__(self) -> tuple[Any, ...]:
        return _quantity, (self.magnitude, self.dimension)

    # arithmetic

    def __add__(self, other: Self) -> Self:
        return cast("Self", _quantity(self.magnitude + self._same(other, "added to"), self.dimension))

    def __sub__(self, other: Self) -> Self:
        return cast("Self", _quantity(self.magnitude - self._same(other, "subtracted from"), self.dimension))

    def __neg__(self) -> Self:
        return cast("Self", _quantity(-self.magnitude, self.dimension))

    def __abs__(self) -> Self:
        return cast("Self", _quantity(abs(self.magnitude), self.dimension))

    @overload
    def __mul__(self, other: Number) -> Self: ...
    @overload
    def __mul__(self, other: Quantity) -> Quantity: ...
    def __mul__(self, other: Number | Quantity) -> Quantity:
        if isinstance(other, Quantity):
            return _quantity(self.magnitude * other.magnitude, self.dimension * other.dimension)
        return _quantity(self.magnitude * _exact(other), self.dimension)

    def __rmul__(self, other: Number) -> Self:
        return self * other

    @overload
    def __truediv__(self, other: Number) -> Self: ...
    @overload
    def __truediv__(self, other: Quantity) -> Quantity: ...
    def __truediv__(self, other: Number | Quantity) -> Quantity:
        if isinstance(other, Quantity):
            return _quantity(self.magnitude / other.magnitude, self.dimension / other.dimension)
        return _quantity(self.magnitude / _exact(other), self.dimension)

    # comparison

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, Quantity):
            return NotImplemented
        return (self.magnitude, self.dimension) == (other.magnitude, other.dimension)

    def __hash__(self) -> int:
        return hash((self.magnitude, self.dimension))

    def __lt__(self, other: Quantity) -> bool:
        return self.magnitude < self._same(other, "compared with")

    def __le__(self, other: Quantity) -> bool:
        return self.magnitude <= self._same(other, "compared with")

    def __gt__(self, other: Quantity) -> bool:
        return self.magnitude > self._same(other, "compared with")

    def __ge__(self, other: Quantity) -> bool:
        return self.magnitude >= self._same(other, "compared with")

    def __bool__(self) -> bool:
        return self.magnitude != 0

    # reading and writing

    def to(self, symbol: str) -> Fraction:
        """Return the exact number of these units; raises TypeError when the unit measures something else."""
        measure = unit(symbol)
        if measure.dimension != self.dimension:
            raise TypeError(f"{self!r} cannot be given in {symbol}")
        return self.magnitude / measure.size

    def plain(self, symbol: str) -> str:
        """Return the number of these units as JSON carries it: plain, at most 12 significant digits."""
        return plain_decimal(self.to(symbol))

    def plain_text(self) -> str:
        """Return the quantity as JSON carries it, in its usual unit: it reads back as the same quantity."""
        return f"{self.plain(self.usual_unit)} {self.usual_unit}"

    def text(self, language: Language = "en", symbol: str = "", digits: int | None = None) -> str:
        """Return the quantity for people, with a decimal comma in Dutch.

        Without `digits` it shows as many decimals as it needs, up to four significant digits.
        """
        symbol = symbol or self.usual_unit
        number = number_text(self.to(symbol), language, digits)
        shown = unit(symbol).text(language)
        return f"{number}{shown}" if shown.startswith("/") else f"{number} {shown}".rstrip()

    def __str__(self) -> str:
        return self.text() if self.usual_unit else repr(self)

    def __repr__(self) -> str:
        if self.kind_dimension is None:
            return f"Quantity({self.magnitude}, {self.dimension})"
        return f"{type(self).__name__}({self.plain_text()!r})"

    def _same(self, other: object, verb: str) -> Fraction:
        if not isinstance(other, Quantity) or other.dimension != self.dimension:
            raise TypeError(f"a {type(self).__name__} cannot be {verb} a {type(other).__name__}")
        return other.magnitude

    @classmethod
    def __get_pydantic_core_schema__(cls, source: Any, handler: GetCoreSchemaHandler) -> CoreSchema:  # noqa: ANN401
        from pydantic_core import core_schema  # noqa: PLC0415 - the core does not need pydantic

        return core_schema.no_info_plain_validator_function(
            cls.read, serialization=core_schema.plain_serializer_function_ser_schema(cls.plain_text, when_used="json")
        )

    @classmethod
    def read(cls, value: object) -> Self:
        """Return the quantity a file or form gives, or refuse it with a remedy.

        Raises:
            Refused: when it is no text, no quantity, or a quantity of another kind.
        """
        if isinstance(value, Quantity):
            quantity = value
        elif isinstance(value, str):
            quantity = parse(value)
        else:
            refuse("quantity.not-text", value=value, example=cls.example())
        if cls.kind_dimension is not None and quantity.dimension != cls.kind_dimension:
            refuse("quantity.other-kind", value=value, example=cls.example())
        return cast("Self", quantity)

    @classmethod
    def example(cls) -> str:
        """Return how such a quantity is written, for the remedy of a refusal."""
        return EXAMPLES.get(cls.__name__, f"1 {cls.usual_unit}".strip())


def parse(text: str) -> Quantity:
    """Return the quantity that a text such as `16.4 kg` or `48 mL/24h` stands for.

    Raises:
        Refused: naming what cannot be read: the number, the unit, or a missing unit.
    """
    if len(text) > LONGEST_TEXT:
        refuse("quantity.too-long", value=text, most=LONGEST_TEXT)
    match = _WRITTEN.fullmatch(text.strip(SPACES))
    if match is None or not match["number"]:
        refuse("quantity.unreadable", value=text)
    number = parse_number(match["number"], text)
    if not match["unit"]:
        refuse("quantity.no-unit", value=text)
    measure = unit(match["unit"])
    return _quantity(number * measure.size, measure.dimension)


def _quantity(magnitude: Fraction, dimension: Dimension) -> Quantity:
    made = object.__new__(Quantity.kinds.get(dimension, Quantity))
    object.__setattr__(made, "magnitude", magnitude)
    object.__setattr__(made, "dimension", dimension)
    return made


def _exact(number: object) -> Number:
    if not isinstance(number, int | Fraction) or isinstance(number, bool):
        raise TypeError(f"a quantity is multiplied by an exact number, not by {number!r}")
    return number


class Ratio(Quantity, dimension=NONE, usual_unit="%"):
    """A pure number: a fraction, a percentage, a multiple of the upper limit of normal, mg per kg of body weight."""

    @classmethod
    def of(cls, number: Number) -> Ratio:
        """Return a pure number as a quantity."""
        return cls(number * 100, "%")


class Mass(Quantity, dimension=MASS, usual_unit="mg"):
    """Mass of drug, or of a child."""


class Volume(Quantity, dimension=VOLUME, usual_unit="mL"):
    """Volume of fluid."""


class Duration(Quantity, dimension=TIME, usual_unit="h"):
    """A length of time, never a wall-clock time."""

    def text(self, language: Language = "en", symbol: str = "", digits: int | None = None) -> str:
        """Return the length of time for people; more than one day are days."""
        several = {"day": "days", "week": "weeks"}.get(symbol)
        return super().text(language, several if several and self.to(symbol) != 1 else symbol, digits)

    @property
    def timedelta(self) -> timedelta:
        """The same length of time, to the nearest second."""
        return timedelta(seconds=round(self.magnitude * 3600))

    @classmethod
    def between(cls, start: datetime, end: datetime) -> Duration:
        """Return the time from one aware instant to another.

        Python subtracts two times of the same zone by their wall clocks; in UTC the night of the
        clock change has the hours that really pass.
        """
        if start.tzinfo is None or end.tzinfo is None:
            raise TypeError(f"a duration lies between two instants with a zone, not between {start} and {end}")
        span = end.astimezone(UTC) - start.astimezone(UTC)
        seconds = Fraction(span.days * 86400 + span.seconds) + Fraction(span.microseconds, 1_000_000)
        return Duration(seconds, "s")


class Length(Quantity, dimension=LENGTH, usual_unit="cm"):
    """Height of a person, length of a tube."""


class Area(Quantity, dimension=AREA, usual_unit="m2"):
    """Body surface."""


class Activity(Quantity, dimension=Dimension(activity=1), usual_unit="IU"):
    """Biological activity in international units."""


class Temperature(Quantity, dimension=Dimension(temperature=1), usual_unit="°C"):
    """A temperature in degrees Celsius."""


class Rate(Quantity, dimension=VOLUME / TIME, usual_unit="mL/h"):
    """Pump rate. 48 mL/24h and 2 mL/h are the same rate, 48 mL/h is not."""


class Concentration(Quantity, dimension=MASS / VOLUME, usual_unit="mg/mL"):
    """Mass per volume: of a drug in solution, or the density of a fluid."""


class DoseRate(Quantity, dimension=MASS / TIME, usual_unit="mg/day"):
    """Drug per time: a daily dose."""


class DosePerArea(Quantity, dimension=MASS / AREA, usual_unit="mg/m2"):
    """Drug per square metre of body surface."""


class DoseRatePerArea(Quantity, dimension=MASS / AREA / TIME, usual_unit="mg/m2/day"):
    """Drug per square metre of body surface per time."""


class DoseRatePerWeight(Quantity, dimension=NONE / TIME, usual_unit="mg/kg/day"):
    """Drug per body weight per time; mg per kg is a pure number, so only the time is left."""


class CellCount(Quantity, dimension=NONE / VOLUME, usual_unit="/µL"):
    """Cells per volume of blood."""


class MolarConcentration(Quantity, dimension=Dimension(amount=1) / VOLUME, usual_unit="mmol/L"):
    """Amount of substance per volume."""


class ClearancePerArea(Quantity, dimension=VOLUME / TIME / AREA, usual_unit="mL/min/1.73m2"):
    """Creatinine clearance or GFR, per 1.73 m² of body surface."""


EXAMPLES = {
    "Ratio": "95 %",
    "Mass": "16.4 kg",
    "Volume": "250 mL",
    "Duration": "24 h",
    "Length": "102 cm",
    "Area": "0.68 m2",
    "Rate": "2 mL/h",
    "Concentration": "4.5 mg/mL",
    "DoseRate": "6.8 mg/day",
    "DoseRatePerArea": "10 mg/m2/day",
    "DoseRatePerWeight": "0.33 mg/kg/day",
    "CellCount": "500 /uL",
    "ClearancePerArea": "90 mL/min/1.73m2",
    "Temperature": "25 °C",
}
