"""What a fit says when there is little to go by, or something odd: always something, never in silence."""

from dataclasses import replace

import numba
import numpy as np
import pytest
from pharmacokinetics.individual_reference import TIMES, a_prior, concentrations, some_children, with_levels

from ransel.pharmacokinetics.fitting.estimates import FitState
from ransel.pharmacokinetics.fitting.estimation import PART, Prior, estimate
from ransel.pharmacokinetics.fitting.levels import Levels
from ransel.pharmacokinetics.fitting.posterior_draws import weighted_draws
from ransel.pharmacokinetics.individuals import Individuals
from ransel.pharmacokinetics.parameters.residual import ResidualError
from ransel.pharmacokinetics.schedule import Schedule


def typical_levels(prior, schedule, times=TIMES, child=0):
    return concentrations(prior.logs[child], schedule.part(child, child + 1), np.asarray(times, dtype=float))


def test_no_levels_give_the_prior_itself():
    """Protects: without levels the answer is the typical child, as sure as the population is."""
    prior, schedule = a_prior(2, 1)
    found = estimate(prior, schedule, Levels.of([[], []], [[], []]))
    assert [found.state(0), found.state(1)] == [FitState.NO_LEVELS] * 2
    assert np.array_equal(found.logs, prior.logs)
    assert found.covariance[0] == pytest.approx(prior.between_children, rel=1e-12, abs=1e-15)
    _, low, high = found.parameter("clearance", probability=0.95).at(0)
    assert np.log(high / low) == pytest.approx(2 * 1.959963984540054 * 0.3, rel=1e-12)


def test_one_level_moves_the_child_part_of_the_way():
    """Protects: one level is believed as far as its error allows, and leaves the rest to the prior."""
    prior, schedule = a_prior(1, 2)
    at = [240.0]
    high = 1.3 * typical_levels(prior, schedule, at)
    found = estimate(prior, schedule, Levels.of([at], [high]))
    assert found.state(0) is FitState.CONVERGED
    assert high[0] / 1.3 < found.predicted[0] < high[0]
    surer = np.diag(found.covariance[0]) / np.diag(prior.between_children)
    assert np.all(surer[:2] < 0.6)  # of clearance and volume, which make the level of that moment
    assert surer[2:] == pytest.approx(1, abs=0.1)


@pytest.mark.hazard("HZ-099")
@pytest.mark.parametrize("times", [10.0, 0.1])
def test_an_absurd_level_is_told(times):
    """Protects: a level that is ten times too high or too low does not bend the child in silence."""
    prior, schedule = a_prior(1, 3)
    values = typical_levels(prior, schedule)
    absurd = values.copy()
    absurd[2] *= times
    found = estimate(prior, schedule, Levels.of([TIMES], [absurd]))
    assert list(found.far) == [False, False, True, False, False, False]
    assert abs(found.surprises[2]) > 8
    assert found.unexplained[2]
    plain = estimate(prior, schedule, Levels.of([TIMES], [values]))
    assert not (plain.far | plain.unexplained).any()


@pytest.mark.hazard("HZ-099")
def test_a_level_below_the_limit_that_should_be_far_above_is_told():
    """Protects: `below 0.1` where eleven is expected is as absurd as a tenth of it."""
    prior, schedule = a_prior(1, 3, additive=0.02)
    values = typical_levels(prior, schedule)
    below = np.arange(6) == 2
    found = estimate(prior, schedule, Levels.of([TIMES], [np.where(below, 0.1, values)], [below]))
    assert found.far[2]
    late = estimate(prior, schedule, Levels.of([[20000.0]], [[0.1]], [[True]]))
    assert not late.far.any()


def test_a_limit_far_below_says_almost_nothing_and_one_below_the_fit_pulls_it_down():
    """Protects: a level below the limit counts by the chance of that, not as if it were the limit."""
    prior, schedule = a_prior(1, 4)
    late = 2000.0
    expected = typical_levels(prior, schedule, [late])[0]
    near, far = (
        estimate(prior, schedule, Levels.of([[late]], [[expected * part]], [[True]])) for part in (0.5, 3.0)
    )  # fmt: skip
    assert near.predicted[0] < 0.8 * expected
    assert far.predicted[0] == pytest.approx(expected, rel=0.02)
    assert near.state(0) is far.state(0) is FitState.CONVERGED


@pytest.mark.hazard("HZ-099")
def test_levels_before_the_first_dose_are_left_out():
    """Protects: a level from before anything was given moves nothing; one above nought is called impossible."""
    prior, schedule = a_prior(1, 5)
    values = typical_levels(prior, schedule)
    plain = estimate(prior, schedule, Levels.of([TIMES], [values]))
    early = estimate(
        prior, schedule,
        Levels.of([[-20.0, -1.0, *TIMES]], [[0.5, 0.2, *values]], [[False, True, *([False] * 6)]]),
    )  # fmt: skip
    assert np.array_equal(early.logs, plain.logs)
    assert list(early.before_dose) == [True, True] + [False] * 6
    assert list(early.impossible) == [True, False] + [False] * 6
    assert np.all(np.isnan(early.residuals[:2]))
    only_early = estimate(prior, schedule, Levels.of([[-5.0]], [[0.0]]))
    assert only_early.state(0) is FitState.NO_LEVELS


def test_levels_after_everything_was_emptied_are_left_out():
    """Protects: after a reset nothing is there until something is given again."""
    prior, _ = a_prior(1, 6)
    schedule = Schedule(
        times=np.array([0.0, 100.0, 300.0]), rates=np.array([1.0, 0.0, 0.0]), boluses=np.array([0.0, 0.0, 5.0]),
        resets=np.array([False, True, False]), occasions=np.zeros(3, dtype=np.int32), scale=np.ones(1),
    )  # fmt: skip
    times = [50.0, 200.0, 310.0]
    values = concentrations(prior.logs[0], schedule, np.array(times))
    found = estimate(prior, schedule, Levels.of([times], [values]))
    assert list(found.before_dose) == [False, True, False]
    assert values[1] == 0
    assert found.predicted == pytest.approx(values, rel=0.05)


def test_the_same_time_twice_counts_twice():
    """Protects: two levels at one time are two levels; they weigh more than one, in any order."""
    prior, schedule = a_prior(1, 7)
    high = 1.3 * typical_levels(prior, schedule, [240.0])[0]
    once = estimate(prior, schedule, Levels.of([[240.0]], [[high]]))
    twice = estimate(prior, schedule, Levels.of([[240.0, 240.0]], [[high, high]]))
    assert once.predicted[0] < twice.predicted[0] < high
    two = [high, 0.9 * high]
    there, back = (estimate(prior, schedule, Levels.of([[240.0] * 2], [one])) for one in (two, two[::-1]))
    assert there.logs == pytest.approx(back.logs, abs=1e-9)


def test_the_order_of_writing_does_not_matter():
    """Protects: levels written in any order of time are the same levels."""
    prior, schedule = a_prior(1, 8)
    values = typical_levels(prior, schedule) * [1.1, 0.9, 1.2, 1.0, 0.8, 1.1]
    plain = estimate(prior, schedule, Levels.of([TIMES], [values]))
    mixed = [3, 0, 5, 1, 4, 2]
    assert np.array_equal(estimate(prior, schedule, Levels.of([TIMES[mixed]], [values[mixed]])).logs, plain.logs)


def test_units_scale_with_the_child():
    """Protects: litres and milligrams; twice the child with twice the dose has the same levels and twice the volume."""
    prior, schedule = a_prior(1, 9)
    values = typical_levels(prior, schedule) * 1.2
    of = prior.typical
    double = replace(prior, typical=type(of)(**{name: 2 * getattr(of, name) for name in
                     ("clearance", "volume", "exchange", "peripheral")}))  # fmt: skip
    small = estimate(prior, schedule, Levels.of([TIMES], [values]))
    large = estimate(double, replace(schedule, scale=2 * schedule.scale), Levels.of([TIMES], [values]))
    assert large.etas == pytest.approx(small.etas, abs=1e-9)
    assert large.individuals.volume == pytest.approx(2 * small.individuals.volume, rel=1e-9)


@pytest.mark.hazard("HZ-099")
def test_a_child_at_the_edge_of_where_is_looked_has_no_interval():
    """Protects: a fit that runs against the edge is called so, and does not pretend to be sure."""
    prior, schedule = a_prior(1, 10, proportional=0.01)
    values = typical_levels(prior, schedule) * 1e4
    found = estimate(prior, schedule, Levels.of([TIMES], [values]))
    assert found.state(0) is FitState.AT_LIMIT
    assert np.isfinite(found.logs).all()
    assert np.isnan(found.parameter("clearance").low).all()
    assert found.far.all()
    assert found.unexplained.all()
    with pytest.raises(ValueError, match="AT_LIMIT"):
        weighted_draws(found, 0)


@pytest.mark.hazard("HZ-099")
def test_a_level_that_nothing_can_explain_is_not_answered():
    """Protects: where the typical child has no level that can be compared, nothing is given instead of a number."""
    prior, schedule = a_prior(1, 11)
    found = estimate(prior, schedule, Levels.of([[5e7]], [[3.0]]))
    assert found.state(0) is FitState.NOT_FINITE
    assert np.isnan(found.logs).all()
    assert np.isnan(found.course(0, [10.0]).level.value).all()
    assert np.isnan(found.half_life().value).all()


def test_numbers_do_not_depend_on_threads_or_on_the_other_children():
    """Protects: the same fits to the last bit on one thread, on two, whole or in parts."""
    prior, schedule = a_prior(PART + 60, 12)
    _, levels = with_levels(prior, schedule, 13)
    whole = estimate(prior, schedule, levels)
    before = numba.get_num_threads()
    try:
        numba.set_num_threads(1)
        alone = estimate(prior, schedule, levels)
    finally:
        numba.set_num_threads(before)
    parts = [
        estimate(prior.part(start, start + 79), schedule.part(start, start + 79), levels.part(start, start + 79))
        for start in range(0, PART + 60, 79)
    ]  # fmt: skip
    for name in ("z", "spread", "shift", "lean", "objective", "predicted", "residual", "surprise"):
        expected = getattr(whole.found, name)
        assert np.array_equal(expected, getattr(alone.found, name))
        assert np.array_equal(expected, np.concatenate([getattr(part.found, name) for part in parts]))


def test_shrinkage_is_between_that_of_good_and_of_no_levels():
    """Protects: shrinkage near nought when levels tell children apart, near one for what they say little of."""
    prior, schedule = a_prior(400, 14, proportional=0.05)
    _, levels = with_levels(prior, schedule, 15)
    shrinkage = estimate(prior, schedule, levels).shrinkage()
    assert list(shrinkage) == ["clearance", "volume", "exchange", "peripheral"]
    assert -0.1 < shrinkage["volume"] < 0.15
    assert shrinkage["clearance"] < shrinkage["peripheral"] < 1


def test_intervals_agree_with_weighted_draws():
    """Protects: the intervals of a fit are those of the exact distribution, to a tenth of their width."""
    prior, schedule = a_prior(6, 16)
    _, levels = with_levels(prior, schedule, 17)
    found = estimate(prior, schedule, levels)
    for child in range(6):
        draws = weighted_draws(found, child, draws=20000, seed=18)
        assert draws.effective > 10000
        for place, name in enumerate(("clearance", "volume", "exchange", "peripheral")):
            exact = draws.quantiles(draws.logs[:, place], (0.025, 0.975))
            _, low, high = found.parameter(name).at(child)
            width = exact[1] - exact[0]
            assert np.log([low, high]) == pytest.approx(exact, abs=0.05 * width)


def test_what_does_not_fit_together_is_refused():
    """Protects: other children, a steady state, impossible numbers and orders are not fitted at all."""
    prior, schedule = a_prior(2, 19)
    levels = Levels.of([[1.0], [1.0]], [[1.0], [1.0]])
    with pytest.raises(ValueError, match="1 series of levels"):
        estimate(prior, schedule, levels.part(0, 1))
    offsets = np.array([0, 1, 2], dtype=np.int64)
    steady = replace(schedule, offsets=offsets, peripheral_boluses=np.ones(2))
    with pytest.raises(ValueError, match="steady state"):
        estimate(prior, steady, levels)
    later = replace(schedule, occasions=np.array([0, 3], dtype=np.int32))
    assert estimate(prior, later, levels).occasions == 1  # a child that is the same in all courses
    two = {name: np.repeat(getattr(prior.typical, name), 2, axis=1) for name in
           ("clearance", "volume", "exchange", "peripheral")}  # fmt: skip
    with pytest.raises(ValueError, match="has occasion 3"):
        estimate(replace(prior, typical=Individuals(**two)), later, levels)
    with pytest.raises(ValueError, match="ascend"):
        estimate(prior, replace(schedule, times=np.array([5.0, 1.0])), levels)
    with pytest.raises(ValueError, match="rates of a schedule"):
        estimate(prior, replace(schedule, rates=np.array([np.nan, 1.0])), levels)
    for wrong in ([np.nan], [np.inf]):
        with pytest.raises(ValueError, match="numbers"):
            Levels.of([[1.0]], [wrong])
    with pytest.raises(ValueError, match="above nought"):
        Levels.of([[1.0]], [[0.0]], [[True]])
    with pytest.raises(ValueError, match="every level"):
        Levels.of([[1.0, 2.0]], [[1.0]])
    with pytest.raises(ValueError, match="order of time"):
        replace(Levels.of([[1.0, 2.0]], [[1.0, 1.0]]), times=np.array([2.0, 1.0]))
    with pytest.raises(ValueError, match="error"):
        ResidualError()
    typical, _ = some_children(2, 1)
    with pytest.raises(ValueError, match="not positive"):
        Prior(typical=typical, between_children=-np.eye(4), residual=ResidualError(additive=1.0))
    with pytest.raises(ValueError, match="4 by 4"):
        Prior(typical=typical, between_children=np.eye(3), residual=ResidualError(additive=1.0))
    with pytest.raises(ValueError, match="above nought"):
        Prior(
            typical=replace(typical, volume=-typical.volume), between_children=np.eye(4),
            residual=ResidualError(additive=1.0),
        )  # fmt: skip
