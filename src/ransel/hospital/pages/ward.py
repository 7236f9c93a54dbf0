"""The ward: children with a running pump, observing them, going home and coming back, standing still and going on."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.http import HttpResponse
from django.shortcuts import render

from ransel.chart.entry import Entry
from ransel.chart.guards.care import HOME_LOOKS_BACK, MUST_HOLD_AT_HOME
from ransel.chart.machine import RUNNING
from ransel.chart.reading import record_of
from ransel.chart.records import Record
from ransel.chart.records.care import (
    Connected,
    FitForHome,
    Interrupted,
    Observed,
    Readmitted,
    Resumed,
    SentHome,
    SideEffect,
)
from ransel.chart.treatment import CourseState
from ransel.chart.wording import field_label, phase_name
from ransel.followup.ctcae import ctcae
from ransel.followup.grading import Grade, grade, readable
from ransel.hospital.clocks import span
from ransel.hospital.forms import Field
from ransel.hospital.gate import Desk, page, url_of
from ransel.hospital.names import names_of
from ransel.hospital.pages.connecting import guide_or_chart
from ransel.hospital.pages.day_care import due_soon
from ransel.hospital.record_fields import choice_field
from ransel.hospital.rulebook import agenda
from ransel.hospital.signing import Data, SignForm, sign_page
from ransel.hospital.todo import Todo, own_treatments, todos_of
from ransel.hospital.watching import escalations_of
from ransel.language import Joined, Message, Refusal, Refused, refuse
from ransel.quantities import Quantity, Shown
from ransel.store.loading import load
from ransel.store.models import Child, TreatmentRow

OBSERVE_EVERY = timedelta(hours=4)
"""After so long without an observation a child on the ward is overdue: an assumption, and the page says so."""
SIDE_EFFECTS_AT_ONCE = 4
OTHER = "other"
LATEST_SHOWN = 6


def term_words(name: str) -> object:
    """Return the words for a side effect; what somebody typed as it is."""
    term = ctcae().find(name)
    return term.title if term else name


# what was seen


@dataclass(frozen=True, slots=True)
class Seen:
    """One observation for a table: who, when, and a word for every column, None for what was not looked at."""

    entry: Entry[Observed]
    who: str
    cells: tuple[tuple[Message, object], ...]

    @property
    def looked_at(self) -> tuple[tuple[Message, object], ...]:
        """The columns in which something stands."""
        return tuple((label, value) for label, value in self.cells if value is not None)


def seen_of(entries: tuple[Entry[Observed], ...]) -> tuple[Seen, ...]:
    """Return observations as tables show them, the latest first."""
    names = names_of(one.who for one in entries)
    latest = sorted(entries, key=lambda one: one.happened, reverse=True)
    return tuple(Seen(one, names.get(one.who, one.who), tuple(_cells(one.what))) for one in latest)


def _cells(what: Observed) -> Iterator[tuple[Message, object]]:
    yield field_label("temperature"), _measured(what.temperature, "°C", 1)
    yield Message("observe.heart-rate"), what.heart_rate
    yield Message("observe.respiratory-rate"), what.respiratory_rate
    both = (what.systolic, what.diastolic)
    yield Message("observe.pressure"), None if both == (None, None) else "/".join(str(one or "–") for one in both)
    yield field_label("saturation"), _measured(what.saturation, "%")
    yield Message("observe.pain"), what.pain
    medicine = what.intravenous_medicine
    yield Message("observe.medicine"), None if medicine is None else Message("word.yes" if medicine else "word.no")
    yield Message("observe.displayed"), _measured(what.displayed, "mL")
    effects: list[object] = [Message("observe.effect", {"term": term_words(one.term), "grade": one.grade})
                             for one in what.side_effects]  # fmt: skip
    effects += _fever_by_number(what)
    if what.looked_for:
        effects.append(Message("observe.nothing-else" if effects else "observe.nothing"))
    yield field_label("side_effects"), Joined(tuple(effects), ", ") if effects else None
    yield field_label("remark"), what.remark or None


def _fever_by_number(what: Observed) -> Iterator[Message]:
    """Say what a temperature means when nobody has signed a grade of fever."""
    if what.temperature is None or any(one.term == ctcae().term("fever").name for one in what.side_effects):
        return
    try:
        graded = grade("fever", what.temperature)
    except Refused:  # a slip of the keyboard says nothing of the child
        return
    if isinstance(graded, Grade) and graded.highest:
        yield Message("observe.by-temperature", {"said": Joined(tuple(readable(graded)), ", ")})


def _measured(quantity: Quantity | None, unit: str, digits: int | None = None) -> Shown | None:
    return None if quantity is None else Shown(quantity, unit, digits)


# the board


@dataclass(frozen=True, slots=True, kw_only=True)
class Bed:
    """A child with a running course, in the hospital or at home.

    Values:
        last: the last observation; since: how long ago it was, or the connecting where nobody has looked yet.
        overdue: whether somebody should have looked. actions: pages that may be opened, with their addresses.
    """

    child: Child
    treatment: str
    course: CourseState
    phase: Message
    day: int
    last: Seen | None
    since: Message | None
    overdue: bool
    actions: tuple[tuple[Message, str], ...]


@page("ward", about="nobody", writes=False)
def ward(desk: Desk) -> HttpResponse:
    """Show the children whose infusion runs: those in the hospital with their last observation, those at home below."""
    rows = [row for row in own_treatments(desk.person) if row.course_phase in RUNNING]
    children = Child.objects.in_bulk([row.child for row in rows])
    beds = sorted((_bed(desk, row, children[row.child]) for row in rows), key=lambda one: one.child.name)
    context = {
        "desk": desk,
        "escalations": escalations_of(desk.person, desk.now),
        "beds": sorted((one for one in beds if not one.course.at_home), key=lambda one: not one.overdue),
        "at_home": [one for one in beds if one.course.at_home],
        "hours": _hours(OBSERVE_EVERY),
        "todos": [one for one in due_soon(todos_of(desk.person, desk.now), desk.now) if not _is_for_the_doctor(one)],
    }
    return render(desk.request, "pages/ward/ward.html", context)


def _hours(time: timedelta) -> int:
    return int(time / timedelta(hours=1))


def _is_for_the_doctor(todo: Todo) -> bool:
    """Whether a doctor has to declare the child fit first; nobody goes home before that."""
    return todo.kind == "go-home" and todo.due is None


def _bed(desk: Desk, row: TreatmentRow, child: Child) -> Bed:
    course = load(row.treatment).course(row.course) or CourseState(number=row.course)
    first = course.containers[0].last(Connected) if course.containers else None
    begun = first.happened if first else desk.now
    last = seen_of(course.observed)[:1]
    looked = max(last[0].entry.happened, begun) if last else begun
    return Bed(
        child=child, treatment=row.treatment, course=course, phase=phase_name("course", course.phase),
        day=(agenda().local(desk.now).date() - agenda().local(begun).date()).days + 1,
        last=last[0] if last else None, since=span(desk.now - last[0].entry.happened) if last else None,
        overdue=not course.at_home and desk.now - looked > OBSERVE_EVERY,
        actions=tuple(_actions(row, course)),
    )  # fmt: skip


def _actions(row: TreatmentRow, course: CourseState) -> Iterator[tuple[Message, str]]:
    """Go through what can be done for a child; the signing itself says whether it may be done."""
    yield Message("page.observe"), url_of("observe", row.treatment, course.number)
    if course.phase == "standing":
        yield Message("page.resume"), url_of("resume", row.treatment, course.number)
    if course.at_home:
        yield Message("page.readmit"), url_of("readmit", row.treatment, course.number)
    elif _is_fit(course):
        yield Message("page.send-home"), url_of("send-home", row.treatment, course.number)


def _is_fit(course: CourseState) -> bool:
    fit, back = course.last(FitForHome), course.last(Readmitted)
    return fit is not None and (back is None or back.version < fit.version)


# observing


@page("observe", about="course", signs="observed")
def observe(desk: Desk) -> HttpResponse:
    """Sign vital signs and side effects; with `baseline=1` as they were before the infusion."""
    baseline = desk.request.GET.get("baseline") == "1"
    waiting = next((one.index for one in desk.course.containers if one.phase in {"released", "out"}), 0)
    return sign_page(desk, SignForm(
        title=Message("observe.baseline-title" if baseline else "page.observe"),
        lead=Message("observe.baseline-lead" if baseline else "observe.lead"),
        fields=tuple(_observe_fields()),
        records=lambda desk, data: (_observed(desk, data, baseline=baseline),),
        happened=True,
        then=guide_or_chart(desk, waiting) if baseline and waiting else "chart",
        template="pages/ward/observe.html",
        extra={"observations": seen_of(desk.course.observed)[:LATEST_SHOWN]},
    ))  # fmt: skip


def _observe_fields() -> Iterator[Field]:
    yield Field(name="vital_signs", kind="heading", label=Message("observe.vital-signs"))
    yield Field(name="temperature", kind="quantity", unit="°C", needed=False)
    for name in ("heart_rate", "respiratory_rate", "systolic", "diastolic"):
        yield Field(name=name, kind="number", needed=False)
    yield Field(name="saturation", kind="quantity", unit="%", needed=False)
    yield Field(name="pain", kind="number", needed=False)
    yield Field(name="displayed", kind="quantity", unit="mL", needed=False)
    yield Field(name="intravenous_medicine", kind="yes-no", needed=False, note=Message("observe.medicine-note"))
    yield Field(name="effects", kind="heading", label=Message("observe.side-effects"))
    terms = (*((term.name, term.title) for term in ctcae().terms), (OTHER, Message("observe.other")))
    grades = tuple((str(grade), Message(f"grade.{grade}")) for grade in range(6))
    for row in range(SIDE_EFFECTS_AT_ONCE):
        name = f"side_effects.{row}"
        number = {"number": row + 1}
        yield Field(
            name=f"{name}.term", kind="pick", choices=terms, label=Message("observe.term", number), needed=False
        )
        yield Field(name=f"{name}.other", kind="line", label=Message("observe.other-term", number), needed=False)
        yield Field(name=f"{name}.grade", kind="pick", choices=grades, label=Message("observe.grade", number),
                    needed=False)  # fmt: skip
    yield Field(name="looked_for", kind="yes-no", needed=False, note=_list_in_words())
    yield Field(name="remark", kind="text", needed=False)


def _list_in_words() -> Message:
    criteria = ctcae()
    return Message(
        "observe.list", {"terms": Joined(tuple(term.title for term in criteria.listed(criteria.list)), ", ")}
    )


def _observed(desk: Desk, data: Data, *, baseline: bool) -> Record:
    rows = data.get("side_effects", {})
    effects = [_side_effect(f"side_effects.{row}", told) for row, told in sorted(rows.items())]
    looked_for = ctcae().list if data.get("looked_for") else ""
    told = {**data, "side_effects": effects, "looked_for": looked_for}
    return record_of(Observed, {"course": desk.course_number, "baseline": baseline, **told})


def _side_effect(name: str, told: Mapping[str, Any]) -> dict[str, object]:
    """Return one side effect: the term that was chosen, else the one that was typed, with its grade.

    Raises:
        Refused: when the term or the grade is not there, or there are two terms.
    """
    chosen, typed = told.get("term", OTHER), told.get("other")
    if chosen != OTHER and typed:
        refuse("observe.two-terms", f"{name}.other", typed, chosen=term_words(chosen))
    term = typed if chosen == OTHER else chosen
    missing = [Refusal("form.empty", f"{name}.{key}", "", {"what": field_label(key)})
               for key, value in (("term", term), ("grade", told.get("grade"))) if not value]  # fmt: skip
    if missing:
        raise Refused(missing)
    return SideEffect(term=str(term), grade=int(told["grade"])).model_dump()


# home and back


@page("fit", about="course", signs="fit-for-home")
def fit(desk: Desk) -> HttpResponse:
    """Let a doctor sign what must hold before a child goes home, beside what was seen in the last day."""
    minutes = desk.child.travel_minutes
    return sign_page(desk, SignForm(
        title=Message("page.fit"),
        lead=Message("fit.lead"),
        fields=(
            *(Field(name=name, kind="tick") for name in MUST_HOLD_AT_HOME),
            Field(name="travel_minutes", kind="number", start="" if minutes is None else str(minutes),
                  note=Message("fit.travel")),
        ),
        records=lambda desk, data: (record_of(FitForHome, {"course": desk.course_number, **data}),),
        template="pages/ward/fit.html",
        extra={"observations": seen_of(_last_day(desk.course, desk.now)), "hours": _hours(HOME_LOOKS_BACK)},
    ))  # fmt: skip


def _last_day(course: CourseState, now: datetime) -> tuple[Entry[Observed], ...]:
    return tuple(one for one in course.observed if now - HOME_LOOKS_BACK <= one.happened <= now)


@page("send-home", about="course", signs="sent-home")
def send_home(desk: Desk) -> HttpResponse:
    """Sign that the child goes home with the pump."""
    declared = desk.course.last(FitForHome) if _is_fit(desk.course) else None
    who = names_of([declared.who]).get(declared.who, declared.who) if declared else ""
    return sign_page(desk, SignForm(
        title=Message("page.send-home"),
        records=lambda desk, _: (SentHome(course=desk.course_number),),
        happened=True,
        then="hand-out",
        template="pages/ward/send_home.html",
        extra={"declared": declared, "who": who, "hand_out": desk.url("hand-out")},
    ))  # fmt: skip


@page("readmit", about="course", signs="readmitted")
def readmit(desk: Desk) -> HttpResponse:
    """Sign that the child is back in the hospital."""
    return sign_page(desk, SignForm(
        title=Message("page.readmit"),
        lead=Message("readmit.lead"),
        records=lambda desk, _: (Readmitted(course=desk.course_number),),
        reason="must",
        happened=True,
    ))  # fmt: skip


# standing still and going on


@page("interrupt", about="course", signs="interrupted")
def interrupt(desk: Desk) -> HttpResponse:
    """Sign that the infusion stands still, and why."""
    return sign_page(desk, SignForm(
        title=Message("page.interrupt"),
        lead=Message("interrupt.lead"),
        fields=(choice_field(Interrupted, "cause"), _displayed()),
        records=lambda desk, data: (record_of(Interrupted, {"course": desk.course_number, **data}),),
        reason="may",
        happened=True,
    ))  # fmt: skip


@page("resume", about="course", signs="resumed")
def resume(desk: Desk) -> HttpResponse:
    """Sign that the infusion runs again, at the rate that the pump shows."""
    since = desk.course.stood[-1][0] if desk.course.phase == "standing" and desk.course.stood else None
    stands = Message("resume.stands", {"lasted": span(desk.now - since)}) if since else ""
    return sign_page(desk, SignForm(
        title=Message("page.resume"),
        lead=Joined((Message("resume.lead"), stands), " ") if since else Message("resume.lead"),
        fields=(Field(name="rate", kind="quantity", unit="mL/h", label=Message("display.rate")), _displayed()),
        records=lambda desk, data: (record_of(Resumed, {"course": desk.course_number, **data}),),
        reason="may",
        happened=True,
    ))  # fmt: skip


def _displayed() -> Field:
    return Field(name="displayed", kind="quantity", unit="mL", label=Message("display.left"), needed=False)
