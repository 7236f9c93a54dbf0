"""Workers on more than one machine, by Dask: an optional extra that is only imported when it is asked for."""

from __future__ import annotations

import asyncio
import os
import platform
from collections.abc import Generator, Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from functools import cache
from importlib.metadata import version
from itertools import islice
from queue import Empty, SimpleQueue
from typing import Any

from ransel.language import refuse
from ransel.pharmacokinetics.scale.shards import Shard
from ransel.pharmacokinetics.scale.workers import DEATHS_OF_A_SHARD, Part, Task, one_thread

PATIENCE_SECONDS = 10.0
"""How long a scheduler that does not answer, or one without workers, is waited for."""
SHARDS_AHEAD = 4
"""How many shards are handed over for each thread of a worker: enough that none is idle, few enough to hold."""
MADE_WITH = ("ransel", "numpy", "numba", "scipy")


class DaskWorkers:
    """The workers of a Dask scheduler at an address such as `tcp://192.0.2.7:8786`.

    Start workers with one thread each (`dask worker ADDRESS --nthreads 1 --nworkers N`): every shard takes one. What a
    worker that dies had in hand, or had not handed over, the scheduler has done again by another.
    """

    def __init__(self, address: str, patience_seconds: float = PATIENCE_SECONDS) -> None:
        self.address = address
        self.patience_seconds = patience_seconds

    def run(self, task: Task[Part], shards: Iterable[Shard]) -> Generator[tuple[Shard, Part], None, None]:
        """Yield each shard with its part as soon as a worker has finished it."""
        with _client(self.address, self.patience_seconds) as client:
            yield from _finished(client, task, iter(shards), self.address, self.patience_seconds)


@contextmanager
def _client(address: str, patience_seconds: float) -> Iterator[Any]:
    distributed = _distributed(address)
    try:
        _answered(distributed, address, patience_seconds)
        client = distributed.Client(address, timeout=patience_seconds, set_as_default=False)
    except (OSError, TimeoutError, ValueError, TypeError, ImportError):  # unreachable, or no address at all
        refuse("workers.no-scheduler", "dask", address, seconds=f"{patience_seconds:g}")
    try:
        yield client
    finally:
        client.close(timeout=patience_seconds)


def _answered(distributed: Any, address: str, patience_seconds: float) -> None:  # noqa: ANN401 - partly typed
    """Wait until a Dask server answers; a client itself waits without end for somebody who listens and says nothing."""

    async def answered() -> None:
        how = distributed.Security().get_connection_args("client")
        line = await asyncio.wait_for(distributed.core.connect(address, patience_seconds, **how), patience_seconds)
        await line.close()

    with ThreadPoolExecutor(1) as apart:  # the caller may be in a notebook, which has a loop of its own
        apart.submit(asyncio.run, answered()).result()


def _distributed(address: str) -> Any:  # noqa: ANN401 - an optional extra, partly typed
    try:
        import distributed  # noqa: PLC0415 - an optional extra
    except ImportError:
        refuse("workers.no-dask", "dask", address)
    return distributed


def _finished(
    client: Any,  # noqa: ANN401 - distributed gives no types
    task: Task[Part],
    shards: Iterator[Shard],
    address: str,
    patience_seconds: float,
) -> Iterator[tuple[Shard, Part]]:
    finished: SimpleQueue[Any] = SimpleQueue()
    _wait_for_workers(client, address, patience_seconds)
    ahead = SHARDS_AHEAD * max(1, sum(client.nthreads().values()))
    going: dict[Any, Shard] = {}
    while True:
        for shard in islice(shards, ahead - len(going)):
            future = client.submit(_done, task, shard, pure=False)
            going[future.key] = shard
            future.add_done_callback(finished.put)
        if not going:
            return
        try:
            future = finished.get(timeout=patience_seconds)
        except Empty:  # long work, or nobody left to do it
            _wait_for_workers(client, address, patience_seconds)
            continue
        yield going.pop(future.key), _part(future, address)


def _wait_for_workers(client: Any, address: str, patience_seconds: float) -> None:  # noqa: ANN401 - distributed gives no types
    try:
        client.wait_for_workers(1, timeout=patience_seconds)
    except (OSError, TimeoutError):
        refuse("workers.none-there", "dask", address, seconds=f"{patience_seconds:g}")


def _part(future: Any, address: str) -> Any:  # noqa: ANN401 - distributed gives no types
    """Return what a worker made, when it made it with the same programs."""
    distributed = _distributed(address)
    try:
        made_with, part = future.result()
    except distributed.KilledWorker:
        refuse("workers.keep-dying", "dask", address, deaths=DEATHS_OF_A_SHARD)
    except (distributed.CancelledError, OSError):
        refuse("workers.scheduler-lost", "dask", address)
    except (ImportError, RuntimeError) as error:  # of a task that cannot be read there, or raised by it
        missing = error if isinstance(error, ImportError) else error.__cause__
        if not isinstance(missing, ImportError):
            raise
        refuse("workers.program-missing", "dask", address, program=missing.name or str(missing))
    ours = _made_with()
    if made_with != ours:
        theirs = ", ".join(f"{name} {made_with[name]}" for name in ours if made_with[name] != ours[name])
        refuse("workers.other-programs", "dask", address, theirs=theirs)
    return part


def _done(task: Task[Part], shard: Shard) -> tuple[dict[str, str], Part]:
    """Do a shard on one thread: what runs on a worker."""
    with one_thread():
        return _made_with(), task(shard)


@cache
def _made_with() -> dict[str, str]:
    """Return what may change the last bit of a number."""
    return {name: version(name) for name in MADE_WITH} | {"processor": platform.machine(), "system": os.name}
