"""One row of the drug library as the controller holds it: whole numbers, nothing to interpret."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from ransel.infusion.condition import Condition, Priority, Reaction


@dataclass(frozen=True, slots=True)
class DrugRow:
    """What the pump may do with one product, at one range of concentration, for one patient type in one care area.

    Values:
        id, version: of the row. product, patient_type, care_area: what it is for.
        weakest, strongest: the concentrations it holds for, in ng/mL.
        rate_least .. rate_most: hard limits in nL/h; rate_low and rate_high: soft ones, to be confirmed.
        volume_most_nL: the largest volume to be infused out of one container.
        window_ms, window_most_nL, window_most_percent: in any window of this length at most this volume, and at most
            so many per cent of what the programmed rate gives in it; the smaller of both holds.
        kvo_nL_per_h: kept open at this rate where a reaction says so; never above the therapy rate, often 0.
        pause_ms: a pause that is longer is called out. restart_ms: after so long a stop it is not simply resumed; None
            when no source says so.
        low_ms: hours before it can be empty at which the pump calls, longest first. low_nL: and at this display.
        occlusion_mmHg, upstream_mmHg: limits of pressure below and vacuum above the pump.
        bolus_most_nL, bolus_percent: what an occlusion may release, at most and in per cent of an hour's dose.
        bubble_nL: one bubble. air_window_ms, air_window_nL: many bubbles together.
        flow_band_permille: flow this far from the set rate is called out, where a flow sensor is fitted.
        resumes: whether delivery goes on by itself after the pump was without power.
        reactions, priorities: per condition; reasons: why that priority.
    """

    id: str
    version: str
    product: str
    patient_type: str
    care_area: str
    weakest: int
    strongest: int
    rate_least: int
    rate_low: int
    rate_high: int
    rate_most: int
    volume_most_nL: int
    window_ms: int
    window_most_nL: int
    window_most_percent: int
    kvo_nL_per_h: int
    pause_ms: int
    restart_ms: int | None
    low_ms: tuple[int, ...]
    low_nL: int
    occlusion_mmHg: int
    upstream_mmHg: int
    bolus_most_nL: int
    bolus_percent: int
    bubble_nL: int
    air_window_ms: int
    air_window_nL: int
    flow_band_permille: int
    resumes: bool
    reactions: Mapping[Condition, Reaction] = field(hash=False)
    priorities: Mapping[Condition, Priority] = field(hash=False)
    reasons: Mapping[Condition, str] = field(hash=False)
