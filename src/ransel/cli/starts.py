"""`ransel starts`: which starts of a week are possible, and which is best."""

from __future__ import annotations

import json
from pathlib import Path

import typer

from ransel.cli.inputs import monday_of, read_inputs, whole_number
from ransel.cli.table import columns
from ransel.compounding import plan_containers
from ransel.language import Language, Message, Moment
from ransel.planning import Agenda, Start, rank_starts
from ransel.prescribing import prescribe


def show_starts(
    child: Path, *, week: str, protocol: str, number: str, kind: str, now: str, as_json: bool, language: str
) -> None:
    """Print every half hour of a week: ranked when it is possible, with the obstacle when it is not."""
    inputs = read_inputs(child, protocol, now, language)
    monday = monday_of(week, "--week")
    agenda, today = inputs.agenda, inputs.agenda.local(inputs.now).date()
    order = prescribe(inputs.patient, inputs.protocol, whole_number(number, "--course"), today, max(monday, today))
    containers = plan_containers(order, kind or inputs.protocol.containers.default, agenda.site)
    found = rank_starts(order, containers, agenda, monday, inputs.now)
    if as_json:
        rows = [_as_json(one, agenda, inputs.language) for one in found]
        typer.echo(json.dumps(rows, ensure_ascii=False, indent=2))
        return
    typer.echo(_as_text(found, agenda, inputs.language))


def _as_json(one: Start, agenda: Agenda, language: Language) -> dict[str, object]:
    return {
        "start": agenda.local(one.at).isoformat(timespec="seconds"),
        "accepted": one.plan is not None,
        "rank": one.rank,
        "reasons": [reason.text(language) for reason in one.reasons],
    }


def _as_text(found: tuple[Start, ...], agenda: Agenda, language: Language) -> str:
    possible = [one for one in found if one.plan is not None]
    others = [one for one in found if one.plan is None]
    head = Message("starts.possible", {"count": len(possible)}).text(language)
    parts = [head, columns(_row(one, agenda, language) for one in possible)]
    if others:
        parts += ["", Message("starts.not-possible").text(language)]
        parts += [columns(_row(one, agenda, language) for one in others)]
    return "\n".join(parts)


def _row(one: Start, agenda: Agenda, language: Language) -> tuple[str, str, str]:
    when = Moment(agenda.local(one.at)).text(language)
    return str(one.rank or "-"), when, "; ".join(reason.text(language) for reason in one.reasons)
