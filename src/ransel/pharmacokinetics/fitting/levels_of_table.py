"""The measured levels of an event table, and the moments of which somebody wants to know the level."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from ransel.language import Refusal, Refused
from ransel.pharmacokinetics.events.row import EventRow
from ransel.pharmacokinetics.events.schedule_of_events import Drawings
from ransel.pharmacokinetics.events.table import EventTable
from ransel.pharmacokinetics.fitting.levels import Levels
from ransel.pharmacokinetics.individuals import Floats

MOST_REFUSALS = 100


@dataclass(frozen=True, slots=True, eq=False, kw_only=True)
class ChildRows:
    """The rows of one child in which a level was drawn or is asked for, in order of time.

    Values:
        rows: as written. times: h, at which each is to be calculated. places: which of the child's levels it is, from
        nought; -1 where nothing was measured.
    """

    child: str
    rows: tuple[EventRow, ...]
    times: Floats
    places: tuple[int, ...]


@dataclass(frozen=True, slots=True, eq=False, kw_only=True)
class TableLevels:
    """All levels of a table, and the rows they came from."""

    levels: Levels
    children: tuple[ChildRows, ...]


def levels_of(table: EventTable, drawings: Drawings) -> TableLevels:
    """Return the levels of every child of a table.

    Raises:
        Refused: with every level that is no level: nought, negative, or below a limit that is not told.
    """
    refusals = [one for row in table.rows if (one := _complaint(row, table.file)) is not None]
    if refusals:
        raise Refused(refusals[:MOST_REFUSALS])
    children = [
        _child(name, table, drawings, slice(int(drawings.offsets[place]), int(drawings.offsets[place + 1])))
        for place, name in enumerate(table.children)
    ]
    chosen = [[(row, time) for row, time in zip(one.rows, one.times, strict=True) if _used(row)] for one in children]
    return TableLevels(
        levels=Levels.of(
            [np.array([time for _, time in rows]) for rows in chosen],
            [np.array([row.below if row.level is None else row.level for row, _ in rows]) for rows in chosen],
            [np.array([row.level is None for row, _ in rows], dtype=np.bool_) for rows in chosen],
        ),
        children=tuple(children),
    )


def _child(name: str, table: EventTable, drawings: Drawings, part: slice) -> ChildRows:
    rows = tuple(table.rows[place] for place in drawings.rows[part])
    places, measured = [], 0
    for row in rows:
        places.append(measured if _used(row) else -1)
        measured += _used(row)
    return ChildRows(child=name, rows=rows, times=drawings.times[part], places=tuple(places))


def _used(row: EventRow) -> bool:
    return not row.missing and (row.level is not None or row.below is not None)


def _complaint(row: EventRow, file: str) -> Refusal | None:
    if not _used(row):
        return None
    place = f"line {row.line} DV"
    if row.below is not None and row.below <= 0:
        return Refusal("pk-fit.limit-unknown", place, f"<{row.below:g}" if row.below else "BLQ", {}, file)
    if row.level is not None and row.level <= 0:
        return Refusal("pk-fit.no-level", place, f"{row.level:g}", {}, file)
    return None
