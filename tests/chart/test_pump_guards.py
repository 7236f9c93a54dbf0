"""A pump goes from the shelf to one child and back: what stands in its way is tried, nothing is signed."""

import pytest
from chart.refusing import case, refusals
from chart.stages import at

from ransel.chart.records.care import (
    Interrupted,
    Programmed,
    PumpAssigned,
    PumpReadied,
    PumpReplaced,
    PumpReturned,
    Resumed,
)
from ransel.quantities import Volume

PUMPS = [
    case("a pump that is somewhere else", "verified", "nurse", lambda _: PumpAssigned(course=1, pump="PUMP-09"),
         "chart.pump-not-free @ pump"),
    case("another pump while one runs", "connected", "nurse", lambda _: PumpAssigned(course=1, pump="PUMP-01"),
         "chart.pump-in-use @ pump"),
    case("replaced by a pump that is somewhere else", "connected", "nurse",
         lambda _: PumpReplaced(course=1, pump="PUMP-09"), "chart.pump-not-free @ pump", reason="the motor stands"),
    case("replaced by itself", "connected", "nurse", lambda _: PumpReplaced(course=1, pump="PUMP-01"),
         "chart.same-pump @ pump", reason="the motor stands"),
    case("replaced before it runs", "programmed", "nurse", lambda _: PumpReplaced(course=1, pump="PUMP-02"),
         "chart.pump-not-running @ pump", reason="the screen is cracked"),
    case("replaced although there is none", "verified", "nurse", lambda _: PumpReplaced(course=1, pump="PUMP-02"),
         "chart.pump-not-running @ pump", reason="the screen is cracked"),
    case("back while it runs", "connected", "nurse", lambda _: PumpReturned(course=1, pump="PUMP-01"),
         "chart.pump-not-out @ pump"),
    case("back although it was never here", "disconnected", "nurse", lambda _: PumpReturned(course=1, pump="PUMP-02"),
         "chart.pump-not-out @ pump"),
    case("ready before it is back", "disconnected", "nurse",
         lambda _: PumpReadied(course=1, pump="PUMP-01", cleaned=True, self_test_passed=True),
         "chart.pump-not-returned @ pump"),
]  # fmt: skip


@pytest.mark.parametrize("one", PUMPS)
def test_a_pump_goes_from_the_shelf_to_one_child_and_back(one):
    one.check(lambda story: setattr(story, "free_pumps", frozenset({"PUMP-01", "PUMP-02"})))


@pytest.mark.hazard("HZ-082")
def test_a_pump_that_is_not_clean_or_not_tested_stays_off_the_shelf():
    story = at("disconnected")
    story.sign("nurse", PumpReturned(course=1, pump="PUMP-01"))
    record = PumpReadied(course=1, pump="PUMP-01", cleaned=False, self_test_passed=False)
    reasons = ["chart.pump-not-ready @ cleaned", "chart.pump-not-ready @ self_test_passed"]
    assert refusals(story, "nurse", record) == reasons


@pytest.mark.hazard("HZ-065")
@pytest.mark.hazard("HZ-072")
def test_a_pump_that_takes_over_is_programmed_and_checked_before_the_infusion_goes_on():
    story = at("connected")
    story.sign("ward", Interrupted(course=1, cause="pump-failed"))
    story.sign("nurse", PumpReplaced(course=1, pump="PUMP-02"), reason="the motor stands")
    resumed = Resumed(course=1, rate="2 mL/h")
    steps = [f"chart.step-missing.{step} @ container" for step in ("programmed", "programme-checked")]
    assert refusals(story, "ward", resumed) == steps
    left = {"volume": Volume("230 mL")}
    story.sign("nurse", story.programme(1, **left))
    assert refusals(story, "ward", resumed) == steps[1:]
    assert refusals(story, "nurse", story.check(1, **left)) == ["chart.same-person @ checked_by"]
    story.sign("colleague", story.check(1, **left))
    story.sign("ward", resumed)
    assert dict(story.treatment.current.pumps) == {"PUMP-01": "off", "PUMP-02": "in-use"}


def test_a_pump_shows_what_is_left_while_it_runs_and_not_what_was_filled_in():
    story = at("looked-after")
    story.sign("nurse", Programmed(**story.of(1), **story.displayed(1), concentration=story.strength(1),
                                   product="Qarziba").model_copy(update={"volume": Volume("197 mL")}))  # fmt: skip
    assert story.treatment.history[-1].kind == "programmed"
