"""The rolling dose limit: never late, never forgotten, and compared with a window that is added up bit by bit."""

from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ransel.pump.dose_window import AN_HOUR_MS, DoseWindow, Stretch

A_DAY = 24 * AN_HOUR_MS
TWO_ML_PER_H = 2_000_000
USUAL = DoseWindow(A_DAY, 52_800_000, 105)


def steadily(window, from_h, to_h, rate=TWO_ML_PER_H):
    return window.add(Stretch(round(from_h * AN_HOUR_MS), round(to_h * AN_HOUR_MS), rate))


def test_a_steady_infusion_never_reaches_its_limit():
    assert USUAL.reached_ms(0, TWO_ML_PER_H) is None
    assert steadily(USUAL, 0, 100).reached_ms(100 * AN_HOUR_MS, TWO_ML_PER_H) is None


def test_a_day_at_two_an_hour_may_give_a_twentieth_more_and_no_more_than_the_row_says():
    assert USUAL.limit_nL(0, TWO_ML_PER_H) == 50_400_000
    assert USUAL.limit_nL(0, 2_400_000) == 52_800_000


def test_a_rate_above_what_the_row_gives_in_a_day_stops_at_the_limit():
    narrow = DoseWindow(A_DAY, 24_000_000, 105)
    assert narrow.reached_ms(0, TWO_ML_PER_H) == 12 * AN_HOUR_MS


def test_a_rate_set_earlier_counts_as_long_as_it_lies_in_the_window():
    window = steadily(USUAL, 0, 1)
    assert window.limit_nL(2 * AN_HOUR_MS, 1_000_000) == 50_400_000
    assert window.limit_nL(25 * AN_HOUR_MS, 1_000_000) == 25_200_000


def test_what_was_given_leaves_the_window_after_a_day_and_not_before():
    window = steadily(USUAL, 0, 1).add(Stretch(AN_HOUR_MS, AN_HOUR_MS, 0, 50_000))
    assert window.given_nL(A_DAY) == 2_050_000
    assert window.given_nL(A_DAY + AN_HOUR_MS // 2) == 1_050_000
    assert window.given_nL(A_DAY + AN_HOUR_MS - 1) == 50_000 + 1
    assert window.given_nL(A_DAY + AN_HOUR_MS) == 0


def test_a_limit_that_is_passed_already_is_reached_now_whatever_leaves_the_window():
    window = DoseWindow(A_DAY, 24_000_000, 105, USUAL.add(Stretch(0, 20 * AN_HOUR_MS, TWO_ML_PER_H)).stretches)
    assert window.reached_ms(20 * AN_HOUR_MS, 500_000) == 20 * AN_HOUR_MS


def test_stretches_that_have_left_the_window_are_dropped_when_one_is_added():
    window = steadily(steadily(USUAL, 0, 1), 30, 31)
    assert len(window.stretches) == 1


def test_the_least_part_of_a_nanolitre_counts_as_a_whole_one():
    assert Stretch(0, 1, 1).within(0, 1) == 1
    assert Stretch(0, 0, 0, 7).within(0, 0) == 0


# ------------------------------------------------------------------ against a window added up bit by bit

LENGTH = 24
RATES = st.one_of(st.integers(0, 5), st.integers(1, 40)).map(lambda whole: whole * AN_HOUR_MS // 4 + whole)
"""In nL/h: a few nL in each ms, and a part of one that never comes out even."""


@st.composite
def windows(draw):
    """A window of 24 ms with stretches and boluses that follow one another, and the instant after them."""
    at, stretches = 0, []
    for rate, lasts, pause, bolus in draw(
        st.lists(st.tuples(RATES, st.integers(0, 16), st.integers(0, 12), st.integers(0, 12)), max_size=5)
    ):
        stretches.append(Stretch(at, at + lasts, rate))
        at += lasts
        if bolus:
            stretches.append(Stretch(at, at, 0, bolus))
        at += pause
    most, percent = draw(st.integers(0, 1500)), draw(st.sampled_from([50, 100, 105, 120]))
    return DoseWindow(LENGTH, most, percent, tuple(stretches)), at


def given_exactly(window, now, rate, at, *, just_before=False):
    """What lies in the window that ends at `at`, with this rate since `now`, one millisecond after the other.

    `just_before` that instant, what leaves the window at it still lies in it.
    """
    total = Fraction(0)
    for ms in range(at - LENGTH, at):
        running = [one.rate_nL_per_h for one in window.stretches if one.from_ms <= ms < one.to_ms]
        total += Fraction(sum(running) + (rate if ms >= now else 0), AN_HOUR_MS)
    begins = at - LENGTH - just_before
    return total + sum(one.bolus_nL for one in window.stretches if begins < one.to_ms <= at)


def is_over(window, now, rate, at, *, just_before=False):
    begins = at - LENGTH - just_before
    rates = [rate, *(one.rate_nL_per_h for one in window.stretches if one.to_ms > begins)]
    percent = Fraction(max(rates) * LENGTH * window.percent, 100 * AN_HOUR_MS)
    limit = min(window.most_nL, percent.numerator // percent.denominator)
    return given_exactly(window, now, rate, at, just_before=just_before) > limit


def last_within(window, now, rate):
    """The last millisecond at which the limit holds, and holds until the next; None when it always does."""
    for at in range(now, now + 2 * LENGTH + 1):
        if is_over(window, now, rate, at):
            fell = at > now and not is_over(window, now, rate, at, just_before=True)
            return at if fell else max(at - 1, now)
        if is_over(window, now, rate, at + 1, just_before=True):
            return at
    return None


@pytest.mark.property
@given(windows(), RATES)
def test_the_limit_is_reached_at_the_last_millisecond_within_it_never_later(case, rate):
    """Where the limit itself falls, because the fastest stretch has just left the window, it is reached right then."""
    window, now = case
    assert window.reached_ms(now, rate) == last_within(window, now, rate)


@pytest.mark.property
@given(windows(), RATES, st.integers(0, 100))
def test_what_a_window_says_it_holds_is_never_less_than_what_was_given(case, rate, later):
    window, now = case
    at = now + later
    really = given_exactly(window, at, 0, at)
    assert really <= window.given_nL(at) < really + len(window.stretches) + 1
    assert window.room_nL(at, rate) == window.limit_nL(at, rate) - window.given_nL(at)


@pytest.mark.property
@given(st.integers(0, 600), st.lists(st.tuples(RATES, st.integers(1, 32), st.integers(0, 16)), min_size=2, max_size=6))
def test_a_pump_that_stops_when_the_limit_is_reached_never_gives_more_in_any_window(most, runs):
    """Each run goes on until the limit says stop, or somebody does; whatever lies between two runs."""
    window, at = DoseWindow(LENGTH, most, 1_000_000), 0
    for rate, lasts, pause in runs:
        reached = window.reached_ms(at, rate)
        end = at + lasts if reached is None else min(reached, at + lasts)
        window = window.add(Stretch(at, end, rate))
        assert all(given_exactly(window, end, 0, moment) <= most for moment in range(at, end + 1))
        at = end + pause
