"""What the controller makes of its sensors: conditions that come and go, and those that need several readings."""

from __future__ import annotations

from ransel.infusion.condition import Condition
from ransel.infusion.event import Kind
from ransel.pump.actions import Act, Action
from ransel.pump.alarm_keys import silence
from ransel.pump.controller import Controller
from ransel.pump.delivery import DELIVERING, Mode
from ransel.pump.delivery_watch import can_be_empty, flow_window_ms
from ransel.pump.hardware import Device
from ransel.pump.readings import Readings
from ransel.pump.sensing import BY_SENSOR, sensed, supplied
from ransel.pump.timers import Timer

BLIND = frozenset({Mode.OFF, Mode.SELF_TEST})
"""Modes in which readings are taken but nothing is made of them."""


def observe(pump: Controller, now_ms: int, readings: Readings) -> None:
    """Take a look at every sensor and do what follows from it."""
    before, pump.readings = pump.readings, readings
    if pump.mode in BLIND:
        pump.clock_offset_ms = readings.clock_ms - now_ms
        return
    dry = readings.vacuum_mmHg > 0 and can_be_empty(pump, now_ms)
    _sensors(pump, now_ms, sensed(readings, pump.mode, pump.device, pump.row, dry))
    _air(pump, now_ms, before)
    _key(pump, now_ms)
    _battery(pump, now_ms)
    _clock(pump, now_ms)
    if readings.flowed_nL is not None:
        _free_flow(pump, now_ms, readings.flowed_nL)


def _sensors(pump: Controller, now_ms: int, found: dict[Condition, str]) -> None:
    for condition, detail in found.items():
        pump.begin(condition, now_ms, detail)
    for condition in list(pump.board.lasting()):
        if condition in BY_SENSOR and condition not in found:
            pump.end(condition, now_ms)


def _air(pump: Controller, now_ms: int, before: Readings) -> None:
    """Add up small bubbles: a bubble has gone by when the detector sees less air than before."""
    row, gone = pump.row, before.bubble_nL
    if row is None or gone == 0 or pump.readings.bubble_nL >= gone or pump.mode is Mode.PRIMING:
        return
    since = now_ms - row.air_window_ms
    pump.bubbles = (*(one for one in pump.bubbles if one[0] > since), (now_ms, gone))
    if sum(volume for _, volume in pump.bubbles) >= row.air_window_nL:
        pump.begin(Condition.AIR_IN_LINE, now_ms, "many bubbles")
        pump.bubbles = ()
        if pump.readings.bubble_nL < row.bubble_nL:
            pump.end(Condition.AIR_IN_LINE, now_ms)


def _key(pump: Controller, now_ms: int) -> None:
    if pump.readings.key_held:
        pump.timers.set_once(Timer.KEY_HELD, now_ms + pump.device.key_held_ms)
    else:
        pump.timers.due.pop((Timer.KEY_HELD, ""), None)
        pump.end(Condition.KEY_HELD, now_ms)


# -- battery


BATTERY = (Condition.BATTERY_LOW, Condition.BATTERY_DEPLETED, Condition.BATTERY_DEFECTIVE)


def _battery(pump: Controller, now_ms: int) -> None:
    """Count readings for each threshold apart; one that is past it again begins anew."""
    device, readings = pump.device, pump.readings
    on_supply = supplied(readings, device)
    for condition in BATTERY:
        if not _battery_shows(condition, readings.battery_mV, device, on_supply=on_supply):
            pump.timers.due.pop((Timer.BATTERY_MEAN, condition), None)
        elif condition not in pump.board.lines:
            charging = condition is Condition.BATTERY_DEFECTIVE
            after_ms = device.battery_charging_ms if charging else device.battery_readings * device.battery_read_ms
            pump.timers.set_once(Timer.BATTERY_MEAN, now_ms + after_ms, condition.value)
    if readings.battery_mV >= device.battery_defective_mV:
        pump.end(Condition.BATTERY_DEFECTIVE, now_ms)
    if on_supply:
        _plugged_in(pump, now_ms)
    elif readings.battery_mV > device.battery_low_mV:
        pump.end(Condition.BATTERY_LOW, now_ms)
        pump.end(Condition.BATTERY_DEPLETED, now_ms)


def _battery_shows(condition: Condition, mV: int, device: Device, *, on_supply: bool) -> bool:
    """Whether the battery is beyond the threshold of a condition at this voltage."""
    if condition is Condition.BATTERY_DEFECTIVE:
        return on_supply and mV < device.battery_defective_mV
    limit_mV = device.battery_low_mV if condition is Condition.BATTERY_LOW else device.battery_depleted_mV
    return not on_supply and mV <= limit_mV


def _plugged_in(pump: Controller, now_ms: int) -> None:
    """End what the battery called for. Who plugs it in has heard it: what stays on the board is silent for a while."""
    for condition in (Condition.BATTERY_LOW, Condition.BATTERY_DEPLETED):
        if condition in pump.board.lasting():
            pump.end(condition, now_ms)
            silence(pump, now_ms, Action(Act.SILENCE, condition=condition))


def judge_battery(pump: Controller, now_ms: int, tag: str) -> None:
    """Say what ten readings, or half an hour of charging, make of the battery."""
    condition, device, readings = Condition(tag), pump.device, pump.readings
    if _battery_shows(condition, readings.battery_mV, device, on_supply=supplied(readings, device)):
        pump.begin(condition, now_ms)


# -- clock


def _clock(pump: Controller, now_ms: int) -> None:
    """Compare the pump's clock with its uptime. Nothing that is delivered hangs on the clock; the record does."""
    device, readings = pump.device, pump.readings
    offset = readings.clock_ms - now_ms
    moved = 0 if pump.clock_offset_ms is None else offset - pump.clock_offset_ms
    outside = not device.clock_earliest_ms <= readings.clock_ms <= device.clock_latest_ms
    if pump.clock_offset_ms is not None and abs(moved) < device.clock_tolerance_ms:
        return
    pump.clock_offset_ms = offset
    if moved or outside:
        pump.tell(now_ms, Kind.CLOCK_SET, by_ms=moved)
        pump.begin(Condition.CLOCK_IMPLAUSIBLE, now_ms, "outside" if outside else "jumped")
        pump.end(Condition.CLOCK_IMPLAUSIBLE, now_ms)


# -- a flow sensor, where one is fitted


LOOKS_EVERY = 4
"""While the motor turns, sensor and motor are compared each time when so many times `free_flow_nL` has gone by."""


def _free_flow(pump: Controller, now_ms: int, flowed: int) -> None:
    """Fluid that no stroke has moved is free flow, at once, whether the motor stands or turns."""
    if pump.timers.runs(Timer.FREE_FLOW):
        return
    turned, few = pump.kept.meter.read(now_ms).turned_nL, pump.device.free_flow_nL
    was_flowed, was_turned = pump.flow_seen or (flowed, turned)
    seen, moved = flowed - was_flowed, turned - was_turned
    free = seen > _by_strokes_nL(pump, moved)
    if pump.flow_seen is None or free or moved < 0 or max(seen, moved) >= LOOKS_EVERY * few:
        pump.flow_seen = flowed, turned
    if free:
        pump.begin(Condition.FREE_FLOW, now_ms)
        pump.timers.set(Timer.FREE_FLOW, now_ms + STILL_FOR_MS)


STILL_FOR_MS = 60_000
"""Free flow is over when nothing has gone by for so long that no stroke has moved."""


def judge_free_flow(pump: Controller, now_ms: int) -> None:
    """Say whether it still runs freely."""
    flowed, turned = pump.readings.flowed_nL, pump.kept.meter.read(now_ms).turned_nL
    if flowed is None or pump.flow_seen is None:
        return
    was_flowed, was_turned = pump.flow_seen
    pump.flow_seen = flowed, turned
    if flowed - was_flowed > _by_strokes_nL(pump, turned - was_turned):
        pump.timers.set(Timer.FREE_FLOW, now_ms + STILL_FOR_MS)
    else:
        pump.end(Condition.FREE_FLOW, now_ms)


def free_flow_at_nL(pump: Controller) -> int | None:
    """Return the reading of the flow sensor at which it has to be looked at; None where none is fitted."""
    if pump.flow_seen is None or pump.timers.runs(Timer.FREE_FLOW):
        return None
    flowed, turned = pump.flow_seen
    if pump.motor_nL_per_h:
        return flowed + LOOKS_EVERY * pump.device.free_flow_nL
    return flowed + _by_strokes_nL(pump, pump.kept.meter.turned_nL - turned) + 1


def _by_strokes_nL(pump: Controller, moved: int) -> int:
    """Return what may go by while the motor moves so much: the upper end of the band, and a stroke."""
    band = pump.row.flow_band_permille if pump.row else 0
    return max(moved, 0) * (1000 + band) // 1000 + pump.device.free_flow_nL


def judge_flow(pump: Controller, now_ms: int) -> None:
    """Compare what the flow sensor saw in one window with what was counted; no division, so no band is rounded away."""
    row, flowed = pump.row, pump.readings.flowed_nL
    if row is None or flowed is None or pump.mode not in DELIVERING:
        return
    counted = pump.kept.meter.read(now_ms).counted_nL
    was_flowed, was_counted = pump.flow_mark or (flowed, counted)
    pump.flow_mark = (flowed, counted)
    seen, expected, band = flowed - was_flowed, counted - was_counted, row.flow_band_permille
    low = seen * 1000 < expected * (1000 - band)
    high = seen * 1000 > expected * (1000 + band)
    _flow(pump, now_ms, Condition.UNDER_INFUSION, low)
    _flow(pump, now_ms, Condition.OVER_INFUSION, high)
    if pump.mode not in DELIVERING:  # what has stopped no longer runs too fast; the alarm waits for somebody
        pump.end(Condition.OVER_INFUSION, now_ms)
    _flow(pump, now_ms, Condition.FLOW_UNSTEADY, (low or high) and pump.flow_was_off not in {None, low})
    pump.flow_was_off = low if low or high else None
    programme = pump.kept.programme
    if programme is not None and flowed - (pump.flow_from_nL or 0) > programme.volume_nL + pump.device.stroke_nL:
        pump.begin(Condition.VOLUME_ABOVE_ORDER, now_ms)
        pump.end(Condition.VOLUME_ABOVE_ORDER, now_ms)
    if pump.mode in DELIVERING:
        pump.timers.set(Timer.FLOW_WINDOW, now_ms + flow_window_ms(pump, pump.motor_nL_per_h))


def _flow(pump: Controller, now_ms: int, condition: Condition, holds: bool) -> None:
    if holds:
        pump.begin(condition, now_ms)
    else:
        pump.end(condition, now_ms)
