"""SS: a steady state in closed form is what hundreds of doses come to."""

import pytest
from conformance.nonmem.brute_force import Child, Given, for_ever
from conformance.nonmem.table_levels import drawn, levels, table

TIMES = [0.5, 3, 11, 24, 60]
CHILDREN = {
    "two compartments": Child(),
    "one compartment": Child(exchange=0.0),
    "a small part that follows slowly": Child(clearance=2.0, volume=3.0, exchange=0.02, peripheral=1.0),
    "a large part that follows at once": Child(clearance=0.4, volume=2.0, exchange=40.0, peripheral=9.0),
}
each_child = pytest.mark.parametrize("child", CHILDREN.values(), ids=CHILDREN)


def steady(child, amount, interval, rate=0.0):
    return for_ever(amount, interval, rate).amounts(child, [0.0])[0]


@each_child
def test_a_bolus_at_steady_state_is_the_last_of_many(child):
    found = levels(table("1,0,100,0,12,.,1,1", *drawn(*TIMES)), child)
    after = Given(boluses=[(0, 100)], state=steady(child, 100, 12))
    assert found == pytest.approx(after.levels(child, TIMES), rel=1e-10)


@each_child
def test_an_infusion_at_steady_state_is_the_last_of_many(child):
    found = levels(table("1,0,100,20,12,.,1,1", *drawn(*TIMES)), child)
    after = Given(infusions=[(0, 5, 20)], state=steady(child, 100, 12, 20))
    assert found == pytest.approx(after.levels(child, TIMES), rel=1e-10)


@each_child
def test_an_infusion_as_long_as_its_interval_is_one_that_never_stops(child):
    found = levels(table("1,0,120,10,12,.,1,1", *drawn(*TIMES)), child)
    flat = 10 / child.clearance
    assert found[:3] == pytest.approx([flat] * 3, rel=1e-12)


@each_child
def test_the_steady_state_of_an_endless_infusion_ends_at_its_row(child):
    """AMT 0, RATE above 0, II 0: the row is the end of an infusion that has run for ever."""
    found = levels(table("1,0,0,10,0,.,1,1", *drawn(*TIMES)), child)
    flat = (10 * child.volume / child.clearance, 10 * child.peripheral / child.clearance if child.exchange else 0)
    assert found == pytest.approx(Given(state=flat).levels(child, TIMES), rel=1e-10)


def test_an_endless_infusion_goes_on_when_the_next_row_says_so():
    child = Child()
    found = levels(table("1,0,0,10,0,.,1,1", "1,0,240,10,0,.,0,1", *drawn(*TIMES[:4])), child)
    assert found == pytest.approx([10 / child.clearance] * 4, rel=1e-12)


def test_ss_1_takes_the_place_of_what_there_was():
    """Amounts, running infusions and doses still to follow of earlier rows are gone."""
    child = Child()
    before = ["1,0,500,0,6,10,0,1", "1,1,300,5,.,.,.,1"]
    found = levels(table(*before, "1,20,100,0,12,.,1,1", *drawn(21, 33, 50)), child)
    alone = levels(table("1,20,100,0,12,.,1,1", *drawn(21, 33, 50)), child)
    assert found == pytest.approx(alone, rel=1e-14)


def test_ss_2_is_added_to_what_there_was():
    child = Child()
    times = [21, 33, 50, 90]
    before = ["1,0,500,0,6,10,0,1", "1,1,300,5,.,.,.,1"]
    both = levels(table(*before, "1,20,100,10,24,.,2,1", *drawn(*times)), child)
    first = levels(table(*before, *drawn(*times)), child)
    second = levels(table("1,20,100,10,24,.,1,1", *drawn(*times)), child)
    assert both == pytest.approx(first + second, rel=1e-12)


def test_two_regimens_at_steady_state_add_up():
    """A morning and an evening dose, each once a day for ever."""
    child = Child()
    found = levels(table("1,0,100,0,24,.,1,1", "1,8,60,0,24,.,2,1", *drawn(9, 20)), child)
    morning, evening = for_ever(100, 24), for_ever(60, 24)
    boluses = [*morning.boluses, (0, 100), *[(time + 8, amount) for time, amount in evening.boluses], (8, 60)]
    given = Given(boluses=boluses, begin=morning.begin)
    assert found == pytest.approx(given.levels(child, [9, 20]), rel=1e-10)


def test_additional_doses_carry_a_steady_state_on():
    child = Child()
    times = [1, 13, 25, 37]
    found = levels(table("1,0,100,20,12,3,1,1", *drawn(*times)), child)
    assert found == pytest.approx([found[0]] * 4, rel=1e-12)


def test_each_child_has_its_own_steady_state():
    rows = [row for name in (1, 2) for row in (f"{name},0,100,0,12,.,1,1", *drawn(3, 7, child=name))]
    children = [CHILDREN["two compartments"], CHILDREN["one compartment"]]
    found = levels(table(*rows), *children)
    for place, child in enumerate(children):
        after = Given(boluses=[(0, 100)], state=steady(child, 100, 12))
        assert found[2 * place : 2 * place + 2] == pytest.approx(after.levels(child, [3, 7]), rel=1e-10)


def test_a_level_before_a_dose_at_steady_state_is_the_trough_of_the_dose_before():
    child = Child()
    found = levels(table("1,0,100,0,12,.,1,1", "1,12,.,.,.,.,.,0", "1,12,100,0,.,.,.,1", "1,12,.,.,.,.,.,0"), child)
    trough, peak = steady(child, 100, 12)[0] / child.volume, (steady(child, 100, 12)[0] + 100) / child.volume
    assert found == pytest.approx([trough, peak], rel=1e-10)
