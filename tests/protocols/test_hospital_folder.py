"""A hospital's own folder: its protocols, its sources, its settings, with the same checks as those of the package."""

from pathlib import Path

import pytest

from ransel.language import LANGUAGES, Refused
from ransel.protocols import Library
from ransel.protocols.shelf import LIBRARY
from ransel.quantities import Duration, Volume

EXAMPLE = Path(__file__).parents[2] / "examples" / "hospital"
HEAD = 'extends = "dinutuximab-beta-10x24h"\nid = "own"\n'


def refusals(action):
    with pytest.raises(Refused) as refused:
        action()
    return refused.value.refusals


def test_the_example_hospital_changes_what_it_names_and_keeps_the_rest():
    library = Library(EXAMPLE)
    own, base = library.protocol("dinutuximab-beta-10x24h-example"), library.protocol("dinutuximab-beta-10x24h-maxima")
    assert own.course.next.at_least.value == Duration("25 days")
    assert own.pumps["cassette"].priming.value == Volume("3.5 mL")
    assert own.use.at_home
    assert "synthetic" in own.use.local_protocol
    assert "synthetic" in own.use.approved_by
    assert (own.product, own.dose, own.containers) == (base.product, base.dose, base.containers)


def test_the_example_hospital_has_its_own_settings_and_says_that_it_does_not_exist():
    assert "synthetic" in Library(EXAMPLE).site.name
    assert Library(EXAMPLE).site != Library().site


def test_a_folder_without_settings_gets_those_of_the_package(tmp_path):
    assert Library(tmp_path).site == Library().site


def test_the_protocols_of_the_package_stay_next_to_those_of_the_hospital():
    assert set(Library(EXAMPLE).ids()) == {*Library().ids(), "dinutuximab-beta-10x24h-example"}


def test_a_folder_that_is_not_there_is_refused(tmp_path):
    (refusal,) = refusals(Library(tmp_path / "nowhere").ids)
    assert (refusal.code, refusal.field) == ("library.no-folder", "RANSEL_PROTOCOLS")


@pytest.mark.parametrize("taken", ["dinutuximab-beta-10x24h", "long-infusion", "dinutuximab-beta"])
def test_a_hospital_cannot_take_the_name_of_a_regimen_or_of_a_base(tmp_path, taken):
    (tmp_path / f"{taken}.toml").write_text((LIBRARY / f"{taken}.toml").read_text(encoding="utf-8"), encoding="utf-8")
    library = Library(tmp_path)
    (refusal,) = refusals(lambda: library.protocol("dinutuximab-beta-10x24h"))
    assert (refusal.code, refusal.value) == ("library.name-taken", taken)
    assert all(taken in refusal.text(language) for language in LANGUAGES)


def test_a_file_checked_from_outside_cannot_take_a_name_either(tmp_path):
    path = tmp_path / "dinutuximab-beta-10x24h.toml"
    path.write_text((LIBRARY / path.name).read_text(encoding="utf-8"), encoding="utf-8")
    (refusal,) = refusals(lambda: Library().check(path))
    assert (refusal.code, refusal.value) == ("library.name-taken", "dinutuximab-beta-10x24h")


def test_an_unknown_protocol_is_answered_with_those_that_can_be_used():
    (refusal,) = refusals(lambda: Library().protocol("dinutuximab"))
    assert refusal.code == "protocol.unknown"
    for language in LANGUAGES:
        assert "dinutuximab-beta-10x24h-maxima" in refusal.text(language)
        assert "long-infusion" not in refusal.text(language)


# sources


def write(folder, name, text):
    (folder / name).write_text(text, encoding="utf-8")


def test_a_hospital_may_cite_its_own_source(tmp_path):
    write(tmp_path, "sources.toml", '[OURS]\ntitle = "our book"\naddress = "archive 1"\nseen = "2027-01"\n')
    write(tmp_path, "own.toml", HEAD + '[course.courses]\nvalue = 5\nsource = "OURS"\nconfidence = "S"\n')
    assert Library(tmp_path).protocol("own").course.courses.source == "OURS"


def test_a_hospital_cannot_give_a_code_of_the_package_another_meaning(tmp_path):
    write(tmp_path, "sources.toml", '[FIELD]\ntitle = "our book"\naddress = "archive 1"\nseen = "2027-01"\n')
    write(tmp_path, "own.toml", HEAD)
    (refusal,) = refusals(lambda: Library(tmp_path).protocol("own"))
    assert (refusal.code, refusal.value) == ("source.taken", "FIELD")


@pytest.mark.parametrize(
    ("text", "code", "key"),
    [
        ('[OURS]\ntitle = "our book"\nseen = "2027"\n', "key.missing", "OURS.address"),
        ('[OURS]\ntitle = " "\naddress = "a"\nseen = "2027"\n', "key.invalid", "OURS.title"),
        ('OURS = "our book"\n', "key.invalid", "OURS"),
    ],
)
def test_a_source_must_say_where_it_is_found(tmp_path, text, code, key):
    write(tmp_path, "sources.toml", text)
    write(tmp_path, "own.toml", HEAD)
    (refusal,) = refusals(lambda: Library(tmp_path).protocol("own"))
    assert refusal.code == code
    assert refusal.field.endswith(f"sources.toml.{key}")


def test_a_hospital_cannot_change_what_a_product_is(tmp_path):
    write(tmp_path, "products.toml", '[Qarziba]\nsubstance = "dinutuximab beta"\nstrength = "9 mg/mL"\n')
    ground = '{ value = "9 mg/mL", source = "EMC", confidence = "S" }'
    write(tmp_path, "own.toml", f"{HEAD}[product]\nstrength = {ground}\n")
    (refusal,) = refusals(lambda: Library(tmp_path).protocol("own"))
    assert refusal.code == "product.confused"


# settings


SITE = (LIBRARY / "site.toml").read_text(encoding="utf-8")


@pytest.mark.parametrize(
    ("old", "new", "code", "key"),
    [
        ('"Europe/Amsterdam"', '"Mars/Phobos"', "site.no-time-zone", "time_zone"),
        ('"Europe/Amsterdam"', '"../Amsterdam"', "site.no-time-zone", "time_zone"),
        ('holidays_of = "NL"', 'holidays_of = "Nederland"', "key.invalid", "holidays_of"),
        ('"0040000000001"', '"12"', "key.invalid", "label.restricted_circulation_number"),
        ('opens = "08:30"', 'opens = "half nine"', "opening.no-time", "opening.value.telephone.0.opens"),
        ('opens = "08:30"', 'opens = "08:30+02:00"', "opening.no-time", "opening.value.telephone.0.opens"),
        ('opens = "08:30"', 'opens = "18:30"', "opening.closes-first", "opening.value.telephone.0.closes"),
        ("telephone = [{", "basement = [{", "key.choice", "opening.value.basement"),
        ('"BE17"', '"SHOP"', "source.unknown", "pharmacy.vial_price_euro.Qarziba.source"),
        ("value = false", 'value = "no"', "key.invalid", "pharmacy.aseptic_storage_validated.value"),
        ("closed_on = []", 'closed_on = ["May"]', "key.invalid", "closed_on.0"),
        ('schema = "ransel/site/1"', "", "key.missing", "schema"),
    ],
)
def test_broken_settings_are_refused_with_file_key_and_remedy(tmp_path, old, new, code, key):
    assert SITE.count(old) >= 1
    write(tmp_path, "site.toml", SITE.replace(old, new))
    found = refusals(lambda: Library(tmp_path).site)
    (refusal,) = [one for one in found if one.code == code]
    assert refusal.field.endswith(f"site.toml.{key}")
    assert refusal.text("en") != refusal.text("nl")
