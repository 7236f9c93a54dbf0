"""Work for workers: known children, and workers that come to an end half-way."""

import os
import signal
import time
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from ransel.outcomes.tally import TallySheet


def values_of(number):
    """Return both values of one child: from its number alone, whoever asks."""
    first, second = np.random.Generator(np.random.Philox(key=number)).lognormal(2.0, 0.4, 2)
    return first, second


@dataclass(frozen=True)
class Counts:
    """Tally the children of a shard."""

    takes_seconds: float = 0.0

    def __call__(self, shard):
        time.sleep(self.takes_seconds)
        pairs = np.array([values_of(number) for number in range(shard.start, shard.stop)])
        sheet = TallySheet(["peak"])
        sheet.add("peak", pairs[:, 0], pairs[:, 1])
        return sheet.tally()


@dataclass(frozen=True)
class Dies:
    """Kill the worker that does the shard with this child, so many times; a mark in the folder for each."""

    folder: Path
    child: int
    times: int
    work: object = Counts()

    def __call__(self, shard):
        if shard.start <= self.child < shard.stop and len(list(self.folder.iterdir())) < self.times:
            (self.folder / str(os.getpid())).touch()
            os.kill(os.getpid(), signal.SIGKILL)
        return self.work(shard)


class NeverPickledError(Exception):
    """An exception that cannot be sent to another process."""

    def __init__(self, one, other):
        super().__init__(f"{one} and {other}")


@dataclass(frozen=True)
class Raises:
    """Fail in a way of its own."""

    error: str

    def __call__(self, shard):
        if self.error == "value":
            raise ValueError(f"child {shard.start}")
        raise NeverPickledError(shard.start, "so on")


def where(_shard):
    """Say which process did it, and with how many threads."""
    return os.getpid(), os.environ.get("NUMBA_NUM_THREADS")
