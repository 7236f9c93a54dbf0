"""The journal in a database: the port of the chart, on SQLite and on PostgreSQL."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from django.db import IntegrityError, connection, transaction

from ransel.chart.chain import EMPTY, Head, Link, hash_of
from ransel.chart.entry import Entry, read_text
from ransel.chart.journal import VersionTakenError
from ransel.chart.records import Record
from ransel.store.models import JournalRow

LOCK = 0x52414E53454C
"""The advisory lock under which PostgreSQL appends: one writer at a time, so that positions have no gaps."""

READ_AT_ONCE = 2000


class DatabaseJournal:
    """The journal in the default database; see `ransel.chart.journal.Journal`.

    `append` joins a transaction that is open already, so that read models are written with the entries or not at all.
    """

    def append(self, entries: Sequence[Entry[Record]]) -> Head:
        """Append entries, all or none."""
        with transaction.atomic():
            lock_for_writing()
            head = self.head()
            versions: dict[str, int] = {}
            rows = []
            for entry in entries:
                expected = versions.get(entry.treatment, self._version(entry.treatment)) + 1
                if entry.version != expected:
                    raise VersionTakenError(entry.treatment)
                versions[entry.treatment] = expected
                row = _row(entry, head)
                rows.append(row)
                head = Head(row.position, row.hash)
            try:
                JournalRow.objects.bulk_create(rows)
            except IntegrityError as taken:
                raise VersionTakenError(str(taken)) from taken
        return head

    def entries(self, treatment: str) -> tuple[Entry[Record], ...]:
        """Return the entries of a treatment in order."""
        texts = JournalRow.objects.filter(treatment=treatment).order_by("version").values_list("text", flat=True)
        return tuple(read_text(text) for text in texts)

    def treatments(self) -> tuple[str, ...]:
        """Return the ids of all treatments, in the order in which they began."""
        return tuple(JournalRow.objects.filter(version=1).order_by("position").values_list("treatment", flat=True))

    def links(self, after: int = 0) -> Iterator[Link]:
        """Go through the chain in order, from the position after this one."""
        columns = ("position", "treatment", "version", "text", "previous", "hash")
        rows = JournalRow.objects.filter(position__gt=after).order_by("position").values_list(*columns)
        for row in rows.iterator(chunk_size=READ_AT_ONCE):
            yield Link(*row)

    def head(self) -> Head:
        """Return where the chain ends."""
        last = JournalRow.objects.order_by("-position").values_list("position", "hash").first()
        return EMPTY if last is None else Head(*last)

    def _version(self, treatment: str) -> int:
        last = JournalRow.objects.filter(treatment=treatment).order_by("-version").values_list("version", flat=True)
        return last.first() or 0


def lock_for_writing() -> None:
    """Let nobody else append until this transaction ends. On SQLite every transaction begins as a writing one."""
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_advisory_xact_lock(%s)", [LOCK])


def _row(entry: Entry[Record], head: Head) -> JournalRow:
    position, text = head.position + 1, entry.as_text()
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
