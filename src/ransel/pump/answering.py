"""What the controller does when a person presses something. Each answer is empty, or the reason for refusing."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from hashlib import sha256

from ransel.infusion.condition import Condition
from ransel.infusion.event import Kind
from ransel.pump.actions import Act, Action
from ransel.pump.alarm_keys import acknowledge, cancel_silence, silence
from ransel.pump.controller import Controller
from ransel.pump.delivery import DELIVERING, MOVING, Mode, Step
from ransel.pump.entering import clear, confirm, confirm_clear, enter, give_up, remains_nL, review
from ransel.pump.loading import load, prime
from ransel.pump.starting import confirm_restart, start, stop
from ransel.pump.timers import Timer

DEFAULTS = ("display_start_uL", "silence_ms", "sleep_ms")
"""The settings that an administrator may change; a silence may only become shorter."""

FIRMWARE = "ransel-twin/1"

ONE_PRESS_MS = 1000
"""The same key again within this time is the same press (GIP 2.3.2)."""


def act(pump: Controller, now_ms: int, action: Action) -> str:
    """Do what a person presses; return why not, or nothing when it was done. Either way it is told and logged."""
    if pump.mode is Mode.OFF and action.act is not Act.SWITCH_ON:
        return "not-now"
    if _is_the_same_press(pump, now_ms, action):
        return ""
    was_asleep = pump.asleep
    pump.wake()
    if was_asleep and action.act not in {Act.STOP, Act.SWITCH_OFF}:
        pump.pressed = (now_ms, action)
        pump.tell(now_ms, Kind.ACTION, action="wake", refused="")
        return ""  # the first key after a sleep only wakes the display
    refused = ANSWERS[action.act](pump, now_ms, action)
    pump.clearing = pump.clearing and action.act is Act.CLEAR  # the second step follows the first, or is none
    pump.refused, pump.pressed = refused, None if refused else (now_ms, action)
    if pump.draft is None:  # that an entry was thrown away has been seen by whoever presses a key
        pump.end(Condition.ENTRY_IDLE, now_ms)
    if pump.mode is not Mode.OFF:
        pump.tell(now_ms, Kind.ACTION, action=action.act.value, refused=refused)
        _await_next_key(pump, now_ms)
    return refused


def _is_the_same_press(pump: Controller, now_ms: int, action: Action) -> bool:
    """Whether a key bounces: what was just done is not done twice; what was refused may be tried again at once."""
    return pump.pressed is not None and pump.pressed[1] == action and now_ms - pump.pressed[0] < ONE_PRESS_MS


def _await_next_key(pump: Controller, now_ms: int) -> None:
    device = pump.device
    if pump.draft is not None:
        pump.timers.set(Timer.ENTRY_IDLE, now_ms + device.entry_idle_ms)
        pump.timers.set(Timer.ENTRY_CLEAR, now_ms + device.entry_clear_ms)
    elif pump.mode is Mode.STOPPED and not pump.board.lines:
        sleep_ms = pump.kept.defaults.get("sleep_ms", device.sleep_ms)
        if sleep_ms:  # set to 0 it never sleeps
            pump.timers.set(Timer.SLEEP, now_ms + sleep_ms)
    if pump.mode in {Mode.SENSES, Mode.STOPPED}:
        pump.timers.set(Timer.REMINDER, now_ms + device.reminder_ms)


# -- power


def _switch_on(pump: Controller, now_ms: int, _: Action) -> str:
    if not pump.step(Step.SWITCH_ON):
        return "not-now"
    kept = pump.kept
    pump.kept = replace(kept, boot=kept.boot + 1)
    pump.tell(
        now_ms, Kind.BOOT, **pump.counts(now_ms), firmware=FIRMWARE, cause="power-lost" if kept.cut_off else "",
        library_version=pump.library.fingerprint, stroke_nL=pump.device.stroke_nL,
    )  # fmt: skip
    pump.timers.set(Timer.SELF_TEST, now_ms + pump.device.self_test_ms)
    pump.timers.set(Timer.STATUS, now_ms + pump.device.status_ms)
    return ""


def _switch_off(pump: Controller, now_ms: int, _: Action) -> str:
    if pump.mode in MOVING or not pump.step(Step.SWITCH_OFF):
        return "stop-first"
    pump.tell(now_ms, Kind.POWER_OFF, **pump.counts(now_ms), cause="user")
    _without_power(pump, now_ms, cut_off=False)
    return ""


def power_lost(pump: Controller, now_ms: int) -> None:
    """Lose power: nothing can be told, nothing is finished, the memory keeps what it has."""
    if pump.mode is Mode.OFF:
        return
    cut_off = pump.mode in DELIVERING
    told = len(pump.told)
    if pump.mode is Mode.PRIMING:
        pump.stop_priming(now_ms)
    elif cut_off:
        pump.stand(now_ms, "power", finish_stroke=False)
    del pump.told[told:]
    pump.step(Step.POWER_LOST)
    _without_power(pump, now_ms, cut_off=cut_off)


def _without_power(pump: Controller, now_ms: int, *, cut_off: bool) -> None:
    pump.kept = replace(
        pump.kept, powered_ms=pump.powered_ms(now_ms), cut_off=cut_off, meter=replace(pump.kept.meter, priming=False)
    )
    pump.timers.due.clear()
    pump.draft, pump.reviewed, pump.clearing = None, False, False


def _confirm_senses(pump: Controller, now_ms: int, action: Action) -> str:
    if action.name:  # what a person could not hear, see or feel
        return "senses-missing"
    begun = pump.kept.begun and not action.new_child
    if not pump.step(Step.SENSES_CONFIRMED_AGAIN if begun else Step.SENSES_CONFIRMED):
        return "not-now"
    pump.new_child = action.new_child
    if action.new_child:
        give_up(pump, now_ms)
        pump.kept = replace(pump.kept, programme=None)
    elif pump.kept.programme is not None and not begun and remains_nL(pump, pump.kept.programme) > 0:
        pump.timers.set(Timer.NOT_STARTED, now_ms + pump.device.not_started_ms)
    return ""


# -- settings


def _set_default(pump: Controller, _: int, action: Action) -> str:
    if not pump.administrator or sha256(action.code.encode()).hexdigest() != pump.administrator:
        return "administrator-only"
    if action.name not in DEFAULTS:
        return "no-such-default"
    device = pump.device
    bounds = {"silence_ms": (1, device.silence_ms), "sleep_ms": (0, device.sleep_most_ms)}
    least, most = bounds.get(action.name, (1, device.volume_most_nL // 1000))
    if not least <= action.value <= most or (action.name == "sleep_ms" and action.value % device.sleep_step_ms):
        return "default-outside-bounds"
    pump.kept = replace(pump.kept, defaults={**pump.kept.defaults, action.name: action.value})
    return ""


def _invalid_key(_: Controller, __: int, ___: Action) -> str:
    return "invalid-key"


Answer = Callable[[Controller, int, Action], str]

ANSWERS: Mapping[Act, Answer] = {
    Act.SWITCH_ON: _switch_on,
    Act.SWITCH_OFF: _switch_off,
    Act.CONFIRM_SENSES: _confirm_senses,
    Act.ENTER: enter,
    Act.REVIEW: review,
    Act.CONFIRM: confirm,
    Act.CLEAR: clear,
    Act.CONFIRM_CLEAR: confirm_clear,
    Act.LOAD: load,
    Act.PRIME: prime,
    Act.START: start,
    Act.STOP: stop,
    Act.SILENCE: silence,
    Act.CANCEL_SILENCE: cancel_silence,
    Act.ACKNOWLEDGE: acknowledge,
    Act.CONFIRM_RESTART: confirm_restart,
    Act.SET_DEFAULT: _set_default,
    Act.INVALID_KEY: _invalid_key,
}
