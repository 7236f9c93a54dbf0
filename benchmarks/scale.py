"""Figures of the exposure comparison: a million children, two workers against one, and memory."""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
import time
from contextlib import ExitStack
from pathlib import Path
from statistics import median
from typing import TYPE_CHECKING

from benchmarks.measuring import Figure, seconds_of

if TYPE_CHECKING:
    from ransel.outcomes.exposure_task import ExposureTask
    from ransel.protocols import Protocol

TESTS = Path(__file__).parents[1] / "tests"
MILLION = 1_000_000
SECONDS_FOR_A_MILLION = 60.0
FEW, MANY = 10_000, 10_000_000
MOST_MORE_MEMORY_MB = 45.0
ROUNDS = 3
FASTER_WITH_TWO = 1.7
CHILDREN_OF_A_ROUND, SHARDS_OF_A_ROUND = 3_000_000, 10
SEED = 20_270_201
OLD, NEW = "dinutuximab-beta-5x8h", "dinutuximab-beta-10x24h-maxima"


def figures() -> list[Figure]:
    """Return the figures of this part."""
    return [_a_million(), _two_workers_against_one(), _memory()]


def task(courses: int) -> ExposureTask:
    """Return the work of the comparison that people ask for: the old regimen and the backpack."""
    from ransel.outcomes.exposure_simulation import THRESHOLD, exposure_task
    from ransel.pharmacokinetics.parameters.parameter_shelf import ParameterShelf

    shelf = ParameterShelf()
    return exposure_task(_protocols(), shelf.parameters(), SEED, courses, THRESHOLD, shelf)


def _protocols() -> tuple[Protocol, Protocol]:
    from ransel.protocols import Library

    library = Library()
    return library.protocol(OLD), library.protocol(NEW)


def _a_million() -> Figure:
    """Time the command as a person gives it, from start to end: everything it shows, not only the simulation."""
    command = [str(Path(sys.executable).with_name("ransel")), "compare", "--json", "--seed", str(SEED), "--children"]
    seconds_of([*command, "1000"])
    seconds = seconds_of([*command, str(MILLION)])
    return Figure(
        "`ransel compare --children 1000000`, both regimens, five courses (one run)", seconds, seconds, seconds, "s",
        f"aim: at most {SECONDS_FOR_A_MILLION:g}", seconds <= SECONDS_FOR_A_MILLION,
    )  # fmt: skip


def _two_workers_against_one() -> Figure:
    """Time the same children on a Dask scheduler with one worker and with two, in turn."""
    sys.path.append(str(TESTS))
    from system.dask_cluster import cluster

    with ExitStack() as stack:
        folders = [Path(stack.enter_context(tempfile.TemporaryDirectory())) for _ in range(2)]
        one, two = (stack.enter_context(cluster(folder, count)) for folder, count in zip(folders, (1, 2), strict=True))
        found = [_seconds_by_dask(one.address) / _seconds_by_dask(two.address) for _ in range(ROUNDS + 1)][1:]
    middle = median(found)
    return Figure(
        f"two Dask workers against one, {CHILDREN_OF_A_ROUND:,} children in {SHARDS_OF_A_ROUND} shards, the same bits",
        middle, min(found), max(found), "x", f"aim: at least {FASTER_WITH_TWO}", middle >= FASTER_WITH_TWO,
    )  # fmt: skip


def _seconds_by_dask(address: str) -> float:
    from ransel.outcomes.exposure_task import MEASURES
    from ransel.outcomes.tally import Tally
    from ransel.pharmacokinetics.scale.dask_workers import DaskWorkers
    from ransel.pharmacokinetics.scale.sharded_run import run_shards
    from ransel.pharmacokinetics.scale.shards import equal_shards

    begin = time.perf_counter()
    parts = run_shards(task(courses=5), equal_shards(CHILDREN_OF_A_ROUND, SHARDS_OF_A_ROUND), DaskWorkers(address))
    total = sum(parts, Tally.empty(MEASURES))
    seconds = time.perf_counter() - begin
    known = _seconds_by_dask.__dict__.setdefault("known", total.digest())
    if total.digest() != known:
        raise AssertionError("other bits with another number of workers")
    return seconds


def _memory() -> Figure:
    """Compare the most memory that a whole process takes for few and for many children, one course each."""
    few, many = (_peak_memory_mb(children) for children in (FEW, MANY))
    return Figure(
        f"memory of a run of {MANY:,} children beyond one of {FEW:,} ({few:.0f} MB), one course",
        many - few, many - few, many - few, "MB", f"aim: at most {MOST_MORE_MEMORY_MB:g} more",
        many - few <= MOST_MORE_MEMORY_MB,
    )  # fmt: skip


def _peak_memory_mb(children: int) -> float:
    program = (
        "import resource; from benchmarks.scale import task; from ransel.outcomes.exposure_task import MEASURES; "
        "from ransel.outcomes.tally import Tally; from ransel.pharmacokinetics.scale.sharded_run import run_shards; "
        "from ransel.pharmacokinetics.scale.shards import shards_of; "
        "from ransel.pharmacokinetics.scale.workers import ThisProcess; "
        f"shards = shards_of({children}, min(50_000, {children} // 4)); "
        "sum(run_shards(task(courses=1), shards, ThisProcess()), Tally.empty(MEASURES)); "
        "print(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss)"
    )
    done = subprocess.run(
        [sys.executable, "-c", program],
        check=True, capture_output=True, text=True, cwd=Path(__file__).parents[1], env=os.environ,
    )  # fmt: skip
    return int(done.stdout) / 1024
