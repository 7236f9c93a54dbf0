"""How many children a second the nonlinear models carry through five courses, hourly, at a tolerance of 1e-6."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

import numpy as np

from benchmarks.measuring import Figure, measure, seconds_inside
from benchmarks.peers import nonlinear_workload, workload
from ransel.pharmacokinetics.nonlinear.models import (
    Antibodies,
    Hazard,
    Model,
    SaturableElimination,
    TargetMediated,
)
from ransel.pharmacokinetics.nonlinear.simulation import simulate, summaries
from ransel.pharmacokinetics.schedule import Grid, Schedule

GRID = Grid(points=workload.POINTS)
RELATIVE, ABSOLUTE = nonlinear_workload.RELATIVE, nonlinear_workload.ABSOLUTE
AIM = 12_000
"""Children a second, saturable elimination."""


def saturable(count: int) -> tuple[Model, np.ndarray]:
    """Return children with saturable elimination, antibodies and a hazard, and their body surfaces."""
    weights = workload.weights(count)
    found = nonlinear_workload.saturable(workload.children(count), weights)
    return SaturableElimination(
        **{name: found[name] for name in nonlinear_workload.SATURABLE[:6]},
        antibodies=Antibodies(**{name: found[name] for name in ("begins", "factor", "onset")}),
        hazard=Hazard(**{name: found[name] for name in ("base", "by_concentration", "by_rise")}),
    ), nonlinear_workload.surface(weights)


def target_mediated(count: int) -> tuple[Model, np.ndarray]:
    """Return children with a target that binds fast, and their body surfaces."""
    found = nonlinear_workload.target_mediated(workload.children(count))
    return TargetMediated(**found), nonlinear_workload.surface(workload.weights(count))


def rate(model: Model, schedule: Schedule, out: np.ndarray) -> float:
    """Return children a second with hourly concentrations."""

    def act() -> object:
        return simulate(model, schedule, GRID, relative=RELATIVE, absolute=ABSOLUTE, out=out)

    return model.count / seconds_inside(act)


def rate_without_points(model: Model, schedule: Schedule) -> float:
    """Return children a second when only their summaries are kept."""
    window = (0.0, float(workload.POINTS - 1))
    return model.count / seconds_inside(
        lambda: summaries(model, schedule, window, relative=RELATIVE, absolute=ABSOLUTE, threshold=1.0)
    )


def figures() -> list[Figure]:
    """Measure both models with both regimens, on all processors."""
    found = []
    for name, (model, surface), aim in (
        ("saturable", saturable(4000), AIM), ("target-mediated", target_mediated(500), None),
    ):  # fmt: skip
        out = np.empty((model.count, GRID.points))
        for regimen in workload.REGIMENS:
            schedule = Schedule.of_rates(*workload.rates(regimen), surface)
            limit = aim if regimen == "slow" else None
            acts = {
                "4,201 points": partial(rate, model, schedule, out),
                "summaries only": partial(rate_without_points, model, schedule),
            }
            found += [
                measure(f"nonlinear: {name}, {regimen}, {what}", "children/s", act, against(limit), within(limit))
                for what, act in acts.items()
            ]
    return found


def against(aim: int | None) -> Callable[[float], str]:
    """Return what a figure is held against."""
    if aim is None:
        return lambda _: "LSODA of numbalsoda, same children, equations and tolerances"
    return lambda median: f"{median / aim:.1f} x the {aim:,} aimed at"


def within(aim: int | None) -> Callable[[float], bool]:
    """Return whether a figure is what was aimed at."""
    return lambda median: aim is None or median >= aim


if __name__ == "__main__":
    for one in figures():
        print(one.row())
