"""What an event table may not say: the rules of NONMEM, and of models that have one place to give into."""

from __future__ import annotations

from collections.abc import Sequence

from ransel.pharmacokinetics.events.cells import Complaints, plain
from ransel.pharmacokinetics.events.row import EventKind, EventRow, Steady

CENTRAL = 1
MOST_ADDITIONAL = 100_000
MOST_DOSES = 5_000_000
ROUNDING = 1e-9
"""Relative: times that differ by less are the same moment, written in two ways."""


def check_row(row: EventRow, complaints: Complaints) -> None:
    """Complain of everything in one row that no dose, level or reset can be."""
    for column, number in (("AMT", row.amount), ("II", row.interval), ("ADDL", row.additional)):
        if number < 0:
            complaints.add("negative", row.line, column, plain(number))
            return
    if row.kind.doses:
        _check_dose(row, complaints)
        if row.compartment not in {0, CENTRAL}:
            complaints.add("compartment", row.line, "CMT", row.compartment)
        return
    if row.kind is EventKind.OBSERVATION and row.compartment not in {0, CENTRAL}:
        complaints.add("compartment", row.line, "CMT", row.compartment)
    given = {"AMT": row.amount, "RATE": row.rate, "II": row.interval, "ADDL": row.additional, "SS": row.steady}
    for column, number in given.items():
        if number:
            complaints.add("dose-on-other", row.line, column, plain(number), kind=int(row.kind))


def _check_dose(row: EventRow, complaints: Complaints) -> None:
    if row.amount == 0:
        _check_endless(row, complaints)
    elif row.steady is not Steady.NO and row.interval == 0:
        complaints.add("steady-without-interval", row.line, "SS", int(row.steady))
    elif row.steady is not Steady.NO and row.duration > row.interval * (1 + ROUNDING):
        hours = plain(row.duration)
        complaints.add("longer-than-interval", row.line, "II", plain(row.interval), duration=hours)
    elif row.additional and row.interval == 0:
        complaints.add("additional-without-interval", row.line, "ADDL", row.additional)
    elif row.interval and not row.additional and row.steady is Steady.NO:
        complaints.add("interval-alone", row.line, "II", plain(row.interval))
    elif row.additional > MOST_ADDITIONAL:
        complaints.add("too-many-additional", row.line, "ADDL", row.additional, most=MOST_ADDITIONAL)


def _check_endless(row: EventRow, complaints: Complaints) -> None:
    """Check a dose without an amount: only the steady state of an infusion that has run for ever is one."""
    if row.rate == 0:
        complaints.add("no-amount", row.line, "AMT", "0")
    elif row.steady is Steady.NO:
        complaints.add("rate-without-amount", row.line, "RATE", plain(row.rate))
    elif row.interval or row.additional:
        complaints.add("endless-repeats", row.line, "II" if row.interval else "ADDL", plain(row.rate))


def check_children(rows: Sequence[EventRow], complaints: Complaints) -> None:
    """Complain of children whose rows do not stand together, and of times that go back."""
    seen: set[str] = set()
    before: EventRow | None = None
    for row in rows:
        if before is None or row.child != before.child:
            if row.child in seen:
                complaints.add("child-returns", row.line, "ID", row.child)
            seen.add(row.child)
        elif row.time < before.time:
            reset = row.kind.resets
            code = "time-back-at-reset" if reset else "time-back"
            complaints.add(code, row.line, "TIME", plain(row.time), before=plain(before.time))
        before = row
    doses = sum(row.additional + 1 for row in rows if row.kind.doses)
    if doses > MOST_DOSES:
        complaints.add("too-many-doses", rows[-1].line, "ADDL", doses, most=MOST_DOSES)
