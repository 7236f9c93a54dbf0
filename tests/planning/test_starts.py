"""Which starts of a week are possible."""

from __future__ import annotations

from datetime import UTC, date, datetime

import pytest
from planning.conftest import child

from ransel.compounding import plan_containers
from ransel.planning import rank_starts
from ransel.prescribing import prescribe

MONDAY = date(2027, 2, 1)
NOW = datetime(2027, 1, 29, 9, tzinfo=UTC)


@pytest.fixture(scope="module")
def week(agenda, library):
    protocol = library.protocol("dinutuximab-beta-10x24h-maxima")
    order = prescribe(child(date(2027, 1, 29)), protocol, 1, NOW.date(), MONDAY)
    containers = plan_containers(order, "cassettes", agenda.site)
    return rank_starts(order, containers, agenda, MONDAY, NOW)


def test_the_best_start_is_on_a_friday(agenda, week):
    assert week[0].rank == 1
    assert agenda.local(week[0].at).strftime("%a") == "Fri"


def test_ranks_count_from_one_without_a_gap_and_only_for_possible_starts(week):
    possible = [one for one in week if one.plan is not None]
    assert [one.rank for one in possible] == list(range(1, len(possible) + 1))
    assert all(one.rank is None for one in week if one.plan is None)


def test_every_half_hour_of_the_week_is_either_possible_or_has_an_obstacle_in_words(week):
    assert len({one.at for one in week}) == len(week) == 7 * 18
    for one in week:
        assert one.reasons
        assert all(reason.text("en") and reason.text("nl") for reason in one.reasons)


def test_a_friday_at_half_past_twelve_fails_because_day_care_is_not_open_before_the_cassette_can_be_empty(agenda, week):
    early = next(one for one in week if agenda.local(one.at).strftime("%a %H:%M") == "Fri 12:30")
    assert early.plan is None
    assert "day care is open on Wed 10 Feb at 08:00-17:00" in early.reasons[0].text("en")


def test_starts_with_weekend_visits_rank_behind_those_without(week):
    counts = [one.plan.free_day_visits for one in week if one.plan is not None]
    assert counts == sorted(counts)


def test_a_half_hour_that_has_passed_is_not_possible(agenda, library):
    protocol = library.protocol("dinutuximab-beta-10x24h-maxima")
    order = prescribe(child(date(2027, 1, 29)), protocol, 1, NOW.date(), MONDAY)
    containers = plan_containers(order, "cassettes", agenda.site)
    saturday = datetime(2027, 2, 6, 9, tzinfo=UTC)
    assert all(one.plan is None for one in rank_starts(order, containers, agenda, MONDAY, saturday))


@pytest.mark.hazard("HZ-015")
def test_the_week_of_the_clock_change_offers_no_half_hour_twice(agenda, library):
    monday = date(2027, 3, 22)
    order = prescribe(child(monday), library.protocol("dinutuximab-beta-10x24h"), 1, monday, monday)
    containers = plan_containers(order, "cassettes", agenda.site)
    found = rank_starts(order, containers, agenda, monday, datetime(2027, 3, 22, tzinfo=UTC))
    assert len({one.at for one in found}) == len(found) == 7 * 48 - 2
