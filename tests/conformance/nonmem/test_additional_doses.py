"""ADDL and II: doses that follow by themselves are the doses written out."""

import numpy as np
import pytest
from conformance.nonmem.brute_force import Child, Given
from conformance.nonmem.table_levels import drawn, levels, table

TIMES = [1, 12, 25, 47.5, 80, 120]


@pytest.mark.parametrize("child", [Child(), Child(exchange=0.0)], ids=["two compartments", "one compartment"])
def test_additional_boluses_are_those_doses_written_out(child):
    found = levels(table("1,0,100,0,12,4,0,1", *drawn(*TIMES)), child)
    given = Given(boluses=[(0, 100), (12, 100), (24, 100), (36, 100), (48, 100)])
    assert found == pytest.approx(given.levels(child, TIMES), rel=1e-12)


def test_additional_infusions_that_overlap_add_up():
    child = Child()
    found = levels(table("1,0,90,6,10,2,0,1", *drawn(*TIMES)), child)  # 15 h long, every 10 h
    given = Given(infusions=[(0, 15, 6), (10, 25, 6), (20, 35, 6)])
    assert found == pytest.approx(given.levels(child, TIMES), rel=1e-12)


def test_the_table_of_the_guide_means_the_same_written_in_both_ways():
    """From the guide of PREDPP (ADDL data item): doses at 10, 22 and 34 with an extra one at 20."""
    child = Child()
    written = table("1,10,15,0,0,0,0,1", "1,15,.,.,.,.,.,0", "1,20,10,0,0,0,0,1", "1,22,15,0,0,0,0,1",
                    "1,34,15,0,0,0,0,1", "1,36,.,.,.,.,.,0")  # fmt: skip
    repeated = table("1,10,15,0,12,2,0,1", "1,15,.,.,.,.,.,0", "1,20,10,0,0,0,0,1", "1,36,.,.,.,.,.,0")
    given = Given(boluses=[(10, 15), (20, 10), (22, 15), (34, 15)])
    expected = given.levels(child, [15, 36])
    assert levels(written, child) == pytest.approx(expected, rel=1e-12)
    assert levels(repeated, child) == pytest.approx(expected, rel=1e-12)


def test_an_additional_dose_at_the_time_of_a_level_comes_before_it():
    child = Child()
    found = levels(table("1,0,100,0,12,1,0,1", *drawn(12)), child)
    assert found == pytest.approx(Given(boluses=[(0, 100), (12, 100)]).levels(child, [12]), rel=1e-12)


def test_an_additional_dose_whose_time_is_off_by_rounding_is_still_at_the_time_of_the_row():
    child = Child()
    found = levels(table("1,0,100,0,0.1,3,0,1", *drawn(0.3)), child)
    given = Given(boluses=[(0, 100), (0.1, 100), (0.2, 100), (0.3, 100)])
    assert 0.1 * 3 != 0.3
    assert found == pytest.approx(given.levels(child, [0.3]), rel=1e-12)


@pytest.mark.parametrize("emptied", ["1,30,.,.,.,.,.,3", "1,30,70,0,.,.,.,4", "1,30,70,0,12,.,1,1"])
def test_a_reset_ends_a_row_of_additional_doses(emptied):
    """So does a steady state with SS 1; one with SS 2 leaves it as it is."""
    child = Child()
    times = [40, 60]
    with_row = levels(table("1,0,100,0,12,9,0,1", emptied, *drawn(*times)), child)
    alone = levels(table(emptied, *drawn(*times)), child)
    assert np.array_equal(with_row, alone)
