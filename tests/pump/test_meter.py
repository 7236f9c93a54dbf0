"""The pump's own count: whole nanolitres, the same however often somebody looks."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ransel.pump.meter import AN_HOUR_MS, Meter

TWO_ML_PER_H = 2_000_000
NEW = Meter(50_000)


def test_an_hour_at_two_millilitres_is_forty_strokes():
    meter = NEW.attached(250_000_000).running(0, TWO_ML_PER_H).read(AN_HOUR_MS)
    assert (meter.counted_nL, meter.strokes, meter.displayed_nL) == (2_000_000, 40, 248_000_000)
    assert meter.rate_nL_per_h == 0


def test_what_fills_the_line_is_turned_and_leaves_the_display_but_is_not_counted_for_the_child():
    meter = Meter(50_000, priming=True).attached(250_000_000).running(0, 99_900_000).read(60_000)
    assert (meter.counted_nL, meter.primed_nL) == (0, 1_665_000)
    assert meter.displayed_nL == 250_000_000 - 1_665_000
    assert meter.strokes == 33


def test_the_rest_of_a_stroke_is_what_is_missing_to_a_whole_one():
    assert NEW.rest_of_stroke_nL == 0
    assert NEW.pushed(1).rest_of_stroke_nL == 49_999
    assert NEW.pushed(1).pushed(49_999).rest_of_stroke_nL == 0


def test_what_an_occlusion_held_up_is_taken_back_from_the_count():
    meter = NEW.attached(1_000_000).pushed(300_000).pushed(-100_000)
    assert (meter.counted_nL, meter.used_nL, meter.displayed_nL) == (200_000, 200_000, 800_000)


def test_another_container_begins_its_own_display_and_not_the_count():
    meter = NEW.attached(1_000_000).pushed(300_000).attached(250_000_000)
    assert (meter.counted_nL, meter.used_nL, meter.displayed_nL) == (300_000, 0, 250_000_000)


def test_the_reserve_counts_with_the_fastest_flow_and_display_and_reserve_end_at_nothing():
    meter = NEW.attached(1_060_000).pushed(1_000_000)
    assert (meter.displayed_nL, meter.reserve_nL(60), meter.reserve_nL(0)) == (60_000, 0, 60_000)
    assert meter.pushed(500_000).displayed_nL == meter.pushed(500_000).reserve_nL(60) == 0


@pytest.mark.property
@given(st.integers(0, 99_900_000), st.lists(st.integers(0, 30 * AN_HOUR_MS), max_size=10), st.integers(0, AN_HOUR_MS))
def test_looking_often_counts_the_same_as_looking_once(rate, looks, more):
    meter = NEW.running(0, rate)
    for look in sorted(looks):
        assert meter.read(look).counted_nL == look * rate // AN_HOUR_MS
    end = max(looks, default=0) + more
    assert meter.read(end).counted_nL == end * rate // AN_HOUR_MS


@pytest.mark.property
@given(st.lists(st.tuples(st.integers(0, 99_900_000), st.integers(0, AN_HOUR_MS)), max_size=10))
def test_a_change_of_rate_loses_less_than_a_nanolitre_and_never_adds_one(changes):
    meter, now, exact = NEW, 0, 0
    for rate, lasts in changes:
        meter, now = meter.running(now, rate).running(now + lasts, 0), now + lasts
        exact += rate * lasts
    assert 0 <= exact - meter.counted_nL * AN_HOUR_MS < (len(changes) or 1) * AN_HOUR_MS
