"""Home care: orders to accept, one's own visits in order of time, stopping the pump at the kitchen table."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Literal

from django.http import HttpResponse
from django.shortcuts import render

from ransel.chart.guards.home import home_care as organisation_asked
from ransel.chart.people import Role
from ransel.chart.reading import record_of
from ransel.chart.records.care import HomeCareAccepted, HomeCareAsked, HomeCareDeclined, NoShow, Removed
from ransel.chart.treatment import Treatment
from ransel.chart.visits import visit_of, visits_of
from ransel.evidence import Sourced
from ransel.hospital.clocks import ClockBar
from ransel.hospital.forms import Field
from ransel.hospital.gate import PAGES, Desk, page, url_of
from ransel.hospital.names import names_of
from ransel.hospital.record_fields import choice_field, choices_of
from ransel.hospital.rulebook import protocol_of
from ransel.hospital.signing import SignForm, sign_page
from ransel.hospital.todo import own_treatments
from ransel.hospital.watching import escalations_of
from ransel.language import Message
from ransel.protocols.protocol import Words
from ransel.store.models import Child, ContainerRow, Organisation, Person, PumpUseRow, TreatmentRow, VisitRow

DONE_ARE_SHOWN_FOR = timedelta(days=14)
"""How long a visit that is done stays in the list: an assumption."""

STOP_IS_OFFERED_BEFORE = timedelta(hours=12)
"""How long before its window a visit leads to stopping the pump by itself: an assumption, the same half day."""

StepState = Literal["done", "next", "later"]


@dataclass(frozen=True, slots=True, kw_only=True)
class HomeStep:
    """One step of a visit at home: whether it is done, and where it is signed, empty while it is not its turn."""

    title: Message
    state: StepState
    url: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class HomeVisit:
    """One visit at home, for the list of the organisation that has its order."""

    row: VisitRow
    child: Child
    hospital: Organisation | None
    nurse: str
    substitute: str
    is_mine: bool
    stands_in: bool
    clock: ClockBar | None
    steps: tuple[HomeStep, ...]
    late: bool

    @property
    def has_begun(self) -> bool:
        """Whether any of its steps is done, or its turn has come."""
        return any(step.state != "later" for step in self.steps)

    @property
    def accept(self) -> str:
        """Where it is accepted, or given to a colleague."""
        return url_of("accept", self.row.treatment, self.row.course)

    @property
    def decline(self) -> str:
        """Where it is declined."""
        return url_of("decline", self.row.treatment, self.row.course)

    @property
    def stop(self) -> str:
        """Where the pump is stopped."""
        return url_of("stop", self.row.treatment, self.row.course, self.row.container)

    @property
    def no_show(self) -> str:
        """Where it is told that nobody opened."""
        return url_of("no-show", self.row.treatment, self.row.course)


@page("home-care", about="nobody", writes=False)
def home_care(desk: Desk) -> HttpResponse:
    """Show the orders to accept, the visits to come and those that are done."""
    visits = _visits(desk)
    to_come = [one for one in visits if one.row.done_at is None]
    context = {
        "desk": desk,
        "escalations": escalations_of(desk.person, desk.now),
        "to_accept": [one for one in to_come if not one.row.nurse],
        "to_come": [one for one in to_come if one.row.nurse],
        "done": [one for one in reversed(visits) if one.row.done_at is not None],
    }
    return render(desk.request, "pages/home_care/list.html", context)


def _visits(desk: Desk) -> list[HomeVisit]:
    """Return the visits of one's own organisation in order of time; the number of queries is always the same."""
    mine = {row.treatment: row for row in own_treatments(desk.person)}
    rows = [
        row
        for row in VisitRow.objects.filter(organisation=desk.person.organisation_id, treatment__in=mine)
        if row.done_at is None or row.done_at > desk.now - DONE_ARE_SHOWN_FOR
    ]
    names = names_of({row.nurse for row in rows} | {row.substitute for row in rows})
    children = Child.objects.in_bulk({mine[row.treatment].child for row in rows})
    hospitals = Organisation.objects.in_bulk({mine[row.treatment].centre for row in rows})
    phases = {
        (one.treatment, one.course, one.container): one.phase
        for one in ContainerRow.objects.filter(treatment__in={row.treatment for row in rows})
    }
    pumps = set(PumpUseRow.objects.filter(phase__in=["in-use", "off"]).values_list("treatment", "course"))
    shown = [
        _home_visit(desk, row, mine[row.treatment], children, hospitals, names, phases, pumps)
        for row in rows
        if mine[row.treatment].course == row.course and mine[row.treatment].course_phase != "cancelled"
    ]
    return sorted(shown, key=lambda one: one.row.planned)


def _home_visit(
    desk: Desk,
    row: VisitRow,
    treatment: TreatmentRow,
    children: Mapping[str, Child],
    hospitals: Mapping[str, Organisation],
    names: Mapping[str, str],
    phases: Mapping[tuple[str, int, int], str],
    pumps: set[tuple[str, int]],
) -> HomeVisit:
    me, limit = desk.person.id_code, row.latest or row.planned
    phase = phases.get((row.treatment, row.course, row.container), "")
    return HomeVisit(
        row=row, child=children[treatment.child], hospital=hospitals.get(treatment.centre),
        nurse=names.get(row.nurse, row.nurse), substitute=names.get(row.substitute, row.substitute),
        is_mine=row.nurse == me, stands_in=row.substitute == me,
        clock=_clock(row, desk.now), steps=_steps(row, phase, desk.now, pump_out=(row.treatment, row.course) in pumps),
        late=row.done_at is None and limit < desk.now,
    )  # fmt: skip


def _clock(row: VisitRow, now: datetime) -> ClockBar | None:
    if row.latest is None or row.done_at is not None:
        return None
    return ClockBar(label=Message("home.until"), begins=row.earliest, ends=row.latest, now=now)


def _steps(row: VisitRow, phase: str, now: datetime, *, pump_out: bool) -> tuple[HomeStep, ...]:
    """Return the steps of a visit; those that are signed are known from the container and the pump."""
    here = (row.treatment, row.course, row.container)
    weighed = phase in {"accounted", "discarded"}
    stopped = weighed or phase == "removed"
    its_time = phase == "connected" and now >= row.earliest - STOP_IS_OFFERED_BEFORE
    return (
        _step("home.step-stop", done=stopped, ready=its_time, url=_url("stop", *here)),
        _step("home.step-residue", done=weighed, ready=phase == "removed", url=_url("residue", *here)),
        _step("home.step-pump", done=stopped and not pump_out, ready=weighed),
    )


def _step(key: str, *, done: bool, ready: bool, url: str = "") -> HomeStep:
    state: StepState = "done" if done else "next" if ready else "later"
    return HomeStep(title=Message(key), state=state, url=url if state == "next" else "")


def _url(name: str, treatment: str, course: int, container: int) -> str:
    return url_of(name if name in PAGES else "chart", treatment, course, container)


# -- accepting and declining


@page("accept", about="course", signs="home-care-accepted")
def accept(desk: Desk) -> HttpResponse:
    """Accept the signed order: who comes, and who stands in."""
    team = Person.objects.filter(
        organisation=desk.person.organisation_id, role=Role.HOME_CARE_NURSE.value, is_active=True
    )
    names = tuple(team.values_list("id_code", "shown_name"))
    mine = any(code == desk.person.id_code for code, _ in names)
    return sign_page(desk, SignForm(
        title=Message("page.accept"),
        lead=Message("accept.lead"),
        fields=(
            Field(name="nurse", kind="pick", choices=names, start=desk.person.id_code if mine else ""),
            Field(name="substitute", kind="pick", choices=names, note=Message("accept.substitute-note")),
        ),
        records=lambda desk, data: (record_of(HomeCareAccepted, {"course": desk.course_number, **data}),),
        button=Message("accept.button"),
        then=url_of("home-care"),
        template="pages/home_care/order.html",
        extra=_order(desk) | {"other": desk.url("decline"), "other_title": Message("page.decline")},
    ))  # fmt: skip


@page("decline", about="course", signs="home-care-declined")
def decline(desk: Desk) -> HttpResponse:
    """Decline the order, so that the hospital asks somebody else."""
    return sign_page(desk, SignForm(
        title=Message("page.decline"),
        lead=Message("decline.lead"),
        reason="must",
        danger=True,
        records=lambda desk, _: (HomeCareDeclined(course=desk.course_number),),
        button=Message("decline.button"),
        then=url_of("home-care"),
        template="pages/home_care/order.html",
        extra=_order(desk) | {"other": desk.url("accept"), "other_title": Message("page.accept")},
    ))  # fmt: skip


def _order(desk: Desk) -> dict[str, object]:
    """Return the signed order as the page shows it: what, when, until when, where, and who has signed it."""
    course = desk.course
    asked = course.last(HomeCareAsked) if organisation_asked(course) else None
    return {
        "asked": asked,
        "asked_by": names_of([asked.who]).get(asked.who, asked.who) if asked else "",
        "visit": visit_of(course, "disconnect", course.containers[-1].index, desk.now),
        "hospital": hospital_of(desk),
        "pump": course.pump,
    }


def hospital_of(desk: Desk) -> Organisation | None:
    """Return the hospital that treats the child, for its name and telephone number."""
    return Organisation.objects.filter(code=desk.treatment.centre).first()


# -- stopping the pump


@page("stop", about="container", signs="removed-last")
def stop(desk: Desk) -> HttpResponse:
    """Guide through stopping the pump and taking the last container off; sign what was read and done."""
    return sign_page(desk, SignForm(
        title=Message("page.stop"),
        lead=Message("stop-pump.lead"),
        fields=(
            Field(name="displayed", kind="quantity", unit="mL", note=Message("stop-pump.displayed-note")),
            Field(name="given", kind="quantity", unit="mL", needed=False, note=Message("stop-pump.given-note")),
            Field(name="line", kind="several", needed=False, choices=choices_of(Removed, "line"),
                  label=Message("stop-pump.line"), note=Message("stop-pump.line-note")),
            Field(name="needle_out", kind="yes-no"),
        ),
        reason="may",
        happened=True,
        records=lambda desk, data: (record_of(Removed, {
            "course": desk.course_number, "container": desk.container_number,
            "making": max(desk.container.making, 1), "last": True, **data,
        }),),
        then="residue" if "residue" in PAGES and desk.may("residue") else "chart",
        template="pages/home_care/stop.html",
        extra={
            "rule": line_rule(desk.treatment),
            "hospital": hospital_of(desk),
            "connected": desk.container.phase == "connected",
            "phase": desk.container.phase,
            "links": _when_it_fails(desk),
        },
    ))  # fmt: skip


def line_rule(treatment: Treatment) -> Sourced[Words] | None:
    """Return what the protocol says of the line at the end, None when no source was read."""
    return protocol_of(treatment).handling.line_at_end


def _when_it_fails(desk: Desk) -> list[tuple[str, Message]]:
    """Return the pages for when pump or cassette fail, as far as this person may open them."""
    names = [name for name in ("interrupt", "replace-pump", "no-show") if name in PAGES and desk.may(name)]
    return [(desk.url(name), Message(f"page.{name}")) for name in names]


@page("no-show", about="course", signs="no-show")
def no_show(desk: Desk) -> HttpResponse:
    """Sign that nobody came or nobody opened, and who was told: somebody else has to come in time."""
    to_come = [one for one in visits_of(desk.course, desk.now) if one.done is None]
    expected = next((one for one in to_come if one.kind in {"connect", "change", "disconnect"}), None)
    return sign_page(desk, SignForm(
        title=Message("page.no-show"),
        lead=Message("no-show.lead"),
        fields=(
            choice_field(NoShow, "visit", start=expected.kind if expected else ""),
            Field(name="told", kind="line", note=Message("no-show.told-note")),
        ),
        reason="must",
        happened=True,
        records=lambda desk, data: (record_of(NoShow, {"course": desk.course_number, **data}),),
        then=url_of("home-care") if desk.role is Role.HOME_CARE_NURSE else "chart",
        template="pages/home_care/no_show.html",
        extra={"visit": expected, "hospital": hospital_of(desk)},
    ))  # fmt: skip
