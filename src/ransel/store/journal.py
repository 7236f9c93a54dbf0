"""The journal in a database: the port of the chart, on SQLite and on PostgreSQL."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from django.db import DEFAULT_DB_ALIAS, IntegrityError, connections, transaction
from django.db.models import QuerySet

from ransel.chart.chain import EMPTY, Head, Link, hash_of
from ransel.chart.entry import Entry, read_text
from ransel.chart.journal import VersionTakenError
from ransel.chart.records import Record
from ransel.store.models import JournalRow

LOCK = 0x52414E53454C
"""The advisory lock under which PostgreSQL appends: one writer at a time, so that positions have no gaps."""

READ_AT_ONCE = 2000

Written = tuple[Entry[Record], str]
"""An entry, and the line in which it was written."""


@dataclass(frozen=True, slots=True)
class DatabaseJournal:
    """The journal in a database, the default one unless another is named; see `ransel.chart.journal.Journal`.

    `append` joins a transaction that is open already, so that read models are written with the entries or not at all.
    """

    using: str = DEFAULT_DB_ALIAS

    def append(self, entries: Sequence[Entry[Record]]) -> Head:
        """Append entries, all or none."""
        return self.append_written([(entry, entry.as_text()) for entry in entries])

    def append_written(self, written: Sequence[Written]) -> Head:
        """Append entries in the lines in which they were written once, by this program or an older one; all or none.

        Raises:
            VersionTakenError: when a version is not the next one of its treatment, or its key has signed before.
        """
        with transaction.atomic(using=self.using):
            lock_for_writing(self.using)
            head = self.head()
            versions: dict[str, int] = {}
            rows = []
            for entry, text in written:
                if entry.treatment not in versions:
                    versions[entry.treatment] = self._version(entry.treatment)
                versions[entry.treatment] += 1
                if entry.version != versions[entry.treatment]:
                    raise VersionTakenError(entry.treatment)
                row = _row(entry, text, head)
                rows.append(row)
                head = Head(row.position, row.hash)
            try:
                self._rows.bulk_create(rows)
            except IntegrityError as taken:
                raise VersionTakenError(str(taken)) from taken
        return head

    def entries(self, treatment: str) -> tuple[Entry[Record], ...]:
        """Return the entries of a treatment in order."""
        return tuple(map(read_text, self.texts(treatment)))

    def texts(self, treatment: str) -> tuple[str, ...]:
        """Return the lines in which the entries of a treatment were written, in order."""
        return tuple(self._rows.filter(treatment=treatment).order_by("version").values_list("text", flat=True))

    def treatments(self) -> tuple[str, ...]:
        """Return the ids of all treatments, in the order in which they began."""
        return tuple(self._rows.filter(version=1).order_by("position").values_list("treatment", flat=True))

    def links(self, after: int = 0) -> Iterator[Link]:
        """Go through the chain in order, from the position after this one."""
        columns = ("position", "treatment", "version", "text", "previous", "hash")
        rows = self._rows.filter(position__gt=after).order_by("position").values_list(*columns)
        for row in rows.iterator(chunk_size=READ_AT_ONCE):
            yield Link(*row)

    def head(self) -> Head:
        """Return where the chain ends."""
        last = self._rows.order_by("-position").values_list("position", "hash").first()
        return EMPTY if last is None else Head(*last)

    @property
    def _rows(self) -> QuerySet[JournalRow]:
        return JournalRow.objects.using(self.using)

    def _version(self, treatment: str) -> int:
        last = self._rows.filter(treatment=treatment).order_by("-version").values_list("version", flat=True)
        return last.first() or 0


def lock_for_writing(using: str = DEFAULT_DB_ALIAS) -> None:
    """Let nobody else append until this transaction ends. On SQLite every transaction begins as a writing one."""
    connection = connections[using]
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_advisory_xact_lock(%s)", [LOCK])


def _row(entry: Entry[Record], text: str, head: Head) -> JournalRow:
    position = head.position + 1
    return JournalRow(
        position=position,
        treatment=entry.treatment,
        version=entry.version,
        kind=entry.kind,
        written=entry.written,
        key=entry.key,
        text=text,
        previous=head.hash,
        hash=hash_of(head.hash, position, text),
    )
