"""The straight end of a curve on the logarithm: lambda-z, chosen by the usual rule."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from math import exp, log

from ransel.language import Message

FEWEST_POINTS = 3
AS_GOOD = 1e-4
"""Of windows whose adjusted R² differ by less from the best, the one with the most levels is taken."""


@dataclass(frozen=True, slots=True, kw_only=True)
class TerminalSlope:
    """A line through the logarithms of the last levels.

    Values:
        constant: lambda-z, 1/h. intercept: logarithm of the level at hour nought. fit: R². adjusted: adjusted R².
        points: how many levels it rests on. first, last: the times of the first and last of them, h.
    """

    constant: float
    intercept: float
    fit: float
    adjusted: float
    points: int
    first: float
    last: float

    @property
    def half_life(self) -> float:
        """In hours."""
        return log(2) / self.constant

    def level(self, time: float) -> float:
        """Return the level that the line gives at a time, mg/L."""
        return exp(self.intercept - self.constant * time)


def terminal_slope(times: Sequence[float], levels: Sequence[float]) -> TerminalSlope | Message:
    """Return the slope of the end of a curve, or why there is none.

    The levels are those that may belong to the end: after the highest one (a bolus: from the highest one on) and after
    the last infusion, all above nought. Windows of three and more levels up to the last one are tried; the highest
    adjusted R² wins, and of windows that are as good to 0.0001 the longest.
    """
    if len(times) < FEWEST_POINTS:
        return Message("nca.few-levels", {"count": len(times), "fewest": FEWEST_POINTS})
    lines = [_line(times[-count:], levels[-count:]) for count in range(FEWEST_POINTS, len(times) + 1)]
    falling = [line for line in lines if line.constant > 0]
    if not falling:
        return Message("nca.not-falling")
    best = max(line.adjusted for line in falling)
    return max((line for line in falling if line.adjusted > best - AS_GOOD), key=lambda line: line.points)


def _line(times: Sequence[float], levels: Sequence[float]) -> TerminalSlope:
    count = len(times)
    logs = [log(level) for level in levels]
    mid_time, mid_log = sum(times) / count, sum(logs) / count
    spread = sum((time - mid_time) ** 2 for time in times)
    both = sum((time - mid_time) * (one - mid_log) for time, one in zip(times, logs, strict=True))
    height = sum((one - mid_log) ** 2 for one in logs)
    fit = both * both / (spread * height) if height > 0 else 0.0
    return TerminalSlope(
        constant=-both / spread, intercept=mid_log - both / spread * mid_time, fit=fit,
        adjusted=1 - (1 - fit) * (count - 1) / (count - 2), points=count, first=times[0], last=times[-1],
    )  # fmt: skip
