"""The journal as the chart knows it: the same on a journal in memory, on SQLite and on PostgreSQL."""

from dataclasses import replace

import pytest

from ransel.chart.chain import EMPTY, first_break
from ransel.chart.journal import MemoryJournal, VersionTakenError
from ransel.chart.treatment import fold


def of(treatment, entries):
    return tuple(replace(entry, treatment=treatment) for entry in entries)


def test_an_empty_journal_has_no_treatments_and_ends_before_the_first_entry(journal):
    assert journal.head() == EMPTY
    assert journal.treatments() == ()
    assert journal.entries("T-0001") == ()
    assert list(journal.links()) == []


def test_what_was_appended_reads_back_as_the_same_treatment(journal, course):
    journal.append(course)
    assert journal.entries("T-0001") == course
    assert fold("T-0001", journal.entries("T-0001")) == fold("T-0001", course)


def test_every_journal_makes_the_same_chain_of_the_same_entries(journal, course):
    twin, other = MemoryJournal(), of("T-0002", course)
    for one, two in zip(course, other, strict=True):
        assert journal.append([one, two]) == twin.append([one, two])
    assert list(journal.links()) == list(twin.links())
    assert list(journal.links(after=7)) == list(twin.links(after=7))
    assert journal.head() == twin.head()
    assert first_break(journal.links(), journal.head()) == (journal.head(), None)


def test_treatments_come_in_the_order_in_which_they_began(journal, course):
    for treatment in ("T-b", "T-c", "T-a"):
        journal.append(of(treatment, course[:2]))
    assert journal.treatments() == ("T-b", "T-c", "T-a")


def test_appending_nothing_leaves_the_head_where_it_was(journal, course):
    head = journal.append(course[:3])
    assert journal.append(()) == head == journal.head()


@pytest.mark.parametrize("version", [1, 2, 4, 5])
def test_an_entry_that_is_not_the_next_of_its_treatment_is_told_that_its_version_is_taken(journal, course, version):
    head = journal.append(course[:2])
    with pytest.raises(VersionTakenError):
        journal.append([replace(course[2], version=version)])
    assert journal.head() == head


@pytest.mark.hazard("HZ-075")
def test_of_several_entries_all_are_appended_or_none(journal, course):
    head = journal.append(course[:2])
    with pytest.raises(VersionTakenError):
        journal.append([course[2], *of("T-0002", course[:2]), course[4]])
    assert journal.head() == head
    assert journal.treatments() == ("T-0001",)
    assert journal.entries("T-0001") == course[:2]


def test_a_key_signs_once_in_a_treatment_and_may_come_again_in_another(journal, course):
    first = [replace(course[0], key="phone-1")]
    head = journal.append(first)
    with pytest.raises(VersionTakenError):
        journal.append([replace(course[1], key="phone-1")])
    assert journal.head() == head
    journal.append(of("T-0002", first))
    assert journal.treatments() == ("T-0001", "T-0002")


def test_a_key_that_comes_twice_in_one_append_signs_nothing(journal, course):
    with pytest.raises(VersionTakenError):
        journal.append([replace(entry, key="phone-1") for entry in course[:2]])
    assert journal.head() == EMPTY


def test_entries_without_a_key_are_not_taken_for_one_another(journal, course):
    journal.append(course[:3])
    assert [entry.key for entry in journal.entries("T-0001")] == ["", "", ""]


def test_letters_of_every_language_are_kept_and_hashed_as_they_were_written(journal, course):
    told = replace(course[0], reason='Ünal – ‘zij’ 字 \u0000 \\ " 🎒\n')
    journal.append([told])
    assert journal.entries("T-0001") == (told,)
    assert first_break(journal.links(), journal.head())[1] is None
