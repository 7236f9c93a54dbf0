"""Which published requirement is shown by which check: calculated from what ran, never claimed."""

from __future__ import annotations

import csv
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from enum import StrEnum
from functools import cache
from typing import Any

from ransel.language import Message
from ransel.pump.conformance.checks import HERE, check_of, checks, deviations
from ransel.pump.conformance.sources import RequirementSet, items, sets
from ransel.pump.conformance.verdict import CheckResult, Verdict

SHOWN = frozenset({Verdict.PASSES, Verdict.DEVIATES})


class Coding(StrEnum):
    """Whether a requirement concerns a continuous ambulatory pump; our judgement, not a published one."""

    APPLIES = "A"
    BOLUS_ONLY = "B"
    HARDWARE_ONLY = "H"
    NOT_APPLICABLE = "N"
    GATEWAY = "G"

    @property
    def applies(self) -> bool:
        """Whether a check has to name it."""
        return self in {Coding.APPLIES, Coding.GATEWAY}


class Departure(StrEnum):
    """Why a published value is not ours."""

    NONE = ""
    UNSAFE = "unsafe"
    """Unsafe or meaningless for a child on a continuous drug at home."""
    PROMISE = "promise"
    """More than makers promise."""
    COARSE = "coarse"
    """Too coarse to enter what has to be entered; found while the pump was built, not in the texts' first reading."""


@dataclass(frozen=True, slots=True)
class Requirement:
    """One requirement of a published set; its sentence stays with its owner.

    Values:
        id: as published; `*` behind it when the authors gave it no number.
        notation: as checks write it, such as G1.2.1 or O5.1.0(3).
        checks: the checks that name it; empty when it does not apply.
    """

    set: str
    id: str
    notation: str
    coding: Coding
    topic: str
    checks: tuple[str, ...]
    deviation: Departure

    @property
    def topic_words(self) -> Message:
        """The topic as people call it."""
        return Message(f"conformance.topic.{self.topic}")


@dataclass(frozen=True, slots=True)
class Coverage:
    """How many requirements are traced.

    Values:
        applicable: those that concern this pump.
        traced: named by a check that ran, whatever came of it.
        shown: named by a check that ran and passes or deviates.
        untraced: the notations of those that no check which ran names.
    """

    applicable: int
    traced: int
    shown: int
    untraced: tuple[str, ...]

    def as_json(self) -> dict[str, Any]:
        """Return the counts as plain data."""
        return {
            "applicable": self.applicable,
            "traced": self.traced,
            "shown": self.shown,
            "untraced": list(self.untraced),
        }


@cache
def requirements() -> tuple[Requirement, ...]:
    """Return every requirement of the coded sets, in their published order."""
    known = {one.id: one for one in sets()}
    with (HERE / "requirements.csv").open(encoding="utf-8", newline="") as file:
        return tuple(_requirement(row, known[row["set"]]) for row in csv.DictReader(file))


def _requirement(row: Mapping[str, str], published: RequirementSet) -> Requirement:
    number = row["id"].removeprefix(published.prefix).removesuffix("*")
    return Requirement(
        set=row["set"],
        id=row["id"],
        notation=published.notation + number,
        coding=Coding(row["coding"]),
        topic=row["topic"],
        checks=tuple(row["checks"].split()),
        deviation=Departure(row["deviation"]),
    )


def coverage(results: Iterable[CheckResult]) -> Coverage:
    """Return how many of the applicable requirements are named by a check that ran."""
    return _coverage(_applicable(), tuple(results))


def coverage_by_topic(results: Iterable[CheckResult]) -> dict[str, Coverage]:
    """Return the coverage of each topic, in the order in which topics first appear."""
    ran = tuple(results)
    topics = dict.fromkeys(one.topic for one in _applicable())
    return {topic: _coverage([one for one in _applicable() if one.topic == topic], ran) for topic in topics}


def _coverage(wanted: Iterable[Requirement], results: Iterable[CheckResult]) -> Coverage:
    wanted = tuple(wanted)
    ran = [result for result in results if result.ran]
    traced = {source for result in ran for source in check_of(result.check_id).sources}
    shown = {source for result in ran if result.verdict in SHOWN for source in check_of(result.check_id).sources}
    return Coverage(
        applicable=len(wanted),
        traced=sum(one.notation in traced for one in wanted),
        shown=sum(one.notation in shown for one in wanted),
        untraced=tuple(one.notation for one in wanted if one.notation not in traced),
    )


def _applicable() -> list[Requirement]:
    return [one for one in requirements() if one.coding.applies]


def faults() -> list[str]:
    """Return everything in the data that does not fit together; empty when it does.

    A source that does not exist, an applicable requirement without a check, a check in one file and not in the other,
    a marked requirement without its deviation and the reverse.
    """
    return [*_unknown_sources(), *_different_checks(), *_different_deviations()]


def _unknown_sources() -> Iterator[str]:
    known = {one.notation for one in requirements()} | items().keys()
    for one in checks():
        yield from (f"{one.id} names {source}, which is nowhere" for source in one.sources if source not in known)


def _different_checks() -> Iterator[str]:
    for one in requirements():
        naming = tuple(each.id for each in checks() if one.notation in each.sources)
        if naming != one.checks:
            yield f"{one.notation} lists {' '.join(one.checks) or 'no check'}, but {' '.join(naming) or 'none'} name it"
        if bool(one.checks) != one.coding.applies:
            yield f"{one.notation} is coded {one.coding} and has {len(one.checks)} checks"


def _different_deviations() -> Iterator[str]:
    marked = {one.notation for one in requirements() if one.deviation}
    written = [one.requirement for one in deviations()]
    yield from (f"{name} is marked and has no deviation" for name in sorted(marked - set(written)))
    yield from (f"{name} has a deviation and no mark" for name in sorted(set(written) - marked))
    yield from (f"{name} has two deviations" for name in sorted(set(written)) if written.count(name) > 1)
    for one in checks():
        strange = [each.requirement for each in one.deviations if each.requirement not in one.sources]
        yield from (f"{one.id} deviates from {name}, which it does not name" for name in strange)
