"""What people type becomes data, or a reason at its field; no number is taken for a thousand times itself."""

import pytest
from django.http import QueryDict
from hypothesis import given
from hypothesis import strategies as st

from ransel.language import Refused

pytestmark = pytest.mark.usefixtures("django_ready")


@pytest.mark.parametrize(
    ("typed", "read"),
    [("16,4", "16.4"), ("16.4", "16.4"), ("16", "16"), (" 16,40 ", "16.40"), ("0,250", "0.250"), ("−1,5", "-1.5")],
)
def test_a_decimal_comma_and_a_decimal_point_are_the_same(typed, read):
    from ransel.hospital.forms import plain_number

    assert plain_number(typed, "weight") == read


@pytest.mark.parametrize("typed", ["1.450", "1,450", "16.400", "112,345"])
def test_what_could_be_thousands_is_refused_and_says_how_to_write_it(typed):
    from ransel.hospital.forms import plain_number

    with pytest.raises(Refused) as refused:
        plain_number(typed, "neutrophils")
    assert [one.code for one in refused.value.refusals] == ["form.thousands"]


@pytest.mark.parametrize(
    "typed", ["", "16,4 kg", "1e3", "١٦", "16,4,1", "NaN", "inf", "0x10", "1_000", "½", "12,345,678"]
)
def test_what_is_no_number_is_refused(typed):
    from ransel.hospital.forms import plain_number

    with pytest.raises(Refused):
        plain_number(typed, "weight")


@pytest.mark.property
@given(st.integers(0, 10**6), st.integers(0, 99), st.sampled_from(".,"))
def test_a_number_of_two_decimals_is_read_as_itself(whole, hundredths, point):
    from fractions import Fraction

    from ransel.hospital.forms import plain_number

    read = plain_number(f"{whole}{point}{hundredths:02d}", "weight")
    assert Fraction(read) == Fraction(whole * 100 + hundredths, 100)


@pytest.mark.hazard("HZ-090")
def test_an_hour_that_the_clock_skips_is_refused_and_one_that_comes_twice_is_the_first():
    from ransel.hospital.forms import read_local_minute

    with pytest.raises(Refused) as refused:
        read_local_minute("2027-03-28T02:30", "start")
    assert refused.value.refusals[0].code == "form.skipped-hour"
    assert read_local_minute("2027-10-31T02:30", "start").isoformat() == "2027-10-31T00:30:00+00:00"
    assert read_local_minute("2027-10-31T03:30", "start").isoformat() == "2027-10-31T02:30:00+00:00"


def test_everything_that_is_wrong_is_told_at_once_each_at_its_field_and_what_was_typed_stays():
    from ransel.hospital.forms import Field, filled, read_answers

    fields = (
        Field(name="weight", kind="quantity", unit="kg"), Field(name="measured", kind="day"),
        Field(name="cause", kind="choice", choices=(("leak", "leak"),)), Field(name="seen_at", kind="moment"),
        Field(name="pain", kind="number", needed=False), Field(name="secret", kind="password"),
    )  # fmt: skip
    post = QueryDict("weight=much&measured=30-2-2027&cause=magic&seen_at=noon&pain=&secret=x")
    answers = read_answers(fields, post)
    assert {one.field for one in answers.refusals} == {"weight", "measured", "cause", "seen_at"}
    shown = {one.field.name: one for one in filled(fields, answers.typed, answers.refusals)}
    assert (shown["weight"].typed, shown["cause"].typed) == ("much", "magic")
    assert shown["secret"].typed == ""
    assert all(shown[name].wrong for name in ("weight", "measured", "cause", "seen_at"))


def test_a_reason_at_a_part_of_a_field_is_shown_at_the_field_and_others_on_top():
    from ransel.hospital.forms import Field, elsewhere, filled
    from ransel.language import Refusal

    fields = (Field(name="lots", kind="line"),)
    wrong = (Refusal("batch.lot-missing", "lots.drug"), Refusal("chart.no-go", "container", "1"))
    assert [one.code for one in filled(fields, None, wrong)[0].wrong] == ["batch.lot-missing"]
    assert [one.code for one in elsewhere(fields, wrong)] == ["chart.no-go"]
