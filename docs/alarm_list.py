"""Every alarm condition, read from the file that describes them and from the drug library."""

from __future__ import annotations

from collections.abc import Iterable

from docs.markdown import anchor, table
from ransel.infusion.condition import Condition, Priority, Reaction
from ransel.infusion.condition_facts import ConditionFacts, facts
from ransel.pump.drug_library import DrugLibrary
from ransel.pump.drug_row import DrugRow
from ransel.pump.priority import Ground

REACTIONS = {Reaction.STOP: "stop", Reaction.KVO: "keep open", Reaction.CONTINUE: "go on"}


def page() -> str:
    """Return an overview, then a section for every condition."""
    return "\n\n".join((_overview(), *(_section(condition, each) for condition, each in facts().items())))


def _overview() -> str:
    rows = [
        (
            f"[`{condition.value}`](#{anchor(condition.value)})",
            each.title.text("en"),
            each.title.text("nl"),
            REACTIONS[each.reaction],
            "yes" if each.latching else "no",
            "" if each.gpca is None else str(each.gpca),
            ", ".join(each.fda),
        )
        for condition, each in facts().items()
    ]
    head = ("condition", "title", "in Dutch", "the delivery", "to be acknowledged", "GPCA", "FDA reason")
    return "## All conditions\n\n" + table(head, rows)


def _section(condition: Condition, each: ConditionFacts) -> str:
    onset = f"{each.onset.value}: {each.onset_because.text('en')}"
    rows = [
        ("what to do", each.do.text("en")),
        ("in Dutch", each.do.text("nl")),
        ("effect on the child", each.effect.value),
        ("how soon it begins", onset),
        ("the delivery", "; ".join((REACTIONS[each.reaction], *_otherwise(condition, each)))),
    ]
    if each.published.differs is not None:
        rows.append(("why not as others do", each.published.differs.text("en")))
    if each.raised_by == "ledger":
        rows.append(("raised by", "the ledger, never by a pump"))
    if each.hardware:
        rows.append(("modelled", "only hardware could prove it; here it is the result of an injected fault"))
    rows += _priorities(condition)
    title = each.title.text("en")
    return f"## {condition.value}\n\n**{title}**\n\n{table(('', ''), rows)}"


def _otherwise(condition: Condition, each: ConditionFacts) -> Iterable[str]:
    """Return the rows of the drug library in which this condition does something else to the delivery."""
    found: dict[Reaction, list[str]] = {}
    for row in DrugLibrary.load().rows:
        if row.reactions[condition] is not each.reaction:
            found.setdefault(row.reactions[condition], []).append(f"`{row.id}`")
    return (f"{REACTIONS[reaction]} for {', '.join(rows)}" for reaction, rows in found.items())


def _priorities(condition: Condition) -> list[tuple[str, str]]:
    """Return each priority with the medicines that have it, and why."""
    found: dict[tuple[Priority, str], dict[str, list[DrugRow]]] = {}
    for row in DrugLibrary.load().rows:
        key = row.priorities[condition], row.reasons[condition]
        found.setdefault(key, {}).setdefault(row.product, []).append(row)
    order = sorted(found, key=lambda key: (list(Priority).index(key[0]), key[1]))
    return [
        (f"**{priority.value}** for {_medicines(found[priority, code])}", Ground.read(code).reason.text("en"))
        for priority, code in order
    ]


def _medicines(rows: dict[str, list[DrugRow]]) -> str:
    """Return the medicines; where only some of the rows of one are meant, these rows."""
    every = DrugLibrary.load().rows
    return ", ".join(
        product if len(found) == sum(row.product == product for row in every) else
        f"{product} ({', '.join(f'`{row.id}`' for row in found)})"
        for product, found in rows.items()
    )  # fmt: skip
