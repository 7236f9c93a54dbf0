"""Random numbers by counting: child number i of a seed always draws the same, whoever draws it and with whom.

Every variable is a stream of its own, keyed by the seed, the purpose and the number of the variable; child i takes
place i of it. So no split over processes and no order changes anything, and neither does a purpose or a variable that
is added later. The generator is Philox 4x64 (Salmon 2011), whose counter can be set to any place.
"""

from __future__ import annotations

from enum import IntEnum

import numpy as np
from scipy.special import ndtri

from ransel.language import refuse
from ransel.pharmacokinetics.individuals import Floats

MOST_SEED = 2**64 - 1
MOST_VARIABLE = 2**32 - 1
IN_A_BLOCK = 4
"""So many numbers come from one count."""
SMALLEST = 2.0**-54
"""Stands for a nought, of which the normal distribution makes minus infinity: half of the smallest number else."""


class Purpose(IntEnum):
    """What random numbers are for. The numbers are part of every result: never change one, only add."""

    COVARIATES = 1
    BETWEEN_SUBJECTS = 2
    BETWEEN_OCCASIONS = 3
    MEASUREMENT = 4
    ANTIBODIES = 5
    BURDEN = 6
    OWN_USE = 7
    """For whoever needs numbers beside a population, such as a test."""


def uniforms(seed: int, purpose: Purpose, variable: int, start: int, stop: int) -> Floats:
    """Return one number between nought and one, neither of them included, for each child from `start` up to `stop`.

    Raises:
        Refused: when the seed is no whole number from 0 to 2^64 - 1.
    """
    if not 0 <= variable <= MOST_VARIABLE or not 0 <= start <= stop:
        raise ValueError(f"no variable {variable} of children {start} to {stop}")
    key = checked_seed(seed) | (purpose << 32 | variable) << 64
    source = np.random.Philox(key=key)
    before, extra = divmod(start, IN_A_BLOCK)
    source.advance(before)
    drawn = np.random.Generator(source).random(stop - start + extra)[extra:]
    return np.maximum(drawn, SMALLEST)


def normals(seed: int, purpose: Purpose, variable: int, start: int, stop: int) -> Floats:
    """Return one number from the standard normal distribution for each child from `start` up to `stop`."""
    drawn: Floats = ndtri(uniforms(seed, purpose, variable, start, stop))
    return drawn


def checked_seed(seed: object) -> int:
    """Return the seed when it is one.

    Raises:
        Refused: when it is no whole number from 0 to 2^64 - 1.
    """
    if isinstance(seed, bool) or not isinstance(seed, int) or not 0 <= seed <= MOST_SEED:
        refuse("draws.seed", "seed", seed, most=MOST_SEED)
    return seed
