"""One course as JSON, `ransel/course/1`: plain decimal texts in the unit that the key names, instants with offset."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from ransel.compounding import ContainerPlan, OtherReading
from ransel.language import Language, Message, translate
from ransel.planning import Alternative, PlannedCourse, Preparation, Visit
from ransel.prescribing import MedicineDay, Order, Outcome

SCHEMA = "ransel/course/1"


def course_json(course: PlannedCourse, language: Language = "en") -> dict[str, Any]:
    """Return the course as plain data; the keys are described in docs/reference/course-json.md."""
    order = course.order
    return {
        "schema": SCHEMA,
        "synthetic_note": translate(Message("paper.not-validated"), language),
        "patient": _patient(order),
        "protocol": _protocol(order, language),
        "course": order.course_number,
        "time_zone": course.agenda.site.time_zone,
        "start": _instant(course, course.plan.start),
        "end": _instant(course, course.plan.end),
        "bsa_m2": order.body_surface.value.plain("m2"),
        "daily_dose_mg": order.daily_dose.value.plain("mg/day"),
        "course_dose_mg": order.course_dose.value.plain("mg"),
        "dose_rule": _dose_rule(order),
        "containers": [_container(course, made) for made in course.plan.preparations],
        "container_plans": [_container_plan(plan, language) for plan in course.compared],
        "other_readings": [_other_reading(one, language) for one in course.other_readings],
        "visits": [_visit(course, visit, language) for visit in course.plan.visits],
        "preparations": [_preparation(course, made, language) for made in course.plan.preparations],
        "delivery": _delivery(course),
        "alternatives": [_alternative(one) for one in course.plan.alternatives],
        "criteria": [_criterion(outcome, language) for outcome in order.criteria],
        "medicines": [_medicine(day, language) for day in course.medicines],
        "modifications": course.modifications.as_json(language),
        "warnings": [
            {"code": one.code, "level": one.level.value, "text": one.text(language)} for one in course.notices
        ],
    }


def _instant(course: PlannedCourse, at: datetime | None) -> str | None:
    return None if at is None else course.agenda.local(at).isoformat(timespec="seconds")


def _patient(order: Order) -> dict[str, Any]:
    patient = order.patient
    return {
        "name": patient.name,
        "born": patient.born.isoformat(),
        "number": patient.number,
        "weight_kg": patient.weight.plain("kg"),
        "height_cm": patient.height.plain("cm"),
        "measured": patient.measured.isoformat(),
    }


def _protocol(order: Order, language: Language) -> dict[str, Any]:
    protocol = order.protocol
    return {
        "id": protocol.id,
        "version": protocol.version,
        "title": protocol.title.text(language),
        "product": protocol.product.name,
        "substance": protocol.product.substance,
        "at_home": protocol.use.at_home,
        "outside_label": protocol.use.outside_label,
        "local_protocol": protocol.use.local_protocol or None,
        "approved_by": protocol.use.approved_by or None,
    }


def _dose_rule(order: Order) -> dict[str, Any]:
    return {
        "id": order.rule.id,
        "reason": order.reason or None,
        "others": [{"id": rule.id, "daily_dose_mg": daily.value.plain("mg/day")} for rule, daily in order.alternatives],
    }


def _container(course: PlannedCourse, made: Preparation) -> dict[str, Any]:
    container, recipe = made.container, made.container.recipe
    additives = [one for one in recipe.ingredients if one.id not in {"drug", "diluent"}]
    return {
        "index": container.index,
        "kind": container.option.kind,
        "drug_mg": recipe.drug.value.plain("mg"),
        "delivered_mg": recipe.ordered.value.plain("mg"),
        "reaches_patient_mg": recipe.delivered.value.plain("mg"),
        "concentration_mg_per_mL": recipe.concentration.value.plain("mg/mL"),
        "drug_mL": recipe.volume("drug").plain("mL"),
        "albumin_mL": recipe.volume("albumin").plain("mL"),
        "additives_mL": {one.id: one.volume.value.plain("mL") for one in additives},
        "saline_mL": recipe.volume("diluent").plain("mL"),
        "volume_mL": recipe.fill.plain("mL"),
        "delivered_mL": recipe.delivers.plain("mL"),
        "overfill_mL": recipe.overfill.plain("mL"),
        "vials": recipe.vial_count,
        "rate_mL_per_h": container.rate.plain("mL/h"),
        "lasts_h": container.lasts.plain("h"),
        "batch": course.code(made).batch,
        "gs1": course.code(made).element_string,
        "start_before": _instant(course, made.start_before),
        "finish_before": _instant(course, made.finish_before),
    }


def _container_plan(plan: ContainerPlan, language: Language) -> dict[str, Any]:
    return {
        "name": plan.name,
        "title": plan.option.title.text(language),
        "containers": len(plan.containers),
        "vials": plan.vials,
        "vials_if_shared": plan.vials_if_shared,
        "left_in_vials_mg": plan.left_in_vials.plain("mg"),
        "left_in_containers_mg": plan.left_in_containers.plain("mg"),
        "price_euro": plan.price_euro,
        "price_source": plan.price_source or None,
        "suggestion": plan.option.suggestion.value if plan.option.suggestion else None,
        "suggested_for_courses": list(plan.option.suggested_for_courses),
    }


def _other_reading(other: OtherReading, language: Language) -> dict[str, Any]:
    recipe = other.recipe
    return {
        "name": other.name,
        "reading": other.words.text(language),
        "drug_mg": recipe.drug.value.plain("mg"),
        "reaches_patient_mg": recipe.delivered.value.plain("mg"),
        "drug_mL": recipe.volume("drug").plain("mL"),
        "albumin_mL": recipe.volume("albumin").plain("mL"),
        "saline_mL": recipe.volume("diluent").plain("mL"),
    }


def _visit(course: PlannedCourse, visit: Visit, language: Language) -> dict[str, Any]:
    return {
        "kind": visit.kind,
        "container": visit.container or None,
        "earliest": _instant(course, visit.earliest),
        "planned": _instant(course, visit.planned),
        "latest": _instant(course, visit.latest),
        "place": visit.place,
        "reasons": [reason.text(language) for reason in visit.reasons],
    }


def _preparation(course: PlannedCourse, made: Preparation, language: Language) -> dict[str, Any]:
    return {
        "container": made.container.index,
        "earliest": _instant(course, made.earliest),
        "planned": _instant(course, made.planned),
        "latest": _instant(course, made.latest),
        "fridge_until": _instant(course, made.clock.cold_until.at),
        "out_of_fridge": _instant(course, made.clock.out_of_fridge),
        "slack_h": made.clock.slack(made.used_until).plain("h"),
        "reasons": [reason.text(language) for reason in made.reasons],
    }


def _delivery(course: PlannedCourse) -> dict[str, Any]:
    given, handling = course.plan.delivery, course.order.protocol.handling
    pump, restart = course.order.protocol.pumps[course.containers.option.pump], handling.restart_rules_after
    return {
        "flow_error_percent": given.error.plain("%"),
        "ordered_mg": given.ordered.plain("mg"),
        "low_mg": given.low.plain("mg"),
        "exact_mg": given.exact.plain("mg"),
        "high_mg": given.high.plain("mg"),
        "dry_before_end_h": given.early.plain("h"),
        "ends_h": [given.ends.earliest.plain("h"), given.ends.exact.plain("h"), given.ends.latest.plain("h")],
        "container_ends_by": handling.container_ends_by,
        "course_ends_by": handling.course_ends_by,
        "priming_mL": pump.priming.value.plain("mL"),
        "lost_volume_made_up": handling.lost_volume_made_up.value,
        "restart_rules_after_h": restart.value.plain("h") if restart else None,
        "dry": [
            {"earliest_h": dry.earliest.plain("h"), "exact_h": dry.exact.plain("h"), "latest_h": dry.latest.plain("h")}
            for dry in given.dry
        ],
    }


def _alternative(one: Alternative) -> dict[str, Any]:
    return {
        "name": one.name,
        "change_h": one.way.change.plain("h"),
        "rate_mL_per_h": one.way.rate.plain("mL/h"),
        "fill_mL": one.way.fill.plain("mL"),
        "dose_in_mL": one.way.dose_in.plain("mL"),
        "priming_mL": one.way.priming.plain("mL"),
        "off_label": one.off_label,
        "low_mg": one.delivery.low.plain("mg"),
        "exact_mg": one.delivery.exact.plain("mg"),
        "high_mg": one.delivery.high.plain("mg"),
        "dry_h": [[dry.earliest.plain("h"), dry.latest.plain("h")] for dry in one.delivery.dry],
        "dry_before_end_h": one.delivery.early.plain("h"),
    }


def _criterion(outcome: Outcome, language: Language) -> dict[str, Any]:
    return {
        "id": outcome.criterion.id,
        "title": outcome.criterion.title.text(language),
        "state": outcome.state,
        "found": outcome.found_in_words.text(language),
        "limit": outcome.limit.text(language),
        "source": outcome.threshold.source,
        "confidence": outcome.threshold.confidence.value,
    }


def _medicine(day: MedicineDay, language: Language) -> dict[str, Any]:
    timing = day.medicine.timing
    return {
        "id": day.medicine.id,
        "title": day.medicine.title.text(language),
        "from": day.first.isoformat() if day.first else None,
        "to": day.last.isoformat() if day.last else None,
        "times_a_day": day.times_a_day or None,
        "single_dose_mg": day.single_dose.value.plain("mg") if day.single_dose else None,
        "rates_mg_per_h": [rate.value.plain("mg/h") for rate in day.rates],
        "timing": timing.value.text(language),
        "source": timing.source,
        "confidence": timing.confidence.value,
    }
