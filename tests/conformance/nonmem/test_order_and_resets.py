"""EVID, the order of rows at one time, RATE and DUR, and whose parameters hold from when on."""

import numpy as np
import pytest
from conformance.nonmem.brute_force import Child, Given
from conformance.nonmem.table_levels import drawn, levels, table

CHILD = Child()


def test_a_level_sees_the_rows_above_it_and_not_those_below():
    rows = ["1,6,.,.,.,.,.,0", "1,6,80,0,.,.,.,1", "1,6,.,.,.,.,.,0", "1,6,40,0,.,.,.,1", "1,6,.,.,.,.,.,0"]
    found = levels(table("1,0,100,0,.,.,.,1", *rows), CHILD)
    start = Given(boluses=[(0, 100)]).levels(CHILD, [6])[0]
    assert found == pytest.approx([start, start + 80 / CHILD.volume, start + 120 / CHILD.volume], rel=1e-12)


def test_evid_3_empties_and_stops_what_runs():
    found = levels(table("1,0,100,2,.,.,.,1", *drawn(9), "1,10,.,.,.,.,.,3", *drawn(10, 30)), CHILD)
    assert found == pytest.approx([Given(infusions=[(0, 50, 2)]).levels(CHILD, [9])[0], 0, 0], rel=1e-12)


def test_evid_4_empties_and_then_gives():
    found = levels(table("1,0,100,2,.,.,.,1", "1,10,60,0,.,.,.,4", *drawn(10, 30)), CHILD)
    assert found == pytest.approx(Given(boluses=[(10, 60)]).levels(CHILD, [10, 30]), rel=1e-12)


def test_a_bolus_before_a_reset_of_the_same_time_is_gone_and_one_after_it_is_not():
    gone = levels(table("1,0,100,0,.,.,.,1", "1,0,.,.,.,.,.,3", *drawn(1)), CHILD)
    there = levels(table("1,0,.,.,.,.,.,3", "1,0,100,0,.,.,.,1", *drawn(1)), CHILD)
    assert gone == [0]
    assert there == pytest.approx(Given(boluses=[(0, 100)]).levels(CHILD, [1]), rel=1e-12)


def test_evid_2_changes_nothing():
    plain = levels(table("1,0,100,2,.,.,.,1", *drawn(7, 60)), CHILD)
    marked = levels(table("1,0,100,2,.,.,.,1", "1,5,.,.,.,.,.,2", *drawn(7, 60)), CHILD)
    assert marked == pytest.approx(plain, rel=1e-14)


def test_infusions_that_overlap_add_and_their_end_leaves_exactly_nothing_running():
    rows = ["1,0,3,0.3,.,.,.,1", "1,2,1,0.1,.,.,.,1", "1,3,2,0.2,.,.,.,1"]  # none of the rates is exact in binary
    times = [4, 8, 11, 12.5, 300]
    given = Given(infusions=[(0, 10, 0.3), (2, 12, 0.1), (3, 13, 0.2)])
    assert levels(table(*rows, *drawn(*times)), CHILD) == pytest.approx(given.levels(CHILD, times), rel=1e-9)


def test_a_duration_says_the_same_as_a_rate():
    by_duration = "\n".join(["ID,TIME,AMT,DUR", "1,0,100,10", *(f"1,{time},.,." for time in (3, 10, 40))])
    by_rate = "\n".join(["ID,TIME,AMT,RATE", "1,0,100,10", *(f"1,{time},.,." for time in (3, 10, 40))])
    assert np.array_equal(levels(by_duration, CHILD), levels(by_rate, CHILD))


def test_without_evid_an_amount_is_a_dose():
    found = levels("ID,TIME,AMT\n1,0,100\n1,5,0\n1,9,.\n", CHILD)
    assert found == pytest.approx(Given(boluses=[(0, 100)]).levels(CHILD, [5, 9]), rel=1e-12)


def test_the_time_before_a_row_belongs_to_the_occasion_of_that_row():
    """As in NONMEM, where a state is brought to the time of a row with the parameters of that row."""
    first, second = Child(), Child(clearance=2.4, volume=5.0)
    rows = ["1,0,100,0,1,1", "1,6,.,.,0,1", "1,20,.,.,0,2", "1,30,50,0,1,2", "1,40,.,.,0,2"]
    found = levels(table(*rows, columns="ID,TIME,AMT,RATE,EVID,OCC"), [first, second])
    until = Given(boluses=[(0, 100)]).amounts(first, [6])[0]
    then = Given(begin=6, state=until, boluses=[(30, 50)]).levels(second, [20, 40])
    assert found == pytest.approx([until[0] / first.volume, *then], rel=1e-12)


def test_times_may_begin_before_nought():
    found = levels(table("1,-10,100,0,.,.,.,1", *drawn(-5, 3)), CHILD)
    assert found == pytest.approx(Given(boluses=[(0, 100)]).levels(CHILD, [5, 13]), rel=1e-12)


def test_a_level_before_any_dose_is_nought():
    assert levels(table(*drawn(0), "1,1,100,0,.,.,.,1", *drawn(1)), CHILD) == pytest.approx([0, 100 / CHILD.volume])


def test_each_child_has_its_own_doses_and_times():
    other = Child(clearance=3.0)
    rows = ["a,0,100,0,.,.,.,1", *drawn(4, 9, child="a"), "b,2,60,0,.,.,.,1", *drawn(3, child="b")]
    expected = [*Given(boluses=[(0, 100)]).levels(CHILD, [4, 9]), *Given(boluses=[(2, 60)]).levels(other, [3])]
    assert levels(table(*rows), CHILD, other) == pytest.approx(expected, rel=1e-12)
