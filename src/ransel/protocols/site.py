"""What a hospital decides for itself: opening hours, pharmacy practice, label numbers."""

from __future__ import annotations

from datetime import date, time
from typing import Annotated, Literal, Self
from zoneinfo import available_timezones

from pydantic import AfterValidator, BeforeValidator, Field, model_validator

from ransel.evidence import Sourced
from ransel.language import refuse
from ransel.protocols.kind_of_value import Text
from ransel.protocols.protocol import Place
from ransel.protocols.reading import COUNTRY, THIRTEEN_DIGITS, Record
from ransel.quantities import Duration

Weekday = Literal["monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday"]
WEEKDAYS: tuple[Weekday, ...] = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")


def _hour(text: object) -> time:
    """Return `08:30` as a time; `24:00` is not written, the last minute of a day is `23:59`."""
    try:
        hour = time.fromisoformat(str(text))
    except ValueError:
        refuse("opening.no-time", value=text)
    if hour.tzinfo is not None:  # the zone of the site holds
        refuse("opening.no-time", value=text)
    return hour


def _zone(name: str) -> str:
    if name not in available_timezones():
        refuse("site.no-time-zone", value=name)
    return name


Hour = Annotated[time, BeforeValidator(_hour)]


class OpeningHours(Record):
    """When a place works: days of the week, from and to by the local clock, and whether holidays are worked."""

    days: tuple[Weekday, ...]
    opens: Hour
    closes: Hour
    on_holidays: bool = False

    @model_validator(mode="after")
    def _opens_before_it_closes(self) -> Self:
        if self.opens >= self.closes:
            refuse("opening.closes-first", "closes", self.closes, opens=self.opens)
        return self


class Pharmacy(Record):
    """How this pharmacy works."""

    aseptic_storage_validated: Sourced[Annotated[bool, Field(strict=True)]]
    opened_vial_kept: Sourced[Duration]
    vial_price_euro: dict[str, Sourced[Annotated[int, Field(strict=True, ge=0)]]] = Field(default_factory=dict)
    """By the name of the product."""
    preparation_takes: Sourced[Duration]


class Label(Record):
    """What the container's GS1 code carries."""

    restricted_circulation_number: Annotated[str, Field(pattern=THIRTEEN_DIGITS)]
    """Thirteen digits from the range that GS1 keeps free for use inside one organisation; the check digit is added."""
    note: str


class Site(Record):
    """The settings of one hospital."""

    schema_: Literal["ransel/site/1"] = Field(alias="schema")
    name: Text
    telephone: Text
    time_zone: Annotated[str, AfterValidator(_zone)]
    holidays_of: Annotated[str, Field(pattern=COUNTRY)]
    closed_on: tuple[date, ...] = ()
    holidays_worked: tuple[str, ...] = ()
    """Public holidays, by their English name, on which this hospital works as on any other day."""
    slot: Sourced[Duration]
    opening: Sourced[dict[Place, tuple[OpeningHours, ...]]]
    full_cover: Sourced[tuple[OpeningHours, ...]]
    pharmacy: Pharmacy
    label: Label
