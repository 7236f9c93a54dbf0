"""The data dictionary: what stands in every column of the files of own courses, read from `data_dictionary.toml`."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from functools import cache
from pathlib import Path
from types import MappingProxyType
from typing import Literal

from ransel.followup.ctcae import ctcae
from ransel.followup.worst import OTHER
from ransel.protocols.kind_of_value import Text, refuse_twice
from ransel.protocols.protocol import Words
from ransel.protocols.reading import Record, place_of, read_toml, validate

FILE = Path(__file__).with_name("data_dictionary.toml")
COHORT = "cohort"
GRADE_PREFIX = "AE_"
"""Grades stand in the table of courses in one column for every term: `AE_FEVER`."""

Table = Literal["cohort", "DM", "EX", "AE"]
TABLES: tuple[Table, ...] = ("cohort", "DM", "EX", "AE")
Kind = Literal["text", "slug", "whole", "number", "band", "yes-no", "outcome", "version", "grade"]


class Column(Record):
    """One column; see the head of `data_dictionary.toml`."""

    name: Text
    tables: tuple[Table, ...]
    kind: Kind
    meaning: Words
    unit: str = ""
    like: str = ""
    must: bool = False
    least: int | float | None = None
    most: int | float | None = None


class _Dictionary(Record):
    columns: tuple[Column, ...]


def grade_column(term: str) -> str:
    """Return the name of the column in which the worst grade of a term stands, by the id of the term."""
    return GRADE_PREFIX + term.upper().replace("-", "_")


@cache
def grade_columns() -> Mapping[str, str]:
    """Return the ids of all terms by the names of their columns, in the order of the list; typed ones last."""
    return MappingProxyType({grade_column(term): term for term in (*(one.id for one in ctcae().terms), OTHER)})


@cache
def columns_of(table: Table) -> tuple[Column, ...]:
    """Return the columns of a table in their order."""
    dictionary = validate(_Dictionary, read_toml(FILE), place_of(FILE))
    refuse_twice("columns", (column.name for column in dictionary.columns))
    found = tuple(column for column in dictionary.columns if table in column.tables)
    return (*found, *_of_grades()) if table == COHORT else found


def _of_grades() -> Iterator[Column]:
    for name, id_of_term in grade_columns().items():
        term = ctcae().find(id_of_term)
        en, nl = (term.title.en, term.title.nl) if term else (OTHER, "anders")
        meaning = Words(
            en=f"Worst grade of {en} in the course, 0 to 5. Empty: nobody looked, which is not grade 0. "
            "With + behind it: what was seen leaves open that it was worse.",
            nl=f"Ergste graad van {nl} in de kuur, 0 tot 5. Leeg: niemand keek, en dat is geen graad 0. "
            "Met + erachter: wat gezien is laat open dat het erger was.",
        )
        yield Column(name=name, tables=("cohort",), kind="grade", meaning=meaning, like="AETOXGR", least=0, most=5)
