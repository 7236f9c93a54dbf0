"""Children drawn from what is likely after the levels, each with its exact weight: a check on a fit's intervals.

The intervals of a fit take the logarithms of the parameters to be normal around the mean. Here that is not taken for
granted: children are drawn from a somewhat wider distribution and weighed by prior and likelihood themselves.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from scipy.special import gammaln

from ransel.pharmacokinetics.fitting.estimates import USUAL, Estimated, Estimates
from ransel.pharmacokinetics.fitting.kernel import predict_many, weigh
from ransel.pharmacokinetics.individuals import Floats

FREEDOM = 7.0
"""Degrees of freedom of the distribution that is drawn from: tails that are longer than those of a normal one."""


@dataclass(frozen=True, slots=True, eq=False)
class WeightedDraws:
    """Log parameters of children (draws, 4 occasions) and the weight of each; the weights add up to one."""

    logs: Floats
    weights: Floats

    @property
    def effective(self) -> float:
        """How many unweighted draws these are worth."""
        return float(1 / np.sum(self.weights**2))

    def quantiles(self, values: Floats, parts: tuple[float, ...]) -> tuple[float, ...]:
        """Return the values, one per draw, below which these parts of what is likely lie."""
        order = np.argsort(values)
        below = np.cumsum(self.weights[order]) - self.weights[order] / 2
        return tuple(float(one) for one in np.interp(parts, below, values[order]))

    def interval(self, values: Floats, likely: Floats, probability: float = USUAL) -> Estimated:
        """Return values of the most likely child with their intervals; `values` is (draws, k) and `likely` (k,)."""
        tail = (1 - probability) / 2
        bounds = np.array([self.quantiles(column, (tail, 1 - tail)) for column in values.T])
        return Estimated(likely, bounds[:, 0].copy(), bounds[:, 1].copy(), probability)


def drawn_courses(estimates: Estimates, child: int, draws: WeightedDraws, times: Floats) -> tuple[Floats, Floats]:
    """Return the levels and the areas of each draw at these times, which ascend: (draws, times) both."""
    count = draws.logs.shape[0]
    levels, areas = np.empty((count, times.shape[0])), np.empty((count, times.shape[0]))
    logs = np.ascontiguousarray(draws.logs.reshape(count, -1, 4))
    one = bool(estimates.batch.one[child])
    predict_many(estimates.dosing, child, np.ascontiguousarray(times), logs, one, levels, areas)
    return levels, areas


def weighted_draws(estimates: Estimates, child: int, draws: int = 4000, seed: int = 1) -> WeightedDraws:
    """Return children that could have had the levels of this one; for a child that was found.

    Raises:
        ValueError: when the child was not found, so that nothing is known of where to draw.
    """
    found = estimates.found
    spread = found.spread[child]
    if not np.all(np.isfinite(spread)):
        raise ValueError(f"child {child} was not found: {estimates.state(child).name}")
    size = spread.shape[0]
    random = np.random.Generator(np.random.Philox(key=seed))
    root = np.linalg.cholesky(spread)
    normal = random.standard_normal((draws, size))
    stretch = np.sqrt(FREEDOM / random.chisquare(FREEDOM, draws))[:, np.newaxis]
    places = np.ascontiguousarray(found.z[child] + found.shift[child] + (normal * stretch) @ root.T)
    objectives = np.empty(draws)
    if estimates.levels.offsets[child] == estimates.levels.offsets[child + 1]:
        objectives = np.sum(places**2, axis=1)
    else:
        weigh(estimates.dosing, estimates.batch, child, places, objectives)
    inner = np.sum((normal * stretch) ** 2, axis=1)
    drawn_from = gammaln((FREEDOM + size) / 2) - (FREEDOM + size) / 2 * np.log1p(inner / FREEDOM)
    logs = np.where(np.isfinite(objectives), -objectives / 2 - drawn_from, -np.inf)
    weights = np.exp(logs - logs.max())
    return WeightedDraws(estimates.prior_logs[child] + places @ estimates.loading.T, weights / weights.sum())
