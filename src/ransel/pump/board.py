"""The alarm board: every condition apart, several at once, none of them ever silenced for good.

Each condition goes its own way through `LIFE`, a declared table. A condition that is silenced sounds again when two
minutes are over, when somebody cancels the silence, or when another condition begins. Acknowledging touches one
condition only: while its cause lasts that is a silence of two minutes, afterwards it takes the condition off the board.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from enum import StrEnum

from ransel.infusion.condition import Condition, Priority


class Signal(StrEnum):
    """How one condition shows itself. All but `quiet` are listed on the display."""

    QUIET = "quiet"
    SOUNDING = "sounding"
    SILENCED = "silenced"
    LATCHED = "latched"
    """Its cause is gone; it sounds until somebody acknowledges that it was there."""
    LATCHED_SILENCED = "latched-silenced"


class Turn(StrEnum):
    """What can happen to one condition."""

    BEGIN = "begin"
    CAUSE_GONE = "cause-gone"
    ACKNOWLEDGE = "acknowledge"
    SILENCE = "silence"
    SILENCE_OVER = "silence-over"


AUDIBLE = frozenset({Signal.SOUNDING, Signal.LATCHED})
SILENT_FOR_A_WHILE = frozenset({Signal.SILENCED, Signal.LATCHED_SILENCED})
CAUSE_LASTS = frozenset({Signal.SOUNDING, Signal.SILENCED})

LIFE: Mapping[tuple[Signal, Turn], Signal] = {
    (Signal.QUIET, Turn.BEGIN): Signal.SOUNDING,
    (Signal.SOUNDING, Turn.CAUSE_GONE): Signal.LATCHED,
    (Signal.SOUNDING, Turn.ACKNOWLEDGE): Signal.SILENCED,
    (Signal.SOUNDING, Turn.SILENCE): Signal.SILENCED,
    (Signal.SILENCED, Turn.CAUSE_GONE): Signal.LATCHED_SILENCED,
    (Signal.SILENCED, Turn.SILENCE_OVER): Signal.SOUNDING,
    (Signal.LATCHED, Turn.BEGIN): Signal.SOUNDING,
    (Signal.LATCHED, Turn.ACKNOWLEDGE): Signal.QUIET,
    (Signal.LATCHED, Turn.SILENCE): Signal.LATCHED_SILENCED,
    (Signal.LATCHED_SILENCED, Turn.BEGIN): Signal.SOUNDING,
    (Signal.LATCHED_SILENCED, Turn.ACKNOWLEDGE): Signal.QUIET,
    (Signal.LATCHED_SILENCED, Turn.SILENCE_OVER): Signal.LATCHED,
}
"""Pairs that are not here change nothing. A condition that does not latch goes from its cause to quiet."""


def turned(signal: Signal, turn: Turn, latching: bool) -> Signal:
    """Return how a condition shows itself after a turn."""
    if turn is Turn.CAUSE_GONE and not latching:
        return Signal.QUIET
    return LIFE.get((signal, turn), signal)


@dataclass(frozen=True, slots=True)
class Line:
    """One condition on the board.

    Values:
        since_ms: when it began, uptime. silent_until_ms: when it sounds again, None while it sounds.
        detail: what exactly, such as the part that failed.
    """

    condition: Condition
    signal: Signal
    since_ms: int
    priority: Priority
    latching: bool
    detail: str = ""
    silent_until_ms: int | None = None


@dataclass(frozen=True, slots=True)
class Board:
    """All conditions that are not quiet, in the order in which they began."""

    lines: Mapping[Condition, Line] = field(default_factory=dict, hash=False)

    def begin(self, condition: Condition, at_ms: int, priority: Priority, latching: bool, detail: str = "") -> Board:
        """Return the board after a condition has begun; every silence is over, because something is new."""
        known = self.lines.get(condition)
        if known is not None and known.signal in CAUSE_LASTS and known.detail == detail:
            return self
        awake = {key: _awake(line) for key, line in self.lines.items() if key != condition}
        signal = turned(_awake(known).signal if known else Signal.QUIET, Turn.BEGIN, latching)
        return Board({**awake, condition: Line(condition, signal, at_ms, priority, latching, detail)})

    def cause_gone(self, condition: Condition) -> Board:
        """Return the board after the cause of a condition went away."""
        return self._turn(condition, Turn.CAUSE_GONE)

    def acknowledge(self, condition: Condition, until_ms: int) -> Board:
        """Return the board after somebody acknowledged one condition, and no other."""
        return self._turn(condition, Turn.ACKNOWLEDGE, until_ms)

    def silence(self, condition: Condition, until_ms: int) -> Board:
        """Return the board after somebody silenced a condition; one that is silent already is not silenced longer."""
        return self._turn(condition, Turn.SILENCE, until_ms)

    def silence_over(self, condition: Condition) -> Board:
        """Return the board after a silence ended, by time or because somebody cancelled it."""
        return self._turn(condition, Turn.SILENCE_OVER)

    def lasting(self) -> Iterator[Condition]:
        """Go through the conditions whose cause lasts."""
        return (line.condition for line in self.lines.values() if line.signal in CAUSE_LASTS)

    def listed(self) -> tuple[Line, ...]:
        """Return what the display lists: highest priority first, then in the order of beginning."""
        order = list(Priority)
        return tuple(sorted(self.lines.values(), key=lambda line: (order.index(line.priority), line.since_ms)))

    @property
    def indicator(self) -> Priority | None:
        """The priority that lamp and display show: the highest on the board, silenced or not."""
        return self.listed()[0].priority if self.lines else None

    @property
    def sound(self) -> Priority | None:
        """The melody that is heard: the highest of what is not silenced."""
        return next((line.priority for line in self.listed() if line.signal in AUDIBLE), None)

    def _turn(self, condition: Condition, turn: Turn, until_ms: int | None = None) -> Board:
        line = self.lines.get(condition)
        signal = Signal.QUIET if line is None else turned(line.signal, turn, line.latching)
        if line is None or signal is line.signal:
            return self
        if signal is Signal.QUIET:
            return Board({key: other for key, other in self.lines.items() if key != condition})
        until = line.silent_until_ms if line.silent_until_ms is not None else until_ms
        silent = until if signal in SILENT_FOR_A_WHILE else None
        return Board({**self.lines, condition: replace(line, signal=signal, silent_until_ms=silent)})


def _awake(line: Line) -> Line:
    signal = turned(line.signal, Turn.SILENCE_OVER, line.latching)
    return line if signal is line.signal else replace(line, signal=signal, silent_until_ms=None)
