"""What children get, from wherever it is known: a protocol, orders, ledgers, or a list typed by hand.

Every course is an occasion of its own, the first one number nought. Amounts are exact until the arrays are made.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from fractions import Fraction
from typing import Self

from ransel.infusion import Ledger
from ransel.infusion.ledger import ContainerAccount
from ransel.language import Refusal, Refused, refuse
from ransel.pharmacokinetics.dosing.pieces import NOTHING, Piece, schedule_of
from ransel.pharmacokinetics.dosing.regimen import MOST_COURSES, checked_interval, infused, regimen
from ransel.pharmacokinetics.schedule import Schedule
from ransel.prescribing import Order
from ransel.quantities import Duration, Mass, Quantity

__all__ = ["TypedInfusion", "beginning", "given", "ordered", "regimen", "typed"]

HOURS_IN_A_DAY = 24


# -- orders


def ordered(orders: Order | Sequence[Order], *, interval_hours: float | Fraction | None = None) -> Schedule:
    """Return the dosing of one child by its orders, a course each; hour nought is the start of the first.

    Courses start as many days apart as the orders say, at the same hour, or at this interval.

    Raises:
        Refused: when a course would begin before the one before it has ended.
    """
    in_order = (orders,) if isinstance(orders, Order) else tuple(orders)
    if not in_order:
        refuse("dosing.nothing", "orders")
    apart = None if interval_hours is None else checked_interval(interval_hours)
    courses = []
    for number, order in enumerate(in_order):
        days = (order.start - in_order[0].start).days
        start = Fraction(days * HOURS_IN_A_DAY) if apart is None else number * apart
        doses = [
            (step.starts.to("h"), step.lasts.to("h"), step.total.value.magnitude / step.lasts.to("h"))
            for step in order.steps
        ]
        courses.append(infused(order.protocol.course, doses, start))
    return schedule_of(courses)


# -- ledgers


def given(ledgers: Ledger | Sequence[Ledger], *, since: datetime | None = None) -> Schedule:
    """Return what one child really received, a course for each ledger in order of time.

    A pump that stood still is a gap. What a container gave by its account, which counts weighing, is spread over the
    hours in which the pump ran out of it, in proportion to what was counted then; so the whole is what the ledger says
    was delivered. Hour nought is `since`, by default when the first infusion began.

    Raises:
        Refused: when nothing was given, or drug left a container at an unknown time.
    """
    told = (ledgers,) if isinstance(ledgers, Ledger) else tuple(ledgers)
    zero = beginning(told) if since is None else since
    pieces = [sorted(_pieces(one, zero), key=lambda piece: piece.begins) for one in told]
    courses = sorted((one for one in pieces if one), key=lambda course: course[0].begins)
    if not courses:
        refuse("dosing.nothing", "ledger")
    return schedule_of(courses)


def beginning(ledgers: Ledger | Sequence[Ledger]) -> datetime:
    """Return when the first infusion of these ledgers began: the planned start where none ran.

    Raises:
        Refused: when there is no ledger.
    """
    told = (ledgers,) if isinstance(ledgers, Ledger) else tuple(ledgers)
    if not told:
        refuse("dosing.nothing", "ledger")
    began = [segment.begins for one in told for segment in one.segments if segment.drug]
    return min(began, default=min(one.plan.start for one in told))


def _pieces(ledger: Ledger, zero: datetime) -> Iterator[Piece]:
    for container in ledger.containers:
        amount = container.drug.exact.magnitude
        ran = [one for one in ledger.segments if one.container == container.index and one.drug.magnitude > 0]
        counted = sum((one.drug.magnitude for one in ran), NOTHING)
        if amount > 0 and not counted:
            yield _unseen(container, amount, zero)
            continue
        for one in ran:
            part = one.drug.magnitude / counted * amount
            yield Piece(_hours(zero, one.begins), _hours(zero, one.ends), part)


def _unseen(container: ContainerAccount, amount: Fraction, zero: datetime) -> Piece:
    """Return what was found to have left a container of which no pump told anything: evenly while it was connected."""
    begins = container.begins or container.connected
    ends = container.ends or container.disconnected or container.told_empty
    if begins is None or ends is None or ends < begins:
        refuse("dosing.unknown-when", "ledger", container.index, amount=Mass(amount, "mg"))
    return Piece(_hours(zero, begins), _hours(zero, ends), amount)


def _hours(zero: datetime, at: datetime) -> Fraction:
    return Duration.between(zero, at).to("h")


# -- typed by hand


@dataclass(frozen=True, slots=True, kw_only=True)
class TypedInfusion:
    """An infusion as somebody writes it down: from when, how long, how much; no time at all is a bolus.

    Values:
        begins: since hour nought. course: the first one is number 1.
    """

    begins: Duration
    lasts: Duration
    dose: Mass
    course: int = 1

    @classmethod
    def read(cls, *, begins: str, lasts: str, dose: str, course: int = 1) -> Self:
        """Read an infusion from texts such as `0 h`, `10 days` and `68.2 mg`.

        Raises:
            Refused: with everything that is wrong: a dose in IU, a time without a unit, a negative amount.
        """
        found: dict[str, Quantity] = {}
        refusals: list[Refusal] = []
        kinds: dict[str, tuple[type[Quantity], str]] = {
            "begins": (Duration, begins), "lasts": (Duration, lasts), "dose": (Mass, dose),
        }  # fmt: skip
        for name, (kind, text) in kinds.items():
            try:
                found[name] = _not_negative(kind.read(text))
            except Refused as refused:
                refusals += refused.at(name).refusals
        if isinstance(course, bool) or not 1 <= course <= MOST_COURSES:
            refusals.append(Refusal("dosing.courses", "course", str(course), {"most": MOST_COURSES}))
        if refusals:
            raise Refused(refusals)
        return cls(
            begins=Duration(found["begins"]), lasts=Duration(found["lasts"]), dose=Mass(found["dose"]), course=course
        )


def typed(infusions: Sequence[TypedInfusion]) -> Schedule:
    """Return the dosing of one child by infusions typed by hand; those that overlap add up.

    Raises:
        Refused: when there is none, or a course begins before the one before it has ended.
    """
    if not any(one.dose for one in infusions):
        refuse("dosing.nothing", "infusions")
    courses: list[list[Piece]] = [[] for _ in range(max(one.course for one in infusions))]
    for one in infusions:
        begins = one.begins.to("h")
        courses[one.course - 1].append(Piece(begins, begins + one.lasts.to("h"), one.dose.magnitude))
    return schedule_of(courses)


def _not_negative(quantity: Quantity) -> Quantity:
    if quantity.magnitude < 0:
        refuse("quantity.negative", value=quantity.text())
    return quantity
