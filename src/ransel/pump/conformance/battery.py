"""Checks of the power supply: read often, told rightly, called out early, and never felt by the delivery."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace
from itertools import pairwise

from ransel.infusion.condition import Condition
from ransel.infusion.event import Kind
from ransel.language import Message
from ransel.pump.conformance.bench import Bench
from ransel.pump.conformance.driven import HOUR, MINUTE, QARZIBA, Driven
from ransel.pump.conformance.entry import FLUCLOXACILLIN, shows
from ransel.pump.conformance.into_conditions import BLINCYTO, flatten, plug_in, plug_out
from ransel.pump.conformance.observing import at_most, ms, none_of, same, share, yes
from ransel.pump.conformance.verdict import Observation, check
from ransel.pump.delivery import Mode
from ransel.pump.plant import Plant
from ransel.pump.programme import Draft

LOADS = (BLINCYTO, replace(QARZIBA, rate_uL=1_000), QARZIBA, FLUCLOXACILLIN)
"""0.6, 1, 2 and 10 mL/h."""

LEFT = (0.99, 0.9, 0.7, 0.5, 0.3, 0.1, 0.03, 0.01)
"""Shares of the time that a full battery lasts at a load."""

ALLOWED = 0.25


@check("C49")
def c49(bench: Bench) -> Iterator[Observation]:
    """Look at the minutes shown at several loads from full to empty, and let the voltage dip for a while."""
    device = Driven().parts.device
    yield at_most("seen.c49.read", ms(3 * MINUTE), ms(device.battery_read_ms))
    yield same("seen.c49.mean", 10, device.battery_readings)
    for dip_ms, alarms in ((10 * device.battery_read_ms - 1, 0), (10 * device.battery_read_ms, 1)):
        pump = Driven().running()
        flatten(pump, 600)
        pump.wait(dip_ms)
        pump.change(lambda plant: plant.battery.fresh())
        pump.wait(HOUR)
        yield same("seen.c49.dip", alarms, len(pump.raised(Condition.BATTERY_LOW)), time=ms(dip_ms))
        bench.keep(pump.events)
    for draft in LOADS:
        pump, worst = Driven().running(draft, 200), 0.0
        for minutes in (share_left * _life_minutes(pump) for share_left in LEFT):
            flatten(pump, minutes)
            worst = max(worst, abs(_shown_minutes(pump) - minutes) / minutes)
        yield _within("seen.c49.minutes", worst, draft)
        bench.keep(pump.events)
    pump = Driven().running()
    flatten(pump, 240)
    yield at_most("seen.c49.truth", ms(15 * MINUTE), ms(abs(_until_off(pump) - 240 * MINUTE)))
    pump = Driven().running()
    yield yes("seen.c49.on-battery", shows(pump).battery_minutes is not None)
    pump.change(plug_in)
    yield yes("seen.c49.on-supply", shows(pump).battery_minutes is None)
    bench.keep(pump.events)


def _within(key: str, worst: float, draft: Draft) -> Observation:
    observed = yes(key, worst <= ALLOWED, rate=f"{draft.rate_uL / 1000:g}")
    return replace(observed, expected=share(ALLOWED), measured=share(worst))


def _shown_minutes(pump: Driven) -> int:
    return shows(pump).battery_minutes or 0


def _life_minutes(pump: Driven) -> float:
    """Return how long a full battery would last, by the plant and not by what the pump thinks."""
    cells, load_mA = pump.parts.cells, pump.plant.load_mA
    used = cells.curve.used_at(cells.switches_off_mV + load_mA * cells.inner_ohm)
    return used * cells.capacity_mAh / load_mA * 60


def _until_off(pump: Driven) -> int:
    """Let it run until it has no power; return after how many ms that was, to ten seconds."""
    began = pump.twin.now_ms
    while pump.mode is not Mode.OFF and pump.twin.now_ms < began + 48 * HOUR:
        pump.wait(10_000)
    return pump.twin.now_ms - began


@check("C50")
def c50(bench: Bench) -> Iterator[Observation]:
    """Every trouble of the supply on both sides of its threshold, and the rate beside it."""
    yield from _low_and_depleted(bench)
    yield from _silent_on_supply(bench)
    yield from _wrong_adapter(bench)
    yield from _does_not_charge(bench)
    yield from _out_of_range(bench)
    yield from _never_the_rate(bench)
    yield from _off_only_without_both(bench)


def _low_and_depleted(bench: Bench) -> Iterator[Observation]:
    for condition, minutes, least, most in (
        (Condition.BATTERY_LOW, 800, 12 * 60 - 5, 12 * 60 + 5),
        (Condition.BATTERY_DEPLETED, 30, 5, 8),  # a step of the voltage is a minute
    ):
        pump = Driven().running()
        flatten(pump, minutes)
        waited = pump.wait_for(condition, minutes * MINUTE)
        left = -1 if waited is None else minutes - waited // MINUTE
        observed = yes(Message(f"seen.c50.raised.{condition.value}"), least <= left <= most)
        yield replace(observed, expected=f"{least}-{most} min", measured=f"{left} min")
        rate = 2_000_000 if condition is Condition.BATTERY_LOW else 0
        yield same("seen.motor", rate, pump.controller.motor_nL_per_h)
        bench.keep(pump.events)
    pump = Driven().running(FLUCLOXACILLIN, 240)
    flatten(pump, 800)
    waited = pump.wait_for(Condition.BATTERY_LOW, 13 * HOUR)
    yield yes("seen.c50.low-fast", waited is not None and 800 - waited // MINUTE >= 6 * 60)
    bench.keep(pump.events)


def _silent_on_supply(bench: Bench) -> Iterator[Observation]:
    for condition, minutes in ((Condition.BATTERY_LOW, 721), (Condition.BATTERY_DEPLETED, 8)):
        pump = Driven().running()
        flatten(pump, minutes)
        pump.wait_for(condition, HOUR)
        yield yes("seen.sounds", bool(shows(pump).melody))
        pump.change(plug_in)
        yield same("seen.c50.silent", (), shows(pump).melody)
        pump.wait(2 * MINUTE)
        stands = condition is Condition.BATTERY_DEPLETED
        yield same("seen.c50.afterwards", stands, bool(shows(pump).melody), condition=condition.value)
        pump.change(plug_out)
        yield yes("seen.c50.again", pump.wait_for(condition, HOUR) is not None)
        bench.keep(pump.events)


def _wrong_adapter(bench: Bench) -> Iterator[Observation]:
    """A plug that is in and gives the wrong voltage carries nothing: the battery's alarms must still come."""
    pump = Driven().running()
    pump.fault("supply-out-of-range")
    flatten(pump, 721)
    yield yes("seen.c50.wrong-adapter", pump.wait_for(Condition.BATTERY_LOW, HOUR) is not None)
    yield yes("seen.c49.on-battery", shows(pump).battery_minutes is not None)
    bench.keep(pump.events)


def _does_not_charge(bench: Bench) -> Iterator[Observation]:
    for plugged_ms, alarms in ((30 * MINUTE - 1, 0), (30 * MINUTE, 1)):
        pump = Driven().running()
        pump.change(plug_in)
        pump.fault("battery-defective")
        pump.wait(plugged_ms)
        pump.mend("battery-defective")
        pump.wait(HOUR)
        yield same("seen.c50.defective", alarms, len(pump.raised(Condition.BATTERY_DEFECTIVE)), time=ms(plugged_ms))
        yield yes("seen.c50.mended", Condition.BATTERY_DEFECTIVE not in pump.controller.board.lines)
        bench.keep(pump.events)


def _out_of_range(bench: Bench) -> Iterator[Observation]:
    device = Driven().parts.device
    low, high = device.supply_low_mV, device.supply_high_mV
    for supply_mV, alarms in ((low - 1, 1), (low, 0), (high, 0), (high + 1, 1)):
        pump = Driven().running()
        pump.change(lambda plant, mV=supply_mV: _give(plant, mV))  # type: ignore[misc]
        pump.wait(HOUR)
        yield same("seen.c50.range", alarms, len(pump.raised(Condition.SUPPLY_OUT_OF_RANGE)), supply=supply_mV)
        yield same("seen.motor", 2_000_000, pump.controller.motor_nL_per_h)
        bench.keep(pump.events)


def _give(plant: Plant, supply_mV: int) -> None:
    plant.mains, plant.supply_mV = True, supply_mV


SUPPLIES: tuple[Callable[[Plant], None], ...] = (plug_in, plug_out, lambda plant: _give(plant, 5_000))


def _never_the_rate(bench: Bench) -> Iterator[Observation]:
    """The same infusion with the supply coming, going and failing at random; to the last bit."""
    for draft in (BLINCYTO, QARZIBA):
        left_alone, disturbed = Driven().running(draft, 200), Driven().running(draft, 200)
        for _ in range(50):
            wait_ms = bench.random.randrange(HOUR)
            disturbed.change(bench.random.choice(SUPPLIES))
            for pump in (left_alone, disturbed):
                pump.wait(wait_ms)
        yield same("seen.c50.given", left_alone.given_mL.hex(), disturbed.given_mL.hex(), product=draft.product)
        rates = {event.data["rate_nL_per_h"] for event in disturbed.told(Kind.STATUS)} - {0}
        yield same("seen.c50.rates", {disturbed.controller.motor_nL_per_h}, rates)
        bench.keep(disturbed.events)


def _off_only_without_both(bench: Bench) -> Iterator[Observation]:
    pump = Driven().running()
    pump.change(plug_in)
    pump.fault("battery-out")
    pump.wait(HOUR)
    yield same("seen.c50.without-battery", Mode.RUNNING, pump.mode)
    pump.mend("battery-out")
    pump.change(plug_out)
    pump.wait(HOUR)
    yield same("seen.c50.without-supply", Mode.RUNNING, pump.mode)
    pump.fault("battery-out")
    yield same("seen.c50.without-both", Mode.OFF, pump.mode)
    bench.keep(pump.events)


@check("C51")
def c51(bench: Bench) -> Iterator[Observation]:
    """Let a battery run down and forecast its end from what the pump told, hours ahead."""
    for draft in (BLINCYTO, QARZIBA, FLUCLOXACILLIN):
        pump = Driven().running(draft, 250)
        flatten(pump, 24 * 60)
        pump.wait(18 * HOUR)
        low = pump.raised(Condition.BATTERY_LOW)
        until = low[0].uptime_ms if low else 0  # from then on the sound that nobody answers drains it faster
        status = [event for event in pump.told(Kind.STATUS) if 2 * MINUTE < event.uptime_ms < until]
        end_ms = 24 * HOUR + Driven().parts.device.self_test_ms
        off = [
            event.uptime_ms
            for event in status
            if abs(event.uptime_ms + event.data["battery_minutes"] * MINUTE - end_ms)
            > ALLOWED * (end_ms - event.uptime_ms)
        ]
        yield none_of("seen.c51.forecast", off, len(status), product=draft.product)
        gaps = [later.uptime_ms - earlier.uptime_ms for earlier, later in pairwise(status)]
        yield at_most("seen.c51.often", ms(15 * MINUTE), ms(max(gaps)) if gaps else None)
        yield yes("seen.c51.hours-ahead", bool(low) and end_ms - low[0].uptime_ms >= 6 * HOUR)
        bench.keep(pump.events)
