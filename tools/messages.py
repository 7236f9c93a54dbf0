"""Compile the sentences, written in Dutch and English side by side, into gettext catalogues.

`python -m tools.messages` writes the catalogues; with `--check` it only says which are out of date.
"""

from __future__ import annotations

import argparse
import io
import string
import sys
import tomllib
from collections import Counter
from pathlib import Path

from babel.messages.catalog import Catalog
from babel.messages.mofile import write_mo

from ransel.language.message import DOMAIN, LANGUAGES, LOCALE

SENTENCES = LOCALE.with_name("sentences")

Sentences = dict[str, dict[str, str]]


class _UndatedCatalog(Catalog):
    """A catalogue without dates and versions, so that the same sentences always give the same bytes."""

    mime_headers = (("Content-Type", "text/plain; charset=utf-8"),)


def read_sentences(folder: Path) -> Sentences:
    """Return the sentences of all rooms by key.

    A ValueError names every key that is double, incomplete, or different in its languages.
    """
    tables = [(key, table) for path in sorted(folder.glob("*.toml")) for key, table in _read(path).items()]
    times = Counter(key for key, _ in tables)
    faults = [f"{key} is written {count} times" for key, count in times.items() if count > 1]
    faults += [f"{key}: {fault}" for key, table in tables for fault in _faults(table)]
    if faults:
        raise ValueError("\n".join(faults))
    return dict(tables)


def placeholders(sentence: str) -> set[str]:
    """Return the named places of a sentence; a ValueError says when a place is more than a name between braces."""
    parts = list(string.Formatter().parse(sentence))
    names = {name for _, name, _, _ in parts if name is not None}
    plain = all(name.isidentifier() for name in names)
    if not plain or any(spec or conversion for _, _, spec, conversion in parts):
        raise ValueError(f"a place is written as a name between braces: {sentence!r}")
    return names


def compiled(sentences: Sentences, language: str) -> bytes:
    """Return the catalogue of one language, as gettext reads it."""
    catalog = _UndatedCatalog(locale=language, domain=DOMAIN)
    for key in sorted(sentences):
        catalog.add(key, sentences[key][language])
    file = io.BytesIO()
    write_mo(file, catalog)
    return file.getvalue()


def outdated(sentences: Sentences, locale: Path) -> dict[Path, bytes]:
    """Return the catalogue files that do not hold these sentences, with the bytes they should hold."""
    files = {language: locale / language / "LC_MESSAGES" / f"{DOMAIN}.mo" for language in LANGUAGES}
    wanted = {file: compiled(sentences, language) for language, file in files.items()}
    return {path: content for path, content in wanted.items() if not path.is_file() or path.read_bytes() != content}


def main(arguments: list[str] | None = None) -> int:
    """Write what is out of date, or only say it; return the exit code."""
    parser = argparse.ArgumentParser(prog="python -m tools.messages", description=__doc__)
    parser.add_argument("--check", action="store_true", help="write nothing, exit 1 when a catalogue is out of date")
    parser.add_argument("--sentences", type=Path, default=SENTENCES, help="where the sentences are")
    parser.add_argument("--locale", type=Path, default=LOCALE, help="where the catalogues go")
    options = parser.parse_args(arguments)
    try:
        late = outdated(read_sentences(options.sentences), options.locale)
    except ValueError as fault:
        print(fault, file=sys.stderr)
        return 1
    for path, content in late.items():
        print(f"{'out of date' if options.check else 'written'}: {path}")
        if not options.check:
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(content)
    return 1 if options.check and late else 0


def _read(path: Path) -> dict[str, object]:
    try:
        return tomllib.loads(path.read_text(encoding="utf-8"))
    except tomllib.TOMLDecodeError as fault:
        raise ValueError(f"{path.name}: {fault}") from fault


def _faults(table: object) -> list[str]:
    if not isinstance(table, dict) or not all(isinstance(sentence, str) for sentence in table.values()):
        return ["the key stands between quotes, with one sentence for each language below it"]
    if set(table) != set(LANGUAGES) or not all(table.values()):
        return [f"one sentence in each of {', '.join(LANGUAGES)}, not in {', '.join(table) or 'none'}"]
    try:
        names = [placeholders(sentence) for sentence in table.values()]
    except ValueError as fault:
        return [str(fault)]
    return [] if all(each == names[0] for each in names) else ["the languages do not have the same places"]


if __name__ == "__main__":
    sys.exit(main())
