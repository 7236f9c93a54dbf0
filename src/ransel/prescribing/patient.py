"""The patient as a file or a form gives it."""

from __future__ import annotations

import unicodedata
from datetime import date, datetime
from typing import Annotated, Self

from pydantic import AfterValidator, Field, model_validator

from ransel.language import refuse
from ransel.protocols.reading import Record
from ransel.quantities import Length, Mass, Quantity

LONGEST_LINE = 120
CONTROL, FORMAT, LINE, PARAGRAPH = "Cc", "Cf", "Zl", "Zp"


def _line(text: str) -> str:
    """Return a text of one line; a name with a line break could write lines of its own into a calendar."""
    if not text.strip():
        refuse("text.empty", value=text)
    if len(text) > LONGEST_LINE:
        refuse("text.too-long", value=text, most=LONGEST_LINE)
    if any(unicodedata.category(character) in {CONTROL, FORMAT, LINE, PARAGRAPH} for character in text):
        refuse("text.control-character", value=text)
    return unicodedata.normalize("NFC", text.strip())


def _day(value: object) -> object:
    """Refuse a date with a time, which a birthday does not have."""
    if isinstance(value, datetime):
        refuse("date.with-time", value=value)
    return value


def _above_zero(value: Quantity) -> Quantity:
    if value.magnitude <= 0:
        refuse("quantity.not-positive", value=value)
    return value


Line = Annotated[str, AfterValidator(_line)]
Weight = Annotated[Mass, AfterValidator(_above_zero)]
Height = Annotated[Length, AfterValidator(_above_zero)]


class Measurement(Record):
    """Weight and height on a day."""

    weight: Weight
    height: Height
    measured: date


class Findings(Record):
    """What is known about the start criteria: a quantity or a yes or no for each, by the criterion's id."""

    taken: date | None = None
    values: dict[str, Quantity | bool] = Field(default_factory=dict)

    @model_validator(mode="before")
    @classmethod
    def _read(cls, tables: object) -> object:
        """Take every key but `taken` as a finding."""
        if not isinstance(tables, dict) or "values" in tables:
            return tables
        values = {key: _finding(key, value) for key, value in tables.items() if key != "taken"}
        return {"taken": tables.get("taken"), "values": values}


def _finding(key: str, value: object) -> Quantity | bool:
    if isinstance(value, bool):
        return value
    if isinstance(value, str):
        return Quantity.read(value)
    return refuse("finding.unreadable", key, value)


class Choice(Record):
    """The prescriber's choice where a protocol leaves one, with its reason."""

    dose_rule: str
    reason: Line


class Patient(Record):
    """A patient: who it is, what was measured, what is known.

    All data in this repository is synthetic.
    """

    name: Line
    born: date
    weight: Weight
    height: Height
    measured: date
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
        if self.measured < self.born:
            refuse("date.before-birth", "measured", self.measured, born=self.born)
        return self

    def age_in_years(self, on: date) -> int:
        """Return the age in whole years, by the calendar."""
        return on.year - self.born.year - ((on.month, on.day) < (self.born.month, self.born.day))
