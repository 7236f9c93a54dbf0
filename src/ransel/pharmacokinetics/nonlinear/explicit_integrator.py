"""One step of Dormand and Prince, order 5 with an error estimate of order 4, for drug that leaves smoothly.

The steps are written out for two compartments: a loop over stages and states would cost three times as much. The
coefficients are those of Dormand and Prince (1980); the polynomial between the ends of a step is Hairer's (DOPRI5).
"""

from __future__ import annotations

from numba import njit

from ransel.pharmacokinetics.nonlinear.state import Constants, Ramp, State, Step, raised
from ransel.pharmacokinetics.nonlinear.step_polynomial import Polynomial, polynomial

A21 = 1 / 5
A31, A32 = 3 / 40, 9 / 40
A41, A42, A43 = 44 / 45, -56 / 15, 32 / 9
A51, A52, A53, A54 = 19372 / 6561, -25360 / 2187, 64448 / 6561, -212 / 729
A61, A62, A63, A64, A65 = 9017 / 3168, -355 / 33, 46732 / 5247, 49 / 176, -5103 / 18656
B1, B3, B4, B5, B6 = 35 / 384, 500 / 1113, 125 / 192, -2187 / 6784, 11 / 84
C2, C3, C4, C5 = 1 / 5, 3 / 10, 4 / 5, 8 / 9
E1, E3, E4, E5, E6, E7 = 71 / 57600, -71 / 16695, 71 / 1920, -17253 / 339200, 22 / 525, -1 / 40
D1, D3, D4 = -12715105075 / 11282082432, 87487479700 / 32700410799, -10690763975 / 1880347072
D5, D6, D7 = 701980252875 / 199316789632, -1453857185 / 822651844, 69997945 / 29380423


@njit(error_model="numpy", forceinline=True)
def drug_slopes(
    constants: Constants, ramp: Ramp, inflow: float, since: float, drug: float, peripheral: float
) -> tuple[float, float]:
    """Return how fast the drug rises in the two compartments, mg/L per hour."""
    cleared = constants.out * raised(ramp, since) + constants.most / (constants.half + drug)
    gap = drug - peripheral
    return inflow - cleared * drug - constants.to * gap, constants.back * gap


@njit(error_model="numpy", forceinline=True)
def explicit_step(
    constants: Constants, ramp: Ramp, inflow: float, since: float, h: float, state: State, x1: float, y1: float
) -> Step:
    """Try a step of h hours from the state `since` hours into a stretch, where its slopes are x1 and y1."""
    drug, peripheral = state.drug, state.peripheral
    a = h * A21
    x2, y2 = drug_slopes(constants, ramp, inflow, since + C2 * h, drug + a * x1, peripheral + a * y1)
    x3, y3 = drug_slopes(
        constants, ramp, inflow, since + C3 * h,
        drug + h * (A31 * x1 + A32 * x2), peripheral + h * (A31 * y1 + A32 * y2),
    )  # fmt: skip
    x4, y4 = drug_slopes(
        constants, ramp, inflow, since + C4 * h,
        drug + h * (A41 * x1 + A42 * x2 + A43 * x3), peripheral + h * (A41 * y1 + A42 * y2 + A43 * y3),
    )  # fmt: skip
    x5, y5 = drug_slopes(
        constants, ramp, inflow, since + C5 * h,
        drug + h * (A51 * x1 + A52 * x2 + A53 * x3 + A54 * x4),
        peripheral + h * (A51 * y1 + A52 * y2 + A53 * y3 + A54 * y4),
    )  # fmt: skip
    x6, y6 = drug_slopes(
        constants, ramp, inflow, since + h,
        drug + h * (A61 * x1 + A62 * x2 + A63 * x3 + A64 * x4 + A65 * x5),
        peripheral + h * (A61 * y1 + A62 * y2 + A63 * y3 + A64 * y4 + A65 * y5),
    )  # fmt: skip
    dx = h * (B1 * x1 + B3 * x3 + B4 * x4 + B5 * x5 + B6 * x6)
    dy = h * (B1 * y1 + B3 * y3 + B4 * y4 + B5 * y5 + B6 * y6)
    x7, y7 = drug_slopes(constants, ramp, inflow, since + h, drug + dx, peripheral + dy)
    error = State(
        h * (E1 * x1 + E3 * x3 + E4 * x4 + E5 * x5 + E6 * x6 + E7 * x7),
        h * (E1 * y1 + E3 * y3 + E4 * y4 + E5 * y5 + E6 * y6 + E7 * y7), 0.0, 0.0,
    )  # fmt: skip
    bend_x = h * (D1 * x1 + D3 * x3 + D4 * x4 + D5 * x5 + D6 * x6 + D7 * x7)
    bend_y = h * (D1 * y1 + D3 * y3 + D4 * y4 + D5 * y5 + D6 * y6 + D7 * y7)
    first_x, first_y = h * x1 - dx, h * y1 - dy
    nothing = Polynomial(0.0, 0.0, 0.0, 0.0, 0.0)
    return Step(
        State(drug + dx, peripheral + dy, 0.0, 0.0), error, x7, y7,
        polynomial(drug, dx, first_x, dx - h * x7 - first_x + bend_x, -bend_x),
        polynomial(peripheral, dy, first_y, dy - h * y7 - first_y + bend_y, -bend_y), nothing, nothing,
    )  # fmt: skip
