"""The figures of the pump: each has a ground, limits that a standard names are kept, fits are where they say."""

from dataclasses import fields
from math import log1p

import pytest

from ransel.evidence import Confidence
from ransel.protocols import Library
from ransel.protocols.reading import read_toml, validate
from ransel.protocols.shelf import sourced_values
from ransel.pump.battery_curve import Curve
from ransel.pump.device import device_of
from ransel.pump.hardware import FILE, Device, device, hardware
from ransel.pump.hardware_file import HardwareFile

PUMP = hardware()
LIBRARY_SOURCES = FILE.parent / "library" / "sources.toml"
KNOWN_SOURCES = {*Library().sources, *read_toml(LIBRARY_SOURCES), *PUMP.file.sources}
FIGURES = dict(sourced_values(PUMP.file))


@pytest.mark.parametrize("place", FIGURES)
def test_every_figure_has_a_source_that_is_listed_or_says_why_it_is_assumed(place):
    figure = FIGURES[place]
    if figure.confidence is Confidence.ASSUMED:
        assert figure.note
    else:
        assert figure.source in KNOWN_SOURCES


def test_the_file_is_read_once():
    assert hardware() is PUMP
    assert device() is PUMP.device


def test_the_controller_gets_whole_numbers_only():
    values = [getattr(PUMP.device, field.name) for field in fields(Device) if field.name != "firmware"]
    flat = [number for value in values for number in (sum(value, ()) if isinstance(value, tuple) else (value,))]
    assert all(type(number) is int for number in flat)


def test_the_periods_that_a_standard_limits_stay_inside_it():
    of = PUMP.device
    assert of.self_test_ms <= of.self_test_most_ms == 70_000
    assert of.battery_read_ms <= of.battery_read_most_ms == 180_000
    assert (of.watchdog_interrupt_ms, of.watchdog_alarm_ms) == (90_000, 180_000)
    assert (of.silence_ms, of.reminder_ms, of.key_held_ms) == (120_000, 900_000, 60_000)
    assert (of.entry_idle_ms, of.entry_clear_ms) == (300_000, 600_000)
    assert of.processor_check_ms == 3_600_000
    assert (of.hot_mC, of.overheated_mC) == (45_000, 55_000)
    assert of.entry_idle_ms < of.sleep_ms <= of.sleep_most_ms == 24 * 3_600_000
    assert of.sleep_ms % of.sleep_step_ms == 0


def test_the_log_holds_a_month_and_a_thousand_faults():
    assert PUMP.device.log_faults >= 1000
    assert PUMP.device.log_days >= 30
    entries_of_a_day = 24 * 3_600_000 // PUMP.device.status_ms + 50
    assert PUMP.device.log_events >= PUMP.device.log_days * entries_of_a_day


def test_warnings_of_the_battery_come_in_order_and_hours_ahead():
    of = PUMP.device
    assert of.battery_low_mV > of.battery_depleted_mV > of.battery_cut_mV > of.battery_defective_mV
    assert of.battery_low_minutes == 12 * 60
    voltages, minutes = zip(*of.battery_minutes, strict=True)
    assert list(voltages) == sorted(voltages, reverse=True)
    assert list(minutes) == sorted(minutes, reverse=True)
    assert minutes[-1] == 0


def test_the_volumes_of_a_cassette_full_primed_and_delivered_can_be_entered():
    for volume in (250_000_000, 245_000_000, 240_000_000):
        step = next(step for below, step in PUMP.device.volume_steps_nL if volume < below)
        assert volume % step == 0
        assert PUMP.device.volume_least_nL <= volume <= PUMP.device.volume_most_nL


def test_the_compliance_makes_ten_psi_of_what_another_pump_pushes_until_it_alarms():
    fluid = PUMP.fluid
    pushed = -log1p(-fluid.per_mmHg * 517) * fluid.line_mL_per_mmHg / fluid.per_mmHg
    assert pushed == pytest.approx((5 * 0.1 + 0.5 * 50 / 60 + 5 * 5 / 60) / 3, abs=1e-3)
    assert PUMP.device.compliance_nL_per_mmHg == round(fluid.line_mL_per_mmHg * 1e6)


def test_a_figure_that_is_no_whole_number_of_nanolitres_is_refused():
    tables = read_toml(FILE)
    tables["cam"]["stroke"] = {"value": "0.0000005 mL", "confidence": "A", "note": "half a nanolitre"}
    with pytest.raises(ValueError, match="whole"):
        device_of(validate(HardwareFile, tables, "test"), PUMP.cells, PUMP.fluid.line_mL_per_mmHg)


def test_a_discharge_curve_is_read_in_both_directions():
    curve = PUMP.cells.curve
    for used in (0.0, 0.01, 0.2, 0.77, 0.999, 1.0):
        assert curve.used_at(curve.mV_at(used)) == pytest.approx(used)


def test_a_discharge_curve_that_rises_is_refused():
    with pytest.raises(ValueError, match="falls"):
        Curve.of(((0, 6000), (500, 6100), (1000, 3000)))
