"""The medicines around an infusion: single doses and dates."""

from datetime import date

import pytest
from prescribing.cases import child, order_for

from ransel.prescribing import supportive_days
from ransel.quantities import Mass


def days(medicine, **kwargs):
    return [day for day in supportive_days(order_for(**kwargs)) if day.medicine.id == medicine]


def test_gabapentin_is_164_mg_at_16_4_kg_once_twice_and_three_times_a_day_from_three_days_before():
    assert [(day.first, day.last, day.times_a_day, day.single_dose.value) for day in days("gabapentin")] == [
        (date(2027, 2, 2), date(2027, 2, 2), 1, Mass("164 mg")),
        (date(2027, 2, 3), date(2027, 2, 3), 2, Mass("164 mg")),
        (date(2027, 2, 4), date(2027, 2, 15), 3, Mass("164 mg")),
    ]


@pytest.mark.parametrize(("weight", "dose"), [("29.9 kg", "299 mg"), ("30 kg", "300 mg"), ("30.1 kg", "300 mg")])
@pytest.mark.hazard("HZ-003")
def test_a_single_dose_of_gabapentin_is_never_more_than_300_mg(weight, dose):
    patient = child(born=date(2017, 9, 14), weight=weight, height="130 cm")
    assert {day.single_dose.value for day in days("gabapentin", patient=patient)} == {Mass(dose)}


def test_isotretinoin_is_half_of_160_mg_per_m2_twice_a_day_from_day_14_to_day_27():
    (only,) = days("isotretinoin")
    assert (only.first, only.last, only.times_a_day) == (date(2027, 2, 19), date(2027, 3, 4), 2)
    assert only.single_dose.value.text("en", "mg", 2) == "54.53 mg"
    assert only.last.toordinal() - only.first.toordinal() + 1 == 14


@pytest.mark.parametrize(("times", "dose"), [(1, "109.07 mg"), (2, "54.53 mg"), (4, "27.27 mg")])
def test_a_daily_dose_is_divided_by_how_often_it_is_given(times, dose):
    protocol = order_for().protocol
    isotretinoin = next(one for one in protocol.supportive if one.id == "isotretinoin")
    step = isotretinoin.days.value[0].model_copy(update={"times_a_day": times})
    changed = isotretinoin.model_copy(update={"days": isotretinoin.days.model_copy(update={"value": (step,)})})
    (only,) = days("isotretinoin", protocol=protocol.model_copy(update={"supportive": (changed,)}))
    assert only.single_dose.value.text("en", "mg", 2) == dose


@pytest.mark.hazard("HZ-016")
@pytest.mark.parametrize(
    ("start", "first", "last"),
    [
        (date(2027, 12, 24), date(2028, 1, 7), date(2028, 1, 20)),
        (date(2028, 2, 10), date(2028, 2, 24), date(2028, 3, 8)),
    ],
)
def test_dates_count_on_over_new_year_and_29_february(start, first, last):
    patient = child(measured=start)
    (only,) = days("isotretinoin", patient=patient, today=start, start=start)
    assert (only.first, only.last) == (first, last)


def test_a_medicine_without_days_in_the_protocol_has_no_invented_dates_or_doses():
    (morphine,) = days("morphine")
    assert (morphine.first, morphine.last, morphine.times_a_day, morphine.single_dose) == (None, None, 0, None)
    assert morphine.medicine.timing.value.text("en")
