"""The priority of an alarm follows from harm and onset, and never from the name of the alarm."""

from itertools import pairwise

import pytest

from ransel.infusion.condition import Condition, Priority
from ransel.infusion.condition_facts import Effect, Onset, facts
from ransel.language import LANGUAGES
from ransel.pump.drug_library import DrugLibrary
from ransel.pump.priority import Ground, Harm, ground_of, priority_of

ROWS = DrugLibrary.load().rows
URGENCY = [Priority.LOW, Priority.MEDIUM, Priority.HIGH]
MATRIX = """
death       immediate HIGH
death       prompt    HIGH
death       delayed   MEDIUM
reversible  immediate HIGH
reversible  prompt    MEDIUM
reversible  delayed   LOW
minor       immediate MEDIUM
minor       prompt    LOW
minor       delayed   LOW
"""
BY_HAND = {tuple(line.split()[:2]): Priority[line.split()[2]] for line in MATRIX.strip().splitlines()}

# Worked out by hand from the words of the standard, medicine by medicine: what each effect comes to.
EXPECTED = {
    "Qarziba": {
        "occlusion": "low",
        "reservoir-empty": "low",
        "reservoir-low": "low",
        "battery-low": "low",
        "system-failure": "low",
        "silent-non-delivery": "low",
        "under-infusion": "low",
        "air-in-line": "high",
        "free-flow": "high",
        "over-infusion": "high",
        "dose-limit": "high",
        "sound-failure": "medium",
        "log-failed": "low",
        "key-held": "low",
    },
    "Blincyto": {
        "occlusion": "medium",
        "reservoir-empty": "medium",
        "reservoir-low": "low",
        "reservoir-nearly-empty": "medium",
        "battery-low": "medium",
        "hot": "low",
        "system-failure": "medium",
        "silent-non-delivery": "medium",
        "under-infusion": "low",
        "air-in-line": "high",
        "free-flow": "high",
        "entry-idle": "low",
    },
    "Fluorouracil 50 mg/mL": {"occlusion": "low", "free-flow": "high", "dose-limit": "high", "under-infusion": "low"},
    "Flucloxacillin 1 g": {"occlusion": "low", "free-flow": "medium", "air-in-line": "high", "under-infusion": "low"},
}


def of(product):
    return [row for row in ROWS if row.product == product]


def test_the_matrix_is_that_of_the_standard():
    assert {(harm.value, onset.value): priority_of(harm, onset) for harm in Harm for onset in Onset} == BY_HAND


def test_worse_or_sooner_is_never_less_urgent():
    harms, onsets = list(Harm), list(Onset)
    for worse, better in pairwise(harms):
        for onset in onsets:
            assert URGENCY.index(priority_of(worse, onset)) >= URGENCY.index(priority_of(better, onset))
    for sooner, later in pairwise(onsets):
        for harm in harms:
            assert URGENCY.index(priority_of(harm, sooner)) >= URGENCY.index(priority_of(harm, later))


@pytest.mark.parametrize("row", ROWS, ids=lambda row: row.id)
def test_the_priorities_of_every_row_and_condition_reproduce_the_matrix(row):
    assert set(row.priorities) == set(row.reasons) == set(row.reactions) == set(Condition)
    for condition in Condition:
        effect, harm, onset = row.reasons[condition].split("/")
        assert effect == facts()[condition].effect.value
        assert row.priorities[condition] is BY_HAND[harm, onset]


@pytest.mark.parametrize("row", ROWS, ids=lambda row: row.id)
def test_the_ground_of_every_priority_is_the_later_onset_and_the_harm_of_the_row(row):
    entry = DrugLibrary.load().entry(row)
    order = ["immediate", "prompt", "delayed"]
    for condition, each in facts().items():
        effect, harm, onset = row.reasons[condition].split("/")
        if effect == "none":
            assert (harm, onset) == ("minor", "delayed")
            continue
        written = entry.harm[Effect(effect)]
        assert harm == written.harm.value.value
        assert order.index(onset) == max(order.index(each.onset.value), order.index(written.onset.value.value))


@pytest.mark.parametrize("product", EXPECTED)
def test_the_priorities_of_a_medicine_are_those_worked_out_by_hand(product):
    assert of(product)
    for row in of(product):
        found = {name: row.priorities[Condition(name)].value for name in EXPECTED[product]}
        assert found == EXPECTED[product], row.id


def test_interrupting_dinutuximab_beta_is_never_more_urgent_than_interrupting_blinatumomab():
    interrupting = [name for name, each in facts().items() if each.effect is Effect.INTERRUPTION]
    assert len(interrupting) > 15
    for antibody in of("Qarziba"):
        for row in of("Blincyto"):
            for name in interrupting:
                urgency = [URGENCY.index(each.priorities[name]) for each in (antibody, row)]
                assert urgency[0] <= urgency[1], name
    stopped = Condition.OCCLUSION
    assert of("Blincyto")[0].priorities[stopped] is Priority.MEDIUM
    assert of("Qarziba")[0].priorities[stopped] is Priority.LOW


def test_air_is_of_the_highest_priority_in_every_row():
    assert {row.priorities[Condition.AIR_IN_LINE] for row in ROWS} == {Priority.HIGH}


def test_a_warning_ahead_of_time_is_never_as_urgent_as_what_it_warns_of():
    for row in ROWS:
        for early, late in (("reservoir-low", "reservoir-empty"), ("hot", "overheated")):
            urgency = [URGENCY.index(row.priorities[Condition(name)]) for name in (early, late)]
            assert urgency[0] <= urgency[1], row.id


def test_no_condition_is_without_a_priority_because_silence_is_an_alarm():
    harmless = dict.fromkeys(Effect, (Harm.MINOR, Onset.DELAYED))
    for each in facts().values():
        assert ground_of(each, harmless).priority is Priority.LOW


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_reason_of_every_priority_can_be_said(language):
    said = {Ground.read(code).reason.text(language) for row in ROWS for code in row.reasons.values()}
    assert len(said) == len({code for row in ROWS for code in row.reasons.values()})


def test_a_reason_reads_as_a_sentence_in_both_languages():
    ground = Ground.read("interruption/reversible/prompt")
    assert ground.code == "interruption/reversible/prompt"
    said = "the medicine is interrupted: injury that heals, soon, with time to act; so medium"
    assert ground.reason.text() == said
    assert ground.reason.text("nl") == (
        "het medicijn wordt onderbroken: letsel dat herstelt, snel, met tijd om te handelen; dus middel"
    )


@pytest.mark.parametrize("code", ["", "air/death", "air/death/soon", "wind/death/prompt", "air/death/prompt/x"])
def test_what_is_no_ground_is_not_read_as_one(code):
    with pytest.raises(ValueError, match=r".+"):
        Ground.read(code)
