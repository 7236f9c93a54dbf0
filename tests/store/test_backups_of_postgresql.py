"""A PostgreSQL backup, by PostgreSQL's own programs: whole, of one moment, without a password on any command line."""

import json
from contextlib import contextmanager
from dataclasses import replace
from threading import Event, Thread

import pytest
from store.conftest import default_database
from store.databases import assert_sound, boards, drop_triggers, execute

pytestmark = pytest.mark.hazard("HZ-083")


@contextmanager
def new_database(server):
    """An empty database as the default one."""
    server.made += 1
    name = f"new_{server.made}"
    server.query(f"CREATE DATABASE {name}")
    try:
        with default_database(server.address(name)):
            yield
    finally:
        server.drop(name)


@pytest.fixture
def kept(postgresql, course):
    """Noor's course in a PostgreSQL database; gives its server."""
    from ransel.chart.treatment import fold
    from ransel.store.boards import write_boards
    from ransel.store.journal import DatabaseJournal

    DatabaseJournal().append(course)
    write_boards(fold(course[0].treatment, course))
    return postgresql.server


def refused(call, *arguments):
    from ransel.language import LANGUAGES, Refused

    with pytest.raises(Refused) as caught:
        call(*arguments)
    refusal = caught.value.refusals[0]
    assert all(refusal.remedy.text(language) in refusal.text(language) for language in LANGUAGES)
    return refusal.code


def tables():
    from django.db import connection

    return connection.introspection.table_names()


def test_what_is_restored_is_what_was_there_and_still_cannot_be_changed(kept, tmp_path):
    from django.db import DatabaseError

    from ransel.store.backups import back_up, restore
    from ransel.store.journal import DatabaseJournal
    from ransel.store.models import JournalRow

    shown, links = boards(), list(DatabaseJournal().links())
    made = back_up(tmp_path / "backup")
    assert sorted(one.name for one in tmp_path.iterdir()) == ["backup", "backup.head.json"]
    with new_database(kept):
        restored = restore(tmp_path / "backup")
        assert (restored.head, restored.treatments, restored.kept) == (made.head, 1, True)
        assert list(DatabaseJournal().links()) == links
        assert boards() == shown
        assert_sound()
        with pytest.raises(DatabaseError, match="append-only"):
            JournalRow.objects.update(text="{}")


def test_a_backup_made_while_others_sign_holds_one_moment(kept, course, tmp_path):
    from django.db import connections

    from ransel.store.backups import back_up, restore
    from ransel.store.journal import DatabaseJournal

    begun, enough = Event(), Event()
    acknowledged = [0]

    def sign_on_and_on():
        number = 1
        while not enough.is_set():
            number += 1
            head = DatabaseJournal().append([replace(course[0], treatment=f"T-{number:05}")])
            acknowledged[0] = head.position
            begun.set()
        connections.close_all()

    writer = Thread(target=sign_on_and_on)
    writer.start()
    try:
        assert begun.wait(60)
        before = acknowledged[0]
        made = back_up(tmp_path / "backup")
    finally:
        enough.set()
        writer.join()
    assert before <= made.head.position <= acknowledged[0]
    with new_database(kept):
        assert restore(tmp_path / "backup").head == made.head


@pytest.mark.usefixtures("kept")
def test_nothing_is_restored_into_a_database_that_has_tables(tmp_path):
    from ransel.store.backups import back_up, restore

    back_up(tmp_path / "backup")
    shown = boards()
    assert refused(restore, tmp_path / "backup") == "restore.has-tables"
    assert boards() == shown


@pytest.mark.usefixtures("kept")
@pytest.mark.parametrize("name", ["backup", "backup.head.json"])
def test_a_backup_is_never_written_over_something(tmp_path, name):
    from ransel.store.backups import back_up

    (tmp_path / name).write_text("an earlier one")
    assert refused(back_up, tmp_path / "backup") == "file.exists"
    assert [(one.name, one.read_text()) for one in tmp_path.iterdir()] == [(name, "an earlier one")]


def test_a_damaged_backup_is_refused_and_the_database_stays_empty(kept, tmp_path):
    from ransel.store.backups import back_up, restore

    back_up(tmp_path / "backup")
    data = (tmp_path / "backup").read_bytes()
    (tmp_path / "backup").write_bytes(data[: len(data) // 2])
    with new_database(kept):
        assert refused(restore, tmp_path / "backup") == "backup.other-sum"
        (tmp_path / "backup.head.json").unlink()
        assert refused(restore, tmp_path / "backup") == "backup.program-failed"
        assert tables() == []


def test_a_backup_that_ends_before_its_head_is_refused_and_the_database_is_left_empty(kept, tmp_path):
    from ransel.store.backups import back_up, restore

    back_up(tmp_path / "backup")
    beside = tmp_path / "backup.head.json"
    told = json.loads(beside.read_bytes())
    beside.write_text(json.dumps(told | {"position": told["position"] + 1}))
    with new_database(kept):
        assert refused(restore, tmp_path / "backup") == "backup.broken"
        assert tables() == []
        beside.write_text(json.dumps(told))
        assert restore(tmp_path / "backup").kept


def test_a_backup_whose_entries_could_be_changed_is_refused(kept, tmp_path):
    from ransel.store.backups import back_up, restore

    drop_triggers()
    back_up(tmp_path / "backup")
    with new_database(kept):
        assert refused(restore, tmp_path / "backup") == "backup.triggers"
        assert tables() == []


@pytest.mark.usefixtures("kept")
def test_no_backup_is_made_of_a_chain_that_is_broken(tmp_path):
    from ransel.store.backups import back_up

    drop_triggers()
    execute("UPDATE ransel_journal SET text = replace(text, 'p-doctor', 'p-second') WHERE position = 2")
    assert refused(back_up, tmp_path / "backup") == "backup.broken"
    assert not list(tmp_path.iterdir())


@pytest.mark.usefixtures("postgresql")
def test_without_the_programs_of_postgresql_it_is_said_how_to_install_them(tmp_path, monkeypatch):
    from ransel.language import Refused
    from ransel.store.backups import back_up, restore

    (tmp_path / "backup").write_bytes(b"PGDMP")
    monkeypatch.setenv("PATH", str(tmp_path))
    for call, file in ((back_up, "new"), (restore, "backup")):
        with pytest.raises(Refused) as caught:
            call(tmp_path / file)
        assert caught.value.refusals[0].code == "backup.no-program"
        assert "apt-get install postgresql-client" in caught.value.refusals[0].text("nl")


def test_a_password_stands_in_the_environment_and_never_on_the_command_line(kept, tmp_path, monkeypatch):
    """A program in the place of `pg_dump` writes down what it was given, and refuses."""
    from django.db import connection

    from ransel.store.backups import back_up

    assert kept
    (tmp_path / "bin").mkdir()
    program = tmp_path / "bin" / "pg_dump"
    program.write_text('#!/bin/sh\necho "$@" > "$SEEN"\necho "$PGPASSWORD" >> "$SEEN"\necho "error: no" >&2\nexit 1\n')
    program.chmod(0o700)
    monkeypatch.setenv("PATH", f"{program.parent}:/usr/bin:/bin")
    monkeypatch.setenv("SEEN", str(tmp_path / "seen"))
    monkeypatch.setitem(connection.settings_dict, "PASSWORD", "only for the server")
    assert refused(back_up, tmp_path / "backup") == "backup.program-failed"
    words, password = (tmp_path / "seen").read_text().splitlines()
    assert password == "only for the server"  # noqa: S105 - made up
    assert "only for the server" not in words
