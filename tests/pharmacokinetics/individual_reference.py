"""Fits written a second time, the slow way: eigenvectors and the optimisers of scipy."""

from collections.abc import Callable
from functools import lru_cache

import numpy as np
from scipy.optimize import minimize
from scipy.stats import norm

from ransel.pharmacokinetics.fitting.estimation import Prior
from ransel.pharmacokinetics.fitting.levels import Levels
from ransel.pharmacokinetics.individuals import Individuals
from ransel.pharmacokinetics.parameters.residual import ResidualError
from ransel.pharmacokinetics.schedule import Schedule

TIMES = np.array([24.0, 120.0, 240.0, 300.0, 500.0, 840.0])
"""During and after an infusion of ten days, h."""
SURFACES = (0.5, 1.2)


def some_children(count: int, seed: int) -> tuple[Individuals, Schedule]:
    """Return typical children of many sizes, and ten days of infusion for each at 10 mg/m² a day."""
    surface = np.random.default_rng(seed).uniform(*SURFACES, (count, 1))
    typical = Individuals(
        clearance=0.424 / 24 * surface, volume=4.8 * surface, exchange=0.124 / 24 * surface, peripheral=4.22 * surface
    )
    return typical, Schedule.of_rates(np.array([0.0, 240.0]), np.array([10 / 24, 0.0]), surface[:, 0])


def correlated() -> np.ndarray:
    """Return a covariance of the log parameters, with clearance and volume correlated."""
    spread = np.array([0.3, 0.25, 0.35, 0.35])
    matrix = np.diag(spread**2)
    matrix[0, 1] = matrix[1, 0] = 0.5 * spread[0] * spread[1]
    return matrix


def a_prior(count: int, seed: int, *, proportional: float = 0.15, additive: float = 0.0) -> tuple[Prior, Schedule]:
    """Return a prior for some children, and their dosing."""
    typical, schedule = some_children(count, seed)
    residual = ResidualError(proportional=proportional, additive=additive)
    return Prior(typical=typical, between_children=correlated(), residual=residual), schedule


def with_levels(prior: Prior, schedule: Schedule, seed: int, *, limit: float = 0.0) -> tuple[np.ndarray, Levels]:
    """Return true log parameters drawn from the prior, and levels of those children; low ones are below the limit."""
    random = np.random.default_rng(seed)
    truth = prior.logs + random.multivariate_normal(np.zeros(4), prior.between_children, prior.count)
    levels = np.array([concentrations(truth[i], schedule.part(i, i + 1), TIMES) for i in range(prior.count)])
    error = prior.residual
    noise = np.sqrt(error.additive**2 + (error.proportional * levels) ** 2)
    measured = levels + noise * random.standard_normal(levels.shape)
    below = measured < limit
    measured = np.where(below, limit, measured)
    return truth, Levels.of([TIMES] * prior.count, list(measured), list(below))


def concentrations(logs: np.ndarray, schedule: Schedule, times: np.ndarray) -> np.ndarray:
    """Return the levels of one child with these log parameters (4 per occasion), by eigenvectors."""
    moments = schedule.times if schedule.offsets is None else schedule.times[schedule.offsets[0] : schedule.offsets[1]]
    found = []
    for time in times:
        amounts, clock, rate, occasion = np.zeros(2), moments[0], 0.0, schedule.occasions[0]
        for place in np.flatnonzero(moments <= time):
            amounts = _waited(amounts, logs[4 * occasion : 4 * occasion + 4], moments[place] - clock, rate)
            amounts = amounts * (not schedule.resets[place]) + [schedule.boluses[place] * schedule.scale[0], 0.0]
            clock, rate = moments[place], schedule.rates[place] * schedule.scale[0]
            occasion = schedule.occasions[place]
        last = logs[4 * occasion : 4 * occasion + 4]
        found.append(_waited(amounts, last, time - clock, rate)[0] / np.exp(last[1]) if time >= clock else 0.0)
    return np.array(found)


def _waited(amounts: np.ndarray, logs: np.ndarray, gap: float, rate: float) -> np.ndarray:
    """Return the amounts after a time: by the eigenvectors of the system, around where it would settle."""
    clearance, volume, exchange, peripheral = np.exp(logs)
    values, vectors, back = _taken_apart(clearance / volume, exchange / volume, exchange / peripheral)
    settled = rate * np.array([volume, peripheral]) / clearance
    found: np.ndarray = settled + vectors @ (np.exp(values * max(gap, 0.0)) * (back @ (amounts - settled)))
    return found


@lru_cache(maxsize=64)
def _taken_apart(out: float, over: float, back: float) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    values, vectors = np.linalg.eig(np.array([[-(out + over), back], [over, -back]]))
    return values, vectors, np.linalg.inv(vectors)


def objective_of(prior: Prior, schedule: Schedule, levels: Levels, child: int) -> Callable[[np.ndarray], float]:
    """Return minus twice the log of prior and likelihood of one child, as a function of its etas."""
    inverse = np.linalg.inv(prior.between_children)
    of_child, own = levels.of_child(child), schedule.part(child, child + 1)
    times, values, below = levels.times[of_child], levels.values[of_child], levels.below[of_child]

    def objective(etas: np.ndarray) -> float:
        predicted = concentrations(prior.logs[child] + etas, own, times)
        variance = prior.residual.additive**2 + (prior.residual.proportional * predicted) ** 2
        off = values - predicted
        terms = np.where(
            below, -2 * norm.logcdf(off / np.sqrt(variance)), off**2 / variance + np.log(variance)
        )  # fmt: skip
        return float(terms.sum() + etas @ inverse @ etas)

    return objective


def lowest(objective: Callable[[np.ndarray], float], size: int) -> np.ndarray:
    """Return where scipy finds the lowest value: BFGS first, then a simplex from there."""
    near = minimize(objective, np.zeros(size), method="BFGS", jac="3-point", options={"gtol": 1e-7}).x
    found: np.ndarray = minimize(
        objective, near, method="Nelder-Mead", options={"xatol": 1e-8, "fatol": 1e-11, "maxfev": 600}
    ).x
    return found
