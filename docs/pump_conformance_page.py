"""The page on the pump's requirements, made of the data of its conformance: `python -m docs.pump_conformance_page`."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable
from importlib.util import find_spec
from pathlib import Path

from docs.markdown import table, with_parts
from ransel.infusion.condition_facts import Published, facts
from ransel.pump.conformance.checks import Deviation, checks, deviations
from ransel.pump.conformance.contradictions import contradictions
from ransel.pump.conformance.sources import items, sets
from ransel.pump.conformance.tracing import Coding, Departure, Requirement, requirements
from ransel.pump.drug_library import DrugLibrary
from ransel.pump.drug_row import DrugRow

HERE = Path(__file__).parent
PAGE = HERE / "explanation" / "pump-requirements.md"
WORDS = HERE / "words" / "pump-requirements.md"
MADE = (
    "<!-- Made out of docs/words/pump-requirements.md and src/ransel/pump/conformance/. Changes by hand are lost. -->"
)
CODINGS = {
    Coding.APPLIES: "applies to a continuous ambulatory pump, and a simulator can show it",
    Coding.GATEWAY: "applies to the gateway, the network or the viewing side",
    Coding.BOLUS_ONLY: "applies to a bolus only; this pump gives none",
    Coding.HARDWARE_ONLY: "hardware, attested by the maker of a pump",
    Coding.NOT_APPLICABLE: "does not apply, or was refused for use at home",
}
DEPARTURES = {
    Departure.UNSAFE: "unsafe or without meaning for a child on a continuous drug at home",
    Departure.PROMISE: "promised by no maker whose figures were found",
    Departure.COARSE: "too coarse to enter what has to be entered; not marked when the texts were first read",
}
REACTIONS = {"stop": "stop", "kvo": "keep open", "continue": "go on"}
LEFT_OUT = (Coding.BOLUS_ONLY, Coding.HARDWARE_ONLY, Coding.NOT_APPLICABLE)
_MARKER = re.compile(r"<!-- (made by: [a-z-]+|end) -->\n+")


def page() -> str:
    """Return the whole page."""
    filled = with_parts(WORDS.read_text(encoding="utf-8"), PARTS)
    title, _, rest = _MARKER.sub("", filled).partition("\n")
    return f"{title}\n\n{MADE}\n{rest}"


def published_sets() -> str:
    """Return the published texts, how much of each was read and what was not."""
    rows = [
        (f"{one.id} ({one.notation})", f"[{one.title}]({one.address}); {one.by}", one.seen, one.not_read)
        for one in sets()
    ]
    return table(("text", "what it is", "what was read", "what was not"), rows)


def named_items() -> str:
    """Return the conditions, recalls and names that checks use beside coded requirements."""
    named = {item.notation: item for item in items().values()}
    return table(
        ("id", "what it is", "checks"),
        [(one.notation, one.title, _naming({one.notation, *one.also})) for one in named.values()],
    )


def coding() -> str:
    """Return how many requirements of each text carry which letter."""
    counts = Counter((one.set, one.coding) for one in requirements())
    coded = [one.id for one in sets() if one.coded]
    rows = [
        (letter.value, means, *(str(counts[name, letter]) for name in coded), str(_total(letter)))
        for letter, means in CODINGS.items()
    ]
    applying = [sum(counts[name, letter] for letter in Coding if letter.applies) for name in coded]
    sums = [sum(counts[name, letter] for letter in Coding) for name in coded]
    rows.append(("A and G", "**apply**", *map(str, applying), f"**{sum(applying)}**"))
    rows.append(("all", "", *map(str, sums), str(sum(sums))))
    return table(("", "meaning", *coded, "both"), rows)


def not_applied() -> str:
    """Return the ids of every requirement that no check names, by text and letter."""
    rows = [
        (one.id, letter.value, _ids(each for each in requirements() if (each.set, each.coding) == (one.id, letter)))
        for one in sets()
        if one.coded
        for letter in LEFT_OUT
    ]
    return table(("text", "coded", "not applied"), rows)


def topics() -> str:
    """Return how many requirements of each topic apply, and how many checks there are."""
    coded = [one.id for one in sets() if one.coded]
    applying = [one for one in requirements() if one.coding.applies]
    counts = Counter((one.topic, one.set) for one in applying)
    numbers = Counter(one.topic for one in checks())
    rows = [
        (one.topic_words.text(), *(str(counts[one.topic, name]) for name in coded), str(numbers[one.topic]))
        for one in {one.topic: one for one in checks()}.values()
    ]
    sums = [str(sum(one.set == name for one in applying)) for name in coded]
    rows.append(("**all**", *sums, str(len(checks()))))
    return table(("topic", *coded, "checks"), rows)


def deviating() -> str:
    """Return every published value that is not ours."""
    shown = {each.requirement: one.id for one in checks() for each in one.deviations}
    return table(
        ("requirement", "published", "ours", "reason", "check"),
        [(*_deviation(each), shown.get(each.requirement, "none")) for each in deviations()],
    )


def departures() -> str:
    """Return how many published values are not ours, by the reason."""
    counts = Counter(one.deviation for one in requirements())
    return table(("values", "why they are not ours"), [(str(counts[why]), means) for why, means in DEPARTURES.items()])


def rows() -> str:
    """Return what the rows of the drug library at home say where the texts say something else or leave it open."""
    at_home = [row for row in DrugLibrary.load().rows if row.care_area == "home"]
    said = {(row.product, row.patient_type, *_values(row)): None for row in at_home}
    head = ("medicine", "for", "keep open", "bubble", "air within", "low reservoir", "pause", "pressure below, above",
            "after an occlusion", "restart rules after")  # fmt: skip
    return table(head, list(said))


def _values(row: DrugRow) -> tuple[str, ...]:
    return (
        f"{row.kvo_nL_per_h / 1e6:g} mL/h",
        f"{row.bubble_nL / 1e3:g} µL",
        f"{row.air_window_nL / 1e3:g} µL in {row.air_window_ms / 3_600_000:g} h",
        " and ".join(f"{ms / 3_600_000:g} h" for ms in row.low_ms) + f" before, {row.low_nL / 1e6:g} mL",
        f"{row.pause_ms / 60_000:g} min",
        f"{row.occlusion_mmHg}, {row.upstream_mmHg} mmHg",
        f"{row.bolus_most_nL / 1e6:g} mL, {row.bolus_percent} % of an hour",
        "none" if row.restart_ms is None else f"{row.restart_ms / 3_600_000:g} h",
    )


def conditions() -> str:
    """Return what each condition does to the infusion, beside what the published models do."""
    found = [
        (each.title.text(), REACTIONS[each.reaction.value], *_published(each.published))
        for each in facts().values()
        if each.published.gpca_level or each.published.open_pca_reaction
    ]
    return table(("condition", "ours", "GPCA level", "Open PCA", "why ours is another one"), found)


def _published(others: Published) -> tuple[str, str, str]:
    level = "" if others.gpca_level is None else str(others.gpca_level)
    reaction = REACTIONS[others.open_pca_reaction.value] if others.open_pca_reaction else ""
    priority = others.open_pca_priority.value if others.open_pca_priority else ""
    return level, ", ".join(filter(None, (reaction, priority))), others.differs.text() if others.differs else ""


def _deviation(each: Deviation) -> tuple[str, ...]:
    return each.requirement, each.published.text(), each.ours.text(), each.reason.text()


def disagreements() -> str:
    """Return every contradiction, and what was chosen."""
    rows = [
        (one.id, one.kind, f"**{one.title.text()}.** {one.says}", f"{one.chose} {one.why}", " ".join(one.checks))
        for one in contradictions()
    ]
    return table(("", "kind", "what the texts say", "what we chose, and why", "shown by"), rows)


def modelled() -> str:
    """Return the checks in which hardware is an injected fault."""
    rows = [(one.id, one.title.text(), one.modelled.text()) for one in checks() if one.modelled]
    return table(("check", "", "what is modelled"), rows)


def awaiting() -> str:
    """Return the checks of which another part of Ransel shows the rest, and whether it does."""
    rows = [
        (one.id, one.title.text(), one.awaits.room, one.awaits.shown.text(), one.awaits.remains.text(),
         "yes" if _has_come(one.awaits.room) else "not yet")
        for one in checks()
        if one.awaits
    ]  # fmt: skip
    return table(("check", "", "by", "shown by the pump", "the rest", "shown"), rows)


def _has_come(room: str) -> bool:
    """Whether a room is there and shows what remained of the checks that named it."""
    try:
        return find_spec(f"ransel.{room}.conformance") is not None
    except ModuleNotFoundError:
        return False


def all_checks() -> str:
    """Return all checks with what is done, what is expected and where it comes from."""
    rows = [
        (one.id, f"**{one.title.text()}.** {one.stimulus.text()} {one.expects.text()}", " ".join(one.sources))
        for one in checks()
    ]
    return table(("check", "what is done and expected", "sources"), rows)


def _naming(notations: set[str]) -> str:
    return " ".join(one.id for one in checks() if notations & set(one.sources))


def _total(letter: Coding) -> int:
    return sum(one.coding is letter for one in requirements())


def _ids(found: Iterable[Requirement]) -> str:
    return ", ".join(one.id for one in found).replace("*", "\\*")


PARTS = {
    "sets": published_sets,
    "items": named_items,
    "coding": coding,
    "not-applied": not_applied,
    "topics": topics,
    "departures": departures,
    "deviations": deviating,
    "rows": rows,
    "conditions": conditions,
    "contradictions": disagreements,
    "modelled": modelled,
    "awaits": awaiting,
    "checks": all_checks,
}

if __name__ == "__main__":
    PAGE.write_text(page(), encoding="utf-8")
    print(PAGE.relative_to(HERE.parent))
