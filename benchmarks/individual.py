"""How fast children are fitted: 10,000 of them with six levels each, beside scipy's BFGS on the same objective.

The parameters are those of the set `long-tail` per m², with a variation of 30 %, ten days of infusion, and levels of
15 % error during and after it.
"""

from __future__ import annotations

import time
from collections.abc import Callable

import numba
import numpy as np
from numpy.typing import NDArray
from scipy.optimize import minimize

from benchmarks.measuring import Figure, measure
from ransel.pharmacokinetics.fitting.calibration import simulate
from ransel.pharmacokinetics.fitting.estimation import Prior, estimate
from ransel.pharmacokinetics.fitting.levels import Levels
from ransel.pharmacokinetics.individuals import Individuals
from ransel.pharmacokinetics.parameters.residual import ResidualError
from ransel.pharmacokinetics.schedule import Schedule

CHILDREN, PEERS = 10_000, 10
TIMES = np.array([24.0, 120.0, 240.0, 300.0, 500.0, 840.0])
HOURS, DOSE, SPREAD, ERROR = 240.0, 10 / 24, 0.09, 0.15
AIM, LEAST_TIMES = 50_000, 60
SAME = 1e-5

Floats = NDArray[np.float64]


def figures() -> list[Figure]:
    """Return fits a second, beside those of scipy in the same run, with how far both answers lie apart."""
    surface = np.random.default_rng(1).uniform(0.5, 1.2, (CHILDREN, 1))
    typical = Individuals(
        clearance=0.424 / 24 * surface, volume=4.8 * surface, exchange=0.124 / 24 * surface, peripheral=4.22 * surface
    )
    prior = Prior(
        typical=typical, between_children=SPREAD * np.eye(4), residual=ResidualError(proportional=ERROR)
    )  # fmt: skip
    schedule = Schedule.of_rates(np.array([0.0, HOURS]), np.array([DOSE, 0.0]), surface[:, 0])
    levels = simulate(prior, schedule, TIMES, seed=2).levels

    def fits() -> float:
        begin = time.perf_counter()
        estimate(prior, schedule, levels)
        return CHILDREN / (time.perf_counter() - begin)

    answers: list[Floats] = []

    def times_the_peer() -> float:
        answers.clear()
        begin = time.process_time()
        answers.extend(_bfgs(prior, schedule, levels, child) for child in range(PEERS))
        peer = PEERS / (time.process_time() - begin)
        threads = numba.get_num_threads()
        numba.set_num_threads(1)
        begin = time.process_time()
        estimate(prior, schedule, levels)
        ours = CHILDREN / (time.process_time() - begin)
        numba.set_num_threads(threads)
        return ours / peer

    threads = numba.get_num_threads()
    what = f"individual fits, {CHILDREN:,} children with 6 levels, {threads} threads"
    fast = measure(what, "/s", fits, lambda _: f"aim {AIM:,}, on a machine with nothing else to do")
    ratio = measure(
        "individual fits, one thread", "x", times_the_peer, lambda _: f"scipy BFGS = 1, at least {LEAST_TIMES}",
        lambda value: value >= LEAST_TIMES,
    )  # fmt: skip
    found = estimate(prior, schedule, levels)
    apart = max(float(np.max(np.abs(found.etas[child] - eta))) for child, eta in enumerate(answers))
    what = "individual fits: largest distance from scipy's eta"
    return [fast, ratio, Figure(what, apart, apart, apart, "", f"at most {SAME:g}", apart <= SAME)]


def _bfgs(prior: Prior, schedule: Schedule, levels: Levels, child: int) -> Floats:
    """Return the etas that scipy finds, with an objective of its own in plain numpy."""
    answer: Floats = minimize(_objective(prior, schedule, levels, child), np.zeros(4), method="BFGS").x
    return answer


def _objective(prior: Prior, schedule: Schedule, levels: Levels, child: int) -> Callable[[Floats], float]:
    typical, scale = prior.logs[child], float(schedule.scale[child])
    values = levels.values[levels.of_child(child)]
    running, after = np.minimum(TIMES, HOURS), np.maximum(TIMES - HOURS, 0.0)

    def objective(etas: Floats) -> float:
        clearance, volume, exchange, peripheral = np.exp(typical + etas)
        out, over, back = clearance / volume, exchange / volume, exchange / peripheral
        total = out + over + back
        root = np.sqrt(total * total - 4 * out * back)
        fast, slow = (total + root) / 2, (total - root) / 2
        predicted = DOSE * scale / volume / root * (
            (fast - back) / fast * (1 - np.exp(-fast * running)) * np.exp(-fast * after)
            + (back - slow) / slow * (1 - np.exp(-slow * running)) * np.exp(-slow * after)
        )  # fmt: skip
        off = (values / predicted - 1) / ERROR
        return float(np.sum(off * off + 2 * np.log(ERROR * predicted)) + etas @ etas / SPREAD)

    return objective


if __name__ == "__main__":
    print("\n".join(figure.row() for figure in figures()))
