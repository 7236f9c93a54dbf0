"""Fits of single children: they find what other optimisers find on the same objective."""

import numpy as np
import pytest
from pharmacokinetics.individual_reference import (
    TIMES,
    a_prior,
    concentrations,
    correlated,
    lowest,
    objective_of,
    some_children,
    with_levels,
)
from scipy.optimize import approx_fprime

from ransel.pharmacokinetics.fitting.estimates import FitState, terminal_rates
from ransel.pharmacokinetics.fitting.estimation import Prior, estimate
from ransel.pharmacokinetics.fitting.levels import Levels
from ransel.pharmacokinetics.individuals import Individuals
from ransel.pharmacokinetics.parameters.residual import ResidualError
from ransel.pharmacokinetics.schedule import Schedule


@pytest.mark.parametrize(
    ("proportional", "additive", "limit"),
    [(0.15, 0.0, 0.0), (0.0, 0.4, 0.0), (0.1, 0.2, 0.0), (0.1, 0.2, 1.5)],
    ids=["proportional", "additive", "combined", "below-the-limit"],
)
def test_finds_what_scipy_finds_on_the_same_objective(proportional, additive, limit):
    """Protects: the most likely child is that of the exact objective, to 1e-5 in every eta, log variance included."""
    prior, schedule = a_prior(3, 3, proportional=proportional, additive=additive)
    _, levels = with_levels(prior, schedule, 4, limit=limit)
    assert levels.below.any() == (limit > 0)
    found = estimate(prior, schedule, levels)
    for child in range(prior.count):
        objective = objective_of(prior, schedule, levels, child)
        assert found.state(child) is FitState.CONVERGED
        assert found.objective[child] == pytest.approx(objective(found.etas[child]), abs=1e-8)
        assert found.etas[child] == pytest.approx(lowest(objective, 4), abs=1e-5)


def test_curvature_at_the_mode_is_that_of_the_objective():
    """Protects: intervals rest on the exact curvature, not on one that is only expected."""
    prior, schedule = a_prior(3, 5)
    _, levels = with_levels(prior, schedule, 6)
    found = estimate(prior, schedule, levels)
    for child in range(prior.count):
        objective = objective_of(prior, schedule, levels, child)

        def slope(etas, objective=objective):
            return approx_fprime(etas, objective, 1e-5)

        curvature = np.array([
            (slope(found.etas[child] + step) - slope(found.etas[child] - step)) / 2e-3 for step in 1e-3 * np.eye(4)
        ])  # fmt: skip
        assert found.covariance[child] == pytest.approx(2 * np.linalg.inv(curvature), rel=2e-3, abs=1e-6)


def test_one_compartment_with_boluses_and_a_reset():
    """Protects: the other structure, doses at once, and a course that begins from nothing."""
    surface = np.array([[0.7], [0.9], [1.1]])
    typical = Individuals(
        clearance=0.54 / 24 * surface, volume=4.76 * surface, exchange=0 * surface, peripheral=np.ones((3, 1))
    )
    prior = Prior(
        typical=typical, between_children=np.diag([0.09, 0.06, 0.0, 0.0]), residual=ResidualError(proportional=0.15)
    )
    schedule = Schedule(
        times=np.array([0.0, 24.0, 48.0, 800.0]), rates=np.array([0.5, 0.0, 0.2, 0.0]),
        boluses=np.array([0.0, 10.0, 0.0, 20.0]), resets=np.array([False, False, False, True]),
        occasions=np.zeros(4, dtype=np.int32), scale=surface[:, 0],
    )  # fmt: skip
    times = np.array([12.0, 24.0, 47.0, 300.0, 790.0, 801.0, 900.0])
    truth = prior.logs + np.array([[0.3, -0.2, 0, 0], [-0.4, 0.1, 0, 0], [0.1, 0.3, 0, 0]])
    slow = truth.copy()
    slow[:, 2] = -40.0  # no exchange, in the model of two compartments
    values = [concentrations(slow[i], schedule.part(i, i + 1), times) * (1 + 0.1 * (-1) ** i) for i in range(3)]
    found = estimate(prior, schedule, Levels.of([times] * 3, values))
    for child in range(3):
        level = concentrations(np.append(found.logs[child, :2], [-40.0, 0.0]), schedule.part(child, child + 1), times)
        assert found.predicted[7 * child : 7 * child + 7] == pytest.approx(level, rel=1e-9)

        def objective(etas, child=child):
            logs = np.append(prior.logs[child, :2] + etas, [-40.0, 0.0])
            predicted = concentrations(logs, schedule.part(child, child + 1), times)
            off = (values[child] / predicted - 1) / 0.15
            return np.sum(off**2 + 2 * np.log(0.15 * predicted)) + etas[0] ** 2 / 0.09 + etas[1] ** 2 / 0.06

        assert found.etas[child, :2] == pytest.approx(lowest(objective, 2), abs=1e-5)
        assert found.etas[child, 2:] == pytest.approx(0)
        assert found.individuals.exchange[child, 0] == 0


def test_courses_with_parameters_of_their_own():
    """Protects: what differs between the courses of one child is told apart from what it always is."""
    typical, _ = some_children(3, 8)
    two = Individuals(**{name: np.repeat(getattr(typical, name), 2, axis=1) for name in
                         ("clearance", "volume", "exchange", "peripheral")})  # fmt: skip
    within = np.diag([0.02, 0.0, 0.0, 0.0])
    prior = Prior(
        typical=two, between_children=correlated(), residual=ResidualError(proportional=0.1),
        between_occasions=within,
    )  # fmt: skip
    schedule = Schedule(
        times=np.array([0.0, 240.0, 840.0, 1080.0]), rates=np.array([0.3, 0.0, 0.3, 0.0]), boluses=np.zeros(4),
        resets=np.zeros(4, dtype=np.bool_), occasions=np.array([0, 0, 1, 1], dtype=np.int32), scale=np.ones(3),
    )  # fmt: skip
    times = np.concatenate([TIMES[:5], 840 + TIMES])
    random = np.random.default_rng(9)
    truth = prior.logs + random.standard_normal((3, 6)) @ prior.loading.T
    values = [
        concentrations(truth[i], schedule.part(i, i + 1), times) * (1 + 0.1 * random.standard_normal(11))
        for i in range(3)
    ]  # fmt: skip
    found = estimate(prior, schedule, Levels.of([times] * 3, values))
    for child in range(3):

        def objective(z, child=child):
            predicted = concentrations(prior.logs[child] + prior.loading @ z, schedule.part(child, child + 1), times)
            off = (values[child] / predicted - 1) / 0.1
            return np.sum(off**2 + 2 * np.log(0.1 * predicted)) + z @ z

        place = lowest(objective, 6)
        assert found.state(child) is FitState.CONVERGED
        assert found.logs[child] == pytest.approx(prior.logs[child] + prior.loading @ place, abs=1e-5)
        assert found.objective[child] == pytest.approx(objective(found.found.z[child]), abs=1e-8)
    assert not np.allclose(found.individuals.clearance[:, 0], found.individuals.clearance[:, 1])


def test_many_good_levels_give_the_child_back():
    """Protects: simulated truth is recovered when the levels are exact and many."""
    prior, schedule = a_prior(5, 11, proportional=0.002)
    random = np.random.default_rng(12)
    truth = prior.logs + random.multivariate_normal(np.zeros(4), correlated(), 5)
    times = np.array([2.0, 12, 24, 48, 72, 96, 120, 168, 216, 240, 260, 290, 340, 400, 500, 600, 720, 840, 1000, 1300])
    values = [concentrations(truth[i], schedule.part(i, i + 1), times) for i in range(5)]
    found = estimate(prior, schedule, Levels.of([times] * 5, values))
    assert found.logs == pytest.approx(truth, abs=0.02)
    assert np.all(found.parameter("clearance").low < np.exp(truth[:, 0]))
    assert np.all(np.exp(truth[:, 0]) < found.parameter("clearance").high)


def test_half_life_and_areas_follow_by_their_slopes():
    """Protects: what is shown of a fit is what its parameters give, and its interval follows by exact slopes."""
    prior, schedule = a_prior(2, 13)
    _, levels = with_levels(prior, schedule, 14)
    found = estimate(prior, schedule, levels)
    times = np.array([0.0, 10.0, 240.0, 500.0, 20000.0])
    for child in range(2):
        course = found.course(child, times)
        own = schedule.part(child, child + 1)
        assert course.level.value == pytest.approx(concentrations(found.logs[child], own, times), rel=1e-10, abs=1e-12)
        given = 100 * own.scale[0]
        assert course.area.value[-1] == pytest.approx(given / np.exp(found.logs[child, 0]), rel=1e-6)
        width = found.parameter("clearance")
        assert course.area.high[-1] / course.area.low[-1] == pytest.approx(
            width.high[child] / width.low[child], rel=1e-6
        )
        clearance, volume, exchange, peripheral = np.exp(found.logs[child])
        rates = np.linalg.eigvals(
            [[-(clearance + exchange) / volume, exchange / peripheral], [exchange / volume, -exchange / peripheral]]
        )
        assert found.half_life().value[child] == pytest.approx(np.log(2) / -rates.max(), rel=1e-12)
    one = np.zeros(1, dtype=np.bool_)
    _, slopes = terminal_rates(found.logs[:1], one)
    for place in range(4):
        step = np.zeros((1, 4))
        step[0, place] = 1e-6
        up, down = (terminal_rates(found.logs[:1] + way * step, one)[0] for way in (1, -1))
        assert slopes[0, place] == pytest.approx(np.log(up / down)[0] / 2e-6, abs=1e-7)
