"""Every published requirement that applies is named by a check, and only what ran is counted as traced."""

from collections import Counter

import pytest

from ransel.pump.conformance import Observation, tracing
from ransel.pump.conformance.checks import check_of, checks, deviations
from ransel.pump.conformance.sources import items, sets
from ransel.pump.conformance.table import judged
from ransel.pump.conformance.tracing import Coding, Departure, coverage, coverage_by_topic, faults, requirements

HOLDS = Observation("anything", 1, 1, holds=True)
BREAKS = Observation("anything", 1, 2, holds=False)

PUBLISHED = {("GIP", "A"): 103, ("GIP", "G"): 1, ("GIP", "B"): 16, ("GIP", "H"): 6, ("GIP", "N"): 10} | {
    ("OpenPCA", "A"): 100,
    ("OpenPCA", "G"): 8,
    ("OpenPCA", "B"): 17,
    ("OpenPCA", "H"): 20,
    ("OpenPCA", "N"): 3,
}


def all_ran(seen=(HOLDS,), without=()):
    return [judged(one, () if one.id in without else seen) for one in checks()]


def test_both_sets_are_whole_and_each_requirement_stands_once():
    assert Counter((one.set, one.coding.value) for one in requirements()) == PUBLISHED
    assert len(requirements()) == 284
    assert max(Counter(one.notation for one in requirements()).values()) == 1


def test_every_source_exists_and_both_files_name_the_same_checks():
    assert faults() == []


def test_the_checks_are_sixty_four_in_order():
    assert [one.id for one in checks()] == [f"C{number:02d}" for number in range(1, 65)]


def test_when_every_check_ran_every_applicable_requirement_is_traced():
    found = coverage(all_ran())
    assert (found.traced, found.applicable, found.untraced) == (212, 212, ())


def test_what_only_awaiting_checks_name_is_traced_and_not_shown():
    awaiting = {one.id for one in checks() if one.awaits}
    alone = [one for one in requirements() if one.coding.applies and set(one.checks) <= awaiting]
    found = coverage(all_ran())
    assert found.applicable - found.shown == len(alone) > 0


@pytest.mark.parametrize("one", checks(), ids=lambda one: one.id)
def test_a_check_that_did_not_run_traces_nothing(one):
    found = coverage(all_ran(without={one.id}))
    others = {source for each in checks() if each.id != one.id for source in each.sources}
    coded = {each.notation for each in requirements()}
    assert set(found.untraced) == (set(one.sources) & coded) - others


def test_a_check_that_fails_shows_nothing_though_it_ran():
    found = coverage(all_ran((BREAKS,)))
    assert (found.traced, found.shown) == (212, 0)


def test_no_check_at_all_traces_nothing():
    assert coverage([]).traced == 0


def test_the_topics_add_up_to_the_whole():
    topics = coverage_by_topic(all_ran())
    assert sum(found.applicable for found in topics.values()) == 212
    assert all(found.traced == found.applicable for found in topics.values())
    assert {one.topic for one in checks()} == set(topics)


def test_the_sixteen_unsafe_values_the_promise_of_makers_and_a_coarse_step_are_the_deviations():
    marked = Counter(one.deviation for one in requirements())
    assert (marked[Departure.UNSAFE], marked[Departure.PROMISE], marked[Departure.COARSE]) == (16, 1, 1)
    assert {one.notation for one in requirements() if one.deviation} == {one.requirement for one in deviations()}
    assert len(deviations()) == 18


def test_a_deviation_that_no_check_shows_is_one_of_hardware():
    shown = {each.requirement for one in checks() for each in one.deviations}
    beyond = [one for one in requirements() if one.deviation and one.notation not in shown]
    assert [one.coding for one in beyond] == [Coding.HARDWARE_ONLY]


def test_every_condition_of_the_published_model_is_known_by_its_number():
    assert {f"P{number}" for number in range(1, 20)} | {"P14b"} <= items().keys()
    named = {source for one in checks() for source in one.sources}
    # The flow that is not steady is covered by C34, which maps all nineteen.
    assert {f"P{number}" for number in range(1, 20)} - named == {"P11"}


def test_every_set_has_an_address_and_says_how_much_of_it_was_read():
    for one in sets():
        assert one.address.startswith("https://"), one.id
        assert one.seen


@pytest.mark.parametrize(
    ("change", "complaint"),
    [
        ({"sources": ("G9.9.9",)}, "C03 names G9.9.9, which is nowhere"),
        ({"sources": ("G1.1.7", "G3.1.1")}, "G3.1.1 lists C34, but C03 C34 name it"),
        ({"sources": ("G1.4.1",)}, "G1.1.7 lists C03, but none name it"),
        ({"deviations": check_of("C01").deviations}, "C03 deviates from G1.2.1, which it does not name"),
    ],
)
def test_a_fault_in_the_data_would_be_found(monkeypatch, change, complaint):
    changed = tuple(one.model_copy(update=change) if one.id == "C03" else one for one in checks())
    monkeypatch.setattr(tracing, "checks", lambda: changed)
    assert complaint in faults()


@pytest.mark.parametrize(
    ("left", "complaint"),
    [
        (deviations()[1:], "G1.2.1 is marked and has no deviation"),
        ((*deviations(), deviations()[0]), "G1.2.1 has two deviations"),
        ((deviations()[0].model_copy(update={"requirement": "G1.1.1"}),), "G1.1.1 has a deviation and no mark"),
    ],
)
def test_a_mark_and_its_deviation_cannot_part(monkeypatch, left, complaint):
    monkeypatch.setattr(tracing, "deviations", lambda: left)
    assert complaint in faults()
