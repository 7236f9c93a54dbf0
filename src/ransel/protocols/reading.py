"""Reading a TOML file into a checked value; every complaint names the file, the key, the value and the remedy."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterator, Mapping
from difflib import get_close_matches
from itertools import islice
from pathlib import Path
from typing import Any, TypeVar

from pydantic import BaseModel, ConfigDict, ValidationError
from pydantic_core import ErrorDetails

from ransel.language import Message, Refusal, Refused, refuse

LARGEST_FILE = 200_000
MOST_NESTED = 40
MOST_DOTS_IN_A_LINE = 200
"""The reader of TOML takes a time that grows with the square of the parts of a dotted key."""
MOST_COMPLAINTS = 100
LONGEST_PATH_SHOWN = 60

SLUG = r"^[a-z0-9]+(?:-[a-z0-9]+)*$"
NOT_EMPTY = r"\S"
COUNTRY = r"^[A-Z]{2}$"
THIRTEEN_DIGITS = r"^[0-9]{13}$"
_PATTERNS: Mapping[str, str] = {
    SLUG: "expected.slug",
    NOT_EMPTY: "expected.not-empty",
    COUNTRY: "expected.country",
    THIRTEEN_DIGITS: "expected.thirteen-digits",
}
_PLACE_IN_FILE = re.compile(r"at line (?P<line>[0-9]+), column (?P<column>[0-9]+)")

Model = TypeVar("Model", bound=BaseModel)


class Record(BaseModel):
    """The base of everything that is read from a file: unknown keys are refused, values never change."""

    model_config = ConfigDict(frozen=True, extra="forbid", strict=True, arbitrary_types_allowed=True)


def place_of(path: Path) -> str:
    """Return a path as refusals show it: whole, or its end when it would push the key out of sight."""
    whole = str(path)
    return whole if len(whole) <= LONGEST_PATH_SHOWN else f"…{whole[-LONGEST_PATH_SHOWN:]}"


def read_toml(path: Path) -> dict[str, Any]:
    """Return the tables of a TOML file; lists become tuples.

    Raises:
        Refused: when the file is missing, no file, too large, too deep, not UTF-8 or not TOML.
    """
    place = place_of(path)
    try:
        tables = _parsed(_content(path, place), place)
    except FileNotFoundError:
        refuse("file.missing", place, place)
    except IsADirectoryError:
        refuse("file.folder", place, place)
    except RecursionError:
        refuse("file.too-deep", place, place, most=MOST_NESTED)
    except UnicodeDecodeError:
        refuse("file.not-text", place, place)
    except tomllib.TOMLDecodeError as error:
        found = _PLACE_IN_FILE.search(str(error))
        where = Message("file.at", found.groupdict()) if found else Message("file.at-end")
        refuse("file.not-toml", place, place, where=where)
    except Refused:
        raise
    except (OSError, ValueError):
        refuse("file.unreadable", place, place)
    return {key: _frozen(value, place, 1) for key, value in tables.items()}


def validate(model: type[Model], tables: Mapping[str, Any], place: str) -> Model:
    """Return the tables as a checked value of this model.

    Raises:
        Refused: with every complaint at once (the first hundred), each at its key.
    """
    try:
        return model.model_validate(tables)
    except ValidationError as error:
        raise Refused(complaint.at(place) for complaint in refusals_of(model, error)) from None


def refusals_of(model: type[BaseModel], error: ValidationError) -> tuple[Refusal, ...]:
    """Return in plain words what pydantic complains about (the first hundred), each at its key."""
    found = (complaint for details in error.errors(include_url=False) for complaint in _refusals(model, details))
    return tuple(islice(found, MOST_COMPLAINTS))


def invalid(place: str, value: object, expected: Message) -> Refusal:
    """Return the refusal of a value that is no value for this key."""
    return Refusal("key.invalid", place, shown(value), {"expected": expected})


def _content(path: Path, place: str) -> str:
    if path.stat().st_size > LARGEST_FILE:
        refuse("file.too-large", place, place, most=LARGEST_FILE)
    if not path.is_file() and not path.is_dir():  # a pipe has no end
        refuse("file.unreadable", place, place)
    return path.read_bytes().decode("utf-8-sig")


def _parsed(content: str, place: str) -> dict[str, Any]:
    if any(line.count(".") > MOST_DOTS_IN_A_LINE for line in content.splitlines()):
        refuse("file.too-deep", place, place, most=MOST_NESTED)
    return tomllib.loads(content)


def _frozen(value: Any, place: str, depth: int) -> Any:  # noqa: ANN401 - whatever TOML holds
    if depth > MOST_NESTED:
        refuse("file.too-deep", place, place, most=MOST_NESTED)
    if isinstance(value, dict):
        return {key: _frozen(inner, place, depth + 1) for key, inner in value.items()}
    return tuple(_frozen(inner, place, depth + 1) for inner in value) if isinstance(value, list) else value


def _refusals(model: type[BaseModel], details: ErrorDetails) -> Iterator[Refusal]:
    location = details["loc"]
    key = ".".join(str(part) for part in location if part != "[key]")
    context = details.get("ctx", {})
    match details["type"]:
        case "value_error" if isinstance(context.get("error"), Refused):
            yield from (refusal.at(key) if key else refusal for refusal in context["error"].refusals)
        case "missing":
            yield Refusal("key.missing", key)
        case "extra_forbidden":
            value = shown(details["input"])
            yield Refusal("key.unknown", key, value, {"suggestion": _suggestion(model, location)})
        case "literal_error" | "enum":
            choices = ", ".join(re.findall(r"'([^']*)'", context["expected"]))
            yield Refusal("key.choice", key, shown(details["input"]), {"choices": choices})
        case _:
            yield invalid(key, details["input"], _expected(details))


def _expected(details: ErrorDetails) -> Message:
    """Return in plain words what should have stood there."""
    context = details.get("ctx", {})
    kind = details["type"]
    if kind in {"model_type", "model_attributes_type", "dict_type"}:
        is_sourced = str(context.get("class_name", "")).startswith("Sourced")
        return Message("expected.sourced" if is_sourced else "expected.table")
    if kind == "string_pattern_mismatch":
        return Message(_PATTERNS.get(context["pattern"], "expected.other"))
    if kind == "string_too_long":
        return Message("expected.shorter", {"most": context["max_length"]})
    if kind == "greater_than_equal":
        return Message("expected.at-least", {"least": context["ge"]})
    if kind == "less_than_equal":
        return Message("expected.at-most", {"most": context["le"]})
    return Message(_PLAIN.get(kind.partition("_")[0], "expected.other"))


_PLAIN: Mapping[str, str] = {
    "string": "expected.text",
    "int": "expected.whole-number",
    "bool": "expected.yes-or-no",
    "tuple": "expected.list",
    "too": "expected.not-empty-list",
    "date": "expected.date",
}
"""What was expected, by the first word of the kind of error: `string_type`, `int_from_float`, `too_short`."""


def _suggestion(model: type[BaseModel], location: tuple[int | str, ...]) -> str:
    known = sorted(_keys_at(model, location[:-1]))
    close = get_close_matches(str(location[-1])[:LONGEST_PATH_SHOWN], known, n=1)
    return close[0] if close else ", ".join(known)


def _keys_at(model: type[BaseModel], location: tuple[int | str, ...]) -> set[str]:
    """Return the keys that a table at this place may have."""
    place: Any = model
    for part in location:
        inner = place.model_fields[part].annotation if _is_model(place) and part in place.model_fields else place
        place = next((kind for kind in _kinds(inner) if _is_model(kind)), model)
    return {field.alias or name for name, field in place.model_fields.items()}


def _kinds(annotation: Any) -> Iterator[Any]:  # noqa: ANN401 - any type annotation
    yield annotation
    for argument in getattr(annotation, "__args__", ()):
        yield from _kinds(argument)


def _is_model(kind: Any) -> bool:  # noqa: ANN401 - any type annotation
    return isinstance(kind, type) and issubclass(kind, BaseModel)


def shown(value: object) -> str:
    """Return a value of a file as refusals show it: near to how it was written, never as a program writes it."""
    if isinstance(value, Mapping):
        return "{" + ", ".join(map(str, value)) + "}"
    if isinstance(value, tuple | list):
        return "[" + ", ".join(map(shown, value)) + "]"
    if isinstance(value, bool):
        return str(value).lower()
    try:
        return str(value)
    except ValueError:  # Python writes no integer of more than 4300 digits
        return type(value).__name__
