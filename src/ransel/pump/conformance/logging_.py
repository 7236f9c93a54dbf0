"""Checks of the log inside the pump: everything is in it, it survives, and losing it stops nothing."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from ransel.infusion.condition import Condition, Reaction
from ransel.infusion.event import Kind
from ransel.pump.actions import Act
from ransel.pump.conformance.bench import Bench
from ransel.pump.conformance.driven import HOUR, MINUTE, QARZIBA, Driven
from ransel.pump.conformance.into_conditions import BLINCYTO, plug_in
from ransel.pump.conformance.observing import none_of, same, yes
from ransel.pump.conformance.verdict import Observation, check
from ransel.pump.drug_library import DrugLibrary
from ransel.pump.pump_log import Entry

A_DAY = 24 * HOUR


@check("C41")
def c41(bench: Bench) -> Iterator[Observation]:
    """Run, act, disturb, cut the power, fill the log beyond its size."""
    yield from _everything(bench)
    yield from _survives(bench)
    yield from _a_month(bench)
    yield from _beyond_its_size(bench)


def _everything(bench: Bench) -> Iterator[Observation]:
    pump = Driven().running()
    for name in ("door-open", "damp", "clock-jump", "loudspeaker-broken"):
        pump.fault(name)
        pump.wait(MINUTE)
        pump.mend(name)
    pump.press(Act.SILENCE)
    pump.press(Act.ACKNOWLEDGE, condition=Condition.DOOR_OPEN)
    pump.start()
    pump.press(Act.INVALID_KEY)
    pump.wait(HOUR)
    log = pump.controller.kept.log
    told = [(event.boot, event.uptime_ms, _clock_ms(event.pump_time), event.kind.value) for event in pump.events]
    yield same("seen.c41.all", len(told), sum(1 for line in told if line in [entry[:4] for entry in log.events]))
    alarms = [event.data["condition"] for event in pump.told(Kind.ALARM_RAISED)]
    yield same("seen.c41.faults", alarms, [entry[4] for entry in log.faults])
    keys = [event.data["action"] for event in pump.told(Kind.ACTION)]
    yield same("seen.c41.keys", len(keys), sum(entry[3] == Kind.ACTION.value for entry in log.events))
    yield none_of("seen.c41.stamps", [entry for entry in log.events if entry[2] <= 0], len(log.events))
    bench.keep(pump.events)
    pump = Driven().running()
    pump.fault("task-stalls")
    pump.wait(100_000)
    pump.mend("task-stalls")
    pump.wait(HOUR)
    masked = [entry for entry in pump.controller.kept.log.events if entry[4] == "watchdog-interrupt"]
    yield same("seen.c41.masked", (1, 0), (len(masked), len(pump.told(Kind.ALARM_RAISED))))
    bench.keep(pump.events)


def _clock_ms(at: object) -> int:
    return round(at.timestamp() * 1000) if hasattr(at, "timestamp") else 0


def _survives(bench: Bench) -> Iterator[Observation]:
    pump = Driven().running()
    pump.wait(HOUR)
    pump.press(Act.STOP)
    before = tuple(pump.controller.kept.log.events)
    pump.press(Act.SWITCH_OFF)
    pump.wait(50 * A_DAY)
    pump.switch_on(new_child=False)
    yield yes("seen.c41.off", tuple(pump.controller.kept.log.events)[: len(before)] == before)
    pump.start()
    pump.wait(HOUR)
    before = tuple(pump.controller.kept.log.events)
    pump.fault("battery-out")
    pump.wait(A_DAY)
    pump.mend("battery-out")
    pump.switch_on(new_child=False)
    yield same("seen.c41.boots", {1, 2, 3}, {entry[0] for entry in pump.controller.kept.log.events})
    yield yes("seen.c41.power-cut", tuple(pump.controller.kept.log.events)[: len(before)] == before)
    bench.keep(pump.events)


def _a_month(bench: Bench) -> Iterator[Observation]:
    """Thirty days of a running pump with a person at its keys every hour, on outside supply."""
    pump = Driven()
    pump.change(plug_in)
    pump.running(BLINCYTO)
    for day in range(31):
        for _ in range(24):
            pump.wait(HOUR)
            pump.press(Act.INVALID_KEY)
        if day % 5 == 4:
            pump.press(Act.STOP)
            pump.unload()
            pump.load(day, 110)
            pump.programme(replace(BLINCYTO, container=day))
            pump.start()
    since = pump.twin.uptime_ms - 30 * A_DAY
    told = [event for event in pump.events if event.uptime_ms >= since]
    kept = [entry for entry in pump.controller.kept.log.events if entry[1] >= since]
    yield same("seen.c41.month", len(told), len(kept))
    yield yes("seen.c41.room", pump.controller.device.log_faults >= 1000, room=pump.controller.device.log_faults)
    bench.keep(pump.events[-100:])


def _beyond_its_size(bench: Bench) -> Iterator[Observation]:
    pump = Driven().running()
    alarms = 0
    while alarms < 1_001:
        pump.fault("damp")
        pump.mend("damp")
        pump.wait(1)
        alarms += 1
    log = pump.controller.kept.log
    first = pump.told(Kind.ALARM_RAISED)[0].uptime_ms
    yield same("seen.c41.thousand", 1000, len(log.faults))
    yield same("seen.c41.oldest-first", first + 1, log.faults[0][1])
    for _ in range(pump.controller.device.log_events):
        pump.press(Act.INVALID_KEY)
    yield same("seen.c41.full", pump.controller.device.log_events, len(log.events))
    yield yes("seen.c41.in-order", _in_order(tuple(log.events)))
    yield same("seen.c41.faults-stay", 1000, len(log.faults))
    bench.keep(pump.events[:200])


def _in_order(entries: tuple[Entry, ...]) -> bool:
    return [entry[:2] for entry in entries] == sorted(entry[:2] for entry in entries)


@check("C42")
def c42(bench: Bench) -> Iterator[Observation]:
    """Run the same infusion with and without a log that fails, from a moment in its middle and from its start."""
    for draft in (QARZIBA, BLINCYTO):
        sound, broken = Driven().running(draft, 100), Driven().running(draft, 100)
        for pump in (sound, broken):
            pump.wait(HOUR)
        broken.fault("log-fails")
        told = broken.wait_for(Condition.LOG_FAILED, HOUR)
        for pump in (sound, broken):
            pump.wait(30 * HOUR - pump.twin.now_ms)
        yield yes("seen.c42.called", told is not None, product=draft.product)
        yield same("seen.c42.given", sound.given_mL.hex(), broken.given_mL.hex(), product=draft.product)
        yield same("seen.c42.mode", sound.mode, broken.mode)
        bench.keep(broken.events)
    pump = Driven()
    pump.fault("log-fails")
    pump.running()
    yield same("seen.motor", 2_000_000, pump.controller.motor_nL_per_h)
    yield same("seen.c42.from-start", 1, len(pump.raised(Condition.LOG_FAILED)))
    pump.mend("log-fails")
    pump.press(Act.ACKNOWLEDGE, condition=Condition.LOG_FAILED)
    yield yes("seen.c42.mended", Condition.LOG_FAILED not in pump.controller.board.lines)
    bench.keep(pump.events)
    rows = DrugLibrary.load().rows
    stops = [row.id for row in rows if row.reactions[Condition.LOG_FAILED] is not Reaction.CONTINUE]
    yield none_of("seen.c42.rows", stops, len(rows))
