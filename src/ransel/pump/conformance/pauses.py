"""Stopping, waiting and starting: strokes, forgotten pauses and forms, sleep, and what a start runs."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from hashlib import sha256
from itertools import pairwise

from ransel.infusion.condition import Condition
from ransel.infusion.event import Kind
from ransel.language import Message
from ransel.pump.actions import Act
from ransel.pump.conformance.bench import Bench
from ransel.pump.conformance.doing import BUSY, pump_that_is
from ransel.pump.conformance.driven import HOUR, MINUTE, QARZIBA, Driven
from ransel.pump.conformance.drugs import BLINCYTO, DRUGS, row_of
from ransel.pump.conformance.measured import (
    answer,
    at_least,
    at_most,
    close,
    count,
    is_not,
    is_so,
    rate,
    same,
    time,
    volume,
    within,
)
from ransel.pump.conformance.verdict import Observation, check
from ransel.pump.delivery import Mode
from ransel.pump.programme import Draft

STROKE_NL = 50_000
FAULTS = (
    "door-open",
    "latch-open",
    "false-no-cassette",
    "motor-stuck",
    "processor-fails",
    "battery-out",
    "task-stalls",
)
"""Faults that stop it at once; none of them takes anything back."""

CODE = "bench"
HASHED = sha256(CODE.encode()).hexdigest()


@check("C23")
def c23(bench: Bench) -> Iterator[Observation]:
    """Stop at random moments of a stroke, by the key and by each fault; ask the count, the strokes and the child."""
    for draft in DRUGS:
        for _ in range(4):
            yield from _stopped_by_key(bench, draft)
        for fault in FAULTS:
            yield from _stopped_by_fault(bench, draft, fault)


def _some_strokes(bench: Bench, draft: Draft) -> Driven:
    """Return a pump in the middle of a stroke, never within a twentieth of its ends."""
    pump = Driven().running(draft)
    turn = STROKE_NL * HOUR // (draft.rate_uL * 1000)
    pump.wait(turn * bench.random.randrange(20, 40) + bench.random.randrange(turn // 20, turn * 19 // 20))
    return pump


def _stopped_by_key(bench: Bench, draft: Draft) -> Iterator[Observation]:
    pump = _some_strokes(bench, draft)
    before = pump.counted_mL * 1e6
    pump.press(Act.STOP)
    bench.keep(pump.events)
    told = pump.told(Kind.STOPPED)[-1].data
    whole = -(-before // STROKE_NL) * STROKE_NL
    words = {"drug": draft.product, "before": volume(before)}
    yield same(Message("check.pauses.key-counted", words), volume(whole), volume(told["counted_nL"]))
    yield close(Message("check.pauses.key-given", words), whole, pump.given_mL * 1e6, volume, 2)
    yield same(Message("check.pauses.key-strokes", words), whole // STROKE_NL, float(told["strokes"]))
    yield is_so(Message("check.pauses.key-paused", words), pump.mode is Mode.PAUSED)


def _stopped_by_fault(bench: Bench, draft: Draft, fault: str) -> Iterator[Observation]:
    pump = _some_strokes(bench, draft)
    pump.fault(fault)
    pump.wait(2 * HOUR)
    bench.keep(pump.events)
    meter = pump.controller.kept.meter
    words = {"drug": draft.product, "fault": fault}
    yield is_so(
        Message("check.pauses.fault-in-the-stroke", words), meter.rate_nL_per_h == 0 and meter.rest_of_stroke_nL > 0
    )
    yield close(Message("check.pauses.fault-given", words), meter.counted_nL, pump.given_mL * 1e6, volume, 2)
    yield same(Message("check.pauses.fault-strokes", words), meter.turned_nL // STROKE_NL, meter.strokes)


@check("C24")
def c24(bench: Bench) -> Iterator[Observation]:
    """Pause up to and past the limit of each drug, by the key, by an alarm, and across switching off."""
    for draft in DRUGS:
        limit = row_of(draft).pause_ms
        for way in ("key", "alarm", "power"):
            yield from _paused(bench, draft, limit, way)
    yield from _resumed_in_time(bench)
    yield from _too_late(bench)


def _paused(bench: Bench, draft: Draft, limit: int, way: str) -> Iterator[Observation]:
    pump = Driven().running(draft)
    pump.wait(HOUR)
    if way == "alarm":
        pump.fault("door-open")
    else:
        pump.press(Act.STOP)
    if way == "power":
        pump.press(Act.SWITCH_OFF)
        pump.switch_on(new_child=False)
    words = {"drug": draft.product, "way": Message(f"check.pauses.paused-by-{way}")}
    early = pump.wait_for(Condition.PAUSE_TOO_LONG, limit - 1)
    yield is_not(Message("check.pauses.pause-early", words), early is not None)
    pump.wait(MINUTE)
    yield is_so(Message("check.pauses.pause-called", words), len(pump.raised(Condition.PAUSE_TOO_LONG)) == 1)
    pump.press(Act.SILENCE)
    pump.wait(3 * limit)
    bench.keep(pump.events)
    calls = [event.uptime_ms for event in pump.raised(Condition.PAUSE_TOO_LONG)]
    gaps = {later - earlier for earlier, later in pairwise(calls)}
    yield at_least(Message("check.pauses.pause-repeated", words), 3, len(calls), str)
    yield same(Message("check.pauses.pause-every", words), time(limit), time(max(gaps, default=0)))
    yield is_so(Message("check.pauses.pause-sounds", words), pump.controller.board.sound is not None)


def _resumed_in_time(bench: Bench) -> Iterator[Observation]:
    pump = Driven().running()
    for _ in range(5):
        pump.wait(HOUR)
        pump.press(Act.STOP)
        pump.wait(14 * MINUTE)
        pump.start()
    pump.wait(HOUR)
    bench.keep(pump.events)
    yield count(Message("check.pauses.resumed-in-time"), 0, len(pump.raised(Condition.PAUSE_TOO_LONG)))


def _too_late(bench: Bench) -> Iterator[Observation]:
    """After four hours this drug is not simply resumed: not by one minute more, but by one less."""
    for minutes, off, starts in ((235, False, True), (241, False, False), (235, True, True), (241, True, False)):
        pump = Driven().running(BLINCYTO)
        pump.wait(2 * HOUR + bench.random.randrange(14 * MINUTE))
        pump.press(Act.STOP)
        if off:
            pump.press(Act.SWITCH_OFF)
        pump.wait(minutes * MINUTE)
        if off:
            pump.switch_on(new_child=False)
        refused = pump.start()
        words = {"minutes": minutes, "off": Message("check.yes" if off else "check.no")}
        yield is_so(Message("check.pauses.late-start", words), (not refused) is starts)
        if not starts:
            yield is_so(Message("check.pauses.late-called", words), bool(pump.raised(Condition.RESTART_TOO_LATE)))
            pump.press(Act.CONFIRM_RESTART)
            pump.press(Act.ACKNOWLEDGE, condition=Condition.RESTART_TOO_LATE)
            yield is_so(Message("check.pauses.late-ordered", words), not pump.start())
        bench.keep(pump.events)


@check("C25")
def c25(bench: Bench) -> Iterator[Observation]:
    """Begin an entry while it runs, while it is paused and while nothing has begun, and leave it."""
    for doing in ("running", "paused", "stopped"):
        pump = pump_that_is(doing)
        before = pump.given_mL
        pump.press(Act.ENTER, draft=replace(QARZIBA, rate_uL=1_000))
        began = pump.twin.now_ms
        words = {"doing": Message(f"check.pauses.doing-{doing}")}
        took = pump.wait_for(Condition.ENTRY_IDLE, HOUR)
        yield same(Message("check.pauses.entry-notice", words), time(5 * MINUTE), time(took or 0))
        yield is_so(Message("check.pauses.entry-kept", words), pump.controller.draft is not None)
        again = pump.wait_for_next(Condition.ENTRY_IDLE, HOUR)
        yield same(Message("check.pauses.entry-alarm", words), time(5 * MINUTE), time(again or 0))
        yield is_so(Message("check.pauses.entry-cleared", words), pump.controller.draft is None)
        pump.wait(MINUTE)
        yield is_so(
            Message("check.pauses.entry-still-called", words), Condition.ENTRY_IDLE in pump.controller.board.lines
        )
        refused = pump.press(Act.CONFIRM)
        yield is_so(Message("check.pauses.entry-not-confirmed", words), bool(refused))
        yield is_so(Message("check.pauses.entry-over", words), Condition.ENTRY_IDLE not in pump.controller.board.lines)
        flows = (pump.given_mL - before) * 1e6 * HOUR / (pump.twin.now_ms - began)
        expected = 2_000_000 if doing == "running" else 0
        yield close(Message("check.pauses.entry-flow", words), expected, flows, rate)
        bench.keep(pump.events)


@check("C26")
def c26(bench: Bench) -> Iterator[Observation]:
    """Set the sleep to its ends, between its steps and beyond; let it run out in every mode; wake it by every key."""
    for hours, accepted in ((0, True), (1, True), (24, True), (25, False), (-1, False), (0.5, False), (1.25, False)):
        pump = Driven(administrator=HASHED)
        pump.switch_on()
        refused = pump.press(Act.SET_DEFAULT, name="sleep_ms", value=round(hours * HOUR), code=CODE)
        yield is_so(Message("check.pauses.sleep-set", {"hours": f"{hours:g}"}), (not refused) is accepted)
        if accepted:
            pump.press(Act.INVALID_KEY)
            yield from _sleeps_after(pump, hours)
        bench.keep(pump.events)
    device = Driven().controller.device
    yield at_least(Message("check.pauses.sleep-longer"), device.entry_clear_ms + 1, device.sleep_ms, time)
    yield from _awake(bench)
    yield from _woken(bench)


def _sleeps_after(pump: Driven, hours: float) -> Iterator[Observation]:
    asleep = None
    for minutes in range(0, 26 * 60, 10):
        if pump.controller.asleep:
            asleep = minutes // 10 * 10
            break
        pump.wait(10 * MINUTE)
    expected = None if hours == 0 else round(hours * 60)
    says = Message("check.pauses.sleep-after", {"hours": f"{hours:g}"})
    yield Observation(
        says, _minutes(expected), _minutes(asleep),
        asleep is None if expected is None else asleep is not None and 0 <= asleep - expected <= 10,
    )  # fmt: skip


def _minutes(minutes: int | None) -> object:
    return Message("check.never") if minutes is None else time(minutes * MINUTE)


def _awake(bench: Bench) -> Iterator[Observation]:
    for doing, made in BUSY.items():
        pump, asleep = made(), False
        for _ in range(26):
            pump.wait(HOUR)
            asleep = asleep or pump.controller.asleep
        bench.keep(pump.events)
        yield is_not(Message("check.pauses.sleeps-while", {"doing": Message(f"check.pauses.doing-{doing}")}), asleep)


def _woken(bench: Bench) -> Iterator[Observation]:
    for act in (Act.ENTER, Act.START, Act.STOP, Act.SILENCE, Act.INVALID_KEY, Act.PRIME):
        pump = Driven()
        pump.switch_on()
        pump.wait(2 * HOUR)
        was = pump.controller.asleep
        pump.press(act)
        bench.keep(pump.events)
        yield is_so(Message("check.pauses.woken-by", {"key": act.value}), was and not pump.controller.asleep)
    pump = Driven()
    pump.switch_on()
    pump.wait(2 * HOUR)
    was = pump.controller.asleep
    pump.fault("damp")
    bench.keep(pump.events)
    yield is_so(Message("check.pauses.woken-by-alarm"), was and not pump.controller.asleep)


@check("C27")
def c27(bench: Bench) -> Iterator[Observation]:
    """Programme and do not start: at first, after silencing it again and again, and after switching off and on."""
    for draft in DRUGS:
        pump = Driven().made_ready(draft)
        took = pump.wait_for(Condition.NOT_STARTED, HOUR)
        words = {"drug": draft.product}
        yield within(Message("check.pauses.not-started", words), 5 * MINUTE, took)
        heard = []
        for _ in range(5):
            pump.press(Act.SILENCE)
            pump.wait(2 * MINUTE + 1000)
            heard.append(pump.controller.board.sound is not None)
        yield is_so(Message("check.pauses.not-started-again", words), all(heard))
        pump.start()
        yield is_so(
            Message("check.pauses.started-quiet", words), Condition.NOT_STARTED not in pump.controller.board.lines
        )
        bench.keep(pump.events)
    pump = Driven().made_ready()
    pump.press(Act.SWITCH_OFF)
    pump.switch_on(new_child=False)
    took = pump.wait_for(Condition.NOT_STARTED, HOUR)
    bench.keep(pump.events)
    yield within(Message("check.pauses.not-started-after-power"), 5 * MINUTE, took)
    pump = Driven()
    pump.switch_on()
    pump.wait(61 * MINUTE)
    bench.keep(pump.events)
    reminders = [event for event in pump.told(Kind.STATUS) if event.data.get("reminder")]
    yield count(Message("check.pauses.reminded"), 4, len(reminders))


@check("C28")
def c28(bench: Bench) -> Iterator[Observation]:
    """Start, pause by key, fault and power, and resume at random moments; ask rate, drug and rest each time."""
    for draft in DRUGS:
        yield from _interrupted(bench, draft)
    pump = Driven().made_ready()
    pump.start()
    yield is_so(Message("check.pauses.start-twice"), bool(_again(pump)))


def _again(pump: Driven) -> str:
    pump.wait(2000)
    return pump.start()


def _interrupted(bench: Bench, draft: Draft) -> Iterator[Observation]:
    draft = replace(draft, volume_uL=40 * draft.rate_uL // 1000 * 1000 // 10 or 1000)
    pump = Driven().running(draft, 250.0)
    words = {"drug": draft.product}
    for way in ("stop", "door-open", "power", "battery-out", "stop"):
        pump.wait(bench.random.randrange(10 * MINUTE, 40 * MINUTE))
        _interrupt(pump, way)
        pump.wait(5 * MINUTE)
        refused = pump.start()
        programme = pump.controller.kept.programme
        drug = programme.row.product if programme else ""
        kept = (
            answer(refused),
            rate(pump.controller.motor_nL_per_h),
            drug,
            volume(programme.volume_nL if programme else 0),
        )
        wanted = (answer(""), rate(draft.rate_uL * 1000), draft.product, volume(draft.volume_uL * 1000))
        says = Message("check.pauses.resumed", {**words, "way": way})
        yield Observation(says, _joined(wanted), _joined(kept), kept == wanted)
    pump.wait_for(Condition.INFUSION_COMPLETE, 24 * HOUR)
    bench.keep(pump.events)
    given = Message("check.pauses.resumed-volume", words)
    yield close(given, draft.volume_uL * 1000, pump.given_mL * 1e6, volume, STROKE_NL)
    yield at_most(
        Message("check.pauses.rates-told", words),
        1,
        len({one.data["rate_nL_per_h"] for one in pump.told(Kind.STARTED)}),
        str,
    )


def _joined(parts: tuple[object, ...]) -> Message:
    return Message("check.pauses.programme", dict(zip(("answer", "rate", "drug", "volume"), parts, strict=True)))


def _interrupt(pump: Driven, way: str) -> None:
    if way == "door-open":
        pump.fault(way)
        pump.mend(way)
        pump.press(Act.ACKNOWLEDGE, condition=Condition.DOOR_OPEN)
    elif way == "battery-out":
        pump.fault(way)
        pump.mend(way)
        pump.switch_on(new_child=False)
    else:
        pump.press(Act.STOP)
    if way == "power":
        pump.press(Act.SWITCH_OFF)
        pump.switch_on(new_child=False)


@check("C64")
def c64(bench: Bench) -> Iterator[Observation]:
    """Begin to set up and press a key now and then, so that nothing is cleared, but never confirm."""
    for doing in ("running", "paused", "stopped"):
        pump = pump_that_is(doing)
        began = pump.twin.now_ms
        for number in range(15):
            pump.press(Act.ENTER, draft=replace(QARZIBA, rate_uL=1_000 + 100 * (number % 5)))
            pump.wait(4 * MINUTE)
        bench.keep(pump.events)
        raised = pump.raised(Condition.SETUP_TOO_LONG)
        words = {"doing": Message(f"check.pauses.doing-{doing}")}
        yield count(Message("check.pauses.setup-called", words), 1, len(raised))
        at = raised[0].uptime_ms + pump.twin.switched_on_ms - began if raised else 0
        yield same(Message("check.pauses.setup-after", words), time(30 * MINUTE), time(at))
        yield is_so(Message("check.pauses.setup-lasts", words), Condition.SETUP_TOO_LONG in pump.controller.board.lines)
        pump.press(Act.CLEAR)
        pump.press(Act.CONFIRM_CLEAR)
        yield is_so(
            Message("check.pauses.setup-over", words), Condition.SETUP_TOO_LONG not in pump.controller.board.lines
        )
    pump = Driven()
    pump.switch_on()
    pump.load()
    pump.programme()
    pump.wait(HOUR)
    bench.keep(pump.events)
    yield count(Message("check.pauses.setup-finished"), 0, len(pump.raised(Condition.SETUP_TOO_LONG)))
