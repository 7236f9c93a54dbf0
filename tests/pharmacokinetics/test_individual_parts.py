"""The parts of a fit, each against something else: series, tails, slopes, steps, and the key of compiled code."""

from decimal import Decimal, getcontext

import numpy as np
import pytest
from pharmacokinetics.individual_reference import concentrations, some_children
from scipy.special import log_ndtr

from ransel.pharmacokinetics.compiled_from import digest_of
from ransel.pharmacokinetics.fitting.estimates import course_of, leaning
from ransel.pharmacokinetics.fitting.estimation import Prior, dosing_of_schedule
from ransel.pharmacokinetics.fitting.kernel import fit_block, predict, predict_many, weigh
from ransel.pharmacokinetics.fitting.modes import SHORT, gains
from ransel.pharmacokinetics.parameters import residual
from ransel.pharmacokinetics.parameters.residual import ResidualError, below_term, log_below, measured_term
from ransel.pharmacokinetics.schedule import Schedule

STEP = 1e-6


@pytest.mark.parametrize("product", [1e-9, 1e-4, 0.9 * SHORT, 1.1 * SHORT, 0.5, 30.0])
def test_gains_are_exact_for_short_and_long_times(product):
    """Protects: what a rate leaves, and its derivatives, where differences of exponentials would lose digits."""
    getcontext().prec = 60
    constant, gap = Decimal("0.25"), Decimal(product) / Decimal("0.25")
    kept = (-constant * gap).exp()
    gain = (1 - kept) / constant
    slope = (gap * kept - gain) / constant
    bend = -(gap * gap * kept + 2 * slope) / constant
    found = gains(0.25, float(gap), float(kept))
    for value, expected in zip(found, (gain, slope, bend), strict=True):
        assert value == pytest.approx(float(expected), rel=1e-11)


@pytest.mark.parametrize("z", [-300.0, -40.0, -25.001, -24.999, -8.0, 0.0, 3.0, 9.0])
def test_the_tail_of_levels_below_the_limit(z):
    """Protects: a limit far below the fit gives a finite term, also where no digits are left."""
    value, slope = log_below(z)
    assert value == pytest.approx(float(log_ndtr(z)), rel=1e-11, abs=1e-15)
    near = (log_ndtr(z + STEP) - log_ndtr(z - STEP)) / (2 * STEP)
    assert slope == pytest.approx(float(near), rel=1e-6, abs=1e-9)


@pytest.mark.parametrize("term", [measured_term, below_term])
@pytest.mark.parametrize(("additive", "proportional"), [(0.04, 0.0), (0.0, 0.0225), (0.04, 0.01)])
@pytest.mark.parametrize("predicted", [0.3, 2.0, 9.0])
def test_slopes_of_a_term(term, additive, proportional, predicted):
    """Protects: variance that moves with the prediction is in the slope and in the curvature, its logarithm too."""

    def at(place):
        return term(2.5, place, additive, proportional, False)

    step = 1e-5 * predicted
    up, here, down = (at(predicted + way * step) for way in (1, 0, -1))
    assert here.slope == pytest.approx((up.value - down.value) / (2 * step), rel=1e-6, abs=1e-6)
    assert here.bend == pytest.approx((up.slope - down.slope) / (2 * step), rel=1e-6, abs=1e-6)
    assert term(2.5, predicted, additive, proportional, True).bend >= 0


@pytest.mark.parametrize("seed", range(12))
def test_courses_of_random_dosings(seed):
    """Protects: rates, boluses, resets and occasions in any order give what eigenvectors give."""
    random = np.random.default_rng(seed)
    count, occasions = int(random.integers(1, 12)), int(random.integers(1, 4))
    schedule = Schedule(
        times=np.sort(random.uniform(-10, 600, count)), rates=random.choice([0.0, 0.4, 1.1], count),
        boluses=random.choice([0.0, 0.0, 8.0], count), resets=random.uniform(size=count) < 0.15,
        occasions=np.sort(random.integers(0, occasions, count)).astype(np.int32), scale=random.uniform(0.5, 1.2, 1),
    )  # fmt: skip
    typical, _ = some_children(1, seed)
    one = np.log([typical.clearance, typical.volume, typical.exchange, typical.peripheral]).ravel()
    logs = np.tile(one, occasions) + 0.4 * random.standard_normal(4 * occasions)
    times = np.sort(np.concatenate([random.uniform(-20, 900, 30), schedule.times]))
    found = course_of(dosing_of_schedule(schedule, occasions), 0, times, logs, False).level
    assert found == pytest.approx(concentrations(logs, schedule, times), rel=1e-10, abs=1e-12)


def test_a_level_at_the_moment_of_a_dose_is_taken_after_it():
    """Protects: the rule of the whole room; an event table moves a dose that comes after a level one step on."""
    schedule = Schedule(
        times=np.array([0.0, 24.0]), rates=np.zeros(2), boluses=np.array([10.0, 10.0]),
        resets=np.zeros(2, dtype=np.bool_), occasions=np.zeros(2, dtype=np.int32), scale=np.ones(1),
    )  # fmt: skip
    logs = np.log([0.02, 4.0, 0.004, 4.0])
    before, at = course_of(
        dosing_of_schedule(schedule, 1), 0, np.array([np.nextafter(24.0, 0.0), 24.0]), logs, False
    ).level  # fmt: skip
    assert at == pytest.approx(before + 10 / 4.0, rel=1e-9)


def test_quantiles_lean_as_their_skewness_says():
    """Protects: the correction for skewness agrees with a distribution that is skewed: a gamma of shape 50."""
    random = np.random.default_rng(1)
    shape = 50.0
    drawn = random.gamma(shape, 1.0, 400_000)
    third, deviation = np.array([2 * shape]), np.array([np.sqrt(shape)])
    for part, quantile in ((0.025, -1.959964), (0.975, 1.959964)):
        found = shape + deviation * leaning(quantile, third, deviation)
        assert found[0] == pytest.approx(np.quantile(drawn, part), rel=2e-3)


def test_compiled_code_is_kept_by_all_of_its_sources(tmp_path):
    """Protects: a change in any file of a kernel, or an upgrade, never brings back numbers of the code before it."""
    one, two = tmp_path / "one.py", tmp_path / "two.py"
    one.write_text("a = 1")
    two.write_text("b = 1")
    before = digest_of(str(one), str(two))
    two.write_text("b = 2")
    assert digest_of(str(one), str(two)) != before > 0
    kept = {kernel.py_func.__closure__ is not None for kernel in (fit_block, predict, predict_many, weigh)}
    assert kept == {True}
    inner = [value for value in vars(residual).values() if hasattr(value, "py_func")]
    assert inner
    assert all(not kernel._cache.cache_path for kernel in inner if hasattr(kernel._cache, "cache_path"))


def test_a_prior_without_variation_leaves_every_child_typical():
    """Protects: where nothing varies there is nothing to look for."""
    from ransel.pharmacokinetics.fitting.estimation import estimate
    from ransel.pharmacokinetics.fitting.levels import Levels

    typical, schedule = some_children(2, 3)
    prior = Prior(typical=typical, between_children=np.zeros((4, 4)), residual=ResidualError(proportional=0.2))
    found = estimate(prior, schedule, Levels.of([[240.0]] * 2, [[20.0], [5.0]]))
    assert np.array_equal(found.logs, prior.logs)
    assert found.parameter("clearance").low == pytest.approx(typical.clearance[:, 0])
