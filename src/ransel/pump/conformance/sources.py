"""The published texts that the checks come from, and the items in them that have no line in `requirements.csv`."""

from __future__ import annotations

from functools import cache
from pathlib import Path

from ransel.protocols.kind_of_value import Text
from ransel.protocols.reading import Record, read_toml, validate

HERE = Path(__file__).parent


class RequirementSet(Record):
    """One published text.

    Values:
        notation: what its ids begin with in the checks; several for a set of single names.
        coded: whether its requirements stand one by one in `requirements.csv`. prefix: what its own ids begin with.
        seen: how much of it was read. not_read: what was not; empty when nothing is known to be missing.
    """

    id: Text
    notation: Text
    coded: bool
    prefix: str = ""
    title: Text
    by: Text
    address: Text
    seen: Text
    not_read: str


class Item(Record):
    """One condition, recall or alarm reason; `also` are other ways in which checks write it."""

    notation: Text
    title: Text
    also: tuple[Text, ...] = ()


class _File(Record):
    sets: tuple[RequirementSet, ...]
    items: tuple[Item, ...]


@cache
def _file() -> _File:
    place = HERE / "sources.toml"
    return validate(_File, read_toml(place), place.name)


def sets() -> tuple[RequirementSet, ...]:
    """Return every published text that was used."""
    return _file().sets


@cache
def items() -> dict[str, Item]:
    """Return the items by each notation under which a check may name them."""
    return {notation: one for one in _file().items for notation in (one.notation, *one.also)}
