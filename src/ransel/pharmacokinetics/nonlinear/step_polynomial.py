"""The polynomial that stands for a concentration between the two ends of one step, and what can be read off it.

It is of degree 4 in the part of the step that has passed, from 0 to 1.
"""

from __future__ import annotations

from typing import NamedTuple

from numba import njit

HALVINGS = 60
"""More than a float64 between 0 and 1 can be halved to any use; Newton's steps need five or six."""
CLOSE = 1e-14
"""A part of a step that is not worth looking further for."""


class Polynomial(NamedTuple):
    """The coefficients of the powers of the part that has passed."""

    a: float
    b: float
    c: float
    d: float
    e: float


@njit(error_model="numpy", forceinline=True)
def polynomial(begin: float, change: float, first: float, second: float, third: float) -> Polynomial:
    """Return begin + s*change + s(1-s)(first + s*second + s*s*third) as coefficients of the powers of s."""
    return Polynomial(begin, change + first, second - first, third - second, -third)


@njit(error_model="numpy", forceinline=True)
def value(p: Polynomial, s: float) -> float:
    """Return the concentration when the part s of the step has passed."""
    return p.a + s * (p.b + s * (p.c + s * (p.d + s * p.e)))


@njit(error_model="numpy", forceinline=True)
def slope(p: Polynomial, s: float) -> float:
    """Return its derivative to s."""
    return p.b + s * (2.0 * p.c + s * (3.0 * p.d + s * 4.0 * p.e))


@njit(error_model="numpy", forceinline=True)
def area(p: Polynomial, s: float) -> float:
    """Return its integral from nought to s."""
    return s * (p.a + s * (p.b / 2.0 + s * (p.c / 3.0 + s * (p.d / 4.0 + s * p.e / 5.0))))


@njit(error_model="numpy", forceinline=True)
def turn(p: Polynomial) -> float:
    """Return where it turns inside the step, or 1 when it does not."""
    begin = slope(p, 0.0)
    if begin * slope(p, 1.0) >= 0.0:
        return 1.0
    low, high, s = 0.0, 1.0, 0.5
    for _ in range(HALVINGS):
        here = slope(p, s)
        if here * begin > 0.0:
            low = s
        else:
            high = s
        bend = 2.0 * p.c + s * (6.0 * p.d + s * 12.0 * p.e)
        following = s - here / bend if bend != 0.0 else low
        if not low < following < high:
            following = 0.5 * (low + high)
        if abs(following - s) < CLOSE:
            break
        s = following
    return s


@njit(error_model="numpy", forceinline=True)
def crossing(p: Polynomial, low: float, high: float, threshold: float) -> float:
    """Return where it crosses the threshold between low and high, on different sides of it and without a turn."""
    rising = value(p, low) < threshold
    s = 0.5 * (low + high)
    for _ in range(HALVINGS):
        here = value(p, s) - threshold
        if (here < 0.0) == rising:
            low = s
        else:
            high = s
        steep = slope(p, s)
        following = s - here / steep if steep != 0.0 else low
        if not low < following < high:
            following = 0.5 * (low + high)
        if abs(following - s) < CLOSE:
            break
        s = following
    return s


@njit(error_model="numpy", forceinline=True)
def part_above(p: Polynomial, low: float, high: float, threshold: float) -> float:
    """Return which part of the step, between low and high without a turn, lies above the threshold."""
    before, after = value(p, low) > threshold, value(p, high) > threshold
    if before and after:
        return high - low
    if before:
        return crossing(p, low, high, threshold) - low
    if after:
        return high - crossing(p, low, high, threshold)
    return 0.0
