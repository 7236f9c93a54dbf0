"""Every alarm condition says what it means, in both languages, and each published condition is one of ours."""

import re
from collections import Counter

import pytest

from ransel.infusion.condition import Condition, Priority, Reaction
from ransel.infusion.condition_facts import FILE, Effect, Onset, facts, read_facts
from ransel.language import LANGUAGES, Refused

LONGEST_TITLE, LONGEST_ADVICE = 60, 170
GPCA = {
    1: Condition.RESERVOIR_EMPTY,
    2: Condition.ENVIRONMENT,
    3: Condition.SYSTEM_FAILURE,
    4: Condition.OVER_INFUSION,
    5: Condition.VOLUME_ABOVE_ORDER,
    6: Condition.AIR_IN_LINE,
    7: Condition.OCCLUSION,
    8: Condition.DOOR_OPEN,
    9: Condition.RESERVOIR_LOW,
    10: Condition.UNDER_INFUSION,
    11: Condition.FLOW_UNSTEADY,
    12: Condition.ENTRY_IDLE,
    13: Condition.PAUSE_TOO_LONG,
    14: Condition.SETUP_TOO_LONG,
    15: Condition.BATTERY_LOW,
    16: Condition.HOT,
    17: Condition.LOG_FAILED,
    18: Condition.MONITOR_FAILED,
    19: Condition.NOT_STARTED,
}
GPCA_LEVELS = {4: {1, 2, 3}, 3: {4, 5, 6, 7, 8}, 2: {9}, 1: set(range(10, 20))}
FDA = {
    "air-in-line": Condition.AIR_IN_LINE,
    "defective-battery": Condition.BATTERY_DEFECTIVE,
    "depleted-or-no-power": Condition.BATTERY_DEPLETED,
    "dose-limit": Condition.DOSE_LIMIT,
    "free-flow": Condition.FREE_FLOW,
    "key": Condition.KEY_HELD,
    "library-mismatch": Condition.LIBRARY_MISMATCH,
    "mechanism": Condition.MOTOR_FAILURE,
    "memory": Condition.SYSTEM_FAILURE,
    "no-reservoir": Condition.NO_CASSETTE,
    "occlusion": Condition.OCCLUSION,
    "overheating": Condition.OVERHEATED,
    "panel-or-door": Condition.DOOR_OPEN,
    "reservoir-low-or-empty": Condition.RESERVOIR_EMPTY,
    "self-test": Condition.SELF_TEST_FAILED,
    "set-not-loaded": Condition.SET_NOT_LOADED,
    "tone": Condition.SOUND_FAILURE,
    "watchdog": Condition.WATCHDOG,
}
OPEN_PCA = {
    Condition.OVER_INFUSION: ("high", "kvo"),
    Condition.FREE_FLOW: ("high", "kvo"),
    Condition.REPEATED_RESTART: ("medium", "kvo"),
    Condition.AIR_IN_LINE: ("medium", "stop"),
    Condition.RESERVOIR_EMPTY: ("medium", "stop"),
    Condition.OVERHEATED: ("medium", "stop"),
    Condition.OCCLUSION: ("medium", "stop"),
    Condition.SELF_TEST_FAILED: ("low", "stop"),
    Condition.SYSTEM_FAILURE: ("low", "stop"),
    Condition.WATCHDOG: ("low", "stop"),
    Condition.BATTERY_DEFECTIVE: ("low", "continue"),
    Condition.SUPPLY_OUT_OF_RANGE: ("low", "continue"),
    Condition.DOSE_LIMIT: ("low", "kvo"),
    Condition.BATTERY_LOW: ("low", "kvo"),
    Condition.RESERVOIR_LOW: ("low", "kvo"),
    Condition.PAUSE_TOO_LONG: ("low", "kvo"),
    Condition.UNDER_INFUSION: ("low", "continue"),
}
STOPS = {
    "reservoir-empty",
    "no-cassette",
    "set-not-loaded",
    "door-open",
    "occlusion",
    "air-in-line",
    "free-flow",
    "over-infusion",
    "volume-above-order",
    "dose-limit",
    "restart-too-late",
    "repeated-restart",
    "battery-depleted",
    "overheated",
    "system-failure",
    "self-test-failed",
    "watchdog",
    "motor-failure",
    "library-mismatch",
}


def test_every_condition_of_the_vocabulary_has_facts():
    assert set(facts()) == set(Condition)
    assert facts() is facts(), "read once"


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_condition_has_a_title_of_its_own_and_calm_short_advice(language):
    titles = [each.title.text(language) for each in facts().values()]
    assert len(set(titles)) == len(titles)
    for condition, each in facts().items():
        assert len(each.title.text(language)) <= LONGEST_TITLE, condition
        advice = each.do.text(language)
        assert len(advice) <= LONGEST_ADVICE, condition
        assert 1 <= len(re.findall(r"[.?](?: |$)", advice)) <= 3, condition
        assert advice.endswith((".", "?")), condition
        assert "!" not in advice, condition
        assert each.onset_because.text(language)[0].islower(), condition


def test_nobody_is_told_the_same_in_two_languages():
    for condition, each in facts().items():
        for words in (each.title, each.do, each.onset_because):
            assert words.en != words.nl, condition


def test_each_of_the_19_conditions_of_the_generic_pca_model_is_exactly_one_of_ours():
    assert {each.gpca: condition for condition, each in facts().items() if each.gpca} == GPCA
    assert Counter(each.gpca for each in facts().values() if each.gpca).most_common(1)[0][1] == 1


def test_each_of_the_18_alarm_reasons_of_the_fda_is_exactly_one_of_ours():
    named = [(reason, condition) for condition, each in facts().items() for reason in each.fda]
    assert len(named) == len(FDA) == 18
    assert dict(named) == FDA


def test_the_published_levels_and_reactions_are_recorded_as_published():
    for level, numbers in GPCA_LEVELS.items():
        assert {each.gpca for each in facts().values() if each.published.gpca_level == level} == numbers
    found = {
        condition: (each.published.open_pca_priority, each.published.open_pca_reaction)
        for condition, each in facts().items()
        if each.published.open_pca_reaction is not None
    }
    assert found == {name: (Priority(high), Reaction(what)) for name, (high, what) in OPEN_PCA.items()}


def test_where_our_reaction_differs_from_a_published_one_the_reason_stands_beside_it():
    differing = {name for name, each in facts().items() if each.published.reactions - {each.reaction}}
    assert {name for name, each in facts().items() if each.published.differs} == differing | {
        Condition.CLOCK_IMPLAUSIBLE
    }
    assert len(differing) == 12


def test_a_condition_keeps_no_vein_open_by_default_because_that_can_be_more_than_the_therapy():
    assert not [name for name, each in facts().items() if each.reaction is Reaction.KVO]


def test_what_can_harm_by_running_on_stops_and_everything_else_changes_nothing():
    assert {name.value for name, each in facts().items() if each.reaction is Reaction.STOP} == STOPS


def test_a_warning_ahead_of_time_never_changes_the_delivery():
    for name in ("reservoir-low", "reservoir-nearly-empty", "battery-low", "hot", "log-failed", "monitor-failed"):
        assert facts()[Condition(name)].reaction is Reaction.CONTINUE, name
    foretold = [each for each in facts().values() if each.onset is Onset.DELAYED]
    assert {each.reaction for each in foretold} == {Reaction.CONTINUE}


def test_what_stopped_the_infusion_stays_on_the_board_until_somebody_has_seen_it():
    assert all(each.latching for each in facts().values() if each.reaction is Reaction.STOP)


def test_a_stop_is_worth_what_the_child_misses_or_what_was_stopped():
    worth = {each.effect for each in facts().values() if each.reaction is Reaction.STOP}
    assert worth == {Effect.INTERRUPTION, Effect.TOO_MUCH, Effect.AIR}


def test_only_silent_non_delivery_is_seen_by_the_ledger_and_not_by_the_pump():
    assert [name for name, each in facts().items() if each.raised_by == "ledger"] == [Condition.SILENT_NON_DELIVERY]


def test_what_only_hardware_could_prove_is_labelled_so():
    assert {name.value for name, each in facts().items() if each.hardware} == {
        "battery-defective", "environment", "log-failed", "monitor-failed", "motor-failure", "self-test-failed",
        "sound-failure", "system-failure", "watchdog",
    }  # fmt: skip


def test_the_later_of_two_onsets_counts():
    assert Onset.later(Onset.IMMEDIATE, Onset.DELAYED) is Onset.DELAYED
    assert Onset.later(Onset.PROMPT, Onset.IMMEDIATE) is Onset.PROMPT


@pytest.mark.parametrize(
    ("old", "new", "code", "key"),
    [
        ("[reservoir-empty]", "[reservoir-emty]", "key.choice", "reservoir-emty"),
        ("[watchdog]\n", "[watchdog]\nfdaa = []\n", "key.unknown", "watchdog.fdaa"),
        ('effect = "air"', 'effect = "wind"', "key.choice", "air-in-line.effect"),
        ('onset = "prompt"', 'onset = "soon"', "key.choice", "reservoir-nearly-empty.onset"),
        ("gpca = 19", "gpca = 20", "key.invalid", "not-started.gpca"),
        ("latching = true", "latching = false", "condition.stop-not-latching", "reservoir-empty.latching"),
        ("gpca_level = 1 }", "gpca_level = 4 }", "condition.differs-without-reason", "flow-unsteady.published.differs"),
        ("nl = ", "nn = ", "key.missing", "reservoir-empty.title.nl"),
    ],
)
def test_a_file_that_is_not_right_is_refused_at_its_key(tmp_path, old, new, code, key):
    path = tmp_path / "conditions.toml"
    path.write_text(FILE.read_text(encoding="utf-8").replace(old, new, 1), encoding="utf-8")
    with pytest.raises(Refused) as caught:
        read_facts(path)
    found = {one.code: one.field for one in caught.value.refusals}
    assert found.get(code, "").endswith(key), caught.value.refusals
    assert all(one.text(language) for one in caught.value.refusals for language in LANGUAGES)


def test_a_condition_that_was_forgotten_is_named(tmp_path):
    path = tmp_path / "conditions.toml"
    text = FILE.read_text(encoding="utf-8")
    path.write_text(text[: text.index("[silent-non-delivery]")], encoding="utf-8")
    with pytest.raises(Refused) as caught:
        read_facts(path)
    assert [(one.code, one.value) for one in caught.value.refusals] == [("condition.missing", "silent-non-delivery")]
