"""The published side effects of both regimens: what reading them gives, and how far it depends on what is unknown."""

import shutil
from fractions import Fraction

import pytest

from ransel.evidence import Confidence
from ransel.language import Message, Refused
from ransel.outcomes.published import TABLES, published_tables
from ransel.outcomes.reconstructed import counts_that_round_to, reconstructed, verdicts_with_fewer_judged
from ransel.outcomes.tolerability import Verdict
from ransel.outcomes.tolerability_table import compare_published
from ransel.protocols import Library
from ransel.protocols.shelf import sourced_values

ALONE, WITH = "siopen-antibody-alone", "siopen-with-interleukin-2"
RATIOS = {
    "pain": (0.44, 0.23, 0.82),
    "hypersensitivity": (0.29, 0.11, 0.75),
    "hypotension": (0.25, 0.07, 0.87),
    "fever": (0.92, 0.54, 1.56),
    "capillary-leak": (1.09, 0.39, 3.04),
    "diarrhoea": (1.59, 0.81, 3.12),
    "infection": (1.25, 0.90, 1.73),
    "white-cells": (1.25, 0.90, 1.73),
    "haemoglobin": (1.27, 1.02, 1.58),
    "granulocytes": (1.32, 1.01, 1.72),
}
"""Risk ratio of the new regimen against the old, with its interval of Katz, as a person calculated them."""
CLOSE = {"hypotension", "haemoglobin", "granulocytes"}


@pytest.fixture(scope="module")
def compared():
    return {table.id: compare_published(table) for table in published_tables()}


@pytest.fixture(scope="module")
def alone(compared):
    return {term.term: term for term in compared[ALONE].terms}


def test_the_ratios_are_those_of_the_literature_to_two_decimals(alone):
    for term, expected in RATIOS.items():
        found = alone[term].risk_ratio
        assert tuple(round(number, 2) for number in (found.estimate, found.low, found.high)) == expected, term


def test_the_table_says_both_what_is_better_and_what_is_worse(alone):
    verdicts = {term: comparison.verdict for term, comparison in alone.items()}
    better = {term for term, verdict in verdicts.items() if verdict is Verdict.FEWER}
    worse = {term for term, verdict in verdicts.items() if verdict is Verdict.MORE}
    assert better == {"pain", "hypersensitivity", "hypotension"}
    assert worse == {"haemoglobin", "granulocytes"}
    assert {verdicts[term] for term in verdicts.keys() - better - worse} == {Verdict.NOT_SHOWN}
    assert len(verdicts) == 15


@pytest.mark.hazard("HZ-103")
def test_what_is_close_to_the_line_is_said_to_be(alone):
    assert {term for term, comparison in alone.items() if comparison.borderline} == CLOSE


@pytest.mark.hazard("HZ-103")
def test_a_verdict_that_hangs_on_one_child_says_under_how_many_counts_it_holds(alone):
    """7 % of 186 is 13 children; 2 % of 171 is 3 or 4, and with 4 nothing is shown."""
    assert (alone["hypotension"].second.fewest, alone["hypotension"].second.most) == (3, 4)
    assert dict(alone["hypotension"].verdicts) == {Verdict.FEWER: 0.5, Verdict.NOT_SHOWN: 0.5}
    assert dict(alone["granulocytes"].verdicts) == {Verdict.MORE: 0.25, Verdict.NOT_SHOWN: 0.75}
    assert dict(alone["haemoglobin"].verdicts) == {Verdict.MORE: 0.75, Verdict.NOT_SHOWN: 0.25}
    firm = alone.keys() - CLOSE
    assert all(alone[term].verdicts == ((alone[term].verdict, 1.0),) for term in firm)


@pytest.mark.hazard("HZ-103")
def test_pain_and_hypersensitivity_stand_when_fewer_children_were_judged():
    """The source does not say how many could be judged; from 90 % to all of each group, only three verdicts move."""
    moved = set()
    for table in published_tables():
        for term in table.terms if table.id == ALONE else ():
            first = (term.first.value.magnitude, table.first.children.value)
            second = (term.second.value.magnitude, table.second.children.value)
            if len(verdicts_with_fewer_judged(first, second, Fraction(9, 10))) > 1:
                moved.add(term.id)
    assert moved == CLOSE


def test_with_everybody_judged_the_sensitivity_is_that_of_the_rounding(alone):
    shares = verdicts_with_fewer_judged((Fraction(7, 100), 186), (Fraction(2, 100), 171), Fraction(1))
    assert dict(shares) == dict(alone["hypotension"].verdicts)


@pytest.mark.hazard("HZ-107")
def test_comparing_many_terms_is_said_aloud_and_nothing_survives_the_correction(compared):
    table = compared[ALONE]
    assert table.by_chance == pytest.approx(0.75)
    assert min(term.p_adjusted for term in table.terms) > 0.05
    keys = [message.key for message in table.says]
    assert keys[:4] == [
        "tolerability.says.not-randomised",
        "tolerability.says.chance-none-kept",
        "tolerability.says.not-shown",
        "tolerability.says.reconstructed",
    ]
    assert not table.randomised


@pytest.mark.hazard("HZ-107")
def test_with_interleukin_2_three_terms_survive_and_the_half_dose_is_named(compared):
    table = compared[WITH]
    kept = {term.term for term in table.terms if term.p_adjusted < 0.05}
    assert kept == {"hypersensitivity", "hypotension", "general-condition"}
    assert any("half the dose" in message.text("en") for message in table.says)
    assert len(table.terms) == 15


@pytest.mark.hazard("HZ-107")
@pytest.mark.parametrize(("language", "old", "new"), [("en", "the old", "the new"), ("nl", "het oude", "het nieuwe")])
def test_notes_hold_whichever_regimen_stands_first(language, old, new):
    """A reader may turn the regimens round; a note that says which is the new one would then be wrong."""
    for table in published_tables():
        for note in table.notes:
            assert old not in note.text(language)
            assert new not in note.text(language)


@pytest.mark.parametrize("language", ["en", "nl"])
def test_every_note_reads_as_a_sentence_in_both_languages(compared, language):
    for table in compared.values():
        for message in table.says:
            said = message.text(language)
            assert "{" not in said
            assert "Message" not in said
            assert len(said) > 20
    chance = next(m for m in compared[ALONE].says if m.key.startswith("tolerability.says.chance"))
    assert ("0,75" if language == "nl" else "0.75") in chance.text(language)


def test_every_number_of_the_tables_is_cited():
    for table in published_tables():
        marks = {key: sourced.confidence for key, sourced in sourced_values(table)}
        assert marks.pop("least_evaluable") is Confidence.ASSUMED
        assert set(marks.values()) == {Confidence.SEEN}
        assert table.sources == ("BAR1",)


def test_a_percentage_that_no_count_gives_falls_back_on_the_nearest():
    """4 % of ten children is nobody's percentage: the table must have left children out."""
    assert counts_that_round_to(Fraction(4, 100), 10) is None
    count = reconstructed(Fraction(4, 100), 10)
    assert (count.events, count.fewest, count.most) == (0, 0, 0)


def test_more_decimals_leave_fewer_counts():
    assert counts_that_round_to(Fraction(20, 1000), 2000, decimals=0) == (30, 50)
    assert counts_that_round_to(Fraction(20, 1000), 2000, decimals=1) == (39, 41)


def test_a_hospital_adds_a_table_and_a_wrong_one_says_what_is_wrong(tmp_path):
    folder = tmp_path / "outcomes" / "published"
    folder.mkdir(parents=True)
    text = (TABLES / f"{ALONE}.toml").read_text(encoding="utf-8")
    (folder / "own.toml").write_text(text.replace(f'id = "{ALONE}"', 'id = "own"'), encoding="utf-8")
    assert [table.id for table in published_tables(Library(tmp_path))] == [ALONE, WITH, "own"]

    shutil.copy(TABLES / f"{ALONE}.toml", folder / "own.toml")
    with pytest.raises(Refused) as refused:
        published_tables(Library(tmp_path))
    assert refused.value.refusals[0].code == "published.id-taken"

    broken = text.replace('"16 %", source = "BAR1"', '"160 %", source = "BAR1"', 1).replace('"BAR1"', '"NOBODY"', 1)
    (folder / "own.toml").write_text(broken, encoding="utf-8")
    with pytest.raises(Refused) as refused:
        published_tables(Library(tmp_path))
    assert "not between 0 % and 100 %" in str(refused.value)
    assert refused.value.refusals[0].field.endswith("terms.0.first.value")


def test_a_source_that_is_not_known_is_refused(tmp_path):
    folder = tmp_path / "outcomes" / "published"
    folder.mkdir(parents=True)
    text = (TABLES / f"{ALONE}.toml").read_text(encoding="utf-8").replace('"BAR1"', '"NOBODY"', 1)
    (folder / "own.toml").write_text(text.replace(f'id = "{ALONE}"', 'id = "own"'), encoding="utf-8")
    with pytest.raises(Refused) as refused:
        published_tables(Library(tmp_path))
    assert refused.value.refusals[0].code == "source.unknown"


def test_each_verdict_has_its_words():
    for verdict in Verdict:
        assert Message(f"verdict.{verdict}").text("nl") != Message(f"verdict.{verdict}").text("en")
