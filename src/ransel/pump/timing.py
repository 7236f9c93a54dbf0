"""What the controller does when something becomes due although nothing happened."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from ransel.infusion.condition import Condition
from ransel.infusion.event import Kind
from ransel.pump.controller import Controller
from ransel.pump.delivery import DELIVERING, Mode, Step
from ransel.pump.delivery_watch import ms_for, run_complete, warn_reservoir, watch_delivery
from ransel.pump.health import SELF_TEST
from ransel.pump.programme import within_hard_limits
from ransel.pump.sensing import supplied
from ransel.pump.starting import start_refused
from ransel.pump.timers import Timer
from ransel.pump.watching import judge_battery, judge_flow, judge_free_flow, observe


def fire(pump: Controller, now_ms: int) -> None:
    """Do everything that is due by now, in the order in which it became due."""
    while (key := pump.timers.take(now_ms)) is not None:
        timer, tag = key
        DUE[timer](pump, now_ms, tag)


# -- self-test and checks


def _self_test(pump: Controller, now_ms: int, _: str) -> None:
    failed = next((part for part in SELF_TEST if not _passes(pump, part)), None)
    if failed is not None:
        pump.tell(now_ms, Kind.SELF_TEST, passed=False, part=failed)
        pump.begin(Condition.SELF_TEST_FAILED, now_ms, failed)
        return
    pump.tell(now_ms, Kind.SELF_TEST, passed=True, part="")
    pump.step(Step.TEST_PASSED)
    observe(pump, now_ms, pump.readings)
    wanted_checks(pump, now_ms)  # what the self-test does not look at may have failed while the pump was off
    if pump.kept.begun and pump.row is not None:
        pump.timers.set(Timer.PAUSE, now_ms + pump.row.pause_ms)
    pump.timers.set(Timer.REMINDER, now_ms + pump.device.reminder_ms)
    if pump.kept.cut_off and pump.row is not None and pump.row.resumes:
        _resume(pump, now_ms)


def _passes(pump: Controller, part: str) -> bool:
    health, readings, device = pump.health, pump.readings, pump.device
    programme = pump.kept.programme
    kept_well = programme is None or (programme.critical.sound and within_hard_limits(programme, device))
    return {
        "processor": health.processor,
        "program": health.program,
        "memory": health.memory and kept_well,
        "battery": supplied(readings, device) or readings.battery_mV > device.battery_depleted_mV,
        "keys": not readings.key_held,
        "watchdog": health.watchdog,
        "clock": health.backup_clock and device.clock_earliest_ms <= readings.clock_ms <= device.clock_latest_ms,
        "sound": readings.sound,
    }[part]


def _resume(pump: Controller, now_ms: int) -> None:
    """Go on after a power cut, for a drug whose row says so, and only if a person could start it now."""
    if start_refused(pump, now_ms) or pump.kept.programme is None:
        return
    pump.step(Step.SENSES_CONFIRMED_AGAIN)
    pump.step(Step.START)
    pump.turn(now_ms, pump.kept.programme.rate_nL_per_h, "resume")
    watch_delivery(pump, now_ms)


def wanted_checks(pump: Controller, now_ms: int) -> None:
    """Set the timers of the checks that will find something.

    The checks run all the time; those that find nothing change nothing and are only counted, by their period.
    """
    device, health, programme = pump.device, pump.health, pump.kept.programme
    if programme is not None and not programme.critical.sound:  # compared before every stroke
        pump.timers.set(Timer.MEMORY_CHECK, now_ms + _to_next_stroke_ms(pump, now_ms))
    elif not (health.memory and health.program):
        pump.timers.set_once(Timer.MEMORY_CHECK, _next(now_ms, device.memory_check_ms))
    if not health.processor:
        pump.timers.set_once(Timer.PROCESSOR_CHECK, _next(now_ms, device.processor_check_ms))
    if not (health.watchdog and health.monitor and health.log):
        pump.timers.set_once(Timer.MONITOR_CHECK, _next(now_ms, device.monitor_check_ms))
    if health.log:
        pump.end(Condition.LOG_FAILED, now_ms)
    if health.monitor and health.watchdog:
        pump.end(Condition.MONITOR_FAILED, now_ms)
    if health.delivery_task:
        pump.timers.stop(Timer.WATCHDOG_INTERRUPT, Timer.WATCHDOG_ALARM)
    elif health.watchdog:
        pump.timers.set_once(Timer.WATCHDOG_INTERRUPT, now_ms + device.watchdog_interrupt_ms)
        pump.timers.set_once(Timer.WATCHDOG_ALARM, now_ms + device.watchdog_alarm_ms)


def _to_next_stroke_ms(pump: Controller, now_ms: int) -> int:
    rate = pump.motor_nL_per_h
    return ms_for(pump.kept.meter.read(now_ms).rest_of_stroke_nL, rate) if rate else 0


def _next(now_ms: int, period_ms: int) -> int:
    return (now_ms // period_ms + 1) * period_ms


def _memory_check(pump: Controller, now_ms: int, _: str) -> None:
    programme = pump.kept.programme
    if programme is not None and not programme.critical.sound:
        pump.begin(Condition.SYSTEM_FAILURE, now_ms, "critical")
    elif not pump.health.memory:
        pump.begin(Condition.SYSTEM_FAILURE, now_ms, "memory")
    elif not pump.health.program:
        pump.begin(Condition.SYSTEM_FAILURE, now_ms, "program")


def _processor_check(pump: Controller, now_ms: int, _: str) -> None:
    if not pump.health.processor:
        pump.begin(Condition.SYSTEM_FAILURE, now_ms, "processor")


def _monitor_check(pump: Controller, now_ms: int, _: str) -> None:
    if not (pump.health.monitor and pump.health.watchdog):
        pump.begin(Condition.MONITOR_FAILED, now_ms, "" if pump.health.watchdog else "watchdog")
    if not pump.health.log:
        pump.begin(Condition.LOG_FAILED, now_ms)


def _watchdog_interrupt(pump: Controller, now_ms: int, _: str) -> None:
    """Call the task that moves the motor again; if it answers, nothing was lost."""
    pump.tell(now_ms, Kind.ACTION, action="watchdog-interrupt", refused="")


def _watchdog_alarm(pump: Controller, now_ms: int, _: str) -> None:
    pump.begin(Condition.WATCHDOG, now_ms, "delivery")


# -- delivery


def _primed(pump: Controller, now_ms: int, _: str) -> None:
    if pump.mode is Mode.PRIMING:
        pump.stop_priming(now_ms)


def _complete(pump: Controller, now_ms: int, _: str) -> None:
    if pump.mode in DELIVERING:
        run_complete(pump, now_ms)


def _dose_limit(pump: Controller, now_ms: int, _: str) -> None:
    pump.begin(Condition.DOSE_LIMIT, now_ms)
    if pump.mode not in DELIVERING:
        pump.end(Condition.DOSE_LIMIT, now_ms)


def _reservoir(pump: Controller, now_ms: int, tag: str) -> None:
    warn_reservoir(pump, now_ms, tag)


def _display_empty(pump: Controller, now_ms: int, _: str) -> None:
    pump.begin(Condition.RESERVOIR_EMPTY, now_ms, "display")


def _kept_open(pump: Controller, now_ms: int, _: str) -> None:
    if pump.mode in DELIVERING:
        watch_delivery(pump, now_ms)


def _flow_window(pump: Controller, now_ms: int, _: str) -> None:
    judge_flow(pump, now_ms)


def _free_flow(pump: Controller, now_ms: int, _: str) -> None:
    judge_free_flow(pump, now_ms)


# -- waiting for people


def _pause(pump: Controller, now_ms: int, tag: str) -> None:
    """Call out a pause, and again after every further limit: each time it sounds anew."""
    times = int(tag or "0") + 1
    pump.begin(Condition.PAUSE_TOO_LONG, now_ms, str(times))
    if pump.row is not None:
        pump.timers.set(Timer.PAUSE, now_ms + pump.row.pause_ms, str(times))


def _restart(pump: Controller, now_ms: int, _: str) -> None:
    pump.begin(Condition.RESTART_TOO_LATE, now_ms)


def _not_started(pump: Controller, now_ms: int, _: str) -> None:
    if pump.mode in {Mode.STOPPED, Mode.PAUSED} and pump.kept.programme is not None:
        pump.begin(Condition.NOT_STARTED, now_ms)


def _entry_idle(pump: Controller, now_ms: int, _: str) -> None:
    pump.begin(Condition.ENTRY_IDLE, now_ms, "idle")


def _entry_clear(pump: Controller, now_ms: int, _: str) -> None:
    """Throw away what was being entered; what runs is not touched."""
    pump.begin(Condition.ENTRY_IDLE, now_ms, "cleared")
    pump.draft, pump.reviewed, pump.clearing = None, False, False
    pump.timers.stop(Timer.SETUP)
    pump.end(Condition.SETUP_TOO_LONG, now_ms)  # the other alarm goes on until somebody presses a key


def _setup(pump: Controller, now_ms: int, _: str) -> None:
    pump.begin(Condition.SETUP_TOO_LONG, now_ms)


def _reminder(pump: Controller, now_ms: int, _: str) -> None:
    if pump.mode in {Mode.SENSES, Mode.STOPPED}:
        pump.tell(now_ms, Kind.STATUS, **pump.status(now_ms), reminder=True)
    if pump.mode in {Mode.SENSES, Mode.STOPPED, Mode.PRIMING}:  # after priming somebody is waited for again
        pump.timers.set(Timer.REMINDER, now_ms + pump.device.reminder_ms)


def _key_held(pump: Controller, now_ms: int, _: str) -> None:
    pump.begin(Condition.KEY_HELD, now_ms)


def _sleep(pump: Controller, now_ms: int, _: str) -> None:
    pump.asleep = pump.mode is Mode.STOPPED and not pump.board.lines
    if pump.asleep:
        pump.tell(now_ms, Kind.ACTION, action="sleep", refused="")


# -- alarms, power, telling


def _silence(pump: Controller, now_ms: int, tag: str) -> None:
    condition = Condition(tag)
    board = pump.board.silence_over(condition)
    if board is not pump.board:
        pump.board = board
        pump.tell(now_ms, Kind.SILENCE_ENDED, condition=tag, cause="time")


def _battery_mean(pump: Controller, now_ms: int, tag: str) -> None:
    judge_battery(pump, now_ms, tag)


def _status(pump: Controller, now_ms: int, _: str) -> None:
    pump.tell(now_ms, Kind.STATUS, **pump.status(now_ms))
    pump.timers.set(Timer.STATUS, now_ms + pump.device.status_ms)


Due = Callable[[Controller, int, str], None]

DUE: Mapping[Timer, Due] = {
    Timer.SELF_TEST: _self_test,
    Timer.PRIMED: _primed,
    Timer.COMPLETE: _complete,
    Timer.DOSE_LIMIT: _dose_limit,
    Timer.RESERVOIR: _reservoir,
    Timer.DISPLAY_EMPTY: _display_empty,
    Timer.PAUSE: _pause,
    Timer.RESTART: _restart,
    Timer.NOT_STARTED: _not_started,
    Timer.ENTRY_IDLE: _entry_idle,
    Timer.ENTRY_CLEAR: _entry_clear,
    Timer.SETUP: _setup,
    Timer.REMINDER: _reminder,
    Timer.KEY_HELD: _key_held,
    Timer.SLEEP: _sleep,
    Timer.SILENCE: _silence,
    Timer.MEMORY_CHECK: _memory_check,
    Timer.PROCESSOR_CHECK: _processor_check,
    Timer.MONITOR_CHECK: _monitor_check,
    Timer.WATCHDOG_INTERRUPT: _watchdog_interrupt,
    Timer.WATCHDOG_ALARM: _watchdog_alarm,
    Timer.BATTERY_MEAN: _battery_mean,
    Timer.KEPT_OPEN: _kept_open,
    Timer.FLOW_WINDOW: _flow_window,
    Timer.FREE_FLOW: _free_flow,
    Timer.STATUS: _status,
}
