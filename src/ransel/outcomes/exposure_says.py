"""What must be said beside the exposure of two regimens, so that nobody reads more into it than it can show."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from fractions import Fraction

from ransel.language import Joined, Message
from ransel.outcomes.exposure import Measure, Recalled
from ransel.outcomes.number import Number
from ransel.outcomes.tally import Pair
from ransel.pharmacokinetics.parameters.parameter_set import ParameterSet
from ransel.protocols import Protocol
from ransel.quantities import Duration, Shown

A_DIFFERENCE = 0.001
"""A smaller part of an area is not worth a sentence."""
AREAS = ("area-first", "area-all")


def says(
    protocols: tuple[Protocol, Protocol],
    own_intervals: tuple[Fraction, Fraction],
    measures: Sequence[Measure],
    observed: Sequence[Recalled],
    profile_children: int,
) -> Iterator[Message]:
    """Say what the numbers show and what they do not; the most important first."""
    yield Message("exposure.says.by-construction")
    yield from _areas({one.id: one for one in measures})
    yield from _observed(observed)
    yield Message("exposure.says.interval-and-spread")
    yield _intervals(own_intervals)
    first_rules = dict.fromkeys(one.dose.rules[0].title for one in protocols if len(one.dose.rules) > 1)
    if first_rules:
        yield Message("exposure.says.dose-rule", {"rule": Joined(tuple(first_rules), ", ")})
    yield Message("exposure.says.percentiles")
    yield Message("exposure.says.profile", {"children": profile_children})


def says_of_counts(pairs: Mapping[str, Pair]) -> Iterator[Message]:
    """Say which children could not be counted in a measure."""
    for name, pair in pairs.items():
        measure = Message(f"exposure-measure.{name}")
        for why, count in pair.why_unusable.items():
            values = {"count": count, "measure": measure, "why": Message(f"exposure.unusable.{why}")}
            yield Message("exposure.says.left-out", values)
        without_ratio = pair.first.children - pair.ratio.children
        if without_ratio:
            yield Message("exposure.says.nought", {"count": without_ratio, "measure": measure})


def sensitivity_of(parameters: ParameterSet, children: int) -> Message:
    """Name a run with another parameter set."""
    return Message("exposure.sensitivity.parameters", {"title": parameters.title, "children": children})


def sensitivity_of_variability(parameters: ParameterSet, children: int) -> Message:
    """Name a run with more variability between children."""
    if parameters.stress is None:
        raise ValueError(f"{parameters.id} names no other variability")
    percent = Shown(parameters.stress.value, "%")
    return Message("exposure.sensitivity.variability", {"percent": percent, "children": children})


def sensitivity_of_antibodies(parameters: ParameterSet, children: int) -> Message:
    """Name a run in which some children make antibodies against the drug."""
    made = parameters.antibodies
    if made is None:
        raise ValueError(f"{parameters.id} knows no antibodies")
    values = {
        "percent": Shown(made.part.value, "%"), "times": Number(made.clearance_times.value, 1),
        "children": children,
    }  # fmt: skip
    return Message("exposure.sensitivity.antibodies", values)


def _areas(measures: Mapping[str, Measure]) -> Iterator[Message]:
    """Say why the area over a limited time differs although the whole area does not."""
    first, whole = (measures[name].ratio.estimate for name in AREAS)
    spread = measures["area-all"].of_children
    differs = max(abs(spread.p5 - 1), abs(spread.p95 - 1))
    if abs(whole - 1) <= A_DIFFERENCE < differs:
        yield Message("exposure.says.area-occasions", {"percent": Number(100 * differs, 1)})
    if abs(whole - 1) > A_DIFFERENCE or abs(first - 1) <= A_DIFFERENCE:
        return
    key = "exposure.says.area-later" if first < 1 else "exposure.says.area-earlier"
    yield Message(key, {"percent": Number(100 * abs(first - 1), 1)})


def _observed(observed: Sequence[Recalled]) -> Iterator[Message]:
    for one in observed:
        deviations = (one.first_deviation, one.second_deviation)
        if one.measure not in AREAS or one.first is None or one.second is None or None in deviations:
            continue
        values = {"first": one.first, "second": one.second, "first_sd": deviations[0], "second_sd": deviations[1]}
        numbers = {name: Number(value, 1) for name, value in values.items() if value is not None}
        said = {**numbers, "unit": one.unit, "mark": one.confidence}
        alike = (one.first, one.first_deviation) == (one.second, one.second_deviation)
        yield (
            Message("exposure.says.observed-alike", {key: said[key] for key in ("first", "first_sd", "unit", "mark")})
            if alike  # the same children: both regimens are given in one way
            else Message("exposure.says.observed", said)
        )


def _intervals(own: tuple[Fraction, Fraction]) -> Message:
    first, second, both = (Shown(Duration(hours, "h"), "days") for hours in (*own, max(own)))
    if own[0] == own[1]:
        return Message("exposure.says.same-interval", {"both": both})
    return Message("exposure.says.longer-interval", {"first": first, "second": second, "both": both})
