"""Signing and keeping: load, decide, append, write the boards in one transaction; again when somebody was first."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

from django.db import transaction

from ransel.chart.entry import Entry
from ransel.chart.journal import VersionTakenError
from ransel.chart.people import Hand
from ransel.chart.records import Record
from ransel.chart.rules import Rules
from ransel.chart.signing import sign
from ransel.chart.treatment import Treatment, after
from ransel.store.boards import write_boards
from ransel.store.journal import DatabaseJournal, lock_for_writing
from ransel.store.loading import load
from ransel.store.models import Pump, PumpUseRow


def keep(
    treatment: str, hand: Hand, rules_for: Callable[[Treatment], Rules], *records: Record
) -> tuple[Treatment, tuple[Entry[Record], ...]]:
    """Sign records and keep them; return the treatment after them, and the entries, none when they were sent twice.

    `rules_for` gives the rules for the treatment as it stands. Nothing is kept when anything is refused.

    Raises:
        Refused: with every reason.
    """
    try:
        return _signed(treatment, hand, rules_for, records)
    except VersionTakenError:  # somebody was first: decide again, now that nobody else can come in between
        with transaction.atomic():
            lock_for_writing()
            return _signed(treatment, hand, rules_for, records)


def _signed(
    treatment: str, hand: Hand, rules_for: Callable[[Treatment], Rules], records: tuple[Record, ...]
) -> tuple[Treatment, tuple[Entry[Record], ...]]:
    state = load(treatment)
    entries = sign(state, hand, replace(rules_for(state), free_pumps=free_pumps()), *records)
    return (_kept(state, entries) if entries else state), entries


@transaction.atomic
def _kept(state: Treatment, entries: tuple[Entry[Record], ...]) -> Treatment:
    DatabaseJournal().append(entries)
    kept = after(state, entries)
    write_boards(kept)
    return kept


def free_pumps() -> frozenset[str]:
    """Return the numbers of the pumps on the shelf."""
    taken = PumpUseRow.objects.values_list("pump", flat=True)
    return frozenset(Pump.objects.filter(retired=False).exclude(number__in=taken).values_list("number", flat=True))
