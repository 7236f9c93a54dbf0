"""A protocol file may be wrong or hostile: it is refused in words, never half used."""

import pytest
from prescribing.cases import LONG, codes, refusals

from ransel.evidence import Sourced
from ransel.language import LANGUAGES, Refused
from ransel.protocols import Library, Protocol
from ransel.protocols.reading import LARGEST_FILE
from ransel.protocols.shelf import sourced_values

HEAD = f'extends = "{LONG}"\nid = "mine"\nversion = "1"\n'
GROUND = 'confidence = "A", note = "for a test"'


def complaints(folder, text):
    """Everything that is refused about a protocol of a hospital's own; the shelf stays usable."""
    path = folder / "mine.toml"
    path.write_bytes(text if isinstance(text, bytes) else text.encode())
    shelf = Library(folder)
    found = refusals(shelf.check, path)
    assert all(one.text(language) for one in found for language in LANGUAGES)
    assert isinstance(shelf.protocol(LONG), Protocol)
    return codes(found)


# the product


@pytest.mark.hazard("HZ-004")
@pytest.mark.parametrize(
    "product",
    [
        'name = "Unituxin"',
        'name = "Unituxin"\nsubstance = "dinutuximab"',
        'name = "unituxin 17.5 mg"',
        'substance = "dinutuximab"',
        f'strength = {{ value = "3.5 mg/mL", {GROUND} }}',
        f'strength = {{ value = "45 mg/mL", {GROUND} }}',
    ],
)
def test_a_product_that_passes_for_another_is_refused(tmp_path, product):
    assert set(complaints(tmp_path, f"{HEAD}[product]\n{product}\n")) == {"product.confused"}


@pytest.mark.hazard("HZ-004")
def test_the_two_products_differ_in_substance_and_strength_on_the_shelf():
    products = Library().products
    facts = {name: (one["substance"], one["strength"]) for name, one in products.items()}
    assert facts["Qarziba"] == ("dinutuximab beta", "4.5 mg/mL")
    assert facts["Unituxin"] == ("dinutuximab", "3.5 mg/mL")


# numbers without a ground


@pytest.mark.hazard("HZ-028")
@pytest.mark.parametrize(
    ("ground", "code"),
    [
        ('confidence = "S"', "sourced.no-source"),
        ('source = "", confidence = "R+"', "sourced.no-source"),
        ('confidence = "A"', "sourced.assumption-without-note"),
        ('source = "WIKI", confidence = "S"', "source.unknown"),
        ('source = "FIELD", confidence = "S"', "source.not-seen"),
        ('source = "CHU", confidence = "sure"', "key.choice"),
        ('source = "CHU"', "key.missing"),
        ('source = "CHU", confidence = "G"', "sourced.given-in-file"),
    ],
)
def test_a_number_without_a_ground_that_bears_it_is_refused(tmp_path, ground, code):
    vial = f'{HEAD}[product]\nvial = {{ value = "4.5 mL", {ground} }}\n'
    assert complaints(tmp_path, vial) == [code]


@pytest.mark.hazard("HZ-028")
@pytest.mark.parametrize("name", Library().ids())
def test_every_number_of_every_protocol_says_where_it_comes_from(name):
    values = list(sourced_values(Library().protocol(name)))
    assert len(values) > 30
    assert all(isinstance(one, Sourced) and (one.source or one.note) for _, one in values)


# slips


@pytest.mark.hazard("HZ-030")
@pytest.mark.parametrize("value", ["0 mL", "-240 mL", "24 mL", "2400 mL", "240 mg", "240"])
def test_a_slip_in_the_delivered_volume_is_refused(tmp_path, value):
    option = f'{HEAD}[containers.options.cassettes]\ndelivers = {{ value = "{value}", {GROUND} }}\n'
    assert complaints(tmp_path, option)


@pytest.mark.hazard("HZ-030")
@pytest.mark.hazard("HZ-024")
def test_a_rate_that_is_not_the_rate_on_the_label_of_the_product_is_refused(tmp_path):
    option = f'{HEAD}[containers.options.cassettes]\nlasts = {{ value = "5 h", {GROUND} }}\n'
    assert "container.rate-differs" in complaints(tmp_path, option)


@pytest.mark.hazard("HZ-030")
@pytest.mark.parametrize("dose", ["0 mg/m2/day", "-10 mg/m2/day", "10 mg/m2", "10 mg", "10,0 mg/m2/day", "10"])
def test_a_dose_that_is_no_dose_is_refused(tmp_path, dose):
    rule = f'[[dose.rules]]\nid = "area"\ntitle = {{ en = "a", nl = "a" }}\nsteps = [{{ per = {{ value = "{dose}", '
    assert complaints(tmp_path, f"{HEAD}{rule}{GROUND} }} }}]\n")


@pytest.mark.hazard("HZ-030")
@pytest.mark.parametrize(
    "dose", ["100 mg/m2/day", "10 ug/m2/day", "10 mg/m2/h", "10.1 mg/m2/day", "4.9 mg/m2/day", "3.3 mg/kg/day"]
)
def test_a_course_that_is_not_that_of_the_label_is_refused(tmp_path, dose):
    rule = f'[[dose.rules]]\nid = "area"\ntitle = {{ en = "a", nl = "a" }}\nsteps = [{{ per = {{ value = "{dose}", '
    assert complaints(tmp_path, f"{HEAD}{rule}{GROUND} }} }}]\n") == ["dose.outside-label"]


# a home course needs a ground


@pytest.mark.hazard("HZ-014")
@pytest.mark.parametrize("ground", ["", 'approved_by = "A. Visser"\n', 'local_protocol = "Home infusion 3"\n'])
def test_a_protocol_for_home_names_its_local_protocol_and_who_approved_it(tmp_path, ground):
    assert complaints(tmp_path, f"{HEAD}[use]\nat_home = true\n{ground}") == ["protocol.home-without-ground"]


# hostile files


@pytest.mark.hazard("HZ-029")
@pytest.mark.parametrize(
    "text",
    [
        b"\xff\xfe",
        b"id = 'mine'\x00",
        "id = ",
        "a = " + "[" * 3000 + "]" * 3000,
        "a = " + "[" * 100_000,
        "a." * 5000 + "a = 1",
        "a = " + "9" * 5000,
        "# " + "x" * (LARGEST_FILE + 1),
        'extends = "mine"\nid = "mine"\n',
        'extends = "../../../../etc/passwd"\n',
        "extends = 1\n",
        f'{HEAD}[course]\ninfusions = {{ value = 1000000000, source = "CHU", confidence = "S" }}\n',
        f'{HEAD}[course]\ninfusions = {{ value = true, source = "CHU", confidence = "S" }}\n',
        f'{HEAD}[course]\ninfusion = {{ value = "0 h", source = "CHU", confidence = "S" }}\n',
        f'{HEAD}[containers.options.cassettes]\nlasts = {{ value = "0 h", source = "CHU", confidence = "S" }}\n',
        f'{HEAD}[product]\nstrength = {{ value = "0 mg/mL", source = "CHU", confidence = "S" }}\n',
        f"{HEAD}surprise = 1\n",
        f'{HEAD}abstract = "yes"\n',
    ],
    ids=range(18),
)
def test_a_hostile_file_is_refused_in_words_and_nothing_else_happens(tmp_path, text):
    assert complaints(tmp_path, text)


@pytest.mark.hazard("HZ-029")
def test_a_file_of_the_hospital_cannot_take_the_name_of_a_protocol_of_the_package(tmp_path):
    (tmp_path / f"{LONG}.toml").write_text(f'extends = "{LONG}"\nid = "{LONG}"\nversion = "1"\n', encoding="utf-8")
    with pytest.raises(Refused) as caught:
        Library(tmp_path).protocol(LONG)
    assert codes(caught.value.refusals) == ["library.name-taken"]


@pytest.mark.hazard("HZ-029")
def test_a_value_that_is_replaced_does_not_keep_the_source_of_the_old_one(tmp_path):
    vial = '[product]\nvial = { value = "9 mL" }\n'
    assert complaints(tmp_path, f"{HEAD}{vial}") == ["key.missing"]
