"""Synthetic children: how old, how tall and how heavy they are, as data with sources, and drawing them.

Age is log-normal between two ages. Height for age and body mass index for height and age are log-normal around the
medians of a growth reference; weight follows from the two.
"""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise
from math import log, log1p, sqrt
from typing import Annotated, Literal, Self

import numpy as np
from pydantic import AfterValidator, Field, model_validator
from scipy.special import ndtr, ndtri

from ransel.evidence import Sourced
from ransel.language import refuse
from ransel.pharmacokinetics.individuals import Floats
from ransel.pharmacokinetics.parameters.kind_of_number import Number
from ransel.pharmacokinetics.population.covariates import Covariates
from ransel.pharmacokinetics.population.draws import Purpose, normals, uniforms
from ransel.protocols.kind_of_value import Positive
from ransel.protocols.reading import Record
from ransel.quantities import Ratio

MONTHS_IN_A_YEAR = 12
CM_IN_A_METRE = 100
AGE, HEIGHT, MASS_INDEX = range(3)
"""The variables of a synthetic child; they number its random numbers."""


class Ages(Record):
    """How old the children are, in years."""

    mean: Sourced[Number]
    deviation: Sourced[Number]
    youngest: Sourced[Number]
    oldest: Sourced[Number]

    @model_validator(mode="after")
    def _are_ages(self) -> Self:
        for name in ("mean", "deviation", "youngest", "oldest"):
            if getattr(self, name).value <= 0:
                refuse("protocol.not-above-zero", f"{name}.value", getattr(self, name).value)
        if self.youngest.value >= self.oldest.value:
            refuse("children.ages-run-back", "oldest.value", self.oldest.value, youngest=self.youngest.value)
        return self


class GrowthPoint(Record):
    """The median at an age in months, and its coefficient of variation as a number."""

    months: Number
    median: Number
    variation: Number


def _ascending(points: Sourced[tuple[GrowthPoint, ...]]) -> Sourced[tuple[GrowthPoint, ...]]:
    for number, one in enumerate(points.value):
        if one.months < 0 or one.median <= 0 or not 0 <= one.variation < 1:
            shown = f"{one.months}, {one.median}, {one.variation}"
            refuse("children.no-growth-point", f"value.{number}", shown)
    months = [one.months for one in points.value]
    if not months or any(older <= younger for younger, older in pairwise(months)):
        refuse("bounds.ages", "value", ", ".join(map(str, months)))
    return points


GrowthCurve = Annotated[Sourced[tuple[GrowthPoint, ...]], AfterValidator(_ascending)]


class Growth(Record):
    """How synthetic children are made.

    Values:
        height: cm. mass_index: body mass index, kg/m². Below the first and above the last age the nearest holds.
        of_reference_weight: how heavy the children are beside healthy ones.
    """

    schema_: Literal["ransel/children/1"] = Field(alias="schema")
    age: Ages
    height: GrowthCurve
    mass_index: GrowthCurve
    of_reference_weight: Annotated[Sourced[Ratio], Positive]

    def draw(self, seed: int, start: int, stop: int) -> Covariates:
        """Return the children from `start` up to `stop` of this seed."""
        age = self._ages(seed, start, stop)
        months = age * MONTHS_IN_A_YEAR
        height = _around(self.height.value, months, normals(seed, Purpose.COVARIATES, HEIGHT, start, stop))
        index = _around(self.mass_index.value, months, normals(seed, Purpose.COVARIATES, MASS_INDEX, start, stop))
        metres = height / CM_IN_A_METRE
        weight = index * metres * metres * float(self.of_reference_weight.value.magnitude)
        return Covariates(age=age, weight=weight, height=height)

    def _ages(self, seed: int, start: int, stop: int) -> Floats:
        """Draw from the log-normal distribution with the parts beyond youngest and oldest cut off."""
        ages = self.age
        spread = sqrt(log1p((ages.deviation.value / ages.mean.value) ** 2))
        middle = log(ages.mean.value) - spread * spread / 2
        low, high = (float(ndtr((log(one.value) - middle) / spread)) for one in (ages.youngest, ages.oldest))
        within = low + (high - low) * uniforms(seed, Purpose.COVARIATES, AGE, start, stop)
        age: Floats = np.clip(np.exp(middle + spread * ndtri(within)), ages.youngest.value, ages.oldest.value)
        return age


def _around(points: Sequence[GrowthPoint], months: Floats, drawn: Floats) -> Floats:
    at = np.array([one.months for one in points])
    median = np.interp(months, at, np.array([one.median for one in points]))
    variation = np.interp(months, at, np.array([one.variation for one in points]))
    around: Floats = median * np.exp(np.sqrt(np.log1p(variation * variation)) * drawn)
    return around
