"""Fields for the keys of a record, out of the record itself: its choices, its units, what may be left empty."""

from __future__ import annotations

from typing import Literal, Union, get_args, get_origin

from ransel.chart.records import Record
from ransel.chart.wording import choice_label
from ransel.hospital.forms import Field


def choices_of(record: type[Record], key: str) -> tuple[tuple[str, object], ...]:
    """Return value and words of everything that a key of a record can be."""
    return tuple(
        (str(value), choice_label(key, str(value))) for value in _literals(record.model_fields[key].annotation)
    )


def choice_field(record: type[Record], key: str, *, needed: bool = True, start: str = "") -> Field:
    """Return a field that shows all choices of a key."""
    return Field(name=key, kind="choice", choices=choices_of(record, key), needed=needed, start=start)


def _literals(annotation: object) -> tuple[object, ...]:
    if get_origin(annotation) is Literal:
        return get_args(annotation)
    if get_origin(annotation) in {Union, tuple}:
        return tuple(value for one in get_args(annotation) for value in _literals(one))
    return ()
