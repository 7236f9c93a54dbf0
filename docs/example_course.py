"""The course that the pages explain: the example child, at a fixed present, connected on a Friday at two."""

from __future__ import annotations

from datetime import date, datetime, time
from functools import cache
from pathlib import Path

from ransel.planning import Agenda, Delivery, PlannedCourse, delivery, plan_whole_course
from ransel.planning.delivery import supplies_of
from ransel.prescribing import Patient
from ransel.protocols import DEFAULT_PROTOCOL, Library, Pump, read_toml, validate
from ransel.quantities import Duration, Mass, Volume

ROOT = Path(__file__).parents[1]
NOW, START = (date(2027, 2, 2), time(9)), (date(2027, 2, 5), time(14))
LIBRARY = Library()


def patient(**changes: object) -> Patient:
    """Return the example child, with changes such as `choice`."""
    return validate(Patient, {**read_toml(ROOT / "examples" / "noor.toml"), **changes}, "noor.toml")


@cache
def course(protocol: str = DEFAULT_PROTOCOL, kind: str = "", start: tuple[date, time] = START) -> PlannedCourse:
    """Return the example child's first course."""
    return course_of(patient(), protocol, kind, start)


def course_of(
    who: Patient, protocol: str, kind: str = "", start: tuple[date, time] = START, number: int = 1
) -> PlannedCourse:
    """Return the course of a patient, planned at the fixed present."""
    agenda = Agenda(LIBRARY.site)
    return plan_whole_course(
        who, LIBRARY.protocol(protocol), agenda, course=number, now=agenda.at(*NOW), start=agenda.at(*start), kind=kind
    )


def pump() -> Pump:
    """Return the pump of the example course."""
    made = course()
    return made.order.protocol.pumps[made.containers.option.pump]


def usable() -> Volume:
    """Return what a container gives after priming."""
    return course().containers.option.fill.value - pump().priming.value


def hours(at: datetime) -> Duration:
    """Return the hours from connecting to an instant."""
    return Duration.between(course().plan.start, at)


def changed_at(change: Duration) -> Delivery:
    """Return what the example course gives when its cassette is changed at this hour."""
    made = course()
    supplies = supplies_of(made.containers, pump(), _edges(change))
    ends_by = made.order.protocol.handling.course_ends_by
    return delivery(supplies, pump().flow_error.value, Mass(made.order.course_dose.value), ends_by)


def _edges(change: Duration) -> tuple[tuple[Duration, Duration], tuple[Duration, Duration]]:
    end = Duration.between(course().plan.start, course().plan.end)
    return (Duration("0 h"), change), (change, end)
