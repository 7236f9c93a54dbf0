"""The rolling dose limit: in no window of this length more than so much.

The record runs on powered time, the sum of all uptimes: while the pump is off nothing ages out of the window. So a
stop, a change of cassette or switching off and on can only make the limit stricter, never forget what was given.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from itertools import pairwise

AN_HOUR_MS = 3_600_000


@dataclass(frozen=True, slots=True)
class Stretch:
    """Delivery at one rate, `from_ms` to `to_ms` of powered time; a bolus is a stretch without length."""

    from_ms: int
    to_ms: int
    rate_nL_per_h: int
    bolus_nL: int = 0

    def within(self, begin_ms: int, end_ms: int) -> int:
        """Return the volume in nL that was given between two instants, rounded up."""
        if self.bolus_nL:
            return self.bolus_nL if begin_ms < self.to_ms <= end_ms else 0
        lasted = min(self.to_ms, end_ms) - max(self.from_ms, begin_ms)
        return -(-max(lasted, 0) * self.rate_nL_per_h // AN_HOUR_MS)


@dataclass(frozen=True, slots=True)
class DoseWindow:
    """What was given within the last window, and what still may be.

    Values:
        length_ms: of the window. most_nL: within any window; percent: of what the highest set rate gives in one.
        stretches: what was given, oldest first; older ones than the window are dropped.
    """

    length_ms: int
    most_nL: int
    percent: int
    stretches: tuple[Stretch, ...] = ()

    def limit_nL(self, now_ms: int, rate_nL_per_h: int) -> int:
        """Return the limit while this rate is set: the smaller of both; a rate set earlier in the window counts too."""
        begins = now_ms - self.length_ms
        highest = max([rate_nL_per_h, *(one.rate_nL_per_h for one in self.stretches if one.to_ms > begins)])
        return min(self.most_nL, highest * self.length_ms * self.percent // (100 * AN_HOUR_MS))

    def given_nL(self, now_ms: int) -> int:
        """Return the volume given within the window that ends now."""
        return sum(one.within(now_ms - self.length_ms, now_ms) for one in self.stretches)

    def room_nL(self, now_ms: int, rate_nL_per_h: int) -> int:
        """Return what may still be given now."""
        return self.limit_nL(now_ms, rate_nL_per_h) - self.given_nL(now_ms)

    def add(self, stretch: Stretch) -> DoseWindow:
        """Return the window with one stretch more, without those that lie before it."""
        kept = (one for one in self.stretches if one.to_ms > stretch.to_ms - self.length_ms)
        return replace(self, stretches=(*kept, stretch))

    def reached_ms(self, now_ms: int, rate_nL_per_h: int) -> int | None:
        """Return when the limit is reached at this rate from now on; None when it never is.

        What is left of the room shrinks by the rate and grows by what leaves the window at its far end; both
        are constant between the ends of stretches, so each piece is one division. Nothing is rounded before that
        division, in nL times ms per hour: the answer is the last whole millisecond that is within the limit.
        """
        instants = [now_ms, *self._leaving(now_ms), now_ms + self.length_ms]
        for at, change in pairwise(instants):
            room = self._room_exactly(at, rate_nL_per_h, now_ms)
            net = rate_nL_per_h - self._rate_at(at - self.length_ms)
            if room < 0:
                return at
            if net > 0 and at + room // net < change:
                return at + room // net
        end = instants[-1]
        return end if self._room_exactly(end, rate_nL_per_h, now_ms) < 0 else None

    def _room_exactly(self, at_ms: int, rate_nL_per_h: int, since_ms: int) -> int:
        """Return what is left of the limit at an instant, in nL times ms per hour, if it runs at this rate since then.

        `at_ms` is at most one window later than `since_ms`.
        """
        begins = at_ms - self.length_ms
        given = rate_nL_per_h * (at_ms - since_ms)
        for one in self.stretches:
            if one.bolus_nL:
                given += one.bolus_nL * AN_HOUR_MS if begins < one.to_ms <= at_ms else 0
            else:
                given += max(min(one.to_ms, at_ms) - max(one.from_ms, begins), 0) * one.rate_nL_per_h
        return self.limit_nL(at_ms, rate_nL_per_h) * AN_HOUR_MS - given

    def _leaving(self, now_ms: int) -> list[int]:
        """Return the instants at which an end of a stretch leaves the window, in order."""
        ends = {end + self.length_ms for one in self.stretches for end in (one.from_ms, one.to_ms)}
        return sorted(end for end in ends if now_ms < end < now_ms + self.length_ms)

    def _rate_at(self, at_ms: int) -> int:
        return sum(one.rate_nL_per_h for one in self.stretches if one.from_ms <= at_ms < one.to_ms)
