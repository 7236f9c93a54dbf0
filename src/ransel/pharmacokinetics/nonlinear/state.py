"""What the integrators calculate with: rate constants, how far the antibodies are, and the state of one child."""

from __future__ import annotations

from typing import NamedTuple

from numba import njit

from ransel.pharmacokinetics.individuals import Floats
from ransel.pharmacokinetics.nonlinear.step_polynomial import Polynomial


class Constants(NamedTuple):
    """What holds for one child in one occasion.

    Values:
        out, to, back: per hour: linear elimination, to the other compartment, and back from there.
        most, half: mg/L per hour and mg/L: saturable elimination. bind: L/(mg h). release, lost, taken: per hour:
        the complex falls apart, free target disappears, the complex is taken up. made: target, mg/L per hour.
        volume, other_volume: L.
    """

    out: float
    to: float
    back: float
    most: float
    half: float
    bind: float
    release: float
    made: float
    lost: float
    taken: float
    volume: float
    other_volume: float


class Ramp(NamedTuple):
    """How antibodies raise the linear elimination during one stretch.

    Values:
        more: by which part of itself it is raised in the end. begin: how far the rise is at the beginning of the
        stretch, from 0 to 1. speed: how much of it goes by in an hour; nought before, after, and without a rise.
    """

    more: float
    begin: float
    speed: float


class State(NamedTuple):
    """Concentrations in mg/L: free drug, drug in the other compartment, free target, and drug bound to target."""

    drug: float
    peripheral: float
    target: float
    bound: float


class Step(NamedTuple):
    """One step that was tried: what comes after it, by how much that may be wrong, and the course in between."""

    after: State
    error: State
    rise: float
    peripheral_rise: float
    drug: Polynomial
    peripheral: Polynomial
    target: Polynomial
    bound: Polynomial


@njit(error_model="numpy", forceinline=True)
def constants_of(p: Floats) -> Constants:
    """Return the constants from one row of parameters, in the order of `nonlinear_models`."""
    clearance, volume, exchange, other = p[0], p[1], p[2], p[3]
    return Constants(
        clearance / volume, exchange / volume, exchange / other, p[4] / volume, p[5], p[6], p[7], p[8], p[9], p[10],
        volume, other,
    )  # fmt: skip


@njit(error_model="numpy", forceinline=True)
def at_rest(constants: Constants) -> State:
    """Return the state without any drug: as much target as is made and lost."""
    return State(0.0, 0.0, constants.made / constants.lost if constants.made > 0.0 else 0.0, 0.0)


@njit(error_model="numpy", forceinline=True)
def ramp_at(t: float, begins: float, onset: float, factor: float) -> Ramp:
    """Return how antibodies raise the elimination from this moment to the next one at which that changes."""
    if t < begins:
        return Ramp(0.0, 0.0, 0.0)
    if t < begins + onset:
        return Ramp(factor - 1.0, (t - begins) / onset, 1.0 / onset)
    return Ramp(factor - 1.0, 1.0, 0.0)


@njit(error_model="numpy", forceinline=True)
def raised(ramp: Ramp, since: float) -> float:
    """Return by which factor the linear elimination is raised so many hours into the stretch."""
    part = ramp.begin + ramp.speed * since
    return 1.0 + ramp.more * part * part * (3.0 - 2.0 * part)


@njit(error_model="numpy", forceinline=True)
def rising(ramp: Ramp, since: float) -> float:
    """Return how fast that factor rises, per hour."""
    part = ramp.begin + ramp.speed * since
    return ramp.more * ramp.speed * 6.0 * part * (1.0 - part)
