"""A population cut in pieces: each a range of the numbers of its children."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise

from ransel.language import refuse

CHILDREN_OF_A_SHARD = 50_000
"""A quarter of a second of work or more: long beside the handing over, short beside what is lost with a worker."""


@dataclass(frozen=True, slots=True, order=True)
class Shard:
    """The children from number `start` up to, not including, number `stop`."""

    start: int
    stop: int

    @property
    def children(self) -> int:
        """How many they are."""
        return self.stop - self.start

    def blocks(self, size: int) -> tuple[tuple[int, int], ...]:
        """Return the same children as ranges of at most `size`, in which arrays are filled and used again."""
        return tuple((begin, min(begin + size, self.stop)) for begin in range(self.start, self.stop, size))


def shards_of(children: int, size: int = CHILDREN_OF_A_SHARD) -> tuple[Shard, ...]:
    """Return the children from nought, in shards of `size`; the last one holds what is left.

    Raises:
        Refused: without children, or without children in a shard.
    """
    for field, number in (("children", children), ("shard-size", size)):
        if number < 1:
            refuse("shards.none", field, number)
    return tuple(Shard(begin, min(begin + size, children)) for begin in range(0, children, size))


def equal_shards(children: int, count: int) -> tuple[Shard, ...]:
    """Return the children in so many shards that differ by one child at most.

    Raises:
        Refused: when there are fewer children than shards, or no shards.
    """
    if not 1 <= count <= children:
        refuse("shards.too-many", "shards", count, children=children)
    cuts = [children * number // count for number in range(count + 1)]
    return tuple(Shard(begin, end) for begin, end in pairwise(cuts))
