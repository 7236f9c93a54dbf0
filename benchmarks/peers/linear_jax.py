"""JAX: a compiled scan over hours, all children at once, in double precision; prints children a second."""

from __future__ import annotations

import json
import sys
import time

import jax
import numpy as np
import workload

jax.config.update("jax_enable_x64", True)

CHILDREN, ROUNDS = 10_000, 5


def steps(parameters: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Return the step of one hour: what stays of both amounts, (n, 2, 2), and what an hour at 1 mg/h adds, (n, 2)."""
    clearance, volume, exchange, peripheral = parameters.T
    k10, k12, k21 = clearance / volume, exchange / volume, exchange / peripheral
    system = np.zeros((len(parameters), 3, 3))
    system[:, 0, 0], system[:, 0, 1], system[:, 0, 2] = -(k10 + k12), k21, 1.0
    system[:, 1, 0], system[:, 1, 1] = k12, -k21
    whole = np.asarray(jax.vmap(jax.scipy.linalg.expm)(system))
    return whole[:, :2, :2], whole[:, :2, 2]


@jax.jit
def trajectories(stays: jax.Array, gain: jax.Array, volume: jax.Array, rates: jax.Array) -> jax.Array:
    """Return concentrations, (hours, children)."""

    def step(amounts: jax.Array, rate: jax.Array) -> tuple[jax.Array, jax.Array]:
        after = jax.numpy.einsum("nij,nj->ni", stays, amounts) + gain * rate
        return after, after[:, 0] / volume

    return jax.lax.scan(step, jax.numpy.zeros_like(gain), rates)[1]


def main() -> None:
    """Print one line of JSON: the version, and for each regimen children a second and the highest concentrations."""
    parameters = workload.children(CHILDREN)
    stays, gain = steps(parameters)
    volume = jax.numpy.asarray(parameters[:, 1])
    found = {"engine": f"JAX {jax.__version__} scan"}
    for regimen in workload.REGIMENS:
        rates = jax.numpy.asarray(workload.hourly_rates(regimen))
        result = trajectories(stays, gain, volume, rates).block_until_ready()
        seconds = []
        for _ in range(ROUNDS):
            begin = time.perf_counter()
            result = trajectories(stays, gain, volume, rates).block_until_ready()
            seconds.append(time.perf_counter() - begin)
        peaks = np.asarray(result).max(axis=0)[:3]
        found[regimen] = {"children_per_second": CHILDREN / min(seconds), "peaks": peaks.tolist()}
    sys.stdout.write(json.dumps(found) + "\n")


if __name__ == "__main__":
    main()
