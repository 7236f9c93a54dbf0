"""What a scanner reads from a cassette, brought into the form in which the release signed it."""

from __future__ import annotations

import re
from collections.abc import Mapping
from types import MappingProxyType

SEPARATOR = "\x1d"
"""FNC1 as scanners send it: it ends an element whose length is not fixed."""
_DIGITS: Mapping[str, int] = MappingProxyType({"01": 14, "7003": 10})
_TEXTS = ("10", "21")
_ORDER = ("01", "7003", "10", "21")
_SYMBOLOGY = re.compile(r"\][A-Za-z][0-9]")
_BRACKETS = re.compile(r"\((01|7003|10|21)\)")
_WITHOUT_SEPARATOR = re.compile(r"01(\d{14})7003(\d{10})10(.{1,20}-C\d+-(\d+))21(\4-\d+)")
"""Many keyboards swallow FNC1. Our batch then still ends with the container's number, with which the serial begins."""


def cassette_code(scanned: str) -> str:
    """Return a scanned or typed cassette code as it is signed: application identifiers in brackets, in our order.

    Brackets, FNC1, the name of the symbology in front and spaces may be there or not. What is no such code comes back
    as it was typed, so that people see what they scanned.
    """
    plain = _SYMBOLOGY.sub("", re.sub(r"[ \t\r\n]", "", scanned), count=1)
    found = _in_brackets(plain) if plain.startswith("(") else _elements(plain.strip(SEPARATOR))
    if found.keys() != set(_ORDER):
        return scanned.strip()
    return "".join(f"({identifier}){found[identifier]}" for identifier in _ORDER)


def _in_brackets(plain: str) -> dict[str, str]:
    _, *parts = _BRACKETS.split(plain.replace(SEPARATOR, ""))
    return dict(zip(parts[::2], parts[1::2], strict=True))


def _elements(plain: str) -> dict[str, str]:
    whole = _WITHOUT_SEPARATOR.fullmatch(plain)
    if whole is not None:
        item, expires, batch, _, serial = whole.groups()
        return {"01": item, "7003": expires, "10": batch, "21": serial}
    found: dict[str, str] = {}
    while plain:
        identifier = next((one for one in _ORDER if plain.startswith(one) and one not in found), "")
        if not identifier:
            return {}
        rest = plain.removeprefix(identifier)
        if identifier in _TEXTS:
            found[identifier], _, plain = rest.partition(SEPARATOR)
        else:
            value = rest[: _DIGITS[identifier]]
            if not (value.isascii() and value.isdigit() and len(value) == _DIGITS[identifier]):
                return {}
            found[identifier], plain = value, rest[len(value) :].removeprefix(SEPARATOR)
    return found
