"""The table of conformance as lines of text and as JSON; it is made of the results of a run and of nothing else."""

from __future__ import annotations

import textwrap
from collections import Counter
from collections.abc import Iterator, Sequence
from typing import Any

from ransel.language import LANGUAGES, Joined, Language, Message, translate
from ransel.pump.conformance.checks import Check, Deviation, check_of
from ransel.pump.conformance.contradictions import Contradiction, contradictions
from ransel.pump.conformance.tracing import Coverage, coverage, coverage_by_topic
from ransel.pump.conformance.verdict import CheckResult, Verdict

SCHEMA = "ransel/conformance/1"
INDENT = " " * 5


def verdict_words(verdict: Verdict) -> Message:
    """Return a verdict as people read it."""
    return Message(f"conformance.verdict.{verdict.value}")


def table_lines(results: Sequence[CheckResult], language: Language = "en", width: int = 120) -> Iterator[str]:
    """Return the whole table: for each check its verdict, topic, title and sources, and what else there is to say."""
    for result in results:
        yield from result_lines(result, language, width)
    yield ""
    yield from summary_lines(results, language)


def result_lines(result: CheckResult, language: Language = "en", width: int = 120) -> Iterator[str]:
    """Return one check of the table."""
    one = check_of(result.check_id)
    verdict = f"{verdict_words(result.verdict).text(language):<9}"
    yield f"{one.id}  {verdict} {one.topic_words.text(language)}: {one.title.text(language)}"
    yield from _wrapped(" ".join(one.sources), width)
    for said in _said(one, result):
        yield from _wrapped(said.text(language), width)


def summary_lines(results: Sequence[CheckResult], language: Language = "en") -> Iterator[str]:
    """Return how many checks have which verdict, and how many source requirements are traced."""
    counts = Counter(result.verdict for result in results)
    values = {verdict.value: counts[verdict] for verdict in Verdict}
    yield Message("conformance.counts", {**values, "all": len(results)}).text(language)
    found = coverage(results)
    yield Message(
        "conformance.coverage", {"traced": found.traced, "applicable": found.applicable, "shown": found.shown}
    ).text(language)
    if found.untraced:
        yield Message("conformance.untraced", {"sources": Joined(found.untraced, " ")}).text(language)


def as_json(results: Sequence[CheckResult]) -> dict[str, Any]:
    """Return the table as plain data of schema `ransel/conformance/1`; sentences stand in both languages."""
    counts = Counter(result.verdict for result in results)
    return {
        "schema": SCHEMA,
        "counts": {verdict.value: counts[verdict] for verdict in Verdict},
        "coverage": {
            **coverage(results).as_json(),
            "by_topic": {topic: _counted(found) for topic, found in coverage_by_topic(results).items()},
        },
        "results": [_result(result) for result in results],
        "contradictions": [_contradiction(one) for one in contradictions()],
    }


def _said(one: Check, result: CheckResult) -> Iterator[Message]:
    if result.failure:
        yield Message("conformance.because", {"failure": result.failure})
    if result.verdict is Verdict.AWAITS and one.awaits:
        room = Message(f"conformance.room.{one.awaits.room}")
        key = "conformance.awaits-rest" if result.ran else "conformance.awaits-all"
        yield Message(key, {"room": room, "remains": one.awaits.remains, "shown": one.awaits.shown})
    if one.modelled:
        yield Message("conformance.modelled", {"modelled": one.modelled})
    for each in one.deviations:
        values = {"requirement": each.requirement, "published": each.published, "ours": each.ours}
        yield Message("conformance.deviation", {**values, "reason": each.reason})


def _wrapped(text: str, width: int) -> list[str]:
    return textwrap.wrap(text, width, initial_indent=INDENT, subsequent_indent=INDENT, break_on_hyphens=False)


def _counted(found: Coverage) -> dict[str, int]:
    return {"applicable": found.applicable, "traced": found.traced, "shown": found.shown}


def _result(result: CheckResult) -> dict[str, Any]:
    one = check_of(result.check_id)
    return {
        "id": one.id,
        "topic": one.topic,
        "title": _both(one.title),
        "stimulus": _both(one.stimulus),
        "expects": _both(one.expects),
        "sources": list(one.sources),
        "verdict": result.verdict.value,
        "ran": result.ran,
        "modelled": _both(one.modelled) if one.modelled else None,
        "awaits": _awaits(one, result),
        "deviations": [_deviation(each) for each in one.deviations],
        "failure": _both(result.failure) if result.failure else None,
        "observations": [
            {"holds": seen.holds, **{name: _both(getattr(seen, name)) for name in ("says", "expected", "measured")}}
            for seen in result.observations
        ],
        "evidence": result.evidence.as_json() if result.evidence else None,
    }


def _awaits(one: Check, result: CheckResult) -> dict[str, Any] | None:
    if not one.awaits or result.verdict is not Verdict.AWAITS:
        return None
    return {"room": result.awaits_room, "shown": _both(one.awaits.shown), "remains": _both(one.awaits.remains)}


def _deviation(each: Deviation) -> dict[str, Any]:
    words = {"published": each.published, "ours": each.ours, "reason": each.reason}
    return {"requirement": each.requirement, **{name: _both(value) for name, value in words.items()}}


def _contradiction(one: Contradiction) -> dict[str, Any]:
    texts = {"id": one.id, "kind": one.kind, "title": _both(one.title)}
    return {**texts, "says": one.says, "chose": one.chose, "why": one.why, "checks": list(one.checks)}


def _both(value: object) -> dict[str, str]:
    return {language: translate(value, language) for language in LANGUAGES}
