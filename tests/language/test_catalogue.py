"""Every sentence exists in both languages, is compiled, and is used."""

import importlib.util
import re
import tomllib
from pathlib import Path

import pytest
from language.key_scan import Uses

ROOT = Path(__file__).parents[2]
SOURCE = ROOT / "src" / "ransel"


@pytest.fixture(name="tool", scope="module")
def tool_():
    spec = importlib.util.spec_from_file_location("tools_messages", ROOT / "tools" / "messages.py")
    tool = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(tool)
    return tool


@pytest.fixture(name="sentences", scope="module")
def sentences_(tool):
    return tool.read_sentences(tool.SENTENCES)


def _texts(value):
    if isinstance(value, dict):
        return {text for part in value.values() for text in _texts(part)}
    if isinstance(value, list):
        return {text for part in value for text in _texts(part)}
    return {value} if isinstance(value, str) else set()


@pytest.fixture(name="uses", scope="module")
def uses_(tool):
    uses = Uses()
    # The language room itself builds keys out of any code: it would make every sentence look used.
    for path in SOURCE.rglob("*.py"):
        if path.parent.name != "language":
            uses.add(path.read_text(encoding="utf-8"))
    for path in SOURCE.rglob("*.html"):
        uses.add_template(path.read_text(encoding="utf-8"))
    for path in SOURCE.rglob("*.toml"):
        if path.parent != tool.SENTENCES:
            for text in _texts(tomllib.loads(path.read_text(encoding="utf-8"))):
                uses.add_text(text)
    return uses


def test_the_compiled_catalogues_hold_the_written_sentences(tool):
    assert tool.main(["--check"]) == 0, "run `make messages`"


def test_both_languages_have_the_same_places_in_every_sentence(tool, sentences):
    for key, sentence in sentences.items():
        assert tool.placeholders(sentence["en"]) == tool.placeholders(sentence["nl"]), key


def test_what_is_refused_has_a_remedy_and_the_reverse(sentences):
    codes = {
        kind: {key.removeprefix(kind) for key in sentences if key.startswith(kind)} for kind in ("refusal.", "remedy.")
    }
    assert codes["refusal."] == codes["remedy."]


def test_a_refusal_and_its_remedy_can_be_joined_to_one_sentence(sentences):
    for key, sentence in sentences.items():
        if key.startswith(("refusal.", "remedy.")):
            for language, text in sentence.items():
                assert not text.endswith((".", "!", ";", " ")), f"{key} in {language}: {text}"
                assert not re.match(r"[A-Z][a-z]+ ", text), f"{key} in {language}: {text}"


def test_every_key_that_the_source_names_has_a_sentence(uses, sentences):
    missing = uses.missing(sentences)
    assert not missing, "\n".join(sorted(missing))


def test_every_place_in_a_sentence_is_filled_by_every_call(tool, uses, sentences):
    empty = uses.empty_places({key: tool.placeholders(sentence["en"]) for key, sentence in sentences.items()})
    assert not empty, "\n".join(sorted(empty))


def test_no_sentence_is_left_over(uses, sentences):
    unused = uses.unused(sentences)
    assert not unused, "\n".join(sorted(unused))


@pytest.mark.parametrize(
    ("source", "missing"),
    [
        ('Message("one")', {"one"}),
        ('language.Message(key="one", values={})', {"one"}),
        ('refuse("one", value=1)', {r"refusal\.one"}),
        ('notice("one", level)', {r"notice\.one"}),
        ('Refusal(code="one")', {r"refusal\.one"}),
        ('Message("one" if x else "two")', {"one", "two"}),
        ('Message(f"a.{x}")', {r"a\..+"}),
        ('Message(f"known.{x}")', set()),
        ('Message("known.one")', set()),
        ("Message(x)", set()),
    ],
)
def test_the_scan_finds_a_key_without_a_sentence(source, missing):
    uses = Uses()
    uses.add(source)
    assert uses.missing({"known.one", "refusal.known"}) == missing


def test_the_scan_reads_templates():
    uses = Uses()
    uses.add_template("""<p>{% say "one" a=b %} {% say 'two' %} {% words x %}</p>""")
    assert uses.missing({"one"}) == {"two"}
    assert uses.empty_places({"one": {"a", "c"}}) == {"one: c"}


def test_the_scan_finds_a_sentence_that_nobody_uses():
    uses = Uses()
    uses.add('refuse("used"); Message(f"many.{x}"); code = "later"')
    keys = {"refusal.used", "remedy.used", "refusal.left", "many.one", "refusal.later", "remedy.later", "other"}
    assert uses.unused(keys) == {"refusal.left", "other"}


@pytest.mark.parametrize(
    ("source", "empty"),
    [
        ('refuse("one", value=1)', {"remedy.one: most"}),
        ('refuse("one", most=1)', set()),
        ('refuse("one", **values)', set()),
        ('Refusal("one", "field", "value")', {"remedy.one: most"}),
        ('Refusal("one", "field", "value", {"most": 1})', set()),
        ('Refusal("one", "field", "value", {"most": 1, **values})', set()),
        ('Refusal("one", values=values)', set()),
        ('Message(f"many.{x}")', {"many.steps: step"}),
        ('Message(f"many.{x}", {"step": x})', set()),
        ('Message("many.steps", values={"steps": x})', {"many.steps: step"}),
    ],
)
def test_the_scan_finds_a_place_that_a_call_leaves_empty(source, empty):
    uses = Uses()
    uses.add(source)
    places = {"refusal.one": {"value", "field"}, "remedy.one": {"most"}, "many.steps": {"step"}, "other": {"x"}}
    assert uses.empty_places(places) == empty


@pytest.mark.parametrize(
    ("files", "fault"),
    [
        (['["a"]\nen = "one"\nnl = "een"\n', '["a"]\nen = "two"\nnl = "twee"\n'], "a is written 2 times"),
        (['["a"]\nen = "one"\n'], "one sentence in each of en, nl, not in en"),
        (['["a"]\nen = "one"\nnl = ""\n'], "one sentence in each of en, nl"),
        (['["a"]\nen = "one"\nnl = "een"\nde = "eins"\n'], "one sentence in each of en, nl, not in en, nl, de"),
        (['["a"]\nen = "{value}"\nnl = "{waarde}"\n'], "the languages do not have the same places"),
        (['["a"]\nen = "{value"\nnl = "{value}"\n'], "a: "),
        (['["a"]\nen = "{}"\nnl = "{}"\n'], "a place is written as a name between braces"),
        (['["a"]\nen = "{value!r}"\nnl = "{value!r}"\n'], "a place is written as a name between braces"),
        (['[a.b]\nen = "one"\nnl = "een"\n'], "the key stands between quotes"),
        (['a = "one"\n'], "the key stands between quotes"),
        (['["a"]\nen = "one\n'], "0.toml: "),
    ],
)
def test_a_faulty_sentence_is_named_and_nothing_is_written(tool, tmp_path, capsys, files, fault):
    for number, text in enumerate(files):
        (tmp_path / f"{number}.toml").write_text(text, encoding="utf-8")
    locale = tmp_path / "locale"
    assert tool.main(["--sentences", str(tmp_path), "--locale", str(locale)]) == 1
    assert fault in capsys.readouterr().err
    assert not locale.exists()


def test_the_check_says_what_is_out_of_date_until_it_is_written(tool, tmp_path, capsys):
    folders = ["--sentences", str(tmp_path), "--locale", str(tmp_path / "locale")]
    (tmp_path / "room.toml").write_text('["a"]\nen = "one"\nnl = "één"\n', encoding="utf-8")

    assert tool.main([*folders, "--check"]) == 1
    assert capsys.readouterr().out.count("out of date: ") == 2
    assert tool.main(folders) == 0
    assert tool.main([*folders, "--check"]) == 0

    (tmp_path / "room.toml").write_text('["a"]\nen = "one"\nnl = "eentje"\n', encoding="utf-8")
    capsys.readouterr()
    assert tool.main([*folders, "--check"]) == 1
    assert "nl" in capsys.readouterr().out


def test_the_same_sentences_give_the_same_bytes_without_a_date_or_a_version(tool):
    sentences = {"b": {"en": "two", "nl": "twee"}, "a": {"en": "one", "nl": "een"}}
    content = tool.compiled(sentences, "nl")
    assert content == tool.compiled(dict(reversed(sentences.items())), "nl")
    assert b"Date" not in content
    assert b"Babel" not in content
