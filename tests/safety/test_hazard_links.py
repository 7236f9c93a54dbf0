"""Hazards, controls and tests belong together, and the log says what the data says."""

import subprocess
import sys
import tomllib
from collections import Counter

import pytest
from hazard_links import ROOT, SAFETY, Found, broken_links, read_hazards, read_test_file, read_tests

SCALES = tomllib.loads((SAFETY / "scales.toml").read_text(encoding="utf-8"))
HAZARDS = read_hazards()
KEYS = {"id", "hazard", "events", "harm", "before", "after", "residual", "status", "controls", "open"}
PROOF = "tests/room/test_it.py::test_that_it_holds"
FILES = {"tests/room/test_it.py": Found({PROOF: {"HZ-001"}}, frozenset({"HZ-001"}))}


def risk(judged):
    return SCALES["risk"][str(judged["severity"])][judged["probability"] - 1]


def hazard(*tests, name="HZ-001"):
    return {"id": name, "controls": [{"control": "it is refused", "tests": list(tests)}]}


# the repository


def test_every_control_is_proved_by_tests_that_exist_and_carry_its_mark():
    assert not list(broken_links(HAZARDS, read_tests()))


def test_pytest_finds_the_same_tests_as_we_read():
    command = [sys.executable, "-m", "pytest", "--collect-only", "-p", "no:cacheprovider", "tests/safety"]
    listed = subprocess.run(command, cwd=ROOT, check=True, capture_output=True, text=True).stdout
    collected = {line.split("[")[0] for line in listed.splitlines() if "::" in line}
    read = {name for path, found in read_tests().items() if path.startswith("tests/safety/") for name in found.tests}
    assert collected == read


def test_the_log_says_what_the_data_says():
    log = subprocess.run([sys.executable, "-m", "docs.hazard_log"], cwd=ROOT, check=True, capture_output=True).stdout
    assert (SAFETY / "HAZARD-LOG.md").read_bytes() == log, "run make docs"


def test_every_hazard_has_a_number_of_its_own_and_none_is_left_out():
    ids = sorted(one["id"] for one in HAZARDS)
    assert ids == [f"HZ-{number:03}" for number in range(1, len(ids) + 1)]


@pytest.mark.parametrize("one", HAZARDS, ids=[one["id"] for one in HAZARDS])
def test_a_hazard_is_told_in_full_and_judged_on_the_scales(one):
    assert KEYS - {"open"} <= one.keys() <= KEYS
    assert all(one[key] for key in KEYS - {"open"})
    for judged in (one["before"], one["after"]):
        assert judged.keys() == {"severity", "probability"}
        assert str(judged["severity"]) in SCALES["severity"]
        assert str(judged["probability"]) in SCALES["probability"]
    assert one["status"] in SCALES["status"]
    for control in one["controls"]:
        assert control.keys() == {"kind", "control", "tests"}
        assert control["kind"] in SCALES["kind"]
        assert len(set(control["tests"])) == len(control["tests"])


@pytest.mark.parametrize("one", HAZARDS, ids=[one["id"] for one in HAZARDS])
def test_no_control_makes_a_hazard_worse_and_software_alone_never_makes_the_harm_smaller(one):
    assert one["after"]["severity"] == one["before"]["severity"]
    assert one["after"]["probability"] <= one["before"]["probability"]


@pytest.mark.parametrize("one", HAZARDS, ids=[one["id"] for one in HAZARDS])
def test_what_is_open_or_still_a_high_risk_is_not_called_controlled(one):
    assert (one["status"] == "controlled") == (not one.get("open"))
    assert risk(one["after"]) != "high" or one.get("open")


def test_the_scales_in_words_are_the_scales_that_count():
    words = (SAFETY / "README.md").read_text(encoding="utf-8")
    for scale in ("severity", "probability"):
        for number, level in SCALES[scale].items():
            assert f"| {number} | {level['name']} | {level['means']} |" in words
    for number, risks in SCALES["risk"].items():
        assert f"| **{number} {SCALES['severity'][number]['name']}** | {' | '.join(risks)} |" in words


# what the check notices


def test_a_whole_link_is_not_complained_about():
    assert not list(broken_links([hazard(PROOF)], FILES))


@pytest.mark.parametrize(
    "wrong", ["tests/room/test_it.py::test_gone", "tests/gone.py::test_that_it_holds", "test_that_it_holds"]
)
def test_a_control_that_names_a_test_that_does_not_exist_is_noticed(wrong):
    assert list(broken_links([hazard(PROOF, wrong)], FILES)) == [f"HZ-001 names a test that does not exist: {wrong}"]


def test_a_hazard_without_a_proved_control_is_noticed():
    found = list(broken_links([hazard(PROOF), {"id": "HZ-002", "controls": []}], FILES))
    assert found == ["HZ-002 has no control that a test proves"]


def test_a_control_without_a_test_is_noticed_beside_one_with_a_test():
    both = {"id": "HZ-001", "controls": hazard(PROOF)["controls"] + hazard()["controls"]}
    assert list(broken_links([both], FILES)) == ["HZ-001 has a control without a test: it is refused"]


def test_a_mark_that_names_an_unknown_hazard_is_noticed():
    files = {**FILES, "tests/test_other.py": Found({}, frozenset({"HZ-999"}))}
    assert list(broken_links([hazard(PROOF)], files)) == ["tests/test_other.py names an unknown hazard: HZ-999"]


def test_a_test_without_the_mark_of_the_hazard_it_proves_is_noticed():
    other = hazard(PROOF, name="HZ-002")
    found = list(broken_links([hazard(PROOF), other], FILES))
    assert found == [f"{PROOF} proves a control of HZ-002 but does not carry its mark"]


def test_marks_are_read_off_functions_classes_modules_and_parameters(tmp_path):
    path = tmp_path / "test_it.py"
    path.write_text(
        "import pytest\n"
        "pytestmark = [pytest.mark.property, pytest.mark.hazard('HZ-001')]\n"
        "@pytest.mark.hazard('HZ-002')\n"
        "@pytest.mark.hazard('HZ-003')\n"
        "def test_one(): pass\n"
        "@pytest.mark.hazard('HZ-004')\n"
        "class TestGroup:\n"
        "    async def test_two(self): pass\n"
        "    def helper(self): pass\n"
        "@pytest.mark.parametrize('a', [pytest.param(1, marks=pytest.mark.hazard('HZ-005'))])\n"
        "def test_three(a): pass\n"
        "def test_four(): pass\n",
        encoding="utf-8",
    )
    found = read_test_file(path)
    marks = {name.split("::", 1)[1]: names for name, names in found.tests.items()}
    assert marks == {
        "test_one": {"HZ-001", "HZ-002", "HZ-003"},
        "TestGroup::test_two": {"HZ-001", "HZ-004"},
        "test_three": {"HZ-001"},
        "test_four": {"HZ-001"},
    }
    assert Counter(found.marks) == Counter(f"HZ-{number:03}" for number in range(1, 6))
    assert found.unreadable == ()


def test_a_mark_that_is_looked_up_stands_for_every_hazard_in_the_file_and_needs_one(tmp_path):
    listed, hidden = tmp_path / "test_listed.py", tmp_path / "test_hidden.py"
    listed.write_text(
        "MARKS = {'a': 'HZ-001', 'b': 'HZ-999'}\nmarks = [pytest.mark.hazard(MARKS['a'])]\n", encoding="utf-8"
    )
    hidden.write_text("from elsewhere import NAME\n\nmarks = [pytest.mark.hazard(NAME)]\n", encoding="utf-8")
    assert read_test_file(listed) == Found({}, frozenset({"HZ-001", "HZ-999"}))
    assert read_test_file(hidden) == Found({}, frozenset(), unreadable=(3,))
