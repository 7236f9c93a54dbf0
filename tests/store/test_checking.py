"""The walk that checks a whole database: it ends with an answer, whatever was done to the table or to the file."""

from random import Random

import pytest
from store.databases import drop_triggers, execute

from ransel.chart.chain import EMPTY
from ransel.language import Refused

PLACES = 40
NOT_TEXT = "CAST(x'7b22ff' AS TEXT)"
"""Bytes that are no UTF-8, kept as text."""


@pytest.fixture(name="fill")
def fill_(course):
    """Keep a course of one child, and say what a walk finds."""

    def fill():
        from ransel.store.journal import DatabaseJournal

        DatabaseJournal().append(course)
        return len(course)

    return fill


def checked(expected=EMPTY, reached=lambda _: None):
    from ransel.store.checking import check_chain
    from ransel.store.journal import DatabaseJournal

    return check_chain(DatabaseJournal(), expected, reached)


@pytest.mark.usefixtures("database")
def test_an_empty_database_is_whole():
    found = checked()
    assert (found.head, found.treatments, found.broken, found.damage) == (EMPTY, 0, None, "")


@pytest.mark.usefixtures("database")
def test_a_whole_chain_is_walked_to_its_head_page_by_page(fill, monkeypatch):
    from ransel.store import checking
    from ransel.store.journal import DatabaseJournal

    monkeypatch.setattr(checking, "PAGE", 10)
    length, passed = fill(), []
    found = checked(DatabaseJournal().head(), passed.append)
    assert (found.head, found.treatments, found.broken, found.damage) == (DatabaseJournal().head(), 1, None, "")
    assert passed == list(range(1, length + 1, 10))


@pytest.mark.hazard("HZ-074")
@pytest.mark.usefixtures("sqlite")
@pytest.mark.parametrize("position", [1, 10, 11, 27])
@pytest.mark.parametrize("column", ["text", "treatment", "hash", "kind", "key", "written"])
def test_a_value_that_cannot_even_be_read_is_named_like_any_other(fill, monkeypatch, position, column):
    from ransel.store import checking

    monkeypatch.setattr(checking, "PAGE", 10)
    fill()
    drop_triggers()
    execute(f"UPDATE ransel_journal SET {column} = {NOT_TEXT} WHERE position = {position}")  # noqa: S608
    found = checked()
    assert (found.broken.position, found.broken.why) == (position, "unreadable")
    assert found.head.position == position - 1


@pytest.mark.hazard("HZ-074")
@pytest.mark.usefixtures("sqlite")
@pytest.mark.parametrize("value", ["x'00'", "'soon'", "3.5", "x'7b7d'", "''"])
@pytest.mark.parametrize("column", ["version", "text", "treatment", "hash", "previous", "kind", "key", "written"])
def test_a_value_of_another_kind_is_found(fill, column, value):
    if (column, value) == ("key", "''"):  # that is what it was
        value = "0"
    fill()
    drop_triggers()
    execute("PRAGMA ignore_check_constraints=ON")
    execute(f"UPDATE ransel_journal SET {column} = {value} WHERE position = 5")  # noqa: S608
    execute("PRAGMA ignore_check_constraints=OFF")
    assert checked().broken.position == 5


@pytest.mark.hazard("HZ-074")
@pytest.mark.usefixtures("database")
@pytest.mark.parametrize(("column", "value"), [
    ("kind", "go-given"), ("key", "phone-2"), ("written", "2027-02-01 09:00:01+00"),
])  # fmt: skip
def test_what_stands_beside_an_entry_is_held_against_what_it_says_itself(fill, column, value):
    fill()
    drop_triggers()
    given = value.removesuffix("+00") if column == "written" and _on_sqlite() else value
    execute(f"UPDATE ransel_journal SET {column} = %s WHERE position = 5", [given])  # noqa: S608
    found = checked()
    assert (found.broken.position, found.broken.why, found.treatment) == (5, "beside", "T-0001")


def _on_sqlite():
    from django.db import connection

    return connection.vendor == "sqlite"


@pytest.mark.property
@pytest.mark.hazard("HZ-074")
@pytest.mark.parametrize("number", range(PLACES))
def test_a_byte_that_changed_in_the_file_is_found_or_changes_no_entry(hospital_db, fill, number):
    from django.db import DatabaseError, connection

    from ransel.store.journal import DatabaseJournal

    fill()
    before, head = list(DatabaseJournal().links()), DatabaseJournal().head()
    execute("PRAGMA wal_checkpoint(TRUNCATE)")
    connection.close()
    chance = Random(number)  # noqa: S311 - the same places in every run
    content = bytearray(hospital_db.read_bytes())
    for _ in range(chance.choice([1, 1, 50])):
        content[chance.randrange(100, len(content))] ^= 1 << chance.randrange(8)
    hospital_db.write_bytes(content)
    try:
        found = checked(head)
        broken = bool(found.broken or found.damage)
        unchanged = not broken and list(DatabaseJournal().links()) == before
    except (DatabaseError, Refused):
        broken, unchanged = True, False
    assert broken or unchanged
