"""The same numbers from Dask workers as from one process, also when a worker is killed half-way."""

import os
import signal
import socket
import sys

import pytest
from pharmacokinetics.shard_tasks import Counts, Dies, Raises
from system.dask_cluster import cluster

from ransel.language import Refused
from ransel.outcomes.tally import Tally
from ransel.pharmacokinetics.scale import dask_workers
from ransel.pharmacokinetics.scale.dask_workers import DaskWorkers
from ransel.pharmacokinetics.scale.shards import Shard, equal_shards
from ransel.pharmacokinetics.scale.workers import ThisProcess

CHILDREN = 400
PATIENCE_SECONDS = 30.0


def digest(workers, shards, task=None):
    total = Tally.empty(["peak"])
    seen = []
    for shard, part in workers.run(task or Counts(), shards):
        total += part
        seen.append(shard)
    assert sorted(seen) == sorted(shards)
    return total.digest()


@pytest.fixture(name="known", scope="module")
def known_():
    return digest(ThisProcess(), [Shard(0, CHILDREN)])


@pytest.fixture(name="two_workers", scope="module")
def two_workers_(tmp_path_factory):
    with cluster(tmp_path_factory.mktemp("dask"), workers=2) as started:
        yield started


@pytest.mark.parametrize("count", [1, 2, 7, 40])
def test_dask_workers_give_the_bits_of_this_process(known, two_workers, count):
    assert digest(DaskWorkers(two_workers.address, PATIENCE_SECONDS), equal_shards(CHILDREN, count)) == known


def test_what_a_task_raises_is_raised_where_the_work_was_asked_for(two_workers):
    with pytest.raises(ValueError, match="child 0"):
        digest(DaskWorkers(two_workers.address, PATIENCE_SECONDS), [Shard(0, 10)], Raises("value"))


def test_closing_half_way_leaves_the_scheduler_for_the_next(known, two_workers):
    workers = DaskWorkers(two_workers.address, PATIENCE_SECONDS)
    running = workers.run(Counts(takes_seconds=0.05), equal_shards(CHILDREN, 40))
    next(running)
    running.close()
    assert digest(workers, equal_shards(CHILDREN, 2)) == known


@pytest.mark.hazard("HZ-102")
def test_a_worker_that_is_killed_half_way_loses_nothing(known, tmp_path):
    with cluster(tmp_path, workers=2) as started:
        running = DaskWorkers(started.address, PATIENCE_SECONDS).run(
            Counts(takes_seconds=0.1), equal_shards(CHILDREN, 40)
        )
        total = Tally.empty(["peak"])
        for number, (_, part) in enumerate(running):
            total += part
            if number == 10:
                os.kill(started.workers[0].pid, signal.SIGKILL)
        assert started.workers[0].wait(10) == -signal.SIGKILL
        assert started.workers[1].poll() is None
        assert total.digest() == known


def test_a_worker_that_dies_of_a_shard_is_replaced_by_another(known, tmp_path):
    marks = tmp_path / "marks"
    marks.mkdir()
    with cluster(tmp_path, workers=3) as started:
        task = Dies(marks, child=123, times=2)
        assert digest(DaskWorkers(started.address, PATIENCE_SECONDS), equal_shards(CHILDREN, 7), task) == known
        assert len(list(marks.iterdir())) == 2


def codes_of(workers, task=None):
    with pytest.raises(Refused) as refused:
        digest(workers, equal_shards(CHILDREN, 4), task)
    assert all(refusal.text(language) for refusal in refused.value.refusals for language in ("en", "nl"))
    return [refusal.code for refusal in refused.value.refusals]


def test_a_scheduler_without_workers_is_refused_in_words(tmp_path):
    with cluster(tmp_path, workers=0) as started:
        assert codes_of(DaskWorkers(started.address, 3.0)) == ["workers.none-there"]


@pytest.mark.hazard("HZ-102")
def test_the_last_worker_that_dies_is_told_and_not_waited_for_without_end(tmp_path):
    marks = tmp_path / "marks"
    marks.mkdir()
    with cluster(tmp_path, workers=1) as started:
        DaskWorkers(started.address, PATIENCE_SECONDS)
        assert list(DaskWorkers(started.address, PATIENCE_SECONDS).run(Counts(), equal_shards(CHILDREN, 1)))
        task = Dies(marks, child=5, times=99)
        assert codes_of(DaskWorkers(started.address, 3.0), task) == ["workers.none-there"]


def test_a_scheduler_that_goes_away_is_told(tmp_path):
    with cluster(tmp_path, workers=1) as started:
        running = DaskWorkers(started.address, PATIENCE_SECONDS).run(
            Counts(takes_seconds=0.2), equal_shards(CHILDREN, 40)
        )
        next(running)
        started.scheduler.kill()
        with pytest.raises(Refused) as refused:
            list(running)
        assert [refusal.code for refusal in refused.value.refusals] == ["workers.scheduler-lost"]


@pytest.mark.parametrize("address", ["nonsense", "tcp://", "ftp://127.0.0.1:1", "tcp://127.0.0.1:notaport", ""])
def test_what_is_no_address_is_refused(address):
    assert codes_of(DaskWorkers(address, 0.5)) == ["workers.no-scheduler"]


def test_an_address_where_nobody_listens_is_refused():
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))  # bound, but it does not listen
        assert codes_of(DaskWorkers(f"tcp://127.0.0.1:{taken.getsockname()[1]}", 0.5)) == ["workers.no-scheduler"]


def test_somebody_who_listens_but_never_answers_is_not_waited_for_without_end():
    with socket.socket() as silent:
        silent.bind(("127.0.0.1", 0))
        silent.listen()
        assert codes_of(DaskWorkers(f"tcp://127.0.0.1:{silent.getsockname()[1]}", 0.5)) == ["workers.no-scheduler"]


@pytest.mark.hazard("HZ-102")
def test_workers_with_other_versions_are_refused_not_averaged(two_workers, monkeypatch):
    ours = {**dask_workers._made_with(), "numpy": "0.1"}
    monkeypatch.setattr(dask_workers, "_made_with", lambda: ours)
    assert codes_of(DaskWorkers(two_workers.address, PATIENCE_SECONDS)) == ["workers.other-programs"]


def test_machines_without_the_program_are_told_apart_from_a_failing_task(tmp_path):
    with cluster(tmp_path, workers=1, paths="") as started:  # the tasks of the tests are not found there
        assert codes_of(DaskWorkers(started.address, PATIENCE_SECONDS)) == ["workers.program-missing"]


def test_a_machine_without_the_extra_says_how_to_get_it(monkeypatch):
    monkeypatch.setitem(sys.modules, "distributed", None)
    assert codes_of(DaskWorkers("tcp://127.0.0.1:8786", 0.5)) == ["workers.no-dask"]
