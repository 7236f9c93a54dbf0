"""The linear engine against what bounds it: writing the results to memory, and calculating them without writing."""

from __future__ import annotations

import statistics
import time
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial

import numpy as np
from numba import get_num_threads, get_thread_id, njit, prange

from benchmarks.measuring import ROUNDS, Figure
from benchmarks.peers import workload
from ransel.pharmacokinetics.individuals import Floats, Individuals
from ransel.pharmacokinetics.linear.arrays import Dosing, Parameters
from ransel.pharmacokinetics.linear.engine import dosing_of, parameters_of, summaries, trajectories
from ransel.pharmacokinetics.linear.kernel import AHEAD, LINE, TOGETHER, points_serial
from ransel.pharmacokinetics.linear.memory_ahead import ask_for
from ransel.pharmacokinetics.schedule import Grid, Schedule

CHILDREN, INTERRUPTIONS = 10_000, 6
NAMES = {"slow": "10 d x 24 h", "fast": "5 d x 8 h"}
GRID = Grid(points=workload.POINTS)
WHOLE, THRESHOLD = np.array([0.0, workload.POINTS - 1.0]), 5.0
SUMMARIES_A_SECOND = {"slow": 400_000.0}
"""What exact summaries are held to."""


@njit(parallel=True, cache=True)
def fill(rows: Floats, ahead: bool) -> None:
    """Write a number everywhere, and nothing else; as it comes, or with asking for memory before it is written."""
    for block in prange((rows.shape[0] + TOGETHER - 1) // TOGETHER):
        for child in range(block * TOGETHER, min(rows.shape[0], block * TOGETHER + TOGETHER)):
            row = rows[child]
            for begin in range(0, row.shape[0], LINE):
                piece = row[begin : begin + LINE]
                for k in range(piece.shape[0]):
                    piece[k] = 1.5
                if ahead:
                    ask_for(row, begin + AHEAD)


@njit(parallel=True, cache=True)
def calculate(parameters: Parameters, dosing: Dosing, rows: Floats) -> None:
    """Calculate all concentrations into a few rows for each thread again and again: they never leave the caches."""
    clearance, volume, exchange, peripheral = parameters
    times, rates, boluses, others, resets, occasions, scale, offsets = dosing
    for block in prange((scale.shape[0] + TOGETHER - 1) // TOGETHER):
        a = block * TOGETHER
        b = min(scale.shape[0], a + TOGETHER)
        few = Parameters(clearance[a:b], volume[a:b], exchange[a:b], peripheral[a:b])
        places = offsets[a : b + 1] if offsets.shape[0] > 0 else offsets
        theirs = Dosing(times, rates, boluses, others, resets, occasions, scale[a:b], places)
        own = get_thread_id() * TOGETHER
        points_serial(0, b - a, few, theirs, 0.0, 1.0, rows[own : own + TOGETHER])


def children() -> Individuals:
    """Return the children that are timed."""
    clearance, volume, exchange, peripheral = (one.copy()[:, None] for one in workload.children(CHILDREN).T)
    return Individuals(clearance=clearance, volume=volume, exchange=exchange, peripheral=peripheral)


def interrupted(regimen: str) -> Schedule:
    """Return a schedule for each child, whose pump stood still six times, at moments of no grid."""
    random = np.random.default_rng(workload.SEED)
    begins, rates = workload.rates(regimen)
    infusions = np.flatnonzero(rates)
    times, found, offsets = [], [], [0]
    for _ in range(CHILDREN):
        stops = np.bincount(random.integers(0, infusions.size, INTERRUPTIONS), minlength=infusions.size)
        for count, at in zip(stops, infusions, strict=True):
            moments = np.sort(random.uniform(begins[at], begins[at + 1], 2 * count))
            times.extend([begins[at], *moments, begins[at + 1]])
            found.extend([rates[at], 0.0] * (count + 1))
        offsets.append(len(times))
    return Schedule(
        times=np.array(times), rates=np.array(found), boluses=np.zeros(len(times)),
        resets=np.zeros(len(times), dtype=np.bool_), occasions=np.zeros(len(times), dtype=np.int32),
        scale=np.ones(CHILDREN), offsets=np.array(offsets, dtype=np.int64),
    )  # fmt: skip


@dataclass(frozen=True)
class Rounds:
    """Seconds of every act in every round; the acts of a round follow one another, so they see the same machine."""

    seconds: dict[str, list[float]]

    @classmethod
    def of(cls, acts: dict[str, Callable[[], object]]) -> Rounds:
        """Act once to warm up, and then all acts in turn, a number of times."""
        seconds: dict[str, list[float]] = {name: [] for name in acts}
        for turn in range(ROUNDS + 1):
            for name, act in acts.items():
                begin = time.perf_counter()
                act()
                if turn:
                    seconds[name].append(time.perf_counter() - begin)
        return cls(seconds)

    def ratio(self, bounds: list[list[str]], name: str) -> float:
        """Return the median over the rounds of the slowest of the bounds to an act; a bound is its fastest way."""
        return statistics.median(
            max(min(self.seconds[way][turn] for way in bound) for bound in bounds) / taken
            for turn, taken in enumerate(self.seconds[name])
        )

    def per_second(self, name: str, what: str, unit: str, much: float, against: str, within: bool = True) -> Figure:
        """Return an act as a figure: so much of a unit a second."""
        speeds = [much / taken for taken in self.seconds[name]]
        return Figure(what, statistics.median(speeds), min(speeds), max(speeds), unit, against, within)


def _acts(individuals: Individuals, rows: Floats) -> dict[str, Callable[[], object]]:
    acts: dict[str, Callable[[], object]] = {"fill": lambda: fill(rows, False), "fill ahead": lambda: fill(rows, True)}
    few_rows = np.empty((get_num_threads() * TOGETHER, GRID.points))
    for regimen in NAMES:
        shared, own = Schedule.of_rates(*workload.rates(regimen), np.ones(CHILDREN)), interrupted(regimen)
        parameters, dosing = parameters_of(individuals), dosing_of(individuals, shared)
        acts |= {
            f"calculate {regimen}": partial(calculate, parameters, dosing, few_rows),
            f"write {regimen}": partial(trajectories, individuals, shared, GRID, rows),
            f"interrupted {regimen}": partial(trajectories, individuals, own, GRID, rows),
            f"summary {regimen}": partial(summaries, individuals, shared, WHOLE, THRESHOLD),
            f"interrupted summary {regimen}": partial(summaries, individuals, own, WHOLE, THRESHOLD),
        }
    return acts


def figures() -> list[Figure]:
    """Measure trajectories and summaries beside what bounds them."""
    rows = np.empty((CHILDREN, GRID.points))
    rounds = Rounds.of(_acts(children(), rows))
    gigabytes = rows.nbytes / 1e9
    found = [
        rounds.per_second("fill", "memory: writing 10,000 x 4,201 numbers", "GB/s", gigabytes, "bound of trajectories"),
        rounds.per_second(
            "fill ahead", "memory: the same, asked for before it is written", "GB/s", gigabytes,
            f"{1 / rounds.ratio([['fill ahead']], 'fill'):.2f} of the time without asking",
        ),
    ]  # fmt: skip
    for regimen in NAMES:
        found.extend(_of_regimen(rounds, regimen))
    return found


def _of_regimen(rounds: Rounds, regimen: str) -> list[Figure]:
    name = NAMES[regimen]
    bound = rounds.ratio([["fill", "fill ahead"], [f"calculate {regimen}"]], f"write {regimen}")
    slower = 1 / rounds.ratio([[f"write {regimen}"]], f"interrupted {regimen}") - 1
    speed = CHILDREN / statistics.median(rounds.seconds[f"summary {regimen}"])
    limit = SUMMARIES_A_SECOND.get(regimen, 0)
    return [
        rounds.per_second(
            f"calculate {regimen}", f"trajectories of {name}, calculated in cache and not kept", "children/s", CHILDREN,
            "bound of trajectories",
        ),
        rounds.per_second(
            f"write {regimen}", f"trajectories of {name}, five courses, 4,201 hours each", "children/s", CHILDREN,
            f"{bound:.2f} of the slower of both bounds; at least 0.8", bound >= 0.8,
        ),
        rounds.per_second(
            f"interrupted {regimen}", f"the same with {INTERRUPTIONS} interruptions of each", "children/s", CHILDREN,
            f"{100 * slower:.0f} % slower than without; at most 10 %", slower <= 0.10,
        ),
        rounds.per_second(
            f"summary {regimen}", f"exact summaries of {name}, nothing kept of the trajectory", "children/s", CHILDREN,
            f"{speed / limit:.1f} x the 400,000 a second of the limit" if limit else "no limit", speed >= limit,
        ),
        rounds.per_second(
            f"interrupted summary {regimen}", f"the same with {INTERRUPTIONS} interruptions", "children/s", CHILDREN,
            f"{rounds.ratio([[f'summary {regimen}']], f'interrupted summary {regimen}'):.2f} of the speed without",
        ),
    ]  # fmt: skip
