"""The files behind a comparison, and the tables of the pages about it, made out of the data that it rests on."""

from __future__ import annotations

import tomllib
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from docs.file_keys import page_of
from docs.markdown import table
from ransel.evidence import Sourced
from ransel.language import Message
from ransel.outcomes.burden_setting import BurdenSetting, burden_setting, burden_settings
from ransel.outcomes.published import PublishedTable, published_tables
from ransel.outcomes.tolerability import Count, TermComparison, Verdict
from ransel.outcomes.tolerability_table import VERDICT_WORDS, compare_published
from ransel.pharmacokinetics.growth import Growth
from ransel.pharmacokinetics.parameter_set import ParameterSet
from ransel.pharmacokinetics.parameter_shelf import ParameterShelf
from ransel.protocols.shelf import sourced_values
from ransel.quantities import Quantity

WORDS: Mapping[str, Mapping[str, str]] = tomllib.loads(
    (Path(__file__).parent / "words" / "comparing.toml").read_text(encoding="utf-8")
)
MODELS = (ParameterSet, Growth, BurdenSetting, PublishedTable)


def parameter_set_page() -> str:
    """Return the keys of a parameter set, then those of the file of synthetic children."""
    shelf = ParameterShelf()
    tables = page_of(ParameterSet, shelf.parameters(), WORDS)
    return f"{tables}\n\n## The children\n\n{_CHILDREN}\n\n{page_of(Growth, shelf.growth, WORDS)}"


def burden_setting_page() -> str:
    """Return the keys of a burden setting."""
    return page_of(BurdenSetting, burden_setting(), WORDS)


def published_table_page() -> str:
    """Return the keys of a published table."""
    return page_of(PublishedTable, published_tables()[0], WORDS)


_CHILDREN = (
    "Who is simulated stands in `children.toml`, beside the parameter sets. A hospital's own file of this name takes "
    "its place as a whole."
)


def parameter_sets() -> str:
    """Return the parameter sets of the package, with the typical values and what each is for."""
    shelf = ParameterShelf()
    rows = [_set_row(shelf.parameters(name)) for name in shelf.ids()]
    return table(("set", "what it is", "for", "never for", "clearance", "volume", "exchange", "second volume"), rows)


def _set_row(one: ParameterSet) -> tuple[str, ...]:
    values = (
        f"{one.unit_shown(name)} ({found.confidence.value})" if (found := one.typical.of(name)) is not None else ""
        for name in ("clearance", "volume", "exchange", "peripheral")
    )  # fmt: skip
    never = ", ".join(f"{barred.product} ({barred.substance})" for barred in one.refuses)
    return f"`{one.id}`", one.title.en, ", ".join(one.for_substances), never, *values


def practices() -> str:
    """Return the practices of the package, each with the numbers in which it differs from the first."""
    base, *others = burden_settings()
    before = dict(_numbers(base))
    rows = [(f"`{base.id}`", base.title.en, "")]
    for one in others:
        changed = [f"`{key}` {text}" for key, text in _numbers(one) if before.get(key) != text]
        rows.append((f"`{one.id}`", one.title.en, "; ".join(changed)))
    return table(("setting", "practice", "what differs"), rows)


def burden_numbers() -> str:
    """Return every number of the base setting with its mark and its reason, for a hospital to go through."""
    rows = [
        (f"`{key}`", _shown(one.value), _ground(one), one.note, "") for key, one in sourced_values(burden_setting())
    ]
    return table(("number", "value", "source, mark", "why this value", "confirmed by, on"), rows)


def _numbers(setting: BurdenSetting) -> Iterator[tuple[str, str]]:
    for key, one in sourced_values(setting):
        yield key, _shown(one.value)


def verdicts() -> str:
    """Return what the first published table shows, term by term, and under how many of the possible counts."""
    compared = compare_published(published_tables()[0])
    first, second = (title.en for title in compared.titles)
    rows = [_verdict_row(term) for term in compared.terms]
    return table(("grade 3 and 4", first, second, "risk ratio", "shown about the second", "holds under"), rows)


def _verdict_row(term: TermComparison) -> tuple[str, ...]:
    ratio = term.risk_ratio
    said = Message(VERDICT_WORDS[term.verdict]).text("en")
    share = dict(term.verdicts)[term.verdict]
    return (
        term.title.en,
        _count(term.first),
        _count(term.second),
        "" if ratio is None else f"{ratio.estimate:.2f} [{ratio.low:.2f}; {ratio.high:.2f}]",
        (f"**{said}**" if term.verdict in {Verdict.FEWER, Verdict.MORE} else said)
        + (", close to the line" if term.borderline else ""),
        "all counts" if share == 1 else f"{100 * share:.0f} % of the counts",
    )


def _count(count: Count | None) -> str:
    if count is None:
        return ""
    events = f"{count.fewest} or {count.most}" if count.most == count.fewest + 1 else f"{count.fewest} to {count.most}"
    return f"{count.events if count.fewest == count.most else events} of {count.children}"


def _ground(sourced: Sourced[Any]) -> str:
    return " ".join(part for part in (sourced.source, sourced.confidence.value) if part)


def _shown(value: object) -> str:
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, float):
        return f"{value:g}"
    if isinstance(value, tuple):
        return ", ".join(map(_shown, value))
    return value.text() if isinstance(value, Quantity) else str(value)


PARTS = {
    "parameter-sets": parameter_sets,
    "practices": practices,
    "burden-numbers": burden_numbers,
    "verdicts": verdicts,
}
