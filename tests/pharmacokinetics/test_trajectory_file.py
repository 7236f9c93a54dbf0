"""Trajectories as Parquet say what they are, hold every bit, and are there whole or not at all."""

import numpy as np
import pytest
from pyarrow import parquet

from ransel.pharmacokinetics.trajectory_file import about_file, trajectory_file

TIMES = np.arange(5) * 0.5


def test_children_come_back_bit_for_bit_with_units_and_what_was_taken_to_be_so(tmp_path):
    path = tmp_path / "trajectories.parquet"
    first, second = np.random.default_rng(3).random((2, 5)), np.random.default_rng(4).random((1, 5))
    with trajectory_file(path, {"seed": "7", "assumptions": ["de helft van µ"]}) as file:
        file.write(["a", "b"], TIMES, first)
        file.write(["c"], TIMES, second)
    table = parquet.read_table(path)
    assert table.column("child").to_pylist() == ["a"] * 5 + ["b"] * 5 + ["c"] * 5
    assert np.array_equal(table.column("time_h"), np.tile(TIMES, 3))
    assert np.array_equal(table.column("concentration_mg_L"), np.concatenate([first, second]).reshape(-1))
    assert about_file(path) == {
        "schema": "ransel/trajectories/1",
        "units": {"child": "", "time_h": "h", "concentration_mg_L": "mg/L"},
        "about": {"seed": "7", "assumptions": ["de helft van µ"]},
    }
    assert [one.name for one in tmp_path.iterdir()] == ["trajectories.parquet"]


def _stopped_half_way(path):
    with trajectory_file(path, {}) as file:
        file.write(["a"], TIMES, np.ones((1, 5)))
        raise RuntimeError


def test_a_simulation_that_fails_leaves_the_file_of_before(tmp_path):
    path = tmp_path / "trajectories.parquet"
    path.write_bytes(b"before")
    with pytest.raises(RuntimeError):
        _stopped_half_way(path)
    assert path.read_bytes() == b"before"
    assert [one.name for one in tmp_path.iterdir()] == ["trajectories.parquet"]
