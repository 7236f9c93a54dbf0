"""The children of a simulation as arrays: what a compartment model needs to know of each."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Self

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]


@dataclass(frozen=True, slots=True, eq=False, kw_only=True)
class Individuals:
    """Parameters of n children over k occasions; k is 1 when a child is the same in every course.

    Values, each an array of shape (n, k):
        clearance: L/h. volume: of the central compartment, L. exchange: clearance between the compartments, L/h;
        nought for a model of one compartment. peripheral: volume of the other compartment, L; any positive number
        where there is no exchange.
    """

    clearance: Floats
    volume: Floats
    exchange: Floats
    peripheral: Floats

    def __post_init__(self) -> None:
        shapes = {one.shape for one in (self.clearance, self.volume, self.exchange, self.peripheral)}
        if len(shapes) != 1 or len(next(iter(shapes))) != 2:
            raise ValueError(f"parameters are arrays of one shape (children, occasions), not {sorted(shapes)}")

    @property
    def count(self) -> int:
        """How many children there are."""
        return int(self.clearance.shape[0])

    @property
    def occasions(self) -> int:
        """How many occasions have parameters of their own."""
        return int(self.clearance.shape[1])

    def part(self, start: int, stop: int) -> Self:
        """Return the children from `start` up to `stop`."""
        return type(self)(
            clearance=self.clearance[start:stop], volume=self.volume[start:stop],
            exchange=self.exchange[start:stop], peripheral=self.peripheral[start:stop],
        )  # fmt: skip
