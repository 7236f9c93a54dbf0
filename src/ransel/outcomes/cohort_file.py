"""Own courses as files: one row per course as CSV and Parquet, the same in three tables like those of CDISC.

No cell can be taken for a formula by a program that opens a file. The table of courses is read back by
`cohort_reading`; what every column means stands in `data_dictionary.toml`.
"""

from __future__ import annotations

import csv
import io
import zipfile
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from types import MappingProxyType
from typing import Any

from ransel.followup.ctcae import ctcae
from ransel.followup.worst import OTHER
from ransel.outcomes.course_record import CourseRecord
from ransel.outcomes.data_dictionary import COHORT, TABLES, Column, Table, columns_of, grade_columns

SCHEMA = "ransel/cohort/1"
FORMULA_SIGNS = frozenset("=+-@\t\r＝＋－＠")  # noqa: RUF001 - the wide ones are taken for the same
"""What a cell begins with that a spreadsheet takes for a formula."""
ZIPPED_ON = (1980, 1, 1, 0, 0, 0)
"""The oldest date a ZIP can carry: files of the same courses are the same, whenever they are made."""
Cell = str | int | float | None
Row = Mapping[str, Cell]

_VALUES: Mapping[str, Callable[[CourseRecord], Cell]] = MappingProxyType({
    "USUBJID": lambda one: one.child,
    "AGE": lambda one: one.age_years,
    "WTBAND": lambda one: one.weight_band_kg,
    "BSA": lambda one: one.bsa_m2,
    "COURSE": lambda one: one.course,
    "REGIMEN": lambda one: one.regimen,
    "PROTID": lambda one: one.protocol or None,
    "PROTVER": lambda one: one.protocol_version or None,
    "EXTRT": lambda one: one.substance or None,
    "EXDOSORD": lambda one: one.ordered_mg,
    "EXDOSE": lambda one: one.given_mg,
    "EXPCTLO": lambda one: one.given_percent.low if one.given_percent else None,
    "EXPCT": lambda one: one.given_percent.exact if one.given_percent else None,
    "EXPCTHI": lambda one: one.given_percent.high if one.given_percent else None,
    "EXENDY": lambda one: one.last_day,
    "EXPLANH": lambda one: one.planned_hours,
    "EXRUNH": lambda one: one.hours_run,
    "EXSTOPH": lambda one: one.hours_stood_still,
    "EXSTOPN": lambda one: one.interruptions,
    "EXADJN": lambda one: one.rate_changes,
    "NIGHTS": lambda one: one.nights_in_hospital,
    "TRIPS": lambda one: one.trips,
    "HOMEH": lambda one: one.hours_at_home,
    "UNPLAN": lambda one: one.unplanned_contacts,
    "SCHOOLD": lambda one: one.school_days,
    "OUTCOME": lambda one: one.outcome,
    "DISCARDN": lambda one: one.discarded_makings,
    "FEWALIKE": lambda one: "Y" if one.few_alike else "N",
    "AETOXV": lambda one: one.ctcae,
})  # fmt: skip


def cohort_rows(records: Iterable[CourseRecord]) -> Iterator[Row]:
    """Go through the rows of the table of courses, each with every column."""
    for record in records:
        yield {name: value(record) for name, value in _VALUES.items()} | _grades(record)


def _grades(record: CourseRecord) -> dict[str, Cell]:
    worst = {name: record.grades.get(term) for name, term in grade_columns().items()}
    return {name: None if one is None else f"{one.grade}{'+' * one.or_worse}" for name, one in worst.items()}


def safe_cell(value: Cell) -> str:
    """Return a cell as text that no program takes for a formula."""
    text = "" if value is None else f"{value:.10g}" if isinstance(value, float) else str(value)
    return f"'{text}" if text[:1] in FORMULA_SIGNS else text


def csv_text(columns: Sequence[str], rows: Iterable[Row]) -> str:
    """Return a table as CSV, with a line for the names of the columns."""
    text = io.StringIO()
    writer = csv.writer(text)  # with its own ends of lines: with others a carriage return in a cell is not quoted
    writer.writerow(columns)
    writer.writerows([safe_cell(row.get(name)) for name in columns] for row in rows)
    return text.getvalue()


def cohort_csv(records: Iterable[CourseRecord]) -> str:
    """Return the table of courses as CSV."""
    return csv_text([column.name for column in columns_of("cohort")], cohort_rows(records))


def cohort_parquet(records: Iterable[CourseRecord]) -> bytes:
    """Return the table of courses as Parquet, with the meaning of each column beside it; grades are text (`1+`)."""
    import pyarrow as pa  # noqa: PLC0415 - takes long to import
    from pyarrow import parquet  # noqa: PLC0415 - as above

    columns, rows = columns_of("cohort"), list(cohort_rows(records))
    fields = [
        pa.field(one.name, _arrow_type(one), metadata={"meaning": one.meaning.en, "unit": one.unit}) for one in columns
    ]
    schema = pa.schema(fields, metadata={"schema": SCHEMA, "ctcae": ctcae().version})
    table = pa.Table.from_pylist([dict(row) for row in rows], schema=schema)
    sink = io.BytesIO()
    parquet.write_table(table, sink)
    return sink.getvalue()


def _arrow_type(column: Column) -> Any:  # noqa: ANN401 - pyarrow has no types
    import pyarrow as pa  # noqa: PLC0415 - takes long to import

    return {"whole": pa.int64(), "number": pa.float64()}.get(column.kind, pa.string())


# -- three tables like those of CDISC


def domain_rows(table: Table, records: Sequence[CourseRecord]) -> Iterator[Row]:
    """Go through the rows of one of the tables DM, EX and AE, or of the table of courses."""
    rows = {COHORT: cohort_rows, "DM": _children, "EX": _infusions, "AE": _side_effects}[table]
    return iter(rows(records))


def domains_zip(records: Sequence[CourseRecord]) -> bytes:
    """Return the tables DM, EX and AE as CSV, with the data dictionary, in one ZIP file."""
    files = {f"{table.lower()}.csv": _table_csv(table, records) for table in TABLES if table != COHORT}
    files["data-dictionary.csv"] = dictionary_csv()
    sink = io.BytesIO()
    with zipfile.ZipFile(sink, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, text in files.items():
            archive.writestr(zipfile.ZipInfo(name, ZIPPED_ON), text, zipfile.ZIP_DEFLATED)
    return sink.getvalue()


def _table_csv(table: Table, records: Sequence[CourseRecord]) -> str:
    return csv_text([column.name for column in columns_of(table)], domain_rows(table, records))


def _children(records: Iterable[CourseRecord]) -> Iterator[Row]:
    seen: set[str] = set()
    for one in sorted(records, key=lambda record: (record.child, record.course)):
        if one.child not in seen:
            seen.add(one.child)
            yield {"DOMAIN": "DM", "USUBJID": one.child, "AGE": one.age_years, "AGEU": "YEARS",
                   "WTBAND": one.weight_band_kg}  # fmt: skip


def _infusions(records: Iterable[CourseRecord]) -> Iterator[Row]:
    for row in cohort_rows(records):
        yield {**row, "DOMAIN": "EX", "EXDOSU": "mg", "EXSTDY": 1}


def _side_effects(records: Iterable[CourseRecord]) -> Iterator[Row]:
    """Go through every term of every course: those that were looked at, and those that nobody looked at."""
    numbers: dict[str, int] = {}
    for one in sorted(records, key=lambda record: (record.child, record.course)):
        for term_id in (*(term.id for term in ctcae().terms), OTHER):
            row = _side_effect(one, term_id)
            if row is not None:
                numbers[one.child] = numbers.get(one.child, 0) + 1
                yield {**row, "AESEQ": numbers[one.child]}


def _side_effect(record: CourseRecord, term_id: str) -> Row | None:
    term, worst = ctcae().find(term_id), record.grades.get(term_id)
    if term is None and worst is None:
        return None
    row: dict[str, Cell] = {
        "DOMAIN": "AE", "USUBJID": record.child, "COURSE": record.course, "AETERM": term.name if term else OTHER,
        "AEBODSYS": term.system if term else None, "AEPRESP": "Y" if term else None, "AETOXV": record.ctcae,
    }  # fmt: skip
    if worst is None:
        return row | {"AESTAT": "NOT DONE"}
    worse = "Y" if worst.or_worse else "N"
    return row | {"AEOCCUR": "Y" if worst.grade else "N", "AETOXGR": worst.grade, "AEWORSE": worse}


# -- what the columns mean


def dictionary_csv() -> str:
    """Return the data dictionary as CSV: a line for every column of every table."""
    columns = ("TABLE", "COLUMN", "KIND", "UNIT", "LIKE", "LEAST", "MOST", "MUST", "MEANING_EN", "MEANING_NL")
    rows = (_described(table, column) for table in TABLES for column in columns_of(table))
    return csv_text(columns, rows)


def _described(table: str, column: Column) -> Row:
    return {
        "TABLE": table, "COLUMN": column.name, "KIND": column.kind, "UNIT": column.unit, "LIKE": column.like,
        "LEAST": column.least, "MOST": column.most, "MUST": "Y" if column.must and table == COHORT else "N",
        "MEANING_EN": column.meaning.en, "MEANING_NL": column.meaning.nl,
    }  # fmt: skip
