"""What may not be made, weighed, checked, released, handed over or thrown away: each is tried, nothing is signed."""

from datetime import timedelta

import pytest
from chart.refusing import case, refusals
from chart.stages import at
from chart.story import START

from ransel.chart.batches import finish_of, released_record, steps_of
from ransel.chart.records.care import ResidueRecorded
from ransel.chart.records.pharmacy import BatchChecked, BatchStarted, Discarded, LeftFridge, Released, Weighed
from ransel.chart.records.prescribing import CourseStopped, GoGiven, GoWithheld, Withdrawn
from ransel.chart.tasks import vials_opened
from ransel.quantities import Mass

DAY = timedelta(days=1)
FIRST = {"course": 1, "container": 1, "making": 1}


def begin(**changes):
    return lambda story: BatchStarted(**(FIRST | {"made": story.now} | changes))


def weighing(**changes):
    """The weighing of the drug as it should be, with changes."""

    def record(story):
        step = next(one for one in steps_of(story.rules(), 1) if one.ingredient.id == "drug")
        after = Mass(f"{float(step.expected.value.to('g')):.2f} g")
        told = {"ingredient": "drug", "before": Mass("0 g"), "after": after, "lots": story.lots()}
        return Weighed(**(FIRST | told | changes))

    return record


def release(**changes):
    return lambda story: story.release(1).model_copy(update=changes)


def unconfirmed(story):
    state = story.treatment.course(1).container(1)
    return released_record(story.rules(), state, 1, story.hand("pharmacist"), stability_confirmed=False)


def left(**changes):
    """The first container leaves the fridge now, with changes; `at` sets when."""

    def record(story):
        instant = story.now + changes.get("after", timedelta())
        state = story.treatment.course(1).container(1)
        finish = changes.get("finish") or finish_of(story.rules(), state, instant)
        return LeftFridge(**(FIRST | {"making": changes.get("making", 1)}), at=instant, finish_before=finish)

    return record


MAKING = [
    case("made tomorrow", "cleared", "technician", begin(made=START),
         "chart.in-the-future @ made"),
    case("made too early", "cleared", "technician", begin(), "chart.made-too-early @ made"),
    case("an ingredient that it has not", "begun", "technician", weighing(ingredient="glucose"),
         "chart.other-ingredient @ ingredient"),
    case("a weighing of another making", "begun", "technician", weighing(making=2), "chart.other-making @ making"),
    case("a weighing without a lot", "begun", "technician", weighing(lots=()), "batch.lot-missing @ lots.drug"),
    case("a balance that runs back", "begun", "technician", weighing(before=Mass("9 g"), after=Mass("1 g")),
         "weighing.backwards @ after"),
    case("checked before anything was weighed", "begun", "checker", lambda _: BatchChecked(**FIRST),
         "batch.not-weighed @ weighings.diluent", "batch.not-weighed @ weighings.albumin",
         "batch.not-weighed @ weighings.drug"),
    case("a check of another making", "weighed", "checker", lambda _: BatchChecked(**(FIRST | {"making": 2})),
         "chart.other-making @ making"),
    case("a discard of another making", "weighed", "technician",
         lambda _: Discarded(**(FIRST | {"making": 2}), cause="damaged"), "chart.other-making @ making", reason="fell"),
    case("a making after the treatment has ended", "withdrawn-before", "technician", begin(made=START),
         "chart.withdrawn @ course", "chart.in-the-future @ made"),
]  # fmt: skip


@pytest.mark.parametrize("one", MAKING)
def test_a_container_is_made_as_ordered_when_it_is_time_and_with_everything_written_down(one):
    one.check()


def test_a_making_that_is_not_the_next_one_is_not_begun():
    story = at("cleared")
    story.now = START - timedelta(hours=2)
    assert refusals(story, "technician", begin(making=2)(story)) == ["chart.other-making @ making"]


@pytest.mark.hazard("HZ-065")
@pytest.mark.parametrize(
    "one",
    [
        case("whoever weighed checks", "weighed", "technician", lambda _: BatchChecked(**FIRST),
             "batch.same-person @ checked_by"),
        case("whoever weighed releases", "checked", "technician",
             lambda story: story.release(1, by="technician"), "batch.same-person @ released_by"),
    ],
)  # fmt: skip
def test_whoever_made_a_container_neither_checks_nor_releases_it(one):
    story = at(one.stage)
    reasons = refusals(story, one.person, one.record(story))
    assert one.reasons[0] in reasons


@pytest.mark.hazard("HZ-065")
def test_a_pharmacist_who_began_a_container_is_one_of_its_makers():
    story = at("cleared")
    story.now = START - timedelta(hours=2)
    story.sign("pharmacist", begin()(story))
    story.weighed(1)
    assert refusals(story, "pharmacist", BatchChecked(**FIRST)) == ["batch.same-person @ checked_by"]


def test_what_lies_out_of_tolerance_is_not_checked_and_is_weighed_again():
    story = at("weighed")
    story.sign("technician", weighing(after=Mass("9.9 g"))(story))
    assert refusals(story, "checker", BatchChecked(**FIRST)) == ["batch.out-of-tolerance @ weighings.drug"]
    story.sign("technician", weighing()(story))
    story.sign("checker", BatchChecked(**FIRST))


@pytest.mark.hazard("HZ-065")
def test_what_is_weighed_again_after_the_check_is_checked_again():
    story = at("checked")
    story.sign("technician", weighing()(story))
    assert story.treatment.current.container(1).phase == "making"
    assert refusals(story, "pharmacist", story.release(1)) == ["chart.not-now @ container"]


RELEASING = [
    case("another batch number", "checked", "pharmacist", release(batch="SYN-0002-C1-1"), "chart.other-release @ code"),
    case("a longer clock", "checked", "pharmacist", release(finish_before=START + 30 * DAY),
         "chart.other-release @ code"),
    case("another making", "checked", "pharmacist", release(making=2), "chart.other-making @ making",
         "chart.other-release @ code"),
    case("nobody confirms the stability", "checked", "pharmacist", unconfirmed,
         "batch.stability-not-confirmed @ stability_confirmed_by"),
    case("a handing over that is still to come", "released", "pharmacist", left(after=timedelta(hours=1)),
         "chart.in-the-future @ at"),
    case("too long in the fridge", "released", "pharmacist", left(), "chart.too-long-cold @ at"),
    case("it left the fridge before it was made", "released", "pharmacist", left(after=-DAY, finish=START),
         "clock.backwards @ at"),
    case("another making is handed over", "released", "pharmacist", left(making=2), "chart.other-making @ making"),
    case("a longer clock outside the fridge", "released", "pharmacist", left(finish=START + 30 * DAY),
         "chart.other-release @ finish_before"),
]  # fmt: skip


@pytest.mark.hazard("HZ-073")
@pytest.mark.hazard("HZ-069")
@pytest.mark.parametrize("one", RELEASING)
def test_a_release_says_what_batch_record_and_clocks_give_and_nothing_else(one):
    if one.name == "too long in the fridge":
        one.check(lambda story: setattr(story, "now", START + DAY))
    else:
        one.check()


@pytest.mark.hazard("HZ-073")
def test_a_container_that_could_not_be_connected_in_time_is_not_released():
    story = at("checked")
    story.now += 2 * DAY
    assert refusals(story, "pharmacist", story.release(1)) == ["batch.too-late @ at"]


def withheld(story):
    """A container that was released, and whose go the doctor then withheld."""
    story.sign("doctor", GoWithheld(course=1, container=1), reason="fever since last night")


@pytest.mark.hazard("HZ-069")
def test_a_container_whose_go_was_withheld_is_neither_handed_over_nor_made_again_without_a_new_go():
    story = at("released")
    withheld(story)
    assert refusals(story, "pharmacist", left()(story)) == ["chart.not-now @ container"]
    story.sign("pharmacist", Discarded(**FIRST, cause="not-needed"), reason="the go was withheld")
    again = begin(making=2)
    assert refusals(story, "technician", again(story)) == ["chart.no-go @ container"]
    story.sign("doctor", GoGiven(course=1, container=1))
    story.sign("technician", again(story))
    assert story.treatment.current.container(1).phase == "making"


def test_a_container_whose_go_is_given_back_can_be_handed_over_as_it_was_released():
    story = at("released")
    withheld(story)
    story.sign("doctor", GoGiven(course=1, container=1))
    story.handed_over(1)
    assert story.treatment.current.container(1).phase == "out"


@pytest.mark.hazard("HZ-071")
def test_a_container_that_is_made_again_has_another_code_even_after_a_new_order():
    story = at("released")
    before = story.treatment.current.container(1).last(Released).what
    story.sign("pharmacist", Discarded(**FIRST, cause="not-needed"), reason="the start has moved")
    story.sign("doctor", CourseStopped(course=1, modification="other", for_good=False), reason="chickenpox")
    story.ordered(start=START + 7 * DAY)
    story.cleared(start=START + 7 * DAY)
    story.made(1)
    after = story.treatment.current.container(1).last(Released).what
    assert (after.making, after.serial) != (before.making, before.serial)
    assert after.code != before.code
    assert vials_opened(story.treatment.current) == 4


@pytest.mark.hazard("HZ-073")
def test_a_container_that_was_made_quickly_can_be_handed_over_at_once_and_its_warm_clock_runs_from_then():
    story = at("released")
    story.sign("pharmacist", left()(story))
    container = story.treatment.current.container(1)
    assert container.phase == "out"
    lasted = container.last(LeftFridge).what.finish_before - container.last(LeftFridge).what.at
    assert lasted == 7 * DAY


def test_the_residue_is_written_down_for_the_making_that_was_taken_off():
    story = at("changed")
    story.sign("home", story.removal(2, last=True, left="5 mL"))
    record = ResidueRecorded(course=1, container=2, making=2, weight="5 g", scale_error="1 g", waste="hospital")
    assert refusals(story, "home", record) == ["chart.other-making @ making"]


def test_a_making_is_thrown_away_even_after_the_treatment_has_ended():
    story = at("weighed")
    story.sign("doctor", Withdrawn(cause="family"), reason="they move")
    story.sign("technician", Discarded(**FIRST, cause="not-needed"), reason="the treatment has ended")
    assert story.treatment.current.container(1).phase == "discarded"
