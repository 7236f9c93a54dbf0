"""Text in columns."""

from __future__ import annotations

from collections.abc import Iterable, Sequence


def columns(rows: Iterable[Sequence[str]], indent: int = 2) -> str:
    """Return rows of cells as lines whose columns are aligned; the last column is left as it is."""
    table = [list(row) for row in rows]
    if not table:
        return ""
    widths = [max(len(row[place]) for row in table) for place in range(len(table[0]) - 1)]
    return "\n".join(
        (
            " " * indent + "  ".join([*(cell.ljust(width) for cell, width in zip(row, widths, strict=False)), row[-1]])
        ).rstrip()
        for row in table
    )
