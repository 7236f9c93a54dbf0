"""Whatever lies in a folder of protocols, a reader gets a refusal, never an error of the program, and never waits."""

import os
import tomllib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ransel.language import LANGUAGES, Refused
from ransel.protocols import Library
from ransel.protocols.reading import LARGEST_FILE, MOST_DOTS_IN_A_LINE
from ransel.protocols.shelf import LIBRARY, NOT_PROTOCOLS, merge

REGIMENS = [path for path in sorted(LIBRARY.glob("*.toml")) if path.name not in NOT_PROTOCOLS]
TABLES = [tomllib.loads(path.read_text(encoding="utf-8")) for path in REGIMENS]


def outcome(path):
    """Check a file; everything but a refusal with a sentence in each language is a defect."""
    try:
        return Library(path.parent).check(path)
    except Refused as refused:
        for refusal in refused.refusals:
            assert all(refusal.text(language) for language in LANGUAGES)
        return refused


HOSTILE = {
    "empty": b"",
    "a null byte": b"id = \0",
    "not UTF-8": b"\xff\xfe\xfa",
    "a byte order mark": b"\xef\xbb\xbfid = 'own'",
    "lists in lists": b"a = " + b"[" * 50_000,
    "closed lists in lists": b"a = " + b"[" * 300 + b"]" * 300,
    "tables in tables": b"a = " + b"{b = " * 20_000,
    "a key of many parts": b".".join([b"a"] * (MOST_DOTS_IN_A_LINE - 1)) + b" = 1",
    "a key of far too many parts": b".".join([b"a"] * 90_000) + b" = 1",
    "many headings of many parts": b"\n".join(b"[" + b".".join([b"a%d" % n] * 90) + b"]" for n in range(400)),
    "a number too long to write": b"version = 0x" + b"f" * 100_000,
    "a number too long to read": b"version = " + b"9" * 100_000,
    "a list of long numbers": b"version = [0x" + b"f" * 10_000 + b"]",
    "a long key": b"a" * 150_000 + b" = 1",
    "thousands of keys": b"".join(b"a%d = 1\n" % n for n in range(15_000)),
    "a key without a name": b"'' = 1",
    "a key that looks like a place": b"'course.courses' = 1\n'function-after' = 1",
    "an id out of the folder": b"id = '../own'",
    "extends out of the folder": b"extends = '../../x'\nid = 'own'",
    "extends a number": b"extends = 5",
    "extends a date": b"extends = 2027-01-01",
    "dates and times everywhere": b"id = 07:32:00\nversion = 1979-05-27T07:32:00-08:00\nstatus = 1979-05-27",
    "the largest file": b"#" * LARGEST_FILE,
}


@pytest.mark.parametrize("content", HOSTILE.values(), ids=HOSTILE)
def test_hostile_content_is_refused(tmp_path, content):
    path = tmp_path / "own.toml"
    path.write_bytes(content)
    assert isinstance(outcome(path), Refused)


def test_a_link_to_itself_is_refused(tmp_path):
    path = tmp_path / "own.toml"
    path.symlink_to(path)
    assert isinstance(outcome(path), Refused)


def test_links_in_a_circle_of_folders_are_refused(tmp_path):
    folder = tmp_path / "folder"
    folder.symlink_to(folder)
    with pytest.raises(Refused) as refused:
        Library(folder).ids()
    assert [refusal.code for refusal in refused.value.refusals] == ["library.no-folder"]


def test_a_pipe_is_refused_instead_of_waited_for(tmp_path):
    path = tmp_path / "own.toml"
    os.mkfifo(path)
    assert [refusal.code for refusal in outcome(path).refusals] == ["file.unreadable"]


def test_a_device_is_refused_instead_of_read_without_end(tmp_path):
    path = tmp_path / "own.toml"
    path.symlink_to("/dev/zero")
    assert [refusal.code for refusal in outcome(path).refusals] == ["file.unreadable"]


def test_a_name_that_no_file_can_have_is_refused(tmp_path):
    assert isinstance(outcome(tmp_path / "own\0.toml"), Refused)


def test_a_hostile_sources_or_site_file_is_refused(tmp_path):
    for name in ("sources.toml", "site.toml"):
        for content in (b"a = 1", b"[a]\ntitle = 1", b"\xff", b"[opening]\nvalue = 5"):
            (tmp_path / name).write_bytes(content)
            library = Library(tmp_path)
            with pytest.raises(Refused):
                _ = library.sources if name == "sources.toml" else library.site
            (tmp_path / name).unlink()


# anything that TOML can say


class TooLong:
    """A number that Python reads but cannot write as a decimal."""

    def __repr__(self):
        return "0x" + "f" * 5000


TEXTS = st.text(st.characters(exclude_categories=["Cs"]), max_size=20)
WORDS = st.sampled_from(
    ["value", "source", "confidence", "note", "en", "nl", "S", "A", "G", "CHU", "FIELD", "5 mL", "-1 h", "10 mg/m2/day",
     "0 h", "240 h", "mL", "x", "true", "Qarziba", "dinutuximab", "2 mL/h", "up 1 mg", "none", "value_error", "[key]"]
)  # fmt: skip
LEAVES = st.one_of(
    WORDS, TEXTS, st.integers(), st.floats(), st.booleans(), st.dates(), st.datetimes(), st.times(), st.builds(TooLong)
)
KEYS = st.one_of(WORDS, TEXTS)
VALUES = st.recursive(
    LEAVES, lambda inner: st.one_of(st.lists(inner, max_size=3), st.dictionaries(KEYS, inner, max_size=4)), max_leaves=8
)


def places(value, place=()):
    """Every place in nested tables and lists."""
    yield place
    parts = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for key, inner in parts:
        yield from places(inner, (*place, key))


def changed(value, place, new):
    """The same tables with another value at one place."""
    if not place:
        return new
    copy = dict(value) if isinstance(value, dict) else list(value)
    copy[place[0]] = changed(value[place[0]], place[1:], new)
    return copy


def written(value):
    """A value as TOML."""
    if isinstance(value, dict):
        return "{" + ", ".join(f"{text_of(key)} = {written(inner)}" for key, inner in value.items()) + "}"
    if isinstance(value, (list, tuple)):
        return "[" + ", ".join(map(written, value)) + "]"
    if isinstance(value, str):
        return text_of(value)
    if isinstance(value, bool):
        return str(value).lower()
    return str(value).replace(" ", "T") if hasattr(value, "isoformat") else repr(value)


def text_of(text):
    escaped = "".join(sign if sign.isprintable() and sign not in '"\\' else f"\\U{ord(sign):08x}" for sign in text)
    return f'"{escaped}"'


@pytest.fixture(name="own", scope="module")
def own_(tmp_path_factory):
    return tmp_path_factory.mktemp("own") / "own.toml"


@pytest.mark.property
@given(tables=st.dictionaries(KEYS, VALUES, max_size=4))
def test_nothing_but_a_refusal_comes_out_of_arbitrary_toml(own, tables):
    text = "".join(f"{text_of(key)} = {written(value)}\n" for key, value in tables.items())
    tomllib.loads(text)
    own.write_text(text, encoding="utf-8")
    outcome(own)


@pytest.mark.property
@given(content=st.binary(max_size=200))
def test_nothing_but_a_refusal_comes_out_of_arbitrary_bytes(own, content):
    own.write_bytes(content)
    outcome(own)


@pytest.mark.property
@given(data=st.data(), tables=st.sampled_from(TABLES))
def test_nothing_but_a_refusal_comes_out_of_a_regimen_with_one_value_changed(own, data, tables):
    place = data.draw(st.sampled_from([place for place in places(tables) if place]))
    broken = changed(tables, place, data.draw(VALUES))
    own.write_text("".join(f"{text_of(key)} = {written(value)}\n" for key, value in broken.items()), encoding="utf-8")
    outcome(own)


@pytest.mark.property
@given(inherited=st.dictionaries(KEYS, VALUES, max_size=4), own=st.dictionaries(KEYS, VALUES, max_size=4))
def test_merging_keeps_every_own_key_and_gives_back_its_own_value_where_there_was_none(inherited, own):
    merged = merge(inherited, own)
    assert merged.keys() == inherited.keys() | own.keys()
    assert all(merged[key] is value for key, value in own.items() if key not in inherited)
    assert all(merged[key] is value for key, value in inherited.items() if key not in own)
