"""The twin: plant and controller together, event by event.

Between two events nothing is calculated. The next event is the earliest of three: a reading of the plant
reaches a limit, something becomes due in the controller, or somebody outside has something to do. What is told
goes to a sink; a sink can fail as it likes, nothing that it does reaches the delivery.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from typing import Any

from ransel.infusion.condition import Condition
from ransel.infusion.event import Kind, PumpEvent
from ransel.pump.actions import Act, Action
from ransel.pump.answering import act, power_lost
from ransel.pump.controller import Controller, new_memory
from ransel.pump.delivery import Mode
from ransel.pump.drug_row import DrugRow
from ransel.pump.hardware import Device, Hardware
from ransel.pump.health import SOUND_HEALTH, Health
from ransel.pump.plant import Limits, Plant
from ransel.pump.programme import Library
from ransel.pump.readings import Readings
from ransel.pump.timing import fire, wanted_checks
from ransel.pump.watching import free_flow_at_nL, observe

Sink = Callable[[PumpEvent], None]

SETTLING_MOST = 50
"""A reading, what the controller does on it, and the reading after that come to rest within so many rounds, or there is
a defect."""


@dataclass(slots=True)
class Link:
    """The way from the pump to somebody who listens. It carries events away; there is no way in.

    Values:
        sink: takes events; what it raises is counted and otherwise ignored. up: whether events can leave now.
        broken: the listener fails at every event. failures: how often it did.
        waiting: what has not been taken yet, oldest first; the oldest goes when there is no room. lost: how many went.
    """

    sink: Sink | None = None
    up: bool = True
    broken: bool = False
    room: int = 10_000
    waiting: deque[PumpEvent] = field(default_factory=deque)
    failures: int = 0
    lost: int = 0

    def send(self, event: PumpEvent, now: datetime) -> None:
        """Let an event leave after those that wait already, as soon as it can."""
        if self.sink is None:
            return
        self.waiting.append(event)
        if len(self.waiting) > self.room:
            self.waiting.popleft()
            self.lost += 1
        self.deliver(now)

    def deliver(self, now: datetime) -> None:
        """Let leave what waits, in the order in which it was told, each once, until the listener fails."""
        while self.waiting and self.up and self.sink is not None:
            try:
                if self.broken:
                    raise ConnectionError("the listener fails")  # noqa: TRY301 - caught here like any other failure
                self.sink(replace(self.waiting[0], received_at=now))
            except Exception:  # noqa: BLE001 - whatever a listener does, the pump goes on
                self.failures += 1
                return
            self.waiting.popleft()


def limits_of(row: DrugRow | None, device: Device, flowed_nL: int | None) -> Limits:
    """Return what a controller with this row wants to be told of, and at which reading of the flow sensor."""
    return Limits(
        pressure_mmHg=row.occlusion_mmHg if row else None,
        vacuum_mmHg=row.upstream_mmHg if row else None,
        bubble_nL=row.bubble_nL if row else None,
        flowed_nL=flowed_nL,
        battery_mV=(device.battery_low_mV, device.battery_depleted_mV, device.battery_cut_mV),
        temperature_mC=(device.cold_mC - 1, device.cold_mC, device.hot_mC - 1, device.hot_mC, device.overheated_mC),
    )


class Twin:
    """One simulated pump, its container and its line; time is in ms since the twin began.

    Values:
        status_ms: how often the pump tells of itself; the device's own period when None.
        name: the pump's number. begins: the instant at which time 0 lies, aware.
        controller: of the pump that is in use. heard: called with every alarm that begins.
    """

    def __init__(
        self, hardware: Hardware, library: Library, *, name: str, begins: datetime, flow_error: float = 0.0,
        sink: Sink | None = None, administrator: str = "", status_ms: int | None = None,
    ) -> None:  # fmt: skip
        self.hardware, self.library, self.name, self.begins = hardware, library, name, begins
        self.device = replace(hardware.device, status_ms=status_ms or hardware.device.status_ms)
        self._begins_ms = round(begins.timestamp() * 1000)
        self.plant = Plant(hardware, flow_error=flow_error, clock_ms=self._begins_ms)
        self.link = Link(sink)
        self.now_ms = 0
        self.switched_on_ms = 0
        self.administrator = administrator
        self.controller = self._controller_off(None)
        self._seen_in: tuple[Mode, DrugRow | None] = (Mode.OFF, None)
        self._limits_of: tuple[DrugRow | None, int | None] = None, None
        self._limits_held = limits_of(None, self.device, None)
        self.seq = 0
        self.heard: Callable[[Condition, int], None] | None = None
        self.called = False

    # -- what people do

    def press(self, action: Action) -> str:
        """Press something at the pump; return why it refused, or nothing."""
        if action.act is Act.SWITCH_ON and self.controller.mode is Mode.OFF:
            if not self.plant.powered:
                return "not-now"
            self.controller = self._controller_off(self.controller)
            self.switched_on_ms = self.now_ms
            self.controller.readings = self.plant.readings()
        self._look()
        refused = act(self.controller, self.uptime_ms, action)
        self._settle(looked=True)
        return refused

    def touch(self, change: Callable[[Plant], None]) -> None:
        """Change something in the plant: open a clamp, attach a cassette, warm it up."""
        change(self.plant)
        if not self.plant.powered:
            power_lost(self.controller, self.uptime_ms)
        self._settle()

    def damage(self, health: Health) -> None:
        """Let parts fail or work again; the checks that will find it are set."""
        self.controller.health = health
        if self.controller.mode is not Mode.OFF:
            wanted_checks(self.controller, self.uptime_ms)
        self._settle()

    def child_presses(self, *acts: Act) -> None:
        """Let a child play with the keys."""
        for one in acts:
            self.press(Action(one))

    def set_link(self, up: bool) -> None:
        """Let the link go down, or come up again."""
        self.link.up = up
        self.link.deliver(self.now)

    def set_listener(self, works: bool) -> None:
        """Let whoever listens fail at every event, or work again."""
        self.link.broken = not works
        self.link.deliver(self.now)

    def replace_pump(self, name: str, flow_error: float) -> None:
        """Put another pump of the same kind in the place of this one; container and line stay."""
        power_lost(self.controller, self.uptime_ms)
        self.name, self.seq = name, 0
        self.plant.renew_pump(flow_error)
        self.controller = self._controller_off(None)
        self._settle()

    # -- time

    @property
    def now(self) -> datetime:
        """The present instant, aware."""
        return self.begins + timedelta(milliseconds=self.now_ms)

    @property
    def uptime_ms(self) -> int:
        """Time since switching on."""
        return self.now_ms - self.switched_on_ms

    def run(self, until_ms: int) -> None:
        """Let time pass until an instant, event by event, or until an alarm calls somebody."""
        self.called = False
        while (at := self.next_event_ms) is not None and at <= until_ms:
            self._pass_to(at)
            self._look()
            if self.controller.mode is not Mode.OFF:
                fire(self.controller, self.uptime_ms)
            self._settle(looked=True)
            if self.called:
                return
        self._pass_to(until_ms)

    @property
    def next_event_ms(self) -> int | None:
        """When something happens by itself."""
        if self.controller.mode is Mode.OFF:
            return None
        due = self.controller.timers.next_ms
        crossing = self.plant.next_crossing_ms(self._limits())
        times = [time for time in (None if due is None else due + self.switched_on_ms, crossing) if time is not None]
        return max(min(times), self.now_ms) if times else None

    def _pass_to(self, at_ms: int) -> None:
        if at_ms > self.now_ms:
            self.plant.advance(at_ms)
            self.now_ms = at_ms

    def _limits(self) -> Limits:
        row, flowed_nL = self.controller.row, free_flow_at_nL(self.controller)
        if self._limits_of != (row, flowed_nL):
            self._limits_of = row, flowed_nL
            self._limits_held = limits_of(row, self.device, flowed_nL)
        return self._limits_held

    def _look(self) -> None:
        """Let the controller see its sensors as they are now, before it decides anything."""
        readings = self.plant.readings()
        if not self._has_seen(readings):
            self._show(readings)

    def _has_seen(self, readings: Readings) -> bool:
        """Whether the controller has looked at these readings, in its mode and with the limits of its drug."""
        controller = self.controller
        seen = readings == controller.readings and (controller.mode, controller.row) == self._seen_in
        return seen or controller.mode is Mode.OFF

    def _show(self, readings: Readings) -> None:
        self._seen_in = self.controller.mode, self.controller.row
        observe(self.controller, self.uptime_ms, readings)
        if not self.plant.powered:
            power_lost(self.controller, self.uptime_ms)

    def _settle(self, *, looked: bool = False) -> None:
        """Bring motor, sound and sensors into line with the controller, until nothing changes any more.

        `looked`: the controller has just seen its sensors; as long as nothing is driven they show the same.
        """
        for _ in range(SETTLING_MOST):
            driven = self._drive()
            self._tell()
            readings = self.controller.readings if looked and not driven else self.plant.readings()
            looked = False
            if self._has_seen(readings):
                return
            self._show(readings)
            if self.plant.powered and self._at_rest:
                return
        raise RuntimeError("plant and controller do not come to rest")

    @property
    def _at_rest(self) -> bool:
        """Whether the controller made nothing of the last readings, so that looking again would show the same."""
        controller = self.controller
        moving = controller.push_nL or controller.motor_nL_per_h != self.plant.motor_nL_per_h
        return not controller.told and not moving

    def _drive(self) -> bool:
        """Do to the plant what the controller wants; return whether that is anything new."""
        controller, plant = self.controller, self.plant
        before = plant.motor_nL_per_h, plant.is_on, plant.sounding
        pushed, controller.push_nL = controller.push_nL, 0
        if pushed:
            plant.push(pushed)
        plant.set_motor(controller.motor_nL_per_h)
        plant.is_on = controller.mode is not Mode.OFF
        sound = controller.board.sound if plant.is_on and controller.board.lines else None
        plant.sounding = self.hardware.cells.sound_share[sound] if sound else 0.0
        return pushed != 0 or before != (plant.motor_nL_per_h, plant.is_on, plant.sounding)

    def _tell(self) -> None:
        told, self.controller.told = self.controller.told, []
        for kind, data in told:
            self.seq += 1
            if self.link.sink is not None:
                self.link.send(self._event(kind, data), self.now)
            if kind is Kind.ALARM_RAISED:
                self.called = True
                if self.heard is not None:
                    self.heard(Condition(str(data["condition"])), self.now_ms)

    def _event(self, kind: Kind, data: Mapping[str, Any]) -> PumpEvent:
        clock = datetime.fromtimestamp(self.plant.clock_ms / 1000, UTC)
        return PumpEvent(self.name, self.controller.kept.boot, self.seq, self.uptime_ms, kind, data, pump_time=clock)

    def _controller_off(self, before: Controller | None) -> Controller:
        kept = before.kept if before else new_memory(self.device)
        health = before.health if before else SOUND_HEALTH
        return Controller(self.device, self.library, kept, health=health, administrator=self.administrator)
