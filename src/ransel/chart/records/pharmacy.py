"""What the pharmacy signs: making, weighing, checking, releasing, discarding."""

from __future__ import annotations

from datetime import date
from typing import ClassVar, Literal

from ransel.chart.records.base import Balance, Instant, Line, OfMaking, Record, Topic
from ransel.protocols.kind_of_value import Slug


class LotUsed(Record):
    """A lot of one ingredient: the maker's number, its last day, and when the vial was opened if that was earlier."""

    kind: ClassVar[str] = "lot"
    topic: ClassVar[Topic] = "container"
    number: Line
    expires: date
    opened: Instant | None = None


class BatchStarted(OfMaking):
    """The first vial was opened: the clocks of this container run from here."""

    kind: ClassVar[str] = "batch-started"
    topic: ClassVar[Topic] = "container"
    made: Instant


class Weighed(OfMaking):
    """One addition, with its lots and the balance before and after it; weighed again, the later one holds."""

    kind: ClassVar[str] = "weighed"
    topic: ClassVar[Topic] = "container"
    ingredient: Slug
    before: Balance
    after: Balance
    lots: tuple[LotUsed, ...]


class BatchChecked(OfMaking):
    """A second person has checked lots, weighings and label."""

    kind: ClassVar[str] = "batch-checked"
    topic: ClassVar[Topic] = "container"


class Released(OfMaking):
    """A pharmacist releases the container; its code and what its clocks allow.

    Values:
        stability_confirmed: whether the releasing pharmacist confirms the stability figures for this kind of container.
    """

    kind: ClassVar[str] = "released"
    topic: ClassVar[Topic] = "container"
    batch: Line
    serial: Line
    code: Line
    cold_until: Instant
    start_before: Instant
    finish_before: Instant
    stability_confirmed: bool


class LeftFridge(OfMaking):
    """The container left the fridge: the warm clock runs from here and never stops."""

    kind: ClassVar[str] = "left-fridge"
    topic: ClassVar[Topic] = "container"
    at: Instant
    finish_before: Instant


class Discarded(OfMaking):
    """The container is thrown away; `vials` says how many were opened for it, as waste."""

    kind: ClassVar[str] = "discarded"
    topic: ClassVar[Topic] = "container"
    reason_due: ClassVar[bool] = True
    cause: Literal["expired", "out-of-tolerance", "leak", "not-needed", "damaged", "other"]
