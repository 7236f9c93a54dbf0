"""Summaries are exact: held against quadrature, against roots of the concentration itself, and against dense grids."""

import itertools

import numpy as np
import pytest
from pharmacokinetics.linear_reference import drawn, everything, individuals_of, infusions, moments_of
from scipy.optimize import brentq

from ransel.pharmacokinetics.linear.engine import Summaries, concentrations_at, summaries
from ransel.pharmacokinetics.schedule import Schedule

CHILDREN = 40
WINDOWS = np.array([[-30.0, 400.0], [0.0, 24.0], [24.0, 48.0], [10.5, 250.25], [300.0, 301.0]])
THRESHOLD = 1.0


@pytest.fixture(scope="module")
def cases():
    """Children with all that can happen: boluses, resets, occasions, and rates at any moment."""
    return drawn(CHILDREN, seed=21, occasions=3), everything(CHILDREN, seed=22, occasions=3)


@pytest.fixture(scope="module")
def found(cases):
    return summaries(*cases, WINDOWS, THRESHOLD)


def pieces_of(schedule, child, begin, end):
    """Return the stretches of a window in which nothing happens."""
    moments = [one[0] for one in moments_of(schedule, child) if begin < one[0] < end]
    edges = np.array([begin, *moments, end])
    return [(a, b) for a, b in itertools.pairwise(edges) if a < b]


def level_of(individuals, schedule, child):
    """Return the concentration of a child as a function of times, that do not see what happens at their last."""

    def level(times):
        times = np.asarray(times, dtype=float)
        return concentrations_at(
            individuals.part(child, child + 1), schedule.part(child, child + 1), times, np.array([0, times.size])
        )

    return level


def test_the_area_is_what_quadrature_finds(cases, found):
    nodes, weights = np.polynomial.legendre.leggauss(24)
    for child in range(CHILDREN):
        level = level_of(*cases, child)
        for window, (begin, end) in enumerate(WINDOWS):
            area = 0.0
            for a, b in pieces_of(cases[1], child, begin, end):
                edges = np.linspace(a, b, 9)
                half, middle = np.diff(edges) / 2, (edges[:-1] + edges[1:]) / 2
                times = middle[:, None] + half[:, None] * nodes
                area += (level(times.ravel()).reshape(times.shape) @ weights) @ half
            assert found.area[child, window] == pytest.approx(area, rel=1e-11, abs=1e-14)


def test_the_peak_is_where_a_dense_grid_cannot_be_higher(cases, found):
    for child in range(CHILDREN):
        level = level_of(*cases, child)
        for window, (begin, end) in enumerate(WINDOWS):
            times = [np.linspace(a, np.nextafter(b, a), 2001) for a, b in pieces_of(cases[1], child, begin, end)]
            seen = level(np.concatenate(times))
            peak = found.peak[child, window]
            assert seen.max() <= peak * (1 + 1e-12)
            assert seen.max() >= peak * (1 - 1e-4)
            when = found.peak_time[child, window]
            assert begin <= when <= end
            near = level([np.nextafter(when, begin), when])
            assert np.abs(near - peak).min() <= 1e-9 * max(peak, 1e-12)


def test_the_trough_is_the_concentration_just_before_the_end(cases, found):
    for child in range(CHILDREN):
        level = level_of(*cases, child)
        for window, (begin, end) in enumerate(WINDOWS):
            trough = level([np.nextafter(end, begin)])[0]
            assert found.trough[child, window] == pytest.approx(trough, rel=1e-11, abs=1e-14)


def test_the_hours_above_are_between_the_roots_of_the_concentration(cases, found):
    crossings = 0
    for child in range(CHILDREN):
        level = level_of(*cases, child)
        for window, (begin, end) in enumerate(WINDOWS):
            hours = 0.0
            for a, b in pieces_of(cases[1], child, begin, end):
                edges = np.linspace(a, np.nextafter(b, a), 4001)
                over = level(edges) > THRESHOLD
                hours += np.sum(np.diff(edges)[over[:-1] & over[1:]])
                for k in np.flatnonzero(over[:-1] != over[1:]):
                    root = brentq(lambda t, at=level: at([t])[0] - THRESHOLD, edges[k], edges[k + 1], xtol=1e-13)
                    hours += edges[k + 1] - root if over[k + 1] else root - edges[k]
                    crossings += 1
            assert found.hours_above[child, window] == pytest.approx(hours, abs=1e-8)
    assert crossings > 80


def test_an_extremum_between_moments_is_found():
    """Protects the peak of a child whose drug comes back from the tissue: it lies between moments and at none."""
    child = individuals_of(0.001, 1.0, 0.02, 2.0)
    schedule = Schedule(
        times=np.array([0.0]), rates=np.zeros(1), boluses=np.zeros(1), peripheral_boluses=np.array([6.0]),
        resets=np.zeros(1, dtype=bool), occasions=np.zeros(1, dtype=np.int32), scale=np.ones(1),
        offsets=np.array([0, 1]),
    )  # fmt: skip
    found = summaries(child, schedule, np.array([0.0, 5000.0]), 1.5)
    k10, k12, k21 = 0.001, 0.02, 0.01
    gap = np.sqrt((k10 + k12 - k21) ** 2 + 4 * k12 * k21)
    fast = (k10 + k12 + k21 + gap) / 2
    slow = k10 * k21 / fast
    when = np.log(fast / slow) / gap
    peak = 6 * k21 / gap * (np.exp(-slow * when) - np.exp(-fast * when))
    assert found.peak_time[0, 0] == pytest.approx(when, rel=1e-12)
    assert found.peak[0, 0] == pytest.approx(peak, rel=1e-12)
    assert found.hours_above[0, 0] > 0


def test_the_hours_of_a_bolus_in_one_compartment_are_a_logarithm():
    child = individuals_of(0.1, 2.0, 0.0, 1.0)
    schedule = infusions([(0.0, 0.0)])
    schedule.boluses[0] = 20.0
    found = summaries(child, schedule, np.array([0.0, 100.0]), 3.0)
    assert found.hours_above[0, 0] == pytest.approx(np.log(10 / 3) / 0.05, rel=1e-13)
    assert found.peak[0, 0] == 10.0
    assert found.peak_time[0, 0] == 0.0


def test_a_bolus_at_the_end_of_a_window_belongs_to_the_next_one():
    child = individuals_of(0.1, 2.0, 0.0, 1.0)
    schedule = infusions([(0.0, 0.0), (24.0, 0.0)])
    schedule.boluses[:] = 20.0
    found = summaries(child, schedule, np.array([0.0, 24.0, 48.0]), 1e-3)
    kept = np.exp(-0.05 * 24)
    assert found.peak[0] == pytest.approx([10.0, 10.0 * (1 + kept)], rel=1e-14)
    assert found.peak_time[0] == pytest.approx([0.0, 24.0], abs=0.0)
    assert found.trough[0] == pytest.approx([10.0 * kept, 10.0 * (1 + kept) * kept], rel=1e-14)


def test_windows_may_overlap_and_edges_are_windows_in_a_row(cases):
    edges = np.array([-5.0, 20.0, 33.3, 290.0])
    rows = np.stack([edges[:-1], edges[1:]], axis=1)
    in_a_row, both = summaries(*cases, edges, 1.0), summaries(*cases, np.concatenate([rows, [[-5.0, 290.0]]]), 1.0)
    for name in Summaries.__dataclass_fields__:
        assert (getattr(in_a_row, name) == getattr(both, name)[:, :3]).all()
    assert both.area[:, :3].sum(axis=1) == pytest.approx(both.area[:, 3], rel=1e-12)
    assert both.hours_above[:, :3].sum(axis=1) == pytest.approx(both.hours_above[:, 3], abs=1e-9)
    assert both.peak[:, :3].max(axis=1) == pytest.approx(both.peak[:, 3], rel=1e-13)


def test_nothing_given_is_nothing_found():
    found = summaries(individuals_of(0.1, 2.0, 0.05, 1.0), infusions([(5.0, 0.0)]), np.array([0.0, 10.0, 20.0]), 0.0)
    for array in (found.area, found.peak, found.trough, found.hours_above):
        assert (array == 0.0).all()
    assert found.peak_time[0].tolist() == [0.0, 10.0]
