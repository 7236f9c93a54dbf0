"""The medicines around an infusion, with doses and dates."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta

from ransel.evidence import Derivation, derive, given
from ransel.prescribing.order import Order
from ransel.protocols import SupportiveMedicine
from ransel.protocols.protocol import SupportiveStep
from ransel.quantities import Ratio


@dataclass(frozen=True, slots=True)
class MedicineDay:
    """A medicine over a run of days.

    Values:
        first, last: dates, both included; None when the protocol gives a time instead of days.
        times_a_day: how often, 0 when the protocol gives no number.
        single_dose: dose of one giving with its reasons, None when the protocol gives none.
        rates: of a continuous infusion, from the lowest to the highest, empty when the protocol gives none.
    """

    medicine: SupportiveMedicine
    first: date | None
    last: date | None
    times_a_day: int
    single_dose: Derivation | None
    rates: tuple[Derivation, ...] = ()


def supportive_days(order: Order) -> tuple[MedicineDay, ...]:
    """Return the medicines around the course; day 0 is the calendar day of connecting."""
    return tuple(day for medicine in order.protocol.supportive for day in _days(medicine, order))


def _days(medicine: SupportiveMedicine, order: Order) -> list[MedicineDay]:
    if medicine.days is None:
        return [MedicineDay(medicine, None, None, 0, None, tuple(_rates(medicine, order)))]
    return [
        MedicineDay(
            medicine,
            order.start + timedelta(days=step.first_day),
            order.start + timedelta(days=_last_day(step, order)),
            step.times_a_day,
            _single_dose(medicine, order, step),
        )
        for step in medicine.days.value
    ]


def _last_day(step: SupportiveStep, order: Order) -> int:
    """Return the last day of a step; `end` is the calendar day on which the last infusion ends."""
    if step.last_day != "end":
        return step.last_day
    course = order.protocol.course
    return int((course.covers.value * (course.infusions.value - 1) + course.infusion.value).to("day"))


def _rates(medicine: SupportiveMedicine, order: Order) -> Iterator[Derivation]:
    weight = given("weight", order.patient.weight, "kg")
    for per_kg in medicine.rate_per_kg:
        yield derive("medicine_rate", "mg/h", "rate_per_kg * weight", given("rate_per_kg", per_kg, "mg/kg/h"), weight)


def _single_dose(medicine: SupportiveMedicine, order: Order, step: SupportiveStep) -> Derivation | None:
    if medicine.dose_per_kg is not None:
        formula = "dose_per_kg * weight"
        inputs = [given("dose_per_kg", medicine.dose_per_kg, "mg/kg"), given("weight", order.patient.weight, "kg")]
    elif medicine.daily_dose_per_area is not None:
        formula = "dose_per_area * body_surface * day / times_a_day"
        times = given("times_a_day", Ratio.of(step.times_a_day), "")
        inputs = [given("dose_per_area", medicine.daily_dose_per_area, "mg/m2/day"), order.body_surface, times]
    else:
        return None
    if medicine.at_most is not None:
        formula = f"min({formula}, at_most)"
        inputs.append(given("at_most", medicine.at_most, "mg"))
    return derive("single_dose", "mg", formula, *inputs)
