"""What the sensors tell: air, cells, warmth, clock, and sensors that fail."""

import math
from itertools import pairwise

import pytest
from pump.plants import A_MINUTE, AN_HOUR, DEVICE, HARDWARE, LIMITS, after, missing, running

from ransel.pump.plant import Limits, Plant

# ------------------------------------------------------------------ readings at their limits


@pytest.mark.parametrize(
    ("changed", "limits", "told"),
    [
        ({"blocked_below": True}, Limits(pressure_mmHg=517), "pressure_mmHg"),
        ({"blocked_above": True}, Limits(vacuum_mmHg=52), "vacuum_mmHg"),
        ({"flow_sensor": True}, Limits(flowed_nL=1_234_567), "flowed_nL"),
        ({"ambient_C": 50.0}, Limits(temperature_mC=(45_000,)), "temperature_mC"),
    ],
)
def test_a_rising_reading_is_below_its_limit_until_the_very_millisecond(changed, limits, told):
    limit = next(value for value in (limits.pressure_mmHg, limits.vacuum_mmHg, limits.flowed_nL, 45_000) if value)
    plant = running(**changed)
    crossing = plant.next_crossing_ms(limits)
    plant.advance(crossing - 1)
    assert getattr(plant.readings(), told) == limit - 1
    plant.advance(crossing)
    assert getattr(plant.readings(), told) == limit


@pytest.mark.parametrize("limit", LIMITS.battery_mV)
def test_a_falling_voltage_is_above_its_limit_until_the_very_millisecond(limit):
    plant = running()
    crossing = plant.next_crossing_ms(Limits(battery_mV=(limit,)))
    plant.advance(crossing - 1)
    assert plant.readings().battery_mV == limit + 1
    plant.advance(crossing)
    assert plant.readings().battery_mV == limit


def test_a_limit_that_is_reached_already_is_not_told_again():
    plant = after(running(blocked_below=True), 1)
    assert plant.readings().pressure_mmHg > 517
    assert plant.next_crossing_ms(Limits(pressure_mmHg=517)) is None


def test_a_pump_that_stands_still_reaches_nothing():
    assert running(rate=0, is_on=False).next_crossing_ms(LIMITS) is None


def test_time_only_goes_forward():
    with pytest.raises(ValueError, match="forward"):
        after(running(), 1).advance(0)


# ------------------------------------------------------------------ air


def test_a_bubble_takes_the_place_of_drug_and_is_told_while_it_passes():
    plant = running()
    plant.add_air(0.15)
    plant.advance(plant.next_crossing_ms(Limits(bubble_nL=100_000)))
    assert plant.readings().bubble_nL == 100_000
    assert plant.now_ms == pytest.approx(0.1 / 2 * AN_HOUR, abs=1)
    assert (plant.left_mL, plant.into_child_mL) == (250, 0)
    after(plant, 1)
    assert plant.air_into_child_mL == pytest.approx(0.15)
    assert plant.into_child_mL + 0.15 == pytest.approx(2 * plant.now_ms / AN_HOUR)
    assert plant.readings().bubble_nL == 0


def test_a_small_bubble_is_told_whole_before_fluid_hides_it():
    plant = running()
    plant.add_air(0.03)
    plant.advance(plant.next_crossing_ms(Limits(bubble_nL=100_000)))
    assert plant.readings().bubble_nL == 30_000


def test_a_bubble_that_passes_into_a_blocked_line_comes_out_with_what_was_held():
    plant = running(blocked_below=True)
    plant.add_air(0.05)
    after(plant, 0.1)
    plant.blocked_below = False
    assert plant.air_into_child_mL == pytest.approx(0.05)
    assert missing(plant) < 1e-9


def test_air_goes_nowhere_when_the_line_is_not_on_the_child():
    plant = running(child_connected=False)
    plant.add_air(0.2)
    after(plant, 1)
    assert plant.air_into_child_mL == 0
    assert plant.accounts[1].primed_mL == pytest.approx(1.8)


# ------------------------------------------------------------------ cells and supply


def test_a_set_of_cells_outlasts_a_cassette_and_not_a_course():
    plant = running()
    plant.advance(plant.next_crossing_ms(Limits(battery_mV=(DEVICE.battery_cut_mV,))))
    assert 120 < plant.now_ms / AN_HOUR < 240
    assert not plant.powered


def test_the_low_battery_is_told_twelve_hours_and_ten_readings_before_the_pump_dies():
    plant = running()
    low = plant.next_crossing_ms(Limits(battery_mV=(DEVICE.battery_low_mV,)))
    dead = plant.next_crossing_ms(Limits(battery_mV=(DEVICE.battery_cut_mV,)))
    readings_ms = DEVICE.battery_readings * DEVICE.battery_read_ms
    assert 12 * AN_HOUR <= dead - low - readings_ms < 12.3 * AN_HOUR


def test_the_depleted_battery_is_told_five_minutes_and_ten_readings_before_the_pump_dies():
    plant = running()
    depleted = plant.next_crossing_ms(Limits(battery_mV=(DEVICE.battery_depleted_mV,)))
    dead = plant.next_crossing_ms(Limits(battery_mV=(DEVICE.battery_cut_mV,)))
    assert dead - depleted >= 5 * A_MINUTE + DEVICE.battery_readings * DEVICE.battery_read_ms


@pytest.mark.parametrize("hours", [1, 50, 100, 150])
def test_the_table_of_minutes_left_is_right_within_a_hundredth_at_the_rate_it_is_made_for(hours):
    plant = after(running(), hours)
    dead = plant.next_crossing_ms(Limits(battery_mV=(DEVICE.battery_cut_mV,)))
    mV = plant.readings().battery_mV
    table = DEVICE.battery_minutes
    above, below = next((a, b) for a, b in pairwise(table) if a[0] >= mV >= b[0])
    minutes = below[1] + (mV - below[0]) / (above[0] - below[0]) * (above[1] - below[1])
    assert minutes == pytest.approx((dead - plant.now_ms) / A_MINUTE, rel=0.01)


def test_cold_sound_and_weak_cells_each_shorten_the_time():
    def dead(plant):
        return plant.next_crossing_ms(Limits(battery_mV=(DEVICE.battery_cut_mV,)))

    weak = running()
    weak.battery.fresh(0.5)
    usual = dead(running())
    assert dead(running(ambient_C=2.0)) == pytest.approx(0.6 * usual, rel=1e-3)
    assert dead(weak) == pytest.approx(0.5 * usual, rel=1e-3)
    assert dead(running(sounding=True)) < 0.2 * usual


def test_an_outside_supply_spares_the_cells_only_while_its_voltage_is_right():
    plant = running(mains=True, supply_mV=7000)
    assert plant.next_crossing_ms(Limits(battery_mV=LIMITS.battery_mV)) is None
    assert after(plant, 100).battery.used_mAh == 0
    plant.supply_mV = 5000
    assert after(plant, 100).battery.used_mAh > 0


def test_cells_that_fall_out_or_are_defective_give_no_power():
    plant = running()
    plant.battery.present = False
    assert (plant.powered, plant.readings().battery_mV) == (False, 0)
    plant.battery.fresh()
    plant.battery.defective = True
    assert not plant.powered
    assert plant.readings().battery_mV < DEVICE.battery_defective_mV


# ------------------------------------------------------------------ warmth


def test_the_body_follows_its_surroundings_with_its_time_constant():
    plant = running(ambient_C=40.0)
    after(plant, 0.5)
    assert plant.readings().temperature_mC == round(1000 * (42 - 18 * math.exp(-1)))


def test_a_fault_that_heats_the_pump_is_told_and_so_is_a_sensor_that_lies():
    plant = running()
    plant.warmth.heating_C = 40.0
    hot = plant.next_crossing_ms(Limits(temperature_mC=(DEVICE.hot_mC,)))
    plant.temperature_offset_C = 10.0
    assert plant.next_crossing_ms(Limits(temperature_mC=(DEVICE.hot_mC,))) < hot
    assert plant.readings().temperature_mC == 34_000


def test_cooling_down_is_told_as_well():
    plant = after(running(ambient_C=60.0), 5)
    plant.ambient_C = 22.0
    crossing = plant.next_crossing_ms(Limits(temperature_mC=(DEVICE.hot_mC,)))
    plant.advance(crossing - 1)
    assert plant.readings().temperature_mC == DEVICE.hot_mC + 1
    plant.advance(crossing)
    assert plant.readings().temperature_mC == DEVICE.hot_mC


# ------------------------------------------------------------------ clock


def test_the_own_clock_drifts_jumps_and_stays_off_while_real_time_does_not():
    plant = Plant(HARDWARE, clock_ms=1_800_000_000_000)
    plant.clock.drift(plant.now_ms, 100)
    after(plant, 10)
    assert plant.readings().clock_ms == 1_800_000_000_000 + 36_003_600
    plant.clock.jump(-AN_HOUR)
    plant.clock.offset_ms = 1000
    assert plant.readings().clock_ms == 1_800_000_000_000 + 32_404_600
    plant.clock.drift(plant.now_ms, 0)
    after(plant, 1)
    assert plant.clock_ms == 1_800_000_000_000 + 36_004_600
    assert plant.now_ms == 11 * AN_HOUR


# ------------------------------------------------------------------ sensors and motor that fail


def test_a_stuck_pressure_sensor_goes_on_telling_what_it_told():
    plant = running(pressure_sensor_stuck=True, blocked_below=True)
    assert plant.next_crossing_ms(Limits(pressure_mmHg=517)) is None
    assert after(plant, 1).readings().pressure_mmHg == 0
    plant.pressure_sensor_stuck = False
    assert plant.readings().pressure_mmHg > 517


@pytest.mark.parametrize(
    ("fault", "told", "value"),
    [
        ("upstream_sensor_off", "vacuum_mmHg", 0),
        ("cassette_unseen", "cassette", False),
        ("loudspeaker_broken", "sound", False),
        ("motor_stuck", "motor_turns", False),
    ],
)
def test_a_failed_part_is_told_as_it_would_be(fault, told, value):
    plant = after(running(blocked_above=True, **{fault: True}), 0.1)
    assert getattr(plant.readings(), told) == value


def test_a_blind_air_sensor_tells_nothing_while_air_goes_by():
    plant = running(air_sensor_blind=True)
    plant.add_air(0.5)
    assert plant.next_crossing_ms(Limits(bubble_nL=100_000)) is None
    assert after(plant, 0.2).readings().bubble_nL == 0
    assert plant.air_into_child_mL == pytest.approx(0.4)


def test_a_stuck_motor_moves_nothing_and_a_fast_one_too_much():
    assert after(running(motor_stuck=True), 1).into_child_mL == 0
    assert after(running(motor_speed=1.11), 1).into_child_mL == pytest.approx(2.22)


def test_a_flow_sensor_tells_what_goes_by_with_its_own_error():
    plant = after(running(flow_sensor=True, flow_sensor_error=0.03, flow_error=0.1), 1)
    assert plant.readings().flowed_nL == pytest.approx(2_266_000, abs=1)
    assert running().readings().flowed_nL is None


def test_another_pump_in_its_place_is_sound_and_leaves_container_and_line_as_they_are():
    plant = after(running(blocked_below=True, flow_error=0.06), 0.1)
    held, left = plant.in_line_mL, plant.left_mL
    plant.motor_stuck = plant.key_held = True
    plant.clock.jump(5 * AN_HOUR)
    plant.renew_pump(flow_error=-0.02)
    assert (plant.in_line_mL, plant.left_mL, plant.flow_error) == (held, left, -0.02)
    assert (plant.motor_stuck, plant.key_held, plant.motor_nL_per_h) == (False, False, 0)
    assert plant.clock_ms == plant.now_ms
    assert plant.battery.used_mAh == 0
