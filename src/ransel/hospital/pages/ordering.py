"""Ordering a course with the dose derived in view, and the second person who verifies it or sends it back."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.http import HttpResponse
from django.shortcuts import render

from ransel.chart.guards.prescribing import next_course_from
from ransel.chart.records import Record
from ransel.chart.records.prescribing import CourseOrdered, OrderRefused, OrderVerified
from ransel.chart.rules import course_document, patient_of
from ransel.chart.treatment import Treatment
from ransel.hospital.course_view import PlannedView
from ransel.hospital.forms import Field, filled, local_minute, read_local_minute
from ransel.hospital.gate import Desk, page
from ransel.hospital.rulebook import active_protocols, agenda, library, protocol_of, rules_of_course
from ransel.hospital.signing import Data, SignForm, sign_page
from ransel.language import Message, Refusal, Refused
from ransel.planning import PlannedCourse, plan_whole_course
from ransel.planning.starts import Start, rank_starts
from ransel.prescribing import Patient
from ransel.prescribing.patient import Choice
from ransel.protocols import Protocol

STARTS_PROPOSED = 4
PROPOSED_FROM = timedelta(days=2)
"""How long before connecting a course is ordered at the soonest in what is proposed: an assumption."""


@dataclass(frozen=True, slots=True)
class Wish:
    """What the doctor has chosen so far, out of the address of the page."""

    start: str
    containers: str
    dose_rule: str
    dose_reason: str
    protocol: str


def expected_course(treatment: Treatment) -> int:
    """Return the number of the course whose turn it is to be ordered."""
    last = treatment.current
    return 1 if last is None else last.number + 1 if last.phase == "ended" else last.number


@page("order")
def order(desk: Desk) -> HttpResponse:
    """Choose start and containers, see the course planned, sign it."""
    told = desk.request.GET
    wish = Wish(*(told.get(key, "").strip() for key in ("start", "containers", "dose_rule", "dose_reason", "protocol")))
    protocol = library().protocol(wish.protocol) if wish.protocol in library().ids() else protocol_of(desk.treatment)
    context: dict[str, object] = {"desk": desk, "course_number": expected_course(desk.treatment)}
    try:
        patient = _patient(desk, wish)
        if not wish.start:
            return _choose(desk, protocol, wish, context | {"starts": _proposed(desk, patient, protocol)})
        planned = _planned(desk, patient, protocol, wish)
    except Refused as refused:
        return _choose(desk, protocol, wish, context | {"refusals": refused.refusals}, status=422)
    view = PlannedView(planned, desk.language)
    return sign_page(desk, SignForm(
        title=Message("page.order"),
        fields=tuple(
            Field(name=f"confirmed.{one.code}", kind="tick", label=Message("order.confirm", {"what": one.message}))
            for one in view.asked
        ),
        reason="may",
        records=lambda desk, data: (_record(desk, wish, planned, data),),
        button=Message("order.sign"),
        template="pages/order.html",
        extra={**context, "view": view, "wish": wish, "choose": _choose_fields(desk, protocol, wish)},
    ))  # fmt: skip


def _choose(
    desk: Desk, protocol: Protocol, wish: Wish, context: Mapping[str, object], status: int = 200
) -> HttpResponse:
    return render(
        desk.request, "pages/order_choose.html", {**context, "choose": _choose_fields(desk, protocol, wish)},
        status=status,
    )  # fmt: skip


def _choose_fields(desk: Desk, protocol: Protocol, wish: Wish) -> list[object]:
    containers = tuple((name, option.title) for name, option in protocol.containers.options.items())
    fields = [
        Field(name="protocol", kind="pick", start=protocol.id, choices=active_protocols(protocol.id)),
        Field(name="start", kind="moment", start=wish.start, label=Message("order.start")),
        Field(name="containers", kind="pick", start=wish.containers or protocol.containers.default, choices=containers),
    ]  # fmt: skip
    if len(_applying(desk, protocol)) > 1:
        fields += [
            Field(name="dose_rule", kind="pick", start=wish.dose_rule, choices=_applying(desk, protocol)),
            Field(name="dose_reason", kind="line", start=wish.dose_reason),
        ]
    return list(filled(fields, None, ()))


def _applying(desk: Desk, protocol: Protocol) -> tuple[tuple[str, object], ...]:
    if not desk.treatment.measurements:
        return ()
    weight = desk.treatment.measurements[-1].what.weight
    return tuple((rule.id, rule.title) for rule in protocol.dose.rules if rule.applies_to(weight))


def _patient(desk: Desk, wish: Wish) -> Patient:
    patient = patient_of(desk.treatment, desk.identity)
    if not wish.dose_rule:
        return patient
    return patient.model_copy(update={"choice": Choice(dose_rule=wish.dose_rule, reason=wish.dose_reason or "-")})


def _planned(desk: Desk, patient: Patient, protocol: Protocol, wish: Wish) -> PlannedCourse:
    return plan_whole_course(
        patient, protocol, agenda(), course=expected_course(desk.treatment), now=desk.now,
        start=read_local_minute(wish.start, "start"), kind=wish.containers,
    )  # fmt: skip


def _proposed(desk: Desk, patient: Patient, protocol: Protocol) -> list[tuple[str, Start]]:
    """Return the best starts of the first week in which there are any, each with the address that chooses it."""
    before = desk.treatment.course(expected_course(desk.treatment) - 1)
    soonest = max(desk.now + PROPOSED_FROM, (next_course_from(before) if before else None) or desk.now)
    monday = agenda().local(soonest).date()
    monday -= timedelta(days=monday.weekday())
    for week in range(3):
        anyone = _first_plan(desk, patient, protocol, soonest + timedelta(weeks=week))
        if anyone is None:
            continue
        ranked = rank_starts(anyone.order, anyone.containers, agenda(), monday + timedelta(weeks=week), desk.now)
        good = [one for one in ranked if one.rank is not None and one.at >= soonest][:STARTS_PROPOSED]
        if good:
            return [(local_minute(one.at), one) for one in good]
    return []


def _first_plan(desk: Desk, patient: Patient, protocol: Protocol, at: datetime) -> PlannedCourse | None:
    """Return the course planned from the first opening at or after an instant, for the order in it."""
    place = protocol.handling.connect_at
    for slot in agenda().slots(place, at, at + timedelta(days=7)):
        try:
            return plan_whole_course(
                patient, protocol, agenda(), course=expected_course(desk.treatment), now=desk.now, start=slot
            )
        except Refused:
            continue
    return None


def _record(desk: Desk, wish: Wish, planned: PlannedCourse, data: Data) -> CourseOrdered:
    measured, order = desk.treatment.measurements[-1].what, planned.order
    confirmed = _confirmed(data.get("confirmed", {}))
    return CourseOrdered(
        course=order.course_number, protocol=order.protocol.id, protocol_version=order.protocol.version,
        start=planned.plan.start, containers=planned.containers.name, planned_at=desk.now, weight=measured.weight,
        height=measured.height, measured=measured.measured, dose_rule=wish.dose_rule,
        dose_reason=wish.dose_reason if wish.dose_rule else "", confirmed=confirmed, document=course_document(planned),
    )  # fmt: skip


def _confirmed(ticked: Mapping[str, object]) -> tuple[str, ...]:
    """Return the codes that were ticked; a code with a dot in it has become data in data."""
    codes: list[str] = []
    for key, value in ticked.items():
        if isinstance(value, Mapping):
            codes += [f"{key}.{inner}" for inner in _confirmed(value)]
        elif value:
            codes.append(key)
    return tuple(codes)


def _look(desk: Desk) -> PlannedView:
    planned = rules_of_course(desk.treatment, desk.course).planned
    if planned is None:
        raise LookupError(desk.course_number)
    return PlannedView(planned, desk.language)


@page("verify", about="course", signs="order-verified")
def verify(desk: Desk) -> HttpResponse:
    """Another person looks at the whole order and verifies it."""
    return sign_page(desk, SignForm(
        title=Message("page.verify"),
        lead=Message("verify.lead"),
        fields=(
            Field(name="dose_checked", kind="tick", label=Message("verify.dose")),
            Field(name="measures_checked", kind="tick", label=Message("verify.measures")),
            Field(name="plan_checked", kind="tick", label=Message("verify.plan")),
        ),
        records=_verified,
        template="pages/verify.html",
        extra={"view": _look(desk), "send_back": desk.url("send-back")},
    ))  # fmt: skip


def _verified(desk: Desk, data: Data) -> tuple[Record, ...]:
    missing = [name for name in ("dose_checked", "measures_checked", "plan_checked") if not data.get(name)]
    if missing:
        raise Refused([Refusal("form.not-ticked", name, "") for name in missing])
    return (OrderVerified(course=desk.course_number),)


@page("send-back", about="course", signs="order-refused")
def send_back(desk: Desk) -> HttpResponse:
    """Send an order back with a reason."""
    return sign_page(desk, SignForm(
        title=Message("page.send-back"),
        reason="must",
        records=lambda desk, _: (OrderRefused(course=desk.course_number),),
        template="pages/verify.html",
        extra={"view": _look(desk)},
    ))  # fmt: skip
