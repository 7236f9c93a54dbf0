"""The analysis against published results: Phoenix WinNonlin on theophylline and indometacin (data/README.md)."""

import csv
from pathlib import Path

import pytest

from ransel.pharmacokinetics.analysis.area import AreaMethod
from ransel.pharmacokinetics.analysis.level_profile import Route, profiles_of
from ransel.pharmacokinetics.analysis.noncompartmental import Measure, analyse
from ransel.pharmacokinetics.events.table import read_event_table

DATA = Path(__file__).parent / "data"
PUBLISHED = list(csv.DictReader((DATA / "phoenix-winnonlin.csv").read_text("utf-8").splitlines()))
GIVEN = ("data", "route", "dose", "duration", "method", "ID")
AS_PRINTED = 2e-8
"""Relative: some of the published tables have nine digits, others sixteen."""
THE_SLOPE = {"fit", "adjusted", "points", "constant", "first", "last"}


def analysis_of(case):
    table = read_event_table((DATA / f"{case['data']}.csv").read_text("utf-8"), case["data"])
    profiles = profiles_of(
        table, dose=float(case["dose"]), duration=float(case["duration"] or 0), route=Route(case["route"])
    )
    (profile,) = (one for one in profiles if one.child == case["ID"])
    return analyse(profile, AreaMethod(case["method"]))


def found(analysis, name):
    value = analysis.slope if name in THE_SLOPE else analysis
    for part in name.split("."):
        value = getattr(value, part)
    return value.value if isinstance(value, Measure) else value


@pytest.mark.parametrize("case", PUBLISHED, ids=lambda case: "-".join(case[name] for name in GIVEN if case[name]))
def test_every_published_number_is_found(case):
    analysis = analysis_of(case)
    published = {name: float(text) for name, text in case.items() if name not in GIVEN and text}
    assert len(published) >= 27
    assert {name: found(analysis, name) for name in published} == pytest.approx(published, rel=AS_PRINTED)


def test_all_of_the_published_tables_are_here():
    assert len(PUBLISHED) == 2 * 12 + 6 * 6
    assert {case["route"] for case in PUBLISHED} == set(Route)
