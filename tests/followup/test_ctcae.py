"""The list of side effects: its version and sources, its names, and what a file of it may not say."""

import re

import pytest

from ransel.evidence import Confidence
from ransel.followup.ctcae import FILE, ctcae, read_ctcae
from ransel.language import Refused
from ransel.protocols import Library
from ransel.protocols.shelf import sourced_values


def changed(tmp_path, before, after):
    text = FILE.read_text(encoding="utf-8")
    assert before in text
    path = tmp_path / "ctcae.toml"
    path.write_text(text.replace(before, after, 1), encoding="utf-8")
    return path


def test_the_version_and_its_source_are_there():
    assert ctcae().version == "5.0"
    assert ctcae().source in Library().sources


def test_every_number_is_sourced_and_only_limits_of_slips_are_assumed():
    for path, value in sourced_values(ctcae()):
        assert value.source in Library().sources or value.confidence is Confidence.ASSUMED, path
        assert (value.confidence is Confidence.ASSUMED) == path.endswith((".least", ".most")), path


def test_terms_that_were_signed_before_keep_their_names():
    """Entries in charts carry these names; one that is renamed would be counted under 'other'."""
    for name in ("Pain", "Fever", "Hypotension", "Allergic reaction", "Capillary leak syndrome", "Diarrhea", "Nausea",
                 "Vomiting", "Cough", "Urticaria", "Fatigue"):  # fmt: skip
        assert ctcae().term(name).name == name


def test_a_list_that_was_signed_is_never_changed():
    assert [term.id for term in ctcae().listed("2026.1")] == [
        "pain", "fever", "hypotension", "allergic-reaction", "anaphylaxis", "infusion-reaction",
        "cytokine-release-syndrome", "capillary-leak-syndrome", "urticaria", "diarrhea", "nausea", "vomiting", "cough",
        "fatigue", "neuralgia", "motor-neuropathy", "sensory-neuropathy", "blurred-vision",
        "vascular-access-complication",
    ]  # fmt: skip
    assert list(ctcae().listed("unknown")) == []


def test_titles_are_lower_case_words_in_both_languages():
    for term in ctcae().terms:
        for title in (term.title.en, term.title.nl):
            assert re.match(r"[a-z]|ALT|AST|ALAT|ASAT", title), title


@pytest.mark.parametrize(("before", "after", "code"), [
    ('list = "2026.1"', 'list = "2031.1"', "ctcae.unknown-list"),
    ('  "fatigue",\n', '  "homesick",\n', "ctcae.unknown-term"),
    ('name = "Cough"', 'name = "Nausea"', "ctcae.term-twice"),
    ('value = "39 °C"', 'value = "41 °C"', "ctcae.steps-out-of-order"),
    ('value = "40 °C"', 'value = "40 mL"', "quantity.other-kind"),
    ("to = 4, longer_than", 'to = 4, when = "symptoms", longer_than', "ctcae.raise-asks-one-thing"),
])  # fmt: skip
def test_a_file_that_is_not_right_is_refused(tmp_path, before, after, code):
    with pytest.raises(Refused) as refused:
        read_ctcae(changed(tmp_path, before, after))
    assert code in {one.code for one in refused.value.refusals}
