"""Reading a TOML file into a checked value; every complaint names the file, the key, the value and the remedy."""

from __future__ import annotations

import tomllib
from collections.abc import Iterator, Mapping
from difflib import get_close_matches
from pathlib import Path
from typing import Any, TypeVar

from pydantic import BaseModel, ConfigDict, ValidationError
from pydantic_core import ErrorDetails

from ransel.language import Refusal, Refused, refuse

LARGEST_FILE = 1_000_000
Model = TypeVar("Model", bound=BaseModel)


class Record(BaseModel):
    """The base of everything that is read from a file: unknown keys are refused, values never change."""

    model_config = ConfigDict(frozen=True, extra="forbid", strict=True, arbitrary_types_allowed=True)


def read_toml(path: Path) -> dict[str, Any]:
    """Return the tables of a TOML file.

    Raises:
        Refused: when the file is missing, no file, too large, not UTF-8 or not TOML.
    """
    name = str(path)
    try:
        if path.stat().st_size > LARGEST_FILE:
            refuse("file.too-large", name, most=LARGEST_FILE)
        return _frozen(tomllib.loads(path.read_bytes().decode()))
    except FileNotFoundError:
        refuse("file.missing", name, name)
    except IsADirectoryError:
        refuse("file.folder", name, name)
    except (OSError, ValueError) as error:
        if isinstance(error, Refused):
            raise
        if isinstance(error, UnicodeDecodeError):
            refuse("file.not-text", name)
        if isinstance(error, tomllib.TOMLDecodeError):
            refuse("file.not-toml", name, reason=str(error))
        refuse("file.unreadable", name, name)


def validate(model: type[Model], tables: Mapping[str, Any], place: str) -> Model:
    """Return the tables as a checked value of this model.

    Raises:
        Refused: with every complaint at once, each at its key.
    """
    try:
        return model.model_validate(tables)
    except ValidationError as error:
        raise Refused(
            refusal.at(place) for details in error.errors(include_url=False) for refusal in _refusals(model, details)
        ) from None


def _frozen(value: Any) -> Any:  # noqa: ANN401 - whatever TOML holds
    if isinstance(value, dict):
        return {key: _frozen(inner) for key, inner in value.items()}
    return tuple(map(_frozen, value)) if isinstance(value, list) else value


def _refusals(model: type[BaseModel], details: ErrorDetails) -> Iterator[Refusal]:
    key = ".".join(str(part) for part in details["loc"] if not str(part).startswith("function-"))
    value = _shown(details["input"])
    context = details.get("ctx", {})
    match details["type"]:
        case "value_error" if isinstance(context.get("error"), Refused):
            yield from (refusal.at(key) if key else refusal for refusal in context["error"].refusals)
        case "missing":
            yield Refusal("key.missing", key)
        case "extra_forbidden":
            yield Refusal("key.unknown", key, value, {"suggestion": _suggestion(model, details["loc"])})
        case "literal_error" | "enum":
            yield Refusal("key.choice", key, value, {"expected": context["expected"]})
        case _:
            yield Refusal("key.invalid", key, value, {"expected": _expected(details)})


def _expected(details: ErrorDetails) -> str:
    """Return what pydantic expected, from the kind of error: `string_type` is a string, `int_parsing` an int."""
    return details["type"].removesuffix("_type").removesuffix("_parsing").replace("_", " ")


def _suggestion(model: type[BaseModel], location: tuple[int | str, ...]) -> str:
    known = sorted(_keys_at(model, location[:-1]))
    close = get_close_matches(str(location[-1]), known, n=1)
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


def _shown(value: object) -> str:
    if isinstance(value, Mapping):
        return "{" + ", ".join(map(str, value)) + "}"
    return str(value)
