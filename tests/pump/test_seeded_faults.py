"""A suite is as good as the faults it finds: each fault that is put into the controller must be caught.

`make prove` runs the suite against every one of them and prints which test caught it.
"""

from __future__ import annotations

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest
from seeded_faults import PACKAGE, seeded_faults

TESTS = Path(__file__).parents[1]
SUITE = ("conformance/pump/test_checks.py", "pump/test_board.py", "pump/test_delivery.py", "pump/test_dose_window.py",
         "pump/test_programme.py", "pump/test_meter.py", "pump/test_controller.py", "pump/test_twin.py",
         "pump/test_derived_numbers.py")  # fmt: skip
FAULTS = seeded_faults()


def test_there_are_at_least_thirty_and_the_published_defects_are_among_them():
    assert len(FAULTS) >= 30
    assert {one.known for one in FAULTS} >= {*(f"GPCA D{number}" for number in range(1, 7)), "Open PCA dose window"}


@pytest.mark.parametrize("fault", FAULTS, ids=lambda one: one.id)
def test_the_line_that_is_made_wrong_stands_in_its_file_once(fault):
    assert fault.source.count(fault.right) == 1
    assert fault.right != fault.wrong


def _first_failure(import_from: Path) -> str:
    """Return the first test of the suite that fails for a package, or nothing when all pass."""
    command = [
        sys.executable,
        "-m",
        "pytest",
        "-x",
        "-q",
        "-p",
        "no:cacheprovider",
        "-p",
        "no:xdist",
        "-m",
        "not prove",
    ]
    around = {**os.environ, "PYTHONPATH": str(import_from), "PYTHONDONTWRITEBYTECODE": "1"}
    around.pop("PYTEST_XDIST_WORKER", None)
    done = subprocess.run(
        [*command, *SUITE], cwd=TESTS, env=around, capture_output=True, text=True, check=False, timeout=900
    )
    if done.returncode == 0:
        return ""
    found = re.search(r"^(?:FAILED|ERROR) (\S+)", done.stdout, re.MULTILINE)
    assert found, done.stdout[-2000:] + done.stderr[-2000:]
    return found[1]


@pytest.mark.prove
def test_the_suite_passes_for_the_pump_as_it_is():
    assert _first_failure(PACKAGE.parent) == ""


@pytest.mark.prove
@pytest.mark.parametrize("fault", FAULTS, ids=lambda one: one.id)
def test_the_suite_catches(fault, tmp_path, say):
    caught_by = _first_failure(fault.package_in(tmp_path))
    say(f"seeded fault {fault.id:32} {fault.known:22} caught by {caught_by or 'NOTHING'}")
    assert caught_by, fault.what
