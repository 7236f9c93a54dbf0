"""The levels of one child whose doses are known: by an order, or by what was really given."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace

import numpy as np

from ransel.cli.pk_source import CHILDREN_AT_A_TIME, Block
from ransel.language import Message
from ransel.pharmacokinetics.individuals import Floats
from ransel.pharmacokinetics.parameters.parameter_set import ParameterSet
from ransel.pharmacokinetics.parameters.taken import Taken, assumptions
from ransel.pharmacokinetics.parameters.typical import typical_individuals
from ransel.pharmacokinetics.population.covariates import Covariates
from ransel.pharmacokinetics.population.population import Population, draw
from ransel.pharmacokinetics.population.with_antibodies import with_antibodies
from ransel.pharmacokinetics.schedule import Schedule


@dataclass(frozen=True, slots=True, eq=False, kw_only=True)
class ChildSource:
    """One child with its doses: as it is typical for its size, or with a seed as many children of that size.

    Values:
        covariates: of this one child. schedule: its doses. windows: each course, from its start to that of the next.
        told: where the doses come from, in words.
    """

    covariates: Covariates
    schedule: Schedule
    windows: Floats
    parameters: ParameterSet
    children: int
    seed: int | None
    told: tuple[Message, ...]

    @property
    def count(self) -> int:
        """How many there are."""
        return self.children

    @property
    def taken(self) -> tuple[Taken, ...]:
        """What was taken to be so without a source."""
        if self.seed is not None:
            return tuple(one for one in assumptions(self._population(self.seed)) if not one.id.startswith("residual."))
        hidden = ("antibodies.", "residual.", "between_subjects", "between_occasions")
        return tuple(one for one in assumptions(self.parameters) if not one.id.startswith(hidden))

    @property
    def said(self) -> tuple[Message, ...]:
        """What a reader must know of these children."""
        if self.seed is not None:
            return (*self.told, Message("pk.same-size", {"seed": self.seed}))
        return (*self.told, Message("pk.child-typical"), Message("pk.no-antibodies"))

    def blocks(self) -> Iterator[Block]:
        """Go through the children."""
        if self.seed is None:
            individuals = typical_individuals(self.parameters, self.covariates, self._occasions)
            yield Block(names=("1",), individuals=individuals, schedule=self.schedule)
            return
        population = self._population(self.seed)
        for start in range(0, self.children, CHILDREN_AT_A_TIME):
            stop = min(start + CHILDREN_AT_A_TIME, self.children)
            same_doses = replace(self.schedule, scale=np.ones(stop - start))
            individuals, schedule = with_antibodies(draw(population, start, stop), same_doses)
            names = tuple(str(number + 1) for number in range(start, stop))
            yield Block(names=names, individuals=individuals, schedule=schedule)

    @property
    def _occasions(self) -> int:
        return int(self.windows.shape[0])

    def _population(self, seed: int) -> Population:
        one = self.covariates
        age, weight, height = (np.broadcast_to(value, self.children) for value in (one.age, one.weight, one.height))
        return Population(
            parameters=self.parameters, children=Covariates(age=age, weight=weight, height=height), seed=seed,
            occasions=self._occasions,
        )  # fmt: skip
