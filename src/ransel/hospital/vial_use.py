"""What vials were opened for, what was left over, and where every lot went: for the books and for a recall."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from fractions import Fraction
from typing import Any

from ransel.chart.entry import Entry
from ransel.chart.records import OfContainer, OfMaking
from ransel.chart.records.pharmacy import BatchStarted, Discarded, Released, Weighed
from ransel.chart.tasks import vials_opened
from ransel.chart.treatment import CourseState, Treatment
from ransel.language import Language
from ransel.quantities import Mass
from ransel.store.models import Child

NOTHING = Mass("0 mg")
GONE = frozenset({"removed", "accounted", "discarded"})
"""Phases in which nothing of a container reaches a child any more."""

Key = tuple[int, int, int]
"""Course, container and making."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Making:
    """One making of a container, thrown away or not.

    Values:
        weighed: every weighing, those that were done again too, because their lots went in.
        released, discarded: None when it was not. used: whether it was at the child.
        phase: where it stands now; an earlier making of a container was thrown away.
        vials: opened for it. content: what they held. drug: that went into the container.
        delivers: what of it the child is to have.
    """

    treatment: str
    child: Child
    course: int
    container: int
    making: int
    protocol: str
    product: str
    started: Entry[BatchStarted]
    weighed: tuple[Entry[Weighed], ...]
    released: Entry[Released] | None
    discarded: Entry[Discarded] | None
    used: bool
    phase: str
    vials: int
    content: Mass
    drug: Mass
    delivers: Mass

    @property
    def made(self) -> datetime:
        """When its first vial was opened."""
        return self.started.what.made

    @property
    def is_at_hand(self) -> bool:
        """Whether it may still reach a child: a recall begins with these."""
        return self.phase not in GONE

    @property
    def is_wasted(self) -> bool:
        """Whether it was thrown away without having been at a child."""
        return self.discarded is not None and not self.used

    @property
    def left_in_vials(self) -> Mass:
        """Drug that stayed in the vials; of a making that was thrown away everything is counted as wasted instead."""
        return NOTHING if self.is_wasted else self.content - self.drug

    @property
    def overfill(self) -> Mass:
        """Drug in the container beyond what the child is to have."""
        return NOTHING if self.is_wasted else self.drug - self.delivers

    @property
    def wasted(self) -> Mass:
        """Drug in everything that was opened for a making that was thrown away."""
        return self.content if self.is_wasted else NOTHING


@dataclass(frozen=True, slots=True)
class Price:
    """What vials cost: an amount in whole euros, and where the price is from."""

    euro: Fraction
    source: str

    def text(self, language: Language = "en") -> str:
        """Return the amount, rounded to a euro, as people write it."""
        number = f"{round(self.euro):,}"
        return f"€ {number.replace(',', '.')}" if language == "nl" else f"€{number}"


@dataclass(frozen=True, slots=True, kw_only=True)
class CourseUse:
    """The vials of one course; `price` None when the hospital gives none."""

    child: Child
    treatment: str
    number: int
    product: str
    makings: tuple[Making, ...]
    vials: int
    ordered: int
    price: Price | None

    @property
    def began(self) -> datetime:
        """When its first vial was opened."""
        return min(one.made for one in self.makings)

    @property
    def left_in_vials(self) -> Mass:
        """Drug that stayed in vials."""
        return total(one.left_in_vials for one in self.makings)

    @property
    def overfill(self) -> Mass:
        """Drug beyond what the child is to have."""
        return total(one.overfill for one in self.makings)

    @property
    def wasted(self) -> Mass:
        """Drug in makings that were thrown away."""
        return total(one.wasted for one in self.makings)


@dataclass(frozen=True, slots=True, kw_only=True)
class LotUse:
    """One lot of one ingredient, and every making it went into."""

    number: str
    ingredient: str
    expires: date
    makings: tuple[Making, ...]

    @property
    def children(self) -> int:
        """For how many children."""
        return len({one.treatment for one in self.makings})


def total(masses: Iterable[Mass]) -> Mass:
    """Return the sum of masses; of none it is nothing."""
    return sum(masses, start=NOTHING)


def uses_of(treatment: Treatment, child: Child) -> Iterator[CourseUse]:
    """Go through the courses of a treatment for which a vial was opened."""
    for course in treatment.courses:
        makings = tuple(_makings(treatment, course, child))
        if makings:
            plan = _plan(course)
            yield CourseUse(
                child=child, treatment=treatment.id, number=course.number, product=makings[0].product,
                makings=makings, vials=vials_opened(course), ordered=plan["vials"],
                price=_price(plan, vials_opened(course)),
            )  # fmt: skip


def _makings(treatment: Treatment, course: CourseState, child: Child) -> Iterator[Making]:
    told: dict[Key, list[Entry[OfContainer]]] = {}
    making: dict[int, int] = {}
    for entry in treatment.history:
        what = entry.what
        if not isinstance(what, OfContainer) or what.course != course.number:
            continue
        if isinstance(what, OfMaking):
            making[what.container] = what.making
        if what.container in making:
            key = (course.number, what.container, making[what.container])
            told.setdefault(key, []).append(entry)  # type: ignore[arg-type]  # its record is about a container
    for key, entries in sorted(told.items()):
        one = _making(treatment.id, child, course, key, entries)
        if one is not None:
            yield one


def _making(
    treatment: str, child: Child, course: CourseState, key: Key, entries: list[Entry[OfContainer]]
) -> Making | None:
    last: Mapping[str, Any] = {entry.kind: entry for entry in entries}
    if BatchStarted.kind not in last:
        return None
    weighed = [entry for entry in entries if entry.kind == Weighed.kind]
    container = next(one for one in course.document["containers"] if one["index"] == key[1])
    return Making(
        treatment=treatment, child=child, course=key[0], container=key[1], making=key[2],
        protocol=course.ordered.what.protocol, product=course.document["protocol"]["product"],
        started=last[BatchStarted.kind],
        weighed=tuple(weighed),  # type: ignore[arg-type]  # they are weighings
        released=last.get(Released.kind), discarded=last.get(Discarded.kind), used="connected" in last,
        phase=_phase(course, key), vials=container["vials"], content=_content(course) * container["vials"],
        drug=_mg(container["drug_mg"]), delivers=_mg(container["reaches_patient_mg"]),
    )  # fmt: skip


def _phase(course: CourseState, key: Key) -> str:
    state = course.container(key[1])
    return state.phase if state is not None and state.making == key[2] else "discarded"


def _plan(course: CourseState) -> Mapping[str, Any]:
    """Return what the chosen way of dividing over containers comes to."""
    plans: list[dict[str, Any]] = course.document["container_plans"]
    return next(one for one in plans if one["name"] == course.ordered.what.containers)


def _content(course: CourseState) -> Mass:
    """Return what one vial holds: what the order's vials have left over, and what was taken out of them."""
    plan = _plan(course)
    taken = total(_mg(one["drug_mg"]) for one in course.document["containers"])
    return (_mg(plan["left_in_vials_mg"]) + taken) / int(plan["vials"])


def _mg(number: str) -> Mass:
    return Mass(f"{number} mg")


def _price(plan: Mapping[str, Any], vials: int) -> Price | None:
    if plan["price_euro"] is None:
        return None
    return Price(Fraction(plan["price_euro"], plan["vials"]) * vials, plan["price_source"] or "")


def lots_of(makings: Iterable[Making]) -> list[LotUse]:
    """Return every lot that went into these makings, by ingredient and number."""
    found: dict[tuple[str, str, date], list[Making]] = {}
    for making in makings:
        for entry in making.weighed:
            for lot in entry.what.lots:
                where = found.setdefault((entry.what.ingredient, lot.number, lot.expires), [])
                if making not in where:
                    where.append(making)
    return [
        LotUse(number=number, ingredient=ingredient, expires=expires, makings=tuple(sorted(where, key=_urgency)))
        for (ingredient, number, expires), where in sorted(found.items())
    ]


def _urgency(making: Making) -> tuple[bool, str, datetime]:
    """Put first what may still reach a child, then child by child."""
    return not making.is_at_hand, making.child.name, making.made


def is_like(number: str, wanted: str) -> bool:
    """Whether a lot number holds what somebody looks for; capitals, spaces and dashes make no difference."""
    return bool(_plain(wanted)) and _plain(wanted) in _plain(number)


def _plain(number: str) -> str:
    return "".join(letter for letter in number.casefold() if letter.isalnum())
