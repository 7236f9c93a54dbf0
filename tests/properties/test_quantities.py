"""What holds for every quantity, whatever its size: reading, writing, calculating, rounding.

Two independent libraries are asked for a second opinion on units: pint, and ucumvert for UCUM spellings.
"""

import operator
import re
from fractions import Fraction
from functools import cache

import pint
import pytest
from hypothesis import given
from hypothesis import strategies as st
from ucumvert import PintUcumRegistry

from ransel.language import LANGUAGES, Refused
from ransel.quantities import Mass, Quantity, Rounding, number_text, parse, parse_number, plain_decimal, unit
from ransel.quantities.unit import SYMBOLS, Dimension

pytestmark = pytest.mark.property

KINDS = sorted(Quantity.kinds.values(), key=lambda kind: kind.__name__)
COMPARISONS = (operator.lt, operator.le, operator.gt, operator.ge)
# Where pint writes a unit differently; international units, °C and limits of normal are not compared.
PINT_SPELLING = {"m2": "m**2", "m²": "m**2", "%": "percent", "weken": "week", "dag": "day", "dagen": "day", "uur": "h"}
IN_PINT = sorted(SYMBOLS.keys() - {"IU", "IE", "°C", "xULN", "×ULN", "x10^9", "×10^9", "x10⁹", "×10⁹"})
# Units that are written the same in UCUM.
UCUM_NUMERATORS = ["kg", "g", "mg", "ug", "ng", "L", "l", "dL", "mL", "uL", "mol", "mmol", "m", "cm", "m2", "%"]
UCUM_DENOMINATORS = ["kg", "m2", "d", "h", "min", "s", "L", "dL", "mL", "uL"]
# The size of our base units in those of the SI, which pint uses: mg, mL, h, m, mmol.
SI_SIZE = {
    "mass": Fraction(1, 10**6),
    "volume": Fraction(1, 10**6),
    "time": Fraction(3600),
    "length": Fraction(1),
    "amount": Fraction(1, 1000),
}


def short_numbers(most=10**12 - 1):
    """Numbers of at most twelve significant digits, as JSON carries them."""
    return st.builds(lambda digits, scale: Fraction(digits, 10**scale), st.integers(-most, most), st.integers(0, 9))


def numbers():
    return st.fractions(-(10**9), 10**9, max_denominator=10**6)


def quantities(kinds=KINDS, values=None):
    values = numbers() if values is None else values
    return st.builds(lambda kind, number: kind(number, kind.usual_unit), st.sampled_from(kinds), values)


def same_kind(count):
    return st.sampled_from(KINDS).flatmap(lambda kind: st.tuples(*[quantities([kind])] * count))


def scribbles():
    """Texts that look enough like quantities to come deep into the reader."""
    pieces = st.sampled_from(
        [*SYMBOLS, *"0123456789.,+-/·*% eE_\n\t\x00\x1f", "\u00a0", "\u202e", "½", "٥", "×", "nan"]
    )
    return st.one_of(st.text(), st.lists(pieces, max_size=12).map("".join))


def refusals(read, value):
    """Return what was refused; anything else that goes wrong fails the test."""
    try:
        read(value)
    except Refused as refused:
        return refused.refusals
    return ()


# reading and writing


@given(quantities(values=short_numbers()))
def test_the_plain_text_of_a_quantity_reads_back_as_the_same_quantity(quantity):
    assert parse(quantity.plain_text()) == quantity
    assert type(quantity)(quantity.plain_text()) == quantity


@given(quantities())
def test_a_quantity_that_was_written_once_never_changes_again(quantity):
    once = parse(quantity.plain_text())
    assert once.plain_text() == quantity.plain_text()
    assert abs(once.magnitude - quantity.magnitude) <= abs(quantity.magnitude) * Fraction(5, 10**12)


@given(short_numbers())
def test_a_plain_decimal_is_a_number_that_can_be_read(value):
    assert parse_number(plain_decimal(value)) == value


@given(short_numbers(10**6), st.sampled_from(sorted(SYMBOLS)))
def test_a_number_and_a_unit_are_read_as_that_many_units(value, symbol):
    assert parse(f"{plain_decimal(value)} {symbol}").to(symbol) == value


@given(numbers(), st.one_of(st.none(), st.integers(0, 6)))
def test_dutch_and_english_show_the_same_digits(value, digits):
    english, dutch = (number_text(value, language, digits) for language in ("en", "nl"))
    assert dutch.replace(",", ".") == english
    assert "." not in dutch


@given(numbers(), st.integers(0, 6))
def test_a_number_with_so_many_decimals_is_the_nearest_one(value, digits):
    shown = number_text(value, "en", digits)
    assert len(shown.partition(".")[2]) == digits
    assert abs(Fraction(shown) - value) <= Fraction(1, 2 * 10**digits)


@given(numbers())
def test_a_number_for_people_is_never_more_than_a_half_thousandth_off(value):
    assert abs(Fraction(number_text(value)) - value) <= min(abs(value) / 2000, Fraction(1, 2))


# bad input


@given(scribbles())
def test_a_text_is_read_or_refused_in_words_and_nothing_else_happens(text):
    for read in (parse, Mass.read, Rounding.read, parse_number, unit):
        for refusal in refusals(read, text):
            assert all(refusal.text(language).isprintable() for language in LANGUAGES)


@given(scribbles())
def test_what_is_read_is_the_number_that_stands_there_and_no_other(text):
    if refusals(parse, text):
        return
    quantity = parse(text)
    written = re.fullmatch(r"\s*([+-]?[0-9]+(?:\.[0-9]+)?)\s*([^\s0-9].*)", text, re.DOTALL)
    assert written
    assert quantity.to(written[2]) == Fraction(written[1])


json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=20),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3),
)


@given(st.sampled_from(KINDS), json_values)
def test_what_a_file_gives_is_a_quantity_of_that_kind_or_is_refused(kind, value):
    refused = refusals(kind.read, value)
    assert all(refusal.text().isprintable() for refusal in refused)
    assert refused or isinstance(kind.read(value), kind)


@given(quantities(), st.floats())
def test_a_float_never_comes_into_a_quantity(quantity, number):
    for calculate in (operator.mul, operator.truediv, operator.add, operator.sub, *COMPARISONS):
        with pytest.raises(TypeError):
            calculate(quantity, number)
    with pytest.raises(TypeError):
        type(quantity)(number, quantity.usual_unit)
    assert quantity != number


@given(quantities(), quantities())
def test_quantities_of_different_kinds_never_mix(one, other):
    if one.dimension == other.dimension:
        return
    for calculate in (operator.add, operator.sub, *COMPARISONS):
        with pytest.raises(TypeError):
            calculate(one, other)
    with pytest.raises(TypeError):
        type(one)(other)
    with pytest.raises(TypeError):
        one.to(other.usual_unit)
    assert one != other


# calculating


@given(same_kind(3))
def test_addition_keeps_its_laws_exactly(three):
    a, b, c = three
    assert a + b == b + a
    assert (a + b) + c == a + (b + c)
    assert a + b - b == a
    assert a + -a == a * 0
    assert type(a + b) is type(a)
    assert (a < b) == (b > a) == (not a >= b)


@given(quantities(), quantities(), numbers())
def test_multiplication_keeps_its_laws_exactly(a, b, number):
    assert a * b == b * a
    assert a * number == number * a
    assert (a * number) * b == (a * b) * number
    assert (a + a) * b == a * b + a * b
    if b:
        assert a * b / b == a
        assert type(a * b / b) is type(a)
    if number:
        assert a * number / number == a


@given(quantities())
def test_equal_quantities_have_equal_hashes(quantity):
    assert hash(parse("2 mg") * quantity) == hash(quantity * parse("0.002 g"))


units_by_dimension = {
    dimension: sorted(symbol for symbol, (_, other) in SYMBOLS.items() if other == dimension)
    for dimension in {dimension for _, dimension in SYMBOLS.values()}
}


@given(
    numbers(),
    st.sampled_from(sorted(units_by_dimension.values())).flatmap(lambda s: st.tuples(*[st.sampled_from(s)] * 2)),
)
def test_conversion_there_and_back_loses_nothing(number, two):
    first, second = two
    quantity = Quantity(number, first)
    assert quantity.to(first) == number
    assert Quantity(quantity.to(second), second) == quantity


# rounding


def roundings(quantity):
    step = abs(quantity) if quantity else type(quantity)(1, quantity.usual_unit)
    return {direction: Rounding(direction, step) for direction in ("nearest", "up", "down")}


@given(same_kind(2))
def test_rounding_keeps_its_promises(two):
    quantity, other = two
    rules = roundings(other)
    step = rules["up"].step
    up, down, nearest = (rules[direction].apply(quantity) for direction in ("up", "down", "nearest"))
    assert down <= quantity <= up
    assert up - quantity < step
    assert quantity - down < step
    assert abs(nearest - quantity) * 2 <= step
    assert nearest in {up, down}
    assert up == -rules["down"].apply(-quantity)


@given(same_kind(3))
def test_rounding_twice_is_rounding_once_and_keeps_the_order(three):
    low, high = sorted(three[:2])
    for rule in roundings(three[2]).values():
        rounded = rule.apply(low)
        assert rule.apply(rounded) == rounded
        assert (rounded / rule.step).magnitude.denominator == 1
        assert rounded <= rule.apply(high)
        assert type(rounded) is type(low)


@given(quantities(), quantities())
def test_a_quantity_is_never_rounded_into_another_kind(quantity, step):
    if quantity.dimension == step.dimension:
        return
    for rule in roundings(step).values():
        with pytest.raises(TypeError):
            rule.apply(quantity)


# a second opinion


@cache
def exact_registry():
    return pint.UnitRegistry(non_int_type=Fraction)


@cache
def ucum_registry():
    return PintUcumRegistry()


def in_si(size, dimension: Dimension):
    for name, factor in SI_SIZE.items():
        size *= factor ** getattr(dimension, name)
    return size


def assert_same(ours: Quantity, theirs):
    base = (theirs * exact_registry().Unit("dimensionless")).to_base_units()
    lengths = ours.dimension.length + 3 * ours.dimension.volume
    expected = {
        "[mass]": ours.dimension.mass,
        "[time]": ours.dimension.time,
        "[length]": lengths,
        "[substance]": ours.dimension.amount,
    }
    assert dict(base.dimensionality) == {name: exponent for name, exponent in expected.items() if exponent}
    assert base.magnitude == in_si(ours.magnitude, ours.dimension)


factors = st.tuples(st.sampled_from(["", "24", "1.73", "0.5"]), st.sampled_from(IN_PINT))


def for_pint(factor):
    count, symbol = factor
    return f"({count or 1} * {PINT_SPELLING.get(symbol, symbol)})"


@given(short_numbers(10**6), st.sampled_from(IN_PINT), st.lists(factors, max_size=3))
def test_pint_reads_the_same_quantity_in_the_same_text(number, first, divisors):
    ours = parse(f"{plain_decimal(number)} {'/'.join([first, *(count + symbol for count, symbol in divisors)])}")
    theirs = exact_registry().parse_expression(" / ".join(for_pint(factor) for factor in [("", first), *divisors]))
    assert_same(ours, theirs * number)


@given(st.sampled_from(["", *UCUM_NUMERATORS]), st.lists(st.sampled_from(UCUM_DENOMINATORS), max_size=3))
def test_a_unit_that_is_also_a_ucum_unit_means_the_same_there(numerator, denominators):
    # ucumvert takes /a/b for 1/(a/b), UCUM section 7 for 1/a/b: only one unit follows a leading solidus here.
    symbol = "/".join([numerator, *denominators] if numerator else ["", *denominators[:1]])
    if not symbol:
        return
    # ucumvert calculates in floats; only what it makes of the symbols is taken over.
    theirs = exact_registry().parse_expression(str(ucum_registry().from_ucum(symbol).units))
    assert_same(parse(f"1 {symbol}"), theirs)
