"""The batch record: which lots went in, what was weighed, who made it and who checked it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime

from ransel.compounding.container import Container
from ransel.compounding.identification import ContainerCode
from ransel.compounding.stability import StabilityClock
from ransel.compounding.weighing import Weighing
from ransel.language import Message, Refusal, Refused
from ransel.quantities import Duration, Shown

KEPT_NOT_AT_ALL = Duration("0 h")


@dataclass(frozen=True, slots=True)
class Lot:
    """A lot of one ingredient.

    Values:
        number: the maker's batch number. expires: the last day it may be used.
        opened: when the vial was opened, if that was before this container was made.
    """

    ingredient: str
    number: str
    expires: date
    opened: datetime | None = None


@dataclass(frozen=True, slots=True)
class BatchRecord:
    """How one container was made."""

    code: ContainerCode
    container: Container
    clock: StabilityClock
    lots: tuple[Lot, ...]
    weighings: tuple[Weighing, ...]
    made_by: str
    checked_by: str
    opened_vial_kept: Duration = KEPT_NOT_AT_ALL
    """How long the site keeps an opened vial; none by default."""
    stability_confirmed_by: str = ""
    """The pharmacist who confirms the stability figures, where the label gives them for another kind of container."""


@dataclass(frozen=True, slots=True)
class Released:
    """A container that may leave the pharmacy."""

    record: BatchRecord
    at: datetime
    by: str


def release(record: BatchRecord, at: datetime, by: str) -> Released:
    """Release a container.

    Raises:
        Refused: with every reason that blocks it: a lot missing or expired, a step not weighed or out of
            tolerance, the same person twice, a clock that has run out.
    """
    complaints = [
        *_code(record),
        *_lots(record),
        *_weighings(record),
        *_people(record, by),
        *_stability(record),
        *_clock(record, at),
    ]
    if complaints:
        raise Refused(complaints)
    return Released(record, at, by)


def _code(record: BatchRecord) -> Iterator[Refusal]:
    """Refuse the code of another container: its batch ends with the container's number, as its serial begins."""
    index = str(record.container.index)
    if record.code.batch.rpartition("-")[2] != index or record.code.serial.partition("-")[0] != index:
        yield Refusal("batch.other-container", "code", record.code.batch, {"container": index})


def _lots(record: BatchRecord) -> Iterator[Refusal]:
    for ingredient in record.container.recipe.ingredients:
        lots = [lot for lot in record.lots if lot.ingredient == ingredient.id]
        if not lots or any(not lot.number.strip() for lot in lots):
            yield Refusal("batch.lot-missing", f"lots.{ingredient.id}")
        for lot in lots:
            if lot.opened is not None and record.clock.made - lot.opened > record.opened_vial_kept.timedelta:
                kept = Shown(record.opened_vial_kept, "h")
                yield Refusal(
                    "batch.vial-open-too-long", f"lots.{ingredient.id}", lot.opened.isoformat(), {"kept": kept}
                )
            finish = record.code.expires.date()  # by the local calendar, as the lot's own date
            if lot.expires < finish:
                yield Refusal("batch.lot-expires", f"lots.{ingredient.id}", str(lot.expires), {"finish": finish})


def _weighings(record: BatchRecord) -> Iterator[Refusal]:
    weighed = {weighing.step.ingredient.id for weighing in record.weighings}
    for ingredient in record.container.recipe.ingredients:
        if ingredient.id not in weighed:
            yield Refusal("batch.not-weighed", f"weighings.{ingredient.id}")
    for weighing in record.weighings:
        if weighing.step.ingredient not in record.container.recipe.ingredients:
            yield Refusal("batch.other-step", f"weighings.{weighing.step.ingredient.id}")
        elif not weighing.within_tolerance:
            yield Refusal(
                "batch.out-of-tolerance",
                f"weighings.{weighing.step.ingredient.id}",
                weighing.added.text("en", "g", 2),
                {
                    "expected": Shown(weighing.step.expected.value, "g", 2),
                    "tolerance": Shown(weighing.step.tolerance, "g", 2),
                },
            )


def _people(record: BatchRecord, by: str) -> Iterator[Refusal]:
    if not record.made_by.strip() or not record.checked_by.strip():
        yield Refusal("batch.unsigned", "checked_by", record.checked_by)
    elif _same(record.made_by, record.checked_by):
        yield Refusal("batch.same-person", "checked_by", record.checked_by)
    if not by.strip() or _same(by, record.made_by):
        yield Refusal("batch.same-person", "released_by", by)


def _stability(record: BatchRecord) -> Iterator[Refusal]:
    kind = record.container.option.kind
    if kind not in record.clock.stability.confirmed_for and not record.stability_confirmed_by.strip():
        values = {"kind": Message(f"kind.{kind}"), "stated": record.clock.stability.stated_for}
        yield Refusal("batch.stability-not-confirmed", "stability_confirmed_by", "", values)


def _same(one: str, other: str) -> bool:
    return " ".join(one.split()).casefold() == " ".join(other.split()).casefold()


def _clock(record: BatchRecord, at: datetime) -> Iterator[Refusal]:
    limit = record.clock.start_before(record.container.lasts)
    if at < record.clock.made:
        yield Refusal("batch.released-before-made", "at", at.isoformat())
    if at >= limit.at:
        yield Refusal("batch.too-late", "at", at.isoformat(), {"limit": limit.at.isoformat()})
