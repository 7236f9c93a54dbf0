"""The patient as a file or a form gives it."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterator
from datetime import date, datetime
from typing import Annotated, Self

from pydantic import AfterValidator, BeforeValidator, Field, model_validator

from ransel.language import Refusal, Refused, refuse
from ransel.protocols.kind_of_value import is_one_line
from ransel.protocols.reading import Record, shown
from ransel.quantities import Length, Mass, Quantity, Temperature

LONGEST_LINE = 120


def _line(text: str) -> str:
    """Return a text of one line; a name with a line break could write lines of its own into a calendar."""
    if not text.strip():
        refuse("text.empty", value=text)
    if len(text) > LONGEST_LINE:
        refuse("text.too-long", value=text, most=LONGEST_LINE)
    if not is_one_line(text):
        refuse("text.control-character", value=text)
    return unicodedata.normalize("NFC", text.strip())


def _day(value: object) -> object:
    """Refuse a date with a time: a birthday has none."""
    if isinstance(value, datetime):
        refuse("date.with-time", value=value)
    return value


def _measure(kind: type[Quantity]) -> BeforeValidator:
    """Read a quantity above zero; what is refused is shown as it stands in the file."""

    def read(value: object) -> Quantity:
        if not isinstance(value, str | Quantity):
            refuse("quantity.not-text", value=shown(value), example=kind.example())
        quantity = kind.read(value)
        if quantity.magnitude <= 0:
            refuse("quantity.not-positive", value=value)
        return quantity

    return BeforeValidator(read)


Line = Annotated[str, AfterValidator(_line)]
Day = Annotated[date, BeforeValidator(_day)]
Weight = Annotated[Mass, _measure(Mass)]
Height = Annotated[Length, _measure(Length)]


class Measurement(Record):
    """Weight and height on a day."""

    weight: Weight
    height: Height
    measured: Day


class Findings(Record):
    """What is known about the start criteria: a quantity or a yes or no for each, by the criterion's id."""

    taken: Day | None = None
    values: dict[str, Quantity | bool] = Field(default_factory=dict)

    @model_validator(mode="before")
    @classmethod
    def _read(cls, tables: object) -> object:
        """Take every key but `taken` as a finding; all that cannot be read are refused together."""
        if not isinstance(tables, dict) or _is_read(tables.get("values")):
            return tables
        values: dict[str, Quantity | bool] = {}
        refusals: list[Refusal] = []
        for key, value in tables.items():
            if key != "taken":
                try:
                    values[key] = _finding(value)
                except Refused as refused:
                    refusals += refused.at(key).refusals
        if refusals:
            raise Refused(refusals)
        return {"taken": tables.get("taken"), "values": values}


def _is_read(values: object) -> bool:
    """Whether these are findings made by the program, not the text of a file."""
    return isinstance(values, dict) and all(isinstance(value, Quantity | bool) for value in values.values())


def _finding(value: object) -> Quantity | bool:
    if isinstance(value, bool | Quantity):
        return value
    if not isinstance(value, str):
        return refuse("finding.unreadable", value=shown(value))
    quantity = Quantity.read(value)
    if quantity.magnitude < 0 and not isinstance(quantity, Temperature):
        refuse("quantity.negative", value=value)
    return quantity


class Choice(Record):
    """The prescriber's choice where a protocol leaves one, with its reason."""

    dose_rule: str
    reason: Line


class Patient(Record):
    """A patient: who it is, what was measured, what is known.

    All data in this repository is synthetic.
    """

    name: Line
    born: Day
    weight: Weight
    height: Height
    measured: Day
    number: Line | None = None
    address: Line | None = None
    telephone: Line | None = None
    centre: Line | None = None
    product: Line | None = None
    protocol: str | None = None
    previous: Measurement | None = None
    findings: Findings = Findings()
    choice: Choice | None = None

    @model_validator(mode="after")
    def _dates_in_order(self) -> Self:
        refusals = list(self._impossible_dates())
        if refusals:
            raise Refused(refusals)
        return self

    def _impossible_dates(self) -> Iterator[Refusal]:
        before = self.previous.measured if self.previous else None
        for field, day in (
            ("measured", self.measured), ("previous.measured", before), ("findings.taken", self.findings.taken)
        ):  # fmt: skip
            if day is not None and day < self.born:
                yield Refusal("date.before-birth", field, str(day), {"born": self.born})
        if before is not None and before > self.measured:
            yield Refusal("date.previous-is-later", "previous.measured", str(before), {"measured": self.measured})

    def age_in_years(self, on: date) -> int:
        """Return the age in whole years, by the calendar."""
        return on.year - self.born.year - ((on.month, on.day) < (self.born.month, self.born.day))
