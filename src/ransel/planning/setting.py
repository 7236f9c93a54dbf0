"""What every step of planning one course works with: the order, its containers, the agenda, the start."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import NoReturn

from ransel.compounding import Container, ContainerPlan
from ransel.language import Message, Refusal, Refused
from ransel.planning.agenda import Agenda
from ransel.planning.delivery import empty_after
from ransel.prescribing import Order
from ransel.protocols import Protocol, Pump
from ransel.protocols.protocol import Handling, Place
from ransel.quantities import Duration


@dataclass(frozen=True)
class Setting:
    """One course that is being planned; instants are aware and in UTC."""

    order: Order
    containers: ContainerPlan
    agenda: Agenda
    start: datetime
    now: datetime

    @property
    def protocol(self) -> Protocol:
        """The protocol of the order."""
        return self.order.protocol

    @property
    def handling(self) -> Handling:
        """What ends containers and the course, and how much play the visits have."""
        return self.protocol.handling

    @property
    def pump(self) -> Pump:
        """The pump that these containers need."""
        return self.protocol.pumps[self.containers.option.pump]

    @property
    def change_place(self) -> Place:
        """Where containers are changed."""
        return self.containers.option.change_at or self.handling.change_at

    @property
    def is_continuous(self) -> bool:
        """Whether the course is one infusion, day and night."""
        return self.protocol.course.infusions.value == 1

    def first_empty(self, container: Container) -> Duration:
        """Return when a container can first be empty, counted from connecting it."""
        usable = container.recipe.fill - self.pump.priming.value
        return empty_after(usable, container.rate, self.pump.flow_error.value)

    def days_later(self, origin: datetime, days: int) -> datetime:
        """Return the instant so many calendar days later, at the same hour by the wall clock."""
        local = self.agenda.local(origin)
        return self.agenda.at(local.date() + timedelta(days=days), local.time())

    def last_slot(self, step: str, place: Place, earliest: datetime, latest: datetime, container: int = 0) -> datetime:
        """Return the last open half hour in a window.

        Raises:
            Refused: when there is none.
        """
        slots = list(self.agenda.slots(place, earliest, latest))
        return slots[-1] if slots else self._no_slot(step, place, earliest, latest, container)

    def nearest_slot(
        self, step: str, place: Place, window: tuple[datetime, datetime], wish: datetime, container: int = 0
    ) -> datetime:
        """Return the open half hour in a window that is nearest to the wished instant.

        Raises:
            Refused: when there is none.
        """
        slots = list(self.agenda.slots(place, *window))
        return min(slots, key=lambda at: abs(at - wish)) if slots else self._no_slot(step, place, *window, container)

    def stop(self, code: str, field: str, **values: object) -> NoReturn:
        """Refuse this start because of one of its steps.

        Raises:
            Refused: always.
        """
        raise Refused([Refusal(code, field, self.agenda.local(self.start).isoformat(), values)])

    def _no_slot(self, step: str, place: Place, earliest: datetime, latest: datetime, container: int) -> NoReturn:
        self.stop(
            "plan.window-empty" if earliest > latest else "plan.no-open-slot",
            step,
            step=Message(f"step.{step}"),
            container=container,
            earliest=self.agenda.moment(earliest),
            latest=self.agenda.moment(latest),
            why=self.agenda.why_closed(place, latest),
        )
