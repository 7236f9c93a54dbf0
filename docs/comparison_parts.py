"""The files behind a comparison, and the tables of the pages about it, made out of the data that it rests on."""

from __future__ import annotations

import tomllib
from collections.abc import Iterator, Mapping
from datetime import UTC, datetime
from functools import cache
from pathlib import Path
from typing import Any

from docs.file_keys import page_of
from docs.markdown import table
from ransel.cli.compare_text import comparison_text
from ransel.evidence import Sourced
from ransel.language import Message
from ransel.outcomes.burden_setting import BurdenSetting, burden_setting, burden_settings
from ransel.outcomes.comparing import NEW, OLD, Question, compare
from ransel.outcomes.comparison import Comparison
from ransel.outcomes.interval import Spread
from ransel.outcomes.published import PublishedTable, published_tables
from ransel.outcomes.tolerability import Count, TermComparison, Verdict
from ransel.outcomes.tolerability_table import VERDICT_WORDS
from ransel.pharmacokinetics.parameters.parameter_set import ParameterSet
from ransel.pharmacokinetics.parameters.parameter_shelf import ParameterShelf
from ransel.pharmacokinetics.population.growth import Growth
from ransel.protocols import Library
from ransel.protocols.shelf import sourced_values
from ransel.quantities import Quantity

WORDS: Mapping[str, Mapping[str, str]] = tomllib.loads(
    (Path(__file__).parent / "words" / "comparing.toml").read_text(encoding="utf-8")
)
CHILDREN, SEED = 10_000, 1
"""As many as the command takes, and the same ones."""
MADE = datetime(2027, 2, 2, 9, tzinfo=UTC)
MODELS = (ParameterSet, Growth, BurdenSetting, PublishedTable)


def parameter_set_page() -> str:
    """Return the keys of a parameter set, then those of the file of synthetic children."""
    shelf = ParameterShelf()
    example = shelf.parameters().model_copy(update={"typical": None})  # their units are told in words
    tables = page_of(ParameterSet, example, WORDS)
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
    compared = _compared().tolerability[0]
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


def what_holds() -> str:
    """Return what a comparison says first: of each claim what holds, as the command prints it."""
    lines = comparison_text(_compared(), "en").partition("\n\n")[0]
    return f"```text\n{lines}\n```"


def exposure() -> str:
    """Return the exposure of the same simulated children in both regimens."""
    compared = _compared().exposure
    rows = [
        (
            Message(f"exposure-measure.{one.id}").text("en"),
            one.unit,
            _spread(one.first),
            _spread(one.second),
            f"{one.ratio.estimate:.2f}",
            f"{one.of_children.p5:.2f} to {one.of_children.p95:.2f}",
        )
        for one in compared.measures
    ]
    head = ("measure", "unit", "five days of 8 hours", "ten days of 24 hours", "new / old", "in 90 % of children")
    return table(head, rows)


def observed() -> str:
    """Return what was observed in patients, as it is recalled."""
    rows = [
        (
            Message(f"exposure-measure.{one.measure}").text("en"),
            one.unit,
            *(
                "" if mean is None else f"{mean:g} ± {deviation:g}"
                for mean, deviation in ((one.first, one.first_deviation), (one.second, one.second_deviation))
            ),
            f"{one.source} {one.confidence.value}",
        )
        for one in _compared().exposure.recalled
    ]
    return table(("measure", "unit", "five days of 8 hours", "ten days of 24 hours", "source, mark"), rows)


def other_assumptions() -> str:
    """Return the ratio of each measure under the other assumptions that are tried."""
    compared = _compared().exposure
    cases = [("as above", compared.measures)]
    cases += [(name.text("en").partition(" (")[0], measures) for name, measures in compared.sensitivity]
    head = ("new / old", *(Message(f"exposure-measure.{one.id}").text("en") for one in compared.measures))
    return table(head, [(name, *(f"{one.ratio.estimate:.2f}" for one in measures)) for name, measures in cases])


def asked() -> str:
    """Return what all courses together ask of one child under each practice: the mean, and 5 to 95 % of families."""
    found = [one for one in _compared().burden if not one.own]
    by_practice = [(one.setting, {figure.id: figure for figure in one.figures}) for one in found]
    kinds = [figure.id for figure in found[0].figures]
    rows = [
        (
            Message(f"burden-kind.{kind}").text("en"),
            _total(by_practice[0][1][kind].first_total),
            *(_total(figures[kind].second_total) for _, figures in by_practice),
        )
        for kind in kinds
    ]
    head = ("all courses of one child", "five days of 8 hours", *(f"ten days: `{name}`" for name, _ in by_practice))
    return table(head, rows)


@cache
def _compared() -> Comparison:
    library = Library()
    protocols = library.protocol(OLD), library.protocol(NEW)
    parameters = ParameterShelf(library).for_protocol(protocols[1])
    return compare(Question(protocols=protocols, parameters=parameters, children=CHILDREN, seed=SEED), MADE)


def _spread(one: Spread) -> str:
    return f"{_three(one.p50)} ({_three(one.p5)} to {_three(one.p95)})"


def _total(total: tuple[float, float, float] | None) -> str:
    if total is None:
        return "not known"
    low, mean, high = total
    return f"{_three(mean)} ({_three(low)} to {_three(high)})"


def _three(value: float) -> str:
    """Return a number with three digits that count, never as a power of ten."""
    return f"{float(f'{value:.3g}'):.6g}"


PARTS = {
    "what-holds": what_holds,
    "exposure": exposure,
    "observed": observed,
    "other-assumptions": other_assumptions,
    "asked": asked,
    "parameter-sets": parameter_sets,
    "practices": practices,
    "burden-numbers": burden_numbers,
    "verdicts": verdicts,
}
