"""numbalsoda: LSODA at 1e-6 for every child, begun anew at each change of rate; prints children a second."""

from __future__ import annotations

import json
import sys
import time

import numba
import numpy as np
import workload
from numba import cfunc, njit, prange
from numbalsoda import lsoda, lsoda_sig

CHILDREN, ROUNDS, TOLERANCE = 2_000, 3, 1e-6


@cfunc(lsoda_sig)
def two_compartments(_time, amounts, change, given):  # noqa: ANN001, ANN201 - compiled for C, which gives the types
    """Amounts in two compartments; given: k10, k12, k21, rate."""
    change[0] = given[3] - (given[0] + given[1]) * amounts[0] + given[2] * amounts[1]
    change[1] = given[1] * amounts[0] - given[2] * amounts[1]


ADDRESS = two_compartments.address


@njit(parallel=True)
def trajectories(parameters, times, rates, points, out):  # noqa: ANN001, ANN201 - compiled
    """Fill `out`, (children, points), with hourly concentrations; changes of rate lie on full hours."""
    for child in prange(parameters.shape[0]):
        clearance, volume, exchange, peripheral = parameters[child]
        given = np.array([clearance / volume, exchange / volume, exchange / peripheral, 0.0])
        amounts = np.zeros(2)
        out[child, 0] = 0.0
        for number in range(times.size):
            begin = int(times[number])
            end = int(times[number + 1]) if number + 1 < times.size else points - 1
            given[3] = rates[number]
            hours = np.arange(begin, end + 1) * 1.0
            found, _ = lsoda(ADDRESS, amounts, hours, given, TOLERANCE, TOLERANCE * 1e-3)
            for hour in range(1, hours.size):
                out[child, begin + hour] = found[hour, 0] / volume
            amounts = found[-1].copy()


def main() -> None:
    """Print one line of JSON, as the other peers do."""
    numba.set_num_threads(min(2, numba.config.NUMBA_NUM_THREADS))
    parameters, out = workload.children(CHILDREN), np.zeros((CHILDREN, workload.POINTS))
    found = {"engine": "numbalsoda LSODA 1e-6"}
    for regimen in workload.REGIMENS:
        times, rates = workload.rates(regimen)
        trajectories(parameters[:4], times, rates, workload.POINTS, out[:4])
        seconds = []
        for _ in range(ROUNDS):
            begin = time.perf_counter()
            trajectories(parameters, times, rates, workload.POINTS, out)
            seconds.append(time.perf_counter() - begin)
        found[regimen] = {"children_per_second": CHILDREN / min(seconds), "peaks": out.max(axis=1)[:3].tolist()}
    sys.stdout.write(json.dumps(found) + "\n")


if __name__ == "__main__":
    main()
