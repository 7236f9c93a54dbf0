"""The pages for parents and for doctors: one page each, every picture with its table, no more than is known."""

import re
import xml.etree.ElementTree as ET
from dataclasses import replace
from datetime import UTC, datetime

import pypdfium2
import pytest

from ransel.language import Message, Refused
from ransel.outcomes.comparing import NEW, OLD, Question, compare
from ransel.outcomes.tolerability import Verdict
from ransel.papers.comparison_report import claims, doctors_report, is_for_parents, lay_terms, parents_report
from ransel.papers.exposure_picture import sensitivity_table
from ransel.papers.page_report import Section, report_html, report_pdf, table_csv
from ransel.pharmacokinetics.parameters.parameter_shelf import ParameterShelf
from ransel.protocols import Library

MADE = datetime(2027, 2, 2, 9, tzinfo=UTC)
READERS = {"parents": parents_report, "doctors": doctors_report}
BOTH = [(reader, language) for reader in READERS for language in ("en", "nl")]


@pytest.fixture(scope="module")
def comparison():
    return compared(OLD, NEW)


def compared(first, second):
    library = Library()
    first, second = library.protocol(first), library.protocol(second)
    parameters = ParameterShelf(library).for_protocol(second)
    question = Question(protocols=(first, second), parameters=parameters, children=400, seed=7, library=library)
    return compare(question, MADE)


def words_of(pdf):
    pages = [page.get_textpage().get_text_range() for page in pypdfium2.PdfDocument(pdf)]
    return len(pages), re.sub(r"\s+", " ", " ".join(pages))


@pytest.mark.hazard("HZ-106")
@pytest.mark.parametrize(("reader", "language"), BOTH)
def test_a_report_is_one_page_with_all_that_it_must_say(comparison, reader, language):
    report = READERS[reader](comparison, language)
    pages, words = words_of(report_pdf(report))
    assert pages == 1
    for said in (report.title, *report.lead, report.rests[-1], report.foot):
        assert re.sub(r"\s+", " ", said)[:60] in words


@pytest.mark.parametrize(("reader", "language"), BOTH)
def test_html_is_well_formed_and_needs_nothing_from_elsewhere(comparison, reader, language):
    html = report_html(READERS[reader](comparison, language))
    root = ET.fromstring(html.removeprefix("<!doctype html>\n"))  # noqa: S314 - our own text
    assert root.get("lang") == language
    assert not re.search(r"(?:src|href)=|@import|url\(", html)
    assert "<script" not in html
    ids = re.findall(r' id="([^"]+)"', html)
    assert len(ids) == len(set(ids)), "an id twice would name the wrong picture"


@pytest.mark.parametrize(("reader", "language"), BOTH)
def test_every_picture_has_its_table_and_can_be_heard(comparison, reader, language):
    svg = "{http://www.w3.org/2000/svg}"
    figures = [one.figure for one in READERS[reader](comparison, language).sections if one.figure]
    assert len(figures) == 3
    for figure in figures:
        root = ET.fromstring(figure.svg)  # noqa: S314 - our own text
        assert root.get("role") == "img"
        assert all(root.find(svg + part).text for part in ("title", "desc"))
        assert figure.table.rows
        assert all(len(row) == len(figure.table.head) == len(figure.table.widths) for row in figure.table.rows)


@pytest.mark.parametrize("language", ["en", "nl"])
def test_no_place_is_left_open_and_no_program_word_reaches_a_reader(comparison, language):
    for reader in READERS.values():
        text = re.sub(r"<style>.*?</style>|<[^>]+>", " ", report_html(reader(comparison, language)), flags=re.DOTALL)
        assert not re.search(r"\{\w*\}|\bNone\b|\bnan\b|\binf\b", text)


def test_doctors_read_every_assumption_and_parents_how_many_there_are(comparison):
    doctors, parents = doctors_report(comparison, "en"), parents_report(comparison, "en")
    assert len(doctors.rests) == len(comparison.assumptions) > 30
    for assumption, line in zip(comparison.assumptions, doctors.rests, strict=True):
        assert assumption.what.text("en") in line
        assert f"[{assumption.confidence.value}" in line
    assert any(f"{len(comparison.assumptions)} assumptions" in line for line in parents.rests)


@pytest.mark.hazard("HZ-091")
@pytest.mark.parametrize("language", ["en", "nl"])
def test_neither_page_lets_equal_areas_pass_for_an_equal_effect(comparison, language):
    claim = Message("report.claim-effect", {"percent": 0, "second": ""}).text(language)[:60]
    assert any(claim[:40] in line for line in doctors_report(comparison, language).lead)
    parents = parents_report(comparison, language)
    assert Message("report.parents-exposure-words").text(language) in parents.sections[1].paragraphs


def test_parents_see_what_is_worse_as_well_as_what_is_better(comparison):
    shown = lay_terms(comparison.tolerability[0])
    assert {one.verdict for one in shown} == {Verdict.FEWER, Verdict.MORE}
    assert not shown[0].borderline
    lead = " ".join(parents_report(comparison, "en").lead)
    assert "Less often: severe pain, allergic reaction." in lead
    assert "Perhaps less often: low blood pressure." in lead
    assert re.search(r"Perhaps more often: severe anaemia, .*neutrophils", lead)


@pytest.mark.parametrize("language", ["en", "nl"])
def test_doctors_read_what_the_other_published_table_shows(comparison, language):
    (line,) = doctors_report(comparison, language).sections[1].notes
    other = comparison.tolerability[1]
    assert all(one.text(language) in line for one in other.titles)
    for term in other.terms:
        assert (term.title.text(language) in line) is (term.verdict in {Verdict.FEWER, Verdict.MORE})


def test_families_read_that_it_is_not_less_for_everyone(comparison):
    (line,) = parents_report(comparison, "en").sections[2].notes
    assert re.search(r"of every 100, \d+ spend more nights .* and \d+ travel", line)


def test_a_difference_that_hangs_on_rounding_is_drawn_hollow_and_called_so(comparison):
    figure = doctors_report(comparison, "en").sections[1].figure
    borderline = [row for row in figure.table.rows if row[-1].endswith("borderline")]
    assert {row[0] for row in borderline} == {"haemoglobin", "granulocytes", "hypotension"}
    diamonds = re.findall(r'<path d="M[^"]*l6,-6l6,6l-6,6Z" fill="([^"]+)"', figure.svg)
    assert diamonds.count("#ffffff") == len(borderline)
    assert len(diamonds) == 5


def test_dots_can_be_counted(comparison):
    figure = parents_report(comparison, "en").sections[0].figure
    colours = re.findall(r'<circle [^>]*fill="(#[0-9a-f]{6})"', figure.svg)
    counts = [int(cell) for row in figure.table.rows for cell in row[1:3]]
    assert len(colours) == 100 * len(counts)
    assert sum(colour != "#ffffff" for colour in colours) == sum(counts)


@pytest.fixture(scope="module")
def turned():
    return compared(NEW, OLD)


@pytest.mark.hazard("HZ-104")
def test_turned_around_what_was_fewer_is_more_and_what_was_lower_is_higher(comparison, turned):
    for one, other in zip(comparison.published.terms, turned.published.terms, strict=True):
        assert (one.first, one.second) == (other.second, other.first)
    usual, other_way = ([one.text("en") for one in claims(each)] for each in (comparison, turned))
    assert "with 10 days of 24 hours: seen for immunotherapy-related pain" in usual[0]
    assert "more often: immunotherapy-related pain" in other_way[0]
    assert "% lower" in usual[-1]
    assert "% higher" in other_way[-1]
    assert "-" not in re.findall(r"about (\S+) %", other_way[-1])[0]


@pytest.mark.hazard("HZ-104")
def test_words_for_parents_are_not_used_for_regimens_that_they_are_not_about(comparison, turned):
    assert is_for_parents(comparison)
    assert not is_for_parents(turned)
    with pytest.raises(ValueError, match="not about"):
        parents_report(turned, "en")


@pytest.mark.hazard("HZ-104")
def test_published_numbers_are_not_shown_for_regimens_that_nobody_compared():
    label = compared(NEW, "dinutuximab-beta-10x24h")
    assert label.published is None
    assert "no published numbers" in next(claims(label)).text("en")
    assert words_of(report_pdf(doctors_report(label, "nl")))[0] == 1


@pytest.mark.hazard("HZ-106")
def test_a_text_that_does_not_fit_on_the_page_is_refused_and_not_cut_off(comparison):
    report = parents_report(comparison, "en")
    flood = Section("More", tuple("This is one line of very many. " * 12 for _ in range(30)))
    with pytest.raises(Refused, match="does not fit"):
        report_pdf(replace(report, sections=(*report.sections, flood)))


@pytest.mark.hazard("HZ-098")
def test_a_table_as_a_file_is_no_formula(comparison):
    table = doctors_report(comparison, "en").sections[0].figure.table
    hostile = replace(table, rows=(("=HYPERLINK(1)", *table.rows[0][1:]), *table.rows[1:]))
    assert b"\r\n'=HYPERLINK(1)," in table_csv(hostile)


def test_the_table_of_other_assumptions_has_a_row_for_each(comparison):
    table = sensitivity_table(comparison.exposure, "en")
    assert len(table.rows) == 1 + len(comparison.exposure.sensitivity)
    assert all(len(row) == len(table.head) for row in table.rows)


def test_the_same_comparison_gives_the_same_bytes(comparison):
    assert report_pdf(parents_report(comparison, "nl")) == report_pdf(parents_report(comparison, "nl"))


@pytest.fixture(scope="module")
def alike():
    """Two regimens that are given in the same way, one of them at home."""
    return compared("dinutuximab-beta-10x24h", NEW)


@pytest.mark.parametrize("language", ["en", "nl"])
def test_two_regimens_of_one_length_can_be_told_apart(alike, language):
    first, second = (title.text(language) for title in alike.titles)
    assert first != second


def test_of_regimens_given_in_one_way_no_difference_is_made_up(alike):
    said = [one.key for one in alike.exposure.says]
    assert "exposure.says.observed-alike" in said
    assert "exposure.says.observed" not in said
    claimed = [one.key for one in claims(alike)]
    assert "report.claim-effect-same" in claimed
    assert not any(" 0 %" in one.text("en") for one in claims(alike))


def test_where_no_practice_makes_a_difference_no_range_is_told(turned, comparison):
    assert "report.claim-hospital-alike" in [one.key for one in claims(turned)]
    assert "report.claim-hospital" in [one.key for one in claims(comparison)]
