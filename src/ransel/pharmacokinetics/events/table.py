"""Event tables as NONMEM, mrgsolve and rxode2 read them: one line for each dose and each level, in CSV.

Amounts are mg, rates mg/h, times h, levels mg/L. What the columns mean is told in docs/reference/event-table.md.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from ransel.language import refuse
from ransel.pharmacokinetics.events.cells import Complaints, Line, Numbers, lines_of
from ransel.pharmacokinetics.events.row import EventKind, EventRow, Steady
from ransel.pharmacokinetics.events.rules import check_children, check_row

REQUIRED = ("ID", "TIME")
KNOWN = ("ID", "TIME", "AMT", "RATE", "DUR", "II", "ADDL", "SS", "EVID", "MDV", "CMT", "DV", "OCC")
"""The columns with a meaning of their own; every other one is a covariate."""
_CHILD = re.compile(r"[A-Za-z0-9][A-Za-z0-9_.:-]{0,39}")


@dataclass(frozen=True, slots=True)
class EventTable:
    """The events of some children, each child's together and in the order of time.

    Values:
        rows: every event. covariates: the names of the columns without a meaning of their own. file: where it was read.
    """

    rows: tuple[EventRow, ...]
    covariates: tuple[str, ...] = ()
    file: str = ""

    @property
    def children(self) -> tuple[str, ...]:
        """The children, in the order in which they come."""
        return tuple(dict.fromkeys(row.child for row in self.rows))

    def of_each_child(self) -> Iterator[tuple[str, tuple[EventRow, ...]]]:
        """Go through the children with their events."""
        first = 0
        for place in range(1, len(self.rows) + 1):
            if place == len(self.rows) or self.rows[place].child != self.rows[first].child:
                yield self.rows[first].child, self.rows[first:place]
                first = place

    @property
    def doses(self) -> bool:
        """Whether anything is given."""
        return any(row.kind.doses for row in self.rows)


def read_event_table(text: str, file: str = "") -> EventTable:
    """Return the event table that a text in CSV holds.

    Raises:
        Refused: with everything that is wrong with it (the first hundred), each at its line and column.
    """
    complaints = Complaints(file)
    columns, lines = lines_of(text, complaints)
    for column in REQUIRED:
        if column not in columns:
            complaints.add("no-column", 1, column, ", ".join(columns), name=column)
    complaints.refuse()
    covariates = tuple(name for name in columns if name not in KNOWN)
    numbers = Numbers(complaints)
    rows = []
    for line in lines:
        before = len(complaints.found)
        row = _row(line, covariates, numbers, complaints)
        if len(complaints.found) == before:  # a rule about cells that could not be read would only confuse
            check_row(row, complaints)
        rows.append(row)
    if not rows and not complaints.found:
        refuse("event-table.empty", file, file)
    check_children(rows, complaints)
    complaints.refuse()
    return EventTable(tuple(rows), covariates, file)


def _row(line: Line, covariates: tuple[str, ...], numbers: Numbers, complaints: Complaints) -> EventRow:
    child = line.cells["ID"]
    if not _CHILD.fullmatch(child):
        complaints.add("no-name", line.number, "ID", child)
    amount, level = numbers.number(line, "AMT"), numbers.level(line)
    rate = _rate(line, amount, numbers, complaints)
    return EventRow(
        line=line.number, child=child, time=numbers.required(line, "TIME"),
        kind=_kind(line, amount, rate, numbers, complaints), amount=amount, rate=rate,
        interval=numbers.number(line, "II"), additional=numbers.whole(line, "ADDL"),
        steady=_steady(line, numbers, complaints), missing=_missing(line, numbers, complaints),
        compartment=numbers.whole(line, "CMT"), level=level[0], below=level[1],
        occasion=_occasion(line, numbers, complaints),
        covariates={name: numbers.number(line, name) for name in covariates},
    )  # fmt: skip


def _rate(line: Line, amount: float, numbers: Numbers, complaints: Complaints) -> float:
    rate, duration = numbers.number(line, "RATE"), numbers.number(line, "DUR")
    if rate in {-1, -2}:
        complaints.add("modelled-rate", line.number, "RATE", line.cells["RATE"])
    elif rate < 0:
        complaints.add("negative", line.number, "RATE", line.cells["RATE"])
    elif duration < 0:
        complaints.add("negative", line.number, "DUR", line.cells["DUR"])
    elif rate and duration:
        complaints.add("rate-and-duration", line.number, "DUR", line.cells["DUR"], rate=line.cells["RATE"])
    elif duration and not amount:
        complaints.add("duration-without-amount", line.number, "DUR", line.cells["DUR"])
    return amount / duration if duration else rate


def _kind(line: Line, amount: float, rate: float, numbers: Numbers, complaints: Complaints) -> EventKind:
    """Return the kind of event; without a column EVID, what has an amount or a rate is a dose."""
    if "EVID" not in line.cells:
        return EventKind.DOSE if amount or rate else EventKind.OBSERVATION
    number = numbers.whole(line, "EVID")
    if number not in set(EventKind):
        complaints.add("unknown-event", line.number, "EVID", line.cells["EVID"])
        return EventKind.OTHER
    return EventKind(number)


def _steady(line: Line, numbers: Numbers, complaints: Complaints) -> Steady:
    number = numbers.whole(line, "SS")
    if number not in set(Steady):
        complaints.add("unknown-steady", line.number, "SS", line.cells["SS"])
        return Steady.NO
    return Steady(number)


def _missing(line: Line, numbers: Numbers, complaints: Complaints) -> bool:
    number = numbers.whole(line, "MDV")
    if number not in {0, 1}:
        complaints.add("yes-or-no", line.number, "MDV", line.cells["MDV"])
    return number == 1


def _occasion(line: Line, numbers: Numbers, complaints: Complaints) -> int:
    if "OCC" not in line.cells:
        return 1
    number = numbers.whole(line, "OCC")
    if not 1 <= number <= 1000:
        complaints.add("occasion", line.number, "OCC", line.cells["OCC"])
        return 1
    return number
