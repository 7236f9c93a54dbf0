"""The exposure of the same simulated children in two regimens."""

from __future__ import annotations

from dataclasses import replace
from fractions import Fraction
from hashlib import sha256
from importlib.metadata import version
from pathlib import Path

import numpy as np
from pydantic import BaseModel

from ransel.evidence import Confidence
from ransel.language import Message, refuse
from ransel.outcomes.assumption import Assumption
from ransel.outcomes.exposure import ExposureComparison, Measure, ProfilePoint
from ransel.outcomes.exposure_says import (
    says,
    says_of_counts,
    sensitivity_of,
    sensitivity_of_antibodies,
    sensitivity_of_variability,
)
from ransel.outcomes.exposure_task import MEASURES, UNITS, ExposureTask
from ransel.outcomes.recalled import read_observations, recalled
from ransel.outcomes.tally import Pair, Tally
from ransel.pharmacokinetics.dosing.regimen import length_of
from ransel.pharmacokinetics.individuals import Floats
from ransel.pharmacokinetics.linear.engine import trajectories
from ransel.pharmacokinetics.parameters.parameter_set import ParameterSet
from ransel.pharmacokinetics.parameters.parameter_shelf import ParameterShelf
from ransel.pharmacokinetics.parameters.taken import assumptions
from ransel.pharmacokinetics.population.population import Population, draw
from ransel.pharmacokinetics.scale.kept_parts import KeptParts, Manifest, Packing
from ransel.pharmacokinetics.scale.sharded_run import Progress, run_shards
from ransel.pharmacokinetics.scale.shards import CHILDREN_OF_A_SHARD, shards_of
from ransel.pharmacokinetics.scale.workers import ThisProcess, Workers
from ransel.pharmacokinetics.schedule import Grid
from ransel.protocols import Protocol
from ransel.protocols.product import plain_words

THRESHOLD = 1.0
"""µg/mL: the level above which antibody is recalled to stay between courses."""
FEWEST_CHILDREN, MOST_CHILDREN = 2, 1_000_000_000
PROFILE_CHILDREN = 2_000
SENSITIVITY_CHILDREN = 20_000
HOURS_AFTER_IN_FULL = 24
SPARSE_HOURS = 6
"""Curves have a point for every hour until a day after the infusion, and one for every six hours after that."""
UNUSED_HERE = "residual."
"""The error of a laboratory plays no part: levels are the true ones."""
PROGRAMS = ("ransel", "numpy", "numba", "scipy")


def compare_exposure(  # noqa: PLR0913 - what is compared, in whom, and by whom
    protocols: tuple[Protocol, Protocol],
    parameters: ParameterSet,
    *,
    children: int,
    seed: int,
    workers: Workers | None = None,
    courses: int | None = None,
    threshold: float = THRESHOLD,
    progress: Progress | None = None,
    keep: Path | None = None,
    shelf: ParameterShelf | None = None,
) -> ExposureComparison:
    """Return what the same children are exposed to in two regimens, the second against the first.

    Args:
        protocols: the two regimens; both with the longer of their own intervals from course to course.
        parameters: what the drug is taken to do.
        children: how many, drawn once and given both regimens.
        seed: that gives the same children again, whoever does the work.
        workers: who does it; this process when nobody is named.
        courses: how many; by default as many as both protocols have.
        threshold: µg/mL, for the hours above it.
        progress: is told how many children are done, of how many.
        keep: a folder for what is done, so that an interrupted run goes on from there.
        shelf: the parameter sets and children of a hospital; those of the package when none is given.

    Raises:
        Refused: when the two cannot be compared in this way, or the workers or the folder cannot be used.
    """
    shelf = shelf or ParameterShelf()
    task = exposure_task(protocols, parameters, seed, courses, threshold, shelf)
    if not FEWEST_CHILDREN <= children <= MOST_CHILDREN:
        refuse("exposure.children", "children", children, fewest=FEWEST_CHILDREN, most=MOST_CHILDREN)
    kept = None if keep is None else KeptParts(keep, _manifest(task, children), Packing(Tally.packed, Tally.unpacked))
    tally = _tallied(task, children, workers or ThisProcess(), progress, kept)
    measures = measures_of(tally)
    observed = recalled(protocols, read_observations(library=shelf.library))
    drawn = min(children, PROFILE_CHILDREN)
    said = says(protocols, _own_intervals(protocols), measures, observed, drawn)
    return ExposureComparison(
        regimens=(protocols[0].id, protocols[1].id),
        children=children,
        parameters=parameters.id,
        seed=seed,
        courses=task.courses,
        interval_hours=float(task.interval_hours),
        linear=True,
        measures=measures,
        profile=_profile(task, drawn),
        recalled=observed,
        sensitivity=tuple(_sensitivity(task, min(children, SENSITIVITY_CHILDREN), shelf)),
        says=(*said, *says_of_counts(tally.pairs)),
    )


def exposure_task(
    protocols: tuple[Protocol, Protocol],
    parameters: ParameterSet,
    seed: int,
    courses: int | None,
    threshold: float,
    shelf: ParameterShelf,
) -> ExposureTask:
    """Return what is done with every child, by whoever does it.

    Raises:
        Refused: when the two regimens cannot be compared in this way.
    """
    first, second = (plain_words(protocol.product.substance) for protocol in protocols)
    if first != second:
        refuse("exposure.other-substances", "regimens", f"{protocols[0].id}, {protocols[1].id}")
    for protocol in protocols:
        shelf.require_suitable(parameters, protocol)
    if not 0 < threshold < float("inf"):
        refuse("exposure.threshold", "threshold", threshold)
    count = min(protocol.course.courses.value for protocol in protocols) if courses is None else courses
    return ExposureTask(
        protocols=protocols,
        population=Population(
            parameters=parameters, children=shelf.growth, seed=seed, occasions=count, antibodies=False
        ),
        courses=count,
        interval_hours=max(_own_intervals(protocols)),
        threshold=threshold,
    )


def exposure_assumptions(
    parameters: ParameterSet, seed: int = 0, shelf: ParameterShelf | None = None
) -> tuple[Assumption, ...]:
    """Return everything that such a comparison rests on without a published source."""
    population = Population(parameters=parameters, children=(shelf or ParameterShelf()).growth, seed=seed)
    of_population = tuple(
        Assumption(f"exposure-{one.id}", one.what, one.confidence, one.source)
        for one in assumptions(population)
        if not one.id.startswith(UNUSED_HERE)
    )
    as_planned = Assumption("exposure-as-planned", Message("exposure.assumption.as-planned"), Confidence.ASSUMED)
    return (*of_population, as_planned)


def measures_of(tally: Tally) -> tuple[Measure, ...]:
    """Return the measures of a tally, in the order in which they are shown."""
    return tuple(_measure(name, tally.pairs[name]) for name in MEASURES)


def _measure(name: str, pair: Pair) -> Measure:
    if pair.ratio.count < FEWEST_CHILDREN:
        refuse(
            "exposure.nothing-to-compare", "children", pair.first.children, measure=Message(f"exposure-measure.{name}")
        )
    return Measure(
        id=name,
        unit=UNITS[name],
        first=pair.first.spread(),
        second=pair.second.spread(),
        ratio=pair.ratio.mean_interval(),
        of_children=pair.ratio.spread(),
    )


def _own_intervals(protocols: tuple[Protocol, Protocol]) -> tuple[Fraction, Fraction]:
    """Return the shortest hours from the start of one course to the next, by each protocol."""
    first, second = (
        protocol.course.next.at_least.value.to("h")
        + (0 if protocol.course.next.counted_from == "start" else length_of(protocol.course))
        for protocol in protocols
    )
    return first, second


def _tallied(
    task: ExposureTask, children: int, workers: Workers, progress: Progress | None, kept: KeptParts[Tally] | None
) -> Tally:
    parts = run_shards(task, shards_of(children, CHILDREN_OF_A_SHARD), workers, progress, kept)
    return sum(parts, Tally.empty(MEASURES))


def _sensitivity(task: ExposureTask, children: int, shelf: ParameterShelf) -> list[tuple[Message, tuple[Measure, ...]]]:
    """Return the measures under other assumptions, in fewer children, by this process."""
    chosen = task.population.parameters
    runs = [
        (sensitivity_of(other, children), replace(task.population, parameters=other))
        for other in map(shelf.parameters, shelf.suitable(task.protocols[0]))
        if other.id != chosen.id
    ]
    if chosen.stress is not None:
        runs.append((
            sensitivity_of_variability(chosen, children), replace(task.population, parameters=chosen.stressed())
        ))  # fmt: skip
    if chosen.antibodies is not None:
        runs.append((sensitivity_of_antibodies(chosen, children), replace(task.population, antibodies=True)))
    return [
        (name, measures_of(_tallied(replace(task, population=population), children, ThisProcess(), None, None)))
        for name, population in runs
    ]


def _profile(task: ExposureTask, children: int) -> tuple[ProfilePoint, ...]:
    """Return the concentrations of the first course in the first children, for a picture."""
    one_course = replace(task, courses=1)
    drawn = draw(task.population, 0, children)
    grid = Grid(points=int(task.interval_hours) + 1)
    hours = _hours_shown(task, grid.points)
    first, second = (
        _percentiles(trajectories(drawn.individuals, one_course.dosing(drawn, protocol), grid)[:, hours])
        for protocol in task.protocols
    )
    return tuple(
        ProfilePoint(hour=float(hour), first=before, second=after)
        for hour, before, after in zip(hours, first, second, strict=True)
    )


def _hours_shown(task: ExposureTask, points: int) -> list[int]:
    in_full = int(max(length_of(protocol.course) for protocol in task.protocols)) + HOURS_AFTER_IN_FULL
    return [hour for hour in range(points) if hour <= in_full or hour % SPARSE_HOURS == 0]


def _percentiles(concentrations: Floats) -> list[tuple[float, float, float]]:
    found = np.percentile(concentrations, (5, 50, 95), axis=0)
    return [(low, middle, high) for low, middle, high in found.T.tolist()]


def _manifest(task: ExposureTask, children: int) -> Manifest:
    """Return what makes this run this run: a part of another one must not be taken for its own."""
    parameters = task.population.parameters
    first, second = task.protocols
    return {
        "children": children,
        "seed": task.population.seed,
        "parameters": f"{parameters.id} {parameters.version}",
        "regimens": f"{first.id} {first.version}, {second.id} {second.version}",
        "courses": task.courses,
        "interval-hours": str(task.interval_hours),
        "threshold": task.threshold,
        "shard": CHILDREN_OF_A_SHARD,
        "contents": _fingerprint(parameters, task.population.children, first, second),
        "programs": ", ".join(f"{name} {version(name)}" for name in PROGRAMS),
    }


def _fingerprint(*records: object) -> str:
    """Return a text that is another one when anything in these records is."""
    said = [record.model_dump(by_alias=True) if isinstance(record, BaseModel) else record for record in records]
    return sha256(repr(said).encode()).hexdigest()[:16]
