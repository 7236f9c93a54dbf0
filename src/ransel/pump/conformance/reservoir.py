"""The reservoir: what is left and for how long, who calls when, and a pump that counts while nothing leaves it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from ransel.infusion.condition import Condition
from ransel.infusion.detection import detection, observations
from ransel.infusion.event import Kind
from ransel.infusion.reckoning import account
from ransel.language import Message
from ransel.pump.actions import Act
from ransel.pump.conformance.bench import Bench
from ransel.pump.conformance.driven import HOUR, MINUTE, QARZIBA, Driven
from ransel.pump.conformance.drugs import BLINCYTO_7_DAYS, DRUGS, FLUCLOXACILLIN
from ransel.pump.conformance.looked_at import looked_at, plan_of
from ransel.pump.conformance.measured import (
    at_most,
    close,
    count,
    is_so,
    never,
    percent,
    rate,
    same,
    time,
    volume,
    within,
)
from ransel.pump.conformance.verdict import Observation, check
from ransel.pump.delivery import DELIVERING
from ransel.pump.delivery_watch import time_left_ms, time_shown_ms
from ransel.pump.programme import Draft

MAKERS_ERROR = 0.06
THREE_MINUTES = 3 * MINUTE
HOME = ((12 * HOUR, Condition.RESERVOIR_LOW, "0"), (4 * HOUR, Condition.RESERVOIR_NEARLY_EMPTY, "1"))
WARD = ((2 * HOUR, Condition.RESERVOIR_LOW, "0"), (30 * MINUTE, Condition.RESERVOIR_NEARLY_EMPTY, "1"))
DISPLAY_NL = 5_000_000


@check("C17")
def c17(bench: Bench) -> Iterator[Observation]:
    """Read both times before the start, after every change of rate and of cassette, and wait for what they foretell."""
    for draft in DRUGS:
        yield from _by_the_display(bench, draft)
        yield from _by_the_fast_end(bench, draft)
    yield from _after_changes(bench)


def _shown(pump: Driven) -> int:
    return time_shown_ms(pump.controller, pump.twin.uptime_ms) or 0


def _left(pump: Driven) -> int:
    return time_left_ms(pump.controller, pump.twin.uptime_ms) or 0


def _by_the_display(bench: Bench, draft: Draft) -> Iterator[Observation]:
    """Before the start, and later: the time shown is that until the display says empty."""
    room = _room_mL(draft)
    pump = Driven().made_ready(draft, room)
    words = {"drug": draft.product, "rate": rate(draft.rate_uL * 1000)}
    before = _shown(pump)
    exact = room * 1000 * HOUR / draft.rate_uL
    yield close(Message("check.reservoir.shown-before-start", words), exact, before, time, THREE_MINUTES)
    pump.start()
    pump.wait(bench.random.randrange(HOUR))
    later = pump.twin.now_ms + _shown(pump)
    pump.wait_for(Condition.RESERVOIR_EMPTY, round(exact) + HOUR)
    bench.keep(pump.events)
    yield close(Message("check.reservoir.shown-later", words), pump.twin.now_ms, later, time, THREE_MINUTES)
    displayed = pump.told(Kind.STOPPED)[-1].data["displayed_nL"]
    yield at_most(Message("check.reservoir.display-at-the-end", words), 0, displayed, volume)


def _room_mL(draft: Draft) -> float:
    """Return a container that is empty before the order is given."""
    return float(draft.volume_uL // 1000 - 5)


def _by_the_fast_end(bench: Bench, draft: Draft) -> Iterator[Observation]:
    """The hours that people are told are those of the fastest pump: such a pump is dry just then, and none before."""
    room = _room_mL(draft)
    pump = Driven(flow_error=MAKERS_ERROR).made_ready(draft, room)
    pump.prime(2.0)
    pump.connect()
    words = {"drug": draft.product, "rate": rate(draft.rate_uL * 1000)}
    told = _left(pump)
    pump.start()
    began = pump.twin.now_ms
    pump.wait(told - THREE_MINUTES)
    yield is_so(Message("check.reservoir.not-dry-before", words), not pump.plant.is_dry)
    pump.wait(2 * THREE_MINUTES)
    bench.keep(pump.events)
    yield is_so(Message("check.reservoir.dry-after", words), pump.plant.is_dry and pump.twin.now_ms > began)


def _after_changes(bench: Bench) -> Iterator[Observation]:
    pump = Driven().running()
    pump.wait(HOUR)
    left_mL = 248.0
    for rate_uL in (1_500, 1_000, 2_000):
        pump.programme(replace(QARZIBA, rate_uL=rate_uL))
        words = {"rate": rate(rate_uL * 1000)}
        exact, fast = _hours(left_mL, rate_uL), _fast_hours(250.0, 250.0 - left_mL, rate_uL)
        yield close(Message("check.reservoir.shown-after-rate", words), exact, _shown(pump), time, THREE_MINUTES)
        yield close(Message("check.reservoir.left-after-rate", words), fast, _left(pump), time, THREE_MINUTES)
        pump.wait(2 * HOUR)
        left_mL -= rate_uL * 2 / 1000
    pump.press(Act.STOP)
    pump.unload()
    for volume_mL, primed in ((245.0, 0.0), (100.0, 3.0)):
        pump.load(2 if primed == 0.0 else 3, volume_mL)
        if primed:
            pump.prime(primed)
        words = {"volume": volume(volume_mL * 1e6), "primed": volume(primed * 1e6)}
        exact = _hours(volume_mL - primed, 2_000)
        yield close(Message("check.reservoir.shown-after-cassette", words), exact, _shown(pump), time, THREE_MINUTES)
        fast = _fast_hours(volume_mL, primed, 2_000)
        yield close(Message("check.reservoir.left-after-cassette", words), fast, _left(pump), time, THREE_MINUTES)
    bench.keep(pump.events)


def _hours(left_mL: float, rate_uL: int) -> float:
    return left_mL * 1000 * HOUR / rate_uL


def _fast_hours(room_mL: float, counted_mL: float, rate_uL: int) -> float:
    """Return how long a container lasts in which a pump has counted so much and always was as fast as it may be."""
    fast = 1 + MAKERS_ERROR
    return (room_mL - counted_mL * fast) * 1000 * HOUR / (rate_uL * fast)


@check("C18")
def c18(bench: Bench) -> Iterator[Observation]:
    """Let containers run empty with the pump fast, exact and slow, and see who calls when."""
    for error in (MAKERS_ERROR, 0.0, -MAKERS_ERROR):
        yield from _runs_empty(bench, QARZIBA, 245.0, HOME, error)
        yield from _runs_empty(bench, FLUCLOXACILLIN, 235.0, WARD, error)
    yield from _unseen_by_the_sensor(bench)
    yield from _nearly_empty_from_the_start(bench)


def _runs_empty(
    bench: Bench, draft: Draft, room_mL: float, calls: tuple[tuple[int, Condition, str], ...], error: float
) -> Iterator[Observation]:
    pump = Driven(flow_error=error).running(draft, room_mL)
    began = pump.twin.now_ms
    words = {"drug": draft.product, "error": percent(error)}
    pump.wait_for(Condition.RESERVOIR_EMPTY, round(_hours(room_mL, draft.rate_uL)) + 2 * HOUR)
    empty = pump.twin.now_ms - began
    bench.keep(pump.events)
    told = {(str(event.data["condition"]), event.data["detail"]): event for event in pump.told(Kind.ALARM_RAISED)}
    for before, condition, detail in calls:
        at = _raised_ms(pump, began, condition, detail)
        expected = _fast_hours(room_mL, 0.0, draft.rate_uL) - before
        says = Message("check.reservoir.called-hours-before", {**words, "time": time(before)})
        yield close(says, expected, at or 0, time, MINUTE)
    if error <= 0:
        at = _raised_ms(pump, began, Condition.RESERVOIR_NEARLY_EMPTY, "display")
        expected = (room_mL - DISPLAY_NL / 1e6) * 1000 * HOUR / draft.rate_uL
        yield close(Message("check.reservoir.called-at-display", words), expected, at or 0, time, MINUTE)
    lasts = min(_hours(room_mL, draft.rate_uL), _hours(room_mL, draft.rate_uL) / (1 + error))
    soon = round(2.5 * pump.controller.device.stroke_nL * HOUR / (draft.rate_uL * 1000))
    yield within(Message("check.reservoir.empty", words), soon, max(empty - round(lasts), 0))
    yield is_so(Message("check.reservoir.empty-named", words), any(key == "reservoir-empty" for key, _ in told))
    meter = pump.controller.kept.meter
    yield same(Message("check.reservoir.stroke-complete", words), volume(0), volume(meter.rest_of_stroke_nL))
    yield is_so(Message("check.reservoir.stands", words), pump.mode not in DELIVERING and bool(pump.start()))


def _raised_ms(pump: Driven, began: int, condition: Condition, detail: str) -> int | None:
    """Return when a condition was first raised with this detail, counted from the start."""
    zero = pump.told(Kind.STARTED)[0].uptime_ms
    found = (event.uptime_ms - zero for event in pump.raised(condition) if event.data["detail"] == detail)
    return next(found, None) if began else None


def _unseen_by_the_sensor(bench: Bench) -> Iterator[Observation]:
    """With the sensor above the pump dead the display still ends it; nothing but time was lost."""
    pump = Driven(flow_error=MAKERS_ERROR).running(QARZIBA, 245.0)
    pump.fault("upstream-sensor-off")
    took = pump.wait_for(Condition.RESERVOIR_EMPTY, 130 * HOUR)
    bench.keep(pump.events)
    yield within(Message("check.reservoir.empty-without-sensor"), 125 * HOUR, took)


def _nearly_empty_from_the_start(bench: Bench) -> Iterator[Observation]:
    """Who attaches a container that is low already is told at the start, and not only when it is empty."""
    pump = Driven().running(QARZIBA, 20.0)
    bench.keep(pump.events)
    yield is_so(Message("check.reservoir.low-at-start"), bool(pump.raised(Condition.RESERVOIR_LOW)))
    yield never(Message("check.reservoir.not-nearly-empty"), _raised_ms(pump, 1, Condition.RESERVOIR_NEARLY_EMPTY, "1"))


@check("C19")
def c19(bench: Bench) -> Iterator[Observation]:
    """Run past every warning and ask motor and line all the way."""
    for draft in DRUGS:
        pump = Driven().running(draft, _room_mL(draft))
        flows, until = set(), round(_hours(_room_mL(draft), draft.rate_uL)) - MINUTE
        while pump.twin.now_ms < until:
            pump.wait(min(30 * MINUTE, until - pump.twin.now_ms))
            flows.add(round(pump.plant.flow_mL_per_h * 1e6))
        bench.keep(pump.events)
        words = {"drug": draft.product}
        warned = {Condition.RESERVOIR_LOW, Condition.RESERVOIR_NEARLY_EMPTY}
        yield is_so(Message("check.reservoir.warned", words), warned <= pump.controller.board.lines.keys())
        yield same(Message("check.reservoir.flow", words), {draft.rate_uL * 1000}, flows)
        rates = {event.data["rate_nL_per_h"] for event in pump.told(Kind.STATUS)} - {0}
        yield same(Message("check.reservoir.rate-told", words), {draft.rate_uL * 1000}, rates)
        yield count(Message("check.reservoir.stops", words), 0, len(pump.told(Kind.STOPPED)))


@check("C20")
def c20(bench: Bench) -> Iterator[Observation]:
    """Start without a cassette, take it off while it runs and while it stands; then run long with a good one."""
    for way in ("never", "paused", "running", "unseen"):
        pump = _without_cassette(way)
        refused = pump.start()
        bench.keep(pump.events)
        words = {"way": Message(f"check.reservoir.cassette-{way}")}
        yield is_so(Message("check.reservoir.no-start", words), bool(refused) and pump.mode not in DELIVERING)
        yield is_so(Message("check.reservoir.no-cassette", words), bool(pump.raised(Condition.NO_CASSETTE)))
        yield same(Message("check.reservoir.motor", words), rate(0), rate(pump.controller.motor_nL_per_h))
    for draft in DRUGS:
        pump = Driven().running(draft, _room_mL(draft))
        for name in ("pump-low", "pump-high", "back-pressure", "clock-drift", "cold"):
            pump.fault(name)
            pump.wait(round(_hours(_room_mL(draft), draft.rate_uL)) // 6)
            pump.mend(name)
            pump.press(Act.STOP)
            pump.start()
        bench.keep(pump.events)
        wrong = len(pump.raised(Condition.NO_CASSETTE))
        yield count(Message("check.reservoir.false-no-cassette", {"drug": draft.product}), 0, wrong)


def _without_cassette(way: str) -> Driven:
    pump = Driven()
    if way == "never":
        pump.switch_on()
        pump.programme()
        return pump
    pump.running()
    pump.wait(HOUR)
    if way == "paused":
        pump.press(Act.STOP)
    if way == "unseen":
        pump.fault("false-no-cassette")
    else:
        pump.unload()
    return pump


@check("C21")
def c21(bench: Bench) -> Iterator[Observation]:
    """Keep the tube shut while strokes are counted; then look at the container as often as somebody would."""
    for draft in (BLINCYTO_7_DAYS, QARZIBA):
        yield from _counts_and_gives_nothing(bench, draft)
        for name in ("photo-daily", "weigh-twice-daily"):
            yield from _noticed(bench, draft, name)


def _counts_and_gives_nothing(bench: Bench, draft: Draft) -> Iterator[Observation]:
    """No sensor of the pump sees it: strokes count on, the display falls, no alarm comes, nothing arrives."""
    pump = Driven().made_ready(draft, _room_mL(draft))
    pump.fault("tube-shut")
    pump.start()
    pump.wait(48 * HOUR)
    bench.keep(pump.events)
    words = {"drug": draft.product}
    counted = draft.rate_uL * 1000 * 48
    first, last = pump.told(Kind.STARTED)[0].data, pump.told(Kind.STATUS)[-1].data
    yield close(Message("check.reservoir.shut-counted", words), counted, pump.counted_mL * 1e6, volume)
    yield is_so(Message("check.reservoir.shut-strokes", words), last["strokes"] > first["strokes"])
    yield is_so(Message("check.reservoir.shut-display", words), last["displayed_nL"] < first["displayed_nL"])
    yield same(Message("check.reservoir.shut-given", words), volume(0), volume(pump.given_mL * 1e6))
    yield count(Message("check.reservoir.shut-alarms", words), 0, len(pump.told(Kind.ALARM_RAISED)))


def _noticed(bench: Bench, draft: Draft, name: str) -> Iterator[Observation]:
    """Look until the ledger says so; each look errs in the direction that hides it, or alarms for nothing."""
    plan, look = plan_of(draft, _room_mL(draft)), observations()[name]
    (stated,) = detection(plan, (plan.containers[0].rate,), {name: look})
    words = {"drug": draft.product, "look": look.title}
    for shut in (True, False):
        pump = Driven(flow_error=0.0 if shut else -MAKERS_ERROR).made_ready(draft, _room_mL(draft))
        if shut:
            pump.fault("tube-shut")
        pump.start()
        first = looked_at(pump, plan, look, errs=-1 if shut else 1)
        bench.keep(pump.events)
        if shut:
            says = Message("check.reservoir.shut-noticed", words)
            expected = None if stated.noticed is None else round(stated.noticed.magnitude * HOUR)
            yield Observation(says, _moment(expected), _moment(first), first == expected)
        else:
            yield never(Message("check.reservoir.open-not-noticed", words), first)
    ledger = account(plan, pump.events)
    yield is_so(Message("check.reservoir.needs-a-look", words), not ledger.silent_non_delivery)


def _moment(at_ms: int | None) -> object:
    return Message("check.never") if at_ms is None else Message("check.after", {"time": time(at_ms)})
