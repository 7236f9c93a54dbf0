"""Where entries are kept: a port, and its twin in memory, which passes the same tests as the databases."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from threading import Lock
from typing import Protocol

from ransel.chart.chain import EMPTY, Head, Link, hash_of
from ransel.chart.entry import Entry, read_text
from ransel.chart.records import Record


class VersionTakenError(Exception):
    """Somebody else has appended to this treatment in the meantime: read it again and decide again."""


class Journal(Protocol):
    """An append-only list of entries over all treatments, in one chain."""

    def append(self, entries: Sequence[Entry[Record]]) -> Head:
        """Append entries, all or none, each at the next version of its treatment; return the new head.

        Raises:
            VersionTakenError: when a version is not the next one of its treatment, or its key has signed before.
        """

    def entries(self, treatment: str) -> tuple[Entry[Record], ...]:
        """Return the entries of a treatment in order, none when there is no such treatment."""

    def treatments(self) -> tuple[str, ...]:
        """Return the ids of all treatments, in the order in which they began."""

    def links(self, after: int = 0) -> Iterator[Link]:
        """Go through the chain in order, from the position after this one."""

    def head(self) -> Head:
        """Return where the chain ends."""


class MemoryJournal:
    """A journal in memory, for programs and tests without a database."""

    def __init__(self) -> None:
        self._links: list[Link] = []
        self._versions: dict[str, int] = {}
        self._keys: set[tuple[str, str]] = set()
        self._lock = Lock()

    def append(self, entries: Sequence[Entry[Record]]) -> Head:
        """Append entries, all or none; see `Journal`."""
        with self._lock:
            versions, keys, head, links = dict(self._versions), set(self._keys), self.head(), []
            for entry in entries:
                signed = (entry.treatment, entry.key)
                if entry.version != versions.get(entry.treatment, 0) + 1 or signed in keys:
                    raise VersionTakenError(entry.treatment)
                versions[entry.treatment] = entry.version
                if entry.key:
                    keys.add(signed)
                position, text = head.position + 1, entry.as_text()
                link = Link(position, entry.treatment, entry.version, text, head.hash,
                            hash_of(head.hash, position, text))  # fmt: skip
                links.append(link)
                head = Head(position, link.hash)
            self._links += links
            self._versions, self._keys = versions, keys
            return head

    def entries(self, treatment: str) -> tuple[Entry[Record], ...]:
        """Return the entries of a treatment in order."""
        return tuple(read_text(link.text) for link in self._links if link.treatment == treatment)

    def treatments(self) -> tuple[str, ...]:
        """Return the ids of all treatments."""
        return tuple(self._versions)

    def links(self, after: int = 0) -> Iterator[Link]:
        """Go through the chain in order."""
        yield from self._links[after:]

    def head(self) -> Head:
        """Return where the chain ends."""
        return Head(self._links[-1].position, self._links[-1].hash) if self._links else EMPTY
