"""The tables inside the pages on what was given, calculated by the ledger's own functions."""

from __future__ import annotations

from fractions import Fraction
from functools import cache

from docs.example_course import course
from docs.markdown import table
from docs.recordings import FAULTS, command, run_inputs
from ransel.cli.run_text import ledger_text
from ransel.cli.simulation import simulated
from ransel.evidence import Sourced
from ransel.infusion import InfusionPlan, read_plan
from ransel.infusion.accounting import accounting
from ransel.infusion.condition import Condition
from ransel.infusion.condition_facts import facts
from ransel.infusion.detection import Detection, detection, observations
from ransel.papers.course_json import course_json
from ransel.pump.people import AT_HOME
from ransel.quantities import Concentration, Duration, Mass, Quantity


@cache
def plan() -> InfusionPlan:
    """Return the plan of the example course."""
    return read_plan(course_json(course()))


def noticed() -> str:
    """Return how soon a tube that is shut is certain to be noticed, at each rate and by each way to look."""
    rows = [_noticed(one) for one in detection(plan())]
    head = ("rate", "way to look", "shut from the start: noticed after", "not given by then", "at worst unnoticed for",
            "not given then")  # fmt: skip
    return table(head, rows)


def _noticed(one: Detection) -> tuple[str, ...]:
    when = "never" if one.noticed is None else _hours(one.noticed)
    missing = f"{one.missing.text('en', 'mL', 0)}, {one.missing_drug.text('en', 'mg', 1)}"
    worst = f"{one.worst_missing.text('en', 'mL', 0)}, {one.worst_missing_drug.text('en', 'mg', 1)}"
    return one.rate.text("en"), one.title.text("en"), when, missing, _hours(one.worst), worst


def looking() -> str:
    """Return the ways to look, with what each is taken to see."""
    rows = [
        (one.title.text("en"), *(_cell(part) for part in (one.first, one.every, one.error)))
        for one in observations().values()
    ]
    return table(("way to look", "first", "then every", "error, either way"), rows)


def assumed() -> str:
    """Return what the ledger assumes where no source gives it."""
    known = accounting()
    plain = [
        (name.replace("_", " "), getattr(known, name))
        for name in type(known).model_fields
        if isinstance(getattr(known, name), Sourced)
    ]
    before = [
        (f"lost before “{facts()[Condition(name)].title.text('en')}”", one) for name, one in known.lost_before.items()
    ]
    rows = [(name, _value(one.value), one.confidence.value, one.note) for name, one in (*plain, *before)]
    return table(("number", "value", "mark", "why this value"), rows)


def people() -> str:
    """Return how soon the people of a simulated course do what."""
    answers = [(f"answers an alarm of priority {priority.value}", one) for priority, one in AT_HOME.answer.items()]
    others = [
        ("notices a pump that is off and silent", AT_HOME.notice),
        ("brings another pump", AT_HOME.spare),
        ("decides about a late restart", AT_HOME.doctor),
        ("tries once more what the pump refused", AT_HOME.again),
        ("switches on, fills the line and connects", AT_HOME.prepare),
    ]
    rows = [(what, _value(one.value), one.confidence.value, one.note) for what, one in (*answers, *others)]
    return table(("somebody", "after", "mark", "why this value"), rows)


def recorded() -> str:
    """Return the recorded courses, each with the command that made it."""
    rows = [
        (f"[`{name}.jsonl`](../../examples/recordings/{name}.jsonl)", f"`{fault}`", f"`{command(name)}`")
        for name, fault in FAULTS.items()
    ]
    return table(("recording", "what went wrong", "made by"), rows)


def _cell(sourced: Sourced[Duration] | Sourced[Quantity] | None) -> str:  # type: ignore[type-arg]
    return "" if sourced is None else f"{_value(sourced.value)} ({sourced.confidence.value}: {sourced.note})"


def _value(value: object) -> str:
    if isinstance(value, Duration):
        return value.text("en", "min" if value < Duration("1 h") else "h")
    if isinstance(value, Concentration):
        return value.text("en", "g/mL")
    if isinstance(value, Mass):
        return value.text("en", "g")
    return value.text() if isinstance(value, Quantity) else str(value)


def _hours(duration: Duration) -> str:
    return duration.text("en", "h", 0 if duration.magnitude == Fraction(int(duration.magnitude)) else 1)


def example_account() -> str:
    """Return the account of the recorded course with a blocked line, as the command prints it."""
    done = simulated(run_inputs("occlusion"))
    return f"```text\n{ledger_text(done.ledger, 'en')}\n```"


PARTS = {
    "example-account": example_account,
    "noticed": noticed,
    "looking": looking,
    "ledger-assumptions": assumed,
    "people": people,
    "recordings": recorded,
}
