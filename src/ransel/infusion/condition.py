"""Alarm conditions: what can be wrong at a pump, by one name everywhere.

A condition is what is the case; sound, light and messages are signals of it and lie elsewhere. What each
condition means, what it does to the child and what to do lies in `conditions.toml`.
"""

from __future__ import annotations

from enum import StrEnum


class Condition(StrEnum):
    """The vocabulary of alarm conditions, version 1: names may be added, never changed or taken away."""

    RESERVOIR_EMPTY = "reservoir-empty"
    RESERVOIR_LOW = "reservoir-low"
    RESERVOIR_NEARLY_EMPTY = "reservoir-nearly-empty"
    NO_CASSETTE = "no-cassette"
    SET_NOT_LOADED = "set-not-loaded"
    DOOR_OPEN = "door-open"
    OCCLUSION = "occlusion"
    AIR_IN_LINE = "air-in-line"
    FREE_FLOW = "free-flow"
    OVER_INFUSION = "over-infusion"
    VOLUME_ABOVE_ORDER = "volume-above-order"
    UNDER_INFUSION = "under-infusion"
    INFUSION_COMPLETE = "infusion-complete"
    FLOW_UNSTEADY = "flow-unsteady"
    DOSE_LIMIT = "dose-limit"
    PAUSE_TOO_LONG = "pause-too-long"
    RESTART_TOO_LATE = "restart-too-late"
    REPEATED_RESTART = "repeated-restart"
    NOT_STARTED = "not-started"
    ENTRY_IDLE = "entry-idle"
    SETUP_TOO_LONG = "setup-too-long"
    KEY_HELD = "key-held"
    BATTERY_LOW = "battery-low"
    BATTERY_DEPLETED = "battery-depleted"
    BATTERY_DEFECTIVE = "battery-defective"
    SUPPLY_OUT_OF_RANGE = "supply-out-of-range"
    HOT = "hot"
    OVERHEATED = "overheated"
    ENVIRONMENT = "environment"
    CLOCK_IMPLAUSIBLE = "clock-implausible"
    SYSTEM_FAILURE = "system-failure"
    SELF_TEST_FAILED = "self-test-failed"
    WATCHDOG = "watchdog"
    MOTOR_FAILURE = "motor-failure"
    SOUND_FAILURE = "sound-failure"
    LOG_FAILED = "log-failed"
    MONITOR_FAILED = "monitor-failed"
    LIBRARY_MISMATCH = "library-mismatch"
    SILENT_NON_DELIVERY = "silent-non-delivery"
    """Raised by the ledger, never by a pump: the pump counts strokes and the container does not get lighter."""


class Priority(StrEnum):
    """How quickly someone has to respond, highest first."""

    HIGH = "high"
    MEDIUM = "medium"
    LOW = "low"


class Reaction(StrEnum):
    """What a condition does to a running delivery."""

    STOP = "stop"
    KVO = "kvo"
    CONTINUE = "continue"
