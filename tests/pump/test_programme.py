"""A programme is checked against the pump and the drug's row, and never rounded into something that fits."""

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pump.imagined import DEVICE, LIBRARY, ROW

from ransel.pump.conformance.driven import QARZIBA
from ransel.pump.critical import Critical
from ransel.pump.programme import Verdict, judged, rate_nL_per_h, within_hard_limits


def verdict(**changed) -> Verdict:
    return judged(replace(QARZIBA, **changed), DEVICE, LIBRARY)


def test_what_was_ordered_is_taken_as_it_is():
    programme = verdict().programme
    assert (programme.rate_nL_per_h, programme.volume_nL) == (2_000_000, 250_000_000)
    assert programme.row is ROW or programme.row == ROW
    assert programme.critical.sound


@pytest.mark.parametrize(
    ("changed", "refused"),
    [
        ({"patient": ""}, "patient-missing"),
        ({"product": "Unknown"}, "drug-not-in-library"),
        ({"concentration_ng_per_mL": 1}, "drug-not-in-library"),
        ({"patient_type": "horse"}, "drug-not-in-library"),
        ({"care_area": "school"}, "drug-not-in-library"),
        ({"rate_unit": "mL/min"}, "rate-unit-unknown"),
        ({"rate_uL": 2_050}, "rate-between-steps"),
        ({"rate_uL": 0}, "rate-outside-device"),
        ({"rate_uL": 100_000}, "rate-outside-device"),
        ({"rate_uL": 400}, "rate-outside-hard-limit"),
        ({"rate_uL": 20_000}, "rate-outside-hard-limit"),
        ({"rate_uL": 48_000}, "rate-outside-hard-limit"),
        ({"rate_uL": -2_000}, "rate-outside-device"),
        ({"volume_uL": 0}, "volume-outside-device"),
        ({"volume_uL": 1_000_000}, "volume-outside-device"),
        ({"volume_uL": 260_000}, "volume-outside-hard-limit"),
        ({"volume_uL": 99_950}, "volume-between-steps"),
        ({"volume_uL": 100_500}, "volume-between-steps"),
    ],
)
def test_what_does_not_fit_is_refused_by_name_and_gives_no_programme(changed, refused):
    found = verdict(**changed)
    assert refused in found.refused
    assert found.programme is None


def test_millilitres_per_day_are_taken_only_when_their_unit_is_named():
    assert rate_nL_per_h(replace(QARZIBA, rate_uL=48_000, rate_unit="mL/24h")) == 2_000_000
    assert verdict(rate_uL=48_000, rate_unit="mL/24h").programme.rate_nL_per_h == 2_000_000
    assert verdict(rate_uL=47_000, rate_unit="mL/24h").refused[0] == "rate-between-steps"


@pytest.mark.parametrize(
    ("rate_uL", "asked"),
    [(900, "rate-below-soft-limit"), (2_400, "rate-above-soft-limit"), (1_000, None), (2_000, None)],
)
def test_a_soft_limit_is_asked_about_and_kept_with_the_programme(rate_uL, asked):
    found = verdict(rate_uL=rate_uL)
    assert found.asks == ((asked,) if asked else ())
    assert found.programme.overridden == found.asks


@pytest.mark.property
@given(st.integers(-1_000, 200_000), st.integers(-1_000, 1_200_000), st.sampled_from(["mL/h", "mL/24h", "mL"]))
def test_whatever_is_entered_a_programme_lies_within_every_hard_limit_and_is_what_was_entered(rate, volume, unit):
    found = verdict(rate_uL=rate, volume_uL=volume, rate_unit=unit)
    assert (found.programme is None) == bool(found.refused)
    if found.programme is not None:
        assert within_hard_limits(found.programme, DEVICE)
        hours = 24 if unit == "mL/24h" else 1
        assert (found.programme.rate_nL_per_h * hours, found.programme.volume_nL) == (rate * 1000, volume * 1000)


@pytest.mark.property
@given(st.integers(0, 10**9), st.integers(0, 40))
def test_one_bit_that_turns_over_is_always_noticed(number, bit):
    record = Critical.of(rate=number, volume=number + 1)
    assert record.sound
    assert not record.flipped("rate", bit).sound
    assert record.flipped("rate", bit).flipped("rate", bit) == record
