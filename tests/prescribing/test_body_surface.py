"""Body surface by six formulas, against published values and a second calculation."""

import math

import pytest
from prescribing.cases import child, order_for, refusals

from ransel.evidence import Confidence
from ransel.prescribing import BODY_SURFACE_FORMULAS, body_surface
from ransel.quantities import Area, Length, Mass, Rounding

PRINTED = [
    ("mosteller", "0.6817"),
    ("haycock", "0.6832"),
    ("du-bois", "0.6744"),
    ("gehan-george", "0.6994"),
    ("boyd", "0.7002"),
    ("weight-only", "0.6920"),
]
WRONG_IN_PUBLIC_CODE = {
    "boyd with the natural logarithm": lambda kg, cm: (
        0.0003207 * (kg * 1000) ** (0.7285 - 0.0188 * math.log(kg * 1000)) * cm**0.3
    ),
    "du-bois with 0.0087184": lambda kg, cm: 0.0087184 * kg**0.425 * cm**0.725,
}


def surface(formula, weight="16.4 kg", height="102 cm"):
    return body_surface(formula, Mass(weight), Length(height)).value


@pytest.mark.parametrize(("formula", "printed"), PRINTED)
@pytest.mark.hazard("HZ-031")
def test_each_formula_gives_the_printed_body_surface_of_a_child_of_16_4_kg_and_102_cm(formula, printed):
    assert surface(formula).text("en", "m2", 4) == f"{printed} m²"


def test_all_six_formulas_are_proved():
    assert [formula for formula, _ in PRINTED] == list(BODY_SURFACE_FORMULAS)


def test_body_surface_by_weight_alone_gives_0_74_for_18_kg_as_the_published_table():
    assert surface("weight-only", "18 kg").text("en", "m2", 2) == "0.74 m²"


def test_body_surface_by_weight_alone_does_not_change_with_height():
    assert surface("weight-only", height="85 cm") == surface("weight-only", height="120 cm")


@pytest.mark.parametrize("wrong", WRONG_IN_PUBLIC_CODE.values(), ids=WRONG_IN_PUBLIC_CODE)
def test_none_of_the_formulas_is_the_wrong_version_that_circulates(wrong):
    mistaken = wrong(16.4, 102)
    assert all(abs(float(surface(formula).magnitude) - mistaken) > 0.05 for formula in BODY_SURFACE_FORMULAS)


def test_units_of_the_entry_make_no_difference():
    assert surface("boyd", "16400 g", "1.02 m") == surface("boyd")


@pytest.mark.hazard("HZ-018")
def test_the_rounded_body_surface_keeps_the_unrounded_one_beside_it():
    rounded = body_surface("mosteller", Mass("16.4 kg"), Length("102 cm"), rounding=Rounding.read("nearest 0.01 m2"))
    assert rounded.value == Area("0.68 m2")
    assert rounded.unrounded.text("en", "m2", 6) == "0.681665 m²"


def test_a_formula_that_nobody_knows_is_refused_with_those_that_are_known():
    (refusal,) = refusals(body_surface, "dubois", Mass("16.4 kg"), Length("102 cm"))
    assert (refusal.code, refusal.value) == ("body-surface.unknown", "dubois")
    assert all(known in refusal.values["known"] for known in BODY_SURFACE_FORMULAS)


@pytest.mark.hazard("HZ-028")
def test_the_formula_known_only_by_heart_says_so():
    marks = {name: formula.confidence for name, formula in BODY_SURFACE_FORMULAS.items()}
    assert marks.pop("weight-only") is Confidence.RECALLED
    assert set(marks.values()) == {Confidence.SEEN}


def test_the_order_says_why_this_formula_was_chosen():
    order = order_for()
    assert order.body_surface.note == order.protocol.dose.body_surface_source.value


def test_a_body_surface_outside_the_bounds_of_the_protocol_is_refused():
    protocol = order_for().protocol
    least = protocol.bounds.body_surface_least.model_copy(update={"value": Area("0.7 m2")})
    narrow = protocol.model_copy(update={"bounds": protocol.bounds.model_copy(update={"body_surface_least": least})})
    (refusal,) = refusals(order_for, child(), narrow)
    assert (refusal.code, refusal.value) == ("body-surface.impossible", "0.6817 m²")
