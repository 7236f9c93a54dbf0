"""The pages on pump, events and ledger say what the program does now; recorded courses are what the command makes."""

import json
import re

import pytest

from docs import alarm_list, drug_rows, event_kinds, fault_list, infusion_keys, recordings, reference_pages
from docs.infusion_parts import plan
from ransel.infusion import Kind, read_events
from ransel.infusion.condition import Condition
from ransel.infusion.detection import detection
from ransel.infusion.event_keys import EVENT_KEYS, unknown_keys
from ransel.protocols.shelf import sourced_values
from ransel.pump.drug_library import DrugLibrary
from ransel.pump.fault_text import read_fault, read_faults
from ransel.pump.faults import KINDS

REFERENCE = reference_pages.HERE / "reference"


def page(name):
    return (REFERENCE / f"{name}.md").read_text(encoding="utf-8")


def test_every_key_of_a_ledger_has_a_sentence_and_every_sentence_a_key():
    assert infusion_keys.missing_and_left_over("ledger", infusion_keys.ledgers()) == set()


def test_every_key_of_a_run_has_a_sentence_and_every_sentence_a_key():
    assert infusion_keys.missing_and_left_over("run", infusion_keys.runs(), infusion_keys.words("ledger")) == set()


def test_a_key_more_or_less_would_be_noticed():
    documents = [{**one, "surprise": 1} for one in infusion_keys.ledgers()]
    assert infusion_keys.missing_and_left_over("ledger", documents) == {"surprise"}
    without = [{key: value for key, value in one.items() if key != "silence_h"} for one in infusion_keys.ledgers()]
    assert infusion_keys.missing_and_left_over("ledger", without) == {"silence_h"}


def test_every_kind_of_event_and_every_key_is_described():
    assert event_kinds.complaints() == []
    assert all(f"## {kind.value}\n" in page("pump-events") for kind in Kind)


@pytest.mark.parametrize("path", [*recordings.RECORDINGS, recordings.BY_HAND], ids=lambda path: path.stem)
def test_a_recording_holds_nothing_that_is_not_described(path):
    lines = path.read_text(encoding="utf-8").splitlines()
    events, rejected = read_events(lines)
    assert not rejected
    assert len(events) == len(lines)
    assert all(set(json.loads(line)) <= EVENT_KEYS for line in lines)
    assert [unknown_keys(event) for event in events] == [()] * len(events)
    assert {key for one in events if one.kind is Kind.ACTION for key in one.data} <= set(event_kinds.ACTION)


@pytest.mark.parametrize("name", recordings.FAULTS)
def test_a_recording_is_what_the_command_makes(name):
    assert (recordings.FOLDER / f"{name}.jsonl").read_bytes() == recordings.recording(name), "run: make docs"


def test_the_recorded_tube_that_was_shut_is_found_by_its_weight():
    (found,) = infusion_keys.printed(recordings.FOLDER / "silent-non-delivery.jsonl")["silent_non_delivery"]
    assert found["container"] == 1
    assert float(found["missing_mL"]) > 150


def test_the_file_of_faults_is_read_and_every_fault_of_it_is_another_one():
    path = recordings.ROOT / "examples" / "faults.txt"
    faults = read_faults(path.read_text(encoding="utf-8").splitlines(), path.name)
    assert len({fault.kind.name for fault in faults}) == len(faults) == 9
    assert "has nine" in (reference_pages.HERE / "how-to" / "run-a-course-that-goes-wrong.md").read_text("utf-8")


def test_every_fault_is_listed_once_and_its_example_can_be_written():
    listed = re.findall(r"^\| `([a-z-]+)[=@]", page("faults"), flags=re.MULTILINE)
    assert sorted(listed) == sorted(KINDS)
    assert {read_fault(fault_list.example(kind)).kind for kind in KINDS.values()} == set(KINDS.values())
    assert set(fault_list.PLACES) == {kind.place for kind in KINDS.values()}


def test_every_condition_has_its_section_with_a_priority_for_every_medicine():
    sections = dict(zip(Condition, page("alarms").split("\n## ")[2:], strict=True))
    products = {row.product for row in DrugLibrary.load().rows}
    for condition, section in sections.items():
        assert section.startswith(f"{condition.value}\n")
        assert all(product in section for product in products)
    assert set(alarm_list.REACTIONS.values()) == {"stop", "keep open", "go on"}


def test_every_value_of_every_row_of_the_drug_library_is_listed_with_its_ground():
    text, library = page("drug-library"), DrugLibrary.load()
    for entry in library.entries:
        assert all(f"| `{key}` |" in text for key, _ in sourced_values(entry))
    assert library.fingerprint in text
    assert "No row has been approved by a hospital" in text
    assert drug_rows.share_confirmed() < 1


def test_the_table_of_silent_non_delivery_has_a_row_for_every_rate_and_every_way_to_look():
    text = (reference_pages.HERE / "explanation" / "what-was-given.md").read_text(encoding="utf-8")
    assert text.count(" mL/h | ") >= len(detection(plan()))


def test_the_front_page_shows_an_account_that_was_made():
    path = recordings.ROOT / "README.md"
    assert path in reference_pages.pages()
    assert "\nGiven: " in path.read_text(encoding="utf-8")
    assert len(KINDS) > 50
