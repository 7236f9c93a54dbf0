"""A backup is whole or is not there, and what is made out of it is what was there, or nothing."""

import shutil
from contextlib import closing
from dataclasses import replace
from threading import Event, Thread

import pytest
from store_files.conftest import running_at_home

pytestmark = pytest.mark.hazard("HZ-083")

DROP = "DROP TRIGGER ransel_journal_no_update; DROP TRIGGER ransel_journal_no_delete"


@pytest.fixture
def target(tmp_path, monkeypatch, hospital_db):
    """Call it, and the default database is one that is not there yet, in a folder of its own; it gives the path."""

    def begin(name="new"):
        from django.db import connection

        connection.close()
        path = tmp_path / name / "ransel.sqlite3"
        monkeypatch.setitem(connection.settings_dict, "NAME", str(path))
        return path

    assert hospital_db.is_file()
    yield begin
    from django.db import connection

    connection.close()


def change(file, *statements):
    """Let somebody change a file without asking Ransel."""
    import pysqlite3

    with closing(pysqlite3.connect(file)) as opened:
        opened.executescript(";".join(statements))


def everything():
    """All rows of all tables that matter, as they stand in the default database."""
    from django.apps import apps

    tables = apps.get_app_config("store").get_models()
    return {table.__name__: sorted(map(str, table.objects.values_list())) for table in tables}


def refused(call, *arguments):
    from ransel.language import LANGUAGES, Refused

    with pytest.raises(Refused) as caught:
        call(*arguments)
    refusal = caught.value.refusals[0]
    assert all(refusal.remedy.text(language) in refusal.text(language) for language in LANGUAGES)
    return refusal.code


def test_what_is_restored_is_what_was_there(kept, target, tmp_path):
    from ransel.store.backups import back_up, restore

    before = everything()
    made = back_up(tmp_path / "backup")
    target()
    restored = restore(tmp_path / "backup")
    after = everything()
    assert {name: len(rows) for name, rows in after.items()} == {name: len(rows) for name, rows in before.items()}
    assert after["JournalRow"] == before["JournalRow"]
    assert after["Child"] == before["Child"]
    assert after["TreatmentRow"] == before["TreatmentRow"]
    assert (restored.head, restored.treatments, restored.kept) == (made.head, 1, True)
    assert kept in after["TreatmentRow"][0]


def test_a_restored_chart_cannot_be_changed_either(kept, target, tmp_path):
    from django.db import DatabaseError

    from ransel.store.backups import back_up, restore
    from ransel.store.models import JournalRow

    back_up(tmp_path / "backup")
    target()
    restore(tmp_path / "backup")
    with pytest.raises(DatabaseError, match="append-only"):
        JournalRow.objects.filter(treatment=kept).update(text="{}")


def test_a_restored_database_is_one_file_and_so_is_a_backup(kept, target, tmp_path):
    from ransel.store.backups import back_up, restore

    assert kept
    (tmp_path / "kept").mkdir()
    back_up(tmp_path / "kept" / "backup")
    assert [one.name for one in (tmp_path / "kept").iterdir()] == ["backup"]
    assert (tmp_path / "kept" / "backup").stat().st_mode & 0o077 == 0
    path = target()
    restore(tmp_path / "kept" / "backup")
    assert [one.name for one in path.parent.iterdir()] == [path.name]


def test_work_goes_on_after_a_restore(kept, target, tmp_path):
    from ransel.store.backups import back_up, restore
    from ransel.store.checking import check_chain
    from ransel.store.journal import DatabaseJournal

    back_up(tmp_path / "backup")
    target()
    restore(tmp_path / "backup")
    others = [replace(entry, treatment="T-0002") for entry in running_at_home().treatment.history]
    DatabaseJournal().append(others)
    checked = check_chain(DatabaseJournal())
    assert checked.broken is None
    assert checked.treatments == 2
    assert kept != "T-0002"


@pytest.mark.usefixtures("hospital_db")
def test_backups_made_while_others_sign_are_whole_and_hold_all_that_was_acknowledged_before(target, tmp_path):
    from django.db import connections

    from ransel.store.backups import back_up, restore
    from ransel.store.journal import DatabaseJournal

    first = running_at_home().treatment.history[:1]
    begun, enough = Event(), Event()
    acknowledged = [0]

    def sign_on_and_on():
        number = 0
        while not enough.is_set():
            number += 1
            head = DatabaseJournal().append([replace(one, treatment=f"T-{number:05}") for one in first])
            acknowledged[0] = head.position
            begun.set()
        connections.close_all()

    writer = Thread(target=sign_on_and_on)
    writer.start()
    made = []
    try:
        assert begun.wait(30)
        for number in range(4):
            before = acknowledged[0]
            made.append((before, back_up(tmp_path / f"backup-{number}")))
    finally:
        enough.set()
        writer.join()
    assert made[-1][1].head.position > made[0][0]
    for number, (before, checked) in enumerate(made):
        assert before <= checked.head.position <= acknowledged[0]
        target(f"new-{number}")
        assert restore(tmp_path / f"backup-{number}").head == checked.head


def test_tables_of_an_older_version_are_backed_up_and_brought_up_to_date(kept, target, tmp_path):
    from django.core.management import call_command
    from django.db import DatabaseError

    from ransel.hospital.start import require_tables
    from ransel.store.backups import back_up, restore
    from ransel.store.models import JournalRow

    call_command("migrate", "store", "0001", verbosity=0)
    back_up(tmp_path / "backup")
    target()
    restore(tmp_path / "backup")
    require_tables()
    with pytest.raises(DatabaseError, match="append-only"):
        JournalRow.objects.filter(treatment=kept).delete()


def test_boards_that_were_wrong_are_written_anew(kept, target, tmp_path):
    from ransel.store.backups import back_up, restore
    from ransel.store.models import TaskRow, TreatmentRow

    tasks = TaskRow.objects.count()
    TaskRow.objects.all().delete()
    TreatmentRow.objects.update(phase="withdrawn")
    back_up(tmp_path / "backup")
    target()
    restore(tmp_path / "backup")
    assert TaskRow.objects.count() == tasks > 0
    assert TreatmentRow.objects.get(treatment=kept).phase == "enrolled"


# what is refused


def test_a_backup_is_never_written_over_something(kept, tmp_path):
    from ransel.store.backups import back_up

    assert kept
    (tmp_path / "backup").write_text("an earlier one")
    (tmp_path / "loose").symlink_to(tmp_path / "nowhere")
    for name in ("backup", "loose", "."):
        assert refused(back_up, tmp_path / name) == "file.exists"
    assert (tmp_path / "backup").read_text() == "an earlier one"


def test_a_backup_that_cannot_be_written_leaves_nothing(kept, tmp_path):
    from ransel.store.backups import back_up

    assert kept
    assert refused(back_up, tmp_path / "no-such-folder" / "backup") == "file.not-written"
    assert not list(tmp_path.iterdir())


def test_no_backup_is_made_of_a_chain_that_is_broken(kept, hospital_db, tmp_path):
    from ransel.store.backups import back_up

    assert kept
    change(
        hospital_db, DROP, "UPDATE ransel_journal SET text = replace(text, 'p-doctor', 'p-second') WHERE position = 2"
    )
    assert refused(back_up, tmp_path / "backup") == "backup.broken"
    assert not list(tmp_path.iterdir())


@pytest.mark.parametrize("ending", ["", "-wal", "-journal"])
def test_nothing_is_ever_restored_over_a_database(kept, target, tmp_path, ending):
    from ransel.store.backups import back_up, restore

    assert kept
    back_up(tmp_path / "backup")
    path = target()
    path.parent.mkdir()
    there = path.with_name(path.name + ending)
    there.write_bytes(b"somebody's")
    assert refused(restore, tmp_path / "backup") == "file.exists"
    assert there.read_bytes() == b"somebody's"
    assert list(path.parent.iterdir()) == [there]


CUT_OFF = "DELETE FROM ransel_journal WHERE position = (SELECT max(position) FROM ransel_journal)"
OTHER_HEAD = """UPDATE ransel_backup SET head = replace(head, '"position": ', '"position": 1')"""
MORE = "CREATE TRIGGER more AFTER INSERT ON ransel_access BEGIN DELETE FROM ransel_child; END"
NOTHING = "CREATE TRIGGER ransel_access_no_delete BEFORE DELETE ON ransel_access BEGIN SELECT 1; END"
LATER = "INSERT INTO django_migrations (app, name, applied) VALUES ('store', '9999_later', '2030-01-01')"
TAMPERED = {
    "text": ("backup.broken", DROP, "UPDATE ransel_journal SET text = text || ' ' WHERE position = 4"),
    "cut off": ("backup.broken", DROP, CUT_OFF),
    "emptied": ("backup.broken", DROP, "DELETE FROM ransel_journal"),
    "head of another": ("backup.broken", OTHER_HEAD),
    "no head": ("head.unreadable", "DELETE FROM ransel_backup"),
    "a head that is none": ("head.unreadable", "UPDATE ransel_backup SET head = '[[['"),
    "a head that is no text": ("head.unreadable", "UPDATE ransel_backup SET head = x'ff'"),
    "can be changed": ("backup.triggers", DROP),
    "does more": ("backup.triggers", MORE),
    "does nothing": ("backup.triggers", "DROP TRIGGER ransel_access_no_delete", NOTHING),
    "later version": ("backup.newer", LATER),
    "no journal": ("backup.no-database", "DROP TABLE ransel_journal"),
}


@pytest.mark.parametrize("change_of", TAMPERED.values(), ids=TAMPERED)
def test_a_backup_that_somebody_has_changed_is_refused_and_nothing_is_made(kept, target, tmp_path, change_of):
    from ransel.store.backups import back_up, restore

    assert kept
    code, *statements = change_of
    back_up(tmp_path / "backup")
    change(tmp_path / "backup", *statements)
    path = target()
    assert refused(restore, tmp_path / "backup") == code
    assert not list(path.parent.iterdir())


def damaged(data, how):
    match how:
        case "cut in half":
            return data[: len(data) // 2]
        case "noughts in the middle":
            return data[: len(data) // 3] + bytes(20_000) + data[len(data) // 3 + 20_000 :]
        case "empty":
            return b""
        case "text":
            return b"this is no backup\n" * 1000
    return bytes(range(256)) * 1000


@pytest.mark.parametrize("how", ["cut in half", "noughts in the middle", "empty", "text", "noise"])
def test_a_damaged_backup_is_refused_and_nothing_is_made(kept, target, tmp_path, how):
    from ransel.store.backups import back_up, restore

    assert kept
    back_up(tmp_path / "backup")
    (tmp_path / "broken").write_bytes(damaged((tmp_path / "backup").read_bytes(), how))
    path = target()
    assert refused(restore, tmp_path / "broken") == "backup.no-database"
    assert not list(path.parent.iterdir())


@pytest.mark.usefixtures("hospital_db")
@pytest.mark.parametrize("name", ["nowhere", "."])
def test_what_is_no_file_is_refused(target, tmp_path, name):
    from ransel.store.backups import restore

    path = target()
    assert refused(restore, tmp_path / name) == "file.missing"
    assert not path.exists()


def test_a_copy_of_the_database_without_a_head_is_restored_and_it_is_told_that_the_end_is_not_known(
    kept, target, tmp_path
):
    from django.db import connection

    from ransel.store.backups import restore

    assert kept
    connection.close()
    shutil.copy(connection.settings_dict["NAME"], tmp_path / "copy")
    target()
    restored = restore(tmp_path / "copy")
    assert not restored.kept
    assert restored.treatments == 1
