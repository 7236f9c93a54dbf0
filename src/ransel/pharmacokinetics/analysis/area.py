"""Areas under a curve of levels by trapezoids, straight or on the logarithm, with their first moments."""

from __future__ import annotations

from bisect import bisect_left
from dataclasses import dataclass
from enum import StrEnum
from itertools import pairwise
from math import exp, expm1, log
from typing import NamedTuple

_SHORT = 0.01
"""Below this drop of the logarithm the moment of a piece is summed as a series: the closed form would lose digits."""


class AreaMethod(StrEnum):
    """How a curve runs between two levels."""

    LINEAR_UP_LOG_DOWN = "linear-up-log-down"
    """Straight where it rises or stays, on the logarithm where it falls."""
    LINEAR = "linear"
    """Straight everywhere."""
    LINEAR_LOG = "linear-log"
    """Straight up to the highest level, on the logarithm after it."""


class Area(NamedTuple):
    """An area (mg·h/L) and its first moment (mg·h²/L)."""

    area: float
    moment: float

    def plus(self, other: Area) -> Area:
        """Return both together."""
        return Area(self.area + other.area, self.moment + other.moment)


@dataclass(frozen=True, slots=True)
class Curve:
    """Levels at ascending times, and how the curve runs between them.

    Values:
        times: h. levels: mg/L, none below nought. peak: the time of the highest level, for the rule that needs it.
    """

    times: tuple[float, ...]
    levels: tuple[float, ...]
    method: AreaMethod
    peak: float

    def whole(self) -> Area:
        """Return the area from the first to the last level."""
        return self.between(self.times[0], self.times[-1])

    def between(self, begin: float, end: float) -> Area:
        """Return the area between two times that lie within the curve."""
        bounds = [begin, *(time for time in self.times if begin < time < end), end]
        total = Area(0.0, 0.0)
        for first, second in pairwise(bounds):
            total = total.plus(self._piece(first, second))
        return total

    def at(self, time: float) -> float:
        """Return the level at a time within the curve."""
        place = bisect_left(self.times, time)
        if self.times[place] == time:
            return self.levels[place]
        return self._inside(place - 1, time)

    def _piece(self, begin: float, end: float) -> Area:
        """Return the area of a piece between two neighbours of the curve."""
        first, second = self.at(begin), self.at(end)
        width = end - begin
        place = bisect_left(self.times, end) - 1
        if self._is_log(place) and first > 0 and second > 0:
            return _log_piece(begin, width, first, second)
        # The usual rule: the product of time and level runs straight too, although it does not quite.
        return Area(width * (first + second) / 2, width * (begin * first + end * second) / 2)

    def _inside(self, place: int, time: float) -> float:
        (begin, end), (first, second) = self.times[place : place + 2], self.levels[place : place + 2]
        part = (time - begin) / (end - begin)
        if self._is_log(place):
            return first * exp(part * log(second / first))
        return first + part * (second - first)

    def _is_log(self, place: int) -> bool:
        """Whether the piece after this level runs on the logarithm."""
        first, second = self.levels[place : place + 2]
        if self.method is AreaMethod.LINEAR or min(first, second) <= 0 or first == second:
            return False
        if self.method is AreaMethod.LINEAR_UP_LOG_DOWN:
            return second < first
        return self.times[place] >= self.peak


def _log_piece(begin: float, width: float, first: float, second: float) -> Area:
    drop = log(first / second)
    if drop == 0:
        return Area(width * first, width * first * (begin + width / 2))
    area = width * first * -expm1(-drop) / drop
    if abs(drop) < _SHORT:
        bend = 0.5 - drop / 3 + drop**2 / 8 - drop**3 / 30 + drop**4 / 144
    else:
        bend = (1 - exp(-drop) * (1 + drop)) / drop**2
    return Area(area, begin * area + width * width * first * bend)
