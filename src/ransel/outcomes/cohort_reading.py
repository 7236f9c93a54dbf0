"""Reading a table of courses: what this program wrote, or what a hospital typed over its courses from before it.

A file is read whole or not at all. Every complaint names its line and column (the first hundred). Columns that are not
in the data dictionary are refused, so that no name, birth date or number of a child comes in by mistake.
"""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from difflib import get_close_matches
from itertools import islice
from pathlib import Path
from typing import cast

from ransel.followup.worst import WorstGrade
from ransel.language import Refusal, Refused, refuse
from ransel.outcomes.cohort_file import FORMULA_SIGNS
from ransel.outcomes.course_record import (
    BAND_KG,
    OUTCOMES,
    CourseRecord,
    GivenPart,
    Outcome,
    coarse_dose,
    with_few_alike,
)
from ransel.outcomes.data_dictionary import Column, columns_of, grade_columns
from ransel.protocols.reading import MOST_COMPLAINTS, place_of

LARGEST_FILE = 20_000_000
MOST_COURSES = 200_000
PARQUET = b"PAR1"
Value = str | int | float | None

_GRADE = re.compile(r"([0-5])(\+?)")
_NUMBER = re.compile(r"-?[0-9]{1,9}(?:\.[0-9]{1,9})?")
_FORMS: Mapping[str, re.Pattern[str]] = {
    "whole": re.compile(r"-?[0-9]{1,9}"),
    "number": _NUMBER,
    "band": re.compile(r"[0-9]{1,3}-[0-9]{1,3}"),
    "slug": re.compile(r"[a-z0-9.]+(?:-[a-z0-9.]+)*"),
    "yes-no": re.compile(r"[YN]"),
    "outcome": re.compile("|".join(OUTCOMES)),
    "version": re.compile(r"[0-9]{1,2}(?:\.[0-9]{1,2})?"),
    "grade": _GRADE,
    "text": re.compile(r"[^\x00-\x1f\x7f]{1,60}"),
}
_PSEUDONYM = re.compile(r"[A-Za-z0-9_-]{1,40}")
_A_NUMBER = re.compile(r"[0-9]{6,}")
"""A pseudonym of figures only is too much like the number of a patient, or a birth date."""
_DATE = re.compile(r"[0-9]{4}[-/][0-9]{1,2}[-/][0-9]{1,2}|[0-9]{1,2}[-/][0-9]{1,2}[-/][0-9]{2,4}|[0-9]{8}")


@dataclass(frozen=True, slots=True)
class _Line:
    """One course as it stands in the file: its line, and its cells by the name of the column."""

    number: int
    cells: Mapping[str, str]


def read_cohort(path: Path) -> tuple[CourseRecord, ...]:
    """Return the courses of a file: CSV with commas, or with semicolons and decimal commas, or Parquet.

    Raises:
        Refused: when the file cannot be read or something in it is not right, with every complaint.
    """
    place = place_of(path)
    content = _content(path, place)
    header, rows = _parquet(path, place) if content[:4] == PARQUET else _csv(content, place)
    _refuse_header(header, place)
    lines = [_Line(number, dict(zip(header, cells, strict=True))) for number, cells in rows]
    if not lines:
        refuse("cohort.no-courses", place, place)
    read = [_read(line) for line in lines]
    complaints = [complaint for _, found in read for complaint in found]
    complaints += _doubles(lines)
    if complaints:
        raise Refused(complaint.at(place) for complaint in islice(complaints, MOST_COMPLAINTS))
    return with_few_alike(record for record, _ in read if record is not None)


# -- the file


def _content(path: Path, place: str) -> bytes:
    try:
        if path.stat().st_size > LARGEST_FILE:
            refuse("file.too-large", place, place, most=LARGEST_FILE)
        if not path.is_file() and not path.is_dir():
            refuse("file.unreadable", place, place)
        return path.read_bytes()
    except FileNotFoundError:
        refuse("file.missing", place, place)
    except IsADirectoryError:
        refuse("file.folder", place, place)
    except (OSError, ValueError) as error:
        if isinstance(error, Refused):
            raise
        refuse("file.unreadable", place, place)


def _csv(content: bytes, place: str) -> tuple[list[str], Iterator[tuple[int, list[str]]]]:
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError:
        refuse("file.not-text", place, place)
    first = text.partition("\n")[0]
    semicolons = first.count(";") > first.count(",")
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=";" if semicolons else ",", strict=True)
    try:
        rows = [(reader.line_num, [_bare(cell, semicolons=semicolons) for cell in row]) for row in reader]
    except csv.Error:
        refuse("cohort.not-csv", place, str(reader.line_num))
    filled = [(number, row) for number, row in rows if any(row)]
    if not filled:
        refuse("cohort.no-courses", place, place)
    header = filled[0][1]
    wrong = [(number, row) for number, row in filled[1:] if len(row) != len(header)]
    if wrong:
        raise Refused(
            Refusal("cohort.other-length", f"{place}.{number}", str(len(row)), {"columns": len(header)})
            for number, row in wrong[:MOST_COMPLAINTS]
        )
    return header, iter(filled[1:])


def _bare(cell: str, *, semicolons: bool) -> str:
    """Return a cell without what keeps it from being a formula; beside semicolons a comma is a decimal sign."""
    cell = cell.strip()
    if cell[:1] == "'" and cell[1:2] in FORMULA_SIGNS:
        cell = cell[1:]
    dotted = cell.replace(",", ".")
    return dotted if semicolons and _NUMBER.fullmatch(dotted) else cell


def _parquet(path: Path, place: str) -> tuple[list[str], Iterator[tuple[int, list[str]]]]:
    import pyarrow as pa  # noqa: PLC0415 - takes long to import
    from pyarrow import parquet  # noqa: PLC0415 - as above

    try:
        file = parquet.ParquetFile(path)
        if file.metadata.num_rows > MOST_COURSES:
            refuse("cohort.too-many", place, str(file.metadata.num_rows), most=MOST_COURSES)
        table = file.read()
    except (pa.ArrowException, OSError):
        refuse("cohort.not-parquet", place, place)
    columns = [column.to_pylist() for column in table.columns]
    rows = ([_shown(cell) for cell in cells] for cells in zip(*columns, strict=True))
    return list(table.column_names), ((number, row) for number, row in enumerate(rows, 1))


def _shown(cell: object) -> str:
    if cell is None:
        return ""
    return f"{cell:.10g}" if isinstance(cell, float) else str(cell)


def _refuse_header(header: Sequence[str], place: str) -> None:
    known = {column.name: column for column in columns_of("cohort")}
    refusals = []
    for name in dict.fromkeys(header):
        if name not in known:
            near = get_close_matches(name.upper()[:40], known, n=1)
            refusals.append(Refusal("cohort.unknown-column", place, name, {"suggestion": near[0] if near else "-"}))
        elif header.count(name) > 1:
            refusals.append(Refusal("cohort.column-twice", place, name))
    missing = [name for name, column in known.items() if column.must and name not in header]
    refusals += [Refusal("cohort.column-missing", place, name) for name in missing]
    if refusals:
        raise Refused(refusals[:MOST_COMPLAINTS])


# -- the courses


def _read(line: _Line) -> tuple[CourseRecord | None, list[Refusal]]:
    complaints: list[Refusal] = []
    values: dict[str, Value] = {}
    for column in columns_of("cohort"):
        cell = line.cells.get(column.name, "")
        complaint = _complaint(column, cell)
        if complaint is not None:
            complaints.append(complaint.at(str(line.number)))
            continue
        values[column.name] = _value(column, cell)
    if complaints:
        return None, complaints
    given = _given(values)
    if isinstance(given, Refusal):
        return None, [given.at(str(line.number))]
    return _record(values, given), []


def _complaint(column: Column, cell: str) -> Refusal | None:
    if not cell:
        return Refusal("cohort.empty-cell", column.name) if column.must else None
    form = _PSEUDONYM if column.name == "USUBJID" else _FORMS[column.kind]
    if column.name == "USUBJID" and _A_NUMBER.fullmatch(cell):
        return Refusal("cohort.is-a-number", column.name, cell)
    if column.kind in {"text", "slug"} and _DATE.fullmatch(cell):
        return Refusal("cohort.is-a-date", column.name, cell)
    if not form.fullmatch(cell) or (column.kind == "band" and not _is_a_band(cell)):
        return Refusal(f"cohort.cell.{column.kind}", column.name, cell)
    if column.kind in {"whole", "number"} and not _within(column, float(cell)):
        limits = {"least": column.least, "most": column.most, "unit": column.unit}
        return Refusal("cohort.out-of-bounds", column.name, cell, limits)
    return None


def _is_a_band(cell: str) -> bool:
    below, above = (int(part) for part in cell.split("-"))
    return below % BAND_KG == 0 and above - below == BAND_KG


def _within(column: Column, value: float) -> bool:
    return (column.least is None or value >= column.least) and (column.most is None or value <= column.most)


def _value(column: Column, cell: str) -> Value:
    if not cell:
        return None
    if column.kind == "whole":
        return int(cell)
    return float(cell) if column.kind == "number" else cell


def _given(values: Mapping[str, Value]) -> GivenPart | Refusal | None:
    parts = [values["EXPCTLO"], values["EXPCT"], values["EXPCTHI"]]
    told = [float(one) for one in parts if one is not None]
    if not told:
        return None
    if len(told) != len(parts) or told != sorted(told):
        return Refusal(
            "cohort.given-out-of-order", "EXPCT", ", ".join("-" if one is None else f"{one:g}" for one in told)
        )
    return GivenPart(*told)


def _record(values: Mapping[str, Value], given: GivenPart | None) -> CourseRecord:
    def text(name: str) -> str:
        return str(values[name] or "")

    def whole(name: str) -> int | None:
        return cast("int | None", values[name])

    def number(name: str) -> float | None:
        return cast("float | None", values[name])

    def dose(name: str) -> float | None:
        told = number(name)
        return None if told is None else coarse_dose(told)

    bsa = number("BSA")
    return CourseRecord(
        child=text("USUBJID"), course=whole("COURSE") or 1, protocol=text("PROTID"),
        protocol_version=text("PROTVER"), regimen=text("REGIMEN"), substance=text("EXTRT"),
        age_years=whole("AGE") or 0, weight_band_kg=text("WTBAND"), bsa_m2=None if bsa is None else round(bsa, 1),
        ordered_mg=dose("EXDOSORD"), given_mg=dose("EXDOSE"), given_percent=given, planned_hours=number("EXPLANH"),
        hours_run=number("EXRUNH"), hours_stood_still=number("EXSTOPH"), interruptions=whole("EXSTOPN"),
        last_day=whole("EXENDY"), nights_in_hospital=whole("NIGHTS"), trips=whole("TRIPS"),
        hours_at_home=number("HOMEH"), unplanned_contacts=whole("UNPLAN"), school_days=whole("SCHOOLD"),
        outcome=cast("Outcome", text("OUTCOME")), rate_changes=whole("EXADJN"), discarded_makings=whole("DISCARDN"),
        ctcae=text("AETOXV"), grades=_grades(values),
    )  # fmt: skip


def _grades(values: Mapping[str, Value]) -> dict[str, WorstGrade]:
    found: dict[str, WorstGrade] = {}
    for name, term in sorted(grade_columns().items(), key=lambda pair: pair[1]):
        told = _GRADE.fullmatch(str(values[name] or ""))
        if told is not None:
            found[term] = WorstGrade(int(told[1]), bool(told[2]))
    return found


def _doubles(lines: Sequence[_Line]) -> list[Refusal]:
    """Refuse a course of a child that stands there twice: it would count double."""
    seen: dict[tuple[str, str], int] = {}
    found: list[Refusal] = []
    for line in lines:
        key = (line.cells.get("USUBJID", ""), line.cells.get("COURSE", ""))
        before = seen.setdefault(key, line.number)
        if before != line.number and all(key):
            values = {"course": key[1], "line": before}
            found.append(Refusal("cohort.course-twice", f"{line.number}.COURSE", key[0], values))
    return found
