"""One side effect in two groups: risk ratio, risk difference, test, and what they show. The second against the first.

Throughout, `a` of `n1` children of the first group had the event and `b` of `n2` of the second.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import replace
from statistics import NormalDist

import numpy as np
from numpy.typing import NDArray

from ransel.language import Message
from ransel.outcomes.interval import Interval
from ransel.outcomes.tolerability import Count, TermComparison, Verdict
from ransel.protocols.protocol import Words

ALPHA = 0.05
"""How often an interval may miss, and how often a difference may look shown where there is none."""
LEVEL = 1 - ALPHA
CLOSE_TO_ONE = 0.05
"""An interval that ends so near to 1 is called borderline: a child more or less may change what it shows."""


def risk_ratio_katz(a: int, n1: int, b: int, n2: int, level: float = LEVEL) -> Interval | None:
    """Return the risk ratio with the log interval of Katz.

    None when one group had no event, or every child of both had it: the formula has no width to give then.
    """
    _check(a, n1, b, n2)
    if not _katz_holds(a, n1, b, n2):
        return None
    from scipy.stats.contingency import relative_risk  # noqa: PLC0415 - takes long to import

    found = relative_risk(exposed_cases=b, exposed_total=n2, control_cases=a, control_total=n1)
    bounds = found.confidence_interval(level)
    return Interval(float(found.relative_risk), float(bounds.low), float(bounds.high), level, "Katz log")


def risk_ratio_score(a: int, n1: int, b: int, n2: int, level: float = LEVEL) -> Interval | None:
    """Return the risk ratio with the score interval of Miettinen and Nurminen.

    It holds where the one of Katz does not; None only without children, or without events in the first group, since
    the ratio has no upper bound then. The root is sought here, because statsmodels finds none, or one that is not
    real, when a group has no events or nothing but events.
    """
    _check(a, n1, b, n2)
    if not a or not n1 or not n2:
        return None
    ratio = (b / n2) / (a / n1)
    limit = _normal_limit(level)
    low = _root_outward(lambda theta: _score(theta, a, n1, b, n2) - limit, ratio, -1) if b else 0.0
    high = _root_outward(lambda theta: _score(theta, a, n1, b, n2) + limit, ratio or _NEARLY_NONE, 1)
    return Interval(ratio, low, high, level, "Miettinen-Nurminen score")


def risk_difference_newcombe(a: int, n1: int, b: int, n2: int, level: float = LEVEL) -> Interval | None:
    """Return the risk difference with the hybrid score interval of Newcombe (his method 10); None without children."""
    _check(a, n1, b, n2)
    if not n1 or not n2:
        return None
    from statsmodels.stats.proportion import confint_proportions_2indep  # noqa: PLC0415 - takes long to import

    low, high = confint_proportions_2indep(b, n2, a, n1, method="newcomb", compare="diff", alpha=1 - level)
    return Interval(b / n2 - a / n1, float(low), float(high), level, "Newcombe hybrid score")


def score_p(a: int, n1: int, b: int, n2: int) -> float | None:
    """Return the two-sided p of the score test of equal risks, with the correction of Miettinen and Nurminen.

    It is below 0.05 exactly when their interval does not hold 1. None without children; 1 when no child or every
    child had the event.
    """
    _check(a, n1, b, n2)
    if not n1 or not n2:
        return None
    if a + b in {0, n1 + n2}:
        return 1.0
    from statsmodels.stats.proportion import score_test_proportions_2indep  # noqa: PLC0415 - as above

    _, p = score_test_proportions_2indep(b, n2, a, n1, compare="diff", correction=True, return_results=False)
    return float(p)


def compare_term(term: str, title: Words, first: Count | None, second: Count | None) -> TermComparison:
    """Compare one side effect in two groups; without numbers for one of them, or without children, it says so."""
    if first is None or second is None or not first.children or not second.children:
        return _not_counted(term, title, first, second)
    counts = (first.events, first.children, second.events, second.children)
    katz, score, p = risk_ratio_katz(*counts), risk_ratio_score(*counts), score_p(*counts)
    shares = verdict_shares(*_all_counts(first, second))
    return TermComparison(
        term=term,
        title=title,
        first=first,
        second=second,
        risk_ratio=katz,
        risk_ratio_score=score,
        risk_difference=risk_difference_newcombe(*counts),
        p=p,
        p_adjusted=None,
        verdict=verdict_of(*counts),
        borderline=len(shares) > 1 or _ends_close_to_one(katz or score),
        verdicts=shares,
    )


def holm(ps: Sequence[float | None]) -> tuple[float | None, ...]:
    """Return the p-values after the correction of Holm over all that there are; None stays None.

    Written out, because statsmodels empties Python's memory of rubbish at every call, which stops a whole server.
    """
    order = sorted((p, place) for place, p in enumerate(ps) if p is not None)
    adjusted: list[float | None] = [None] * len(ps)
    highest = 0.0
    for rank, (p, place) in enumerate(order):
        highest = max(highest, min(1.0, p * (len(order) - rank)))
        adjusted[place] = highest
    return tuple(adjusted)


def with_adjusted(terms: Sequence[TermComparison]) -> tuple[TermComparison, ...]:
    """Return the terms of one table with their p-values adjusted for being so many."""
    adjusted = holm([term.p for term in terms])
    return tuple(replace(term, p_adjusted=p) for term, p in zip(terms, adjusted, strict=True))


def by_chance(terms: Sequence[TermComparison]) -> float:
    """Return how many of these terms would be shown to differ by chance alone, if nothing differed."""
    return ALPHA * sum(term.p is not None for term in terms)


def verdict_of(a: int, n1: int, b: int, n2: int) -> Verdict:
    """Return what the numbers show: by the interval of Katz, and by the score test where that interval is not there."""
    _check(a, n1, b, n2)
    if not n1 or not n2:
        return Verdict.NOT_COUNTED
    return _SIGNS[int(_shown_signs(*(np.array([count], dtype=np.float64) for count in (a, n1, b, n2)))[0])]


def verdict_shares(
    a: NDArray[np.float64], n1: NDArray[np.float64], b: NDArray[np.float64], n2: NDArray[np.float64]
) -> tuple[tuple[Verdict, float], ...]:
    """Return which part of many tables shows what, the largest part first; what none of them shows is left out."""
    signs = _shown_signs(a, n1, b, n2)
    parts = [(verdict, float(np.mean(signs == sign))) for sign, verdict in _SIGNS.items()]
    return tuple(sorted(((verdict, part) for verdict, part in parts if part), key=lambda pair: -pair[1]))


def ratio_note(term: TermComparison) -> Message | None:
    """Say why a term has no risk ratio, or none with an interval of Katz; None where it has."""
    first, second = term.first, term.second
    if first is None or second is None or not first.children or not second.children:
        return Message("tolerability.ratio.not-counted")
    if not first.events and not second.events:
        return Message("tolerability.ratio.no-events")
    if not first.events:
        return Message("tolerability.ratio.none-in-first")
    if not second.events:
        return Message("tolerability.ratio.none-in-second")
    if first.events == first.children and second.events == second.children:
        return Message("tolerability.ratio.all-in-both")
    return None


_NEARLY_NONE = 1e-9
"""A ratio to begin the search with, where the ratio itself is nothing."""
_SIGNS = {-1: Verdict.FEWER, 1: Verdict.MORE, 0: Verdict.NOT_SHOWN}


def _not_counted(term: str, title: Words, first: Count | None, second: Count | None) -> TermComparison:
    return TermComparison(
        term=term,
        title=title,
        first=first,
        second=second,
        risk_ratio=None,
        risk_ratio_score=None,
        risk_difference=None,
        p=None,
        p_adjusted=None,
        verdict=Verdict.NOT_COUNTED,
        borderline=False,
        verdicts=((Verdict.NOT_COUNTED, 1.0),),
    )


def _all_counts(first: Count, second: Count) -> tuple[NDArray[np.float64], ...]:
    """Return every pair of counts that the percentages allow, as a, n1, b, n2."""
    a, b = np.meshgrid(*(np.arange(group.fewest, group.most + 1.0) for group in (first, second)))
    return a.ravel(), np.full(a.size, float(first.children)), b.ravel(), np.full(b.size, float(second.children))


def _ends_close_to_one(ratio: Interval | None) -> bool:
    return ratio is not None and any(abs(end - 1) <= CLOSE_TO_ONE for end in (ratio.low, ratio.high))


def _shown_signs(
    a: NDArray[np.float64], n1: NDArray[np.float64], b: NDArray[np.float64], n2: NDArray[np.float64]
) -> NDArray[np.int64]:
    """Return for many tables at once -1 for fewer in the second group, 1 for more and 0 for not shown."""
    limit = _normal_limit(LEVEL)
    with np.errstate(divide="ignore", invalid="ignore"):  # empty cells are chosen away below
        katz = np.log((b / n2) / (a / n1)) / np.sqrt(1 / a - 1 / n1 + 1 / b - 1 / n2)
        pooled, total = (a + b) / (n1 + n2), n1 + n2
        spread = np.sqrt(pooled * (1 - pooled) * (1 / n1 + 1 / n2) * total / (total - 1))
        score = np.where(spread > 0, (b / n2 - a / n1) / spread, 0.0)
    z = np.where((a > 0) & (b > 0) & ((a < n1) | (b < n2)), katz, score)
    shown: NDArray[np.int64] = np.sign(np.where(np.abs(z) > limit, z, 0.0)).astype(np.int64)
    return shown


def _katz_holds(a: int, n1: int, b: int, n2: int) -> bool:
    return a > 0 and b > 0 and (a < n1 or b < n2)


def _score(theta: float, a: int, n1: int, b: int, n2: int) -> float:
    """Return the score statistic of the hypothesis that the ratio is theta; it falls as theta rises.

    The risks under the hypothesis are the smaller root of a quadratic, written so that nothing cancels.
    """
    total = n1 + n2
    linear = theta * (n2 + a) + b + n1
    root = math.sqrt(max(0.0, linear**2 - 4 * total * theta * (a + b)))
    risk = min(1.0, 2 * (a + b) / (linear + root))
    other = min(1.0, theta * risk)
    spread = (other * (1 - other) / n2 + theta**2 * risk * (1 - risk) / n1) * total / (total - 1)
    away = b / n2 - theta * a / n1
    return away / math.sqrt(spread) if spread > 0 else 0.0


def _root_outward(falling: Callable[[float], float], start: float, step: int) -> float:
    """Return where a falling function of a ratio is zero, from a start at which it has not yet crossed."""
    from scipy.optimize import brentq  # noqa: PLC0415 - takes long to import

    near = far = math.log(start)
    while falling(math.exp(far)) * step >= 0:
        near, far = far, far + step * max(1.0, abs(far - math.log(start)))
    return math.exp(brentq(lambda log_ratio: falling(math.exp(log_ratio)), near, far, xtol=1e-13, rtol=1e-13))


def _normal_limit(level: float) -> float:
    return NormalDist().inv_cdf((1 + level) / 2)


def _check(a: int, n1: int, b: int, n2: int) -> None:
    if not (0 <= a <= n1 and 0 <= b <= n2):
        raise ValueError(f"more events than children: {a} of {n1}, {b} of {n2}")
