"""One treatment as a file: every entry in the very text in which it was written, between a header and a checksum.

Lines of JSON. The first says what the file is, the last holds the SHA-256 over all lines before it. The file carries
no name and no birth date, but the patient number that stands in planned courses. It carries no signature, so that
whoever imports it must know where it comes from.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from hashlib import sha256
from typing import Any

from django.db import DatabaseError, transaction

from ransel import __version__
from ransel.chart.entry import Entry, read_text
from ransel.chart.records import Record
from ransel.chart.treatment import Treatment, fold
from ransel.language import Refused, refuse
from ransel.store.boards import write_boards
from ransel.store.journal import DatabaseJournal, lock_for_writing

SCHEMA = "ransel/chart/1"
LARGEST_FILE = 50_000_000
"""Bytes; five courses with everything that was signed are less than a tenth of it."""
LONGEST_LINE = 2_000_000
"""Bytes; the longest entry is an order with its planned course, far less than a tenth of it."""
MOST_ENTRIES = 20_000
LONGEST = {"treatment": 40, "key": 80}
"""Letters, as the tables have room for."""

_UNFIT = (LookupError, TypeError, AttributeError, ArithmeticError, ValueError, DatabaseError, RecursionError)
"""What entries raise that are right one by one and cannot be the story of one treatment."""


@dataclass(frozen=True, slots=True)
class Exported:
    """What a file holds, checked.

    Values:
        treatment: its id. program: the version of Ransel that wrote the file.
        written: every entry with the text in which it was written, in order.
    """

    treatment: str
    program: str
    written: tuple[tuple[Entry[Record], str], ...]

    @property
    def child(self) -> str:
        """The code of the child, empty when no entry says it."""
        return fold(self.treatment, (entry for entry, _ in self.written)).child


def export_treatment(treatment: str) -> bytes:
    """Return a treatment as a file.

    Raises:
        Refused: when there is no such treatment.
    """
    texts = DatabaseJournal().texts(treatment)
    if not texts:
        refuse("exported.no-treatment", "TREATMENT", treatment)
    header = {"schema": SCHEMA, "program": __version__, "treatment": treatment, "count": len(texts)}
    lines = b"".join(f"{line}\n".encode() for line in (_plain(header), *texts))
    return lines + f"{_plain({'sha256': sha256(lines).hexdigest()})}\n".encode()


def read_export(data: bytes) -> Exported:
    """Return what a file holds; nothing in it is believed before it is checked.

    Raises:
        Refused: when it is too large, damaged, of another schema, or not one treatment without gaps.
    """
    lines = _lines(data)
    header = _object(lines[0], "line 1")
    if header.get("schema") != SCHEMA:
        refuse("exported.schema", "line 1.schema", str(header.get("schema", "")), schema=SCHEMA)
    treatment, count = _told(header, "treatment", str), _told(header, "count", int)
    program = _told(header, "program", str)
    _check_sum(data, lines)
    if count != len(lines) - 2:
        refuse("exported.count", "line 1.count", str(count), found=len(lines) - 2)
    _check_name("line 1", "treatment", treatment)
    written = tuple(_entries(lines[1:-1], treatment))
    return Exported(treatment, program, written)


def import_treatment(exported: Exported) -> bool:
    """Append a treatment that was kept elsewhere and write its board; return whether anything had to be done.

    Raises:
        Refused: when the treatment is here with other entries, or the entries cannot be the story of a treatment;
            then nothing has changed.
    """
    try:
        with transaction.atomic():
            return _imported(exported)
    except Refused:
        raise
    except _UNFIT as unfit:
        refuse("exported.no-story", "treatment", exported.treatment, error=type(unfit).__name__)


def _imported(exported: Exported) -> bool:
    lock_for_writing()
    here = DatabaseJournal().texts(exported.treatment)
    if here:
        if here != tuple(text for _, text in exported.written):
            refuse("exported.other-entries", "treatment", exported.treatment, here=len(here),
                   there=len(exported.written))  # fmt: skip
        return False
    DatabaseJournal().append_written(exported.written)
    write_boards(_folded(exported))
    return True


def _folded(exported: Exported) -> Treatment:
    treatment = fold(exported.treatment, (entry for entry, _ in exported.written))
    if not treatment.child:
        refuse("exported.no-child", "line 2.kind", exported.written[0][0].kind)
    return treatment


def _plain(told: dict[str, object]) -> str:
    return json.dumps(told, ensure_ascii=False, separators=(",", ":"))


def _lines(data: bytes) -> Sequence[bytes]:
    """Return the lines of a file that is small enough and whole enough to be looked at."""
    if len(data) > LARGEST_FILE:
        refuse("exported.too-large", "", "", most=LARGEST_FILE)
    if data.count(b"\n") > MOST_ENTRIES + 2:
        refuse("exported.too-many", "", "", most=MOST_ENTRIES)
    if not data.endswith(b"\n") or data.count(b"\n") < 3:
        refuse("exported.cut-off")
    lines = data[:-1].split(b"\n")
    for number, line in enumerate(lines, 1):
        if len(line) > LONGEST_LINE:
            refuse("exported.line-too-long", f"line {number}", "", most=LONGEST_LINE)
    return lines


def _object(line: bytes, place: str) -> dict[str, Any]:
    try:
        told = json.loads(line.decode())
    except (ValueError, RecursionError):
        refuse("exported.no-json", place)
    if not isinstance(told, dict):
        refuse("exported.no-json", place)
    return told


def _told(header: dict[str, Any], name: str, kind: type) -> Any:  # noqa: ANN401 - of this kind
    value = header.get(name)
    if type(value) is not kind:
        refuse("exported.header", f"line 1.{name}", str(value)[: LONGEST["key"]])
    return value


def _check_sum(data: bytes, lines: Sequence[bytes]) -> None:
    last = f"line {len(lines)}"
    told = _object(lines[-1], last).get("sha256")
    if told is None:
        refuse("exported.cut-off")
    if told != sha256(data[: len(data) - len(lines[-1]) - 1]).hexdigest():
        refuse("exported.damaged", f"{last}.sha256", str(told)[: LONGEST["key"]])


def _entries(lines: Sequence[bytes], treatment: str) -> Iterator[tuple[Entry[Record], str]]:
    keys: set[str] = set()
    for version, line in enumerate(lines, 1):
        place = f"line {version + 1}"
        try:
            text = line.decode()
            entry = read_text(text)
        except UnicodeDecodeError:
            refuse("exported.no-json", place)
        except Refused as refused:
            raise refused.at(place) from None
        if entry.treatment != treatment:
            refuse("exported.other-treatment", f"{place}.treatment", entry.treatment, treatment=treatment)
        if entry.version != version:
            refuse("exported.gap", f"{place}.version", str(entry.version), expected=version)
        _check_entry(entry, place, keys)
        yield entry, text


def _check_entry(entry: Entry[Record], place: str, keys: set[str]) -> None:
    if entry.key:
        _check_name(place, "key", entry.key)
        if entry.key in keys:
            refuse("exported.key-twice", f"{place}.key", entry.key)
        keys.add(entry.key)


def _check_name(place: str, name: str, value: str) -> None:
    if not value.isascii() or not value.isprintable() or not 1 <= len(value) <= LONGEST[name]:
        refuse("exported.name", f"{place}.{name}", value, most=LONGEST[name])
