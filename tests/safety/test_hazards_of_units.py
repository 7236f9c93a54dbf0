"""Rates and doses that look alike and are not."""

import pytest
from prescribing.cases import codes, refusals

from ransel.language import LANGUAGES, Refused
from ransel.quantities import DoseRate, Mass, Quantity, Rate, Volume


@pytest.mark.hazard("HZ-024")
def test_48_ml_per_24_h_is_2_ml_per_hour_and_never_48():
    assert Rate("48 mL/24h") == Rate("2 mL/h") == Rate("48 mL/day")
    assert Rate("48 mL/24h") * 24 == Rate("48 mL/h")
    assert Rate("48 mL/24h") != Rate("48 mL/h")


@pytest.mark.hazard("HZ-024")
@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("unit", ["mL/h", "mL/24h", "mL/day"])
def test_a_rate_is_never_shown_without_its_time(unit, language):
    assert "/" in Rate("2 mL/h").text(language, unit)


@pytest.mark.hazard("HZ-024")
@pytest.mark.parametrize("text", ["48", "48 mL", "48 h", "48 mL/", "48 mL/24", "48 mL 24 h", "48 mL/24 h/day"])
def test_a_rate_without_a_time_is_refused(text):
    with pytest.raises(Refused):
        Rate.read(text)


@pytest.mark.hazard("HZ-024")
def test_a_rate_is_no_volume_and_a_volume_no_rate():
    with pytest.raises(TypeError):
        Volume(Rate("2 mL/h"))
    with pytest.raises(TypeError):
        Rate("2 mL/h") + Volume("2 mL")


@pytest.mark.hazard("HZ-002")
@pytest.mark.parametrize("micro", ["µg", "μg", "ug", "mcg"])
def test_a_microgram_is_a_thousandth_of_a_milligram_however_it_is_typed(micro):
    assert Mass(f"6817 {micro}") == Mass("6.817 mg")
    assert Mass(f"6.817 {micro}") * 1000 == Mass("6.817 mg")


@pytest.mark.hazard("HZ-002")
@pytest.mark.parametrize("text", ["6.8 Mg", "6.8 MG", "6.8 m", "6.8 mgs", "6.8 γ", "6.8 mg/mg", "6.8 IU"])
def test_a_mass_in_a_unit_that_could_be_another_is_refused(text):
    with pytest.raises(Refused):
        Mass.read(text)


@pytest.mark.hazard("HZ-002")
def test_a_dose_is_shown_in_micrograms_with_the_sign_that_no_one_reads_as_milligrams():
    assert Mass("0.0068 mg").text("en", "ug") == "6.8 µg"


@pytest.mark.hazard("HZ-001")
@pytest.mark.parametrize("text", ["6,8 mg", "6.800,5 mg", "6'800 mg", "6 800 mg", "6.8e1 mg", "6..8 mg", "6.8.1 mg"])
def test_a_number_that_can_be_read_in_two_ways_is_not_read(text):
    assert codes(refusals(Mass.read, text))[0].split(".")[0] in {"number", "quantity", "unit"}


@pytest.mark.hazard("HZ-001")
@pytest.mark.parametrize(
    ("dose", "shown"), [("0.5 mg/day", "0.5"), ("5 mg/day", "5"), ("50 mg/day", "50"), ("6.8170 mg/day", "6.817")]
)
def test_a_dose_is_shown_with_a_leading_zero_and_without_trailing_ones(dose, shown):
    assert DoseRate(dose).text("en", "mg/day") == f"{shown} mg/day"
    assert DoseRate(dose).text("nl", "mg/day") == f"{shown.replace('.', ',')} mg/dag"


@pytest.mark.hazard("HZ-001")
def test_no_quantity_comes_from_a_number_alone():
    for number in (6.8, 68, "68"):
        with pytest.raises((TypeError, Refused)):
            Quantity(number)
