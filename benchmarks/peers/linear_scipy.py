"""SciPy: LSODA at 1e-6 for a few children, begun anew at each change of rate; prints children a second."""

from __future__ import annotations

import json
import sys
import time

import numpy as np
import scipy
import workload
from scipy.integrate import solve_ivp

CHILDREN, TOLERANCE = 20, 1e-6


def trajectory(parameters: np.ndarray, times: np.ndarray, rates: np.ndarray, points: int) -> np.ndarray:
    """Return the hourly concentrations of one child."""
    clearance, volume, exchange, peripheral = parameters
    k10, k12, k21 = clearance / volume, exchange / volume, exchange / peripheral
    out, amounts = np.zeros(points), np.zeros(2)
    for number, begin in enumerate(times):
        end = times[number + 1] if number + 1 < times.size else points - 1.0
        rate = rates[number]
        hours = np.arange(begin, end + 1)
        found = solve_ivp(
            lambda _, x, rate=rate: (rate - (k10 + k12) * x[0] + k21 * x[1], k12 * x[0] - k21 * x[1]),
            (begin, end), amounts, method="LSODA", t_eval=hours, rtol=TOLERANCE, atol=TOLERANCE * 1e-3,
        )  # fmt: skip
        out[int(begin) + 1 : int(end) + 1] = found.y[0, 1:] / volume
        amounts = found.y[:, -1]
    return out


def main() -> None:
    """Print one line of JSON, as the other peers do."""
    parameters = workload.children(10_000)[:CHILDREN]
    result = {"engine": f"SciPy {scipy.__version__} LSODA 1e-6"}
    for regimen in workload.REGIMENS:
        times, rates = workload.rates(regimen)
        begin = time.perf_counter()
        found = [trajectory(one, times, rates, workload.POINTS) for one in parameters]
        seconds = time.perf_counter() - begin
        peaks = [float(one.max()) for one in found[:3]]
        result[regimen] = {"children_per_second": CHILDREN / seconds, "peaks": peaks}
    sys.stdout.write(json.dumps(result) + "\n")


if __name__ == "__main__":
    main()
