"""Models in which a double dose does not give a double concentration, each with what it must know of every child."""

from __future__ import annotations

from dataclasses import dataclass, fields, replace
from typing import Any, Self, TypeVar

import numpy as np
from numpy.typing import ArrayLike, NDArray

from ransel.pharmacokinetics.individuals import Floats

PARAMETERS = 11
"""A row of the integrators: clearance, volume, exchange, peripheral, most, half, bind, release, made, lost, taken."""
PERSONAL = 6
"""A row of what has no occasions: antibodies from, factor, onset; hazard base, by concentration, by rise."""


Own = TypeVar("Own", bound="Antibodies | Hazard | SaturableElimination | TargetMediated")


@dataclass(frozen=True, slots=True, eq=False, kw_only=True)
class Antibodies:
    """Antibodies of the child against the drug, which raise the linear clearance from some moment on.

    Values, each (n,) or one number for all:
        begins: hours; infinite when they never come. factor: by which the clearance is multiplied in the end, from 1.
        onset: hours until it is; nought for a step. In between it rises along a smooth curve, half-way in the middle.
    """

    begins: ArrayLike
    factor: ArrayLike
    onset: ArrayLike = 0.0


@dataclass(frozen=True, slots=True, eq=False, kw_only=True)
class Hazard:
    """The hazard of a side effect: base + by_concentration * C + by_rise * max(dC/dt, 0).

    Values, each (n,) or one number for all:
        base: per hour. by_concentration: per hour and mg/L. by_rise: per mg/L of rise, however it is spread; a bolus is
        a rise at once.
    """

    base: ArrayLike = 0.0
    by_concentration: ArrayLike = 0.0
    by_rise: ArrayLike = 0.0


@dataclass(frozen=True, slots=True, eq=False, kw_only=True)
class SaturableElimination:
    """Two compartments; elimination by a linear clearance and beside it by one that saturates (Michaelis-Menten).

    Values, each of shape (n,) or, with parameters of their own for k occasions, (n, k):
        clearance: L/h. volume: of the central compartment, L. exchange: between the compartments, L/h; nought for one
        compartment. peripheral: volume of the other compartment, L. most: what saturable elimination removes at most,
        mg/h. half: the concentration at which it removes half of that, mg/L.
    """

    clearance: Floats
    volume: Floats
    exchange: Floats
    peripheral: Floats
    most: Floats
    half: Floats
    antibodies: Antibodies | None = None
    hazard: Hazard | None = None

    @property
    def count(self) -> int:
        """How many children there are."""
        return int(self.clearance.shape[0])

    def rows(self) -> Floats:
        """Return the parameters as the integrators read them, (n, k, PARAMETERS)."""
        nothing = np.zeros_like(self.clearance)
        return _rows(
            self.clearance, self.volume, self.exchange, self.peripheral, self.most, self.half,
            nothing, nothing, nothing, nothing, nothing,
        )  # fmt: skip

    def part(self, start: int, stop: int) -> Self:
        """Return the children from `start` up to `stop`."""
        return _part(self, start, stop)


@dataclass(frozen=True, slots=True, eq=False, kw_only=True)
class TargetMediated:
    """Two compartments; free drug binds a target, and the complex is taken up: target-mediated disposition in full.

    Target and complex are counted in mg/L of the drug they can bind or hold. Without drug there is made / lost of it.

    Values, each of shape (n,) or, with parameters of their own for k occasions, (n, k):
        clearance: of free drug, L/h. volume: of the central compartment, L. exchange: between the compartments, L/h.
        peripheral: volume of the other compartment, L. bind: kon, L/(mg h). release: koff, per hour. made: ksyn, mg/L
        per hour. lost: kdeg, per hour. taken: kint, per hour.
    """

    clearance: Floats
    volume: Floats
    exchange: Floats
    peripheral: Floats
    bind: Floats
    release: Floats
    made: Floats
    lost: Floats
    taken: Floats
    antibodies: Antibodies | None = None
    hazard: Hazard | None = None

    @property
    def count(self) -> int:
        """How many children there are."""
        return int(self.clearance.shape[0])

    def rows(self) -> Floats:
        """Return the parameters as the integrators read them, (n, k, PARAMETERS)."""
        nothing, one = np.zeros_like(self.clearance), np.ones_like(self.clearance)
        return _rows(
            self.clearance, self.volume, self.exchange, self.peripheral, nothing, one,
            self.bind, self.release, self.made, self.lost, self.taken,
        )  # fmt: skip

    def part(self, start: int, stop: int) -> Self:
        """Return the children from `start` up to `stop`."""
        return _part(self, start, stop)


Model = SaturableElimination | TargetMediated


def personal(model: Model) -> Floats:
    """Return what has no occasions, (n, PERSONAL)."""
    antibodies = model.antibodies or Antibodies(begins=np.inf, factor=1.0)
    hazard = model.hazard or Hazard()
    values = (
        antibodies.begins, antibodies.factor, antibodies.onset,
        hazard.base, hazard.by_concentration, hazard.by_rise,
    )  # fmt: skip
    return np.stack([np.broadcast_to(np.asarray(one, dtype=np.float64), (model.count,)) for one in values], axis=-1)


def usable(rows: Floats, own: Floats) -> NDArray[np.bool_]:
    """Return of which children all parameters can be calculated with, (n,)."""
    finite = np.isfinite(rows).all(axis=(1, 2)) & np.isfinite(own[:, 1:]).all(axis=1) & ~np.isnan(own[:, 0])
    volumes = (rows[:, :, (1, 3, 5)] > 0).all(axis=(1, 2))
    whole = (rows >= 0).all(axis=(1, 2)) & (own[:, 1] >= 1) & (own[:, 2:] >= 0).all(axis=1)
    kept = ((rows[:, :, 8] == 0) | (rows[:, :, 9] > 0)).all(axis=1)
    return np.asarray(finite & volumes & whole & kept)


def _rows(*values: Floats) -> Floats:
    columns = np.broadcast_arrays(*(np.asarray(one, dtype=np.float64) for one in values))
    if columns[0].ndim not in (1, 2):
        raise ValueError(f"parameters are arrays of shape (children,) or (children, occasions), not {columns[0].shape}")
    together = np.stack(columns, axis=-1)
    return np.ascontiguousarray(together[:, None, :] if together.ndim == 2 else together)


def _part(whole: Own, start: int, stop: int) -> Own:
    """Return the children from `start` up to `stop` of every array; what is one number for all stays."""
    changed: dict[str, Any] = {}
    for one in fields(whole):
        value = getattr(whole, one.name)
        if isinstance(value, Antibodies | Hazard):
            changed[one.name] = _part(value, start, stop)
        elif value is not None:
            changed[one.name] = value if np.ndim(value) == 0 else np.asarray(value)[start:stop]
    return replace(whole, **changed)
