"""What is refused and what is asked about a child's age, weight, height and their measurement."""

from datetime import date, timedelta

import pytest
from prescribing.cases import SHELF, START, TODAY, child, codes, order_for, refusals

from ransel.language import LANGUAGES, Refusal
from ransel.prescribing import Patient
from ransel.prescribing.bounds import check_patient
from ransel.protocols import validate

BOUNDS = SHELF.protocol("dinutuximab-beta-10x24h").bounds


def found(today=TODAY, start=START, **changes):
    return list(check_patient(child(**changes), BOUNDS, today, start))


def judged(today=TODAY, start=START, **changes):
    """`refused`, `asked` or `accepted`, with the codes."""
    findings = found(today, start, **changes)
    refused = [finding for finding in findings if isinstance(finding, Refusal)]
    word = "refused" if refused else "asked" if findings else "accepted"
    return word, codes(refused or findings)


# weight and height, for a child of four: 8-12-33-55 kg, 80-92-128-142 cm


@pytest.mark.parametrize(
    ("weight", "word"),
    [
        ("0.0164 kg", "refused"),
        ("1.64 kg", "refused"),
        ("7.99 kg", "refused"),
        ("8 kg", "asked"),
        ("11.99 kg", "asked"),
        ("12 kg", "accepted"),
        ("16.4 kg", "accepted"),
        ("16400 g", "accepted"),
        ("33 kg", "accepted"),
        ("33.01 kg", "asked"),
        ("55 kg", "asked"),
        ("55.01 kg", "refused"),
        ("61.4 kg", "refused"),
        ("164 kg", "refused"),
    ],
)
@pytest.mark.hazard("HZ-003")
def test_a_weight_that_a_child_of_four_cannot_have_is_refused_and_an_unusual_one_is_asked(weight, word):
    expected = {"refused": ["bounds.impossible"], "asked": ["bounds.unusual-weight"], "accepted": []}[word]
    assert judged(weight=weight) == (word, expected)


@pytest.mark.parametrize(
    ("height", "word"),
    [
        ("1.02 cm", "refused"),
        ("10.2 cm", "refused"),
        ("79.9 cm", "refused"),
        ("80 cm", "asked"),
        ("91.9 cm", "asked"),
        ("92 cm", "accepted"),
        ("1.02 m", "accepted"),
        ("128 cm", "accepted"),
        ("128.1 cm", "asked"),
        ("142 cm", "asked"),
        ("142.1 cm", "refused"),
        ("1020 cm", "refused"),
        ("102 m", "refused"),
    ],
)
@pytest.mark.hazard("HZ-003")
def test_a_height_that_a_child_of_four_cannot_have_is_refused_and_an_unusual_one_is_asked(height, word):
    expected = {"refused": ["bounds.impossible"], "asked": ["bounds.unusual-height"], "accepted": []}[word]
    assert judged(height=height) == (word, expected)


@pytest.mark.hazard("HZ-003")
def test_weight_and_height_typed_in_each_other_s_place_are_refused():
    assert codes(refusals(order_for, child(weight="102 kg", height="16.4 cm"))) == ["bounds.impossible"] * 2


@pytest.mark.parametrize("weight", ["0 kg", "-16.4 kg"])
def test_a_weight_must_be_more_than_nothing(weight):
    (refusal,) = refusals(child, weight=weight)
    assert (refusal.code, refusal.field) == ("quantity.not-positive", "child.weight")


@pytest.mark.hazard("HZ-002")
@pytest.mark.parametrize(("field", "value"), [("weight", "16.4 cm"), ("height", "102 kg"), ("weight", "16.4 mL")])
def test_a_weight_in_a_unit_of_something_else_is_refused(field, value):
    (refusal,) = refusals(child, **{field: value})
    assert (refusal.code, refusal.value) == ("quantity.other-kind", value)


@pytest.mark.hazard("HZ-001")
@pytest.mark.parametrize(
    ("value", "code"),
    [
        ("16,4 kg", "number.comma"),
        ("16.400,0 kg", "number.separators"),
        ("1 640 kg", "number.separators"),
        ("16.4", "quantity.no-unit"),
        ("1.64e1 kg", "unit.unknown"),
        (".164 kg", "number.unreadable"),
    ],
)
def test_a_weight_that_could_be_read_ten_times_too_high_or_low_is_not_read_at_all(value, code):
    assert codes(refusals(child, weight=value)) == [code]


@pytest.mark.hazard("HZ-001")
@pytest.mark.parametrize("value", [16.4, 164, True])
def test_a_number_without_a_unit_in_a_file_is_refused(value):
    assert codes(refusals(child, weight=value)) == ["quantity.not-text"]


# age


@pytest.mark.parametrize(("days", "expected"), [(364, ["age.too-young"]), (365, []), (366, [])])
def test_a_child_under_twelve_months_at_the_start_is_refused(days, expected):
    baby = {"weight": "9 kg", "height": "76 cm", "measured": TODAY, "born": START - timedelta(days=days)}
    assert codes(found(**baby)) == expected


def test_a_birth_in_the_future_is_refused():
    born = TODAY + timedelta(days=1)
    assert codes(found(born=born, measured=born, findings={})) == ["date.in-the-future"]


def test_a_birth_of_more_than_a_hundred_years_ago_is_a_slip():
    assert "age.too-old" in codes(found(born=START - timedelta(days=36526), weight="70 kg", height="170 cm"))
    assert "age.too-old" not in codes(found(born=START - timedelta(days=36525), weight="70 kg", height="170 cm"))


def test_a_measurement_before_birth_is_refused():
    assert codes(refusals(child, measured=date(2022, 9, 13))) == ["date.before-birth"]


@pytest.mark.parametrize(
    ("day", "years"),
    [
        (date(2024, 2, 29), 0),
        (date(2025, 2, 28), 0),
        (date(2025, 3, 1), 1),
        (date(2027, 2, 28), 2),
        (date(2027, 3, 1), 3),
        (date(2028, 2, 28), 3),
        (date(2028, 2, 29), 4),
    ],
)
def test_a_child_born_on_29_february_is_a_year_older_on_1_march_and_in_a_leap_year_on_the_day(day, years):
    assert child(born=date(2024, 2, 29), measured=day).age_in_years(day) == years


def test_the_bounds_follow_the_whole_years_of_a_child_born_on_29_february():
    heavy = {"born": date(2024, 2, 29), "weight": "20 kg", "height": "80 cm", "findings": {}}
    eve = judged(measured=date(2025, 2, 28), today=date(2025, 3, 1), start=date(2025, 3, 1), **heavy)
    birthday = judged(measured=date(2025, 3, 1), today=date(2025, 3, 1), start=date(2025, 3, 1), **heavy)
    assert (eve, birthday) == (("refused", ["bounds.impossible"]), ("asked", ["bounds.unusual-weight"]))


# how old the measurement is


@pytest.mark.parametrize(
    ("days", "word", "expected"),
    [
        (0, "accepted", []),
        (14, "accepted", []),
        (15, "asked", ["measurement.old"]),
        (365, "asked", ["measurement.old"]),
        (366, "refused", ["measurement.too-old"]),
    ],
)
@pytest.mark.hazard("HZ-005")
def test_a_measurement_is_asked_about_after_14_days_and_refused_after_365(days, word, expected):
    assert judged(measured=START - timedelta(days=days), today=START) == (word, expected)


@pytest.mark.hazard("HZ-005")
def test_the_age_of_a_measurement_counts_to_the_start_of_the_course_not_to_the_day_of_ordering():
    measured = TODAY - timedelta(days=10)
    assert judged(measured=measured, start=measured + timedelta(days=14)) == ("accepted", [])
    assert judged(measured=measured, start=measured + timedelta(days=15)) == ("asked", ["measurement.old"])


@pytest.mark.hazard("HZ-005")
def test_a_measurement_in_the_future_is_refused():
    assert judged(measured=TODAY) == ("accepted", [])
    assert judged(measured=TODAY + timedelta(days=1)) == ("refused", ["date.in-the-future"])


# what changed since the previous measurement


@pytest.mark.parametrize(
    ("now", "expected"),
    [
        ("20.99 kg", []),
        ("21 kg", ["changed.weight"]),
        ("19.01 kg", []),
        ("19 kg", ["changed.weight"]),
        ("20 kg", []),
        ("30 kg", ["changed.weight"]),
    ],
)
@pytest.mark.hazard("HZ-006")
def test_a_weight_that_changed_by_exactly_5_percent_up_or_down_is_asked_about(now, expected):
    before = {"weight": "20 kg", "height": "102 cm", "measured": date(2026, 12, 18)}
    assert codes(found(weight=now, previous=before)) == expected


@pytest.mark.parametrize(("now", "expected"), [("104.9 cm", []), ("105 cm", ["changed.height"])])
@pytest.mark.hazard("HZ-006")
def test_a_height_that_changed_by_exactly_5_percent_is_asked_about(now, expected):
    before = {"weight": "16.4 kg", "height": "100 cm", "measured": date(2026, 12, 18)}
    assert codes(found(height=now, previous=before)) == expected


@pytest.mark.hazard("HZ-006")
def test_the_notice_of_a_changed_weight_says_how_much_and_since_when_it_matters():
    before = {"weight": "20 kg", "height": "102 cm", "measured": date(2026, 12, 18)}
    (notice,) = found(weight="19 kg", previous=before)
    for language, change in zip(LANGUAGES, ("-5 %", "-5 %"), strict=True):
        assert change in notice.text(language)


@pytest.mark.hazard("HZ-006")
def test_a_previous_measurement_of_a_later_day_is_refused():
    before = {"weight": "16 kg", "height": "101 cm", "measured": date(2027, 1, 30)}
    assert "date.previous-is-later" in codes(refusals(lambda: order_for(child(previous=before))))


def test_without_a_previous_measurement_nothing_is_asked_about_change():
    assert found() == []


# who it is


@pytest.mark.parametrize(
    "name", ["Sam\nBEGIN:VEVENT", "Sam\r\nATTENDEE:x", "Sam\u2028x", "Sam\u202ex", "Sam\x00", " \t"]
)
@pytest.mark.hazard("HZ-026")
def test_a_name_that_could_write_lines_of_its_own_is_refused(name):
    assert codes(refusals(child, name=name)) in (["text.control-character"], ["text.empty"])


def test_an_unknown_key_about_a_patient_is_refused_and_the_likely_one_named():
    (refusal,) = refusals(child, wieght="16.4 kg")
    assert (refusal.code, refusal.values["suggestion"]) == ("key.unknown", "weight")


def test_a_missing_weight_is_refused_and_not_taken_as_anything():
    tables = {"name": "Sam (synthetic)", "born": date(2022, 9, 14), "height": "102 cm", "measured": TODAY}
    (refusal,) = refusals(validate, Patient, tables, "child")
    assert (refusal.code, refusal.field) == ("key.missing", "child.weight")
