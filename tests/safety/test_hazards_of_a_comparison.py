"""Old against new: what may not be read into a comparison, and what a level may not be used for."""

import ast
import re
from datetime import UTC, datetime

import numpy as np
import pypdfium2
import pytest
from pharmacokinetics.individual_reference import TIMES, a_prior, concentrations
from system.program import ROOT, ransel

from ransel.cli.compare_text import comparison_text
from ransel.language import LANGUAGES, Message
from ransel.outcomes.comparing import NEW, OLD, Question, compare
from ransel.outcomes.comparison_json import comparison_json
from ransel.outcomes.risk import verdict_of
from ransel.outcomes.tolerability import Verdict
from ransel.papers.burden_picture import burden_table
from ransel.papers.comparison_report import doctors_report, parents_report
from ransel.papers.exposure_picture import exposure_table
from ransel.papers.forest_picture import forest_table
from ransel.papers.page_report import report_html, report_pdf
from ransel.pharmacokinetics.fitting.estimation import estimate
from ransel.pharmacokinetics.fitting.levels import Levels
from ransel.pharmacokinetics.parameters.parameter_shelf import ParameterShelf
from ransel.protocols import Library

MADE = datetime(2027, 2, 2, 9, tzinfo=UTC)
REPORTS = (doctors_report, parents_report)
SAME_EFFECT = re.compile(
    r"non-?inferior|equivalen|proven equal|as effective|equally effective|same effect|works as well"
    r"|niet-inferieur|even effectief|zelfde effect|gelijkwaardig|werkt even goed|bewezen gelijk",
    re.IGNORECASE,
)
NOT_CONFIRMED = {
    "en": re.compile(r"cannot (be confirmed|confirm|tell whether both ways work equally well)"),
    "nl": re.compile(r"niet (worden )?bevestig(en|d)|kunnen niet zeggen of beide manieren even goed werken"),
}
ROOMS_FOR_RESEARCH = {"outcomes", "pharmacokinetics"}
MAY_KNOW_A_COMPARISON = re.compile(
    r"ransel/(outcomes|pharmacokinetics|papers|cli)/|ransel/chart/course_record\.py|ransel/hospital/demo/"
    r"|ransel/hospital/pseudonymised\.py|ransel/hospital/pages/(research|old_against_new)\.py"
)
EVENTS = ROOT / "examples" / "pharmacokinetics"


@pytest.fixture(scope="module")
def comparison():
    library = Library()
    first, second = library.protocol(OLD), library.protocol(NEW)
    parameters = ParameterShelf(library).for_protocol(second)
    return compare(Question(protocols=(first, second), parameters=parameters, children=100, seed=7), MADE)


def outputs(comparison, language):
    """Everything in which a person can meet a comparison, as text."""
    return {
        "terminal": re.sub(r"\s+", " ", comparison_text(comparison, language)),
        "data": str(comparison_json(comparison, language)),
        "doctors": without_marks(report_html(doctors_report(comparison, language))),
        "parents": without_marks(report_html(parents_report(comparison, language))),
    }


def without_marks(html):
    return re.sub(r"\s+", " ", re.sub(r"<style>.*?</style>|<[^>]+>", " ", html, flags=re.DOTALL))


# what it shows, and what it never says


@pytest.mark.hazard("HZ-091")
def test_no_verdict_says_that_two_regimens_are_alike():
    assert {one.value for one in Verdict} == {"fewer", "more", "not-shown", "not-counted"}
    assert verdict_of(5, 50, 5, 50) is Verdict.NOT_SHOWN
    assert verdict_of(0, 50, 0, 50) is Verdict.NOT_SHOWN
    words = {language: Message("verdict.not-shown").text(language) for language in LANGUAGES}
    assert words == {"nl": "geen verschil aangetoond", "en": "no difference shown"}


@pytest.mark.hazard("HZ-091")
@pytest.mark.parametrize("language", LANGUAGES)
def test_no_output_claims_that_one_regimen_is_as_good_as_the_other(comparison, language):
    for name, text in outputs(comparison, language).items():
        assert SAME_EFFECT.findall(text) == [], name


@pytest.mark.hazard("HZ-091")
@pytest.mark.parametrize("language", LANGUAGES)
def test_every_output_says_that_the_effect_cannot_be_confirmed(comparison, language):
    for name, text in outputs(comparison, language).items():
        assert NOT_CONFIRMED[language].search(text), name


@pytest.mark.hazard("HZ-093")
@pytest.mark.parametrize("language", LANGUAGES)
def test_every_assumption_stands_on_every_output_with_its_mark(comparison, language):
    found = outputs(comparison, language)
    assert len(comparison.assumptions) > 30
    for one in comparison.assumptions:
        words = re.sub(r"\s+", " ", one.what.text(language))
        assert f"{words} [{one.confidence.value}" in found["terminal"]
        assert f"{words} [{one.confidence.value}" in found["doctors"]
        assert words in found["data"]
    assert f"{len(comparison.assumptions)} " in found["parents"]


# what a level may not be used for


@pytest.mark.hazard("HZ-093")
def test_no_order_recipe_plan_or_guard_knows_a_simulated_level():
    knows = {
        path.relative_to(ROOT / "src").as_posix()
        for path in (ROOT / "src" / "ransel").rglob("*.py")
        if rooms_of(path) & ROOMS_FOR_RESEARCH
    }
    assert "ransel/papers/comparison_report.py" in knows, "what is searched for is found where it is"
    assert sorted(one for one in knows if not MAY_KNOW_A_COMPARISON.match(one)) == []
    pages = [ROOT / "src" / one for one in knows if "/pages/" in one]
    assert pages
    assert not any("signing" in name.split(".") for page in pages for name in modules_of(page)), (
        "nothing is signed there"
    )


def modules_of(path):
    """The modules that a file imports."""
    nodes = list(ast.walk(ast.parse(path.read_text(encoding="utf-8"))))
    yield from (one.module or "" for one in nodes if isinstance(one, ast.ImportFrom))
    yield from (alias.name for one in nodes if isinstance(one, ast.Import) for alias in one.names)


def rooms_of(path):
    """The rooms of this program that a file imports."""
    parts = (name.split(".") for name in modules_of(path))
    return {one[1] for one in parts if one[0] == "ransel" and len(one) > 1}


# units


@pytest.mark.hazard("HZ-100")
@pytest.mark.parametrize("command", ["pk simulate --events two-regimens.csv", "pk nca measured-levels.csv"])
def test_every_output_of_levels_repeats_its_units(command):
    told = ransel(f"{command} --language en", EVENTS)
    assert told.code == 0, told.err
    for unit in (r"levels in (mg/L|µg/mL)", r"(AUC|areas) in (µg·d/mL|mg·h/L)", r"times in h\b"):
        assert re.search(unit, told.out, re.IGNORECASE), unit
    assert re.search(r"_mg_L\b|\"mg/L\"", ransel(f"{command} --json", EVENTS).out)


@pytest.mark.hazard("HZ-100")
@pytest.mark.parametrize(
    ("hours", "levels"), [(1, 1000), (1, 1 / 1000), (1 / 24, 1)], ids=["ng/mL as mg/L", "g/L as mg/L", "days as hours"]
)
def test_levels_in_other_units_or_at_times_in_days_are_not_fitted_in_silence(hours, levels):
    prior, schedule = a_prior(1, 3)
    right = concentrations(prior.logs[0], schedule, TIMES)
    assert not estimate(prior, schedule, Levels.of([TIMES], [right])).far.any()
    slipped = estimate(prior, schedule, Levels.of([np.array(TIMES) * hours], [right * levels]))
    assert slipped.far.any()


# which against which


@pytest.mark.hazard("HZ-104")
@pytest.mark.parametrize("language", LANGUAGES)
def test_every_table_names_both_regimens_and_the_data_say_the_direction(comparison, language):
    old, new = (title.text(language) for title in comparison.titles)
    assert old != new
    head = exposure_table(comparison.exposure, comparison.titles, language).head
    assert head.index(old) < head.index(new)
    for compared in comparison.tolerability:
        first, second = (title.text(language) for title in compared.titles)
        assert forest_table(compared, language).head[1:3] == (first, second)
    for burden in comparison.burden:
        table = burden_table(burden, comparison.titles, language)
        first, second = table.head[-2:]
        assert first.endswith(old)
        assert second.endswith(new)
        assert {"en": "old → new", "nl": "oud → nieuw"}[language] in table.caption
        assert all(cell.count(" → ") == 1 for row in table.rows for cell in row[1:-2])
    data = comparison_json(comparison, language)
    assert data["direction"] == "second against first"
    assert [one["id"] for one in data["regimens"]] == [OLD, NEW]


# the whole page


@pytest.mark.hazard("HZ-106")
@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("report", REPORTS, ids=["doctors", "parents"])
def test_a_page_is_one_sheet_and_no_letter_lies_outside_it(comparison, report, language):
    (page,) = pypdfium2.PdfDocument(report_pdf(report(comparison, language)))
    width, height = page.get_size()
    assert (round(width), round(height)) == (595, 842)
    text = page.get_textpage()
    boxes = np.array([text.get_charbox(number) for number in range(text.count_chars())])
    assert len(boxes) > 1000
    assert boxes[:, :2].min() > 0
    assert boxes[:, 2].max() < width
    assert boxes[:, 3].max() < height
