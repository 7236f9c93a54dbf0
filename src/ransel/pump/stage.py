"""A stretch of time in which fluid moves by one law: evenly, or ever slower against what it has built up.

dV/dt = start - decay * V, from V = 0. Volumes in mL, times in hours.
"""

from __future__ import annotations

import math

NEVER = math.inf
MOST_STEPS = 50
"""Of Newton's; five are usual."""


def moved(start: float, decay: float, hours: float) -> float:
    """Return the volume that has moved after so many hours."""
    return start * hours if decay == 0.0 else -start * math.expm1(-decay * hours) / decay


def hours_to_move(start: float, decay: float, volume: float) -> float:
    """Return after how many hours this volume has moved; `NEVER` when it never will."""
    if start <= 0.0:
        return NEVER
    if decay == 0.0:
        return volume / start
    share = decay * volume / start
    return -math.log1p(-share) / decay if share < 1.0 else NEVER


def moved_at_most(start: float, decay: float, hours: float, rate: float) -> float:
    """Return how much of what moves a hole takes that takes so much per hour at most: the least of both at any time."""
    if start <= rate:
        return moved(start, decay, hours)
    slower_after = math.log(start / rate) / decay if decay and rate > 0.0 else NEVER
    if hours <= slower_after:
        return rate * hours
    return rate * slower_after + moved(start, decay, hours) - moved(start, decay, slower_after)


def hours_to_lose(start: float, decay: float, leak: float, volume: float) -> float:
    """Return when a container is empty that also leaks evenly; `NEVER` when it never is.

    With a decay there is no formula. The loss grows ever slower, so Newton's steps from the left never go too far.
    """
    if leak == 0.0:
        return hours_to_move(start, decay, volume)
    if decay == 0.0:
        return volume / (start + leak) if start + leak > 0.0 else NEVER
    hours = 0.0
    for _ in range(MOST_STEPS):
        missing = volume - moved(start, decay, hours) - leak * hours
        later = hours + missing / (start * math.exp(-decay * hours) + leak)
        if not later > hours:
            break
        hours = later
    return hours
