"""The child of the examples, and how long planning a course for them takes."""

from __future__ import annotations

import datetime as dt
import statistics
import sys
from pathlib import Path

from benchmarks.measuring import ROUNDS, Figure, measure, seconds_inside, seconds_of
from ransel.planning import Agenda, PlannedCourse, plan_course, plan_whole_course, rank_starts
from ransel.prescribing import Patient
from ransel.protocols import DEFAULT_PROTOCOL, Library, read_toml, validate

CHILD = Path(__file__).parents[1] / "examples" / "noor.toml"
RANSEL = Path(sys.executable).with_name("ransel")

AGENDA = Agenda(Library().site)
NOW = dt.datetime(2027, 2, 2, 9, tzinfo=AGENDA.zone)
START = dt.datetime(2027, 2, 5, 14, tzinfo=AGENDA.zone)
MONDAY = dt.date(2027, 2, 1)


def whole_course() -> PlannedCourse:
    """Return the course of the child of the examples."""
    patient = validate(Patient, read_toml(CHILD), "noor")
    protocol = Library().protocol(DEFAULT_PROTOCOL)
    return plan_whole_course(patient, protocol, AGENDA, course=1, now=NOW, start=START)


def figures() -> list[Figure]:
    """Measure planning."""
    command = [str(RANSEL), "course", str(CHILD), "--now", "2027-02-02T09:00", "--start", "2027-02-05T14:00", "--json"]
    bare = statistics.median(
        seconds_of([sys.executable, "-c", "import typer, pydantic, holidays"]) for _ in range(ROUNDS)
    )
    patient = validate(Patient, read_toml(CHILD), "noor")
    protocol = Library().protocol(DEFAULT_PROTOCOL)

    def whole() -> object:
        return plan_whole_course(patient, protocol, AGENDA, course=1, now=NOW, start=START)

    course = whole_course()
    order, containers = course.order, course.containers
    return [
        measure(
            "`ransel course --json`, whole process", "s", lambda: seconds_of(command),
            lambda median: f"{median:.2f} of the limit of 1 s; {median / bare:.1f} x a process that only imports",
        ),
        measure(
            "planning one course", "ms",
            lambda: 1e3 * seconds_inside(lambda: plan_course(order, containers, AGENDA, START, NOW), 20),
            lambda median: f"{median / 20:.2f} of the limit of 20 ms",
        ),
        measure(
            "one course from prescription to last visit", "courses/s", lambda: 1 / seconds_inside(whole, 10),
            lambda median: f"{median / 50:.1f} x the 50 a second that 20 ms allow",
        ),
        measure(
            "ranking the starts of a week (126 half hours)", "ms",
            lambda: 1e3 * seconds_inside(lambda: rank_starts(order, containers, AGENDA, MONDAY, NOW)),
            lambda median: f"{median / 1000:.2f} of 1 s",
        ),
    ]  # fmt: skip
