"""The discharge curve of a battery: straight pieces between measured points, in both directions."""

from __future__ import annotations

from bisect import bisect_right
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Curve:
    """Voltage without load by the share of the capacity that is used.

    Values:
        used: shares from 0 to 1, rising. mV: at each of them, falling.
    """

    used: tuple[float, ...]
    mV: tuple[float, ...]

    @classmethod
    def of(cls, points: tuple[tuple[int, int], ...]) -> Curve:
        """Return the curve through these points of (thousandths used, mV); raises ValueError when one goes back."""
        used, mV = zip(*points, strict=True)
        if list(used) != sorted(set(used)) or list(mV) != sorted(set(mV), reverse=True) or used[0] or used[-1] != 1000:
            raise ValueError("a discharge curve goes from 0 to 1000 and always falls")
        return cls(tuple(share / 1000 for share in used), tuple(map(float, mV)))

    def mV_at(self, used: float) -> float:
        """Return the voltage without load; beyond the last point the last piece goes on, down to nothing."""
        piece = bisect_right(self.used, used, 1, len(self.used) - 1)
        return max(_between(used, self.used, self.mV, piece), 0.0)

    def used_at(self, mV: float) -> float:
        """Return the share that is used when this voltage is reached."""
        piece, last = 1, len(self.mV) - 1
        while piece < last and self.mV[piece] > mV:
            piece += 1
        return _between(mV, self.mV, self.used, piece)


def _between(value: float, given: tuple[float, ...], wanted: tuple[float, ...], piece: int) -> float:
    start, end = given[piece - 1], given[piece]
    return wanted[piece - 1] + (value - start) / (end - start) * (wanted[piece] - wanted[piece - 1])
