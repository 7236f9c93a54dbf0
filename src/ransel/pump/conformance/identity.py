"""Checks of who and whose: only the keeper changes defaults, what does not belong together does not start."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import fields, replace
from hashlib import sha256

from ransel.infusion.event import Kind
from ransel.infusion.event_keys import KEYS as DATA_KEYS
from ransel.infusion.plan import InfusionPlan
from ransel.pump.actions import Act
from ransel.pump.answering import DEFAULTS
from ransel.pump.conformance.bench import Bench
from ransel.pump.conformance.driven import HOUR, MINUTE, QARZIBA, Driven
from ransel.pump.conformance.entry import MODES
from ransel.pump.conformance.into_conditions import BLINCYTO, WAYS
from ransel.pump.conformance.observing import none_of, same, yes
from ransel.pump.conformance.verdict import Observation, check
from ransel.pump.delivery import Mode

CODE = "keeper of the pump"
WITHIN = {"display_start_uL": 240_000, "silence_ms": MINUTE, "sleep_ms": 2 * HOUR}
"""A value that each default may have."""

KEEPER = sha256(CODE.encode()).hexdigest()


@check("C57")
def c57(bench: Bench) -> Iterator[Observation]:
    """Try to set every default with no code, a wrong one, the stored form of the right one, and the right one."""
    wrong, cases = [], 0
    for administrator in ("", KEEPER):
        for code in ("", "0000", KEEPER, CODE.upper(), CODE + " ", CODE):
            for name in DEFAULTS:
                cases += 1
                pump = Driven(administrator=administrator).made_ready()
                refused = pump.press(Act.SET_DEFAULT, code=code, name=name, value=WITHIN[name])
                may = administrator == KEEPER and code == CODE
                took = pump.controller.kept.defaults == {name: WITHIN[name]}
                if (refused == "") is not may or took is not may:
                    wrong.append(f"{code}: {name}")
                bench.keep(pump.events)
    yield none_of("seen.c57.who", wrong, cases)
    yield same("seen.c57.list", set(DEFAULTS), set(WITHIN))
    yield from _out_of_bounds(bench)
    yield from _half(bench)
    leaked = [event for event in _set_once(bench).events if CODE in json.dumps(event.as_json())]
    yield same("seen.c57.code-told", 0, len(leaked))


def _set_once(bench: Bench) -> Driven:
    pump = Driven(administrator=KEEPER).made_ready()
    pump.press(Act.SET_DEFAULT, code=CODE, name="silence_ms", value=60_000)
    bench.keep(pump.events)
    return pump


def _out_of_bounds(bench: Bench) -> Iterator[Observation]:
    pump = _set_once(bench)
    before = pump.controller.kept.defaults
    device = pump.parts.device
    for name, value in (
        ("silence_ms", device.silence_ms + 1),
        ("sleep_ms", device.sleep_most_ms + HOUR),
        ("display_start_uL", device.volume_most_nL // 1000 + 1),
        ("silence_ms", 0),
        ("rate_nL_per_h", 1_000_000),
        ("stroke_nL", 1),
        ("", 1),
    ):
        refused = pump.press(Act.SET_DEFAULT, code=CODE, name=name, value=value)
        yield yes("seen.c57.bounds", bool(refused) and pump.controller.kept.defaults == before, name=name or "-")
    bench.keep(pump.events)


def _half(bench: Bench) -> Iterator[Observation]:
    """One setting is one step: before a cut it is the old one, after it the new one, and nothing else is touched."""
    pump = _set_once(bench)
    kept = pump.controller.kept
    pump.press(Act.SET_DEFAULT, code=CODE[:-1], name="sleep_ms", value=2 * HOUR)
    pump.fault("battery-out")
    pump.wait(HOUR)
    pump.mend("battery-out")
    pump.switch_on(new_child=False)
    yield yes("seen.c57.cut", pump.controller.kept.defaults == kept.defaults)
    yield yes("seen.c57.nothing-else", pump.controller.kept.programme == kept.programme)
    bench.keep(pump.events)


@check("C58")
def c58(bench: Bench) -> Iterator[Observation]:
    """Programme what order and cassette say, then something else in each part, before the start and while it runs."""
    pump = Driven().running()
    yield same("seen.c58.agrees", 2_000_000, pump.controller.motor_nL_per_h)
    told = pump.told(Kind.PROGRAMMED)[0].data
    expected = ("Qarziba", 142_013, 2_000_000, 250_000_000, 1, "qarziba-home-child")
    names = ("product", "concentration_ng_per_mL", "rate_nL_per_h", "volume_nL", "container", "row")
    yield same("seen.c58.told", expected, tuple(told[name] for name in names))
    bench.keep(pump.events)
    for name, draft, code in (
        ("patient", replace(QARZIBA, patient=""), "patient-missing"),
        ("drug", replace(QARZIBA, product="Danyelza"), "drug-not-in-library"),
        ("concentration", replace(QARZIBA, concentration_ng_per_mL=1_420_130), "drug-not-in-library"),
        ("rate", replace(QARZIBA, rate_uL=20_000), "rate-outside-hard-limit"),
        ("volume", replace(QARZIBA, volume_uL=500_000), "volume-outside-hard-limit"),
    ):
        pump = Driven()
        pump.switch_on()
        pump.load()
        yield same("seen.c58.refused", code, pump.programme(draft), part=name)
        yield same("seen.c58.no-start", "not-programmed", pump.start())
        bench.keep(pump.events)
    yield from _other_cassette(bench)
    yield from _while_running(bench)


def _other_cassette(bench: Bench) -> Iterator[Observation]:
    pump = Driven()
    pump.switch_on()
    pump.load(2)
    pump.programme(QARZIBA)
    yield same("seen.c58.other-cassette", "other-container", pump.start())
    pump.unload()
    pump.load(1)
    yield same("seen.c58.right-cassette", "", pump.start())
    bench.keep(pump.events)


def _while_running(bench: Bench) -> Iterator[Observation]:
    for name, draft in (
        ("patient", replace(QARZIBA, patient="SYN-0009")),
        ("cassette", replace(QARZIBA, container=2)),
    ):
        pump = Driven().running()
        before = pump.controller.kept.programme
        yield same("seen.c58.running", "stop-first", pump.programme(draft), part=name)
        yield yes("seen.c58.unchanged", pump.controller.kept.programme == before and pump.mode is Mode.RUNNING)
        pump.press(Act.STOP)
        pump.wait(MINUTE)
        pump.press(Act.CONFIRM)
        yield yes("seen.c58.stands", pump.controller.motor_nL_per_h == 0, part=name)
        bench.keep(pump.events)


NAME = "Noor de Vries-Jansen"
WORDS_OF_A_NAME = ("Noor", "Vries", "Jansen")


@check("C63")
def c63(bench: Bench) -> Iterator[Observation]:
    """Read everything that leaves the pump, out of every mode and condition, and look for a name in it."""
    pumps = [way() for way in WAYS.values()] + [reached() for reached in MODES.values()]
    events = [event for pump in pumps for event in pump.events]
    bench.keep(events)
    personal = {"patient", "name", "birth", "address", "child"}
    named = [event.kind for event in events if personal & {part for key in event.data for part in key.split("_")}]
    yield none_of("seen.c63.keys", named, len(events))
    known = {kind: set(keys) for kind, keys in DATA_KEYS.items()}
    unknown = [event.kind for event in events if event.kind in known and set(event.data) - known[event.kind]]
    yield none_of("seen.c63.described", unknown, len(events))
    yield none_of("seen.c63.number", [event for event in events if event.pump != "BENCH"], len(events))
    pump = Driven().running(replace(BLINCYTO, patient=NAME))
    pump.wait(HOUR)
    pump.press(Act.STOP)
    leaked = [event.kind for event in pump.events if _holds_a_name(json.dumps(event.as_json()))]
    yield none_of("seen.c63.typed-name", leaked, len(pump.events))
    bench.keep(pump.events)
    names = {field.name for field in fields(InfusionPlan)}
    yield same("seen.c63.plan", {"patient"}, names & personal)


def _holds_a_name(line: str) -> bool:
    return any(word in line for word in WORDS_OF_A_NAME)
