"""Reading a treatment: folded once, and then only what was signed since.

A treatment is immutable, so what was folded for one page serves the next. The hash of the last entry that was folded
is looked at each time: a database that was restored or exchanged is read anew.
"""

from __future__ import annotations

from collections import OrderedDict
from dataclasses import dataclass
from threading import Lock

from ransel.chart.entry import read_text
from ransel.chart.treatment import Treatment, after, fold
from ransel.store.models import JournalRow

KEPT = 1000
"""How many treatments a process keeps."""


@dataclass(frozen=True, slots=True)
class _Folded:
    treatment: Treatment
    hash: str


_folded: OrderedDict[str, _Folded] = OrderedDict()
_lock = Lock()


def load(treatment: str) -> Treatment:
    """Return a treatment at its last version; one without entries when there is none."""
    with _lock:
        known = _folded.get(treatment)
    rows = _rows(treatment, known.treatment.version if known else 1)
    if known is None or not rows or rows[0][1] != known.hash:
        rows = rows if known is None else _rows(treatment, 1)
        state = fold(treatment, (read_text(text) for _, _, text in rows))
    else:
        state = after(known.treatment, [read_text(text) for _, _, text in rows[1:]])
    if rows:
        _keep(treatment, _Folded(state, rows[-1][1]))
    return state


def _rows(treatment: str, version: int) -> list[tuple[int, str, str]]:
    found = JournalRow.objects.filter(treatment=treatment, version__gte=version).order_by("version")
    return list(found.values_list("version", "hash", "text"))


def _keep(treatment: str, folded: _Folded) -> None:
    with _lock:
        _folded[treatment] = folded
        _folded.move_to_end(treatment)
        while len(_folded) > KEPT:
            _folded.popitem(last=False)
