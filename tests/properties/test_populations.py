"""However a population is split over processes, and in whatever order, it is the same population."""

from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from pharmacokinetics.parameter_cases import population
from prescribing.cases import LONG, SHORT, protocol_of

from ransel.pharmacokinetics.dosing.dosing import TypedInfusion, typed
from ransel.pharmacokinetics.dosing.regimen import regimen
from ransel.pharmacokinetics.population.covariates import Covariates
from ransel.pharmacokinetics.population.population import draw
from ransel.pharmacokinetics.population.with_antibodies import with_antibodies
from ransel.quantities import Duration, Mass

pytestmark = pytest.mark.property

COUNT = 300
NAMES = st.sampled_from(["long-tail", "simple", "cog-ch14.18"])
SEEDS = st.integers(0, 2**64 - 1)


def bits(children):
    one = children.individuals
    arrays = (
        one.clearance, one.volume, one.exchange, one.peripheral, children.age, children.weight, children.height,
        children.body_surface, children.antibody_day,
    )  # fmt: skip
    return [np.ascontiguousarray(array) for array in arrays]


@given(NAMES, SEEDS, st.integers(1, 6), st.lists(st.integers(1, COUNT - 1), max_size=12, unique=True), st.randoms())
def test_any_split_in_any_order_gives_the_same_bits(name, seed, occasions, cuts, random):
    people = population(name, seed=seed, occasions=occasions)
    whole = bits(draw(people, 0, COUNT))
    edges = [0, *sorted(cuts), COUNT]
    ranges = list(pairwise(edges))
    random.shuffle(ranges)
    parts = {start: bits(draw(people, start, stop)) for start, stop in ranges}
    for place, array in enumerate(whole):
        joined = np.concatenate([parts[start][place] for start in sorted(parts)])
        assert joined.tobytes() == array.tobytes()


@given(NAMES, SEEDS, st.integers(0, 2**40))
def test_one_child_alone_is_the_child_among_others(name, seed, number):
    people = population(name, seed=seed, occasions=2)
    alone, among = bits(draw(people, number, number + 1)), bits(draw(people, number, number + 9))
    for one, many in zip(alone, among, strict=True):
        assert one[0].tobytes() == many[0].tobytes()


@given(NAMES, SEEDS)
def test_every_parameter_of_every_child_is_a_number_above_nought(name, seed):
    drawn = draw(population(name, seed=seed, occasions=2), 0, 50)
    one = drawn.individuals
    for array in (one.clearance, one.volume, one.peripheral, drawn.age, drawn.weight, drawn.height):
        assert np.isfinite(array).all()
        assert (array > 0).all()
    assert (one.exchange >= 0).all()


INFUSIONS = st.lists(
    st.builds(
        TypedInfusion,
        begins=st.integers(0, 900).map(lambda at: Duration(at, "min")),
        lasts=st.integers(0, 600).map(lambda at: Duration(at, "min")),
        dose=st.integers(1, 10**6).map(lambda at: Mass(at, "µg")),
    ),
    min_size=1,
    max_size=12,
)


@given(INFUSIONS)
def test_a_schedule_gives_the_whole_dose_and_never_a_negative_rate(infusions):
    schedule = typed(infusions)
    assert (np.diff(schedule.times) > 0).all()
    assert (schedule.rates >= 0).all()
    assert schedule.rates[-1] == 0
    given_mg = (schedule.rates[:-1] * np.diff(schedule.times)).sum() + schedule.boluses.sum()
    assert given_mg == pytest.approx(float(sum(one.dose.magnitude for one in infusions)), rel=1e-12)


@given(SEEDS, st.integers(1, 5), st.booleans())
def test_antibodies_change_occasions_and_nothing_of_the_dose(seed, occasions, apart):
    drawn = draw(population(seed=seed, occasions=occasions), 0, 12)
    schedule = regimen(protocol_of(SHORT), drawn.covariates, courses=occasions)
    schedule = _apart(schedule) if apart else schedule
    individuals, switched = with_antibodies(drawn, schedule)
    hours = np.arange(0.5, 35 * 24 * occasions, 11.0)
    for child in range(drawn.count):
        plain, counted = schedule.part(child, child + 1), switched.part(child, child + 1)
        before, after = (np.searchsorted(one.times, hours, side="right") - 1 for one in (plain, counted))
        assert np.array_equal(plain.rates[before], counted.rates[after])
        course = plain.occasions[before]
        late = hours >= drawn.antibody_day[child] * 24
        if switched is not schedule:
            assert np.array_equal(counted.occasions[after], course + late * occasions)
        wanted = drawn.individuals.clearance[child, course] * np.where(late, drawn.clearance_times, 1)
        assert np.array_equal(individuals.clearance[child, counted.occasions[after]], wanted)


def _apart(schedule):
    """The same schedule with moments for each child."""
    count, moments = schedule.count, schedule.times.size
    return type(schedule)(
        times=np.tile(schedule.times, count), rates=np.tile(schedule.rates, count),
        boluses=np.tile(schedule.boluses, count), resets=np.tile(schedule.resets, count),
        occasions=np.tile(schedule.occasions, count), scale=schedule.scale,
        offsets=np.arange(count + 1, dtype=np.int64) * moments,
    )  # fmt: skip


@given(st.lists(st.floats(5.1, 60), min_size=1, max_size=20))
def test_mixed_rules_dose_each_child_by_the_first_rule_that_is_meant_for_it(weights):
    height = np.full(len(weights), 110.0)
    children = Covariates(age=np.full(len(weights), 5.0), weight=np.array(weights), height=height)
    schedule = regimen(protocol_of(LONG), children, courses=1, rule=("weight", "area"))
    assert schedule.shared
    per_day = schedule.rates[0] * schedule.scale * 24
    wanted = np.where(children.weight <= 12, 0.33 * children.weight, 10 * children.body_surface)
    assert per_day == pytest.approx(wanted, rel=1e-13)
