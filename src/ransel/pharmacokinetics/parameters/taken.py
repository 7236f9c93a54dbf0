"""What a simulation takes to be so without having read it in a source: each number, with its confidence and why."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from ransel.evidence import Confidence, Sourced
from ransel.language import Joined, Message
from ransel.pharmacokinetics.parameters.kind_of_number import Plain
from ransel.pharmacokinetics.parameters.parameter_set import ParameterSet, Relation
from ransel.pharmacokinetics.parameters.variability import PARAMETERS, Parameter, Variability
from ransel.pharmacokinetics.population.growth import Growth
from ransel.pharmacokinetics.population.population import Population
from ransel.quantities import Quantity, Shown

AGES = {
    "mean": "taken.age-mean",
    "deviation": "taken.age-deviation",
    "youngest": "taken.age-youngest",
    "oldest": "taken.age-oldest",
}


@dataclass(frozen=True, slots=True)
class Taken:
    """Something that was taken to be so.

    Values:
        id: stable, for programs: where the number stands in its file. what: in words for people, with the number.
        source: its code, else empty. note: why, as it stands in the file, in the language of the file.
    """

    id: str
    what: Message
    confidence: Confidence
    source: str = ""
    note: str = ""


def assumptions(chosen: ParameterSet | Population) -> tuple[Taken, ...]:
    """Return everything of a parameter set, or of a population, that was not read in a source."""
    if isinstance(chosen, ParameterSet):
        return tuple(one for one in _of_set(chosen) if one.confidence.to_be_confirmed)
    of_set = [one for one in _of_set(chosen.parameters) if chosen.antibodies or not one.id.startswith("antibodies.")]
    of_children = _of_growth(chosen.children) if isinstance(chosen.children, Growth) else ()
    return tuple(one for one in (*of_set, *of_children) if one.confidence.to_be_confirmed)


def _of_set(chosen: ParameterSet) -> Iterator[Taken]:
    for name in chosen.parameters:
        typical = chosen.typical.of(name)
        if typical is not None:
            shown = Shown(typical.value, chosen.typical.unit_of(name))
            yield _taken(f"typical.{name}", "taken.typical", typical, parameter=_word(name), value=shown)
    for number, relation in enumerate(chosen.covariates):
        yield _relation(f"covariates.{number}", relation)
    yield from _variability("between_subjects", chosen.between_subjects)
    yield from _variability("between_occasions", chosen.between_occasions)
    error = chosen.residual
    yield _taken("residual.proportional", "taken.residual-proportional", error.proportional)
    yield _taken("residual.additive", "taken.residual-additive", error.additive, unit="µg/mL")
    if chosen.antibodies is not None:
        made = chosen.antibodies
        yield _taken("antibodies.part", "taken.antibodies-part", made.part)
        yield _taken("antibodies.from_day", "taken.antibodies-from", made.from_day, unit="days")
        yield _taken("antibodies.to_day", "taken.antibodies-to", made.to_day, unit="days")
        times = made.clearance_times
        yield _taken("antibodies.clearance_times", "taken.antibodies-clearance", times, value=Plain(times.value))


def _relation(place: str, relation: Relation) -> Taken:
    parameters = Joined(tuple(_word(name) for name in relation.parameters), ", ")
    weakest = Confidence.weakest([relation.reference.confidence, relation.exponent.confidence])
    ground = relation.exponent if relation.exponent.confidence is weakest else relation.reference
    return _taken(
        place, "taken.relation", ground, parameters=parameters, covariate=Message(f"covariate.{relation.covariate}"),
        value=Plain(relation.exponent.value),
    )  # fmt: skip


def _variability(place: str, varying: Variability) -> Iterator[Taken]:
    for name in PARAMETERS:
        variation = varying.of(name)
        if variation is not None:
            key = "taken.between-subjects" if place == "between_subjects" else "taken.between-occasions"
            yield _taken(f"{place}.{name}", key, variation, parameter=_word(name))
    for number, one in enumerate(varying.correlations):
        first, second = (_word(name) for name in one.of)
        value = Plain(one.coefficient.value)
        key = f"{place}.correlations.{number}"
        yield _taken(key, "taken.correlation", one.coefficient, first=first, second=second, value=value)
    if not varying.all_pairs_stated:
        yield Taken(f"{place}.correlations", Message("taken.independent"), Confidence.ASSUMED)


def _of_growth(growth: Growth) -> Iterator[Taken]:
    for name, key in AGES.items():
        age: Sourced[float] = getattr(growth.age, name)
        yield _taken(f"children.age.{name}", key, age, value=Plain(age.value))
    yield Taken("children.height", Message("taken.height"), growth.height.confidence, growth.height.source,
                growth.height.note)  # fmt: skip
    index = growth.mass_index
    yield Taken("children.mass_index", Message("taken.mass-index"), index.confidence, index.source, index.note)
    yield _taken("children.of_reference_weight", "taken.reference-weight", growth.of_reference_weight)


def _taken(place: str, key: str, ground: Sourced[Any], *, unit: str = "", **values: object) -> Taken:
    if "value" not in values:
        quantity: Quantity = ground.value
        values["value"] = Shown(quantity, unit or quantity.usual_unit)
    return Taken(place, Message(key, values), ground.confidence, ground.source, ground.note)


def _word(name: Parameter) -> Message:
    return Message(f"parameter.{name}")
