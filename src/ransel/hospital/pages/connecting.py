"""What is signed beside the child: making ready, filling the line, programming, the second look, connecting, residue.

Wristband, cassette and pump are scanned or typed at the child and stand in no field beforehand. What the pump shows is
typed from its display. Whether all of it fits is decided where it is signed.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace
from datetime import datetime, timedelta
from types import MappingProxyType
from typing import Any

from django.http import HttpResponse

from ransel.chart.ordered import ordered_container, rate_in_force
from ransel.chart.reading import record_of
from ransel.chart.records import Record
from ransel.chart.records.care import (
    Connected,
    Material,
    Primed,
    ProgrammeChecked,
    Programmed,
    Readied,
    Removed,
    ResidueRecorded,
)
from ransel.chart.treatment import ContainerState
from ransel.chart.visits import visits_of
from ransel.hospital.forms import Field, local_minute
from ransel.hospital.gate import Desk, page
from ransel.hospital.guiding import before
from ransel.hospital.pages.chart import clocks_of
from ransel.hospital.record_fields import choice_field, choices_of
from ransel.hospital.rulebook import protocol_of
from ransel.hospital.scanning import cassette_code
from ransel.hospital.signing import Data, SignForm, sign_page
from ransel.language import Joined, Message, Refusal, Refused
from ransel.protocols import Protocol
from ransel.quantities import Shown

TEMPLATE = "pages/day_care/step.html"
NEEDLE_LASTS = timedelta(days=7)
"""How long a needle of a port may stay, as it is proposed: an assumption, the hospital's own rule holds."""
MATERIALS_LAST = timedelta(days=5)
"""What is proposed for everything else when no visit says when the container ends: an assumption."""
CONCENTRATION_UNIT = "mg/mL"


def guide_or_chart(desk: Desk, container: int = 0) -> str:
    """Return the address of the steps of a container, of the chart for whoever may not open them."""
    return desk.url("guide", container=container) if desk.may("guide") else desk.url("chart")


def _form(desk: Desk, **told: Any) -> HttpResponse:  # noqa: ANN401 - what a form takes
    """Show or sign a step: afterwards, and by a link below it, one is back at the steps."""
    steps = guide_or_chart(desk)
    extra = {"steps": steps if desk.may("guide") else "", **told.pop("extra", {})}
    usual = {"title": Message(f"page.{desk.page}"), "then": steps, "template": TEMPLATE}
    return sign_page(desk, SignForm(**{**usual, **told, "extra": extra}))


def _making(desk: Desk) -> dict[str, int]:
    return {"course": desk.course_number, "container": desk.container_number, "making": desk.container.making or 1}


def _code(name: str, note: str) -> Field:
    return Field(name=name, kind="code", note=Message(note))


def pump_code() -> Field:
    """Return the field for the number that is scanned or read from a pump."""
    return _code("pump", "scan.pump")


def child_code() -> Field:
    """Return the field for the number that is scanned or read from the wristband."""
    return _code("child", "scan.child")


def cassette_field() -> Field:
    """Return the field for the code that is scanned from a cassette, or typed from its label."""
    return _code("code", "scan.code")


# making ready


@page("ready", about="container", signs="readied")
def ready(desk: Desk) -> HttpResponse:
    """Sign what is ready before a container is connected: medicines, lumen, until when each material may be used."""
    protocol = protocol_of(desk.treatment)
    medicines = tuple((one.id, Joined((one.title, one.timing.value), ": ")) for one in protocol.supportive)
    fields = [
        Field(name="premedication", kind="several", choices=medicines),
        Field(name="lumen", kind="line", note=Message("ready.lumen")),
        Field(name="fresh_batteries", kind="yes-no"),
        *_material_fields(desk),
    ]
    return _form(
        desk,
        lead=Message("ready.lead"),
        fields=tuple(fields if medicines else fields[1:]),
        records=_readied,
        happened=True,
        extra={"rules": tuple(_line_rules(protocol)), "beside": True},
    )


def _line_rules(protocol: Protocol) -> Iterator[Message]:
    """Go through what the protocol says about the line, each with its source."""
    handling = protocol.handling
    for rule in (handling.line_filter, handling.own_line, handling.line_at_end):
        if rule is not None:
            yield Message("ready.rule", {"rule": rule.value, "source": rule.source or "-"})


def _material_fields(desk: Desk) -> Iterator[Field]:
    yield Field(name="materials_about", kind="heading", label=Message("ready.materials"))
    for what, words in choices_of(Material, "what"):
        label, proposed = Message("ready.change-by", {"what": words}), local_minute(_proposed(desk, what))
        note = Message("ready.needle" if what == "needle" else "ready.proposed")
        yield Field(name=f"materials.{what}", kind="moment", label=label, start=proposed, note=note)
        yield Field(name=f"lots.{what}", kind="line", label=Message("ready.lot", {"what": words}), needed=False)


def _proposed(desk: Desk, what: str) -> datetime:
    """Return until when a material is proposed: a needle its days, all else until the visit that ends the container."""
    if what == "needle":
        return desk.now + NEEDLE_LASTS
    number = desk.container_number
    ends = {("change", number + 1), ("disconnect", number)}
    visit = next((one for one in visits_of(desk.course, desk.now) if (one.kind, one.container) in ends), None)
    return visit.late if visit and visit.late > desk.now else desk.now + MATERIALS_LAST


def _readied(desk: Desk, data: Data) -> tuple[Record, ...]:
    by, lots = data.get("materials", {}), data.get("lots", {})
    materials = [{"what": what, "lot": lots.get(what, ""), "change_by": at} for what, at in by.items()]
    told = {key: data[key] for key in ("lumen", "fresh_batteries")}
    record = record_of(Readied, {
        "course": desk.course_number, "container": desk.container_number, "materials": materials,
        "premedication": data.get("premedication", []), **told,
    })  # fmt: skip
    return (record,)


# filling the line, programming, the second look


@page("prime", about="container", signs="primed")
def prime(desk: Desk) -> HttpResponse:
    """Sign that the line was filled, off the child."""
    return _form(
        desk,
        lead=Message("prime.off-the-child"),
        fields=(pump_code(), Field(name="volume", kind="quantity", unit="mL"), choice_field(Primed, "fluid")),
        records=lambda desk, data: (record_of(Primed, {**_making(desk), **data}),),
        happened=True,
    )


@page("programme", about="container", signs="programmed")
def programme(desk: Desk) -> HttpResponse:
    """Sign what the pump's display says after programming; the order stands beside it, never in the fields."""
    unit = _unit(desk)
    return _form(
        desk,
        lead=Message("programme.lead"),
        fields=(
            pump_code(),
            *_display_fields(),
            Field(name="concentration", kind="quantity", unit=unit),
            Field(name="product", kind="line"),
        ),
        records=lambda desk, data: (record_of(Programmed, {**_making(desk), **data}),),
        happened=True,
        extra={"ordered": _ordered(desk, unit)},
    )


def _unit(desk: Desk) -> str:
    """Return the unit in which the label, and so the pump, gives the concentration."""
    try:
        return desk.rules.preparation(desk.container_number).container.recipe.concentration.unit
    except Refused:  # it is said when the form is signed
        return CONCENTRATION_UNIT


def _ordered(desk: Desk, unit: str) -> tuple[tuple[Message, object], ...]:
    """Return what was ordered for this container, as the pump is to be programmed."""
    ordered = ordered_container(desk.course, desk.container_number)
    return (
        (Message("programme.product"), protocol_of(desk.treatment).product.name),
        (Message("programme.rate"), Shown(rate_in_force(desk.course), "mL/h")),
        (Message("programme.volume"), Shown(ordered.fill, "mL")),
        (Message("programme.concentration"), Shown(ordered.concentration, unit, 4)),
    )


def _display_fields() -> tuple[Field, ...]:
    return (
        Field(name="rate", kind="quantity", unit="mL/h", label=Message("display.rate")),
        Field(name="volume", kind="quantity", unit="mL", label=Message("display.volume")),
    )


@page("check-programme", about="container", signs="programme-checked")
def check_programme(desk: Desk) -> HttpResponse:
    """Let another person read wristband, cassette and pump: at their own log-in, or on this device with `here=1`.

    What was ordered does not stand on this page, so that it is read and not copied.
    """
    here = desk.request.GET.get("here") == "1"
    return _form(
        desk,
        lead=Message("check.lead-here" if here else "check.lead"),
        fields=(child_code(), cassette_field(), pump_code(), *_display_fields()),
        records=lambda desk, data: (record_of(ProgrammeChecked, {**_making(desk), **_scanned(data)}),),
        happened=True,
        cosigner=Message("check.second-person") if here else None,
        extra={"other_way": _other_way(desk, here=here)},
    )


def _other_way(desk: Desk, *, here: bool) -> tuple[str, Message]:
    """Return the address and the words of the other way to sign the second look."""
    address = desk.url("check-programme")
    if here:
        return address, Message("check.own-log-in")
    return f"{address}?here=1", Message("check.on-this-device")


def _scanned(data: Data) -> dict[str, Any]:
    return {**data, "code": cassette_code(data["code"])}


# connecting and changing


@page("connect", about="container", signs="connected")
def connect(desk: Desk) -> HttpResponse:
    """Sign that a container runs into the child; for a change together with taking off the one before it."""
    taken_off = before(desk.course, desk.container)
    change = taken_off if taken_off is not None and taken_off.phase == "connected" else None
    return _form(
        desk,
        title=Message("change.title" if change else "page.connect"),
        lead=Message("change.lead" if change else "connect.lead"),
        fields=(*(_removal_fields(change) if change else ()), *_connection_fields(change)),
        records=lambda desk, data: _connected(desk, data, change),
        placed=_of_the_removed if change else lambda refusal: refusal,
        happened=True,
        reason="may" if change else "no",
        extra={"clocks": tuple(clocks_of(desk.course, desk.container, desk.now))},
    )


def _connection_fields(change: ContainerState | None) -> tuple[Field, ...]:
    heading = (Field(name="connect_about", kind="heading", label=Message("change.now-on")),) if change else ()
    displayed = Field(name="displayed", kind="quantity", unit="mL", label=Message("display.at-start"))
    return (*heading, child_code(), cassette_field(), pump_code(), displayed)


def _removal_fields(change: ContainerState) -> tuple[Field, ...]:
    label = Message("change.taken-off", {"container": change.index})
    return (
        Field(name="removed_about", kind="heading", label=label),
        Field(name="removed.displayed", kind="quantity", unit="mL", label=Message("display.left")),
        Field(name="removed.given", kind="quantity", unit="mL", label=Message("display.given"), needed=False),
        Field(name="removed.line", kind="several", choices=choices_of(Removed, "line"), label=Message("change.line")),
    )


def _connected(desk: Desk, data: Data, change: ContainerState | None) -> tuple[Record, ...]:
    told = {key: value for key, value in _scanned(data).items() if key != "removed"}
    connected = record_of(Connected, {**_making(desk), **told})
    return (connected,) if change is None else (_removed(desk, data["removed"], change), connected)


def _removed(desk: Desk, data: Data, change: ContainerState) -> Record:
    of = {"course": desk.course_number, "container": change.index, "making": change.making}
    try:
        return record_of(Removed, {**of, "last": False, **data})
    except Refused as refused:
        raise refused.at("removed") from None


_REMOVED: Mapping[str, str] = MappingProxyType({"chart.more-than-before": "displayed", "chart.flushed": "line"})
"""What can be refused about the container that is taken off, by the field of its record."""


def _of_the_removed(refusal: Refusal) -> Refusal:
    field = _REMOVED.get(refusal.code)
    return refusal if field is None else replace(refusal, field=f"removed.{field}")


# what was left


@page("residue", about="container", signs="residue-recorded")
def residue(desk: Desk) -> HttpResponse:
    """Sign what was left in a container that was taken off: weighed, and where it went."""
    running = desk.course.running
    return _form(
        desk,
        lead=Message("residue.lead"),
        fields=(
            Field(name="weight", kind="quantity", unit="g", label=Message("residue.weight")),
            Field(name="scale_error", kind="quantity", unit="g", note=Message("residue.scale-error")),
            choice_field(ResidueRecorded, "waste"),
        ),
        records=lambda desk, data: (record_of(ResidueRecorded, {**_making(desk), **data}),),
        happened=True,
        then=guide_or_chart(desk, running.index) if running is not None else "chart",
        extra={"steps": ""},
    )
