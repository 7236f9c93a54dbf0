"""What is given when, as arrays: rates that hold until the next moment, boluses, and beginnings from nothing."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Self

import numpy as np
from numpy.typing import NDArray

from ransel.pharmacokinetics.individuals import Floats


@dataclass(frozen=True, slots=True, eq=False, kw_only=True)
class Schedule:
    """The dosing of n children.

    The moments of child i are those from `offsets[i]` up to `offsets[i + 1]`, in ascending order; without `offsets`
    all children share all moments. Rates and boluses are multiplied by the child's `scale`, such as its body surface.

    Values:
        times: (m,) hours. rates: (m,) mg/h into the central compartment from that moment to the next one.
        boluses: (m,) mg into the central compartment at that moment. resets: (m,) whether everything is emptied
        first. occasions: (m,) int32, from nought: whose parameters hold from that moment on.
        scale: (n,). offsets: (n + 1,) int64, or None. peripheral_boluses: (m,) mg into the peripheral compartment at
        that moment, or None; nobody injects there, but a steady state that is taken up begins with an amount there.
    """

    times: Floats
    rates: Floats
    boluses: Floats
    resets: NDArray[np.bool_]
    occasions: NDArray[np.int32]
    scale: Floats
    offsets: NDArray[np.int64] | None = None
    peripheral_boluses: Floats | None = None

    @property
    def count(self) -> int:
        """How many children are dosed."""
        return int(self.scale.shape[0])

    @property
    def shared(self) -> bool:
        """Whether all children share the moments."""
        return self.offsets is None

    @classmethod
    def of_rates(cls, times: Floats, rates: Floats, scale: Floats, occasions: NDArray[np.int32] | None = None) -> Self:
        """Return a shared schedule that only has rates."""
        moments = times.shape[0]
        return cls(
            times=times, rates=rates, boluses=np.zeros(moments), resets=np.zeros(moments, dtype=np.bool_),
            occasions=np.zeros(moments, dtype=np.int32) if occasions is None else occasions, scale=scale,
        )  # fmt: skip

    def part(self, start: int, stop: int) -> Self:
        """Return the dosing of the children from `start` up to `stop`."""
        if self.offsets is None:
            return type(self)(
                times=self.times, rates=self.rates, boluses=self.boluses, resets=self.resets,
                occasions=self.occasions, scale=self.scale[start:stop], peripheral_boluses=self.peripheral_boluses,
            )  # fmt: skip
        first, last = int(self.offsets[start]), int(self.offsets[stop])
        return type(self)(
            times=self.times[first:last], rates=self.rates[first:last], boluses=self.boluses[first:last],
            resets=self.resets[first:last], occasions=self.occasions[first:last], scale=self.scale[start:stop],
            offsets=self.offsets[start : stop + 1] - first,
            peripheral_boluses=None if self.peripheral_boluses is None else self.peripheral_boluses[first:last],
        )  # fmt: skip


@dataclass(frozen=True, slots=True, kw_only=True)
class Grid:
    """Moments at equal distances, in hours: `points` of them, the first at `first`."""

    first: float = 0.0
    step: float = 1.0
    points: int

    @property
    def times(self) -> Floats:
        """The moments, (points,) hours."""
        return self.first + self.step * np.arange(self.points, dtype=np.float64)
