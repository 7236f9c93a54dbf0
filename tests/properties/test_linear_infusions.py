"""What must hold of every linear infusion, whatever the child and whatever is given."""

from dataclasses import dataclass

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from pharmacokinetics.linear_reference import individuals_of

from ransel.pharmacokinetics.linear.engine import concentrations_at, summaries, trajectories
from ransel.pharmacokinetics.schedule import Grid, Schedule

pytestmark = pytest.mark.property

GRID = Grid(points=500)
PLACES = np.array([0, GRID.points])


def numbers(low, high):
    return st.floats(low, high, allow_nan=False, allow_infinity=False)


litres = numbers(-2, 2).map(lambda power: 10.0**power)
children = st.builds(individuals_of, litres, litres, st.one_of(st.just(0.0), litres), litres)


@dataclass(frozen=True)
class Given:
    """Rates and boluses at moments of one child."""

    times: tuple[float, ...]
    rates: tuple[float, ...]
    boluses: tuple[float, ...]

    def schedule(self, times=1.0, scale=1.0):
        count = len(self.times)
        return Schedule(
            times=np.array(self.times) * times, rates=np.array(self.rates), boluses=np.array(self.boluses),
            resets=np.zeros(count, dtype=bool), occasions=np.zeros(count, dtype=np.int32), scale=np.array([scale]),
        )  # fmt: skip

    @property
    def dose(self):
        return sum(self.boluses) + np.dot(self.rates[:-1], np.diff(self.times))


@st.composite
def doses(draw):
    """Infusions and boluses that end in a moment after which nothing more is given."""
    count = draw(st.integers(1, 6))
    times = sorted(draw(st.lists(numbers(0, 300), min_size=count + 1, max_size=count + 1)))
    rates = draw(st.lists(st.one_of(st.just(0.0), numbers(0.01, 5)), min_size=count, max_size=count))
    boluses = draw(st.lists(st.one_of(st.just(0.0), numbers(0.1, 50)), min_size=count, max_size=count))
    return Given(tuple(times), (*rates, 0.0), (*boluses, 0.0))


def close(one, other, relative):
    """Whether two courses are the same, as far as the highest of them lets one see.

    Below the smallest normal float numbers have fewer digits than a relative error could ask for.
    """
    top = max(np.max(np.abs(one)), np.max(np.abs(other)))
    return np.max(np.abs(one - other)) <= max(relative * top, np.finfo(np.float64).tiny)


@given(child=children, what=doses(), times=numbers(0.01, 100))
def test_twice_the_dose_is_twice_the_concentration(child, what, times):
    once = trajectories(child, what.schedule(), GRID)
    assert close(trajectories(child, what.schedule(scale=times), GRID), times * once, 1e-14)


@given(child=children, what=doses(), more=doses())
def test_what_is_given_adds_up(child, what, more):
    """Protects superposition: two courses at once are the sum of both."""
    times = sorted({*what.times, *more.times})

    def rate(one, time):
        past = [j for j, moment in enumerate(one.times) if moment <= time]
        return one.rates[past[-1]] if past else 0.0

    def bolus(one, time):
        return sum(b for moment, b in zip(one.times, one.boluses, strict=True) if moment == time)

    both = Given(
        tuple(times), tuple(rate(what, t) + rate(more, t) for t in times),
        tuple(bolus(what, t) + bolus(more, t) for t in times),
    )  # fmt: skip
    apart = trajectories(child, what.schedule(), GRID) + trajectories(child, more.schedule(), GRID)
    assert close(trajectories(child, both.schedule(), GRID), apart, 1e-12)


@given(child=children, what=doses(), parts=st.lists(numbers(0, 400), min_size=1, max_size=5))
def test_a_moment_at_which_nothing_changes_changes_nothing(child, what, parts):
    """Protects ledgers that write down more moments than there are changes."""
    times = np.array(sorted([*what.times, *parts]))
    old = np.array(what.times)
    at = np.searchsorted(old, times, side="right") - 1
    fresh = np.array([time in what.times and (i == 0 or times[i - 1] != time) for i, time in enumerate(times)])
    sums = [sum(b for t, b in zip(what.times, what.boluses, strict=True) if t == time) for time in times]
    more = Given(
        tuple(times), tuple(np.where(at >= 0, np.array(what.rates)[at], 0.0)), tuple(np.where(fresh, sums, 0.0))
    )
    whole = what.schedule()
    assert close(trajectories(child, more.schedule(), GRID), trajectories(child, whole, GRID), 1e-12)
    windows = np.array([0.0, 100.0, 450.0])
    one, other = summaries(child, more.schedule(), windows, 0.5), summaries(child, whole, windows, 0.5)
    assert close(one.area, other.area, 1e-12)
    assert close(one.peak, other.peak, 1e-12)
    assert close(one.trough, other.trough, 1e-12)


@given(child=children, what=doses())
def test_what_went_in_is_still_in_or_cleared(child, what):
    """Protects the balance of mass: of all that is given, clearance times area is gone in the end, and nothing else."""
    if what.dose == 0.0:
        assert not trajectories(child, what.schedule(), GRID).any()
        return
    mean = (child.volume + child.peripheral) / child.clearance + child.peripheral / np.maximum(child.exchange, 1e-2)
    end = 300 + 200 * float(mean[0, 0])
    area = summaries(child, what.schedule(), np.array([-1.0, end]), 1.0).area[0, 0]
    assert area * child.clearance[0, 0] == pytest.approx(what.dose, rel=1e-9)


@given(child=children, what=doses(), hours=numbers(1, 400))
def test_the_central_amount_is_what_went_in_less_what_went_out(child, what, hours):
    """Protects area and concentration from each other in one compartment: what is not cleared is there."""
    alone = individuals_of(child.clearance[0], child.volume[0], 0.0, 1.0)
    times = np.array(what.times)
    went = np.dot(what.rates, np.maximum(np.minimum(np.append(times[1:], np.inf), hours) - times, 0.0))
    went += np.dot(what.boluses, times < hours)
    found = summaries(alone, what.schedule(), np.array([-1.0, hours]), 1.0)
    there = found.trough[0, 0] * alone.volume[0, 0]
    assert there + found.area[0, 0] * alone.clearance[0, 0] == pytest.approx(went, rel=1e-11, abs=1e-13)


@given(child=children, what=doses())
def test_grid_and_moments_of_ones_own_say_the_same(child, what):
    at = concentrations_at(child, what.schedule(), GRID.times, PLACES)
    assert close(trajectories(child, what.schedule(), GRID)[0], at, 1e-12)


@given(child=children, what=doses(), threshold=numbers(0, 20))
def test_summaries_bound_the_trajectory(child, what, threshold):
    row = trajectories(child, what.schedule(), GRID)[0]
    found = summaries(child, what.schedule(), np.array([0.0, 499.0]), threshold)
    assert row.max() <= found.peak[0, 0] * (1 + 1e-12)
    assert 0.0 <= found.hours_above[0, 0] <= 499.0 * (1 + 1e-12)
    if found.peak[0, 0] <= threshold:
        assert found.hours_above[0, 0] == 0.0
