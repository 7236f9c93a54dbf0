"""The worked cases: published levels of real regimens, and what the fitted sets say about them, per square metre."""

import numpy as np
import pytest
from pharmacokinetics.linear_reference import infusions, per_surface

from ransel.pharmacokinetics.linear.engine import concentrations_at, summaries, trajectories
from ransel.pharmacokinetics.schedule import Grid

SIMPLE = per_surface(0.54, 4.76, 0.0, 1.0)
LONG_TAIL = per_surface(0.424, 4.80, 0.124, 4.22)
OTHER_ANTIBODY = per_surface(1.74, 3.99, 0.946, 5.61)

SLOW = infusions([(0, 10 / 24), (240, 0)])
FAST = infusions([(24 * day + hour, rate) for day in range(5) for hour, rate in ((0, 20 / 8), (8, 0))])
COURSE = np.array([0.0, 840.0])


def test_the_slow_regimen_with_the_long_tail():
    found = summaries(LONG_TAIL, SLOW, COURSE, 10.0)
    assert found.peak[0, 0] == pytest.approx(12.56, abs=0.005)
    assert found.peak_time[0, 0] == pytest.approx(240.0, abs=1e-9)
    assert found.area[0, 0] / 24 == pytest.approx(189.6, abs=0.05)
    assert found.trough[0, 0] == pytest.approx(1.41, abs=0.005)


def test_the_fast_regimen_with_the_long_tail():
    found = summaries(LONG_TAIL, FAST, COURSE, 10.0)
    assert found.peak[0, 0] == pytest.approx(16.52, abs=0.005)
    assert found.peak_time[0, 0] == pytest.approx(104.0, abs=1e-9)


@pytest.mark.parametrize(("hours", "level"), [(24, 2.0), (120, 8.0), (192, 11.0), (240, 12.6)])
def test_the_slow_regimen_still_rises_on_day_ten_in_one_compartment(hours, level):
    row = trajectories(SIMPLE, SLOW, Grid(points=241))[0]
    assert row[hours] == pytest.approx(level, abs=0.05)
    assert (np.diff(row) > 0).all()


def test_four_days_of_ten_hours_of_the_other_antibody_leave_little_on_day_28():
    regimen = infusions([(24 * day + hour, rate) for day in range(4) for hour, rate in ((0, 25 / 10), (10, 0))])
    level = concentrations_at(OTHER_ANTIBODY, regimen, np.array([28 * 24.0]), np.array([0, 1]))
    assert level[0] == pytest.approx(0.20, abs=0.005)
