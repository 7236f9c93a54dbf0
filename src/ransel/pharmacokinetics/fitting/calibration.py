"""Whether fits are as sure as they say: simulation-based calibration.

Children are drawn from the prior, levels are drawn for them, and each is fitted. Where its true parameter ranks among
draws from what the fit calls likely must then be any place, all equally often (Talts and others, 2018). Intervals that
are too narrow put the truth too often at both ends; a fit that leans to one side, at one end.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Self

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy.special import chdtrc

from ransel.pharmacokinetics.fitting.estimates import Estimates, FitState, course_of, leaning
from ransel.pharmacokinetics.fitting.estimation import Prior, dosing_of_schedule, estimate
from ransel.pharmacokinetics.fitting.levels import Levels
from ransel.pharmacokinetics.fitting.posterior_draws import weighted_draws
from ransel.pharmacokinetics.individuals import Floats
from ransel.pharmacokinetics.parameters.variability import PARAMETERS, Parameter
from ransel.pharmacokinetics.schedule import Schedule

DRAWS = 99
BINS = 20


@dataclass(frozen=True, slots=True, eq=False)
class RankHistogram:
    """How often the truth ranked where among the draws: counts (parameters, bins), expected to be all the same."""

    parameters: tuple[Parameter, ...]
    counts: NDArray[np.int64]

    @classmethod
    def of(cls, parameters: tuple[Parameter, ...], ranks: NDArray[np.int64], bins: int = BINS) -> Self:
        """Return the histogram of ranks (children, parameters) from nought up to DRAWS."""
        places = ranks * bins // (DRAWS + 1)
        return cls(parameters, np.stack([np.bincount(column, minlength=bins) for column in places.T]).astype(np.int64))

    @property
    def chi_square(self) -> Floats:
        """How far the counts of each parameter lie from being the same."""
        expected = self.counts.sum(axis=1, keepdims=True) / self.counts.shape[1]
        return np.asarray(np.sum((self.counts - expected) ** 2 / expected, axis=1))

    @property
    def chance(self) -> Floats:
        """The chance of being further off than this when the fits are as sure as they say, for each parameter."""
        return np.asarray(chdtrc(self.counts.shape[1] - 1, self.chi_square))

    @property
    def least_chance(self) -> float:
        """The least of these, made larger as there are several to choose the least from (Bonferroni)."""
        return min(1.0, float(self.chance.min()) * len(self.parameters))


@dataclass(frozen=True, slots=True, eq=False)
class Simulated:
    """Children whose true log parameters (children, 4 occasions) are known, and levels as an assay would give them."""

    logs: Floats
    levels: Levels


def simulate(prior: Prior, schedule: Schedule, times: ArrayLike, seed: int) -> Simulated:
    """Draw children from a prior, and levels of theirs at these times, the same for all."""
    when = np.ascontiguousarray(np.asarray(times, dtype=np.float64))
    random = np.random.Generator(np.random.Philox(key=seed))
    loading, typical = prior.loading, prior.logs
    logs = typical + random.standard_normal((prior.count, loading.shape[1])) @ loading.T
    dosing = dosing_of_schedule(schedule, prior.typical.occasions)
    one = prior.typical.exchange[:, 0] == 0
    true = np.stack([course_of(dosing, i, when, logs[i], bool(one[i])).level for i in range(prior.count)])
    spread = np.sqrt(prior.residual.additive**2 + (prior.residual.proportional * true) ** 2)
    return Simulated(logs, Levels.regular(when, true + spread * random.standard_normal(true.shape)))


def ranks(estimates: Estimates, logs: Floats, seed: int) -> tuple[tuple[Parameter, ...], NDArray[np.int64]]:
    """Return, for the children that were found, where the truth ranks among draws: one column per varying parameter."""
    known = np.flatnonzero(estimates.states == FitState.CONVERGED)
    varying = [place for place in range(4) if np.any(estimates.own[place])]
    random = np.random.Generator(np.random.Philox(key=seed))
    found, slopes = estimates.found, estimates.loading[varying]
    moves = np.einsum("nij,vj->nvi", found.spread[known], slopes)
    deviation = np.sqrt(np.einsum("nvi,vi->nv", moves, slopes))
    third = -np.einsum("nijk,nvi,nvj,nvk->nv", found.lean[known], moves, moves, moves)
    normal = random.standard_normal((DRAWS, *deviation.shape))
    drawn = estimates.means[known][:, varying] + deviation * leaning(normal, third, deviation)
    below = drawn < logs[known][:, varying]
    return tuple(PARAMETERS[place] for place in varying), np.sum(below, axis=0).astype(np.int64)


def weighted_ranks(
    estimates: Estimates, logs: Floats, seed: int, draws: int = 2000
) -> tuple[tuple[Parameter, ...], NDArray[np.int64]]:
    """Return the same with draws that are weighed by prior and likelihood, so that nothing is taken to be normal."""
    known = np.flatnonzero(estimates.states == FitState.CONVERGED)
    varying = [place for place in range(4) if np.any(estimates.own[place])]
    found = np.empty((known.size, len(varying)))
    for row, child in enumerate(known):
        drawn = weighted_draws(estimates, int(child), draws, seed + int(child))
        found[row] = drawn.weights @ (drawn.logs[:, varying] < logs[child, varying])
    places = np.minimum(found * (DRAWS + 1), DRAWS).astype(np.int64)
    return tuple(PARAMETERS[place] for place in varying), places


def calibration(
    prior: Prior, schedule: Schedule, times: ArrayLike, seed: int, believed: Prior | None = None, exact: bool = False
) -> RankHistogram:
    """Simulate, fit and rank.

    `believed` is what the fits take for the prior, where that is not the truth; `exact` weighs the draws.
    """
    simulated = simulate(prior, schedule, times, seed)
    estimates = estimate(prior if believed is None else believed, schedule, simulated.levels)
    ranked = (weighted_ranks if exact else ranks)(estimates, simulated.logs, seed + 1)
    return RankHistogram.of(*ranked)
