"""Programmes for the bench: one for each drug of the library, one for each of its rows, and rows that are altered."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Any

from ransel.infusion.condition import Condition, Reaction
from ransel.pump.conformance.driven import BEGINS, QARZIBA, Driven
from ransel.pump.drug_library import DrugLibrary
from ransel.pump.drug_row import DrugRow
from ransel.pump.programme import Draft, Library

BLINCYTO = Draft("SYN-0002", "Blincyto", 180, 5_000, "mL/h", 240_000, 1)
"""The bag of 48 hours at home; after a stop of 4 hours it may not simply be resumed."""

BLINCYTO_7_DAYS = Draft("SYN-0002", "Blincyto", 1_500, 600, "mL/h", 101_000, 1)

FLUOROURACIL = Draft(
    "SYN-0003", "Fluorouracil 50 mg/mL", 20_000_000, 5_000, "mL/h", 230_000, 1, patient_type="adult"
)  # fmt: skip

FLUCLOXACILLIN = Draft(
    "SYN-0004", "Flucloxacillin 1 g", 50_000_000, 10_000, "mL/h", 240_000, 1, patient_type="adult", care_area="ward"
)
"""On the ward, where too fast a flow goes down to the rate that keeps the vein open."""

DRUGS = (QARZIBA, BLINCYTO, BLINCYTO_7_DAYS, FLUOROURACIL, FLUCLOXACILLIN)


def rows() -> tuple[DrugRow, ...]:
    """Return every row of the library that holds on the bench."""
    return DrugLibrary.load().current(BEGINS).rows


def row_of(draft: Draft) -> DrugRow:
    """Return the row of a programme; KeyError when it has none."""
    library = DrugLibrary.load().current(BEGINS)
    row = library.row(draft.product, draft.concentration_ng_per_mL, draft.patient_type, draft.care_area)
    if row is None:
        raise KeyError(draft.product)
    return row


def motor_after(condition: Condition, draft: Draft) -> int:
    """Return the rate in nL/h that the motor has after a condition, as the row of the drug says it."""
    row, therapy = row_of(draft), draft.rate_uL * 1000
    return {
        Reaction.STOP: 0,
        Reaction.KVO: min(row.kvo_nL_per_h, therapy),
        Reaction.CONTINUE: therapy,
    }[row.reactions[condition]]


def every_programme() -> Iterator[tuple[DrugRow, Draft]]:
    """Go through the library: each row, with a programme at its usual rate."""
    for row in rows():
        yield row, Draft(
            "SYN-0009", row.product, row.weakest, row.rate_high // 1000, "mL/h",
            min(row.volume_most_nL // 1_000_000, 200) * 1000, 1, 0, row.patient_type, row.care_area,
        )  # fmt: skip


@dataclass(frozen=True)
class Altered:
    """A library in which some fields of every row are others."""

    of: Library
    changes: dict[str, Any]

    @property
    def fingerprint(self) -> str:
        """That of the library before it was altered."""
        return self.of.fingerprint

    def row(self, product: str, concentration: int, patient_type: str, care_area: str) -> DrugRow | None:
        """Return the row as it is here."""
        row = self.of.row(product, concentration, patient_type, care_area)
        return row and replace(row, **self.changes)


def altered(pump: Driven, **changes: Any) -> Driven:  # noqa: ANN401 - fields of a row
    """Put another library into a pump that is switched off; returns the pump."""
    pump.twin.library = Altered(pump.twin.library, changes)
    return pump


def without_limits(pump: Driven) -> Driven:
    """Let a pump that is switched off take any rate and volume that it can do at all; returns the pump."""
    device = pump.controller.device
    return altered(
        pump, rate_least=device.rate_least_nL_per_h, rate_low=device.rate_least_nL_per_h,
        rate_high=device.rate_most_nL_per_h, rate_most=device.rate_most_nL_per_h,
        volume_most_nL=device.volume_most_nL, window_most_nL=10**12,
    )  # fmt: skip
