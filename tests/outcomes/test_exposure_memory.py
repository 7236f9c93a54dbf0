"""Memory does not grow with the number of children."""

import subprocess
import sys

import pytest

PROGRAM = """
import resource, sys
from ransel.outcomes.exposure_simulation import exposure_task
from ransel.outcomes.exposure_task import MEASURES
from ransel.outcomes.tally import Tally
from ransel.pharmacokinetics.parameters.parameter_shelf import ParameterShelf
from ransel.pharmacokinetics.scale.sharded_run import run_shards
from ransel.pharmacokinetics.scale.shards import shards_of
from ransel.pharmacokinetics.scale.workers import ThisProcess
from ransel.protocols import Library

shelf, library = ParameterShelf(), Library()
both = library.protocol("dinutuximab-beta-5x8h"), library.protocol("dinutuximab-beta-10x24h")
task = exposure_task(both, shelf.parameters(), 1, 1, 1.0, shelf)
children = int(sys.argv[1])
shards = shards_of(children, min(50_000, children // 4))  # so that few children keep all threads busy too
total = sum(run_shards(task, shards, ThisProcess()), Tally.empty(MEASURES))
assert total.pairs["peak"].first.children == children
print(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024)
"""
FEW, MORE, MANY, VERY_MANY = 10_000, 200_000, 1_000_000, 10_000_000
MOST_MORE_MB = 45
"""What the buffers of full shards take; the values of ten million children alone would be 960 MB."""
MOST_MORE_ONCE_FULL_MB = 10


def peak_megabytes(children):
    done = subprocess.run(
        [sys.executable, "-c", PROGRAM, str(children)], check=True, capture_output=True, text=True, timeout=1800
    )
    return int(done.stdout)


def test_twenty_times_as_many_children_take_no_more_memory():
    assert peak_megabytes(MORE) - peak_megabytes(FEW) < MOST_MORE_MB


@pytest.mark.prove
def test_ten_million_children_take_the_memory_of_a_million(say):
    few, many, very_many = map(peak_megabytes, (FEW, MANY, VERY_MANY))
    say(f"peak memory: {FEW:,} children {few} MB, {MANY:,} {many} MB, {VERY_MANY:,} {very_many} MB")
    assert very_many - many < MOST_MORE_ONCE_FULL_MB
    assert very_many - few < MOST_MORE_MB
