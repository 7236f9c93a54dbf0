"""The account of a course: what pumps told, together with what people signed beside the child."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime

from ransel.chart.records.care import Connected, Removed, ResidueRecorded
from ransel.chart.treatment import CourseState, Treatment
from ransel.infusion import InfusionPlan, Kind, Ledger, PumpEvent, account, is_simulated, read_events, read_plan
from ransel.quantities import Mass
from ransel.store.models import PumpEventRow

BY_HAND = "chart"
"""The name under which the ledger reads what people have signed."""

SIGNED_AS = {
    Connected.kind: Kind.CONNECTED,
    Removed.kind: Kind.DISCONNECTED,
    ResidueRecorded.kind: Kind.WEIGHED,
}
"""What of the chart is an event of the ledger."""


@dataclass(frozen=True, slots=True)
class CourseAccount:
    """The account of one course at one moment, and whether its pumps were simulated."""

    plan: InfusionPlan
    ledger: Ledger
    simulated: bool


def account_of(treatment: Treatment, course: CourseState, now: datetime) -> CourseAccount | None:
    """Return what was really given in a course; None while nothing was connected or no pump has told anything."""
    rows = PumpEventRow.objects.filter(treatment=treatment.id, course=course.number, received__lte=now)
    told, _ = read_events(rows.order_by("received", "boot", "seq").values_list("text", flat=True))
    if not told:
        return None
    plan = read_plan(course.document)
    events = (*told, *_by_hand(treatment, course))
    return CourseAccount(plan, account(plan, events, now), is_simulated(told))


def _by_hand(treatment: Treatment, course: CourseState) -> Iterator[PumpEvent]:
    """Go through what people have signed about this course as events of the ledger."""
    for entry in treatment.history:
        what = entry.what
        if getattr(what, "course", 0) != course.number or entry.version in treatment.corrected:
            continue
        if isinstance(what, Connected | Removed | ResidueRecorded):
            data = _weighed(what) if isinstance(what, ResidueRecorded) else {"container": what.container}
            yield PumpEvent(BY_HAND, 1, entry.version, 0, SIGNED_AS[what.kind], data, entry.happened, entry.happened)


def _weighed(what: ResidueRecorded) -> dict[str, object]:
    return {
        "container": what.container,
        "what": "residue",
        "weight_g": _grams(what.weight),
        "scale_g": _grams(what.scale_error),
    }


def _grams(mass: Mass) -> str:
    return mass.plain("g")
