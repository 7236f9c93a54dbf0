"""Counts of children worked out from published percentages, and how far a verdict depends on that."""

from __future__ import annotations

import math
from fractions import Fraction

import numpy as np
from numpy.typing import NDArray

from ransel.outcomes.risk import verdict_shares
from ransel.outcomes.tolerability import Count, Verdict

_HALF = Fraction(1, 2)
Groups = tuple[NDArray[np.float64], NDArray[np.float64]]
"""Events and children, for everything that a percentage allows."""


def reconstructed(part: Fraction, children: int, decimals: int = 0) -> Count:
    """Return the count behind a percentage that was rounded to so many decimals.

    `fewest` to `most` are all counts that round to it, a half counted both ways. Where none does, because the table
    left children out without saying so, the nearest count stands alone.
    """
    events = math.floor(part * children + _HALF)
    fewest, most = counts_that_round_to(part, children, decimals) or (events, events)
    return Count(events=events, children=children, fewest=fewest, most=most, reconstructed=True)


def counts_that_round_to(part: Fraction, children: int, decimals: int = 0) -> tuple[int, int] | None:
    """Return the fewest and the most events of so many children that round to this percentage; None without any."""
    step = _HALF / 100 / 10**decimals
    fewest = max(0, math.ceil((part - step) * children))
    most = min(children, math.floor((part + step) * children))
    return (fewest, most) if fewest <= most else None


def verdicts_with_fewer_judged(
    first: tuple[Fraction, int], second: tuple[Fraction, int], least: Fraction, decimals: int = 0
) -> tuple[tuple[Verdict, float], ...]:
    """Return which part of all counts shows what, when in each group this part to all of the children were judged.

    `first` and `second` are a percentage, as a part of one, and the children of the group. Every number of judged
    children and every count that rounds to the percentage weighs the same.
    """
    a, n1 = _possible(*first, least, decimals)
    b, n2 = _possible(*second, least, decimals)
    of_first, of_second = (grid.ravel() for grid in np.meshgrid(np.arange(a.size), np.arange(b.size)))
    return verdict_shares(a[of_first], n1[of_first], b[of_second], n2[of_second])


def _possible(part: Fraction, children: int, least: Fraction, decimals: int) -> Groups:
    """Return every pair of events and judged children that a percentage allows; the nearest where there is none."""
    found = [
        (events, judged)
        for judged in range(max(1, math.ceil(least * children)), children + 1)
        for fewest, most in (counts_that_round_to(part, judged, decimals) or (0, -1),)
        for events in range(fewest, most + 1)
    ] or [(reconstructed(part, children, decimals).events, children)]
    events, judged = np.array(found, dtype=np.float64).T
    return events, judged
