"""Whose dose window it is: each child has a record of its own, and typing another number does not empty one."""

from __future__ import annotations

from dataclasses import replace

from ransel.pump.controller import Controller, Kept
from ransel.pump.dose_window import DoseWindow
from ransel.pump.programme import Programme


def with_window(pump: Controller, programme: Programme) -> Kept:
    """Return the memory with the dose window that holds for a programme.

    Another child has another record; the first one's waits until its number comes back. A record is emptied for a new
    course only: a person has said so at switching on, before anything ran, *and* the clock says that a whole window
    has passed. Neither alone is enough.
    """
    row, kept = programme.row, pump.kept
    records = {**kept.other_windows, kept.window_of: kept.window.stretches}
    stretches = records.pop(programme.patient, ())
    waited = kept.stopped_clock_ms is not None and pump.readings.clock_ms - kept.stopped_clock_ms >= row.window_ms
    if pump.new_child and waited:
        stretches = ()
    window = DoseWindow(row.window_ms, row.window_most_nL, row.window_most_percent, stretches)
    others = {patient: record for patient, record in records.items() if record}
    return replace(kept, window=window, window_of=programme.patient, other_windows=others)
