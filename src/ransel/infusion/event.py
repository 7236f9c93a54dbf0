"""The vocabulary of pump events, version 1: what a pump, a gateway or a person tells about an infusion.

An event is identified by (pump, boot, seq) and ordered by (boot, seq), never by a clock: `uptime_ms` counts from
switching on, `pump_time` is what the pump believes, `received_at` is when somebody else heard of it.
Kinds and data keys may be added, never changed or taken away. Volumes are whole nanolitres, rates whole
nanolitres per hour, so that an event survives writing and reading unchanged.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Any

SCHEMA = "ransel/pump-event/1"


class Kind(StrEnum):
    """What an event tells. `data` of each kind is described in docs/reference/pump-events.md."""

    COURSE = "course"
    """The course this stream belongs to: `plan`, as an `InfusionPlan` writes itself."""

    BOOT = "boot"
    """Switched on: as STARTED, with `firmware`, `library_version`, `stroke_nL`;
    `cause` is power-lost when it was cut off."""
    SELF_TEST = "self-test"
    """`passed`; when not, the `part` that failed first."""
    POWER_OFF = "power-off"
    """As STARTED, with `cause`: user."""

    CASSETTE_ATTACHED = "cassette-attached"
    """`container` (its number in the course, 0 when unknown), `code`, `displayed_nL`."""
    CASSETTE_REMOVED = "cassette-removed"
    """`container`."""
    PRIMED = "primed"
    """`container`, `volume_nL`: pushed through the line while the child was not connected."""
    PROGRAMMED = "programmed"
    """`container`, `product`, `concentration_ng_per_mL`, `rate_nL_per_h`, `volume_nL`, `row`,
    `overridden` (soft limits that were confirmed to be left)."""

    STARTED = "started"
    """`container`, `rate_nL_per_h`, `strokes`, `counted_nL`, `displayed_nL`;
    `cause`: start, resume, rate-change, kvo."""
    STOPPED = "stopped"
    """As STARTED, with `cause`: user, alarm, rate-change, complete, power; `condition` of an alarm."""
    STATUS = "status"
    """As STARTED, with `mode`, `battery_minutes`, `reminder`; `rate_nL_per_h` is 0 while nothing is delivered."""

    ALARM_RAISED = "alarm-raised"
    """`condition`, `priority`, `reaction`, `detail`."""
    ALARM_CLEARED = "alarm-cleared"
    """`condition`, `by`: cause-gone or acknowledged."""
    ALARM_ACKNOWLEDGED = "alarm-acknowledged"
    """`condition`."""
    ALARM_SILENCED = "alarm-silenced"
    """`condition`."""
    SILENCE_ENDED = "silence-ended"
    """`condition`, `cause`: time, cancelled, new-alarm."""

    ACTION = "action"
    """What a person did at the pump: `action`, and its values."""
    CLOCK_SET = "clock-set"
    """The pump's clock was found elsewhere than expected: `by_ms`."""

    CONNECTED = "connected"
    """By hand: `container` was connected to the child."""
    DISCONNECTED = "disconnected"
    """By hand: `container` was disconnected from the child."""
    WEIGHED = "weighed"
    """By hand: `container`, `what` (full or residue), `weight_g`, `scale_g` (the scale's error, either way)."""
    LEVEL_READ = "level-read"
    """By hand: `container`, `left_mL`, `error_mL`, `how` (photo or level)."""


@dataclass(frozen=True, slots=True)
class PumpEvent:
    """One event as it was told.

    Values:
        pump: the pump's own number, or the name of a list kept by hand.
        boot, seq: how often it was switched on, and the running number since it was made.
        uptime_ms: since switching on; never jumps.
        pump_time: aware; None when the clock was not trusted. received_at: aware; None when nobody noted it.
        data: texts, whole numbers, yes or no; described per kind.
    """

    pump: str
    boot: int
    seq: int
    uptime_ms: int
    kind: Kind
    data: Mapping[str, Any] = field(hash=False)
    pump_time: datetime | None = None
    received_at: datetime | None = None

    @property
    def identity(self) -> tuple[str, int, int]:
        """What makes it this event and no other."""
        return self.pump, self.boot, self.seq

    def as_json(self) -> dict[str, Any]:
        """Return the event as plain data, one line of a recorded stream."""
        return {
            "schema": SCHEMA,
            "pump": self.pump,
            "boot": self.boot,
            "seq": self.seq,
            "uptime_ms": self.uptime_ms,
            "pump_time": _instant(self.pump_time),
            "received_at": _instant(self.received_at),
            "kind": self.kind.value,
            "data": dict(self.data),
        }


def _instant(at: datetime | None) -> str | None:
    return None if at is None else at.isoformat(timespec="milliseconds")


OF_A_TWIN = "ransel-twin/"
"""How the firmware of a simulated pump begins."""


def is_simulated(events: Iterable[PumpEvent]) -> bool:
    """Whether any of these events was told by a simulated pump."""
    return any(str(event.data.get("firmware", "")).startswith(OF_A_TWIN) for event in events)
