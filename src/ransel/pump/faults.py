"""Faults: what can go wrong with line, cassette, pump, sensors, link and people, each by one name.

A fault begins at an instant and ends after a while, or stays until somebody mends it. `occlusion@37h for 20min`,
`bubble=0.15@50h`, `clock-jump=-3h@2d`: a name, where it has one a number in the unit that the fault names, an instant
counted from connecting, a length.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from fractions import Fraction
from typing import Literal

from ransel.pump.actions import Act
from ransel.pump.battery import Battery
from ransel.pump.health import Health
from ransel.pump.plant import Plant
from ransel.pump.twin import Twin

Change = Callable[[Twin, float], None]
Place = Literal["line", "cassette", "pump", "sensor", "power", "clock", "inside", "link", "child", "people"]


@dataclass(frozen=True, slots=True)
class FaultKind:
    """One kind of fault.

    Values:
        unit: of its number, empty when it has none. usual: the number when none is given. least, most: bounds.
        begin, end: what it changes; `end` also stands for mending it.
    """

    name: str
    place: Place
    begin: Change
    end: Change
    unit: str = ""
    usual: Fraction = Fraction(0)
    least: Fraction = Fraction(0)
    most: Fraction = Fraction(0)


@dataclass(frozen=True, slots=True)
class Fault:
    """A fault of a run: what, from when, for how long; times in ms from connecting. No end: until somebody mends it."""

    kind: FaultKind
    at_ms: int
    lasts_ms: int | None = None
    number: Fraction = Fraction(0)

    @property
    def text(self) -> str:
        """As it was written, to the point."""
        number = f"={float(self.number):g}{self.kind.unit}" if self.kind.unit else ""
        lasts = "" if self.lasts_ms is None else f" for {self.lasts_ms / 60_000:g}min"
        return f"{self.kind.name}{number}@{self.at_ms / 3_600_000:g}h{lasts}"


def _plant(**values: object) -> Change:
    """Return a change that sets attributes of the plant; `...` stands for the number of the fault."""

    def change(twin: Twin, number: float) -> None:
        def touch(plant: Plant) -> None:
            for name, value in values.items():
                setattr(plant, name, number if value is ... else value)

        twin.touch(touch)

    return change


def _battery(change: Callable[[Battery, float], None]) -> Change:
    return lambda twin, number: twin.touch(lambda plant: change(plant.battery, number))


def _health(**values: bool) -> Change:
    def change(twin: Twin, _: float) -> None:
        health: Health = replace(twin.controller.health, **values)
        twin.damage(health)

    return change


def _flip(twin: Twin, number: float) -> None:
    """Turn over one bit of the programmed rate and not of its mirror."""
    controller = twin.controller
    programme = controller.kept.programme
    if programme is not None:
        critical = programme.critical.flipped("rate_nL_per_h", int(number))
        controller.kept = replace(controller.kept, programme=replace(programme, critical=critical))
    twin.damage(controller.health)


def _air(twin: Twin, volume: float) -> None:
    twin.touch(lambda plant: plant.add_air(volume))


def _run_freely(twin: Twin, height: float) -> None:
    """Let fluid through towards the child, with the pump at least so high above it that it runs."""
    twin.touch(lambda plant: setattr(plant, "height_m", max(plant.height_m, height)))
    twin.touch(lambda plant: setattr(plant, "free_flow", True))


def _jump(twin: Twin, hours: float) -> None:
    twin.touch(lambda plant: plant.clock.jump(round(hours * 3_600_000)))


def _drift(twin: Twin, per_million: float) -> None:
    twin.touch(lambda plant: plant.clock.drift(plant.now_ms, int(per_million)))


def _nothing(_: Twin, __: float) -> None:
    """Some faults are over as soon as they have begun."""


def _link(up: bool) -> Change:
    return lambda twin, _: twin.set_link(up=up)


def _kinds() -> tuple[FaultKind, ...]:
    at_rest = _plant(height_m=0.0)
    return (
        # the line
        FaultKind("occlusion", "line", _plant(blocked_below=True), _plant(blocked_below=False)),
        FaultKind("upstream-occlusion", "line", _plant(blocked_above=True), _plant(blocked_above=False)),
        FaultKind("bubble", "line", _air, _nothing, "mL", Fraction("0.15"), Fraction("0.001"), Fraction(5)),
        FaultKind("pump-low", "line", _plant(height_m=...), at_rest, "m", Fraction(-1), Fraction(-2), Fraction(0)),
        FaultKind("pump-high", "line", _plant(height_m=...), at_rest, "m", Fraction(1), Fraction(0), Fraction(2)),
        FaultKind("bag-low", "line", _plant(bag_below_pump_m=...), _plant(bag_below_pump_m=0.0), "m",
                  Fraction("0.3"), Fraction(0), Fraction(1)),
        FaultKind("back-pressure", "line", _plant(back_pressure_mmHg=...), _plant(back_pressure_mmHg=0.0), "mmHg",
                  Fraction(100), Fraction(0), Fraction(300)),
        FaultKind("thin-catheter", "line", _plant(thin_catheter=True), _plant(thin_catheter=False)),
        FaultKind("line-leak", "line", _plant(leak_mL_per_h=...), _plant(leak_mL_per_h=0.0), "mL/h",
                  Fraction(1), Fraction(0), Fraction(50)),
        FaultKind("line-off-child", "line", _plant(child_connected=False), _plant(child_connected=True)),
        FaultKind("free-flow", "line", _run_freely, _plant(free_flow=False, height_m=0.0), "m", Fraction("0.5"),
                  Fraction(0), Fraction(2)),
        FaultKind("valve-missing", "line", _plant(anti_siphon_valve=False), _plant(anti_siphon_valve=True)),
        # the cassette
        FaultKind("tube-shut", "cassette", _plant(tube_shut=True), _plant(tube_shut=False)),
        FaultKind("cassette-leak", "cassette", _plant(cassette_leak_mL_per_h=...), _plant(cassette_leak_mL_per_h=0.0),
                  "mL/h", Fraction(1), Fraction(0), Fraction(50)),
        FaultKind("latch-open", "cassette", _plant(latched=False), _plant(latched=True)),
        FaultKind("flow-stop-broken", "cassette", _plant(latch_open_flow=True), _plant(latch_open_flow=False)),
        # the pump
        FaultKind("flow-error", "pump", _plant(flow_error=...), _plant(flow_error=0.0), "", Fraction("0.06"),
                  Fraction("-0.5"), Fraction("0.5")),
        FaultKind("door-open", "pump", _plant(door_shut=False), _plant(door_shut=True)),
        FaultKind("pinch-leaks", "pump", _plant(pinch_leaks=True), _plant(pinch_leaks=False)),
        FaultKind("motor-stuck", "pump", _plant(motor_stuck=True), _plant(motor_stuck=False)),
        FaultKind("motor-slow", "pump", _plant(motor_speed=...), _plant(motor_speed=1.0), "", Fraction("0.8"),
                  Fraction(0), Fraction(2)),
        FaultKind("key-stuck", "pump", _plant(key_held=True), _plant(key_held=False)),
        FaultKind("hot", "pump", _plant(ambient_C=...), _plant(ambient_C=22.0), "°C", Fraction(50), Fraction(-20),
                  Fraction(80)),
        FaultKind("cold", "pump", _plant(ambient_C=...), _plant(ambient_C=22.0), "°C", Fraction(2), Fraction(-20),
                  Fraction(80)),
        FaultKind("damp", "pump", _plant(surroundings_fit=False), _plant(surroundings_fit=True)),
        # the sensors
        FaultKind("pressure-sensor-stuck", "sensor", _plant(pressure_sensor_stuck=True),
                  _plant(pressure_sensor_stuck=False)),
        FaultKind("upstream-sensor-off", "sensor", _plant(upstream_sensor_off=True), _plant(upstream_sensor_off=False)),
        FaultKind("air-sensor-blind", "sensor", _plant(air_sensor_blind=True), _plant(air_sensor_blind=False)),
        FaultKind("false-no-cassette", "sensor", _plant(cassette_unseen=True), _plant(cassette_unseen=False)),
        FaultKind("temperature-sensor-off", "sensor", _plant(temperature_offset_C=...),
                  _plant(temperature_offset_C=0.0), "°C", Fraction(30), Fraction(-60), Fraction(60)),
        FaultKind("loudspeaker-broken", "sensor", _plant(loudspeaker_broken=True), _plant(loudspeaker_broken=False)),
        # power
        FaultKind("battery-out", "power", _battery(lambda cells, _: setattr(cells, "present", False)),
                  _battery(lambda cells, _: setattr(cells, "present", True))),
        FaultKind("battery-weak", "power", _battery(lambda cells, share: cells.fresh(share)),
                  _battery(lambda cells, _: cells.fresh()), "", Fraction("0.3"), Fraction("0.001"), Fraction(1)),
        FaultKind("battery-defective", "power", _battery(lambda cells, _: setattr(cells, "defective", True)),
                  _battery(lambda cells, _: cells.fresh())),
        FaultKind("supply-out-of-range", "power", _plant(mains=True, supply_mV=...), _plant(mains=False), "mV",
                  Fraction(5000), Fraction(0), Fraction(30000)),
        # the clock
        FaultKind("clock-jump", "clock", _jump,
                  _nothing, "h", Fraction(3), Fraction(-100_000), Fraction(100_000)),
        FaultKind("clock-drift", "clock", _drift,
                  lambda twin, _: _drift(twin, 0.0), "ppm", Fraction(200),
                  Fraction(-100_000), Fraction(100_000)),
        # inside
        FaultKind("memory-damaged", "inside", _health(memory=False), _health(memory=True)),
        FaultKind("program-damaged", "inside", _health(program=False), _health(program=True)),
        FaultKind("processor-fails", "inside", _health(processor=False), _health(processor=True)),
        FaultKind("rate-bit-flips", "inside", _flip, _nothing, "bit", Fraction(20), Fraction(0), Fraction(30)),
        FaultKind("task-stalls", "inside", _health(delivery_task=False), _health(delivery_task=True)),
        FaultKind("watchdog-dead", "inside", _health(watchdog=False), _health(watchdog=True)),
        FaultKind("log-fails", "inside", _health(log=False), _health(log=True)),
        FaultKind("monitor-fails", "inside", _health(monitor=False), _health(monitor=True)),
        # people; what they change is done by whoever plays them
        FaultKind("stop-pressed", "child", lambda twin, _: twin.child_presses(Act.STOP), _nothing),
        FaultKind("switched-off", "child", lambda twin, _: twin.child_presses(Act.STOP, Act.SWITCH_OFF), _nothing),
        FaultKind("late-change", "people", _nothing, _nothing, "h", Fraction(3), Fraction(0), Fraction(48)),
        FaultKind("late-end", "people", _nothing, _nothing, "h", Fraction(3), Fraction(0), Fraction(48)),
        FaultKind("forgotten-start", "people", _nothing, _nothing, "h", Fraction(2), Fraction(0), Fraction(48)),
        FaultKind("wrong-cassette", "people", _nothing, _nothing),
        FaultKind("tenfold-rate", "people", _nothing, _nothing),
        FaultKind("wrong-display", "people", _nothing, _nothing, "mL", Fraction(300), Fraction(0), Fraction(999)),
        FaultKind("not-weighed", "people", _nothing, _nothing),
        # the link
        FaultKind("link-down", "link", _link(up=False), _link(up=True)),
        FaultKind("sink-fails", "link", lambda twin, _: twin.set_listener(works=False),
                  lambda twin, _: twin.set_listener(works=True)),
    )  # fmt: skip


KINDS: Mapping[str, FaultKind] = {kind.name: kind for kind in _kinds()}
"""Every fault by its name. Faults of people (`no-show`, `late-change`, …) belong to the run, see `people`."""
