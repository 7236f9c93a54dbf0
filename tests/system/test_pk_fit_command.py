"""`ransel pk fit` as a person starts it."""

import csv
import json
import shlex
import shutil
import sys
from xml.etree import ElementTree as ET

import pytest
from system.program import ROOT, ransel, tree

from ransel.cli.main import _outcome

EXAMPLES = ROOT / "examples" / "pharmacokinetics"
SLOW = "dinutuximab-beta-10x24h-maxima"
HEAD = "ID,TIME,AMT,DUR,EVID,DV,WT,HT\n"
DOSE = "a,0,70,240,1,.,17,104\n"


@pytest.fixture(name="folder")
def folder_(tmp_path):
    """A folder with the example tables."""
    for path in EXAMPLES.glob("levels-*.csv"):
        shutil.copy(path, tmp_path / path.name)
    return tmp_path


@pytest.fixture(name="run")
def run_(folder, monkeypatch, capsys):
    """Run a command within the test and return what it prints as data."""

    def run(command, *, refused=False):
        before = tree(folder)
        monkeypatch.chdir(folder)
        monkeypatch.setattr(sys, "argv", ["ransel", *shlex.split(command), "--json"])
        assert _outcome() == (2 if refused else 0)
        data = json.loads(capsys.readouterr().out)
        if refused:
            assert tree(folder) == before
            return [(one["code"], one["file"], one["field"]) for one in data["errors"]]
        return data

    return run


def table(folder, *rows):
    (folder / "own.csv").write_text(HEAD + DOSE + "".join(f"{row}\n" for row in rows))


def codes(child):
    return [one["code"] for one in child["notices"]]


def test_what_is_printed_in_both_languages(folder):
    """Protects: estimate with interval, levels beside it, what is odd, and always what was taken to be so."""
    english = ransel("pk fit levels-of-two-children.csv", folder)
    assert (english.code, english.err) == (0, "")
    for words in (
        "Child noor: found, by 4 levels.", "most likely", "95 % between", "typical child", "AUC, day 0 to 35.0",
        "1.21 at 240 h lies 8.3 standard deviations from what any child of this size would have.",
        "Without what lies so far off (1) the clearance would be", "M3",
        "Taken to be so:", "a measured level lies 20 % from the true one (assumption, to be confirmed by a pharmacist)",
        "Antibodies against the drug are not looked for",
    ):  # fmt: skip
        assert words in english.out
    dutch = ransel("pk fit levels-of-two-children.csv --language nl", folder)
    assert "Kind bo: gevonden, met 5 spiegels." in dutch.out
    assert "Aangenomen:" in dutch.out


def test_the_numbers_of_a_child(run):
    """Protects: the most likely child lies within its intervals, near its levels, and moves from the typical child."""
    data = run("pk fit levels-of-two-children.csv")
    assert data["schema"] == "ransel/pk-fit/1"
    noor, bo = data["children"]
    assert (noor["state"], noor["levels_used"], codes(noor)) == ("converged", 4, [])
    for one in (*noor["parameters"].values(), noor["half_life"], noor["area"]):
        assert 0 < float(one["low"]) < float(one["value"]) < float(one["high"])
    assert float(noor["parameters"]["clearance"]["typical"]) == pytest.approx(0.424 / 24 * 0.70079, rel=1e-4)
    assert abs(float(noor["levels"][3]["standardised_residual"])) < 1
    asked = noor["levels"][4]
    assert (asked["time"], asked["measured"], asked["standardised_residual"]) == ("840", None, None)
    assert 0 < float(asked["fitted"]["low"]) < float(asked["fitted"]["value"]) < float(asked["fitted"]["high"])
    assert codes(bo) == ["pk-fit.far", "pk-fit.without-far", "pk-fit.below"]
    assert [one["far"] for one in bo["levels"]] == [False, False, True, False, False]
    assert data["assumptions"]


def test_a_protocol_can_say_what_was_given(run):
    """Protects: levels alone, with the doses of a protocol for the child's size, give what the written doses give."""
    by_protocol = run(f"pk fit levels-by-protocol.csv --protocol {SLOW}")["children"][0]
    by_table = run("pk fit levels-of-two-children.csv")["children"][0]
    assert by_protocol["levels_used"] == by_table["levels_used"] == 4
    for name, found in by_protocol["parameters"].items():  # 70.08 mg for 0.7008 m² in place of 70 mg
        assert float(found["value"]) == pytest.approx(float(by_table["parameters"][name]["value"]), rel=5e-3)


def test_files_hold_the_same_numbers_and_the_picture_can_be_read(folder):
    """Protects: a picture with the tables beside it, nothing half written, the same bytes again."""
    first = ransel("pk fit levels-of-two-children.csv --out one", folder)
    assert (first.code, first.err) == (0, "")
    again = ransel("pk fit levels-of-two-children.csv --out two", folder)
    assert again.code == 0
    names = sorted(path.name for path in (folder / "one").iterdir())
    assert names == ["course.csv", "fit.json", "levels-bo.svg", "levels-noor.svg", "levels.csv"]
    for name in names:
        assert (folder / "one" / name).read_bytes() == (folder / "two" / name).read_bytes()
    data = json.loads((folder / "one" / "fit.json").read_text())
    rows = list(csv.DictReader((folder / "one" / "levels.csv").read_text().splitlines()))
    written = [one for child in data["children"] for one in child["levels"]]
    for row, one in zip(rows, written, strict=True):
        assert float(row["IPRED"]) == pytest.approx(float(one["fitted"]["value"]), rel=1e-9)
    moments = csv.DictReader((folder / "one" / "course.csv").read_text().splitlines())
    course = [row for row in moments if row["ID"] == "noor"]
    assert (course[0]["TIME"], course[-1]["TIME"]) == ("0.0", "840.0")
    assert all(float(row["LOW_MG_L"]) <= float(row["FIT_MG_L"]) <= float(row["HIGH_MG_L"]) for row in course)
    picture = ET.parse(folder / "one" / "levels-bo.svg").getroot()  # noqa: S314 - our own file
    words = " ".join(picture.itertext())
    for said in ("Levels of child bo", "this child, most likely", "below the limit", "far from any child's"):
        assert said in words


def test_a_child_without_levels_is_a_typical_child(run, folder):
    """Protects: no level is not an error, and is said."""
    table(folder, "a,840,.,.,0,.,17,104")
    child = run("pk fit own.csv")["children"][0]
    assert (child["state"], child["levels_used"], codes(child)) == ("no-levels", 0, ["pk-fit.no-levels"])
    clearance = child["parameters"]["clearance"]
    assert clearance["value"] == clearance["typical"]


def test_levels_from_before_any_dose_are_told(run, folder):
    """Protects: what was measured before anything was given is left out, and said to be impossible or idle."""
    (folder / "own.csv").write_text(
        HEAD + "a,-24,.,.,0,<0.1,17,104\na,-2,.,.,0,1.5,17,104\n" + DOSE + "a,240,.,.,0,12,17,104\n"
    )
    child = run("pk fit own.csv")["children"][0]
    assert child["levels_used"] == 1
    assert codes(child) == ["pk-fit.before-dose", "pk-fit.impossible"]


def test_a_child_like_no_other_gets_no_interval(run, folder):
    """Protects: levels a thousand times too high (a unit) are not answered as if they were a child."""
    table(folder, "a,120,.,.,0,8000000,17,104", "a,240,.,.,0,12000000,17,104", "a,500,.,.,0,4000000,17,104")
    child = run("pk fit own.csv")["children"][0]
    assert child["state"] == "at-limit"
    assert child["parameters"]["clearance"]["low"] is None
    assert "pk-fit.search-at-limit" in codes(child)
    assert "pk-fit.far" in codes(child)


def test_what_has_no_answer_is_written_as_that(run, folder):
    """Protects: where there is no interval, or no answer at all, files and picture hold no numbers for it."""
    (folder / "own.csv").write_text(
        HEAD + DOSE + "a,120,.,.,0,8000000,17,104\n" + DOSE.replace("a", "b") + "b,50000000,.,.,0,3,17,104\n"
    )
    first, second = run("pk fit own.csv --out some")["children"]
    assert (first["state"], second["state"]) == ("at-limit", "not-finite")
    assert second["parameters"]["clearance"]["value"] is None
    rows = list(csv.DictReader((folder / "some" / "course.csv").read_text().splitlines()))
    assert {row["LOW_MG_L"] for row in rows} == {"."}
    assert {row["FIT_MG_L"] for row in rows if row["ID"] == "b"} == {"."}
    for name in ("a", "b"):
        words = (folder / "some" / f"levels-{name}.svg").read_text()
        ET.fromstring(words)  # noqa: S314 - our own file
        assert "nan" not in words
        assert "95 % between" not in words
    text = ransel("pk fit own.csv", folder).out
    assert "Child b: these levels cannot be compared with this dosing; there is no estimate." in text


def test_many_children_get_a_line_each_and_shrinkage(folder):
    """Protects: a table of many children is read at a glance, with how much the levels tell of each parameter."""
    rows = [
        f"c{number},0,70,240,1,.,17,104\nc{number},240,.,.,0,{9 + 0.4 * number:.1f},17,104\n"
        f"c{number},600,.,.,0,{2 + 0.1 * number:.1f},17,104\n"
        for number in range(25)
    ]
    (folder / "own.csv").write_text(HEAD + "".join(rows))
    found = ransel("pk fit own.csv", folder)
    assert (found.code, found.err) == (0, "")
    assert "c24" in found.out
    assert "Shrinkage" in found.out
    assert "somewhat too narrow where levels are few" in found.out
    data = json.loads(ransel("pk fit own.csv --json", folder).out)
    assert data["intervals"] == "curvature"
    assert set(data["shrinkage"]) == {"clearance", "volume", "exchange", "peripheral"}


def test_until_shows_a_later_level(run):
    """Protects: the course and its area go on as far as is asked."""
    near = run("pk fit levels-of-two-children.csv")["children"][0]["area"]
    late = run('pk fit levels-of-two-children.csv --until "70 days"')["children"][0]["area"]
    assert (near["to"], late["to"]) == ("840", "1680")
    assert float(late["value"]) > float(near["value"])


@pytest.mark.parametrize(
    ("command", "expected"),
    [
        ("pk fit missing.csv", [("file.missing", "missing.csv", "")]),
        ("pk fit levels-by-protocol.csv", [("pk-fit.no-doses", "levels-by-protocol.csv", "AMT")]),
        (f"pk fit levels-of-two-children.csv --protocol {SLOW}", [("pk-fit.two-dosings", "", "--protocol")]),
        ("pk fit levels-of-two-children.csv --parameters none", [("parameters.unknown", "", "--parameters")]),
        ("pk fit levels-by-protocol.csv --protocol none", [("protocol.unknown", "", "--protocol")]),
        (f"pk fit levels-by-protocol.csv --protocol {SLOW} --parameters cog-ch14.18",
         [("parameters.barred", "", "--parameters")]),
        ('pk fit levels-of-two-children.csv --until "ten days"', [("quantity.no-number", "", "--until")]),
    ],
)  # fmt: skip
def test_what_is_refused(run, command, expected):
    """Protects: what cannot be fitted is refused with its place, and nothing is written."""
    found = run(f"{command} --out never", refused=True)
    if expected[0][0].startswith(("file.", "quantity.", "protocol.")):
        assert [one[0].split(".")[0] for one in found] == [expected[0][0].split(".")[0]]
    else:
        assert found == expected


@pytest.mark.parametrize(
    ("row", "code", "field"),
    [
        ("a,24,.,.,0,0,17,104", "pk-fit.no-level", "line 3 DV"),
        ("a,24,.,.,0,-2,17,104", "pk-fit.no-level", "line 3 DV"),
        ("a,24,.,.,0,BLQ,17,104", "pk-fit.limit-unknown", "line 3 DV"),
        ('a,24,.,.,0,"1,5",17,104', "event-table.decimal-comma", "line 3 DV"),
    ],
)
def test_levels_that_are_none_are_refused(run, folder, row, code, field):
    """Protects: nought, a negative number and an unknown limit are no levels."""
    table(folder, row)
    assert run("pk fit own.csv", refused=True) == [(code, "own.csv", field)]


def test_a_steady_state_is_refused_and_a_marked_level_left_out(run, folder):
    """Protects: SS would need what is looked for; MDV 1 takes a level out."""
    (folder / "own.csv").write_text(
        "ID,TIME,AMT,II,SS,EVID,DV,MDV,WT,HT\na,0,7,24,1,1,.,1,17,104\na,12,.,.,.,0,5,0,17,104\n"
    )
    assert run("pk fit own.csv", refused=True) == [("pk-fit.steady", "own.csv", "SS")]
    (folder / "own.csv").write_text("ID,TIME,AMT,EVID,DV,MDV,WT,HT\na,0,70,1,.,1,17,104\na,12,.,0,500,1,17,104\n")
    assert run("pk fit own.csv")["children"][0]["state"] == "no-levels"


def test_a_protocol_needs_the_size_of_a_child(run, folder):
    """Protects: doses by body surface are not made up for a child of unknown size."""
    (folder / "own.csv").write_text("ID,TIME,DV\na,24,2.0\n")
    found = run(f"pk fit own.csv --protocol {SLOW}", refused=True)
    assert [one[2] for one in found] == ["HT", "WT"]
