"""Own courses compared: who counts, how often, and when nothing is compared at all."""

import pytest
from outcomes.cohorts import MAXIMA, NEW, OLD, group, long_record, record

from ransel.outcomes.cohort import cohort_of, cohort_tolerability, regimens_to_compare
from ransel.outcomes.cohort_burden import cohort_burden, cohort_exposure, welch
from ransel.outcomes.course_record import SMALLEST_GROUP, GivenPart, with_few_alike
from ransel.outcomes.risk import risk_ratio_katz
from ransel.outcomes.tolerability import Verdict


def keys(says):
    return [one.key for one in says]


def pain(old, new):
    """Return a cohort with so many of so many children with severe pain in each regimen."""
    first = group(record, old[1], grades=[{"pain": 3}] * old[0])
    return [*first, *group(long_record, new[1], grades=[{"pain": 3}] * new[0])]


def test_counts_ratio_and_interval_are_those_of_the_children():
    (found,) = cohort_tolerability(pain((6, 10), (3, 12)), OLD, NEW).terms
    assert (found.first.events, found.first.children) == (6, 10)
    assert (found.second.events, found.second.children) == (3, 12)
    assert found.risk_ratio == risk_ratio_katz(6, 10, 3, 12)
    assert not found.first.reconstructed


@pytest.mark.hazard("HZ-096")
def test_a_child_with_five_courses_counts_once_with_its_worst():
    often = [record("often", course, grades={"pain": 3 if course == 2 else 1}) for course in range(1, 6)]
    rest = group(record, 5, first=50)
    (found,) = cohort_tolerability([*often, *rest, *group(long_record, 6)], OLD, NEW).terms
    assert (found.first.events, found.first.children) == (1, 6)


@pytest.mark.hazard("HZ-095")
def test_who_nobody_looked_at_is_not_counted_as_well():
    looked = group(record, 6, grades=[{"pain": 3, "cough": 3}] * 2)
    not_looked = group(record, 4, first=60, grades=[{}] * 4)
    compared = cohort_tolerability([*looked, *not_looked, *group(long_record, 6)], OLD, NEW)
    of = {one.term: one for one in compared.terms}
    assert (of["pain"].first.events, of["pain"].first.children) == (2, 6)
    assert of["cough"].first is None
    assert of["cough"].verdict is Verdict.NOT_COUNTED
    assert "cohort.not-all-counted" in keys(compared.says)


@pytest.mark.hazard("HZ-094")
def test_a_grade_that_was_left_open_counts_only_where_it_decides():
    old = group(record, 7, grades=[{"pain": "1+"}, {"pain": "3+"}])
    compared = [*old, *group(long_record, 6)]
    (severe,) = cohort_tolerability(compared, OLD, NEW).terms
    assert (severe.first.events, severe.first.children) == (1, 6)
    (any_grade,) = cohort_tolerability(compared, OLD, NEW, least_grade=1).terms
    assert (any_grade.first.events, any_grade.first.children) == (2, 7)


@pytest.mark.hazard("HZ-097")
@pytest.mark.hazard("HZ-076")
@pytest.mark.parametrize(("old", "new"), [(0, 9), (9, 0), (SMALLEST_GROUP - 1, 9), (9, SMALLEST_GROUP - 1), (0, 0)])
def test_a_group_that_is_empty_or_so_small_that_a_child_is_recognised_is_not_compared(old, new):
    records = [*group(record, old), *group(long_record, new)]
    found = cohort_tolerability(records, OLD, NEW)
    assert found.terms == ()
    assert "cohort.no-comparison" in keys(found.says)
    assert "tolerability.says.not-randomised" in keys(found.says)
    assert cohort_burden(records, OLD, NEW).figures == ()
    given = cohort_exposure(records, OLD, NEW)
    assert given.difference is None
    assert all(one.text(language) for one in found.says for language in ("nl", "en"))


@pytest.mark.hazard("HZ-096")
def test_a_child_with_courses_of_both_regimens_is_in_neither_group_and_running_courses_wait():
    both = [record("both"), long_record("both", 2)]
    running = [long_record("runs", outcome="running")]
    cohort = cohort_of([*both, *running, *group(record, 5), *group(long_record, 5)], OLD, NEW)
    assert (len(cohort.first), len(cohort.second), cohort.in_both, cohort.running) == (5, 5, 1, 1)
    assert keys(cohort.says()) == ["cohort.in-both", "cohort.running"]


@pytest.mark.hazard("HZ-107")
def test_every_comparison_says_that_nobody_drew_lots():
    records = pain((2, 6), (1, 6))
    for says in (cohort_tolerability(records, OLD, NEW).says, cohort_burden(records, OLD, NEW).says):
        assert "tolerability.says.not-randomised" in keys(says)


def test_groups_are_told_by_regimen_by_protocol_or_by_the_regimen_of_a_protocol():
    records = [*group(record, 5, protocol=""), *group(long_record, 5)]
    for second in (NEW, MAXIMA):
        assert len(cohort_of(records, OLD, second).first) == 5
        assert len(cohort_of(records, OLD, second).second) == 5
    assert "thuis" in cohort_of(records, OLD, MAXIMA).second.title.nl
    assert cohort_of(records, OLD, "another").second.title.nl == "another"


def test_two_protocols_of_one_regimen_are_told_apart_by_their_ids():
    records = [*group(long_record, 5, protocol=NEW), *group(long_record, 6, first=20)]
    cohort = cohort_of(records, NEW, MAXIMA)
    assert (len(cohort.first), len(cohort.second)) == (5, 6)


def test_different_versions_of_the_criteria_are_said():
    records = [*group(record, 5, ctcae="4.03"), *group(long_record, 5)]
    found = cohort_tolerability(records, OLD, NEW)
    assert found.ctcae == ""
    assert "cohort.versions-differ" in keys(found.says)
    assert cohort_tolerability(pain((1, 5), (1, 5)), OLD, NEW).ctcae == "5.0"


@pytest.mark.hazard("HZ-107")
def test_that_one_group_had_more_courses_is_said():
    more = [record(f"m-{child}", course) for child in range(5) for course in (1, 2)]
    assert "cohort.courses-differ" in keys(cohort_of([*more, *group(long_record, 5)], OLD, NEW).says())


@pytest.mark.hazard("HZ-104")
def test_the_two_regimens_with_most_children_are_compared_and_the_short_one_comes_first():
    rare = [record("rare", regimen="another", planned_hours=1.0)]
    assert regimens_to_compare([*group(long_record, 3), *group(record, 2), *rare]) == (OLD, NEW)
    assert regimens_to_compare(group(record, 3)) is None
    assert regimens_to_compare([]) is None


# -- burden


@pytest.mark.hazard("HZ-096")
def test_burden_is_per_course_and_a_child_counts_once():
    one = [record("often", course, nights_in_hospital=nights) for course, nights in enumerate((10, 4, 1), 1)]
    burden = cohort_burden([*one, *group(record, 4, first=30), *group(long_record, 6)], OLD, NEW)
    nights = next(figure for figure in burden.figures if figure.id == "nights")
    assert nights.first_per_course[1] == pytest.approx((5 + 4 * 4) / 5)
    assert nights.second_per_course == (1, 1, 1)
    assert nights.first == (pytest.approx((10 + 4 * 4) / 5), None, None)
    assert nights.second == (1, None, None)
    assert nights.difference.estimate == pytest.approx(1 - 21 / 5)
    assert burden.own
    assert burden.children == 11


@pytest.mark.hazard("HZ-095")
def test_what_nobody_counted_is_said_and_not_shown_as_nothing():
    burden = cohort_burden([*group(record, 5, trips=None), *group(long_record, 6)], OLD, NEW)
    trips = next(figure for figure in burden.figures if figure.id == "trips")
    assert (trips.first_per_course, trips.difference, trips.first) == (None, None, (None,))
    (said,) = [one for one in burden.says if one.key == "cohort.burden-not-counted"]
    assert "trips" in said.text()
    assert "kilometres" in said.text()


def test_the_interval_of_welch_is_that_of_scipy():
    from scipy.stats import ttest_ind

    first, second = [1.0, 4.0, 2.0, 8.0], [3.0, 3.5, 9.0, 1.0, 0.0]
    found, expected = welch(first, second), ttest_ind(second, first, equal_var=False).confidence_interval()
    assert (found.low, found.high) == pytest.approx((expected.low, expected.high))
    assert welch([1.0, 1.0], [2.0, 2.0]) is None
    assert welch([1.0], [2.0, 3.0]) is None


# -- what was given


def test_given_is_compared_with_ordered_and_courses_without_an_account_are_said():
    old = group(record, 6, given_percent=GivenPart(90.0, 95.0, 100.0))
    new = group(long_record, 7, given_percent=GivenPart(96.0, 98.0, 99.0))
    found = cohort_exposure([*old, *new, record("no-pump", given_percent=None)], OLD, NEW)
    assert (found.first.children, found.first.mean, found.first.low, found.first.high) == (6, 95.0, 90.0, 100.0)
    assert (found.second.children, found.second.percent.p50) == (7, 98.0)
    assert found.difference is None  # nothing is spread, so nothing has a width
    assert "cohort.without-account" in keys(found.says)


def test_few_children_with_an_account_are_not_shown():
    old = [*group(record, 4), *group(record, 4, first=20, given_percent=None)]
    found = cohort_exposure([*old, *group(long_record, 6)], OLD, NEW)
    assert found.first is None
    assert found.second is not None
    assert found.difference is None


@pytest.mark.hazard("HZ-097")
def test_children_of_the_same_age_and_weight_are_marked_until_there_are_enough_of_them():
    few = group(record, SMALLEST_GROUP - 1) * 3  # courses are no children
    assert all(one.few_alike for one in with_few_alike(few))
    assert not any(one.few_alike for one in with_few_alike(group(record, SMALLEST_GROUP)))
