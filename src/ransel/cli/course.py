"""`ransel course`: one patient through one course."""

from __future__ import annotations

from datetime import datetime, timedelta
from pathlib import Path

from ransel.cli.course_text import course_text
from ransel.cli.inputs import Inputs
from ransel.cli.output import show, show_data
from ransel.compounding import plan_containers
from ransel.language import Message, refuse
from ransel.planning import PlannedCourse, plan_whole_course, rank_starts

WEEKS_SEARCHED = 8
GIVEN = ("language", "patient", "protocol", "now", "course_number", "start", "kind", "out")
"""What is read and checked before a course is planned."""


def carry(inputs: Inputs, *, as_json: bool) -> None:
    """Print the course, and write its papers when a folder is given."""
    inputs.check(*GIVEN)
    course = planned_course(inputs)
    written = _write(course, inputs.out, inputs) if inputs.out else []
    if as_json:
        from ransel.papers.course_json import course_json

        show_data(course_json(course, inputs.language))
        return
    show(course_text(course, inputs.language))
    if written:
        show("\n" + Message("course.written", {"folder": inputs.out}).text(inputs.language))
        show("\n".join(f"  {path.name}" for path in written))


def planned_course(inputs: Inputs) -> PlannedCourse:
    """Return the course that was asked for, at its best start when none was given.

    Raises:
        Refused: with what stands in the way.
    """
    begins = inputs.start or _best_start(inputs)
    inputs.order(inputs.course_number, inputs.agenda.local(begins).date())
    with inputs.where_it_was_written():
        return plan_whole_course(
            inputs.patient, inputs.protocol, inputs.agenda,
            course=inputs.course_number, now=inputs.now, start=begins, kind=inputs.kind,
        )  # fmt: skip


def _best_start(inputs: Inputs) -> datetime:
    """Return the best start of the first week that has one."""
    agenda, today = inputs.agenda, inputs.today
    order = inputs.order(inputs.course_number, today)
    with inputs.where_it_was_written():
        containers = plan_containers(order, inputs.kind, agenda.site)
    monday = today - timedelta(days=today.weekday())
    for week in range(WEEKS_SEARCHED):
        best = rank_starts(order, containers, agenda, monday + timedelta(weeks=week), inputs.now)[0]
        if best.plan is not None:
            return best.at
    return refuse("option.no-start-found", "--start", "", weeks=WEEKS_SEARCHED)


def _write(course: PlannedCourse, folder: Path, inputs: Inputs) -> list[Path]:
    from ransel.cli.folder import write_papers

    return write_papers(course, folder, inputs.language, inputs.now)
