"""From a few measured levels to the child they came from: the most likely one, and how sure that is.

What is known of all children (a parameter set) is weighed against what the levels say, both by how far each may be
off: maximum a posteriori, which the field also calls empirical Bayes or post hoc estimates. Logarithms of the
parameters vary normally between children, and between the courses of one child where the set says so.

Numbers do not depend on the threads, nor on which other children are fitted in the same call.
"""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import Self

import numpy as np
from numba import get_num_threads

from ransel.pharmacokinetics.fitting.estimates import Estimates
from ransel.pharmacokinetics.fitting.kernel import Batch, Found, fit_block
from ransel.pharmacokinetics.fitting.levels import Levels
from ransel.pharmacokinetics.fitting.steps import Dosing
from ransel.pharmacokinetics.individuals import Floats, Individuals
from ransel.pharmacokinetics.parameters.parameter_set import ParameterSet
from ransel.pharmacokinetics.parameters.residual import ResidualError
from ransel.pharmacokinetics.parameters.typical import typical_individuals
from ransel.pharmacokinetics.parameters.variability import root_of
from ransel.pharmacokinetics.population.covariates import Covariates
from ransel.pharmacokinetics.schedule import Schedule

PART = 256
"""So many children are fitted in one go by one thread."""


@dataclass(frozen=True, slots=True, eq=False, kw_only=True)
class Prior:
    """What is known of children before any level.

    Values:
        typical: where a child with these covariates lies; one column for every occasion that the dosing has, or only
        one when a child is the same in all of them.
        between_children: covariance of the logarithms of CL, V1, Q and V2, (4, 4); a row of noughts is a parameter that
        is the same in all. between_occasions: the same for the courses of one child, or None.
        residual: how far a measured level lies from the true one.
    """

    typical: Individuals
    between_children: Floats
    residual: ResidualError
    between_occasions: Floats | None = None

    def __post_init__(self) -> None:
        parameters = (self.typical.clearance, self.typical.volume, self.typical.peripheral)
        if any(not np.all(np.isfinite(one) & (one > 0)) for one in parameters):
            raise ValueError("clearance and volumes of typical children are numbers above nought")
        one = self.typical.exchange == 0
        if not np.all(np.isfinite(self.typical.exchange) & (self.typical.exchange >= 0)):
            raise ValueError("exchange of typical children is a number from nought up")
        if np.any(one != one[:, :1]):
            raise ValueError("a child has one compartment or two, the same in all courses")
        _loading_of(self.between_children)
        if self.between_occasions is not None:
            _loading_of(self.between_occasions)

    @classmethod
    def of_set(cls, parameters: ParameterSet, covariates: Covariates, occasions: int = 1) -> Self:
        """Return what a parameter set says of these children; antibodies against the drug are not looked for.

        Occasions count only where the set says that a child differs between them.
        """
        within, stated = parameters.between_occasions.covariance(), parameters.residual
        return cls(
            typical=typical_individuals(parameters, covariates, occasions if np.any(within) else 1),
            between_children=parameters.between_subjects.covariance(),
            residual=ResidualError(
                proportional=float(stated.proportional.value.magnitude),
                additive=float(stated.additive.value.to("mg/L")),
            ),
            between_occasions=within if np.any(within) else None,
        )

    @property
    def count(self) -> int:
        """How many children there are."""
        return self.typical.count

    @property
    def logs(self) -> Floats:
        """The log parameters of the typical children, (children, 4 occasions); in one compartment log Q is nought."""
        of = self.typical
        exchange = np.where(of.exchange > 0, of.exchange, 1.0)
        logs: Floats = np.log(np.stack([of.clearance, of.volume, exchange, of.peripheral], axis=2))
        return np.ascontiguousarray(logs.reshape(self.count, 4 * of.occasions))

    @property
    def of_child(self) -> Floats:
        """How the log parameters move with the unknowns of a child, (4, unknowns of a child)."""
        return _loading_of(self.between_children)

    @property
    def loading(self) -> Floats:
        """How the log parameters of all occasions move with all unknowns, (4 occasions, unknowns).

        First come the unknowns of the child, then those of every occasion.
        """
        occasions = self.typical.occasions
        child = np.tile(self.of_child, (occasions, 1))
        if self.between_occasions is None:
            return np.ascontiguousarray(child)
        return np.hstack([child, np.kron(np.eye(occasions), _loading_of(self.between_occasions))])

    def part(self, start: int, stop: int) -> Self:
        """Return the same of the children from `start` up to `stop`."""
        return type(self)(
            typical=self.typical.part(start, stop), between_children=self.between_children, residual=self.residual,
            between_occasions=self.between_occasions,
        )  # fmt: skip


def estimate(prior: Prior, schedule: Schedule, levels: Levels) -> Estimates:
    """Return the most likely child behind the levels of each, with how sure that is.

    A child without levels is as the prior says. A level from before anything was given says nothing, and is marked.

    Raises:
        ValueError: when the three are not of the same children, or the schedule begins from a steady state: what is in
            a child then depends on the very parameters that are looked for. Write those doses out instead.
    """
    if not prior.count == schedule.count == levels.count:
        raise ValueError(f"{prior.count} priors, {schedule.count} dosings and {levels.count} series of levels")
    if schedule.peripheral_boluses is not None:
        raise ValueError("a fit cannot begin from a steady state; write the doses themselves")
    dosing = dosing_of_schedule(schedule, prior.typical.occasions)
    batch = batch_of(prior, levels)
    found = _room(prior.count, batch)
    parts = range(0, prior.count, PART)

    def fit(start: int) -> None:
        fit_block(dosing, batch, found, start, min(prior.count, start + PART))

    threads = min(get_num_threads(), len(parts))
    if threads > 1:
        with ThreadPoolExecutor(threads) as pool:
            list(pool.map(fit, parts))
    else:
        for start in parts:
            fit(start)
    return Estimates(prior_logs=batch.typical, loading=batch.loading, own=prior.of_child, levels=levels,
        dosing=dosing, batch=batch, found=found)  # fmt: skip


def dosing_of_schedule(schedule: Schedule, occasions: int) -> Dosing:
    """Return a schedule as the kernels read it.

    Raises:
        ValueError: when moments run back, a number is not one, or an occasion is not among those of the prior.
    """
    offsets = np.zeros(1, dtype=np.int64) if schedule.offsets is None else schedule.offsets
    times = np.ascontiguousarray(schedule.times, dtype=np.float64)
    firsts = np.zeros(times.shape[0], dtype=np.bool_)
    firsts[offsets[offsets < times.shape[0]]] = True
    if np.any((np.diff(times) < 0) & ~firsts[1:]):
        raise ValueError("the moments of a child ascend")
    for name, values in (("times", times), ("rates", schedule.rates), ("boluses", schedule.boluses)):
        if not np.all(np.isfinite(values)):
            raise ValueError(f"{name} of a schedule are numbers")
    numbers = schedule.occasions if occasions > 1 else np.zeros_like(schedule.occasions)
    if numbers.size and not 0 <= numbers.min() <= numbers.max() < occasions:
        raise ValueError(f"the dosing has occasion {numbers.max()}, the prior has {occasions}")
    return Dosing(
        times, np.ascontiguousarray(schedule.rates, dtype=np.float64),
        np.ascontiguousarray(schedule.boluses, dtype=np.float64), np.ascontiguousarray(schedule.resets),
        np.ascontiguousarray(numbers, dtype=np.int32),
        np.ascontiguousarray(schedule.scale, dtype=np.float64), np.ascontiguousarray(offsets, dtype=np.int64),
        schedule.shared,
    )  # fmt: skip


def batch_of(prior: Prior, levels: Levels) -> Batch:
    """Return what is known of all children as the kernels read it."""
    return Batch(
        levels.offsets, levels.times, levels.values, levels.below, prior.logs,
        np.ascontiguousarray(prior.typical.exchange[:, 0] == 0), prior.loading,
        prior.residual.additive**2, prior.residual.proportional**2,
    )  # fmt: skip


def _room(children: int, batch: Batch) -> Found:
    unknowns, levels = batch.loading.shape[1], batch.times.shape[0]
    return Found(
        np.zeros((children, unknowns)), np.zeros((children, unknowns, unknowns)), np.zeros((children, unknowns)),
        np.zeros((children, unknowns, unknowns, unknowns)), np.zeros(children, dtype=np.int64),
        np.zeros(children, dtype=np.int64), np.zeros(children),
        np.zeros(levels), np.zeros(levels), np.zeros(levels), np.zeros(levels, dtype=np.bool_),
    )  # fmt: skip


def _loading_of(covariance: Floats) -> Floats:
    """Return the root of a covariance without the parameters that do not vary."""
    if covariance.shape != (4, 4) or not np.array_equal(covariance, covariance.T):
        raise ValueError("a covariance of CL, V1, Q and V2 is a symmetric matrix of 4 by 4")
    root = root_of(covariance)
    if root is None:
        raise ValueError("no parameters can vary together like this: the covariance is not positive")
    whole = np.array(root)
    return np.ascontiguousarray(whole[:, np.any(whole != 0, axis=0)])
