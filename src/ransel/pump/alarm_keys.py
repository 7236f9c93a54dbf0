"""What people do to alarms: silence them for a while, cancel that, acknowledge one and no other."""

from __future__ import annotations

from ransel.infusion.event import Kind
from ransel.pump.actions import Action
from ransel.pump.board import AUDIBLE
from ransel.pump.controller import Controller
from ransel.pump.timers import Timer


def silence(pump: Controller, now_ms: int, action: Action) -> str:
    """Silence one condition, or everything that sounds; return why nothing was silenced, or nothing."""
    heard = [key for key, line in pump.board.lines.items() if line.signal in AUDIBLE]
    chosen = [key for key in heard if action.condition in {None, key}]
    until = now_ms + min(pump.kept.defaults.get("silence_ms", pump.device.silence_ms), pump.device.silence_ms)
    for condition in chosen:
        pump.board = pump.board.silence(condition, until)
        pump.timers.set(Timer.SILENCE, until, condition.value)
        pump.tell(now_ms, Kind.ALARM_SILENCED, condition=condition.value)
    return "" if chosen else "nothing-sounds"


def cancel_silence(pump: Controller, now_ms: int, _: Action) -> str:
    """End every silence; return why not, or nothing."""
    for condition, line in pump.board.lines.items():
        if line.silent_until_ms is not None:
            pump.board = pump.board.silence_over(condition)
            pump.tell(now_ms, Kind.SILENCE_ENDED, condition=condition.value, cause="cancelled")
    pump.timers.stop(Timer.SILENCE)
    return ""


def acknowledge(pump: Controller, now_ms: int, action: Action) -> str:
    """Acknowledge one condition; return why not, or nothing."""
    condition = action.condition
    if condition is None or condition not in pump.board.lines:
        return "no-such-alarm"
    pump.tell(now_ms, Kind.ALARM_ACKNOWLEDGED, condition=condition.value)  # a log that fails at this begins an alarm
    board = pump.board.acknowledge(condition, now_ms + pump.device.silence_ms)
    line = board.lines.get(condition)
    if line is not None and line.silent_until_ms is not None:
        pump.timers.set(Timer.SILENCE, line.silent_until_ms, condition.value)
    pump.set_board(board, condition, now_ms, "acknowledged")
    return ""
