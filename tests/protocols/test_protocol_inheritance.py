"""A protocol shares numbers through what it extends, and a new value never keeps the ground of an old one."""

import tomllib

import pytest

from ransel.language import Refused
from ransel.protocols import Library
from ransel.protocols.shelf import LIBRARY, merge
from ransel.quantities import Duration

SHELF = Library()
OLD = {"value": "35 days", "source": "CHU", "confidence": "S"}


def test_regimens_share_by_inheritance_what_they_do_not_say_themselves():
    dinutuximab, fluorouracil = SHELF.protocol("dinutuximab-beta-10x24h"), SHELF.protocol("fluorouracil-46h")
    assert dinutuximab.pumps["cassette"] == fluorouracil.pumps["cassette"]
    assert dinutuximab.bounds.by_age == fluorouracil.bounds.by_age
    assert dinutuximab.handling.change_margin == fluorouracil.handling.change_margin


def test_no_number_of_a_base_is_copied_into_a_regimen_that_extends_it():
    base = tomllib.loads((LIBRARY / "long-infusion.toml").read_text(encoding="utf-8"))

    def copied(inherited, own, place):
        for key, value in own.items():
            if isinstance(value, dict) and isinstance(inherited.get(key), dict):
                if value == inherited[key]:
                    yield f"{place}.{key}"
                yield from copied(inherited[key], value, f"{place}.{key}")

    for path in LIBRARY.glob("*.toml"):
        tables = tomllib.loads(path.read_text(encoding="utf-8"))
        if tables.get("extends") == "long-infusion":
            assert not list(copied(base, tables, path.stem))


def test_the_child_sees_its_own_value_and_the_parent_keeps_its_own():
    assert SHELF.protocol("dinutuximab-beta-10x24h-maxima").course.next.at_least.value == Duration("21 days")
    assert SHELF.protocol("dinutuximab-beta-10x24h").course.next.at_least.value == Duration("35 days")


@pytest.mark.parametrize(
    "new",
    [
        {"value": "25 days", "confidence": "A", "note": "ours"},
        {"value": "25 days"},
        {"confidence": "S"},
        {"confidence": "A", "note": "ours"},
        {"value": "25 days", "source": "NO"},
    ],
)
def test_a_sourced_value_is_replaced_as_a_whole(new):
    assert merge({"at_least": OLD}, {"at_least": new}) == {"at_least": new}


def test_a_note_alone_cannot_be_hung_on_an_inherited_number():
    assert merge({"at_least": OLD}, {"at_least": {"note": "checked by us"}}) == {"at_least": {"note": "checked by us"}}


def test_a_sourced_value_that_is_a_table_is_replaced_as_a_whole():
    old = {"value": {"en": "never flush", "nl": "nooit doorspoelen"}, "source": "BLF", "confidence": "S"}
    new = {"value": {"en": "flush slowly"}, "confidence": "A", "note": "ours"}
    assert merge({"line": old}, {"line": new}) == {"line": new}


def test_a_new_english_name_does_not_keep_the_old_dutch_one():
    merged = merge({"title": {"en": "old", "nl": "oud"}}, {"title": {"en": "new"}})
    assert merged == {"title": {"en": "new"}}


@pytest.mark.parametrize("value", ["text", 5, True, (), {"en": "a", "nl": "b"}])
def test_anything_but_a_table_replaces_a_table_and_the_reverse(value):
    assert merge({"course": {"courses": OLD}}, {"course": value}) == {"course": value}
    assert merge({"course": value}, {"course": {"courses": OLD}}) == {"course": {"courses": OLD}}


def test_an_option_called_value_stands_next_to_the_others():
    merged = merge({"options": {"bags": {"kind": "bag"}}}, {"options": {"value": {"kind": "syringe"}}})
    assert set(merged["options"]) == {"bags", "value"}


def test_a_list_is_replaced_as_a_whole():
    assert merge({"criteria": ({"id": "a"}, {"id": "b"})}, {"criteria": ()}) == {"criteria": ()}


def test_merging_leaves_the_inherited_tables_as_they_were():
    inherited = {"handling": {"change_at": "home"}}
    merge(inherited, {"handling": {"change_at": "ward"}})
    assert inherited == {"handling": {"change_at": "home"}}


def test_an_inherited_source_does_not_stay_with_a_new_value_in_a_file(tmp_path):
    (tmp_path / "own.toml").write_text(
        'extends = "dinutuximab-beta-10x24h"\nid = "own"\n[course.next.at_least]\nvalue = "20 days"\n', encoding="utf-8"
    )
    with pytest.raises(Refused) as refused:
        Library(tmp_path).protocol("own")
    assert [(refusal.code, refusal.field.rpartition(".toml.")[2]) for refusal in refused.value.refusals] == [
        ("key.missing", "course.next.at_least.confidence")
    ]
