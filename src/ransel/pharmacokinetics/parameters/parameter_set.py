"""A parameter set: what a simulation takes a drug to do in children, as a checked value, each number with its source.

The file format is one TOML file; `library/` holds those of the package.
"""

from __future__ import annotations

from typing import Annotated, Literal, Self

from pydantic import Field, model_validator

from ransel.evidence import Sourced
from ransel.language import refuse
from ransel.pharmacokinetics.parameters.kind_of_number import Number, SetName, refuse_no_part, refuse_no_variation
from ransel.pharmacokinetics.parameters.variability import NO_VARIABILITY, PARAMETERS, Parameter, Variability
from ransel.protocols.kind_of_value import Positive, Text
from ransel.protocols.protocol import Words
from ransel.protocols.reading import Record
from ransel.quantities import Area, Concentration, Duration, Mass, Quantity, Ratio, unit

Structure = Literal["one-compartment", "two-compartments"]
CovariateName = Literal["body-surface", "weight", "age"]
KIND_OF_REFERENCE: dict[CovariateName, type[Quantity]] = {"body-surface": Area, "weight": Mass, "age": Duration}
UNITS: dict[Parameter, str] = {"clearance": "L/day", "volume": "L", "exchange": "L/day", "peripheral": "L"}
PER: dict[CovariateName, str] = {"body-surface": "/m2", "weight": "/kg"}
SECOND_COMPARTMENT: tuple[Parameter, ...] = ("exchange", "peripheral")

PerSize = Annotated[Sourced[Quantity], Positive]
"""A clearance or a volume: of the child of reference, or per m² or per kg."""


class Typical(Record):
    """The parameters of a typical child."""

    clearance: PerSize
    volume: PerSize
    exchange: PerSize | None = None
    peripheral: PerSize | None = None

    @model_validator(mode="after")
    def _are_clearances_and_volumes(self) -> Self:
        for name in PARAMETERS:
            found = self.of(name)
            if found is not None and _unit_of(name, found.value) is None:
                example = f"1 {UNITS[name]}/m2"
                refuse("quantity.other-kind", f"{name}.value", _shown(found.value), example=example)
        return self

    def of(self, name: Parameter) -> Sourced[Quantity] | None:
        """Return the typical value of a parameter; None when the model does not have it."""
        found: Sourced[Quantity] | None = getattr(self, name)
        return found

    def unit_of(self, name: Parameter) -> str:
        """Return the unit in which people read a parameter, such as L/day/m2."""
        found = self.of(name)
        return UNITS[name] if found is None else _unit_of(name, found.value) or UNITS[name]

    def size_of(self, name: Parameter) -> CovariateName | None:
        """Return the covariate for whose unit a parameter is stated: body surface, weight, or none."""
        return next((size for size, per in PER.items() if self.unit_of(name).endswith(per)), None)


class Relation(Record):
    """Parameters grow with a covariate: times (covariate / reference) to the power of the exponent."""

    parameters: tuple[Parameter, ...] = Field(min_length=1)
    covariate: CovariateName
    reference: Annotated[Sourced[Quantity], Positive]
    exponent: Sourced[Number]

    @model_validator(mode="after")
    def _refers_to_its_covariate(self) -> Self:
        kind, reference = KIND_OF_REFERENCE[self.covariate], self.reference.value
        if reference.dimension != kind.kind_dimension:
            examples = {"body-surface": "1 m2", "weight": "70 kg", "age": "1461 days"}
            example = examples[self.covariate]
            refuse("quantity.other-kind", "reference.value", _shown(reference), example=example)
        return self


class Residual(Record):
    """How far a measured level lies from the true one: a part of it, and the same amount at every level."""

    proportional: Sourced[Ratio]
    additive: Sourced[Concentration]

    @model_validator(mode="after")
    def _is_an_error(self) -> Self:
        refuse_no_variation("proportional", self.proportional)
        if not self.proportional.value and not self.additive.value:
            refuse("parameters.no-residual", "proportional.value", "0 %")
        return self


class Antibodies(Record):
    """Antibodies of the child against the drug: in a part of the children, from a random day on, clearance is higher.

    Values:
        from_day, to_day: the earliest and the latest day, counted from the start of the first course.
        clearance_times: what clearance is multiplied with from then on.
    """

    part: Sourced[Ratio]
    from_day: Sourced[Duration]
    to_day: Sourced[Duration]
    clearance_times: Sourced[Number]

    @model_validator(mode="after")
    def _are_possible(self) -> Self:
        refuse_no_part("part", self.part)
        if self.to_day.value < self.from_day.value:
            refuse("parameters.days-run-back", "to_day.value", self.to_day.value, first=self.from_day.value)
        if self.clearance_times.value < 1:
            refuse("parameters.clearance-falls", "clearance_times.value", self.clearance_times.value)
        return self


class Barred(Record):
    """A product for which a set must not be used, and why."""

    product: Text
    substance: Text
    reason: Sourced[Words]


class ParameterSet(Record):
    """What is taken to happen to a drug in children.

    Values:
        for_substances: for which it may be used. refuses: for which it must not, with the reason.
        stress: a coefficient of variation between children to see what more variability would do.
    """

    schema_: Literal["ransel/parameter-set/1"] = Field(alias="schema")
    id: SetName
    version: Text
    title: Words
    structure: Structure
    for_substances: tuple[Text, ...] = Field(min_length=1)
    refuses: tuple[Barred, ...] = ()
    typical: Typical
    covariates: tuple[Relation, ...] = ()
    between_subjects: Variability
    stress: Sourced[Ratio] | None = None
    between_occasions: Variability = NO_VARIABILITY
    residual: Residual
    antibodies: Antibodies | None = None

    @property
    def parameters(self) -> tuple[Parameter, ...]:
        """The parameters that the structure has."""
        return PARAMETERS if self.structure == "two-compartments" else PARAMETERS[:2]

    @model_validator(mode="after")
    def _has_what_its_structure_has(self) -> Self:
        for name in PARAMETERS:
            expected, typical = name in self.parameters, self.typical.of(name)
            if expected and typical is None:
                refuse("parameters.missing", f"typical.{name}", structure=self.structure)
            places = {
                f"typical.{name}": typical is not None,
                f"between_subjects.{name}": self.between_subjects.of(name) is not None,
                f"between_occasions.{name}": self.between_occasions.of(name) is not None,
                **{f"covariates.{number}.parameters": name in one.parameters
                   for number, one in enumerate(self.covariates)},
            }  # fmt: skip
            surplus = [place for place, there in places.items() if there and not expected]
            if surplus:
                refuse("parameters.not-in-structure", surplus[0], name, structure=self.structure)
        return self

    @model_validator(mode="after")
    def _grows_as_it_is_stated(self) -> Self:
        pairs: set[tuple[Parameter, CovariateName]] = set()
        for number, one in enumerate(self.covariates):
            for name in one.parameters:
                if (name, one.covariate) in pairs:
                    refuse("parameters.related-twice", f"covariates.{number}.parameters", name, covariate=one.covariate)
                pairs.add((name, one.covariate))
        for name in self.parameters:
            size = self.typical.size_of(name)
            if size is not None and (name, size) not in pairs:
                refuse("parameters.per-size-unrelated", f"typical.{name}.value", self.unit_shown(name), covariate=size)
        return self

    @model_validator(mode="after")
    def _stress_is_a_variation(self) -> Self:
        refuse_no_variation("stress", self.stress)
        return self

    def unit_shown(self, name: Parameter) -> str:
        """Return a typical value as people read it."""
        found = self.typical.of(name)
        return "" if found is None else found.value.text(symbol=self.typical.unit_of(name))

    def stressed(self) -> Self:
        """Return the same with the variability between children that a set names to test how much depends on it.

        Raises:
            Refused: when it names none.
        """
        if self.stress is None:
            refuse("parameters.no-stress", "stress", self.id)
        return self.model_copy(update={"between_subjects": self.between_subjects.all_set_to(self.stress)})


def _unit_of(name: Parameter, value: Quantity) -> str | None:
    """Return the unit of people for a clearance or volume, None when the value is neither."""
    symbols = (UNITS[name], *(f"{UNITS[name]}{per}" for per in PER.values()))
    return next((symbol for symbol in symbols if unit(symbol).dimension == value.dimension), None)


def _shown(value: Quantity) -> str:
    return value.text() if value.usual_unit else ""
