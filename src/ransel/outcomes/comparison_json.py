"""A comparison as plain data: what `ransel compare --json` prints. Numbers are JSON numbers of at most 12 digits."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import asdict
from math import isfinite
from typing import Any

from ransel.language import Language
from ransel.outcomes.assumption import Assumption
from ransel.outcomes.burden import BurdenComparison, BurdenFigure
from ransel.outcomes.comparison import Comparison
from ransel.outcomes.exposure import ExposureComparison, Measure, Recalled
from ransel.outcomes.interval import Interval
from ransel.outcomes.risk import ratio_note
from ransel.outcomes.tolerability import Count, TermComparison, TolerabilityComparison

SCHEMA = "ransel/compare/1"
DIGITS = 12


def comparison_json(comparison: Comparison, language: Language) -> dict[str, Any]:
    """Return the whole comparison; sentences are in this language, everything else is the same in all."""
    ids = comparison.exposure.regimens
    return {
        "schema": SCHEMA,
        "made": comparison.made.isoformat(timespec="seconds"),
        "regimens": [
            {"id": id, "title": title.text(language)} for id, title in zip(ids, comparison.titles, strict=True)
        ],
        "direction": "second against first",
        "home_for_ward": comparison.home_for_ward,
        "exposure": _exposure(comparison.exposure, language),
        "tolerability": [_tolerability(one, language) for one in comparison.tolerability],
        "burden": [_burden(one, language) for one in comparison.burden],
        "assumptions": [_assumption(one, language) for one in comparison.assumptions],
    }


def _exposure(exposure: ExposureComparison, language: Language) -> dict[str, Any]:
    return {
        "children": exposure.children,
        "seed": exposure.seed,
        "parameters": exposure.parameters,
        "courses": exposure.courses,
        "interval_hours": _number(exposure.interval_hours),
        "linear": exposure.linear,
        "measures": [_measure(one) for one in exposure.measures],
        "recalled": [_recalled(one) for one in exposure.recalled],
        "sensitivity": [
            {"assumption": what.text(language), "measures": [_measure(one) for one in measures]}
            for what, measures in exposure.sensitivity
        ],
        "profile": [
            {"hour": _number(one.hour), "first": _numbers(one.first), "second": _numbers(one.second)}
            for one in exposure.profile
        ],
        "says": [one.text(language) for one in exposure.says],
    }


def _measure(one: Measure) -> dict[str, Any]:
    return {
        "id": one.id,
        "unit": one.unit,
        "first": _plain(asdict(one.first)),
        "second": _plain(asdict(one.second)),
        "ratio": _interval(one.ratio),
        "ratio_of_children": _plain(asdict(one.of_children)),
    }


def _recalled(one: Recalled) -> dict[str, Any]:
    return {
        "measure": one.measure, "unit": one.unit, "first": _number(one.first), "second": _number(one.second),
        "first_deviation": _number(one.first_deviation), "second_deviation": _number(one.second_deviation),
        "confidence": one.confidence.value, "source": one.source,
    }  # fmt: skip


def _tolerability(compared: TolerabilityComparison, language: Language) -> dict[str, Any]:
    return {
        "id": compared.id,
        "first": compared.titles[0].text(language),
        "second": compared.titles[1].text(language),
        "source": compared.source,
        "grades": compared.grades,
        "ctcae": compared.ctcae,
        "randomised": compared.randomised,
        "by_chance": _number(compared.by_chance),
        "terms": [_term(one, language) for one in compared.terms],
        "says": [one.text(language) for one in compared.says],
    }


def _term(one: TermComparison, language: Language) -> dict[str, Any]:
    without = ratio_note(one)
    return {
        "term": one.term,
        "title": one.title.text(language),
        "first": _count(one.first),
        "second": _count(one.second),
        "risk_ratio": _interval(one.risk_ratio),
        "risk_ratio_score": _interval(one.risk_ratio_score),
        "risk_ratio_note": None if without is None else without.text(language),
        "risk_difference": _interval(one.risk_difference),
        "p": _number(one.p),
        "p_adjusted": _number(one.p_adjusted),
        "verdict": one.verdict.value,
        "borderline": one.borderline,
        "verdicts": {verdict.value: _number(part) for verdict, part in one.verdicts},
    }


def _count(count: Count | None) -> dict[str, Any] | None:
    return None if count is None else {**asdict(count), "percent": _number(count.percent)}


def _burden(burden: BurdenComparison, language: Language) -> dict[str, Any]:
    return {
        "children": burden.children,
        "own": burden.own,
        "setting": burden.setting,
        "title": "" if burden.title is None else burden.title.text(language),
        "figures": [dict(_figure(one)) for one in burden.figures],
        "says": [one.text(language) for one in burden.says],
    }


def _figure(one: BurdenFigure) -> Iterator[tuple[str, Any]]:
    yield "id", one.id
    yield "unit", one.unit
    for key, by_course, total in (("first", one.first, one.first_total), ("second", one.second, one.second_total)):
        yield f"{key}_by_course", _numbers(by_course)
        yield f"{key}_total", _total(total)
    yield "first_per_course", _total(one.first_per_course)
    yield "second_per_course", _total(one.second_per_course)
    yield "difference_per_course", _interval(one.difference)
    yield "assumptions", list(one.assumptions)


def _total(total: tuple[float, float, float] | None) -> dict[str, Any] | None:
    return None if total is None else dict(zip(("p5", "mean", "p95"), _numbers(total), strict=True))


def _assumption(one: Assumption, language: Language) -> dict[str, str]:
    return {"id": one.id, "text": one.what.text(language), "confidence": one.confidence.value, "source": one.source}


def _interval(one: Interval | None) -> dict[str, Any] | None:
    return None if one is None else _plain(asdict(one))


def _plain(values: dict[str, Any]) -> dict[str, Any]:
    return {key: _number(value) if isinstance(value, float) else value for key, value in values.items()}


def _numbers(values: tuple[float | None, ...]) -> list[float | None]:
    return [_number(value) for value in values]


def _number(value: float | None) -> float | None:
    """Return a number of at most so many digits; JSON knows no infinity, so what has no bound is null."""
    return None if value is None or not isfinite(value) else float(f"{value:.{DIGITS}g}")
