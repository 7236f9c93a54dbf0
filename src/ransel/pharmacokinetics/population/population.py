"""A population of children: drawn from a seed, or real children with drawn parameters.

Child number i of a seed is the same child whatever part of the population is drawn, on any machine with the same
libraries: the parts together are the whole, bit for bit.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Self

import numpy as np

from ransel.language import refuse
from ransel.pharmacokinetics.individuals import Floats, Individuals
from ransel.pharmacokinetics.parameters.parameter_set import ParameterSet
from ransel.pharmacokinetics.parameters.typical import typical_of
from ransel.pharmacokinetics.parameters.variability import PARAMETERS, Matrix
from ransel.pharmacokinetics.population.covariates import Covariates
from ransel.pharmacokinetics.population.draws import Purpose, checked_seed, normals, uniforms
from ransel.pharmacokinetics.population.growth import Growth

HAS_ANTIBODIES, DAY_OF_ANTIBODIES = range(2)
MOST_OCCASIONS = 1000


@dataclass(frozen=True, slots=True, kw_only=True)
class Population:
    """What a population is drawn from.

    Values:
        children: how synthetic children are made, or real children as arrays. seed: a whole number below 2^64.
        occasions: how many courses have parameters of their own. antibodies: whether some children make them.
    """

    parameters: ParameterSet
    children: Growth | Covariates
    seed: int
    occasions: int = 1
    antibodies: bool = True

    def __post_init__(self) -> None:
        checked_seed(self.seed)
        if not 1 <= self.occasions <= MOST_OCCASIONS:
            refuse("population.occasions", "occasions", self.occasions, most=MOST_OCCASIONS)


@dataclass(frozen=True, slots=True, eq=False, kw_only=True)
class Children:
    """A part of a population.

    Values:
        start: the number of the first child in its population. individuals: their parameters, without antibodies.
        antibody_day: from which day, counted from the start of the first course, antibodies against the drug raise
        clearance; infinite where they never do. clearance_times: with what clearance is multiplied then; 1 when the
        population makes no antibodies.
    """

    start: int
    covariates: Covariates
    individuals: Individuals
    antibody_day: Floats
    clearance_times: float

    @property
    def count(self) -> int:
        """How many children there are."""
        return self.covariates.count

    @property
    def age(self) -> Floats:
        """Years."""
        return self.covariates.age

    @property
    def weight(self) -> Floats:
        """Weights in kg."""
        return self.covariates.weight

    @property
    def height(self) -> Floats:
        """Heights in cm."""
        return self.covariates.height

    @property
    def body_surface(self) -> Floats:
        """Body surface by Mosteller, m²."""
        return self.covariates.body_surface

    def part(self, start: int, stop: int) -> Self:
        """Return the children from place `start` up to place `stop` of this part."""
        return type(self)(
            start=self.start + start, covariates=self.covariates.part(start, stop),
            individuals=self.individuals.part(start, stop), antibody_day=self.antibody_day[start:stop],
            clearance_times=self.clearance_times,
        )  # fmt: skip


def draw(population: Population, start: int, stop: int) -> Children:
    """Return the children from number `start` up to number `stop` of a population.

    Raises:
        Refused: when real children are fewer than that.
    """
    children = population.children
    if isinstance(children, Covariates):
        if stop > children.count:
            refuse("population.children", "children", stop, most=children.count)
        covariates = children.part(start, stop)
    else:
        covariates = children.draw(population.seed, start, stop)
    made = population.parameters.antibodies if population.antibodies else None
    return Children(
        start=start,
        covariates=covariates,
        individuals=_individuals(population, covariates, start, stop),
        antibody_day=_antibody_days(population, start, stop),
        clearance_times=1.0 if made is None else made.clearance_times.value,
    )


def _individuals(population: Population, covariates: Covariates, start: int, stop: int) -> Individuals:
    chosen, seed = population.parameters, population.seed
    child = _correlated(chosen.between_subjects.root(), seed, Purpose.BETWEEN_SUBJECTS, 0, start, stop)
    values = []
    for name, moved in zip(PARAMETERS, child, strict=True):
        own = typical_of(chosen, name, covariates)
        own = own if moved is None else own * np.exp(moved)
        values.append(np.repeat(own[:, np.newaxis], population.occasions, axis=1))
    within = chosen.between_occasions.root()
    for occasion in range(population.occasions):
        first = occasion * len(PARAMETERS)
        course = _correlated(within, seed, Purpose.BETWEEN_OCCASIONS, first, start, stop)
        for value, moved in zip(values, course, strict=True):
            if moved is not None:
                value[:, occasion] *= np.exp(moved)
    return Individuals(clearance=values[0], volume=values[1], exchange=values[2], peripheral=values[3])


def _correlated(root: Matrix, seed: int, purpose: Purpose, first: int, start: int, stop: int) -> list[Floats | None]:
    """Return the logarithms by which children differ, one array for each parameter; None for one that never varies.

    Each parameter has a random number of its own in every child, used or not, so that a set with one more variable
    parameter leaves the others as they were.
    """
    needed = [column for column in range(len(root)) if any(row[column] for row in root)]
    drawn = {column: normals(seed, purpose, first + column, start, stop) for column in needed}
    return [_weighted(row, drawn) for row in root]


def _weighted(row: tuple[float, ...], drawn: dict[int, Floats]) -> Floats | None:
    total = None
    for column, weight in enumerate(row):
        if weight:
            part = weight * drawn[column]
            total = part if total is None else total + part
    return total


def _antibody_days(population: Population, start: int, stop: int) -> Floats:
    chosen, seed = population.parameters.antibodies, population.seed
    if chosen is None or not population.antibodies:
        return np.full(stop - start, np.inf)
    first, last = (float(one.value.to("days")) for one in (chosen.from_day, chosen.to_day))
    has = uniforms(seed, Purpose.ANTIBODIES, HAS_ANTIBODIES, start, stop) < float(chosen.part.value.magnitude)
    day = first + (last - first) * uniforms(seed, Purpose.ANTIBODIES, DAY_OF_ANTIBODIES, start, stop)
    return np.where(has, day, np.inf)
