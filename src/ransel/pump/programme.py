"""What is programmed: checked against the device and the drug's row before a person may confirm it.

Values between the steps of the pump are refused, not rounded. A unit must be named: mL/24 h is not mL/h.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Protocol

from ransel.pump.critical import Critical
from ransel.pump.drug_row import DrugRow
from ransel.pump.hardware import Device

RATE_UNITS: Mapping[str, int] = {"mL/h": 1, "mL/24h": 24}
"""How many hours the unit of a rate counts in; the pump sets in mL/h, another unit has to be named."""


class Library(Protocol):
    """Where the controller finds the row of a drug."""

    @property
    def fingerprint(self) -> str:
        """What the content was when it was released."""
        ...

    def row(self, product: str, concentration: int, patient_type: str, care_area: str) -> DrugRow | None:
        """Return the row, or None for a drug that is not in the library."""


@dataclass(frozen=True, slots=True)
class Draft:
    """What a person is entering; nothing of it holds until it is confirmed.

    Values:
        rate: in thousandths of `rate_unit`'s mL, so in µL per h or per 24 h. volume_uL: to be infused.
        patient: the number of the child; container: which of the course; display_uL: what the display shall start at.
    """

    patient: str = ""
    product: str = ""
    concentration_ng_per_mL: int = 0
    rate_uL: int = 0
    rate_unit: str = "mL/h"
    volume_uL: int = 0
    container: int = 0
    display_uL: int = 0
    patient_type: str = "child"
    care_area: str = "home"


@dataclass(frozen=True, slots=True)
class Programme:
    """What was confirmed.

    Values:
        critical: `rate_nL_per_h`, `volume_nL`, `concentration_ng_per_mL`, kept twice.
        overridden: the soft limits that a person confirmed to leave, shown as long as it runs.
    """

    patient: str
    container: int
    row: DrugRow
    critical: Critical
    overridden: tuple[str, ...] = ()
    names: Mapping[str, str] = field(default_factory=dict, hash=False)

    @property
    def rate_nL_per_h(self) -> int:
        """The therapy rate."""
        return self.critical["rate_nL_per_h"]

    @property
    def volume_nL(self) -> int:
        """The volume to be infused."""
        return self.critical["volume_nL"]


@dataclass(frozen=True, slots=True)
class Verdict:
    """What the pump makes of a draft: what it refuses, what a person has to confirm, the programme if it can be."""

    refused: tuple[str, ...]
    asks: tuple[str, ...]
    programme: Programme | None


def judged(draft: Draft, device: Device, library: Library) -> Verdict:
    """Return what the pump makes of a draft."""
    row = library.row(draft.product, draft.concentration_ng_per_mL, draft.patient_type, draft.care_area)
    refused = tuple(_refused(draft, device, row))
    if refused or row is None:
        return Verdict(refused, (), None)
    rate = rate_nL_per_h(draft)
    asks = tuple(_asked(rate, row))
    critical = Critical.of(
        rate_nL_per_h=rate,
        volume_nL=draft.volume_uL * 1000,
        concentration_ng_per_mL=draft.concentration_ng_per_mL,
    )
    return Verdict((), asks, Programme(draft.patient, draft.container, row, critical, asks))


def within_hard_limits(programme: Programme, device: Device) -> bool:
    """Whether a programme out of the memory still lies within the limits of the pump and of its row."""
    row, rate, volume = programme.row, programme.rate_nL_per_h, programme.volume_nL
    least, most = max(device.rate_least_nL_per_h, row.rate_least), min(device.rate_most_nL_per_h, row.rate_most)
    return least <= rate <= most and device.volume_least_nL <= volume <= min(device.volume_most_nL, row.volume_most_nL)


def rate_nL_per_h(draft: Draft) -> int:
    """Return the rate in nL/h; one that is no whole number of nL/h is refused elsewhere."""
    return draft.rate_uL * 1000 // RATE_UNITS.get(draft.rate_unit, 1)


def _refused(draft: Draft, device: Device, row: DrugRow | None) -> Iterator[str]:
    if not draft.patient:
        yield "patient-missing"
    if row is None:
        yield "drug-not-in-library"
    yield from _rate_refused(draft, device, row)
    yield from _volume_refused(draft, device, row)


def _rate_refused(draft: Draft, device: Device, row: DrugRow | None) -> Iterator[str]:
    hours = RATE_UNITS.get(draft.rate_unit)
    if hours is None:
        yield "rate-unit-unknown"
        return
    rate = rate_nL_per_h(draft)
    if draft.rate_uL * 1000 % hours or rate % device.rate_step_nL_per_h:
        yield "rate-between-steps"
    if not device.rate_least_nL_per_h <= rate <= device.rate_most_nL_per_h:
        yield "rate-outside-device"
    elif row is not None and not row.rate_least <= rate <= row.rate_most:
        yield "rate-outside-hard-limit"


def _volume_refused(draft: Draft, device: Device, row: DrugRow | None) -> Iterator[str]:
    volume = draft.volume_uL * 1000
    if not device.volume_least_nL <= volume <= device.volume_most_nL:
        yield "volume-outside-device"
    elif row is not None and volume > row.volume_most_nL:
        yield "volume-outside-hard-limit"
    if volume % _step_nL(volume, device):
        yield "volume-between-steps"


def _step_nL(volume_nL: int, device: Device) -> int:
    """Return the step of the volume: finer where little is given."""
    steps = ((below, step) for below, step in device.volume_steps_nL if volume_nL < below)
    return next(steps, device.volume_steps_nL[-1])[1]


def _asked(rate: int, row: DrugRow) -> Iterator[str]:
    if rate < row.rate_low:
        yield "rate-below-soft-limit"
    if rate > row.rate_high:
        yield "rate-above-soft-limit"
