"""Any table gives what its rows give when they are taken one after the other, by another hand."""

import numpy as np
import pytest
from conformance.nonmem.brute_force import Child
from conformance.nonmem.sequential import Sequential
from conformance.nonmem.table_levels import individuals
from hypothesis import given
from hypothesis import strategies as some

from ransel.pharmacokinetics.events.row import EventKind, EventRow, Steady
from ransel.pharmacokinetics.events.schedule_of_events import dosing_of
from ransel.pharmacokinetics.events.table import EventTable, read_event_table
from ransel.pharmacokinetics.events.writing import event_table_text
from ransel.pharmacokinetics.linear.engine import concentrations_at

CHILDREN = [Child(), Child(exchange=0.0), Child(clearance=2.5, volume=3.0, exchange=0.2, peripheral=2.0)]


def some_amount(least=1):
    """Quarters: sums and quotients of them are exact, so that two hands can agree about what is at one time."""
    return some.integers(4 * least, 200).map(lambda number: number / 4)


@some.composite
def some_row(draw):
    """A row with the hours since the row before it."""
    gap = draw(some.sampled_from([0, 0, 0.5, 3, 8]))
    kind = EventKind(draw(some.sampled_from([0, 0, 0, 1, 1, 1, 2, 3, 4])))
    if not kind.doses:
        return gap, EventRow(child="1", time=0, kind=kind)
    steady = Steady(draw(some.sampled_from([0, 0, 0, 1, 2])))
    if steady and draw(some.integers(0, 3)) == 0:
        return gap, EventRow(child="1", time=0, kind=kind, steady=steady, rate=draw(some_amount()))
    amount, interval = draw(some_amount()), draw(some.sampled_from([4.0, 8.0, 12.0]))
    longest = interval if steady else 2 * interval
    rate = amount / draw(some.sampled_from([0.5, 2.0, longest])) if draw(some.booleans()) else 0.0
    additional = draw(some.integers(0, 5))
    row = EventRow(
        child="1", time=0, kind=kind, steady=steady, amount=amount, rate=rate, additional=additional,
        interval=interval if additional or steady else 0.0,
    )  # fmt: skip
    return gap, row


@some.composite
def some_table(draw):
    """Rows in the order of time, ending with a level a day later."""
    time, rows = draw(some.sampled_from([-6.0, 0.0])), []
    for gap, row in draw(some.lists(some_row(), min_size=1, max_size=12)):
        time += gap
        rows.append(at(row, time))
    return EventTable((*rows, EventRow(child="1", time=time), EventRow(child="1", time=time + 24)))


def at(row, time):
    fields = ("child", "kind", "steady", "amount", "rate", "additional", "interval")
    return EventRow(time=time, **{name: getattr(row, name) for name in fields})


@pytest.mark.property
@given(some_table(), some.sampled_from(CHILDREN))
def test_any_table_is_followed_as_by_another_hand(table, child):
    read = read_event_table(event_table_text(table))
    dosing, whole = dosing_of(read), individuals(child)
    found = concentrations_at(whole, dosing.schedule(whole), dosing.drawings.times, dosing.drawings.offsets)
    expected = Sequential(child).follow(table.rows)
    assert np.asarray(found) == pytest.approx(expected, rel=1e-9, abs=1e-9)
