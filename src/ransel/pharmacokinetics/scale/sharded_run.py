"""A task over all shards: what is kept already is taken, the rest is done, and how far it is is told."""

from __future__ import annotations

from collections.abc import Callable, Generator, Sequence
from contextlib import ExitStack, closing

from ransel.pharmacokinetics.scale.kept_parts import KeptParts
from ransel.pharmacokinetics.scale.shards import Shard
from ransel.pharmacokinetics.scale.workers import Part, Task, Workers

Progress = Callable[[int, int], None]
"""Is told how many children are done, of how many."""


def run_shards(
    task: Task[Part],
    shards: Sequence[Shard],
    workers: Workers,
    progress: Progress | None = None,
    kept: KeptParts[Part] | None = None,
) -> Generator[Part, None, None]:
    """Yield the part of every shard once, in the order in which they become known.

    With `kept`, each part is on the disk before it is yielded. An interruption at any moment, Ctrl-C or worse, leaves
    a folder with which the same call goes on; with the same result, to the last bit.

    Raises:
        Refused: as the workers and the folder say.
    """
    told = _Told(progress, sum(shard.children for shard in shards))
    with ExitStack() as stack:
        if kept is not None:
            stack.enter_context(kept.opened())
        to_do = []
        for shard in shards:
            known = kept.read(shard) if kept is not None else None
            if known is None:
                to_do.append(shard)
                continue
            told.add(shard.children)
            yield known
        for shard, part in stack.enter_context(closing(workers.run(task, to_do))):
            if kept is not None:
                kept.keep(shard, part)
            told.add(shard.children)
            yield part


class _Told:
    """How many children are done; said after each shard."""

    def __init__(self, progress: Progress | None, children: int) -> None:
        self.progress = progress
        self.children = children
        self.done = 0

    def add(self, children: int) -> None:
        self.done += children
        if self.progress is not None:
            self.progress(self.done, self.children)
