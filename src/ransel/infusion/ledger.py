"""The ledger: what the child really received, as a value that can be shown, compared and written down."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum

from ransel.infusion.plan import InfusionPlan
from ransel.language import Message, Notice
from ransel.protocols.protocol import Event
from ransel.quantities import Duration, Mass, Rate, Volume


class Cause(StrEnum):
    """Why an infusion stood still."""

    USER = "user"
    ALARM = "alarm"
    CHANGE = "change"
    """Another container was attached."""
    PUMP = "pump"
    """Another pump took over."""
    POWER = "power"
    COMPLETE = "complete"
    """The programmed volume was given, and more was wanted."""
    UNSEEN = "unseen"
    """Events are missing; the counter says that it stood still for a while."""
    UNKNOWN = "unknown"


class Given(StrEnum):
    """What the amount given out of a container rests upon."""

    COUNTED = "counted"
    WEIGHED = "weighed"
    READ = "read"


@dataclass(frozen=True, slots=True)
class Between:
    """An amount of drug: as good as it is known, and between which it lies for certain under the stated errors."""

    low: Mass
    exact: Mass
    high: Mass


@dataclass(frozen=True, slots=True)
class Moments:
    """One event with the pump fast, exact and slow; aware instants in UTC."""

    earliest: datetime
    exact: datetime
    latest: datetime


@dataclass(frozen=True, slots=True)
class Segment:
    """A pump that ran at one rate into one container from a start to a stop.

    Values:
        container: its number in the plan; 0 or a number outside the plan when that is unknown.
        begins, ends: aware, UTC; `ends` is the moment of the account while it runs.
        counted: told by the pump. projected: rate times time since its last counter.
        started_by, stopped_by: as told; `stopped_by` is empty while it runs.
    """

    pump: str
    container: int
    begins: datetime
    ends: datetime
    rate: Rate
    counted: Volume
    projected: Volume
    drug: Mass
    strokes: int
    started_by: str
    stopped_by: str
    condition: str


@dataclass(frozen=True, slots=True)
class Interruption:
    """A time without therapy inside the course; `ends` is None while it lasts.

    Values:
        condition: of the alarm that stopped it, else empty. kept_open: whether the line was kept open by a KVO.
        too_long: whether it is longer than what may simply be resumed.
    """

    container: int
    begins: datetime
    ends: datetime | None
    duration: Duration
    cause: Cause
    condition: str
    kept_open: bool
    too_long: bool


@dataclass(frozen=True, slots=True)
class Alarm:
    """An alarm condition at one pump; `cleared` is None while it lasts or when its end was never told."""

    pump: str
    condition: str
    priority: str
    raised: datetime
    cleared: datetime | None
    duration: Duration | None
    detail: str


@dataclass(frozen=True, slots=True)
class Observed:
    """What was really left in a container, by weighing or reading it."""

    at: datetime
    by: Given
    left: Volume
    error: Volume


@dataclass(frozen=True, slots=True)
class SilentNonDelivery:
    """The pump counted, and the container did not get lighter.

    Values:
        noticed: when it was weighed or read. missing: by the middle of both; at_least: beyond both errors.
        since: the earliest moment at which it can have begun: nothing was observed after it.
        since_if_for_good: the earliest moment, when nothing flowed any more from then on.
    """

    container: int
    noticed: datetime
    missing: Volume
    missing_drug: Mass
    at_least: Volume
    since: datetime
    since_if_for_good: datetime


@dataclass(frozen=True, slots=True)
class ContainerAccount:
    """What one container of the plan gave.

    Values:
        counted: by the pump, without priming; projected: rate times time since the last counter.
        priming: as told, else as planned. drug: given to the child. rests_on: by what that is known.
        residue: left by the last observation and what was counted after it, else by count.
        displayed_at_first, displayed: as the pump showed. begins, ends: of running. empties: with the pump fast,
        exact and slow; None when it has ended. empty_by_display: when the display would reach nought.
        used_until: when its use ended or is expected to end. slack: from there to finish_before.
    """

    index: int
    counted: Volume
    projected: Volume
    counted_drug: Mass
    strokes: int
    priming: Volume
    priming_told: bool
    drug: Between
    rests_on: Given
    observed: tuple[Observed, ...]
    residue: Volume
    left_by_count: Volume
    displayed_at_first: Volume | None
    displayed: Volume | None
    begins: datetime | None
    ends: datetime | None
    running: bool
    connected: datetime | None
    disconnected: datetime | None
    told_empty: datetime | None
    empties: Moments | None
    empty_by_display: datetime | None
    finish_before: datetime | None
    used_until: datetime | None
    slack: Duration | None

    @property
    def empty_at(self) -> datetime | None:
        """When it was empty by an alarm, else when it will be with an exact pump."""
        if self.told_empty is not None:
            return self.told_empty
        return None if self.empties is None else self.empties.exact


@dataclass(frozen=True, slots=True)
class Projection:
    """What is to come, if things go on as they are; a pump that stands still is taken to be started now.

    Values:
        ends_by: when the course would end by each of the four events that a protocol may choose.
        end: by the one that the plan chose, with what a stop cost made up or not, as the plan says.
        total: what will have been given then. expected: what the plan would have given with an exact pump.
    """

    ends_by: Mapping[Event, Moments] = field(hash=False)
    end: Moments
    total: Between
    expected: Mass


@dataclass(frozen=True, slots=True)
class Proposal:
    """Something that has to move, for a person to decide; nothing is ever planned anew by itself.

    Values:
        visit: the kind of visit that moves, empty when it is about none. container: as the plan numbers it.
        old, new: of the visit. inside_window: whether the new moment lies in the visit's window.
    """

    message: Message
    visit: str = ""
    container: int = 0
    old: datetime | None = None
    new: datetime | None = None
    inside_window: bool | None = None


@dataclass(frozen=True, slots=True)
class Ledger:
    """The account of one course at one moment.

    Values:
        at: the moment of the account. last_word: the last event of any pump; None when there was none.
        silence: how old that is. running: whether a pump runs, as far as is known. over: whether the course is over.
        given: to the child up to that moment. end: when it ended, or is expected to.
    """

    plan: InfusionPlan
    at: datetime
    last_word: datetime | None
    silence: Duration | None
    running: bool
    over: bool
    given: Between
    segments: tuple[Segment, ...]
    containers: tuple[ContainerAccount, ...]
    interruptions: tuple[Interruption, ...]
    alarms: tuple[Alarm, ...]
    silent_non_delivery: tuple[SilentNonDelivery, ...]
    projection: Projection
    proposals: tuple[Proposal, ...]
    flags: tuple[Notice, ...]

    @property
    def delivered(self) -> Mass:
        """What was given, as good as it is known."""
        return self.given.exact

    @property
    def low(self) -> Mass:
        """The least that was given."""
        return self.given.low

    @property
    def high(self) -> Mass:
        """The most that was given."""
        return self.given.high

    @property
    def end(self) -> datetime:
        """When the course ended, or is expected to end with an exact pump."""
        return self.projection.end.exact
