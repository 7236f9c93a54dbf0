"""The same numbers from one process and from several, also when some of them are killed."""

import multiprocessing
import os

import pytest
from pharmacokinetics.shard_tasks import Counts, Dies, NeverPickledError, Raises, where

from ransel.language import Refused
from ransel.outcomes.tally import Tally
from ransel.pharmacokinetics.scale.processes import Processes
from ransel.pharmacokinetics.scale.shards import Shard, equal_shards, shards_of
from ransel.pharmacokinetics.scale.workers import ThisProcess

CHILDREN = 400


def digest(workers, shards, task=None):
    """Merge the parts as they come."""
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


@pytest.mark.parametrize("count", [2, 7, 40])
def test_this_process_gives_the_same_bits_over_any_shards(known, count):
    assert digest(ThisProcess(), equal_shards(CHILDREN, count)) == known


@pytest.mark.parametrize("count", [1, 2, 7, 40])
def test_processes_give_the_bits_of_this_process(known, count):
    assert digest(Processes(2), equal_shards(CHILDREN, count)) == known


def test_processes_are_other_processes_with_one_thread_each():
    found = dict(part for _, part in Processes(2).run(where, shards_of(6, 1)))
    assert os.getpid() not in found
    assert set(found.values()) == {"1"}


@pytest.mark.hazard("HZ-102")
def test_a_killed_worker_loses_nothing(known, tmp_path):
    task = Dies(tmp_path, child=123, times=2)
    assert digest(Processes(2), equal_shards(CHILDREN, 7), task) == known
    assert len(list(tmp_path.iterdir())) == 2


def test_one_worker_that_is_killed_is_replaced(known, tmp_path):
    assert digest(Processes(1), equal_shards(CHILDREN, 2), Dies(tmp_path, child=0, times=1)) == known


@pytest.mark.hazard("HZ-102")
def test_a_shard_that_kills_every_worker_is_refused_in_words(tmp_path):
    with pytest.raises(Refused) as refused:
        digest(Processes(2), equal_shards(CHILDREN, 4), Dies(tmp_path, child=5, times=99))
    (refusal,) = refused.value.refusals
    assert refusal.code == "workers.keep-dying"
    assert all(refusal.text(language) for language in ("en", "nl"))
    assert len(list(tmp_path.iterdir())) == 3
    assert not multiprocessing.active_children()


@pytest.mark.parametrize("workers", [ThisProcess(), Processes(2)], ids=["this process", "processes"])
def test_what_a_task_raises_is_raised_where_the_work_was_asked_for(workers):
    with pytest.raises(ValueError, match="child 0"):
        digest(workers, [Shard(0, 10)], Raises("value"))
    assert not multiprocessing.active_children()


def test_an_exception_that_cannot_be_sent_is_told_in_its_words():
    with pytest.raises(RuntimeError, match="NeverPickledError: 0 and so on"):
        digest(Processes(1), [Shard(0, 10)], Raises("other"))
    with pytest.raises(NeverPickledError):
        digest(ThisProcess(), [Shard(0, 10)], Raises("other"))


def test_closing_half_way_leaves_no_process_behind():
    running = Processes(2).run(Counts(takes_seconds=0.01), shards_of(CHILDREN, 10))
    next(running)
    assert multiprocessing.active_children()
    running.close()
    assert not multiprocessing.active_children()


def test_no_shards_are_no_work():
    assert not list(Processes(2).run(Counts(), []))
    assert not list(ThisProcess().run(Counts(), []))


def test_no_processes_are_refused():
    with pytest.raises(Refused):
        Processes(0)
