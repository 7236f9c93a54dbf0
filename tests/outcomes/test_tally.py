"""Tallies add up exactly: however the children are divided, every bit is the same."""

import math
from fractions import Fraction

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats

from ransel.outcomes.counting import BLOCK, LARGEST, NOTHING, UNUSABLE
from ransel.outcomes.tally import PRECISION_OF_PERCENTILES, Tally, TallySheet

ANY_VALUE = st.one_of(
    st.floats(), st.floats(0, 1e4), st.sampled_from([0.0, -0.0, 1.0, NOTHING, LARGEST, math.nan, math.inf, -1.0])
)
PAIRS = st.lists(st.tuples(ANY_VALUE, ANY_VALUE), max_size=30)


def tally(pairs):
    values = np.array(pairs, dtype=np.float64).reshape(-1, 2)
    sheet = TallySheet(["area"])
    sheet.add("area", values[:, 0], values[:, 1])
    return sheet.tally()


def usable(value):
    return math.isfinite(value) and -NOTHING < value < LARGEST


@pytest.mark.property
@given(PAIRS, PAIRS, PAIRS)
def test_merging_is_associative_and_commutative_to_the_last_bit(one, two, three):
    first, second, third = tally(one), tally(two), tally(three)
    whole = tally(one + two + three).packed()
    assert ((first + second) + third).packed() == whole
    assert (first + (second + third)).packed() == whole
    assert ((third + second) + first).packed() == whole
    assert (Tally.empty(["area"]) + tally(one + two + three)).packed() == whole


@pytest.mark.property
@given(PAIRS)
def test_a_tally_that_was_written_reads_back_whole(pairs):
    packed = tally(pairs).packed()
    assert Tally.unpacked(packed).packed() == packed


@pytest.mark.property
@given(PAIRS)
def test_every_pair_is_counted_once_or_left_out_for_a_reason(pairs):
    pair = tally(pairs).pairs["area"]
    left_out = sum(not (usable(first) and usable(second)) for first, second in pairs)
    assert sum(pair.why_unusable.values()) == left_out
    assert pair.first.children == pair.second.children == len(pairs) - left_out
    assert pair.ratio.children == sum(
        usable(first) and usable(second) and first >= NOTHING and second >= NOTHING for first, second in pairs
    )


@pytest.mark.property
@given(st.lists(st.floats(0, LARGEST, exclude_max=True), min_size=2, max_size=40))
def test_sums_are_those_of_exact_arithmetic(values):
    column = tally([(value, value) for value in values]).pairs["area"].first
    wholes = [math.floor(Fraction(value if value >= NOTHING else 0.0) * 2**24 + Fraction(1, 2)) for value in values]
    assert column.total == sum(wholes)
    assert column.squares == sum(whole * whole for whole in wholes)
    assert column.smallest == min(wholes_or_nought(values))
    assert column.largest == max(wholes_or_nought(values))


def wholes_or_nought(values):
    return [value if value >= NOTHING else 0.0 for value in values]


@pytest.mark.property
@given(st.lists(st.floats(1e-9, 1e7), min_size=1, max_size=60), st.integers(0, 100))
def test_a_percentile_lies_within_its_precision_of_the_value_of_that_rank(values, percent):
    column = tally([(value, 1.0) for value in values]).pairs["area"].first
    exact = sorted(values)[max(1, -(-percent * len(values) // 100)) - 1]
    assert math.isclose(column.percentile(percent), exact, rel_tol=PRECISION_OF_PERCENTILES * (1 + 1e-9))


def test_the_precision_of_percentiles_is_what_is_said():
    assert PRECISION_OF_PERCENTILES < 0.0005


def test_means_and_deviations_are_those_of_the_field():
    draws = np.random.default_rng(5).lognormal(3.0, 0.5, (2, 50_000))
    pair = tally(draws.T).pairs["area"]
    logs = np.log(draws)
    for column, values in ((pair.first, draws[0]), (pair.second, draws[1])):
        assert column.mean == pytest.approx(values.mean(), rel=1e-9)
        assert column.deviation == pytest.approx(values.std(ddof=1), rel=1e-9)
        assert column.geometric_mean == pytest.approx(stats.gmean(values), rel=1e-11)
    assert pair.ratio.log_deviation == pytest.approx((logs[1] - logs[0]).std(ddof=1), rel=1e-10)


@pytest.mark.parametrize("children", [2, 3, 30, 3000])
def test_the_interval_of_a_ratio_is_that_of_a_paired_t_test_on_logarithms(children):
    draws = np.random.default_rng(children).lognormal(1.0, 0.4, (2, children))
    interval = tally(draws.T).pairs["area"].ratio.mean_interval()
    known = stats.ttest_rel(*np.log(draws)[::-1]).confidence_interval(0.95)
    assert math.log(interval.low) == pytest.approx(known.low, abs=1e-10)
    assert math.log(interval.high) == pytest.approx(known.high, abs=1e-10)
    assert interval.low < interval.estimate < interval.high


@pytest.mark.hazard("HZ-105")
def test_hostile_values_are_left_out_counted_and_told():
    good = [(5.0, 5.0)] * 3
    hostile = [
        (math.nan, 1.0), (1.0, math.nan), (math.inf, 1.0), (-math.inf, 1.0), (-1.0, 1.0), (1.0, LARGEST), (1e300, 1.0)
    ]  # fmt: skip
    pair = tally(good + hostile).pairs["area"]
    assert pair.why_unusable == {"not-a-number": 2, "infinite": 2, "negative": 1, "too-large": 2}
    assert list(pair.why_unusable) == list(UNUSABLE)
    assert pair.first.mean == 5.0


def test_nought_counts_in_percentiles_but_has_no_ratio():
    pair = tally([(0.0, 1.0), (1.0, 0.0), (-1e-18, 2.0), (4.0, 2.0)]).pairs["area"]
    assert pair.first.nothing == 2
    assert pair.first.percentile(50) == 0.0
    assert pair.first.percentile(75) == 1.0
    assert pair.ratio.children == 1
    assert pair.ratio.geometric_mean == pytest.approx(0.5)


def test_of_nobody_everything_is_nought():
    column = Tally.empty(["area"]).pairs["area"].first
    assert (column.mean, column.deviation, column.geometric_mean, column.percentile(50)) == (0.0, 0.0, 0.0, 0.0)


def test_equal_values_have_a_ratio_of_exactly_one():
    pair = tally([(value, value * (1 + 1e-15)) for value in (0.3, 7.0, 1234.5)]).pairs["area"]
    assert pair.ratio.mean_interval().estimate == pytest.approx(1.0, abs=1e-11)
    assert pair.ratio.percentile(5) == pytest.approx(1.0, abs=1e-14)


def test_the_largest_values_do_not_overflow_in_a_whole_block():
    largest = math.nextafter(LARGEST, 0)
    column = tally([(largest, NOTHING)] * BLOCK).pairs["area"]
    assert column.first.mean == pytest.approx(largest, rel=1e-12)
    assert column.first.deviation == 0.0
    assert column.ratio.log_deviation == 0.0
    assert math.log(column.ratio.geometric_mean) == pytest.approx(math.log(NOTHING / LARGEST), rel=1e-9)


def test_a_thousand_million_children_do_not_overflow():
    total = tally([(LARGEST * 0.99, 1.0), (LARGEST * 0.98, 2.0)] * 500)
    for _ in range(20):  # doubled twenty times
        total += total
    pair = total.pairs["area"]
    assert pair.first.children == 1000 * 2**20
    assert pair.first.mean == pytest.approx(LARGEST * 0.985, rel=1e-9)
    assert pair.first.deviation == pytest.approx(LARGEST * 0.005, rel=1e-6)
    assert int(pair.first.bins.sum()) == pair.first.children


def test_tallies_of_other_measures_are_not_added():
    with pytest.raises(ValueError, match="area and peak"):
        tally([]) + TallySheet(["peak"]).tally()


def test_two_arrays_of_different_lengths_are_no_pairs():
    with pytest.raises(ValueError, match="pairs"):
        TallySheet(["area"]).add("area", np.ones(3), np.ones(2))


@pytest.mark.parametrize("content", [b"", b"{", b"[]", b'{"area": {}}', b'{"area": 1}', b"\xff"])
def test_bytes_that_are_no_tally_are_no_tally(content):
    with pytest.raises((ValueError, KeyError, TypeError)):
        Tally.unpacked(content)
