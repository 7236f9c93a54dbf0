"""What a regulator reads is made of the data, complete, and names nothing that does not exist."""

import re
import sys
from pathlib import Path

import pytest
from pydantic import BaseModel

from ransel.language import LANGUAGES
from ransel.pump import hardware
from ransel.pump.conformance.checks import HERE, checks, deviations
from ransel.pump.conformance.contradictions import contradictions
from ransel.pump.conformance.sources import items, sets
from ransel.pump.conformance.tracing import requirements
from ransel.pump.drug_library import DrugLibrary

ROOT = Path(__file__).parents[3]
if str(ROOT) not in sys.path:  # the programs behind the pages are in docs/, which is no part of the package
    sys.path.insert(0, str(ROOT))

from docs import pump_conformance_page as made  # noqa: E402 - after the path to it

GENERIC = re.compile(r"(?<![\dR.])\d+\.\d+\.\d+(?:\.\d+)*\b(?!\()")
OPEN = re.compile(r"R\d+\.\d+\.\d+\(\d+\)")
TABLE_IDS = re.compile(r"R\d+\.\d+\.\d+(?!\()\b")
STALE = {"4.1.8"}  # K12 tells that it does not exist


def words(record):
    """Every pair of words of a check or a contradiction."""
    for value in dict(record).values():
        if hasattr(value, "nl"):
            yield value
        elif isinstance(value, tuple):
            yield from (inner for each in value if isinstance(each, BaseModel) for inner in words(each))
        elif isinstance(value, BaseModel):
            yield from words(value)


def test_the_page_is_current():
    assert made.PAGE.read_text(encoding="utf-8") == made.page(), "run: python -m docs.pump_conformance_page"


def test_every_part_of_the_page_is_made_and_no_marker_is_left():
    template = made.WORDS.read_text(encoding="utf-8")
    assert set(re.findall(r"made by: ([a-z-]+)", template)) == set(made.PARTS)
    assert "made by:" not in made.page()


def test_the_page_holds_every_check_requirement_deviation_contradiction_and_source():
    page = made.page().replace("\\*", "*")
    ids = [one.id for one in (*checks(), *contradictions(), *sets())] + list({one.notation for one in items().values()})
    ids += [one.id if not one.coding.applies else one.notation for one in requirements()]
    ids += [one.requirement for one in deviations()]
    assert [name for name in ids if not re.search(rf"(?<![\w.]){re.escape(name)}(?![\w(]|\.\d)", page)] == []


@pytest.mark.parametrize("one", contradictions(), ids=lambda one: one.id)
def test_a_contradiction_names_requirements_and_checks_that_exist(one):
    text = f"{one.says} {one.chose} {one.why}"
    known = {each.id.removesuffix("*") for each in requirements()}
    generic = set(GENERIC.findall(TABLE_IDS.sub("", OPEN.sub("", text)))) - STALE
    assert generic <= {each.id for each in requirements() if each.set == "GIP"}
    assert set(OPEN.findall(text)) <= known
    assert all(any(each.startswith(f"{name}(") for each in known) for name in TABLE_IDS.findall(text))
    assert set(one.checks) <= {each.id for each in checks()}


def test_every_contradiction_is_shown_by_a_check_unless_no_behaviour_follows():
    assert [one.id for one in contradictions() if not one.checks] == ["K12"]


def test_the_contradictions_are_numbered_without_a_gap():
    assert [one.id for one in contradictions()] == [f"K{number:02d}" for number in range(1, len(contradictions()) + 1)]


def test_all_six_defects_of_the_published_code_are_told():
    assert [one.title.en.partition(":")[0] for one in contradictions() if one.kind == "code"] == [
        f"D{number}" for number in range(1, 7)
    ]


@pytest.mark.parametrize("one", checks(), ids=lambda one: one.id)
def test_a_check_is_said_in_one_short_sentence_each_and_in_both_languages(one):
    for sentence in (one.stimulus, one.expects):
        for language in LANGUAGES:
            text = sentence.text(language)
            assert text.endswith(".")
            assert ". " not in text
            assert len(text) < 200
    for language in LANGUAGES:
        assert len(one.title.text(language)) < 75


@pytest.mark.parametrize("one", [*checks(), *contradictions()], ids=lambda one: one.id)
def test_the_two_languages_are_two(one):
    found = list(words(one))
    assert found
    assert [each.en for each in found if each.en == each.nl] == []


def test_what_a_deviation_calls_ours_is_what_the_pump_and_its_library_say():
    device = hardware.device()
    child = next(row for row in DrugLibrary.load().rows if (row.care_area, row.patient_type) == ("home", "child"))
    values = {
        "G1.2.1": [f"±{device.flow_error_permille / 10:g} %"],
        "G1.2.3": [f"{device.flow_window_ms / 60_000:g} min"],
        "G1.3.5": [f"{device.volume_steps_nL[-1][1] / 1e6:g} mL"],
        "G1.9.1": [f"{child.bubble_nL / 1e3:g} µL", f"{child.air_window_nL / 1e3:g} µL"],
        "G1.10.7": [f"{child.bolus_most_nL / 1e6:g} mL", f"{child.bolus_percent} %"],
        "G5.1.4": [f"{device.battery_low_minutes / 60:g} h"],
        "O5.1.0(5)": ["at most the therapy rate"],
        "O6.4.3(5)": [f"{device.silence_ms / 60_000:g} min"],
        "O6.8.0(9)": [*(f"{ms / 3_600_000:g} h" for ms in child.low_ms), f"{child.low_nL / 1e6:g} mL"],
        "O7.3.0(4)": [f"{device.battery_low_minutes / 60:g} h"],
    }
    ours = {one.requirement: one.ours.en for one in deviations()}
    assert [(name, part) for name, parts in values.items() for part in parts if part not in ours[name]] == []


def test_at_home_no_row_keeps_a_vein_open():
    assert {row.kvo_nL_per_h for row in DrugLibrary.load().rows if row.care_area == "home"} == {0}


def test_the_file_of_requirements_carries_no_sentence_of_the_texts():
    lines = (HERE / "requirements.csv").read_text(encoding="utf-8").splitlines()
    assert lines[0] == "set,id,coding,topic,checks,deviation"
    assert max(len(cell) for line in lines for cell in line.split(",")) < 20
