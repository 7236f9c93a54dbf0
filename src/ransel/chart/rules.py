"""What decisions about a treatment rest on beside its own entries: protocol, hospital, the course planned anew."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date
from typing import Any

from ransel.chart.records.prescribing import CourseOrdered, CriteriaRecorded
from ransel.chart.treatment import Treatment
from ransel.compounding import StabilityClock
from ransel.language import Joined, Refusal, Refused
from ransel.papers.course_json import course_json
from ransel.planning import Agenda, PlannedCourse, Preparation, plan_whole_course
from ransel.prescribing import Findings, Patient, judged_again
from ransel.prescribing.patient import Choice, Measurement
from ransel.protocols import Protocol

_DECIDED = ("protocol", "course", "start", "end", "bsa_m2", "daily_dose_mg", "course_dose_mg", "containers", "visits",
            "preparations", "delivery")  # fmt: skip
"""The parts of a course document that must come out the same when it is planned anew."""


@dataclass(frozen=True, slots=True)
class Identity:
    """Who a child is, out of the register; never part of an entry."""

    name: str
    born: date
    number: str


@dataclass(frozen=True, slots=True)
class Rules:
    """What guards may look at.

    Values:
        protocol: of the order, or meant for it. agenda: the hospital's hours.
        identity: of the child. planned: the course as its order plans it, None before one.
        differs: why the course no longer comes out as it was signed; then `planned` is None, and what rests on the
            plan is refused. What happens beside the child is still written down.
        free_pumps: the numbers of pumps that could be used now; None when nobody looked.
    """

    protocol: Protocol
    agenda: Agenda
    identity: Identity
    planned: PlannedCourse | None = None
    differs: tuple[Refusal, ...] = ()
    free_pumps: frozenset[str] | None = None

    def plan(self) -> PlannedCourse:
        """Return the course as its order plans it.

        Raises:
            Refused: when it no longer comes out as it was signed.
        """
        if self.differs:
            raise Refused(self.differs)
        if self.planned is None:
            raise LookupError("no course is planned")
        return self.planned

    def preparation(self, container: int) -> Preparation:
        """Return how a container of the planned course is made; see `plan`."""
        return next(one for one in self.plan().plan.preparations if one.container.index == container)

    def clock(self, container: int, made: Any, left_fridge: Any = None) -> StabilityClock:  # noqa: ANN401 - instants
        """Return the clock of a container that was really made, and has really left the fridge, at these instants.

        One that is handed over sooner than making usually takes was never in the fridge.
        """
        planned, site = self.preparation(container).clock, self.agenda.site.pharmacy
        into_fridge = made + site.preparation_takes.value.timedelta
        return StabilityClock(
            stability=planned.stability,
            made=made,
            into_fridge=into_fridge if left_fridge is None else min(into_fridge, left_fridge),
            out_of_fridge=left_fridge,
            validated=planned.validated,
        )


def patient_of(treatment: Treatment, identity: Identity, course: int | None = None) -> Patient:
    """Return the patient as prescribing knows one: identity, and the measurements of an order, else the last ones.

    Raises:
        Refused: when nothing was measured yet.
    """
    if not treatment.measurements:
        raise Refused([Refusal("chart.not-measured", "weight")])
    state = None if course is None else treatment.course(course)
    order = None if state is None else state.last(CourseOrdered)
    measured = treatment.measurements[-1].what
    choice, earlier = None, treatment.measurements[:-1]
    if order is not None:
        choice = Choice(dose_rule=order.what.dose_rule, reason=order.what.dose_reason) if order.what.dose_rule else None
        earlier = tuple(one for one in treatment.measurements if one.what.measured < order.what.measured)
        measured = order.what  # type: ignore[assignment]  # an order carries the measurement it rests on
    before = earlier[-1].what if earlier else None
    previous = None if before is None else Measurement(
        weight=before.weight, height=before.height, measured=before.measured
    )  # fmt: skip
    return Patient(
        name=identity.name, born=identity.born, number=identity.number,
        weight=measured.weight, height=measured.height, measured=measured.measured, previous=previous,
        choice=choice,
    )  # fmt: skip


def replanned(
    treatment: Treatment, course: int, identity: Identity, protocol: Protocol, agenda: Agenda
) -> PlannedCourse:
    """Return the ordered course, planned anew from its order; it must come out as it was signed.

    Raises:
        Refused: when protocol or hospital settings have changed since, so that it does not.
    """
    state = treatment.course(course)
    if state is None:
        raise LookupError(course)
    order = state.ordered.what
    try:
        planned = plan_whole_course(
            patient_of(treatment, identity, course),
            protocol,
            agenda,
            course=course,
            now=order.planned_at,
            start=order.start,
            kind=order.containers,
        )
    except Refused as refused:  # it could be planned when it was signed
        parts = Joined(tuple(one.problem for one in refused.refusals))
        raise Refused([Refusal("chart.plan-differs", "course", str(course), {"parts": parts})]) from None
    again = course_document(planned)
    changed = [part for part in _DECIDED if again[part] != order.document.get(part)]
    if changed:
        raise Refused([Refusal("chart.plan-differs", "course", str(course), {"parts": ", ".join(changed)})])
    recorded = state.last(CriteriaRecorded)
    if recorded is None:
        return planned
    found = Findings.model_validate({"taken": recorded.what.taken, **recorded.what.findings})
    return replace(planned, order=judged_again(planned.order, found))


def course_document(planned: PlannedCourse) -> dict[str, Any]:
    """Return the course as the chart keeps it: `ransel/course/1` in English, without name and birth date."""
    document = course_json(planned, "en")
    return document | {
        "patient": {key: value for key, value in document["patient"].items() if key not in {"name", "born"}}
    }
