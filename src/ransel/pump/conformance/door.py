"""Door and latch: open while it runs, open at the start, open while the line is filled."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import product

from ransel.infusion.condition import Condition
from ransel.infusion.event import Kind
from ransel.language import Message
from ransel.pump.actions import Act
from ransel.pump.conformance.bench import Bench
from ransel.pump.conformance.driven import HOUR, MINUTE, Driven
from ransel.pump.conformance.drugs import DRUGS, FLUCLOXACILLIN
from ransel.pump.conformance.measured import is_so, rate, same, volume
from ransel.pump.conformance.verdict import Observation, check
from ransel.pump.delivery import DELIVERING, Mode
from ransel.pump.programme import Draft

PARTS = {"door-open": Condition.DOOR_OPEN, "latch-open": Condition.SET_NOT_LOADED}


@check("C22")
def c22(bench: Bench) -> Iterator[Observation]:
    """Open each part while it runs, keeps open and is filled; try to start with either open, with both, with none."""
    for fault, draft in product(PARTS, DRUGS):
        yield from _opened(bench, fault, draft)
    for fault in PARTS:
        yield from _while_kept_open(bench, fault)
        yield from _while_priming(bench, fault)
    for door, latch in product((False, True), repeat=2):
        yield from _at_the_start(bench, [name for name, open_ in zip(PARTS, (door, latch), strict=True) if open_])


def _opened(bench: Bench, fault: str, draft: Draft) -> Iterator[Observation]:
    pump = Driven().running(draft)
    pump.wait(bench.random.randrange(HOUR, 2 * HOUR))
    before = pump.given_mL
    pump.fault(fault)
    words = {"part": fault, "drug": draft.product}
    yield same(Message("check.door.motor", words), rate(0), rate(pump.controller.motor_nL_per_h))
    yield is_so(Message("check.door.alarm", words), bool(pump.raised(PARTS[fault])) and pump.mode is Mode.HELD)
    pump.wait(10 * MINUTE)
    yield same(Message("check.door.given", words), volume(0), volume((pump.given_mL - before) * 1e6))
    held = pump.start()
    pump.press(Act.STOP)
    pump.press(Act.ACKNOWLEDGE, condition=PARTS[fault])
    acknowledged = pump.start()
    pump.mend(fault)
    pump.wait(MINUTE)
    yield is_so(Message("check.door.no-start", words), bool(held) and bool(acknowledged))
    yield is_so(Message("check.door.not-by-itself", words), pump.mode not in DELIVERING)
    pump.press(Act.ACKNOWLEDGE, condition=PARTS[fault])
    refused = pump.start()
    bench.keep(pump.events)
    yield is_so(Message("check.door.starts-when-shut", words), not refused and pump.mode is Mode.RUNNING)


def _while_kept_open(bench: Bench, fault: str) -> Iterator[Observation]:
    pump = Driven(flow_sensor=True, flow_error=0.11).running(FLUCLOXACILLIN)
    pump.wait_for(Condition.OVER_INFUSION, HOUR)
    was = pump.mode
    pump.fault(fault)
    bench.keep(pump.events)
    stands = was is Mode.KVO and pump.mode is Mode.HELD and pump.controller.motor_nL_per_h == 0
    yield is_so(Message("check.door.while-kept-open", {"part": fault}), stands)


def _while_priming(bench: Bench, fault: str) -> Iterator[Observation]:
    pump = Driven()
    pump.switch_on()
    pump.load()
    pump.programme()
    pump.press(Act.PRIME, volume_nL=5_000_000, off_child=True)
    pump.wait(MINUTE)
    was = pump.mode
    pump.fault(fault)
    pump.wait(10 * MINUTE)
    bench.keep(pump.events)
    (primed,) = pump.told(Kind.PRIMED)
    stands = was is Mode.PRIMING and pump.mode is Mode.STOPPED and 0 < primed.data["volume_nL"] < 5_000_000
    yield is_so(Message("check.door.while-priming", {"part": fault}), stands)


def _at_the_start(bench: Bench, opened: list[str]) -> Iterator[Observation]:
    pump = Driven().made_ready()
    for fault in opened:
        pump.fault(fault)
    refused = pump.start()
    bench.keep(pump.events)
    words = {"parts": ", ".join(opened) or "-"}
    starts = not refused and pump.mode is Mode.RUNNING
    yield is_so(Message("check.door.at-the-start", words), starts is not bool(opened))
    told = any(pump.raised(PARTS[fault]) for fault in opened)
    yield is_so(Message("check.door.said-at-the-start", words), told is bool(opened))
