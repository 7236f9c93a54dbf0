"""Somebody looks at the container of a pump on the bench, and the ledger says what follows from it."""

from __future__ import annotations

from datetime import timedelta
from fractions import Fraction
from zoneinfo import ZoneInfo

from ransel.infusion.detection import Observation as Look
from ransel.infusion.event import Kind, PumpEvent
from ransel.infusion.plan import ContainerToGive, InfusionPlan
from ransel.infusion.reckoning import account
from ransel.pump.conformance.driven import BEGINS, HOUR, Driven
from ransel.pump.programme import Draft
from ransel.quantities import Concentration, Duration, Mass, Rate, Ratio, Volume


def plan_of(draft: Draft, room_mL: float) -> InfusionPlan:
    """Return the plan of one container with so much in it, that a programme empties."""
    volume, rate = Volume(Fraction(room_mL), "mL"), Rate(Fraction(draft.rate_uL, 1000), "mL/h")
    concentration = Concentration(Fraction(draft.concentration_ng_per_mL, 1_000_000), "mg/mL")
    ends = BEGINS + Duration(volume / rate).timedelta
    container = ContainerToGive(
        index=1, kind="cassette", batch=f"{draft.patient}-1", concentration=concentration, volume=volume,
        delivers=volume, rate=rate, connect_at=BEGINS, disconnect_at=ends, start_before=None, finish_before=None,
    )  # fmt: skip
    return InfusionPlan(
        patient=draft.patient, protocol="bench", product=draft.product, substance=draft.product,
        zone=ZoneInfo("Europe/Amsterdam"), start=BEGINS, end=ends, ordered=Mass(volume * concentration),
        containers=(container,), visits=(), flow_error=Ratio("6 %"), priming=Volume("0 mL"),
        container_ends_by="displayed-volume", course_ends_by="displayed-volume", lost_volume_made_up=False,
        restart_rules_after=None,
    )  # fmt: skip


def looked_at(pump: Driven, plan: InfusionPlan, look: Look, errs: int) -> int | None:
    """Run the pump and look as often as this observation is made; return after how many ms it shows, or None.

    `errs`: -1 when each look shows less than there is, by all that it may err, which hides that nothing flows; the
    ledger is asked after each. 1 when each shows more; then the ledger is asked once, at the end.
    """
    container, began = plan.containers[0], pump.twin.now_ms
    error = Fraction(0) if look.error is None else look.error.value.to("mL")
    seen: list[PumpEvent] = []
    for hours in look.moments(Duration(container.delivers / container.rate).to("h")):
        pump.wait(began + round(hours * HOUR) - pump.twin.now_ms)
        left = Fraction(pump.plant.left_mL) + errs * error
        seen.append(_read(pump, len(seen), left, error))
        if errs < 0 and account(plan, [*pump.events, *seen]).silent_non_delivery:
            return pump.twin.now_ms - began
    found = account(plan, [*pump.events, *seen]).silent_non_delivery
    return round((found[0].noticed - BEGINS).total_seconds() * 1000) - began if found else None


def _read(pump: Driven, number: int, left_mL: Fraction, error_mL: Fraction) -> PumpEvent:
    now = pump.begins + timedelta(milliseconds=pump.twin.now_ms)
    data = {"container": 1, "left_mL": f"{float(left_mL):.6f}", "error_mL": f"{float(error_mL):.6f}", "how": "level"}
    return PumpEvent("BY-HAND", 0, number + 1, 0, Kind.LEVEL_READ, data, now, now)
