"""What nurses sign beside the child: pump, line, connecting, observing, home, changing, disconnecting."""

from __future__ import annotations

from typing import Annotated, ClassVar, Literal

from pydantic import Field

from ransel.chart.records.base import (
    AnyVolume,
    Balance,
    Grade,
    Instant,
    Line,
    OfContainer,
    OfCourse,
    OfMaking,
    Record,
    SomeRate,
    SomeVolume,
    Text,
    Topic,
    Warmth,
)
from ransel.quantities import Ratio

PerMinute = Annotated[int, Field(ge=1, le=350)]
Pressure = Annotated[int, Field(ge=10, le=300)]
Score = Annotated[int, Field(ge=0, le=10)]


class PumpAssigned(OfCourse):
    """A pump is set aside for this course, by its number."""

    kind: ClassVar[str] = "pump-assigned"
    topic: ClassVar[Topic] = "pump"
    pump: Line


class Material(Record):
    """Something between cassette and child that must be changed in time."""

    kind: ClassVar[str] = "material"
    topic: ClassVar[Topic] = "care"
    what: Literal["batteries", "line", "filter", "needle"]
    lot: str = ""
    change_by: Instant


class Readied(OfContainer):
    """What was made ready before connecting a container.

    Values:
        premedication: ids of the protocol's medicines that were given. lumen: which one is used.
        materials: batteries, line, filter and needle, each with its own change-by.
    """

    kind: ClassVar[str] = "readied"
    topic: ClassVar[Topic] = "care"
    premedication: tuple[str, ...]
    lumen: Line
    fresh_batteries: bool
    materials: tuple[Material, ...]


class Primed(OfMaking):
    """The line was filled, off the child: by what, and how many mL."""

    kind: ClassVar[str] = "primed"
    topic: ClassVar[Topic] = "care"
    pump: Line
    volume: SomeVolume
    fluid: Literal["drug", "saline"]


class Programmed(OfMaking):
    """What the pump's display says after programming, read from the pump and not from the order."""

    kind: ClassVar[str] = "programmed"
    topic: ClassVar[Topic] = "care"
    pump: Line
    rate: SomeRate
    volume: SomeVolume
    concentration: Line
    product: Line


class ProgrammeChecked(OfMaking):
    """Another person has read the pump, the cassette and the wristband, and found what was ordered."""

    kind: ClassVar[str] = "programme-checked"
    topic: ClassVar[Topic] = "care"
    pump: Line
    child: Line
    code: Line
    rate: SomeRate
    volume: SomeVolume


class Connected(OfMaking):
    """The container runs into the child.

    Values:
        child: what was scanned or typed from the wristband. code: from the cassette. pump: from the pump.
        displayed: the volume left that the pump shows at the start.
    """

    kind: ClassVar[str] = "connected"
    topic: ClassVar[Topic] = "care"
    pump: Line
    child: Line
    code: Line
    displayed: SomeVolume


class Removed(OfMaking):
    """A container was taken off, for the next one or at the end.

    Values:
        displayed: the volume left that the pump shows. given: the volume that it says it gave, None when not read.
        line: what was done with the line: flushed, aspirated, locked, or nothing.
        needle_out: whether the needle was taken out.
    """

    kind: ClassVar[str] = "removed"
    topic: ClassVar[Topic] = "care"
    displayed: AnyVolume
    given: AnyVolume | None = None
    line: tuple[Literal["clamped", "aspirated", "flushed", "locked"], ...] = ()
    needle_out: bool = False
    last: bool
    """Whether the infusion ends with it: no other container follows."""


class ResidueRecorded(OfMaking):
    """What was left in a container that was taken off: weighed, and where it went."""

    kind: ClassVar[str] = "residue-recorded"
    topic: ClassVar[Topic] = "container"
    weight: Balance
    scale_error: Balance
    waste: Literal["cytostatic", "hospital", "returned-to-pharmacy"]


class SideEffect(Record):
    """A side effect with its grade, by the term of CTCAE version 5."""

    kind: ClassVar[str] = "side-effect"
    topic: ClassVar[Topic] = "observation"
    term: Line
    grade: Grade


class Observed(OfCourse):
    """Vital signs and side effects at a moment; what was not looked at is None.

    Values:
        looked_for: name of the list of side effects that was gone through, empty when none was; what of it is not
        named under `side_effects` was not there.
    """

    kind: ClassVar[str] = "observed"
    version: ClassVar[int] = 2
    topic: ClassVar[Topic] = "observation"
    temperature: Warmth | None = None
    heart_rate: PerMinute | None = None
    respiratory_rate: PerMinute | None = None
    systolic: Pressure | None = None
    diastolic: Pressure | None = None
    saturation: Ratio | None = None
    pain: Score | None = None
    side_effects: tuple[SideEffect, ...] = ()
    looked_for: Annotated[str, Field(max_length=20)] = ""
    intravenous_medicine: bool | None = None
    displayed: AnyVolume | None = None
    remark: str = ""
    baseline: bool = False


class FitForHome(OfCourse):
    """A doctor decides that the child can go home with the pump: everything that has to be so, signed one by one."""

    kind: ClassVar[str] = "fit-for-home"
    topic: ClassVar[Topic] = "care"
    vital_signs_normal: bool
    no_intravenous_medicine_for_24_h: bool
    family_trained: bool
    reachable_by_telephone: bool
    close_enough: bool
    travel_minutes: Annotated[int, Field(ge=0, le=600)]


class SentHome(OfCourse):
    """The child goes home with the pump."""

    kind: ClassVar[str] = "sent-home"
    topic: ClassVar[Topic] = "care"


class Readmitted(OfCourse):
    """The child comes back into the hospital."""

    kind: ClassVar[str] = "readmitted"
    topic: ClassVar[Topic] = "care"
    reason_due: ClassVar[bool] = True


class Interrupted(OfCourse):
    """The infusion stands still."""

    kind: ClassVar[str] = "interrupted"
    topic: ClassVar[Topic] = "care"
    cause: Literal["side-effect", "alarm", "line", "pump-failed", "leak", "family", "other"]
    displayed: AnyVolume | None = None


class Resumed(OfCourse):
    """The infusion runs again, at this rate."""

    kind: ClassVar[str] = "resumed"
    topic: ClassVar[Topic] = "care"
    rate: SomeRate
    displayed: AnyVolume | None = None


class PumpReplaced(OfCourse):
    """Another pump takes over; what the old one displayed is carried over."""

    kind: ClassVar[str] = "pump-replaced"
    topic: ClassVar[Topic] = "pump"
    reason_due: ClassVar[bool] = True
    pump: Line
    displayed: AnyVolume | None = None


class PumpReturned(OfCourse):
    """The pump is back in the hospital."""

    kind: ClassVar[str] = "pump-returned"
    topic: ClassVar[Topic] = "pump"
    pump: Line


class PumpReadied(OfCourse):
    """The pump was cleaned and checked, and can be used for another child."""

    kind: ClassVar[str] = "pump-readied"
    topic: ClassVar[Topic] = "pump"
    pump: Line
    cleaned: bool
    self_test_passed: bool


class HomeCareAsked(OfCourse):
    """A home-care organisation gets the signed order to stop the pump at home: when, and where in the plan."""

    kind: ClassVar[str] = "home-care-asked"
    topic: ClassVar[Topic] = "visit"
    organisation: Line
    visit_at: Instant


class HomeCareAccepted(OfCourse):
    """The organisation takes it on: who comes, and who stands in."""

    kind: ClassVar[str] = "home-care-accepted"
    topic: ClassVar[Topic] = "visit"
    nurse: Line
    substitute: Line


class HomeCareDeclined(OfCourse):
    """The organisation cannot come."""

    kind: ClassVar[str] = "home-care-declined"
    topic: ClassVar[Topic] = "visit"
    reason_due: ClassVar[bool] = True


class VisitMoved(OfCourse):
    """The coordinator moves a visit inside its window; `container` is 0 for a visit about none."""

    kind: ClassVar[str] = "visit-moved"
    topic: ClassVar[Topic] = "visit"
    reason_due: ClassVar[bool] = True
    visit: Literal["go", "connect", "change", "disconnect", "next-course"]
    container: Annotated[int, Field(ge=0, le=1000)]
    to: Instant


class NoShow(OfCourse):
    """Nobody came, or nobody opened; somebody else has to come before the container can be empty."""

    kind: ClassVar[str] = "no-show"
    topic: ClassVar[Topic] = "visit"
    reason_due: ClassVar[bool] = True
    visit: Literal["connect", "change", "disconnect"]
    told: Line
    """Who was told, by telephone or in person."""


class Remark(OfCourse):
    """A remark of anyone who takes part in the care."""

    kind: ClassVar[str] = "remark"
    topic: ClassVar[Topic] = "observation"
    text: Text
