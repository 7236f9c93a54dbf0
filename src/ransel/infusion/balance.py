"""What one container gave: what was counted, held against what was really left in it.

Counted volume is right up to the pump's flow error; a weighing or reading is right up to its own. Each observation
cuts the range that the count leaves open. Where the two contradict each other, the observation holds; it also holds
where its middle lies beyond what the pump's error allows, because then the pump may be worse than its error.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from fractions import Fraction

from ransel.infusion.accounting import assumed
from ransel.infusion.counting import Piece
from ransel.infusion.instant import MS_PER_HOUR
from ransel.infusion.ledger import Given
from ransel.infusion.observing import Left

NO_LIMIT = Fraction(10**15)
"""Above every container, in nL: where an alarm says that more flowed than was counted."""


@dataclass(frozen=True, slots=True)
class Range:
    """A volume in nL: the least, as good as known, the most."""

    low: Fraction
    exact: Fraction
    high: Fraction

    def within(self, other: Range) -> Range:
        """Return this range kept between nought and the bounds of another."""
        low = min(max(self.low, Fraction(0)), other.low)
        high = min(max(self.high, Fraction(0)), other.high)
        return Range(min(low, high), min(max(self.exact, low), other.exact, high), high)


@dataclass(frozen=True, slots=True)
class Missing:
    """A contradiction: counted and not gone (nL, at_least beyond all errors), noticed and possible since (ms)."""

    noticed: int
    missing: Fraction
    at_least: Fraction
    since: int
    since_for_good: int


@dataclass(slots=True)
class Content:
    """A container as it is calculated with: nL and ms.

    Values:
        fill: what the pharmacy put in. priming: what was lost into the set, as a range.
        pieces: counted. tail: what is taken to have run since the last counter; it may not have.
        doubts: at a moment, how much more may have flowed, and how much less.
    """

    index: int
    fill: int
    priming: Range
    pieces: list[Piece] = field(default_factory=list)
    tail: Piece | None = None
    doubts: list[tuple[int, Fraction, Fraction]] = field(default_factory=list)

    @property
    def usable(self) -> Range:
        """What it can give: filled in less priming."""
        return Range(self.fill - self.priming.high, self.fill - self.priming.exact, self.fill - self.priming.low)

    @property
    def counted(self) -> int:
        """All that was counted out of it."""
        return sum(piece.counted for piece in self.pieces)

    @property
    def projected(self) -> int:
        """What is taken to have run since the last counter."""
        return 0 if self.tail is None else self.tail.counted

    def counted_until(self, at: int) -> int:
        """Return what was counted out of it until then."""
        return sum(_part(piece, at) for piece in self.pieces)

    def projected_until(self, at: int) -> int:
        """Return what is taken to have run until then since the last counter."""
        return 0 if self.tail is None else _part(self.tail, at)

    def rate_at(self, at: int) -> int:
        """Return the rate at which it ran then, or within the tolerance of a clock; 0 when it stood still."""
        near = assumed().clock_ms
        pieces = [*self.pieces, *([self.tail] if self.tail else [])]
        return max((one.rate for one in pieces if one.begins - near <= at <= one.ends + near), default=0)

    def when(self, counted: Fraction) -> int:
        """Return when so much had been counted; its first moment for nothing, its last for more than there was."""
        left, at = counted, 0
        for piece in sorted([*self.pieces, *([self.tail] if self.tail else [])], key=lambda one: one.begins):
            if left <= 0:
                return at or piece.begins
            at = piece.ends
            if left < piece.counted:
                return piece.begins + int((piece.ends - piece.begins) * left / piece.counted)
            left -= piece.counted
        return at


def _part(piece: Piece, at: int) -> int:
    if at >= piece.ends:
        return piece.counted
    return 0 if at <= piece.begins else piece.counted * (at - piece.begins) // (piece.ends - piece.begins)


@dataclass(frozen=True, slots=True)
class Balance:
    """What a container gave.

    Values:
        given: nL. rests_on: the last observation that told more than the count. missing: silent non-delivery.
        gone: observations at which more had gone than was counted. not_believed: that cannot be of this container.
    """

    given: Range
    rests_on: Given
    missing: tuple[Missing, ...]
    gone: tuple[Left, ...]
    not_believed: tuple[Left, ...]


def balance(content: Content, observed: Sequence[Left], error: Fraction) -> Balance:
    """Return what this container gave, from its count and what was observed; `error` is the pump's, either way."""
    filter_ = _Filter(content, error)
    not_believed = []
    for one in sorted(observed, key=lambda one: (one.at, one.by, one.left, one.error)):
        if one.left - one.error > content.fill:
            not_believed.append(one)
        else:
            filter_.observe(one)
    given = filter_.at_end()
    return Balance(given, filter_.rests_on, tuple(filter_.missing), tuple(filter_.gone), tuple(not_believed))


class _Filter:
    """The range of what was given, carried from one observation to the next."""

    def __init__(self, content: Content, error: Fraction) -> None:
        self.content = content
        self.error = error
        self.known = Range(Fraction(0), Fraction(0), Fraction(0))
        self.counts = self.known
        self.anchored = self.known, self.counts
        self.since = self.anchored_at = min((piece.begins for piece in content.pieces), default=0)
        self.stuck = False
        self.rests_on = Given.COUNTED
        self.missing: list[Missing] = []
        self.gone: list[Left] = []

    def observe(self, one: Left) -> None:
        """Take an observation."""
        content = self.content
        counted = content.counted_until(one.at), content.projected_until(one.at)
        expected, counts = self._expected(counted, self._doubt(one.at))
        by_last_look, expected = expected, self._at_least_since_anchored(expected, counts)
        slack = Fraction(content.rate_at(one.at) * assumed().clock_ms, MS_PER_HOUR)
        expected, found = self._within(expected), self._found(one, slack)
        self.stuck = expected.low > found.high
        if self.stuck:
            since = self.since if self._within(by_last_look).low > found.high else self.anchored_at
            self._note_missing(one, expected, found, since)
            self.anchored, self.anchored_at = (found, counts), one.at
        elif found.low > expected.high:
            self.gone.append(one)
            found = Range(expected.low, found.exact, found.high)
        elif expected.low <= found.exact <= expected.high:
            found = _both(expected, found)
        self.known, self.counts, self.since, self.rests_on = found, counts, one.at, one.by

    def at_end(self) -> Range:
        """Return what was given in all."""
        content = self.content
        more = sum((high for _, high, _ in content.doubts), Fraction(0))
        less = sum((low for _, _, low in content.doubts), Fraction(0))
        given = self._within(self._expected((content.counted, content.projected), (more, less))[0])
        # After a tube was found shut nothing is certain to flow, until the next observation.
        return Range(min(self.known.low, given.low), given.exact, given.high) if self.stuck else given

    def _doubt(self, at: int) -> tuple[Fraction, Fraction]:
        doubts = [(more, less) for since, more, less in self.content.doubts if since <= at]
        return sum((more for more, _ in doubts), Fraction(0)), sum((less for _, less in doubts), Fraction(0))

    def _expected(self, counted: tuple[int, int], doubt: tuple[Fraction, Fraction]) -> tuple[Range, Range]:
        """Return what was given by count, from the last observation on; and the counts themselves."""
        known, projected = counted
        counts = Range(
            known * (1 - self.error) - doubt[1],
            Fraction(known + projected),
            (known + projected) * (1 + self.error) + doubt[0],
        )
        before = self.counts
        low = max(self.known.low, self.known.low + counts.low - before.low)
        exact = self.known.exact + counts.exact - before.exact
        return Range(low, exact, self.known.high + counts.high - before.high), counts

    def _at_least_since_anchored(self, expected: Range, counts: Range) -> Range:
        """Raise the least by what must have flowed since the connecting, or since something was last found missing.

        Looks that each lie just within their own error would otherwise hide for ever that nothing flows: every one of
        them takes the place of all that was known before it.
        """
        known, before = self.anchored
        low = self._within(Range(known.low + counts.low - before.low, expected.exact, expected.high)).low
        if low <= expected.low:
            return expected
        return Range(low, max(low, expected.exact), max(low, expected.high))

    def _within(self, expected: Range) -> Range:
        return expected.within(self.content.usable)

    def _found(self, one: Left, slack: Fraction) -> Range:
        """Return what had been given by this observation; `slack` is what flows within the tolerance of a clock."""
        fill, priming, error = self.content.fill, self.content.priming, one.error + slack
        found = Range(
            fill - priming.high - one.left - error,
            fill - priming.exact - one.left,
            fill - priming.low - one.left + error,
        )
        return Range(*(max(part, Fraction(0)) for part in (found.low, found.exact, found.high)))

    def _note_missing(self, one: Left, expected: Range, found: Range, since: int) -> None:
        """Note that the pump counted and the container did not get lighter, at some time since that moment."""
        more = max(found.low - self.known.high, Fraction(0)) / (1 + self.error)
        for_good = self.content.when(self.counts.exact + more)
        self.missing.append(
            Missing(
                noticed=one.at,
                missing=expected.exact - found.exact,
                at_least=expected.low - found.high,
                since=since,
                since_for_good=min(max(for_good, since), one.at),
            )
        )


def _both(expected: Range, found: Range) -> Range:
    """Return the overlap of two ranges, with the middle of the narrower one."""
    low, high = max(expected.low, found.low), min(expected.high, found.high)
    narrow = found if found.high - found.low < expected.high - expected.low else expected
    return Range(min(low, high), min(max(narrow.exact, min(low, high)), high), high)
