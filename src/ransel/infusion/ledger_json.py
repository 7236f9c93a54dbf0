"""The ledger as JSON, `ransel/ledger/1`: plain decimal texts in the unit that the key names, instants with offset."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from ransel.infusion.ledger import (
    Alarm,
    ContainerAccount,
    Interruption,
    Ledger,
    Moments,
    Observed,
    Proposal,
    Segment,
    SilentNonDelivery,
)
from ransel.infusion.plan import InfusionPlan
from ransel.language import Language
from ransel.quantities import Quantity

SCHEMA = "ransel/ledger/1"


def ledger_json(ledger: Ledger, language: Language = "en") -> dict[str, Any]:
    """Return the ledger as plain data; the keys are described in docs/reference/ledger-json.md."""
    plan = ledger.plan
    return {
        "schema": SCHEMA,
        "patient": plan.patient,
        "protocol": plan.protocol,
        "time_zone": plan.zone.key,
        "at": _at(plan, ledger.at),
        "running": ledger.running,
        "over": ledger.over,
        "last_word": _at(plan, ledger.last_word),
        "silence_h": _plain(ledger.silence, "h"),
        "ordered_mg": plan.ordered.plain("mg"),
        "delivered_mg": ledger.delivered.plain("mg"),
        "delivered_low_mg": ledger.low.plain("mg"),
        "delivered_high_mg": ledger.high.plain("mg"),
        "end_at": _at(plan, ledger.end),
        "containers": [_container(plan, one) for one in ledger.containers],
        "segments": [_segment(plan, one) for one in ledger.segments],
        "interruptions": [_interruption(plan, one) for one in ledger.interruptions],
        "alarms": [_alarm(plan, one) for one in ledger.alarms],
        "silent_non_delivery": [_silent(plan, one) for one in ledger.silent_non_delivery],
        "projection": _projection(ledger),
        "proposals": [_proposal(plan, one, language) for one in ledger.proposals],
        "flags": [{"code": one.code, "level": one.level.value, "text": one.text(language)} for one in ledger.flags],
    }


def _at(plan: InfusionPlan, at: datetime | None) -> str | None:
    return None if at is None else at.astimezone(plan.zone).isoformat(timespec="seconds")


def _plain(quantity: Quantity | None, unit: str) -> str | None:
    return None if quantity is None else quantity.plain(unit)


def _moments(plan: InfusionPlan, one: Moments | None) -> dict[str, str | None] | None:
    if one is None:
        return None
    return {"earliest": _at(plan, one.earliest), "exact": _at(plan, one.exact), "latest": _at(plan, one.latest)}


def _container(plan: InfusionPlan, one: ContainerAccount) -> dict[str, Any]:
    return {
        "index": one.index,
        "counted_mL": one.counted.plain("mL"),
        "projected_mL": one.projected.plain("mL"),
        "counted_mg": one.counted_drug.plain("mg"),
        "strokes": one.strokes,
        "priming_mL": one.priming.plain("mL"),
        "priming_told": one.priming_told,
        "delivered_mg": one.drug.exact.plain("mg"),
        "delivered_low_mg": one.drug.low.plain("mg"),
        "delivered_high_mg": one.drug.high.plain("mg"),
        "rests_on": one.rests_on.value,
        "observed": [_observed(plan, seen) for seen in one.observed],
        "residue_mL": one.residue.plain("mL"),
        "left_by_count_mL": one.left_by_count.plain("mL"),
        "displayed_mL": _plain(one.displayed, "mL"),
        "begins": _at(plan, one.begins),
        "ends": _at(plan, one.ends),
        "running": one.running,
        "connected": _at(plan, one.connected),
        "disconnected": _at(plan, one.disconnected),
        "empty_at": _at(plan, one.empty_at),
        "empties": _moments(plan, one.empties),
        "empty_by_display": _at(plan, one.empty_by_display),
        "finish_before": _at(plan, one.finish_before),
        "used_until": _at(plan, one.used_until),
        "slack_h": _plain(one.slack, "h"),
    }


def _observed(plan: InfusionPlan, one: Observed) -> dict[str, Any]:
    return {
        "at": _at(plan, one.at),
        "by": one.by.value,
        "left_mL": one.left.plain("mL"),
        "error_mL": one.error.plain("mL"),
    }


def _segment(plan: InfusionPlan, one: Segment) -> dict[str, Any]:
    return {
        "pump": one.pump,
        "container": one.container,
        "begins": _at(plan, one.begins),
        "ends": _at(plan, one.ends),
        "rate_mL_per_h": one.rate.plain("mL/h"),
        "counted_mL": one.counted.plain("mL"),
        "projected_mL": one.projected.plain("mL"),
        "drug_mg": one.drug.plain("mg"),
        "strokes": one.strokes,
        "started_by": one.started_by,
        "stopped_by": one.stopped_by or None,
        "condition": one.condition or None,
    }


def _interruption(plan: InfusionPlan, one: Interruption) -> dict[str, Any]:
    return {
        "container": one.container,
        "begins": _at(plan, one.begins),
        "ends": _at(plan, one.ends),
        "duration_h": one.duration.plain("h"),
        "cause": one.cause.value,
        "condition": one.condition or None,
        "kept_open": one.kept_open,
        "too_long": one.too_long,
    }


def _alarm(plan: InfusionPlan, one: Alarm) -> dict[str, Any]:
    return {
        "pump": one.pump,
        "condition": one.condition,
        "priority": one.priority,
        "raised": _at(plan, one.raised),
        "cleared": _at(plan, one.cleared),
        "duration_h": _plain(one.duration, "h"),
        "detail": one.detail or None,
    }


def _silent(plan: InfusionPlan, one: SilentNonDelivery) -> dict[str, Any]:
    return {
        "container": one.container,
        "noticed": _at(plan, one.noticed),
        "missing_mL": one.missing.plain("mL"),
        "missing_mg": one.missing_drug.plain("mg"),
        "at_least_mL": one.at_least.plain("mL"),
        "since": _at(plan, one.since),
        "since_if_for_good": _at(plan, one.since_if_for_good),
    }


def _projection(ledger: Ledger) -> dict[str, Any]:
    plan, one = ledger.plan, ledger.projection
    return {
        "end": _moments(plan, one.end),
        "ends_by": {event: _moments(plan, at) for event, at in one.ends_by.items()},
        "total_low_mg": one.total.low.plain("mg"),
        "total_mg": one.total.exact.plain("mg"),
        "total_high_mg": one.total.high.plain("mg"),
        "expected_mg": one.expected.plain("mg"),
    }


def _proposal(plan: InfusionPlan, one: Proposal, language: Language) -> dict[str, Any]:
    return {
        "code": one.message.key,
        "text": one.message.text(language),
        "visit": one.visit or None,
        "container": one.container or None,
        "from": _at(plan, one.old),
        "to": _at(plan, one.new),
        "inside_window": one.inside_window,
    }
