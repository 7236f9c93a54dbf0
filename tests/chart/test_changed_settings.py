"""When protocol or settings change after an order: what rests on the plan stops, what happens is written down."""

from datetime import timedelta

import pytest
from chart.refusing import refusals
from chart.stages import at
from chart.story import START

from ransel.chart.records.care import Interrupted, Observed, Remark, Resumed
from ransel.chart.records.pharmacy import BatchChecked, Discarded
from ransel.chart.records.prescribing import GoGiven, OrderVerified
from ransel.chart.rules import replanned
from ransel.language import LANGUAGES
from ransel.quantities import Volume

DIFFERS = ["chart.plan-differs @ course"]


def changed(stage):
    """A story whose protocol takes more to fill the line since the order was signed."""
    story = at(stage)
    pump = story.protocol.pumps["cassette"]
    slower = pump.model_copy(update={"priming": pump.priming.model_copy(update={"value": Volume("5.5 mL")})})
    story.protocol = story.protocol.model_copy(update={"pumps": {**story.protocol.pumps, "cassette": slower}})
    return story


@pytest.mark.hazard("HZ-068")
@pytest.mark.parametrize(
    ("stage", "person", "record"),
    [
        ("verified", "doctor", lambda _: GoGiven(course=1, container=1)),
        ("cleared", "technician", "begin"),
        ("weighed", "checker", lambda _: BatchChecked(course=1, container=1)),
        ("checked", "pharmacist", "release"),
        ("released", "pharmacist", "hand over"),
    ],
)
def test_everything_that_rests_on_the_plan_is_refused_and_says_what_has_changed(stage, person, record):
    before, story = at(stage), changed(stage)
    before.now = story.now = max(story.now, START - timedelta(hours=1))
    if record == "begin":
        record = _signed(before, lambda: before.begun(1))
    elif record == "release":
        record = _signed(before, lambda: before.sign("pharmacist", before.release(1)))
    elif record == "hand over":
        record = _signed(before, lambda: before.handed_over(1))
    story.now = max(story.now, before.now)
    assert refusals(story, person, record(story)) == DIFFERS
    for language in LANGUAGES:
        assert story.rules().differs[0].text(language)


def _signed(story, step):
    """What a step signs while nothing has changed."""
    step()
    return lambda _: story.treatment.history[-1].what


@pytest.mark.hazard("HZ-068")
def test_what_happens_beside_the_child_is_still_written_down_to_the_end():
    story = changed("changed")
    assert story.rules().differs
    story.sign("ward", Observed(course=1, heart_rate=99))
    story.sign("ward", Interrupted(course=1, cause="alarm"))
    story.sign("nurse", story.programme(2, volume=Volume("200 mL")))
    story.sign("colleague", story.check(2, volume=Volume("200 mL")))
    story.sign("ward", Resumed(course=1, rate="2 mL/h"))
    story.disconnected()
    story.pump_back()
    story.sign("doctor", Remark(course=1, text="went home well"))
    assert story.treatment.current.phase == "ended"


@pytest.mark.hazard("HZ-068")
def test_the_course_can_be_ordered_anew_by_what_holds_now_and_goes_on():
    story = changed("released")
    story.sign("pharmacist", Discarded(course=1, container=1, cause="not-needed"), reason="the protocol has changed")
    story.sign("doctor", story.order())
    story.sign("second", OrderVerified(course=1))
    assert not story.rules().differs
    assert replanned(story.treatment, 1, story.rules().identity, story.protocol, story.agenda) == story.rules().planned


def test_nothing_changes_for_an_order_when_nothing_has_changed():
    assert at("pump-back").rules().differs == ()
