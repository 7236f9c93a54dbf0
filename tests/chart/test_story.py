"""One whole course, signed by everybody, and what each of them may not do."""

from dataclasses import replace
from datetime import timedelta

import pytest
from chart.stages import at
from chart.story import START, Story, enrolled

from ransel.chart.chain import first_break
from ransel.chart.journal import MemoryJournal
from ransel.chart.records import care, prescribing
from ransel.chart.signing import sign
from ransel.chart.treatment import after, fold
from ransel.language import Refused


def codes(refused):
    return {one.code for one in refused.value.refusals}


@pytest.fixture(name="whole", scope="module")
def whole_():
    return at("pump-back")


def test_a_course_goes_from_order_to_the_pump_on_the_shelf(whole):
    course = whole.treatment.current
    assert course.phase == "ended"
    assert [one.phase for one in course.containers] == ["accounted", "accounted"]
    assert dict(course.pumps) == {"PUMP-01": "ready"}
    assert course.at_home


def test_every_entry_says_who_signed_when_and_on_which_picture(whole):
    for number, entry in enumerate(whole.treatment.history, 1):
        assert entry.version == number
        assert entry.who.startswith("p-")
        assert entry.happened <= entry.written
        assert entry.seen < entry.version


def test_no_entry_holds_the_childs_name_birth_date_or_address(whole):
    for entry in whole.treatment.history:
        text = entry.as_text()
        for private in ("Noor", "Vries", "2022-09-14", "Voorbeeldstraat"):
            assert private not in text, entry.kind


def test_the_next_course_follows_the_first(whole):
    story = Story(treatment=whole.treatment, now=START + timedelta(days=31))
    story.sign("doctor", prescribing.Measured(weight="16.9 kg", height="103 cm", measured=story.now.date()))
    story.whole_course(course=2, start=START + timedelta(days=35))
    assert [one.phase for one in story.treatment.courses] == ["ended", "ended"]


def test_folding_all_at_once_gives_what_folding_one_by_one_gave(whole):
    assert fold("T-0001", whole.treatment.history) == whole.treatment
    state = fold("T-0001", ())
    for entry in whole.treatment.history:
        state = after(state, [entry])
    assert state == whole.treatment


def test_what_is_kept_reads_back_as_the_same_treatment_and_a_whole_chain(whole):
    journal = MemoryJournal()
    journal.append(whole.treatment.history)
    assert fold("T-0001", journal.entries("T-0001")) == whole.treatment
    head, broken = first_break(journal.links(), journal.head())
    assert broken is None
    assert head == journal.head()


@pytest.mark.hazard("HZ-066")
def test_whoever_decided_on_an_older_picture_is_told_what_has_changed():
    story = enrolled()
    story.ordered()
    seen = story.treatment.version
    story.cleared()
    with pytest.raises(Refused) as refused:
        story.sign("second", prescribing.GoGiven(course=1, container=1), seen=seen)
    assert codes(refused) == {"chart.changed-meanwhile"}


def test_two_who_act_on_different_things_are_not_in_each_others_way():
    story = enrolled()
    story.ordered()
    seen = story.treatment.version
    story.sign("coordinator", care.PumpAssigned(course=1, pump="PUMP-01"))
    story.sign("nurse", care.Remark(course=1, text="mother asks for a red backpack"), seen=seen)
    assert story.treatment.history[-1].kind == "remark"


@pytest.mark.hazard("HZ-067")
def test_what_is_sent_twice_is_signed_once():
    story = enrolled()
    before = story.treatment.version
    told = care.Remark(course=1, text="seen twice")
    story.ordered()
    first = story.sign("nurse", told, key="phone-1")
    assert len(first) == 1
    assert story.sign("nurse", told, key="phone-1") == ()
    assert [one.kind for one in story.treatment.history[before:]].count("remark") == 1


def test_nothing_is_signed_in_the_future():
    story = enrolled()
    story.ordered()
    with pytest.raises(Refused) as refused:
        story.sign("nurse", care.Remark(course=1, text="x"), happened=story.now + timedelta(minutes=1))
    assert codes(refused) == {"chart.in-the-future"}


def test_where_a_reason_is_due_nothing_is_signed_without_one():
    story = enrolled()
    story.ordered()
    for reason in ("", "   "):
        with pytest.raises(Refused) as refused:
            story.sign("doctor", prescribing.GoWithheld(course=1, container=1), reason=reason)
        assert codes(refused) == {"chart.reason-due"}
    story.sign("doctor", prescribing.GoWithheld(course=1, container=1), reason="fever since last night")


def test_of_several_records_all_are_signed_or_none():
    story = enrolled()
    story.ordered()
    story.cleared()
    version = story.treatment.version
    with pytest.raises(Refused):
        story.sign("nurse", care.Remark(course=1, text="change"), story.removal_before_connecting())
    assert story.treatment.version == version


@pytest.mark.hazard("HZ-065")
def test_the_same_person_never_verifies_an_order():
    story = enrolled()
    story.sign("doctor", story.order())
    with pytest.raises(Refused) as refused:
        story.sign("doctor", prescribing.OrderVerified(course=1))
    assert codes(refused) == {"chart.same-person"}


def test_a_correction_shows_both_what_was_written_and_what_counts():
    story = enrolled()
    wrong = story.treatment.history[-1]
    data = {"weight": "16.9 kg", "height": "102 cm", "measured": "2027-01-29"}
    story.sign("doctor", prescribing.Corrected(entry=wrong.version, data=data), reason="read the scale wrong")
    assert story.treatment.measurements[-1].what.weight.plain("kg") == "16.9"
    assert story.treatment.history[1].what.weight.plain("kg") == "16.4"
    assert wrong.version in story.treatment.corrected


@pytest.mark.parametrize(
    ("entry", "data", "code"),
    [
        (99, {}, "chart.no-such-entry"),
        (1, {}, "chart.not-correctable"),
        (2, {"weight": "16.9 kg"}, "key.missing"),
    ],
)
def test_a_correction_must_be_of_an_entry_and_of_its_kind(entry, data, code):
    story = enrolled()
    with pytest.raises(Refused) as refused:
        story.sign("doctor", prescribing.Corrected(entry=entry, data=data), reason="x")
    assert code in codes(refused)


def test_an_order_that_rests_on_another_measurement_is_refused():
    story = enrolled()
    order = story.order()
    story.sign("doctor", prescribing.Measured(weight="17.4 kg", height="102 cm", measured=story.now.date()))
    with pytest.raises(Refused) as refused:
        sign(story.treatment, story.hand("doctor"), story.rules(), order)
    assert codes(refused) == {"chart.other-measurement"}


def test_an_order_with_the_name_of_the_child_in_it_is_refused():
    story = enrolled()
    order = story.order()
    document = order.document | {"patient": order.document["patient"] | {"name": "Noor"}}
    with pytest.raises(Refused) as refused:
        story.sign("doctor", order.model_copy(update={"document": document}))
    assert codes(refused) == {"chart.name-in-document"}


def test_a_notice_that_asks_must_be_answered_before_the_order_is_signed():
    story = enrolled()
    order = story.order()
    document = order.document | {
        "warnings": [*order.document["warnings"], {"code": "odd", "level": "ask", "text": "?"}]
    }
    with pytest.raises(Refused) as refused:
        story.sign("doctor", order.model_copy(update={"document": document}))
    assert codes(refused) == {"chart.not-confirmed"}


def test_a_course_that_comes_too_soon_asks_for_a_reason(whole):
    story = Story(treatment=whole.treatment, now=START + timedelta(days=20))
    order = story.order(course=2, start=START + timedelta(days=28))
    with pytest.raises(Refused) as refused:
        story.sign("doctor", order)
    assert codes(refused) == {"chart.course-too-soon"}
    story.sign("doctor", order, reason="holiday of the family, discussed in the team")


def test_the_first_thing_about_a_child_is_enrolment():
    story = Story()
    with pytest.raises(Refused) as refused:
        story.sign("doctor", prescribing.Measured(weight="16.4 kg", height="102 cm", measured=story.now.date()))
    assert codes(refused) == {"chart.not-now"}


def test_a_treatment_is_not_withdrawn_while_a_pump_runs():
    story = at("connected")
    with pytest.raises(Refused) as refused:
        story.sign("doctor", prescribing.Withdrawn(cause="family"), reason="they move")
    assert codes(refused) == {"chart.still-running"}


def test_an_entry_never_changes(whole):
    entry = whole.treatment.history[0]
    with pytest.raises(AttributeError):
        entry.who = "p-other"
    assert replace(entry, who="p-other") != entry
