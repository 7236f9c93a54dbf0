"""What could go wrong at the pump: a rate, a child, a cassette, a day's dose, a restart."""

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ransel.infusion import Kind
from ransel.infusion.condition import Condition, Reaction
from ransel.infusion.condition_facts import facts
from ransel.pump.actions import Act
from ransel.pump.conformance.driven import HOUR, MINUTE, QARZIBA, Driven
from ransel.pump.conformance.drugs import BLINCYTO, DRUGS, motor_after, rows

ML = 1_000_000


def lit(pump, condition):
    return pump.controller.board.lines.get(condition)


# a rate that was never meant


@pytest.mark.hazard("HZ-033")
@pytest.mark.hazard("HZ-024")
@pytest.mark.parametrize("drug", DRUGS, ids=lambda drug: f"{drug.product} {drug.rate_uL}")
@pytest.mark.parametrize("times", [2, 5, 10, 24, 100])
def test_a_rate_that_is_many_times_too_high_is_refused_for_every_drug(drug, times):
    pump = Driven()
    pump.switch_on()
    pump.load(volume_mL=300)
    assert pump.programme(replace(drug, rate_uL=drug.rate_uL * times), override=True).startswith("rate-outside-")
    pump.connect()
    assert pump.start() == "not-programmed"
    pump.wait(HOUR)
    assert pump.given_mL == 0


@pytest.mark.hazard("HZ-024")
@pytest.mark.hazard("HZ-033")
def test_48_ml_a_day_typed_as_48_ml_an_hour_never_runs_and_with_its_unit_is_2_ml_an_hour():
    pump = Driven().made_ready(replace(QARZIBA, rate_uL=48_000))
    assert pump.start() == "not-programmed"
    assert pump.programme(replace(QARZIBA, rate_uL=48_000, rate_unit="mL/24h")) == ""
    assert pump.start() == ""
    assert pump.controller.motor_nL_per_h == 2 * ML


@pytest.mark.hazard("HZ-033")
@pytest.mark.parametrize("rate_uL", [900, 2_100, 2_400])
def test_an_unusual_rate_runs_only_when_somebody_confirms_it_and_stays_on_the_record(rate_uL):
    draft = replace(QARZIBA, rate_uL=rate_uL)
    pump = Driven().made_ready(draft)
    assert pump.refused.endswith("-soft-limit")
    assert pump.start() == "not-programmed"
    assert pump.programme(draft, override=True) == ""
    assert pump.told(Kind.PROGRAMMED)[-1].data["overridden"]


@pytest.mark.hazard("HZ-033")
def test_a_new_rate_changes_nothing_before_it_was_reviewed_and_confirmed():
    pump = Driven().running()
    faster = replace(QARZIBA, rate_uL=1_500)
    pump.press(Act.ENTER, draft=faster)
    assert pump.press(Act.CONFIRM) == "review-first"
    pump.press(Act.REVIEW)
    assert pump.controller.motor_nL_per_h == 2 * ML
    pump.press(Act.CONFIRM)
    assert pump.controller.motor_nL_per_h == 1_500_000


# the wrong child, drug or cassette


@pytest.mark.hazard("HZ-034")
@pytest.mark.parametrize(
    "other", [replace(QARZIBA, patient="SYN-0002"), replace(QARZIBA, concentration_ng_per_mL=80_000), BLINCYTO]
)
def test_the_programme_of_another_child_or_strength_never_takes_over_what_runs(other):
    pump = Driven().running()
    before = pump.controller.kept.programme
    pump.programme(other, override=True)
    assert pump.controller.kept.programme == before or pump.controller.motor_nL_per_h == 0


@pytest.mark.hazard("HZ-034")
@pytest.mark.parametrize("draft", [replace(QARZIBA, patient=""), replace(QARZIBA, product="Unituxin"),
                                   replace(QARZIBA, concentration_ng_per_mL=5_000_000)])  # fmt: skip
def test_a_programme_without_a_child_or_of_a_drug_that_is_not_in_the_library_never_starts(draft):
    pump = Driven().made_ready(draft)
    assert pump.refused in {"patient-missing", "drug-not-in-library"}
    assert pump.start() == "not-programmed"


@pytest.mark.hazard("HZ-034")
def test_a_pump_that_goes_to_another_child_knows_no_programme_any_more():
    pump = Driven().running()
    pump.press(Act.STOP)
    pump.press(Act.SWITCH_OFF)
    pump.switch_on(new_child=True)
    assert pump.controller.kept.programme is None
    assert pump.start() == "not-programmed"


@pytest.mark.hazard("HZ-025")
def test_the_second_cassette_does_not_start_under_the_programme_of_the_first():
    pump = Driven()
    pump.switch_on()
    pump.load(container=2)
    pump.programme(QARZIBA)
    pump.connect()
    assert pump.start() == "other-container"
    pump.wait(HOUR)
    assert pump.given_mL == 0


# too much in a day, whatever is done in between


@pytest.mark.hazard("HZ-035")
@pytest.mark.property
@given(st.lists(st.sampled_from(["stop", "cassette", "power", "battery", "clock"]), min_size=1, max_size=6),
       st.integers(1, 20))  # fmt: skip
def test_no_trick_lets_more_than_the_limit_of_a_day_run_in(tricks, hours):
    draft = replace(QARZIBA, rate_uL=2_400)
    pump = Driven()
    pump.switch_on()
    pump.load()
    pump.programme(draft, override=True)
    pump.connect()
    pump.start()
    for number, trick in enumerate(tricks):
        pump.wait(hours * HOUR // len(tricks))
        _play(pump, trick, number)
        pump.start()
    pump.wait(24 * HOUR - pump.twin.now_ms)
    assert pump.given_mL <= pump.controller.row.window_most_nL / ML + 1e-6
    assert pump.given_mL <= 52.8 + 1e-6 < 2.4 * 24


def _play(pump, trick, number):
    if trick == "battery":
        pump.fault("battery-out")
        pump.mend("battery-out")
        pump.switch_on(new_child=False)
        return
    pump.press(Act.STOP)
    if trick == "power":
        pump.press(Act.SWITCH_OFF)
        pump.switch_on(new_child=False)
    elif trick == "cassette":
        pump.load(container=1, volume_mL=250.0, display_mL=250.0)
    elif trick == "clock":
        pump.fault("clock-jump", 25.0 * (number + 1))


# stopping too long, starting by itself, never starting


@pytest.mark.hazard("HZ-036")
@pytest.mark.parametrize("how", ["paused", "off", "clock"])
def test_blinatumomab_is_not_simply_resumed_after_four_hours(how):
    pump = Driven().running(BLINCYTO)
    pump.wait(HOUR)
    pump.press(Act.STOP)
    if how == "off":
        pump.press(Act.SWITCH_OFF)
        pump.wait(4 * HOUR)
        pump.switch_on(new_child=False)
    else:
        pump.wait(4 * HOUR - MINUTE if how == "clock" else 4 * HOUR)
        pump.fault("clock-jump", 1.0 if how == "clock" else -3.0)
    was_given = pump.given_mL
    assert pump.start() == "restart-too-late"
    pump.wait(HOUR)
    assert pump.given_mL == was_given
    pump.press(Act.CONFIRM_RESTART)
    assert pump.start() == ""


@pytest.mark.hazard("HZ-036")
def test_a_medicine_without_such_a_rule_may_go_on():
    pump = Driven().running()
    pump.press(Act.STOP)
    pump.wait(5 * HOUR)
    pump.press(Act.ACKNOWLEDGE, condition=Condition.PAUSE_TOO_LONG)
    assert pump.start() == ""


@pytest.mark.hazard("HZ-037")
@pytest.mark.parametrize("row", rows(), ids=lambda row: row.id)
def test_keeping_a_vein_open_is_never_faster_than_the_therapy_and_nothing_for_an_antibody(row):
    assert row.kvo_nL_per_h <= row.rate_least
    assert row.product not in {"Qarziba", "Blincyto"} or row.kvo_nL_per_h == 0


@pytest.mark.hazard("HZ-037")
@pytest.mark.parametrize("drug", DRUGS, ids=lambda drug: f"{drug.product} {drug.rate_uL}")
def test_after_an_alarm_the_motor_is_never_faster_than_before(drug):
    for condition in facts():
        assert motor_after(condition, drug) <= drug.rate_uL * 1000


@pytest.mark.hazard("HZ-037")
def test_what_stops_the_delivery_really_stops_the_motor():
    for condition, each in facts().items():
        if each.reaction is Reaction.STOP:
            assert motor_after(condition, QARZIBA) == 0


@pytest.mark.hazard("HZ-038")
def test_nothing_runs_by_itself_after_the_power_was_gone_and_somebody_is_called():
    pump = Driven().running()
    pump.wait(HOUR)
    pump.fault("battery-out")
    was_given = pump.given_mL
    pump.wait(HOUR)
    pump.mend("battery-out")
    pump.switch_on(new_child=False)
    assert pump.wait_for(Condition.PAUSE_TOO_LONG, HOUR) is not None
    assert pump.given_mL == pytest.approx(was_given, abs=1e-9)
    assert pump.told(Kind.BOOT)[-1].data["cause"] == "power-lost"


@pytest.mark.hazard("HZ-038")
@pytest.mark.property
@given(st.integers(0, 90_000))
def test_whenever_the_power_goes_the_count_and_the_programme_are_whole(after_ms):
    pump = Driven().running()
    pump.wait(HOUR + after_ms)
    counted, programme = pump.counted_mL, pump.controller.kept.programme
    pump.fault("battery-out")
    pump.mend("battery-out")
    pump.switch_on(new_child=False)
    assert pump.controller.kept.programme == programme
    assert pump.counted_mL == pytest.approx(counted, abs=1e-6)
    assert pump.given_mL == pytest.approx(counted, abs=1e-3)


@pytest.mark.hazard("HZ-039")
def test_a_pump_that_was_set_and_not_started_calls_within_minutes_and_again():
    pump = Driven().made_ready()
    assert pump.wait_for(Condition.NOT_STARTED, HOUR) <= 10 * MINUTE
    assert pump.wait_for_next(Condition.NOT_STARTED, HOUR) is not None or lit(pump, Condition.NOT_STARTED)


@pytest.mark.hazard("HZ-039")
@pytest.mark.parametrize(("drug", "most"), [(QARZIBA, 15), (BLINCYTO, 10)])
def test_a_pause_that_nobody_ends_is_called_out(drug, most):
    pump = Driven().running(drug)
    pump.press(Act.STOP)
    assert pump.wait_for(Condition.PAUSE_TOO_LONG, HOUR) == most * MINUTE
