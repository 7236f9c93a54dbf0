"""The two exponentials of a child's model, and how they move with the logarithm of each parameter.

A concentration is c = a1 u1 + a2 u2, where u is what one input gives at one rate constant: u' = -l u + rate. Only a1,
l1, a2 and l2 know the parameters; so the first and second derivatives of every concentration follow from those of
these four and from the derivatives of u to its own rate constant. The parameters are log CL, log V1, log Q, log V2.
"""

from __future__ import annotations

from math import exp, sqrt
from typing import NamedTuple

import numpy as np
from numba import njit

from ransel.pharmacokinetics.individuals import Floats

SHORT = 0.03
"""Below this product of rate constant and time the differences of exponentials are summed as series."""

POWERS_10 = (1.0, -1.0, 0.0, 0.0)
POWERS_12 = (0.0, -1.0, 1.0, 0.0)
POWERS_21 = (0.0, 0.0, 1.0, -1.0)
"""With which powers CL, V1, Q and V2 enter the rate constants k10, k12 and k21."""


class Modes(NamedTuple):
    """Room for the modes of one child.

    Values:
        at: a1, l1, a2, l2. first, second: their derivatives to the log parameters, (4, 4) and (4, 4, 4).
        between: what is worked out on the way, (5, 4).
    """

    at: Floats
    first: Floats
    second: Floats
    between: Floats


@njit(error_model="numpy")
def modes_room() -> Modes:
    """Return room for the modes of one child."""
    return Modes(np.zeros(4), np.zeros((4, 4)), np.zeros((4, 4, 4)), np.zeros((5, 4)))


def empty_modes() -> Modes:
    """Return the same, made outside compiled code."""
    return Modes(np.zeros(4), np.zeros((4, 4)), np.zeros((4, 4, 4)), np.zeros((5, 4)))


@njit(error_model="numpy")
def write_modes(logs: Floats, one: bool, modes: Modes) -> None:
    """Write the modes for these log parameters."""
    if one:
        _write_one(logs, modes.at, modes.first, modes.second)
    else:
        _write_two(logs, modes.at, modes.first, modes.second, modes.between)


@njit(error_model="numpy")
def _write_one(logs: Floats, modes: Floats, first: Floats, second: Floats) -> None:
    per_litre, constant = exp(-logs[1]), exp(logs[0] - logs[1])
    modes[0], modes[1], modes[2], modes[3] = per_litre, constant, 0.0, 1.0
    for k in range(4):
        for i in range(4):
            first[k, i] = 0.0
            for j in range(4):
                second[k, i, j] = 0.0
    first[0, 1], first[1, 0], first[1, 1] = -per_litre, constant, -constant
    second[0, 1, 1] = per_litre
    second[1, 0, 0], second[1, 1, 1] = constant, constant
    second[1, 0, 1], second[1, 1, 0] = -constant, -constant


@njit(error_model="numpy")
def _write_two(logs: Floats, modes: Floats, first: Floats, second: Floats, between: Floats) -> None:
    k10, k12, k21 = exp(logs[0] - logs[1]), exp(logs[2] - logs[1]), exp(logs[2] - logs[3])
    half, product = exp(-logs[1]) / 2, k12 * k21
    total, x = k10 + k12 + k21, k10 + k12 - k21
    root = sqrt(x * x + 4 * product)
    ratio = x / root
    fast = (total + root) / 2
    slow = k10 * k21 / fast
    # of (root + x) and (root - x) the small one by way of their product: nothing is lost to cancellation
    above = root + x if x >= 0 else 4 * product / (root - x)
    below = 4 * product / (root + x) if x >= 0 else root - x
    modes[0], modes[1], modes[2], modes[3] = half * above / root, fast, half * below / root, slow
    d_x, d_root, d_ratio, d_fast, d_slow = between[0], between[1], between[2], between[3], between[4]
    for i in range(4):
        of_10, of_12, of_21 = k10 * POWERS_10[i], k12 * POWERS_12[i], k21 * POWERS_21[i]
        d_x[i] = of_10 + of_12 - of_21
        d_root[i] = (x * d_x[i] + 2 * product * (POWERS_12[i] + POWERS_21[i])) / root
        d_ratio[i] = (d_x[i] - ratio * d_root[i]) / root
        d_fast[i] = (of_10 + of_12 + of_21 + d_root[i]) / 2
        d_slow[i] = POWERS_10[i] + POWERS_21[i] - d_fast[i] / fast  # of its logarithm
        own = 1.0 if i == 1 else 0.0
        first[0, i] = half * d_ratio[i] - modes[0] * own
        first[1, i] = d_fast[i]
        first[2, i] = -half * d_ratio[i] - modes[2] * own
        first[3, i] = slow * d_slow[i]
    for i in range(4):
        for j in range(i + 1):
            of_10, of_12 = k10 * POWERS_10[i] * POWERS_10[j], k12 * POWERS_12[i] * POWERS_12[j]
            of_21 = k21 * POWERS_21[i] * POWERS_21[j]
            dd_x = of_10 + of_12 - of_21
            powers = (POWERS_12[i] + POWERS_21[i]) * (POWERS_12[j] + POWERS_21[j])
            dd_root = (d_x[i] * d_x[j] + x * dd_x + 2 * product * powers - d_root[i] * d_root[j]) / root
            dd_ratio = (dd_x - d_ratio[i] * d_root[j] - d_ratio[j] * d_root[i] - ratio * dd_root) / root
            dd_fast = (of_10 + of_12 + of_21 + dd_root) / 2
            dd_slow = d_slow[i] * d_slow[j] - dd_fast / fast + d_fast[i] * d_fast[j] / (fast * fast)
            own_i, own_j = 1.0 if i == 1 else 0.0, 1.0 if j == 1 else 0.0
            bent = half * (dd_ratio - d_ratio[i] * own_j - d_ratio[j] * own_i)
            second[0, i, j] = bent + modes[0] * own_i * own_j
            second[1, i, j] = dd_fast
            second[2, i, j] = modes[2] * own_i * own_j - bent
            second[3, i, j] = slow * dd_slow
            for k in range(4):
                second[k, j, i] = second[k, i, j]


@njit(error_model="numpy")
def gains(constant: float, gap: float, kept: float) -> tuple[float, float, float]:
    """Return what a rate of one leaves after a time, with its first two derivatives to the constant.

    `kept` is exp(-constant gap).
    """
    x = constant * gap
    if x > SHORT:
        inverse = 1 / constant
        gain = (1 - kept) * inverse
        slope = (gap * kept - gain) * inverse
        return gain, slope, -(gap * gap * kept + 2 * slope) * inverse
    # sums of (-x)^n / (n + 1)!, of their derivatives, and of the second ones
    gain = 1 - x / 2 * (1 - x / 3 * (1 - x / 4 * (1 - x / 5 * (1 - x / 6 * (1 - x / 7)))))
    slope = -1 / 2 + x * (1 / 3 - x * (1 / 8 - x * (1 / 30 - x * (1 / 144 - x * (1 / 840 - x / 5760)))))
    bend = 1 / 3 - x * (1 / 4 - x * (1 / 10 - x * (1 / 36 - x * (1 / 168 - x * (1 / 960 - x / 6480)))))
    return gap * gain, gap * gap * slope, gap * gap * gap * bend
