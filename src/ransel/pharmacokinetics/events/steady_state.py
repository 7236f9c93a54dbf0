"""What is in a child that has had the same dose at the same interval for ever, in closed form.

With x' = A x + rate and E(t) = exp(A t), what is left just before a dose is the sum E(ii) d + E(2 ii) d + ... of the
doses before it: (I - E(ii))^-1 E(ii) d. A is taken apart in its two exponentials, in each of which the sum is that of
a geometric row, e^(-l ii) / (1 - e^(-l ii)). Nothing is repeated until it changes no more.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from ransel.pharmacokinetics.individuals import Floats, Individuals

Indices = NDArray[np.int64]


@dataclass(frozen=True, slots=True, eq=False, kw_only=True)
class SteadyDoses:
    """Doses of which the steady state is wanted, each an array of shape (k,).

    Values:
        moments: places in the schedule. children, occasions: whose parameters hold. amounts: mg; nought for an infusion
        that has run for ever and ends here. rates: mg/h, nought for a bolus. intervals: h between the doses.
    """

    moments: Indices
    children: Indices
    occasions: Indices
    amounts: Floats
    rates: Floats
    intervals: Floats

    @property
    def count(self) -> int:
        """How many there are."""
        return int(self.moments.shape[0])


class Modes(NamedTuple):
    """The two exponentials of a model: after a bolus of 1 mg, central = c1 e^(-l1 t) + c2 e^(-l2 t), peripheral alike.

    The peripheral amounts of both are `peripheral`, with the sign turned for the faster one.
    """

    fast: Floats
    slow: Floats
    central_fast: Floats
    central_slow: Floats
    peripheral: Floats


def modes_of(clearance: Floats, volume: Floats, exchange: Floats, peripheral: Floats) -> Modes:
    """Return the exponentials of models with one or two compartments; one compartment has only the faster one."""
    k10, k12, k21 = clearance / volume, exchange / volume, exchange / peripheral
    one = exchange == 0
    half, product = k10 + k12 - k21, k12 * k21
    root = np.sqrt(half * half + 4 * product)
    safe = np.where(one, 1.0, root)
    # Of root + half and root - half the small one comes from their product: nothing is lost to cancellation.
    upper = np.where(half >= 0, root + half, 4 * product / np.where(half >= 0, 1.0, root - half))
    fast = np.where(one, k10, (k10 + k12 + k21 + root) / 2)
    slow = np.where(one, np.inf, k10 * k21 / np.where(fast > 0, fast, 1.0))
    central_fast = np.where(one, 1.0, upper / (2 * safe))
    lower = np.where(half < 0, root - half, 4 * product / np.where(half < 0, 1.0, root + half + (root + half == 0)))
    central_slow = np.where(one, 0.0, lower / (2 * safe))
    return Modes(fast, slow, central_fast, central_slow, np.where(one, 0.0, k12 / safe))


def steady_amounts(individuals: Individuals, doses: SteadyDoses) -> tuple[Floats, Floats]:
    """Return what is in the central and in the peripheral compartment just before each dose, mg.

    Raises:
        ValueError: when a child clears nothing: then there is no steady state.
    """
    occasions = np.minimum(doses.occasions, individuals.occasions - 1)
    whose = (doses.children, occasions)
    clearance = individuals.clearance[whose]
    if not np.all(clearance > 0):
        raise ValueError("without clearance an amount only grows: there is no steady state")
    modes = modes_of(clearance, individuals.volume[whose], individuals.exchange[whose], individuals.peripheral[whose])
    fast, slow = (_left(constant, doses) for constant in (modes.fast, modes.slow))
    return modes.central_fast * fast + modes.central_slow * slow, modes.peripheral * (slow - fast)


def _left(constant: Floats, doses: SteadyDoses) -> Floats:
    """Return what one exponential of weight one holds just before a dose."""
    with np.errstate(divide="ignore", invalid="ignore", over="ignore"):  # the choices below leave those cases out
        endless = doses.rates / constant
        lasted = np.where(doses.rates > 0, doses.amounts / doses.rates, 0.0)
        each = np.where(doses.rates > 0, doses.rates * -np.expm1(-constant * lasted) / constant, doses.amounts)
        repeated = each * np.exp(-constant * (doses.intervals - lasted)) / -np.expm1(-constant * doses.intervals)
    found = np.where(doses.amounts == 0, endless, repeated)
    return np.where(np.isinf(constant), 0.0, found)
