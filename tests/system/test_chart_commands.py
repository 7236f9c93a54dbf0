"""`ransel chart`, `ransel backup` and `ransel restore`, as a person starts them."""

import csv
import io
import json
import os
import shutil
import subprocess
import sys
from contextlib import closing

import pysqlite3
import pytest
from system.program import ransel, tree

NOW = "2027-02-05T12:00:00Z"
HOME = {"RANSEL_HOME": "home", "RANSEL_NOW": NOW}
MAKE = f"""
import pathlib, datetime
from ransel.hospital.start import start_django
start_django()
from ransel.hospital.demo.start import prepare_demo
prepare_demo(pathlib.Path("home"), datetime.datetime.fromisoformat("{NOW}"))
from django.db import connection
connection.cursor().execute("PRAGMA wal_checkpoint(TRUNCATE)")
connection.close()
"""


@pytest.fixture(scope="module")
def made(tmp_path_factory):
    """A home with the programme of the demo, made once."""
    folder = tmp_path_factory.mktemp("made")
    environment = {"PATH": os.environ["PATH"], "HOME": str(folder), "LANG": "C.UTF-8", "RANSEL_DEMO": "1"} | HOME
    subprocess.run([sys.executable, "-c", MAKE], cwd=folder, env=environment, check=True, stdin=subprocess.DEVNULL)
    return folder / "home" / "ransel.sqlite3"


@pytest.fixture
def folder(made, django_ready, tmp_path):
    """A folder with a home of its own, and another one in which nothing is kept yet."""
    for name, file in (("home", made), ("other", django_ready)):
        (tmp_path / name).mkdir()
        shutil.copy(file, tmp_path / name / "ransel.sqlite3")
    return tmp_path


def query(folder, statement, *values):
    with closing(pysqlite3.connect(folder / "home" / "ransel.sqlite3")) as opened, opened:
        return opened.execute(statement, values).fetchall()


def a_treatment(folder):
    return query(folder, "SELECT treatment, child FROM ransel_treatment ORDER BY treatment LIMIT 1")[0]


def change_entry(folder, position):
    query(folder, "DROP TRIGGER ransel_journal_no_update")
    query(folder, "UPDATE ransel_journal SET text = replace(text, ':', ' :') WHERE position = ?", position)


def error_of(outcome):
    assert outcome.code == 2
    return outcome.data["errors"][0]


# the chain


def test_a_whole_chain_is_said_to_be_whole_with_how_many_and_where_it_ends(folder):
    ((entries, treatments),) = query(folder, "SELECT count(*), count(DISTINCT treatment) FROM ransel_journal")
    said = ransel("chart verify", folder, **HOME)
    assert said.code == 0
    assert f"{entries} entries of {treatments} treatments" in said.out
    assert said.err == ""  # progress is for a terminal
    data = ransel("chart verify --json", folder, **HOME).data
    assert (data["whole"], data["position"], data["treatments"]) == (True, entries, treatments)


@pytest.mark.hazard("HZ-083")
def test_a_changed_entry_is_named_with_its_place_and_its_treatment(folder):
    change_entry(folder, 100)
    ((treatment,),) = query(folder, "SELECT treatment FROM ransel_journal WHERE position = 100")
    error = error_of(ransel("chart verify --json", folder, **HOME))
    assert (error["code"], error["value"]) == ("chart.broken", "100")
    assert treatment in error["text"]
    assert "changed after it was signed" in error["text"]
    in_dutch = ransel("chart verify --language nl", folder, **HOME)
    assert in_dutch.code == 2
    assert "de keten breekt bij aantekening 100" in in_dutch.err


def test_a_head_that_was_kept_shows_that_the_end_was_cut_off(folder):
    assert ransel("chart head --out head.json", folder, **HOME).code == 0
    kept = json.loads((folder / "head.json").read_bytes())
    assert kept == ransel("chart head --json", folder, **HOME).data
    query(folder, "DROP TRIGGER ransel_journal_no_delete")
    query(folder, "DELETE FROM ransel_journal WHERE position = ?", kept["position"])
    error = error_of(ransel("chart verify --json --head head.json", folder, **HOME))
    assert error["value"] == str(kept["position"])
    assert "cut off" in error["text"]


@pytest.mark.parametrize(
    ("content", "code"),
    [
        ("", "head.unreadable"),
        ("[" * 100_000, "head.unreadable"),
        ("{}", "head.unreadable"),
        ('{"schema": "ransel/head/1", "position": true, "hash": ""}', "head.position"),
        ('{"schema": "ransel/head/1", "position": 5, "hash": "x"}', "head.hash"),
        (None, "file.missing"),
    ],
)
def test_what_is_no_head_is_refused(folder, content, code):
    if content is not None:
        (folder / "head.json").write_text(content)
    error = error_of(ransel("chart verify --json --head head.json", folder, **HOME))
    assert error["code"] == code
    assert "head.json" in error["text"]


def test_boards_are_written_anew_from_the_entries(folder):
    before = query(folder, "SELECT * FROM ransel_treatment ORDER BY treatment")
    query(folder, "UPDATE ransel_treatment SET phase = 'withdrawn', version = 1")
    assert f"{len(before)} treatments" in ransel("chart rebuild", folder, **HOME).out
    assert query(folder, "SELECT * FROM ransel_treatment ORDER BY treatment") == before


# one treatment as a file


@pytest.mark.hazard("HZ-089")
def test_a_treatment_goes_from_one_ransel_to_another_and_the_second_time_changes_nothing(folder):
    treatment, child = a_treatment(folder)
    texts = query(folder, "SELECT text FROM ransel_journal WHERE treatment = ? ORDER BY version", treatment)
    assert ransel(f"chart export {treatment} --out child.jsonl", folder, **HOME).code == 0
    first = ransel("chart import child.jsonl", folder, RANSEL_HOME="other")
    assert (first.code, f"with {len(texts)} entries" in first.out) == (0, True)
    assert f"does not know child {child}" in first.out
    head = ransel("chart verify --json", folder, RANSEL_HOME="other").data
    assert head["position"] == len(texts)
    assert "nothing has changed" in ransel("chart import child.jsonl", folder, RANSEL_HOME="other").out
    assert ransel("chart verify --json", folder, RANSEL_HOME="other").data == head


@pytest.mark.hazard("HZ-089")
def test_a_file_that_was_changed_on_its_way_is_refused_with_its_name_and_line(folder):
    treatment, _ = a_treatment(folder)
    ransel(f"chart export {treatment} --out child.jsonl", folder, **HOME)
    file = folder / "child.jsonl"
    file.write_text(file.read_text().replace('"reason":', '"reason" :'))
    outcome = ransel("chart import child.jsonl", folder, RANSEL_HOME="other")
    last = len(file.read_text().splitlines())
    assert outcome.code == 2
    assert outcome.err.startswith(f"child.jsonl: line {last}.sha256")
    assert ransel("chart head --json", folder, RANSEL_HOME="other").data["position"] == 0


def test_who_takes_a_chart_out_stands_in_the_access_log_of_the_child(folder):
    treatment, child = a_treatment(folder)
    ransel(f"chart export {treatment} --out child.jsonl", folder, **HOME)
    ((number,),) = query(folder, "SELECT number FROM ransel_child WHERE code = ?", child)
    last = ransel(["chart", "reads", number, "--json"], folder, **HOME).data[-1]
    assert (last["action"], last["treatment"], last["child"]) == ("export", treatment, child)
    assert last["who"].startswith("system:")


def test_the_access_log_of_a_child_is_written_as_a_table_without_formulas(folder):
    treatment, child = a_treatment(folder)
    query(folder, "INSERT INTO ransel_access (at, who, role, organisation, action, page, treatment, child, relation, "
          "reason, address, outcome) VALUES (?, 'p-x', 'doctor', 'x', 'emergency', 'chart', ?, ?, '', '=1+1', '', "
          "'done')", "2027-02-05 11:00:00", treatment, child)  # fmt: skip
    said = ransel(f"chart reads {child} --out log.csv", folder, **HOME)
    assert said.code == 0
    assert "log.csv" in said.out
    rows = list(csv.DictReader(io.StringIO((folder / "log.csv").read_bytes().decode(), newline="")))
    assert [one["reason"] for one in rows if one["who"] == "p-x"] == ["'=1+1"]
    assert list(rows[0]) == ["at", "who", "role", "organisation", "action", "page", "child", "treatment", "relation",
                             "reason", "address", "outcome"]  # fmt: skip


# backup and restore


@pytest.mark.hazard("HZ-083")
def test_a_backup_is_restored_into_a_new_home_and_ends_where_the_old_one_ended(folder):
    ransel("chart head --out head.json", folder, **HOME)
    saved = ransel("backup backup.sqlite", folder, **HOME)
    assert saved.code == 0
    back = ransel("restore backup.sqlite", folder, RANSEL_HOME="new")
    position = json.loads((folder / "head.json").read_bytes())["position"]
    assert (back.code, f"{position} entries" in back.out) == (0, True)
    assert ransel("chart verify --head head.json", folder, RANSEL_HOME="new").code == 0


@pytest.mark.hazard("HZ-083")
def test_a_backup_with_a_changed_entry_is_refused_and_no_database_is_made(folder):
    change_entry(folder, 7)
    shutil.copy(folder / "home" / "ransel.sqlite3", folder / "backup.sqlite")
    outcome = ransel("restore backup.sqlite", folder, RANSEL_HOME="new")
    assert outcome.code == 2
    assert "the chain breaks at entry 7" in outcome.err
    assert not (folder / "new" / "ransel.sqlite3").exists()


COMMANDS = ["chart verify --json", "chart head --json", "chart rebuild", "chart export T --out x", "chart import x",
            "chart reads T --json", "backup x"]  # fmt: skip


@pytest.mark.parametrize("command", COMMANDS)
def test_where_there_is_no_database_none_is_made(tmp_path, command):
    outcome = ransel(command, tmp_path, RANSEL_HOME="home")
    assert outcome.code == 2
    assert "ransel setup" in outcome.out + outcome.err
    assert tree(tmp_path) == {}


@pytest.mark.parametrize("command", ["chart verify --json", "backup x"])
@pytest.mark.parametrize("content", [b"", b"this is no database\n" * 500], ids=["empty", "text"])
def test_a_file_that_is_no_database_of_ransel_is_refused_and_left_as_it_is(tmp_path, command, content):
    (tmp_path / "home").mkdir()
    (tmp_path / "home" / "ransel.sqlite3").write_bytes(content)
    outcome = ransel(command, tmp_path, RANSEL_HOME="home")
    assert outcome.code == 2
    assert "RANSEL_DATABASE_URL" in outcome.out + outcome.err
    assert (tmp_path / "home" / "ransel.sqlite3").read_bytes() == content


def test_no_command_writes_over_a_file(folder):
    treatment, _ = a_treatment(folder)
    (folder / "there").write_text("somebody's")
    for command in ("chart head --out there", f"chart export {treatment} --out there",
                    f"chart reads {treatment} --out there", "backup there"):  # fmt: skip
        outcome = ransel(command, folder, **HOME)
        assert (outcome.code, "there" in outcome.err) == (2, True)
    outcome = ransel("restore home/ransel.sqlite3", folder, **HOME)
    assert (outcome.code, "ransel.sqlite3" in outcome.err) == (2, True)
    assert (folder / "there").read_text() == "somebody's"
