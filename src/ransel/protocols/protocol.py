"""What a protocol says, as a checked value. The file format is described in docs/reference/protocol-file.md."""

from __future__ import annotations

from datetime import date
from fractions import Fraction
from itertools import pairwise
from typing import Annotated, Literal, Self

from pydantic import Field, model_validator

from ransel.evidence import Sourced
from ransel.language import Language, refuse
from ransel.protocols.kind_of_value import Count, MassUnit, Positive, RoundingRule, Slug, Text, refuse_twice
from ransel.protocols.reading import Record
from ransel.quantities import (
    Area,
    Concentration,
    DoseRate,
    DoseRatePerArea,
    DoseRatePerWeight,
    Duration,
    Length,
    Mass,
    Quantity,
    Rate,
    Ratio,
    Rounding,
    Temperature,
    Volume,
    unit,
)

RATE_PRECISION = Fraction(1, 100)
"""How far the rate of a container may lie from the rate on the label before a note must say why."""

Place = Literal["ward", "day-care", "pharmacy", "home", "telephone"]
Kind = Literal["cassette", "bag", "syringe", "elastomeric"]
Event = Literal["time", "displayed-volume", "empty", "weighed-residue"]
"""What ends a container or a course; under flow error these are different moments."""


class Words(Record):
    """The same words in each language."""

    en: Text
    nl: Text

    def text(self, language: Language = "en") -> str:
        """Return the words in this language."""
        return self.nl if language == "nl" else self.en


class Product(Record):
    """The product that is given; keyed by the product, never by a stem of the substance's name."""

    name: Text
    substance: Text
    atc: Text
    authorisation: Text
    not_to_be_confused_with: tuple[Text, ...] = ()
    strength: Annotated[Sourced[Concentration], Positive]
    vial: Annotated[Sourced[Volume], Positive]
    storage: Sourced[str]


class Use(Record):
    """Where the label allows the infusion to run, and on whose word it runs elsewhere."""

    label_says: Sourced[Words]
    at_home: bool = False
    label_allows_home: Sourced[bool] | None = None
    local_protocol: str = ""
    approved_by: str = ""
    approved_on: date | None = None

    @model_validator(mode="after")
    def _home_names_its_ground(self) -> Self:
        if self.outside_label and not (self.local_protocol.strip() and self.approved_by.strip()):
            refuse("protocol.home-without-ground", "local_protocol", self.local_protocol)
        return self

    @property
    def outside_label(self) -> bool:
        """Whether it runs at home although the label does not allow that."""
        return self.at_home and not (self.label_allows_home is not None and self.label_allows_home.value)


class Next(Record):
    """When the next course may start."""

    counted_from: Literal["start", "end"]
    at_least: Sourced[Duration]
    label_start_to_start: Sourced[Duration] | None = None


class Course(Record):
    """How a course is divided: so many infusions, each this long, each standing for this much of the dose's time."""

    courses: Sourced[Count]
    infusions: Sourced[Count]
    infusion: Annotated[Sourced[Duration], Positive]
    covers: Annotated[Sourced[Duration], Positive]
    next: Next

    @model_validator(mode="after")
    def _infusions_do_not_overlap(self) -> Self:
        if self.infusion.value > self.covers.value:
            refuse("protocol.infusions-overlap", "infusion.value", self.infusion.value)
        return self


class DoseStep(Record):
    """A dose that holds for a part of the course; the last step holds to the end."""

    per: Annotated[Sourced[Quantity], Positive]
    at_most: Annotated[Sourced[DoseRate], Positive] | None = None
    lasts: Annotated[Sourced[Duration], Positive] | None = None

    @model_validator(mode="after")
    def _is_a_dose(self) -> Self:
        if not isinstance(self.per.value, DoseRatePerArea | DoseRatePerWeight | DoseRate):
            refuse("quantity.other-kind", "per.value", self.per.value, example=DoseRatePerArea.example())
        return self


class DoseRule(Record):
    """One way to come from a patient to a dose; where several apply, the prescriber chooses."""

    id: Slug
    title: Words
    for_weight_over: Sourced[Mass] | None = None
    for_weight_up_to: Sourced[Mass] | None = None
    for_weight_from: Sourced[Mass] | None = None
    for_weight_below: Sourced[Mass] | None = None
    steps: tuple[DoseStep, ...] = Field(min_length=1)

    @model_validator(mode="after")
    def _steps_follow_each_other(self) -> Self:
        for number, step in enumerate(self.steps[:-1]):
            if step.lasts is None:
                refuse("dose.step-without-end", f"steps.{number}.lasts", self.id)
        return self

    def applies_to(self, weight: Mass) -> bool:
        """Whether the rule is meant for a patient of this weight."""
        return (
            (self.for_weight_over is None or weight > self.for_weight_over.value)
            and (self.for_weight_up_to is None or weight <= self.for_weight_up_to.value)
            and (self.for_weight_from is None or weight >= self.for_weight_from.value)
            and (self.for_weight_below is None or weight < self.for_weight_below.value)
        )


class Dose(Record):
    """The dose, and where it is rounded."""

    rules: tuple[DoseRule, ...] = Field(min_length=1)
    body_surface: Literal["mosteller", "haycock", "du-bois", "gehan-george", "boyd", "weight-only"] = "mosteller"
    body_surface_source: Sourced[str]
    unit: MassUnit = "mg"
    daily_rounding: RoundingRule = Rounding()
    surface_rounding: RoundingRule = Rounding()

    @model_validator(mode="after")
    def _rounds_what_it_names(self) -> Self:
        refuse_twice("rules", (rule.id for rule in self.rules))
        for key, step, kind in (
            ("daily_rounding", self.daily_rounding.step, DoseRate),
            ("surface_rounding", self.surface_rounding.step, Area),
        ):
            if step is not None and step.dimension != kind.kind_dimension:
                refuse("quantity.other-kind", key, step, example=f"nearest {kind.example()}")
        if self.daily_rounding.step is not None and self.surface_rounding.step is not None:
            refuse("protocol.rounds-twice", "surface_rounding", self.surface_rounding.step)
        return self


class ContainerOption(Record):
    """One way to divide a course over containers; `for_weight_from` keeps it from a patient too light for it."""

    title: Words
    kind: Kind
    size: Annotated[Sourced[Volume], Positive]
    fill: Annotated[Sourced[Volume], Positive]
    delivers: Annotated[Sourced[Volume], Positive]
    lasts: Annotated[Sourced[Duration], Positive]
    stability: Slug
    pump: Slug
    for_weight_from: Sourced[Mass] | None = None
    suggested_for_courses: tuple[int, ...] = ()
    suggestion: Sourced[str] | None = None
    change_at: Place | None = None
    label_rate: Annotated[Sourced[Rate], Positive] | None = None

    @property
    def rate(self) -> Rate:
        """The pump rate that gives the delivered volume in the container's time."""
        return Rate(self.delivers.value / self.lasts.value)

    @model_validator(mode="after")
    def _volumes_fit(self) -> Self:
        if self.fill.value > self.size.value:
            refuse("container.overfull", "fill.value", self.fill.value, size=self.size.value)
        if self.delivers.value > self.fill.value:
            refuse("container.delivers-more-than-it-holds", "delivers.value", self.delivers.value, fill=self.fill.value)
        return self

    @model_validator(mode="after")
    def _runs_as_the_label_says(self) -> Self:
        label = self.label_rate
        if label is None or label.note.strip():
            return self
        if abs(self.rate - label.value) > label.value * RATE_PRECISION:
            refuse("container.rate-differs", "label_rate.value", label.value, rate=self.rate)
        return self


class Containers(Record):
    """The container options of a protocol."""

    default: Slug
    options: dict[Slug, ContainerOption] = Field(min_length=1)

    @model_validator(mode="after")
    def _default_is_there(self) -> Self:
        if self.default not in self.options:
            refuse("container.unknown", "default", self.default, known=", ".join(self.options))
        return self


class Additive(Record):
    """Something added to the diluent. Its amount can be read in two ways; the protocol chooses one."""

    id: Slug
    name: Words
    stock: Annotated[Sourced[Ratio], Positive]
    target: Sourced[Ratio]
    per_diluent: Sourced[Ratio]
    reading: Literal["of-total", "per-diluent"] = "of-total"
    density: Annotated[Sourced[Concentration], Positive]


class Preparation(Record):
    """What the pharmacy mixes."""

    dose_lies_in: Literal["delivered", "fill"] = "delivered"
    dose_lies_in_source: Sourced[str]
    diluent: Words
    diluent_density: Annotated[Sourced[Concentration], Positive]
    drug_density: Annotated[Sourced[Concentration], Positive]
    additives: tuple[Additive, ...] = ()
    weighing_tolerance: Sourced[Ratio]
    least_weighing_tolerance: Sourced[Mass]

    @model_validator(mode="after")
    def _additives_differ(self) -> Self:
        refuse_twice("additives", (additive.id for additive in self.additives))
        return self


class Stability(Record):
    """How long a container may be kept, cold and warm. The warm clock starts on leaving the fridge."""

    cold: Sourced[Duration]
    cold_from: Sourced[Temperature]
    cold_to: Sourced[Temperature]
    warm: Annotated[Sourced[Duration], Positive]
    warm_up_to: Sourced[Temperature]
    stated_for: Words
    confirmed_for: tuple[Kind, ...]
    microbiological: Sourced[Duration]


class Pump(Record):
    """A pump with its set, as the plan sees it."""

    title: Words
    flow_error: Sourced[Ratio]
    priming: Sourced[Volume]

    @model_validator(mode="after")
    def _flows_forward(self) -> Self:
        if not 0 <= self.flow_error.value.magnitude < 1:
            refuse("pump.flow-error", "flow_error.value", self.flow_error.value)
        return self


class Handling(Record):
    """What ends containers and the course, how much play the visits have, and what is special at a stop.

    Values:
        restart_rules_after: after so long a stop the infusion is not simply resumed; None when no source says so.
        line_at_end: what to do with the line at a change and at the end; None when no source was read.
        line_filter: the in-line filter. own_line: what may share the line. None when no source was read.
    """

    container_ends_by: Event
    course_ends_by: Event
    change_margin: Sourced[Duration]
    early_finish_accepted: Sourced[Duration]
    warm_before_connect: Sourced[Duration]
    criteria_not_older_than: Sourced[Duration]
    toxicity_look_before: Sourced[Duration]
    decision_takes: Sourced[Duration]
    full_cover_first: Sourced[Duration]
    disconnect_within: Sourced[Duration]
    lost_volume_made_up: Sourced[bool]
    restart_rules_after: Annotated[Sourced[Duration], Positive] | None = None
    line_at_end: Sourced[Words] | None = None
    line_filter: Sourced[Words] | None = None
    own_line: Sourced[Words] | None = None
    connect_at: Place
    change_at: Place
    disconnect_at: Place
    criteria_at: Place
    toxicity_look_at: Place


class Criterion(Record):
    """A start criterion: a finding that must lie above or below a threshold, or a statement that must hold."""

    id: Slug
    title: Words
    above: Sourced[Quantity] | None = None
    at_least: Sourced[Quantity] | None = None
    below: Sourced[Quantity] | None = None
    at_most: Sourced[Quantity] | None = None
    must_be: Sourced[Annotated[bool, Field(strict=True)]] | None = None
    impossible_above: Sourced[Quantity] | None = None
    unit: str = ""

    @model_validator(mode="after")
    def _has_one_threshold(self) -> Self:
        given = [self.above, self.at_least, self.below, self.at_most, self.must_be]
        if sum(threshold is not None for threshold in given) != 1:
            refuse("criterion.not-one-threshold", "id", self.id)
        return self

    @model_validator(mode="after")
    def _is_shown_in_a_unit_of_its_kind(self) -> Self:
        for threshold in (self.above, self.at_least, self.below, self.at_most, self.impossible_above):
            if threshold is not None and unit(self.unit).dimension != threshold.value.dimension:
                refuse("quantity.other-kind", "unit", self.unit, example=threshold.value.usual_unit)
        return self


class Modification(Record):
    """What to do after a toxic effect of these grades."""

    id: Slug
    event: Words
    grades: tuple[int, ...]
    action: Literal["reduce", "interrupt", "stop", "stop-for-good"]
    advice: Sourced[Words]
    rate: Sourced[Ratio] | None = None
    resume_rate: Sourced[Ratio] | None = None
    resume_in: Literal["same-course", "next-course", "never"] = "same-course"


class SupportiveStep(Record):
    """So many times a day from one day of the course to another; day 0 is the day of connecting, `end` the last."""

    first_day: int
    last_day: int | Literal["end"]
    times_a_day: int = Field(ge=1, le=24)


class SupportiveMedicine(Record):
    """A medicine around the infusion: per kg or per m², by day, with the most a single dose may be."""

    id: Slug
    title: Words
    timing: Sourced[Words]
    dose_per_kg: Sourced[Ratio] | None = None
    daily_dose_per_area: Sourced[DoseRatePerArea] | None = None
    rate_per_kg: tuple[Sourced[DoseRatePerWeight], ...] = ()
    at_most: Sourced[Mass] | None = None
    days: Sourced[tuple[SupportiveStep, ...]] | None = None


class Range(Record):
    """Absolute bounds refuse, recommended bounds ask."""

    least: Quantity
    low: Quantity
    high: Quantity
    most: Quantity

    def ascends_in(self, kind: type[Quantity]) -> bool:
        """Whether the four bounds are of this kind and do not fall."""
        bounds = (self.least, self.low, self.high, self.most)
        magnitudes = [bound.magnitude for bound in bounds if bound.dimension == kind.kind_dimension]
        return len(magnitudes) == len(bounds) and magnitudes == sorted(magnitudes)


class AgeBand(Record):
    """Plausible weight and height from this age in years."""

    from_age: Annotated[int, Field(ge=0)]
    weight: Range
    height: Range

    @model_validator(mode="after")
    def _bounds_are_in_order(self) -> Self:
        for key, bounds, kind in (("weight", self.weight, Mass), ("height", self.height, Length)):
            if not bounds.ascends_in(kind):
                refuse("bounds.order", key, f"{bounds.least}, {bounds.low}, {bounds.high}, {bounds.most}")
        return self


class Bounds(Record):
    """Whom the protocol is for, and what a plausible patient weighs and measures."""

    youngest: Sourced[Duration]
    oldest: Sourced[Duration]
    body_surface_least: Sourced[Area]
    body_surface_most: Sourced[Area]
    by_age: Sourced[tuple[AgeBand, ...]]
    ask_when_measured_before: Sourced[Duration]
    refuse_when_measured_before: Sourced[Duration]
    recheck_when_changed_by: Sourced[Ratio]

    @model_validator(mode="after")
    def _ages_rise(self) -> Self:
        ages = [band.from_age for band in self.by_age.value]
        if not ages or any(older <= younger for younger, older in pairwise(ages)):
            refuse("bounds.ages", "by_age.value", ", ".join(map(str, ages)))
        return self


class Protocol(Record):
    """A regimen: what is given, how it is made, when it runs, what it needs around it."""

    schema_: Literal["ransel/protocol/1"] = Field(alias="schema")
    id: Slug
    version: Text
    status: Literal["draft", "active", "retired"]
    replaced_by: str = ""
    title: Words
    product: Product
    use: Use
    course: Course
    dose: Dose
    containers: Containers
    preparation: Preparation
    stability: dict[Slug, Stability]
    pumps: dict[Slug, Pump]
    handling: Handling
    bounds: Bounds
    criteria: tuple[Criterion, ...] = ()
    modifications: tuple[Modification, ...] = ()
    supportive: tuple[SupportiveMedicine, ...] = ()

    @model_validator(mode="after")
    def _visits_at_home_are_for_home(self) -> Self:
        places = {key: getattr(self.handling, key) for key in ("connect_at", "change_at", "disconnect_at")}
        at_home = [key for key, place in places.items() if place == "home"]
        if at_home and not self.use.at_home:
            refuse("protocol.visit-at-home", f"handling.{at_home[0]}", "home")
        return self

    @model_validator(mode="after")
    def _names_lead_somewhere(self) -> Self:
        for name, option in self.containers.options.items():
            if option.stability not in self.stability:
                refuse("protocol.dangling", f"containers.options.{name}.stability", option.stability)
            if option.pump not in self.pumps:
                refuse("protocol.dangling", f"containers.options.{name}.pump", option.pump)
        return self

    @model_validator(mode="after")
    def _nothing_is_there_twice(self) -> Self:
        refuse_twice("criteria", (criterion.id for criterion in self.criteria))
        refuse_twice("modifications", (modification.id for modification in self.modifications))
        refuse_twice("supportive", (medicine.id for medicine in self.supportive))
        return self
