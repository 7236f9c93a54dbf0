"""Check of the clock: whatever it shows, volume, dose window, time left and order stay what they are."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, fields, replace
from datetime import datetime

from ransel.infusion.condition import Condition
from ransel.infusion.event import Kind
from ransel.language import Message
from ransel.pump.actions import Act
from ransel.pump.conformance.bench import Bench
from ransel.pump.conformance.driven import BEGINS, HOUR, QARZIBA, Driven
from ransel.pump.conformance.observing import ms, none_of, same, yes
from ransel.pump.conformance.verdict import Observation, check
from ransel.pump.delivery_watch import time_left_ms

FAST = replace(QARZIBA, rate_uL=2_400)
"""A fifth above the usual: the dose window holds it back after a day."""

CLOCKS: Mapping[str, Callable[[Driven], None]] = {
    "drift": lambda pump: pump.fault("clock-drift", 100_000),
    "slow": lambda pump: pump.fault("clock-drift", -50_000),
    "jump-on": lambda pump: pump.fault("clock-jump", 26),
    "jump-back": lambda pump: pump.fault("clock-jump", -26),
    "summer-time": lambda pump: pump.fault("clock-jump", 1),
    "zone": lambda pump: pump.change(lambda plant: setattr(plant.clock, "offset_ms", -2 * HOUR)),
}


@dataclass(frozen=True, slots=True)
class Run:
    """What a run came to, apart from what the clock said."""

    given: str
    counted_nL: int
    left_ms: tuple[int | None, ...]
    dose_limit_ms: tuple[int, ...]
    order_holds: bool


@check("C43")
def c43(bench: Bench) -> Iterator[Observation]:
    """Run the same two days with a right clock and with every wrong one."""
    right = _run(bench, lambda _: None)
    yield yes("seen.c43.reaches-limit", bool(right.dose_limit_ms))
    for name, spoil in CLOCKS.items():
        wrong = _run(bench, spoil)
        names = [field.name for field in fields(Run)]
        differs = [one for one in names if getattr(wrong, one) != getattr(right, one)]
        yield none_of(Message(f"seen.c43.clock.{name}"), differs, len(names))
    yield from _alarms(bench)
    yield from _implausible(bench)
    yield from _accurate(bench)


def _run(bench: Bench, spoil: Callable[[Driven], None]) -> Run:
    """Two days with a stop, a change of rate, the dose limit and a night switched off."""
    pump, left = Driven(), []
    pump.switch_on()
    pump.load()
    pump.programme(FAST, override=True)
    pump.connect()
    pump.start()
    for hour in range(40):
        pump.wait(HOUR)
        left.append(time_left_ms(pump.controller, pump.twin.uptime_ms))
        if hour == 1:
            spoil(pump)
        if hour == 5:
            pump.press(Act.STOP)
        if hour == 6:
            pump.start()
        if hour == 25:
            _off_and_on(pump)
    bench.keep(pump.events)
    keys = [(event.boot, event.seq) for event in pump.events]
    log = [entry[:2] for entry in pump.controller.kept.log.events]
    limits = tuple(event.uptime_ms for event in pump.raised(Condition.DOSE_LIMIT))
    order = keys == sorted(keys) and log == sorted(log)
    return Run(pump.given_mL.hex(), round(pump.counted_mL * 1e6), tuple(left), limits, order)


def _off_and_on(pump: Driven) -> None:
    pump.press(Act.STOP)
    pump.press(Act.SWITCH_OFF)
    pump.wait(HOUR)
    pump.switch_on(new_child=False)
    pump.start()


def _alarms(bench: Bench) -> Iterator[Observation]:
    tolerance = Driven().parts.device.clock_tolerance_ms
    for by_ms, alarms in ((tolerance - 1, 0), (tolerance, 1), (1 - tolerance, 0), (-tolerance, 1)):
        pump = Driven().running()
        pump.change(lambda plant, by_ms=by_ms: plant.clock.jump(by_ms))  # type: ignore[misc]
        pump.wait(HOUR)
        yield same("seen.c43.alarm", alarms, len(pump.raised(Condition.CLOCK_IMPLAUSIBLE)), by=by_ms // 1000)
        yield same("seen.c43.told", alarms, len(pump.told(Kind.CLOCK_SET)))
        yield same("seen.motor", 2_000_000, pump.controller.motor_nL_per_h)
        bench.keep(pump.events)
    for begins in (datetime(2025, 12, 31, tzinfo=BEGINS.tzinfo), datetime(2100, 1, 2, tzinfo=BEGINS.tzinfo)):
        pump = Driven()
        pump.change(lambda plant, to=begins: plant.clock.jump(round((to - BEGINS).total_seconds() * 1000)))  # type: ignore[misc]
        pump.switch_on()
        yield yes("seen.c43.self-test", bool(pump.raised(Condition.SELF_TEST_FAILED)), year=begins.year)
        bench.keep(pump.events)


def _implausible(bench: Bench) -> Iterator[Observation]:
    """A clock that has lost its time while the pump runs: called out, and nothing else; such a pump is not started."""
    right, wrong = Driven().running(), Driven().running()
    wrong.fault("clock-jump", -80_000)
    for pump in (right, wrong):
        pump.wait(20 * HOUR)
    details = [event.data["detail"] for event in wrong.raised(Condition.CLOCK_IMPLAUSIBLE)]
    yield same("seen.c43.implausible", ["outside"], details)
    yield same("seen.c43.implausible-given", right.given_mL.hex(), wrong.given_mL.hex())
    bench.keep(wrong.events)


def _accurate(bench: Bench) -> Iterator[Observation]:
    pump = Driven().running()
    pump.wait(100 * HOUR)
    off = [event for event in pump.events if event.pump_time != event.received_at]
    yield none_of("seen.c43.accurate", off, len(pump.events), within=ms(10))
    bench.keep(pump.events)
