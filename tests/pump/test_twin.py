"""Plant and controller together: nothing between two events is missed, nobody who listens disturbs, power is power."""

from dataclasses import replace
from itertools import count

import pytest

from ransel.infusion.condition import Condition
from ransel.infusion.event import Kind
from ransel.pump.actions import Act
from ransel.pump.conformance.driven import HOUR, MINUTE, QARZIBA, Driven
from ransel.pump.delivery import Mode
from ransel.pump.twin import SETTLING_MOST


def test_ten_hours_give_what_was_counted_and_what_was_programmed():
    bench = Driven().running()
    bench.wait(10 * HOUR)
    assert bench.counted_mL == 20
    assert bench.given_mL == pytest.approx(20, abs=1e-9)


def test_the_pumps_own_error_reaches_the_child_and_not_the_count():
    bench = Driven(flow_error=0.06).running()
    bench.wait(10 * HOUR)
    assert bench.counted_mL == 20
    assert bench.given_mL == pytest.approx(21.2, abs=1e-9)


def test_a_run_in_one_piece_and_in_many_end_alike():
    one, many = Driven().running(), Driven().running()
    for bench in (one, many):
        bench.fault("battery-weak", 0.2)
    one.wait(50 * HOUR)
    for _ in range(50 * 60):
        many.wait(MINUTE)
    assert many.given_mL == pytest.approx(one.given_mL, abs=1e-6)
    assert [(event.kind, event.uptime_ms) for event in many.events] == [
        (event.kind, event.uptime_ms) for event in one.events
    ]


def test_a_pump_without_power_does_not_switch_on():
    bench = Driven()
    bench.fault("battery-out")
    assert bench.press(Act.SWITCH_ON) == "not-now"
    bench.wait(HOUR)
    assert (bench.mode, bench.events) == (Mode.OFF, [])


def test_a_pump_that_is_off_does_nothing_however_long_it_lies_there():
    bench = Driven().running()
    bench.press(Act.STOP)
    bench.press(Act.SWITCH_OFF)
    told, given = len(bench.events), bench.given_mL
    bench.wait(1000 * HOUR)
    assert (len(bench.events), bench.given_mL) == (told, given)
    assert bench.twin.next_event_ms is None


def test_power_that_goes_stops_the_flow_at_once_and_nothing_is_told():
    bench = Driven().running()
    bench.wait(HOUR)
    told = len(bench.events)
    bench.fault("battery-out")
    given = bench.given_mL
    bench.wait(HOUR)
    assert (bench.mode, len(bench.events), bench.given_mL) == (Mode.OFF, told, given)


def test_what_depends_on_the_mode_is_seen_as_soon_as_the_mode_changes():
    bench = Driven().made_ready()
    bench.fault("door-open")
    assert not bench.raised(Condition.DOOR_OPEN)
    bench.fault("key-stuck")
    bench.press(Act.SWITCH_OFF)
    bench.press(Act.SWITCH_ON)
    bench.wait(bench.controller.device.self_test_ms)
    assert bench.mode is Mode.FAILED
    assert bench.raised(Condition.DOOR_OPEN)


def test_what_depends_on_the_drug_is_seen_as_soon_as_the_drug_is_known():
    bench = Driven()
    bench.switch_on()
    bench.load()
    bench.fault("occlusion")
    bench.prime(1.0)
    assert not bench.raised(Condition.OCCLUSION)
    bench.programme()
    assert bench.raised(Condition.OCCLUSION)


def test_another_pump_takes_over_container_and_line_and_counts_from_nothing():
    bench = Driven().running()
    bench.wait(HOUR)
    given = bench.given_mL
    bench.twin.replace_pump("OTHER", 0.0)
    assert (bench.given_mL, bench.controller.kept.meter.counted_nL, bench.controller.kept.boot) == (given, 0, 0)
    bench.running(replace(QARZIBA, container=1))
    bench.wait(HOUR)
    assert bench.given_mL == pytest.approx(given + 2, abs=1e-6)
    assert next(event.seq for event in bench.events if event.pump == "OTHER") == 1


def test_events_are_numbered_on_from_boot_to_boot():
    bench = Driven()
    for _ in range(3):
        bench.switch_on()
        bench.press(Act.SWITCH_OFF)
    assert [event.seq for event in bench.events] == list(range(1, len(bench.events) + 1))
    assert [event.boot for event in bench.told(Kind.BOOT)] == [1, 2, 3]


def test_what_waited_for_the_link_comes_in_order_and_the_oldest_goes_when_there_is_no_room():
    bench = Driven()
    bench.link.room = 3
    bench.fault("link-down")
    bench.switch_on()
    assert bench.events == []
    bench.mend("link-down")
    last = bench.twin.seq
    assert [event.seq for event in bench.events] == [last - 2, last - 1, last]
    assert bench.link.lost == last - 3


def test_a_listener_that_fails_is_counted_and_otherwise_not_noticed():
    bench = Driven()
    bench.fault("sink-fails")
    bench.running().wait(HOUR)
    assert (bench.events, bench.link.failures) == ([], bench.twin.seq)
    assert bench.given_mL == pytest.approx(2, abs=1e-9)


def test_a_plant_that_never_comes_to_rest_is_a_defect_and_is_told_as_one(monkeypatch):
    bench, looks = Driven().running(), count(1)
    usual = bench.plant.readings()
    monkeypatch.setattr(
        type(bench.plant), "readings", lambda _: replace(usual, temperature_mC=50_000 if next(looks) % 2 else 22_000)
    )
    with pytest.raises(RuntimeError, match="rest"):
        bench.change(lambda _: None)
    assert next(looks) >= SETTLING_MOST
