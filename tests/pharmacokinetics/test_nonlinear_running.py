"""Many children at once: the same bits however they are divided, and a child that fails is said, not passed over."""

from dataclasses import replace
from itertools import pairwise

import numpy as np
import pytest
from pharmacokinetics.nonlinear_reference import (
    CHILDREN,
    DISPOSITION,
    FAST,
    SLOW,
    SURFACE,
    saturable,
    scheduled,
    target_mediated,
)

from ransel.pharmacokinetics.events.schedule_of_events import dosing_of
from ransel.pharmacokinetics.events.table import read_event_table
from ransel.pharmacokinetics.individuals import Individuals
from ransel.pharmacokinetics.level_models import SaturableModel
from ransel.pharmacokinetics.nonlinear.course import courses
from ransel.pharmacokinetics.nonlinear.models import (
    Antibodies,
    Hazard,
    Model,
    SaturableElimination,
    TargetMediated,
)
from ransel.pharmacokinetics.nonlinear.simulation import Summaries, simulate, simulate_states, summaries
from ransel.pharmacokinetics.schedule import Grid, Schedule

MANY = 150
GRID = Grid(points=400)
COLUMNS = ("area", "peak", "peak_at", "trough", "above", "hazard")


def many(fast_binding: bool) -> Model:
    """Return more children than a thread takes at a time, no two alike."""
    draw = np.random.default_rng(5)

    def around(middle: float) -> np.ndarray:
        return middle * np.exp(0.3 * draw.standard_normal(MANY))

    shared = {name: around(float(value[1])) for name, value in DISPOSITION.items()} | {
        "antibodies": Antibodies(begins=draw.uniform(0, 500, MANY), factor=3.0, onset=24.0),
        "hazard": Hazard(base=1e-4, by_concentration=1e-4, by_rise=1e-3),
    }
    if fast_binding:
        return TargetMediated(
            **shared, bind=around(5), release=around(0.05), made=around(0.05), lost=around(0.05), taken=around(0.02)
        )
    return SaturableElimination(**shared, most=around(0.01), half=around(1))


def own_moments(schedule: Schedule, count: int) -> Schedule:
    """Return the same dosing with moments that every child has for itself."""
    moments = schedule.times.shape[0]
    again = {name: np.tile(getattr(schedule, name), count)
             for name in ("times", "rates", "boluses", "resets", "occasions")}  # fmt: skip
    return replace(schedule, **again, offsets=np.arange(count + 1) * moments)


def bits(found: Summaries) -> bytes:
    """Return all numbers of a summary."""
    return b"".join(getattr(found, name).tobytes() for name in COLUMNS)


@pytest.mark.parametrize("fast_binding", [False, True], ids=["explicit", "implicit"])
def test_threads_and_parts_make_no_difference_to_a_single_bit(fast_binding: bool):
    """Protects reproducibility: one thread or several, shared moments or a child's own, all at once or in parts."""
    model, surface = many(fast_binding), np.linspace(0.4, 1.2, MANY)
    schedule = Schedule.of_rates(*FAST, surface)
    whole = simulate(model, schedule, GRID, threshold=1.0, threads=1)
    for threads in (2, 3):
        again = simulate(model, schedule, GRID, threshold=1.0, threads=threads)
        assert again.values.tobytes() == whole.values.tobytes()
        assert bits(again.summaries) == bits(whole.summaries)
    own = own_moments(schedule, MANY)
    for parts in (2, 7):
        edges = np.linspace(0, MANY, parts + 1).astype(int)
        found = [simulate(model.part(a, b), own.part(a, b), GRID, threads=2).values for a, b in pairwise(edges)]
        assert np.concatenate(found).tobytes() == whole.values.tobytes()
    assert bits(summaries(model, own, (0.0, 399.0), threshold=1.0)) == bits(whole.summaries)
    states = simulate_states(model, schedule, GRID).values
    assert states[:, 0].tobytes() == whole.values.tobytes()
    assert np.allclose(states[:, 4, -1], whole.summaries.hazard, rtol=1e-12)
    assert len(courses.signatures) == 1, "one kernel for everything: each one more costs seconds to compile"


@pytest.mark.hazard("HZ-105")
def test_a_child_that_cannot_be_calculated_is_named_with_the_reason():
    """Protects against numbers that look like an answer: its row is NaN, and the others are as if it were not there."""
    wrong = DISPOSITION["volume"].copy()
    wrong[1] = np.nan
    whole = simulate(saturable(), scheduled(SLOW), GRID)
    found = simulate(saturable(volume=wrong), scheduled(SLOW), GRID)
    assert [(one.child, one.why.key) for one in found.failures] == [(1, "nonlinear.no-parameters")]
    assert found.failures[0].why.text("nl") != found.failures[0].why.text("en")
    assert np.isnan(found.values[1]).all()
    assert all(np.isnan(getattr(found.summaries, name)[1]) for name in COLUMNS)
    assert found.values[[0, 2]].tobytes() == whole.values[[0, 2]].tobytes()


@pytest.mark.parametrize(
    "changed",
    [
        {"volume": np.array([1.0, 0.0, 1.0])},
        {"clearance": np.array([1.0, -1e-9, 1.0])},
        {"half": np.array([1.0, 0.0, 1.0])},
        {"antibodies": Antibodies(begins=np.array([np.inf, np.nan, 3.0]), factor=2.0)},
        {"antibodies": Antibodies(begins=1.0, factor=np.array([2.0, 0.5, 2.0]))},
        {"hazard": Hazard(by_rise=np.array([0.0, -1.0, 0.0]))},
    ],
)
def test_a_parameter_outside_its_range_is_refused_for_that_child(changed: dict[str, object]):
    """Protects the ranges."""
    found = summaries(saturable(**changed), scheduled(SLOW), (0.0, 100.0))
    assert [(one.child, one.why.key) for one in found.failures] == [(1, "nonlinear.no-parameters")]


def test_target_that_is_made_and_never_lost_is_refused():
    """Protects the state before any drug: without loss it does not exist."""
    found = summaries(target_mediated(lost=np.array([0.05, 0.0, 0.05])), scheduled(SLOW), (0.0, 10.0))
    assert [one.child for one in found.failures] == [1]


@pytest.mark.parametrize(
    ("name", "value"), [("times", -5.0), ("times", np.nan), ("rates", -1.0), ("boluses", np.inf), ("scale", np.nan)]
)
def test_a_schedule_out_of_order_or_without_numbers_is_refused(name: str, value: float):
    """Protects against integrating backwards, or with doses that are none."""
    schedule = own_moments(scheduled(SLOW), CHILDREN)
    broken = getattr(schedule, name).copy()
    broken[2 if name == "scale" else -1] = value
    found = summaries(saturable(), replace(schedule, **{name: broken}), (0.0, 100.0))
    assert [(one.child, one.why.key) for one in found.failures] == [(2, "nonlinear.no-schedule")]


def test_speeds_that_differ_too_much_for_the_explicit_method_are_said_and_the_implicit_one_can():
    """Protects against a calculation without end."""
    hasty = saturable(exchange=np.array([0.01, 1e5, 0.01]))
    found = summaries(hasty, scheduled(SLOW), (0.0, 1680.0))
    assert [(one.child, one.why.key) for one in found.failures] == [(1, "nonlinear.too-many-steps")]
    assert not summaries(hasty, scheduled(SLOW), (0.0, 1680.0), stiff=True).failures


def test_numbers_beyond_all_numbers_are_said():
    """Protects against infinities: no step is small enough."""
    schedule = replace(scheduled(SLOW), scale=np.array([0.5, 1e308, 0.5]))
    found = summaries(saturable(), replace(schedule, rates=schedule.rates * 1e6), (0.0, 100.0))
    assert [(one.child, one.why.key) for one in found.failures] == [(1, "nonlinear.no-step")]


def test_parameters_of_another_occasion_hold_from_its_moment_and_the_amounts_stay():
    """Protects variability between courses: with a larger volume the same milligrams are a lower concentration."""
    times, rates = FAST
    second = np.searchsorted(times, 840.0)
    occasions = (np.arange(times.shape[0]) >= second).astype(np.int32)
    pairs = {name: np.stack([value, value * (2.0 if "volume" in name else 1.0)], axis=1)
             for name, value in DISPOSITION.items()}  # fmt: skip
    model = saturable(**pairs, most=np.zeros((3, 2)), half=np.ones((3, 2)), antibodies=None)
    schedule = Schedule.of_rates(times, rates, SURFACE, occasions)
    one = simulate(saturable(most=np.zeros(3), half=np.ones(3), antibodies=None), scheduled(FAST), Grid(points=840))
    found = simulate(model, schedule, Grid(points=1680))
    assert np.allclose(found.values[:, :840], one.values, rtol=1e-9)
    last = simulate(model, schedule, Grid(first=840.0 - 1e-6, step=1e-6, points=2)).values
    assert np.allclose(last[:, 1], last[:, 0] / 2, rtol=1e-6)


def test_a_window_that_begins_later_counts_only_what_lies_in_it():
    """Protects the summaries of one course among several."""
    whole = simulate_states(saturable(), scheduled(SLOW), Grid(points=1681))
    second = summaries(saturable(), scheduled(SLOW), (840.0, 1680.0), threshold=2.0)
    hazard = whole.values[:, 4, -1] - whole.values[:, 4, 840]
    assert np.allclose(second.hazard, hazard, rtol=1e-5)
    assert np.allclose(second.trough, whole.values[:, 0, -1], rtol=1e-5)
    assert np.allclose(second.peak, whole.values[:, 0, 840:].max(axis=1), rtol=1e-3)
    assert (second.peak_at >= 840).all()
    first = summaries(saturable(), scheduled(SLOW), (0.0, 840.0))
    assert np.allclose(first.area + second.area, whole.summaries.area, rtol=1e-5)
    assert np.allclose(first.trough, whole.values[:, 0, 840], rtol=1e-6)


def test_a_child_without_any_dose_has_no_drug_and_only_the_hazard_of_always():
    """Protects the empty schedule, and a window of one moment."""
    nobody = own_moments(scheduled(SLOW), CHILDREN)
    empty = {name: getattr(nobody, name)[:0] for name in ("times", "rates", "boluses", "resets", "occasions")}
    schedule = replace(nobody, **empty, offsets=np.zeros(CHILDREN + 1, dtype=np.int64))
    found = simulate_states(target_mediated(), schedule, GRID)
    assert not found.failures
    assert (found.values[:, 0] == 0).all()
    assert np.allclose(found.values[:, 2], found.values[:, 2, :1], rtol=1e-12)
    assert np.allclose(found.summaries.hazard, 1e-4 * 399)
    moment = summaries(saturable(), scheduled(SLOW), (100.0, 100.0))
    assert (moment.area == 0).all()
    assert np.allclose(moment.trough, simulate(saturable(), scheduled(SLOW), GRID).values[:, 100], rtol=1e-5)


def test_room_that_was_given_is_used_and_room_of_another_shape_is_refused():
    """Protects memory: the first touch of new pages costs more than the integration's output."""
    out = np.full((CHILDREN, GRID.points), 7.0)
    assert simulate(saturable(), scheduled(SLOW), GRID, out=out).values is out
    assert not (out == 7.0).any()
    with pytest.raises(ValueError, match="contiguous"):
        simulate(saturable(), scheduled(SLOW), GRID, out=out[:, ::2])
    with pytest.raises(ValueError, match="children"):
        simulate(saturable().part(0, 2), scheduled(SLOW), GRID)
    with pytest.raises(ValueError, match="explicit"):
        simulate(target_mediated(), scheduled(SLOW), GRID, stiff=False)
    with pytest.raises(ValueError, match="accuracy"):
        simulate(saturable(), scheduled(SLOW), GRID, relative=0.5)
    with pytest.raises(ValueError, match="window"):
        summaries(saturable(), scheduled(SLOW), (10.0, 5.0))


def test_arrays_that_may_not_be_written_are_read_by_the_same_kernel():
    """Protects the time of the first call: another layout would be compiled anew."""
    schedule = scheduled(SLOW)
    plain = simulate(saturable(), schedule, GRID).values
    for name in ("times", "rates", "scale"):
        getattr(schedule, name).setflags(write=False)
    assert simulate(saturable(), schedule, GRID).values.tobytes() == plain.tobytes()
    assert len(courses.signatures) == 1


def test_two_moments_may_lie_one_rounding_apart():
    """Protects levels drawn just before the dose of the same minute."""
    times = np.array([0.0, 10.0, np.nextafter(10.0, 11.0)])
    schedule = replace(Schedule.of_rates(times, np.array([1.0, 1.0, 0.0]), SURFACE), boluses=np.array([0.0, 0.0, 5.0]))
    plain = replace(Schedule.of_rates(times[:2], np.array([1.0, 0.0]), SURFACE), boluses=np.array([0.0, 5.0]))
    found = simulate(target_mediated(), schedule, Grid(first=10.5, points=30))
    assert not found.failures
    assert np.allclose(found.values, simulate(target_mediated(), plain, found.grid).values, rtol=1e-6)


def test_a_child_that_fails_only_in_a_later_course_is_named():
    """Its numbers of that course are missing from the percentiles, so somebody must be told."""
    flat = np.ones((2, 1))
    individuals = Individuals(clearance=0.1 * flat, volume=0.5 * flat, exchange=0.1 * flat, peripheral=flat)
    given = dosing_of(read_event_table("ID,TIME,AMT\n1,0,10\n1,50,10\n2,0,10\n2,50,10\n")).given
    beyond = replace(given, boluses=np.where(np.arange(given.boluses.size) == 1, 1e308, given.boluses))
    found = SaturableModel(most=1.0, half=1.0).over(individuals, beyond, np.array([[0.0, 10.0], [40.0, 60.0]]), 1.0)
    assert np.isnan(found.area).tolist() == [[False, True], [False, False]]
    assert [(child, why.key) for child, why in found.failures] == [(0, "nonlinear.no-step")]
