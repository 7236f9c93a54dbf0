"""The parameters of the controller: whole nL, nL/h, ms, mV and thousandths of a degree, made out of `hardware.toml`."""

from __future__ import annotations

import math
from dataclasses import dataclass
from datetime import UTC, date, datetime
from fractions import Fraction
from itertools import pairwise

from ransel.pump.figures import Cells, load_mA
from ransel.pump.hardware_file import DeviceFile, HardwareFile
from ransel.quantities import Duration, Rate, Temperature, Volume

AN_HOUR_MS = 3_600_000


@dataclass(frozen=True, slots=True)
class Device:
    """The parameters of the controller, in whole numbers; their grounds are in `hardware.toml`.

    Values:
        volume_steps_nL: (below this volume, entered in these steps), smallest first.
        battery_minutes: (mV at the therapy's rate, minutes left until the pump switches off), fullest first.
        battery_rate_nL_per_h, battery_load_uA: that rate, and what it takes from the cells.
        battery_idle_uA, battery_stroke_nAh: what is taken all the time, and by a stroke.
        battery_low_mV, battery_depleted_mV: reached so early that ten readings later these minutes are left.
        battery_cut_mV: the pump switches off. battery_defective_mV: a set that stays below is defective.
        compliance_nL_per_mmHg: of the usual line, to know what an occlusion holds.
        flow_window_strokes: a flow sensor is compared over at least so many strokes. free_flow_nL: seen while the
            motor stands. clock_earliest_ms, clock_latest_ms: a clock outside is not set.
        flow_error_permille: how far the pump may be off. log_events, log_faults: entries that are kept.
    """

    firmware: str
    stroke_nL: int
    compliance_nL_per_mmHg: int
    rate_least_nL_per_h: int
    rate_most_nL_per_h: int
    rate_step_nL_per_h: int
    prime_rate_nL_per_h: int
    prime_most_nL: int
    volume_least_nL: int
    volume_most_nL: int
    volume_steps_nL: tuple[tuple[int, int], ...]
    flow_error_permille: int
    display_start_nL: int
    self_test_ms: int
    self_test_most_ms: int
    entry_idle_ms: int
    entry_clear_ms: int
    setup_ms: int
    not_started_ms: int
    reminder_ms: int
    key_held_ms: int
    sleep_ms: int
    sleep_step_ms: int
    sleep_most_ms: int
    silence_ms: int
    status_ms: int
    watchdog_interrupt_ms: int
    watchdog_alarm_ms: int
    memory_check_ms: int
    processor_check_ms: int
    monitor_check_ms: int
    flow_window_ms: int
    flow_window_strokes: int
    free_flow_nL: int
    clock_tolerance_ms: int
    clock_earliest_ms: int
    clock_latest_ms: int
    restarts_most: int
    restarts_within_ms: int
    battery_read_ms: int
    battery_read_most_ms: int
    battery_readings: int
    battery_minutes: tuple[tuple[int, int], ...]
    battery_rate_nL_per_h: int
    battery_load_uA: int
    battery_idle_uA: int
    battery_stroke_nAh: int
    battery_low_minutes: int
    battery_depleted_minutes: int
    battery_low_mV: int
    battery_depleted_mV: int
    battery_cut_mV: int
    battery_defective_mV: int
    battery_charging_ms: int
    supply_low_mV: int
    supply_high_mV: int
    hot_mC: int
    overheated_mC: int
    cold_mC: int
    log_days: int
    log_faults: int
    log_events: int

    def battery_minutes_at(self, mV: int) -> int:
        """Return the minutes left at the therapy's rate; between two rows of the table they lie on a line."""
        for (upper, most), (lower, least) in pairwise(self.battery_minutes):
            if mV >= lower:
                return least + (min(mV, upper) - lower) * (most - least) // (upper - lower)
        return 0

    def load_uA(self, rate_nL_per_h: int) -> int:
        """Return what the cells give at a rate."""
        return self.battery_idle_uA + self.battery_stroke_nAh * rate_nL_per_h // (self.stroke_nL * 1000)


def device_of(file: HardwareFile, cells: Cells, line_mL_per_mmHg: float) -> Device:
    """Return the parameters of the controller; raises ValueError for a value that is not whole in its unit."""
    stroke_nL = whole_nL(file.cam.stroke.value)
    at = file.device
    settled = math.ceil(_minutes(at.battery_read.value) * at.battery_readings.value)
    load = load_mA(cells, _nL_per_h(at.battery_at_rate.value) / stroke_nL, sound_share=0.0)
    low, depleted = (int(_minutes(time.value)) for time in (at.battery_low, at.battery_depleted))
    return Device(
        firmware=at.firmware.value,
        stroke_nL=stroke_nL,
        rate_least_nL_per_h=_nL_per_h(at.rate_least.value),
        rate_most_nL_per_h=_nL_per_h(at.rate_most.value),
        rate_step_nL_per_h=_nL_per_h(at.rate_step.value),
        prime_rate_nL_per_h=_nL_per_h(at.prime_rate.value),
        prime_most_nL=whole_nL(at.prime_most.value),
        compliance_nL_per_mmHg=round(line_mL_per_mmHg * 1_000_000),
        volume_least_nL=whole_nL(at.volume_least.value),
        volume_most_nL=whole_nL(at.volume_most.value),
        volume_steps_nL=tuple((whole_nL(row.below.value), whole_nL(row.step.value)) for row in at.volume_steps),
        flow_error_permille=int(at.flow_error.value.magnitude * 1000),
        display_start_nL=whole_nL(at.display_start.value),
        flow_window_strokes=at.flow_window_strokes.value,
        free_flow_nL=whole_nL(at.free_flow.value),
        clock_earliest_ms=_midnight_ms(at.clock_earliest.value),
        clock_latest_ms=_midnight_ms(at.clock_latest.value),
        restarts_most=at.restarts_most.value,
        battery_readings=at.battery_readings.value,
        battery_minutes=_battery_table(cells, load),
        battery_rate_nL_per_h=_nL_per_h(at.battery_at_rate.value),
        battery_load_uA=round(load * 1000),
        battery_idle_uA=round(cells.standby_mA * 1000),
        battery_stroke_nAh=round(cells.mAh_per_stroke * 1_000_000),
        battery_low_minutes=low,
        battery_depleted_minutes=depleted,
        battery_low_mV=_mV_at(cells, load, low + settled),
        battery_depleted_mV=_mV_at(cells, load, depleted + settled),
        battery_cut_mV=cells.switches_off_mV,
        battery_defective_mV=at.battery_defective_mV.value,
        supply_low_mV=at.supply_low_mV.value,
        supply_high_mV=at.supply_high_mV.value,
        hot_mC=_mC(at.hot.value),
        overheated_mC=_mC(at.overheated.value),
        cold_mC=_mC(at.works_from.value),
        log_days=at.log_days.value,
        log_faults=at.log_faults.value,
        log_events=at.log_events.value,
        **_times(at),
    )


def _minutes_left(cells: Cells, load: float, mV: float) -> float:
    """Return how long the cells last at this load until the pump switches off, from this voltage under it."""
    sag = load * cells.inner_ohm
    used = cells.curve.used_at(cells.switches_off_mV + sag) - cells.curve.used_at(mV + sag)
    return used * cells.capacity_mAh / load * 60


def _mV_at(cells: Cells, load: float, minutes: float) -> int:
    """Return the voltage under this load from which so many minutes are left; rounded up, never late."""
    sag = load * cells.inner_ohm
    used = cells.curve.used_at(cells.switches_off_mV + sag) - minutes / 60 * load / cells.capacity_mAh
    return math.ceil(cells.curve.mV_at(used) - sag)


def _battery_table(cells: Cells, load: float) -> tuple[tuple[int, int], ...]:
    sag = load * cells.inner_ohm
    knots = [mV - sag for mV in cells.curve.mV if mV - sag > cells.switches_off_mV]
    return tuple((round(mV), int(_minutes_left(cells, load, mV))) for mV in (*knots, cells.switches_off_mV))


_TIMES = (
    "self_test",
    "self_test_most",
    "entry_idle",
    "entry_clear",
    "setup",
    "not_started",
    "reminder",
    "key_held",
    "sleep",
    "sleep_step",
    "sleep_most",
    "silence",
    "status",
    "watchdog_interrupt",
    "watchdog_alarm",
    "memory_check",
    "processor_check",
    "monitor_check",
    "flow_window",
    "restarts_within",
    "clock_tolerance",
    "battery_charging",
    "battery_read",
    "battery_read_most",
)


def _times(at: DeviceFile) -> dict[str, int]:
    return {f"{name}_ms": whole_ms(getattr(at, name).value) for name in _TIMES}


def _whole(number: object) -> int:
    """Return a number that must be whole; raises ValueError when the file gives a part of the smallest unit."""
    whole = int(number)  # type: ignore[call-overload]
    if whole != number:
        raise ValueError(f"{number} is not a whole number of the controller's unit")
    return int(whole)


def whole_nL(volume: Volume) -> int:
    """Return a volume in nL."""
    return _whole(volume.magnitude * 1_000_000)


def _nL_per_h(rate: Rate) -> int:
    return _whole(rate.magnitude * 1_000_000)


def whole_ms(time: Duration) -> int:
    """Return a time in ms."""
    return _whole(time.magnitude * AN_HOUR_MS)


def _minutes(time: Duration) -> Fraction:
    return time.magnitude * 60


def _midnight_ms(day: date) -> int:
    return round(datetime(day.year, day.month, day.day, tzinfo=UTC).timestamp() * 1000)


def _mC(temperature: Temperature) -> int:
    return _whole(temperature.magnitude * 1000)
