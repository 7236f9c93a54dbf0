"""Boards show what the entries say: written with them or not at all, and the same when they are made anew."""

from datetime import UTC, date, datetime

import pytest
from chart.story import START, enrolled
from store.databases import assert_sound, boards, execute
from store.kept_story import KeptStory, put_pumps_on_the_shelf

from ransel.chart.journal import VersionTakenError
from ransel.chart.people import Hand, Role
from ransel.chart.records import care, prescribing
from ransel.language import Refused


@pytest.fixture(name="kept")
def kept_(database):  # noqa: ARG001 - the story is kept in it
    """A story of a child who is enrolled and measured, and two pumps on the shelf."""
    put_pumps_on_the_shelf()
    story = KeptStory()
    story.enrolled()
    return story


def codes(refused):
    return [one.code for one in refused.value.refusals]


def length():
    from ransel.store.journal import DatabaseJournal

    return DatabaseJournal().head().position


@pytest.mark.hazard("HZ-085")
@pytest.mark.usefixtures("database")
def test_after_every_step_of_a_whole_course_the_boards_are_those_that_the_entries_give():
    from ransel.store.boards import rebuild_boards
    from ransel.store.journal import DatabaseJournal
    from ransel.store.loading import load
    from ransel.store.models import TreatmentRow

    steps = []

    def as_rebuilt(treatment):
        steps.append(treatment.version)
        shown = boards()
        assert TreatmentRow.objects.get().version == treatment.version
        assert rebuild_boards(DatabaseJournal())
        assert boards() == shown
        assert load(treatment.id) == treatment

    put_pumps_on_the_shelf()
    story = KeptStory(after_each=as_rebuilt)
    story.enrolled()
    story.whole_course()
    assert len(steps) > 40
    assert story.treatment.history == told().treatment.history
    assert_sound()


def told():
    """The same story, signed in memory."""
    story = enrolled()
    story.whole_course()
    return story


@pytest.mark.hazard("HZ-085")
@pytest.mark.usefixtures("database")
def test_boards_that_were_changed_by_hand_are_made_anew_for_every_treatment(course):
    from dataclasses import replace

    from ransel.chart.treatment import fold
    from ransel.store.boards import rebuild_boards, write_boards
    from ransel.store.journal import DatabaseJournal

    journal = DatabaseJournal()
    for number in range(3):
        entries = [replace(entry, treatment=f"T-{number}") for entry in course]
        journal.append(entries)
        write_boards(fold(f"T-{number}", entries))
    shown = boards()
    execute("DELETE FROM ransel_task")
    execute("UPDATE ransel_treatment SET phase = 'gone', version = 1 WHERE treatment = 'T-1'")
    execute("INSERT INTO ransel_pump_use VALUES ('PUMP-09', 'T-1', 1, 'in-use')")
    execute("UPDATE ransel_visit SET treatment = 'T-9' WHERE treatment = 'T-2'")
    assert boards() != shown
    rebuild_boards(journal)
    assert boards() == shown


@pytest.mark.hazard("HZ-085")
@pytest.mark.hazard("HZ-075")
def test_when_the_boards_cannot_be_written_no_entry_is_kept(kept, monkeypatch):
    from ransel.store import keeping

    before, shown = length(), boards()

    def full_disk(_):
        raise OSError("no space")

    monkeypatch.setattr(keeping, "write_boards", full_disk)
    with pytest.raises(OSError, match="no space"):
        kept.ordered()
    monkeypatch.undo()
    assert (length(), boards()) == (before, shown)
    kept.ordered()
    assert_sound()


@pytest.mark.hazard("HZ-075")
def test_of_two_records_that_are_signed_together_none_is_kept_when_one_is_refused(kept):
    before, shown = length(), boards()
    order = kept.order()
    with pytest.raises(Refused) as refused:
        kept.sign("doctor", order, prescribing.OrderVerified(course=1))
    assert "chart.same-person" in codes(refused)
    assert (length(), boards()) == (before, shown)


def test_what_was_decided_on_an_older_picture_is_refused_and_nothing_is_kept(kept):
    seen = kept.treatment.version
    order = kept.order()
    kept.ordered()
    before, shown = length(), boards()
    with pytest.raises(Refused) as refused:
        kept.sign("second", order, seen=seen)
    assert "chart.changed-meanwhile" in codes(refused)
    assert (length(), boards()) == (before, shown)


def test_what_a_device_sends_again_is_signed_once(kept):
    order = kept.order()
    first = kept.sign("doctor", order, key="phone-1")
    before = length()
    assert kept.sign("doctor", order, key="phone-1", seen=0) == ()
    assert [entry.key for entry in first] == ["phone-1"]
    assert length() == before


def test_one_who_is_never_lucky_is_told_in_the_end(kept, monkeypatch):
    from ransel.store import keeping

    def always_taken(_, __):
        raise VersionTakenError

    monkeypatch.setattr(keeping.DatabaseJournal, "append", always_taken)
    with pytest.raises(VersionTakenError):
        kept.ordered()


@pytest.mark.hazard("HZ-085")
@pytest.mark.usefixtures("kept")
@pytest.mark.hazard("HZ-082")
def test_a_pump_that_is_set_aside_for_one_child_cannot_be_written_for_another():
    from ransel.store.boards import write_boards
    from ransel.store.keeping import _kept
    from ransel.store.loading import load

    first, second = with_a_pump("T-0002"), with_a_pump("T-0003")
    _kept(load("T-0002"), first.treatment.history)
    before, shown = length(), boards()
    with pytest.raises(Refused) as refused:
        _kept(load("T-0003"), second.treatment.history)  # as if both had seen the pump on its shelf
    assert codes(refused) == ["chart.pump-not-free"]
    assert (length(), boards()) == (before, shown)
    write_boards(first.treatment)  # the same child again is no other child


@pytest.mark.usefixtures("database")
@pytest.mark.hazard("HZ-082")
def test_the_table_of_pumps_has_room_for_a_pump_once():
    from django.db import IntegrityError, transaction

    execute("INSERT INTO ransel_pump_use VALUES ('PUMP-01', 'T-0001', 1, 'in-use')")
    with pytest.raises(IntegrityError), transaction.atomic():
        execute("INSERT INTO ransel_pump_use VALUES ('PUMP-01', 'T-0002', 1, 'assigned')")


def with_a_pump(treatment):
    """A treatment, signed in memory, up to the moment at which a pump was set aside for it."""
    from chart.story import Story

    from ransel.chart.treatment import Treatment

    story = Story(treatment=Treatment(id=treatment))
    story.enrolled()
    story.ordered()
    story.cleared(start=START)
    story.made(1)
    story.handed_over(1)
    story.sign("nurse", care.PumpAssigned(course=1, pump="PUMP-01"))
    return story


def test_a_pump_that_is_not_on_the_shelf_of_the_hospital_is_refused(kept):
    kept.ordered()
    kept.cleared()
    with pytest.raises(Refused) as refused:
        kept.sign("nurse", care.PumpAssigned(course=1, pump="PUMP-77"))
    assert "chart.pump-not-free" in codes(refused)


def test_a_treatment_that_is_not_there_is_empty_and_signing_in_it_begins_with_enrolment(kept):
    from ransel.store.keeping import keep
    from ransel.store.loading import load

    assert load("T-0404").version == 0
    now = datetime(2027, 2, 1, 12, tzinfo=UTC)
    hand = Hand(who="p-doctor", role=Role.DOCTOR, where="maxima/ward", happened=now, now=now, seen=0)
    measured = prescribing.Measured(weight="16.4 kg", height="102 cm", measured=date(2027, 1, 29))
    with pytest.raises(Refused) as refused:
        keep("T-0404", hand, lambda _: kept.rules(), measured)
    assert "chart.not-now" in codes(refused)
    assert load("T-0404").version == 0
