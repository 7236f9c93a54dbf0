"""Who does the work of a simulation: this process, more processes, or other machines; all behind one small port.

A task is a picklable callable that makes the part of one shard. Parts come back in the order in which they are
finished, so what is made of them may not depend on an order: it is added up exactly (`ransel.outcomes.tally`).
Then the same seed gives the same numbers to the last bit, whoever does the work, on processors of one kind: another
kind of processor may round the last bit of a logarithm in another way.
"""

from __future__ import annotations

import os
from collections.abc import Generator, Iterable, Iterator
from concurrent.futures import FIRST_COMPLETED, Future, ThreadPoolExecutor, wait
from contextlib import contextmanager
from contextvars import ContextVar
from itertools import islice
from typing import Protocol, TypeVar

from ransel.language import refuse
from ransel.pharmacokinetics.scale.shards import Shard

DEATHS_OF_A_SHARD = 3
"""So many workers may die on the same shard before it is the shard, not bad luck."""

Part = TypeVar("Part")
Part_co = TypeVar("Part_co", covariant=True)

_threads: ContextVar[int | None] = ContextVar("threads", default=None)


class Task(Protocol[Part_co]):
    """The work on one shard: picklable, and the same shard always gives the same part."""

    def __call__(self, shard: Shard, /) -> Part_co:
        """Return the part of this shard."""


class Workers(Protocol):
    """Somebody who does a task for many shards."""

    def run(self, task: Task[Part], shards: Iterable[Shard]) -> Generator[tuple[Shard, Part], None, None]:
        """Yield each shard with its part, once, as soon as it is finished.

        Closing the generator ends the work that is going on. What a task raises is raised here.

        Raises:
            Refused: when the workers cannot be had, or keep dying.
        """


class ThisProcess:
    """The twin of all workers: this process, with so many threads, by default one for each processor.

    Each thread does a shard of its own: the kernels, the random numbers and the counting leave Python free meanwhile.
    """

    def __init__(self, threads: int | None = None) -> None:
        self.threads = processors() if threads is None else threads
        if self.threads < 1:
            refuse("workers.none", "threads", threads)

    def run(self, task: Task[Part], shards: Iterable[Shard]) -> Generator[tuple[Shard, Part], None, None]:
        """Yield each shard with its part as soon as a thread has finished it."""
        waiting = iter(shards)
        going: dict[Future[Part], Shard] = {}
        pool = ThreadPoolExecutor(self.threads, thread_name_prefix="ransel-worker")
        try:
            while True:
                for shard in islice(waiting, self.threads - len(going)):
                    going[pool.submit(_alone, task, shard)] = shard
                if not going:
                    return
                for future in wait(going, return_when=FIRST_COMPLETED).done:
                    yield going.pop(future), future.result()
        finally:
            pool.shutdown(cancel_futures=True)


@contextmanager
def one_thread() -> Iterator[None]:
    """Have what is done inside use one thread: the worker beside this one has the others."""
    before = _threads.set(1)
    try:
        yield
    finally:
        _threads.reset(before)


def threads_here() -> int | None:
    """Return how many threads a task may use where it runs now; None when nobody has said so."""
    return _threads.get()


def processors() -> int:
    """Return how many processors this process may use."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


def _alone(task: Task[Part], shard: Shard) -> Part:
    with one_thread():
        return task(shard)
