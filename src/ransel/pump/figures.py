"""The figures that the plant calculates with, in mL, h, mmHg, mA and °C, made out of `hardware.toml`.

What is a fit (mark D) is fitted here, in sight, from the maker's figures.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass

from ransel.infusion.condition import Priority
from ransel.pump.battery_curve import Curve
from ransel.pump.hardware_file import HardwareFile

MMHG_PER_METRE = 9.80665 * 1000 / 133.322387415
"""A column of water one metre high."""
_MMHG_H_PER_ML = 1e-6 / 3600 / 133.322387415
"""Pa·s/m³ in mmHg per mL/h."""


@dataclass(frozen=True, slots=True)
class Fluid:
    """What makes fluid move, and what keeps it from moving.

    Values:
        per_metre: change of flow for each metre of pump and bag above the site; per_metre_of_bag: for each metre of bag
            above the pump. per_mmHg: flow lost for each mmHg against it, as a fraction of the commanded flow.
        room_C; per_degree_cold, per_degree_warm: change of flow for each degree below and above it.
        line_mL_per_mmHg, above_mL_per_mmHg: what line and upper tube give way. strongest_vacuum_mmHg: no stroke takes
            anything against it.
        line_mmHg_h_per_mL, catheter_mmHg_h_per_mL: resistance of the line, and of a thin catheter.
        valve_opens_mmHg: of the anti-siphon valve. detector_mL: the stretch of tube the air detector looks at.
    """

    per_metre: float
    per_metre_of_bag: float
    per_mmHg: float
    room_C: float
    per_degree_cold: float
    per_degree_warm: float
    line_mL_per_mmHg: float
    above_mL_per_mmHg: float
    strongest_vacuum_mmHg: float
    line_mmHg_h_per_mL: float
    catheter_mmHg_h_per_mL: float
    valve_opens_mmHg: float
    detector_mL: float


@dataclass(frozen=True, slots=True)
class Cells:
    """Four cells and what the pump takes from them.

    Values:
        curve: mV without load by the share that is used. cold_C, cold_share: so much capacity is left in the cold.
    """

    capacity_mAh: float
    standby_mA: float
    mAh_per_stroke: float
    sound_mA: float
    sound_share: Mapping[Priority, float]
    inner_ohm: float
    room_C: float
    cold_C: float
    cold_share: float
    switches_off_mV: int
    defective_mV: int
    curve: Curve


@dataclass(frozen=True, slots=True)
class Body:
    """How fast the pump takes on the warmth of its surroundings, and how much warmer it is by itself."""

    time_constant_h: float
    own_warmth_C: float


def fluid_of(file: HardwareFile) -> Fluid:
    """Return what makes fluid move, fitted to the middle of the maker's ranges."""
    maker, line = file.fluid.maker, file.fluid.line
    room = float(maker.room.value.magnitude)
    per_mmHg = _per_mmHg(file)
    catheter = -maker.thin_catheter.middle
    below, above = maker.below_site, maker.above_site
    return Fluid(
        # the two heights give one slope: the mean of a rise and a fall of the same length
        per_metre=(above.middle - below.middle) / float(above.at.value.magnitude + below.at.value.magnitude),
        per_metre_of_bag=-maker.bag_below.middle / float(maker.bag_below.at.value.magnitude),
        per_mmHg=per_mmHg,
        room_C=room,
        per_degree_cold=maker.cold.middle / (room - float(maker.cold.at.value.magnitude)),
        per_degree_warm=maker.warm.middle / (float(maker.warm.at.value.magnitude) - room),
        line_mL_per_mmHg=_compliance(file, per_mmHg),
        above_mL_per_mmHg=line.tube_above_mL_per_mmHg.value,
        strongest_vacuum_mmHg=float(line.strongest_vacuum_mmHg.value),
        line_mmHg_h_per_mL=_line_resistance(file),
        # a flow of 1 - loss through it loses that much: resistance = loss / (per_mmHg * (1 - loss) * rate)
        catheter_mmHg_h_per_mL=catheter / (per_mmHg * (1 - catheter) * float(maker.tested_rate.value.magnitude)),
        valve_opens_mmHg=float(line.valve_opens_mmHg.value),
        detector_mL=float(file.fluid.bubble.detector.value.magnitude),
    )


def _per_mmHg(file: HardwareFile) -> float:
    against = file.fluid.maker.back_pressure
    return -against.middle / against.at_mmHg.value


def _compliance(file: HardwareFile, per_mmHg: float) -> float:
    """Return what the line gives way, in mL/mmHg, so that this much pushed into it makes this pressure.

    Against a pressure p a stroke gives 1 - per_mmHg * p of itself, so that after pushing N the pressure is
    (1 - exp(-per_mmHg * N / C)) / per_mmHg.
    """
    line = file.fluid.line
    return (
        -per_mmHg
        * float(line.pushed_until_alarm.value.magnitude)
        / math.log1p(-per_mmHg * line.alarm_mmHg.value)
    )  # fmt: skip


def _line_resistance(file: HardwareFile) -> float:
    """Return the resistance of a straight round tube (Hagen and Poiseuille), in mmHg per mL/h."""
    line = file.fluid.line
    radius_m = float(line.inner_width.value.magnitude) / 2
    viscosity_Pa_s = line.viscosity_mPa_s.value / 1000
    return 8 * viscosity_Pa_s * float(line.length.value.magnitude) / (math.pi * radius_m**4) * _MMHG_H_PER_ML


def cells_of(file: HardwareFile) -> Cells:
    """Return the cells."""
    battery, maker = file.battery, file.fluid.maker
    return Cells(
        capacity_mAh=float(battery.capacity_mAh.value),
        standby_mA=battery.standby_mA.value,
        mAh_per_stroke=battery.mAh_per_stroke.value,
        sound_mA=battery.sound_mA.value,
        sound_share={priority: float(getattr(battery.sound_share, priority).value.magnitude) for priority in Priority},
        inner_ohm=battery.inner_ohm.value,
        room_C=float(maker.room.value.magnitude),
        cold_C=float(maker.cold.at.value.magnitude),
        cold_share=float(battery.cold_capacity.value.magnitude),
        switches_off_mV=battery.switches_off_mV.value,
        defective_mV=battery.defective_mV.value,
        curve=Curve.of(battery.curve.value),
    )


def body_of(file: HardwareFile) -> Body:
    """Return the body."""
    return Body(float(file.warmth.time_constant.value.magnitude), file.warmth.own_warmth_C.value)


def load_mA(cells: Cells, strokes_per_h: float, sound_share: float) -> float:
    """Return what the cells give on average: standing by, for the strokes, for the sound."""
    return cells.standby_mA + cells.mAh_per_stroke * strokes_per_h + cells.sound_mA * sound_share
