"""What stands against signing a record, one guard for each kind that has one."""

from __future__ import annotations

from collections.abc import Iterator

from ransel.chart.guards import care, home, pharmacy, prescribing
from ransel.chart.people import Hand
from ransel.chart.records import Record
from ransel.chart.rules import Rules
from ransel.chart.treatment import Treatment
from ransel.language import Refusal

GUARDS = {**prescribing.GUARDS, **pharmacy.GUARDS, **care.GUARDS, **home.GUARDS}


def objections(treatment: Treatment, hand: Hand, rules: Rules, record: Record) -> Iterator[Refusal]:
    """Go through everything that stands against this hand signing this record now."""
    guard = GUARDS.get(record.kind)
    if guard is not None:
        yield from guard(treatment, hand, rules, record)
