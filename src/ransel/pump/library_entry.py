"""One row of the drug library as it is written: every value with its source; and how it becomes whole numbers.

A row has more than the nineteen fields that Open PCA asks for (R6.9.0(2)): identity and history (id, version,
valid_from), what it is for (product, substance, patient type, care area, weakest and strongest concentration, dose
mode), limits (four of rate, one of volume, one rolling window in volume and per cent), how it runs (keep-open rate,
resuming, pause, restart, reactions) and how it is watched (reservoir in hours and in volume, pressures, bolus, air,
flow band, harms).
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import datetime
from itertools import pairwise
from typing import Annotated, Any, Literal

from pydantic import AfterValidator, Field

from ransel.evidence import Sourced
from ransel.infusion.condition import Reaction
from ransel.infusion.condition_facts import Effect, OfCondition, OfEffect, Onset, facts
from ransel.language import Refusal, Refused, refuse
from ransel.protocols.kind_of_value import Positive, Slug, Text
from ransel.protocols.reading import Record
from ransel.pump.drug_row import DrugRow
from ransel.pump.priority import Harm, Harms, grounds_of
from ransel.quantities import Concentration, Duration, Quantity, Rate, Ratio, Volume

PatientType = Literal["child", "adult"]
CareArea = Literal["home", "ward"]
EFFECTS = frozenset(Effect) - {Effect.NONE}
HIGHEST_OCCLUSION_MMHG = 1033
"""Less than 20 psi, GIP 1.10.3."""
LARGEST_BOLUS = Volume("0.5 mL")
"""GIP 1.10.7."""


def _with_a_zone(instant: datetime) -> datetime:
    if instant.tzinfo is None:
        refuse("drug-row.no-zone", value=instant.isoformat())
    return instant


Instant = Annotated[datetime, AfterValidator(_with_a_zone)]
PressureMmHg = Annotated[Sourced[Annotated[int, Field(strict=True, ge=1)]], "mmHg"]


class HarmOf(Record):
    """What an effect may come to with this medicine, and how soon after the effect has begun."""

    harm: Sourced[Harm]
    onset: Sourced[Onset]


class Entry(Record):
    """One row of the drug library, for one patient type in one care area.

    Values:
        id, version, valid_from: of the row; an older version stays, and holds until the next one.
        product, substance, patient_type, care_area: what it is for.
        the others: as in `DrugRow`, with source and in the units of the field.
    """

    id: Slug
    version: Text
    valid_from: Instant
    product: Text
    substance: Text
    patient_type: PatientType
    care_area: CareArea
    dose_mode: Literal["continuous"]
    weakest: Annotated[Sourced[Concentration], Positive]
    strongest: Annotated[Sourced[Concentration], Positive]
    rate_least: Annotated[Sourced[Rate], Positive]
    rate_low: Annotated[Sourced[Rate], Positive]
    rate_high: Annotated[Sourced[Rate], Positive]
    rate_most: Annotated[Sourced[Rate], Positive]
    volume_most: Annotated[Sourced[Volume], Positive]
    window: Annotated[Sourced[Duration], Positive]
    window_most: Annotated[Sourced[Volume], Positive]
    window_most_percent: Annotated[Sourced[Ratio], Positive]
    kvo: Sourced[Rate]
    pause: Annotated[Sourced[Duration], Positive]
    restart_after: Annotated[Sourced[Duration], Positive] | None = None
    low_before: Sourced[tuple[Duration, ...]]
    low_display: Sourced[Volume]
    occlusion_mmHg: PressureMmHg
    upstream_mmHg: PressureMmHg
    bolus_most: Annotated[Sourced[Volume], Positive]
    bolus_most_percent: Annotated[Sourced[Ratio], Positive]
    bubble: Annotated[Sourced[Volume], Positive]
    air_window: Annotated[Sourced[Duration], Positive]
    air_in_window: Annotated[Sourced[Volume], Positive]
    flow_band: Annotated[Sourced[Ratio], Positive]
    resumes: Sourced[bool]
    harm: dict[OfEffect, HarmOf]
    reactions: dict[OfCondition, Sourced[Reaction]] = Field(default_factory=dict)

    def as_row(self) -> DrugRow:
        """Return the row as the controller holds it; every conversion is exact.

        Raises:
            Refused: with everything that is out of order, or no whole number of the controller's units.
        """
        complaints = tuple(complaints_about(self))
        if complaints:
            raise Refused(complaints)
        names = {name: getattr(self, name) for name in ("id", "version", "product", "patient_type", "care_area")}
        plain = {name: getattr(self, name).value for name in ("occlusion_mmHg", "upstream_mmHg", "resumes")}
        return DrugRow(**names, **plain, **self._counted(), **self._reactions_and_priorities())

    def _counted(self) -> dict[str, Any]:
        """Return every quantity as the whole number that the controller counts in."""
        numbers: dict[str, Any] = {
            name: _whole(written, getattr(self, written).value, unit)
            for name, (written, unit) in _COUNTED.items()
            if getattr(self, written) is not None
        }
        warnings = tuple(_whole("low_before", before, MS) for before in self.low_before.value)
        return {"restart_ms": None, **numbers, "low_ms": warnings}

    def _reactions_and_priorities(self) -> dict[str, Any]:
        reactions = {condition: each.reaction for condition, each in facts().items()}
        grounds = grounds_of(facts(), self.harms)
        return {
            "reactions": reactions | {condition: each.value for condition, each in self.reactions.items()},
            "priorities": {condition: ground.priority for condition, ground in grounds.items()},
            "reasons": {condition: ground.code for condition, ground in grounds.items()},
        }

    @property
    def harms(self) -> Harms:
        """What each effect may come to."""
        return {effect: (each.harm.value, each.onset.value) for effect, each in self.harm.items()}


Counted = tuple[str, int]
NL: Counted = ("mL", 1_000_000)
NL_PER_H: Counted = ("mL/h", 1_000_000)
MS: Counted = ("s", 1000)
NG_PER_ML: Counted = ("ng/mL", 1)
PERCENT: Counted = ("%", 1)
PERMILLE: Counted = ("%", 10)
"""What the controller counts in: so many of them in one of a unit."""

_COUNTED: Mapping[str, tuple[str, Counted]] = {
    "weakest": ("weakest", NG_PER_ML),
    "strongest": ("strongest", NG_PER_ML),
    "rate_least": ("rate_least", NL_PER_H),
    "rate_low": ("rate_low", NL_PER_H),
    "rate_high": ("rate_high", NL_PER_H),
    "rate_most": ("rate_most", NL_PER_H),
    "volume_most_nL": ("volume_most", NL),
    "window_ms": ("window", MS),
    "window_most_nL": ("window_most", NL),
    "window_most_percent": ("window_most_percent", PERCENT),
    "kvo_nL_per_h": ("kvo", NL_PER_H),
    "pause_ms": ("pause", MS),
    "restart_ms": ("restart_after", MS),
    "low_nL": ("low_display", NL),
    "bolus_most_nL": ("bolus_most", NL),
    "bolus_percent": ("bolus_most_percent", PERCENT),
    "bubble_nL": ("bubble", NL),
    "air_window_ms": ("air_window", MS),
    "air_window_nL": ("air_in_window", NL),
    "flow_band_permille": ("flow_band", PERMILLE),
}
"""A field of `DrugRow`: the field it is written in, and how it is counted."""


def _whole(field: str, quantity: Quantity, counted: Counted) -> int:
    unit, times = counted
    number = quantity.to(unit) * times
    if number.denominator != 1:
        refuse("drug-row.not-whole", f"{field}.value", quantity)
    return number.numerator


def complaints_about(entry: Entry) -> Iterator[Refusal]:
    """Refuse what contradicts itself in a row, or goes beyond what published requirements allow."""
    yield from _out_of_order(entry)
    yield from _too_much(entry)
    missing = sorted(effect.value for effect in EFFECTS - entry.harm.keys())
    if missing:
        yield Refusal("drug-row.harm-missing", "harm", ", ".join(missing))
    kept_open = [condition.value for condition, each in entry.reactions.items() if each.value is Reaction.KVO]
    if kept_open and not entry.kvo.value:
        yield Refusal("drug-row.kvo-without-rate", f"reactions.{kept_open[0]}", Reaction.KVO.value)


def _out_of_order(entry: Entry) -> Iterator[Refusal]:
    """In each of these chains no value may be above the next one."""
    chains: tuple[tuple[str, ...], ...] = (
        ("weakest", "strongest"),
        ("kvo", "rate_least", "rate_low", "rate_high", "rate_most"),
        ("bubble", "air_in_window"),
    )
    for chain in chains:
        for lower, upper in pairwise(chain):
            low, high = getattr(entry, lower).value, getattr(entry, upper).value
            if low > high:
                yield Refusal("drug-row.out-of-order", f"{lower}.value", low.text(), {"upper": upper, "most": high})
    warnings = entry.low_before.value
    if not warnings or list(warnings) != sorted(set(warnings), reverse=True) or warnings[-1].magnitude <= 0:
        yield Refusal("drug-row.warnings-out-of-order", "low_before.value", ", ".join(map(str, warnings)))


def _too_much(entry: Entry) -> Iterator[Refusal]:
    """Nothing may go beyond what the generic infusion pump requirements allow."""
    if entry.occlusion_mmHg.value > HIGHEST_OCCLUSION_MMHG:
        values = {"most": f"{HIGHEST_OCCLUSION_MMHG} mmHg"}
        yield Refusal("drug-row.above", "occlusion_mmHg.value", str(entry.occlusion_mmHg.value), values)
    if entry.bolus_most.value > LARGEST_BOLUS:
        yield Refusal("drug-row.above", "bolus_most.value", entry.bolus_most.value.text(), {"most": LARGEST_BOLUS})


def canonical(row: DrugRow) -> Mapping[str, object]:
    """Return the whole numbers of a row in a form that has one way to be written."""
    names = (name for name in DrugRow.__dataclass_fields__ if name not in {"reactions", "priorities", "reasons"})
    plain: dict[str, object] = {name: getattr(row, name) for name in names}
    for name in ("reactions", "priorities", "reasons"):
        plain[name] = {condition.value: str(value) for condition, value in getattr(row, name).items()}
    return plain
