"""What is known of children before any drug: age, weight and height, and the body surface that follows."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Self

import numpy as np
from numpy.typing import ArrayLike

from ransel.language import refuse
from ransel.pharmacokinetics.individuals import Floats
from ransel.prescribing import Patient

DAYS_IN_A_YEAR = 365.25


@dataclass(frozen=True, slots=True, eq=False, kw_only=True)
class Covariates:
    """Children as arrays (n,), drawn or real.

    Values:
        age: years. weight: kg. height: cm.
    """

    age: Floats
    weight: Floats
    height: Floats

    def __post_init__(self) -> None:
        shapes = {one.shape for one in (self.age, self.weight, self.height)}
        if len(shapes) != 1 or len(next(iter(shapes))) != 1:
            raise ValueError(f"age, weight and height are arrays (children,), not {sorted(shapes)}")

    @property
    def count(self) -> int:
        """How many children there are."""
        return int(self.age.shape[0])

    @property
    def body_surface(self) -> Floats:
        """Body surface by Mosteller, m²."""
        return body_surface(self.weight, self.height)

    def part(self, start: int, stop: int) -> Self:
        """Return the children from `start` up to `stop`."""
        return type(self)(age=self.age[start:stop], weight=self.weight[start:stop], height=self.height[start:stop])

    @classmethod
    def given(cls, age: ArrayLike, weight: ArrayLike, height: ArrayLike) -> Self:
        """Return children of these ages (years), weights (kg) and heights (cm), each a list or an array.

        Raises:
            Refused: when a list has another length than the first, or a value is not a number above zero.
        """
        arrays = {
            name: np.ascontiguousarray(np.atleast_1d(np.asarray(values, dtype=np.float64)))
            for name, values in (("age", age), ("weight", weight), ("height", height))
        }
        count = arrays["age"].size
        for name, values in arrays.items():
            if values.ndim != 1 or values.size != count:
                refuse("covariates.length", name, values.size, count=count)
            wrong = values[~(np.isfinite(values) & (values > 0))]
            if wrong.size:
                refuse("covariates.not-above-zero", name, float(wrong[0]))
        return cls(**arrays)

    @classmethod
    def of_patients(cls, patients: Sequence[Patient], on: date) -> Self:
        """Return these patients as they were measured, with their age on a day."""
        return cls.given(
            [(on - one.born).days / DAYS_IN_A_YEAR for one in patients],
            [float(one.weight.to("kg")) for one in patients],
            [float(one.height.to("cm")) for one in patients],
        )


def body_surface(weight: Floats, height: Floats) -> Floats:
    """Return the body surface by Mosteller in m², of weights in kg and heights in cm."""
    surface: Floats = np.sqrt(weight * height / 3600)
    return surface
