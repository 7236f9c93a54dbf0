"""`ransel run`, `ransel ledger` and `ransel conformance` as a person starts them."""

import json
import shutil

import pytest
from system.program import COURSE, NOOR, NOW, START, ransel, tree

RUN = f"run noor.toml --now {NOW} --start {START}"
KINKED = '--fault "occlusion@37h for 20min"'
CONTRACT = {
    "ordered_mg", "delivered_mg", "delivered_low_mg", "delivered_high_mg", "interruptions", "alarms", "containers",
    "end_at",
}  # fmt: skip
OF_A_CONTAINER = {"residue_mL", "empty_at", "finish_before", "slack_h"}


@pytest.fixture(name="folder")
def folder_(tmp_path):
    """A folder with the example child."""
    shutil.copy(NOOR, tmp_path / "noor.toml")
    return tmp_path


def done(command, folder, **environment):
    outcome = ransel(command, folder, **environment)
    assert (outcome.code, outcome.err) == (0, "")
    return outcome


def test_a_run_has_the_keys_that_were_agreed(folder):
    data = done(f"{RUN} {KINKED} --json", folder).data
    assert data["schema"] == "ransel/run/1"
    assert set(data) >= CONTRACT
    assert all(set(container) >= OF_A_CONTAINER for container in data["containers"])
    assert data["interruptions"][0]["condition"] == "occlusion"
    assert float(data["delivered_low_mg"]) <= float(data["truth"]["delivered_mg"]) <= float(data["delivered_high_mg"])


@pytest.mark.parametrize("language", ["en", "nl"])
def test_the_story_is_told_with_times_in_the_language_that_was_asked_for(folder, language):
    out = done(f"{RUN} {KINKED} --language {language}", folder).out
    assert {"en": "Line blocked", "nl": "Lijn verstopt"}[language] in out
    assert {"en": "Sun 7 Feb 03:13", "nl": "zo 7 feb 03:13"}[language] in out
    assert {"en": "Nothing of this happened to a child", "nl": "Niets hiervan overkwam een kind"}[language] in out


def test_a_planned_course_runs_like_the_child_it_was_planned_for(folder):
    (folder / "course.json").write_text(done(f"{COURSE} --json", folder).out)
    ledgers = [done(f"{what} {KINKED} --json", folder).data for what in (RUN, "run course.json")]
    assert ledgers[0] == ledgers[1]


def test_the_same_seed_gives_the_same_run_and_another_seed_another(folder):
    runs = [done(f"{RUN} --seed {seed} --json", folder).data for seed in (4, 4, 5)]
    assert runs[0] == runs[1] != runs[2]


def test_a_recorded_stream_is_accounted_as_it_was_when_it_ran(folder):
    data = done(f"{RUN} {KINKED} --out made --json", folder).data
    assert {path.name for path in (folder / "made").iterdir()} == {
        "events.jsonl", "ledger.json", "infusion.svg", "infusion.png"
    }  # fmt: skip
    again = done("ledger made/events.jsonl --json", folder).data
    assert again["schema"] == "ransel/ledger/1"
    assert again["rejected"] == []
    shared = set(again) - {"schema", "rejected"}
    assert {key: again[key] for key in shared} == {key: data[key] for key in shared}


def test_a_stream_that_lost_its_course_is_accounted_with_the_course_beside_it(folder):
    (folder / "course.json").write_text(done(f"{COURSE} --json", folder).out)
    done(f"{RUN} --out made", folder)
    lines = (folder / "made" / "events.jsonl").read_text().splitlines()
    (folder / "bare.jsonl").write_text("\n".join(line for line in lines if '"kind":"course"' not in line))
    refused = ransel("ledger bare.jsonl --json", folder)
    assert refused.code == 2
    assert refused.data["errors"][0]["field"] == "--course"
    assert done("ledger bare.jsonl --course course.json --json", folder).data["patient"] == "SYN-0001"


def test_lines_that_are_no_events_are_told_and_left_out(folder):
    done(f"{RUN} --out made", folder)
    stream = folder / "made" / "events.jsonl"
    stream.write_text(stream.read_text() + '{"schema": "ransel/pump-event/1", "seq": -1}\nnot json\n')
    data = done("ledger made/events.jsonl --json", folder).data
    assert len(data["rejected"]) >= 2
    assert "line" in data["rejected"][0]


def test_faults_come_from_a_file_as_well(folder):
    (folder / "trouble.txt").write_text("# a bad night\nocclusion@37h for 20min\nbubble=0.15@50h\n")
    data = done(f"{RUN} --faults trouble.txt --json", folder).data
    assert data["faults"] == ["occlusion@37h for 20min", "bubble=0.15mL@50h"]


@pytest.mark.parametrize(
    ("options", "fields"),
    [
        ("--fault nonsense", ["--fault"]),
        ("--fault oclusion@3h --fault bubble=9@2h", ["--fault", "--fault"]),
        ("--faults nowhere.txt", ["nowhere.txt"]),
        ("--seed minus", ["--seed"]),
        ("--flow-error 80%", ["--flow-error"]),
        ("--flow-error fast --seed x", ["--seed", "--flow-error"]),
    ],
)
def test_what_cannot_be_run_is_refused_with_every_reason_and_leaves_nothing(folder, options, fields):
    before = tree(folder)
    outcome = ransel(f"{RUN} {options} --out made --json", folder)
    assert outcome.code == 2
    assert [error["field"] or error["file"] for error in outcome.data["errors"]] == fields
    assert tree(folder) == before


@pytest.mark.parametrize(
    "content", [b"", b"{}", b"[]", b"{", b"\xff\xfe", b'{"schema": "ransel/course/1"}', b"[" * 5000, b"NaN"]
)
def test_a_course_that_is_none_is_refused_without_a_traceback(folder, content):
    (folder / "course.json").write_bytes(content)
    outcome = ransel("run course.json --json", folder)
    assert outcome.code == 2
    assert outcome.data["errors"]
    assert "Traceback" not in outcome.err


@pytest.mark.parametrize("content", [b"", b"\n\n", b"{", b"\x00" * 100, b"[1]\n" * 3, b'{"schema": "other/1"}'])
def test_a_stream_that_is_none_is_refused_without_a_traceback(folder, content):
    (folder / "events.jsonl").write_bytes(content)
    outcome = ransel("ledger events.jsonl --json", folder)
    assert outcome.code == 2
    assert outcome.data["errors"]
    assert "Traceback" not in outcome.err


def test_a_folder_with_the_account_of_another_child_is_left_alone(folder):
    done(f"{RUN} --out made", folder)
    (folder / "noor.toml").write_text((folder / "noor.toml").read_text().replace("SYN-0001", "SYN-0002"))
    before = tree(folder)
    outcome = ransel(f"{RUN} --out made --json", folder)
    assert outcome.code == 2
    assert tree(folder) == before


def test_conformance_prints_what_ran_and_leaves_with_success(folder):
    outcome = done("conformance pump --json", folder)
    data = outcome.data
    assert len(data["results"]) == 64
    assert data["counts"]["fails"] == 0
    assert data["coverage"]["traced"] == data["coverage"]["applicable"] == 212
    rooms = {one["awaits"]["room"] for one in data["results"] if one["verdict"] == "awaits"}
    assert rooms == {"gateway"}


def test_conformance_is_a_table_for_people_too(folder):
    assert "64" in done("conformance pump --language nl", folder).out
    assert json.dumps("C01") not in done("conformance pump", folder).out
