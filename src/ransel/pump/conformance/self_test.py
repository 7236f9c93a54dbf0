"""Checks of the self-test at switching on, and of the person who confirms what no test can."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace
from itertools import pairwise

from ransel.infusion.condition import Condition
from ransel.infusion.event import Kind
from ransel.language import Message
from ransel.pump.actions import Act
from ransel.pump.conformance.bench import Bench
from ransel.pump.conformance.driven import HOUR, MINUTE, QARZIBA, Driven
from ransel.pump.conformance.entry import KEYS, shows
from ransel.pump.conformance.into_conditions import flatten
from ransel.pump.conformance.observing import at_most, ms, none_of, same, yes
from ransel.pump.conformance.verdict import Observation, check
from ransel.pump.delivery import Mode
from ransel.pump.health import SELF_TEST

Spoil = Callable[[Driven], None]


def _clock(pump: Driven) -> None:
    pump.twin.damage(replace(pump.controller.health, backup_clock=False))


SPOILED: Mapping[str, Spoil] = {
    "processor": lambda pump: pump.fault("processor-fails"),
    "program": lambda pump: pump.fault("program-damaged"),
    "memory": lambda pump: pump.fault("memory-damaged"),
    "battery": lambda pump: flatten(pump, 4),
    "keys": lambda pump: pump.fault("key-stuck"),
    "watchdog": lambda pump: pump.fault("watchdog-dead"),
    "clock": _clock,
    "sound": lambda pump: pump.fault("loudspeaker-broken"),
}
"""A way to spoil each part, in the order of the test."""


@check("C44")
def c44(bench: Bench) -> Iterator[Observation]:
    """Switch on with each part defective, with two at once, and with an infusion in memory."""
    unnamed, goes_on, delivers, unseen = [], [], [], []
    for part, spoil in SPOILED.items():
        pump = _off_after_running()
        spoil(pump)
        bench.keep(pump.events)
        pump.press(Act.SWITCH_ON)
        delivers += [part] if _moves_at_any_key(pump) else []
        pump.wait(2 * MINUTE)
        told = [event.data["part"] for event in pump.told(Kind.SELF_TEST)][1:]
        unnamed += [] if told == [part] and pump.raised(Condition.SELF_TEST_FAILED) else [part]
        goes_on += [] if pump.mode is Mode.FAILED and not _moves_at_any_key(pump) else [part]
        unseen += [] if f"screen.part.{part}" in _shown_parts(pump) else [part]
        delivers += [part] if pump.told(Kind.STARTED)[1:] else []
        bench.keep(pump.events)
    yield none_of("seen.c44.named", unnamed, len(SPOILED))
    yield none_of("seen.c44.goes-on", goes_on, len(SPOILED))
    yield none_of("seen.c44.delivers", delivers, len(SPOILED))
    yield none_of("seen.c44.shown", unseen, len(SPOILED))
    yield same("seen.c44.all-parts", list(SELF_TEST), list(SPOILED))
    yield from _first_of_two(bench)
    yield from _in_time(bench)


def _off_after_running() -> Driven:
    pump = Driven().running()
    pump.wait(HOUR)
    pump.press(Act.STOP)
    pump.press(Act.SWITCH_OFF)
    pump.wait(HOUR)
    return pump


def _moves_at_any_key(pump: Driven) -> bool:
    """Press every key but the one for power, and say whether the motor ever turned."""
    moved, given = False, pump.given_mL
    for key in KEYS:
        if key.act not in {Act.SWITCH_ON, Act.SWITCH_OFF}:
            pump.twin.press(key)
            moved = moved or pump.plant.motor_nL_per_h > 0
    return moved or pump.given_mL > given


def _shown_parts(pump: Driven) -> list[str]:
    return [alarm.where.key for alarm in shows(pump).alarms if alarm.where is not None]


def _first_of_two(bench: Bench) -> Iterator[Observation]:
    wrong = []
    for first, second in pairwise(SPOILED):
        pump = Driven()
        SPOILED[second](pump)
        SPOILED[first](pump)
        pump.switch_on()
        if [event.data["part"] for event in pump.told(Kind.SELF_TEST)] != [first]:
            wrong.append(f"{first}, {second}")
        bench.keep(pump.events)
    yield none_of("seen.c44.first", wrong, len(SPOILED) - 1)


def _in_time(bench: Bench) -> Iterator[Observation]:
    pump = Driven()
    pump.press(Act.SWITCH_ON)
    while not pump.told(Kind.SELF_TEST) and pump.twin.now_ms < MINUTE * 10:
        pump.wait(500)
    told = pump.told(Kind.SELF_TEST)
    yield at_most("seen.c44.in-time", ms(70_000), ms(told[0].uptime_ms) if told else None)
    yield yes("seen.c44.passes", bool(told) and bool(told[0].data["passed"]) and pump.mode is Mode.SENSES)
    bench.keep(pump.events)
    pump = Driven()
    pump.press(Act.SWITCH_ON)
    pump.press(Act.SWITCH_OFF)
    pump.press(Act.SWITCH_ON)
    pump.wait(MINUTE)
    yield same("seen.c44.each-time", (2, 1), (len(pump.told(Kind.BOOT)), len(pump.told(Kind.SELF_TEST))))
    bench.keep(pump.events)


@check("C45")
def c45(bench: Bench) -> Iterator[Observation]:
    """Try to start with none of the confirmations, with each one missing, and with all."""
    for missing in ("sound", "display", "keys"):
        pump = _off_after_running()
        pump.press(Act.SWITCH_ON)
        pump.wait(MINUTE)
        yield same("seen.c45.none", "not-now", pump.start())
        refused = pump.press(Act.CONFIRM_SENSES, name=missing)
        yield same(Message(f"seen.c45.without-{missing}"), "senses-missing", refused)
        yield same("seen.c45.none", "not-now", pump.start())
        yield same("seen.c45.no-entry", "not-now", pump.press(Act.ENTER, draft=QARZIBA))
        yield same("seen.motor", 0, pump.controller.motor_nL_per_h)
        pump.wait(1000)
        pump.press(Act.CONFIRM_SENSES)
        yield same("seen.c45.all", "", pump.start())
        yield same("seen.motor", 2_000_000, pump.controller.motor_nL_per_h)
        bench.keep(pump.events)
