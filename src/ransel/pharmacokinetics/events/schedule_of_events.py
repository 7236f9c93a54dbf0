"""From an event table to what is given when: doses that repeat, infusions that overlap, steady states, resets.

Events at one time happen in the order of their rows. A level that stands before a dose of the same time is drawn
before it: the dose then comes one rounding step later, the smallest time there is. Parameters of an occasion hold
from the row before its first row on, as in NONMEM: the time up to a row belongs to that row.
"""

from __future__ import annotations

import heapq
from bisect import bisect_left
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from math import fsum, inf, nextafter

import numpy as np
from numpy.typing import NDArray

from ransel.pharmacokinetics.events.row import EventKind, EventRow, Steady
from ransel.pharmacokinetics.events.rules import ROUNDING
from ransel.pharmacokinetics.events.steady_state import SteadyDoses, steady_amounts
from ransel.pharmacokinetics.events.table import EventTable
from ransel.pharmacokinetics.individuals import Floats, Individuals
from ransel.pharmacokinetics.schedule import Schedule


@dataclass(frozen=True, slots=True, eq=False, kw_only=True)
class Drawings:
    """When levels were drawn; those of child i are from `offsets[i]` up to `offsets[i + 1]`.

    Values:
        times: h, at which the level is to be calculated; the time of the row, or one rounding step later.
        offsets: (children + 1,). rows: which row of the table each one is.
    """

    times: Floats
    offsets: NDArray[np.int64]
    rows: NDArray[np.int64]


@dataclass(frozen=True, slots=True, eq=False, kw_only=True)
class TableDosing:
    """What an event table gives to whom, and when levels were drawn.

    Values:
        children: their names. occasions: the numbers of OCC, in ascending order; the schedule counts them from nought.
        given: everything but the steady states. steady: those; they differ from child to child.
    """

    children: tuple[str, ...]
    occasions: tuple[int, ...]
    given: Schedule
    steady: SteadyDoses
    drawings: Drawings

    def schedule(self, individuals: Individuals) -> Schedule:
        """Return the dosing of these individuals, with the amounts that are in each at its steady states.

        Raises:
            ValueError: when the individuals are not as many as the children.
        """
        if individuals.count != len(self.children):
            raise ValueError(f"{individuals.count} individuals cannot be {len(self.children)} children")
        if not self.steady.count:
            return self.given
        central, peripheral = steady_amounts(individuals, self.steady)
        boluses, beyond = self.given.boluses.copy(), np.zeros_like(self.given.boluses)
        np.add.at(boluses, self.steady.moments, central)
        np.add.at(beyond, self.steady.moments, peripheral)
        return replace(self.given, boluses=boluses, peripheral_boluses=beyond)


def dosing_of(table: EventTable) -> TableDosing:
    """Return what an event table gives, with its levels' times."""
    occasions = tuple(sorted({row.occasion for row in table.rows}))
    index = {number: place for place, number in enumerate(occasions)}
    courses = []
    first = 0
    for _, rows in table.of_each_child():
        courses.append(_Course(index, first).follow(rows))
        first += len(rows)
    moments = [course.moments() for course in courses]
    return TableDosing(
        children=table.children, occasions=occasions, given=_schedule(courses, moments),
        steady=_steady(courses, moments),
        drawings=_drawings(courses),
    )  # fmt: skip


@dataclass(slots=True)
class _Change:
    """What happens at one moment: emptied first, then given."""

    reset: bool = False
    bolus: float = 0.0
    steady: list[EventRow] = field(default_factory=list)
    occasion: int | None = None


@dataclass(slots=True)
class _Running:
    """An infusion: from when to when, at which rate."""

    begin: float
    end: float
    rate: float


class _Course:
    """The events of one child, followed in their order."""

    def __init__(self, index: dict[int, int], first: int) -> None:
        self._index = index
        self._first = first
        self._now = self._written = -inf
        self._drawn = False
        self._times: list[float] = []
        self._waiting: list[tuple[float, int, EventRow]] = []
        self._asked = 0
        self.changes: dict[float, _Change] = {}
        self.infusions: list[_Running] = []
        self.drawings: list[tuple[float, int]] = []
        self.steady: list[tuple[float, int, EventRow]] = []

    def follow(self, rows: Sequence[EventRow]) -> _Course:
        """Go through the rows."""
        self._times = [row.time for row in rows]
        occasion = rows[0].occasion
        self._change(rows[0].time).occasion = self._index[occasion]
        for place, row in enumerate(rows):
            if row.occasion != occasion:
                self._change(self._written).occasion = self._index[row.occasion]
                occasion = row.occasion
            self._give_waiting(row.time)
            self._event(row, self._first + place)
        self._give_waiting(inf)
        return self

    def rates(self, moments: list[float]) -> list[float]:
        """Return the sum of what runs from each moment on; exactly nought when nothing does."""
        coming = sorted((one for one in self.infusions if one.begin < one.end), key=lambda one: one.begin, reverse=True)
        running: list[_Running] = []
        found = []
        for moment in moments:
            running = [one for one in running if one.end > moment]
            while coming and coming[-1].begin <= moment:
                running.append(coming.pop())
            found.append(fsum(one.rate for one in running))
        return found

    def moments(self) -> list[float]:
        """Return every moment at which anything changes."""
        bounds = {bound for one in self.infusions if one.begin < one.end for bound in (one.begin, one.end)}
        return sorted(bounds | set(self.changes))

    def _event(self, row: EventRow, place: int) -> None:
        if row.kind.resets:
            self._empty(self._at(row.time))
        if row.kind.doses:
            self._dose(row)
        elif row.kind is EventKind.OBSERVATION:
            self._written = row.time
            self._now, self._drawn = max(row.time, self._now), True
            self.drawings.append((self._now, place))
        else:
            self._at(row.time)

    def _dose(self, row: EventRow) -> None:
        moment = self._at(row.time)
        if row.steady is Steady.INSTEAD:
            self._empty(moment)
        if row.steady is not Steady.NO:
            self._change(row.time).steady.append(row)
        if not row.endless:
            self._give(row, moment)
        for number in range(1, row.additional + 1):
            self._asked += 1
            time = self._snapped(row.time + number * row.interval)
            heapq.heappush(self._waiting, (time, self._asked, row))

    def _give(self, row: EventRow, moment: float) -> None:
        if row.rate:
            end = self._snapped(row.time + row.duration)
            self.infusions.append(_Running(moment, max(end, moment), row.rate))
            self._change(row.time)
        else:
            self._change(row.time).bolus += row.amount

    def _give_waiting(self, until: float) -> None:
        """Give the additional doses up to a time; one at the time of a row comes before that row."""
        while self._waiting and self._waiting[0][0] <= until:
            time, _, row = heapq.heappop(self._waiting)
            self._give(replace(row, time=time), self._at(time))

    def _empty(self, moment: float) -> None:
        """Empty everything: what runs stops, what was to follow does not."""
        self._waiting.clear()
        for one in self.infusions:
            one.end = min(one.end, max(one.begin, moment))
        change = self._change(self._written)
        self.changes[self._now] = _Change(reset=True, occasion=change.occasion)

    def _change(self, time: float) -> _Change:
        return self.changes.setdefault(self._at(time), _Change())

    def _at(self, time: float) -> float:
        """Return the moment of a change that is written at this time."""
        if time > self._written:
            self._now, self._drawn = max(time, self._now), self._drawn and time <= self._now
        if self._drawn:
            self._now, self._drawn = nextafter(self._now, inf), False
        self._written = time
        return self._now

    def _snapped(self, time: float) -> float:
        """Return the time of a row that this is but for rounding; the time itself where there is none."""
        place = bisect_left(self._times, time)
        for near in self._times[max(place - 1, 0) : place + 1]:
            if abs(near - time) <= ROUNDING * max(1.0, abs(time)):
                return near
        return time


def _schedule(courses: list[_Course], moments: list[list[float]]) -> Schedule:
    changes = [
        course.changes.get(moment, _Change())
        for course, times in zip(courses, moments, strict=True)
        for moment in times
    ]  # fmt: skip
    rates = [rate for course, times in zip(courses, moments, strict=True) for rate in course.rates(times)]
    return Schedule(
        times=np.array([moment for times in moments for moment in times]), rates=np.array(rates),
        boluses=np.array([change.bolus for change in changes]), resets=np.array([one.reset for one in changes]),
        occasions=np.array(_carried(changes), dtype=np.int32), scale=np.ones(len(courses)), offsets=_offsets(moments),
    )  # fmt: skip


def _carried(changes: list[_Change]) -> list[int]:
    """Return the occasion at every moment; one without a change keeps that of the moment before."""
    found: list[int] = []
    for change in changes:
        found.append(found[-1] if change.occasion is None else change.occasion)
    return found


def _steady(courses: list[_Course], moments: list[list[float]]) -> SteadyDoses:
    found: list[tuple[int, int, int, EventRow]] = []
    before = 0
    for child, (course, times) in enumerate(zip(courses, moments, strict=True)):
        occasion = 0
        for place, moment in enumerate(times):
            change = course.changes.get(moment, _Change())
            occasion = occasion if change.occasion is None else change.occasion
            found += [(before + place, child, occasion, row) for row in change.steady]
        before += len(times)
    return SteadyDoses(
        moments=np.array([one[0] for one in found], dtype=np.int64),
        children=np.array([one[1] for one in found], dtype=np.int64),
        occasions=np.array([one[2] for one in found], dtype=np.int64),
        amounts=np.array([one[3].amount for one in found], dtype=np.float64),
        rates=np.array([one[3].rate for one in found], dtype=np.float64),
        intervals=np.array([one[3].interval for one in found], dtype=np.float64),
    )


def _drawings(courses: list[_Course]) -> Drawings:
    return Drawings(
        times=np.array([time for course in courses for time, _ in course.drawings], dtype=np.float64),
        offsets=_offsets([course.drawings for course in courses]),
        rows=np.array([row for course in courses for _, row in course.drawings], dtype=np.int64),
    )


def _offsets(parts: Sequence[Sequence[object]]) -> NDArray[np.int64]:
    return np.concatenate([[0], np.cumsum([len(part) for part in parts])]).astype(np.int64)
