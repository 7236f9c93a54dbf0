"""What the nonlinear models must know of the children of `workload`; only NumPy. The numbers are for timing."""

from __future__ import annotations

import numpy as np

SEED = 20270203
RELATIVE, ABSOLUTE = 1e-6, 1e-10
"""Tolerances of Ransel and of the peer, the second in mg/L."""
DISPOSITION = ("clearance", "volume", "exchange", "peripheral")
SATURABLE = (*DISPOSITION, "most", "half", "begins", "factor", "onset", "base", "by_concentration", "by_rise")
TARGET_MEDIATED = (*DISPOSITION, "bind", "release", "made", "lost", "taken")


def surface(weights: np.ndarray) -> np.ndarray:
    """Return body surfaces in square metres, about."""
    return 0.1 * weights ** (2 / 3)


def saturable(children: np.ndarray, weights: np.ndarray) -> dict[str, np.ndarray]:
    """Return parameters for saturable elimination, with antibodies in three of ten children, and a hazard."""
    draw, count = np.random.default_rng(SEED), len(children)
    return dict(zip(DISPOSITION, children.T, strict=True)) | {
        "most": 0.05 * (weights / 70) ** 0.75 * np.exp(0.30 * draw.standard_normal(count)),
        "half": 1.0 * np.exp(0.20 * draw.standard_normal(count)),
        "begins": np.where(draw.random(count) < 0.3, draw.uniform(500, 4000, count), np.inf),
        "factor": np.full(count, 3.0),
        "onset": np.full(count, 72.0),
        "base": np.full(count, 1e-4),
        "by_concentration": np.full(count, 1e-4),
        "by_rise": np.full(count, 1e-3),
    }


def target_mediated(children: np.ndarray) -> dict[str, np.ndarray]:
    """Return parameters for a target that binds the drug some thousand times faster than it leaves."""
    draw, count = np.random.default_rng(SEED + 1), len(children)
    return dict(zip(DISPOSITION, children.T, strict=True)) | {
        "bind": 5.0 * np.exp(0.30 * draw.standard_normal(count)),
        "release": 0.05 * np.exp(0.30 * draw.standard_normal(count)),
        "made": 0.05 * np.exp(0.30 * draw.standard_normal(count)),
        "lost": np.full(count, 0.05),
        "taken": 0.02 * np.exp(0.30 * draw.standard_normal(count)),
    }
