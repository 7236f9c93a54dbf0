"""One course, from the prescription to the last visit."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime

from ransel.compounding import (
    ContainerCode,
    ContainerPlan,
    OtherReading,
    compare_plans,
    container_code,
    plan_containers,
    read_otherwise,
)
from ransel.language import Level, Moment, Notice, notice
from ransel.planning.agenda import Agenda
from ransel.planning.course import CoursePlan, plan_course
from ransel.planning.making import Preparation
from ransel.prescribing import (
    DoseModifications,
    MedicineDay,
    Order,
    Patient,
    dose_modifications,
    prescribe,
    supportive_days,
)
from ransel.protocols import Protocol
from ransel.quantities import DoseRate, Duration

A_DAY = Duration("24 h")


@dataclass(frozen=True, slots=True)
class PlannedCourse:
    """Everything that is known about one course before it begins.

    Values:
        order: dose with its reasons. containers: in the chosen kind. compared: every kind side by side.
        plan: visits and preparations. medicines: around the infusion, with dates.
    """

    order: Order
    containers: ContainerPlan
    compared: tuple[ContainerPlan, ...]
    plan: CoursePlan
    medicines: tuple[MedicineDay, ...]
    agenda: Agenda
    today: date

    @property
    def notices(self) -> tuple[Notice, ...]:
        """Everything a person should see, in the order in which it arose."""
        late = [day for day in self.medicines if day.first is not None and day.first < self.today]
        overdue = (
            notice("medicine.overdue", Level.WARN, title=day.medicine.title, first=Moment(day.first))
            for day in late
            if day.first is not None
        )
        return (*self.order.notices, *self.plan.notices, *overdue)

    @property
    def other_readings(self) -> tuple[OtherReading, ...]:
        """What the first container would hold if the label were read in another way."""
        return read_otherwise(self.order, self.containers.name, self.agenda.site)

    @property
    def modifications(self) -> DoseModifications:
        """What to do after side effects, with what each would do to this course in a day."""
        daily = DoseRate(self.order.daily_dose.value)
        return dose_modifications(self.order.protocol, self.containers.option.rate, daily, A_DAY)

    def code(self, preparation: Preparation) -> ContainerCode:
        """Return what identifies the container of this preparation."""
        return container_code(self.order, preparation.container, self.agenda.site, preparation.finish_before)


def plan_whole_course(
    patient: Patient, protocol: Protocol, agenda: Agenda, *, course: int, now: datetime, start: datetime, kind: str = ""
) -> PlannedCourse:
    """Return the whole course of a patient that is connected at `start`.

    `now` and `start` are aware instants; `kind` names a container option, empty for the protocol's default.

    Raises:
        Refused: with what stands in the way; nothing is half done.
    """
    today, day = agenda.local(now).date(), agenda.local(start).date()
    order = prescribe(patient, protocol, course, today, day)
    containers = plan_containers(order, kind or protocol.containers.default, agenda.site)
    return PlannedCourse(
        order=order,
        containers=containers,
        compared=compare_plans(order, agenda.site),
        plan=plan_course(order, containers, agenda, start, now),
        medicines=supportive_days(order),
        agenda=agenda,
        today=today,
    )
