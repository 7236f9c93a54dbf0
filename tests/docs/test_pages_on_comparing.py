"""The pages on the files behind a comparison describe every key, and what they show is what the data say."""

import pytest

from docs import comparison_parts, file_keys, reference_pages
from docs.executed import executed_pages
from ransel.outcomes.published import published_tables
from ransel.outcomes.tolerability import Verdict
from ransel.pharmacokinetics.parameters.parameter_shelf import ParameterShelf

MODELS = {kind for model in comparison_parts.MODELS for kind in file_keys.models_in(model)}
REFERENCE = reference_pages.HERE / "reference"


@pytest.mark.parametrize("model", sorted(MODELS, key=lambda one: one.__name__), ids=lambda one: one.__name__)
def test_every_key_of_a_file_has_a_sentence_and_every_sentence_a_key(model):
    assert {key for key, _, _ in file_keys.keys_of(model)} == set(comparison_parts.WORDS[model.__name__])


def test_no_sentence_describes_a_table_that_is_gone():
    assert set(comparison_parts.WORDS) == {model.__name__ for model in MODELS}


def test_every_parameter_set_is_shown_with_what_it_must_not_be_used_for():
    text = (REFERENCE / "parameter-set-file.md").read_text(encoding="utf-8")
    shelf = ParameterShelf()
    assert all(f"| `{name}` |" in text for name in shelf.ids())
    barred = [one for name in shelf.ids() for one in shelf.parameters(name).refuses]
    assert barred
    assert all(f"{one.product} ({one.substance})" in text for one in barred)


def test_the_table_of_verdicts_has_a_row_for_every_term_and_calls_a_doubt_a_doubt():
    rows = comparison_parts.verdicts().splitlines()[2:]
    table = published_tables()[0]
    assert [row.split("|")[1].strip() for row in rows] == [term.title.en for term in table.terms]
    shown = {row.split("|")[1].strip(): row for row in rows}
    assert "of 171" in shown["granulocytes"]
    assert "close to the line" in shown["granulocytes"]
    assert "all counts" not in shown["granulocytes"]
    assert {one.value for one in Verdict} >= {"fewer", "more"}


def test_the_page_that_shows_how_to_compare_is_run_and_says_what_must_stand_first():
    page = reference_pages.HERE / "how-to" / "compare-old-with-new.md"
    assert page in executed_pages()
    assert "cannot be confirmed" in page.read_text(encoding="utf-8")


def test_every_number_of_the_burden_setting_is_listed_with_its_mark():
    text = (REFERENCE / "burden-setting-file.md").read_text(encoding="utf-8")
    assert comparison_parts.burden_numbers() in text
    assert comparison_parts.burden_numbers().count("| A |") > 10
