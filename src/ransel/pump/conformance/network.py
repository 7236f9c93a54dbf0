"""Checks of the link: nothing that happens on it reaches the delivery, and nothing comes in by it."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, fields, replace
from datetime import datetime, timedelta
from inspect import getmembers, isfunction
from random import Random
from typing import Any, get_args, get_type_hints

from ransel.infusion.event import Kind, PumpEvent
from ransel.infusion.ledger import Ledger
from ransel.infusion.reckoning import account
from ransel.language import Message
from ransel.pump.actions import Act, Action
from ransel.pump.conformance.bench import Bench
from ransel.pump.conformance.driven import BEGINS, HOUR, MINUTE, QARZIBA, Driven
from ransel.pump.conformance.entry import KEYS, shows
from ransel.pump.conformance.looked_at import plan_of
from ransel.pump.conformance.observing import none_of, same, yes
from ransel.pump.conformance.verdict import Observation, check
from ransel.pump.controller import Controller
from ransel.pump.faults import KINDS
from ransel.pump.twin import Link, Sink

FAULTS = tuple(sorted(name for name, kind in KINDS.items() if kind.place not in {"link", "people", "inside"}))
SCENARIOS = 8
STEPS = 30


@dataclass(frozen=True, slots=True)
class _Step:
    """One thing that happens in a scenario, and how long until the next one."""

    fault: str
    mends: bool
    key: Action | None
    wait_ms: int


def _scenario(random: Random) -> tuple[_Step, ...]:
    return tuple(
        _Step(
            random.choice(FAULTS),
            random.random() < 0.7,
            random.choice(KEYS) if random.random() < 0.4 else None,
            random.randrange(3 * HOUR),
        )
        for _ in range(STEPS)
    )


Listener = Callable[[Driven, Random], None]


def _silent(pump: Driven, _: Random) -> None:
    pump.link.sink = None


def _good(_: Driven, __: Random) -> None:
    """Take every event."""


def _failing(pump: Driven, random: Random) -> None:
    """Fail at every event, each time in another way."""
    errors: tuple[type[Exception], ...] = (OSError, ValueError, KeyError, RecursionError, MemoryError, StopIteration)

    def sink(_: PumpEvent) -> None:
        raise random.choice(errors)

    pump.link.sink = sink


def _sometimes(pump: Driven, random: Random) -> None:
    """Fail now and then, after having taken the event."""

    def sink(event: PumpEvent) -> None:
        pump.events.append(event)
        if random.random() < 0.5:
            raise TimeoutError

    pump.link.sink = sink


def _meddling(pump: Driven, _: Random) -> None:
    """Change what was handed over, and answer with a command."""

    def sink(event: PumpEvent) -> Any:  # noqa: ANN401 - a listener that does not keep to its type
        data: Any = event.data
        data.clear()
        return Action(Act.STOP)

    pump.link.sink = sink


def _small_room(pump: Driven, _: Random) -> None:
    pump.link.room = 3
    pump.twin.set_link(up=False)


LISTENERS: Mapping[str, Listener] = {
    "none": _silent,
    "failing": _failing,
    "sometimes": _sometimes,
    "meddling": _meddling,
    "no-link": _small_room,
}


def _run(scenario: tuple[_Step, ...], listener: Listener, random: Random, *, flapping: bool = False) -> Driven:
    pump = Driven()
    listener(pump, random)
    pump.running()
    for step in scenario:
        pump.fault(step.fault)
        if step.key is not None:
            pump.twin.press(step.key)
        if flapping:
            pump.twin.set_link(up=random.random() < 0.5)
        pump.wait(step.wait_ms)
        if step.mends:
            pump.mend(step.fault)
        _carry_on(pump)
    return pump


def _carry_on(pump: Driven) -> None:
    """Do what a person would: acknowledge everything, start again."""
    for condition in list(pump.controller.board.lines):
        pump.press(Act.ACKNOWLEDGE, condition=condition)
    pump.start()


def _truth(pump: Driven) -> dict[str, str]:
    """Return all that a run came to, every float to its last bit."""
    controller, plant = pump.controller, pump.plant
    return {
        "accounts": repr(sorted(plant.accounts.items())),
        "battery": plant.battery.used_mAh.hex(),
        "warmth": plant.warmth.body_C.hex(),
        "air": plant.air_into_child_mL.hex(),
        "memory": repr(replace(controller.kept, log=None)),  # type: ignore[arg-type]  # the log is compared by itself
        "log": repr(list(controller.kept.log.events)),
        "board": repr(controller.board),
        "timers": repr(sorted(controller.timers.due.items())),
        "mode": f"{controller.mode} {pump.twin.seq} {pump.twin.now_ms}",
    }


@check("C59")
def c59(bench: Bench) -> Iterator[Observation]:
    """The same random scenarios with every kind of listener; everything must be equal to the last bit."""
    differs: dict[str, list[str]] = {name: [] for name in (*LISTENERS, "flapping")}
    moved = 0.0
    for _ in range(SCENARIOS):
        scenario, seed = _scenario(bench.random), bench.random.randrange(2**32)
        listened = _run(scenario, _good, Random(seed))  # noqa: S311 - repeatable cases, no secrets
        truth, moved = _truth(listened), moved + listened.given_mL
        for name in differs:
            random = Random(seed)  # noqa: S311 - as above
            other = _truth(_run(scenario, LISTENERS.get(name, _good), random, flapping=name == "flapping"))
            differs[name] += [part for part, value in truth.items() if other[part] != value]
        bench.keep(listened.events)
    yield yes("seen.c59.moved", moved > SCENARIOS)
    for name, parts in differs.items():
        yield none_of(Message(f"seen.c59.listener.{name}"), parts, SCENARIOS)


def _told_course(bench: Bench, *, breaks: bool) -> Driven:
    """Sixty hours with alarms and a pause; with `breaks` the link is down for many hours of them."""
    pump = Driven().running()
    for hour in range(60):
        if breaks and hour in {5, 30}:
            pump.twin.set_link(up=False)
        if breaks and hour in {20, 55}:
            pump.twin.set_link(up=True)
        if hour in {8, 40}:
            pump.fault("door-open")
            pump.wait(MINUTE)
            pump.mend("door-open")
            _carry_on(pump)
        pump.wait(HOUR)
    bench.keep(pump.events)
    return pump


@check("C60")
def c60(bench: Bench) -> Iterator[Observation]:
    """Break the link for hours, then let the ledger read late, doubled and mixed-up streams."""
    steady, broken = _told_course(bench, breaks=False), _told_course(bench, breaks=True)
    identities = [event.identity for event in steady.events]
    yield same("seen.c60.once", len(identities), len(set(identities)))
    yield yes("seen.c60.all", identities == [event.identity for event in broken.events])
    late = [event for event, first in zip(broken.events, steady.events, strict=True) if _what(event) != _what(first)]
    yield none_of("seen.c60.original-time", late, len(broken.events))
    yield yes("seen.c60.were-late", sum(event.received_at != event.pump_time for event in broken.events) > 50)
    kinds = {Kind.STATUS, Kind.STARTED, Kind.STOPPED, Kind.ALARM_RAISED, Kind.ACTION, Kind.PROGRAMMED}
    yield same("seen.c60.kinds", set(), kinds - {event.kind for event in steady.events})
    expected, differs = _account(steady.events), []
    for number in range(20):
        stream = list(broken.events) + bench.random.sample(broken.events, 50)
        bench.random.shuffle(stream)
        differs += [] if _account(stream) == expected else [number]
    yield none_of("seen.c60.ledger", differs, 20)
    yield same("seen.c60.lost", 0, broken.link.lost)


def _what(event: PumpEvent) -> tuple[object, ...]:
    return event.identity, event.uptime_ms, event.pump_time, event.kind, dict(event.data)


def _account(events: list[PumpEvent]) -> Ledger:
    return account(plan_of(QARZIBA, 250), events, BEGINS + timedelta(hours=61))


@check("C61")
def c61(bench: Bench) -> Iterator[Observation]:
    """Let an alarm sound and do with the link and its listener whatever can be done; then lose it while silenced."""
    for name, listener in {"good": _good, **LISTENERS}.items():
        pump = Driven()
        listener(pump, bench.random)
        pump.running()
        pump.fault("door-open")
        before = shows(pump).melody
        for up in (False, True, False):
            pump.twin.set_link(up=up)
        pump.wait(5 * MINUTE)
        yield yes("seen.c61.sounds", bool(before) and shows(pump).melody == before, listener=name)
        bench.keep(pump.events)
    pump = Driven().running()
    pump.fault("door-open")
    pump.press(Act.SILENCE)
    pump.twin.set_link(up=False)
    pump.wait(2 * MINUTE)
    yield yes("seen.c61.silenced", bool(shows(pump).melody))
    bench.keep(pump.events)
    yield from _ways_in()


@check("C62")
def c62(bench: Bench) -> Iterator[Observation]:
    """List the ways into the pump, and let a listener answer with every command there is."""
    yield from _ways_in()
    for key in KEYS:
        quiet, commanded = Driven().running(), Driven()
        commanded.link.sink = _commands(key)
        commanded.running()
        for pump in (quiet, commanded):
            pump.wait(10 * HOUR)
        yield yes("seen.c62.answer", _truth(quiet) == _truth(commanded), command=key.act.value)
        bench.keep(quiet.events[-3:])


def _commands(key: Action) -> Callable[[PumpEvent], Any]:
    return lambda _: key


def _ways_in() -> Iterator[Observation]:
    """What the types themselves say: a link only sends, its listener answers nothing, the controller has no link."""
    public = {name for name, _ in getmembers(Link, isfunction) if not name.startswith("_")}
    yield same("seen.c62.link", set(), public - {"send", "deliver"})
    hints = [get_type_hints(getattr(Link, name)) for name in public]
    answers = [name for hint in hints for name, kind in hint.items() if name == "return" and kind is not type(None)]
    taken = [
        str(kind)
        for hint in hints
        for name, kind in hint.items()
        if name != "return" and kind not in {PumpEvent, datetime}
    ]
    yield same("seen.c62.send", [], answers + taken)
    yield same("seen.c62.sink", True, get_args(Sink)[1] in {None, type(None)})
    held = " ".join(str(field.type) for field in fields(Controller))
    yield yes("seen.c62.controller", not any(word in held for word in ("Link", "Sink", "Twin")))
    yield same("seen.c62.keys", set(Act), {key.act for key in KEYS})
