"""What ties hazards to tests: both are read as text, no test is imported or run for it."""

import ast
import re
import tomllib
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).parents[2]
SAFETY = ROOT / "safety"
HAZARD = re.compile(r"\bHZ-\w+")


@dataclass(frozen=True)
class Found:
    """What stands in one test file.

    Values:
        tests: for each test, by its pytest name, the hazards that its marks name.
        marks: every hazard that a mark names; where one is looked up while pytest collects, every hazard in the file.
        unreadable: line numbers of marks whose hazard stands nowhere in the file.
    """

    tests: dict
    marks: frozenset
    unreadable: tuple = ()


def read_hazards(safety=SAFETY):
    """Every hazard of every file, in the order of the files."""
    files = sorted((safety / "hazards").glob("*.toml"))
    return [one for path in files for one in tomllib.loads(path.read_text(encoding="utf-8"))["hazards"]]


def read_tests(root=ROOT):
    """What stands in every test file, by its path from the root."""
    return {path.relative_to(root).as_posix(): read_test_file(path) for path in sorted(root.glob("tests/**/test_*.py"))}


def read_test_file(path):
    module = ast.parse(path.read_text(encoding="utf-8"))
    calls = [node for node in ast.walk(module) if _is_mark(node)]
    written = {name for node in calls for name in _names(node) or ()}
    looked_up = [node for node in calls if _names(node) is None]
    listed = set(HAZARD.findall(" ".join(_texts(module)))) if looked_up else set()
    return Found(
        tests=dict(_tests(module.body, f"{_short(path)}::", _module_marks(module))),
        marks=frozenset(written | listed),
        unreadable=() if listed else tuple(node.lineno for node in looked_up),
    )


def _texts(module):
    return [node.value for node in ast.walk(module) if isinstance(node, ast.Constant) and isinstance(node.value, str)]


def _short(path):
    return path.as_posix().removeprefix(f"{ROOT.as_posix()}/")


def _tests(body, prefix, inherited):
    for node in body:
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef) and node.name.startswith("test"):
            yield f"{prefix}{node.name}", inherited | _decorated(node)
        elif isinstance(node, ast.ClassDef) and node.name.startswith("Test"):
            yield from _tests(node.body, f"{prefix}{node.name}::", inherited | _decorated(node))


def _decorated(node):
    return {name for decorator in node.decorator_list if _is_mark(decorator) for name in _names(decorator) or ()}


def _module_marks(module):
    assigned = [
        node.value
        for node in module.body
        if isinstance(node, ast.Assign) and any(getattr(to, "id", "") == "pytestmark" for to in node.targets)
    ]
    return {name for value in assigned for node in ast.walk(value) if _is_mark(node) for name in _names(node) or ()}


def _is_mark(node):
    return isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.func.attr == "hazard"


def _names(call):
    """The hazards that a mark names, or None when they cannot be read off."""
    values = [argument.value for argument in call.args if isinstance(argument, ast.Constant)]
    complete = len(values) == len(call.args) == 1 and not call.keywords and isinstance(values[0], str)
    return values if complete else None


def broken_links(hazards, files):
    """Everything that is wrong between hazards and tests, in sentences."""
    known = {hazard["id"] for hazard in hazards}
    tests = {name: marks for found in files.values() for name, marks in found.tests.items()}
    for hazard in hazards:
        named = [test for control in hazard["controls"] for test in control["tests"]]
        if not named:
            yield f"{hazard['id']} has no control that a test proves"
        for control in hazard["controls"]:
            if not control["tests"]:
                yield f"{hazard['id']} has a control without a test: {control['control']}"
        for test in named:
            if test not in tests:
                yield f"{hazard['id']} names a test that does not exist: {test}"
            elif hazard["id"] not in tests[test]:
                yield f"{test} proves a control of {hazard['id']} but does not carry its mark"
    for path, found in files.items():
        yield from (f"{path} names an unknown hazard: {name}" for name in sorted(found.marks - known))
        yield from (f"{path}:{line} marks a hazard that cannot be read off" for line in found.unreadable)
