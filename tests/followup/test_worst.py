"""The worst grade over a course: signed grades stay, numbers fill in, and what nobody looked at has no grade."""

import pytest

from ransel.followup.ctcae import ctcae
from ransel.followup.worst import OTHER, Look, WorstGrade, worst_grades
from ransel.quantities import Ratio, Temperature


@pytest.mark.hazard("HZ-095")
def test_nothing_was_seen_when_nobody_looked():
    assert worst_grades([]) == {}
    assert worst_grades([Look()]) == {}


def test_the_worst_of_what_was_signed_counts():
    looks = [Look(signed=[("Pain", 1)]), Look(signed=[("Pain", 3), ("Fever", 1)]), Look(signed=[("Pain", 2)])]
    assert worst_grades(looks) == {"fever": WorstGrade(1), "pain": WorstGrade(3)}


def test_a_grade_that_was_signed_is_not_changed_by_the_number_beside_it():
    look = Look(signed=[("Fever", 1)], temperature=Temperature("39.6 °C"))
    assert worst_grades([look])["fever"] == WorstGrade(1)
    later = Look(temperature=Temperature("39.6 °C"))
    assert worst_grades([look, later])["fever"] == WorstGrade(2)


def test_a_temperature_says_whether_there_was_fever():
    assert worst_grades([Look(temperature=Temperature("37.2 °C"))]) == {"fever": WorstGrade(0)}
    assert worst_grades([Look(temperature=Temperature("40.4 °C"))]) == {"fever": WorstGrade(3, or_worse=True)}


def test_a_temperature_that_is_a_slip_of_the_keyboard_says_nothing():
    assert worst_grades([Look(temperature=Temperature("28.3 °C"))]) == {}


def test_a_pain_score_says_that_there_was_pain_and_not_how_bad():
    assert worst_grades([Look(pain=0)]) == {"pain": WorstGrade(0)}
    assert worst_grades([Look(pain=0), Look(pain=8)]) == {"pain": WorstGrade(1, or_worse=True)}
    assert worst_grades([Look(pain=8, signed=[("Pain", 3)]), Look(pain=2)]) == {"pain": WorstGrade(3)}


@pytest.mark.hazard("HZ-094")
def test_oxygen_without_a_limit_is_no_grade_and_low_oxygen_is_one():
    assert worst_grades([Look(saturation=Ratio("97 %"))]) == {}
    assert worst_grades([Look(saturation=Ratio("84 %"))]) == {"hypoxia": WorstGrade(2, or_worse=True)}


@pytest.mark.hazard("HZ-095")
def test_who_goes_through_the_list_says_what_was_not_there():
    found = worst_grades([Look(looked_for="2026.1", signed=[("Nausea", 2)], temperature=Temperature("38.5 °C"))])
    assert set(found) == {term.id for term in ctcae().listed("2026.1")}
    assert found["nausea"] == WorstGrade(2)
    assert found["fever"] == WorstGrade(1)
    assert {one.grade for term, one in found.items() if term not in {"nausea", "fever"}} == {0}
    assert "anemia" not in found


@pytest.mark.hazard("HZ-097")
def test_what_somebody_typed_is_counted_without_its_words():
    assert worst_grades([Look(signed=[("what aunt Noor said", 2)])]) == {OTHER: WorstGrade(2)}
    assert worst_grades([Look(looked_for="a list that nobody knows")]) == {}
