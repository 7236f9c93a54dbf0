"""What an entry says, for people: label and value of everything in its record."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from datetime import date, datetime
from types import MappingProxyType
from typing import Any, Literal, get_args, get_origin
from zoneinfo import ZoneInfo

from pydantic import BaseModel

from ransel.chart.reading import record_of
from ransel.chart.records import VOCABULARY, Record
from ransel.chart.records.care import Material, ResidueRecorded, SideEffect
from ransel.chart.records.pharmacy import LotUsed
from ransel.chart.records.prescribing import Corrected
from ransel.chart.wording import choice_label, field_label
from ransel.language import Joined, Message, Moment, Refused
from ransel.quantities import Mass, Quantity, Shown

NOT_SAID = frozenset({"document"})
"""What is kept whole, and is shown by its own page."""
LOCAL = ZoneInfo("Europe/Amsterdam")


def said(record: Record) -> tuple[tuple[Message, object], ...]:
    """Return label and value of everything that an entry says, for people; what nobody said is left out."""
    return tuple(_lines(record))


def _lines(record: BaseModel) -> Iterator[tuple[Message, object]]:
    for name, field in type(record).model_fields.items():
        value = getattr(record, name)
        nobody_said = value in (None, "") or (value in ((), {}) and not field.is_required())
        if name in NOT_SAID or nobody_said:
            continue
        if isinstance(record, Corrected) and name == "data":
            yield field_label(name), _corrected(record.data)
        elif isinstance(value, Quantity):
            yield field_label(name), _in_its_unit(value, record, name)
        else:
            yield field_label(name), _shown(value, name)


def _shown(value: Any, name: str) -> object:  # noqa: ANN401 - whatever a record can hold
    """Return a value for people; `name` is its key, which says whether it is a choice."""
    match value:
        case BaseModel():
            return _on_one_line(_lines(value))
        case Mapping():
            return _on_one_line((key, _shown(one, key)) for key, one in value.items())
        case tuple() | list():
            return Joined(tuple(_shown(one, name) for one in value)) if value else Message("word.nothing")
        case date():
            return Moment(value.astimezone(LOCAL) if isinstance(value, datetime) else value, with_year=True)
        case bool():
            return Message("word.yes" if value else "word.no")
        case _:
            return choice_label(name, value) if value in CHOICES.get(name, ()) else str(value)


def _on_one_line(lines: Iterable[tuple[object, object]]) -> Joined:
    return Joined(tuple(Joined(line, ": ") for line in lines), ", ")


def _in_its_unit(value: Quantity, record: BaseModel, name: str) -> Shown:
    """Return a quantity with all the decimals that were signed; children in kg, what a balance reads in g."""
    unit = value.usual_unit
    if isinstance(value, Mass):
        unit = "kg" if name == "weight" and not isinstance(record, ResidueRecorded) else "g"
    return Shown(value, unit, len(value.plain(unit).partition(".")[2]))


def _corrected(data: Mapping[str, Any]) -> object:
    """Return what an entry should have said: as the record that these data are, whichever kind that is."""
    for kind in VOCABULARY.values():
        if data.keys() <= kind.model_fields.keys():
            try:
                return _on_one_line(_lines(record_of(kind, data)))
            except Refused:
                continue
    return _shown(data, "")


def _literals(annotation: object) -> Iterator[str]:
    """Go through the choices in the type of a key."""
    if get_origin(annotation) is Literal:
        yield from get_args(annotation)
    else:
        for one in get_args(annotation):
            yield from _literals(one)


def _choices() -> Mapping[str, frozenset[str]]:
    found: dict[str, frozenset[str]] = {}
    records: tuple[type[Record], ...] = (*VOCABULARY.values(), Material, SideEffect, LotUsed)
    for record in records:
        for name, field in record.model_fields.items():
            found[name] = found.get(name, frozenset()) | frozenset(_literals(field.annotation))
    return MappingProxyType({name: values for name, values in found.items() if values})


CHOICES = _choices()
"""By key: every value that can be chosen there."""
