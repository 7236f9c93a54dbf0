"""What was written cannot be changed or removed by a statement, whoever sends it: three tables, on both databases."""

from datetime import UTC, datetime

import pytest
from store.databases import execute

AT = datetime(2027, 2, 5, 13, 0, tzinfo=UTC)
COLUMNS = {
    "ransel_journal": ("text", "hash", "previous", "treatment", "version", "position", "kind", "written", "key"),
    "ransel_access": ("who", "reason", "at"),
    "ransel_pump_event": ("text", "received", "seq"),
}
CASES = [(table, column) for table, columns in COLUMNS.items() for column in columns]
OF_JOURNAL = "position, treatment, version, kind, written, key, text, previous, hash"


@pytest.fixture(name="fill")
def fill_(course):
    """Write five entries, one look of somebody and one event of a pump; return what the three tables hold."""

    def fill():
        from ransel.store.journal import DatabaseJournal
        from ransel.store.models import AccessRow, PumpEventRow

        DatabaseJournal().append(course[:5])
        AccessRow.objects.create(at=AT, who="p-nurse", role="ward-nurse", organisation="maxima", action="read",
                                 page="chart")  # fmt: skip
        PumpEventRow.objects.create(treatment="T-0001", course=1, pump="P-01", boot=1, seq=1, received=AT, text="{}")
        return everything()

    return fill


def everything():
    from django.db import connection

    found = {}
    with connection.cursor() as cursor:
        for table in COLUMNS:
            cursor.execute(f"SELECT * FROM {table} ORDER BY 1")  # noqa: S608 - tables of this file
            found[table] = cursor.fetchall()
    return found


def refused(statement, table="ransel_journal", values=()):
    """The database refuses this statement because the table can only be appended to."""
    from django.db import DatabaseError, transaction

    with pytest.raises(DatabaseError, match=f"{table} is append-only"), transaction.atomic():
        execute(statement, values)


@pytest.mark.hazard("HZ-074")
@pytest.mark.usefixtures("database")
@pytest.mark.parametrize(("table", "column"), CASES)
def test_no_column_of_a_row_can_be_changed(fill, table, column):
    rows = fill()
    refused(f"UPDATE {table} SET {column} = {column}", table)  # noqa: S608
    assert everything() == rows


@pytest.mark.hazard("HZ-074")
@pytest.mark.usefixtures("database")
@pytest.mark.parametrize("table", COLUMNS)
def test_no_row_can_be_removed(fill, table):
    rows = fill()
    refused(f"DELETE FROM {table}", table)  # noqa: S608
    assert everything() == rows


@pytest.mark.hazard("HZ-074")
@pytest.mark.usefixtures("postgresql")
@pytest.mark.parametrize("table", COLUMNS)
def test_a_table_cannot_be_emptied_at_once(fill, table):
    rows = fill()
    refused(f"TRUNCATE {table} CASCADE", table)
    assert everything() == rows


@pytest.mark.hazard("HZ-074")
@pytest.mark.usefixtures("database")
def test_an_insert_that_updates_what_stands_in_its_way_is_refused(fill):
    rows = fill()
    refused(f"INSERT INTO ransel_journal ({OF_JOURNAL}) SELECT {OF_JOURNAL} FROM ransel_journal "  # noqa: S608
            "WHERE position = 3 ON CONFLICT (position) DO UPDATE SET text = 'x'")  # fmt: skip
    assert everything() == rows


@pytest.mark.hazard("HZ-074")
@pytest.mark.usefixtures("sqlite")
@pytest.mark.parametrize("verb", ["REPLACE", "INSERT OR REPLACE"])
@pytest.mark.parametrize(
    ("columns", "values"),
    [
        (OF_JOURNAL, OF_JOURNAL.replace("text", "'x'")),
        (OF_JOURNAL, OF_JOURNAL.replace("position", "99")),
        (OF_JOURNAL, OF_JOURNAL.replace("position", "99").replace("version", "99").replace("key", "'phone'")),
        (f"rowid, {OF_JOURNAL}", "rowid, " + OF_JOURNAL.replace("position", "99").replace("version", "99")),
    ],
    ids=["the same position", "the same version", "the same key", "the same place in the file"],
)
def test_an_insert_does_not_replace_an_entry_of(fill, course, verb, columns, values):
    from dataclasses import replace

    from ransel.store.journal import DatabaseJournal

    fill()
    DatabaseJournal().append([replace(course[5], key="phone")])
    rows = everything()
    refused(f"{verb} INTO ransel_journal ({columns}) SELECT {values} FROM ransel_journal WHERE position = 6")  # noqa: S608
    assert everything() == rows


@pytest.mark.hazard("HZ-074")
@pytest.mark.usefixtures("sqlite")
def test_a_replacing_insert_leaves_a_look_at_a_child_and_what_a_pump_told_as_they_are(fill):
    rows = fill()
    access = "at, who, role, organisation, action, page, treatment, child, relation, reason, address, outcome"
    refused(f"REPLACE INTO ransel_access (id, {access}) SELECT id, {access.replace('who', repr('x'))} "  # noqa: S608
            "FROM ransel_access", "ransel_access")  # fmt: skip
    event = "treatment, course, pump, boot, seq, received, text"
    refused(f"REPLACE INTO ransel_pump_event (id, {event}) SELECT id, {event.replace('seq', '2')} "  # noqa: S608
            "FROM ransel_pump_event", "ransel_pump_event")  # fmt: skip
    execute(f"REPLACE INTO ransel_pump_event ({event}) SELECT {event.replace('text', repr('x'))} "  # noqa: S608
            "FROM ransel_pump_event")  # fmt: skip
    assert everything() == rows
