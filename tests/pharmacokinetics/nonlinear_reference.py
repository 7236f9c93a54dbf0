"""The slow way: SciPy's LSODA at 1e-11, one child, from one change to the next; and a few children to compare."""

from itertools import pairwise

import numpy as np
from scipy.integrate import solve_ivp

from ransel.pharmacokinetics.nonlinear.models import Antibodies, Hazard, Model, SaturableElimination, TargetMediated
from ransel.pharmacokinetics.schedule import Grid, Schedule

CHILDREN = 3
WEEKS = Grid(points=1 + 70 * 24)
"""Two courses of 35 days, hourly."""


def regimen(days: int, hours: float, courses: int = 2) -> tuple[np.ndarray, np.ndarray]:
    """Return moments and rates per square metre: 100 mg in every course, so many hours a day on so many days."""
    times, rates = [], []
    for course in range(courses):
        for day in range(days):
            times += [course * 840.0 + day * 24.0, course * 840.0 + day * 24.0 + hours]
            rates += [100.0 / (days * hours), 0.0]
    kept = [i for i in range(len(times)) if i + 1 == len(times) or times[i + 1] > times[i]]
    return np.array(times)[kept], np.array(rates)[kept]


SLOW, FAST = regimen(10, 24.0), regimen(5, 8.0)
SURFACE = np.array([0.55, 0.71, 0.90])
DISPOSITION = {
    "clearance": np.array([0.013, 0.020, 0.031]),
    "volume": np.array([0.6, 1.0, 1.4]),
    "exchange": np.array([0.009, 0.016, 0.030]),
    "peripheral": np.array([1.1, 1.4, 2.6]),
}
BINDING = {
    "bind": np.array([2.0, 5.0, 9.0]),
    "release": np.array([0.03, 0.05, 0.09]),
    "made": np.array([0.03, 0.05, 0.06]),
    "lost": np.array([0.04, 0.05, 0.06]),
    "taken": np.array([0.01, 0.02, 0.03]),
}
ANTIBODIES = Antibodies(
    begins=np.array([np.inf, 963.37, 500.5]), factor=np.array([1.0, 4.0, 9.0]), onset=np.array([0.0, 61.3, 0.0])
)
HAZARD = Hazard(base=1e-4, by_concentration=np.array([1e-4, 2e-4, 3e-4]), by_rise=np.array([0.0, 1e-3, 5e-3]))


def saturable(**changed: object) -> SaturableElimination:
    """Return the children with saturable elimination, antibodies in two of them, and a hazard."""
    values = DISPOSITION | {
        "most": np.array([0.004, 0.012, 0.03]), "half": np.array([0.3, 1.0, 2.0]),
        "antibodies": ANTIBODIES, "hazard": HAZARD,
    }  # fmt: skip
    return SaturableElimination(**(values | changed))


def target_mediated(**changed: object) -> TargetMediated:
    """Return the children with a target that binds fast."""
    return TargetMediated(**(DISPOSITION | BINDING | {"antibodies": ANTIBODIES, "hazard": HAZARD} | changed))


def scheduled(times_rates: tuple[np.ndarray, np.ndarray]) -> Schedule:
    """Return a shared schedule for the children."""
    return Schedule.of_rates(*times_rates, SURFACE)


def exactly(
    model: Model, child: int, times_rates: tuple[np.ndarray, np.ndarray], grid: Grid, surface: np.ndarray = SURFACE
) -> np.ndarray:
    """Return drug, peripheral, target, complex and hazard of one child on the grid, and the area as the last row."""
    p = {name: float(getattr(model, name)[child]) for name in DISPOSITION}
    p |= {name: float(getattr(model, name)[child]) if hasattr(model, name) else 0.0 for name in ("most", *BINDING)}
    p["half"] = float(model.half[child]) if isinstance(model, SaturableElimination) else 1.0
    begins, factor, onset = (float(np.broadcast_to(getattr(model.antibodies, one), model.count)[child])
                             for one in ("begins", "factor", "onset"))  # fmt: skip
    base, per_mg, per_rise = (float(np.broadcast_to(getattr(model.hazard, one), model.count)[child])
                              for one in ("base", "by_concentration", "by_rise"))  # fmt: skip

    def slopes(t, y, inflow, late):
        part = 1.0 if late and not onset else min(max((t - begins) / onset, 0.0), 1.0) if onset else 0.0
        clearance = p["clearance"] * (1 + (factor - 1) * (3 * part**2 - 2 * part**3))
        binding = p["bind"] * y[0] * y[2] - p["release"] * y[3]
        flow = p["exchange"] * (y[0] - y[1])
        lost = clearance * y[0] + p["most"] * y[0] / (p["half"] + y[0])
        rise = (inflow - lost - flow) / p["volume"] - binding
        return [
            rise, flow / p["peripheral"], p["made"] - p["lost"] * y[2] - binding, binding - p["taken"] * y[3],
            base + per_mg * y[0] + per_rise * max(rise, 0.0), y[0],
        ]  # fmt: skip

    times, rates = times_rates
    changes = {*times, grid.times[-1], begins, begins + onset}
    stops = np.array(sorted(stop for stop in changes if stop <= grid.times[-1]))
    found = np.empty((6, grid.points))
    state = np.array([0.0, 0.0, p["made"] / p["lost"] if p["made"] else 0.0, 0.0, 0.0, 0.0])
    for start, stop in pairwise(stops):
        inflow = rates[np.searchsorted(times, start, side="right") - 1] * surface[child]
        inside = (grid.times >= start) & (grid.times <= stop)
        moments = np.unique([start, *grid.times[inside], stop])
        solved = solve_ivp(
            slopes, (start, stop), state, "LSODA", moments, args=(inflow, start >= begins),
            rtol=1e-11, atol=1e-13, first_step=min(1e-4, (stop - start) / 4),
        )  # fmt: skip
        found[:, inside] = solved.y[:, np.isin(moments, grid.times[inside])]
        state = solved.y[:, -1]
    return found


def worst(found: np.ndarray, true: np.ndarray) -> float:
    """Return the largest relative error where a value is more than a millionth of its greatest."""
    counts = true > 1e-6 * true.max()
    return float(np.max(np.abs(found[counts] - true[counts]) / true[counts]))
