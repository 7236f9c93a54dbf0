"""The doses and the size of one child: from its file and a protocol, or from recorded streams of its courses."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from fractions import Fraction
from functools import cached_property
from pathlib import Path
from typing import Any

import numpy as np

from ransel.cli.documents import read_json
from ransel.cli.inputs import Inputs
from ransel.cli.ledger import LedgerInputs
from ransel.infusion import InfusionPlan, Kind, Ledger, account, is_simulated
from ransel.infusion.stream import Rejected
from ransel.language import Message, Refusal, Refused, refuse
from ransel.pharmacokinetics.dosing.dosing import given, ordered
from ransel.pharmacokinetics.dosing.regimen import interval_of
from ransel.pharmacokinetics.individuals import Floats
from ransel.pharmacokinetics.parameters.parameter_set import ParameterSet
from ransel.pharmacokinetics.population.covariates import DAYS_IN_A_YEAR, Covariates
from ransel.pharmacokinetics.schedule import Schedule
from ransel.protocols import Protocol
from ransel.protocols.reading import place_of
from ransel.quantities import Area, Length, Mass, Shown, parse_number

NOT_USED = 1.0
HOURS_IN_A_DAY = 24
CM2_KG_IN_M4 = 3600.0
"""What weight times height is divided by in the formula of Mosteller."""


@dataclass(frozen=True, slots=True, eq=False, kw_only=True)
class ChildDoses:
    """What one child gets or got, and how large it is.

    Values:
        windows: each course, from its start to that of the next. told: where it all comes from, in words.
    """

    covariates: Covariates
    schedule: Schedule
    windows: Floats
    told: tuple[Message, ...]


# -- by an order


def order_doses(inputs: Inputs, courses: int) -> ChildDoses:
    """Return what the order for a child of today says, so many courses of it.

    Raises:
        Refused: with what stands in the way of the order, as `ransel course` refuses it.
    """
    inputs.check("patient", "protocol", "now")
    order = inputs.order(inputs.course_number, inputs.today)
    protocol = order.protocol
    apart = hours_apart(protocol)
    schedule = ordered([order] * courses, interval_hours=apart)
    starts = np.arange(courses) * float(apart)
    unit = protocol.dose.unit
    told = (
        Message("pk.of-order", {
            "protocol": protocol.id, "daily": Shown(order.daily_dose.value, order.daily_dose.unit),
            "total": Shown(order.course_dose.value, unit),
        }),
        Message("pk.courses-apart", {"days": f"{float(apart) / HOURS_IN_A_DAY:g}"}),
    )  # fmt: skip
    covariates = Covariates.of_patients([order.patient], order.start)
    return ChildDoses(
        covariates=covariates, schedule=schedule, windows=np.stack([starts, starts + float(apart)], axis=1), told=told
    )


def hours_apart(protocol: Protocol) -> Fraction:
    """Return the hours from start to start of courses: by the label, else the shortest that the protocol allows."""
    label = protocol.course.next.label_start_to_start
    return interval_of(protocol) if label is None else label.value.to("h")


# -- by what was really given


@dataclass(frozen=True)
class GivenCourse:
    """A recorded stream of one course; `course` is the document that it belongs to, None when it carries its own."""

    file: Path
    course: Path | None

    @cached_property
    def stream(self) -> LedgerInputs:
        """The stream, as `ransel ledger` reads it."""
        return LedgerInputs(Inputs(child=self.file), self.course)

    @cached_property
    def ledger(self) -> Ledger:
        """What was given, as far as the stream tells.

        Raises:
            Refused: when the stream cannot be read, holds no event, or nothing says what course it is.
        """
        events, rejected = self.stream.stream
        if not events:
            refused = [one.in_file(place_of(self.file)) for one in rejected if isinstance(one, Refusal)]
            raise Refused(refused or [Refusal("pk.no-events", "--ledger", place_of(self.file))])
        return account(self.stream.plan, events)

    @property
    def plan(self) -> InfusionPlan:
        """The course as it was planned."""
        return self.ledger.plan

    @property
    def rejected(self) -> tuple[Rejected, ...]:
        """What is wrong with the lines that are left out."""
        return self.stream.stream[1]

    @cached_property
    def documents(self) -> list[Mapping[str, Any]]:
        """What may say how large the child is: the course of the option, and what the stream carries."""
        carried = [one.data.get("plan") for one in self.stream.stream[0] if one.kind is Kind.COURSE]
        found = [*([] if self.course is None else [read_json(self.course)]), *carried]
        return [one for one in found if isinstance(one, Mapping)]


def given_courses(files: Sequence[Path], courses: Sequence[Path]) -> tuple[GivenCourse, ...]:
    """Return the recorded streams, each with its course where that was given.

    Raises:
        Refused: when it is not clear which course belongs to which stream, or they are of more than one child.
    """
    if courses and len(courses) != len(files):
        refuse("pk.course-for-each", "--course", len(courses), streams=len(files))
    found = tuple(
        GivenCourse(file, courses[place] if courses else None) for place, file in enumerate(files)
    )  # fmt: skip
    patients = {one.plan.patient for one in found} | {
        patient for one in found for document in one.documents if (patient := _text(document, "patient", "number"))
    }
    if len(patients) > 1:
        refuse("pk.more-children", "--ledger", ", ".join(sorted(patients)))
    return found


def given_doses(
    courses: Sequence[GivenCourse], protocol: Protocol, parameters: ParameterSet, until: float | None
) -> ChildDoses:
    """Return what a child really received in these courses; the last one counts until this hour.

    Raises:
        Refused: when nothing was given, courses overlap, or nothing says how large the child is.
    """
    covariates, known_by = _size(courses, parameters)
    schedule = given([one.ledger for one in courses])
    count = int(schedule.occasions.max()) + 1
    starts = [float(schedule.times[schedule.occasions == number][0]) for number in range(count)]
    end = starts[-1] + float(hours_apart(protocol)) if until is None else until
    if end <= starts[-1]:
        refuse("pk.no-time", "--until", f"{end:g}", begin=f"{starts[-1]:g}")
    told = (*(message for one in courses for message in _told(one)), known_by)
    windows = np.stack([starts, [*starts[1:], end]], axis=1)
    return ChildDoses(covariates=covariates, schedule=schedule, windows=windows, told=told)


def _told(one: GivenCourse) -> list[Message]:
    ledger = one.ledger
    amounts = {
        name: Shown(Mass(value), "mg")
        for name, value in (
            ("given", ledger.delivered), ("ordered", ledger.plan.ordered), ("low", ledger.low), ("high", ledger.high),
        )
    }  # fmt: skip
    found = [Message("pk.of-ledger", {"file": one.file.name, **amounts})]
    if not ledger.over:
        found.append(Message("pk.ledger-not-over", {"file": one.file.name}))
    if is_simulated(one.stream.stream[0]):
        found.append(Message("ledger.simulated"))
    if one.rejected:
        found.append(Message("pk.ledger-lines", {"file": one.file.name, "count": len(one.rejected)}))
    return found


def _size(courses: Sequence[GivenCourse], parameters: ParameterSet) -> tuple[Covariates, Message]:
    """Return how large the child was at the first course that says it, and in words what said it.

    A course document without the patient's weight and height may still have the body surface; that is enough for
    parameters that depend on nothing else.
    """
    documents = [(one, document) for one in courses for document in one.documents]
    for one, document in documents:
        born = _text(document, "patient", "born")
        weight, height = (_number(document, "patient", name) for name in ("weight_kg", "height_cm"))
        if weight is not None and height is not None and born is not None:
            found = Covariates.given([_years(born, one.plan.start.date())], [float(weight)], [float(height)])
            words = {"weight": Shown(Mass(weight, "kg"), "kg"), "height": Shown(Length(height, "cm"), "cm")}
            return found, Message("pk.size-measured", words)
    needed = {relation.covariate for relation in parameters.covariates}
    surfaces = [_number(document, "bsa_m2") for _, document in documents]
    for surface in surfaces:
        if surface is not None and needed <= {"body-surface"}:
            # weight times height is all that the formula of the body surface knows
            found = Covariates.given([NOT_USED], [float(surface) ** 2 * CM2_KG_IN_M4 / NOT_USED], [NOT_USED])
            return found, Message("pk.size-surface", {"surface": Shown(Area(surface, "m2"), "m2")})
    return refuse("pk.no-size", "--course", "", set=parameters.id, needed=", ".join(sorted(needed)))


def _years(born: str, on: date) -> float:
    try:
        return (on - date.fromisoformat(born)).days / DAYS_IN_A_YEAR
    except ValueError:
        refuse("key.invalid", "patient.born", born, expected=Message("expected.date"))


def _text(document: Mapping[str, Any], *keys: str) -> str | None:
    found: Any = document
    for key in keys:
        found = found.get(key) if isinstance(found, Mapping) else None
    return found if isinstance(found, str) and found else None


def _number(document: Mapping[str, Any], *keys: str) -> Fraction | None:
    text = _text(document, *keys)
    try:
        return None if text is None else parse_number(text)
    except Refused as refused:
        raise refused.at(".".join(keys)) from None
