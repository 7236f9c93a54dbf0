"""`ransel pk simulate` and `ransel pk nca` as a person starts them."""

import csv
import json
import shlex
import shutil
import sys

import pytest
from pyarrow import parquet
from system.program import COURSE, NOOR, NOW, ROOT, ransel, tree

from ransel.cli.main import _outcome

EXAMPLES = ROOT / "examples" / "pharmacokinetics"
SLOW = "dinutuximab-beta-10x24h-maxima"
DRAWN = f"pk simulate --protocol {SLOW} --children 40 --courses 2"


@pytest.fixture(name="folder")
def folder_(tmp_path):
    """A folder with the example tables."""
    for path in EXAMPLES.iterdir():
        shutil.copy(path, tmp_path / path.name)
    return tmp_path


def done(command, folder, **environment):
    outcome = ransel(command, folder, **environment)
    assert (outcome.code, outcome.err) == (0, "")
    return outcome


@pytest.fixture(name="refused")
def refused_(folder, monkeypatch, capsys):
    """What is refused of a command: code, file and field of each; nothing was written. Runs within the test."""

    def run(command):
        before = tree(folder)
        monkeypatch.chdir(folder)
        monkeypatch.setattr(sys, "argv", ["ransel", *shlex.split(command), "--json"])
        assert _outcome() == 2
        assert tree(folder) == before
        return [(one["code"], one["file"], one["field"]) for one in json.loads(capsys.readouterr().out)["errors"]]

    return run


def test_the_levels_of_a_table_are_those_of_the_published_regimens(folder):
    """70 mg for 0.7 m² is the published dose: peak 12.56 slow and 16.5 fast, 1.41 on day 35, area 189.6 µg·d/mL."""
    found = done('pk simulate --events two-regimens.csv --threshold "1 mg/L" --json', folder).data
    assert found["schema"] == "ransel/pk-simulation/1"
    slow, fast = found["summary"]
    assert float(slow["peak_mg_L"]) == pytest.approx(12.56, rel=2e-3)
    assert float(fast["peak_mg_L"]) == pytest.approx(16.51, rel=2e-3)
    assert float(slow["auc_ug_d_mL"]) == pytest.approx(189.6, rel=2e-3)
    assert float(slow["at_end_mg_L"]) == pytest.approx(1.41, rel=2e-3)
    assert 800 < float(slow["above_threshold_h"]) < 840
    levels = {(one["child"], one["time_h"]): float(one["concentration_mg_L"]) for one in found["levels"]}
    assert levels["slow", "840"] == pytest.approx(float(slow["at_end_mg_L"]), rel=1e-9)
    assert levels["slow", "240"] == pytest.approx(float(slow["peak_mg_L"]), rel=1e-9)


@pytest.mark.hazard("HZ-093")
@pytest.mark.parametrize(
    ("command", "heading", "warning"),
    [
        ("pk simulate --events two-regimens.csv", "Aangenomen:", "Niets hiervan overkwam een kind."),
        (f"{DRAWN} --seed 1", "Taken to be so:", "None of this happened to a child."),
    ],
)
def test_what_is_assumed_is_printed_with_every_output(folder, command, heading, warning):
    language = "nl" if "kind" in warning else "en"
    out = done(f"{command} --language {language}", folder).out
    assert heading in out
    assert warning in out
    assumptions = done(f"{command} --json", folder).data["assumptions"]
    assert any(one["id"] == "typical.clearance" and one["source"] == "SIE16" for one in assumptions)


@pytest.mark.parametrize("command", ["pk simulate --events grown.csv", "pk fit grown.csv"])
def test_a_child_that_grows_within_a_table_is_told_to_stay_as_it_was(folder, command):
    """Weight is taken from the first row; whoever writes another one later must not think that it counts."""
    head = "ID,TIME,AMT,RATE,DV,WT,HT\n"
    rows = "grows,0,70,8.75,.,18,108\ngrows,9,.,.,14,{},108\nstays,0,70,8.75,.,18,108\nstays,9,.,.,15,18,108\n"
    told = "only the first row of a child counts. Children whose later rows hold other numbers: 1."
    for weight, expected in ((18, 0), (25, 1)):
        (folder / "grown.csv").write_text(head + rows.format(weight))
        said = [one["text"] for one in done(f"{command} --json", folder).data["assumptions"]]
        assert sum(told in text for text in said) == expected


def test_over_which_hours_an_area_runs_is_said(folder):
    """A child whose rows end earlier is followed as long as the others; a reader must not take it for its own time."""
    (folder / "two.csv").write_text("ID,TIME,AMT,WT,HT\na,0,10,18,108\na,24,.,18,108\nb,0,10,18,108\nb,48.5,.,18,108\n")
    assert (
        "from hour 0 to hour 48.5, the same hours for every child" in done("pk simulate --events two.csv", folder).out
    )
    dutch = done('pk simulate --events two.csv --until "35 days" --language nl', folder).out
    assert "van uur 0 tot uur 840, voor elk kind dezelfde uren" in dutch


def test_children_of_a_table_differ_only_when_a_seed_says_so(folder):
    plain, again, drawn = (
        done(f"pk simulate --events two-regimens.csv --json {more}", folder).data["summary"]
        for more in ("", "", "--seed 5")
    )
    assert plain == again != drawn


def test_the_same_seed_gives_the_same_files_and_another_seed_others(folder):
    for name, seed in (("a", 3), ("b", 3), ("c", 4)):
        done(f"{DRAWN} --seed {seed} --out {name}", folder)
    first, second, third = (tree(folder / name) for name in ("a", "b", "c"))
    assert {str(path) for path in first} == {"summary.csv", "simulation.json", "trajectories.parquet"}
    assert first == second
    assert all(first[path] != third[path] for path in first)


def test_what_is_written_holds_together(folder):
    found = done(f'{DRAWN} --seed 3 --step "2 h" --out made --json', folder).data
    table = parquet.read_table(folder / "made" / "trajectories.parquet")
    begin, end = float(found["windows_h"][0][0]), float(found["windows_h"][-1][1])
    assert table.num_rows == 40 * ((end - begin) / 2 + 1)
    said = json.loads(table.schema.metadata[b"about"])
    assert said["assumptions"] == found["assumptions"]
    assert said["seed"] == "3"
    assert json.loads((folder / "made" / "simulation.json").read_text("utf-8")) == found
    rows = list(csv.DictReader((folder / "made" / "summary.csv").read_text().splitlines()))
    assert len(rows) == 40 * 2
    highest = max(table.column("concentration_mg_L").to_pylist())
    peak = max(float(row["CMAX_MG_L"]) for row in rows)
    assert highest <= peak * (1 + 1e-9)
    assert highest == pytest.approx(peak, rel=1e-2)


def test_a_table_is_written_with_its_levels_beside_what_was_measured(folder):
    text = (folder / "measured-levels.csv").read_text().replace("EVID,DV", "EVID,DV,WT,HT").splitlines()
    (folder / "sized.csv").write_text("\n".join([*text[:2], *(f"{row},17,104" for row in text[2:])]) + "\n")
    done('pk simulate --events sized.csv --step "24 h" --out made', folder)
    assert {path.name for path in (folder / "made").iterdir()} == {
        "levels.csv", "summary.csv", "simulation.json", "trajectories.parquet"
    }  # fmt: skip
    rows = list(csv.DictReader((folder / "made" / "levels.csv").read_text().splitlines()))
    pairs = [(float(row["DV"]), float(row["IPRED"])) for row in rows if row["DV"] != "."]
    assert len(pairs) == 23
    assert all(measured == pytest.approx(calculated, rel=0.2) for measured, calculated in pairs)


def test_the_saturable_model_comes_to_the_linear_one_when_hardly_anything_saturates(folder):
    linear = done("pk simulate --events two-regimens.csv --json", folder).data["levels"]
    hardly = "--model saturable --most '0.000001 mg/day' --half '5 mg/L'"
    nearly = done(f"pk simulate --events two-regimens.csv --json {hardly}", folder).data["levels"]
    for one, other in zip(linear, nearly, strict=True):
        expected = pytest.approx(float(one["concentration_mg_L"]), rel=1e-5)
        assert float(other["concentration_mg_L"]) == expected


def test_measured_levels_are_analysed(folder):
    found = done("pk nca measured-levels.csv --area 0-840 --json", folder).data
    assert found["schema"] == "ransel/nca/1"
    slow, fast = found["children"]
    assert (slow["route"], slow["dose"], fast["doses"], fast["dose"]) == ("infusion", "70", 5, "70")
    assert slow["areas"][0]["auc"] == slow["auc_last"]
    assert float(slow["observed"]["clearance"]) == pytest.approx(70 / float(slow["observed"]["auc"]))
    assert slow["reasons"] == {
        "c_zero": "only a dose given at once has a level at its very start",
        "observed.back_extrapolated": "only a dose given at once has a level at its very start",
        "predicted.back_extrapolated": "only a dose given at once has a level at its very start",
    }
    for language, word in (("en", "half-life"), ("nl", "halfwaardetijd")):
        assert word in done(f"pk nca measured-levels.csv --language {language}", folder).out


@pytest.mark.hazard("HZ-105")
def test_where_a_rule_is_not_met_there_is_a_reason_and_no_number(folder):
    (folder / "short.csv").write_text("ID,TIME,DV\n1,0,<0.1\n1,4,2\n1,8,1\n")
    (child,) = done("pk nca short.csv --json", folder).data["children"]
    assert child["half_life"] is None
    assert child["observed"]["clearance"] is None
    assert "needed: 3" in child["reasons"]["half_life"]
    assert child["notes"] == [
        "Below the limit of the assay: 1; nought before the first measurable level, left out after it."
    ]
    assert "no half-life" in done("pk nca short.csv", folder).out


BAD_OPTIONS = {
    "pk simulate": [("pk.one-source", "", "--events")],
    f"pk simulate --events two-regimens.csv --protocol {SLOW}": [("pk.one-source", "", "--events")],
    "pk simulate --events gone.csv": [("file.missing", "", "gone.csv")],
    "pk simulate --protocol nothing": [("protocol.unknown", "", "--protocol")],
    f"pk simulate --protocol {SLOW} --parameters cog-ch14.18": [("parameters.barred", "", "--parameters")],
    f"pk simulate --protocol {SLOW} --parameters nothing": [("parameters.unknown", "", "--parameters")],
    f"{DRAWN} --seed -1 --until '3 h' --threshold x --step 1 --model oral": [
        ("pk.whole-number", "", "--seed"), ("quantity.no-unit", "", "--step"), ("pk.only-with-events", "", "--until"),
        ("quantity.unreadable", "", "--threshold"), ("pk.choice", "", "--model"),
    ],
    f"pk simulate --protocol {SLOW} --children 0": [("pk.whole-number", "", "--children")],
    f"pk simulate --protocol {SLOW} --courses 5000": [("pk.whole-number", "", "--courses")],
    f"{DRAWN} --step '0.0001 h' --out made": [("pk.too-many-points", "", "--step")],
    f"{DRAWN} --most '2 mg/day'": [("pk.only-saturable", "", "--most")],
    f"{DRAWN} --model saturable --most '2 mg/day'": [("pk.saturable-needs", "", "--half")],
    "pk simulate --events two-regimens.csv --children 5": [("pk.only-with-protocol", "", "--children")],
    "pk simulate --events measured-levels.csv": [
        ("pk.no-covariate", "measured-levels.csv", "HT"), ("pk.no-covariate", "measured-levels.csv", "WT"),
    ],
    "pk nca gone.csv": [("file.missing", "", "gone.csv")],
    "pk nca measured-levels.csv --dose 5 --method x --below y --area 5-1": [
        ("quantity.no-unit", "", "--dose"), ("pk.no-route", "", "--route"), ("pk.choice", "", "--method"),
        ("pk.choice", "", "--below"), ("pk.window", "", "--area"),
    ],
    "pk nca measured-levels.csv --duration '5 h'": [("pk.duration-without-dose", "", "--duration")],
    "pk nca measured-levels.csv --dose '5 mg' --duration '5 h' --route bolus": [
        ("pk.duration-of-another-route", "", "--route")
    ],
    "pk nca measured-levels.csv --dose '5 mg' --route infusion": [("pk.infusion-needs-duration", "", "--duration")],
    "pk nca measured-levels.csv --route bolus": [
        ("event-table.other-route", "measured-levels.csv", "line 3 ID"),
        ("event-table.other-route", "measured-levels.csv", "line 16 ID"),
    ],
    "pk nca two-regimens.csv --dose '0 mg' --route bolus": [("pk.not-above-nought", "", "--dose")],
}  # fmt: skip


@pytest.mark.parametrize("command", BAD_OPTIONS)
def test_what_is_wrong_with_the_options_is_said_all_at_once(refused, command):
    assert refused(command) == BAD_OPTIONS[command]


BAD_TABLES = {
    "empty": (b"", "event-table.empty"),
    "binary": (bytes(range(256)) * 50, "file.not-text"),
    "nought": (b"ID,TIME\n1,0\0\n", "file.not-text"),
    "picture": (b"\x89PNG\r\n\x1a\n" + b"\0" * 40, "file.not-text"),
    "formula": (b"ID,TIME,AMT\n1,0,=HYPERLINK(1)\n", "event-table.formula"),
    "semicolons": (b"ID;TIME;AMT\n1;0;5\n", "event-table.semicolons"),
    "a word": (b"Lorem ipsum\n", "event-table.column-name"),
    "no doses": (b"ID,TIME,DV\n1,0,5\n", "pk.no-doses"),
}


@pytest.mark.parametrize("name", BAD_TABLES)
def test_a_file_that_is_no_event_table_is_refused_and_nothing_is_written(folder, refused, name):
    content, code = BAD_TABLES[name]
    (folder / "bad.csv").write_bytes(content)
    found = refused("pk simulate --events bad.csv --out made")
    assert [one[0] for one in found] == [code]


def test_a_steady_state_needs_the_linear_model(folder, refused):
    (folder / "steady.csv").write_text("ID,TIME,AMT,II,SS,WT,HT\n1,0,10,24,1,17,104\n1,24,0,0,0,17,104\n")
    command = "pk simulate --events steady.csv --model saturable --most '2 mg/day' --half '5 mg/L'"
    assert refused(command) == [("pk.steady-needs-linear", "", "--model")]
    assert done("pk simulate --events steady.csv --json", folder).data["summary"][0]["child"] == "1"


def test_a_table_in_which_no_time_passes_needs_an_end(folder, refused):
    (folder / "once.csv").write_text("ID,TIME,AMT,WT,HT\n1,5,10,17,104\n")
    assert refused("pk simulate --events once.csv") == [("pk.no-time", "", "--until")]
    assert refused("pk simulate --events once.csv --until '4 h'") == [("pk.no-time", "", "--until")]
    (one,) = done('pk simulate --events once.csv --until "29 h" --json', folder).data["summary"]
    assert 0 < float(one["at_end_mg_L"]) < float(one["peak_mg_L"])


def test_a_folder_that_cannot_be_written_is_refused(folder, refused):
    (folder / "made").write_text("a file")
    assert refused(f"{DRAWN} --out made") == [("option.cannot-write", "", "--out")]


@pytest.mark.parametrize(("command", "option"), [("pk simulate --seed q", "--events"), ("pk nca gone.csv", "gone.csv")])
def test_a_wrong_command_leaves_with_two_and_a_sentence_on_the_standard_error(folder, command, option):
    outcome = ransel(command, folder)
    assert (outcome.code, outcome.out) == (2, "")
    assert outcome.err.startswith(option)


# -- one child: by its order, or by what it was really given

RECORDED = ROOT / "examples" / "recordings" / "occlusion.jsonl"
CLEARANCE = 0.424
"""L/day for each m², of a typical child of the set that is used when none is named."""


@pytest.fixture(name="noor")
def noor_(folder, monkeypatch):
    """A folder with a child and the recorded stream of a course of hers, on the day of the order."""
    monkeypatch.setenv("RANSEL_NOW", NOW)
    shutil.copy(NOOR, folder / "noor.toml")
    shutil.copy(RECORDED, folder / "events.jsonl")
    (folder / "empty.jsonl").write_text("")
    (folder / "picture.jsonl").write_bytes(b"\x89PNG\r\n\x1a\n" + b"\0" * 40)
    return folder


@pytest.fixture(name="course")
def course_(noor):
    """Her course as a document; the first course of every ledger of it."""
    document = done(f"{COURSE} --json", noor).data
    (noor / "course.json").write_text(json.dumps(document))
    return document


def courses(command, folder):
    """The one child's number of each measure, of each course."""
    found = done(f"{command} --json", folder, RANSEL_NOW=NOW).data
    return found, [
        {key: float(values["p50"]) for key, values in one.items() if key != "course"} for one in found["courses"]
    ]


def test_an_order_gives_the_same_levels_as_its_doses_written_out_in_a_table(noor):
    """Two courses of an order, 35 days apart, are what a table with the ordered mg of this child says."""
    found, (first, second) = courses(f"pk simulate --order noor.toml --protocol {SLOW} --courses 2", noor)
    assert (found["order"], found["children"], found["seed"]) == ("noor.toml", 1, None)
    ordered = float(done(f"{COURSE} --json", noor).data["course_dose_mg"])
    (noor / "same.csv").write_text(
        "ID,TIME,AMT,DUR,II,ADDL,EVID,WT,HT\n"
        f"1,0,{ordered},240,840,1,1,16.4,102\n1,840,.,.,.,.,0,16.4,102\n1,1680,.,.,.,.,0,16.4,102\n"
    )
    table = done("pk simulate --events same.csv --json", noor).data
    one, two = (float(level["concentration_mg_L"]) for level in table["levels"])
    assert (first["at_end_mg_L"], second["at_end_mg_L"]) == pytest.approx((one, two), rel=1e-9)
    assert second["peak_mg_L"] == pytest.approx(float(table["summary"][0]["peak_mg_L"]), rel=1e-9)
    total = first["auc_ug_d_mL"] + second["auc_ug_d_mL"]
    assert total == pytest.approx(float(table["summary"][0]["auc_ug_d_mL"]), rel=1e-9)


def test_the_children_of_a_protocol_lie_around_the_child_of_an_order_by_it(noor):
    """A linear model and a dose by body surface: the typical level does not depend on how large the child is."""
    _, (one,) = courses(f"pk simulate --order noor.toml --protocol {SLOW}", noor)
    drawn = done(f"pk simulate --protocol {SLOW} --children 2000 --courses 1 --seed 3 --json", noor).data["courses"][0]
    for measure, value in one.items():
        assert float(drawn[measure]["p50"]) == pytest.approx(value, rel=0.05)
    same_size = "pk simulate --order noor.toml --children 200 --seed 3 --json"
    found = done(same_size, noor, RANSEL_NOW=NOW).data
    assert found == done(same_size, noor, RANSEL_NOW=NOW).data
    area = {key: float(value) for key, value in found["courses"][0]["auc_ug_d_mL"].items()}
    assert area["p5"] < one["auc_ug_d_mL"] < area["p95"]


@pytest.mark.usefixtures("course")
def test_a_course_that_stood_still_for_hours_has_the_levels_of_what_was_really_given(noor):
    """A lower peak than the order, and in the end an area of exactly the delivered mg over the clearance."""
    done(f"run course.json --now {NOW} --fault 'occlusion@200h for 30h' --out ran", noor)
    delivered = float(json.loads((noor / "ran" / "ledger.json").read_text("utf-8"))["delivered_mg"])
    _, (ordered,) = courses("pk simulate --order noor.toml", noor)
    command = "pk simulate --ledger ran/events.jsonl --course course.json"
    found, (given,) = courses(command, noor)
    assert given["peak_mg_L"] < 0.97 * ordered["peak_mg_L"]
    assert found["ledgers"] == ["events.jsonl"]
    _, (to_the_end,) = courses(f'{command} --until "3000 days"', noor)
    surface = (16.4 * 102 / 3600) ** 0.5
    assert to_the_end["auc_ug_d_mL"] == pytest.approx(delivered / (CLEARANCE * surface), rel=1e-6)


def test_of_a_child_of_which_only_the_body_surface_is_known_that_is_used_and_said(noor, course):
    command = "pk simulate --ledger events.jsonl --course course.json"
    _, measured = courses(command, noor)
    document = {**course, "patient": {"number": course["patient"]["number"]}, "bsa_m2": course["bsa_m2"]}
    (noor / "course.json").write_text(json.dumps(document))
    found, by_surface = courses(command, noor)
    assert by_surface[0] == pytest.approx(measured[0], rel=1e-9)
    assert any("only the body surface is known" in one["text"] for one in found["assumptions"])


@pytest.mark.usefixtures("course")
def test_of_what_was_given_is_said_how_much_and_that_no_level_was_measured(noor):
    """A level that is calculated from doses must never pass for one that was measured."""
    out = done("pk simulate --ledger events.jsonl --course course.json --out made", noor).out
    assert out.startswith("Levels calculated from what a child was given")
    assert "67.1 mg given of 68.17 mg ordered" in out
    assert "The child is typical for its size" in out
    table = parquet.read_table(noor / "made" / "trajectories.parquet")
    assert json.loads(table.schema.metadata[b"about"])["ledgers"] == ["events.jsonl"]


BAD_CHILDREN = {
    "--order noor.toml --events two-regimens.csv": ("pk.one-source", "--events"),
    "--order noor.toml --ledger events.jsonl": ("pk.one-source", "--events"),
    f"--ledger events.jsonl --protocol {SLOW}": ("pk.one-source", "--events"),
    "--order noor.toml --course course.json": ("pk.only-with-ledger", "--course"),
    "--ledger events.jsonl --courses 2": ("pk.ledger-has-courses", "--courses"),
    "--order noor.toml --children 5": ("pk.children-with-seed", "--seed"),
    "--order noor.toml --seed 5": ("pk.children-with-seed", "--children"),
    "--order noor.toml --until '3 h'": ("pk.only-with-events", "--until"),
    "--order noor.toml --parameters cog-ch14.18": ("parameters.barred", "--parameters"),
    "--order gone.toml": ("file.missing", ""),
    "--ledger gone.jsonl": ("file.missing", "gone.jsonl"),
    "--ledger empty.jsonl --course course.json": ("pk.no-events", "--ledger"),
    "--ledger picture.jsonl --course course.json": ("event.not-text", "line 1"),
    "--ledger events.jsonl": ("pk.no-size", "--course"),
    "--ledger events.jsonl --ledger events.jsonl --course course.json": ("pk.course-for-each", "--course"),
    "--ledger events.jsonl --ledger events.jsonl --course course.json --course course.json": (
        "dosing.courses-overlap", "--ledger"
    ),
    "--ledger events.jsonl --course course.json --until '0.001 h' --parameters cog-ch14.18": (
        "parameters.barred", "--parameters"
    ),
    "--ledger events.jsonl --course other.json": ("pk.more-children", "--ledger"),
}  # fmt: skip


def test_what_is_wrong_with_the_doses_of_one_child_is_refused_in_words(noor, course, refused):
    other = {**course, "patient": {**course["patient"], "number": "SYN-0002"}}
    (noor / "other.json").write_text(json.dumps(other))
    found = {command: refused(f"pk simulate {command} --out made")[0] for command in BAD_CHILDREN}
    assert {command: (code, field) for command, (code, _, field) in found.items()} == BAD_CHILDREN
