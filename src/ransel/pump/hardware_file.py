"""`hardware.toml` as it is read: every figure of the pump with its source."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date

from ransel.evidence import Sourced
from ransel.protocols.reading import Record
from ransel.protocols.shelf import Source
from ransel.quantities import Duration, Length, Rate, Ratio, Temperature, Volume


class Spread(Record):
    """From where to where the delivered volume of 90 % of pumps lies, against the commanded one."""

    lowest: Sourced[Ratio]
    highest: Sourced[Ratio]

    @property
    def middle(self) -> float:
        """What this circumstance does to the usual pump, as a fraction of the flow."""
        return float((self.lowest.value.magnitude + self.highest.value.magnitude) / 2)


class SpreadAtHeight(Spread):
    """The same, at a height."""

    at: Sourced[Length]


class SpreadAtPressure(Spread):
    """The same, against a pressure."""

    at_mmHg: Sourced[int]


class SpreadAtTemperature(Spread):
    """The same, at a temperature."""

    at: Sourced[Temperature]


class MakerFile(Record):
    """What the maker of a pump of this kind measured."""

    tested_rate: Sourced[Rate]
    accuracy: Sourced[Ratio]
    room: Sourced[Temperature]
    below_site: SpreadAtHeight
    above_site: SpreadAtHeight
    bag_below: SpreadAtHeight
    back_pressure: SpreadAtPressure
    cold: SpreadAtTemperature
    warm: SpreadAtTemperature
    thin_catheter: Spread


class LineFile(Record):
    """The tubes."""

    pushed_until_alarm: Sourced[Volume]
    alarm_mmHg: Sourced[int]
    tube_above_mL_per_mmHg: Sourced[float]
    strongest_vacuum_mmHg: Sourced[int]
    length: Sourced[Length]
    inner_width: Sourced[Length]
    viscosity_mPa_s: Sourced[float]
    valve_opens_mmHg: Sourced[int]


class BubbleFile(Record):
    """The air detector."""

    detector: Sourced[Volume]


class FluidFile(Record):
    """Everything that flows."""

    maker: MakerFile
    line: LineFile
    bubble: BubbleFile


class SoundShare(Record):
    """How much of the time an alarm of each priority is heard; the rest is the pause between its bursts."""

    high: Sourced[Ratio]
    medium: Sourced[Ratio]
    low: Sourced[Ratio]


class BatteryFile(Record):
    """The cells and what the pump takes from them."""

    capacity_mAh: Sourced[int]
    standby_mA: Sourced[float]
    mAh_per_stroke: Sourced[float]
    sound_mA: Sourced[float]
    sound_share: SoundShare
    inner_ohm: Sourced[float]
    cold_capacity: Sourced[Ratio]
    switches_off_mV: Sourced[int]
    defective_mV: Sourced[int]
    curve: Sourced[tuple[tuple[int, int], ...]]


class WarmthFile(Record):
    """How the body follows its surroundings."""

    time_constant: Sourced[Duration]
    own_warmth_C: Sourced[float]


class CamFile(Record):
    """The cam that strokes the tube."""

    stroke: Sourced[Volume]
    stroke_lasts: Sourced[Duration]


class VolumeStep(Record):
    """Below this volume, volumes are entered in these steps."""

    below: Sourced[Volume]
    step: Sourced[Volume]


class DeviceFile(Record):
    """The parameters of the controller."""

    rate_least: Sourced[Rate]
    rate_most: Sourced[Rate]
    rate_step: Sourced[Rate]
    prime_rate: Sourced[Rate]
    prime_most: Sourced[Volume]
    volume_least: Sourced[Volume]
    volume_most: Sourced[Volume]
    flow_error: Sourced[Ratio]
    display_start: Sourced[Volume]
    firmware: Sourced[str]
    self_test_most: Sourced[Duration]
    self_test: Sourced[Duration]
    entry_idle: Sourced[Duration]
    entry_clear: Sourced[Duration]
    setup: Sourced[Duration]
    not_started: Sourced[Duration]
    reminder: Sourced[Duration]
    key_held: Sourced[Duration]
    sleep_most: Sourced[Duration]
    sleep_step: Sourced[Duration]
    sleep: Sourced[Duration]
    silence: Sourced[Duration]
    status: Sourced[Duration]
    watchdog_interrupt: Sourced[Duration]
    watchdog_alarm: Sourced[Duration]
    memory_check: Sourced[Duration]
    processor_check: Sourced[Duration]
    monitor_check: Sourced[Duration]
    flow_window: Sourced[Duration]
    flow_window_strokes: Sourced[int]
    free_flow: Sourced[Volume]
    clock_tolerance: Sourced[Duration]
    clock_earliest: Sourced[date]
    clock_latest: Sourced[date]
    restarts_most: Sourced[int]
    restarts_within: Sourced[Duration]
    battery_read: Sourced[Duration]
    battery_read_most: Sourced[Duration]
    battery_readings: Sourced[int]
    battery_low: Sourced[Duration]
    battery_depleted: Sourced[Duration]
    battery_at_rate: Sourced[Rate]
    battery_defective_mV: Sourced[int]
    battery_charging: Sourced[Duration]
    supply_low_mV: Sourced[int]
    supply_high_mV: Sourced[int]
    hot: Sourced[Temperature]
    overheated: Sourced[Temperature]
    works_from: Sourced[Temperature]
    log_days: Sourced[int]
    log_faults: Sourced[int]
    log_events: Sourced[int]
    volume_steps: tuple[VolumeStep, ...]


class HardwareFile(Record):
    """The whole of `hardware.toml`; `sources`: those that no protocol and no drug library cites."""

    sources: Mapping[str, Source]
    fluid: FluidFile
    battery: BatteryFile
    warmth: WarmthFile
    cam: CamFile
    device: DeviceFile
