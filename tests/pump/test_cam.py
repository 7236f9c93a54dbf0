"""Strokes: when they come, how long nothing comes, the trumpet curve against strokes counted one by one."""

from fractions import Fraction
from itertools import pairwise

import pytest
from pump.plants import AN_HOUR, HARDWARE

from ransel.pump.cam import WINDOWS_MIN, longest_gap_ms, ripple, stroke_times_ms, trumpet

RATES = [100_000, 300_000, 2_000_000, 10_000_000, 99_900_000]


def given_until(at_ms, rate):
    """Volume out of the cam at an instant, in strokes: it turns for a second and waits for the rest of the turn."""
    turn_ms = Fraction(HARDWARE.stroke_nL * AN_HOUR, rate)
    whole, rest = divmod(at_ms, turn_ms)
    return whole + min(rest / min(HARDWARE.stroke_ms, turn_ms), Fraction(1))


@pytest.mark.parametrize("rate", RATES)
@pytest.mark.parametrize("window", WINDOWS_MIN)
def test_the_trumpet_curve_is_what_sliding_a_window_over_the_strokes_finds(rate, window):
    turn_ms = Fraction(HARDWARE.stroke_nL * AN_HOUR, rate)
    length = window * 60_000
    # the extremes lie where a window begins or ends at a corner of the curve
    corners = [Fraction(0), min(Fraction(HARDWARE.stroke_ms), turn_ms)]
    begins = [corner + side for corner in corners for side in (Fraction(0), -length % turn_ms)]
    even = length / turn_ms
    errors = [((given_until(begin + length, rate) - given_until(begin, rate)) / even - 1) * 100 for begin in begins]
    band = trumpet(rate)[window]
    assert (band.lowest, band.highest) == (min(errors), max(errors))


def test_the_longer_the_window_the_narrower_the_trumpet_at_the_rate_of_the_course():
    bands = trumpet(2_000_000)
    assert float(bands[1].highest) == 50
    assert max(abs(float(bands[31].lowest)), float(bands[31].highest)) < 4


@pytest.mark.parametrize(("rate", "seconds"), [(100_000, 1799), (1_000_000, 179), (2_000_000, 89)])
def test_at_slow_rates_the_longest_gap_between_strokes_is_told(rate, seconds):
    assert longest_gap_ms(rate) == seconds * 1000


def test_strokes_come_evenly_and_their_volume_is_the_commanded_one():
    times = stroke_times_ms(2_000_000, 24)
    assert len(times) * HARDWARE.stroke_nL == 48_000_000
    assert {later - earlier for earlier, later in pairwise(times)} == {90_000}


def test_a_stroke_is_given_in_the_first_part_of_a_turn():
    assert ripple(Fraction(1, 10), Fraction(1, 5)) == Fraction(1, 2)
    assert ripple(Fraction(1, 2), Fraction(1, 5)) == 1
