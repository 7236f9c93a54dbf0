"""In-process control by weight, at the exact edge of the tolerance."""

import pytest
from compounding.cases import EMPTY, steps, weighed
from prescribing.cases import LONG, SHELF, codes, refusals

from ransel.compounding.weighing import weigh
from ransel.quantities import Mass, Ratio

CRUMB = Mass("0.000001 mg")
STEPS = {step.ingredient.id: step for step in steps()}
SYRINGE = {step.ingredient.id: step for step in steps("syringes")}


@pytest.mark.parametrize(("ingredient", "mass"), [("diluent", "230.76 g"), ("albumin", "13.13 g"), ("drug", "8.05 g")])
def test_each_step_should_weigh_its_volume_times_its_density(ingredient, mass):
    assert STEPS[ingredient].expected.value.text("en", "g", 2) == mass


def test_steps_come_in_the_order_of_making():
    assert list(STEPS) == ["diluent", "albumin", "drug"]


@pytest.mark.parametrize("step", STEPS.values(), ids=STEPS)
def test_the_tolerance_is_3_percent_of_the_step_and_not_of_the_whole_container(step):
    assert step.tolerance == Mass(step.expected.value * Ratio("3 %"))


def test_a_small_step_has_the_least_tolerance_that_a_balance_can_tell():
    drug = SYRINGE["drug"]
    assert Mass(drug.expected.value * Ratio("3 %")) < drug.tolerance == Mass("0.05 g")


@pytest.mark.parametrize("step", [*STEPS.values(), *SYRINGE.values()])
@pytest.mark.hazard("HZ-020")
def test_a_step_at_the_exact_edge_of_its_tolerance_stands_and_a_crumb_more_or_less_does_not(step):
    for edge in (step.tolerance, -step.tolerance):
        assert weighed(step, edge).within_tolerance
        assert weighed(step, edge).residual == edge
    assert not weighed(step, step.tolerance + CRUMB).within_tolerance
    assert not weighed(step, -step.tolerance - CRUMB).within_tolerance


def test_what_was_added_is_the_difference_of_two_readings():
    weighing = weigh(STEPS["drug"], Mass("263.89 g"), Mass("271.94 g"))
    assert weighing.added == Mass("8.05 g")
    assert weighing.within_tolerance


@pytest.mark.hazard("HZ-020")
def test_drug_left_out_or_drawn_up_twice_is_out_of_tolerance():
    drug = STEPS["drug"]
    assert not weigh(drug, EMPTY, EMPTY).within_tolerance
    assert not weigh(drug, EMPTY, EMPTY + Mass(drug.expected.value) * 2).within_tolerance


@pytest.mark.parametrize(("before", "after"), [("-1 g", "5 g"), ("20 g", "19.99 g")])
def test_a_balance_that_reads_below_zero_or_backwards_is_refused(before, after):
    assert codes(refusals(weigh, STEPS["drug"], Mass(before), Mass(after))) == ["weighing.backwards"]


@pytest.mark.hazard("HZ-028")
def test_an_expected_mass_that_rests_on_an_assumed_density_says_so():
    density = SHELF.protocol(LONG).preparation.drug_density
    assert STEPS["drug"].expected.weakest is density.confidence
    assert STEPS["drug"].expected.weakest.to_be_confirmed
