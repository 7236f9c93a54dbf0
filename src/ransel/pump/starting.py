"""Starting and stopping: everything that has to be right before drug may go to the child."""

from __future__ import annotations

from ransel.infusion.condition import Condition, Reaction
from ransel.pump.actions import Action
from ransel.pump.alarm_keys import silence
from ransel.pump.controller import Controller
from ransel.pump.delivery import DELIVERING, Mode, Step, after
from ransel.pump.delivery_watch import watch_delivery
from ransel.pump.programme import Programme
from ransel.pump.readings import Readings


def start(pump: Controller, now_ms: int, _: Action) -> str:
    """Start or resume delivery; return why not, or nothing."""
    if after(pump.mode, Step.START) is None:
        return "not-now"
    refused = start_refused(pump, now_ms)
    if refused:
        return refused
    programme, resumed = pump.kept.programme, pump.kept.begun
    if programme is None or _restarts_too_often(pump, now_ms) or not pump.step(Step.START):
        return "not-now"
    if pump.motor_nL_per_h:
        pump.stand(now_ms, "rate-change", finish_stroke=True)
    pump.restart_ordered, pump.held_by = False, None
    for condition in ENDED_BY_START:
        pump.end(condition, now_ms)
    run_at(pump, now_ms, programme.rate_nL_per_h, "resume" if resumed else "start")
    return ""


def start_refused(pump: Controller, now_ms: int) -> str:
    """Return why delivery may not start now, or nothing when it may."""
    kept, readings = pump.kept, pump.readings
    if kept.programme is None:
        return "not-programmed"
    if not kept.programme.critical.sound:
        pump.begin(Condition.SYSTEM_FAILURE, now_ms, "critical")
        return "system-failure"
    if not _row_holds(pump, kept.programme):
        pump.begin(Condition.LIBRARY_MISMATCH, now_ms)
        return Condition.LIBRARY_MISMATCH.value
    missing = _not_loaded(readings)
    if missing is not None:
        pump.begin(missing, now_ms)
        return missing.value
    if kept.container != kept.programme.container:
        return "other-container"
    return _held_back(pump, now_ms)


def _row_holds(pump: Controller, programme: Programme) -> bool:
    """Whether the library still says what it said when the programme was confirmed."""
    row, concentration = programme.row, programme.critical["concentration_ng_per_mL"]
    return pump.library.row(row.product, concentration, row.patient_type, row.care_area) == row


def _not_loaded(readings: Readings) -> Condition | None:
    """Return what is not in its place for a start, or None."""
    if not readings.cassette:
        return Condition.NO_CASSETTE
    if not readings.latched:
        return Condition.SET_NOT_LOADED
    return None if readings.door_shut else Condition.DOOR_OPEN


def _held_back(pump: Controller, now_ms: int) -> str:
    """Return what an earlier event still forbids: an alarm that stopped it, a late restart, the dose limit."""
    stopping = [key for key in pump.board.lines if pump.reaction(key) is Reaction.STOP and key not in BY_START]
    slowing = _slowing(pump) if pump.mode is Mode.KVO else []
    waiting = next(iter([*stopping, *slowing]), None)
    if waiting is not None:
        return f"alarm:{waiting.value}"
    if too_late(pump, now_ms) and not pump.restart_ordered:
        pump.begin(Condition.RESTART_TOO_LATE, now_ms)
        return "restart-too-late"
    programme = pump.kept.programme
    room = pump.kept.window.room_nL(pump.powered_ms(now_ms), programme.rate_nL_per_h) if programme else 0
    if room < pump.device.stroke_nL:
        pump.begin(Condition.DOSE_LIMIT, now_ms)
        return "dose-limit"
    return ""


def _slowing(pump: Controller) -> list[Condition]:
    """Return what lasts and keeps delivery down at the rate that keeps the vein open, start or not."""
    lasting = (key for key in pump.board.lasting() if key not in ENDED_BY_START)
    return [key for key in lasting if pump.reaction(key) is Reaction.KVO]


def run_at(pump: Controller, now_ms: int, rate_nL_per_h: int, cause: str) -> None:
    """Let drug run at the programmed rate, or no faster than what lasts allows."""
    pump.turn(now_ms, rate_nL_per_h, cause)
    watch_delivery(pump, now_ms)
    for condition in _slowing(pump):
        pump.begin(condition, now_ms, pump.board.lines[condition].detail)


BY_START = frozenset(
    {Condition.RESTART_TOO_LATE, Condition.PAUSE_TOO_LONG, Condition.NOT_STARTED, Condition.DOSE_LIMIT}
)
"""Conditions that a start itself answers, or asks about again."""

ENDED_BY_START = (*sorted(BY_START), Condition.INFUSION_COMPLETE, Condition.OVER_INFUSION)
"""Conditions whose cause is gone, or judged anew, as soon as delivery has started."""


def too_late(pump: Controller, now_ms: int) -> bool:
    """Whether the stop has lasted longer than the drug allows, by the clock that says more."""
    kept, row = pump.kept, pump.row
    if row is None or row.restart_ms is None or not kept.begun or kept.stopped_powered_ms is None:
        return False
    powered = pump.powered_ms(now_ms) - kept.stopped_powered_ms
    by_clock = pump.readings.clock_ms - (kept.stopped_clock_ms or 0)
    return max(powered, by_clock) >= row.restart_ms


def _restarts_too_often(pump: Controller, now_ms: int) -> bool:
    """Whether the same alarm has stopped it and somebody started it again, so many times within the window."""
    device, held_by = pump.device, pump.held_by
    if held_by is None or pump.mode not in {Mode.HELD, Mode.PAUSED}:
        return False
    recent = tuple(one for one in pump.restarts if one[0] > now_ms - device.restarts_within_ms)
    pump.restarts = (*recent, (now_ms, held_by))
    if sum(condition is held_by for _, condition in pump.restarts) < device.restarts_most:
        return False
    pump.restarts = ()
    pump.begin(Condition.REPEATED_RESTART, now_ms, held_by.value)
    pump.end(Condition.REPEATED_RESTART, now_ms)
    return True


def stop(pump: Controller, now_ms: int, action: Action) -> str:
    """Stop what moves, after its stroke; at an alarm, take over from it; return why not, or nothing."""
    if pump.mode is Mode.PRIMING:
        pump.stop_priming(now_ms)
    elif pump.mode in DELIVERING:
        pump.stand(now_ms, "user", finish_stroke=True)
        pump.step(Step.PAUSE)
        pump.held_by = None
    elif pump.step(Step.PAUSE):
        silence(pump, now_ms, action)
    else:
        return "not-now"
    return ""


def confirm_restart(pump: Controller, now_ms: int, _: Action) -> str:
    """Note that a doctor ordered the restart after a stop that was too long; return why not, or nothing."""
    if not too_late(pump, now_ms):
        return "not-now"
    pump.restart_ordered = True
    pump.end(Condition.RESTART_TOO_LATE, now_ms)
    return ""
