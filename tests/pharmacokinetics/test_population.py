"""Children drawn from a seed: the same ones for ever, and spread as their parameter set says."""

from datetime import date
from fractions import Fraction

import numpy as np
import pytest
from pharmacokinetics.parameter_cases import ONE_SQUARE_METRE, changed, parameters_of, population
from prescribing.cases import CHILD, LONG, child, protocol_of

from ransel.language import LANGUAGES, Refused
from ransel.pharmacokinetics.parameters.typical import typical
from ransel.pharmacokinetics.parameters.variability import PARAMETERS, Correlation
from ransel.pharmacokinetics.population.covariates import Covariates
from ransel.pharmacokinetics.population.measuring import measured
from ransel.pharmacokinetics.population.population import MOST_OCCASIONS, draw
from ransel.prescribing import body_surface
from ransel.quantities import Length, Mass

MANY = 40_000
PARTS = ("clearance", "volume", "exchange", "peripheral")


def of_one_size(name="long-tail", count=MANY, **changes):
    """Children who all have a body surface of 1 m², so that only the variability remains."""
    same = Covariates(age=np.full(count, 8.0), weight=np.full(count, 36.0), height=np.full(count, 100.0))
    return draw(population(**({"parameters": parameters_of(name)} | changes | {"children": same})), 0, count)


# -- the same children for ever


def test_a_seed_gives_the_same_children_for_ever():
    """Written down when they were first drawn: a change here changes every published result."""
    one = draw(population(seed=2026, occasions=2), 0, 3)
    assert one.age == pytest.approx([1.75816656262392, 6.98354765061493, 5.20156643478517], rel=1e-12)
    assert one.weight == pytest.approx([11.7289068936868, 29.1852552911854, 14.5768762072002], rel=1e-12)
    assert one.height == pytest.approx([82.9771585824145, 135.097137293774, 101.668667031716], rel=1e-12)
    assert one.individuals.clearance.ravel() == pytest.approx(
        [
            0.00908608991342398,
            0.00859255119806159,
            0.0126854132000049,
            0.0126975593062915,
            0.0172180814229206,
            0.0146064987556572,
        ],
        rel=1e-12,
    )
    assert one.individuals.volume[:, 1] == pytest.approx(
        [2.85337782723708, 6.90290188553584, 2.29660088495595], rel=1e-12
    )
    assert one.individuals.exchange[:, 0] == pytest.approx(
        [0.00236944441661859, 0.00534289611042347, 0.00309328774638199], rel=1e-12
    )
    assert one.individuals.peripheral[:, 0] == pytest.approx(
        [2.10107989265512, 4.86142252230914, 3.77540707899423], rel=1e-12
    )


def test_more_courses_leave_the_first_ones_as_they_were():
    two, five = draw(population(occasions=2), 0, 50), draw(population(occasions=5), 0, 50)
    for part in PARTS:
        assert np.array_equal(getattr(two.individuals, part), getattr(five.individuals, part)[:, :2])


def test_leaving_antibodies_out_leaves_the_children_as_they_were():
    with_them, without = draw(population(), 0, 50), draw(population(antibodies=False), 0, 50)
    assert np.array_equal(with_them.individuals.clearance, without.individuals.clearance)
    assert not np.isfinite(without.antibody_day).any()


def test_a_set_with_less_that_varies_leaves_the_rest_as_it_was():
    usual = parameters_of("long-tail")
    calmer = usual.between_subjects.model_copy(update={"exchange": None})
    fixed = of_one_size(parameters=changed("long-tail", between_subjects=calmer), count=50)
    for part in ("clearance", "volume", "peripheral"):
        assert np.array_equal(getattr(fixed.individuals, part), getattr(of_one_size(count=50).individuals, part))
    assert np.ptp(fixed.individuals.exchange) == 0


def test_the_same_children_have_the_same_size_in_every_parameter_set():
    one, other = draw(population("simple"), 5, 90), draw(population("long-tail"), 5, 90)
    assert np.array_equal(one.weight, other.weight)
    assert np.array_equal(one.antibody_day, other.antibody_day)


def test_a_part_of_drawn_children_is_that_part_of_the_population():
    whole, part = draw(population(), 10, 40).part(5, 9), draw(population(), 15, 19)
    assert whole.start == part.start == 15
    assert np.array_equal(whole.individuals.clearance, part.individuals.clearance)
    assert np.array_equal(whole.covariates.height, part.covariates.height)
    assert np.array_equal(whole.antibody_day, part.antibody_day)


def test_another_seed_gives_other_children():
    one, other = draw(population(seed=1), 0, 100), draw(population(seed=2), 0, 100)
    assert not np.isin(one.weight, other.weight).any()


# -- spread as it is said


def test_parameters_vary_as_the_set_says():
    drawn = of_one_size(
        parameters=changed("long-tail", between_occasions=type(parameters_of("simple").between_occasions)())
    )
    middle = typical(parameters_of("long-tail"), ONE_SQUARE_METRE)[0]
    for place, part in enumerate(PARTS):
        values = getattr(drawn.individuals, part)[:, 0]
        spread = np.sqrt(np.log(1.09))
        assert abs(np.log(values / middle[place]).mean()) < 5 * spread / np.sqrt(MANY)
        assert values.std() / values.mean() == pytest.approx(0.30, abs=0.01)


@pytest.mark.parametrize("coefficient", [-0.5, 0.7])
def test_parameters_go_together_as_the_set_says(coefficient):
    usual = parameters_of("long-tail").between_subjects
    stated = usual.correlations[0].coefficient.model_copy(update={"value": coefficient})
    pairs = (("clearance", "volume"), ("volume", "peripheral"))
    varying = usual.model_copy(update={"correlations": tuple(Correlation(of=one, coefficient=stated) for one in pairs)})
    no_courses = type(varying)()
    drawn = of_one_size(
        parameters=changed("long-tail", between_subjects=varying, between_occasions=no_courses)
    ).individuals
    found = np.corrcoef([np.log(getattr(drawn, part)[:, 0]) for part in PARTS])
    wanted = np.eye(4)
    for one, other in pairs:
        row, column = PARAMETERS.index(one), PARAMETERS.index(other)
        wanted[row, column] = wanted[column, row] = coefficient
    assert np.abs(found - wanted).max() < 5 / np.sqrt(MANY)


def test_clearance_varies_between_the_courses_of_one_child_and_volume_does_not():
    drawn = of_one_size(occasions=5).individuals
    within = np.log(drawn.clearance) - np.log(drawn.clearance).mean(axis=1, keepdims=True)
    assert within.std(ddof=0) * np.sqrt(5 / 4) == pytest.approx(np.sqrt(np.log(1.01)), rel=0.02)
    assert np.abs(np.corrcoef(within.T)[np.triu_indices(5, 1)] + 1 / 4).max() < 5 / np.sqrt(MANY)
    assert np.ptp(drawn.volume, axis=1).max() == 0


def test_stress_doubles_the_spread():
    drawn = of_one_size(parameters=parameters_of("simple").stressed())
    values = drawn.individuals.volume[:, 0]
    assert values.std() / values.mean() == pytest.approx(0.60, abs=0.03)


def test_antibodies_come_in_the_part_and_the_days_that_the_set_says():
    days = draw(population(), 0, MANY).antibody_day
    has = np.isfinite(days)
    assert has.mean() == pytest.approx(0.19, abs=5 * np.sqrt(0.19 * 0.81 / MANY))
    assert days[has].min() >= 10
    assert days[has].max() <= 43
    assert days[has].mean() == pytest.approx(26.5, abs=0.6)
    assert draw(population(), 0, 1).clearance_times == pytest.approx(1 / 0.59, rel=1e-6)


def test_synthetic_children_are_of_the_age_and_size_of_children():
    drawn = draw(population(), 0, MANY)
    assert drawn.age.min() >= 1
    assert drawn.age.max() <= 18
    assert np.median(drawn.age) == pytest.approx(3.5, abs=0.1)
    four = np.abs(drawn.age - 4) < 0.2
    assert np.median(drawn.height[four]) == pytest.approx(101.5, abs=1)
    assert np.median(drawn.weight[four]) == pytest.approx(15.9, abs=0.4)
    assert np.corrcoef(np.log(drawn.weight[four]), np.log(drawn.height[four]))[0, 1] > 0.5


def test_nearly_all_synthetic_children_are_of_a_size_that_an_order_accepts():
    drawn, bands = draw(population(), 0, MANY), protocol_of(LONG).bounds.by_age.value
    refused = 0
    for band, following in zip(bands, [*bands[1:], None], strict=True):
        of_age = (drawn.age >= band.from_age) & (drawn.age < (following.from_age if following else 99))
        for values, bounds, unit in ((drawn.weight, band.weight, "kg"), (drawn.height, band.height, "cm")):
            least, most = float(bounds.least.to(unit)), float(bounds.most.to(unit))
            refused += int(((values < least) | (values > most))[of_age].sum())
    assert refused / MANY < 0.002


# -- real children


def test_body_surface_is_that_of_the_order():
    drawn = draw(population(), 0, 40)
    for weight, height, surface in zip(drawn.weight, drawn.height, drawn.body_surface, strict=True):
        exact = body_surface("mosteller", Mass(Fraction(weight), "kg"), Length(Fraction(height), "cm"))
        assert surface == pytest.approx(float(exact.value.to("m2")), abs=1e-9)
    known = Covariates.of_patients([child()], date(2027, 2, 5))
    exact = body_surface("mosteller", child().weight, child().height).value.to("m2")
    assert known.body_surface[0] == pytest.approx(float(exact), abs=1e-9)


def test_real_children_get_drawn_parameters_and_keep_their_size():
    on = date(2027, 9, 14)
    real = Covariates.of_patients([child(), child(weight="30 kg", height="135 cm")], on)
    drawn = draw(population(children=real), 0, 2)
    assert drawn.age == pytest.approx([(on - CHILD["born"]).days / 365.25] * 2)
    assert drawn.weight.tolist() == [16.4, 30]
    assert drawn.height.tolist() == [102, 135]
    assert draw(population(children=real), 1, 2).individuals.clearance[0, 0] == drawn.individuals.clearance[1, 0]


WRONG = {
    "too many real children": (lambda: draw(population(children=ONE_SQUARE_METRE), 0, 2), "population.children"),
    "no courses": (lambda: population(occasions=0), "population.occasions"),
    "absurdly many courses": (lambda: population(occasions=MOST_OCCASIONS + 1), "population.occasions"),
    "no seed": (lambda: population(seed=-1), "draws.seed"),
    "a weight too few": (lambda: Covariates.given([4, 5], [16], [100, 110]), "covariates.length"),
    "a weight of nought": (lambda: Covariates.given([4], [0], [100]), "covariates.not-above-zero"),
    "no number": (lambda: Covariates.given([4], [16], [float("nan")]), "covariates.not-above-zero"),
}


@pytest.mark.parametrize("what", WRONG)
def test_what_is_no_population_is_refused_in_words(what):
    act, code = WRONG[what]
    with pytest.raises(Refused) as caught:
        act()
    assert [one.code for one in caught.value.refusals] == [code]
    assert all(caught.value.refusals[0].text(language) for language in LANGUAGES)


def test_arrays_of_other_shapes_are_a_defect():
    with pytest.raises(ValueError, match="arrays"):
        Covariates(age=np.ones(2), weight=np.ones(3), height=np.ones(2))


# -- measured levels


def test_measured_levels_lie_around_the_true_ones_as_the_set_says():
    true = np.tile([0.0, 1.0, 12.0], (MANY, 1))
    levels = measured(parameters_of("long-tail"), true, seed=3)
    for place, expected in enumerate([0.1, np.hypot(0.2, 0.1), np.hypot(2.4, 0.1)]):
        assert abs(levels[:, place].mean() - true[0, place]) < 5 * expected / np.sqrt(MANY)
        assert levels[:, place].std() == pytest.approx(expected, rel=0.02)


def test_measured_levels_are_the_same_however_the_children_are_split():
    true = np.linspace(0.1, 13, 600).reshape(100, 6)
    whole = measured(parameters_of("simple"), true, seed=3, start=20)
    parts = [measured(parameters_of("simple"), true[at : at + 7], seed=3, start=20 + at) for at in range(0, 100, 7)]
    assert np.concatenate(parts).tobytes() == whole.tobytes()
