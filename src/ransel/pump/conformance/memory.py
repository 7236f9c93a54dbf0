"""Checks of memory: what is damaged is found and stops the pump, what is whole survives without power."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from ransel.infusion.condition import Condition
from ransel.infusion.event import Kind
from ransel.language import Message
from ransel.pump.actions import Act
from ransel.pump.conformance.bench import Bench
from ransel.pump.conformance.driven import HOUR, MINUTE, QARZIBA, Driven
from ransel.pump.conformance.entry import shows
from ransel.pump.conformance.into_conditions import BLINCYTO
from ransel.pump.conformance.observing import at_most, ms, none_of, same, yes
from ransel.pump.conformance.verdict import Observation, check
from ransel.pump.critical import Critical
from ransel.pump.delivery import Mode
from ransel.pump.drug_library import CurrentRows, DrugLibrary
from ransel.pump.twin import Twin

BITS = range(31)
LONGEST_TEST = {"memory-damaged": 15 * MINUTE, "program-damaged": 15 * MINUTE, "processor-fails": HOUR}
"""The processor's as published; memory and program have a period of our own."""


@check("C46")
def c46(bench: Bench) -> Iterator[Observation]:
    """Damage memory, program and processor while running, and every bit of every critical value."""
    for name, most_ms in LONGEST_TEST.items():
        pump = Driven().running()
        pump.wait(bench.random.randrange(HOUR))
        pump.fault(name)
        found = pump.wait_for(Condition.SYSTEM_FAILURE, 2 * HOUR)
        yield at_most(Message(f"seen.c46.found.{name}"), ms(most_ms), None if found is None else ms(found))
        yield from _out_of_use(pump, {"memory-damaged": "memory", "program-damaged": "program"}.get(name, "processor"))
        bench.keep(pump.events)
    yield from _flipped_while_running(bench)
    yield from _flipped_before_start(bench)


def _out_of_use(pump: Driven, reason: str) -> Iterator[Observation]:
    """It stands still, says why, has written why, and takes no other key than the one that switches it off."""
    given = pump.given_mL
    details = [event.data["detail"] for event in pump.raised(Condition.SYSTEM_FAILURE)]
    logged = [entry[4] for entry in pump.controller.kept.log.faults]
    yield same("seen.c46.reason", [reason], details)
    yield yes("seen.c46.logged", Condition.SYSTEM_FAILURE.value in logged)
    yield yes("seen.sounds", bool(shows(pump).melody) and shows(pump).light is not None)
    pump.press(Act.ACKNOWLEDGE, condition=Condition.SYSTEM_FAILURE)
    refused = pump.start()
    pump.wait(HOUR)
    yield same("seen.c46.still", (True, 0.0), (bool(refused), pump.given_mL - given))


def _flip(pump: Driven, name: str, bit: int, *, mirror: bool) -> None:
    """Turn one bit over, in a value or in its mirror, as radiation would; the checks run on."""
    programme = pump.controller.kept.programme
    if programme is None:
        return
    before = programme.critical
    if mirror:
        place = [key for key, _ in before.numbers].index(name)
        mirrors = tuple(one ^ (1 << bit) if at == place else one for at, one in enumerate(before.mirrors))
        critical = Critical(before.numbers, mirrors)
    else:
        critical = before.flipped(name, bit)
    pump.controller.kept = replace(pump.controller.kept, programme=replace(programme, critical=critical))
    pump.twin.damage(pump.controller.health)


def _flipped_while_running(bench: Bench) -> Iterator[Observation]:
    unfound, cases, longest = [], 0, 0
    programme = Driven().running().controller.kept.programme
    names = [name for name, _ in programme.critical.numbers] if programme else []
    for name in names:
        for bit in BITS:
            for mirror in (False, True):
                cases += 1
                pump = Driven().running()
                pump.wait(10 * MINUTE)
                _flip(pump, name, bit, mirror=mirror)
                found = pump.wait_for(Condition.SYSTEM_FAILURE, 5 * MINUTE)
                longest = max(longest, found or 0)
                if found is None or pump.mode is not Mode.FAILED or pump.plant.motor_nL_per_h:
                    unfound.append(f"{name} {bit}")
                bench.keep(pump.events[-2:])
    yield none_of("seen.c46.bits", unfound, cases)
    # a stroke of 50 µL at 2 mL/h takes 90 s
    yield at_most("seen.c46.next-stroke", ms(90_001), ms(longest))
    yield same("seen.c46.values", {"rate_nL_per_h", "volume_nL", "concentration_ng_per_mL"}, set(names))


def _flipped_before_start(bench: Bench) -> Iterator[Observation]:
    pump = Driven().made_ready()
    _flip(pump, "rate_nL_per_h", 20, mirror=False)
    yield same("seen.c46.before-start", "system-failure", pump.start())
    yield from _out_of_use(pump, "critical")
    bench.keep(pump.events)
    pump = Driven().running()
    pump.press(Act.STOP)
    pump.press(Act.SWITCH_OFF)
    _flip(pump, "volume_nL", 3, mirror=True)
    pump.switch_on(new_child=False)
    yield same("seen.c46.while-off", ["", "memory"], [event.data["part"] for event in pump.told(Kind.SELF_TEST)])
    bench.keep(pump.events)


@check("C47")
def c47(bench: Bench) -> Iterator[Observation]:
    """Take the power away while running and while paused, for a moment, for hours and for days."""
    forgotten, restarted, cases = [], [], 0
    for draft in (QARZIBA, BLINCYTO):
        for off_ms in (1, 4 * HOUR, 96 * HOUR, 60 * 24 * HOUR):
            for running in (True, False):
                cases += 1
                pump = Driven().running(draft, 100)
                pump.wait(HOUR)
                if not running:
                    pump.press(Act.STOP)
                before = pump.controller.kept
                given, counted = pump.given_mL, pump.counted_mL
                _cut(pump, off_ms)
                case = f"{draft.product} {off_ms // HOUR} h"
                if pump.controller.kept.programme != before.programme or pump.counted_mL != counted:
                    forgotten.append(case)
                if shows(pump).patient != draft.patient or pump.controller.kept.container != before.container:
                    forgotten.append(case)
                pump.wait(2 * HOUR)
                if pump.given_mL != given or pump.told(Kind.STARTED)[1:]:
                    restarted.append(case)
                bench.keep(pump.events)
    yield none_of("seen.c47.forgotten", forgotten, cases)
    yield none_of("seen.c47.restarted", restarted, cases)
    yield from _resumes_where_allowed(bench)
    rows = DrugLibrary.load().rows
    yield same("seen.c47.rows", set(), {row.id for row in rows if row.resumes})


def _cut(pump: Driven, off_ms: int) -> None:
    """Take the battery out, wait, put it in and switch on; a person answers that it is the same child."""
    pump.fault("battery-out")
    pump.wait(off_ms)
    pump.mend("battery-out")
    pump.switch_on(new_child=False)


def _resumes_where_allowed(bench: Bench) -> Iterator[Observation]:
    """A row that allows it: goes on by itself after a cut, and not after a stop, or with the door open."""
    for name, running in (("cut", True), ("paused", False), ("door", True)):
        pump = Driven()
        rows = pump.twin.library
        allowed = tuple(replace(row, resumes=True) for row in rows.rows) if isinstance(rows, CurrentRows) else ()
        pump.twin = Twin(
            pump.parts, CurrentRows("test", "test", allowed), name="BENCH", begins=pump.begins, sink=pump.events.append
        )
        pump.running()
        pump.wait(HOUR)
        if not running:
            pump.press(Act.STOP)
        if name == "door":
            pump.fault("battery-out")
            pump.fault("door-open")
            pump.mend("battery-out")
        _cut(pump, 4 * MINUTE)
        rate = 2_000_000 if name == "cut" else 0
        yield same(Message(f"seen.c47.allowed-{name}"), rate, pump.controller.motor_nL_per_h)
        bench.keep(pump.events)
