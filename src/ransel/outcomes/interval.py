"""A number and between which bounds it is believed to lie."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Interval:
    """An estimate with its interval.

    Values:
        level: such as 0.95. method: by what it was calculated, as the field calls it.
    """

    estimate: float
    low: float
    high: float
    level: float
    method: str

    @property
    def width(self) -> float:
        """How far the bounds are apart."""
        return self.high - self.low


@dataclass(frozen=True, slots=True)
class Spread:
    """How a quantity is spread over children: its geometric mean and percentiles."""

    geometric_mean: float
    p5: float
    p25: float
    p50: float
    p75: float
    p95: float
