"""The keys of the files that people write, read from the models that check them."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterator, Mapping
from datetime import date
from pathlib import Path
from types import UnionType
from typing import Annotated, Any, Literal, Union, get_args, get_origin, get_type_hints

from pydantic import BaseModel

from docs.markdown import anchor, table
from ransel.evidence import Sourced
from ransel.pharmacokinetics.parameters.kind_of_number import Number, SetName
from ransel.prescribing.patient import Findings, Line
from ransel.protocols.protocol import Count, Positive, RoundingRule, Slug, Text
from ransel.protocols.site import Hour
from ransel.quantities import Concentration, Mass, Quantity

Model = type[BaseModel]
WORDS: Mapping[str, Mapping[str, str]] = tomllib.loads(
    (Path(__file__).parent / "words" / "files.toml").read_text(encoding="utf-8")
)
NAMED = [
    (Slug, "name (small letters, digits, hyphens)"),
    (Text, "text"),
    (Line, "text on one line"),
    (SetName, "name (small letters, digits, hyphens, points)"),
    (Number, "number"),
    (Count, "whole number from 1"),
    (RoundingRule, "rounding"),
    (Hour, "time of day"),
    (str, "text"),
    (int, "whole number"),
    (bool, "true or false"),
    (date, "date"),
]
LONGEST_EXAMPLE = 46
KILOGRAM = Mass("1 kg")
LEVEL = Concentration("0.01 mg/mL")
"""Concentrations below this are those in blood."""
READ_OTHERWISE = {Findings: "the-start-criteria"}
"""Tables whose keys come from elsewhere, with the heading that describes them."""


def keys_of(model: Model) -> Iterator[tuple[str, Any, Any]]:
    """Go through the keys of a table: as written, the annotation, the field."""
    hints = get_type_hints(model, include_extras=True)
    for name, field in model.model_fields.items():
        yield field.alias or name, hints[name], field


def models_in(model: Model, place: str = "") -> dict[Model, list[str]]:
    """Return every table that a file of this model can hold, with the places where it stands."""
    found: dict[Model, list[str]] = {model: [place]}
    for key, hint, _ in keys_of(model):
        here = f"{place}.{key}" if place else key
        for inner, suffix in _inner_models(hint):
            for kind, places in models_in(inner, here + suffix).items():
                found.setdefault(kind, []).extend(one for one in places if one not in found.get(kind, []))
    return found


def _inner_models(hint: Any, suffix: str = "") -> Iterator[tuple[Model, str]]:  # noqa: ANN401 - any annotation
    if (sourced := _sourced(hint)) is not None:
        hint = sourced
    origin = get_origin(hint)
    if isinstance(hint, type) and issubclass(hint, BaseModel):
        yield hint, suffix
    elif origin is dict:
        yield from _inner_models(get_args(hint)[1], f"{suffix}.<name>")
    elif origin is tuple:
        yield from _inner_models(get_args(hint)[0], f"{suffix}[]")
    elif origin in {Union, UnionType}:
        for one in get_args(hint):
            yield from _inner_models(one, suffix)
    elif origin is Annotated:
        yield from _inner_models(get_args(hint)[0], suffix)


def _sourced(hint: Any) -> Any:  # noqa: ANN401 - any annotation
    """Return what a sourced value holds, None for anything else."""
    if isinstance(hint, type) and issubclass(hint, Sourced) and hint is not Sourced:
        return hint.__pydantic_generic_metadata__["args"][0]
    return None


def type_in_words(hint: Any) -> str:  # noqa: ANN401, PLR0911 - any annotation, one line for each kind of it
    """Return what may stand there."""
    for known, words in NAMED:
        if hint == known:
            return words
    origin, arguments = get_origin(hint), get_args(hint)
    if (inner := _sourced(hint)) is not None:
        return f"{type_in_words(inner)}, [with source](#values-with-a-source)"
    if origin is Annotated:
        above = ", above zero" if any(mark is Positive for mark in arguments[1:]) else ""
        return type_in_words(arguments[0]).replace(",", f"{above},", 1) if above else type_in_words(arguments[0])
    if origin is Literal:
        return "one of " + ", ".join(f"`{one}`" for one in arguments) if len(arguments) > 1 else f"`{arguments[0]}`"
    if origin in {Union, UnionType}:
        return " or ".join(type_in_words(one) for one in arguments if one is not type(None))
    if origin is tuple:
        return f"list of {type_in_words(arguments[0])}"
    if origin is dict:
        return f"tables by name: {type_in_words(arguments[1])}"
    if isinstance(hint, type) and issubclass(hint, Quantity):
        return f"{_words(hint.__name__)} such as `{hint.example()}`" if hint is not Quantity else "quantity"
    return f"[{_words(hint.__name__)}](#{READ_OTHERWISE.get(hint, anchor(_words(hint.__name__)))})"


def _words(name: str) -> str:
    """Return `DoseRatePerArea` as `dose rate per area`."""
    return re.sub(r"(?<=[a-z])(?=[A-Z])", " ", name).lower()


def page_of(model: Model, example: object = None, words: Mapping[str, Mapping[str, str]] = WORDS) -> str:
    """Return a section for every table of a file, with its keys; `words` says what they mean, by table."""
    examples = dict(_instances(example))
    found = {kind: places for kind, places in models_in(model).items() if kind not in READ_OTHERWISE}
    return "\n\n".join(
        _section(kind, places, examples.get(kind), words.get(kind.__name__, {})) for kind, places in found.items()
    )


def _section(model: Model, places: list[str], example: object, words: Mapping[str, str]) -> str:
    name = model.__name__
    where = " · ".join(f"`{place}`" for place in places if place)
    rows = [_row(model, key, hint, field, example, words) for key, hint, field in keys_of(model)]
    parts = [
        f"## {_words(name)}",
        f"At {where}." if where else "The top of the file.",
        _doc(model),
        table(("key", "what", "needed", "meaning", "example"), rows),
    ]
    return "\n\n".join(parts)


def _doc(model: Model) -> str:
    text = (model.__doc__ or "").split("Values:")[0].strip()
    return re.sub(r"\s+", " ", text)


def _row(
    model: Model,
    key: str,
    hint: Any,  # noqa: ANN401 - any annotation
    field: Any,  # noqa: ANN401 - pydantic's own
    example: object,
    words: Mapping[str, str],
) -> tuple[str, ...]:
    name = next(name for name, one in model.model_fields.items() if (one.alias or name) == key)
    shown = _shown(getattr(example, name, None))
    needed = "yes" if field.is_required() else _default(field.default)
    return (
        f"`{key}`",
        type_in_words(hint),
        needed,
        words.get(key, ""),
        f"`{shown}`" if shown else "",
    )


def _default(value: object) -> str:
    if value is None or value == "" or isinstance(value, tuple | BaseModel):
        return "no"
    return f"no; else `{'none' if not isinstance(value, str | int) else str(value).lower()}`"


def _shown(value: object) -> str:
    if isinstance(value, Sourced):
        inner = _shown(value.value)
        return f"{inner} ({value.source} {value.confidence.value})".replace("( ", "(") if inner else ""
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, float):
        return f"{value:g}"
    if isinstance(value, Quantity | str | int | date):
        text = _quantity_text(value) if isinstance(value, Quantity) else str(value)
        return text if len(text) <= LONGEST_EXAMPLE else f"{text[:LONGEST_EXAMPLE].rstrip()}…"
    if isinstance(value, tuple) and value and all(isinstance(one, str | int | float) for one in value):
        return ", ".join(f"{one:g}" if isinstance(one, float) else str(one) for one in value)
    return ""


def _quantity_text(value: Quantity) -> str:
    """Return a quantity in the unit in which people read one of its size."""
    if isinstance(value, Mass) and value >= KILOGRAM:
        return value.text("en", "kg")
    if isinstance(value, Concentration) and value < LEVEL:
        return value.text("en", "µg/mL")
    return str(value)


def _instances(value: object) -> Iterator[tuple[Model, object]]:
    """Go through every record inside a value; the first of a kind comes last, so that it is the one kept."""
    if isinstance(value, Sourced):
        yield from _instances(value.value)
    elif isinstance(value, BaseModel):
        for name in reversed(list(type(value).model_fields)):
            yield from _instances(getattr(value, name))
        yield type(value), value
    elif isinstance(value, Mapping):
        for one in reversed(list(value.values())):
            yield from _instances(one)
    elif isinstance(value, tuple):
        for one in reversed(value):
            yield from _instances(one)
