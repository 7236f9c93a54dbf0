"""Exposure of the same children in two regimens."""

from __future__ import annotations

from dataclasses import dataclass

from ransel.evidence import Confidence
from ransel.language import Message
from ransel.outcomes.interval import Interval, Spread


@dataclass(frozen=True, slots=True, kw_only=True)
class Measure:
    """One measure of exposure; the second regimen against the first.

    Values:
        id: peak, area-first, trough and time-above are of the first course and the weeks up to the next; peak-all and
        area-all of all courses, the area until nothing is left. unit: such as `µg·d/mL`.
        first, second: spread over the children. ratio: geometric mean of second / first within the same child, with
        its interval. of_children: spread of that ratio over the children.
    """

    id: str
    unit: str
    first: Spread
    second: Spread
    ratio: Interval
    of_children: Spread


@dataclass(frozen=True, slots=True, kw_only=True)
class ProfilePoint:
    """Concentrations at an hour after the start of the first course: 5th, 50th and 95th percentile, µg/mL."""

    hour: float
    first: tuple[float, float, float]
    second: tuple[float, float, float]


@dataclass(frozen=True, slots=True, kw_only=True)
class Recalled:
    """What was observed in patients, shown beside a simulation.

    Values:
        first, second: as published, µg·d/mL or as `unit` says; None where nothing was published for it.
        first_deviation, second_deviation: standard deviations over the patients.
    """

    measure: str
    unit: str
    first: float | None
    second: float | None
    confidence: Confidence
    source: str
    first_deviation: float | None = None
    second_deviation: float | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class ExposureComparison:
    """Two regimens in the same simulated children.

    Values:
        regimens: ids of the protocols, first and second. children: how many. parameters: id of the parameter set.
        seed: that gives the same children again. interval_hours: from the start of one course to the next, the same
        for both. courses: how many. linear: whether equal areas are true by construction. profile: for a picture.
        sensitivity: the ratio of each measure under other assumptions, by the name of the assumption.
    """

    regimens: tuple[str, str]
    children: int
    parameters: str
    seed: int
    courses: int
    interval_hours: float
    linear: bool
    measures: tuple[Measure, ...]
    profile: tuple[ProfilePoint, ...]
    recalled: tuple[Recalled, ...]
    sensitivity: tuple[tuple[Message, tuple[Measure, ...]], ...]
    says: tuple[Message, ...]

    def measure(self, name: str) -> Measure:
        """Return one measure; raises KeyError for a name that there is not."""
        found = {one.id: one for one in self.measures}
        return found[name]
