"""Signing itself: the moment, the picture it rests on, the reason, sent twice, all or nothing."""

import ast
import tomllib
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from chart.refusing import refusals
from chart.stages import at

from ransel.chart.records import VOCABULARY
from ransel.chart.records.care import (
    HomeCareDeclined,
    NoShow,
    PumpAssigned,
    PumpReplaced,
    Readmitted,
    Remark,
    Removed,
    VisitMoved,
)
from ransel.chart.records.pharmacy import Discarded, Weighed
from ransel.chart.records.prescribing import (
    Corrected,
    CourseStopped,
    GoGiven,
    GoWithheld,
    Measured,
    OrderRefused,
    OrderVerified,
    RateChanged,
    Withdrawn,
)

CHANGE = datetime(2027, 2, 10, 7, 30, tzinfo=UTC)
ROOT = Path(__file__).parents[2]
REASON_DUE = {
    "order-refused": ("ordered", OrderRefused(course=1)),
    "go-withheld": ("verified", GoWithheld(course=1, container=1)),
    "rate-changed": ("connected", RateChanged(course=1, modification="other", rate="1 mL/h")),
    "course-stopped": ("connected", CourseStopped(course=1, modification="other", for_good=False)),
    "withdrawn": ("verified", Withdrawn(cause="family")),
    "corrected": ("enrolled", Corrected(entry=2, data={"weight": "17 kg", "height": "1 m", "measured": "2027-01-29"})),
    "discarded": ("released", Discarded(course=1, container=1, making=1, cause="leak")),
    "readmitted": ("at-home", Readmitted(course=1)),
    "pump-replaced": ("connected", PumpReplaced(course=1, pump="PUMP-02")),
    "home-care-declined": ("home-care", HomeCareDeclined(course=1)),
    "visit-moved": ("connected", VisitMoved(course=1, visit="change", container=2, to=CHANGE)),
    "no-show": ("connected", NoShow(course=1, visit="change", told="p-coordinator")),
}  # fmt: skip
"""For every kind that asks why: when it could be signed, and what."""


@pytest.mark.parametrize("ahead", [timedelta(seconds=1), timedelta(days=400)])
def test_nothing_is_signed_in_the_future(ahead):
    story = at("connected")
    record = Remark(course=1, text="mother called")
    reasons = refusals(story, "nurse", record, happened=story.now + ahead)
    assert reasons == ["chart.in-the-future @ happened"]
    story.sign("nurse", record, happened=story.now)


def test_every_kind_that_asks_why_is_tried_here():
    assert REASON_DUE.keys() == {kind for kind, record in VOCABULARY.items() if record.reason_due}


@pytest.mark.parametrize("kind", REASON_DUE)
def test_where_a_reason_is_due_nothing_is_signed_without_one_and_it_is_kept(kind):
    stage, record = REASON_DUE[kind]
    story = at(stage)
    person = "home" if kind.startswith("home-care") else "second" if kind == "order-refused" else "doctor"
    for reason in ("", " \n "):
        assert refusals(story, person, record, reason=reason) == ["chart.reason-due @ reason"]
    story.sign(person, record, reason="  it had to be  ")
    assert story.treatment.history[-1].reason == "it had to be"


NOT_NOW = [
    ("enrolled", OrderVerified(course=1), "course"),
    ("cleared", OrderVerified(course=1), "course"),
    ("ordered", GoGiven(course=1, container=1), "course"),
    ("cleared", Weighed(course=1, container=1, ingredient="drug", before="0 g", after="1 g", lots=()), "container"),
    ("programmed", Removed(course=1, container=1, displayed="1 mL", last=False), "course"),
    ("disconnected", GoGiven(course=1, container=1), "course"),
    ("withdrawn-before", Withdrawn(cause="family"), "treatment"),
]


@pytest.mark.parametrize(("stage", "record", "machine"), NOT_NOW)
def test_what_is_not_done_in_this_phase_is_not_signed(stage, record, machine):
    reasons = refusals(at(stage), "doctor", record, reason="x")
    assert reasons[0] == f"chart.not-now @ {machine}"
    assert {one.partition(" ")[0] for one in reasons} == {"chart.not-now"}


def test_a_container_that_was_not_ordered_is_not_there():
    assert refusals(at("verified"), "doctor", GoGiven(course=1, container=3)) == ["chart.no-such-container @ container"]


@pytest.mark.hazard("HZ-066")
def test_whoever_decided_on_an_older_picture_is_told_who_signed_what_in_the_meantime():
    story = at("connected")
    seen = story.treatment.version
    slower = RateChanged(course=1, modification="other", rate="1 mL/h")
    story.sign("doctor", slower, reason="pain, grade 2")
    stop = CourseStopped(course=1, modification="other", for_good=False)
    reasons = refusals(story, "second", stop, seen=seen, reason="fever")
    assert reasons == ["chart.changed-meanwhile @ seen"]
    story.sign("second", stop, reason="fever")


@pytest.mark.hazard("HZ-066")
def test_of_two_who_sign_the_same_at_once_one_is_told():
    story = at("ordered")
    seen = story.treatment.version
    story.sign("second", OrderVerified(course=1), seen=seen)
    reasons = refusals(story, "pharmacist", OrderVerified(course=1), seen=seen)
    assert reasons == ["chart.changed-meanwhile @ seen"]


def test_looking_at_a_child_is_in_nobodys_way():
    story = at("connected")
    seen = story.treatment.version
    story.sign("ward", Remark(course=1, text="asleep"))
    story.sign("nurse", Remark(course=1, text="awake"), seen=seen)
    assert [one.kind for one in story.treatment.history[seen:]] == ["remark", "remark"]


@pytest.mark.hazard("HZ-067")
def test_what_is_sent_again_after_a_dead_spot_gives_no_entries_even_when_it_could_not_be_signed_any_more():
    story = at("changed")
    removal = story.removal(2, last=True, left="5 mL")
    assert len(story.sign("home", removal, key="phone-7")) == 1
    ended = story.treatment
    assert story.sign("home", removal, key="phone-7") == ()
    assert story.sign("home", removal, key="phone-7", seen=0) == ()
    assert story.treatment == ended
    assert refusals(story, "home", removal, key="phone-8")[0] == "chart.not-now @ course"


@pytest.mark.hazard("HZ-067")
def test_of_several_records_sent_again_none_is_signed_again():
    story = at("ready-to-change")
    change = (story.removal(1, last=False), story.connection(2))
    assert len(story.sign("nurse", *change, key="tablet-1")) == 2
    assert story.sign("nurse", *change, key="tablet-1") == ()


def test_of_several_records_all_are_signed_or_none():
    story = at("enrolled")
    wrong = Measured(weight="17 kg", height="102 cm", measured=(story.now + timedelta(days=2)).date())
    right = Measured(weight="17 kg", height="102 cm", measured=story.now.date())
    assert refusals(story, "doctor", right, wrong) == ["date.in-the-future @ measured"]


def test_a_pump_that_was_set_aside_and_not_used_goes_back_on_the_shelf_for_another():
    story = at("verified")
    for pump in ("PUMP-01", "PUMP-02"):
        story.sign("nurse", PumpAssigned(course=1, pump=pump))
    assert dict(story.treatment.current.pumps) == {"PUMP-02": "assigned"}


# -- nothing is left untried


def _texts(path):
    return {
        node.value
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        if isinstance(node, ast.Constant) and isinstance(node.value, str)
    }


def _codes_of_the_chart():
    """Every code that the room writes out, and for one that is put together everything it has a sentence for."""
    sentences = ROOT / "src" / "ransel" / "language" / "sentences"
    worded = {
        key.removeprefix("refusal.")
        for path in sentences.glob("chart*.toml")
        for key in tomllib.loads(path.read_text(encoding="utf-8"))
        if key.startswith("refusal.chart.")
    }
    written = {
        text
        for path in (ROOT / "src" / "ransel" / "chart").rglob("*.py")
        for text in _texts(path)
        if text.startswith("chart.")
    }
    return {code for code in worded | written if not code.endswith((".", "-"))}


def test_every_reason_of_the_chart_is_provoked_by_a_test():
    tried = {text.partition(" @ ")[0] for path in Path(__file__).parent.glob("test_*.py") for text in _texts(path)}
    put_together = {f"chart.step-missing.{step}" for step in ("readied", "primed", "programmed", "programme-checked")}
    assert not _codes_of_the_chart() - tried - put_together
