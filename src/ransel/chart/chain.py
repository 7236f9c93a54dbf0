"""The chain: every entry is bound to the one before it, so that a changed, moved or missing one shows.

The text of an entry is hashed as it was written. A later version that reads it differently breaks nothing.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from hashlib import sha256

from ransel.chart.entry import read_text
from ransel.language import Refused

GENESIS = "0" * 64
"""What stands before the first entry."""


@dataclass(frozen=True, slots=True)
class Link:
    """One entry in the chain.

    Values:
        position: from 1, over all treatments, without gaps. text: the entry as it was written.
        treatment, version: as the store keeps them beside the text.
        previous, hash: of the link before, and of this one.
    """

    position: int
    treatment: str
    version: int
    text: str
    previous: str
    hash: str


@dataclass(frozen=True, slots=True)
class Head:
    """Where a chain ended at some moment; kept elsewhere, it shows later that nothing was cut off."""

    position: int
    hash: str


@dataclass(frozen=True, slots=True)
class Break:
    """The first place at which a chain does not hold, and why: a key of a sentence."""

    position: int
    why: str


EMPTY = Head(0, GENESIS)


def hash_of(previous: str, position: int, text: str) -> str:
    """Return the hash of an entry at a position behind a link."""
    return sha256(f"{previous}\n{position}\n{text}".encode()).hexdigest()


def first_break(links: Iterable[Link], expected: Head = EMPTY) -> tuple[Head, Break | None]:
    """Walk a chain in the order of positions; return where it ends and the first break, or None when it is whole.

    `expected` is a head that was kept elsewhere: the chain must pass through it.
    """
    head, versions = EMPTY, dict[str, int]()
    for link in links:
        why = _fault(link, head, versions, expected)
        if why:
            return head, Break(head.position + 1, why)
        versions[link.treatment] = link.version
        head = Head(link.position, link.hash)
    if head.position < expected.position:
        return head, Break(head.position + 1, "cut-off")
    return head, None


def _fault(link: Link, before: Head, versions: Mapping[str, int], expected: Head) -> str:
    """Return why a link does not hold behind the one before it, empty when it does."""
    if link.position != before.position + 1:
        return "missing"
    if link.previous != before.hash:
        return "previous"
    if link.hash != hash_of(before.hash, link.position, link.text):
        return "hash"
    if link.position == expected.position and link.hash != expected.hash:
        return "head"
    return _text_fault(link, versions)


def _text_fault(link: Link, versions: Mapping[str, int]) -> str:
    """Return why the text of a link is not the entry that the store says it is, empty when it is."""
    try:
        entry = read_text(link.text)
    except Refused:
        return "unreadable"
    if (entry.treatment, entry.version) != (link.treatment, link.version):
        return "columns"
    return "version" if entry.version != versions.get(entry.treatment, 0) + 1 else ""
