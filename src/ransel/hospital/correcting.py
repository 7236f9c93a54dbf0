"""The form for a correction, out of the entry that was wrong: every part of it that is one value can be said anew."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Literal, get_args, get_origin

from ransel.chart.records import Record
from ransel.chart.wording import field_label
from ransel.hospital.forms import Field
from ransel.hospital.record_fields import choices_of

FIXED = frozenset({"course", "container", "making", "last", "baseline"})
"""What says which thing an entry is about: a correction cannot make it about another."""


def correction_fields(record: Record) -> tuple[Field, ...]:
    """Return a field for every simple value of a record, with what it says now."""
    told = record.model_dump(mode="json")
    return tuple(field for key, value in told.items() if key not in FIXED for field in _fields(record, key, value))


def corrected_data(record: Record, typed: Mapping[str, Any]) -> dict[str, Any]:
    """Return the data of a record with what was typed in their place."""
    told = record.model_dump(mode="json")
    fields = {field.name: field for field in correction_fields(record)}
    changed = dict(told)
    for name in fields:
        key, _, inner = name.partition(".")
        if inner:
            findings = typed.get(key, {})
            changed[key] = {**changed[key], inner: findings.get(inner, changed[key][inner])}
        else:
            changed[key] = typed.get(name)
    return changed


def _fields(record: Record, key: str, value: object) -> tuple[Field, ...]:
    if isinstance(value, dict):
        return tuple(_one(record, f"{key}.{inner}", part) for inner, part in value.items())
    if isinstance(value, list) and not _is_choices(record, key):
        return ()
    return (_one(record, key, value),)


def _one(record: Record, name: str, value: object) -> Field:
    label = field_label(name.partition(".")[0]) if "." not in name else None
    needed = "." in name or record.__class__.model_fields[name].is_required()
    if isinstance(value, bool):
        return Field(name=name, kind="yes-no", start="yes" if value else "no", label=label)
    if "." not in name and _is_choices(record, name):
        several = isinstance(value, list)
        return Field(
            name=name, kind="several" if several else "choice", choices=choices_of(type(record), name),
            starts=tuple(value) if isinstance(value, list) else (), start="" if several else str(value), label=label,
        )  # fmt: skip
    return Field(name=name, kind="line", start="" if value is None else str(value), needed=needed, label=label)


def _is_choices(record: Record, key: str) -> bool:
    annotation = record.__class__.model_fields[key].annotation
    parts = (annotation, *get_args(annotation))
    return any(get_origin(part) is Literal for part in parts)
