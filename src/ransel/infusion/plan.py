"""What should be given: the course as the pump and the ledger need it, read from `ransel/course/1`."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from zoneinfo import ZoneInfo

from ransel.protocols.protocol import Event, Place
from ransel.quantities import Concentration, Duration, Mass, Rate, Ratio, Volume


@dataclass(frozen=True, slots=True)
class ContainerToGive:
    """One container of the course.

    Values:
        volume: what the pharmacy filled in. delivers: the volume in which its part of the order lies.
        connect_at, disconnect_at: planned, aware.
        start_before, finish_before: what its clocks allow, aware; None when no clock says so.
    """

    index: int
    kind: str
    batch: str
    concentration: Concentration
    volume: Volume
    delivers: Volume
    rate: Rate
    connect_at: datetime
    disconnect_at: datetime
    start_before: datetime | None
    finish_before: datetime | None


@dataclass(frozen=True, slots=True)
class PlannedVisit:
    """One visit of the plan and its window."""

    kind: str
    container: int
    place: Place
    earliest: datetime
    planned: datetime
    latest: datetime | None


@dataclass(frozen=True, slots=True)
class InfusionPlan:
    """The course that a stream of events belongs to.

    Values:
        patient: the patient's number, never a name. product: such as Qarziba.
        start, end: planned, aware. ordered: the dose of the course.
        flow_error: how far the pump may be off, either way. priming: lost out of each container into its set.
        container_ends_by, course_ends_by: what ends them, by the protocol.
        lost_volume_made_up: whether the course goes on after its planned end to give what a stop has cost.
        restart_rules_after: after so long a stop it may not simply be resumed; None when no source says so.
    """

    patient: str
    protocol: str
    product: str
    substance: str
    zone: ZoneInfo
    start: datetime
    end: datetime
    ordered: Mass
    containers: tuple[ContainerToGive, ...]
    visits: tuple[PlannedVisit, ...]
    flow_error: Ratio
    priming: Volume
    container_ends_by: Event
    course_ends_by: Event
    lost_volume_made_up: bool
    restart_rules_after: Duration | None
