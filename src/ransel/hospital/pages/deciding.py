"""What the doctor decides around a course: criteria, the visit before it, each go, changes of rate, the end."""

from __future__ import annotations

from django.http import HttpResponse

from ransel.chart.ordered import ordered_containers, rate_in_force
from ransel.chart.reading import record_of
from ransel.chart.records import Record
from ransel.chart.records.prescribing import (
    CourseStopped,
    CriteriaRecorded,
    GoGiven,
    GoWithheld,
    RateChanged,
    VisitBeforeCourse,
)
from ransel.hospital.forms import Field
from ransel.hospital.gate import Desk, page
from ransel.hospital.pages.chart import entry_lines
from ransel.hospital.rulebook import agenda
from ransel.hospital.signing import Data, SignForm, sign_page
from ransel.language import Joined, Message
from ransel.prescribing.criteria import Outcome
from ransel.protocols import Criterion
from ransel.quantities import Shown

OTHER = "other"


@page("criteria", about="course", signs="criteria-recorded")
def criteria(desk: Desk) -> HttpResponse:
    """Sign what is known about the start criteria."""
    today = agenda().local(desk.now).date().isoformat()
    outcomes = _outcomes(desk)
    fields = (
        Field(name="taken", kind="day", start=today),
        *(_criterion_field(one) for one in outcomes),
    )
    return sign_page(desk, SignForm(
        title=Message("page.criteria"), lead=Message("criteria.lead"), fields=fields, records=_criteria_record
    ))  # fmt: skip


def _outcomes(desk: Desk) -> tuple[Outcome, ...]:
    return desk.rules.planned.order.criteria if desk.rules.planned else ()


def _criterion_field(outcome: Outcome) -> Field:
    one: Criterion = outcome.criterion
    note = Message("criteria.limit", {"limit": outcome.limit, "source": outcome.threshold.source or "-"})
    name = f"findings.{one.id}"
    label = Message("criteria.title", {"title": one.title})
    if one.must_be is not None:
        return Field(name=name, kind="yes-no", label=label, note=note, needed=False)
    return Field(name=name, kind="quantity", unit=one.unit, label=label, note=note, needed=False)


def _criteria_record(desk: Desk, data: Data) -> tuple[Record, ...]:
    return (record_of(CriteriaRecorded, {"course": desk.course_number, "findings": {}, **data}),)


@page("pre-visit", about="course", signs="visit-before-course")
def pre_visit(desk: Desk) -> HttpResponse:
    """Sign the visit before the course."""
    return sign_page(desk, SignForm(
        title=Message("page.pre-visit"),
        fields=(Field(name="found", kind="text", rows=4), Field(name="central_line_works", kind="yes-no")),
        happened=True,
        records=lambda desk, data: (record_of(VisitBeforeCourse, {"course": desk.course_number, **data}),),
    ))  # fmt: skip


@page("go", about="container", signs="go-given")
def go(desk: Desk) -> HttpResponse:
    """Give the go for a container: on the criteria, or after a look at the side effects so far."""
    if desk.container_number == 1:
        return _first_go(desk)
    seen = [one for one in desk.course.observed if one.what.side_effects]
    grades = tuple((str(grade), Message(f"grade.{grade}")) for grade in range(6))
    return sign_page(desk, SignForm(
        title=Message("page.go"),
        lead=Message("go.look"),
        fields=(Field(name="worst_grade", kind="choice", choices=grades),),
        reason="may",
        records=_next_go,
        template="pages/go.html",
        extra={"observations": entry_lines(desk, reversed(seen or desk.course.observed))},
    ))  # fmt: skip


def _next_go(desk: Desk, data: Data) -> tuple[Record, ...]:
    grade = int(data["worst_grade"])
    return (GoGiven(course=desk.course_number, container=desk.container_number, worst_grade=grade),)


def _first_go(desk: Desk) -> HttpResponse:
    outcomes = _outcomes(desk)
    open_ones = tuple((one.criterion.id, _stands(one)) for one in outcomes if one.state != "met")
    fields = (Field(name="despite", kind="several", choices=open_ones, note=Message("go.despite")),)
    return sign_page(desk, SignForm(
        title=Message("page.go"),
        lead=Message("go.criteria"),
        fields=fields if open_ones else (),
        reason="may",
        records=lambda desk, data: (
            GoGiven(course=desk.course_number, container=1, despite=tuple(data.get("despite", ()))),
        ),
        template="pages/go.html",
        extra={"outcomes": outcomes},
    ))  # fmt: skip


def _stands(outcome: Outcome) -> Joined:
    words = (outcome.criterion.title, outcome.limit, outcome.found_in_words)
    return Joined(words, ", ")


@page("withhold", about="container", signs="go-withheld")
def withhold(desk: Desk) -> HttpResponse:
    """Withhold the go: the container is not made, or not used."""
    return sign_page(desk, SignForm(
        title=Message("page.withhold"),
        reason="must",
        records=lambda desk, _: (GoWithheld(course=desk.course_number, container=desk.container_number),),
    ))  # fmt: skip


def _modifications(desk: Desk, *actions: str) -> tuple[tuple[str, object], ...]:
    """Return the protocol's modifications, those with these actions first, and `other`."""
    ordered = sorted(desk.rules.protocol.modifications, key=lambda one: one.action not in actions)
    words = [(one.id, Joined((one.event, one.advice.value), ": ")) for one in ordered]
    return (*words, (OTHER, Message("modification.other")))


@page("rate", about="course", signs="rate-changed")
def rate(desk: Desk) -> HttpResponse:
    """Change the rate, on the ground of a modification of the protocol."""
    now_at = Shown(rate_in_force(desk.course), "mL/h")
    return sign_page(desk, SignForm(
        title=Message("page.rate"),
        lead=Message("rate.lead", {"rate": now_at, "ordered": Shown(ordered_containers(desk.course)[0].rate, "mL/h")}),
        fields=(
            Field(name="modification", kind="choice", choices=_modifications(desk, "reduce")),
            Field(name="rate", kind="quantity", unit="mL/h"),
        ),
        reason="must",
        happened=True,
        records=lambda desk, data: (record_of(RateChanged, {"course": desk.course_number, **data}),),
    ))  # fmt: skip


@page("stop-course", about="course", signs="course-stopped")
def stop_course(desk: Desk) -> HttpResponse:
    """Stop the course before its end."""
    return sign_page(desk, SignForm(
        title=Message("page.stop-course"),
        fields=(
            Field(name="modification", kind="choice", choices=_modifications(desk, "stop", "stop-for-good")),
            Field(name="for_good", kind="yes-no"),
        ),
        reason="must",
        happened=True,
        danger=True,
        records=lambda desk, data: (record_of(CourseStopped, {"course": desk.course_number, **data}),),
    ))  # fmt: skip
