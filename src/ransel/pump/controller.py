"""The controller: the part of the pump that decides. Whole numbers only: nL, ms, strokes.

It knows what its sensors tell and what people press, never the plant. Time comes in with every call, and
between calls nothing happens: `timers.next_ms` says when the controller has to be called again. This file holds
its state and the few things it can do; `answering` says what it does on a key, `watching` on a reading, `timing`
when something becomes due.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from ransel.infusion.condition import Condition, Priority, Reaction
from ransel.infusion.condition_facts import facts
from ransel.infusion.event import Kind
from ransel.pump.actions import Action
from ransel.pump.board import Board
from ransel.pump.delivery import DELIVERING, MOVING, Mode, Step, after
from ransel.pump.dose_window import DoseWindow, Stretch
from ransel.pump.drug_row import DrugRow
from ransel.pump.hardware import Device
from ransel.pump.health import SOUND_HEALTH, Health
from ransel.pump.meter import Meter
from ransel.pump.programme import Draft, Library, Programme
from ransel.pump.pump_log import PumpLog
from ransel.pump.readings import Readings
from ransel.pump.timers import Timer, Timers

Told = tuple[Kind, Mapping[str, Any]]
"""One event before the pump stamps it."""

FATAL = frozenset({Condition.SYSTEM_FAILURE, Condition.SELF_TEST_FAILED, Condition.WATCHDOG})
"""After these nothing but switching off is possible."""


@dataclass(frozen=True, slots=True)
class Kept:
    """What survives without power.

    Values:
        meter: the count. window: the rolling dose limit of the child `window_of`; other_windows: what other children
            were given, by their number. powered_ms: the sum of all earlier uptimes, the window's time.
        boot: how often it was switched on. container: what was loaded last. given_from_nL: the count when the
            programme was confirmed. begun: an infusion has begun and is neither complete nor given up.
        stopped_powered_ms, stopped_clock_ms: when delivery stopped, on both clocks; None while it runs.
        cut_off: power went while it delivered. defaults: what an administrator has set, by name.
    """

    meter: Meter
    window: DoseWindow
    log: PumpLog
    programme: Programme | None = None
    powered_ms: int = 0
    boot: int = 0
    container: int = 0
    given_from_nL: int = 0
    begun: bool = False
    stopped_powered_ms: int | None = None
    stopped_clock_ms: int | None = None
    cut_off: bool = False
    window_of: str = ""
    other_windows: Mapping[str, tuple[Stretch, ...]] = field(default_factory=dict, hash=False)
    defaults: Mapping[str, int] = field(default_factory=dict, hash=False)


def new_memory(device: Device) -> Kept:
    """Return the memory of a pump that was never used."""
    return Kept(Meter(device.stroke_nL), DoseWindow(0, 0, 0), PumpLog(device.log_events, device.log_faults))


@dataclass(slots=True)
class Controller:
    """One pump from switching on to switching off; it begins switched off.

    Values:
        board, mode, timers: see there. draft: what is being entered, None when nothing is.
        reviewed, clearing: the first of two steps was taken. restart_ordered: a doctor ordered the late restart.
        restarts: alarms that stopped the pump and were followed by a start, with their instants.
        clock_offset_ms: the pump's clock less its uptime, as first seen.
        bubbles: small ones of the last window, with their instants. flow_mark: sensor and count when this flow
            window began; flow_was_off: the last one was low or high, None when right; flow_from_nL: sensor at the
            programme, less what was primed since; flow_seen: sensor and motor when they were last compared.
        new_child: at switching on a person said that this is another child or another course.
        refused: why the last key was refused; a refusal gives a short tone of its own. pressed: what was last done.
        administrator: SHA-256 of the code that opens the settings, empty when nobody may.
        told: what happened and was not fetched yet. push_nL: what the motor shall turn at once.
    """

    device: Device
    library: Library
    kept: Kept
    mode: Mode = Mode.OFF
    board: Board = field(default_factory=Board)
    timers: Timers = field(default_factory=Timers)
    readings: Readings = field(default_factory=Readings)
    health: Health = SOUND_HEALTH
    draft: Draft | None = None
    reviewed: bool = False
    clearing: bool = False
    restart_ordered: bool = False
    restarts: tuple[tuple[int, Condition], ...] = ()
    held_by: Condition | None = None
    clock_offset_ms: int | None = None
    bubbles: tuple[tuple[int, int], ...] = ()
    flow_mark: tuple[int, int] | None = None
    flow_was_off: bool | None = None
    flow_from_nL: int | None = None
    flow_seen: tuple[int, int] | None = None
    new_child: bool = False
    asleep: bool = False
    refused: str = ""
    pressed: tuple[int, Action] | None = None
    administrator: str = ""
    told: list[Told] = field(default_factory=list)
    push_nL: int = 0

    @property
    def motor_nL_per_h(self) -> int:
        """The rate at which the motor shall turn; 0 stands still."""
        return self.kept.meter.rate_nL_per_h

    @property
    def row(self) -> DrugRow | None:
        """The row of the drug that is programmed."""
        return self.kept.programme.row if self.kept.programme else None

    def powered_ms(self, now_ms: int) -> int:
        """Return the time of the dose window: all uptimes together."""
        return self.kept.powered_ms + now_ms

    # -- telling

    def tell(self, now_ms: int, kind: Kind, **data: object) -> None:
        """Tell what happened, and write it into the log."""
        self.told.append((kind, data))
        if not self.health.log:
            if kind is not Kind.ALARM_RAISED:
                self.begin(Condition.LOG_FAILED, now_ms)
            return
        subject = data.get("condition") or data.get("action") or data.get("cause") or ""
        entry = (self.kept.boot, now_ms, self.readings.clock_ms, kind.value, str(subject))
        self.kept.log.write(entry, is_fault=kind is Kind.ALARM_RAISED)

    def counts(self, now_ms: int) -> dict[str, int]:
        """Return what every event about delivery carries."""
        meter = self.kept.meter.read(now_ms)
        return {
            "container": self.kept.container,
            "rate_nL_per_h": self.motor_nL_per_h,
            "strokes": meter.strokes,
            "counted_nL": meter.counted_nL,
            "displayed_nL": meter.displayed_nL,
        }

    def status(self, now_ms: int) -> dict[str, object]:
        """Return what the pump tells of itself from time to time."""
        return {**self.counts(now_ms), "mode": self.mode.value, "battery_minutes": self.battery_minutes}

    @property
    def battery_minutes(self) -> int:
        """How long the battery lasts, from its voltage and from what the set rate takes out of it."""
        device, programme = self.device, self.kept.programme
        rate = self.motor_nL_per_h or (programme.rate_nL_per_h if programme else device.battery_rate_nL_per_h)
        return device.battery_minutes_at(self.readings.battery_mV) * device.battery_load_uA // device.load_uA(rate)

    # -- the delivery machine

    def step(self, step: Step) -> bool:
        """Take a step of the delivery machine; False when it is not possible in this mode."""
        mode = after(self.mode, step)
        if mode is None:
            return False
        self.mode = mode
        return True

    def turn(self, now_ms: int, rate_nL_per_h: int, cause: str) -> None:
        """Let the motor turn towards the child from now on."""
        meter = self.kept.meter.running(now_ms, rate_nL_per_h)
        self.kept = replace(self.kept, meter=meter, begun=True, stopped_powered_ms=None, stopped_clock_ms=None)
        self.timers.stop(Timer.PAUSE, Timer.RESTART, Timer.NOT_STARTED, Timer.SLEEP, Timer.REMINDER)
        self.new_child = False
        self.tell(now_ms, Kind.STARTED, **self.counts(now_ms), cause=cause)

    def stand(self, now_ms: int, cause: str, *, finish_stroke: bool, back_off_nL: int = 0, **data: object) -> None:
        """Let the motor stand still: after the stroke that has begun, or in the middle of it.

        A stroke that would go over the dose limit is not finished.
        """
        before = self.kept.meter
        meter = before.running(now_ms, 0)
        now = self.powered_ms(now_ms)
        begun = self.kept.powered_ms + before.since_ms
        window = self.kept.window.add(Stretch(begun, now, before.rate_nL_per_h))
        room = window.room_nL(now, before.rate_nL_per_h)
        rest = meter.rest_of_stroke_nL if finish_stroke else -back_off_nL
        rest = 0 if rest > max(room, 0) else rest
        self.push_nL += rest
        if rest > 0:
            window = window.add(Stretch(now, now, 0, rest))
        self.kept = replace(
            self.kept, meter=meter.pushed(rest), window=window,
            stopped_powered_ms=now, stopped_clock_ms=self.readings.clock_ms,
        )  # fmt: skip
        self.timers.stop(
            Timer.COMPLETE, Timer.DOSE_LIMIT, Timer.RESERVOIR, Timer.DISPLAY_EMPTY, Timer.FLOW_WINDOW, Timer.KEPT_OPEN
        )  # fmt: skip
        counts = {**self.counts(now_ms), "rate_nL_per_h": before.rate_nL_per_h}
        self.tell(now_ms, Kind.STOPPED, **counts, cause=cause, **data)
        self._await_start(now_ms)

    def _await_start(self, now_ms: int) -> None:
        row = self.row
        if row is None:
            return
        self.timers.set(Timer.PAUSE, now_ms + row.pause_ms)
        if row.restart_ms is not None:
            self.timers.set(Timer.RESTART, now_ms + row.restart_ms)

    # -- alarms

    def priority(self, condition: Condition) -> Priority:
        """Return how urgent a condition is for the drug that runs; without a drug nothing can run, but it is heard."""
        return self.row.priorities[condition] if self.row else Priority.MEDIUM

    def reaction(self, condition: Condition) -> Reaction:
        """Return what a condition does to the delivery of the drug that runs."""
        return self.row.reactions[condition] if self.row else facts()[condition].reaction

    def begin(self, condition: Condition, now_ms: int, detail: str = "") -> None:
        """Put a condition on the board, and do to the delivery what the drug's row says.

        One that lasts already is not told again; what it stops is stopped all the same.
        """
        before, reaction = self.board, self.reaction(condition)
        self.board = before.begin(
            condition, now_ms, self.priority(condition), facts()[condition].latching, detail
        )  # fmt: skip
        if self.board is not before:
            self._tell_awake(before, now_ms)
            self.tell(
                now_ms, Kind.ALARM_RAISED, condition=condition.value, priority=self.priority(condition).value,
                reaction=reaction.value, detail=detail,
            )  # fmt: skip
            self.wake()
        self._react(condition, reaction, now_ms, detail)

    def end(self, condition: Condition, now_ms: int) -> None:
        """Note that the cause of a condition went away."""
        if condition not in self.board.lines:
            return
        board = self.board.cause_gone(condition)
        if board is not self.board:
            self.set_board(board, condition, now_ms, "cause-gone")

    def set_board(self, board: Board, condition: Condition, now_ms: int, by: str) -> None:
        """Take over a board on which one condition has changed, and tell when it is off."""
        self.board = board
        if condition not in board.lines:
            self.timers.due.pop((Timer.SILENCE, condition.value), None)
            self.tell(now_ms, Kind.ALARM_CLEARED, condition=condition.value, by=by)

    def _tell_awake(self, before: Board, now_ms: int) -> None:
        """Tell that every silence of the board before ended, because something new has begun."""
        self.timers.stop(Timer.SILENCE)
        for line in before.lines.values():
            if line.silent_until_ms is not None:
                self.tell(now_ms, Kind.SILENCE_ENDED, condition=line.condition.value, cause="new-alarm")

    def _react(self, condition: Condition, reaction: Reaction, now_ms: int, detail: str) -> None:
        if condition in FATAL:
            self._halt(now_ms, condition)
            self.step(Step.FAIL)
        elif reaction is Reaction.STOP and self.mode in MOVING:
            self._halt(now_ms, condition, back_off=condition is Condition.OCCLUSION and detail == "below")
            self.step(Step.HOLD)
        elif reaction is Reaction.KVO and self.mode is Mode.RUNNING:
            self._keep_open(now_ms, condition)

    def _halt(self, now_ms: int, condition: Condition, *, back_off: bool = False) -> None:
        """Stop for an alarm: at once, in the middle of a stroke; an empty reservoir lets the stroke be finished."""
        if self.mode is Mode.PRIMING:
            self.stop_priming(now_ms)
        elif self.mode in DELIVERING:
            self.held_by = condition
            whole = condition is Condition.RESERVOIR_EMPTY
            back = self._held_up_nL() if back_off else 0
            self.stand(now_ms, "alarm", finish_stroke=whole, back_off_nL=back, condition=condition.value)

    def _held_up_nL(self) -> int:
        """Return what an occlusion has pressed into the line, in whole strokes: it is taken back at once."""
        held = self.readings.pressure_mmHg * self.device.compliance_nL_per_mmHg
        return held // self.device.stroke_nL * self.device.stroke_nL

    def _keep_open(self, now_ms: int, condition: Condition) -> None:
        """Go down to the rate that keeps the vein open, which is never above the therapy rate and often nothing."""
        programme = self.kept.programme
        rate = min(programme.row.kvo_nL_per_h, programme.rate_nL_per_h) if programme else 0
        self._halt(now_ms, condition)
        self.step(Step.SLOW if rate else Step.HOLD)
        if rate:
            self.turn(now_ms, rate, "kvo")
            self.timers.set(Timer.KEPT_OPEN, now_ms)

    def stop_priming(self, now_ms: int) -> None:
        """End filling the line, whether it is filled or not."""
        before = self.kept.meter
        meter = before.running(now_ms, 0)
        self.kept = replace(self.kept, meter=replace(meter, priming=False))
        self.timers.stop(Timer.PRIMED)
        if self.flow_from_nL is not None:
            self.flow_from_nL += meter.primed_nL - before.primed_nL
        self.step(Step.PRIMED_AGAIN if self.kept.begun else Step.PRIMED)
        self.tell(now_ms, Kind.PRIMED, container=self.kept.container, volume_nL=meter.primed_nL - before.primed_nL)

    def complete(self, now_ms: int) -> None:
        """Note that an infusion has come to its end, and call somebody."""
        self.kept = replace(self.kept, begun=False)
        self.timers.stop(Timer.PAUSE, Timer.RESTART)
        self.begin(Condition.INFUSION_COMPLETE, now_ms)

    def wake(self) -> None:
        """End the sleep of the display."""
        self.asleep = False
        self.timers.stop(Timer.SLEEP)
