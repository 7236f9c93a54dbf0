"""What holds for every pair of counts: swapping the groups turns the answer round, intervals hold their estimate."""

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from ransel.outcomes.reconstructed import counts_that_round_to, reconstructed
from ransel.outcomes.risk import (
    holm,
    risk_difference_newcombe,
    risk_ratio_katz,
    risk_ratio_score,
    score_p,
    verdict_of,
    verdict_shares,
)
from ransel.outcomes.tolerability import Verdict

pytestmark = pytest.mark.property

OPPOSITE = {Verdict.FEWER: Verdict.MORE, Verdict.MORE: Verdict.FEWER}


@st.composite
def groups(draw, most=400):
    n1, n2 = draw(st.integers(1, most)), draw(st.integers(1, most))
    return draw(st.integers(0, n1)), n1, draw(st.integers(0, n2)), n2


def swapped(counts):
    a, n1, b, n2 = counts
    return b, n2, a, n1


@pytest.mark.hazard("HZ-104")
@given(groups())
def test_swapping_the_groups_turns_ratio_difference_and_verdict_round(counts):
    there, back = risk_ratio_katz(*counts), risk_ratio_katz(*swapped(counts))
    assert (there is None) == (back is None)
    if there is not None:
        assert (there.low, there.high) == pytest.approx((1 / back.high, 1 / back.low), rel=1e-9)
    if counts[0] and counts[2]:
        there, back = risk_ratio_score(*counts), risk_ratio_score(*swapped(counts))
        assert (there.low, there.high) == pytest.approx((1 / back.high, 1 / back.low), rel=1e-6)
    there, back = risk_difference_newcombe(*counts), risk_difference_newcombe(*swapped(counts))
    assert (there.low, there.high) == pytest.approx((-back.high, -back.low), abs=1e-12)
    assert score_p(*counts) == pytest.approx(score_p(*swapped(counts)), rel=1e-9, abs=1e-300)
    verdict = verdict_of(*counts)
    assert verdict_of(*swapped(counts)) is OPPOSITE.get(verdict, verdict)


@given(groups(), st.floats(0.5, 0.999))
def test_an_interval_holds_its_estimate_and_widens_with_its_level(counts, level):
    for interval in (risk_ratio_katz, risk_ratio_score, risk_difference_newcombe):
        narrow, wide = interval(*counts, level=level), interval(*counts, level=(1 + level) / 2)
        if narrow is not None:
            assert wide.low <= narrow.low + 1e-12
            assert narrow.low <= narrow.estimate + 1e-12
            assert narrow.estimate <= narrow.high + 1e-12
            assert narrow.high <= wide.high + 1e-12
            assert all(map(math.isfinite, (wide.low, wide.high)))


@given(groups())
def test_the_score_interval_and_the_test_never_disagree(counts):
    interval, p = risk_ratio_score(*counts), score_p(*counts)
    assert 0 <= p <= 1
    if interval is not None and abs(p - 0.05) > 1e-9:
        assert (interval.low > 1 or interval.high < 1) == (p < 0.05)


@given(groups())
def test_the_verdict_is_what_the_shown_interval_shows(counts):
    katz, verdict = risk_ratio_katz(*counts), verdict_of(*counts)
    if katz is not None:
        shown = Verdict.FEWER if katz.high < 1 else Verdict.MORE if katz.low > 1 else Verdict.NOT_SHOWN
        assert verdict is shown
    else:
        assert (verdict is Verdict.NOT_SHOWN) == (score_p(*counts) > 0.05)


@given(groups(60))
def test_one_more_event_in_the_second_group_never_lowers_ratio_or_difference(counts):
    a, n1, b, n2 = counts
    if b == n2:
        return
    for interval in (risk_ratio_score, risk_difference_newcombe):
        here, up = interval(a, n1, b, n2), interval(a, n1, b + 1, n2)
        if here is not None:
            assert here.low <= up.low + 1e-9
            assert here.high <= up.high + 1e-9


@given(st.lists(groups(50), min_size=1, max_size=20))
def test_many_tables_at_once_are_judged_as_one_by_one(tables):
    one_by_one = [verdict_of(*counts) for counts in tables]
    shares = dict(verdict_shares(*np.array(tables, dtype=float).T))
    assert shares == pytest.approx({v: one_by_one.count(v) / len(tables) for v in set(one_by_one)})


@pytest.mark.hazard("HZ-103")
@given(st.integers(1, 2000), st.data(), st.integers(0, 2))
def test_a_count_comes_back_from_its_own_percentage(children, data, decimals):
    """The percentage is rounded the way a person does, half up; the true count is always among the possible ones."""
    from fractions import Fraction

    events = data.draw(st.integers(0, children))
    scale = 100 * 10**decimals
    published = Fraction(math.floor(Fraction(events * scale, children) + Fraction(1, 2)), scale)
    fewest, most = counts_that_round_to(published, children, decimals)
    assert fewest <= events <= most
    count = reconstructed(published, children, decimals)
    assert count.fewest <= count.events <= count.most
    assert all(abs(Fraction(n, children) - published) * scale <= Fraction(1, 2) for n in (fewest, most))


@given(st.lists(st.floats(0, 1), min_size=1, max_size=30))
def test_holm_keeps_the_order_and_never_lowers_a_p(ps):
    adjusted = holm(ps)
    assert all(p <= after + 1e-12 and after <= 1 for p, after in zip(ps, adjusted, strict=True))
    ordered = [after for _, after in sorted(zip(ps, adjusted, strict=True))]
    assert ordered == sorted(ordered)
