"""The worked example of a child of 16.4 kg and 102 cm, to every printed digit."""

import pytest
from compounding.cases import plan, with_preparation
from prescribing.cases import LONG, SHELF, SHORT, codes, order_for, refusals, with_dose

from ransel.compounding import other_readings
from ransel.evidence import Confidence, assumed
from ransel.quantities import Concentration, Mass, Quantity, Rate, Ratio, Rounding, Volume

CASSETTE = plan().containers[0].recipe
SYRINGE = plan("syringes").containers[0].recipe
BAG = plan("bags", SHORT).containers[0]


def shown(value, unit, digits):
    quantity = value if isinstance(value, Quantity) else value.value
    return quantity.text("en", unit, digits)


def readings():
    return {name: protocol for name, _, protocol in other_readings(SHELF.protocol(LONG))}


@pytest.mark.parametrize(
    ("what", "unit", "digits", "printed"),
    [
        (order_for().body_surface, "m2", 6, "0.681665 m²"),
        (order_for().daily_dose, "mg/day", 3, "6.817 mg/day"),
        (order_for().daily_dose, "mg/h", 4, "0.2840 mg/h"),
        (CASSETTE.ordered, "mg", 3, "34.083 mg"),
        (order_for().course_dose, "mg", 3, "68.166 mg"),
        (CASSETTE.concentration, "mg/mL", 6, "0.142013 mg/mL"),
        (CASSETTE.drug, "mg", 3, "35.503 mg"),
        (CASSETTE.fill, "mL", 2, "250.00 mL"),
        (CASSETTE.delivers, "mL", 2, "240.00 mL"),
        (CASSETTE.overfill, "mL", 2, "10.00 mL"),
        (CASSETTE.drug.value - CASSETTE.delivered.value, "mg", 3, "1.420 mg"),
        (CASSETTE.volume("drug"), "mL", 3, "7.890 mL"),
        (CASSETTE.volume("albumin"), "mL", 2, "12.50 mL"),
        (CASSETTE.volume("diluent"), "mL", 2, "229.61 mL"),
        (CASSETTE.volume("drug") / Volume("4.5 mL") * Volume("1 mL"), "mL", 3, "1.753 mL"),
        (SYRINGE.drug, "mg", 3, "7.101 mg"),
        (SYRINGE.volume("drug"), "mL", 3, "1.578 mL"),
        (SYRINGE.delivers, "mL", 0, "48 mL"),
        (BAG.recipe.drug, "mg", 3, "13.633 mg"),
        (BAG.recipe.volume("drug"), "mL", 3, "3.030 mL"),
        (BAG.recipe.fill, "mL", 0, "100 mL"),
        (BAG.rate, "mL/h", 1, "12.5 mL/h"),
    ],
)
@pytest.mark.hazard("HZ-031")
def test_the_worked_example_comes_out_to_every_printed_digit(what, unit, digits, printed):
    assert shown(what, unit, digits) == printed


@pytest.mark.hazard("HZ-018")
def test_the_worked_example_with_a_body_surface_rounded_to_0_68():
    rounded = with_dose(SHELF.protocol(LONG), surface_rounding=Rounding.read("nearest 0.01 m2"))
    recipe = plan(protocol=rounded).containers[0].recipe
    assert recipe.ordered.value == Mass("34 mg")
    assert (shown(recipe.drug, "mg", 3), shown(recipe.volume("drug"), "mL", 3)) == ("35.417 mg", "7.870 mL")
    change = Ratio((recipe.drug.value - CASSETTE.drug.value) / CASSETTE.drug.value)
    assert change.text("en", "%", 2) == "-0.24 %"


@pytest.mark.hazard("HZ-024")
def test_the_rate_follows_from_volume_and_time_and_240_ml_in_120_hours_is_2_ml_per_hour():
    assert plan().containers[0].rate == Rate("2 mL/h") == plan("syringes").containers[0].rate


@pytest.mark.hazard("HZ-024")
def test_the_rate_on_the_label_of_the_product_agrees_with_the_rate_that_follows_where_the_label_is_exact():
    options = SHELF.protocol(LONG).containers.options.values()
    assert all(option.rate == option.label_rate.value for option in options)


# the two readings of the label


@pytest.mark.hazard("HZ-019")
def test_albumin_read_per_100_ml_of_saline_gives_11_53_ml_in_230_58_and_0_92_percent():
    recipe = plan(protocol=readings()["albumin-per-diluent"]).containers[0].recipe
    assert shown(recipe.volume("diluent"), "mL", 2) == "230.58 mL"
    assert shown(recipe.volume("albumin"), "mL", 2) == "11.53 mL"
    assert Ratio(recipe.volume("albumin") * Ratio("20 %") / recipe.fill).text("en", "%", 2) == "0.92 %"
    assert recipe.volume("albumin") == Volume(recipe.volume("diluent") * Ratio("5 %"))


@pytest.mark.hazard("HZ-019")
def test_the_reading_of_the_label_changes_albumin_and_saline_but_never_the_drug():
    other = plan(protocol=readings()["albumin-per-diluent"]).containers[0].recipe
    assert other.volume("drug") == CASSETTE.volume("drug")
    assert other.concentration.value == CASSETTE.concentration.value


@pytest.mark.hazard("HZ-019")
def test_the_dose_lies_in_what_is_delivered_and_the_overfill_comes_on_top():
    assert CASSETTE.delivered.value == CASSETTE.ordered.value
    assert CASSETTE.drug.value == Mass(CASSETTE.ordered.value * 250 / 240)


@pytest.mark.hazard("HZ-019")
def test_a_dose_that_lies_in_the_whole_container_would_give_the_patient_4_percent_less():
    recipe = plan(protocol=readings()["dose-in-fill"]).containers[0].recipe
    assert recipe.drug.value == recipe.ordered.value
    assert recipe.delivered.value == Mass(recipe.ordered.value * Ratio("96 %"))


@pytest.mark.hazard("HZ-019")
def test_the_choice_where_the_dose_lies_carries_its_source():
    assert CASSETTE.concentration.source == SHELF.protocol(LONG).preparation.dose_lies_in_source.source


def test_every_other_reading_is_offered_once():
    assert sorted(readings()) == ["albumin-per-diluent", "dose-in-fill"]


# what goes in


def test_ingredients_come_in_the_order_of_making():
    assert [one.id for one in CASSETTE.ingredients] == ["diluent", "albumin", "drug"]


def test_there_is_nothing_of_an_ingredient_that_is_not_in_the_recipe():
    assert CASSETTE.ingredient("glucose") is None
    assert CASSETTE.volume("glucose") == Volume("0 mL")


def test_a_recipe_whose_drug_leaves_no_room_is_refused():
    protocol = SHELF.protocol(LONG)
    weak = protocol.product.model_copy(update={"strength": assumed(Concentration("0.1 mg/mL"), "for a test")})
    assert codes(refusals(plan, protocol=protocol.model_copy(update={"product": weak}))) == ["recipe.does-not-fit"]


def test_a_recipe_without_additives_is_drug_and_saline():
    recipe = plan(protocol=with_preparation(SHELF.protocol(LONG), additives=())).containers[0].recipe
    assert [one.id for one in recipe.ingredients] == ["diluent", "drug"]
    assert recipe.volume("diluent") + recipe.volume("drug") == recipe.fill


@pytest.mark.hazard("HZ-028")
def test_a_recipe_is_as_sure_as_its_least_sure_number():
    assert CASSETTE.volume("drug")
    assert CASSETTE.ingredient("drug").volume.weakest is Confidence.SEEN
    assert SYRINGE.drug.weakest is Confidence.RECALLED
    assert SYRINGE.drug.weakest.to_be_confirmed
