"""`ransel course`: one patient through one course."""

from __future__ import annotations

import json
from datetime import datetime, timedelta
from pathlib import Path

import typer

from ransel.cli.course_text import course_text
from ransel.cli.inputs import Inputs, read_inputs, whole_number
from ransel.compounding import plan_containers
from ransel.language import Message, refuse
from ransel.papers.course_json import course_json
from ransel.planning import PlannedCourse, plan_whole_course, rank_starts
from ransel.prescribing import prescribe

WEEKS_SEARCHED = 8


def carry(
    child: Path, *, protocol: str, number: str, start: str, kind: str, now: str, out: str, as_json: bool, language: str
) -> None:
    """Print the course, and write its papers when a folder is given."""
    inputs = read_inputs(child, protocol, now, language)
    course_number = whole_number(number, "--course")
    begins = inputs.instant(start, "--start") if start else _best_start(inputs, course_number, kind)
    course = plan_whole_course(
        inputs.patient, inputs.protocol, inputs.agenda, course=course_number, now=inputs.now, start=begins, kind=kind
    )
    written = _write(course, Path(out), inputs) if out else []
    if as_json:
        typer.echo(json.dumps(course_json(course, inputs.language), ensure_ascii=False, indent=2))
        return
    typer.echo(course_text(course, inputs.language))
    if written:
        typer.echo("\n" + Message("course.written", {"folder": out}).text(inputs.language))
        typer.echo("\n".join(f"  {path.name}" for path in written))


def _best_start(inputs: Inputs, course_number: int, kind: str) -> datetime:
    """Return the best start of the first week that has one."""
    agenda, protocol = inputs.agenda, inputs.protocol
    today = agenda.local(inputs.now).date()
    order = prescribe(inputs.patient, protocol, course_number, today, today)
    containers = plan_containers(order, kind or protocol.containers.default, agenda.site)
    monday = today - timedelta(days=today.weekday())
    for week in range(WEEKS_SEARCHED):
        best = rank_starts(order, containers, agenda, monday + timedelta(weeks=week), inputs.now)[0]
        if best.plan is not None:
            return best.at
    return refuse("option.no-start-found", "--start", "", weeks=WEEKS_SEARCHED)


def _write(course: PlannedCourse, folder: Path, inputs: Inputs) -> list[Path]:
    from ransel.cli.folder import write_papers

    return write_papers(course, folder, inputs.language, inputs.now)
