"""Simulated children and families for the burden of a regimen: readiness, road, weekdays; the same ones for a seed."""

from __future__ import annotations

import math
from dataclasses import dataclass
from enum import IntEnum

import numpy as np
from numpy.typing import NDArray
from scipy.special import ndtri

from ransel.outcomes.burden_setting import BurdenSetting, Readiness, in_course
from ransel.pharmacokinetics.population.draws import Purpose, normals, uniforms

Floats = NDArray[np.float64]
Days = NDArray[np.int64]


class _Of(IntEnum):
    """What is drawn once for a child. The numbers are part of every result: never change one, only add."""

    ROAD = 1
    SPEED = 2
    SLOW = 3
    READINESS = 4


class _InCourse(IntEnum):
    """What is drawn anew in every course; the variable is this plus 16 times the course."""

    READINESS = 0
    WEEKDAY = 1
    EVENING = 2
    CONTACTS = 3


@dataclass(frozen=True, slots=True, eq=False)
class Children:
    """A block of children of a seed, from `start` up to `stop`, in the same order whoever asks."""

    seed: int
    start: int
    stop: int

    def kilometres(self, setting: BurdenSetting) -> Floats:
        """Return how far each family lives, one way."""
        road = setting.road
        away = road.median_km.value * np.exp(road.spread.value * self._normals(_Of.ROAD))
        shown: Floats = np.minimum(away, road.most_km.value)
        return shown

    def hours(self, setting: BurdenSetting, kilometres: Floats) -> Floats:
        """Return how long each family drives, one way."""
        road = setting.road
        speed = road.speed_km_per_hour.value * np.exp(road.speed_spread.value * self._normals(_Of.SPEED))
        hours: Floats = kilometres / speed
        return hours

    def nights_until_ready(self, readiness: Readiness, course: int) -> Days:
        """Return how many nights after the start of a long infusion each child can go home, if it went on so long.

        Children differ; a child that takes long once tends to take long again.
        """
        alike = float(readiness.same_child.value.magnitude)
        drawn = math.sqrt(alike) * self._normals(_Of.READINESS) + math.sqrt(1 - alike) * ndtri(
            self._in_course(_InCourse.READINESS, course)
        )
        usual = in_course(readiness.median_days, course) * np.exp(readiness.spread.value * drawn)
        middle, width = _lognormal(
            in_course(readiness.slow_mean_days, course), in_course(readiness.slow_deviation_days, course)
        )
        is_slow = self._uniforms(_Of.SLOW) < float(readiness.slow_part.value.magnitude)
        days = np.where(is_slow, np.exp(middle + width * drawn), usual)
        nights: Days = np.maximum(np.rint(days).astype(np.int64), readiness.least_nights.value)
        return nights

    def weekdays(self, course: int, allowed: tuple[int, ...]) -> Days:
        """Return on which day of the week (Monday is 0) a course begins, each allowed one as often."""
        place = np.floor(self._in_course(_InCourse.WEEKDAY, course) * len(allowed)).astype(np.int64)
        days: Days = np.array(allowed, dtype=np.int64)[place]
        return days

    def come_the_evening_before(self, setting: BurdenSetting, course: int) -> Days:
        """Return 1 for each child that is admitted the evening before, else 0."""
        part = float(setting.admission.evening_before.value.magnitude)
        came: Days = (self._in_course(_InCourse.EVENING, course) < part).astype(np.int64)
        return came

    def contacts(self, expected: Floats, course: int) -> Days:
        """Return how many unplanned contacts each child has, Poisson with these means."""
        drawn = self._in_course(_InCourse.CONTACTS, course)
        count = np.zeros(expected.size, dtype=np.int64)
        term = np.exp(-expected)
        below = term.copy()
        number = 0
        while np.any(more := drawn > below) and np.any(term[more] > 0):
            number += 1
            count += more
            term = term * expected / number
            below = below + term
        return count

    def _normals(self, variable: _Of) -> Floats:
        return normals(self.seed, Purpose.BURDEN, variable, self.start, self.stop)

    def _uniforms(self, variable: _Of) -> Floats:
        return uniforms(self.seed, Purpose.BURDEN, variable, self.start, self.stop)

    def _in_course(self, variable: _InCourse, course: int) -> Floats:
        return uniforms(self.seed, Purpose.BURDEN, 16 * course + variable, self.start, self.stop)


def _lognormal(mean: float, deviation: float) -> tuple[float, float]:
    """Return middle and width of the logarithm of a quantity with this mean and standard deviation."""
    variance = math.log1p((deviation / mean) ** 2)
    return math.log(mean) - variance / 2, math.sqrt(variance)
