"""Containers, recipes and batch records of the synthetic child, for tests of what comes after them."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

from prescribing.cases import LONG, SHELF, order_for, protocol_of, with_dose

from ransel.compounding import (
    BatchRecord,
    Lot,
    StabilityClock,
    clock_of,
    container_code,
    plan_containers,
    weighing_steps,
)
from ransel.compounding.weighing import weigh
from ransel.evidence import assumed
from ransel.protocols import DoseRule
from ransel.quantities import Mass

SITE = SHELF.site
MADE = datetime(2027, 2, 5, 8, 0, tzinfo=UTC)
EMPTY, NOTHING = Mass("20 g"), Mass("0 g")


def hours(number):
    return timedelta(hours=number)


def plan(name="cassettes", protocol=LONG, site=SITE, patient=None):
    return plan_containers(order_for(patient, protocol), name, site)


def plan_for_area(area, name="cassettes", site=SITE):
    """The containers for a child of exactly this body surface in m², at 10 mg/m² a day."""
    flat = {"id": "flat", "title": {"en": "flat", "nl": "vast"}, "steps": ({"per": _sourced(f"{area * 10} mg/day")},)}
    return plan(name, with_dose(protocol_of(LONG), rules=(DoseRule.model_validate(flat),)), site)


def with_preparation(protocol, **changes):
    return protocol.model_copy(update={"preparation": protocol.preparation.model_copy(update=changes)})


def site_with(**pharmacy):
    """The example site with other rules in its pharmacy; each is an assumption of the test."""
    changes = {key: assumed(value, "for a test") for key, value in pharmacy.items()}
    return SITE.model_copy(update={"pharmacy": SITE.pharmacy.model_copy(update=changes)})


def clock(stability="bag", *, made=MADE, into=1, out=None, validated=False):
    """The clock of a container; `into` and `out` are hours after making."""
    return StabilityClock(
        stability=protocol_of(LONG).stability[stability],
        made=made,
        into_fridge=None if into is None else made + hours(into),
        out_of_fridge=None if out is None else made + hours(out),
        validated=validated,
    )


def steps(name="cassettes", index=0):
    protocol = protocol_of(LONG)
    return weighing_steps(plan(name).containers[index].recipe, protocol)


def weighed(step, off=NOTHING):
    """The step as weighed, with so much more than expected."""
    return weigh(step, EMPTY, EMPTY + Mass(step.expected.value) + off)


def record(index=0, **changes):
    """A record without a fault, of the first or the second cassette."""
    order, site = order_for(), SITE
    container = plan().containers[index]
    ticking = clock_of(container, order.protocol, site, made=MADE, out_of_fridge=None)
    faultless = BatchRecord(
        code=container_code(order, container, site, ticking.finish_before.at),
        container=container,
        clock=ticking,
        lots=tuple(Lot(one.id, f"LOT-{one.id}", date(2027, 12, 31)) for one in container.recipe.ingredients),
        weighings=tuple(weighed(step) for step in steps(index=index)),
        made_by="Anna Visser (synthetic)",
        checked_by="Bram Smit (synthetic)",
        stability_confirmed_by="Dia Bos (synthetic)",
    )
    return replace(faultless, **changes)


def _sourced(value):
    return {"value": value, "confidence": "A", "note": "for a test"}
