"""What was found of each child of `ransel pk fit`: ready to be said, drawn or written."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property

import numpy as np

from ransel.cli.pk_fit_inputs import FitInputs
from ransel.cli.pk_text import four_digits
from ransel.language import Language
from ransel.language.notice import Level, Notice, notice
from ransel.pharmacokinetics.fitting.estimates import ChildCourse, Estimated, FitState, terminal_rates
from ransel.pharmacokinetics.fitting.estimation import estimate
from ransel.pharmacokinetics.fitting.levels_of_table import ChildRows
from ransel.pharmacokinetics.fitting.posterior_draws import WeightedDraws, drawn_courses, weighted_draws
from ransel.pharmacokinetics.individuals import Floats
from ransel.pharmacokinetics.parameters.taken import Taken, assumptions
from ransel.pharmacokinetics.parameters.variability import PARAMETERS, Parameter

POINTS = 241
"""So many moments of a course are calculated."""
MOST_WEIGHED = 20
"""Of so many children the intervals come from draws, each weighed by itself; of more, from the curvature of the fit."""
FEW = 400
"""When the draws are worth fewer than this, their intervals are rough."""
COUNT_FOR_SHRINKAGE = 10
Three = tuple[float, float, float]


@dataclass(frozen=True, slots=True, eq=False, kw_only=True)
class LevelRow:
    """A moment of which the level was measured or asked for.

    Values:
        time: h. measured: mg/L; None where nothing was. below: whether it lay below `measured`. fitted: what the fit
        says, with its interval. off: from the fit, in standard deviations. far: from what any child would have.
    """

    time: float
    measured: float | None
    below: bool
    fitted: Three
    off: float | None
    far: bool


class FittedChild:
    """One child: who it most likely is, and what follows."""

    def __init__(self, among: Fitted, place: int) -> None:
        self.inputs, self.estimates, self.place = among.inputs, among.estimates, place
        self._among = among

    @property
    def rows(self) -> ChildRows:
        """The rows of the table in which a level was drawn or asked for."""
        return self.inputs.levels.children[self.place]

    @property
    def name(self) -> str:
        """What the child is called in the table."""
        return self.rows.child

    @property
    def state(self) -> FitState:
        """How the search went."""
        return self.estimates.state(self.place)

    @property
    def used(self) -> int:
        """How many levels had a say."""
        part = self.estimates.levels.of_child(self.place)
        return int(np.sum(~self.estimates.before_dose[part]))

    @cached_property
    def draws(self) -> WeightedDraws | None:
        """Children that could have had these levels; None where the curvature of the fit has to do."""
        weighed = self.state in {FitState.CONVERGED, FitState.NO_LEVELS} and self.estimates.count <= MOST_WEIGHED
        return weighted_draws(self.estimates, self.place) if weighed else None

    def parameter(self, name: Parameter) -> Three:
        """Return a parameter with its interval, L/h or L: of the first course where they differ."""
        if self.draws is None:
            return self._among.parameters[name].at(self.place)
        column = PARAMETERS.index(name)
        likely = np.exp(self.estimates.logs[self.place, column : column + 1])
        return self.draws.interval(np.exp(self.draws.logs[:, column : column + 1]), likely).at(0)

    def typical(self, name: Parameter) -> float:
        """Return the same of a typical child."""
        return float(np.exp(self.estimates.prior_logs[self.place, PARAMETERS.index(name)]))

    @property
    def half_life(self) -> Three:
        """The terminal half-life with its interval, h."""
        found = self._among.half_lives
        if self.draws is None:
            return found.at(self.place)
        one = np.full(self.draws.weights.shape, self.estimates.batch.one[self.place])
        rates, _ = terminal_rates(self.draws.logs[:, :4], one)
        return self.draws.interval(np.log(2) / rates[:, np.newaxis], found.value[self.place : self.place + 1]).at(0)

    @cached_property
    def window(self) -> tuple[float, float]:
        """From when to when the course is shown, h."""
        schedule = self.inputs.schedule.part(self.place, self.place + 1)
        return float(schedule.times.min()), self.inputs.end_of(self.place)

    @property
    def area(self) -> Three:
        """The area under the levels over that window, mg h/L, with its interval."""
        if self.draws is None:
            return self.estimates.area_between(self.place, *self.window).at(0)
        return self.course.area.at(-1)

    @cached_property
    def course(self) -> ChildCourse:
        """The course of the levels, at equal distances and at every change of the dosing; areas since it began."""
        begin, end = self.window
        moments = self.inputs.schedule.part(self.place, self.place + 1).times
        within = moments[(moments >= begin) & (moments <= end)]
        return self._course(np.union1d(np.linspace(begin, end, POINTS), within))

    def _course(self, times: Floats) -> ChildCourse:
        found = self.estimates.course(self.place, times)
        if self.draws is None:
            return found
        levels, areas = drawn_courses(self.estimates, self.place, self.draws, times)
        return ChildCourse(
            times, self.draws.interval(levels, found.level.value), self.draws.interval(areas, found.area.value)
        )

    @cached_property
    def typical_course(self) -> Floats:
        """The levels of a typical child with the same doses, at the same moments."""
        return self.estimates.typical_course(self.place, self.course.times)

    @cached_property
    def levels(self) -> tuple[LevelRow, ...]:
        """Every moment of the table."""
        first = int(self.estimates.levels.offsets[self.place])
        times = np.maximum.accumulate(self.rows.times) if self.rows.rows else self.rows.times
        found = self._course(times).level if times.size else None
        return tuple(
            self._level(found, row, first + place if place >= 0 else None)
            for row, place in enumerate(self.rows.places)
            if found is not None
        )

    def _level(self, found: Estimated, row: int, place: int | None) -> LevelRow:
        of, written = self.estimates, self.rows.rows[row]
        off = None if place is None or not np.isfinite(of.residuals[place]) else float(of.residuals[place])
        return LevelRow(
            time=written.time, measured=None if place is None else float(of.levels.values[place]),
            below=place is not None and bool(of.levels.below[place]), fitted=found.at(row), off=off,
            far=place is not None and bool(of.far[place]),
        )  # fmt: skip

    # what a reader must know

    @cached_property
    def notices(self) -> tuple[Notice, ...]:
        """What is odd about the levels or the fit."""
        return tuple(self._notices())

    def _notices(self) -> Iterator[Notice]:
        of, part, language = self.estimates, self.estimates.levels.of_child(self.place), self.inputs.language
        if self.state is FitState.NO_LEVELS:
            yield notice("pk-fit.no-levels", Level.INFORM)
        elif self.state is not FitState.CONVERGED:
            yield notice(f"pk-fit.search-{self.state.name.lower().replace('_', '-')}", Level.WARN)
        far = of.far[part]
        for place in range(part.start, part.stop):
            yield from self._of_level(place, bool(far.any()), language)
        if far.any():
            clearance = self._clearance_without_far(language)
            yield notice("pk-fit.without-far", Level.INFORM, count=int(far.sum()), clearance=clearance)
        below = int(np.sum(of.levels.below[part] & ~of.before_dose[part]))
        if below:
            yield notice("pk-fit.below", Level.INFORM, count=below)
        if self.draws is not None and self.draws.effective < FEW:
            yield notice("pk-fit.rough", Level.INFORM)

    def _of_level(self, place: int, some_far: bool, language: Language) -> Iterator[Notice]:
        of = self.estimates
        values = {
            "measured": ("< " if of.levels.below[place] else "")
            + four_digits(float(of.levels.values[place]), language),
            "time": four_digits(float(of.levels.times[place]), language),
        }
        if of.impossible[place]:
            yield notice("pk-fit.impossible", Level.WARN, **values)
        elif of.before_dose[place]:
            yield notice("pk-fit.before-dose", Level.INFORM, **values)
        elif of.far[place]:
            off = four_digits(round(float(abs(of.surprises[place])), 1), language)
            yield notice("pk-fit.far", Level.WARN, **values, off=off)
        elif of.unexplained[place] and not some_far:
            off = four_digits(round(float(abs(of.residuals[place])), 1), language)
            yield notice("pk-fit.unexplained", Level.WARN, **values, off=off)

    def _clearance_without_far(self, language: Language) -> str:
        """Return the clearance as it would be without the levels that lie far from what any child would have."""
        one = slice(self.place, self.place + 1)
        levels = self.estimates.levels.part(one.start, one.stop)
        part = self.estimates.levels.of_child(self.place)
        found = estimate(
            self.inputs.prior.part(one.start, one.stop), self.inputs.schedule.part(one.start, one.stop),
            levels.without(self.estimates.far[part]),
        )  # fmt: skip
        return four_digits(float(f"{24 * found.parameter('clearance').value[0]:.3g}"), language)


class Fitted:
    """All children of a table."""

    def __init__(self, inputs: FitInputs) -> None:
        self.inputs = inputs
        self.estimates = estimate(inputs.prior, inputs.schedule, inputs.levels.levels)
        self.children = tuple(FittedChild(self, place) for place in range(self.estimates.count))

    @cached_property
    def parameters(self) -> dict[Parameter, Estimated]:
        """The parameters of all children by the curvature of the fits."""
        return {name: self.estimates.parameter(name) for name in PARAMETERS}

    @cached_property
    def half_lives(self) -> Estimated:
        """The half-lives of all children by the curvature of the fits."""
        return self.estimates.half_life()

    @property
    def weighed(self) -> bool:
        """Whether intervals come from draws that are weighed one by one."""
        return self.estimates.count <= MOST_WEIGHED

    @property
    def shrinkage(self) -> dict[Parameter, float]:
        """How much less the children differ than children do; nothing for a few children."""
        fitted = int(np.sum(self.estimates.states == FitState.CONVERGED))
        return self.estimates.shrinkage() if fitted >= COUNT_FOR_SHRINKAGE else {}

    @property
    def taken(self) -> tuple[Taken, ...]:
        """What was taken to be so without a source."""
        return tuple(one for one in assumptions(self.inputs.parameters) if not one.id.startswith("antibodies."))
