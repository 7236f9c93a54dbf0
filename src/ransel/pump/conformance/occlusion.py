"""A closed line: found on either side, let off before it opens, and not seen where there is none."""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass, replace

from ransel.infusion.condition import Condition
from ransel.infusion.event import Kind
from ransel.language import Message
from ransel.pump.actions import Act
from ransel.pump.conformance.bench import Bench
from ransel.pump.conformance.driven import HOUR, MINUTE, QARZIBA, Driven
from ransel.pump.conformance.drugs import DRUGS, FLUCLOXACILLIN, FLUOROURACIL, row_of, without_limits
from ransel.pump.conformance.measured import at_most, close, is_so, never, percent, pressure, rate, same, volume, within
from ransel.pump.conformance.verdict import Observation, check
from ransel.pump.figures import Fluid
from ransel.pump.hardware import hardware
from ransel.pump.programme import Draft

TWENTY_PSI_MMHG = 1034
MAKERS_ERROR = 0.06
LOOKS_EVERY_MS = 10_000
ADULT_BOLUS_NL, CHILD_BOLUS_NL = 500_000, 200_000
SLOW = replace(QARZIBA, rate_uL=100)


@dataclass(frozen=True, slots=True)
class _Side:
    """One side of the pump.

    Values:
        fault: that closes it. holds: mL per mmHg that the tube takes or gives. against: how much less a stroke moves
            per mL that is held, as a share of the stroke.
    """

    name: str
    fault: str
    detail: str
    holds: float
    against: float


def _sides(fluid: Fluid) -> tuple[_Side, _Side]:
    above = fluid.above_mL_per_mmHg
    return (
        _Side("below", "occlusion", "below", fluid.line_mL_per_mmHg, fluid.per_mmHg / fluid.line_mL_per_mmHg),
        _Side("above", "upstream-occlusion", "above", above, 1 / (above * fluid.strongest_vacuum_mmHg)),
    )


def _stated_ms(side: _Side, limit_mmHg: int, rate_uL: int) -> int:
    """Return the time to the alarm that is stated for a rate, for the slowest pump of the kind.

    The tube fills by dV/dt = rate * (share - against * V), and the limit is reached at V = limit * holds.
    """
    share, volume_mL = 1 - MAKERS_ERROR, limit_mmHg * side.holds
    hours = -math.log1p(-side.against * volume_mL / share) / side.against / (rate_uL / 1000)
    return math.ceil(hours * HOUR)


@check("C14")
def c14(bench: Bench) -> Iterator[Observation]:
    """Close the line below and above at a random moment, for pumps at both ends of their error and every drug."""
    for side in _sides(hardware().fluid):
        for draft in (SLOW, *DRUGS):
            for error in (-MAKERS_ERROR, 0.0, MAKERS_ERROR):
                yield from _closed(bench, side, draft, error)
    yield from _open(bench)


def _closed(bench: Bench, side: _Side, draft: Draft, error: float) -> Iterator[Observation]:
    pump = without_limits(Driven(flow_error=error)).running(draft)
    pump.wait(bench.random.randrange(HOUR, 3 * HOUR))
    pump.fault(side.fault)
    row = row_of(draft)
    limit = row.occlusion_mmHg if side.name == "below" else row.upstream_mmHg
    stated = _stated_ms(side, limit, draft.rate_uL)
    took, highest = _until_alarm(pump, 2 * stated)
    bench.keep(pump.events)
    words = {"rate": rate(draft.rate_uL * 1000), "error": percent(error)}
    yield within(Message(f"check.occlusion.found-{side.name}", words), stated, took)
    yield at_most(Message(f"check.occlusion.pressure-{side.name}", words), TWENTY_PSI_MMHG - 1, highest, pressure)
    yield same(Message("check.occlusion.motor", words), rate(0), rate(pump.controller.motor_nL_per_h))
    details = {event.data["detail"] for event in pump.raised(Condition.OCCLUSION)}
    yield is_so(Message(f"check.occlusion.named-{side.name}", words), details == {side.detail})
    turned = pump.controller.kept.meter.turned_nL
    yield is_so(Message("check.occlusion.in-the-stroke", words), turned % pump.controller.device.stroke_nL != 0)


def _until_alarm(pump: Driven, most_ms: int) -> tuple[int | None, float]:
    """Wait in small steps until the alarm; return after how long it came, and the highest pressure or vacuum."""
    began, highest = pump.twin.now_ms, 0.0
    while pump.twin.now_ms < began + most_ms:
        highest = max(highest, pump.plant.pressure_mmHg, pump.plant.vacuum_mmHg)
        left = began + most_ms - pump.twin.now_ms
        if pump.wait_for(Condition.OCCLUSION, min(max(LOOKS_EVERY_MS, most_ms // 200), left)) is not None:
            return pump.twin.now_ms - began, highest
    return None, highest


def _open(bench: Bench) -> Iterator[Observation]:
    """An open line is never reported closed, however hard the child and a thin catheter press against it."""
    for draft, against_mmHg in ((QARZIBA, 300.0), (FLUOROURACIL, 300.0), (FLUCLOXACILLIN, 100.0)):
        pump = Driven().running(draft)
        pump.fault("back-pressure", against_mmHg)
        pump.fault("thin-catheter")
        took = pump.wait_for(Condition.OCCLUSION, 20 * HOUR)
        bench.keep(pump.events)
        words = {"rate": rate(draft.rate_uL * 1000), "pressure": pressure(against_mmHg)}
        yield never(Message("check.occlusion.open-line", words), took)


@check("C15")
def c15(bench: Bench) -> Iterator[Observation]:
    """Close the line until the alarm, open it, restart; and leave it closed and restart."""
    for draft in DRUGS:
        for error in (-MAKERS_ERROR, 0.0, MAKERS_ERROR):
            yield from _opened_again(bench, draft, error)
    yield from _still_closed(bench)


def _opened_again(bench: Bench, draft: Draft, error: float) -> Iterator[Observation]:
    pump = Driven(flow_error=error).running(draft)
    pump.wait(bench.random.randrange(HOUR, 2 * HOUR))
    off = pump.counted_mL - pump.given_mL
    pump.fault("occlusion")
    pump.wait_for(Condition.OCCLUSION, 12 * HOUR)
    row, words = row_of(draft), {"drug": draft.product, "error": percent(error)}
    let_off = pump.plant.pressure_mmHg
    held = pump.controller.device.stroke_nL / pump.controller.device.compliance_nL_per_mmHg
    yield at_most(Message("check.occlusion.let-off", words), 2 * held, let_off, pressure)
    before = pump.given_mL
    pump.mend("occlusion")
    most = CHILD_BOLUS_NL if draft.patient_type == "child" else ADULT_BOLUS_NL
    most = min(most, draft.rate_uL * 1000 * 25 // 100)
    yield same(
        Message("check.occlusion.row", words),
        volume(most),
        volume(_bolus_nL(row.bolus_most_nL, row.bolus_percent, draft)),
    )
    yield at_most(Message("check.occlusion.bolus", words), most, (pump.given_mL - before) * 1e6, volume)
    not_counted = abs(pump.counted_mL - pump.given_mL - off) * 1e6
    yield at_most(Message("check.occlusion.counted", words), 2 * pump.controller.device.stroke_nL, not_counted, volume)
    pump.press(Act.ACKNOWLEDGE, condition=Condition.OCCLUSION)
    refused, before = pump.start(), pump.given_mL
    pump.wait(HOUR)
    bench.keep(pump.events)
    yield is_so(Message("check.occlusion.restarted", words), not refused)
    given = (pump.given_mL - before) * 1e6
    yield close(Message("check.occlusion.afterwards", words), draft.rate_uL * 1000 * (1 + error), given, volume, 5)


def _bolus_nL(most_nL: int, share: int, draft: Draft) -> int:
    return min(most_nL, draft.rate_uL * 1000 * share // 100)


def _still_closed(bench: Bench) -> Iterator[Observation]:
    """Who restarts against a closed line gets the alarm again, and in the end no other start; nothing adds up."""
    for draft in (FLUOROURACIL, FLUCLOXACILLIN):
        pump = Driven().running(draft)
        pump.wait(HOUR)
        pump.fault("occlusion")
        for _ in range(4):
            pump.wait_for_next(Condition.OCCLUSION, HOUR)
            pump.press(Act.ACKNOWLEDGE, condition=Condition.OCCLUSION)
            pump.start()
        pump.wait(HOUR)
        before = pump.given_mL
        pump.mend("occlusion")
        bench.keep(pump.events)
        words = {"drug": draft.product}
        yield at_most(
            Message("check.occlusion.bolus-of-many", words), ADULT_BOLUS_NL, (pump.given_mL - before) * 1e6, volume
        )


@check("C16")
def c16(bench: Bench) -> Iterator[Observation]:
    """Prime, leave the pump for minutes to hours with the clamp shut and open, warm and cold, then start."""
    for waits in (MINUTE, 61 * MINUTE, 3 * HOUR, 12 * HOUR):
        for clamped in (False, True):
            for place in ("", "pump-low", "pump-high", "bag-low", "cold"):
                yield _primed_and_left(bench, waits, place, clamped=clamped)
    pump = _primed(HOUR)
    pump.fault("occlusion")
    pump.connect()
    pump.start()
    took = pump.wait_for(Condition.OCCLUSION, HOUR)
    bench.keep(pump.events)
    stated = _stated_ms(_sides(hardware().fluid)[0], row_of(QARZIBA).occlusion_mmHg, QARZIBA.rate_uL)
    yield within(Message("check.occlusion.still-found"), stated, took)


def _primed(waits: int) -> Driven:
    pump = Driven().made_ready()
    pump.prime()
    pump.wait(waits)
    return pump


def _primed_and_left(bench: Bench, waits: int, place: str, *, clamped: bool) -> Observation:
    pump = Driven().made_ready()
    pump.prime()
    if clamped:
        pump.fault("occlusion")
    if place:
        pump.fault(place)
    pump.wait(waits)
    pump.mend("occlusion")
    pump.connect()
    pump.start()
    pump.wait(3 * HOUR)
    bench.keep(pump.events)
    running = pump.told(Kind.STARTED)
    false = len(pump.raised(Condition.OCCLUSION)) if running else -1
    words = {"minutes": waits // MINUTE, "place": place or "-", "clamp": Message(_CLAMP[clamped])}
    return same(Message("check.occlusion.false", words), 0, false)


_CLAMP = {False: "check.occlusion.clamp-open", True: "check.occlusion.clamp-shut"}
