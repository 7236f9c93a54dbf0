"""Grades out of numbers: every band of the table at its edges, and never grade 0 because something is missing."""

import pytest

from ransel.followup.ctcae import ctcae
from ransel.followup.grading import (
    Circumstances,
    Grade,
    Limits,
    NoGrade,
    febrile_neutropenia,
    grade,
    readable,
)
from ransel.language import Refused
from ransel.quantities import CellCount, Concentration, Duration, MolarConcentration, Ratio, Temperature, parse

LOWER = {
    "hyponatremia": "135 mmol/L", "hypokalemia": "3.5 mmol/L", "neutrophils-low": "1800 /uL",
    "platelets-low": "150000 /uL", "anemia": "11.5 g/dL", "hypoalbuminemia": "35 g/L",
}  # fmt: skip
NOT_GRAVE = Circumstances(symptoms=False, at_rest=True, life_threatening=False, lasted=Duration("3 h"))


def graded(term, value, circumstances=NOT_GRAVE, **limits):
    told = {key: parse(one) for key, one in limits.items()}
    if not told and term in LOWER:
        told = {"lower": parse(LOWER[term])}
    return grade(term, parse(value), Limits(**told), circumstances)


@pytest.mark.parametrize(("term", "value", "expected"), [
    ("fever", "37.9 °C", 0), ("fever", "38.0 °C", 1), ("fever", "39.0 °C", 1), ("fever", "39.1 °C", 2),
    ("fever", "40.0 °C", 2), ("fever", "40.1 °C", 3),
    ("hyponatremia", "135 mmol/L", 0), ("hyponatremia", "134 mmol/L", 1), ("hyponatremia", "130 mmol/L", 1),
    ("hyponatremia", "129.5 mmol/L", 2), ("hyponatremia", "129 mmol/L", 2), ("hyponatremia", "125 mmol/L", 2),
    ("hyponatremia", "124 mmol/L", 3), ("hyponatremia", "120 mmol/L", 3), ("hyponatremia", "119 mmol/L", 4),
    ("hypokalemia", "3.5 mmol/L", 0), ("hypokalemia", "3.4 mmol/L", 1), ("hypokalemia", "3.0 mmol/L", 1),
    ("hypokalemia", "2.9 mmol/L", 3), ("hypokalemia", "2.5 mmol/L", 3), ("hypokalemia", "2.4 mmol/L", 4),
    ("neutrophils-low", "1800 /uL", 0), ("neutrophils-low", "1799 /uL", 1), ("neutrophils-low", "1500 /uL", 1),
    ("neutrophils-low", "1499 /uL", 2), ("neutrophils-low", "1000 /uL", 2), ("neutrophils-low", "999 /uL", 3),
    ("neutrophils-low", "500 /uL", 3), ("neutrophils-low", "499 /uL", 4),
    ("platelets-low", "150000 /uL", 0), ("platelets-low", "149000 /uL", 1), ("platelets-low", "75000 /uL", 1),
    ("platelets-low", "74000 /uL", 2), ("platelets-low", "50000 /uL", 2), ("platelets-low", "49000 /uL", 3),
    ("platelets-low", "25000 /uL", 3), ("platelets-low", "24000 /uL", 4),
    ("anemia", "11.5 g/dL", 0), ("anemia", "11.4 g/dL", 1), ("anemia", "10 g/dL", 1), ("anemia", "9.9 g/dL", 2),
    ("anemia", "8 g/dL", 2), ("anemia", "7.9 g/dL", 3),
    ("hypoalbuminemia", "35 g/L", 0), ("hypoalbuminemia", "34 g/L", 1), ("hypoalbuminemia", "30 g/L", 1),
    ("hypoalbuminemia", "29 g/L", 2), ("hypoalbuminemia", "20 g/L", 2), ("hypoalbuminemia", "19 g/L", 3),
    ("urticaria", "0 %", 0), ("urticaria", "9 %", 1), ("urticaria", "10 %", 2), ("urticaria", "30 %", 2),
    ("urticaria", "31 %", 3),
])  # fmt: skip
def test_each_grade_begins_and_ends_where_the_table_says(term, value, expected):
    assert graded(term, value).decided == expected


@pytest.mark.parametrize(("value", "baseline", "expected"), [
    ("1 xULN", "1 xULN", 0), ("1.1 xULN", "0.8 xULN", 1), ("3 xULN", "1 xULN", 1), ("3.1 xULN", "1 xULN", 2),
    ("5 xULN", "1 xULN", 2), ("5.1 xULN", "1 xULN", 3), ("20 xULN", "1 xULN", 3), ("20.1 xULN", "1 xULN", 4),
    ("3 xULN", "2 xULN", 1), ("6 xULN", "2 xULN", 1), ("6.2 xULN", "2 xULN", 2), ("10.2 xULN", "2 xULN", 3),
    ("41 xULN", "2 xULN", 4),
])  # fmt: skip
def test_enzymes_are_measured_against_the_limit_or_against_a_value_that_was_raised_before(value, baseline, expected):
    assert graded("alt-increased", value, baseline=baseline).decided == expected
    assert graded("ast-increased", value, baseline=baseline).decided == expected


@pytest.mark.parametrize(("value", "baseline", "expected"), [
    ("1 xULN", "0.9 xULN", 0), ("1.2 xULN", "1 xULN", 1), ("1.6 xULN", "1.2 xULN", 2), ("0.9 xULN", "0.5 xULN", 2),
    ("0.9 xULN", "0.25 xULN", 3), ("3.1 xULN", "2 xULN", 3), ("6.1 xULN", "3 xULN", 4),
])  # fmt: skip
def test_creatinine_takes_the_worse_of_limit_and_baseline(value, baseline, expected):
    assert graded("creatinine-increased", value, baseline=baseline).decided == expected


def test_a_value_in_its_own_unit_and_the_limit_in_the_same_give_what_their_ratio_gives():
    found = graded("alt-increased", "160 IU/L", upper="40 IU/L", baseline="35 IU/L")
    assert found.decided == graded("alt-increased", "4 xULN", baseline="0.875 xULN").decided == 2


@pytest.mark.hazard("HZ-094")
@pytest.mark.parametrize(("term", "value"), [
    ("hyponatremia", "131 mmol/L"), ("hypokalemia", "3.9 mmol/L"), ("neutrophils-low", "5000 /uL"),
    ("platelets-low", "300000 /uL"), ("anemia", "13 g/dL"), ("hypoalbuminemia", "40 g/L"), ("hypoxia", "97 %"),
])  # fmt: skip
def test_without_the_limit_of_the_laboratory_there_is_no_grade_and_never_grade_0(term, value):
    found = grade(term, parse(value))
    assert isinstance(found, NoGrade)
    assert "lower limit" in found.reason.text()
    assert found.version == "5.0"


@pytest.mark.hazard("HZ-094")
@pytest.mark.parametrize(("term", "value", "reason"), [
    ("alt-increased", "80 IU/L", "upper limit"), ("creatinine-increased", "50 mmol/L", "upper limit"),
    ("alt-increased", "2 xULN", "before the treatment"), ("creatinine-increased", "0.9 xULN", "before the treatment"),
    ("creatinine-increased", "4 xULN", "before the treatment"),
])  # fmt: skip
def test_without_limit_or_value_before_there_is_no_grade(term, value, reason):
    found = grade(term, parse(value))
    assert isinstance(found, NoGrade)
    assert reason in found.reason.text()


def test_what_is_so_bad_that_no_limit_changes_it_has_its_grade_without_one():
    assert grade("hyponatremia", parse("119 mmol/L")).decided == 4
    assert grade("neutrophils-low", parse("400 /uL")).decided == 4
    assert grade("creatinine-increased", parse("7 xULN")).decided == 4
    assert grade("alt-increased", parse("0.9 xULN")).decided == 0


def test_an_enzyme_above_the_limit_that_is_not_worse_than_before_has_no_grade():
    found = graded("alt-increased", "2.5 xULN", baseline="2 xULN")
    assert isinstance(found, NoGrade)
    assert "not clearly worse" in found.reason.text()


@pytest.mark.hazard("HZ-094")
@pytest.mark.parametrize(("term", "value", "lowest", "highest", "missing"), [
    ("fever", "40.5 °C", 3, 4, "24 h"), ("hyponatremia", "127 mmol/L", 2, 3, "complaints"),
    ("hypokalemia", "3.2 mmol/L", 1, 2, "complaints"), ("anemia", "7 g/dL", 3, 4, "life-threatening"),
    ("hypoalbuminemia", "15 g/L", 3, 4, "life-threatening"), ("hypoxia", "85 %", 2, 4, "at rest"),
])  # fmt: skip
def test_what_a_number_cannot_decide_gives_a_range_and_what_is_missing(term, value, lowest, highest, missing):
    found = graded(term, value, Circumstances())
    assert (found.lowest, found.highest, found.decided) == (lowest, highest, None)
    assert any(missing in one.text() for one in found.missing)
    assert [one.text("nl") for one in readable(found)]


def test_what_is_said_beside_a_number_decides_it():
    assert graded("fever", "40.5 °C", Circumstances(lasted=Duration("24 h"))).decided == 3
    assert graded("fever", "40.5 °C", Circumstances(lasted=Duration("25 h"))).decided == 4
    assert graded("hyponatremia", "127 mmol/L", Circumstances(symptoms=True)).decided == 3
    assert graded("hyponatremia", "127 mmol/L", Circumstances(symptoms=False)).decided == 2
    assert graded("anemia", "7 g/dL", Circumstances(life_threatening=True)).decided == 4
    assert graded("hypoxia", "85 %", Circumstances(at_rest=False)).decided == 2
    assert graded("hypoxia", "85 %", Circumstances(at_rest=True, life_threatening=False)).decided == 3


def test_oxygen_between_the_given_limit_and_where_the_table_begins_has_no_grade():
    found = graded("hypoxia", "92 %", lower="95 %")
    assert isinstance(found, NoGrade)
    assert "88 %" in found.reason.text()
    assert graded("hypoxia", "95 %", lower="95 %").decided == 0


@pytest.mark.parametrize(("term", "value"), [
    ("fever", "28.3 °C"), ("fever", "378 °C"), ("fever", "3.78 °C"), ("hyponatremia", "1380 mmol/L"),
    ("hyponatremia", "13.8 mmol/L"), ("hypokalemia", "42 mmol/L"), ("hypokalemia", "0.42 mmol/L"),
    ("anemia", "105 g/dL"), ("anemia", "1.05 g/dL"), ("hypoalbuminemia", "350 g/L"), ("hypoalbuminemia", "3.5 g/L"),
    ("platelets-low", "250 /uL"), ("platelets-low", "3500000 /uL"), ("neutrophils-low", "150000 /uL"),
    ("hypoxia", "9.7 %"), ("hypoxia", "970 %"), ("alt-increased", "1200 xULN"), ("creatinine-increased", "60 xULN"),
])  # fmt: skip
def test_a_slip_of_the_keyboard_is_refused_and_not_graded(term, value):
    with pytest.raises(Refused) as refused:
        grade(term, parse(value))
    assert refused.value.refusals[0].code == "ctcae.slip"


@pytest.mark.parametrize(("term", "value", "limits", "code"), [
    ("hyponatremia", "138 mmol/L", {"lower": "13.5 mmol/L"}, "ctcae.slip"),
    ("hyponatremia", "138 mmol/L", {"lower": "128 mmol/L"}, "ctcae.limit-beyond"),
    ("anemia", "12 g/dL", {"lower": "11.5 mmol/L"}, "quantity.other-kind"),
    ("alt-increased", "80 IU/L", {"upper": "0 IU/L"}, "ctcae.limit-not-above-zero"),
    ("alt-increased", "80 IU/L", {"upper": "40 mmol/L"}, "quantity.other-kind"),
    ("anemia", "7.5 mmol/L", {"lower": "11.5 g/dL"}, "quantity.other-kind"),
])  # fmt: skip
def test_a_limit_that_no_laboratory_gives_is_refused(term, value, limits, code):
    with pytest.raises(Refused) as refused:
        graded(term, value, **limits)
    assert refused.value.refusals[0].code == code
    assert refused.value.refusals[0].remedy.text("nl")


def test_where_a_person_has_to_judge_no_number_gives_a_grade():
    for term in ctcae().terms:
        if term.scale is None:
            found = grade(term.id, Ratio("50 %"))
            assert isinstance(found, NoGrade)
            assert "no number decides" in found.reason.text()


def test_an_unknown_term_is_refused_with_the_version():
    with pytest.raises(Refused) as refused:
        grade("Homesickness", Temperature("38 °C"))
    assert refused.value.refusals[0].code == "ctcae.unknown-term"


def test_a_term_is_found_by_its_id_and_by_the_name_under_which_it_is_signed():
    low = MolarConcentration("128 mmol/L")
    assert grade("Hyponatremia", low) == grade("hyponatremia", low)
    assert isinstance(grade("Anemia", Concentration("9 g/dL")), Grade)


@pytest.mark.parametrize(("count", "warm", "circumstances", "lowest", "highest"), [
    ("1000 /uL", "39 °C", {}, 0, 0), ("900 /uL", "37.9 °C", {}, 0, 0), ("900 /uL", "38.4 °C", {}, 3, 4),
    ("900 /uL", "38.4 °C", {"life_threatening": False}, 3, 3), ("900 /uL", "38.4 °C", {"life_threatening": True}, 4, 4),
    ("900 /uL", "38.1 °C", {"life_threatening": False}, 0, 3),
    ("900 /uL", "38.1 °C", {"lasted": Duration("2 h"), "life_threatening": False}, 3, 3),
    ("900 /uL", "38.1 °C", {"lasted": Duration("1 h")}, 0, 0),
])  # fmt: skip
def test_fever_with_few_neutrophils_is_one_side_effect_of_two_numbers(count, warm, circumstances, lowest, highest):
    found = febrile_neutropenia(CellCount(count), Temperature(warm), Circumstances(**circumstances))
    assert (found.lowest, found.highest) == (lowest, highest)
    assert bool(found.missing) == (lowest != highest)


def test_fever_with_few_neutrophils_refuses_slips_as_well():
    with pytest.raises(Refused):
        febrile_neutropenia(CellCount("900 /uL"), Temperature("28.3 °C"))
