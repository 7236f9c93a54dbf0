"""What must agree beside the child, before and while anything runs: each mismatch is tried, nothing is signed."""

from datetime import timedelta

import pytest
from chart.refusing import case, refusals
from chart.stages import at
from chart.story import MATERIALS, NOOR, PRIMED, START

from ransel.chart.guards.care import code_complaints
from ransel.chart.records.care import (
    Connected,
    Interrupted,
    Material,
    Observed,
    Primed,
    PumpAssigned,
    Removed,
    Resumed,
)
from ransel.chart.records.pharmacy import Discarded
from ransel.chart.records.prescribing import CourseStopped, OrderVerified, RateChanged, Withdrawn
from ransel.quantities import Concentration, Rate, Ratio, Temperature, Volume

DAY = timedelta(days=1)


def programme(container=1, **changes):
    return lambda story: story.programme(container, **changes)


def check(container=1, **changes):
    return lambda story: story.check(container, **changes)


def connection(container=1, **changes):
    return lambda story: story.connection(container, **changes)


def primed(**changes):
    told = {"pump": "PUMP-01", "volume": PRIMED, "fluid": "drug"}
    return lambda story: Primed(**story.of(1), **(told | changes))


def other_code(story):
    """The code of the second cassette, on the first."""
    return story.connection(1, code=story.code(2))


# -- four eyes on the pump: what it shows is held against the order, and never against itself

PROGRAMMES = [
    case("another rate", "out", "nurse", programme(rate=Rate("20 mL/h")), "chart.other-rate @ rate"),
    case("mL/24 h typed as mL/h", "out", "nurse", programme(rate=Rate("48 mL/h")), "chart.other-unit @ rate"),
    case("mL/h typed as mL/24 h", "out", "nurse", programme(rate=Rate("2 mL/24h")), "chart.other-unit @ rate"),
    case("more than the cassette holds", "out", "nurse", programme(volume=Volume("2500 mL")),
         "chart.other-volume @ volume"),
    case("a tenth of the volume", "out", "nurse", programme(volume=Volume("25 mL")), "chart.other-volume @ volume"),
    case("less than it has to give", "out", "nurse", programme(volume=Volume("239 mL")),
         "chart.other-volume @ volume"),
    case("another concentration", "out", "nurse", programme(concentration="0.1421 mg/mL"),
         "chart.other-concentration @ concentration"),
    case("ten times the concentration", "out", "nurse", programme(concentration="1.42 mg/mL"),
         "chart.other-concentration @ concentration"),
    case("another unit of concentration", "out", "nurse", programme(concentration="0.1420 µg/mL"),
         "chart.other-concentration @ concentration"),
    case("a concentration without a unit", "out", "nurse", programme(concentration="0.1420"),
         "quantity.no-unit @ concentration"),
    case("another product", "out", "nurse", programme(product="Unituxin"), "chart.other-product @ product"),
    case("another pump", "out", "nurse", programme(pump="PUMP-02"), "chart.other-pump @ pump"),
    case("another making", "out", "nurse", lambda story: story.programme(1).model_copy(update={"making": 2}),
         "chart.other-making @ making"),
]  # fmt: skip


def with_pump(story):
    story.sign("nurse", PumpAssigned(course=1, pump="PUMP-01"))


@pytest.mark.hazard("HZ-072")
@pytest.mark.parametrize("one", PROGRAMMES)
def test_a_pump_that_shows_something_else_than_was_ordered_is_not_signed(one):
    one.check(with_pump)


@pytest.mark.hazard("HZ-072")
@pytest.mark.parametrize(
    ("shown", "found"),
    [("0.0426 µg/mL", []), ("0.0000426 mg/mL", []), ("0.0427 µg/mL", ["chart.other-concentration @ concentration"]),
     ("0.00005 mg/mL", ["chart.other-concentration @ concentration"]),
     ("0.426 µg/mL", ["chart.other-concentration @ concentration"])],
)  # fmt: skip
def test_a_concentration_of_which_very_little_is_given_is_held_against_the_label_in_its_own_unit(shown, found):
    story = at("on-blinatumomab")
    assert story.strength(1) == "0.0426 µg/mL"
    record = story.programme(1, concentration=shown)
    if found:
        assert refusals(story, "nurse", record) == found
    else:
        story.sign("nurse", record)
    assert Concentration("0.0426 µg/mL").text("en", "mg/mL", 4) == Concentration("0.049 µg/mL").text("en", "mg/mL", 4)


CHECKS = [
    case("the same person", "programmed", "nurse", check(), "chart.same-person @ checked_by"),
    case("another child", "programmed", "colleague", check(child="SYN-0002"), "chart.other-child @ child"),
    case("no cassette of this course", "programmed", "colleague", check(code="(01)00400000000015(10)X"),
         "chart.unknown-code @ code"),
    case("another pump", "programmed", "colleague", check(pump="PUMP-02"), "chart.other-pump @ pump"),
    case("another rate", "programmed", "colleague", check(rate=Rate("2.2 mL/h")), "chart.other-rate @ rate"),
    case("another volume", "programmed", "colleague", check(volume=Volume("500 mL")), "chart.other-volume @ volume"),
    case("nothing was programmed", "out", "colleague", check(), "chart.not-programmed @ container"),
]  # fmt: skip


@pytest.mark.hazard("HZ-070")
@pytest.mark.hazard("HZ-065")
@pytest.mark.parametrize("one", CHECKS)
def test_the_second_person_is_another_one_and_finds_what_was_ordered(one):
    one.check(with_pump if one.stage == "out" else lambda _: None)


@pytest.mark.hazard("HZ-071")
def test_a_second_cassette_read_at_the_first_is_named_as_what_it_is():
    story = at("ready-to-change")
    assert refusals(story, "colleague", story.check(2, code=story.code(1))) == ["chart.other-container-first @ code"]


# -- connecting

CONNECTIONS = [
    case("another child", "programmed", "nurse", connection(child="SYN-0002"), "chart.other-child @ child"),
    case("the name instead of the number", "programmed", "nurse", connection(child=NOOR.name),
         "chart.other-child @ child"),
    case("no cassette of this course", "programmed", "nurse", connection(code="(01)00400000000015(10)X"),
         "chart.unknown-code @ code"),
    case("another pump", "programmed", "nurse", connection(pump="PUMP-02"), "chart.other-pump @ pump"),
    case("another making", "programmed", "nurse",
         lambda story: story.connection(1).model_copy(update={"making": 2}), "chart.other-making @ making"),
    case("a display that starts too high", "programmed", "nurse", connection(displayed=Volume("255 mL")),
         "chart.other-volume @ displayed"),
    case("a display that starts too low", "programmed", "nurse", connection(displayed=Volume("24.5 mL")),
         "chart.other-volume @ displayed"),
    case("before it left the fridge", "programmed", "nurse", connection(), "chart.still-in-fridge @ container",
         happened=START - timedelta(hours=2)),
]  # fmt: skip


@pytest.mark.hazard("HZ-070")
@pytest.mark.hazard("HZ-072")
@pytest.mark.parametrize("one", CONNECTIONS)
def test_any_mismatch_of_child_cassette_and_pump_stops_the_connecting(one):
    one.check()
    story = at(one.stage)
    story.sign("nurse", story.connection(1))
    assert story.treatment.current.phase == "running"


@pytest.mark.hazard("HZ-073")
@pytest.mark.parametrize(
    ("later", "reasons"),
    [
        (DAY, ["chart.too-late-to-start @ happened"]),
        (7 * DAY, ["chart.too-late-to-start @ happened", "chart.expired @ code"]),
    ],
)
def test_a_cassette_past_its_clock_is_not_connected(later, reasons):
    story = at("programmed")
    story.now += later
    assert refusals(story, "nurse", story.connection(1)) == reasons


@pytest.mark.hazard("HZ-071")
def test_the_second_cassette_is_not_connected_before_the_first():
    story = at("programmed")
    second = Connected(course=1, container=2, making=1, pump="PUMP-01", child=NOOR.number, code="X", displayed="245 mL")
    assert refusals(story, "nurse", second) == ["chart.not-now @ container"]


@pytest.mark.hazard("HZ-071")
def test_the_second_cassette_in_the_place_of_the_first_is_named_as_what_it_is():
    story = at("ready-to-change")
    first = story.code(1)
    connection = story.connection(2, code=first)
    reasons = refusals(story, "nurse", story.removal(1, last=False), connection)
    assert reasons == ["chart.other-container-first @ code"]
    assert story.treatment.current.running.index == 1


@pytest.mark.hazard("HZ-071")
def test_the_second_cassette_is_not_connected_while_the_first_runs():
    story = at("ready-to-change")
    assert refusals(story, "nurse", story.connection(2)) == ["chart.not-now @ course"]


@pytest.mark.hazard("HZ-069")
@pytest.mark.parametrize("stage", ["cleared", "begun", "weighed", "checked", "released"])
def test_a_cassette_that_was_not_released_and_handed_over_is_not_connected(stage):
    story = at(stage)
    making = story.treatment.current.container(1).making or 1
    record = Connected(course=1, container=1, making=making, pump="PUMP-01", child=NOOR.number, code="X",
                       displayed="245 mL")  # fmt: skip
    assert refusals(story, "nurse", record) == ["chart.not-now @ container"]


@pytest.mark.hazard("HZ-069")
def test_the_comparison_of_codes_alone_refuses_a_cassette_without_a_release():
    story = at("checked")
    record = Connected(course=1, container=1, making=1, pump="PUMP-01", child=NOOR.number, code="X", displayed="245 mL")
    assert [one.code for one in code_complaints(story.treatment, record, "X")] == ["chart.not-released"]


STEPS = ("readied", "primed", "programmed", "programme-checked")
MISSING = {
    "readied": ["chart.step-missing.readied"],
    "primed": ["chart.step-missing.primed"],
    "programmed": ["chart.step-missing.programmed", "chart.step-missing.programme-checked"],
    "programme-checked": ["chart.step-missing.programme-checked"],
}
"""What is missing when a step was left out: nobody checks what was not programmed."""


@pytest.mark.hazard("HZ-065")
@pytest.mark.parametrize("left_out", STEPS)
def test_no_step_before_connecting_can_be_left_out(left_out):
    story = at("out")
    with_pump(story)
    story.sign("nurse", Observed(course=1, heart_rate=98, baseline=True))
    steps = {
        "readied": ("nurse", story.ready(1)),
        "primed": ("nurse", primed()(story)),
        "programmed": ("nurse", story.programme(1)),
        "programme-checked": ("colleague", story.check(1)),
    }
    without = MISSING[left_out]
    for step, (person, record) in steps.items():
        if f"chart.step-missing.{step}" not in without:
            story.sign(person, record)
    connection = story.connection(1, displayed=Volume("245 mL") if left_out != "primed" else Volume("250 mL"))
    assert refusals(story, "nurse", connection) == [f"{code} @ container" for code in without]


def test_without_vital_signs_of_before_nothing_is_connected():
    story = at("out")
    story.readied(1)
    story.programmed(1)
    assert refusals(story, "nurse", story.connection(1)) == ["chart.no-baseline @ course"]


def test_vital_signs_of_before_a_new_order_are_not_those_of_before_the_start():
    story = at("verified")
    story.sign("ward", Observed(course=1, heart_rate=98, baseline=True))
    story.sign("doctor", story.order())
    story.sign("second", OrderVerified(course=1))
    story.cleared()
    story.made(1)
    story.handed_over(1)
    story.readied(1)
    story.programmed(1)
    assert refusals(story, "nurse", story.connection(1)) == ["chart.no-baseline @ course"]


@pytest.mark.hazard("HZ-065")
def test_a_pump_that_is_programmed_again_after_the_check_is_checked_again():
    story = at("programmed")
    story.sign("colleague", story.programme(1))
    reasons = refusals(story, "nurse", story.connection(1))
    assert reasons == ["chart.step-missing.programme-checked @ container"]
    story.sign("nurse", story.check(1))
    story.sign("nurse", story.connection(1))


@pytest.mark.hazard("HZ-072")
def test_another_pump_than_the_one_that_was_programmed_and_checked_is_not_connected():
    story = at("programmed")
    story.sign("nurse", PumpAssigned(course=1, pump="PUMP-02"))
    reasons = refusals(story, "nurse", story.connection(1))
    assert reasons == [f"chart.step-missing.{step} @ container" for step in STEPS[1:]]


@pytest.mark.hazard("HZ-068")
def test_a_pump_programmed_before_the_doctor_changed_the_rate_is_programmed_again():
    story = at("ready-to-change")
    story.sign("doctor", RateChanged(course=1, modification="other", rate="1 mL/h"), reason="pain, grade 2")
    change = (story.removal(1, last=False), story.connection(2))
    assert refusals(story, "nurse", *change) == ["chart.other-rate @ rate"]
    story.sign("nurse", story.programme(2))
    story.sign("colleague", story.check(2))
    story.sign("nurse", story.removal(1, last=False), story.connection(2))
    assert story.treatment.current.running.index == 2


def test_nothing_is_connected_after_the_treatment_has_ended():
    story = at("programmed")
    story.sign("doctor", Withdrawn(cause="family"), reason="they move")
    assert refusals(story, "nurse", story.connection(1)) == ["chart.withdrawn @ course"]


# -- making ready and priming

READYING = [
    case("old batteries", "programmed", "nurse", lambda story: story.ready(1, fresh_batteries=False),
         "chart.old-batteries @ fresh_batteries"),
    case("nothing to change in time", "programmed", "nurse", lambda story: story.ready(1, materials=()),
         *(f"chart.material-missing @ materials.{what}" for what in sorted(MATERIALS))),
    case("a filter that should have been changed", "programmed", "nurse",
         lambda story: story.ready(1, materials=tuple(
             Material(what=what, change_by=story.now + (-DAY if what == "filter" else DAY)) for what in MATERIALS)),
         "chart.in-the-past @ materials.filter"),
    case("no pump", "out", "nurse", lambda story: story.ready(1), "chart.no-pump @ pump"),
    case("another pump is primed", "programmed", "nurse", primed(pump="PUMP-02"), "chart.other-pump @ pump"),
    case("another making is primed", "programmed", "nurse",
         lambda story: primed()(story).model_copy(update={"making": 2}), "chart.other-making @ making"),
    case("too much to prime", "programmed", "nurse", primed(volume=Volume("10.1 mL")),
         "chart.primed-too-much @ volume"),
    case("primed on the child", "connected", "nurse", primed(), "chart.primed-at-the-child @ volume"),
]  # fmt: skip


@pytest.mark.parametrize("one", READYING)
def test_what_is_made_ready_is_fresh_complete_and_off_the_child(one):
    one.check()


# -- observing

OBSERVATIONS = [
    case("Fahrenheit", "connected", "ward", lambda _: Observed(course=1, temperature=Temperature("98.6 °C")),
         "chart.implausible @ temperature"),
    case("a comma in the wrong place", "connected", "ward",
         lambda _: Observed(course=1, temperature=Temperature("3.68 °C"), saturation=Ratio("9.8 %")),
         "chart.implausible @ temperature", "chart.implausible @ saturation"),
]  # fmt: skip


@pytest.mark.parametrize("one", OBSERVATIONS)
def test_what_no_living_child_has_is_not_written_down(one):
    one.check()


# -- taking off, standing still, going on

REMOVALS = [
    case("before it was connected", "connected", "nurse", lambda story: story.removal(1, last=False),
         "chart.before-connecting @ happened", happened=START - timedelta(minutes=5)),
    case("more left than at the start", "connected", "nurse",
         lambda story: story.removal(1, last=False, left="246 mL"), "chart.more-than-before @ displayed"),
    case("the end, although another follows", "connected", "nurse", lambda story: story.removal(1, last=True),
         "chart.not-the-last @ last"),
    case("no end, although none follows", "changed", "home", lambda story: story.removal(2, last=False),
         "chart.is-the-last @ last"),
    case("another making", "connected", "nurse",
         lambda story: story.removal(1, last=False).model_copy(update={"making": 2}), "chart.other-making @ making"),
    case("flushed where it must not be", "on-blinatumomab", "nurse",
         lambda story: story.removal(1, last=False).model_copy(update={"line": ("flushed",)}),
         "chart.flushed @ line"),
]  # fmt: skip


@pytest.mark.parametrize("one", REMOVALS)
def test_taking_off_says_what_is_left_and_whether_it_is_the_end(one):
    one.check()


@pytest.mark.hazard("HZ-088")
@pytest.mark.parametrize("last", [True, False])
def test_a_line_that_must_not_be_flushed_is_not_signed_as_flushed_without_saying_how_it_came_about(last):
    story = at("on-blinatumomab")
    removal = Removed(**story.of(1), displayed="1 mL", line=("clamped", "flushed"), last=last)
    reasons = ["chart.not-the-last @ last"] * last + ["chart.flushed @ line"]
    assert refusals(story, "nurse", removal) == reasons
    story.sign("nurse", removal, reason="flushed by mistake, the doctor was called at once")
    assert story.treatment.history[-1].reason.startswith("flushed by mistake")


def test_where_the_protocol_says_nothing_about_flushing_it_is_only_written_down():
    story = at("changed")
    removal = story.removal(2, last=True, left="5 mL").model_copy(update={"line": ("flushed", "locked")})
    story.sign("home", removal)
    assert story.treatment.current.phase == "ended"


def test_an_infusion_is_ended_before_its_last_container_only_with_a_reason_or_after_a_stop():
    story = at("connected")
    story.sign("nurse", story.removal(1, last=True), reason="the doctor was called, the line is blocked for good")
    assert story.treatment.current.phase == "ended"
    story = at("connected")
    story.sign("doctor", CourseStopped(course=1, modification="other", for_good=False), reason="grade 4")
    story.sign("nurse", story.removal(1, last=True))
    assert story.treatment.current.phase == "ended"


def interrupted(story):
    story.sign("ward", Interrupted(course=1, cause="line"))


@pytest.mark.hazard("HZ-072")
def test_an_infusion_goes_on_at_the_rate_in_force_and_no_other():
    story = at("connected")
    interrupted(story)
    assert refusals(story, "ward", Resumed(course=1, rate="3 mL/h")) == ["chart.other-rate @ rate"]
    story.sign("doctor", RateChanged(course=1, modification="other", rate="1 mL/h"), reason="pain, grade 2")
    assert refusals(story, "ward", Resumed(course=1, rate="2 mL/h")) == ["chart.other-rate @ rate"]
    story.sign("ward", Resumed(course=1, rate="1 mL/h"))
    assert story.treatment.current.phase == "running"


def test_after_a_long_standstill_it_goes_on_only_with_a_word_of_the_doctor():
    story = at("on-blinatumomab")
    interrupted(story)
    resumed = Resumed(course=1, rate=story.displayed(1)["rate"])
    story.now += timedelta(hours=5)
    assert refusals(story, "ward", resumed) == ["chart.restart-rules @ reason"]
    story.sign("ward", resumed, reason="the doctor was called: start again with premedication")


def test_a_cassette_thrown_away_before_connecting_is_not_the_one_whose_turn_it_is():
    story = at("programmed")
    story.sign("pharmacist", Discarded(**story.of(1), cause="leak"), reason="drops on the case")
    assert refusals(story, "nurse", story.connection(1)) == ["chart.not-now @ container"]
    assert refusals(story, "colleague", story.check(1)) == ["chart.not-now @ container"]
