"""Which conditions the sensors show: a pure look at readings, limits and what the pump is doing."""

from __future__ import annotations

from collections.abc import Iterator

from ransel.infusion.condition import Condition
from ransel.pump.delivery import MOVING, Mode
from ransel.pump.drug_row import DrugRow
from ransel.pump.hardware import Device
from ransel.pump.readings import Readings

ATTENDED = frozenset({Mode.STOPPED, Mode.PAUSED, Mode.SENSES})
"""Modes in which a person stands at the pump and may open it and take the cassette off."""

BY_SENSOR = frozenset(
    {
        Condition.NO_CASSETTE,
        Condition.SET_NOT_LOADED,
        Condition.DOOR_OPEN,
        Condition.OCCLUSION,
        Condition.AIR_IN_LINE,
        Condition.HOT,
        Condition.OVERHEATED,
        Condition.ENVIRONMENT,
        Condition.SUPPLY_OUT_OF_RANGE,
        Condition.MOTOR_FAILURE,
        Condition.SOUND_FAILURE,
    }
)
"""Conditions that come and go with a reading alone; the others need time or a count."""


def sensed(readings: Readings, mode: Mode, device: Device, row: DrugRow | None, dry: bool) -> dict[Condition, str]:
    """Return the conditions that a look at the sensors shows, each with its detail.

    `dry` says that the container can be empty by the pessimistic count: then a vacuum above the pump is an
    empty container and no kinked tube.
    """
    if mode is Mode.OFF:
        return {}
    found = dict(_surroundings(readings, device))
    if mode not in ATTENDED:
        found.update(_loading(readings))
    if row is not None:
        found.update(_line(readings, mode, row, dry))
    return found


def _surroundings(readings: Readings, device: Device) -> Iterator[tuple[Condition, str]]:
    if readings.temperature_mC >= device.overheated_mC:
        yield Condition.OVERHEATED, ""
    elif readings.temperature_mC >= device.hot_mC:
        yield Condition.HOT, ""
    if not readings.surroundings_fit or readings.temperature_mC < device.cold_mC:
        yield Condition.ENVIRONMENT, ""
    if readings.mains and not supplied(readings, device):
        yield Condition.SUPPLY_OUT_OF_RANGE, ""
    if not readings.sound:
        yield Condition.SOUND_FAILURE, ""


def supplied(readings: Readings, device: Device) -> bool:
    """Whether an outside supply carries the pump; one that is out of range does not, whatever the plug says."""
    return readings.mains and device.supply_low_mV <= readings.supply_mV <= device.supply_high_mV


def _loading(readings: Readings) -> Iterator[tuple[Condition, str]]:
    if not readings.cassette:
        yield Condition.NO_CASSETTE, ""
    elif not readings.latched:
        yield Condition.SET_NOT_LOADED, ""
    if not readings.door_shut:
        yield Condition.DOOR_OPEN, ""


def _line(readings: Readings, mode: Mode, row: DrugRow, dry: bool) -> Iterator[tuple[Condition, str]]:
    if readings.pressure_mmHg >= row.occlusion_mmHg:
        yield Condition.OCCLUSION, "below"
    elif readings.vacuum_mmHg >= row.upstream_mmHg:
        yield (Condition.RESERVOIR_EMPTY, "dry") if dry else (Condition.OCCLUSION, "above")
    if readings.bubble_nL >= row.bubble_nL and mode is not Mode.PRIMING:  # filling a line drives its air out
        yield Condition.AIR_IN_LINE, "bubble"
    if mode in MOVING and not readings.motor_turns:
        yield Condition.MOTOR_FAILURE, ""
