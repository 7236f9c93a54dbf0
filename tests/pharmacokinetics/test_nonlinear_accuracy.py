"""The nonlinear models are as accurate as was asked: against SciPy's LSODA at 1e-11, a closed form, and balances."""

from collections.abc import Callable

import numpy as np
import pytest
from pharmacokinetics.nonlinear_reference import (
    CHILDREN,
    DISPOSITION,
    FAST,
    HAZARD,
    SLOW,
    SURFACE,
    WEEKS,
    exactly,
    saturable,
    scheduled,
    target_mediated,
    worst,
)
from scipy.integrate import simpson
from scipy.linalg import expm

from ransel.pharmacokinetics.nonlinear.models import Antibodies, Hazard, Model
from ransel.pharmacokinetics.nonlinear.simulation import simulate, simulate_states, summaries
from ransel.pharmacokinetics.schedule import Grid, Schedule

ALLOWED = 1e-5
REGIMENS = pytest.mark.parametrize("regimen", [SLOW, FAST], ids=["slow", "fast"])
MODELS = pytest.mark.parametrize("model", [saturable, target_mediated])


@REGIMENS
@MODELS
def test_every_state_is_within_a_hundred_thousandth_of_the_slow_way(
    model: Callable[[], Model], regimen: tuple[np.ndarray, np.ndarray], say: Callable[[str], None]
):
    """Protects concentration, complex, hazard and area. Free target is held to a part of all target."""
    found = simulate_states(model(), scheduled(regimen), WEEKS)
    assert not found.failures
    errors = []
    for child in range(CHILDREN):
        true = exactly(model(), child, regimen, WEEKS)
        rows = [0, 1, 4] if model is saturable else [0, 1, 3, 4]
        errors += [worst(found.values[child, row], true[row]) for row in rows]
        errors.append(abs(found.summaries.area[child] / true[5, -1] - 1))
        errors.append(abs(found.summaries.hazard[child] / true[4, -1] - 1))
        assert np.abs(found.values[child, 2] - true[2]).max() <= ALLOWED * max(true[2].max(), 1e-9)
    say(f"nonlinear, {model.__name__}: largest relative error {max(errors):.1e} at a tolerance of 1e-6")
    assert max(errors) <= ALLOWED


def closed_form(child: int, times: np.ndarray, rates: np.ndarray, moments: np.ndarray) -> np.ndarray:
    """Return the linear model's concentrations by the exponential of its matrix, input included."""
    clearance, volume, exchange, peripheral = (DISPOSITION[name][child] for name in DISPOSITION)
    state, at, found = np.array([0.0, 0.0]), times[0], np.empty(moments.shape)

    def after(start: np.ndarray, hours: float, rate: float) -> np.ndarray:
        matrix = np.array([
            [-(clearance + exchange) / volume, exchange / volume, rate * SURFACE[child] / volume],
            [exchange / peripheral, -exchange / peripheral, 0.0],
            [0.0, 0.0, 0.0],
        ])  # fmt: skip
        return (expm(matrix * hours) @ np.append(start, 1.0))[:2]

    for i, rate in enumerate(rates):
        until = times[i + 1] if i + 1 < times.shape[0] else moments[-1] + 1
        for j in np.flatnonzero((moments >= at) & (moments < until)):
            found[j] = after(state, moments[j] - at, rate)[0]
        state, at = after(state, until - at, rate), until
    return found


@pytest.mark.parametrize("stiff", [False, True], ids=["explicit", "implicit"])
@pytest.mark.parametrize("changed", [0.0, 0.37], ids=["on a point of the grid", "beside one"])
def test_without_saturation_it_is_the_closed_form(stiff: bool, changed: float):
    """Protects the linear limit, with changes of the rate exactly on a point of the grid and just beside one."""
    times, rates = SLOW[0] + changed, SLOW[1]
    linear = saturable(most=np.zeros(3), half=np.ones(3), antibodies=None)
    grid = Grid(points=1000)
    schedule = scheduled((times, rates))
    for relative, allowed in ((1e-6, ALLOWED), (1e-11, 1e-9)):
        found = simulate(linear, schedule, grid, stiff=stiff, relative=relative, absolute=1e-4 * relative).values
        for child in range(CHILDREN):
            assert worst(found[child], closed_form(child, times, rates, grid.times)) <= allowed


@REGIMENS
def test_both_methods_agree_on_saturable_elimination(regimen: tuple[np.ndarray, np.ndarray]):
    """Protects against an error in the equations of either method: they have no line in common."""
    explicit = simulate(saturable(), scheduled(regimen), WEEKS, threshold=2.0)
    implicit = simulate(saturable(), scheduled(regimen), WEEKS, threshold=2.0, stiff=True)
    for child in range(CHILDREN):
        assert worst(implicit.values[child], explicit.values[child]) <= ALLOWED
    for name in ("area", "peak", "trough", "above", "hazard"):
        assert np.allclose(getattr(explicit.summaries, name), getattr(implicit.summaries, name), rtol=ALLOWED)


def test_what_goes_in_stays_or_leaves_in_saturable_elimination():
    """Protects the balance of mass: given = in both compartments + by either way of elimination."""
    model = saturable(antibodies=None)
    grid = Grid(step=0.25, points=1 + 4 * 24 * 30)
    found = simulate_states(model, scheduled(SLOW), grid)
    drug, peripheral = found.values[:, 0], found.values[:, 1]
    for child in range(CHILDREN):
        saturated = model.most[child] * drug[child] / (model.half[child] + drug[child])
        gone = model.clearance[child] * found.summaries.area[child] + simpson(saturated, dx=grid.step)
        there = model.volume[child] * drug[child, -1] + model.peripheral[child] * peripheral[child, -1]
        assert gone + there == pytest.approx(100 * SURFACE[child], rel=ALLOWED)


def test_what_goes_in_stays_or_leaves_in_target_mediated_disposition():
    """Protects the balances of drug and of target: free, bound, taken up, cleared."""
    model = target_mediated(antibodies=None)
    grid = Grid(step=0.125, points=1 + 8 * 24 * 30)
    found = simulate_states(model, scheduled(SLOW), grid)
    for child in range(CHILDREN):
        drug, peripheral, target, bound, _ = found.values[child]
        taken = model.taken[child] * simpson(bound, dx=grid.step)
        there = model.volume[child] * (drug[-1] + bound[-1] + taken) + model.peripheral[child] * peripheral[-1]
        cleared = model.clearance[child] * found.summaries.area[child]
        assert there + cleared == pytest.approx(100 * SURFACE[child], rel=ALLOWED)
        made = model.made[child] * grid.times[-1] + target[0]
        lost = model.lost[child] * simpson(target, dx=grid.step)
        assert target[-1] + bound[-1] + taken + lost == pytest.approx(made, rel=ALLOWED)


def test_antibodies_change_nothing_before_their_moment_and_bend_the_curve_at_it():
    """Protects the moment: a stop of the integrator, between two points of the grid."""
    grid = Grid(first=198.0, step=0.01, points=401)
    none = simulate(saturable(antibodies=None), scheduled(SLOW), grid).values
    step = saturable(antibodies=Antibodies(begins=200.005, factor=5.0))
    found = simulate(step, scheduled(SLOW), grid).values
    before, after = 200, 201
    assert np.allclose(found[:, : before + 1], none[:, : before + 1], rtol=1e-6)
    bend = (found[:, after + 1] - found[:, after]) - (found[:, before] - found[:, before - 1])
    expected = -4.0 * step.clearance / step.volume * found[:, before] * grid.step
    assert np.allclose(bend, expected, rtol=0.02)
    never = simulate(saturable(antibodies=Antibodies(begins=np.inf, factor=5.0)), scheduled(SLOW), grid).values
    assert never.tobytes() == none.tobytes()


def test_the_fast_regimen_has_the_greater_hazard_of_rising_and_the_same_of_being_exposed():
    """Protects the claim that can be tested with it: what comes back in ten days instead of five times eight hours."""
    linear = {"most": np.zeros(3), "half": np.ones(3), "antibodies": None}
    rising = saturable(**linear, hazard=Hazard(by_rise=1.0))
    exposed = saturable(**linear, hazard=Hazard(by_concentration=1.0))
    window = (0.0, 12_000.0)
    slow, fast = (summaries(rising, scheduled(one), window) for one in (SLOW, FAST))
    assert (fast.hazard > 1.5 * slow.hazard).all()
    dose_over_clearance = 200 * SURFACE / rising.clearance
    for one in (SLOW, FAST):
        found = summaries(exposed, scheduled(one), window)
        assert np.allclose(found.hazard, dose_over_clearance, rtol=ALLOWED)
        assert found.hazard.tobytes() == found.area.tobytes()
    curve = simulate(rising, scheduled(FAST), Grid(step=1 / 16, points=16 * 1680)).values
    assert np.allclose(np.maximum(np.diff(curve), 0).sum(axis=1), fast.hazard, rtol=ALLOWED)


def test_peak_and_hours_above_come_from_the_curve_and_not_from_the_points():
    """Protects root finding: an hourly count of hours is off by hours, the answer by less than a second."""
    found = summaries(saturable(), scheduled(FAST), (0.0, 1680.0), threshold=3.0)
    fine = simulate(saturable(), scheduled(FAST), Grid(step=1 / 64, points=64 * 1680 + 1), threshold=3.0)
    assert np.allclose(found.peak, fine.values.max(axis=1), rtol=ALLOWED)
    assert np.abs(found.above - (fine.values > 3.0).sum(axis=1) / 64).max() < 20 / 64
    assert np.allclose(fine.summaries.above, found.above, rtol=1e-12)
    for child, moment in enumerate(found.peak_at):
        around = Grid(first=moment - 1e-3, step=1e-3, points=3)
        near = simulate(saturable(), scheduled(FAST), around).values[child]
        assert near[1] >= near.max() - 1e-9
    hourly = (simulate(saturable(), scheduled(FAST), WEEKS).values > 3.0).sum(axis=1)
    assert np.abs(hourly - found.above).max() < 20


def test_a_bolus_in_between_is_a_rise_at_once_and_a_reset_empties_everything():
    """Protects boluses in both compartments, resets, and that a point shows what is there afterwards."""
    schedule = Schedule(
        times=np.array([0.0, 10.0, 20.0]), rates=np.zeros(3), boluses=np.array([10.0, 5.0, 0.0]),
        resets=np.array([False, False, True]), occasions=np.zeros(3, dtype=np.int32), scale=SURFACE,
        peripheral_boluses=np.array([0.0, 3.0, 0.0]),
    )  # fmt: skip
    model = saturable(antibodies=None, hazard=Hazard(by_rise=1.0))
    found = simulate_states(model, schedule, Grid(points=21))
    drug, peripheral = found.values[:, 0], found.values[:, 1]
    assert np.array_equal(drug[:, 0], 10 * SURFACE / model.volume)
    just_before = simulate_states(model, schedule, Grid(first=10.0 - 1e-9, step=1e-9, points=2)).values
    assert np.allclose(drug[:, 10] - just_before[:, 0, 0], 5 * SURFACE / model.volume, rtol=1e-6)
    assert np.allclose(peripheral[:, 10] - just_before[:, 1, 0], 3 * SURFACE / model.peripheral, rtol=1e-6)
    assert (found.values[:, :2, 20] == 0).all()
    assert (found.summaries.trough > 0).all()
    assert (found.values[:, 4, 0] == 10 * SURFACE / model.volume).all()
    assert HAZARD.by_rise is not model.hazard.by_rise
