"""Workers that are processes of this machine, each with one thread. Of one that is killed the shard is done again."""

from __future__ import annotations

import multiprocessing
import os
import pickle
import signal
from collections import deque
from collections.abc import Generator, Iterable, Iterator
from contextlib import suppress
from dataclasses import dataclass, field
from multiprocessing.connection import Connection, wait
from multiprocessing.context import SpawnContext, SpawnProcess
from typing import Any, cast

from ransel.language import refuse
from ransel.pharmacokinetics.scale.shards import Shard
from ransel.pharmacokinetics.scale.workers import DEATHS_OF_A_SHARD, Part, Task, one_thread, processors

SECONDS_TO_LEAVE = 5.0
"""How long a worker that was told to stop may take before it is made to."""


class Processes:
    """So many processes; as many as there are processors when no number is given.

    They are started anew, not forked, so that they hold nothing of this process: no thread, no connection.
    """

    def __init__(self, count: int | None = None) -> None:
        self.count = count if count is not None else processors()
        if self.count < 1:
            refuse("workers.none", "processes", count)

    def run(self, task: Task[Part], shards: Iterable[Shard]) -> Generator[tuple[Shard, Part], None, None]:
        """Yield each shard with its part as soon as a process has finished it."""
        crew = _Crew(pickle.dumps(task), _Queue(iter(shards)))
        try:
            crew.hire(self.count)
            while crew.busy:
                yield from crew.finished()
        finally:
            crew.dismiss()


@dataclass(slots=True)
class _Queue:
    """The shards that nobody has yet: first those of workers that died, then the next."""

    fresh: Iterator[Shard]
    again: deque[Shard] = field(default_factory=deque)
    deaths: dict[Shard, int] = field(default_factory=dict)

    def next(self) -> Shard | None:
        return self.again.popleft() if self.again else next(self.fresh, None)

    def put_back(self, shard: Shard) -> None:
        """Have a shard done again, unless too many workers died on it."""
        self.deaths[shard] = self.deaths.get(shard, 0) + 1
        if self.deaths[shard] >= DEATHS_OF_A_SHARD:
            refuse("workers.keep-dying", "workers", deaths=DEATHS_OF_A_SHARD, start=shard.start, stop=shard.stop - 1)
        self.again.append(shard)


@dataclass(slots=True)
class _Crew:
    """The processes that work, each by its end of the line and with the shard it has in hand."""

    task: bytes
    queue: _Queue
    workers: dict[Connection, tuple[SpawnProcess, Shard]] = field(default_factory=dict)
    leaving: list[SpawnProcess] = field(default_factory=list)

    @property
    def busy(self) -> bool:
        return bool(self.workers)

    def hire(self, count: int) -> None:
        """Start processes, each with a shard, as long as there are shards."""
        context: SpawnContext = multiprocessing.get_context("spawn")
        for _ in range(count):
            shard = self.queue.next()
            if shard is None:
                return
            ours, theirs = context.Pipe()
            worker = context.Process(target=_work, args=(theirs,), daemon=True, name="ransel-worker")
            worker.start()
            theirs.close()
            self.workers[ours] = (worker, shard)
            with suppress(OSError):  # it died already: seen by whoever waits for it
                ours.send_bytes(self.task)
                ours.send(shard)

    def finished(self) -> Generator[tuple[Shard, Any], None, None]:
        """Wait until somebody has finished, or died; give out the next shard first, then yield what came."""
        for line in cast("list[Connection]", wait(list(self.workers))):
            try:
                done, part = line.recv()
            except (EOFError, OSError):
                self._replace(line)
                continue
            if not done:
                raise part
            _, shard = self.workers[line]
            self._give(line)
            yield shard, part

    def _give(self, line: Connection) -> None:
        shard = self.queue.next()
        if shard is None:
            self._let_go(line)
            return
        worker, _ = self.workers[line]
        self.workers[line] = (worker, shard)
        with suppress(OSError):
            line.send(shard)

    def _replace(self, line: Connection) -> None:
        _, shard = self.workers[line]
        self._let_go(line)
        self.queue.put_back(shard)
        self.hire(1)

    def _let_go(self, line: Connection) -> None:
        """Close the line, which ends a worker that waits."""
        worker, _ = self.workers.pop(line)
        line.close()
        self.leaving.append(worker)

    def dismiss(self) -> None:
        """End everybody, also those who are in the middle of something, and wait until they are gone."""
        for line, (worker, _) in list(self.workers.items()):
            worker.terminate()
            self._let_go(line)
        for worker in self.leaving:
            worker.join(SECONDS_TO_LEAVE)
            if worker.exitcode is None:
                worker.kill()
                worker.join()
            worker.close()


def _work(line: Connection) -> None:
    """Do one shard after another until the line is closed: what a worker does, on one thread."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C is for the process that counts; it ends this one
    os.environ["NUMBA_NUM_THREADS"] = "1"  # before the task brings numba in: threads that would only wait
    with one_thread(), suppress(EOFError, OSError):
        task = pickle.loads(line.recv_bytes())  # noqa: S301 - from the process that started this one
        while True:
            line.send_bytes(_done(task, line.recv()))


def _done(task: Task[object], shard: Shard) -> bytes:
    """Return what the task made of a shard, or what it raised, as the other side reads it."""
    try:
        return pickle.dumps((True, task(shard)))
    except Exception as error:  # noqa: BLE001 - it is raised again where the work was asked for
        try:
            pickle.loads(pickle.dumps(error))  # noqa: S301 - not every exception survives this
        except Exception:  # noqa: BLE001 - then its words must do
            return pickle.dumps((False, RuntimeError(f"{type(error).__name__}: {error}")))
        return pickle.dumps((False, error))
