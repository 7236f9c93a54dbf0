"""What a lower rate costs: volume and drug that lag behind, and how much later the course ends."""

import pytest
from prescribing.cases import SHELF, order_for

from ransel.prescribing import effect_of
from ransel.quantities import DoseRate, Duration, Mass, Rate, Volume

MODIFICATIONS = {one.id: one for one in SHELF.protocol("dinutuximab-beta-10x24h").modifications}
NOTHING = Volume("0 mL")


def effect(modification, lasting, rate="2 mL/h"):
    daily = DoseRate(order_for().daily_dose.value)
    return effect_of(MODIFICATIONS[modification], Rate(rate), daily, Duration(lasting))


@pytest.mark.hazard("HZ-008")
def test_24_hours_at_half_rate_leave_24_ml_and_3_408_mg_behind_and_cost_12_hours():
    half = effect("any-grade-1-2", "24 h")
    assert (half.rate, half.volume_behind, half.end_later) == (Rate("1 mL/h"), Volume("24 mL"), Duration("12 h"))
    assert half.dose_behind.text("en", "mg", 3) == "3.408 mg"


@pytest.mark.hazard("HZ-008")
def test_a_half_rate_that_nobody_puts_back_costs_half_of_the_rest_of_the_course():
    left_on = effect("any-grade-1-2", "240 h")
    assert left_on.dose_behind == Mass(order_for().course_dose.value / 2)
    assert left_on.end_later == Duration("120 h")


def test_an_interruption_of_4_hours_leaves_8_ml_behind_and_costs_4_hours():
    pause = effect("hypersensitivity-grade-1-2", "4 h")
    assert (pause.rate, pause.volume_behind, pause.end_later) == (Rate("0 mL/h"), Volume("8 mL"), Duration("4 h"))


def test_hypersensitivity_interrupts_where_other_effects_of_the_same_grade_halve():
    assert MODIFICATIONS["hypersensitivity-grade-1-2"].action == "interrupt"
    assert MODIFICATIONS["any-grade-1-2"].action == "reduce"


def test_a_modification_that_lasts_no_time_costs_nothing():
    nothing = effect("any-grade-1-2", "0 h")
    assert (nothing.volume_behind, nothing.dose_behind, nothing.end_later) == (NOTHING, Mass("0 mg"), Duration("0 h"))


@pytest.mark.parametrize("modification", MODIFICATIONS)
def test_volume_drug_and_delay_of_every_modification_tell_the_same_story(modification):
    one = effect(modification, "7 h")
    concentration = DoseRate(order_for().daily_dose.value) / Rate("2 mL/h")
    assert one.volume_behind == Volume(Rate("2 mL/h") * one.end_later)
    assert one.dose_behind == Mass(one.volume_behind * concentration)
    assert one.volume_behind + Volume(one.rate * one.lasting) == Volume("14 mL")


@pytest.mark.hazard("HZ-008")
def test_every_modification_that_lowers_the_rate_says_whether_and_how_to_go_on():
    lowering = [one for one in MODIFICATIONS.values() if one.action == "reduce"]
    assert lowering
    assert all(one.resume_rate is not None for one in lowering)


def test_a_stop_of_a_whole_infusion_of_eight_hours_costs_the_dose_of_its_day():
    from ransel.prescribing import dose_modifications

    old_way = SHELF.protocol("dinutuximab-beta-5x8h")
    rate, daily = old_way.containers.options["bags"].rate, DoseRate("13.6 mg/day")
    table = dose_modifications(old_way, rate, daily, Duration("8 h"))
    stop = next(one for one in table.effects if one.modification.id == "any-grade-3")
    assert (stop.volume_behind, stop.dose_behind) == (Volume("100 mL"), Mass("13.6 mg"))


def test_the_end_moves_only_when_lost_volume_is_made_up():
    halved = MODIFICATIONS["any-grade-1-2"]
    for made_up, later in ((True, "12 h"), (False, "0 h")):
        effect = effect_of(halved, Rate("2 mL/h"), DoseRate("6.8 mg/day"), Duration("24 h"), made_up=made_up)
        assert effect.end_later == Duration(later)
