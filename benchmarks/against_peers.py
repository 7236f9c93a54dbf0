"""Ransel beside other engines in one run: the same children, regimens, points. An absent peer is shown as absent."""

from __future__ import annotations

import json
import subprocess
import time
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np

from benchmarks import nonlinear
from benchmarks.measuring import Figure
from benchmarks.peers import workload
from ransel.pharmacokinetics.individuals import Individuals
from ransel.pharmacokinetics.linear.engine import trajectories
from ransel.pharmacokinetics.schedule import Grid, Schedule

PEERS = Path(__file__).parent / "peers"
PYTHON = Path(__file__).parents[1] / ".venv-peers" / "bin" / "python"
CHILDREN, ROUNDS, STIFF_CHILDREN = 10_000, 7, 500
PATIENCE_S = 900
SAME = 1e-4
"""How far the highest concentrations of an engine with a tolerance of 1e-6 may lie from ours, relatively."""
LINEAR = {
    "linear_scipy.py": ("SciPy LSODA, 1e-6", 5_000.0),
    "linear_numbalsoda.py": ("numbalsoda LSODA, 1e-6", 100.0),
    "linear_jax.py": ("JAX, a scan", 10.0),
}
"""What each peer is called, and how many times as fast is aimed at."""

Found = Mapping[str, Any]


def figures() -> list[Figure]:
    """Return how many times as fast as each peer Ransel is, for both regimens."""
    found = []
    for script, (name, aim) in LINEAR.items():
        peer = _run(script)
        for regimen in workload.REGIMENS:
            what = f"linear, {CHILDREN:,} children x {workload.POINTS:,} points, {regimen}: times {name}"
            found.append(_absent(what) if peer is None else _linear(what, regimen, peer[regimen], aim))
    return [*found, *_nonlinear()]


def _run(script: str) -> Found | None:
    """Return what a peer printed; None when it is not here or does not run."""
    if not PYTHON.exists():
        return None
    try:
        done = subprocess.run(
            [PYTHON, script], cwd=PEERS, capture_output=True, text=True, timeout=PATIENCE_S, check=True
        )
    except (subprocess.CalledProcessError, subprocess.TimeoutExpired):
        return None
    printed: Found = json.loads(done.stdout.splitlines()[-1])
    return printed


def _absent(what: str) -> Figure:
    return Figure(
        what, float("nan"), float("nan"), float("nan"), "x", "absent: this peer could not be installed or run"
    )


def _linear(what: str, regimen: str, peer: Found, aim: float) -> Figure:
    clearance, volume, exchange, peripheral = workload.children(CHILDREN).T
    individuals = Individuals(
        clearance=clearance[:, None], volume=volume[:, None], exchange=exchange[:, None],
        peripheral=peripheral[:, None],
    )  # fmt: skip
    schedule = Schedule.of_rates(*workload.rates(regimen), np.ones(CHILDREN))
    grid, out = Grid(points=workload.POINTS), np.empty((CHILDREN, workload.POINTS))
    trajectories(individuals, schedule, grid, out)
    _same_work(out, peer)
    seconds = sorted(_seconds(individuals, schedule, grid, out) for _ in range(ROUNDS))
    return _times(what, [CHILDREN / one for one in seconds], peer["children_per_second"], aim)


def _seconds(individuals: Individuals, schedule: Schedule, grid: Grid, out: np.ndarray) -> float:
    begin = time.perf_counter()
    trajectories(individuals, schedule, grid, out)
    return time.perf_counter() - begin


def _same_work(ours: np.ndarray, peer: Found) -> None:
    """Check that the peer has calculated the same: fast and wrong would be no comparison."""
    theirs = np.array(peer["peaks"])
    far = np.abs(ours[: len(theirs)].max(axis=1) / theirs - 1).max()
    if far > SAME:
        raise AssertionError(f"the peer's highest concentrations lie {far:.1e} from ours")


def _times(what: str, ours: list[float], theirs: float, aim: float) -> Figure:
    ratios = sorted(one / theirs for one in ours)
    median = ratios[len(ratios) // 2]
    against = f"aim: at least {aim:,.0f} x; {sorted(ours)[len(ours) // 2]:,.0f} against {theirs:,.0f} children a second"
    return Figure(what, median, ratios[0], ratios[-1], "x", against, median >= aim)


def _nonlinear() -> list[Figure]:
    peer = _run("nonlinear_numbalsoda.py")
    found = []
    for kind, (model, surface) in (
        ("saturable", nonlinear.saturable(4 * STIFF_CHILDREN)),
        ("target-mediated", nonlinear.target_mediated(STIFF_CHILDREN)),
    ):
        out = np.empty((model.count, nonlinear.GRID.points))
        for regimen in workload.REGIMENS:
            what = f"nonlinear, {kind}, {workload.POINTS:,} points, {regimen}: times numbalsoda LSODA, 1e-6"
            if peer is None:
                found.append(_absent(what))
                continue
            schedule = Schedule.of_rates(*workload.rates(regimen), surface)
            nonlinear.rate(model, schedule, out)
            ours = [nonlinear.rate(model, schedule, out) for _ in range(ROUNDS)]
            found.append(_times(what, ours, peer[kind][regimen]["children_per_second"], 1.0))
    return found


if __name__ == "__main__":
    for figure in figures():
        print(figure.row())
