"""What a quantity is: read from text, exact, of one kind, never changed."""

import copy
import pickle
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from fractions import Fraction
from zoneinfo import ZoneInfo

import pytest
from pydantic import BaseModel, ValidationError

from ransel.language import Refused
from ransel.quantities import (
    Activity,
    Area,
    CellCount,
    ClearancePerArea,
    Concentration,
    DosePerArea,
    DoseRate,
    DoseRatePerArea,
    Duration,
    Length,
    Mass,
    Quantity,
    Rate,
    Ratio,
    Volume,
    parse,
)

AMSTERDAM = ZoneInfo("Europe/Amsterdam")
KINDS = sorted(Quantity.kinds.values(), key=lambda kind: kind.__name__)


@pytest.mark.parametrize(
    ("text", "same"),
    [
        ("16.4 kg", Mass(16400, "g")),
        ("5mg", Mass(5, "mg")),
        ("+5 mg", Mass(5, "mg")),
        ("  5   mg\n", Mass(5, "mg")),
        ("16.4\u00a0kg", Mass(16400, "g")),
        ("48 mL/24h", Rate(2, "mL/h")),
        ("48 mL / 24 h", Rate(2, "mL/h")),
        ("5 mg/ m2", DosePerArea(5, "mg/m2")),
        ("500/µL", CellCount(500, "/uL")),
        ("500 /μL", CellCount(500, "/uL")),
        ("95%", Ratio(Fraction(95, 100), "")),
        ("3 xULN", Ratio(3, "")),
        ("10 dagen", Duration(240, "h")),
        ("100 IE", Activity(100, "IU")),
    ],
)
def test_a_text_is_read_as_people_write_it(text, same):
    assert parse(text) == same


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("", "quantity.unreadable"),
        ("kg", "quantity.unreadable"),
        ("mg 5", "quantity.unreadable"),
        ("/ 5 mg", "quantity.unreadable"),
        ("5", "quantity.no-unit"),
        ("16,4 kg", "number.comma"),
        ("1,500 mL", "number.separators"),
        ("1 500 mL", "number.separators"),
        ("1\u202f500 mL", "number.separators"),
        ("5 2 mg", "number.separators"),
        ("5 24h", "number.separators"),
        ("- 5 mg", "number.unreadable"),
        ("1_000 mg", "number.unreadable"),
        ("٥ mg", "number.unreadable"),
        ("½ mg", "number.unreadable"),
        ("5 \x00mg", "number.unreadable"),
        ("5\x1fmg", "number.unreadable"),
        ("5 \u200bmg", "number.unreadable"),
        ("5 m\ng", "unit.unknown"),
        ("1e3 mg", "unit.unknown"),
        ("nan mg", "quantity.unreadable"),
        ("5 mg or so", "unit.unknown"),
        ("9" * 31 + " mg", "number.too-long"),
        ("5 mg" + " " * 100, "quantity.too-long"),
    ],
)
def test_a_text_that_could_mean_something_else_is_refused(text, code):
    with pytest.raises(Refused) as caught:
        parse(text)
    assert [refusal.code for refusal in caught.value.refusals] == [code]


def test_a_refused_number_is_shown_with_the_unit_it_was_given_with():
    with pytest.raises(Refused, match=r"'16,4 kg' has a comma, .*; write 16\.4\.$"):
        Mass("16,4 kg")


@pytest.mark.parametrize(
    ("text", "language", "symbol", "digits", "shown"),
    [
        ("6.8 mg/day", "nl", "mg/24h", None, "6,8 mg/24 h"),
        ("6.8 mg/day", "nl", "", None, "6,8 mg/dag"),
        ("6.8 mg/day", "en", "mg/d", 2, "6.80 mg/day"),
        ("3 days", "nl", "days", None, "3 dagen"),
        ("3 days", "en", "dagen", None, "3 days"),
        ("2 weeks", "nl", "weeks", None, "2 weken"),
        ("10 mg/m2/day", "en", "", None, "10 mg/m²/day"),
        ("90.5 mL/min/1.73m2", "nl", "", None, "90,5 mL/min/1,73 m²"),
        ("500/uL", "nl", "", None, "500/µL"),
        ("12345 IU", "nl", "", None, "12345 IE"),
        ("5 mcg", "en", "mcg", None, "5 µg"),
        ("0.95 xULN", "en", "xULN", None, "0.95 ×ULN"),
    ],
)
def test_a_quantity_is_shown_as_people_of_that_language_write_it(text, language, symbol, digits, shown):
    assert parse(text).text(language, symbol, digits) == shown


@pytest.mark.parametrize("wrong", [1.5, Decimal("1.5"), True, None, "2", [1]])
def test_only_exact_numbers_come_near_a_quantity(wrong):
    dose = Mass("5 mg")
    for calculate in (
        lambda: dose * wrong,
        lambda: wrong * dose,
        lambda: dose / wrong,
        lambda: dose + wrong,
        lambda: dose - wrong,
        lambda: dose < wrong,
        lambda: dose >= wrong,
    ):
        with pytest.raises(TypeError):
            calculate()
    with pytest.raises((TypeError, Refused)):
        Mass(wrong, "mg") if not isinstance(wrong, str) else Mass(wrong)


@pytest.mark.parametrize("arguments", [(5,), ("5 mg", "kg"), (Fraction(5),), (1.5, "mg"), (True, "mg")])
def test_a_quantity_is_a_text_or_a_number_with_a_unit_and_never_both(arguments):
    with pytest.raises(TypeError, match="a quantity is made from"):
        Mass(*arguments)


def test_quantities_of_different_kinds_do_not_mix():
    with pytest.raises(TypeError, match="a Mass cannot be added to a Volume"):
        Mass("1 mg") + Volume("1 mL")
    with pytest.raises(TypeError, match="a Mass cannot be compared with a Volume"):
        assert Mass("1 mg") < Volume("1 mL")
    with pytest.raises(TypeError, match="is not a Mass"):
        Mass(Rate("2 mL/h") * Duration("3 h"))
    with pytest.raises(TypeError, match="cannot be given in mL"):
        Mass("1 mg").to("mL")
    assert Mass("1 mg") != Volume("1 mL")


def test_units_carry_through_a_dose_calculation():
    daily = DoseRate(DoseRatePerArea("10 mg/m2/day") * Area("0.68 m2"))
    assert daily == DoseRate("6.8 mg/day")
    assert type(daily * Duration("10 days")) is Mass
    assert Rate(daily / Concentration("0.1 mg/mL")).to("mL/24h") == 68
    assert type(Mass("1 mg") / Mass("2 mg")) is Ratio
    assert Area(Length("102 cm") * Length("1 m")) == Area("1.02 m2")
    assert ClearancePerArea("173 mL/min/1.73m2").to("mL/min/m2") == 100


@pytest.mark.parametrize("kind", KINDS)
def test_every_kind_gives_an_example_that_it_reads_itself(kind):
    assert isinstance(kind.read(kind.example()), kind)
    assert eval(repr(kind(kind.example())), {kind.__name__: kind}) == kind(kind.example())  # noqa: S307 - our own text


@pytest.mark.parametrize(("name", "value"), [("magnitude", Fraction(1)), ("dimension", None), ("note", "x")])
def test_a_quantity_cannot_be_changed(name, value):
    dose = Mass("5 mg")
    with pytest.raises(AttributeError, match="cannot be changed"):
        setattr(dose, name, value)
    with pytest.raises(AttributeError, match="cannot be changed"):
        delattr(dose, name)
    assert dose == Mass("5 mg")


@pytest.mark.parametrize("dose", [Mass("5 mg"), Rate("48 mL/24h"), Mass("5 mg") * Volume("1 mL")])
def test_a_quantity_survives_a_pickle_and_a_copy_and_can_be_a_key(dose):
    for again in (pickle.loads(pickle.dumps(dose)), copy.copy(dose), copy.deepcopy(dose)):  # noqa: S301 - our own bytes
        assert again == dose
        assert type(again) is type(dose)
        assert {dose: "found"}[again] == "found"


@pytest.mark.parametrize(
    ("given", "code"),
    [
        (16.4, "quantity.not-text"),
        (16, "quantity.not-text"),
        (None, "quantity.not-text"),
        pytest.param(10**5000, "quantity.not-text", id="a number that Python does not write"),
        (["5 mg"], "quantity.not-text"),
        ("16.4 cm", "quantity.other-kind"),
        (Volume("1 mL"), "quantity.other-kind"),
        ("16.4", "quantity.no-unit"),
    ],
)
def test_what_a_file_gives_is_refused_with_an_example(given, code):
    with pytest.raises(Refused) as caught:
        Mass.read(given)
    assert caught.value.refusals[0].code == code
    assert "16.4 kg" in str(caught.value)


class _Child(BaseModel):
    weight: Mass


def test_a_quantity_in_a_record_is_written_so_that_it_reads_back():
    child = _Child(weight="16.4567 kg")
    assert child.model_dump_json() == '{"weight":"16456700 mg"}'
    assert _Child.model_validate_json(child.model_dump_json()) == child
    assert child.model_dump()["weight"] is child.weight


@pytest.mark.parametrize("given", ["16.4 cm", 16.4, "16,4 kg"])
def test_a_record_refuses_a_wrong_quantity_with_its_remedy(given):
    with pytest.raises(ValidationError, match="weight"):
        _Child(weight=given)


@pytest.mark.parametrize(
    ("start", "end", "hours"),
    [
        (datetime(2027, 3, 27, 14, tzinfo=AMSTERDAM), datetime(2027, 3, 28, 14, tzinfo=AMSTERDAM), 23),
        (datetime(2027, 10, 30, 14, tzinfo=AMSTERDAM), datetime(2027, 10, 31, 14, tzinfo=AMSTERDAM), 25),
        (datetime(2027, 2, 5, 14, tzinfo=AMSTERDAM), datetime(2027, 2, 15, 13, tzinfo=UTC), 240),
        (datetime(2027, 2, 5, 14, tzinfo=UTC), datetime(2027, 2, 5, 13, 30, tzinfo=UTC), Fraction(-1, 2)),
    ],
)
def test_the_time_between_two_instants_is_the_time_that_passes(start, end, hours):
    assert Duration.between(start, end) == Duration(hours, "h")


def test_the_time_between_instants_without_a_zone_is_not_guessed():
    naive = datetime(2027, 2, 5, 14)  # noqa: DTZ001 - that is what is being tested
    with pytest.raises(TypeError, match="with a zone"):
        Duration.between(naive, naive)


def test_a_duration_is_given_to_the_calendar_in_whole_seconds():
    assert Duration("90 min").timedelta == timedelta(minutes=90)
    assert Duration(Fraction(1, 3600), "h").timedelta == timedelta(seconds=1)
