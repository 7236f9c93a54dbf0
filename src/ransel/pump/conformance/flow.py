"""Flow: does what is set arrive, does the pump know, and does it call when it does not."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from ransel.infusion.condition import Condition
from ransel.infusion.event import Kind
from ransel.language import Message
from ransel.pump.actions import Act
from ransel.pump.cam import longest_gap_ms, stroke_times_ms, trumpet
from ransel.pump.conformance.bench import Bench
from ransel.pump.conformance.driven import HOUR, MINUTE, QARZIBA, Driven
from ransel.pump.conformance.drugs import BLINCYTO_7_DAYS, FLUCLOXACILLIN, FLUOROURACIL, motor_after, without_limits
from ransel.pump.conformance.measured import at_most, between, close, is_so, never, percent, rate, same, time, within
from ransel.pump.conformance.verdict import Observation, check
from ransel.pump.programme import Draft

MAKERS_ERROR = 0.06
A_HAIR = 1e-9
THREE_DAYS = 72 * HOUR
RATES_UL = (100, 600, 2_000, 5_000, 13_000)
"""Thousandths of mL/h: from the least the pump does to the most that fits into three days of the largest volume."""


@check("C01")
def c01(bench: Bench) -> Iterator[Observation]:
    """Run three days at each rate with a pump at both ends of its error; report short windows."""
    for error in (-MAKERS_ERROR, 0.0, MAKERS_ERROR):
        for rate_uL in RATES_UL:
            pump = without_limits(Driven(flow_error=error))
            pump.running(replace(QARZIBA, rate_uL=rate_uL, volume_uL=999_000), 999.0)
            pump.wait(THREE_DAYS)
            off = pump.given_mL / (rate_uL * 72 / 1000) - 1
            bench.keep(pump.events)
            says = Message("check.flow.error-over-72-h", {"rate": rate(rate_uL * 1000), "error": percent(error)})
            yield between(says, (-MAKERS_ERROR - A_HAIR, MAKERS_ERROR + A_HAIR), off, percent)
    for rate_nL_per_h in (600_000, 2_000_000, 10_000_000):
        yield from _trumpet(rate_nL_per_h)


def _trumpet(rate_nL_per_h: int) -> Iterator[Observation]:
    """Compare what the pump says of short windows with what windows over its strokes hold, one after another."""
    for window, band in trumpet(rate_nL_per_h).items():
        least, most = _seen_in_windows(rate_nL_per_h, window * MINUTE)
        for key, said, seen in (("lowest", band.lowest, least), ("highest", band.highest, most)):
            says = Message(f"check.flow.trumpet-{key}", {"rate": rate(rate_nL_per_h), "window": time(window * MINUTE)})
            told = float(said) / 100
            yield between(says, (told - 0.01, told + 0.01), seen, percent)


def _seen_in_windows(rate_nL_per_h: int, window_ms: int) -> tuple[float, float]:
    """Return the smallest and the largest share by which windows of a length are off, from stroke to stroke."""
    times = stroke_times_ms(rate_nL_per_h, 2)
    turn = times[0]
    moving = 1000
    edges = [at + shift for at in times[:20] for shift in (0, turn - moving)]
    edges += [at - window_ms for at in edges if at >= window_ms]

    def given(at: float) -> float:
        """Return strokes until an instant; the cam moves at the beginning of each turn."""
        return at // turn + min((at % turn) / moving, 1.0)

    shares = [(given(at + window_ms) - given(at)) * turn / window_ms - 1 for at in edges]
    shares += [(given(at + moving + window_ms) - given(at + moving)) * turn / window_ms - 1 for at in times[:20]]
    return min(shares), max(shares)


@check("C02")
def c02(bench: Bench) -> Iterator[Observation]:
    """Look at the count in steps that are small against a stroke."""
    for rate_uL in (100, 300, 600, 1_000):
        pump = without_limits(Driven()).running(replace(QARZIBA, rate_uL=rate_uL))
        turn_ms = pump.controller.device.stroke_nL * HOUR // (rate_uL * 1000)
        longest = _longest_without_stroke(pump, turns=4, step_ms=turn_ms // 100)
        bench.keep(pump.events)
        says = {"rate": rate(rate_uL * 1000)}
        yield at_most(Message("check.flow.longest-gap", says), turn_ms * 1.01, longest, time)
        yield same(Message("check.flow.gap-told", says), time(turn_ms - 1000), time(longest_gap_ms(rate_uL * 1000)))


def _longest_without_stroke(pump: Driven, turns: int, step_ms: int) -> int:
    """Return the longest time between two turns of the cam, looked at in small steps."""
    began, last, longest = strokes(pump), pump.twin.now_ms, 0
    seen = began
    while seen < began + turns:
        pump.wait(step_ms)
        longest = max(longest, pump.twin.now_ms - last)
        if strokes(pump) > seen:
            seen, last = strokes(pump), pump.twin.now_ms
    return longest


def strokes(pump: Driven) -> int:
    """Return the whole turns of the cam so far."""
    return pump.controller.kept.meter.read(pump.twin.uptime_ms).strokes


def sensed_mL(pump: Driven) -> float:
    """Return what the pump knows from its flow sensor, after a key that means nothing has made it look."""
    pump.press(Act.INVALID_KEY)
    return (pump.controller.readings.flowed_nL or 0) / 1e6


@check("C03")
def c03(bench: Bench) -> Iterator[Observation]:
    """Take each step of an entry but the last, wait, and only then confirm or leave it."""
    slower = replace(QARZIBA, rate_uL=1_500)
    for steps, waits in ((1, 4 * MINUTE), (2, 4 * MINUTE), (2, 30 * MINUTE)):
        pump = Driven().running()
        pump.wait(3 * HOUR)
        for act in (Act.ENTER, Act.REVIEW)[:steps]:
            pump.press(act, draft=slower if act is Act.ENTER else None)
        before = pump.given_mL
        pump.wait(waits)
        bench.keep(pump.events)
        says = Message("check.flow.while-entered", {"steps": steps, "time": time(waits)})
        yield close(says, 2_000_000, (pump.given_mL - before) * 1e6 * HOUR / waits, rate)
    pump = Driven().running()
    pump.wait(3 * HOUR)
    yield from _left(bench, pump, slower)
    refused = pump.programme(slower)
    before = pump.given_mL
    pump.wait(HOUR)
    bench.keep(pump.events)
    yield close(Message("check.flow.confirmed-rate"), 1_500_000, (pump.given_mL - before) * 1e6, rate)
    yield is_so(Message("check.flow.confirmed"), not refused)


def _left(bench: Bench, pump: Driven, draft: Draft) -> Iterator[Observation]:
    pump.press(Act.ENTER, draft=draft)
    pump.press(Act.CLEAR)
    pump.press(Act.CONFIRM_CLEAR)
    refused, before = pump.press(Act.CONFIRM), pump.given_mL
    pump.wait(HOUR)
    bench.keep(pump.events)
    yield is_so(Message("check.flow.left-cannot-be-confirmed"), bool(refused))
    yield close(Message("check.flow.left-rate"), 2_000_000, (pump.given_mL - before) * 1e6, rate)


@check("C04")
def c04(bench: Bench) -> Iterator[Observation]:
    """Compare an hour of sensor and of strokes with what reached the child."""
    for draft in (BLINCYTO_7_DAYS, QARZIBA, FLUOROURACIL, FLUCLOXACILLIN):
        for error in (-MAKERS_ERROR, 0.0, MAKERS_ERROR):
            pump = Driven(flow_error=error, flow_sensor=True).running(draft)
            pump.wait(bench.random.randrange(HOUR))
            seen, counted, given = sensed_mL(pump), pump.counted_mL, pump.given_mL
            pump.wait(HOUR)
            seen, counted, given = sensed_mL(pump) - seen, pump.counted_mL - counted, pump.given_mL - given
            bench.keep(pump.events)
            says = {"rate": rate(draft.rate_uL * 1000), "error": percent(error)}
            yield at_most(Message("check.flow.by-sensor", says), 100_000, abs(seen - given) * 1e6, rate)
            most = MAKERS_ERROR * draft.rate_uL * 1000 + 1
            yield at_most(Message("check.flow.by-strokes", says), most, abs(counted - given) * 1e6, rate)


@check("C05")
def c05(bench: Bench) -> Iterator[Observation]:
    """Come off by just more and just less than the band, from the start and in the middle of a window."""
    for draft in (BLINCYTO_7_DAYS, QARZIBA, FLUOROURACIL, FLUCLOXACILLIN):
        for share in (-0.11, -0.101, -0.099, -0.09):
            yield from off_by(bench, draft, share, Condition.UNDER_INFUSION)
    pump = Driven(flow_error=-0.11).running()
    took = pump.wait_for(Condition.UNDER_INFUSION, 12 * HOUR)
    bench.keep(pump.events)
    yield never(Message("check.flow.without-sensor"), took)
    yield from _no_false_alarm(bench)


def off_by(bench: Bench, draft: Draft, share: float, condition: Condition) -> Iterator[Observation]:
    """Let a pump be off by a share, from its start and from some moment on, and see whether it calls in time."""
    says = {"rate": rate(draft.rate_uL * 1000), "share": percent(share)}
    band = 0.1
    for late in (False, True):
        pump = Driven(flow_sensor=True, flow_error=0.0 if late else share).running(draft)
        window = _window_ms(pump, draft)
        if late:
            pump.wait(2 * window + bench.random.randrange(window))
            pump.fault("flow-error", share)
        took = pump.wait_for(condition, 4 * window)
        bench.keep(pump.events)
        key = "later" if late else "from-start"
        if abs(share) > band:
            yield within(Message(f"check.flow.called-{key}", says), (2 if late else 1) * window, took)
            expected = rate(motor_after(condition, draft))
            yield same(Message("check.flow.rate-after-call", says), expected, rate(pump.controller.motor_nL_per_h))
        else:
            yield never(Message(f"check.flow.not-called-{key}", says), took)


def _window_ms(pump: Driven, draft: Draft) -> int:
    """Return the window that is stated for a rate: five minutes, or twenty strokes where those take longer."""
    return max(5 * MINUTE, 20 * pump.controller.device.stroke_nL * HOUR // (draft.rate_uL * 1000))


def _no_false_alarm(bench: Bench) -> Iterator[Observation]:
    """A pump within the band, that is stopped, primed and started at any moment, calls nothing."""
    for share in (-0.09, 0.0, 0.09):
        pump = Driven(flow_sensor=True, flow_error=share).made_ready()
        pump.prime()
        pump.connect()
        pump.start()
        for number in range(20):
            pump.wait(bench.random.randrange(HOUR))
            pump.press(Act.STOP)
            pump.wait(bench.random.randrange(1000, 10 * MINUTE))
            if number % 5 == 0:
                pump.prime(1.0)
                pump.connect()
            pump.start()
        bench.keep(pump.events)
        wrong = [event for event in pump.told(Kind.ALARM_RAISED) if event.data["condition"] in _OF_FLOW]
        yield same(Message("check.flow.stopped-and-started", {"share": percent(share)}), 0, len(wrong))


_OF_FLOW = {
    Condition.UNDER_INFUSION.value,
    Condition.OVER_INFUSION.value,
    Condition.FREE_FLOW.value,
    Condition.FLOW_UNSTEADY.value,
}
