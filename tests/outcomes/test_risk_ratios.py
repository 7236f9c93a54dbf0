"""Risk ratios, risk differences and tests: against the literature, a library, and formulas written out here."""

import math
from statistics import NormalDist

import pytest
from scipy.optimize import minimize_scalar
from statsmodels.stats import proportion
from statsmodels.stats.multitest import multipletests

from ransel.outcomes.risk import (
    compare_term,
    holm,
    ratio_note,
    risk_difference_newcombe,
    risk_ratio_katz,
    risk_ratio_score,
    score_p,
    verdict_of,
    with_adjusted,
)
from ransel.outcomes.tolerability import Count, Verdict
from ransel.protocols.protocol import Words

Z = NormalDist().inv_cdf(0.975)
ORDINARY = [(30, 186, 12, 171), (19, 186, 5, 171), (7, 34, 1, 34), (4, 15, 8, 15), (499, 1000, 512, 900), (1, 9, 8, 9)]
TITLE = Words(en="pain", nl="pijn")


def counted(events, children):
    """A count that was made, not worked out."""
    return Count(events=events, children=children, fewest=events, most=events, reconstructed=False)


def katz_by_hand(a, n1, b, n2):
    ratio, spread = (b / n2) / (a / n1), math.sqrt((1 - a / n1) / a + (1 - b / n2) / b)
    return ratio, ratio * math.exp(-Z * spread), ratio * math.exp(Z * spread)


def newcombe_by_hand(a, n1, b, n2):
    def wilson(events, children):
        part, square = events / children, Z * Z / children
        half = Z * math.sqrt(part * (1 - part) / children + square / (4 * children))
        return (part + square / 2 - half) / (1 + square), (part + square / 2 + half) / (1 + square)

    (low1, high1), (low2, high2), difference = wilson(a, n1), wilson(b, n2), b / n2 - a / n1
    down = math.hypot(b / n2 - low2, high1 - a / n1)
    up = math.hypot(high2 - b / n2, a / n1 - low1)
    return difference, difference - down, difference + up


def score_at(theta, a, n1, b, n2):
    """The score statistic of a ratio, its risks sought by maximising the likelihood instead of by a formula."""

    def minus_log_likelihood(first):
        second = theta * first
        return -sum(
            count * math.log(max(part, 1e-300))
            for count, part in ((a, first), (n1 - a, 1 - first), (b, second), (n2 - b, 1 - second))
            if count
        )

    most = min(1, 1 / theta)
    first = minimize_scalar(minus_log_likelihood, bounds=(0, most), method="bounded", options={"xatol": 1e-12}).x
    second, total = theta * first, n1 + n2
    variance = (second * (1 - second) / n2 + theta**2 * first * (1 - first) / n1) * total / (total - 1)
    return (b / n2 - theta * a / n1) / math.sqrt(variance)


@pytest.mark.hazard("HZ-107")
@pytest.mark.parametrize("counts", ORDINARY)
def test_the_interval_of_katz_is_that_of_the_formula_and_of_a_library(counts):
    a, n1, b, n2 = counts
    found = risk_ratio_katz(*counts)
    assert (found.estimate, found.low, found.high) == pytest.approx(katz_by_hand(*counts), rel=1e-12)
    assert (found.low, found.high) == pytest.approx(
        proportion.confint_proportions_2indep(b, n2, a, n1, compare="ratio", method="log"), rel=1e-9
    )


@pytest.mark.parametrize("counts", ORDINARY)
def test_the_score_interval_ends_where_the_likelihood_says_and_where_a_library_does(counts):
    a, n1, b, n2 = counts
    found = risk_ratio_score(*counts)
    assert score_at(found.low, *counts) == pytest.approx(Z, abs=1e-5)
    assert score_at(found.high, *counts) == pytest.approx(-Z, abs=1e-5)
    assert (found.low, found.high) == pytest.approx(
        proportion.confint_proportions_2indep(b, n2, a, n1, compare="ratio", method="score", correction=True), rel=1e-7
    )


@pytest.mark.parametrize(
    ("counts", "published"),
    [((4, 15, 8, 15), (0.815, 5.336)), ((6, 20, 6, 10), (0.844, 4.594))],
)
def test_without_the_small_sample_correction_it_is_the_published_interval_of_koopman(counts, published):
    """Gart and Nam 1988, table of examples: 8/15 against 4/15 and 6/10 against 6/20.

    The correction multiplies the variance, so a lower level takes it away again.
    """
    total = counts[1] + counts[3]
    level = 2 * NormalDist().cdf(Z * math.sqrt((total - 1) / total)) - 1
    found = risk_ratio_score(*counts, level=level)
    assert (round(found.low, 3), round(found.high, 3)) == published


@pytest.mark.parametrize(
    ("counts", "published"),
    [
        ((48, 80, 56, 70), (0.0524, 0.3339)),
        ((3, 10, 9, 10), (0.1705, 0.8090)),
        ((2, 7, 6, 7), (0.0582, 0.8062)),
        ((0, 29, 5, 56), (-0.0381, 0.1926)),
        ((0, 20, 0, 10), (-0.1611, 0.2775)),
        ((0, 20, 10, 10), (0.6791, 1.0)),
        ((0, 10, 10, 10), (0.6075, 1.0)),
    ],
)
def test_the_risk_difference_is_the_published_one_of_newcombe(counts, published):
    """Newcombe 1998, Statistics in Medicine 17:873, method 10."""
    found = risk_difference_newcombe(*counts)
    assert (round(found.low, 4), round(found.high, 4)) == published
    assert (found.estimate, found.low, found.high) == pytest.approx(newcombe_by_hand(*counts), abs=1e-12)


@pytest.mark.parametrize("counts", ORDINARY)
def test_the_test_is_the_chi_squared_test_with_one_child_less(counts):
    """The score test of equal risks is Pearson's, times (N - 1) / N."""
    a, n1, b, n2 = counts
    total = n1 + n2
    off = a * (n2 - b) - b * (n1 - a)
    square = off**2 * (total - 1) / (n1 * n2 * (a + b) * (total - a - b))
    assert score_p(*counts) == pytest.approx(math.erfc(math.sqrt(square / 2)), rel=1e-9)
    library = proportion.test_proportions_2indep(b, n2, a, n1, compare="ratio", method="score", correction=True)
    assert score_p(*counts) == pytest.approx(library.pvalue, rel=1e-9)


def test_a_group_without_events_has_no_interval_of_katz_and_still_a_verdict():
    assert risk_ratio_katz(5, 50, 0, 50) is None
    assert risk_ratio_score(5, 50, 0, 50).low == 0
    assert risk_ratio_score(5, 50, 0, 50).high == pytest.approx(0.742757, abs=1e-6)
    assert verdict_of(5, 50, 0, 50) is Verdict.FEWER
    assert risk_ratio_katz(0, 50, 5, 50) is None
    assert risk_ratio_score(0, 50, 5, 50) is None
    assert verdict_of(0, 50, 5, 50) is Verdict.MORE
    assert verdict_of(0, 50, 1, 50) is Verdict.NOT_SHOWN


def test_when_every_child_had_it_the_ratio_is_one_with_a_width():
    assert risk_ratio_katz(20, 20, 20, 20) is None
    found = risk_ratio_score(20, 20, 20, 20)
    high = 1 + Z * Z / 20 * 40 / 39  # with nothing but events, the statistic is n (theta - 1) (N - 1) / N
    assert (found.estimate, found.low, found.high) == pytest.approx((1, 1 / high, high))
    assert score_p(20, 20, 20, 20) == 1
    assert verdict_of(20, 20, 20, 20) is Verdict.NOT_SHOWN


def test_where_the_library_finds_no_real_root_the_score_interval_still_ends_at_its_limit():
    """All events in the first group: statsmodels 0.15 answers with complex numbers for these counts."""
    found = risk_ratio_score(20, 20, 10, 20)
    assert score_at(found.low, 20, 20, 10, 20) == pytest.approx(Z, abs=1e-5)
    assert score_at(found.high, 20, 20, 10, 20) == pytest.approx(-Z, abs=1e-5)


@pytest.mark.parametrize(
    ("first", "second", "note"),
    [
        (None, counted(1, 5), "not-counted"),
        (counted(1, 5), counted(0, 0), "not-counted"),
        (counted(0, 5), counted(0, 5), "no-events"),
        (counted(0, 5), counted(2, 5), "none-in-first"),
        (counted(2, 5), counted(0, 5), "none-in-second"),
        (counted(5, 5), counted(5, 5), "all-in-both"),
        (counted(2, 5), counted(5, 5), None),
    ],
)
def test_every_missing_ratio_has_a_reason_in_words(first, second, note):
    term = compare_term("pain", TITLE, first, second)
    found = ratio_note(term)
    assert (found.key.removeprefix("tolerability.ratio.") if found else None) == note
    assert (term.risk_ratio is None) == (note is not None)
    assert (term.verdict is Verdict.NOT_COUNTED) == (note == "not-counted")
    if found:
        assert found.text("en") != found.text("nl")


def test_more_events_than_children_are_refused():
    with pytest.raises(ValueError, match="more events than children: 6 of 5"):
        risk_ratio_score(6, 5, 1, 5)


@pytest.mark.hazard("HZ-107")
def test_holm_multiplies_the_smallest_most_and_never_lets_the_order_change():
    assert holm([0.01, None, 0.04, 0.03, 0.005]) == pytest.approx((0.03, None, 0.06, 0.06, 0.02))
    ps = [0.0061, 0.0077, 0.0171, 0.0332, 0.0417, 0.1738, 0.186, 0.186, 0.9, 1.0, 0.0]
    assert holm(ps) == pytest.approx(multipletests(ps, method="holm")[1])
    assert holm([None]) == (None,)
    assert holm([]) == ()


def test_terms_without_numbers_do_not_count_in_the_correction():
    terms = [compare_term(str(n), TITLE, counted(a, 50), counted(b, 50)) for n, (a, b) in enumerate([(20, 5), (9, 8)])]
    terms.append(compare_term("unknown", TITLE, None, counted(1, 50)))
    adjusted = with_adjusted(terms)
    assert adjusted[0].p_adjusted == pytest.approx(2 * adjusted[0].p)
    assert adjusted[2].p_adjusted is None


def test_a_count_that_was_made_has_one_verdict():
    term = compare_term("pain", TITLE, counted(30, 186), counted(12, 171))
    assert term.verdicts == ((Verdict.FEWER, 1.0),)
    assert not term.borderline
