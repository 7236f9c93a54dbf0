"""`ransel starts`: which starts of a week are possible, and which is best."""

from __future__ import annotations

from ransel.cli.inputs import Inputs
from ransel.cli.output import show, show_data
from ransel.cli.table import columns
from ransel.compounding import plan_containers
from ransel.language import Language, Message, Moment
from ransel.planning import Agenda, Start, rank_starts


def show_starts(inputs: Inputs, *, as_json: bool) -> None:
    """Print every half hour of a week: ranked when it is possible, with the obstacle when it is not."""
    inputs.check("language", "patient", "protocol", "now", "course_number", "monday", "kind")
    agenda = inputs.agenda
    order = inputs.order(inputs.course_number, max(inputs.monday, inputs.today))
    with inputs.where_it_was_written():
        containers = plan_containers(order, inputs.kind, agenda.site)
    found = rank_starts(order, containers, agenda, inputs.monday, inputs.now)
    if as_json:
        show_data([_as_json(one, agenda, inputs.language) for one in found])
    else:
        show(_as_text(found, agenda, inputs.language))


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
