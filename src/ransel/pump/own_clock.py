"""The clock the pump believes in, as far as it differs from the time that really passes."""

from __future__ import annotations

A_MILLION = 1_000_000


class OwnClock:
    """A clock in milliseconds since 1970. It drifts, it can be set or jump, and it can be off by a fixed amount."""

    __slots__ = ("_drift_ppm", "_since_ms", "_then_ms", "offset_ms")

    def __init__(self, now_ms: int, clock_ms: int) -> None:
        self._since_ms, self._then_ms = now_ms, clock_ms
        self._drift_ppm = 0.0
        self.offset_ms = 0
        """As of a clock that was set to another zone."""

    def read(self, now_ms: int) -> int:
        """Return what the clock shows."""
        return self._then_ms + self._passed(now_ms) + self.offset_ms

    def drift(self, now_ms: int, ppm: float) -> None:
        """Let it run so much too fast, or with a minus too slow, from now on."""
        self._then_ms += self._passed(now_ms)
        self._since_ms, self._drift_ppm = now_ms, ppm

    def jump(self, by_ms: int) -> None:
        """Let it jump."""
        self._then_ms += by_ms

    def _passed(self, now_ms: int) -> int:
        real = now_ms - self._since_ms
        return real + round(real * self._drift_ppm / A_MILLION)
