"""The command line as a newcomer uses it: every command, its data, what it leaves on disk, where it may be started."""

import json
import os
import shutil
import subprocess
import sys
import tomllib
from datetime import datetime
from pathlib import Path

import pytest
from system.program import COURSE, NOOR, NOW, RANSEL, START, ransel, tree

STARTS = f"starts noor.toml --week 2027-W05 --now {NOW}"
EXPLAIN = f"explain noor.toml daily-dose --now {NOW}"
COMMANDS = {"course": COURSE, "starts": STARTS, "explain": EXPLAIN, "protocols": "protocols"}
CONTAINER_KEYS = {
    "index", "kind", "drug_mg", "delivered_mg", "drug_mL", "albumin_mL", "saline_mL", "volume_mL", "vials",
    "rate_mL_per_h", "start_before", "finish_before",
}  # fmt: skip
COURSE_KEYS = {"schema", "bsa_m2", "daily_dose_mg", "course_dose_mg", "containers", "visits", "warnings"}
PAPERS_ONLY = {"typst", "zxingcpp", "icalendar", "PIL", "numpy", "ortools", "django"}
NEW_YEAR = "2027-01-01T09:00"


@pytest.fixture(name="folder")
def folder_(tmp_path):
    """A folder with the example child."""
    shutil.copy(NOOR, tmp_path / "noor.toml")
    return tmp_path


def done(command, folder, **environment):
    """The outcome of a command that must be done in silence."""
    outcome = ransel(command, folder, **environment)
    assert (outcome.code, outcome.err) == (0, "")
    return outcome


def figures(number, *keys):
    """Numbers of the data as plain decimals of six digits, as a pharmacist would compare them."""
    return {key: f"{float(number[key]):.6g}" for key in keys}


def instant(text):
    moment = datetime.fromisoformat(text)
    assert moment.tzinfo is not None
    return moment


# What a course says


@pytest.mark.hazard("HZ-031")
def test_the_ten_day_course_of_the_example_child_to_every_digit(folder):
    course = done(f"{COURSE} --json", folder).data
    assert figures(course, "bsa_m2", "daily_dose_mg", "course_dose_mg") == {
        "bsa_m2": "0.681665", "daily_dose_mg": "6.81665", "course_dose_mg": "68.1665",
    }  # fmt: skip
    assert [made["index"] for made in course["containers"]] == [1, 2]
    for made in course["containers"]:
        assert made["kind"] == "cassette"
        assert figures(made, *sorted(CONTAINER_KEYS - {"index", "kind", "vials", "start_before", "finish_before"})) == {
            "albumin_mL": "12.5", "delivered_mg": "34.0832", "drug_mL": "7.88964", "drug_mg": "35.5034",
            "rate_mL_per_h": "2", "saline_mL": "229.61", "volume_mL": "250",
        }  # fmt: skip
        assert made["vials"] == 2
        assert f"{float(made['concentration_mg_per_mL']):.6f}" == "0.142013"
        assert f"{float(made['saline_mL']):.3f}" == "229.610"


@pytest.mark.hazard("HZ-031")
def test_the_five_day_course_of_the_example_child_to_every_digit(folder):
    course = done(f"{COURSE} --protocol dinutuximab-beta-5x8h --json", folder).data
    assert len(course["containers"]) == 5
    for made in course["containers"]:
        assert figures(made, "drug_mg", "volume_mL", "drug_mL", "rate_mL_per_h") == {
            "drug_mg": "13.6333", "volume_mL": "100", "drug_mL": "3.02962", "rate_mL_per_h": "12.5",
        }  # fmt: skip
    assert figures(course, "course_dose_mg") == {"course_dose_mg": "68.1665"}


def test_the_words_of_a_course_say_the_same_figures(folder):
    words = done(COURSE, folder).out
    for figure in (
        "0.6817 m²",
        "6.817 mg/day",
        "68.166 mg",
        "35.503 mg in 250 mL",
        "7.890 mL",
        "12.500 mL",
        "229.610 mL",
    ):
        assert figure in words
    dutch = done(f"{COURSE} --language nl", folder).out
    for figure in ("0,6817 m²", "6,817 mg/dag", "68,166 mg", "35,503 mg in 250 mL", "7,890 mL"):
        assert figure in dutch


def test_the_data_of_a_course_have_every_promised_key(folder):
    course = done(f"{COURSE} --json", folder).data
    assert course.keys() >= COURSE_KEYS
    assert course["schema"] == "ransel/course/1"
    for made in course["containers"]:
        assert made.keys() >= CONTAINER_KEYS
        assert instant(START + "+01:00") < instant(made["start_before"]) or made["index"] > 1
        assert instant(made["start_before"]) < instant(made["finish_before"])
    for visit in course["visits"]:
        assert visit.keys() >= {"kind", "earliest", "planned", "latest", "place", "reasons"}
        assert instant(visit["earliest"]) <= instant(visit["planned"])
        assert visit["latest"] is None or instant(visit["planned"]) <= instant(visit["latest"])
    assert [visit["kind"] for visit in course["visits"]] == [
        "go", "connect", "go", "change", "disconnect", "next-course",
    ]  # fmt: skip
    assert all(warning["text"] for warning in course["warnings"])


def test_numbers_in_the_data_are_plain_decimal_texts(folder):
    course = done(f"{COURSE} --json", folder).data
    texts = [course["bsa_m2"], course["daily_dose_mg"], *(made["drug_mg"] for made in course["containers"])]
    assert all(isinstance(text, str) and text.replace(".", "", 1).isdigit() for text in texts)


def test_without_a_start_the_best_start_of_the_first_possible_week_is_taken(folder):
    course = done(f"course noor.toml --now {NOW} --json", folder).data
    best = done(f"{STARTS} --json", folder).data[0]
    assert course["start"] == best["start"]


def test_the_same_start_may_be_given_with_an_offset(folder):
    by_wall_clock = done(f"{COURSE} --json", folder).out
    assert done(f"course noor.toml --now 2027-02-02T08:00Z --start {START}+01:00 --json", folder).out == by_wall_clock
    assert done(f"course noor.toml --now {NOW} --start 2027-02-05T13:00Z --json", folder).out == by_wall_clock


@pytest.mark.hazard("HZ-015")
def test_an_hour_that_comes_twice_is_accepted_with_its_offset(folder):
    moments = [f"course noor.toml --now {NOW} --start 2027-10-31T02:30{offset}" for offset in ("+02:00", "+01:00")]
    for refused in (ransel(moment, folder) for moment in moments):
        assert refused.code == 2
        assert "twice" not in refused.err


def test_the_option_goes_before_the_file_and_the_file_before_the_default(folder):
    chosen = (folder / "noor.toml").read_text(encoding="utf-8")
    (folder / "noor.toml").write_text('protocol = "dinutuximab-beta-5x8h"\n' + chosen, encoding="utf-8")
    assert done(f"{COURSE} --json", folder).data["protocol"]["id"] == "dinutuximab-beta-5x8h"
    by_option = done(f"{COURSE} --protocol dinutuximab-beta-10x24h --json", folder).data
    assert by_option["protocol"]["id"] == "dinutuximab-beta-10x24h"


def test_a_chosen_kind_of_container_is_used(folder):
    course = done(f"{COURSE} --containers syringes --json", folder).data
    assert {made["kind"] for made in course["containers"]} == {"syringe"}
    assert len(course["containers"]) == 10


# The other commands


def test_the_starts_of_a_week_are_ranked_and_what_is_not_possible_says_why(folder):
    rows = done(f"{STARTS} --json", folder).data
    assert all(row.keys() == {"start", "accepted", "rank", "reasons"} for row in rows)
    accepted = [row for row in rows if row["accepted"]]
    assert [row["rank"] for row in accepted] == list(range(1, len(accepted) + 1))
    assert rows[: len(accepted)] == accepted
    others = rows[len(accepted) :]
    assert others
    assert all(row["rank"] is None and row["reasons"] for row in others)
    assert all(instant(row["start"]).isocalendar()[:2] == (2027, 5) for row in rows)


def test_every_accepted_start_makes_a_course_and_no_other_does(folder):
    rows = done(f"{STARTS} --json", folder).data
    command = f"course noor.toml --now {NOW} --start"
    first, last = rows[0], rows[-1]
    assert ransel(f"{command} {first['start']}", folder).code == 0
    assert ransel(f"{command} {last['start']}", folder).code == 2


def test_a_number_is_explained_down_to_what_was_measured(folder):
    words = done(EXPLAIN, folder).out
    assert all(part in words for part in ("6.817 mg/day", "dose_per_area", "16.4 kg", "102 cm", "CHU"))
    tree_of = done(f"{EXPLAIN} --json", folder).data
    assert (tree_of["name"], tree_of["unit"], f"{float(tree_of['value']):.6g}") == ("daily_dose", "mg/day", "6.81665")
    assert [one["name"] for one in tree_of["inputs"]] == ["dose_per_area", "body_surface"]


def test_every_number_that_is_offered_can_be_explained(folder):
    offered = ransel(f"explain noor.toml ? --now {NOW} --json", folder).data["errors"][0]["remedy"]
    topics = offered.removeprefix("choose one of ").split(", ")
    assert len(topics) > 8
    for topic in topics:
        assert done(f"explain noor.toml {topic} --now {NOW} --json", folder).data


def test_the_protocols_are_listed_and_one_is_used_when_no_other_is_named(folder):
    listed = done("protocols --json", folder).data
    assert {"dinutuximab-beta-10x24h", "dinutuximab-beta-5x8h"} <= {one["id"] for one in listed}
    assert [one["id"] for one in listed if one["default"]] == ["dinutuximab-beta-10x24h-maxima"]
    assert "dinutuximab-beta-10x24h-maxima *" in done("protocols", folder).out


def test_a_protocol_file_is_checked_and_its_numbers_are_counted_by_confidence(folder):
    (folder / "own.toml").write_text(
        'extends = "dinutuximab-beta-10x24h"\nid = "own"\nversion = "1"\n[title]\nen = "own"\nnl = "eigen"\n',
        encoding="utf-8",
    )
    assert done("protocols check own.toml", folder).out.startswith("own 1 ")
    checked = done("protocols check own.toml --json", folder).data
    assert (checked["id"], checked["version"]) == ("own", "1")
    assert checked["numbers"]["S"] > 10
    assert done("protocols --json check own.toml", folder).data == checked
    assert ransel("protocols --language nl check own.toml", folder).out.startswith("own 1 klopt")


# Help


@pytest.mark.parametrize("command", ["", "course", "starts", "explain", "protocols", "protocols check"])
def test_every_command_explains_itself(command, folder):
    words = done(f"{command} --help", folder).out
    assert words.startswith(f"Usage: ransel {command}".rstrip())
    assert "--help" in words


def test_ransel_alone_shows_its_commands(folder):
    words = done("", folder).out
    assert all(command in words for command in COMMANDS)


@pytest.mark.parametrize("shell", ["bash", "zsh", "fish"])
def test_a_shell_gets_its_script_for_completing_words(shell, folder):
    assert "_RANSEL_COMPLETE" in done("", folder, _RANSEL_COMPLETE=f"source_{shell}").out
    assert tree(folder).keys() == {Path("noor.toml")}


@pytest.mark.parametrize(
    ("typed", "offered"),
    [("ransel sta", {"starts"}), ("ransel course --pro", {"--protocol"}), ("ransel protocols che", {"check"})],
)
def test_words_are_completed(typed, offered, folder):
    count = str(len(typed.split()) - 1)
    completed = ransel("", folder, _RANSEL_COMPLETE="complete_bash", COMP_WORDS=typed, COMP_CWORD=count)
    assert set(completed.out.split()) == offered


# What is left behind, and where it can be started


@pytest.mark.parametrize("command", COMMANDS.values(), ids=COMMANDS)
def test_no_command_writes_a_file_unasked(command, folder):
    before = tree(folder)
    done(command, folder)
    done(f"{command} --json", folder)
    assert tree(folder) == before


def test_the_papers_are_written_all_together_and_only_into_the_folder_that_was_named(folder):
    before = tree(folder)
    words = done(f"{COURSE} --out new/papers", folder).out
    written = {path.relative_to("new/papers").as_posix() for path in tree(folder) if path.match("new/papers/*")}
    assert {"course.json", "family.ics", "staff.ics", "timeline.svg", "timeline.png"} <= written
    assert {f"{kind}-cassette-{index}-{words}.pdf" for kind in ("worksheet", "label") for index in (1, 2)
            for words in ("en", "nl")} <= written  # fmt: skip
    assert all(name in words for name in written)
    assert not [name for name in written if name.startswith(".")]
    assert {path: content for path, content in tree(folder).items() if "new" not in path.parts} == before
    assert json.loads((folder / "new/papers/course.json").read_text(encoding="utf-8"))["schema"] == "ransel/course/1"


def test_papers_written_again_are_the_same_papers(folder):
    done(f"{COURSE} --out papers", folder)
    first = tree(folder)
    done(f"{COURSE} --out papers", folder)
    assert tree(folder) == first


def test_a_refused_course_leaves_the_papers_that_were_there(folder):
    done(f"{COURSE} --out papers", folder)
    before = tree(folder)
    assert ransel(f"{COURSE} --course 6 --out papers", folder).code == 2
    assert tree(folder) == before


def test_the_words_do_not_depend_on_the_folder_it_is_started_in(folder, tmp_path_factory):
    elsewhere = tmp_path_factory.mktemp("elsewhere")
    there = done(COURSE.replace("noor.toml", str(folder / "noor.toml")), elsewhere)
    assert there.out == done(COURSE, folder).out


def test_it_runs_where_nothing_may_be_written(folder):
    command = COURSE.replace("noor.toml", str(folder / "noor.toml"))
    assert ransel(command, "/proc/self/fdinfo").out == done(command, folder).out


def test_the_present_may_come_from_the_environment_and_the_option_goes_first(folder):
    by_option = done(COURSE, folder).out
    without = f"course noor.toml --start {START}"
    assert done(without, folder, RANSEL_NOW=NOW).out == by_option
    assert done(COURSE, folder, RANSEL_NOW=NEW_YEAR).out == by_option


def test_the_language_may_come_from_the_environment_and_the_option_goes_first(folder):
    dutch = done(f"{COURSE} --language nl", folder).out
    assert done(COURSE, folder, RANSEL_LANGUAGE="nl").out == dutch
    assert done(f"{COURSE} --language nl", folder, RANSEL_LANGUAGE="en").out == dutch
    assert dutch != done(COURSE, folder).out


@pytest.mark.parametrize(
    "environment", [{"LANG": "C"}, {"LC_ALL": "POSIX"}, {"LANG": "nl_NL.UTF-8", "TZ": "Asia/Tokyo"}]
)
def test_the_locale_and_the_time_zone_of_the_machine_change_nothing(environment, folder):
    assert done(COURSE, folder, **environment).out == done(COURSE, folder).out


@pytest.mark.parametrize("encoding", ["ascii", "latin-1"])
def test_a_terminal_that_lacks_letters_still_gets_every_line_and_right_data(encoding, folder):
    narrow = {"PYTHONIOENCODING": encoding}
    assert done(COURSE, folder, **narrow).out.count("\n") == done(COURSE, folder).out.count("\n")
    assert done(f"{COURSE} --json", folder, **narrow).data == done(f"{COURSE} --json", folder).data


@pytest.mark.parametrize("as_json", ["", "--json"])
def test_a_reader_that_goes_away_early_gets_no_complaint(as_json, folder):
    words = [RANSEL, *f"{COURSE} {as_json}".split()]
    with subprocess.Popen(words, cwd=folder, stdout=subprocess.PIPE, stderr=subprocess.PIPE) as program:
        program.stdout.close()
        assert program.stderr.read() == b""
        assert program.wait(timeout=60) == 0


@pytest.mark.parametrize("as_json", ["", "--json"])
def test_an_answer_that_cannot_be_written_is_said_so_and_counts_as_not_done(as_json, folder):
    with Path("/dev/full").open("wb") as full:
        words = [RANSEL, *f"{COURSE} {as_json}".split()]
        program = subprocess.run(words, cwd=folder, stdout=full, stderr=subprocess.PIPE, timeout=60, check=False)
    assert program.returncode == 2
    assert program.stderr.decode().startswith("the answer could not be printed;")
    assert program.stderr.count(b"\n") == 1


def test_bytes_that_are_no_text_are_refused_in_words_and_as_data(folder):
    words = [os.fsdecode(b"course"), "noor.toml", "--now", os.fsdecode(b"\xff\xfe")]
    assert ransel(words, folder).err.startswith("--now: '��' is no moment")
    assert ransel([*words, "--json"], folder).data["errors"][0]["field"] == "--now"
    nameless = ransel(["course", os.fsdecode(b"\xff\n.toml")], folder)
    assert (nameless.code, nameless.err.count("\n")) == (2, 1)


@pytest.mark.parametrize("command", ["starts", "explain", "protocols"])
def test_what_makes_no_papers_does_not_wait_for_their_programs(command, folder):
    assert not _imported(f"{COMMANDS[command]} --json", folder) & PAPERS_ONLY


def test_the_data_of_a_course_do_not_wait_for_the_programs_of_its_papers(folder):
    assert not _imported(f"{COURSE} --json", folder) & PAPERS_ONLY


def test_a_refused_course_does_not_wait_for_the_programs_of_its_papers(folder):
    assert not _imported(f"{COURSE} --course 6", folder) & PAPERS_ONLY


def _imported(command, folder):
    """The packages that a command has imported by its end."""
    look = (
        "import atexit, sys\n"
        "from ransel.cli.main import run\n"
        "atexit.register(lambda: sys.stderr.write('#' + ' '.join({name.partition('.')[0] for name in sys.modules})))\n"
        "run()\n"
    )
    words = [sys.executable, "-c", look, *command.split()]
    program = subprocess.run(words, cwd=folder, capture_output=True, timeout=60, check=False)
    names = set(program.stderr.decode().rpartition("#")[2].split())
    assert "ransel" in names
    return names


def test_a_file_from_an_editor_that_marks_its_text_is_read_all_the_same(folder):
    plain = done(f"{COURSE} --json", folder).out
    (folder / "noor.toml").write_bytes(b"\xef\xbb\xbf" + NOOR.read_bytes())
    assert done(f"{COURSE} --json", folder).out == plain


def test_a_present_without_an_hour_is_the_midnight_of_its_day(folder):
    command = COURSE.replace(NOW, NOW[:10])
    assert done(f"{command} --json", folder).out == done(f"{COURSE} --json", folder).out


@pytest.mark.hazard("HZ-023")
def test_the_papers_of_two_children_never_lie_in_one_folder(folder):
    done(f"{COURSE} --out papers", folder)
    before = sorted((path.name, path.read_bytes()) for path in (folder / "papers").iterdir())
    other = (folder / "noor.toml").read_text(encoding="utf-8").replace("SYN-0001", "SYN-0002")
    (folder / "other.toml").write_text(other, encoding="utf-8")
    for command in (COURSE.replace("noor.toml", "other.toml"), f"{COURSE} --course 2"):
        refused = ransel(f"{command} --out papers --json", folder)
        assert refused.code == 2
        assert "option.other-papers" in refused.out
    assert sorted((path.name, path.read_bytes()) for path in (folder / "papers").iterdir()) == before


@pytest.mark.hazard("HZ-023")
def test_labels_of_an_earlier_plan_do_not_stay_in_the_folder(folder):
    done(f"{COURSE} --containers syringes --out papers", folder)
    done(f"{COURSE} --out papers", folder)
    labels = {path.name for path in (folder / "papers").glob("label-*.pdf")}
    assert labels == {f"label-cassette-{number}-{words}.pdf" for number in (1, 2) for words in ("en", "nl")}


def test_the_example_child_is_synthetic_and_says_so():
    assert "(synthetic)" in tomllib.loads(NOOR.read_text(encoding="utf-8"))["name"]
