"""How a course is divided over containers, and what each way costs in vials."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass, replace
from math import ceil

from ransel.compounding.recipe import Recipe, make_recipe, other_readings
from ransel.evidence import Derivation, Sourced, derive, given
from ransel.language import Message, Refused, refuse
from ransel.prescribing import Order, StepDose
from ransel.protocols import ContainerOption, Protocol, Site
from ransel.quantities import Duration, Mass, Rate, Ratio, Shown, Volume


@dataclass(frozen=True, slots=True)
class Container:
    """One container of a course.

    Values:
        index: 1, 2, … in the order of use.
        infusion: which infusion of the course it belongs to, from 1.
        starts: from the connecting of the course to the start of this container, as ordered.
        lasts: how long it runs at the ordered rate.
    """

    index: int
    infusion: int
    option: ContainerOption
    starts: Duration
    lasts: Duration
    recipe: Recipe

    @property
    def rate(self) -> Rate:
        """The pump rate."""
        return self.option.rate


@dataclass(frozen=True, slots=True)
class ContainerPlan:
    """A course in one kind of container.

    Values:
        vials: opened for the whole course, under the site's rule for opened vials.
        vials_if_shared: the fewest there could be, if every rest could be kept.
        left_in_vials, left_in_containers: drug that is made up or opened but not ordered.
        price_euro: of the vials, None when the site gives no price; price_source: where that price is from.
    """

    name: str
    option: ContainerOption
    containers: tuple[Container, ...]
    vials: int
    vials_if_shared: int
    left_in_vials: Mass
    left_in_containers: Mass
    price_euro: int | None
    price_source: str


def plan_containers(order: Order, name: str, site: Site) -> ContainerPlan:
    """Return the course in the containers of this option.

    Raises:
        Refused: when the protocol has no such option, the patient is too light for it, or the recipe does not fit.
    """
    protocol = order.protocol
    if name not in protocol.containers.options:
        refuse("container.unknown", "containers", name, known=", ".join(protocol.containers.options))
    option = protocol.containers.options[name]
    least = option.for_weight_from
    if least is not None and order.patient.weight < least.value:
        refuse("container.too-light", "containers", name, least=Shown(least.value, "kg"), note=least.note)
    containers = tuple(_containers(order, option))
    opened = _vials_opened(containers, protocol, site.pharmacy.opened_vial_kept.value)
    content = Mass(protocol.product.strength.value * protocol.product.vial.value)
    drug = _sum([Mass(container.recipe.drug.value) for container in containers])
    delivered = _sum([Mass(container.recipe.delivered.value) for container in containers])
    price = site.pharmacy.vial_price_euro.get(protocol.product.name)
    return ContainerPlan(
        name=name,
        option=option,
        containers=containers,
        vials=opened,
        vials_if_shared=ceil(Ratio(drug / content).magnitude),
        left_in_vials=content * opened - drug,
        left_in_containers=drug - delivered,
        price_euro=None if price is None else price.value * opened,
        price_source="" if price is None else price.source,
    )


def compare_plans(order: Order, site: Site) -> tuple[ContainerPlan, ...]:
    """Return the course in every option that can hold it and suits the patient, the default first."""
    options = order.protocol.containers
    names = sorted(options.options, key=lambda name: name != options.default)
    return tuple(plan for name in names for plan in _if_possible(order, name, site))


@dataclass(frozen=True, slots=True)
class OtherReading:
    """What the first container would hold if the label were read in another way."""

    name: str
    words: Message
    recipe: Recipe


def read_otherwise(order: Order, name: str, site: Site) -> tuple[OtherReading, ...]:
    """Return the first container of this option under every other reading that can be made."""
    return tuple(
        OtherReading(reading, words, plan.containers[0].recipe)
        for reading, words, protocol in other_readings(order.protocol)
        for plan in _if_possible(replace(order, protocol=protocol), name, site)
    )


def _if_possible(order: Order, name: str, site: Site) -> Iterator[ContainerPlan]:
    with suppress(Refused):
        yield plan_containers(order, name, site)


@dataclass(frozen=True, slots=True)
class _Run:
    """A stretch of one infusion that one container serves."""

    infusion: int
    starts: Duration
    lasts: Duration
    dosing_time: Duration
    step: StepDose


def _containers(order: Order, option: ContainerOption) -> Iterator[Container]:
    for index, run in enumerate(_runs(order, option), 1):
        ordered = derive(
            "ordered_dose",
            order.protocol.dose.unit,
            "daily_dose * dosing_time",
            run.step.daily,
            given("dosing_time", option.lasts.model_copy(update={"value": run.dosing_time}), "h"),
        )
        yield Container(
            index, run.infusion, option, run.starts, run.lasts, _recipe(order.protocol, option, run, ordered)
        )


def _recipe(protocol: Protocol, option: ContainerOption, run: _Run, ordered: Derivation) -> Recipe:
    if run.lasts == option.lasts.value:
        return make_recipe(protocol, ordered, option.fill, option.delivers)
    # a shorter last container: less to deliver, the same overfill
    delivers = Volume(option.rate * run.lasts)
    overfill = option.fill.value - option.delivers.value
    return make_recipe(
        protocol, ordered, _derived(delivers + overfill, option.fill), _derived(delivers, option.delivers)
    )


def _derived(value: Volume, origin: Sourced[Volume]) -> Sourced[Volume]:
    return origin.model_copy(update={"value": value})


def _runs(order: Order, option: ContainerOption) -> Iterator[_Run]:
    """Divide every infusion at the dose steps, and what lies between over containers."""
    course = order.protocol.course
    infusion, covers = course.infusion.value, course.covers.value
    stretch = Ratio(covers / infusion).magnitude
    for number in range(course.infusions.value):
        begins = covers * number
        for step, dosing_starts, dosing_ends in _step_parts(order, begins, begins + covers):
            starts = begins + (dosing_starts - begins) / stretch
            left = (dosing_ends - dosing_starts) / stretch
            while left.magnitude > 0:
                lasts = min(left, option.lasts.value)
                yield _Run(number + 1, starts, lasts, lasts * stretch, step)
                starts, left = starts + lasts, left - lasts


def _step_parts(order: Order, begins: Duration, ends: Duration) -> Iterator[tuple[StepDose, Duration, Duration]]:
    for step in order.steps:
        starts, stops = max(begins, step.starts), min(ends, step.starts + step.lasts)
        if starts < stops:
            yield step, starts, stops


def _vials_opened(containers: tuple[Container, ...], protocol: Protocol, kept: Duration) -> int:
    """Count vials; what is left in one serves a later container only while the site's rule keeps it.

    Containers count as made when they are due, which keeps the count honest for containers made apart.
    """
    vial, opened = protocol.product.vial.value, 0
    rest, rest_from = Volume("0 mL"), Duration("0 h")
    for container in containers:
        need = container.recipe.volume("drug")
        usable = rest if kept.magnitude > 0 and container.starts - rest_from <= kept else Volume("0 mL")
        missing = max(need - usable, Volume("0 mL"))
        fresh = ceil(Ratio(missing / vial).magnitude)
        opened += fresh
        if fresh:
            rest, rest_from = vial * fresh - missing, container.starts
        else:
            rest = usable - need
    return opened


def _sum(masses: list[Mass]) -> Mass:
    return sum(masses, start=Mass("0 mg"))
