"""The pump's own count: what the motor has turned, and what that makes of the reservoir it was told of."""

from __future__ import annotations

from dataclasses import dataclass, replace

AN_HOUR_MS = 3_600_000


@dataclass(frozen=True, slots=True)
class Meter:
    """Counted volumes; all whole nanolitres, none of them measured.

    Values:
        stroke_nL: one turn of the cam. rate_nL_per_h: at which the motor turns now, since `since_ms` of uptime.
        turned_nL: all turning since the pump was made. counted_nL: of it, what went towards the child.
        start_nL: what the display was set to when the container came; primed_nL, used_nL: since then.
        priming: the motor fills the line, nothing goes towards the child.
    """

    stroke_nL: int
    rate_nL_per_h: int = 0
    since_ms: int = 0
    turned_nL: int = 0
    counted_nL: int = 0
    start_nL: int = 0
    primed_nL: int = 0
    used_nL: int = 0
    priming: bool = False

    def read(self, now_ms: int) -> Meter:
        """Return what the meter shows now, as a meter that stands still.

        Whole nanolitres are counted from when the running began, so looking often loses nothing.
        """
        if not self.rate_nL_per_h:
            return self
        turned_nL = (now_ms - self.since_ms) * self.rate_nL_per_h // AN_HOUR_MS
        return self._counted(turned_nL, rate_nL_per_h=0)

    def running(self, now_ms: int, rate_nL_per_h: int) -> Meter:
        """Return the meter with the motor turning at this rate from now on; 0 stands still."""
        return replace(self.read(now_ms), rate_nL_per_h=rate_nL_per_h, since_ms=now_ms)

    def pushed(self, volume_nL: int) -> Meter:
        """Return the meter after a push towards the child; a negative one takes back what an occlusion held up."""
        return self._counted(volume_nL, self.rate_nL_per_h)

    def attached(self, start_nL: int) -> Meter:
        """Return the meter after a new container came and the display was set."""
        return replace(self, start_nL=start_nL, primed_nL=0, used_nL=0)

    @property
    def strokes(self) -> int:
        """Whole turns of the cam since the pump was made."""
        return self.turned_nL // self.stroke_nL

    @property
    def rest_of_stroke_nL(self) -> int:
        """What is left of the stroke that has begun."""
        return -self.turned_nL % self.stroke_nL

    @property
    def displayed_nL(self) -> int:
        """What the display says is left."""
        return max(self.start_nL - self.primed_nL - self.used_nL, 0)

    def reserve_nL(self, flow_error_permille: int) -> int:
        """Return what is left at least, if the pump runs as fast as it may: the figure that hours are counted from."""
        return max(self.start_nL - (self.primed_nL + self.used_nL) * (1000 + flow_error_permille) // 1000, 0)

    def _counted(self, volume_nL: int, rate_nL_per_h: int) -> Meter:
        # `replace` takes nearly twice as long, and a meter is read at every event
        given, primed = (0, volume_nL) if self.priming else (volume_nL, 0)
        return Meter(
            self.stroke_nL,
            rate_nL_per_h,
            self.since_ms,
            turned_nL=self.turned_nL + volume_nL,
            counted_nL=self.counted_nL + given,
            start_nL=self.start_nL,
            primed_nL=self.primed_nL + primed,
            used_nL=self.used_nL + given,
            priming=self.priming,
        )
