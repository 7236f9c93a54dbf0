"""An infusion in words, for a terminal: what happened, what was given, what has to move."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime

from ransel.cli.table import columns
from ransel.infusion import Ledger
from ransel.infusion.detection import Detection, detection
from ransel.infusion.reconciliation import reconcile
from ransel.language import Language, Message, Moment
from ransel.pump.story import Line
from ransel.quantities import Shown, Volume


def run_text(ledger: Ledger, story: tuple[Line, ...], language: Language) -> str:
    """Return the story of a run, and the account of it."""
    told = [(_moment(ledger, line.at, language), line.what.text(language)) for line in story]
    return "\n\n".join(part for part in (columns(told), ledger_text(ledger, language)) if part)


def ledger_text(ledger: Ledger, language: Language) -> str:
    """Return the account of an infusion."""
    return "\n".join(_lines(ledger, language))


def checks_text(ledger: Ledger, stroke: Volume | None, language: Language) -> str:
    """Return how the account agrees with itself, and how soon it would be noticed that nothing flows."""
    lines = [
        Message("ledger.agrees", {"container": one.index, "meaning": meaning}).text(language)
        for one in reconcile(ledger, stroke)
        for meaning in one.meanings
    ]
    rates = tuple(dict.fromkeys(container.rate for container in ledger.plan.containers))
    seen = [(one.title.text(language), _noticed(one, language)) for one in detection(ledger.plan, rates)]
    head = Message("ledger.noticed", {"rate": Shown(rates[0], "mL/h", 2)}).text(language)
    return "\n".join([*lines, head, columns(seen)])


def _noticed(one: Detection, language: Language) -> str:
    values = {"missing": Shown(one.missing_drug, "mg", 1), "gained": Shown(one.gained, "h", 0)}
    if one.noticed is None:
        return Message("ledger.not-noticed", values).text(language)
    return Message("ledger.noticed-after", {**values, "after": Shown(one.noticed, "h", 0)}).text(language)


def _lines(ledger: Ledger, language: Language) -> Iterator[str]:
    given, plan = ledger.given, ledger.plan
    yield Message(
        "ledger.given",
        {
            "given": Shown(given.exact, "mg", 2), "low": Shown(given.low, "mg", 2), "high": Shown(given.high, "mg", 2),
            "ordered": Shown(plan.ordered, "mg", 2),
        },
    ).text(language)  # fmt: skip
    for container in ledger.containers:
        values = {
            "container": container.index, "counted": Shown(container.counted, "mL", 1),
            "given": Shown(container.drug.exact, "mg", 2), "residue": Shown(container.residue, "mL", 1),
            "by": Message(f"ledger.rests-on.{container.rests_on.value}"),
        }  # fmt: skip
        yield Message("ledger.container", values).text(language)
        if container.slack is not None and container.finish_before is not None:
            until = _moment(ledger, container.finish_before, language)
            yield Message("ledger.clock", {"slack": Shown(container.slack, "h", 1), "until": until}).text(language)
    for stop in ledger.interruptions:
        yield Message(
            "ledger.stop", {"at": _moment(ledger, stop.begins, language), "lasted": Shown(stop.duration, "h", 2),
                            "cause": Message(f"ledger.cause.{stop.cause.value}")},
        ).text(language)  # fmt: skip
    end = _moment(ledger, ledger.end, language)
    yield Message("ledger.ended" if ledger.over else "ledger.ends", {"end": end}).text(language)
    for proposal in ledger.proposals:
        yield "→ " + proposal.message.text(language)
    for flag in ledger.flags:
        yield "! " + flag.text(language)


def _moment(ledger: Ledger, at: datetime, language: Language) -> str:
    return Moment(at.astimezone(ledger.plan.zone)).text(language)
