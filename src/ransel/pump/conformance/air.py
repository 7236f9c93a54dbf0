"""Air: one bubble that is too large, and many small ones within a window."""

from __future__ import annotations

from collections.abc import Iterator

from ransel.infusion.condition import Condition, Priority
from ransel.language import Message
from ransel.pump.actions import Act
from ransel.pump.conformance.bench import Bench
from ransel.pump.conformance.driven import HOUR, MINUTE, QARZIBA, Driven
from ransel.pump.conformance.drugs import DRUGS, row_of
from ransel.pump.conformance.measured import at_most, between, is_so, never, rate, same, time, volume, within
from ransel.pump.conformance.verdict import Observation, check
from ransel.pump.delivery import Mode
from ransel.pump.programme import Draft

CHILD_UL, ADULT_UL = 50, 200
"""The largest bubble in µL that passes, for a child and for an adult; together twice as much within an hour."""


@check("C13")
def c13(bench: Bench) -> Iterator[Observation]:
    """Send one bubble just below and at the limit, then small ones close together and far apart, for every drug."""
    for draft in DRUGS:
        limit = (CHILD_UL if draft.patient_type == "child" else ADULT_UL) / 1000
        yield from _one_bubble(bench, draft, limit)
        yield from _many(bench, draft, limit)
    yield from _cleared_by_priming(bench)


def _one_bubble(bench: Bench, draft: Draft, limit_mL: float) -> Iterator[Observation]:
    for size, stops in ((limit_mL * 0.98, False), (limit_mL, True), (limit_mL * 3, True)):
        pump = Driven().running(draft)
        pump.wait(bench.random.randrange(HOUR))
        pump.fault("bubble", size)
        passes_ms = round(limit_mL / (draft.rate_uL / 1000) * HOUR)
        took = pump.wait_for(Condition.AIR_IN_LINE, 4 * HOUR)
        bench.keep(pump.events)
        says = {"drug": draft.product, "bubble": volume(size * 1e6), "rate": rate(draft.rate_uL * 1000)}
        if stops:
            yield within(Message("check.air.bubble", says), passes_ms + 2, took)
            yield from _stopped(pump, draft, says)
            air = pump.plant.air_into_child_mL * 1e6
            yield at_most(Message("check.air.into-child", says), limit_mL * 1e6 + 10, air, volume)
        else:
            yield never(Message("check.air.small-bubble", says), took)


def _stopped(pump: Driven, draft: Draft, says: dict[str, object]) -> Iterator[Observation]:
    yield same(Message("check.air.motor", says), rate(0), rate(pump.controller.motor_nL_per_h))
    told = {event.data["priority"] for event in pump.raised(Condition.AIR_IN_LINE)}
    priority = row_of(draft).priorities[Condition.AIR_IN_LINE]
    yield is_so(Message("check.air.urgent", says), told == {priority.value} and priority is not Priority.LOW)
    refused = pump.start()
    yield is_so(Message("check.air.no-start", says), refused == "alarm:air-in-line" and pump.mode is Mode.HELD)


def _many(bench: Bench, draft: Draft, limit_mL: float) -> Iterator[Observation]:
    """Bubbles of 60 % of the limit: the fourth makes the window full. Far apart, there are never four in an hour."""
    size = limit_mL * 0.6
    for every_ms, stops in ((12 * MINUTE, True), (25 * MINUTE, False)):
        pump = Driven().running(draft)
        sent = 0
        while sent < 8 and pump.mode is Mode.RUNNING:
            pump.fault("bubble", size)
            sent += 1
            pump.wait_for(Condition.AIR_IN_LINE, every_ms)
        bench.keep(pump.events)
        says = {"drug": draft.product, "bubble": volume(size * 1e6), "time": time(every_ms)}
        expected = 4 if stops else 8
        yield between(Message("check.air.many", says), (expected, expected), sent, str)
        yield is_so(Message("check.air.many-alarm", says), bool(pump.raised(Condition.AIR_IN_LINE)) is stops)
        if stops:
            yield from _stopped(pump, draft, {**says, "rate": rate(draft.rate_uL * 1000)})


def _cleared_by_priming(bench: Bench) -> Iterator[Observation]:
    """Air goes out of the line beside the child; only then, and acknowledged, the pump starts."""
    pump = Driven().running()
    pump.fault("bubble", 0.15)
    pump.wait_for(Condition.AIR_IN_LINE, HOUR)
    pump.press(Act.STOP)
    pump.press(Act.ACKNOWLEDGE, condition=Condition.AIR_IN_LINE)
    before = pump.start()
    pump.prime(1.0)
    pump.wait(MINUTE)
    pump.press(Act.ACKNOWLEDGE, condition=Condition.AIR_IN_LINE)
    pump.connect()
    after = pump.start()
    bench.keep(pump.events)
    yield is_so(Message("check.air.not-before-primed"), bool(before))
    yield is_so(Message("check.air.starts-when-primed", {"drug": QARZIBA.product}), not after)
