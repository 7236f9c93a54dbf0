"""An event table out of a schedule, and as text that other programs read."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator, Mapping, Sequence

import numpy as np

from ransel.pharmacokinetics.events.row import EventKind, EventRow, Steady
from ransel.pharmacokinetics.events.table import EventTable
from ransel.pharmacokinetics.individuals import Floats
from ransel.pharmacokinetics.schedule import Schedule

_NOTHING = "."


def events_of(
    schedule: Schedule,
    *,
    drawings: Sequence[float] = (),
    children: Sequence[str] = (),
    covariates: Mapping[str, Floats] | None = None,
) -> EventTable:
    """Return the events of a schedule, and drawings of levels at these times (h) for every child.

    Children are called 1, 2, 3 … unless they have names. An occasion ends with a row of its own, because the time up
    to a row belongs to that row. A level at the time of a dose is drawn before it.

    Raises:
        ValueError: when an infusion never ends, or a steady state has been worked out into amounts: a table has no
            words for either.
    """
    if schedule.peripheral_boluses is not None and np.any(schedule.peripheral_boluses):
        raise ValueError("amounts beyond the blood cannot be written as doses: write the table that they came from")
    names = tuple(children) or tuple(str(number + 1) for number in range(schedule.count))
    columns = {} if covariates is None else covariates
    rows: list[EventRow] = []
    for place, name in enumerate(names):
        own = {column: float(values[place]) for column, values in columns.items()}
        rows += _in_order(list(_rows(schedule, place, name, own)), drawings, name, own)
    return EventTable(tuple(rows), tuple(columns))


def _rows(schedule: Schedule, place: int, name: str, own: Mapping[str, float]) -> Iterator[EventRow]:
    first, last = (0, schedule.times.size)
    if schedule.offsets is not None:
        first, last = int(schedule.offsets[place]), int(schedule.offsets[place + 1])
    scale = float(schedule.scale[place])
    for moment in range(first, last):
        time, occasion = float(schedule.times[moment]), int(schedule.occasions[moment]) + 1
        bolus, rate = (float(values[moment]) * scale for values in (schedule.boluses, schedule.rates))
        before = int(schedule.occasions[moment - 1]) + 1 if moment > first else occasion
        if before != occasion:
            yield EventRow(child=name, time=time, kind=EventKind.OTHER, occasion=before, covariates=own)
        if schedule.resets[moment]:
            yield EventRow(child=name, time=time, kind=EventKind.RESET, occasion=occasion, covariates=own)
        if bolus:
            yield EventRow(
                child=name, time=time, kind=EventKind.DOSE, amount=bolus, occasion=occasion, covariates=own
            )  # fmt: skip
        if rate:
            if moment + 1 == last:
                raise ValueError(f"the infusion of child {name} at {time} h never ends")
            amount = rate * (float(schedule.times[moment + 1]) - time)
            yield EventRow(
                child=name, time=time, kind=EventKind.DOSE, amount=amount, rate=rate, occasion=occasion, covariates=own
            )


def _in_order(rows: list[EventRow], drawings: Sequence[float], name: str, own: Mapping[str, float]) -> list[EventRow]:
    """Return the rows with the drawings among them; each drawing has the occasion that holds up to it."""
    found: list[EventRow] = []
    waiting = sorted(drawings)
    occasion = rows[0].occasion if rows else 1
    for row in rows:
        while waiting and waiting[0] <= row.time:
            time = waiting.pop(0)
            found.append(EventRow(child=name, time=time, occasion=occasion, covariates=own))
        found.append(row)
        occasion = row.occasion
    return found + [EventRow(child=name, time=time, occasion=occasion, covariates=own) for time in waiting]


def event_table_text(table: EventTable) -> str:
    """Return a table as CSV, every number with all its digits; columns that nobody uses are left out."""
    cells = [_cells(row) for row in table.rows]
    used = [column for column in _COLUMNS if column in _ALWAYS or any(row[column] != _unused(column) for row in cells)]
    file = io.StringIO()
    writer = csv.writer(file, lineterminator="\n")
    writer.writerow([*used, *table.covariates])
    for row, written in zip(table.rows, cells, strict=True):
        others = (_number(row.covariates[name]) for name in table.covariates)
        writer.writerow([*(written[column] for column in used), *others])
    return file.getvalue()


_COLUMNS = ("ID", "TIME", "AMT", "RATE", "II", "ADDL", "SS", "EVID", "MDV", "CMT", "DV", "OCC")
_ALWAYS = {"ID", "TIME", "AMT", "EVID"}


def _cells(row: EventRow) -> dict[str, str]:
    level = _NOTHING if row.level is None else _number(row.level)
    if row.below is not None:
        level = f"<{_number(row.below)}" if row.below else "BLQ"
    return {
        "ID": row.child,
        "TIME": _number(row.time),
        "AMT": _number(row.amount) if row.amount else _NOTHING,
        "RATE": _number(row.rate) if row.rate else _NOTHING,
        "II": _number(row.interval) if row.interval else _NOTHING,
        "ADDL": str(row.additional) if row.additional else _NOTHING,
        "SS": str(int(row.steady)) if row.steady is not Steady.NO else _NOTHING,
        "EVID": str(int(row.kind)),
        "MDV": "1" if row.missing else _NOTHING,
        "CMT": str(row.compartment) if row.compartment else _NOTHING,
        "DV": level,
        "OCC": str(row.occasion),
    }


def _unused(column: str) -> str:
    return "1" if column == "OCC" else _NOTHING


def _number(value: float) -> str:
    return str(int(value)) if value == int(value) and abs(value) < 2**53 else repr(value)
