"""The arrays and numbers that the compiled code of the linear engine passes on, with their types."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numba import types
from numpy.typing import NDArray

from ransel.pharmacokinetics.individuals import Floats


class Parameters(NamedTuple):
    """What the children are like: arrays (children, occasions), as in `Individuals`."""

    clearance: Floats
    volume: Floats
    exchange: Floats
    peripheral: Floats


class Dosing(NamedTuple):
    """What the children are given, as in `Schedule`; what is not there is an array without elements."""

    times: Floats
    rates: Floats
    boluses: Floats
    peripheral_boluses: Floats
    resets: NDArray[np.bool_]
    occasions: NDArray[np.int32]
    scale: Floats
    offsets: NDArray[np.int64]


class Modes(NamedTuple):
    """The two exponentials of one child in one occasion.

    Values:
        fast, slow: rate constants, 1/h. gap: their difference. into_fast, into_slow: shares of what enters the central
        compartment. back: share of what lies in the peripheral compartment that counts for slow, and against fast;
        nought when nothing is exchanged. volume: of the central compartment, L.
    """

    fast: float
    slow: float
    gap: float
    into_fast: float
    into_slow: float
    back: float
    volume: float


class Amounts(NamedTuple):
    """What a child has in it, mg: the two modes, whose sum is in the central compartment.

    `held` lies in a peripheral compartment that exchanges nothing: it waits there for an occasion that does.
    """

    fast: float
    slow: float
    held: float


class Lapse(NamedTuple):
    """What some hours do: what they keep of each mode, and what a rate of one an hour leaves of itself."""

    hours: float
    kept_fast: float
    gain_fast: float
    kept_slow: float
    gain_slow: float


class Block(NamedTuple):
    """What a block of steps of a grid does: what it keeps of each mode, and what a rate of one brings to each."""

    kept_fast: float
    kept_slow: float
    gain_fast: float
    gain_slow: float


class Windows(NamedTuple):
    """From when until when, hours, and above which concentration the hours are counted."""

    opens: Floats
    closes: Floats
    threshold: float


class Found(NamedTuple):
    """What is found in every window: arrays (children, windows), as in `Summaries`."""

    area: Floats
    peak: Floats
    peak_time: Floats
    trough: Floats
    hours_above: Floats


class Wave(NamedTuple):
    """A concentration between two moments: its modes, what a rate brings to each, and how fast each rises, at first."""

    fast: float
    slow: float
    brought_fast: float
    brought_slow: float
    rise_fast: float
    rise_slow: float


class Piece(NamedTuple):
    """What happens between two moments: area, highest level and after how many hours, last level, hours above."""

    area: float
    peak: float
    when: float
    last: float
    hours_above: float


READ = {
    name: types.Array(kind, size, "C", readonly=True)
    for name, kind, size in (
        ("one", types.float64, 1), ("two", types.float64, 2), ("yes", types.boolean, 1),
        ("small", types.int32, 1), ("whole", types.int64, 1),
    )
}  # fmt: skip
ROWS, VALUES = types.Array(types.float64, 2, "C"), types.Array(types.float64, 1, "C")
PARAMETERS = types.NamedUniTuple(READ["two"], 4, Parameters)  # type: ignore[no-untyped-call]
DOSING = types.NamedTuple(  # type: ignore[no-untyped-call]
    [*[READ["one"]] * 4, READ["yes"], READ["small"], READ["one"], READ["whole"]], Dosing
)  # fmt: skip
WINDOWS = types.NamedTuple([READ["one"], READ["one"], types.float64], Windows)  # type: ignore[no-untyped-call]
FOUND = types.NamedUniTuple(ROWS, 5, Found)  # type: ignore[no-untyped-call]
GRID = (types.float64, types.float64)
COUNTS = (types.int64, types.int64)

POINTS = types.void(*COUNTS, PARAMETERS, DOSING, *GRID, ROWS)
LEVELS = types.void(*COUNTS, PARAMETERS, DOSING, READ["one"], READ["whole"], VALUES)
SUMMARIES = types.void(*COUNTS, PARAMETERS, DOSING, WINDOWS, FOUND)
