"""Too much flow, flow that nobody commanded, and flow back."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from ransel.infusion.condition import Condition, Priority
from ransel.language import Message
from ransel.pump.actions import Act
from ransel.pump.conformance.bench import Bench
from ransel.pump.conformance.driven import HOUR, MINUTE, QARZIBA, Driven
from ransel.pump.conformance.drugs import BLINCYTO_7_DAYS, FLUCLOXACILLIN, FLUOROURACIL, row_of
from ransel.pump.conformance.flow import off_by
from ransel.pump.conformance.measured import at_most, count, is_so, never, percent, rate, same, volume
from ransel.pump.conformance.verdict import Observation, check
from ransel.pump.delivery import Mode
from ransel.pump.faults import KINDS, FaultKind
from ransel.pump.programme import Draft

FEW_STROKES_NL = 6 * 50_000
"""What may run freely until the pump calls: at the flow of an open line two seconds of it."""

NOT_OF_THE_PUMP = frozenset({"people", "link"})
TEN_MINUTES = 10 * MINUTE


@check("C06")
def c06(bench: Bench) -> Iterator[Observation]:
    """Come off by just more and just less than the band; then open the line while the motor turns and stands."""
    for draft in (BLINCYTO_7_DAYS, QARZIBA, FLUOROURACIL, FLUCLOXACILLIN):
        for share in (0.11, 0.101, 0.099, 0.09):
            yield from off_by(bench, draft, share, Condition.OVER_INFUSION)
        for stops in (None, Act.STOP):
            yield from _free_flow(bench, draft, stops)
    pump = Driven(flow_error=0.11).running()
    took = pump.wait_for(Condition.OVER_INFUSION, 12 * HOUR)
    bench.keep(pump.events)
    yield never(Message("check.flow.without-sensor"), took)
    yield from _above_order(bench)


def _free_flow(bench: Bench, draft: Draft, stops: Act | None) -> Iterator[Observation]:
    pump = Driven(flow_sensor=True).running(draft)
    pump.wait(bench.random.randrange(HOUR, 3 * HOUR))
    if stops:
        pump.press(stops)
    pump.change(lambda plant: setattr(plant, "height_m", 1.0))
    before = pump.given_mL
    pump.fault("free-flow")
    says = {"rate": rate(0 if stops else draft.rate_uL * 1000)}
    took = pump.wait_for(Condition.FREE_FLOW, HOUR)
    ran = (pump.given_mL - before) * 1e6
    bench.keep(pump.events)
    yield is_so(Message("check.free-flow.called", says), took is not None)
    yield at_most(Message("check.free-flow.ran", says), FEW_STROKES_NL, ran, volume)
    yield same(Message("check.free-flow.motor", says), rate(0), rate(pump.controller.motor_nL_per_h))
    priorities = {event.data["priority"] for event in pump.raised(Condition.FREE_FLOW)}
    expected = {row_of(draft).priorities[Condition.FREE_FLOW].value} - {Priority.LOW.value}
    yield is_so(Message("check.free-flow.urgent", says), priorities == expected)
    if not stops:
        yield is_so(Message("check.free-flow.held", says), pump.mode is Mode.HELD and bool(pump.start()))


def _above_order(bench: Bench) -> Iterator[Observation]:
    """A pump within its band gives more than the order in the end; a sensor knows, priming and power cuts or not."""
    for share, most in ((0.0, 0), (0.09, 1)):
        pump = Driven(flow_sensor=True, flow_error=share).made_ready(replace(QARZIBA, volume_uL=50_000))
        pump.prime()
        pump.connect()
        pump.start()
        pump.wait(2 * HOUR)
        pump.fault("battery-out")
        pump.mend("battery-out")
        pump.switch_on(new_child=False)
        pump.start()
        pump.wait(24 * HOUR)
        bench.keep(pump.events)
        says = Message("check.free-flow.above-order", {"share": percent(share)})
        yield count(says, most, len(pump.raised(Condition.VOLUME_ABOVE_ORDER)))


@check("C07")
def c07(bench: Bench) -> Iterator[Observation]:
    """Press back on a pump below the site with each fault, running, standing and off; then with two at once."""
    for kind in KINDS.values():
        if kind.place in NOT_OF_THE_PUMP:
            continue
        for doing in ("running", "standing", "taken-off"):
            pump = _pressed_back(doing, kind)
            back = _lasting_flow_back_nL(pump)
            bench.keep(pump.events)
            doing_now = Message(f"check.free-flow.doing-{doing}")
            says = Message("check.free-flow.back", {"fault": kind.name, "doing": doing_now})
            yield at_most(says, 0, back, volume)
    pump = _pressed_back("standing", KINDS["pinch-leaks"])
    pump.fault("valve-missing")
    yield is_so(Message("check.free-flow.two-faults"), _lasting_flow_back_nL(pump) > 0)


def _pressed_back(doing: str, kind: FaultKind) -> Driven:
    pump = Driven().running()
    pump.wait(HOUR)
    pump.change(lambda plant: setattr(plant, "height_m", -1.0))
    pump.change(lambda plant: setattr(plant, "back_pressure_mmHg", 100.0))
    if doing != "running":
        pump.press(Act.STOP)
    if doing == "taken-off":
        pump.unload()
    if kind.name not in {"pump-low", "pump-high", "back-pressure"}:
        pump.fault(kind.name)
    return pump


def _lasting_flow_back_nL(pump: Driven) -> float:
    """Return what comes back out of the child in ten minutes, if it goes on for ten more."""
    pump.wait(MINUTE)
    given = [pump.given_mL]
    for _ in range(2):
        pump.wait(TEN_MINUTES)
        given.append(pump.given_mL)
    return max(min(given[0] - given[1], given[1] - given[2]) * 1e6, 0.0)
