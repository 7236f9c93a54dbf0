"""Checking what is kept: the chain, the columns beside each entry, and on SQLite the file under it.

`first_break` of the chart walks the chain. Beside the text of an entry the table keeps its kind, its time and its
key, to find entries by: they are no link of the chain, and are held against the text here.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime

from django.db import DatabaseError, connections
from django.db.models import QuerySet, TextField
from django.db.models.functions import Cast

from ransel.chart.chain import EMPTY, Break, Head, Link, first_break
from ransel.store.journal import DatabaseJournal
from ransel.store.models import JournalRow

PAGE = 1000
_INSTANT = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2} [0-9]{2}:[0-9]{2}:[0-9]{2}(?:\.[0-9]{1,6})?(?:\+00)?")
_COLUMNS = ("position", "treatment", "version", "text", "previous", "hash", "kind", "key", "instant")
Row = tuple[int, str, int, str, str, str, str, str, str]


@dataclass(frozen=True, slots=True)
class Checked:
    """What a walk through the chain found.

    Values:
        head: the last entry that holds. treatments: how many there are up to it.
        broken: the first place that does not hold, None when all does. treatment: of the entry there, as the table
            says, empty when there is none. damage: what SQLite says about its file, empty when it is whole.
    """

    head: Head
    treatments: int
    broken: Break | None
    treatment: str
    damage: str = ""


def check_chain(
    journal: DatabaseJournal, expected: Head = EMPTY, reached: Callable[[int], None] = lambda _: None
) -> Checked:
    """Walk the whole chain and return what was found.

    `expected` is a head that was kept elsewhere: the chain must pass through it. `reached` is told, page by page,
    which position is next.
    """
    walk = _Walk(journal, reached)
    broken = first_break(walk.links(), expected)[1]
    broken = walk.broken or broken
    return Checked(
        head=walk.sound,
        treatments=len(walk.treatments),
        broken=broken,
        treatment=_treatment_at(journal, broken.position) if broken else "",
        damage="" if broken else _damage(journal),
    )


class _Walk:
    """The rows of the chain, page by page, each link handed on before what stands beside it is looked at."""

    def __init__(self, journal: DatabaseJournal, reached: Callable[[int], None]) -> None:
        self.journal, self.reached = journal, reached
        self.sound = EMPTY
        self.treatments = set[str]()
        self.broken: Break | None = None

    def links(self) -> Iterator[Link]:
        """Go through all links, those at impossible positions first; stop at the first with something else beside."""
        for row in self._rows():
            link = Link(*row[:6])
            yield link
            if not _agrees(row):
                self.broken = Break(link.position, "beside")
                return
            self.sound = Head(link.position, link.hash)
            self.treatments.add(link.treatment)

    def _rows(self) -> Iterator[Row]:
        last: int | None = None
        while True:
            self.reached((last or 0) + 1)
            try:
                page = self._page(last, PAGE)
            except (DatabaseError, ValueError):  # some row cannot even be read
                yield from self._one_by_one(last)
                return
            yield from page
            if len(page) < PAGE:
                return
            last = page[-1][0]

    def _one_by_one(self, last: int | None) -> Iterator[Row]:
        """Go on row by row, up to the one that cannot be read."""
        while True:
            try:
                page = self._page(last, 1)
            except (DatabaseError, ValueError):
                self.broken = Break((last or 0) + 1, "unreadable")
                return
            if not page:
                return
            yield page[0]
            last = page[0][0]

    def _page(self, after: int | None, size: int) -> list[Row]:
        rows: QuerySet[JournalRow] = JournalRow.objects.using(self.journal.using)
        if after is not None:
            rows = rows.filter(position__gt=after)
        told = rows.annotate(instant=Cast("written", TextField()))
        return list(told.order_by("position").values_list(*_COLUMNS)[:size])


def _agrees(row: Row) -> bool:
    """Whether what stands beside the text is what the text says; the text itself was read before."""
    told = json.loads(row[3])
    written = datetime.fromisoformat(told["written"])
    return (row[6], row[7], _instant(row[8])) == (str(told["kind"]), str(told["key"]), written)


def _instant(found: object) -> datetime | None:
    if not isinstance(found, str) or not _INSTANT.fullmatch(found):
        return None
    try:
        return datetime.fromisoformat(found.removesuffix("+00")).replace(tzinfo=UTC)
    except ValueError:
        return None


def _treatment_at(journal: DatabaseJournal, position: int) -> str:
    rows = JournalRow.objects.using(journal.using).filter(position=position)
    try:
        return str(rows.values_list("treatment", flat=True).first() or "")
    except DatabaseError:
        return ""


def _damage(journal: DatabaseJournal) -> str:
    """Return the first thing that SQLite finds wrong with its own file."""
    connection = connections[journal.using]
    if connection.vendor != "sqlite":
        return ""
    with connection.cursor() as cursor:
        try:
            cursor.execute("PRAGMA integrity_check(1)")
            (said,) = cursor.fetchone()
        except DatabaseError as error:
            said = str(error)
    return "" if said == "ok" else said
