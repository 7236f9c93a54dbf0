"""The linear engine: exact concentrations of whole populations, on a grid, at moments of one's own choice, in sum.

Units are hours, litres, mg and mg/L. What a child gets does not depend on how many threads work, nor on which other
children are worked on: every number is the same to the last bit.
"""

from __future__ import annotations

import os
from collections.abc import Callable
from dataclasses import dataclass
from threading import Lock
from typing import TypeVar

import numba
import numpy as np
from numpy.typing import NDArray

from ransel.pharmacokinetics.individuals import Floats, Individuals
from ransel.pharmacokinetics.linear import kernel
from ransel.pharmacokinetics.linear.arrays import Dosing, Found, Parameters, Windows
from ransel.pharmacokinetics.schedule import Grid, Schedule

Kind = TypeVar("Kind", bound=np.generic)

ONE_AT_A_TIME = Lock()
"""Numba's threads are one set for the whole process: two simulations that ask for them take turns."""

LOADED_IN = os.getpid()
"""Numba's threads belong to the process that loaded the kernels. In a copy of that process, as a server makes of
itself, there are none: a parallel kernel would ask it to end, and go on with numbers that nobody has calculated."""

FEW = 2 * kernel.TOGETHER
"""So few children are done sooner than other threads are woken."""


@dataclass(frozen=True, slots=True, eq=False, kw_only=True)
class Summaries:
    """What happens to n children in w windows, exactly and without a grid; every array is (n, w).

    A window is closed at its begin and open at its end: a bolus at its begin counts, one at its end does not yet.

    Values:
        area: under the concentration, mg h/L. peak: the highest concentration, mg/L. peak_time: when that is first
        reached, in hours on the clock of the schedule. trough: the concentration at the end of the window, before what
        is given at that moment. hours_above: how long the concentration is above the threshold.
    """

    area: Floats
    peak: Floats
    peak_time: Floats
    trough: Floats
    hours_above: Floats


def trajectories(
    individuals: Individuals, schedule: Schedule, grid: Grid, out: Floats | None = None, *, threads: int | None = None
) -> Floats:
    """Return the concentrations on a grid, (children, points) mg/L, in `out` where that is given.

    At the moment of a bolus, a reset or another occasion it is the concentration after it. Before the first moment of a
    child it is nought. Without `threads` all processors work; with one, no other thread is ever started.
    """
    parameters, dosing = parameters_of(individuals), dosing_of(individuals, schedule)
    if not (grid.step > 0.0 and grid.points >= 0 and np.isfinite([grid.first, grid.step]).all()):
        raise ValueError(f"a grid has a step forward and a number of points, not {grid}")
    shape = (individuals.count, grid.points)
    rows = np.empty(shape) if out is None else out
    fits = rows.shape == shape and rows.dtype == np.float64 and rows.flags.c_contiguous and rows.flags.writeable
    if not fits:
        raise ValueError(f"the buffer must be a writable C-contiguous array of floats of shape {shape}")
    _run(
        kernel.points_serial, kernel.points_parallel, individuals.count, threads,
        (parameters, dosing, float(grid.first), float(grid.step), rows),
    )  # fmt: skip
    return rows


def concentrations_at(
    individuals: Individuals, schedule: Schedule, times: Floats, offsets: NDArray[np.int64],
    *, threads: int | None = None,
) -> Floats:  # fmt: skip
    """Return the concentrations at times of one's own, mg/L: those of child i from `offsets[i]` to `offsets[i + 1]`.

    The times of a child may be in any order; ascending ones are quickest. At the moment of a bolus, a reset or another
    occasion it is the concentration after it.
    """
    wanted, places = _read(times, np.float64, 1), _read(offsets, np.int64, 1)
    _refuse_offsets(places, individuals.count, wanted.shape[0], "times")
    levels = np.empty(wanted.shape[0])
    _run(
        kernel.levels_serial, kernel.levels_parallel, individuals.count, threads,
        (parameters_of(individuals), dosing_of(individuals, schedule), wanted, places, levels),
    )  # fmt: skip
    return levels


def summaries(
    individuals: Individuals, schedule: Schedule, windows: Floats, threshold: float, *, threads: int | None = None
) -> Summaries:
    """Return what happens in the windows: w + 1 edges of windows in a row, or (w, 2) with a begin and an end each."""
    edges = np.asarray(windows, dtype=np.float64)
    pairs = np.stack([edges[:-1], edges[1:]], axis=1) if edges.ndim == 1 else edges
    if pairs.ndim != 2 or pairs.shape[1] != 2 or not np.isfinite(pairs).all() or not (pairs[:, 0] < pairs[:, 1]).all():
        raise ValueError("windows are ascending edges, or rows of a begin and a later end, in finite hours")
    if not (np.isfinite(threshold) and threshold >= 0.0):
        raise ValueError(f"a threshold is a concentration, not {threshold}")
    shape = (individuals.count, pairs.shape[0])
    found = Found(np.empty(shape), np.empty(shape), np.empty(shape), np.empty(shape), np.empty(shape))
    wanted = Windows(_read(pairs[:, 0], np.float64, 1), _read(pairs[:, 1], np.float64, 1), float(threshold))
    _run(
        kernel.summaries_serial, kernel.summaries_parallel, individuals.count, threads,
        (parameters_of(individuals), dosing_of(individuals, schedule), wanted, found),
    )  # fmt: skip
    return Summaries(
        area=found.area, peak=found.peak, peak_time=found.peak_time, trough=found.trough,
        hours_above=found.hours_above,
    )  # fmt: skip


def _run(
    serial: Callable[..., None], parallel: Callable[..., None], children: int, threads: int | None,
    arrays: tuple[object, ...],
) -> None:  # fmt: skip
    """Run over all children, with no more threads than there are processors; in a copied process with one."""
    if threads is not None and threads < 1:
        raise ValueError(f"at least one thread must work, not {threads}")
    most = int(numba.config.NUMBA_NUM_THREADS)  # type: ignore[attr-defined]
    wanted = most if threads is None else min(threads, most)
    if wanted == 1 or children <= FEW or os.getpid() != LOADED_IN:
        serial(0, children, *arrays)
        return
    with ONE_AT_A_TIME:
        before = numba.get_num_threads()
        numba.set_num_threads(wanted)
        try:
            parallel(0, children, *arrays)
        finally:
            numba.set_num_threads(before)


def _read(values: NDArray[Kind], kind: type[Kind], size: int) -> NDArray[Kind]:
    """Return the values as the compiled code takes them: in one piece, and never written to."""
    seen = np.ascontiguousarray(values, dtype=kind).view()
    if seen.ndim != size:
        raise ValueError(f"an array of {size} dimensions is wanted, not of {seen.ndim}")
    seen.flags.writeable = False
    return seen


def parameters_of(individuals: Individuals) -> Parameters:
    """Return the children for the compiled code."""
    return Parameters(
        _read(individuals.clearance, np.float64, 2), _read(individuals.volume, np.float64, 2),
        _read(individuals.exchange, np.float64, 2), _read(individuals.peripheral, np.float64, 2),
    )  # fmt: skip


def dosing_of(individuals: Individuals, schedule: Schedule) -> Dosing:
    """Return the schedule for the compiled code, which trusts that every place it is sent to exists."""
    nothing = np.empty(0)
    dosing = Dosing(
        times=_read(schedule.times, np.float64, 1),
        rates=_read(schedule.rates, np.float64, 1),
        boluses=_read(schedule.boluses, np.float64, 1),
        peripheral_boluses=_read(
            nothing if schedule.peripheral_boluses is None else schedule.peripheral_boluses, np.float64, 1
        ),
        resets=_read(schedule.resets, np.bool_, 1),
        occasions=_read(schedule.occasions, np.int32, 1),
        scale=_read(schedule.scale, np.float64, 1),
        offsets=_read(np.empty(0, np.int64) if schedule.offsets is None else schedule.offsets, np.int64, 1),
    )
    if individuals.count != schedule.count:
        raise ValueError(f"{individuals.count} children cannot have the dosing of {schedule.count}")
    moments = dosing.times.shape[0]
    sizes = {one.shape[0] for one in (dosing.rates, dosing.boluses, dosing.resets, dosing.occasions)}
    if schedule.peripheral_boluses is not None:
        sizes.add(dosing.peripheral_boluses.shape[0])
    if sizes != {moments}:
        raise ValueError(f"every moment has a rate, a bolus, a reset and an occasion: {moments} moments, {sizes}")
    if moments and not 0 <= int(dosing.occasions.min()) <= int(dosing.occasions.max()) < individuals.occasions:
        raise ValueError(f"the occasions are from 0 up to {individuals.occasions}")
    if schedule.offsets is not None:
        _refuse_offsets(dosing.offsets, individuals.count, moments, "moments")
    _refuse_times(dosing)
    return dosing


def _refuse_offsets(offsets: NDArray[np.int64], children: int, places: int, what: str) -> None:
    whole = offsets.shape[0] == children + 1 and int(offsets[0]) == 0 and int(offsets[-1]) == places
    if not whole or (offsets[1:] < offsets[:-1]).any():
        raise ValueError(f"the offsets must lead all {children} children through all {places} {what}")


def _refuse_times(dosing: Dosing) -> None:
    """Refuse moments that go back in time within a child, or that are no number."""
    forward = dosing.times[1:] >= dosing.times[:-1]
    if not forward.all():
        joints = dosing.offsets[(dosing.offsets > 0) & (dosing.offsets < dosing.times.shape[0])]
        forward[joints - 1] = True
    if not forward.all() or not np.isfinite(dosing.times).all():
        raise ValueError("the moments of a child are finite and in ascending order")
