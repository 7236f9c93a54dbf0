"""The same children in both regimens: what must come out is known, and what is said beside it is not left out."""

import math
from dataclasses import replace

import numpy as np
import pytest

from ransel.language import Refused
from ransel.outcomes import exposure_task as task_module
from ransel.outcomes.exposure_simulation import (
    PROFILE_CHILDREN,
    compare_exposure,
    exposure_assumptions,
    exposure_task,
    measures_of,
)
from ransel.outcomes.exposure_task import MEASURES
from ransel.outcomes.tally import Tally
from ransel.pharmacokinetics.parameters.parameter_shelf import ParameterShelf
from ransel.pharmacokinetics.parameters.variability import NO_VARIABILITY
from ransel.pharmacokinetics.scale.processes import Processes
from ransel.pharmacokinetics.scale.sharded_run import run_shards
from ransel.pharmacokinetics.scale.shards import equal_shards, shards_of
from ransel.pharmacokinetics.scale.workers import ThisProcess
from ransel.protocols import Library

CHILDREN = 300
SEED = 11


@pytest.fixture(name="shelf", scope="module")
def shelf_():
    return ParameterShelf()


@pytest.fixture(name="both", scope="module")
def both_():
    library = Library()
    return library.protocol("dinutuximab-beta-5x8h"), library.protocol("dinutuximab-beta-10x24h-maxima")


@pytest.fixture(name="compared", scope="module")
def compared_(both, shelf):
    return compare_exposure(both, shelf.parameters(), children=CHILDREN, seed=SEED)


def without(parameters, *names):
    return parameters.model_copy(update=dict.fromkeys(names, NO_VARIABILITY))


def measured(both, parameters, *, children=40, courses=1):
    task = exposure_task(both, parameters, SEED, courses, 1.0, ParameterShelf())
    parts = run_shards(task, shards_of(children), ThisProcess())
    return {one.id: one for one in measures_of(sum(parts, Tally.empty(MEASURES)))}


# what must come out


def test_typical_children_have_the_published_levels_in_both_regimens(both, shelf):
    found = measured(both, without(shelf.parameters(), "between_subjects", "between_occasions"))
    peak, area, trough = found["peak"], found["area-first"], found["trough"]
    assert peak.first.geometric_mean == pytest.approx(16.52, abs=0.01)
    assert peak.second.geometric_mean == pytest.approx(12.56, abs=0.01)
    assert peak.ratio.estimate == pytest.approx(12.56 / 16.52, abs=0.001)
    assert area.second.geometric_mean == pytest.approx(189.6, abs=0.1)
    assert trough.second.geometric_mean == pytest.approx(1.41, abs=0.01)


def test_typical_children_do_not_differ(both, shelf):
    for one in measured(both, without(shelf.parameters(), "between_subjects", "between_occasions")).values():
        assert one.of_children.p5 == pytest.approx(one.of_children.p95, rel=1e-6)
        assert one.ratio.width < 1e-6


@pytest.mark.hazard("HZ-091")
@pytest.mark.parametrize("courses", [1, 5])
@pytest.mark.parametrize("name", ["long-tail", "simple"])
def test_the_same_dose_gives_the_same_whole_area_in_every_child(both, shelf, name, courses):
    area = measured(both, without(shelf.parameters(name), "between_occasions"), courses=courses)["area-all"]
    assert area.ratio.estimate == pytest.approx(1.0, abs=1e-9)
    assert area.ratio.low == pytest.approx(1.0, abs=1e-9)
    assert area.of_children.p5 == area.of_children.p95 == pytest.approx(1.0, abs=1e-9)


def test_the_whole_area_is_the_dose_over_the_clearance(both, shelf):
    area = measured(both, without(shelf.parameters(), "between_subjects", "between_occasions"), courses=3)["area-all"]
    assert area.second.geometric_mean == pytest.approx(3 * 100 / 0.424, rel=1e-9)


@pytest.mark.hazard("HZ-104")
def test_the_regimens_turned_around_give_the_ratios_turned_around(both, shelf):
    ahead, back = (measured(pair, shelf.parameters(), courses=2) for pair in (both, both[::-1]))
    for name in MEASURES:
        assert ahead[name].ratio.estimate * back[name].ratio.estimate == pytest.approx(1.0, rel=1e-9)
        assert ahead[name].first == back[name].second


def test_two_regimens_that_are_the_same_do_not_differ_in_any_child(both, shelf):
    for one in measured((both[1], both[1]), shelf.parameters(), courses=2).values():
        assert (one.ratio.low, one.ratio.estimate, one.ratio.high) == (1.0, 1.0, 1.0)


def test_courses_add_to_the_peak_of_all_of_them_not_to_that_of_the_first(both, shelf):
    one, five = (measured(both, shelf.parameters(), courses=courses) for courses in (1, 5))
    assert one["peak"].second.geometric_mean == one["peak-all"].second.geometric_mean
    assert five["peak-all"].second.geometric_mean > five["peak"].second.geometric_mean
    assert five["area-all"].second.geometric_mean > 4 * five["area-first"].second.geometric_mean


# the same bits, whoever does it


def digest(both, parameters, workers, count):
    task = exposure_task(both, parameters, SEED, 2, 1.0, ParameterShelf())
    return sum(run_shards(task, equal_shards(CHILDREN, count), workers), Tally.empty(MEASURES)).digest()


def test_the_same_seed_gives_the_same_bits_over_any_shards_and_workers(both, shelf):
    known = digest(both, shelf.parameters(), ThisProcess(), 1)
    assert {digest(both, shelf.parameters(), ThisProcess(), count) for count in (2, 7, 40)} == {known}
    assert {digest(both, shelf.parameters(), Processes(2), count) for count in (1, 7, 40)} == {known}


def test_the_blocks_in_which_a_shard_is_done_change_nothing(both, shelf, monkeypatch):
    known = digest(both, shelf.parameters(), ThisProcess(), 1)
    monkeypatch.setattr(task_module, "CHILDREN_AT_A_TIME", 17)
    assert digest(both, shelf.parameters(), ThisProcess(), 1) == known


def test_the_whole_comparison_is_the_same_again_and_another_with_another_seed(both, shelf, compared):
    again = compare_exposure(both, shelf.parameters(), children=CHILDREN, seed=SEED)
    other = compare_exposure(both, shelf.parameters(), children=CHILDREN, seed=SEED + 1)
    assert again == compared
    assert other.measures != compared.measures


@pytest.mark.hazard("HZ-101")
def test_an_interrupted_comparison_goes_on_to_the_same_numbers(both, shelf, tmp_path, monkeypatch):
    monkeypatch.setattr("ransel.outcomes.exposure_simulation.CHILDREN_OF_A_SHARD", 100)

    def stop(done, _of):
        if done == 200:
            raise KeyboardInterrupt

    arguments = {"children": CHILDREN, "seed": SEED, "keep": tmp_path / "kept"}
    with pytest.raises(KeyboardInterrupt):
        compare_exposure(both, shelf.parameters(), progress=stop, **arguments)
    told = []
    found = compare_exposure(both, shelf.parameters(), progress=lambda *done: told.append(done), **arguments)
    assert told == [(100, 300), (200, 300), (300, 300)]
    assert found.measures == compare_exposure(both, shelf.parameters(), children=CHILDREN, seed=SEED).measures


@pytest.mark.hazard("HZ-101")
@pytest.mark.parametrize(
    "changed",
    [
        {"seed": SEED + 1},
        {"children": CHILDREN + 1},
        {"courses": 1},
        {"threshold": 2.0},
        {"parameters": ParameterShelf().parameters("simple")},
        {"parameters": without(ParameterShelf().parameters(), "between_occasions")},
    ],
    ids=["seed", "children", "courses", "threshold", "parameter set", "one number in the set"],
)
def test_what_was_kept_of_another_comparison_is_refused(both, shelf, tmp_path, changed):
    asked = {"parameters": shelf.parameters(), "children": CHILDREN, "seed": SEED, "courses": 2, "keep": tmp_path}
    compare_exposure(both, **asked)
    with pytest.raises(Refused) as refused:
        compare_exposure(both, **asked | changed)
    assert [refusal.code for refusal in refused.value.refusals] == ["kept-parts.other-run"]


# what is said


def keys(messages):
    return [message.key for message in messages]


@pytest.mark.hazard("HZ-091")
def test_it_is_said_first_that_the_model_cannot_show_that_the_effect_is_the_same(compared):
    assert keys(compared.says)[0] == "exposure.says.by-construction"
    assert compared.linear
    assert "exposure.says.interval-and-spread" in keys(compared.says)
    assert "exposure.says.observed" in keys(compared.says)
    assert {one.measure for one in compared.recalled} == {"peak", "area-first"}


def test_everything_that_is_said_can_be_read_in_both_languages(compared):
    for message in (*compared.says, *(name for name, _ in compared.sensitivity)):
        assert message.text("en") != message.text("nl")


def test_both_regimens_get_the_longer_interval_and_that_is_said(compared):
    assert compared.interval_hours == 35 * 24
    (said,) = [one for one in compared.says if one.key == "exposure.says.longer-interval"]
    assert "31 days" in said.text("en")


def test_more_children_make_the_interval_narrower_and_leave_the_spread(both, shelf):
    few, many = (measured(both, shelf.parameters(), children=children)["peak"] for children in (100, 1600))
    assert few.ratio.width / many.ratio.width == pytest.approx(4, rel=0.25)
    spread_of = {one: one.of_children.p95 - one.of_children.p5 for one in (few, many)}
    assert spread_of[few] == pytest.approx(spread_of[many], rel=0.25)


def test_other_assumptions_are_tried_and_named(compared):
    tried = {name.key.rpartition(".")[2]: {one.id: one for one in found} for name, found in compared.sensitivity}
    assert list(tried) == ["parameters", "variability", "antibodies"]
    for name in ("parameters", "variability"):
        assert tried[name]["area-all"].ratio.estimate == pytest.approx(1.0, abs=0.002)
    spread = compared.measure("peak").first
    wider = tried["variability"]["peak"].first
    assert wider.p95 / wider.p5 > spread.p95 / spread.p5


def test_with_antibodies_the_same_dose_no_longer_gives_exactly_the_same_area(both, shelf):
    parameters = without(shelf.parameters(), "between_occasions")
    task = exposure_task(both, parameters, SEED, 5, 1.0, shelf)
    task = replace(task, population=replace(task.population, antibodies=True))
    tally = sum(run_shards(task, shards_of(CHILDREN), ThisProcess()), Tally.empty(MEASURES))
    area = {one.id: one for one in measures_of(tally)}["area-all"]
    assert area.of_children.p95 == pytest.approx(1.0, abs=1e-9)
    assert area.of_children.p5 < 0.999


def test_the_curves_are_of_the_first_course_and_of_the_first_children(both, shelf, compared):
    hours = [point.hour for point in compared.profile]
    assert hours == sorted(set(hours))
    assert (hours[0], hours[-1]) == (0, compared.interval_hours)
    assert set(range(240)) <= set(hours)
    highest = max(compared.profile, key=lambda point: point.second[1])
    assert highest.hour == 240
    assert all(low <= middle <= high for point in compared.profile for low, middle, high in (point.first, point.second))
    more, most = (
        compare_exposure(both, shelf.parameters(), children=children, seed=SEED, courses=1)
        for children in (PROFILE_CHILDREN, PROFILE_CHILDREN + 500)
    )
    assert more.profile == most.profile


@pytest.mark.hazard("HZ-093")
def test_every_assumption_is_named_with_its_confidence(shelf):
    found = {one.id: one for one in exposure_assumptions(shelf.parameters())}
    assert {"exposure-typical.clearance", "exposure-between_subjects.volume", "exposure-as-planned"} <= set(found)
    assert all(one.confidence.to_be_confirmed for one in found.values())
    assert all(one.what.text(language) for one in found.values() for language in ("en", "nl"))


# what cannot be compared


def codes(*arguments, **options):
    with pytest.raises(Refused) as refused:
        compare_exposure(*arguments, **{"children": CHILDREN, "seed": SEED} | options)
    assert all(refusal.text(language) for refusal in refused.value.refusals for language in ("en", "nl"))
    return [refusal.code for refusal in refused.value.refusals]


@pytest.mark.hazard("HZ-092")
def test_what_cannot_be_compared_is_refused_in_words(both, shelf):
    chosen = shelf.parameters()
    assert codes(both, chosen, children=1) == ["exposure.children"]
    assert codes(both, chosen, children=2_000_000_000) == ["exposure.children"]
    assert codes(both, chosen, threshold=0.0) == ["exposure.threshold"]
    assert codes(both, chosen, threshold=math.nan) == ["exposure.threshold"]
    assert codes(both, chosen, seed=-1) == ["draws.seed"]
    assert codes(both, shelf.parameters("cog-ch14.18")) == ["parameters.barred"]
    other = Library().protocol("blinatumomab-28d")
    assert codes((both[0], other), chosen) == ["exposure.other-substances"]


@pytest.mark.hazard("HZ-105")
def test_a_threshold_that_nobody_reaches_is_refused_not_divided_by(both, shelf):
    assert codes(both, shelf.parameters(), threshold=1e6, courses=1) == ["exposure.nothing-to-compare"]


@pytest.mark.hazard("HZ-105")
def test_children_whose_numbers_went_wrong_are_left_out_and_told(both, shelf, monkeypatch):
    right = task_module.summaries

    def wrong(*arguments, **options):
        found = right(*arguments, **options)
        found.peak[3], found.trough[5] = np.nan, -1.0
        return found

    monkeypatch.setattr(task_module, "summaries", wrong)
    found = compare_exposure(both, shelf.parameters(), children=CHILDREN, seed=SEED, courses=1)
    told = [one.text("en") for one in found.says if one.key == "exposure.says.left-out"]
    assert len(told) == 3
    assert [one.rpartition(" because ")[2] for one in told] == [
        "no number came out; number of children: 1",
        "no number came out; number of children: 1",
        "a negative number came out; number of children: 1",
    ]
