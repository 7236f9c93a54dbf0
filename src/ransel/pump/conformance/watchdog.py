"""Check of the watchdog: a task that hangs is interrupted, then called out; and so is a watchdog that is dead."""

from __future__ import annotations

from collections.abc import Iterator

from ransel.infusion.condition import Condition
from ransel.infusion.event import Kind
from ransel.language import Message
from ransel.pump.actions import Act
from ransel.pump.conformance.bench import Bench
from ransel.pump.conformance.driven import HOUR, MINUTE, Driven
from ransel.pump.conformance.entry import shows
from ransel.pump.conformance.into_conditions import BLINCYTO
from ransel.pump.conformance.observing import at_most, ms, same, yes
from ransel.pump.conformance.verdict import Observation, check
from ransel.pump.delivery import Mode

INTERRUPT_MS, ALARM_MS = 90_000, 180_000


@check("C48")
def c48(bench: Bench) -> Iterator[Observation]:
    """Let the task that moves the motor hang for several lengths of time, then monitor and watchdog fail."""
    for hangs_ms, interrupts, alarms in (
        (INTERRUPT_MS - 1, 0, 0),
        (INTERRUPT_MS, 1, 0),
        (ALARM_MS - 1, 1, 0),
        (ALARM_MS, 1, 1),
    ):
        pump = Driven().running(BLINCYTO)
        pump.wait(bench.random.randrange(HOUR))
        pump.fault("task-stalls")
        pump.wait(hangs_ms)
        pump.mend("task-stalls")
        pump.wait(HOUR)
        found = (_interrupts(pump), len(pump.raised(Condition.WATCHDOG)))
        yield same("seen.c48.hangs", (interrupts, alarms), found, time=ms(hangs_ms))
        yield same("seen.c48.mode", Mode.FAILED if alarms else Mode.RUNNING, pump.mode)
        yield same("seen.motor", 0 if alarms else 600_000, pump.plant.motor_nL_per_h)
        bench.keep(pump.events)
    yield from _again_and_again(bench)
    yield from _hung_while_off(bench)
    for name, detail in (("monitor-fails", ""), ("watchdog-dead", "watchdog")):
        pump = Driven().running(BLINCYTO)
        pump.wait(bench.random.randrange(HOUR))
        pump.fault(name)
        found_ms = pump.wait_for(Condition.MONITOR_FAILED, 2 * HOUR)
        yield at_most(Message(f"seen.c48.found.{name}"), ms(15 * MINUTE), None if found_ms is None else ms(found_ms))
        yield same(
            "seen.c48.detail", [detail], [event.data["detail"] for event in pump.raised(Condition.MONITOR_FAILED)]
        )
        yield yes("seen.sounds", bool(shows(pump).melody))
        yield same("seen.motor", 600_000, pump.plant.motor_nL_per_h)
        bench.keep(pump.events)


def _interrupts(pump: Driven) -> int:
    return sum(event.data["action"] == "watchdog-interrupt" for event in pump.told(Kind.ACTION))


def _again_and_again(bench: Bench) -> Iterator[Observation]:
    """Each time it answers the count begins anew."""
    pump = Driven().running(BLINCYTO)
    for _ in range(10):
        pump.fault("task-stalls")
        pump.wait(ALARM_MS - 1)
        pump.mend("task-stalls")
        pump.wait(1)
    yield same("seen.c48.answers", (10, 0), (_interrupts(pump), len(pump.raised(Condition.WATCHDOG))))
    bench.keep(pump.events)


def _hung_while_off(bench: Bench) -> Iterator[Observation]:
    """What failed while the pump was off is found after switching on."""
    for name, condition in (("task-stalls", Condition.WATCHDOG), ("monitor-fails", Condition.MONITOR_FAILED)):
        pump = Driven()
        pump.fault(name)
        pump.switch_on()
        pump.press(Act.INVALID_KEY)
        found = pump.wait_for(condition, HOUR)
        yield at_most("seen.c48.while-off", ms(15 * MINUTE), None if found is None else ms(found), fault=name)
        bench.keep(pump.events)
