"""The plan of an infusion: read from what `ransel course --json` prints, written as data, and read back.

What is written is the part of `ransel/course/1` that an infusion needs, under a schema of its own. It holds
the patient's number and no name, so that a recorded stream can carry it.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from fractions import Fraction
from typing import Annotated, Any, Literal, Self, TypeVar
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, model_validator

from ransel.infusion.instant import EARLIEST, LATEST
from ransel.infusion.nesting import MOST_NESTED, is_too_deep
from ransel.infusion.plan import ContainerToGive, InfusionPlan, PlannedVisit
from ransel.language import Message, Refusal, Refused, refuse
from ransel.protocols.kind_of_value import Text
from ransel.protocols.protocol import Event, Place
from ransel.protocols.reading import shown, validate
from ransel.quantities import Concentration, Duration, Mass, Quantity, Rate, Ratio, Volume, parse_number

COURSE_SCHEMA = "ransel/course/1"
PLAN_SCHEMA = "ransel/infusion-plan/1"
MOST_CONTAINERS = 200

Kind = TypeVar("Kind", bound=Quantity)


class _Part(BaseModel):
    """A part of a course that an infusion needs; the other keys of a course are left alone."""

    model_config = ConfigDict(frozen=True, extra="ignore", strict=True, arbitrary_types_allowed=True)


def _instant(value: object) -> datetime:
    if not isinstance(value, str):
        refuse("key.invalid", value=shown(value), expected=Message("expected.instant"))
    try:
        at = datetime.fromisoformat(value)
    except ValueError:
        refuse("key.invalid", value=value, expected=Message("expected.instant"))
    if at.tzinfo is None:
        refuse("instant.no-zone", value=value)
    if not EARLIEST <= at <= LATEST:
        refuse("instant.other-century", value=value)
    return at


def _zone(value: object) -> ZoneInfo:
    try:
        return ZoneInfo(value)  # type: ignore[arg-type]  # whatever a file holds; what is no text raises TypeError
    except (ZoneInfoNotFoundError, ValueError, TypeError, OSError):
        refuse("plan.zone", value=shown(value))


def _number(least: str, most: str) -> BeforeValidator:
    """Return the reader of a plain decimal text between these; a whole number may stand there without quotes."""
    low, high = Fraction(least), Fraction(most)

    def read(value: object) -> Fraction:
        if isinstance(value, bool) or not isinstance(value, str | int):
            refuse("key.invalid", value=shown(value), expected=Message("expected.decimal"))
        number = Fraction(value) if isinstance(value, int) else parse_number(value)
        if not low <= number <= high:
            refuse("plan.out-of-range", value=shown(value), least=least, most=most)
        return number

    return BeforeValidator(read)


Instant = Annotated[datetime, BeforeValidator(_instant)]
Zone = Annotated[ZoneInfo, BeforeValidator(_zone)]
MilliLitres = Annotated[Fraction, _number("0.1", "20000")]
Milligrams = Annotated[Fraction, _number("0.000001", "1000000000")]
MilligramsPerMilliLitre = Annotated[Fraction, _number("0.000001", "100000")]
MilliLitresPerHour = Annotated[Fraction, _number("0.001", "2000")]
Priming = Annotated[Fraction, _number("0", "1000")]
Percent = Annotated[Fraction, _number("0", "90")]
Hours = Annotated[Fraction, _number("0.001", "10000")]


class _Patient(_Part):
    number: Text


class _Protocol(_Part):
    id: Text
    product: Text
    substance: Text


class _Container(_Part):
    index: Annotated[int, Field(ge=1, le=MOST_CONTAINERS)]
    kind: Text
    batch: Text
    concentration_mg_per_mL: MilligramsPerMilliLitre
    volume_mL: MilliLitres
    delivered_mL: MilliLitres
    rate_mL_per_h: MilliLitresPerHour
    start_before: Instant | None = None
    finish_before: Instant | None = None

    @model_validator(mode="after")
    def _delivers_what_it_holds(self) -> Self:
        if self.delivered_mL > self.volume_mL:
            fill = Volume(self.volume_mL, "mL")
            refuse("container.delivers-more-than-it-holds", "delivered_mL", shown(self.delivered_mL), fill=fill)
        return self


class _Visit(_Part):
    kind: Text
    container: Annotated[int, Field(ge=0, le=MOST_CONTAINERS)] | None = None
    place: Place
    earliest: Instant
    planned: Instant
    latest: Instant | None = None


class _Delivery(_Part):
    flow_error_percent: Percent
    ordered_mg: Milligrams
    container_ends_by: Event
    course_ends_by: Event
    priming_mL: Priming
    lost_volume_made_up: bool
    restart_rules_after_h: Hours | None = None


class _Course(_Part):
    schema_: Literal["ransel/course/1", "ransel/infusion-plan/1"] = Field(alias="schema")
    time_zone: Zone
    start: Instant
    end: Instant
    patient: _Patient
    protocol: _Protocol
    containers: Annotated[list[_Container], Field(min_length=1, max_length=MOST_CONTAINERS)]
    visits: Annotated[list[_Visit], Field(max_length=10 * MOST_CONTAINERS)]
    delivery: _Delivery


def read_plan(data: Mapping[str, Any], place: str = "course") -> InfusionPlan:
    """Return the plan in a course as `ransel course --json` prints it, or as `plan_json` wrote it.

    Raises:
        Refused: with everything that is missing or wrong, each at its key, seen from `place`.
    """
    course = validate(_Course, _as_mapping(data, place), place)
    complaints = [*_order(course), *_uses(course)]
    if complaints:
        raise Refused(complaint.at(place) for complaint in complaints)
    return _plan(course)


def _as_mapping(data: object, place: str) -> Mapping[str, Any]:
    if is_too_deep(data):
        refuse("file.too-deep", place, place, most=MOST_NESTED)
    if not isinstance(data, Mapping):
        refuse("key.invalid", place, shown(data), expected=Message("expected.table"))
    return data


def _order(course: _Course) -> list[Refusal]:
    """Return what is wrong with the order of times and numbers of containers."""
    complaints = []
    if course.end <= course.start:
        complaints.append(Refusal("plan.ends-before-it-starts", "end", course.end.isoformat()))
    for place, container in enumerate(course.containers, start=1):
        if container.index != place:
            complaints.append(Refusal("plan.container-number", f"containers.{place - 1}.index", str(container.index)))
    return complaints


def _uses(course: _Course) -> list[Refusal]:
    """Return the containers of which no visit says when they are connected or disconnected."""
    complaints = []
    for place, container in enumerate(course.containers):
        begins, ends = _used(course, container.index)
        if begins is None or ends is None or ends <= begins:
            complaints.append(Refusal("plan.no-visit", f"containers.{place}", str(container.index)))
    return complaints


def _used(course: _Course, index: int) -> tuple[datetime | None, datetime | None]:
    """Return when a container is connected and disconnected as planned."""
    at = {(visit.kind, visit.container): visit.planned for visit in course.visits}
    begins = at.get(("connect", index)) or at.get(("change", index))
    return begins, at.get(("disconnect", index)) or at.get(("change", index + 1))


def _plan(course: _Course) -> InfusionPlan:
    given = course.delivery
    restart = given.restart_rules_after_h
    return InfusionPlan(
        patient=course.patient.number,
        protocol=course.protocol.id,
        product=course.protocol.product,
        substance=course.protocol.substance,
        zone=course.time_zone,
        start=course.start,
        end=course.end,
        ordered=Mass(given.ordered_mg, "mg"),
        containers=tuple(_container(course, one) for one in course.containers),
        visits=tuple(_visit(visit) for visit in course.visits),
        flow_error=Ratio(given.flow_error_percent, "%"),
        priming=Volume(given.priming_mL, "mL"),
        container_ends_by=given.container_ends_by,
        course_ends_by=given.course_ends_by,
        lost_volume_made_up=given.lost_volume_made_up,
        restart_rules_after=None if restart is None else Duration(restart, "h"),
    )


def _container(course: _Course, one: _Container) -> ContainerToGive:
    begins, ends = _used(course, one.index)
    return ContainerToGive(
        index=one.index,
        kind=one.kind,
        batch=one.batch,
        concentration=Concentration(one.concentration_mg_per_mL, "mg/mL"),
        volume=Volume(one.volume_mL, "mL"),
        delivers=Volume(one.delivered_mL, "mL"),
        rate=Rate(one.rate_mL_per_h, "mL/h"),
        connect_at=begins or course.start,
        disconnect_at=ends or course.end,
        start_before=one.start_before,
        finish_before=one.finish_before,
    )


def _visit(visit: _Visit) -> PlannedVisit:
    return PlannedVisit(visit.kind, visit.container or 0, visit.place, visit.earliest, visit.planned, visit.latest)


def plan_json(plan: InfusionPlan) -> dict[str, Any]:
    """Return the plan as plain data, as an event of the course carries it; `read_plan` reads it back."""
    restart = plan.restart_rules_after
    return {
        "schema": PLAN_SCHEMA,
        "time_zone": plan.zone.key,
        "start": _written(plan, plan.start),
        "end": _written(plan, plan.end),
        "patient": {"number": plan.patient},
        "protocol": {"id": plan.protocol, "product": plan.product, "substance": plan.substance},
        "containers": [_container_json(plan, one) for one in plan.containers],
        "visits": [_visit_json(plan, visit) for visit in plan.visits],
        "delivery": {
            "flow_error_percent": plan.flow_error.plain("%"),
            "ordered_mg": plan.ordered.plain("mg"),
            "container_ends_by": plan.container_ends_by,
            "course_ends_by": plan.course_ends_by,
            "priming_mL": plan.priming.plain("mL"),
            "lost_volume_made_up": plan.lost_volume_made_up,
            "restart_rules_after_h": restart.plain("h") if restart else None,
        },
    }


def _container_json(plan: InfusionPlan, one: ContainerToGive) -> dict[str, Any]:
    return {
        "index": one.index,
        "kind": one.kind,
        "batch": one.batch,
        "concentration_mg_per_mL": one.concentration.plain("mg/mL"),
        "volume_mL": one.volume.plain("mL"),
        "delivered_mL": one.delivers.plain("mL"),
        "rate_mL_per_h": one.rate.plain("mL/h"),
        "start_before": _written(plan, one.start_before),
        "finish_before": _written(plan, one.finish_before),
    }


def _visit_json(plan: InfusionPlan, visit: PlannedVisit) -> dict[str, Any]:
    return {
        "kind": visit.kind,
        "container": visit.container or None,
        "place": visit.place,
        "earliest": _written(plan, visit.earliest),
        "planned": _written(plan, visit.planned),
        "latest": _written(plan, visit.latest),
    }


def _written(plan: InfusionPlan, at: datetime | None) -> str | None:
    return None if at is None else at.astimezone(plan.zone).isoformat(timespec="seconds")
