"""The numbers that follow from ±6 % at 2 mL/h come out of the simulated pump, not out of a formula."""

from fractions import Fraction

import pytest
from courses import HOUR, START, two_cassettes

from ransel.infusion import Kind, account
from ransel.infusion.condition import Condition
from ransel.pump.conformance.driven import QARZIBA, Driven
from ransel.pump.course_run import Circumstances, run_course
from ransel.quantities import Ratio

FAST, SLOW = Fraction(6, 100), Fraction(-6, 100)


def _ran(plan, error):
    events = []
    truth = run_course(plan, Circumstances(flow_error=error), events.append)
    return truth, events


def _hours(instant):
    return (instant - START).total_seconds() / 3600


def _empties(pump, hours):
    """Whether the container holds fluid a minute before, and none at this hour."""
    pump.wait(round(hours * HOUR) - 60_000)
    before = pump.plant.accounts[1].left_mL
    pump.wait(60_000)
    return before > 0 and pump.plant.accounts[1].left_mL == pytest.approx(0, abs=1e-3)


def test_at_plus_six_per_cent_250_mL_is_empty_at_117_92_hours():
    pump = Driven(flow_error=0.06).running()
    assert _empties(pump, 250 / 2.12)
    assert pytest.approx(117.92, abs=0.005) == 250 / 2.12


def test_with_5_mL_lost_to_priming_it_is_empty_at_115_57_hours():
    pump = Driven(flow_error=0.06).made_ready()
    pump.prime(5.0 / 1.06)  # the pump primes fast as well: 5 mL really leave the container
    pump.connect()
    pump.start()
    assert pump.plant.accounts[1].primed_mL == pytest.approx(5.0, abs=1e-4)
    assert _empties(pump, 245 / 2.12)
    assert pytest.approx(115.57, abs=0.005) == 245 / 2.12


def test_the_display_still_shows_14_mL_when_a_fast_pump_is_dry_so_its_own_warning_never_comes():
    pump = Driven(flow_error=0.06).running()
    after = pump.wait_for(Condition.RESERVOIR_EMPTY, 125 * HOUR) or pump.wait_for(Condition.RESERVOIR_EMPTY, 125 * HOUR)
    while after is None or not pump.raised(Condition.RESERVOIR_EMPTY):
        pump.wait(HOUR)
    stopped = pump.told(Kind.STOPPED)[-1]
    assert stopped.data["displayed_nL"] / 1e6 == pytest.approx(14, abs=0.3)
    assert pump.raised(Condition.RESERVOIR_EMPTY)[0].data["detail"] == "dry"


def test_the_warning_by_hours_comes_before_the_fastest_pump_is_dry():
    pump = Driven(flow_error=0.06).running()
    pump.wait(118 * HOUR)
    low, nearly = pump.raised(Condition.RESERVOIR_LOW)[0], pump.raised(Condition.RESERVOIR_NEARLY_EMPTY)[0]
    dry = 250 / 2.12 * HOUR
    started = pump.told(Kind.STARTED)[0].uptime_ms
    assert dry - (low.uptime_ms - started) == pytest.approx(12 * HOUR, abs=1000)
    assert dry - (nearly.uptime_ms - started) == pytest.approx(4 * HOUR, abs=1000)


def test_at_minus_six_per_cent_225_6_mL_is_given_in_120_hours():
    pump = Driven(flow_error=-0.06).running()
    pump.wait(120 * HOUR)
    assert pump.given_mL == pytest.approx(225.6, abs=1e-3)


def test_changed_at_115_hours_the_second_cassette_is_empty_at_232_9_hours():
    truth, events = _ran(two_cassettes(priming="0 mL"), FAST)
    empty = [event for event in events if event.data.get("condition") == "reservoir-empty"]
    assert _hours(empty[0].received_at) == pytest.approx(115 + 250 / 2.12, abs=0.1)
    assert truth.into_child_mL(2) == pytest.approx(250, abs=1e-3)
    assert pytest.approx(232.9, abs=0.05) == 115 + 250 / 2.12


def test_two_cassettes_run_dry_last_235_8_hours_and_give_at_most_104_2_per_cent():
    plan = two_cassettes(change_h=Fraction(250) / Fraction("2.12"), priming="0 mL")
    truth, events = _ran(plan, FAST)
    ledger = account(plan, events)
    ends = max(event.received_at for event in events if event.kind is Kind.STOPPED)
    assert _hours(ends) == pytest.approx(500 / 2.12, abs=0.1)
    assert pytest.approx(235.8, abs=0.06) == 500 / 2.12
    given = truth.into_child_mL(1) + truth.into_child_mL(2)
    assert given / 480 == pytest.approx(1.042, abs=0.0005)
    assert Ratio(ledger.high / plan.ordered) <= Ratio("104.2 %")


@pytest.mark.parametrize("error", [SLOW, Fraction(0), FAST])
def test_halved_to_1_mL_per_hour_no_cassette_runs_longer_than_its_clock(error):
    """A cassette lasts 250 h at 1 mL/h; its seven days end before that, so each is taken off in time by the plan."""
    plan = two_cassettes(change_h=Fraction(120), end_h=Fraction(240), rate="1 mL/h")
    _, events = _ran(plan, error)
    for container in account(plan, events).containers:
        assert container.used_until <= container.finish_before
        assert container.slack.magnitude >= 0


def test_a_cassette_left_on_at_1_mL_per_hour_would_outlast_its_clock_and_the_ledger_says_so():
    plan = two_cassettes(change_h=Fraction(200), end_h=Fraction(400), rate="1 mL/h")
    _, events = _ran(plan, Fraction(0))
    assert min(one.slack.magnitude for one in account(plan, events).containers) < 0


def test_the_programme_of_the_bench_is_the_child_of_the_plan():
    assert QARZIBA.product == two_cassettes().product
