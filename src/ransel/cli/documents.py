"""Files that a person names on the command line: read whole, never trusted."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any, NoReturn

from ransel.language import refuse
from ransel.protocols.reading import place_of

LARGEST_FILE = 200_000_000
"""Bytes; a year of one pump is far less."""


def read_bytes(path: Path) -> bytes:
    """Return what a file holds.

    Raises:
        Refused: when it is missing, a folder, too large, or cannot be read.
    """
    place = place_of(path)
    try:
        if path.stat().st_size > LARGEST_FILE:
            refuse("file.too-large", place, place, most=LARGEST_FILE)
        if not path.is_file() and not path.is_dir():  # a pipe has no end
            refuse("file.unreadable", place, place)
        return path.read_bytes()
    except FileNotFoundError:
        refuse("file.missing", place, place)
    except IsADirectoryError:
        refuse("file.folder", place, place)
    except (OSError, ValueError) as error:
        if isinstance(error, NotADirectoryError):
            refuse("file.missing", place, place)
        refuse("file.unreadable", place, place)


def read_text(path: Path) -> str:
    """Return a file as text.

    Raises:
        Refused: when it cannot be read, or is not UTF-8.
    """
    try:
        return read_bytes(path).decode("utf-8-sig")
    except UnicodeDecodeError:
        refuse("file.not-text", place_of(path), place_of(path))


def read_json(path: Path) -> Any:  # noqa: ANN401 - whatever JSON holds
    """Return a JSON document as plain data.

    Raises:
        Refused: when it cannot be read, or is no JSON.
    """
    try:
        return json.loads(read_text(path), parse_constant=_no_number)
    except RecursionError:
        refuse("file.too-deep", place_of(path), place_of(path), most=100)
    except json.JSONDecodeError as error:
        refuse("file.not-json", place_of(path), place_of(path), line=error.lineno, position=error.colno)


def _no_number(text: str) -> NoReturn:
    raise json.JSONDecodeError("not a number", text, 0)
