"""A product never passes for another: the check goes by product, substance and strength, not by a likeness of names."""

import pytest

from ransel.language import LANGUAGES, Refused
from ransel.protocols import Library


def check(tmp_path, name, substance, strength):
    path = tmp_path / "own.toml"
    path.write_text(
        'extends = "dinutuximab-beta-10x24h"\nid = "own"\n[product]\n'
        f'name = "{name}"\nsubstance = "{substance}"\n'
        f'strength = {{ value = "{strength}", source = "EMC", confidence = "S" }}\n',
        encoding="utf-8",
    )
    return Library(tmp_path).check(path)


@pytest.mark.parametrize(
    ("name", "substance", "strength"),
    [
        ("Qarziba", "dinutuximab beta", "3.5 mg/mL"),
        ("Qarziba", "dinutuximab", "3.5 mg/mL"),
        ("Qarziba", "dinutuximab", "4.5 mg/mL"),
        ("Unituxin", "dinutuximab beta", "4.5 mg/mL"),
        ("Unituxin", "dinutuximab", "4.5 mg/mL"),
        ("QARZIBA", "dinutuximab beta", "3.5 mg/mL"),
        (" Unituxin ", "dinutuximab beta", "4.5 mg/mL"),
        ("Qarziba 20 mg", "dinutuximab", "3.5 mg/mL"),
        ("Qarziba or Unituxin", "dinutuximab beta", "4.5 mg/mL"),
        ("New", "dinutuximab  beta", "3.5 mg/mL"),
        ("New", "Dinutuximab-Bèta", "3.5 mg/mL"),
        ("New", "dinutuximab β", "3.5 mg/mL"),
        ("New", "dinutuximab gamma", "4.5 mg/mL"),
        ("New", "dinutuximab", "4.5 mg/mL"),
        ("New", "dinutuximab beta", "0.0035 g/mL"),
        ("dinutuximab", "dinutuximab beta", "4.5 mg/mL"),
        ("Dinutuximab generic", "dinutuximab beta", "4.5 mg/mL"),
        ("dinutuximab beta", "dinutuximab", "3.5 mg/mL"),
        ("Blincyto", "blinatumomab", "12.5 mg/mL"),
        ("Blincyto 38.5", "blinatumomab", "38.5 µg/mL"),
        ("Fluorouracil 50 mg/mL", "fluorouracil", "25 mg/mL"),
        ("5-FU", "fluorouracil", "100 mg/mL"),
    ],
)
def test_a_product_that_can_be_taken_for_another_is_refused(tmp_path, name, substance, strength):
    with pytest.raises(Refused) as refused:
        check(tmp_path, name, substance, strength)
    for refusal in refused.value.refusals:
        assert refusal.code == "product.confused"
        assert refusal.field.endswith("own.toml.product")
        assert refusal.value.startswith(f"{name}, {substance}, ")
        for language in LANGUAGES:
            assert str(refusal.values["name"]) in refusal.remedy.text(language)


@pytest.mark.parametrize("sign", ["\u200b", "\u202e", "\n", "\u0000"])
def test_a_name_with_an_invisible_sign_is_refused_before_it_can_pass_for_another(tmp_path, sign):
    with pytest.raises(Refused) as refused:
        check(tmp_path, f"Qar{sign}ziba", "dinutuximab beta", "3.5 mg/mL")
    assert {refusal.code for refusal in refused.value.refusals} <= {"text.control-character", "file.not-toml"}


@pytest.mark.parametrize(
    ("name", "substance", "strength"),
    [
        ("Qarziba", "dinutuximab beta", "4.5 mg/mL"),
        ("QARZIBA ", "Dinutuximab  Beta", "4.5 mg/mL"),
        ("Qarziba", "dinutuximab beta", "4500 µg/mL"),
        ("Qarziba", "dinutuximab beta", "0.0045 g/mL"),
        ("Qarziba", "dinutuximab beta", "4.5 g/L"),
        ("Unituxin", "dinutuximab", "3.5 mg/mL"),
        ("Blincyto", "blinatumomab", "0.0125 mg/mL"),
        ("Fluorouracil 25 mg/mL", "fluorouracil", "25 mg/mL"),
        ("Fluorouracil Accord", "fluorouracil", "25 mg/mL"),
        ("Besponsa", "inotuzumab ozogamicin", "0.25 mg/mL"),
    ],
)
def test_a_product_that_is_what_it_says_is_accepted_in_any_unit_and_spelling(tmp_path, name, substance, strength):
    assert check(tmp_path, name, substance, strength).product.name == name


def test_the_strength_of_a_look_alike_is_said_in_its_own_unit_and_language(tmp_path):
    with pytest.raises(Refused) as refused:
        check(tmp_path, "Blincyto", "blinatumomab", "12.5 mg/mL")
    (refusal,) = refused.value.refusals
    assert "Blincyto is blinatumomab, 12.5 µg/mL" in refusal.text("en")
    assert "Blincyto is blinatumomab, 12,5 µg/mL" in refusal.text("nl")
