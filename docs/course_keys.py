"""The keys of a course as JSON, compared with real courses."""

from __future__ import annotations

import json
import tomllib
from collections.abc import Iterator, Mapping
from datetime import date, time
from functools import cache
from pathlib import Path
from typing import Any

from docs.example_course import course, course_of, patient
from docs.markdown import table
from ransel.papers.course_json import course_json

WORDS: Mapping[str, str] = tomllib.loads((Path(__file__).parent / "words" / "course.toml").read_text(encoding="utf-8"))[
    "keys"
]
NAMED_BY_DATA = {"containers[].additives_mL": "<id>", "projection.ends_by": "<event>"}
"""Tables whose keys are ids out of the protocol, or names of events that may end a course."""


@cache
def documents() -> tuple[dict[str, Any], ...]:
    """Return courses of every kind: cassettes, syringes, several infusions, a chosen dose, an adult, the last one."""
    monday = (date(2027, 2, 8), time(9))
    small = patient(weight="11.6 kg", height="82 cm", choice={"dose_rule": "weight", "reason": "local protocol"})
    grown_up = patient(born=date(1980, 1, 1), weight="70 kg", height="175 cm", previous=None, findings={})
    bare = patient(findings={}, number=None, previous=None)
    made = (
        course(),
        course(kind="syringes", start=(date(2027, 2, 8), time(16))),
        course("dinutuximab-beta-5x8h", start=monday),
        course_of(small, "dinutuximab-beta-10x24h"),
        course_of(grown_up, "fluorouracil-46h", start=(date(2027, 2, 8), time(14))),
        course_of(bare, "dinutuximab-beta-10x24h-maxima", number=5),
    )
    return tuple(course_json(one) for one in made)


def keys_in(value: object, place: str = "") -> Iterator[tuple[str, object]]:
    """Go through every key of a document with its value; the elements of a list share one place."""
    if isinstance(value, dict):
        for key, inner in value.items():
            name = NAMED_BY_DATA.get(place, key)
            here = f"{place}.{name}" if place else name
            yield here, inner
            yield from keys_in(inner, here)
    elif isinstance(value, list):
        for inner in value:
            yield from keys_in(inner, f"{place}[]")


def found_keys() -> dict[str, list[object]]:
    """Return every key of the documents with the values it has."""
    found: dict[str, list[object]] = {}
    for document in documents():
        for key, value in keys_in(document):
            found.setdefault(key, []).append(value)
    return found


def page() -> str:
    """Return the table of all keys."""
    return table_of(found_keys(), WORDS)


def table_of(found: Mapping[str, list[object]], words: Mapping[str, str]) -> str:
    """Return a table of keys: the types and an example out of the values, the meaning out of the words."""
    rows = [(f"`{key}`", _kind(values), words.get(key, ""), _example(values)) for key, values in found.items()]
    return table(("key", "type", "meaning", "example"), rows)


def _kind(values: list[object]) -> str:
    kinds = sorted({_name(value) for value in values}, key=lambda name: (name == "null", name))
    return " or ".join(kinds)


def _name(value: object) -> str:
    if value is None:
        return "null"
    if isinstance(value, list):
        inner = sorted({_name(one) for one in value})
        return f"list of {inner[0]}" if inner else "list"
    return {dict: "object", bool: "true or false", int: "whole number", str: "text"}[type(value)]


def _example(values: list[object]) -> str:
    plain = [value for value in values if value is not None and not isinstance(value, dict | list)]
    if not plain:
        return ""
    text = json.dumps(plain[0], ensure_ascii=False)
    return f"`{text if len(text) < 60 else text[:58] + '…'}`"
