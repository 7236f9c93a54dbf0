"""The plant: everything about one pump and its child that is physics. Truth in float64; the controller never sees it.

`advance` goes to an instant in one step, `next_crossing_ms` says when a reading will first reach a limit, `readings`
is what the sensors tell. Between two of its events nothing is calculated.
"""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass

from ransel.pump.battery import Battery
from ransel.pump.circuit import Circuit
from ransel.pump.device import AN_HOUR_MS
from ransel.pump.figures import load_mA
from ransel.pump.hardware import Hardware
from ransel.pump.own_clock import OwnClock
from ransel.pump.readings import Readings
from ransel.pump.stage import NEVER
from ransel.pump.warmth import Warmth

NL_PER_ML = 1e6
A_HAIR = 1e-6
"""In mmHg, nL, mV and thousandths of a degree. A value so close to a limit has reached it."""


@dataclass(frozen=True, slots=True)
class Limits:
    """What the controller wants to be told of as soon as a reading reaches it; None and () for nothing.

    Values:
        pressure_mmHg, vacuum_mmHg, bubble_nL: rising to it. bubble_ends: a bubble has passed whole.
        flowed_nL: rising to it, where a flow sensor is fitted.
        battery_mV: falling to one of these. temperature_mC: reaching one of these, from either side.
    """

    pressure_mmHg: int | None = None
    vacuum_mmHg: int | None = None
    bubble_nL: int | None = None
    bubble_ends: bool = True
    flowed_nL: int | None = None
    battery_mV: tuple[int, ...] = ()
    temperature_mC: tuple[int, ...] = ()


class Plant(Circuit):
    """One pump, its container, its line, its child. Every attribute may be changed; it holds from now on.

    Values, beside those of `Circuit`:
        now_ms: time that really passed; it begins at started_ms, the pump's own clock at clock_ms.
        motor_nL_per_h: commanded.
        is_on: switched on; off, it takes nothing from the cells. sounding: for what share of the time the loudspeaker
            takes from them.
        mains, supply_mV: an outside supply and what it gives.
        motor_stuck; motor_speed: 1 is as commanded. flow_sensor: one is fitted.
        upstream_sensor_off, air_sensor_blind, temperature_offset_C, cassette_unseen, loudspeaker_broken: of sensors.
        door_shut, surroundings_fit, key_held: as they are.
        battery, clock, warmth: parts with their own attributes.
    """

    __slots__ = (
        "_hardware",
        "_pressure_stuck_at",
        "_right_clock",
        "air_sensor_blind",
        "battery",
        "cassette_unseen",
        "clock",
        "door_shut",
        "flow_sensor",
        "is_on",
        "key_held",
        "loudspeaker_broken",
        "mains",
        "motor_nL_per_h",
        "motor_speed",
        "motor_stuck",
        "now_ms",
        "sounding",
        "supply_mV",
        "surroundings_fit",
        "temperature_offset_C",
        "upstream_sensor_off",
        "warmth",
    )

    def __init__(self, hardware: Hardware, *, flow_error: float = 0.0, started_ms: int = 0, clock_ms: int = 0) -> None:
        super().__init__(hardware.fluid, flow_error)
        self._hardware = hardware
        self.now_ms = started_ms
        self._right_clock = OwnClock(started_ms, clock_ms)
        self.surroundings_fit = True
        self.mains = self.flow_sensor = False
        self.supply_mV = 0
        self.renew_pump()

    def renew_pump(self, flow_error: float | None = None) -> None:
        """Put another sound pump of the same kind in the place of this one; container, line and child stay.

        `flow_error`: of the other pump; None when it errs as this one.
        """
        hardware = self._hardware
        self.flow_error = self.flow_error if flow_error is None else flow_error
        self.motor_nL_per_h = 0
        self.motor_speed = 1.0
        self.battery = Battery(hardware.cells)
        self.warmth = Warmth(hardware.body, self.ambient_C)
        self.clock = OwnClock(self.now_ms, self._right_clock.read(self.now_ms))
        self.pinch_leaks = False
        self.seen_mL = self.flow_sensor_error = 0.0
        self.is_on = self.door_shut = True
        self.motor_stuck = self.key_held = False
        self.sounding = 0.0
        self.upstream_sensor_off = self.air_sensor_blind = False
        self.cassette_unseen = self.loudspeaker_broken = False
        self.temperature_offset_C = 0.0
        self._pressure_stuck_at: int | None = None

    # ------------------------------------------------------------------ commands

    def set_motor(self, rate_nL_per_h: int) -> None:
        """Let the motor turn at this nominal rate from now on; 0 stands still."""
        self.motor_nL_per_h = rate_nL_per_h

    def push(self, nominal_nL: int) -> None:
        """Move this much at once: a rest of a stroke, priming; negative, to take pressure off the line."""
        if not self.motor_stuck:
            super().push(nominal_nL)

    def advance(self, to_ms: int) -> None:
        """Go to this instant; raises ValueError when it lies in the past."""
        if to_ms <= self.now_ms:
            if to_ms < self.now_ms:
                raise ValueError(f"time only goes forward: from {self.now_ms} ms to {to_ms} ms")
            return
        hours = (to_ms - self.now_ms) / AN_HOUR_MS
        self.battery.used_mAh += self.load_mA * hours
        self.warmth.advance(hours, self.warmth.towards_C(self.ambient_C, self.is_on))
        self._run(self._turning, hours)
        self.now_ms = to_ms

    # ------------------------------------------------------------------ power

    @property
    def supplied(self) -> bool:
        """Whether the outside supply carries the pump."""
        if not self.mains:
            return False
        device = self._hardware.device
        return device.supply_low_mV <= self.supply_mV <= device.supply_high_mV

    @property
    def load_mA(self) -> float:
        """What the cells give."""
        if self.supplied or not self.is_on or not self.battery.present:
            return 0.0
        return load_mA(self._hardware.cells, self._turning * NL_PER_ML / self._hardware.stroke_nL, self.sounding)

    @property
    def powered(self) -> bool:
        """Whether cells or supply can carry the pump; when not, whoever drives the plant switches it off."""
        limit = self._hardware.cells.switches_off_mV + A_HAIR
        return self.supplied or self.battery.mV(self.load_mA, self.ambient_C) > limit

    @property
    def _turning(self) -> float:
        return 0.0 if self.motor_stuck else self.motor_nL_per_h / NL_PER_ML * self.motor_speed

    # ------------------------------------------------------------------ sensors

    @property
    def clock_ms(self) -> int:
        """What the pump's own clock shows."""
        return self.clock.read(self.now_ms)

    @property
    def pressure_sensor_stuck(self) -> bool:
        """Whether the pressure sensor goes on telling what it told when it got stuck."""
        return self._pressure_stuck_at is not None

    @pressure_sensor_stuck.setter
    def pressure_sensor_stuck(self, stuck: bool) -> None:
        self._pressure_stuck_at = self._pressure_told() if stuck else None

    @property
    def pressure_mmHg(self) -> float:
        """Pressure in the line below the pump."""
        fluid = self._fluid
        pressure = self._held / fluid.line_mL_per_mmHg
        if self.child_connected:
            pressure += self.back_pressure_mmHg
            if self.thin_catheter and not self._blocked_below:
                pressure += fluid.catheter_mmHg_h_per_mL * self.flow_mL_per_h
        return pressure

    @property
    def vacuum_mmHg(self) -> float:
        """Vacuum in the tube above the pump."""
        return self._drawn / self._fluid.above_mL_per_mmHg

    @property
    def flow_mL_per_h(self) -> float:
        """What moves past the pump now."""
        return 0.0 if self.is_dry else self._stage(self._turning, self._fall())[0]

    def readings(self) -> Readings:
        """Return what every sensor tells now."""
        attached = self._attached and not self.cassette_unseen
        body = (self.warmth.body_C + self.temperature_offset_C) * 1000.0
        return Readings(
            pressure_mmHg=self._pressure_told(),
            vacuum_mmHg=0 if self.upstream_sensor_off else int(self.vacuum_mmHg + A_HAIR),
            bubble_nL=0 if self.air_sensor_blind else int(self.bubble_mL * NL_PER_ML + A_HAIR),
            temperature_mC=math.floor(body + 0.5 + A_HAIR),
            battery_mV=math.ceil(self.battery.mV(self.load_mA, self.ambient_C) - A_HAIR),
            mains=self.mains,
            supply_mV=self.supply_mV if self.mains else 0,
            flowed_nL=math.floor(self.seen_mL * NL_PER_ML + A_HAIR) if self.flow_sensor else None,
            cassette=attached,
            latched=attached and self.latched,
            door_shut=self.door_shut,
            surroundings_fit=self.surroundings_fit,
            clock_ms=self.clock_ms,
            motor_turns=not self.motor_stuck or self.motor_nL_per_h == 0,
            sound=not self.loudspeaker_broken,
            key_held=self.key_held,
        )

    def _pressure_told(self) -> int:
        return int(self.pressure_mmHg + A_HAIR) if self._pressure_stuck_at is None else self._pressure_stuck_at

    # ------------------------------------------------------------------ what comes

    def next_crossing_ms(self, limits: Limits) -> int | None:
        """Return the first instant after now at which a reading reaches one of these limits; None when none does.

        Rounded up to a whole millisecond: at that instant the reading has reached it. A limit that is reached already
        is not told again.
        """
        hours = min(self._hours_to_fluid(limits), self._hours_to_voltage(limits), self._hours_to_warmth(limits))
        return None if hours == NEVER else self.now_ms + max(math.ceil(hours * AN_HOUR_MS), 1)

    def _hours_to_fluid(self, limits: Limits) -> float:
        line = drawn = 0.0
        if limits.pressure_mmHg is not None and self._blocked_below and self._pressure_stuck_at is None:
            line = (limits.pressure_mmHg - A_HAIR - self.pressure_mmHg) * self._fluid.line_mL_per_mmHg
        if limits.vacuum_mmHg is not None and not self.upstream_sensor_off:
            drawn = (limits.vacuum_mmHg - A_HAIR - self.vacuum_mmHg) * self._fluid.above_mL_per_mmHg
        passing = tuple(self._passing(limits)) if self._air_waiting or self.flow_sensor else ()
        return self._hours_to(self._turning, line, drawn, passing)

    def _passing(self, limits: Limits) -> Iterator[float]:
        """Return the volumes past the pump that matter: of air, and of what the flow sensor sees."""
        waiting = self._air_waiting
        if waiting and not self.air_sensor_blind:
            if limits.bubble_ends:
                yield waiting
            if limits.bubble_nL is not None:
                missing = (limits.bubble_nL - A_HAIR) / NL_PER_ML - self.bubble_mL
                if missing <= waiting:
                    yield missing
        if limits.flowed_nL is not None and self.flow_sensor:
            yield ((limits.flowed_nL - A_HAIR) / NL_PER_ML - self.seen_mL) / (1.0 + self.flow_sensor_error)

    def _hours_to_voltage(self, limits: Limits) -> float:
        return self.battery.hours_to(limits.battery_mV, A_HAIR, self.load_mA, self.ambient_C)

    def _hours_to_warmth(self, limits: Limits) -> float:
        towards = self.warmth.towards_C(self.ambient_C, self.is_on)
        rising = towards > self.warmth.body_C
        if abs(towards - self.warmth.body_C) < A_HAIR:
            return NEVER
        # a reading is rounded: rising it reaches a limit half a step before it, falling half a step after it
        half = -0.5 if rising else 0.5 - A_HAIR
        limits_C = ((mC + half) / 1000.0 - self.temperature_offset_C for mC in limits.temperature_mC)
        return min((self.warmth.hours_to(limit, towards) for limit in limits_C), default=NEVER)
