"""What a unit means, and that a nearly right unit is refused."""

from fractions import Fraction

import pytest

from ransel.language import Refused
from ransel.quantities import CellCount, Dimension, unit
from ransel.quantities.unit import MOST_UNITS_KEPT


@pytest.mark.parametrize(
    ("symbol", "size", "dimension"),
    [
        ("kg", 1_000_000, Dimension(mass=1)),
        ("mcg", Fraction(1, 1000), Dimension(mass=1)),
        ("L", 1000, Dimension(volume=1)),
        ("week", 168, Dimension(time=1)),
        ("mL/24h", Fraction(1, 24), Dimension(volume=1, time=-1)),
        ("mL / 24 h", Fraction(1, 24), Dimension(volume=1, time=-1)),
        ("mg/m2/day", Fraction(1, 24), Dimension(mass=1, length=-2, time=-1)),
        ("/µL", 1000, Dimension(volume=-1)),
        ("mg·h/L", Fraction(1, 1000), Dimension(mass=1, time=1, volume=-1)),
        ("mg*h/L", Fraction(1, 1000), Dimension(mass=1, time=1, volume=-1)),
        ("µg/kg/min", Fraction(60, 10**9), Dimension(time=-1)),
        ("mL/min/1.73m2", Fraction(60 * 100, 173), Dimension(volume=1, time=-1, length=-2)),
    ],
)
def test_a_symbol_has_an_exact_size_and_a_dimension(symbol, size, dimension):
    assert (unit(symbol).size, unit(symbol).dimension) == (size, dimension)


@pytest.mark.parametrize(
    "symbol", ["Mg", "MG", "KG", "Kg", "ML", "Ml", "UG", "MCG", "H", "Min", "M2", "iu", "Day", "G"]
)
def test_a_unit_in_the_wrong_case_is_refused_and_the_remedy_lists_the_right_ones(symbol):
    with pytest.raises(Refused) as caught:
        unit(symbol)
    (refusal,) = caught.value.refusals
    assert refusal.code == "unit.unknown"
    for common in ("kg", "mg", "µg", "mL", "h", "m2", "IU", "mg/m2/day", "mL/24h"):
        assert f" {common}" in refusal.remedy.text("en")
    for common in ("kg", "mg", "µg", "mL", "uur", "m2", "IE", "mg/m2/dag", "mL/24h"):
        assert common in refusal.remedy.text("nl")


@pytest.mark.parametrize("language", ["en", "nl"])
def test_every_unit_that_the_remedy_lists_can_be_read(language):
    with pytest.raises(Refused) as caught:
        unit("Mg")
    listed = caught.value.refusals[0].remedy.text(language).split(": ")[1]
    for symbol in listed.replace("(or ", ", ").replace("(of ", ", ").replace(")", "").split(", "):
        assert unit(symbol).size > 0


@pytest.mark.parametrize(
    "symbol",
    [
        "U",
        "cc",
        "mg/",
        "mg//h",
        "/",
        "mg/2",
        "mg/0h",
        "mg/0.0h",
        "mg m2",
        "mg*",
        "·mg",
        "mg/1,5h",
        "mg/-1h",
        "mg/h/h/h/h",
        "mg\x00",
        "m\x1fg",
        "mg\u200b",
        pytest.param("x" * 1000, id="long"),
        pytest.param("mg/" * 50 + "h", id="deep"),
    ],
)
def test_anything_else_is_refused(symbol):
    with pytest.raises(Refused) as caught:
        unit(symbol)
    assert [refusal.code for refusal in caught.value.refusals] == ["unit.unknown"]
    assert str(caught.value).isprintable()


def test_units_from_outside_cannot_fill_the_memory():
    for count in range(1, MOST_UNITS_KEPT + 100):
        unit(f"mL/{count}h")
    assert unit.cache_info().currsize <= MOST_UNITS_KEPT
    assert unit("mL/24h").size == Fraction(1, 24)


@pytest.mark.parametrize(
    ("symbol", "english", "dutch"),
    [
        ("ug", "µg", "µg"),
        ("μL", "µL", "µL"),
        ("mg/m2/d", "mg/m²/day", "mg/m²/dag"),
        ("ml/24h", "mL/24 h", "mL/24 h"),
        ("ml*uur/l", "mL·h/L", "mL·h/L"),
        ("IE/dag", "IU/day", "IE/dag"),
        ("mL/min/1.73m2", "mL/min/1.73 m²", "mL/min/1,73 m²"),
    ],
)
def test_one_unit_is_shown_in_one_spelling_for_each_language(symbol, english, dutch):
    assert unit(symbol).text("en") == english
    assert unit(symbol).text("nl") == dutch
    assert unit(unit(symbol).text("en")).size == unit(symbol).size


def test_cells_are_read_as_dutch_laboratories_report_them():
    assert CellCount("1.45 x10^9/L") == CellCount("1450 /uL")
    assert CellCount("112 ×10⁹/L") == CellCount("112000 /µL")
