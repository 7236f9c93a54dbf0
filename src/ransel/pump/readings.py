"""What the sensors of the pump tell its controller, in whole numbers."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Readings:
    """One look at every sensor.

    Values:
        pressure_mmHg: in the line below the pump, above rest. vacuum_mmHg: in the tube above the pump, below rest.
        bubble_nL: air that has gone by the detector without fluid between; 0 when fluid stands there.
        temperature_mC: inside the pump, in thousandths of a degree. battery_mV: under the present load.
        mains: an outside supply is there. supply_mV: what it gives.
        flowed_nL: what a flow sensor has seen go by since it was switched on; None where none is fitted.
        cassette: something is attached. latched: its latch is shut and its flow stop open. door_shut: the cover.
        surroundings_fit: humidity and air pressure are within what the pump is made for.
        clock_ms: the clock of the pump, in milliseconds since 1970; its own belief.
        motor_turns: the motor does what it was told. sound: the loudspeaker is heard by its own microphone.
        key_held: a key is down.
    """

    pressure_mmHg: int = 0
    vacuum_mmHg: int = 0
    bubble_nL: int = 0
    temperature_mC: int = 22_000
    battery_mV: int = 6_000
    mains: bool = False
    supply_mV: int = 0
    flowed_nL: int | None = None
    cassette: bool = False
    latched: bool = False
    door_shut: bool = True
    surroundings_fit: bool = True
    clock_ms: int = 0
    motor_turns: bool = True
    sound: bool = True
    key_held: bool = False
