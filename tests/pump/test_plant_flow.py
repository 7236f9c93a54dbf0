"""Where the fluid goes: the figures of the course, occlusion above and below, gravity, leaks."""

import pytest
from pump.plants import A_MINUTE, AN_HOUR, HARDWARE, LIMITS, TWO_ML_PER_H, after, missing, running
from pump.small_steps import LINE, SmallSteps

from ransel.pump.plant import Limits, Plant

# ------------------------------------------------------------------ the truths of the course


@pytest.mark.parametrize(("volume", "hours"), [(250, 117.92), (245, 115.57)])
def test_a_pump_that_is_six_per_cent_fast_empties_a_cassette_before_120_hours(volume, hours):
    plant = running(volume, flow_error=0.06)
    after(plant, hours - 0.01)
    assert plant.left_mL > 0
    after(plant, 0.02)
    assert plant.left_mL == 0
    assert plant.into_child_mL == pytest.approx(volume, abs=1e-9)


def test_a_pump_that_is_six_per_cent_slow_gives_225_mL_in_120_hours():
    assert after(running(flow_error=-0.06), 120).into_child_mL == pytest.approx(225.6, abs=1e-9)


def test_two_cassettes_changed_at_115_hours_last_232_9_hours_on_a_fast_pump():
    plant = after(running(flow_error=0.06), 115)
    first = plant.into_child_mL
    plant.attach(2, 250)
    after(plant, 117.92)
    assert plant.left_mL > 0
    after(plant, 0.01)
    assert plant.left_mL == 0
    assert plant.now_ms / AN_HOUR == pytest.approx(232.93)
    assert plant.into_child_mL == pytest.approx(first + 250)


def test_two_cassettes_run_out_give_at_most_104_2_per_cent_of_the_order():
    plant = after(running(flow_error=0.06), 118)
    plant.attach(2, 250)
    after(plant, 118)
    assert plant.into_child_mL / 480 == pytest.approx(250 / 240)
    assert pytest.approx(235.8, abs=0.1) == 250 / 2.12 * 2


def test_priming_goes_through_the_line_and_not_into_the_child():
    plant = Plant(HARDWARE)
    plant.attach(1, 250)
    plant.push(5_000_000)
    assert (plant.accounts[1].primed_mL, plant.into_child_mL) == (5.0, 0.0)
    assert plant.left_mL == 245.0


# ------------------------------------------------------------------ what the maker measured


@pytest.mark.parametrize(
    ("circumstance", "lowest", "highest"),
    [
        ({}, -6, 6),
        ({"height_m": -1.2192}, -10, 5),
        ({"height_m": 1.2192}, -6, 11),
        ({"bag_below_pump_m": 0.3}, -12, 7),
        ({"back_pressure_mmHg": 300.0}, -17, -7),
        ({"ambient_C": 2.0}, -12, -1),
        ({"ambient_C": 40.0}, -10, 10),
        ({"thin_catheter": True}, -20, -1),
    ],
)
def test_the_usual_pump_lies_in_the_middle_of_what_the_maker_measured_at_10_mL_per_hour(circumstance, lowest, highest):
    given = after(running(100, rate=10_000_000, **circumstance), 1).into_child_mL
    assert (given / 10 - 1) * 100 == pytest.approx((lowest + highest) / 2)


def test_a_thin_catheter_costs_less_at_a_slow_rate_because_less_pressure_stands_against_the_pump():
    assert after(running(thin_catheter=True), 1).into_child_mL == pytest.approx(2 * (1 - 0.0235 / 1.0235), rel=1e-3)


# ------------------------------------------------------------------ occlusion below the pump


def test_an_occlusion_at_2_mL_per_hour_is_found_after_13_minutes_and_holds_0_4_mL():
    plant = running(blocked_below=True)
    found = plant.next_crossing_ms(LIMITS)
    assert found / A_MINUTE == pytest.approx(13.3, abs=0.05)
    plant.advance(found)
    assert plant.readings().pressure_mmHg == 517
    assert plant.in_line_mL == pytest.approx(0.396, abs=0.001)


@pytest.mark.parametrize(("rate", "minutes"), [(100_000, 5 * 60), (500_000, 50), (5_000_000, 5)])
def test_the_times_of_another_small_pump_are_met_within_a_tenth(rate, minutes):
    plant = running(rate=rate, blocked_below=True)
    assert plant.next_crossing_ms(Limits(pressure_mmHg=517)) / A_MINUTE == pytest.approx(minutes, rel=0.12)


def test_what_an_occlusion_held_flows_into_the_child_at_once():
    plant = after(running(blocked_below=True), 0.2)
    held = plant.in_line_mL
    assert plant.into_child_mL == 0
    plant.blocked_below = False
    assert (plant.into_child_mL, plant.in_line_mL) == (held, 0)
    assert plant.readings().pressure_mmHg == 0


def test_backing_off_takes_the_pressure_away_and_gives_the_drug_back_to_the_bag():
    plant = after(running(blocked_below=True), 0.2)
    plant.set_motor(0)
    plant.push(-round(plant.in_line_mL * 1e6) - 1)
    plant.blocked_below = False
    assert plant.into_child_mL == 0
    assert plant.left_mL == pytest.approx(250, abs=1e-9)


def test_backing_off_never_draws_out_of_the_child_while_the_valve_holds():
    plant = after(running(), 1)
    plant.push(-500_000)
    assert plant.into_child_mL == pytest.approx(2)
    plant.anti_siphon_valve = False
    plant.push(-500_000)
    assert plant.into_child_mL == pytest.approx(1.5)


def test_a_line_that_goes_to_another_cassette_loses_what_it_held():
    plant = after(running(blocked_below=True), 0.2)
    held = plant.in_line_mL
    plant.attach(2, 250)
    assert plant.accounts[1].leaked_mL == held
    assert plant.readings().pressure_mmHg == 0
    assert missing(plant) < 1e-9


# ------------------------------------------------------------------ occlusion above, empty bag


def test_an_occlusion_above_the_pump_pulls_100_mmHg_within_four_minutes_and_loses_nothing():
    plant = running(blocked_above=True)
    plant.advance(plant.next_crossing_ms(LIMITS))
    assert plant.now_ms / A_MINUTE == pytest.approx(3.35, abs=0.05)
    assert plant.readings().vacuum_mmHg == 100
    assert plant.into_child_mL == pytest.approx(0.1, abs=1e-6)
    plant.blocked_above = False
    assert plant.readings().vacuum_mmHg == 0
    assert plant.left_mL == pytest.approx(249.9, abs=1e-6)


def test_a_dry_bag_shows_as_an_occlusion_above_a_few_minutes_after_the_last_drop():
    plant = running(1.0)
    crossing = plant.next_crossing_ms(LIMITS)
    assert 30 * A_MINUTE < crossing < 35 * A_MINUTE
    plant.advance(crossing)
    assert plant.readings().vacuum_mmHg == 100
    assert plant.left_mL == 0


def test_a_flow_stop_that_never_opened_lets_strokes_turn_and_no_sensor_notices():
    plant = after(running(tube_shut=True, flow_sensor=True), 24)
    told = plant.readings()
    assert (plant.left_mL, plant.into_child_mL) == (250, 0)
    assert (told.pressure_mmHg, told.vacuum_mmHg, told.bubble_nL, told.motor_turns) == (0, 0, 0, True)
    assert told.flowed_nL == 0, "only a flow sensor tells"


# ------------------------------------------------------------------ gravity, valve, leaks


def test_a_cassette_on_a_sound_pump_does_not_siphon_from_any_height():
    assert after(running(rate=0, height_m=2.0), 1).into_child_mL == 0
    assert after(running(rate=0, height_m=-2.0), 1).into_child_mL == 0


def test_free_flow_from_a_metre_empties_a_cassette_in_less_than_half_an_hour():
    plant = after(running(rate=0, height_m=1.0, free_flow=True), 0.5)
    assert plant.left_mL == 0
    assert plant.into_child_mL == pytest.approx(250)


def test_an_open_cassette_off_the_pump_siphons_only_past_the_valve():
    low = running(rate=0, height_m=0.5, latched=False, latch_open_flow=True)
    assert after(low, 0.01).into_child_mL == 0, "half a metre does not open the valve"
    low.anti_siphon_valve = False
    assert after(low, 0.01).into_child_mL > 1
    assert after(running(rate=0, height_m=1.0, latched=False, latch_open_flow=True), 0.01).into_child_mL > 1


@pytest.mark.parametrize("barrier", ["pinch_leaks", "free_flow", "latch_open_flow"])
def test_no_single_failed_barrier_lets_anything_flow_back_out_of_the_child(barrier):
    plant = after(running(height_m=0.0), 10)
    plant.set_motor(0)
    plant.height_m = -1.0
    setattr(plant, barrier, True)
    plant.latched = barrier != "latch_open_flow"
    assert after(plant, 0.01).into_child_mL == pytest.approx(20)
    plant.anti_siphon_valve = False
    assert after(plant, 0.01).into_child_mL < 20, "a second failure does"
    assert missing(plant) < 1e-9


def test_a_leak_at_the_connection_goes_beside_the_child_while_the_bag_gets_lighter_as_it_should():
    plant = after(running(leak_mL_per_h=0.5), 10)
    assert (plant.left_mL, plant.into_child_mL) == pytest.approx((230, 15))
    assert plant.accounts[1].leaked_mL == pytest.approx(5)


def test_a_leak_in_the_cassette_empties_the_bag_early():
    plant = after(running(25.0, cassette_leak_mL_per_h=0.5), 11)
    assert plant.left_mL == 0
    assert plant.into_child_mL == pytest.approx(20)
    assert plant.accounts[1].leaked_mL == pytest.approx(5)


def test_a_cassette_that_leaks_dry_does_not_hurry_the_bubble_that_waits():
    plant = running(1.0, cassette_leak_mL_per_h=10.0)
    plant.add_air(1.0)
    after(plant, 0.25)
    assert plant.left_mL == 0
    assert plant.air_into_child_mL == pytest.approx(0.5)
    assert plant.next_crossing_ms(LIMITS) > plant.now_ms + AN_HOUR // 4 - 2


# ------------------------------------------------------------------ against small steps


@pytest.mark.parametrize(
    ("changed", "same"),
    [
        ({"blocked_below": True}, {"blocked_below": True}),
        ({"blocked_above": True}, {"blocked_above": True}),
        ({"blocked_above": True, "blocked_below": True}, {"blocked_above": True, "blocked_below": True}),
        ({"leak_mL_per_h": 0.7}, {"leak": 0.7}),
        ({"leak_mL_per_h": 1.0, "blocked_above": True}, {"leak": 1.0, "blocked_above": True}),
        ({"cassette_leak_mL_per_h": 0.7, "blocked_below": True}, {"cassette_leak": 0.7, "blocked_below": True}),
        ({"flow_error": 0.06}, {"share": 1.06}),
        ({"height_m": 1.0, "pinch_leaks": True, "anti_siphon_valve": False}, {"head_m": 1.0, "share": 1.0205}),
    ],
)
@pytest.mark.parametrize("volume", [200.0, 0.15])
def test_the_closed_form_is_what_many_small_steps_give(changed, same, volume):
    hours = 0.25
    plant = after(running(volume, **changed), hours)
    steps = SmallSteps(volume, 2.0, **same).run(hours)
    assert plant.into_child_mL == pytest.approx(steps.child, rel=1e-4, abs=2e-3)
    assert plant.left_mL == pytest.approx(max(steps.left, 0), rel=1e-4, abs=2e-3)
    assert plant.in_line_mL == pytest.approx(steps.held, abs=2e-3)
    assert plant.accounts[1].leaked_mL == pytest.approx(steps.leaked, abs=2e-3)
    assert plant.pressure_mmHg == pytest.approx(steps.held / LINE, abs=1)
    assert plant.vacuum_mmHg == pytest.approx(steps.drawn * 1000, abs=2)


def test_a_push_obeys_the_same_law_as_the_same_volume_pumped():
    pushed, pumped = running(blocked_below=True), running(blocked_below=True)
    pushed.push(TWO_ML_PER_H // 10)
    after(pumped, 0.1)
    assert pushed.in_line_mL == pytest.approx(pumped.in_line_mL)
