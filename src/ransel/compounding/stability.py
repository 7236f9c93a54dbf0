"""The stability clock of one container: in the fridge, on the way, running."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import UTC, datetime

from ransel.compounding.container import Container
from ransel.language import Message, refuse
from ransel.protocols import Protocol, Site, Stability
from ransel.quantities import Duration, Shown


@dataclass(frozen=True, slots=True)
class Limit:
    """An instant that must not be passed, and what sets it."""

    at: datetime
    reason: Message


@dataclass(frozen=True, slots=True)
class StabilityClock:
    """The two clocks of a container.

    The cold clock runs in the fridge and has a cumulative limit. The warm clock starts when the container
    leaves the fridge for the first time, not when it is connected; without a fridge it starts when the
    container is made. It never stops: a container that goes back into the fridge stays as old as it was.

    Values:
        made: when the vial was opened; all instants are aware.
        into_fridge, out_of_fridge: None when that has not happened, or not been planned.
        validated: whether this pharmacy has validated its aseptic storage.
    """

    stability: Stability
    made: datetime
    into_fridge: datetime | None = None
    out_of_fridge: datetime | None = None
    validated: bool = False

    def __post_init__(self) -> None:
        """Take every instant in UTC, where hours are hours, and refuse a history that runs backwards."""
        for name in ("made", "into_fridge", "out_of_fridge"):
            moment = getattr(self, name)
            if moment is not None and moment.tzinfo is None:  # it would be read by the clock of this machine
                raise TypeError(f"{name} is an instant without a time zone")
            object.__setattr__(self, name, moment if moment is None else moment.astimezone(UTC))
        moments = [moment for moment in (self.made, self.into_fridge, self.out_of_fridge) if moment is not None]
        if moments != sorted(moments) or (self.into_fridge is None and self.out_of_fridge is not None):
            refuse("clock.backwards", "made", self.made.isoformat())

    @property
    def cold_until(self) -> Limit:
        """When the container must have left the fridge."""
        limits = [Limit(self._fridge_or_made + self.stability.cold.value.timedelta, self._because("cold"))]
        if not self.validated:
            until = self.made + self.stability.microbiological.value.timedelta
            limits.append(Limit(until, self._because("microbiological")))
        return min(limits, key=lambda limit: limit.at)

    @property
    def finish_before(self) -> Limit:
        """When the last drop must have run, whatever pauses there were.

        While the container is in the fridge this is the latest it can become.
        """
        leaves = self.out_of_fridge or (self.cold_until.at if self.into_fridge is not None else self.made)
        if leaves > self.cold_until.at:  # kept too long: its time was over in the fridge
            return self.cold_until
        return Limit(leaves + self.stability.warm.value.timedelta, self._because("warm"))

    def start_before(self, run: Duration) -> Limit:
        """When the container must be running, if it then runs for `run` without a pause."""
        latest = Limit(self.finish_before.at - run.timedelta, self.finish_before.reason)
        if self.validated:
            return latest
        microbiological = Limit(
            self.made + self.stability.microbiological.value.timedelta, self._because("microbiological")
        )
        return min(latest, microbiological, key=lambda limit: limit.at)

    def slack(self, ends: datetime) -> Duration:
        """Return the time between an expected end and the end of the clock; negative when it comes too late."""
        return Duration.between(ends, self.finish_before.at)

    def slack_after_pause(self, ends: datetime, pause: Duration) -> Duration:
        """Return what is left when the run is paused for so long: a pause moves the end, never the clock."""
        return self.slack(ends) - pause

    def leaves_fridge(self, at: datetime) -> StabilityClock:
        """Return the clock after leaving the fridge; a second leaving changes nothing."""
        return self if self.out_of_fridge is not None else replace(self, out_of_fridge=at)

    @property
    def _fridge_or_made(self) -> datetime:
        return self.into_fridge or self.made

    def _because(self, clock: str) -> Message:
        sourced = {
            "cold": self.stability.cold,
            "warm": self.stability.warm,
            "microbiological": self.stability.microbiological,
        }[clock]
        unit = "day" if sourced.value >= Duration("96 h") else "h"
        values = {"lasts": Shown(sourced.value, unit), "upto": self.stability.warm_up_to.value}
        return Message(f"clock.{clock}", values)


def clock_of(
    container: Container, protocol: Protocol, site: Site, *, made: datetime, out_of_fridge: datetime | None
) -> StabilityClock:
    """Return the clock of a container made at this instant and, if known, taken out of the fridge at that one."""
    return StabilityClock(
        stability=protocol.stability[container.option.stability],
        made=made,
        into_fridge=made + site.pharmacy.preparation_takes.value.timedelta,
        out_of_fridge=out_of_fridge,
        validated=site.pharmacy.aseptic_storage_validated.value,
    )


def is_confirmed_for(container: Container, protocol: Protocol) -> bool:
    """Whether the label's stability data are for this kind of container."""
    return container.option.kind in protocol.stability[container.option.stability].confirmed_for
