"""Whether fits are as sure as they say: the truth ranks anywhere among draws from what a fit calls likely.

Asserted of the intervals as the package gives them: with 2,000 children and six levels of 15 % error each, the ranks of
all four parameters are as even as chance makes them. Asserted of weighted draws: the same, also with far more children.
The check itself is checked: a wrong prior or an error that is taken too small must fail it.
"""

from dataclasses import replace

import numpy as np
import pytest
from pharmacokinetics.individual_reference import TIMES, a_prior

from ransel.pharmacokinetics.fitting.calibration import RankHistogram, calibration, ranks, simulate
from ransel.pharmacokinetics.fitting.estimation import estimate
from ransel.pharmacokinetics.parameters.residual import ResidualError

EVEN = 0.01
"""The chance that ranks as uneven as these would have by themselves; below, a fit is not as sure as it says."""


@pytest.mark.parametrize(("proportional", "additive"), [(0.15, 0.0), (0.1, 0.3)])
def test_the_truth_ranks_anywhere(proportional, additive):
    """Protects: intervals hold the truth as often as they say, over their whole width."""
    prior, schedule = a_prior(2000, 1, proportional=proportional, additive=additive)
    histogram = calibration(prior, schedule, TIMES, seed=2)
    assert histogram.counts.sum(axis=1).tolist() == [2000] * 4
    assert histogram.least_chance > EVEN


@pytest.mark.parametrize(
    "wrong",
    [
        lambda prior: replace(prior, residual=ResidualError(proportional=0.10)),
        lambda prior: replace(prior, between_children=0.5 * prior.between_children),
        lambda prior: replace(prior, typical=replace(prior.typical, clearance=1.15 * prior.typical.clearance)),
    ],
    ids=["too-small-an-error", "too-narrow-a-prior", "a-prior-that-lies-elsewhere"],
)
def test_the_check_fails_a_fit_that_believes_something_wrong(wrong):
    """Protects: the check above can fail, and does for each way in which a fit can be too sure."""
    prior, schedule = a_prior(2000, 1)
    assert calibration(prior, schedule, TIMES, seed=2, believed=wrong(prior)).least_chance < 1e-6


def test_the_most_likely_place_alone_would_lean():
    """Protects: the shift from mode to mean is needed; without it every child is off in the same direction."""
    prior, schedule = a_prior(2000, 1)
    simulated = simulate(prior, schedule, TIMES, seed=2)
    found = estimate(prior, schedule, simulated.levels)
    assert RankHistogram.of(*ranks(found, simulated.logs, 3)).least_chance > EVEN
    unshifted = replace(found, found=found.found._replace(shift=0 * found.found.shift, lean=0 * found.found.lean))
    assert RankHistogram.of(*ranks(unshifted, simulated.logs, 3)).least_chance < 1e-6


def test_intervals_of_95_percent_hold_the_truth_in_95_percent():
    """Protects: what is printed as a 95 % interval is one."""
    prior, schedule = a_prior(4000, 5)
    simulated = simulate(prior, schedule, TIMES, seed=6)
    found = estimate(prior, schedule, simulated.levels)
    for place, name in enumerate(("clearance", "volume", "exchange", "peripheral")):
        interval, truth = found.parameter(name), np.exp(simulated.logs[:, place])
        held = np.mean((interval.low < truth) & (truth < interval.high))
        assert held == pytest.approx(0.95, abs=0.012)  # 3.5 standard errors of 4,000 children


def test_weighted_draws_are_calibrated():
    """Protects: draws weighed by prior and likelihood, against which intervals of single children are checked."""
    prior, schedule = a_prior(300, 7)
    assert calibration(prior, schedule, TIMES, seed=8, exact=True).least_chance > EVEN


@pytest.mark.prove
@pytest.mark.parametrize("seed", [101, 102, 103])
def test_weighted_draws_are_calibrated_over_many_children(seed):
    """Protects: the same with 4,000 children, a second error model and few levels."""
    prior, schedule = a_prior(4000, seed, proportional=0.2, additive=0.1)
    assert calibration(prior, schedule, TIMES[[1, 3, 5]], seed, exact=True).least_chance > EVEN


@pytest.mark.prove
@pytest.mark.parametrize("seed", [201, 202, 203, 204])
def test_the_truth_ranks_anywhere_over_many_seeds(seed):
    """Protects: calibration was not found on one lucky seed."""
    prior, schedule = a_prior(2000, seed)
    assert calibration(prior, schedule, TIMES, seed).least_chance > EVEN
