"""How the linear engine runs: any threads, parts, blocks and buffers give the same bits, and bad arrays are refused."""

import itertools
from pathlib import Path

import numba
import numpy as np
import pytest
from pharmacokinetics.linear_reference import drawn, everything, infusions

from ransel.pharmacokinetics.individuals import Individuals
from ransel.pharmacokinetics.linear import kernel
from ransel.pharmacokinetics.linear.engine import Summaries, concentrations_at, summaries, trajectories
from ransel.pharmacokinetics.schedule import Grid, Schedule

CHILDREN = 203
GRID = Grid(first=-10.0, step=0.5, points=777)
WINDOWS = np.array([-3.0, 40.0, 200.0, 350.0])
SHARED = infusions([(0, 0.3), (17.31, 0.0), (18.0, 0.3), (240, 0.0)], np.linspace(0.3, 1.7, CHILDREN))


@pytest.fixture(scope="module", params=["a schedule for each", "a schedule for all"])
def cases(request):
    own = everything(CHILDREN, seed=32, occasions=2)
    return drawn(CHILDREN, seed=31, occasions=2), own if request.param == "a schedule for each" else SHARED


def everything_of(individuals, schedule, threads=None):
    """Return all that the engine gives for these children, as arrays with a row for each."""
    count = individuals.count
    wanted = np.tile(np.linspace(-20.0, 400.0, 33), count)
    found = summaries(individuals, schedule, WINDOWS, 1.0, threads=threads)
    levels = concentrations_at(
        individuals, schedule, wanted, np.arange(count + 1, dtype=np.int64) * 33, threads=threads
    )
    return [
        trajectories(individuals, schedule, GRID, threads=threads), levels.reshape(count, 33),
        *(getattr(found, name) for name in Summaries.__dataclass_fields__),
    ]  # fmt: skip


def same_bits(one, other):
    return all(a.tobytes() == b.tobytes() for a, b in zip(one, other, strict=True))


@pytest.fixture(scope="module")
def by_one(cases):
    return everything_of(*cases, threads=1)


@pytest.mark.parametrize("threads", [2, 3, 99, None])
def test_any_number_of_threads_gives_the_same_bits(cases, by_one, threads):
    before = numba.get_num_threads()
    assert same_bits(by_one, everything_of(*cases, threads=threads))
    assert numba.get_num_threads() == before


@pytest.mark.parametrize("parts", [2, 7, 40, CHILDREN])
def test_any_split_into_parts_gives_the_same_bits(cases, by_one, parts):
    edges = np.linspace(0, CHILDREN, parts + 1).astype(int)
    pieces = [everything_of(cases[0].part(a, b), cases[1].part(a, b)) for a, b in itertools.pairwise(edges)]
    assert same_bits(by_one, [np.concatenate(arrays) for arrays in zip(*pieces, strict=True)])


def test_the_order_of_the_children_does_not_matter():
    individuals = drawn(CHILDREN, seed=37)
    turned = Individuals(
        clearance=individuals.clearance[::-1], volume=individuals.volume[::-1],
        exchange=individuals.exchange[::-1], peripheral=individuals.peripheral[::-1],
    )  # fmt: skip
    backwards = everything_of(turned, changed(SHARED, scale=SHARED.scale[::-1]))
    assert same_bits(everything_of(individuals, SHARED), [array[::-1] for array in backwards])


def test_a_buffer_is_filled_and_given_back():
    individuals = drawn(CHILDREN, seed=33)
    buffer = np.full((CHILDREN, GRID.points), np.nan)
    assert trajectories(individuals, SHARED, GRID, buffer) is buffer
    first = buffer.copy()
    trajectories(individuals, SHARED, GRID, buffer)
    assert first.tobytes() == buffer.tobytes() == trajectories(individuals, SHARED, GRID).tobytes()


def test_arrays_that_may_not_be_written_are_read():
    individuals = drawn(5, seed=34)
    schedule = SHARED.part(0, 5)
    for array in (individuals.clearance, schedule.times, schedule.rates, schedule.scale):
        array.flags.writeable = False
    compiled = len(kernel.points_serial.signatures)
    trajectories(individuals, schedule, GRID)
    assert len(kernel.points_serial.signatures) == compiled == 1
    for array in (schedule.times, schedule.rates, schedule.scale):
        array.flags.writeable = True


def test_a_part_of_a_finer_grid_is_the_coarser_grid():
    """Protects a grid from what lies between its points: both grids mean the same moments."""
    individuals = drawn(20, seed=35)
    fine = trajectories(individuals, SHARED.part(0, 20), Grid(first=-10.0, step=0.25, points=1553))
    coarse = trajectories(individuals, SHARED.part(0, 20), GRID)
    assert fine[:, ::2] == pytest.approx(coarse, rel=1e-12, abs=1e-15)


def test_nobody_and_no_points_are_answers_too():
    nobody = everything(3, seed=1, occasions=1).part(1, 1)
    assert trajectories(drawn(0, seed=1), nobody, GRID).shape == (0, GRID.points)
    assert trajectories(drawn(3, seed=1), SHARED.part(0, 3), Grid(points=0)).shape == (3, 0)
    nothing = Schedule(
        times=np.empty(0), rates=np.empty(0), boluses=np.empty(0), resets=np.empty(0, dtype=bool),
        occasions=np.empty(0, dtype=np.int32), scale=np.ones(2), offsets=np.zeros(3, dtype=np.int64),
    )  # fmt: skip
    assert not trajectories(drawn(2, seed=1), nothing, GRID).any()
    assert not summaries(drawn(2, seed=1), nothing, WINDOWS, 0.0).area.any()


def test_the_serial_and_the_parallel_kernels_are_kept_apart():
    """Protects two cores: compiled from one function, both kernels would share one cache entry."""
    pairs = [
        (kernel.points_serial, kernel.points_parallel),
        (kernel.levels_serial, kernel.levels_parallel),
        (kernel.summaries_serial, kernel.summaries_parallel),
    ]
    for serial, parallel in pairs:
        assert serial.py_func is not parallel.py_func
        assert "parallel" not in serial.targetoptions
        assert parallel.targetoptions["parallel"]
        for one in (serial, parallel):
            kept = Path(one.stats.cache_path).glob(f"{kernel.__name__.rpartition('.')[2]}.{one.__name__}-*.nbi")
            assert len(list(kept)) >= 1


def changed(schedule, **changes):
    """Return the schedule with other arrays."""
    names = ("times", "rates", "boluses", "resets", "occasions", "scale", "offsets", "peripheral_boluses")
    return Schedule(**{name: getattr(schedule, name) for name in names} | changes)


BAD_SCHEDULES = {
    "back in time": {"times": np.array([0.0, 20.0, 18.0, 240.0])},
    "no time": {"times": np.array([0.0, np.nan, 18.0, 240.0])},
    "endless": {"times": np.array([0.0, 17.0, 18.0, np.inf])},
    "a rate too few": {"rates": np.zeros(3)},
    "a peripheral bolus too many": {"peripheral_boluses": np.zeros(5)},
    "an occasion too high": {"occasions": np.array([0, 1, 2, 0], dtype=np.int32)},
    "an occasion too low": {"occasions": np.array([0, -1, 0, 0], dtype=np.int32)},
    "offsets too short": {"offsets": np.array([0, 4], dtype=np.int64)},
    "offsets that leave some out": {"offsets": np.array([0, 2, 3], dtype=np.int64)},
    "offsets that go back": {"offsets": np.array([0, 5, 4], dtype=np.int64)},
    "another number of children": {"scale": np.ones(3)},
}


@pytest.mark.parametrize("changes", BAD_SCHEDULES.values(), ids=BAD_SCHEDULES.keys())
def test_a_schedule_that_cannot_be_is_refused(changes):
    """Protects memory: compiled code does not look whether a place exists."""
    schedule = changed(SHARED.part(0, 2), **changes)
    with pytest.raises(ValueError, match=r"moment|occasion|offsets|children"):
        trajectories(drawn(2, seed=1, occasions=2), schedule, GRID)


def test_moments_may_go_back_from_one_child_to_the_next():
    own = everything(30, seed=36, occasions=1)
    assert (np.diff(own.times) < 0).any()
    assert np.isfinite(trajectories(drawn(30, seed=1), own, GRID)).all()


@pytest.mark.parametrize(
    "buffer",
    [np.empty((2, 776)), np.empty((2, 777), dtype=np.float32), np.empty((777, 2)).T, np.broadcast_to(0.0, (2, 777))],
    ids=["shape", "kind", "order", "read only"],
)
def test_a_buffer_that_does_not_fit_is_refused(buffer):
    with pytest.raises(ValueError, match="buffer"):
        trajectories(drawn(2, seed=1), SHARED.part(0, 2), GRID, buffer)


@pytest.mark.parametrize("grid", [Grid(step=0.0, points=2), Grid(step=np.nan, points=2), Grid(points=-1)])
def test_a_grid_that_stands_still_is_refused(grid):
    with pytest.raises(ValueError, match="grid"):
        trajectories(drawn(2, seed=1), SHARED.part(0, 2), grid)


@pytest.mark.parametrize("windows", [[3.0, 2.0], [1.0, 1.0], [0.0, np.inf], [[0.0, 1.0, 2.0]], [[2.0, 1.0]]], ids=str)
def test_windows_that_are_none_are_refused(windows):
    with pytest.raises(ValueError, match="windows"):
        summaries(drawn(2, seed=1), SHARED.part(0, 2), np.array(windows), 1.0)


@pytest.mark.parametrize("threshold", [-1.0, np.nan, np.inf])
def test_a_threshold_that_is_no_concentration_is_refused(threshold):
    with pytest.raises(ValueError, match="threshold"):
        summaries(drawn(2, seed=1), SHARED.part(0, 2), WINDOWS, threshold)


def test_times_without_their_children_are_refused():
    with pytest.raises(ValueError, match="offsets"):
        concentrations_at(drawn(2, seed=1), SHARED.part(0, 2), np.arange(4.0), np.array([0, 3]))


def test_no_threads_is_refused():
    with pytest.raises(ValueError, match="thread"):
        trajectories(drawn(2, seed=1), SHARED.part(0, 2), GRID, threads=0)
