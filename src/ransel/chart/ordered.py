"""What an order says of its containers, as quantities out of the course document."""

from __future__ import annotations

from dataclasses import dataclass

from ransel.chart.records.prescribing import RateChanged
from ransel.chart.treatment import CourseState
from ransel.quantities import Concentration, Mass, Rate, Volume


@dataclass(frozen=True, slots=True, kw_only=True)
class OrderedContainer:
    """One container as it was ordered."""

    index: int
    kind: str
    rate: Rate
    fill: Volume
    delivers: Volume
    concentration: Concentration
    drug: Mass
    vials: int


def ordered_containers(course: CourseState) -> tuple[OrderedContainer, ...]:
    """Return every container of the order, in the order of use."""
    return tuple(
        OrderedContainer(
            index=one["index"],
            kind=one["kind"],
            rate=Rate(f"{one['rate_mL_per_h']} mL/h"),
            fill=Volume(f"{one['volume_mL']} mL"),
            delivers=Volume(f"{one['delivered_mL']} mL"),
            concentration=Concentration(f"{one['concentration_mg_per_mL']} mg/mL"),
            drug=Mass(f"{one['drug_mg']} mg"),
            vials=one["vials"],
        )
        for one in course.document["containers"]
    )


def ordered_container(course: CourseState, container: int) -> OrderedContainer:
    """Return one container of the order, by its number."""
    return next(one for one in ordered_containers(course) if one.index == container)


def rate_in_force(course: CourseState) -> Rate:
    """Return the rate as ordered, or as the doctor has changed it since."""
    changed = course.last(RateChanged)
    return ordered_containers(course)[0].rate if changed is None else changed.what.rate
