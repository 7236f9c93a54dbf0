"""numbalsoda: LSODA at 1e-6 for the nonlinear models, begun anew at each change of rate; prints children a second.

Equations, children, regimens, hourly points and tolerances are those of `benchmarks/nonlinear.py`.
"""

from __future__ import annotations

import json
import sys
import time

import nonlinear_workload
import numba
import numpy as np
import workload
from numba import carray, cfunc, njit, prange
from numbalsoda import lsoda, lsoda_sig

CHILDREN, ROUNDS = 400, 3
RELATIVE, ABSOLUTE = nonlinear_workload.RELATIVE, nonlinear_workload.ABSOLUTE


@cfunc(lsoda_sig)
def saturable(t, y, slope, data):  # noqa: ANN001, ANN201 - compiled
    """Concentrations in two compartments, and the cumulative hazard; given: parameters, then the inflow in mg/h."""
    p = carray(data, 13)
    part = 0.0 if t < p[6] else 1.0
    if p[6] <= t < p[6] + p[8]:
        part = (t - p[6]) / p[8]
    raised = 1.0 + (p[7] - 1.0) * part * part * (3.0 - 2.0 * part)
    drug, gap = y[0], y[0] - y[1]
    rise = (p[12] - p[0] * raised * drug - p[4] * drug / (p[5] + drug) - p[2] * gap) / p[1]
    slope[0] = rise
    slope[1] = p[2] * gap / p[3]
    slope[2] = p[9] + p[10] * drug + p[11] * max(rise, 0.0)


@cfunc(lsoda_sig)
def target_mediated(_time, y, slope, data):  # noqa: ANN001, ANN201 - compiled for C, which gives the types
    """Free drug, peripheral drug, free target and complex; given: parameters, then the inflow in mg/h."""
    p = carray(data, 10)
    gap = y[0] - y[1]
    binding = p[4] * y[0] * y[2] - p[5] * y[3]
    slope[0] = (p[9] - p[0] * y[0] - p[2] * gap) / p[1] - binding
    slope[1] = p[2] * gap / p[3]
    slope[2] = p[6] - p[7] * y[2] - binding
    slope[3] = binding - p[8] * y[3]


@njit
def one_child(address, begin, row, surface, times, rates, out):  # noqa: ANN001, ANN201 - compiled
    """Fill `out` with hourly concentrations of one child; changes of rate lie on full hours."""
    y = begin.copy()
    data = np.append(row, 0.0)
    well = True
    for i in range(times.shape[0]):
        first = int(times[i])
        last = int(times[i + 1]) if i + 1 < times.shape[0] else out.shape[0] - 1
        data[-1] = rates[i] * surface
        found, done = lsoda(
            address, y, np.arange(first, last + 1) * 1.0, data, rtol=RELATIVE, atol=ABSOLUTE, mxstep=100_000
        )
        well = well and done
        out[first : last + 1] = found[:, 0]
        y = found[-1].copy()
    return well


@njit(parallel=True)
def all_children(address, begins, rows, surfaces, times, rates, out):  # noqa: ANN001, ANN201 - compiled
    """Fill `out`, (children, points), and return whether every child was finished."""
    well = np.zeros(rows.shape[0], dtype=np.bool_)
    for i in prange(rows.shape[0]):
        well[i] = one_child(address, begins[i], rows[i], surfaces[i], times, rates, out[i])
    return well.all()


def per_second(address: int, begins: np.ndarray, rows: np.ndarray, surfaces: np.ndarray, regimen: str) -> float:
    """Return how many children a second one model is carried through one regimen, the best of some rounds."""
    times, rates = workload.rates(regimen)
    out = np.zeros((CHILDREN, workload.POINTS))
    all_children(address, begins[:4], rows[:4], surfaces[:4], times, rates, out[:4])
    seconds = []
    for _ in range(ROUNDS):
        begin = time.perf_counter()
        if not all_children(address, begins, rows, surfaces, times, rates, out):
            sys.exit("numbalsoda did not finish every child")
        seconds.append(time.perf_counter() - begin)
    return CHILDREN / min(seconds)


def rows_of(found: dict[str, np.ndarray], names: tuple[str, ...]) -> np.ndarray:
    """Return the parameters, a row per child."""
    return np.stack([found[name] for name in names], axis=1)


def main() -> None:
    """Print one line of JSON, as the other peers do."""
    numba.set_num_threads(min(2, numba.config.NUMBA_NUM_THREADS))
    children, weights = workload.children(CHILDREN), workload.weights(CHILDREN)
    surfaces = nonlinear_workload.surface(weights)
    first = nonlinear_workload.saturable(children, weights)
    second = nonlinear_workload.target_mediated(children)
    at_rest = np.zeros((CHILDREN, 4))
    at_rest[:, 2] = second["made"] / second["lost"]
    models = {
        "saturable": (saturable.address, np.zeros((CHILDREN, 3)), rows_of(first, nonlinear_workload.SATURABLE)),
        "target-mediated": (target_mediated.address, at_rest, rows_of(second, nonlinear_workload.TARGET_MEDIATED)),
    }
    result = {"engine": "numbalsoda LSODA 1e-6"}
    for name, (address, begins, rows) in models.items():
        result[name] = {
            regimen: {"children_per_second": per_second(address, begins, rows, surfaces, regimen)}
            for regimen in workload.REGIMENS
        }
    sys.stdout.write(json.dumps(result) + "\n")


if __name__ == "__main__":
    main()
