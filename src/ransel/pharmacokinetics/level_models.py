"""Models of what a body does with a drug, behind one small port: levels on a grid, at any time, and summed up."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol

import numpy as np

from ransel.language import Message
from ransel.pharmacokinetics.events.schedule_of_events import Drawings
from ransel.pharmacokinetics.individuals import Floats, Individuals
from ransel.pharmacokinetics.nonlinear.models import SaturableElimination
from ransel.pharmacokinetics.schedule import Grid, Schedule


@dataclass(frozen=True, slots=True, eq=False, kw_only=True)
class WindowSums:
    """What is found of each child in each window, (children, windows).

    Values:
        area: mg·h/L. peak, at_end: mg/L, before what is given at the very end. above: h above the threshold.
        failures: children, counted from nought, that could not be calculated; their numbers are NaN.
    """

    area: Floats
    peak: Floats
    at_end: Floats
    above: Floats
    failures: tuple[tuple[int, Message], ...] = ()


class LevelModel(Protocol):
    """A model that is linear or not."""

    def on_grid(self, individuals: Individuals, schedule: Schedule, grid: Grid) -> Floats:
        """Return concentrations (children, points), mg/L."""

    def at(self, individuals: Individuals, schedule: Schedule, drawings: Drawings) -> Floats:
        """Return the concentration at every drawing, mg/L."""

    def over(self, individuals: Individuals, schedule: Schedule, windows: Floats, threshold: float) -> WindowSums:
        """Return what is found in windows (k, 2), hours; an infinite threshold is never passed."""


@dataclass(frozen=True, slots=True)
class LinearModel:
    """One or two compartments in which a double dose gives a double level: exact."""

    def on_grid(self, individuals: Individuals, schedule: Schedule, grid: Grid) -> Floats:
        """Return concentrations (children, points), mg/L."""
        from ransel.pharmacokinetics.linear.engine import trajectories  # noqa: PLC0415 - compiled code, only when it is used

        return trajectories(individuals, schedule, grid)

    def at(self, individuals: Individuals, schedule: Schedule, drawings: Drawings) -> Floats:
        """Return the concentration at every drawing, mg/L."""
        from ransel.pharmacokinetics.linear.engine import concentrations_at  # noqa: PLC0415 - as above

        return concentrations_at(individuals, schedule, drawings.times, drawings.offsets)

    def over(self, individuals: Individuals, schedule: Schedule, windows: Floats, threshold: float) -> WindowSums:
        """Return what is found in windows (k, 2), hours."""
        from ransel.pharmacokinetics.linear.engine import summaries  # noqa: PLC0415 - as above

        found = summaries(individuals, schedule, windows, threshold)
        return WindowSums(area=found.area, peak=found.peak, at_end=found.trough, above=found.hours_above)


@dataclass(frozen=True, slots=True, kw_only=True)
class SaturableModel:
    """The same compartments with a second way out that saturates, by an integrator.

    Values:
        most: what the second way removes at most, mg/h. half: the level at which it removes half of that, mg/L.
    """

    most: float
    half: float

    def on_grid(self, individuals: Individuals, schedule: Schedule, grid: Grid) -> Floats:
        """Return concentrations (children, points), mg/L."""
        from ransel.pharmacokinetics.nonlinear.simulation import simulate  # noqa: PLC0415 - as above

        return simulate(self._model(individuals), schedule, grid).values

    def at(self, individuals: Individuals, schedule: Schedule, drawings: Drawings) -> Floats:
        """Return the concentration at every drawing, mg/L."""
        from ransel.pharmacokinetics.nonlinear.simulation import simulate  # noqa: PLC0415 - as above

        found = np.empty(drawings.times.size)
        for child in range(individuals.count):
            model = self._model(individuals.part(child, child + 1))
            given = schedule.part(child, child + 1)
            for place in range(int(drawings.offsets[child]), int(drawings.offsets[child + 1])):
                moment = Grid(first=float(drawings.times[place]), points=1)
                found[place] = simulate(model, given, moment).values[0, 0]
        return found

    def over(self, individuals: Individuals, schedule: Schedule, windows: Floats, threshold: float) -> WindowSums:
        """Return what is found in windows (k, 2), hours."""
        from ransel.pharmacokinetics.nonlinear.simulation import summaries  # noqa: PLC0415 - as above

        model = self._model(individuals)
        each = [summaries(model, schedule, (float(begin), float(end)), threshold=threshold) for begin, end in windows]
        return WindowSums(
            area=np.stack([one.area for one in each], axis=1), peak=np.stack([one.peak for one in each], axis=1),
            at_end=np.stack([one.trough for one in each], axis=1),
            above=np.stack([one.above for one in each], axis=1),
            failures=tuple({one.child: one.why for found in each for one in found.failures}.items()),
        )  # fmt: skip

    def _model(self, individuals: Individuals) -> SaturableElimination:
        return SaturableElimination(
            clearance=individuals.clearance, volume=individuals.volume, exchange=individuals.exchange,
            peripheral=individuals.peripheral, most=np.full_like(individuals.clearance, self.most),
            half=np.full_like(individuals.clearance, self.half),
        )  # fmt: skip
