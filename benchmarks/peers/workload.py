"""The children and regimens that Ransel and its peers are timed with; only NumPy, for a peer's environment.

The numbers are for timing. They describe no drug.
"""

from __future__ import annotations

import numpy as np

SEED = 20270202
COURSES, COURSE = 5, 840
"""Courses, and the hours from one beginning to the next."""
POINTS = COURSES * COURSE + 1
"""Hourly, both ends included."""
DOSE = 100.0
"""mg per square metre of body surface and course."""
REGIMENS = {"slow": (10, 24), "fast": (5, 8)}
"""Days, and hours on each of them."""


def rates(regimen: str) -> tuple[np.ndarray, np.ndarray]:
    """Return moments in hours, and the rates in mg/h per square metre from each of them on."""
    days, hours = REGIMENS[regimen]
    moments = [(course * COURSE + 24 * day, hours) for course in range(COURSES) for day in range(days)]
    if hours == 24:
        moments = [(course * COURSE, 24 * days) for course in range(COURSES)]
    times = [moment for begin, length in moments for moment in (begin, begin + length)]
    return np.array(times, dtype=np.float64), np.tile([DOSE / (days * hours), 0.0], len(moments))


def hourly_rates(regimen: str) -> np.ndarray:
    """Return the rate of every hour."""
    times, found = rates(regimen)
    return found[np.searchsorted(times, np.arange(POINTS - 1), side="right") - 1]


def weights(count: int) -> np.ndarray:
    """Return body weights in kg."""
    return np.random.default_rng(SEED).uniform(10, 30, count)


def children(count: int) -> np.ndarray:
    """Return clearance and exchange in L/h, central and peripheral volume in L: columns 0, 2, 1 and 3."""
    part = weights(count) / 70
    typical = np.stack([0.052 * part**0.75, 3.6 * part, 0.045 * part**0.75, 6.0 * part], axis=1)
    draw = np.random.default_rng(SEED + 1).standard_normal((count, 4))
    return typical * np.exp(draw * [0.30, 0.25, 0.35, 0.35])
