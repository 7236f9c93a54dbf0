"""How parameters differ between children or between the courses of one child: log-normal, with correlations."""

from __future__ import annotations

from itertools import combinations
from math import log1p, sqrt
from typing import Literal, Self, get_args

import numpy as np
from pydantic import model_validator

from ransel.evidence import Sourced
from ransel.language import refuse
from ransel.pharmacokinetics.individuals import Floats
from ransel.pharmacokinetics.parameters.kind_of_number import Number, refuse_no_variation
from ransel.protocols.reading import Record
from ransel.quantities import Ratio

Parameter = Literal["clearance", "volume", "exchange", "peripheral"]
PARAMETERS: tuple[Parameter, ...] = get_args(Parameter)
"""In the order of every array of parameters."""

Matrix = tuple[tuple[float, ...], ...]


class Correlation(Record):
    """The correlation of the logarithms of two parameters."""

    of: tuple[Parameter, Parameter]
    coefficient: Sourced[Number]

    @model_validator(mode="after")
    def _is_of_two(self) -> Self:
        if self.of[0] == self.of[1]:
            refuse("parameters.correlated-with-itself", "of", self.of[0])
        if not -1 < self.coefficient.value < 1:
            refuse("parameters.no-correlation", "coefficient.value", self.coefficient.value)
        return self


class Variability(Record):
    """Coefficients of variation, such as 30 %; a parameter without one is the same in all children.

    The standard deviation of the logarithm is sqrt(ln(1 + CV²)), so that the CV holds for the parameter itself.
    Parameters without a correlation vary independently.
    """

    clearance: Sourced[Ratio] | None = None
    volume: Sourced[Ratio] | None = None
    exchange: Sourced[Ratio] | None = None
    peripheral: Sourced[Ratio] | None = None
    correlations: tuple[Correlation, ...] = ()

    @model_validator(mode="after")
    def _vary_within_reason(self) -> Self:
        for name in PARAMETERS:
            refuse_no_variation(name, self.of(name))
        return self

    @model_validator(mode="after")
    def _correlations_are_possible(self) -> Self:
        pairs = set()
        for number, one in enumerate(self.correlations):
            place, shown = f"correlations.{number}.of", ", ".join(one.of)
            if any(self.of(name) is None for name in one.of):
                refuse("parameters.correlated-but-fixed", place, shown)
            if frozenset(one.of) in pairs:
                refuse("parameters.correlated-twice", place, shown)
            pairs.add(frozenset(one.of))
        if root_of(self.covariance()) is None:
            values = ", ".join(str(one.coefficient.value) for one in self.correlations)
            refuse("parameters.correlations-impossible", "correlations", values)
        return self

    def of(self, name: Parameter) -> Sourced[Ratio] | None:
        """Return the coefficient of variation of a parameter; None when it does not vary."""
        found: Sourced[Ratio] | None = getattr(self, name)
        return found

    @property
    def all_pairs_stated(self) -> bool:
        """Whether a correlation is stated for every two parameters that vary."""
        varying = [name for name in PARAMETERS if self.of(name) is not None]
        return len(self.correlations) == sum(1 for _ in combinations(varying, 2))

    def covariance(self) -> Floats:
        """Return the covariance of the logarithms, (4, 4), in the order of PARAMETERS: what the field calls omega."""
        spread = [_log_spread(self.of(name)) for name in PARAMETERS]
        matrix = np.diag([one * one for one in spread])
        for one in self.correlations:
            row, column = (PARAMETERS.index(name) for name in one.of)
            matrix[row, column] = matrix[column, row] = one.coefficient.value * spread[row] * spread[column]
        return matrix

    def root(self) -> Matrix:
        """Return the lower triangle whose product with its transpose is the covariance."""
        root = root_of(self.covariance())
        if root is None:
            raise AssertionError("checked when it was read")
        return root

    def all_set_to(self, variation: Sourced[Ratio]) -> Self:
        """Return the same with another coefficient of variation for every parameter that varies."""
        return self.model_copy(update={name: variation for name in PARAMETERS if self.of(name) is not None})


def _log_spread(variation: Sourced[Ratio] | None) -> float:
    return 0.0 if variation is None else sqrt(log1p(float(variation.value.magnitude) ** 2))


def root_of(covariance: Floats) -> Matrix | None:
    """Return the Cholesky root, or None when no variables can have this covariance.

    Written out, term by term in a fixed order, so that every machine finds the same bits.
    """
    size = covariance.shape[0]
    root = [[0.0] * size for _ in range(size)]
    for row in range(size):
        for column in range(row + 1):
            rest = float(covariance[row, column])
            for before in range(column):
                rest -= root[row][before] * root[column][before]
            if row == column:
                if rest < 0:
                    return None
                root[row][row] = sqrt(rest)
            elif root[column][column] > 0:
                root[row][column] = rest / root[column][column]
            elif rest != 0:
                return None
    return tuple(tuple(row) for row in root)


NO_VARIABILITY = Variability()
