"""How deep plain data lies in itself; what lies too deep would bring down whoever walks through it."""

from __future__ import annotations

from collections.abc import Mapping

MOST_NESTED = 40


def is_too_deep(value: object) -> bool:
    """Whether tables or lists lie more than forty deep inside one another."""
    level = [value]
    for _ in range(MOST_NESTED):
        level = [inner for outer in level for inner in _inside(outer)]
        if not level:
            return False
    return True


def _inside(value: object) -> list[object]:
    if isinstance(value, Mapping):
        value = list(value.values())
    if not isinstance(value, list | tuple):
        return []
    return [inner for inner in value if isinstance(inner, Mapping | list | tuple)]
