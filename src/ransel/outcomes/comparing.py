"""Two regimens compared in everything that is known about them: exposure, side effects, burden, own courses."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path

from ransel.language import Message
from ransel.outcomes.assumption import Assumption
from ransel.outcomes.burden import BurdenComparison
from ransel.outcomes.burden_assumptions import all_assumptions
from ransel.outcomes.burden_model import burdens
from ransel.outcomes.burden_setting import BurdenSetting, burden_settings
from ransel.outcomes.cohort import cohort_tolerability
from ransel.outcomes.cohort_burden import cohort_burden
from ransel.outcomes.comparison import Comparison
from ransel.outcomes.course_record import CourseRecord
from ransel.outcomes.exposure_simulation import compare_exposure, exposure_assumptions
from ransel.outcomes.published import published_tables
from ransel.outcomes.tolerability import TolerabilityComparison
from ransel.outcomes.tolerability_table import compare_published
from ransel.pharmacokinetics.parameters.parameter_set import ParameterSet
from ransel.pharmacokinetics.parameters.parameter_shelf import ParameterShelf
from ransel.pharmacokinetics.scale.sharded_run import Progress
from ransel.pharmacokinetics.scale.workers import ThisProcess, Workers
from ransel.protocols import Library, Protocol
from ransel.protocols.protocol import Words

OLD, NEW = "dinutuximab-beta-5x8h", "dinutuximab-beta-10x24h-maxima"
"""The regimens that are compared when nobody names others."""
HOURS_IN_A_DAY = 24


@dataclass(frozen=True, kw_only=True)
class Question:
    """What is compared, in how many simulated children, with what is taken to be so.

    Values:
        protocols: the second is compared with the first. children, seed: of the simulation.
        cohort: own courses, or none. courses: how many; None as many as the protocols have.
    """

    protocols: tuple[Protocol, Protocol]
    parameters: ParameterSet
    children: int
    seed: int
    courses: int | None = None
    cohort: Sequence[CourseRecord] = ()
    library: Library = field(default_factory=Library)


def compare(
    question: Question,
    made: datetime,
    *,
    workers: Workers | None = None,
    progress: Progress | None = None,
    keep: Path | None = None,
) -> Comparison:
    """Return everything about the second regimen against the first; `made` is the present instant.

    `keep` is a folder from which an interrupted simulation goes on.

    Raises:
        Refused: when the two cannot be compared, or the workers or the folder cannot be used.
    """
    first, second = question.protocols
    shelf = ParameterShelf(question.library)
    settings = burden_settings(question.library)
    exposure = compare_exposure(
        question.protocols, question.parameters, children=question.children, seed=question.seed,
        workers=workers or ThisProcess(), courses=question.courses, progress=progress, keep=keep, shelf=shelf,
    )  # fmt: skip
    return Comparison(
        made=made,
        titles=_titles(first, second),
        home_for_ward=_is_home_for_ward(first, second),
        exposure=exposure,
        tolerability=tuple(_tolerability(question)),
        burden=tuple(_burden(question, settings, exposure.courses)),
        assumptions=_assumptions(question, shelf, settings),
    )


def short_title(protocol: Protocol) -> Words:
    """Return a regimen as people call it on a page: so many days of so many hours."""
    course = protocol.course
    hours = course.infusion.value.to("h")
    days = course.infusions.value if hours <= HOURS_IN_A_DAY else hours / HOURS_IN_A_DAY * course.infusions.value
    name = Message("comparison.regimen", {"days": days, "hours": min(hours, HOURS_IN_A_DAY)})
    return Words(en=name.text("en"), nl=name.text("nl"))


def _titles(first: Protocol, second: Protocol) -> tuple[Words, Words]:
    """Return what the two are called: short, unless nobody could tell them apart by that."""
    short = short_title(first), short_title(second)
    if short[0] != short[1]:
        return short
    return first.title, second.title


def _tolerability(question: Question) -> Iterator[TolerabilityComparison]:
    """Go through the published tables that are about these products, then own courses."""
    tables = (table.between(*question.protocols) for table in published_tables(question.library))
    yield from (compare_published(table) for table in tables if table is not None)
    if question.cohort:
        yield cohort_tolerability(question.cohort, *_ids(question), library=question.library)


def _burden(question: Question, settings: Sequence[BurdenSetting], courses: int) -> Iterator[BurdenComparison]:
    yield from burdens(*question.protocols, question.children, question.seed, settings, courses)
    if question.cohort:
        yield cohort_burden(question.cohort, *_ids(question), library=question.library)


def _is_home_for_ward(first: Protocol, second: Protocol) -> bool:
    """Whether a continuous infusion at home is compared with short ones in hospital, as the words for parents say."""
    short, long = first.course, second.course
    in_hospital = not first.use.at_home and short.infusion.value < short.covers.value
    return in_hospital and second.use.at_home and long.infusion.value == long.covers.value


def _ids(question: Question) -> tuple[str, str]:
    first, second = question.protocols
    return first.id, second.id


def _assumptions(
    question: Question, shelf: ParameterShelf, settings: Sequence[BurdenSetting]
) -> tuple[Assumption, ...]:
    return (*exposure_assumptions(question.parameters, question.seed, shelf), *all_assumptions(settings))
