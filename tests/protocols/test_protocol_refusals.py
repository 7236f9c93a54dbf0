"""What is wrong with a protocol file is said with the file, the key, the value and the remedy, in both languages."""

import re

import pytest

from ransel.language import LANGUAGES, Refused
from ransel.protocols import Library
from ransel.protocols.reading import LARGEST_FILE, MOST_COMPLAINTS, place_of

OURS = 'confidence = "A", note = "ours"'
HEAD = 'extends = "dinutuximab-beta-10x24h"\nid = "own"\n'
NOT_FOR_PEOPLE = re.compile(
    r"pydantic|Input should|validation error|_type|_parsing|Traceback|fromisoformat|Expected '|Invalid |Message\("
)

RULE = '[[dose.rules]]\nid = "x"\ntitle = { en = "x", nl = "x" }\n'
CRITERION = '[[criteria]]\nid = "x"\ntitle = { en = "x", nl = "x" }\nunit = "/uL"\n'
BAND = (
    'height = { least = "35 cm", low = "48 cm", high = "82 cm", most = "95 cm" }, '
    'weight = { least = "9 kg", low = "3 kg", high = "13 kg", most = "18 kg" }'
)
OPTION = """[containers]
default = "mine"
[containers.options.mine]
title = { en = "mine", nl = "de mijne" }
kind = "cassette"
size = { value = "250 mL", OURS }
fill = { value = "FILL", OURS }
delivers = { value = "DELIVERS", OURS }
lasts = { value = "LASTS", OURS }
label_rate = { value = "2 mL/h", source = "BR", confidence = "S" }
stability = "STABILITY"
pump = "cassette"
"""

# what is wrong: the key, what the file says there, the code of the refusal, the place under the key, the value shown
VALUES = {
    "a misspelt key": ("course.courses", '{ value = 5, surce = "CHU" }', "key.unknown", "surce", "source"),
    "a wrong unit": ("course.infusion", '{ value = "9 mL", OURS }', "quantity.other-kind", "value", "9 mL"),
    "an unknown unit": ("course.infusion", '{ value = "9 hrs", OURS }', "unit.unknown", "value", "hrs"),
    "no unit": ("course.infusion", '{ value = "9", OURS }', "quantity.no-unit", "value", "9"),
    "a decimal comma": ("course.infusion", '{ value = "2,5 h", OURS }', "number.comma", "value", "2,5 h"),
    "a bare number": ("course.infusion", "{ value = 240, OURS }", "quantity.not-text", "value", "240"),
    "not a number": ("course.infusion", "{ value = nan, OURS }", "quantity.not-text", "value", "nan"),
    "no end": ("course.infusion", "{ value = inf, OURS }", "quantity.not-text", "value", "inf"),
    "a table for a value": ("course.infusion", "{ value = { h = 9 }, OURS }", "quantity.not-text", "value", "h"),
    "no ground": ("course.courses", "5", "key.invalid", "", "5"),
    "no confidence": ("course.courses", '{ value = 5, source = "CHU" }', "key.missing", "confidence", ""),
    "no such confidence": ("course.courses", '{ value = 5, confidence = "X" }', "key.choice", "confidence", "X"),
    "no source": ("course.courses", '{ value = 5, confidence = "S" }', "sourced.no-source", "source", ""),
    "no reason": ("course.courses", '{ value = 5, confidence = "A" }', "sourced.assumption-without-note", "note", ""),
    "an empty reason": (
        "course.courses",
        '{ value = 5, confidence = "A", note = " " }',
        "sourced.assumption-without-note",
        "note",
        "",
    ),
    "an unknown source": (
        "course.courses",
        '{ value = 5, source = "BOOK", confidence = "S" }',
        "source.unknown",
        "source",
        "BOOK",
    ),
    "a recalled number called read": (
        "course.courses",
        '{ value = 5, source = "FIELD", confidence = "S" }',
        "source.not-seen",
        "confidence",
        "S",
    ),
    "a number called given": (
        "course.courses",
        '{ value = 5, source = "CHU", confidence = "G" }',
        "sourced.given-in-file",
        "confidence",
        "G",
    ),
    "half a course": ("course.courses", "{ value = 2.5, OURS }", "key.invalid", "value", "2.5"),
    "a number as text": ("course.courses", '{ value = "5", OURS }', "key.invalid", "value", "5"),
    "true for a number": ("course.courses", "{ value = true, OURS }", "key.invalid", "value", "true"),
    "no courses": ("course.courses", "{ value = 0, OURS }", "key.invalid", "value", "0"),
    "more courses than anyone has": ("course.courses", "{ value = 5000, OURS }", "key.invalid", "value", "5000"),
    "no length": ("course.infusion", '{ value = "0 h", OURS }', "protocol.not-above-zero", "value", "0 h"),
    "a negative margin": (
        "handling.change_margin",
        '{ value = "-1 h", OURS }',
        "quantity.negative",
        "value",
        "-1 h",
    ),
    "a pump without a bound": (
        "pumps.cassette.flow_error",
        '{ value = "100 %", OURS }',
        "pump.flow-error",
        "value",
        "100 %",
    ),
    "no ages": ("bounds.by_age", "{ value = [], OURS }", "bounds.ages", "value", ""),
    "ages that fall": (
        "bounds.by_age",
        f"{{ value = [{{ from_age = -1, {BAND} }}], OURS }}",
        "key.invalid",
        "value.0.from_age",
        "-1",
    ),
    "bounds that fall": (
        "bounds.by_age",
        f"{{ value = [{{ from_age = 0, {BAND} }}], OURS }}",
        "bounds.order",
        "value.0.weight",
        "",
    ),
}

# what is wrong: what the file adds, the code of the refusal, the key, the value shown
ADDED = {
    "an unknown key": ('verison = "1"', "key.unknown", "verison", "version"),
    "an unknown table": ("[extra]\na = 1", "key.unknown", "extra", ""),
    "another schema": ('schema = "ransel/protocol/9"', "key.choice", "schema", "ransel/protocol/9"),
    "a status that is none": ('status = "live"', "key.choice", "status", "live"),
    "a date for a text": ("version = 2027-01-01", "key.invalid", "version", "2027-01-01"),
    "a number for a text": ("version = 2026.1", "key.invalid", "version", "2026.1"),
    "an empty text": ('version = " "', "key.invalid", "version", " "),
    "a text for a table": ('course = "five times"', "key.invalid", "course", "five times"),
    "a text for a list": ('criteria = "none"', "key.invalid", "criteria", "none"),
    "a text for a date": ('[use]\napproved_on = "in May"', "key.invalid", "use.approved_on", "in May"),
    "a text for yes or no": ('[use]\nat_home = "yes"', "key.invalid", "use.at_home", "yes"),
    "a word in one language": ('[title]\nen = "ours"', "key.missing", "title.nl", ""),
    "an unknown default": ('[containers]\ndefault = "barrel"', "container.unknown", "containers.default", "barrel"),
    "overlap": (
        'course.covers = { value = "9 h", OURS }',
        "protocol.infusions-overlap",
        "course.infusion.value",
        "240 h",
    ),
    "no dose rule": ("[dose]\nrules = []", "key.invalid", "dose.rules", ""),
    "a dose in millilitres": ('[dose]\nunit = "mL"', "quantity.other-kind", "dose.unit", "mL"),
    "no way of rounding": ('[dose]\ndaily_rounding = "up"', "rounding.unreadable", "dose.daily_rounding", "up"),
    "an area in milligrams": (
        '[dose]\nsurface_rounding = "up 1 mg"',
        "quantity.other-kind",
        "dose.surface_rounding",
        "1 mg",
    ),
    "a dose that is no dose": (
        RULE + 'steps = [{ per = { value = "5 mL", OURS } }]',
        "quantity.other-kind",
        "dose.rules.0.steps.0.per.value",
        "5 mL",
    ),
    "a step without an end": (
        RULE + 'steps = [{ per = { value = "5 mg/day", OURS } }, { per = { value = "9 mg/day", OURS } }]',
        "dose.step-without-end",
        "dose.rules.0.steps.0.lasts",
        "x",
    ),
    "a criterion without a threshold": (CRITERION, "criterion.not-one-threshold", "criteria.0.id", "x"),
    "a criterion in another unit": (
        CRITERION + 'above = { value = "8 g/dL", OURS }',
        "quantity.other-kind",
        "criteria.0.unit",
        "/uL",
    ),
    "the same criterion twice": (
        2 * (CRITERION + 'above = { value = "8 /uL", OURS }\n'),
        "protocol.id-twice",
        "criteria.1.id",
        "x",
    ),
    "home without a ground": (
        "[use]\nat_home = true",
        "protocol.home-without-ground",
        "use.local_protocol",
        "",
    ),
    "home without an approver": (
        '[use]\nat_home = true\nlocal_protocol = "ours"\napproved_by = " "',
        "protocol.home-without-ground",
        "use.local_protocol",
        "",
    ),
    "abstract": ("abstract = true", "protocol.abstract", "", "own"),
    "abstract in words": ('abstract = "false"', "key.invalid", "abstract", "false"),
    "replaced by nothing": ('replaced_by = "newer"', "protocol.unknown", "replaced_by", "newer"),
}

# what is wrong: what the option says otherwise, the code of the refusal, the place in the option, the value shown
OPTIONS = {
    "an overfull container": ({"FILL": "260 mL"}, "container.overfull", "fill.value", "260 mL"),
    "more given than held": (
        {"DELIVERS": "251 mL"},
        "container.delivers-more-than-it-holds",
        "delivers.value",
        "251 mL",
    ),
    "another rate than the label's": ({"LASTS": "96 h"}, "container.rate-differs", "label_rate.value", "2 mL/h"),
    "a container that lasts no time": ({"LASTS": "0 h"}, "protocol.not-above-zero", "lasts.value", "0 h"),
    "a negative fill": ({"FILL": "-5 mL"}, "protocol.not-above-zero", "fill.value", "-5 mL"),
    "no such stability": ({"STABILITY": "bucket"}, "protocol.dangling", "stability", "bucket"),
    "no such kind": ({'"cassette"': '"keg"'}, "key.choice", "kind", "keg"),
    "a strange name": ({"options.mine": 'options."My bag"'}, "key.invalid", "", "My bag"),
}

# what is wrong: the whole file, the code of the refusal, the key, the value shown
WHOLE = {
    "a missing table": ('id = "own"\nschema = "ransel/protocol/1"\n', "key.missing", "course", ""),
    "a missing schema": ('id = "own"\n', "key.missing", "schema", ""),
    "an id with capitals": (HEAD.replace("own", "Own"), "key.invalid", "id", "Own"),
    "an id that is not the file": (HEAD.replace("own", "other"), "protocol.id-is-not-file-name", "id", "other"),
    "extends nothing": ('extends = "nothing"\nid = "own"\n', "protocol.extends-unknown", "extends", "nothing"),
    "extends itself": ('extends = "own"\nid = "own"\n', "protocol.extends-itself", "extends", "own"),
    "extends a list": ('extends = ["a", { b = 1 }]\n', "key.invalid", "extends", "a"),
    "extends a table": ("[extends]\na = 1\n", "key.invalid", "extends", "{a}"),
    "no value": ("id = \n", "file.not-toml", "", ""),
    "a text that never ends": ('id = "own', "file.not-toml", "", ""),
    "a key that stands twice": ('id = "own"\nid = "own"\n', "file.not-toml", "", ""),
}


def option(changes):
    text = OPTION
    standard = {"FILL": "250 mL", "DELIVERS": "240 mL", "LASTS": "120 h", "STABILITY": "bag"}
    for old, new in (*changes.items(), *standard.items()):
        text = text.replace(old, new, 1)
    return text


def broken_files():
    for name, (key, value, code, place, shown) in VALUES.items():
        yield name, f"{HEAD}{key} = {value}\n", code, f"{key}.{place}".rstrip("."), shown
    for name, (text, code, key, shown) in ADDED.items():
        yield name, f"{HEAD}{text}\n", code, key, shown
    for name, (changes, code, place, shown) in OPTIONS.items():
        named = "My bag" if "My bag" in shown else "mine"
        yield name, HEAD + option(changes), code, f"containers.options.{named}.{place}".rstrip("."), shown
    for name, (text, code, key, shown) in WHOLE.items():
        yield name, text, code, key, shown


BROKEN = {name: (text.replace("OURS", OURS), *rest) for name, text, *rest in broken_files()}


def complaints(path):
    with pytest.raises(Refused) as refused:
        Library(path.parent).check(path)
    return refused.value.refusals


@pytest.mark.parametrize(("text", "code", "key", "value"), BROKEN.values(), ids=BROKEN)
def test_a_broken_file_is_refused_with_file_key_value_and_remedy(tmp_path, text, code, key, value):
    path = tmp_path / "own.toml"
    path.write_text(text, encoding="utf-8")
    found = complaints(path)
    place = f"{place_of(path)}.{key}".rstrip(".")
    (refusal,) = [one for one in found if (one.code, one.field) == (code, place)]
    for language in LANGUAGES:
        sentence = refusal.text(language)
        assert "own.toml" in sentence
        assert key in sentence
        assert value in sentence
        assert refusal.remedy.text(language) in sentence
        assert not NOT_FOR_PEOPLE.search(sentence), sentence
    assert refusal.text("en") != refusal.text("nl")


def test_the_table_of_broken_files_reaches_every_kind_of_check():
    assert len(BROKEN) > 70
    assert len({code for _, code, _, _ in BROKEN.values()}) > 35


def test_all_that_is_wrong_is_said_at_once(tmp_path):
    path = tmp_path / "own.toml"
    path.write_text(HEAD + 'status = "live"\nversion = 5\n[course.courses]\nvalue = "x"\n', encoding="utf-8")
    assert {one.field.rpartition(".toml.")[2] for one in complaints(path)} == {
        "status",
        "version",
        "course.courses.value",
        "course.courses.confidence",
    }


def test_a_file_full_of_mistakes_does_not_bury_its_reader(tmp_path):
    path = tmp_path / "own.toml"
    path.write_text(HEAD + "".join(f"k{number} = 1\n" for number in range(3 * MOST_COMPLAINTS)), encoding="utf-8")
    assert len(complaints(path)) == MOST_COMPLAINTS


def test_a_misspelt_key_is_answered_with_the_right_one(tmp_path):
    path = tmp_path / "own.toml"
    path.write_text(HEAD + '[handling]\nchange_mrgin = "30 min"\n', encoding="utf-8")
    (refusal,) = complaints(path)
    assert refusal.values["suggestion"] == "change_margin"


def test_an_expectation_is_put_in_the_words_of_the_reader(tmp_path):
    path = tmp_path / "own.toml"
    path.write_text(HEAD + "version = 5\n", encoding="utf-8")
    (refusal,) = complaints(path)
    assert "'5' cannot stand here; write a text between quotes." in refusal.text("en")
    assert "'5' kan hier niet staan; schrijf een tekst tussen aanhalingstekens." in refusal.text("nl")


def test_a_long_path_does_not_push_the_key_out_of_sight(tmp_path):
    folder = tmp_path / ("a" * 100)
    folder.mkdir()
    path = folder / "own.toml"
    path.write_text(HEAD + "version = 5\n", encoding="utf-8")
    (refusal,) = complaints(path)
    assert "own.toml.version" in refusal.text()


def test_a_difference_from_the_label_is_accepted_with_a_note(tmp_path):
    path = tmp_path / "own.toml"
    changes = {"LASTS": "96 h", 'confidence = "S"': 'confidence = "S", note = "why"'}
    path.write_text(HEAD + option(changes).replace("OURS", OURS), encoding="utf-8")
    assert Library(tmp_path).check(path).containers.default == "mine"


def test_a_chain_that_goes_round_is_refused(tmp_path):
    for name, parent in (("a", "b"), ("b", "c"), ("c", "a")):
        (tmp_path / f"{name}.toml").write_text(f'extends = "{parent}"\nid = "{name}"\n', encoding="utf-8")
    assert {one.code for one in complaints(tmp_path / "a.toml")} == {"protocol.extends-itself"}


def test_a_chain_that_is_too_deep_is_refused(tmp_path):
    for number in range(12):
        (tmp_path / f"p{number}.toml").write_text(f'extends = "p{number + 1}"\nid = "p{number}"\n', encoding="utf-8")
    (tmp_path / "p12.toml").write_text(HEAD.replace("own", "p12"), encoding="utf-8")
    assert {one.code for one in complaints(tmp_path / "p0.toml")} == {"protocol.extends-itself"}
    assert Library(tmp_path).protocol("p8").id == "p8"


def test_a_parent_that_is_broken_is_named_itself(tmp_path):
    (tmp_path / "base.toml").write_text("id =", encoding="utf-8")
    (tmp_path / "own.toml").write_text('extends = "base"\nid = "own"\n', encoding="utf-8")
    (refusal,) = complaints(tmp_path / "own.toml")
    assert refusal.field.endswith("base.toml")


# what is no file


def test_a_file_that_is_not_there_is_refused(tmp_path):
    (refusal,) = complaints(tmp_path / "own.toml")
    assert refusal.code == "file.missing"


def test_a_folder_is_not_a_file(tmp_path):
    (tmp_path / "own.toml").mkdir()
    (refusal,) = complaints(tmp_path / "own.toml")
    assert refusal.code == "file.folder"


def test_a_file_of_another_alphabet_is_not_text(tmp_path):
    (tmp_path / "own.toml").write_bytes("titel = 'bèta'".encode("utf-16"))
    (refusal,) = complaints(tmp_path / "own.toml")
    assert refusal.code == "file.not-text"


def test_a_file_that_is_far_too_large_is_not_read(tmp_path):
    (tmp_path / "own.toml").write_bytes(b"#" * (LARGEST_FILE + 1))
    (refusal,) = complaints(tmp_path / "own.toml")
    assert (refusal.code, refusal.values["most"]) == ("file.too-large", LARGEST_FILE)


def test_the_place_of_a_mistake_in_toml_is_said_in_the_readers_language(tmp_path):
    (tmp_path / "own.toml").write_text('id = "own"\nversion = ,\n', encoding="utf-8")
    (refusal,) = complaints(tmp_path / "own.toml")
    assert "at line 2, position" in refusal.text("en")
    assert "bij regel 2, positie" in refusal.text("nl")
