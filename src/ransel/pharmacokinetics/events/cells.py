"""The lines and cells of an event table, as text that nobody has trusted yet."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterator
from dataclasses import dataclass, field

from ransel.language import Refusal, Refused, refuse

MOST_ROWS = 2_000_000
MOST_COMPLAINTS = 100
LARGEST_NUMBER = 1e12
LONGEST_NAME = 40

_NUMBER = re.compile(r"[+-]?(?:[0-9]{1,30}(?:\.[0-9]{0,30})?|\.[0-9]{1,30})(?:[eE][+-]?[0-9]{1,3})?")
_DECIMAL_COMMA = re.compile(r"[+-]?[0-9]+,[0-9]+")
_BELOW = re.compile(r"(?:<|&lt;) ?(?P<limit>[0-9.eE+-]{1,40})")
_BELOW_UNKNOWN = {"BLQ", "BQL", "BLOQ", "LLOQ", "<LLOQ", "<LOQ"}
_NOTHING = {"", ".", "NA"}
_FORMULA = ("=", "@", "+=", "-=", "\t=")
_COLUMN = re.compile(r"[A-Za-z][A-Za-z0-9_.]{0,39}")
_OTHER_SEPARATORS = {";": "semicolons", "\t": "tabs"}
ALIASES = {"SUBJECT": "ID", "SUBJ": "ID", "USUBJID": "ID", "CONC": "DV"}
"""Other names for columns that tables of levels often have."""


@dataclass(frozen=True, slots=True)
class Line:
    """One line of the table: its number in the file, and its cells by column."""

    number: int
    cells: dict[str, str]


@dataclass(slots=True)
class Complaints:
    """What is wrong with a table; reading goes on until there are a hundred, so that all is said at once."""

    file: str
    found: list[Refusal] = field(default_factory=list)

    def add(self, code: str, line: int, column: str, value: object, **values: object) -> None:
        """Add one; after a hundred a person has enough to repair.

        Raises:
            Refused: with all of them, when this was the hundredth.
        """
        self.found.append(
            Refusal(f"event-table.{code}", f"line {line} {column}".rstrip(), str(value), values, self.file)
        )
        if len(self.found) >= MOST_COMPLAINTS:
            self.refuse()

    def refuse(self) -> None:
        """Refuse the table if anything is wrong with it.

        Raises:
            Refused: with everything.
        """
        if self.found:
            raise Refused(self.found)


def lines_of(text: str, complaints: Complaints) -> tuple[tuple[str, ...], Iterator[Line]]:
    """Return the names of the columns and the lines below them; empty lines and those that begin with # are left out.

    Raises:
        Refused: when this is no table: not text, nothing in it, or with columns that cannot be told apart.
    """
    if "\0" in text:
        refuse("file.not-text", complaints.file, complaints.file)
    reader = csv.reader(io.StringIO(text, newline=""))
    rows = _rows(reader, complaints)
    number, head = next(rows, (0, []))
    if not head:
        refuse("event-table.empty", complaints.file, complaints.file)
    columns = _columns(head, number, complaints)
    return columns, _lines(rows, columns, complaints)


def _rows(reader: Iterator[list[str]], complaints: Complaints) -> Iterator[tuple[int, list[str]]]:
    while True:
        try:
            cells = next(reader)
        except StopIteration:
            return
        except csv.Error:
            refuse("event-table.not-csv", complaints.file, complaints.file, line=_line_of(reader))
        if any(cell.strip() for cell in cells) and not cells[0].startswith("#"):
            yield _line_of(reader), cells


def _line_of(reader: object) -> int:
    return int(getattr(reader, "line_num", 0))


def _columns(head: list[str], number: int, complaints: Complaints) -> tuple[str, ...]:
    if len(head) == 1:
        for separator, named in _OTHER_SEPARATORS.items():
            if separator in head[0]:
                complaints.add(named, number, "", separator.strip())
    complaints.refuse()
    names = [ALIASES.get(name, name) for name in (cell.strip().upper() for cell in head)]
    for place, name in enumerate(names):
        if not _COLUMN.fullmatch(name):
            complaints.add("column-name", number, f"column {place + 1}", head[place])
        elif name in names[:place]:
            complaints.add("column-twice", number, name, head[place])
    complaints.refuse()
    return tuple(names)


def _lines(rows: Iterator[tuple[int, list[str]]], columns: tuple[str, ...], complaints: Complaints) -> Iterator[Line]:
    for count, (number, cells) in enumerate(rows, 1):
        if count > MOST_ROWS:
            refuse("event-table.too-many-rows", complaints.file, complaints.file, most=MOST_ROWS)
        if len(cells) != len(columns):
            complaints.add("cells", number, "", len(cells), expected=len(columns))
            continue
        yield Line(number, dict(zip(columns, map(str.strip, cells), strict=True)))


def plain(number: float) -> str:
    """Return a number as a person would write it."""
    return f"{number:.12g}"


class Numbers:
    """Reads cells as numbers; what cannot be read is a complaint, and counts as nought from then on."""

    def __init__(self, complaints: Complaints) -> None:
        self._complaints = complaints
        self._known: dict[str, float] = {}

    def number(self, line: Line, column: str) -> float:
        """Return the number of a cell; nought where it is empty or a full stop."""
        text = line.cells.get(column, "")
        known = self._known.get(text)
        if known is not None:
            return known
        found = self._read(line, column, text)
        if found is None:
            return 0.0
        self._known[text] = found
        return found

    def required(self, line: Line, column: str) -> float:
        """Return the number of a cell that may not be empty."""
        if line.cells.get(column, "") in _NOTHING:
            self._complaints.add("no-value", line.number, column, line.cells.get(column, ""))
            return 0.0
        return self.number(line, column)

    def whole(self, line: Line, column: str) -> int:
        """Return the whole number of a cell; nought where it is empty."""
        found = self.number(line, column)
        if found != int(found):
            self._complaints.add("whole-number", line.number, column, line.cells[column])
            return 0
        return int(found)

    def level(self, line: Line) -> tuple[float | None, float | None]:
        """Return what was measured, and the limit that it lay below; both None where nothing was."""
        text = line.cells.get("DV", "")
        if text in _NOTHING:
            return None, None
        if text.upper() in _BELOW_UNKNOWN:
            return None, 0.0
        if below := _BELOW.fullmatch(text):
            return None, self.number(Line(line.number, {"DV": below["limit"]}), "DV")
        return self.number(line, "DV"), None

    def _read(self, line: Line, column: str, text: str) -> float | None:
        if text in _NOTHING:
            return 0.0
        if not _NUMBER.fullmatch(text):
            self._complaints.add(_what_is_wrong(text), line.number, column, text)
            return None
        found = float(text)
        if abs(found) > LARGEST_NUMBER:
            self._complaints.add("number-too-large", line.number, column, text, most=plain(LARGEST_NUMBER))
            return None
        return found


def _what_is_wrong(text: str) -> str:
    if text.startswith(_FORMULA) or (text[:1] in {"+", "-"} and "(" in text):
        return "formula"
    return "decimal-comma" if _DECIMAL_COMMA.fullmatch(text) else "no-number"
