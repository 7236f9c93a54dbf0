"""A child's course through time: from one moment at which something changes to the next, in steps as long as allowed.

Every child is calculated by itself, in the same order of operations whoever else is calculated, so that the number
of threads and the division of the children make no difference to a single bit.
"""

from __future__ import annotations

from collections.abc import Callable
from math import exp, inf, log, nan
from typing import NamedTuple

import numpy as np
from numba import njit
from numpy.typing import NDArray

from ransel.pharmacokinetics.compiled_from import digest_of
from ransel.pharmacokinetics.individuals import Floats
from ransel.pharmacokinetics.nonlinear import explicit_integrator, step_polynomial, stiff_integrator
from ransel.pharmacokinetics.nonlinear import seen as nonlinear_seen
from ransel.pharmacokinetics.nonlinear import state as nonlinear_state
from ransel.pharmacokinetics.nonlinear.explicit_integrator import drug_slopes, explicit_step
from ransel.pharmacokinetics.nonlinear.seen import (
    Harm,
    Seen,
    Wanted,
    hazard,
    look,
    points_before,
    write_drug,
    write_states,
)
from ransel.pharmacokinetics.nonlinear.state import Constants, Ramp, State, Step, at_rest, constants_of, ramp_at
from ransel.pharmacokinetics.nonlinear.stiff_integrator import stiff_step

WELL, NO_PARAMETERS, NO_SCHEDULE, TOO_MANY_STEPS, NO_STEP = range(5)
"""How a child's course ended."""

CAREFUL = 0.9
BY_ERROR, BY_ERROR_BEFORE = 0.17, 0.04
"""Exponents of the proportional-integral control of the step, after Hairer, for an error of order 5."""
BEGIN = 0.7
"""The first step of a stretch, times the fifth root of the tolerance, in time constants of the fastest process. It
never comes from the stretch before: a step that was right for a plateau once passed over a beginning unseen."""
EARLY, LEAP, GROW = 6, 8.0, 2.5
"""A step may grow eightfold among the first six of a stretch, and later less, lest an error that is small by chance
should let it jump."""
TARGET_AT_LEAST = 0.03
"""Free target is held to the tolerance of at least this part of all target: where nearly all of it is taken, what is
left of it hardly matters to the drug, and following it would cost twice the steps."""
SMALLEST = 1e-13
"""A step that is this part of the time that went by does not move it."""


class Dosing(NamedTuple):
    """The arrays of a schedule, all of the same children; see `Schedule`."""

    times: Floats
    rates: Floats
    boluses: Floats
    aside: Floats
    resets: NDArray[np.bool_]
    occasions: NDArray[np.int32]
    scale: Floats
    offsets: NDArray[np.int64]


class Stretch(NamedTuple):
    """Time between two changes: what holds in it. Inflow in mg/L per hour; both ends in hours."""

    constants: Constants
    ramp: Ramp
    inflow: float
    begin: float
    stop: float


class Now(NamedTuple):
    """What holds at a moment: the state, the constants, the inflow in mg/L per hour, and which moment is next."""

    state: State
    constants: Constants
    inflow: float
    event: int


@njit(error_model="numpy", forceinline=True)
def part_of_allowed(error: float, before: float, after: float, least: float, wanted: Wanted) -> float:
    """Return an error as a part of what it may be."""
    return abs(error) / (wanted.absolute + wanted.relative * max(abs(before), abs(after), least))


@njit(error_model="numpy", forceinline=True)
def excess(one: Step, before: State, wanted: Wanted) -> float:
    """Return the largest error of a step as a part of what it may be; above 1 the step is done again, shorter."""
    error, after = one.error, one.after
    found = max(
        part_of_allowed(error.drug, before.drug, after.drug, 0.0, wanted),
        part_of_allowed(error.peripheral, before.peripheral, after.peripheral, 0.0, wanted),
    )
    if wanted.stiff:
        least = TARGET_AT_LEAST * (before.target + before.bound)
        found = max(
            found,
            part_of_allowed(error.target, before.target, after.target, least, wanted),
            part_of_allowed(error.bound, before.bound, after.bound, 0.0, wanted),
        )
    return found


@njit(error_model="numpy", forceinline=True)
def first_step(stretch: Stretch, state: State, wanted: Wanted) -> float:
    """Return the length of the first step of a stretch."""
    k = stretch.constants
    fastest = k.out * (1.0 + stretch.ramp.more) + k.to + k.back + k.most / (k.half + state.drug)
    if wanted.stiff:
        fastest += k.bind * (state.drug + state.target) + k.release + k.lost + k.taken
    return min(stretch.stop - stretch.begin, BEGIN * exp(0.2 * log(wanted.relative)) / fastest)


@njit(error_model="numpy", forceinline=True)
def tried(stretch: Stretch, since: float, h: float, state: State, x: float, y: float, stiff: bool) -> Step:
    """Return one step by the method that was chosen."""
    if stiff:
        return stiff_step(stretch.constants, stretch.ramp, stretch.inflow, since, h, state)
    return explicit_step(stretch.constants, stretch.ramp, stretch.inflow, since, h, state, x, y)


@njit(error_model="numpy", forceinline=True)
def keep(
    one: Step, seen: Seen, harm: Harm, stretch: Stretch, since: float, h: float, wanted: Wanted, rows: Floats
) -> Seen:
    """Keep what is wanted of a step that was accepted, and return what was seen until its end."""
    t = stretch.begin + since
    following = stretch.stop if h >= stretch.stop - stretch.begin - since else t + h
    last = points_before(following, seen.point, rows.shape[1], wanted)
    shift = wanted.first - t
    if rows.shape[0] == 1:
        write_drug(rows, seen.point, last, one, shift, h, wanted.step)
    elif rows.shape[0] > 1:
        write_states(rows, seen.point, last, one, shift, h, wanted, seen, harm)
    after = look(seen, one, t, h, following, wanted.threshold)
    return Seen(after.area, after.rise, after.above, after.peak, after.peak_at, last)


@njit(error_model="numpy", forceinline=True)
def through(
    stretch: Stretch, state: State, seen: Seen, harm: Harm, wanted: Wanted, rows: Floats
) -> tuple[int, int, State, Seen]:
    """Go through one stretch; return how that ended, after how many steps, in which state, and what was seen."""
    x, y = drug_slopes(stretch.constants, stretch.ramp, stretch.inflow, 0.0, state.drug, state.peripheral)
    h, since, steps, done, before = first_step(stretch, state, wanted), 0.0, 0, 0, 0.0
    most = LEAP
    while True:
        left = stretch.stop - stretch.begin - since
        if h >= left:
            h = left
        elif 2.0 * h > left:
            h = 0.5 * left
        one = tried(stretch, since, h, state, x, y, wanted.stiff)
        steps += 1
        size = excess(one, state, wanted)
        if not size <= 1.0:
            h *= max(0.1, CAREFUL * exp(-0.2 * log(size))) if size < inf else 0.1
            if not h > SMALLEST * max(abs(stretch.begin), 1.0):
                return NO_STEP, steps, state, seen
            most = 1.0
            continue
        if stretch.begin >= wanted.first:
            seen = keep(one, seen, harm, stretch, since, h, wanted, rows)
        state, x, y = one.after, one.rise, one.peripheral_rise
        if h >= left:
            return WELL, steps, state, seen
        if steps > wanted.most:
            return TOO_MANY_STEPS, steps, state, seen
        since += h
        done += 1
        now = log(max(size, 1e-10))
        h *= min(max(CAREFUL * exp(BY_ERROR_BEFORE * before - BY_ERROR * now), 0.2), most)
        before, most = now, LEAP if done < EARLY else GROW


@njit(error_model="numpy", forceinline=True)
def next_change(t: float, moment: float, begins: float, onset: float, wanted: Wanted) -> float:
    """Return the nearest moment after t at which something changes: dosing, antibodies, the window."""
    stop = min(wanted.end, moment)
    if begins > t:
        stop = min(stop, begins)
    elif begins + onset > t:
        stop = min(stop, begins + onset)
    if wanted.first > t:
        stop = min(stop, wanted.first)
    return stop


@njit(error_model="numpy", forceinline=True)
def given(state: State, constants: Constants, drug: float, aside: float) -> State:
    """Return the state after so many mg into each compartment."""
    return State(
        state.drug + drug / constants.volume, state.peripheral + aside / constants.other_volume,
        state.target, state.bound,
    )  # fmt: skip


@njit(error_model="numpy", forceinline=True)
def taken_over(state: State, old: Constants, new: Constants) -> State:
    """Return the state when the volumes change: what is there stays, its concentrations do not."""
    a, b = old.volume / new.volume, old.other_volume / new.other_volume
    return State(state.drug * a, state.peripheral * b, state.target * a, state.bound * a)


@njit(error_model="numpy", forceinline=True)
def orderly(dosing: Dosing, begin: int, stop: int, occasions: int) -> bool:
    """Return whether a child's moments ascend and all that is given is a number from nought."""
    for i in range(begin, stop):
        numbers = (
            -inf < dosing.times[i] < inf
            and 0.0 <= dosing.rates[i] < inf
            and 0.0 <= dosing.boluses[i] < inf
            and 0.0 <= dosing.aside[i] < inf
        )
        later = i == begin or dosing.times[i] >= dosing.times[i - 1]
        known = occasions == 1 or 0 <= dosing.occasions[i] < occasions
        if not (numbers and later and known):
            return False
    return True


@njit(error_model="numpy", forceinline=True)
def take(
    now: Now, dispositions: Floats, dosing: Dosing, stop: int, t: float, scale: float, seen: Seen, wanted: Wanted
) -> tuple[Now, Seen]:
    """Return what holds after all that happens at this moment, and what was seen of it."""
    state, constants, inflow, event = now.state, now.constants, now.inflow, now.event
    rise, peak, peak_at = seen.rise, seen.peak, seen.peak_at
    while event < stop and dosing.times[event] <= t:
        if dispositions.shape[0] > 1:
            new = constants_of(dispositions[dosing.occasions[event]])
            state, constants = taken_over(state, constants, new), new
        if dosing.resets[event]:
            state = at_rest(constants)
        before = state.drug
        state = given(state, constants, dosing.boluses[event] * scale, dosing.aside[event] * scale)
        if t >= wanted.first:
            rise += state.drug - before
        inflow = dosing.rates[event] * scale / constants.volume
        event += 1
    if t >= wanted.first and state.drug > peak:
        peak, peak_at = state.drug, t
    return Now(state, constants, inflow, event), Seen(seen.area, rise, seen.above, peak, peak_at, seen.point)


@njit(error_model="numpy", forceinline=True)
def course(
    dispositions: Floats, personal: Floats, dosing: Dosing, begin: int, stop: int, scale: float, wanted: Wanted,
    rows: Floats, found: Floats,
) -> int:  # fmt: skip
    """Carry one child through its course, write what was found, and return how it ended."""
    if not (orderly(dosing, begin, stop, dispositions.shape[0]) and 0.0 <= scale < inf):
        return NO_SCHEDULE
    begins, factor, onset = personal[0], personal[1], personal[2]
    harm = Harm(personal[3], personal[4], personal[5])
    dosed = stop > begin
    constants = constants_of(dispositions[dosing.occasions[begin] if dosed and dispositions.shape[0] > 1 else 0])
    now = Now(at_rest(constants), constants, 0.0, begin)
    t = min(dosing.times[begin], wanted.first) if dosed else wanted.first
    seen, steps = Seen(0.0, 0.0, 0.0, 0.0, wanted.first, 0), 0
    while t < wanted.end:
        now, seen = take(now, dispositions, dosing, stop, t, scale, seen, wanted)
        change = next_change(t, dosing.times[now.event] if now.event < stop else inf, begins, onset, wanted)
        stretch = Stretch(now.constants, ramp_at(t, begins, onset, factor), now.inflow, t, change)
        end, more, state, seen = through(stretch, now.state, seen, harm, wanted, rows)
        steps += more
        if end != WELL:
            return end
        if steps > wanted.most:
            return TOO_MANY_STEPS
        now = Now(state, now.constants, now.inflow, now.event)
        t = change
    found[0], found[1], found[2], found[3], found[4] = seen.area, seen.peak, seen.peak_at, now.state.drug, seen.above
    found[5] = hazard(harm, wanted.end - wanted.first, seen.area, seen.rise)
    if rows.shape[0] > 0:  # a point of the grid shows what is there after what is given at that moment
        now, seen = take(now, dispositions, dosing, stop, t, scale, seen, wanted)
        write_last(rows, now.state, hazard(harm, wanted.end - wanted.first, seen.area, seen.rise))
    return WELL


@njit(error_model="numpy", forceinline=True)
def write_last(rows: Floats, state: State, harm: float) -> None:
    """Write the last point, which lies at the end of the window."""
    last = rows.shape[1] - 1
    rows[0, last] = max(state.drug, 0.0)
    if rows.shape[0] > 1:
        rows[1, last], rows[2, last] = max(state.peripheral, 0.0), max(state.target, 0.0)
        rows[3, last], rows[4, last] = max(state.bound, 0.0), harm


def compiled(sources: int) -> Callable[..., None]:
    """Return the kernel for many children; compiled when it is first called, and kept."""

    @njit(cache=True, nogil=True, error_model="numpy")
    def courses(
        dispositions: Floats, personal: Floats, dosing: Dosing, wanted: Wanted,
        out: Floats, found: Floats, ends: NDArray[np.int64], start: int, stop: int,
    ) -> None:  # fmt: skip
        """Carry the children from `start` up to `stop` through their courses."""
        if not sources:  # part of the key under which the compiled code is kept
            return
        shared = dosing.offsets.shape[0] == 0
        for child in range(start, stop):
            if ends[child] == WELL:
                begin, end = 0, dosing.times.shape[0]
                if not shared:
                    begin, end = dosing.offsets[child], dosing.offsets[child + 1]
                ends[child] = course(
                    dispositions[child], personal[child], dosing, begin, end, dosing.scale[child], wanted,
                    out[child], found[child],
                )  # fmt: skip
            if ends[child] != WELL:
                found[child] = nan
                out[child] = nan

    return courses


courses = compiled(
    digest_of(explicit_integrator, nonlinear_seen, nonlinear_state, step_polynomial, stiff_integrator, __file__)
)
