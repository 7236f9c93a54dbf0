"""How a protocol rounds: where it says so, in the direction it says, and never into another kind."""

import pytest

from ransel.language import Refused
from ransel.quantities import Mass, Rounding, Volume


@pytest.mark.parametrize(
    ("rule", "given", "rounded"),
    [
        ("none", "1.2345 mg", "1.2345 mg"),
        ("nearest 0.1 mg", "1.24 mg", "1.2 mg"),
        ("nearest 0.1 mg", "1.25 mg", "1.3 mg"),
        ("nearest 0.1 mg", "-1.25 mg", "-1.2 mg"),
        ("up 1 mg", "1.001 mg", "2 mg"),
        ("up 1 mg", "2 mg", "2 mg"),
        ("down 0.5 mg", "1.49 mg", "1 mg"),
        ("nearest 2.5 mg", "11 mg", "10 mg"),
        ("up 1 g", "1 mg", "1000 mg"),
    ],
)
def test_a_rule_rounds_to_a_multiple_of_its_step(rule, given, rounded):
    assert Rounding.read(rule).apply(Mass(given)) == Mass(rounded)


@pytest.mark.parametrize("rule", ["", "nearest", "nearest ", "up", "sideways 1 mg", "Up 1 mg", "up 0 mg", "down -1 mg"])
def test_what_is_no_rule_is_refused(rule):
    with pytest.raises(Refused) as caught:
        Rounding.read(rule)
    assert caught.value.refusals[0].code == "rounding.unreadable"


@pytest.mark.parametrize(("rule", "code"), [("up 1", "quantity.no-unit"), ("up 0,1 mg", "number.comma")])
def test_a_wrong_step_is_refused_for_its_own_reason(rule, code):
    with pytest.raises(Refused) as caught:
        Rounding.read(rule)
    assert caught.value.refusals[0].code == code


def test_a_mass_cannot_be_rounded_to_a_volume():
    with pytest.raises(TypeError, match="is not a Ratio"):
        Rounding.read("nearest 0.1 mL").apply(Mass("5 mg"))


@pytest.mark.parametrize(
    ("rule", "english", "dutch"),
    [
        ("none", "not rounded", "niet afgerond"),
        (
            "nearest 0.1 mL",
            "rounded to the nearest multiple of 0.1 mL",
            "afgerond op het dichtstbijzijnde veelvoud van 0,1 mL",
        ),
        ("up 1 mg", "rounded up to a multiple of 1 mg", "naar boven afgerond op een veelvoud van 1 mg"),
        ("down 0.5 mg", "rounded down to a multiple of 0.5 mg", "naar beneden afgerond op een veelvoud van 0,5 mg"),
    ],
)
def test_a_rule_can_be_read_aloud_in_both_languages(rule, english, dutch):
    assert Rounding.read(rule).text("en") == english
    assert Rounding.read(rule).text("nl") == dutch


def test_a_rule_is_a_value_that_can_be_compared():
    assert Rounding.read("up 1 mL") == Rounding("up", Volume("1 mL"))
    assert hash(Rounding.read("up 1 mL")) == hash(Rounding("up", Volume("1 mL")))
