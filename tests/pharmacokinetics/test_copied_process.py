"""A server copies its process for its workers: a simulation in a copy has the same numbers, no residue of memory."""

import subprocess
import sys

import pytest

PROGRAM = """
import os, signal
import numpy as np
from ransel.pharmacokinetics.individuals import Individuals
from ransel.pharmacokinetics.linear.engine import FEW, summaries, trajectories
from ransel.pharmacokinetics.schedule import Grid, Schedule

signal.signal(signal.SIGTERM, lambda *_: None)  # as servers do: they end when they have finished what they do
count = 4 * FEW
litres = np.linspace(1.0, 4.0, count)[:, None]
children = Individuals(clearance=litres / 200, volume=litres, exchange=litres / 900, peripheral=litres)
ten_days = Schedule.of_rates(np.array([0.0, 240.0]), np.array([0.3, 0.0]), np.ones(count))
windows = np.array([0.0, 840.0])


def worked_out():
    found = summaries(children, ten_days, windows, 1.0)
    return trajectories(children, ten_days, Grid(points=241)).tobytes() + found.area.tobytes() + found.peak.tobytes()


before = worked_out()
copy = os.fork()
if copy == 0:
    os._exit(0 if worked_out() == before else 1)
print(os.waitstatus_to_exitcode(os.waitpid(copy, 0)[1]))
"""


@pytest.mark.hazard("HZ-105")
def test_in_a_copied_process_the_numbers_are_those_of_its_parent():
    done = subprocess.run([sys.executable, "-c", PROGRAM], check=True, capture_output=True, text=True)
    assert (done.stdout, done.stderr) == ("0\n", "")
