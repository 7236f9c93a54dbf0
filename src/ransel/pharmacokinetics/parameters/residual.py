"""What one level says of the concentration: minus twice its log likelihood, with the variance that goes with it.

The variance is additive^2 + (proportional x prediction)^2; it moves with the prediction, and so does the logarithm of
the variance, which is part of the objective. Of a level below the limit of the assay only that is known: its term is
the chance of being below the limit (the third method of Beal, 2001, known as M3).
"""

from __future__ import annotations

from dataclasses import dataclass
from math import erfc, exp, log, pi, sqrt
from typing import NamedTuple

from numba import njit

DEEP = -25.0
"""So many standard deviations below nought the tail of the normal distribution is summed as a series."""


class Term(NamedTuple):
    """The part of one level in the objective, with its first two derivatives to the prediction."""

    value: float
    slope: float
    bend: float


@dataclass(frozen=True, slots=True, kw_only=True)
class ResidualError:
    """How far a measured level lies from the true one.

    Values:
        proportional: standard deviation as a part of the concentration. additive: standard deviation in mg/L.
    """

    proportional: float = 0.0
    additive: float = 0.0

    def __post_init__(self) -> None:
        if not (0 <= self.proportional < float("inf") and 0 <= self.additive < float("inf")):
            raise ValueError(f"a standard deviation is a number from nought up, not {self}")
        if self.proportional == 0 == self.additive:
            raise ValueError("a level without any error at all does not exist: give a proportional or additive one")

    def variance(self, predicted: float) -> float:
        """Return the variance of a level at this concentration."""
        return self.additive**2 + (self.proportional * predicted) ** 2


@njit(error_model="numpy")
def measured_term(level: float, predicted: float, additive: float, proportional: float, expected: bool) -> Term:
    """Return the term of a measured level; both errors are given as variances, the proportional one relative.

    Instead of the second derivative it can have what is expected of that: never below nought, so that it leads downhill
    from anywhere.
    """
    precision = 1 / (additive + proportional * predicted * predicted)
    slope, bend = 2 * proportional * predicted * precision, 2 * proportional * precision  # of the variance, relative
    off = level - predicted
    squared = off * off * precision
    return Term(
        squared - log(precision),
        -2 * off * precision - squared * slope + slope,
        2 * precision + slope * slope
        if expected
        else 2 * precision + 4 * off * slope * precision + (1 - squared) * bend + (2 * squared - 1) * slope * slope,
    )


@njit(error_model="numpy")
def rough_term(level: float, predicted: float, additive: float, proportional: float) -> Term:
    """Return the term of a measured level as if its logarithm had a normal error: good enough to begin a search."""
    off = log(level / predicted)
    precision = 2 / (additive + proportional * predicted * predicted)
    return Term(off * off * precision * predicted * predicted / 2, -off * precision * predicted, precision)


@njit(error_model="numpy")
def below_term(limit: float, predicted: float, additive: float, proportional: float, expected: bool) -> Term:
    """Return the term of a level of which only is known that it is below this limit."""
    precision = 1 / (additive + proportional * predicted * predicted)
    slope, bend = 2 * proportional * predicted * precision, 2 * proportional * precision
    root = sqrt(precision)
    z = (limit - predicted) * root
    dz = -root - z * slope / 2
    ddz = slope * root / 2 - dz * slope / 2 - z * bend / 2 + z * slope * slope / 2
    log_chance, hazard = log_below(z)
    likely = 2 * hazard * (z + hazard) * dz * dz
    return Term(-2 * log_chance, -2 * hazard * dz, max(likely, 0.0) if expected else likely - 2 * hazard * ddz)


@njit(error_model="numpy")
def log_below(z: float) -> tuple[float, float]:
    """Return the logarithm of the normal distribution function, and its derivative."""
    if z > DEEP:
        chance = erfc(-z / sqrt(2.0)) / 2
        return log(chance), exp(-z * z / 2) / sqrt(2 * pi) / chance
    square = 1 / (z * z)
    tail = 1 - square * (1 - square * (3 - square * (15 - square * (105 - square * 945))))
    return -z * z / 2 - log(-z) - log(2 * pi) / 2 + log(tail), -z / tail
