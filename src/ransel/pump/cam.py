"""The cam: how far the flow of one stroke after another is from an even flow.

The plant lets fluid flow evenly, which is right for anything longer than a stroke. How it looks within minutes is told
here, as the trumpet curve of pump standards: the largest and smallest volume in any window of a length.
"""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction

from ransel.pump.device import AN_HOUR_MS
from ransel.pump.hardware import Hardware, hardware

WINDOWS_MIN = (1, 2, 5, 11, 19, 31)
"""Lengths at which a trumpet curve is read."""


@dataclass(frozen=True, slots=True)
class Band:
    """How far the volume in any window of one length can be from the even flow, in per cent of it."""

    lowest: Fraction
    highest: Fraction


def stroke_times_ms(rate_nL_per_h: int, hours: int, pump: Hardware | None = None) -> tuple[int, ...]:
    """Return when strokes are complete, in ms from starting at the beginning of one.

    A stroke is complete at the first whole millisecond at which the motor has turned it whole.
    """
    stroke = (pump or hardware()).stroke_nL
    strokes = rate_nL_per_h * hours // stroke
    return tuple(-(-count * stroke * AN_HOUR_MS // rate_nL_per_h) for count in range(1, strokes + 1))


def longest_gap_ms(rate_nL_per_h: int, pump: Hardware | None = None) -> int:
    """Return the longest time in which nothing moves: from the end of one stroke to the beginning of the next."""
    of = pump or hardware()
    return max(-(-of.stroke_nL * AN_HOUR_MS // rate_nL_per_h) - of.stroke_ms, 0)


def ripple(phase: Fraction, moving: Fraction) -> Fraction:
    """Return what part of a stroke has been given after this part of a turn.

    The cam moves evenly in the first part `moving` of each turn and rests in what remains.
    """
    return min(phase / moving, Fraction(1))


def trumpet(
    rate_nL_per_h: int, windows_min: tuple[int, ...] = WINDOWS_MIN, pump: Hardware | None = None
) -> dict[int, Band]:
    """Return the trumpet curve at a rate: for each window in minutes, how far off its volume can be.

    A window holds some whole turns and a rest. Most comes out of the rest when it begins with the moving cam, least
    when it begins with the resting one.
    """
    of = pump or hardware()
    turn_ms = Fraction(of.stroke_nL * AN_HOUR_MS, rate_nL_per_h)
    moving = min(of.stroke_ms / turn_ms, Fraction(1))
    return {window: _band(window * 60_000 / turn_ms, moving) for window in windows_min}


def _band(turns: Fraction, moving: Fraction) -> Band:
    rest = turns % 1
    most = turns - rest + ripple(rest, moving)
    least = turns - rest + 1 - ripple(1 - rest, moving)
    return Band((least / turns - 1) * 100, (most / turns - 1) * 100)
