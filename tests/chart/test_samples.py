"""Entries of every kind as they were written once, and the promise that they stay readable for good.

A sample is never changed. A new kind, or a new version of one, gets a file `<kind>-<version>.json` beside the old ones:
an entry that a story really signed, as `Entry.as_json` gives it.
"""

import json
from pathlib import Path
from typing import ClassVar

import pytest
from chart.stages import at

from ransel.chart.entry import read_entry, read_text
from ransel.chart.reading import UPCASTS, read_record
from ransel.chart.records import VOCABULARY, OfCourse
from ransel.chart.records.base import AnyVolume, Line
from ransel.chart.treatment import fold
from ransel.language import Refused

SAMPLES = Path(__file__).parent / "samples"
NAMES = sorted(path.stem for path in SAMPLES.glob("*.json"))


def told(name):
    return json.loads((SAMPLES / f"{name}.json").read_text(encoding="utf-8"))


def codes(refused):
    return [f"{one.code} @ {one.field}" for one in refused.value.refusals]


@pytest.mark.hazard("HZ-084")
def test_there_is_a_sample_of_every_kind_in_every_version_it_ever_had():
    wanted = {f"{kind}-{version}" for kind, record in VOCABULARY.items() for version in range(1, record.version + 1)}
    assert set(NAMES) == wanted


@pytest.mark.hazard("HZ-084")
@pytest.mark.parametrize("name", NAMES)
def test_an_entry_that_was_written_once_is_read_and_written_back_unchanged(name):
    written = told(name)
    entry = read_entry(written)
    assert name == f"{written['kind']}-{written['kind_version']}"
    assert entry.kind == written["kind"]
    if entry.what.version == written["kind_version"]:
        assert entry.as_json() == written
    assert read_text(entry.as_text()) == entry


@pytest.mark.hazard("HZ-084")
def test_every_older_version_has_a_way_to_the_next():
    assert UPCASTS.keys() == {(kind, step) for kind, one in VOCABULARY.items() for step in range(1, one.version)}


def test_a_sample_says_everything_that_its_kind_can_say():
    unsaid = {
        f"{name}.{key}"
        for name in NAMES
        for key, value in told(name)["data"].items()
        if value in (None, "", []) and not name.startswith(("course-ordered", "go-given"))
    }
    assert not unsaid


def test_the_entries_of_a_whole_course_read_back_as_the_treatment_they_were():
    treatment = at("pump-back").treatment
    again = fold(treatment.id, (read_text(entry.as_text()) for entry in treatment.history))
    assert again == treatment


# -- a kind that got new keys


class InterruptedThree(OfCourse):
    """How `interrupted` might look in its third version: who noticed, and another name for what was displayed."""

    kind: ClassVar[str] = "interrupted"
    version: ClassVar[int] = 3
    topic: ClassVar[str] = "care"
    cause: Line
    noticed_by: Line
    left: AnyVolume | None = None


TO_THREE = {
    ("interrupted", 1): lambda data: {**data, "noticed_by": "not said"},
    ("interrupted", 2): lambda data: {("left" if key == "displayed" else key): one for key, one in data.items()},
}


@pytest.fixture(name="three")
def three_(monkeypatch):
    monkeypatch.setattr("ransel.chart.reading.VOCABULARY", {**VOCABULARY, "interrupted": InterruptedThree})


@pytest.mark.hazard("HZ-084")
@pytest.mark.usefixtures("three")
@pytest.mark.parametrize(
    ("version", "data"),
    [
        (1, told("interrupted-1")["data"]),
        (2, {"course": 1, "cause": "side-effect", "displayed": "243.5 mL", "noticed_by": "not said"}),
        (3, {"course": 1, "cause": "side-effect", "left": "243.5 mL", "noticed_by": "not said"}),
    ],
)
def test_an_older_entry_is_brought_up_to_date_step_by_step(version, data):
    record = read_record("interrupted", version, data, TO_THREE)
    assert record == InterruptedThree(course=1, cause="side-effect", noticed_by="not said", left="243.5 mL")


@pytest.mark.usefixtures("three")
def test_what_is_brought_up_to_date_is_checked_like_everything_else():
    with pytest.raises(Refused) as refused:
        read_record("interrupted", 1, {"course": 0, "cause": "side-effect", "displayed": "-1 mL"}, TO_THREE)
    assert codes(refused) == ["key.invalid @ course", "quantity.not-positive @ left"]


# -- what is no entry of this version


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"schema": "ransel/entry/2"}, "entry.schema @ schema"),
        ({"kind": "sang-a-song"}, "entry.kind-unknown @ kind"),
        ({"kind_version": 2}, "entry.from-the-future @ kind_version"),
        ({"kind_version": 0}, "entry.unreadable @ kind_version"),
        ({"kind_version": "one"}, "entry.unreadable @ "),
        ({"role": "parrot"}, "entry.unreadable @ "),
        ({"happened": "yesterday"}, "entry.unreadable @ "),
        ({"happened": "2027-02-15T13:00:00"}, "instant.no-zone @ happened"),
        ({"data": {"course": 1}}, "key.missing @ cause"),
        ({"data": {"course": 1, "cause": "boredom"}}, "key.choice @ cause"),
        ({"data": {"course": 1, "cause": "leak", "colour": "red"}}, "key.unknown @ colour"),
    ],
)
def test_what_this_version_cannot_read_is_refused_by_name(changes, code):
    with pytest.raises(Refused) as refused:
        read_entry({**told("interrupted-1"), **changes})
    assert codes(refused) == [code]


@pytest.mark.parametrize("key", [key for key in told("interrupted-1") if key != "schema"])
def test_an_entry_without_one_of_its_keys_is_refused(key):
    with pytest.raises(Refused) as refused:
        read_entry({name: value for name, value in told("interrupted-1").items() if name != key})
    assert codes(refused) == [f"key.missing @ {key}"]


@pytest.mark.parametrize(("line", "code"), [("{", "event.not-json @ "), ("[]", "event.not-object @ ")])
def test_a_line_that_is_no_entry_is_refused(line, code):
    with pytest.raises(Refused) as refused:
        read_text(line)
    assert codes(refused) == [code]
