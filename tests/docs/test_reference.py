"""The reference pages say what the program does now: no key, code or option is missing, and none is made up."""

from collections import Counter
from xml.etree import ElementTree as ET

import pytest

from docs import course_keys, file_keys, reference_pages
from docs.example_course import LIBRARY, changed_at, course, patient
from docs.markdown import anchor, table, with_parts
from docs.refusals import SENTENCES
from ransel.evidence import Confidence
from ransel.prescribing import Patient
from ransel.prescribing.patient import Findings
from ransel.protocols import DEFAULT_PROTOCOL, Protocol, Site
from ransel.protocols.shelf import sourced_values
from ransel.quantities import Duration

PAGES = reference_pages.pages()
MODELS = {kind for model in (Protocol, Site, Patient) for kind in file_keys.models_in(model)} - {Findings}


@pytest.mark.parametrize("path", PAGES, ids=lambda path: path.name)
def test_a_made_page_is_current(path):
    assert path.read_text(encoding="utf-8") == PAGES[path], "run: python -m docs.refresh"


def test_every_key_of_a_course_has_a_sentence_and_every_sentence_a_key():
    assert set(course_keys.found_keys()) == set(course_keys.WORDS)


def test_a_course_with_a_key_more_or_less_would_be_noticed():
    document = {"schema": "ransel/course/1", "visits": [{"kind": "go"}, {"kind": "change", "latest": None}]}
    keys = dict(course_keys.keys_in(document))
    assert set(keys) == {"schema", "visits", "visits[].kind", "visits[].latest"}


@pytest.mark.parametrize("model", sorted(MODELS, key=lambda one: one.__name__), ids=lambda one: one.__name__)
def test_every_key_of_a_file_has_a_sentence_and_every_sentence_a_key(model):
    assert {key for key, _, _ in file_keys.keys_of(model)} == set(file_keys.WORDS[model.__name__])


def test_no_sentence_describes_a_table_that_is_gone():
    assert set(file_keys.WORDS) == {model.__name__ for model in MODELS}


def test_every_refusal_is_listed():
    page = PAGES[reference_pages.HERE / "reference" / "errors.md"]
    written = "".join(path.read_text(encoding="utf-8") for path in SENTENCES.glob("*.toml"))
    codes = [line[len('["refusal.') : -len('"]')] for line in written.splitlines() if line.startswith('["refusal.')]
    assert len(codes) > 50
    assert [code for code in codes if f"| `{code}` |" not in page] == []


def test_every_assumption_of_the_default_protocol_is_listed():
    page = PAGES[reference_pages.HERE / "explanation" / "numbers-and-their-sources.md"]
    marks = Counter(one.confidence for _, one in sourced_values(LIBRARY.protocol(DEFAULT_PROTOCOL)))
    marks += Counter(one.confidence for _, one in sourced_values(LIBRARY.site) if one.confidence is Confidence.ASSUMED)
    assert page.count("| A |") == marks[Confidence.ASSUMED] > 20


def test_the_picture_is_a_picture_with_words_for_those_who_do_not_see_it():
    picture = ET.fromstring(PAGES[reference_pages.HERE / "explanation" / "the-change-window.svg"])  # noqa: S314 - our own text
    name = "{http://www.w3.org/2000/svg}"
    assert picture.find(f"{name}title").text
    assert picture.find(f"{name}desc").text
    assert picture.attrib["role"] == "img"


def test_the_tables_of_the_change_window_agree_with_the_plan_itself():
    plan = course().plan
    change = next(visit for visit in plan.visits if visit.kind == "change")
    again = changed_at(Duration.between(plan.start, change.planned))
    assert (again.low, again.exact, again.high, again.early) == (
        plan.delivery.low, plan.delivery.exact, plan.delivery.high, plan.delivery.early,
    )  # fmt: skip


def test_the_pages_explain_the_example_child():
    assert course().order.patient == patient()


def test_a_made_part_is_replaced_and_the_rest_is_left():
    page = "before\n<!-- made by: x -->\nold\n<!-- end -->\nafter"
    assert with_parts(page, {"x": lambda: "new"}) == "before\n<!-- made by: x -->\n\nnew\n\n<!-- end -->\nafter"


def test_a_bar_in_a_cell_does_not_break_a_table():
    assert table(("a",), [("nl|en",)]).splitlines()[-1] == "| nl\\|en |"


@pytest.mark.parametrize(("heading", "expected"), [("values with a source", "values-with-a-source"), ("Why?", "why")])
def test_the_anchor_of_a_heading(heading, expected):
    assert anchor(heading) == expected
