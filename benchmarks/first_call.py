"""The first call of each engine in a new process, with its compiled code kept from an earlier one."""

from __future__ import annotations

import statistics
import subprocess
import sys
from pathlib import Path

from benchmarks.measuring import Figure

ROUNDS = 5
MOST_SECONDS = 2.0
PREPARE = """
import time
begin = time.perf_counter()
import numpy as np
from benchmarks.peers import workload
from ransel.pharmacokinetics.schedule import Grid, Schedule
schedule, grid = Schedule.of_rates(*workload.rates("slow"), np.ones(64)), Grid(points=workload.POINTS)
"""
CALLS = {
    "linear trajectories and summaries": """
from benchmarks.linear import children, summaries, trajectories
some = children().part(0, 64)
trajectories(some, schedule, grid)
summaries(some, schedule, np.array([0.0, 840.0]), 1.0)
""",
    "nonlinear": """
from benchmarks.nonlinear import saturable, simulate
simulate(saturable(64)[0], schedule, grid)
""",
    "individual fits": """
from benchmarks.individual import Levels, Prior, ResidualError, Individuals, estimate
ones = np.ones((64, 1))
prior = Prior(typical=Individuals(clearance=0.02 * ones, volume=5 * ones, exchange=0.005 * ones, peripheral=4 * ones),
              between_children=0.09 * np.eye(4), residual=ResidualError(proportional=0.15))
estimate(prior, schedule, Levels.regular([24.0, 240.0], np.ones((64, 2))))
""",
}
"""What is called first; the time counts from the first import on."""


def figures() -> list[Figure]:
    """Return the seconds of each first call, its imports included."""
    return [_figure(what, program) for what, program in CALLS.items()]


def _figure(what: str, program: str) -> Figure:
    found = [_seconds(program) for _ in range(ROUNDS + 1)][1:]
    median = statistics.median(found)
    return Figure(
        f"first call in a new process, with all imports: {what}", median, min(found), max(found), "s",
        f"{median / MOST_SECONDS:.2f} of the limit of {MOST_SECONDS:g} s", median <= MOST_SECONDS,
    )  # fmt: skip


def _seconds(program: str) -> float:
    done = subprocess.run(
        [sys.executable, "-c", PREPARE + program + "\nprint(time.perf_counter() - begin)"],
        check=True, capture_output=True, text=True, cwd=Path(__file__).parents[1],
    )  # fmt: skip
    return float(done.stdout)
