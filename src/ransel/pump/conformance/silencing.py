"""Check of silence: short, seen, broken by anything new, and never for good."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from hashlib import sha256

from ransel.infusion.condition import Condition
from ransel.infusion.event import Kind
from ransel.language import Message
from ransel.pump.actions import Act
from ransel.pump.board import AUDIBLE
from ransel.pump.conformance.bench import Bench
from ransel.pump.conformance.driven import HOUR, MINUTE, Driven
from ransel.pump.conformance.entry import shows
from ransel.pump.conformance.into_conditions import BLINCYTO, ONE_OF_EACH, PUMP, WAYS
from ransel.pump.conformance.observing import at_most, ms, none_of, same, yes
from ransel.pump.conformance.verdict import Observation, check
from ransel.quantities import Duration


@check("C37")
def c37(bench: Bench) -> Iterator[Observation]:
    """Silence every condition, hold on to it, cancel it, break it, and try to make it last."""
    yield from _how_long(bench)
    yield from _broken(bench)
    yield from _never_for_good(bench)


def _how_long(bench: Bench) -> Iterator[Observation]:
    early, late, without_symbol, symbol_stays = [], [], [], []
    for condition in PUMP:
        pump = WAYS[condition]()
        for act in (Act.SILENCE, Act.ACKNOWLEDGE):
            if act is Act.ACKNOWLEDGE and condition not in pump.controller.board.lasting():
                continue
            pump.press(act, condition=condition)
            silent = is_silent(pump, condition)
            without_symbol += [] if shows(pump).is_silenced else [condition]
            pump.wait(MINUTE)
            if not _something_new(pump):  # else the silence is over, and this would be another one
                pump.press(act, condition=condition)  # again, and no longer for that
            pump.wait(MINUTE - 1)
            early += [] if silent and (is_silent(pump, condition) or _something_new(pump)) else [condition]
            pump.wait(1)
            late += [condition] if is_silent(pump, condition) else []
            symbol_stays += [condition] if shows(pump).is_silenced else []
        bench.keep(pump.events)
    yield none_of("seen.c37.silent-until", early, len(PUMP))
    yield none_of("seen.c37.sounds-again", late, len(PUMP))
    yield none_of("seen.c37.symbol", without_symbol, len(PUMP))
    yield none_of("seen.c37.symbol-gone", symbol_stays, len(PUMP))


def is_silent(pump: Driven, condition: Condition) -> bool:
    """Whether a condition is listed and makes no sound."""
    line = pump.controller.board.lines.get(condition)
    return line is not None and line.signal not in AUDIBLE


def _something_new(pump: Driven) -> bool:
    """Whether another condition began meanwhile, such as a pause that became too long: it ends every silence."""
    now = pump.twin.uptime_ms
    return any(event.uptime_ms > now - 2 * MINUTE for event in pump.told(Kind.ALARM_RAISED))


def _broken(bench: Bench) -> Iterator[Observation]:
    for priority, (name, condition) in ONE_OF_EACH.items():
        pump = Driven().running(BLINCYTO)
        if name == "bubble":  # it takes five minutes to the detector
            pump.fault(name)
            pump.wait(4 * MINUTE)
        pump.fault("loudspeaker-broken")
        pump.press(Act.SILENCE)
        pump.wait(1000)
        if name != "bubble":
            pump.fault(name)
        pump.wait_for(condition, 90_000)
        line = pump.controller.board.lines[Condition.SOUND_FAILURE]
        yield yes("seen.c37.broken", line.signal in AUDIBLE, priority=Message(f"priority.level.{priority.value}"))
        bench.keep(pump.events)
    pump = Driven().running(BLINCYTO)
    pump.fault("damp")
    pump.press(Act.SILENCE)
    pump.wait(1000)
    pump.press(Act.CANCEL_SILENCE)
    yield yes("seen.c37.cancelled", not is_silent(pump, Condition.ENVIRONMENT) and not shows(pump).is_silenced)
    pump.fault("door-open")
    pump.press(Act.STOP)
    held = shows(pump)
    pump.wait(2 * MINUTE)
    yield yes("seen.c37.stop-key", held.is_silenced and not held.melody and bool(shows(pump).melody))
    bench.keep(pump.events)


def _never_for_good(bench: Bench) -> Iterator[Observation]:
    code = "keeper of the pump"
    pump = Driven(administrator=sha256(code.encode()).hexdigest()).running(BLINCYTO)
    for value in (0, -1, 120_001, 10 * MINUTE):
        refused = pump.press(Act.SET_DEFAULT, code=code, name="silence_ms", value=value)
        yield same("seen.c37.default", "default-outside-bounds", refused, value=value)
    pump.press(Act.SET_DEFAULT, code=code, name="silence_ms", value=30_000)
    pump.fault("damp")
    pump.press(Act.SILENCE)
    pump.wait(30_000)
    yield yes("seen.c37.shorter", bool(shows(pump).melody))
    kept = pump.controller.kept
    pump.controller.kept = replace(kept, defaults={**kept.defaults, "silence_ms": 10 * HOUR})
    pump.press(Act.SILENCE)
    pump.wait(2 * MINUTE)
    yield yes("seen.c37.spoiled-default", bool(shows(pump).melody))
    pump.fault("key-stuck")
    pump.wait(1)
    pump.press(Act.SILENCE)
    pump.wait(MINUTE - 1)
    yield yes("seen.c37.held-key", bool(shows(pump).melody) and Condition.KEY_HELD in pump.controller.board.lines)
    for _ in range(600):
        pump.press(Act.SILENCE)
        pump.wait(bench.random.randrange(1, 2 * MINUTE))
    yield at_most("seen.c37.pressing", ms(2 * MINUTE), _longest_silence(pump))
    bench.keep(pump.events)


def _longest_silence(pump: Driven) -> Duration | None:
    """Return the longest time for which one condition was silent, by what the pump told."""
    begins: dict[object, int] = {}
    lengths = []
    for event in pump.events:
        condition = event.data.get("condition")
        if event.kind is Kind.ALARM_SILENCED:
            begins[condition] = event.uptime_ms
        elif event.kind in {Kind.SILENCE_ENDED, Kind.ALARM_CLEARED} and condition in begins:
            lengths.append(event.uptime_ms - begins.pop(condition))
    lengths += [pump.twin.uptime_ms - since for since in begins.values()]
    return ms(max(lengths)) if lengths else None
