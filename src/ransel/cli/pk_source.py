"""Whose levels are simulated: the children of an event table, or children drawn for a protocol."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from fractions import Fraction
from typing import Protocol as Port

import numpy as np

from ransel.language import Message, Refusal, Refused
from ransel.pharmacokinetics.dosing.dosing import regimen
from ransel.pharmacokinetics.events.schedule_of_events import Drawings, TableDosing, dosing_of
from ransel.pharmacokinetics.events.table import EventTable
from ransel.pharmacokinetics.individuals import Floats, Individuals
from ransel.pharmacokinetics.parameters.parameter_set import CovariateName, ParameterSet
from ransel.pharmacokinetics.parameters.taken import Taken, assumptions
from ransel.pharmacokinetics.parameters.typical import typical_individuals
from ransel.pharmacokinetics.population.covariates import Covariates
from ransel.pharmacokinetics.population.growth import Growth
from ransel.pharmacokinetics.population.population import Population, draw
from ransel.pharmacokinetics.population.with_antibodies import with_antibodies
from ransel.pharmacokinetics.schedule import Schedule
from ransel.protocols import Protocol

CHILDREN_AT_A_TIME = 1024
HOURS_IN_A_DAY = 24
COLUMNS: dict[CovariateName, tuple[str, ...]] = {"body-surface": ("WT", "HT"), "weight": ("WT",), "age": ("AGE",)}
"""In which columns of a table a covariate stands: kg, cm, years."""
NOT_USED = 1.0


@dataclass(frozen=True, slots=True, eq=False, kw_only=True)
class Block:
    """Some of the children: their names, parameters and doses; and when levels of them were drawn."""

    names: tuple[str, ...]
    individuals: Individuals
    schedule: Schedule
    drawings: Drawings | None = None


class Source(Port):
    """Children with doses."""

    @property
    def count(self) -> int:
        """How many there are."""

    @property
    def windows(self) -> Floats:
        """Over which hours levels are summed up, (k, 2): the courses of a protocol, or the whole of a table."""

    @property
    def taken(self) -> tuple[Taken, ...]:
        """What was taken to be so without a source."""

    @property
    def said(self) -> tuple[Message, ...]:
        """What a reader must know of these children."""

    def blocks(self) -> Iterator[Block]:
        """Go through the children."""


@dataclass(frozen=True, slots=True, eq=False, kw_only=True)
class TableSource:
    """The children of an event table; with a seed they differ among each other as the set says, else not at all."""

    table: EventTable
    dosing: TableDosing
    parameters: ParameterSet
    seed: int | None
    until: float | None

    @property
    def count(self) -> int:
        """How many there are."""
        return len(self.dosing.children)

    @property
    def windows(self) -> Floats:
        """The time from the first row of any child to the last moment of any."""
        times = [row.time for row in self.table.rows]
        last = max(*times, float(self.dosing.given.times.max())) if self.until is None else self.until
        return np.array([[min(times), last]])

    @property
    def taken(self) -> tuple[Taken, ...]:
        """What was taken to be so without a source."""
        found = assumptions(self.parameters)
        hidden = ("antibodies.", "residual.") if self.seed is not None else (
            "antibodies.", "residual.", "between_subjects", "between_occasions",
        )  # fmt: skip
        return tuple(one for one in found if not one.id.startswith(hidden))

    @property
    def said(self) -> tuple[Message, ...]:
        """What a reader must know of these children."""
        meant = ", ".join(self.parameters.for_substances)
        varied = Message("pk.children-drawn", {"seed": self.seed}) if self.seed is not None else None
        return (
            Message("pk.table-says-no-drug", {"meant": meant}),
            varied or Message("pk.children-typical"),
            Message("pk.no-antibodies"),
            *sizes_that_change(self.table, self.parameters),
        )

    def blocks(self) -> Iterator[Block]:
        """Go through the children."""
        individuals = self._individuals()
        schedule = self.dosing.schedule(individuals)
        drawn = self.dosing.drawings
        for start in range(0, self.count, CHILDREN_AT_A_TIME):
            stop = min(start + CHILDREN_AT_A_TIME, self.count)
            first, last = int(drawn.offsets[start]), int(drawn.offsets[stop])
            yield Block(
                names=self.dosing.children[start:stop], individuals=individuals.part(start, stop),
                schedule=schedule.part(start, stop),
                drawings=Drawings(
                    times=drawn.times[first:last], offsets=drawn.offsets[start : stop + 1] - first,
                    rows=drawn.rows[first:last],
                ),
            )  # fmt: skip

    def _individuals(self) -> Individuals:
        covariates = covariates_of(self.table, self.parameters)
        occasions = len(self.dosing.occasions)
        if self.seed is None:
            return typical_individuals(self.parameters, covariates, occasions)
        population = Population(
            parameters=self.parameters, children=covariates, seed=self.seed, occasions=occasions, antibodies=False
        )
        return draw(population, 0, covariates.count).individuals


def table_source(table: EventTable, parameters: ParameterSet, seed: int | None, until: float | None) -> TableSource:
    """Return the children of a table.

    Raises:
        Refused: when nothing is given in it, or a covariate that the parameters need is missing.
    """
    if not table.doses:
        raise Refused([Refusal("pk.no-doses", "AMT", file=table.file)])
    covariates_of(table, parameters)
    return TableSource(table=table, dosing=dosing_of(table), parameters=parameters, seed=seed, until=until)


def covariates_of(table: EventTable, parameters: ParameterSet) -> Covariates:
    """Return what the parameters need to know of the children, from the first row of each.

    Raises:
        Refused: with every column that is missing, and every child without a number above nought in it.
    """
    needed = _needed(parameters)
    missing = [name for name in needed if name not in table.covariates]
    if missing:
        raise Refused(Refusal("pk.no-covariate", name, "", {"set": parameters.id}, table.file) for name in missing)
    firsts = [rows[0] for _, rows in table.of_each_child()]
    wrong = [
        Refusal("pk.covariate-not-above-nought", f"line {row.line} {name}", f"{row.covariates[name]:g}", {}, table.file)
        for row in firsts
        for name in needed
        if row.covariates[name] <= 0
    ]
    if wrong:
        raise Refused(wrong[:100])
    ages, weights, heights = (
        [row.covariates[name] if name in needed else NOT_USED for row in firsts] for name in ("AGE", "WT", "HT")
    )
    return Covariates.given(ages, weights, heights)


def sizes_that_change(table: EventTable, parameters: ParameterSet) -> Iterator[Message]:
    """Say of how many children later rows hold another weight, height or age than the first, which is the one used."""
    needed = [name for name in _needed(parameters) if name in table.covariates]
    changed = sum(
        any(row.covariates[name] != rows[0].covariates[name] for row in rows[1:] for name in needed)
        for _, rows in table.of_each_child()
    )
    if changed:
        yield Message("pk.first-row-holds", {"columns": ", ".join(needed), "count": changed})


def _needed(parameters: ParameterSet) -> list[str]:
    return sorted({column for one in parameters.covariates for column in COLUMNS[one.covariate]})


@dataclass(frozen=True, slots=True, eq=False, kw_only=True)
class ProtocolSource:
    """Children drawn from a seed, dosed by a protocol."""

    protocol: Protocol
    parameters: ParameterSet
    growth: Growth
    children: int
    courses: int
    seed: int

    @property
    def count(self) -> int:
        """How many there are."""
        return self.children

    @property
    def windows(self) -> Floats:
        """Every course, from its start to that of the next one."""
        one = Covariates.given([5.0], [18.0], [108.0])
        plan = regimen(self.protocol, one, courses=self.courses + 1, interval_hours=self._interval)
        starts = [float(plan.times[plan.occasions == number][0]) for number in range(self.courses + 1)]
        return np.stack([starts[:-1], starts[1:]], axis=1)

    @property
    def taken(self) -> tuple[Taken, ...]:
        """What was taken to be so without a source."""
        return tuple(one for one in assumptions(self._population) if not one.id.startswith("residual."))

    @property
    def said(self) -> tuple[Message, ...]:
        """What a reader must know of these children."""
        begin, end = self.windows[0]
        days = f"{(end - begin) / HOURS_IN_A_DAY:g}"
        return (Message("pk.children-synthetic", {"seed": self.seed}), Message("pk.courses-apart", {"days": days}))

    @property
    def _interval(self) -> Fraction | None:
        """Hours from start to start as the label has it; None for the shortest that the protocol allows."""
        label = self.protocol.course.next.label_start_to_start
        return None if label is None else label.value.to("h")

    @property
    def _population(self) -> Population:
        return Population(
            parameters=self.parameters, children=self.growth, seed=self.seed, occasions=self.courses
        )  # fmt: skip

    def blocks(self) -> Iterator[Block]:
        """Go through the children."""
        for start in range(0, self.children, CHILDREN_AT_A_TIME):
            stop = min(start + CHILDREN_AT_A_TIME, self.children)
            found = draw(self._population, start, stop)
            given = regimen(self.protocol, found.covariates, courses=self.courses, interval_hours=self._interval)
            individuals, schedule = with_antibodies(found, given)
            names = tuple(str(number + 1) for number in range(start, stop))
            yield Block(names=names, individuals=individuals, schedule=schedule)
