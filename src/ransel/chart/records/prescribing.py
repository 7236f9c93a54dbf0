"""What the doctor, and whoever verifies, signs: enrolment, orders, criteria, go, changes of dose and rate."""

from __future__ import annotations

from datetime import date
from typing import Annotated, ClassVar, Literal

from pydantic import Field

from ransel.chart.records.base import (
    Document,
    Grade,
    Instant,
    Line,
    OfContainer,
    OfCourse,
    Record,
    SomeRate,
    Text,
    Topic,
    Weight,
    _amount,
)
from ransel.protocols.kind_of_value import Slug
from ransel.quantities import Length

Height = Annotated[Length, _amount(Length)]


class Enrolled(Record):
    """A child begins a treatment: its key in the register, the centre that treats it, the protocol meant for it."""

    kind: ClassVar[str] = "enrolled"
    topic: ClassVar[Topic] = "child"
    child: Line
    centre: Line
    protocol: Slug


class Measured(Record):
    """Weight and height on a day."""

    kind: ClassVar[str] = "measured"
    topic: ClassVar[Topic] = "child"
    weight: Weight
    height: Height
    measured: date


class CourseOrdered(OfCourse):
    """A course is ordered, or ordered anew before anything was made.

    Values:
        start: of connecting. containers: which option of the protocol. planned_at: the instant the plan was made.
        weight, height, measured: what the dose rests on. dose_rule, dose_reason: the choice, where there was one.
        document: the whole course as `ransel/course/1`, without name and birth date.
        confirmed: the codes of every notice that asked, and that the doctor has answered with yes.
    """

    kind: ClassVar[str] = "course-ordered"
    topic: ClassVar[Topic] = "order"
    protocol: Slug
    protocol_version: Line
    start: Instant
    containers: Slug
    planned_at: Instant
    weight: Weight
    height: Height
    measured: date
    dose_rule: str = ""
    dose_reason: str = ""
    confirmed: tuple[str, ...] = ()
    document: Document


class OrderVerified(OfCourse):
    """Another doctor, or a pharmacist, has checked the order."""

    kind: ClassVar[str] = "order-verified"
    topic: ClassVar[Topic] = "order"


class OrderRefused(OfCourse):
    """Whoever verifies sends the order back."""

    kind: ClassVar[str] = "order-refused"
    topic: ClassVar[Topic] = "order"
    reason_due: ClassVar[bool] = True


class CriteriaRecorded(OfCourse):
    """What is known about the start criteria, by the id of the criterion: a quantity as text, or yes or no."""

    kind: ClassVar[str] = "criteria-recorded"
    topic: ClassVar[Topic] = "order"
    taken: date
    findings: dict[Slug, bool | str]


class VisitBeforeCourse(OfCourse):
    """The visit before the course: the child was seen, and what was found."""

    kind: ClassVar[str] = "visit-before-course"
    topic: ClassVar[Topic] = "order"
    found: Text
    central_line_works: bool


class GoGiven(OfContainer):
    """The go for one container: for the first after the start criteria, for the next after a look at side effects.

    Values:
        worst_grade: of side effects so far, None before the first container.
        despite: criteria that are not met and that the doctor accepts; a reason is then due.
    """

    kind: ClassVar[str] = "go-given"
    topic: ClassVar[Topic] = "order"
    worst_grade: Grade | None = None
    despite: tuple[str, ...] = ()


class GoWithheld(OfContainer):
    """No go: the container is not made, or not used."""

    kind: ClassVar[str] = "go-withheld"
    topic: ClassVar[Topic] = "order"
    reason_due: ClassVar[bool] = True


class RateChanged(OfCourse):
    """The rate is changed by the doctor, with the modification of the protocol it rests on.

    `modification` is an id of the protocol's table, or `other`.
    """

    kind: ClassVar[str] = "rate-changed"
    topic: ClassVar[Topic] = "care"
    reason_due: ClassVar[bool] = True
    modification: Slug
    rate: SomeRate


class CourseStopped(OfCourse):
    """The doctor stops the course before its end; `for_good` stops the treatment with it."""

    kind: ClassVar[str] = "course-stopped"
    topic: ClassVar[Topic] = "care"
    reason_due: ClassVar[bool] = True
    modification: Slug
    for_good: bool


class Withdrawn(Record):
    """The treatment ends: by the family's wish, by progress of the disease, by a change of plan."""

    kind: ClassVar[str] = "withdrawn"
    topic: ClassVar[Topic] = "child"
    reason_due: ClassVar[bool] = True
    cause: Literal["family", "disease", "side-effects", "finished", "other"]


class Corrected(Record):
    """An earlier entry was wrong: what it should have said. The earlier one stays as it was written."""

    kind: ClassVar[str] = "corrected"
    topic: ClassVar[Topic] = "child"
    reason_due: ClassVar[bool] = True
    entry: Annotated[int, Field(ge=1)]
    data: Document
