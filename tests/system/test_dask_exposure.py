"""The exposure comparison on Dask workers gives the bits of one process, also when a worker is killed half-way."""

import os
import signal

import pytest
from system.dask_cluster import cluster

from ransel.outcomes.exposure_simulation import exposure_task
from ransel.outcomes.exposure_task import MEASURES
from ransel.outcomes.tally import Tally
from ransel.pharmacokinetics.parameters.parameter_shelf import ParameterShelf
from ransel.pharmacokinetics.scale.dask_workers import DaskWorkers
from ransel.pharmacokinetics.scale.kept_parts import KeptParts, Packing
from ransel.pharmacokinetics.scale.sharded_run import run_shards
from ransel.pharmacokinetics.scale.shards import equal_shards
from ransel.pharmacokinetics.scale.workers import ThisProcess
from ransel.protocols import Library

CHILDREN = 4_000
PATIENCE_SECONDS = 60.0


@pytest.fixture(name="task", scope="module")
def task_():
    shelf, library = ParameterShelf(), Library()
    both = library.protocol("dinutuximab-beta-5x8h"), library.protocol("dinutuximab-beta-10x24h-maxima")
    return exposure_task(both, shelf.parameters(), 5, 5, 1.0, shelf)


@pytest.fixture(name="known", scope="module")
def known_(task):
    return task(equal_shards(CHILDREN, 1)[0]).digest()


@pytest.fixture(name="two_workers", scope="module")
def two_workers_(tmp_path_factory):
    with cluster(tmp_path_factory.mktemp("dask"), workers=2) as started:
        yield started


@pytest.mark.parametrize("count", [1, 2, 7, 40])
def test_any_shards_give_the_same_bits(task, known, two_workers, count):
    workers = DaskWorkers(two_workers.address, PATIENCE_SECONDS)
    assert sum(run_shards(task, equal_shards(CHILDREN, count), workers), Tally.empty(MEASURES)).digest() == known


@pytest.mark.hazard("HZ-102")
def test_a_worker_that_is_killed_half_way_changes_no_bit(task, known, tmp_path):
    with cluster(tmp_path, workers=2) as started:
        killed = []

        def kill_one(done, of):
            if not killed and 4 * done >= of:
                killed.append(started.workers[0].pid)
                os.kill(killed[0], signal.SIGKILL)

        parts = run_shards(
            task, equal_shards(CHILDREN, 40), DaskWorkers(started.address, PATIENCE_SECONDS), progress=kill_one
        )
        assert sum(parts, Tally.empty(MEASURES)).digest() == known
        assert started.workers[0].wait(10) == -signal.SIGKILL


def test_what_dask_workers_began_this_process_may_finish(task, known, two_workers, tmp_path):
    shards = equal_shards(CHILDREN, 8)
    kept = KeptParts(tmp_path, {"children": CHILDREN}, Packing(Tally.packed, Tally.unpacked))
    begun = run_shards(task, shards, DaskWorkers(two_workers.address, PATIENCE_SECONDS), None, kept)
    next(begun)
    next(begun)
    begun.close()
    assert 2 <= len(list(tmp_path.glob("part-*"))) < len(shards)
    assert sum(run_shards(task, shards, ThisProcess(), None, kept), Tally.empty(MEASURES)).digest() == known
