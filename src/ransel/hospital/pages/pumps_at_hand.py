"""Pumps as nurses handle them: set aside for a course, replaced by a spare, brought back, made ready again."""

from __future__ import annotations

from collections.abc import Iterator

from django.http import HttpResponse

from ransel.chart.machine import PUMP, next_phase
from ransel.chart.reading import record_of
from ransel.chart.records import Record
from ransel.chart.records.care import PumpAssigned, PumpReadied, PumpReplaced, PumpReturned
from ransel.chart.wording import phase_name
from ransel.hospital.forms import Field
from ransel.hospital.gate import Desk, page
from ransel.hospital.pages.connecting import pump_code
from ransel.hospital.signing import Data, SignForm, sign_page
from ransel.language import Joined, Message, Moment, Refusal, Refused, refuse
from ransel.store.keeping import free_pumps
from ransel.store.models import Pump

TEMPLATE = "pages/day_care/pump.html"


@page("assign-pump", about="course", signs="pump-assigned")
def assign_pump(desk: Desk) -> HttpResponse:
    """Set a pump aside for a course: scanned, or chosen from those on the shelf."""
    return sign_page(desk, SignForm(
        title=Message("page.assign-pump"),
        fields=_shelf_fields(),
        records=lambda desk, data: (record_of(PumpAssigned, {"course": desk.course_number, "pump": _pump(data)}),),
        happened=True,
        then=_guide_of_next(desk),
        template=TEMPLATE,
    ))  # fmt: skip


@page("replace-pump", about="course", signs="pump-replaced")
def replace_pump(desk: Desk) -> HttpResponse:
    """Let another pump take over; afterwards it is programmed and checked like the first."""
    running = desk.course.running
    return sign_page(desk, SignForm(
        title=Message("page.replace-pump"),
        lead=Message("replace.lead"),
        fields=(
            *_shelf_fields(),
            Field(name="displayed", kind="quantity", unit="mL", label=Message("replace.displayed"), needed=False),
        ),
        records=_replaced,
        reason="must",
        happened=True,
        then=desk.url("guide", container=running.index) if running and desk.may("guide") else "chart",
        template=TEMPLATE,
    ))  # fmt: skip


def _replaced(desk: Desk, data: Data) -> tuple[Record, ...]:
    told = {"displayed": data["displayed"]} if "displayed" in data else {}
    return (record_of(PumpReplaced, {"course": desk.course_number, "pump": _pump(data), **told}),)


def _guide_of_next(desk: Desk) -> str:
    """Return the steps of the container that is connected next, or the chart."""
    waiting = (one.index for one in desk.course.containers if one.phase not in {"connected", "removed", "accounted"})
    number = next(waiting, 0)
    return desk.url("guide", container=number) if number and desk.may("guide") else "chart"


def _shelf_fields() -> tuple[Field, ...]:
    """Return a field to scan into, and one to choose from the pumps on the shelf; one of them is enough."""
    scan = Field(name="pump", kind="code", needed=False, note=Message("pump.scan-or-choose"))
    shelf = tuple((one.number, _on_the_shelf(one)) for one in Pump.objects.filter(number__in=free_pumps()))
    if not shelf:
        return (Field(name="pump", kind="code", note=Message("pump.none-free")),)
    return scan, Field(name="shelf", kind="pick", choices=shelf, needed=False, label=Message("pump.shelf"))


def _on_the_shelf(pump: Pump) -> object:
    if pump.serviced_until is None:
        return Joined((pump.number, pump.kind), " · ")
    until = Message("pump.serviced-until", {"day": Moment(pump.serviced_until, with_year=True)})
    return Joined((pump.number, pump.kind, until), " · ")


def _pump(data: Data) -> str:
    """Return the pump that was scanned or chosen.

    Raises:
        Refused: when it is neither, or two different ones.
    """
    scanned, chosen = data.get("pump", ""), data.get("shelf", "")
    if scanned and chosen and scanned != chosen:
        refuse("pump.two", "pump", scanned, chosen=chosen)
    if not scanned and not chosen:
        raise Refused([Refusal("form.empty", "pump", "", {"what": Message("field.pump")})])
    return str(scanned or chosen)


# back from the child


@page("pump-back", about="course", signs="pump-returned")
def pump_back(desk: Desk) -> HttpResponse:
    """Sign that a pump is back in the hospital."""
    return sign_page(desk, SignForm(
        title=Message("page.pump-back"),
        fields=(pump_code(),),
        records=lambda desk, data: (record_of(PumpReturned, {"course": desk.course_number, **data}),),
        happened=True,
        template=TEMPLATE,
        extra={"expected": tuple(_pumps(desk, "pump-returned"))},
    ))  # fmt: skip


@page("pump-ready", about="course", signs="pump-readied")
def pump_ready(desk: Desk) -> HttpResponse:
    """Sign that a pump is clean and has passed its own test, so that it goes back on the shelf."""
    return sign_page(desk, SignForm(
        title=Message("page.pump-ready"),
        fields=(
            pump_code(),
            Field(name="cleaned", kind="yes-no"),
            Field(name="self_test_passed", kind="yes-no"),
        ),
        records=lambda desk, data: (record_of(PumpReadied, {"course": desk.course_number, **data}),),
        happened=True,
        template=TEMPLATE,
        extra={"expected": tuple(_pumps(desk, "pump-readied"))},
    ))  # fmt: skip


def _pumps(desk: Desk, step: str) -> Iterator[tuple[str, Message]]:
    """Go through the pumps of the course for which it is time, each with where it is."""
    for number, phase in desk.course.pumps.items():
        if next_phase(PUMP, phase, step) is not None:
            yield number, phase_name("pump", phase)
