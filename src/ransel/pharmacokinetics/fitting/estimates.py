"""What a fit says of every child: parameters, half-life, levels and areas to come, each with how sure it is."""

from __future__ import annotations

from dataclasses import dataclass
from enum import IntEnum
from functools import cached_property

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy.special import ndtri

from ransel.pharmacokinetics.fitting.kernel import Batch, Found, predict
from ransel.pharmacokinetics.fitting.levels import Levels
from ransel.pharmacokinetics.fitting.modes import empty_modes
from ransel.pharmacokinetics.fitting.search import AT_LIMIT, CONVERGED, NO_LEVELS, NOT_FINITE, NOT_FOUND
from ransel.pharmacokinetics.fitting.steps import Dosing
from ransel.pharmacokinetics.fitting.walk import Course
from ransel.pharmacokinetics.individuals import Floats, Individuals
from ransel.pharmacokinetics.parameters.variability import PARAMETERS, Parameter

USUAL = 0.95
MOST_SKEW = 1.0
"""Skewness is taken along up to here; beyond, the expansion would turn back on itself."""
FAR = 4.0
"""A level this many standard deviations from what any child would have, or from the fit, is not believed in silence.

Of a level that follows the model this happens once in 16,000 times.
"""


class FitState(IntEnum):
    """How the search for a child went."""

    CONVERGED = CONVERGED
    """The most likely child was found."""
    AT_LIMIT = AT_LIMIT
    """It lies at the edge of where is looked: something else is the matter. No interval is given."""
    NO_LEVELS = NO_LEVELS
    """There was nothing to go by: this is the typical child, and as sure as that is."""
    NOT_FINITE = NOT_FINITE
    """The typical child has no level that could be compared with these. Nothing is given."""
    NOT_FOUND = NOT_FOUND
    """The search did not end. Nothing is given."""


@dataclass(frozen=True, slots=True, eq=False)
class Estimated:
    """Values with the interval in which they lie with a stated probability; NaN where that cannot be said."""

    value: Floats
    low: Floats
    high: Floats
    probability: float

    def at(self, place: int) -> tuple[float, float, float]:
        """Return one of them: its value, and from where to where."""
        return float(self.value[place]), float(self.low[place]), float(self.high[place])


@dataclass(frozen=True, slots=True, eq=False)
class ChildCourse:
    """The levels of one child in time, mg/L, and the area under them since the first moment of its dosing, mg h/L."""

    times: Floats
    level: Estimated
    area: Estimated


@dataclass(frozen=True, eq=False)
class Estimates:
    """The most likely children, and how sure that is.

    The value of everything is that of the most likely child (the mode). Intervals are those of a normal distribution
    of the logarithms with the exact curvature at the mode (Laplace), moved and skewed by how the likelihood leans over
    there. Levels and areas follow by their exact slopes (the delta method).

    Values:
        prior_logs: where the typical children lie, (children, 4 occasions). loading: see `Prior`. own: the part of it
        that is the child itself. levels: as given. dosing, batch, found: as the kernels have them.
    """

    prior_logs: Floats
    loading: Floats
    own: Floats
    levels: Levels
    dosing: Dosing
    batch: Batch
    found: Found

    # how it went

    @property
    def count(self) -> int:
        """How many children there are."""
        return int(self.prior_logs.shape[0])

    @property
    def occasions(self) -> int:
        """How many courses have parameters of their own."""
        return int(self.prior_logs.shape[1]) // 4

    @property
    def states(self) -> NDArray[np.int64]:
        """How it went with each child: numbers of `FitState`."""
        return self.found.state

    def state(self, child: int) -> FitState:
        """Return how it went with one child."""
        return FitState(int(self.found.state[child]))

    @property
    def objective(self) -> Floats:
        """Minus twice the log of prior and likelihood at the mode; what every child has in common is left out."""
        return self.found.objective

    @property
    def predicted(self) -> Floats:
        """What the fit says of each level, mg/L."""
        return self.found.predicted

    @property
    def residuals(self) -> Floats:
        """How far each level lies from the fit, in standard deviations of a level; NaN before anything was given.

        For one below the limit: how far the limit lies below the fit, nought where the fit is below it too.
        """
        return self.found.residual

    @property
    def surprises(self) -> Floats:
        """How far each level lies from what any child would have, in standard deviations; NaN if none was given."""
        return self.found.surprise

    @property
    def before_dose(self) -> NDArray[np.bool_]:
        """Which levels were taken when nothing had been given yet; they were left out."""
        return self.found.empty

    @cached_property
    def far(self) -> NDArray[np.bool_]:
        """Which levels lie far from what any child would have."""
        found: NDArray[np.bool_] = np.abs(self.surprises) > FAR
        return found

    @cached_property
    def unexplained(self) -> NDArray[np.bool_]:
        """Which levels still lie far from the fit: the levels contradict each other, or the model."""
        found: NDArray[np.bool_] = np.abs(self.residuals) > FAR
        return found

    @cached_property
    def impossible(self) -> NDArray[np.bool_]:
        """Which levels were measured although nothing had been given yet."""
        found: NDArray[np.bool_] = self.before_dose & ~self.levels.below & (self.levels.values > 0)
        return found

    # the children

    @cached_property
    def etas(self) -> Floats:
        """How far each child lies from the typical one, (children, 4): log CL, log V1, log Q, log V2."""
        return self.found.z[:, : self.own.shape[1]] @ self.own.T

    @cached_property
    def logs(self) -> Floats:
        """The log parameters of the most likely children, (children, 4 occasions)."""
        return self.prior_logs + self.found.z @ self.loading.T

    @cached_property
    def means(self) -> Floats:
        """The means of the log parameters."""
        return self.logs + self.found.shift @ self.loading.T

    @cached_property
    def covariance(self) -> Floats:
        """The covariance of the log parameters after the levels, (children, 4 occasions, 4 occasions)."""
        return np.asarray(self.loading @ self.found.spread @ self.loading.T)

    @property
    def individuals(self) -> Individuals:
        """The most likely children."""
        values = np.exp(self.logs).reshape(self.count, self.occasions, 4)
        exchange = np.where(self.batch.one[:, np.newaxis], 0.0, values[:, :, 2])
        return Individuals(
            clearance=values[:, :, 0], volume=values[:, :, 1], exchange=exchange, peripheral=values[:, :, 3]
        )

    def parameter(self, name: Parameter, occasion: int = 0, probability: float = USUAL) -> Estimated:
        """Return a parameter of every child, L/h or L."""
        slopes = np.zeros((self.count, 4 * self.occasions))
        slopes[:, 4 * occasion + PARAMETERS.index(name)] = 1
        return self._of_log(np.exp(self.logs[:, 4 * occasion + PARAMETERS.index(name)]), slopes, probability)

    def half_life(self, occasion: int = 0, probability: float = USUAL) -> Estimated:
        """Return the terminal half-life of every child, h: that of its slower exponential."""
        rates, slopes = terminal_rates(self.logs[:, 4 * occasion : 4 * occasion + 4], self.batch.one)
        whole = np.zeros((self.count, 4 * self.occasions))
        whole[:, 4 * occasion : 4 * occasion + 4] = -slopes
        return self._of_log(np.log(2) / rates, whole, probability)

    def shrinkage(self) -> dict[Parameter, float]:
        """Return how much less the most likely children differ than children do, for every parameter that varies.

        Nought: the levels tell children apart as they are; one: the levels say nothing of this parameter.
        """
        known = self.found.state == CONVERGED
        spread = np.sqrt(np.sum(self.own**2, axis=1))
        found = np.std(self.etas[known], axis=0, ddof=1) if np.sum(known) > 1 else np.full(4, np.nan)
        return {name: float(1 - found[place] / spread[place]) for place, name in enumerate(PARAMETERS) if spread[place]}

    # what follows from them

    def course(self, child: int, times: ArrayLike, probability: float = USUAL) -> ChildCourse:
        """Return the levels of one child at these times, and the areas up to them; times ascend."""
        when = np.ascontiguousarray(np.atleast_1d(np.asarray(times, dtype=np.float64)))
        if np.any(np.diff(when) < 0) or not np.all(np.isfinite(when)):
            raise ValueError("times are numbers that ascend")
        found = course_of(self.dosing, child, when, self.logs[child], bool(self.batch.one[child]))
        return ChildCourse(
            when,
            self._of_course(child, found.level, found.level_slope, probability),
            self._of_course(child, found.area, found.area_slope, probability),
        )

    def typical_course(self, child: int, times: ArrayLike) -> Floats:
        """Return the levels that a typical child would have with this dosing."""
        when = np.ascontiguousarray(np.atleast_1d(np.asarray(times, dtype=np.float64)))
        return course_of(self.dosing, child, when, self.prior_logs[child], bool(self.batch.one[child])).level

    def area_between(self, child: int, first: float, last: float, probability: float = USUAL) -> Estimated:
        """Return the area under the levels of one child between two times, mg h/L."""
        both = np.array([first, last], dtype=np.float64)
        found = course_of(self.dosing, child, both, self.logs[child], bool(self.batch.one[child]))
        area, slope = found.area[1:] - found.area[:1], found.area_slope[1:] - found.area_slope[:1]
        return self._of_course(child, area, slope, probability)

    def _of_course(self, child: int, values: Floats, slopes: Floats, probability: float) -> Estimated:
        positive = values[:, np.newaxis] > 0
        relative = np.divide(slopes, values[:, np.newaxis], out=np.zeros_like(slopes), where=positive) @ self.loading
        found = self.found
        each = (found.shift[child], found.spread[child], found.lean[child])
        shift, spread, lean = (np.broadcast_to(one, (values.size, *one.shape)) for one in each)
        return _interval(values, relative, shift, spread, lean, probability)

    def _of_log(self, values: Floats, slopes: Floats, probability: float) -> Estimated:
        found = self.found
        return _interval(values, slopes @ self.loading, found.shift, found.spread, found.lean, probability)


def _interval(
    values: Floats, slopes: Floats, shift: Floats, spread: Floats, lean: Floats, probability: float
) -> Estimated:
    if not 0 < probability < 1:
        raise ValueError("a probability lies between nought and one")
    # `slopes`: how the logarithm of each value moves with the unknowns, of which the other arrays tell
    moves = np.einsum("nij,nj->ni", spread, slopes)
    deviation = np.sqrt(np.einsum("ni,ni->n", moves, slopes))
    middle = np.einsum("ni,ni->n", shift, slopes)
    third = -np.einsum("nijk,ni,nj,nk->n", lean, moves, moves, moves)
    low, high = (
        middle + deviation * leaning(quantile, third, deviation)
        for quantile in (ndtri((1 - probability) / 2), ndtri((1 + probability) / 2))
    )
    return Estimated(values, values * np.exp(low), values * np.exp(high), probability)


def leaning(quantile: Floats | float, third: Floats, deviation: Floats) -> Floats:
    """Return quantiles of the normal distribution as they are with this third cumulant (Cornish and Fisher)."""
    skewness = np.divide(third, deviation**3, out=np.zeros_like(third), where=deviation > 0)
    skewness = np.clip(skewness, -MOST_SKEW, MOST_SKEW)
    return np.asarray(quantile + skewness / 6 * (np.square(quantile) - 1))


def course_of(dosing: Dosing, child: int, times: Floats, logs: Floats, one: bool) -> Course:
    """Return the course of a child with these log parameters (4 occasions,) at these times, which ascend."""
    slopes, count = logs.shape[0], times.shape[0]
    course = Course(
        np.zeros(count), np.zeros((count, slopes)), np.zeros(count), np.zeros((count, slopes)),
        np.zeros((2, slopes)), np.zeros(slopes), np.zeros((5, 4)), empty_modes(),
    )  # fmt: skip
    predict(dosing, child, times, np.ascontiguousarray(logs.reshape(-1, 4)), one, course)
    return course


def terminal_rates(logs: Floats, one: NDArray[np.bool_]) -> tuple[Floats, Floats]:
    """Return the slower rate constant of children, 1/h, and how its logarithm moves with the log parameters (n, 4)."""
    clearance, volume, exchange, peripheral = np.exp(logs).T
    out, over, back = clearance / volume, exchange / volume, exchange / peripheral
    total, apart = out + over + back, out + over - back
    root = np.sqrt(apart**2 + 4 * over * back)
    fast = (total + root) / 2
    slow = out * back / fast
    # of out, over and back: what moves the root, then the fast one; the slow one is their product over the fast one
    of_root = (
        np.stack([apart * out, (apart + 2 * back) * over, (2 * over - apart) * back], axis=1) / root[:, np.newaxis]
    )
    of_fast = (np.stack([out, over, back], axis=1) + of_root) / (2 * fast[:, np.newaxis])
    of_slow = np.array([1.0, 0.0, 1.0]) - of_fast
    slopes = np.stack(
        [of_slow[:, 0], -of_slow[:, 0] - of_slow[:, 1], of_slow[:, 1] + of_slow[:, 2], -of_slow[:, 2]], axis=1
    )
    slopes[one] = np.array([1.0, -1.0, 0.0, 0.0])
    return np.where(one, out, slow), slopes
