"""Parameter sets: each number has its ground, each set predicts what it is fitted to, and none passes for another."""

import re

import numpy as np
import pytest
from pharmacokinetics.parameter_cases import ONE_SQUARE_METRE, SHELF, levels, parameters_of, population
from prescribing.cases import LONG, SHORT, protocol_of

from ransel.evidence import Confidence
from ransel.language import LANGUAGES, Refused
from ransel.pharmacokinetics.parameters.parameter_shelf import OWN_FOLDER, PARAMETER_SETS, ParameterShelf
from ransel.pharmacokinetics.parameters.taken import assumptions
from ransel.pharmacokinetics.parameters.typical import typical, typical_individuals
from ransel.pharmacokinetics.parameters.variability import PARAMETERS, Correlation, Variability
from ransel.pharmacokinetics.population.covariates import Covariates
from ransel.protocols import Library
from ransel.protocols.shelf import sourced_values

SETS = ("cog-ch14.18", "long-tail", "simple")
SLOW = [(0, 240, 100)]
FAST = [(24 * day, 24 * day + 8, 20) for day in range(5)]
COG = [(24 * day, 24 * day + 10, 25) for day in range(4)]
NOT_FOR_PEOPLE = re.compile(r"pydantic|Input should|validation error|Traceback|Message\(")


# -- what the sets say


def test_the_package_has_these_sets():
    assert SHELF.ids() == SETS


@pytest.mark.parametrize("name", SETS)
def test_every_number_of_a_set_has_a_source_or_a_reason(name):
    found = list(sourced_values(parameters_of(name)))
    assert len(found) >= 12
    for _, one in found:
        assert (one.source in SHELF.library.sources) != (one.confidence is Confidence.ASSUMED)
        assert one.note.strip() or one.confidence is Confidence.SEEN


def test_every_number_of_the_synthetic_children_has_a_source_or_a_reason():
    for _, one in sourced_values(SHELF.growth):
        assert (one.source in SHELF.library.sources) != (one.confidence is Confidence.ASSUMED)


def test_long_tail_gives_what_it_was_fitted_to():
    (peak, day_35), (_, area) = levels("long-tail", SLOW, [240, 840])
    assert [round(one, 2) for one in (peak, day_35)] == [12.56, 1.41]
    assert round(area, 1) == 189.6
    fast, _ = levels("long-tail", FAST, [24 * 4 + 8])
    assert round(fast[0], 2) == 16.52


def test_simple_gives_what_it_was_fitted_to():
    slow, _ = levels("simple", SLOW, [24, 120, 192, 240, 840])
    assert [round(one, 1) for one in slow[:4]] == [2.0, 8.0, 11.0, 12.6]
    assert round(slow[4], 2) == 0.74
    fast, _ = levels("simple", FAST, [24 * 4 + 8])
    assert round(fast[0], 1) == 16.6


def test_the_set_of_another_antibody_gives_what_it_was_fitted_to_and_less_than_half_of_what_is_seen_here():
    (peak, day_28), _ = levels("cog-ch14.18", COG, [24 * 3 + 10, 24 * 28])
    assert round(peak) == 11
    assert round(day_28, 1) == 0.2
    slow, _ = levels("cog-ch14.18", SLOW, [240])
    assert round(slow[0], 1) == 4.7


def test_typical_values_are_per_square_metre_and_per_hour():
    clearance, volume, exchange, peripheral = typical(parameters_of("long-tail"), ONE_SQUARE_METRE)[0]
    assert [clearance, exchange] == pytest.approx([0.424 / 24, 0.124 / 24], rel=1e-15)
    assert [volume, peripheral] == [4.8, 4.22]


def test_typical_values_grow_in_proportion_to_body_surface():
    two = Covariates.given([3, 12], [14, 40], [95, 150])
    values = typical(parameters_of("long-tail"), two)
    assert values[1] / values[0] == pytest.approx([two.body_surface[1] / two.body_surface[0]] * 4, rel=1e-14)


def test_one_compartment_exchanges_nothing():
    children = typical_individuals(parameters_of("simple"), ONE_SQUARE_METRE, occasions=3)
    assert not children.exchange.any()
    assert (children.peripheral > 0).all()
    assert children.clearance.shape == (1, 3)


# -- for which medicine


def test_the_usual_set_is_the_long_tail():
    assert SHELF.for_protocol(protocol_of(LONG)).id == "long-tail"


@pytest.mark.hazard("HZ-092")
@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("protocol", [LONG, SHORT])
def test_the_set_of_another_antibody_is_refused_for_dinutuximab_beta_with_the_reason(protocol, language):
    with pytest.raises(Refused) as caught:
        SHELF.for_protocol(protocol_of(protocol), "cog-ch14.18")
    (refusal,) = caught.value.refusals
    assert (refusal.code, refusal.field, refusal.value) == ("parameters.barred", "parameters", "cog-ch14.18")
    said = refusal.text(language)
    numbers = ("4.7", "12.5") if language == "en" else ("4,7", "12,5")
    assert all(word in said for word in ("Qarziba", "dinutuximab beta", "cog-ch14.18", "long-tail, simple", *numbers))


def test_the_set_of_another_antibody_is_accepted_for_its_own_product():
    own = _product(name="Unituxin", substance="dinutuximab")
    assert SHELF.for_protocol(own, "cog-ch14.18").id == "cog-ch14.18"
    assert SHELF.suitable(own) == ("cog-ch14.18",)


@pytest.mark.hazard("HZ-092")
@pytest.mark.parametrize(
    "product",
    [
        {"name": "Qarziba", "substance": "dinutuximab"},
        {"name": "QARZIBA", "substance": "ch14.18"},
        {"name": "own import", "substance": "Dinutuximab-Beta"},
        {"name": "own import", "substance": "dinutuximab bèta"},
        {"name": "own import", "substance": "dinutuximab β"},
    ],
)
def test_dinutuximab_beta_is_known_by_its_product_and_its_substance_however_written(product):
    assert "cog-ch14.18" not in SHELF.suitable(_product(**product))


@pytest.mark.hazard("HZ-092")
def test_the_sets_of_dinutuximab_beta_are_refused_for_every_other_substance():
    for product in (
        {"name": "Unituxin", "substance": "dinutuximab"},
        {"name": "Blincyto", "substance": "blinatumomab"},
    ):
        with pytest.raises(Refused) as caught:
            SHELF.for_protocol(_product(**product))
        assert [one.code for one in caught.value.refusals] == ["parameters.other-substance"]


def _product(**changes):
    protocol = protocol_of(LONG)
    return protocol.model_copy(update={"product": protocol.product.model_copy(update=changes)})


# -- what is assumed


@pytest.mark.hazard("HZ-093")
@pytest.mark.parametrize("name", SETS)
def test_everything_that_was_not_read_is_named_as_an_assumption_in_both_languages(name):
    told = assumptions(parameters_of(name))
    places = {one.id for one in told}
    assert len(places) == len(told)
    for place, one in sourced_values(parameters_of(name)):
        named = place.removesuffix(".coefficient")
        if place.startswith("covariates."):
            named = ".".join(place.split(".")[:2])
        if one.confidence.to_be_confirmed and not place.startswith(("refuses.", "stress")):
            assert named in places, place
    for one in told:
        assert one.what.text("nl") != one.what.text("en")
        assert one.confidence.to_be_confirmed
        assert bool(one.source) != (one.confidence is Confidence.ASSUMED)


def test_assumptions_say_the_number_that_was_taken():
    said = {one.id: one.what.text("nl") for one in assumptions(parameters_of("long-tail"))}
    assert said["typical.clearance"] == "een gemiddeld kind: klaring 0,424 L/dag/m²"
    assert "20 %" in said["residual.proportional"]
    assert "1,695" in said["antibodies.clearance_times"]


def test_a_population_names_the_assumptions_about_its_children_too():
    ids = {one.id for one in assumptions(population())}
    assert {"children.age.oldest", "children.height", "children.of_reference_weight", "antibodies.part"} <= ids
    assert "children.age.mean" not in ids, "read in a source"
    assert not any(one.id.startswith("antibodies") for one in assumptions(population(antibodies=False)))
    real = population(children=ONE_SQUARE_METRE)
    assert not any(one.id.startswith("children") for one in assumptions(real))


# -- variability


def test_stress_replaces_every_variation_that_there_is():
    usual, stressed = parameters_of("simple"), parameters_of("simple").stressed()
    assert stressed.between_subjects.clearance.value.to("%") == 60
    assert stressed.between_subjects.exchange is None
    assert stressed.between_subjects.correlations == usual.between_subjects.correlations
    assert stressed.between_occasions == usual.between_occasions


def test_a_set_without_a_stress_value_refuses_to_be_stressed():
    with pytest.raises(Refused) as caught:
        parameters_of("simple").model_copy(update={"stress": None}).stressed()
    assert caught.value.refusals[0].code == "parameters.no-stress"


def test_a_variation_is_that_of_the_parameter_and_not_of_its_logarithm():
    assert np.diag(parameters_of("simple").between_subjects.covariance())[0] == pytest.approx(np.log(1.09), rel=1e-15)


def test_the_root_times_itself_is_the_covariance():
    usual = parameters_of("simple").between_subjects
    cv, stated = usual.clearance, usual.correlations[0].coefficient
    varying = Variability(
        clearance=cv, volume=cv, exchange=cv, peripheral=cv,
        correlations=tuple(
            Correlation(of=pair, coefficient=stated.model_copy(update={"value": value}))
            for pair, value in ((PARAMETERS[:2], 0.6), (PARAMETERS[1:3], -0.3), ((PARAMETERS[0], PARAMETERS[3]), 0.5))
        ),
    )  # fmt: skip
    root = np.array(varying.root())
    assert root @ root.T == pytest.approx(varying.covariance(), rel=1e-14)
    assert not np.triu(root, 1).any()


# -- a hospital's own sets, and what is refused in them

HEAD = 'extends = "long-tail"\nid = "own"\n'
CORRELATION = 'correlations = [{ of = ["ONE", "OTHER"], coefficient = { value = VALUE, OURS } }]'
EXCLUDING = (
    "correlations = ["
    '{ of = ["clearance", "volume"], coefficient = { value = -0.9, OURS } }, '
    '{ of = ["volume", "exchange"], coefficient = { value = -0.9, OURS } }, '
    '{ of = ["clearance", "exchange"], coefficient = { value = -0.9, OURS } }]'
)
NO_ERROR = 'proportional = { value = "0 %", OURS }\nadditive = { value = "0 mg/L", OURS }'
AGE_IN_M2 = (
    'parameters = ["clearance"]\ncovariate = "age"\n'
    'reference = { value = "1 m2", OURS }\nexponent = { value = 1, OURS }'
)


def correlated(one, other, value):
    return CORRELATION.replace("ONE", one).replace("OTHER", other).replace("VALUE", value)


# what is wrong: the table, what the file says there, the code of the refusal, its place in that table
WRONG = {
    "an unknown key": ("", "surprise = 1", "key.unknown", "surprise"),
    "no such structure": ("", 'structure = "three"', "key.choice", "structure"),
    "a structure with less": ("", 'structure = "one-compartment"', "parameters.not-in-structure", "typical.exchange"),
    "extending itself": ("", 'extends = "own"', "parameters.extends", "extends"),
    "extending nothing": ("", 'extends = "nothing"', "parameters.extends", "extends"),
    "extending a number": ("", "extends = 5", "key.invalid", "extends"),
    "a name with a space": ("", 'id = "my set"', "parameters.no-name", "id"),
    "another name than the file": ("", 'id = "other"', "parameters.id-is-not-file-name", "id"),
    "a misspelt key": ("typical", 'clearence = { value = "1 L/h/m2", OURS }', "key.unknown", "clearence"),
    "no ground": ("typical", "clearance = 5", "key.invalid", "clearance"),
    "an unknown source": (
        "typical", 'clearance = { value = "1 L/h/m2", source = "BOOK", confidence = "S" }',
        "source.unknown", "clearance.source",
    ),
    "a recalled number called read": (
        "typical", 'clearance = { value = "1 L/h/m2", source = "SIE16", confidence = "S" }',
        "source.not-seen", "clearance.confidence",
    ),
    "a volume for a clearance": (
        "typical", 'clearance = { value = "1 L/m2", OURS }', "quantity.other-kind", "clearance.value",
    ),
    "no unit": ("typical", 'clearance = { value = "1", OURS }', "quantity.no-unit", "clearance.value"),
    "a clearance of nought": (
        "typical", 'clearance = { value = "0 L/h/m2", OURS }', "protocol.not-above-zero", "clearance.value",
    ),
    "a value per kg without a relation": (
        "typical", 'clearance = { value = "1 mL/h/kg", OURS }', "parameters.per-size-unrelated", "clearance.value",
    ),
    "a variation below nought": (
        "between_subjects", 'clearance = { value = "-30 %", OURS }', "parameters.no-variation", "clearance.value",
    ),
    "an absurd variation": (
        "between_occasions", 'clearance = { value = "3000 %", OURS }', "parameters.no-variation", "clearance.value",
    ),
    "a correlation of one": (
        "between_subjects", correlated("clearance", "volume", "1"),
        "parameters.no-correlation", "correlations.0.coefficient.value",
    ),
    "a correlation in words": (
        "between_subjects", correlated("clearance", "volume", '"strong"'),
        "parameters.no-number", "correlations.0.coefficient.value",
    ),
    "a correlation with itself": (
        "between_subjects", correlated("volume", "volume", "0.5"),
        "parameters.correlated-with-itself", "correlations.0.of",
    ),
    "a correlation of what does not vary": (
        "between_occasions", correlated("clearance", "volume", "0.5"),
        "parameters.correlated-but-fixed", "correlations.0.of",
    ),
    "correlations that exclude each other": (
        "between_subjects", EXCLUDING, "parameters.correlations-impossible", "correlations",
    ),
    "no error of measurement": ("residual", NO_ERROR, "parameters.no-residual", "proportional.value"),
    "not a number": (
        "antibodies", "clearance_times = { value = nan, OURS }", "parameters.no-number", "clearance_times.value",
    ),
    "more than all children": ("antibodies", 'part = { value = "120 %", OURS }', "parameters.no-part", "part.value"),
    "days that run back": (
        "antibodies", 'to_day = { value = "3 days", OURS }', "parameters.days-run-back", "to_day.value",
    ),
    "antibodies that help": (
        "antibodies", "clearance_times = { value = 0.5, OURS }", "parameters.clearance-falls", "clearance_times.value",
    ),
    "a reference of another kind": ("[covariates]", AGE_IN_M2, "quantity.other-kind", "0.reference.value"),
}  # fmt: skip


@pytest.mark.parametrize("what", WRONG)
def test_what_is_wrong_in_a_set_is_said_with_its_key_and_remedy(what, tmp_path):
    table, text, code, place = WRONG[what]
    head = "\n".join(line for line in HEAD.splitlines() if table or line.split(" =")[0] != text.split(" =")[0])
    with pytest.raises(Refused) as caught:
        _own(tmp_path, f"{head}\n[{table}]\n{text}\n" if table else f"{head}\n{text}\n").parameters("own")
    found = [one for one in caught.value.refusals if one.code == code]
    assert found, caught.value
    assert found[0].field.endswith(".".join(part for part in ("own.toml", table.strip("[]"), place) if part))
    for language in LANGUAGES:
        assert not NOT_FOR_PEOPLE.search(found[0].text(language))


def test_an_unknown_key_is_refused_with_the_nearest_one(tmp_path):
    with pytest.raises(Refused) as caught:
        _own(tmp_path, f'{HEAD}[residual]\nproportionel = {{ value = "20 %" }}\n').parameters("own")
    assert "proportional" in caught.value.refusals[0].text("nl")


def test_a_hospital_extends_a_set_with_its_own_numbers_and_sources(tmp_path):
    (tmp_path / "sources.toml").write_text('[OWN]\ntitle = "own levels"\naddress = "archive"\nseen = "2027"\n')
    shelf = _own(
        tmp_path, f'{HEAD}[typical]\nclearance = {{ value = "0.5 L/day/m2", source = "OWN", confidence = "S" }}\n'
    )
    own = shelf.for_protocol(protocol_of(LONG), "own")
    assert own.typical.clearance.source == "OWN"
    assert own.typical.volume == parameters_of("long-tail").typical.volume
    assert "typical.clearance" not in {one.id for one in assumptions(own)}
    assert shelf.ids() == (*SETS, "own")


def test_a_hospital_without_sets_of_its_own_has_those_of_the_package(tmp_path):
    assert ParameterShelf(Library(tmp_path)).ids() == SETS


def test_a_hospital_cannot_take_the_name_of_a_set_of_the_package(tmp_path):
    with pytest.raises(Refused) as caught:
        _own(tmp_path, HEAD, name="simple").ids()
    assert caught.value.refusals[0].code == "parameters.name-taken"


@pytest.mark.parametrize(("name", "code"), [("nothing", "unknown"), ("dinutuximab-beta", "abstract")])
def test_a_set_that_is_not_there_or_only_to_build_on_is_refused(name, code):
    with pytest.raises(Refused) as caught:
        SHELF.parameters(name)
    assert caught.value.refusals[0].code == f"parameters.{code}"


PER_KILOGRAM = """[typical]
clearance = { value = "2 mL/h/kg", OURS }
volume = { value = "7 L", OURS }
[[covariates]]
parameters = ["clearance"]
covariate = "weight"
reference = { value = "70 kg", OURS }
exponent = { value = 0.75, OURS }
[[covariates]]
parameters = ["volume"]
covariate = "age"
reference = { value = "1461 days", OURS }
exponent = { value = 0.5, OURS }
"""


def test_a_set_may_be_stated_per_kilogram_with_a_power_of_weight(tmp_path):
    head = (PARAMETER_SETS / "simple.toml").read_text(encoding="utf-8").split("[typical]")[0]
    own = _own(tmp_path, head.replace('"simple"', '"own"') + PER_KILOGRAM).parameters("own")
    values = typical(own, Covariates.given([4, 16], [70, 35], [170, 140]))
    assert values[:, 0] == pytest.approx([0.14, 0.14 * 0.5**0.75], rel=1e-14)
    assert values[:, 1] == pytest.approx([7, 14], rel=1e-14)


RELATED_TWICE = """[[covariates]]
parameters = ["clearance", "volume"]
covariate = "body-surface"
reference = { value = "1 m2", OURS }
exponent = { value = 1, OURS }
[[covariates]]
parameters = ["volume"]
covariate = "body-surface"
reference = { value = "1 m2", OURS }
exponent = { value = 1, OURS }
"""


def test_a_parameter_is_related_to_a_covariate_once(tmp_path):
    with pytest.raises(Refused) as caught:
        _own(tmp_path, 'extends = "simple"\nid = "own"\n' + RELATED_TWICE).parameters("own")
    assert [one.code for one in caught.value.refusals] == ["parameters.related-twice"]


def test_a_parameter_that_is_missing_is_named(tmp_path):
    text = (PARAMETER_SETS / "long-tail.toml").read_text(encoding="utf-8").replace('"long-tail"', '"own"')
    kept = [line for line in text.splitlines() if not line.startswith('peripheral = { value = "4.22')]
    with pytest.raises(Refused) as caught:
        _own(tmp_path, "\n".join(kept)).parameters("own")
    assert [one.code for one in caught.value.refusals] == ["parameters.missing"]


def test_a_correlation_stands_there_once(tmp_path):
    twice = correlated("clearance", "volume", "0.5")[:-1] + ", " + correlated("volume", "clearance", "0.5")[16:]
    with pytest.raises(Refused) as caught:
        _own(tmp_path, f"{HEAD}[between_subjects]\n{twice}\n").parameters("own")
    assert [one.code for one in caught.value.refusals] == ["parameters.correlated-twice"]


def test_a_hospital_may_have_children_of_its_own(tmp_path):
    text = (PARAMETER_SETS / "children.toml").read_text(encoding="utf-8").replace("value = 18", "value = 12")
    shelf = _own(tmp_path, text, name="children")
    assert shelf.growth.age.oldest.value == 12
    assert shelf.ids() == SETS


CHILDREN_WRONG = {
    "oldest before youngest": ("value = 18", "value = 0.5", "children.ages-run-back"),
    "an age of nought": ("value = 1, source", "value = 0, source", "protocol.not-above-zero"),
    "months that fall": ("months = 18.5", "months = 12.5", "bounds.ages"),
    "a median of nought": ("median = 81.6", "median = 0", "children.no-growth-point"),
    "a weight of nought": ('"100 %"', '"0 %"', "protocol.not-above-zero"),
}


@pytest.mark.parametrize("what", CHILDREN_WRONG)
def test_children_that_cannot_be_are_refused(what, tmp_path):
    old, new, code = CHILDREN_WRONG[what]
    text = (PARAMETER_SETS / "children.toml").read_text(encoding="utf-8")
    assert old in text
    with pytest.raises(Refused) as caught:
        _own(tmp_path, text.replace(old, new), name="children").growth  # noqa: B018 - reading is the act
    assert [one.code for one in caught.value.refusals] == [code]
    assert all(one.text(language) for one in caught.value.refusals for language in LANGUAGES)


def _own(folder, text, name="own"):
    own = folder / OWN_FOLDER
    own.mkdir()
    (own / f"{name}.toml").write_text(text.replace("OURS", 'confidence = "A", note = "ours"'), encoding="utf-8")
    return ParameterShelf(Library(folder))
