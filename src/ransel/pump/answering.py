"""What the controller does when a person presses something. Each answer is empty, or the reason for refusing."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from hashlib import sha256

from ransel.infusion.condition import Condition, Reaction
from ransel.infusion.event import Kind
from ransel.pump.actions import Act, Action
from ransel.pump.board import AUDIBLE
from ransel.pump.controller import Controller
from ransel.pump.delivery import DELIVERING, MOVING, Mode, Step, after
from ransel.pump.delivery_watch import watch_delivery
from ransel.pump.programme import Programme, judged
from ransel.pump.readings import Readings
from ransel.pump.timers import Timer
from ransel.pump.whose_window import with_window

DEFAULTS = ("display_start_uL", "silence_ms", "sleep_ms")
"""The settings that an administrator may change; a silence may only become shorter."""

FIRMWARE = "ransel-twin/1"

READY = frozenset({Mode.STOPPED, Mode.PAUSED, Mode.HELD, Mode.RUNNING, Mode.KVO})

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
        library_version=pump.library.fingerprint,
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
        _give_up(pump, now_ms)
        pump.kept = replace(pump.kept, programme=None)
    elif pump.kept.programme is not None and not begun and _remains_nL(pump, pump.kept.programme) > 0:
        pump.timers.set(Timer.NOT_STARTED, now_ms + pump.device.not_started_ms)
    return ""


def _give_up(pump: Controller, now_ms: int) -> None:
    """Forget that an infusion has begun: nobody waits any more until it goes on."""
    pump.kept = replace(pump.kept, begun=False)
    pump.timers.stop(Timer.PAUSE, Timer.RESTART)
    for condition in (Condition.PAUSE_TOO_LONG, Condition.RESTART_TOO_LATE):
        pump.end(condition, now_ms)


def _remains_nL(pump: Controller, programme: Programme) -> int:
    return programme.volume_nL - (pump.kept.meter.counted_nL - pump.kept.given_from_nL)


# -- entering a programme


def _enter(pump: Controller, now_ms: int, action: Action) -> str:
    if pump.mode not in READY:
        return "not-now"
    if action.draft is None:
        return "nothing-entered"
    pump.draft, pump.reviewed = action.draft, False
    pump.timers.set_once(Timer.SETUP, now_ms + pump.device.setup_ms)
    pump.end(Condition.ENTRY_IDLE, now_ms)
    return ""


def _review(pump: Controller, _: int, __: Action) -> str:
    if pump.draft is None:
        return "nothing-entered"
    verdict = judged(pump.draft, pump.device, pump.library)
    pump.reviewed = not verdict.refused
    return verdict.refused[0] if verdict.refused else ""


def _confirm(pump: Controller, now_ms: int, action: Action) -> str:
    if pump.mode not in READY:
        return "not-now"
    if pump.draft is None or not pump.reviewed:
        return "review-first"
    verdict = judged(pump.draft, pump.device, pump.library)
    if verdict.programme is None:
        return "review-first"
    if verdict.asks and action.name != "override":
        return verdict.asks[0]
    if pump.mode in DELIVERING and _for_another(pump, verdict.programme):
        return "stop-first"
    _take_over(pump, now_ms, verdict.programme)
    return ""


def _take_over(pump: Controller, now_ms: int, programme: Programme) -> None:
    """Make a confirmed programme the one that holds; another drug stops what runs and has to be started anew."""
    was_delivering = pump.mode in DELIVERING
    another = _another_drug(pump, programme) or _another_child(pump, programme)
    if was_delivering:
        pump.stand(now_ms, "rate-change", finish_stroke=True)
    if another:
        pump.step(Step.PAUSE)
        if pump.step(Step.NEW_INFUSION):
            _give_up(pump, now_ms)
    pump.kept = replace(
        with_window(pump, programme), programme=programme, given_from_nL=pump.kept.meter.counted_nL
    )  # fmt: skip
    pump.flow_from_nL = pump.readings.flowed_nL or 0
    _close_entry(pump, now_ms)
    pump.end(Condition.LIBRARY_MISMATCH, now_ms)
    pump.tell(
        now_ms, Kind.PROGRAMMED, container=programme.container, product=programme.row.product,
        concentration_ng_per_mL=programme.critical["concentration_ng_per_mL"], rate_nL_per_h=programme.rate_nL_per_h,
        volume_nL=programme.volume_nL, row=programme.row.id, overridden=list(programme.overridden),
    )  # fmt: skip
    if was_delivering and not another:
        pump.step(Step.START)
        _run(pump, now_ms, programme.rate_nL_per_h, "rate-change")
    else:
        pump.timers.set(Timer.NOT_STARTED, now_ms + pump.device.not_started_ms)


def _for_another(pump: Controller, programme: Programme) -> bool:
    """Whether a programme is for another child or another container than the one that runs."""
    return _another_child(pump, programme) or programme.container != pump.kept.container


def _another_drug(pump: Controller, programme: Programme) -> bool:
    """Whether what is in the container is another drug, or the same at another strength."""
    before, name = pump.kept.programme, "concentration_ng_per_mL"
    return before is not None and (
        programme.row.id != before.row.id or programme.critical[name] != before.critical[name]
    )


def _another_child(pump: Controller, programme: Programme) -> bool:
    return pump.kept.programme is not None and pump.kept.programme.patient != programme.patient


def _clear(pump: Controller, _: int, __: Action) -> str:
    """Take the first of two steps: to throw away an entry, or else to give up an infusion that is paused."""
    pump.clearing = pump.draft is not None or pump.mode is Mode.PAUSED
    return "" if pump.clearing else "nothing-entered"


def _confirm_clear(pump: Controller, now_ms: int, _: Action) -> str:
    if not pump.clearing:
        return "clear-first"
    if pump.draft is None and pump.step(Step.NEW_INFUSION):
        _give_up(pump, now_ms)
    _close_entry(pump, now_ms)
    return ""


def _close_entry(pump: Controller, now_ms: int) -> None:
    pump.draft, pump.reviewed, pump.clearing = None, False, False
    pump.timers.stop(Timer.ENTRY_IDLE, Timer.ENTRY_CLEAR, Timer.SETUP)
    for condition in (Condition.ENTRY_IDLE, Condition.SETUP_TOO_LONG):
        pump.end(condition, now_ms)


# -- cassette and line


def _load(pump: Controller, now_ms: int, action: Action) -> str:
    if pump.mode not in {Mode.STOPPED, Mode.PAUSED}:
        return "stop-first"
    if not pump.readings.cassette:
        return "no-cassette"
    if not 0 <= action.display_nL <= pump.device.volume_most_nL:
        return "volume-outside-device"
    pump.kept = replace(pump.kept, container=action.container, meter=pump.kept.meter.attached(action.display_nL))
    for condition in (Condition.RESERVOIR_EMPTY, Condition.RESERVOIR_LOW, Condition.RESERVOIR_NEARLY_EMPTY):
        pump.end(condition, now_ms)
    pump.tell(
        now_ms, Kind.CASSETTE_ATTACHED, container=action.container, code=action.code, displayed_nL=action.display_nL
    )
    return ""


def _prime(pump: Controller, now_ms: int, action: Action) -> str:
    if not action.off_child:
        return "line-on-child"
    if not (pump.readings.cassette and pump.readings.latched and pump.readings.door_shut):
        return "no-cassette"
    if not 0 < action.volume_nL <= pump.device.prime_most_nL - pump.kept.meter.primed_nL:
        return "prime-volume"
    lasting = (key for key in pump.board.lasting() if pump.reaction(key) is Reaction.STOP)
    stopping = next((key for key in lasting if key not in {*BY_START, Condition.AIR_IN_LINE}), None)
    if stopping is not None:  # air is what a line is filled to get rid of
        return f"alarm:{stopping.value}"
    if not pump.step(Step.PRIME):
        return "stop-first"
    meter = replace(pump.kept.meter, priming=True).running(now_ms, pump.device.prime_rate_nL_per_h)
    pump.kept = replace(pump.kept, meter=meter)
    lasts = -(-action.volume_nL * 3_600_000 // pump.device.prime_rate_nL_per_h)
    pump.timers.set(Timer.PRIMED, now_ms + lasts)
    return ""


# -- running


def _start(pump: Controller, now_ms: int, _: Action) -> str:
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
    _run(pump, now_ms, programme.rate_nL_per_h, "resume" if resumed else "start")
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
    if _too_late(pump, now_ms) and not pump.restart_ordered:
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


def _run(pump: Controller, now_ms: int, rate_nL_per_h: int, cause: str) -> None:
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


def _too_late(pump: Controller, now_ms: int) -> bool:
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


def _stop(pump: Controller, now_ms: int, action: Action) -> str:
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


def _confirm_restart(pump: Controller, now_ms: int, _: Action) -> str:
    if not _too_late(pump, now_ms):
        return "not-now"
    pump.restart_ordered = True
    pump.end(Condition.RESTART_TOO_LATE, now_ms)
    return ""


# -- alarms


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


def _cancel_silence(pump: Controller, now_ms: int, _: Action) -> str:
    for condition, line in pump.board.lines.items():
        if line.silent_until_ms is not None:
            pump.board = pump.board.silence_over(condition)
            pump.tell(now_ms, Kind.SILENCE_ENDED, condition=condition.value, cause="cancelled")
    pump.timers.stop(Timer.SILENCE)
    return ""


def _acknowledge(pump: Controller, now_ms: int, action: Action) -> str:
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
    Act.ENTER: _enter,
    Act.REVIEW: _review,
    Act.CONFIRM: _confirm,
    Act.CLEAR: _clear,
    Act.CONFIRM_CLEAR: _confirm_clear,
    Act.LOAD: _load,
    Act.PRIME: _prime,
    Act.START: _start,
    Act.STOP: _stop,
    Act.SILENCE: silence,
    Act.CANCEL_SILENCE: _cancel_silence,
    Act.ACKNOWLEDGE: _acknowledge,
    Act.CONFIRM_RESTART: _confirm_restart,
    Act.SET_DEFAULT: _set_default,
    Act.INVALID_KEY: _invalid_key,
}
