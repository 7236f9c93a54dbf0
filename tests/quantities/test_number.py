"""How numbers are read and written: exactly, and never by guessing."""

from fractions import Fraction

import pytest

from ransel.language import Refused
from ransel.quantities import exact_root, log10, number_text, parse_number, plain_decimal, power


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("16.4", Fraction(164, 10)),
        ("0", 0),
        ("0.1", Fraction(1, 10)),
        ("-3", -3),
        ("+5", 5),
        ("007", 7),
        ("9" * 30, 10**30 - 1),
    ],
)
def test_a_plain_number_is_read_exactly(text, value):
    assert parse_number(text) == value


@pytest.mark.parametrize(
    ("text", "suggestion"), [("16,4", "16.4"), ("0,125", "0.125"), ("-0,5", "-0.5"), ("3,1416", "3.1416")]
)
def test_a_decimal_comma_is_refused_with_the_number_to_write(text, suggestion):
    with pytest.raises(Refused) as caught:
        parse_number(text)
    assert caught.value.refusals[0].code == "number.comma"
    assert f"; write {suggestion}." in str(caught.value)


@pytest.mark.parametrize("text", ["1,500", "1,000", "1.234,5", "1,234.5", "1,234,567", "1.234.567", "1 500", "1'500"])
def test_a_number_that_may_hold_a_thousand_is_refused_without_a_guess(text):
    with pytest.raises(Refused) as caught:
        parse_number(text)
    assert caught.value.refusals[0].code == "number.separators"


@pytest.mark.parametrize(
    "text",
    [
        "",
        ".5",
        "5.",
        "1e3",
        "nan",
        "inf",
        "-inf",
        "1_000",
        "0x1f",
        "--5",
        "+-5",
        "5-",
        " 5",
        "5\n",
        "½",
        "٥",
        "５",
        "1/2",
    ],
)
def test_anything_else_is_refused(text):
    with pytest.raises(Refused) as caught:
        parse_number(text)
    assert caught.value.refusals[0].code == "number.unreadable"


@pytest.mark.parametrize(
    "text",
    ["9" * 31, "0." + "1" * 29, pytest.param("1" * 100_000, id="digits"), pytest.param("1,2" * 100_000, id="commas")],
)
def test_a_number_of_more_than_thirty_characters_is_refused_before_it_is_looked_at(text):
    with pytest.raises(Refused) as caught:
        parse_number(text)
    assert caught.value.refusals[0].code == "number.too-long"


@pytest.mark.parametrize(
    ("value", "plain"),
    [
        (Fraction(0), "0"),
        (Fraction(164, 10), "16.4"),
        (Fraction(-1, 8), "-0.125"),
        (Fraction(1000), "1000"),
        (Fraction(1, 3), "0.333333333333"),
        (Fraction(2, 3), "0.666666666667"),
        (Fraction(10**15), "1000000000000000"),
        (Fraction(1, 10**9), "0.000000001"),
    ],
)
def test_a_plain_decimal_has_at_most_twelve_significant_digits_and_no_exponent(value, plain):
    assert plain_decimal(value) == plain


@pytest.mark.parametrize(
    ("value", "digits", "english", "dutch"),
    [
        (Fraction("16.4"), None, "16.4", "16,4"),
        (Fraction("0.123456"), None, "0.1235", "0,1235"),
        (Fraction(12345), None, "12345", "12345"),
        (Fraction("12345.6"), None, "12346", "12346"),
        (Fraction("9999.5"), None, "10000", "10000"),
        (Fraction("1234567.5"), None, "1234568", "1234568"),
        (Fraction("2.5"), 0, "3", "3"),
        (Fraction("2.345"), 2, "2.35", "2,35"),
        (Fraction(2), 2, "2.00", "2,00"),
        (Fraction("-0.001"), 1, "0.0", "0,0"),
    ],
)
def test_a_number_for_people_keeps_every_digit_before_the_point(value, digits, english, dutch):
    assert number_text(value, "en", digits) == english
    assert number_text(value, "nl", digits) == dutch


def test_roots_powers_and_logarithms_have_thirty_four_digits():
    assert abs(exact_root(Fraction(2)) ** 2 - 2) < Fraction(1, 10**32)
    assert exact_root(Fraction(9, 4)) == Fraction(3, 2)
    assert abs(power(Fraction(2), Fraction(1, 2)) - exact_root(Fraction(2))) < Fraction(1, 10**32)
    assert log10(Fraction(1000)) == 3
