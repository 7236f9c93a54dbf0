"""The linear engine against other ways to solve the same model: a solver, a matrix exponential, two hundred digits."""

import itertools

import numpy as np
import pytest
from pharmacokinetics.linear_reference import (
    by_matrix,
    by_solver,
    drawn,
    everything,
    in_decimals,
    individuals_of,
    infusions,
    levels,
)

from ransel.pharmacokinetics.linear.engine import Summaries, concentrations_at, summaries, trajectories
from ransel.pharmacokinetics.schedule import Grid, Schedule

SLOW = [(840 * course + hour, rate) for course in range(5) for hour, rate in ((0, 0.3), (240, 0))]
FAST = [
    (840 * course + 24 * day + hour, rate)
    for course in range(5)
    for day in range(5)
    for hour, rate in ((0, 1.8), (8, 0))
]
INTERRUPTED = [
    (0.0, 0.3), (17.31, 0.0), (18.02, 0.3), (100.77, 0.15), (101.0, 0.3), (160.123456, 0.0), (171.9, 0.35),
    (244.6, 0.0),    (840.0, 0.3), (1080.25, 0.0),
]  # fmt: skip


def worst(found, expected):
    """Return the largest relative difference where the concentration is more than a millionth of the highest one."""
    if not expected.any():
        return np.abs(found).max()
    seen = expected > 1e-6 * expected.max()
    return np.max(np.abs(found - expected)[seen] / expected[seen])


@pytest.mark.parametrize("regimen", [SLOW, FAST, INTERRUPTED], ids=["slow", "fast", "interrupted"])
@pytest.mark.parametrize(("move", "limit", "children"), [(by_matrix, 1e-11, 8), (by_solver, 1e-9, 2)])
def test_a_whole_course_of_five_agrees(regimen, move, limit, children):
    individuals = drawn(children, seed=5)
    schedule = infusions(regimen, np.linspace(0.5, 1.5, children))
    grid = Grid(points=4201)
    found = trajectories(individuals, schedule, grid)
    points = np.unique(np.concatenate([np.arange(0, 4201, 97), [0, 7, 8, 9, 18, 240, 241, 4200]]))
    for child in range(children):
        expected = levels(individuals, schedule, child, grid.times[points], move)
        assert worst(found[child, points], expected) < limit


def test_everything_that_can_happen_agrees_on_a_grid_and_at_moments_of_ones_own():
    """Protects boluses, resets, occasions, rates and dosing that each child has of its own, at any moment."""
    children = 40
    individuals, schedule = drawn(children, seed=7, occasions=3), everything(children, seed=8, occasions=3)
    grid = Grid(first=-30.5, step=0.75, points=500)
    found = trajectories(individuals, schedule, grid)
    places = np.arange(children + 1, dtype=np.int64) * 500
    at = concentrations_at(individuals, schedule, np.tile(grid.times, children), places).reshape(children, 500)
    for child in range(children):
        points = np.arange(child % 9, 500, 9)
        assert worst(found[child, points], levels(individuals, schedule, child, grid.times[points])) < 1e-11
        assert worst(found[child], at[child]) < 1e-12


def test_moments_of_ones_own_may_come_in_any_order():
    individuals, schedule = drawn(20, seed=9, occasions=3), everything(20, seed=10, occasions=3)
    random = np.random.default_rng(11)
    places = np.concatenate([[0], np.cumsum(random.integers(0, 30, 20))])
    wanted = random.uniform(-40, 400, places[-1])
    ascending, back = wanted.copy(), np.empty(wanted.size, dtype=int)
    for begin, end in itertools.pairwise(places):
        order = np.argsort(wanted[begin:end])
        ascending[begin:end], back[begin + order] = wanted[begin:end][order], np.arange(begin, end)
    found = concentrations_at(individuals, schedule, wanted, places)
    assert (found == concentrations_at(individuals, schedule, ascending, places)[back]).all()


def test_the_amounts_stay_where_they_are_when_an_occasion_begins():
    """Protects what is in a child when its parameters change: the concentration may jump, the drug does not."""
    individuals = individuals_of([[0.02, 0.03]], [[1.5, 2.5]], [[0.02, 0.01]], [[2.0, 3.0]])
    schedule = Schedule.of_rates(
        np.array([0.0, 50.0, 100.0]), np.array([0.5, 0.0, 0.0]), np.ones(1), np.array([0, 0, 1], dtype=np.int32)
    )
    before, after = concentrations_at(
        individuals, schedule, np.array([np.nextafter(100.0, 0.0), 100.0]), np.array([0, 2])
    )
    assert after * 2.5 == pytest.approx(before * 1.5, rel=1e-13)


def test_what_waits_in_a_closed_compartment_comes_back_with_the_exchange():
    """Protects the peripheral amount over an occasion in which nothing is exchanged."""
    individuals = individuals_of([[0.02, 0.03, 0.02]], [[1.5, 2.5, 1.5]], [[0.02, 0.0, 0.01]], [[2.0, 3.0, 1.0]])
    schedule = Schedule.of_rates(
        np.array([0.0, 50.0, 100.0, 200.0]), np.array([0.5, 0.0, 0.1, 0.0]), np.ones(1),
        np.array([0, 0, 1, 2], dtype=np.int32),
    )  # fmt: skip
    times = np.linspace(1.0, 400.0, 80)
    found = concentrations_at(individuals, schedule, times, np.array([0, 80]))
    assert worst(found, levels(individuals, schedule, 0, times)) < 1e-12


STRANGE = {
    "no exchange to speak of": (0.02, 1.5, 1e-9, 2.0),
    "nearly equal constants": (0.02, 1.0, 1e-9, 1e-9 / 0.02),
    "equal constants but for rounding": (0.02, 1.0, 1e-14, 1e-14 / 0.02),
    "slow constant of one in a hundred thousand hours": (1e-5, 1.0, 0.02, 1.0),
    "nothing cleared": (0.0, 1.0, 0.02, 1.0),
    "a constant of a million an hour": (1e6, 1.0, 1.0, 1.0),
    "an exchange of a million": (0.02, 1.0, 1e6, 2.0),
    "a peripheral litre of a billion": (0.02, 1.0, 0.02, 1e9),
    "a peripheral drop": (0.02, 1.0, 0.02, 1e-9),
}


@pytest.mark.parametrize("strange", STRANGE.values(), ids=STRANGE.keys())
def test_strange_children_are_right_to_twelve_digits(strange):
    individuals = individuals_of(*strange)
    schedule = infusions([(0.0, 0.5), (30.25, 0.0)])
    grid = Grid(first=0.5, step=0.5, points=200)
    expected = np.array([in_decimals(*strange, 0.5, 30.25, time) for time in grid.times])
    assert worst(trajectories(individuals, schedule, grid)[0], expected) < 1e-11
    assert worst(concentrations_at(individuals, schedule, grid.times, np.array([0, 200])), expected) < 1e-11


@pytest.mark.parametrize("exchange", [0.0, 1e-300, 1e-9, 1.0, 1e9, 1e150])
@pytest.mark.parametrize("clearance", [0.0, 1e-300, 1e-9, 1.0, 1e9, 1e150])
@pytest.mark.parametrize(("volume", "peripheral"), [(1.0, 1.0), (1e-9, 1e9), (1e9, 1e-9), (1e-150, 1e-150)])
def test_no_parameters_give_something_that_is_not_a_number(clearance, exchange, volume, peripheral):
    """Protects every reader of a result: however wild a drawn child, its concentration is a number and not negative."""
    child = individuals_of(clearance, volume, exchange, peripheral)
    schedule = infusions([(0.0, 0.5), (30.25, 0.0)])
    rows = trajectories(child, schedule, Grid(points=300))
    assert np.isfinite(rows).all()
    assert (rows >= 0.0).all()
    found = summaries(child, schedule, np.array([0.0, 24.0, 299.0]), 1.0)
    for name in Summaries.__dataclass_fields__:
        assert np.isfinite(getattr(found, name)).all()
        assert (getattr(found, name) >= 0.0).all()
    nothing = infusions([(0.0, 0.0), (30.25, 0.0)])
    assert not trajectories(child, nothing, Grid(points=300)).any()
