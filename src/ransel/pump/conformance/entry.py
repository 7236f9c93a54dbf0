"""Checks of what people key in: no single slip changes anything, and the screen says what is running."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import fields, replace
from itertools import pairwise, product

from ransel.infusion.condition import Condition
from ransel.infusion.event import Kind
from ransel.language import LANGUAGES, Message
from ransel.pump.actions import Act, Action
from ransel.pump.conformance.bench import Bench
from ransel.pump.conformance.driven import HOUR, MINUTE, QARZIBA, Driven
from ransel.pump.conformance.observing import at_most, ms, none_of, same, yes
from ransel.pump.conformance.verdict import Observation, check
from ransel.pump.delivery import DELIVERING, Mode
from ransel.pump.programme import Draft
from ransel.pump.screen import Screen, screen

SLOWER = replace(QARZIBA, rate_uL=1_500, volume_uL=200_000)

KEYS: tuple[Action, ...] = (
    Action(Act.SWITCH_ON),
    Action(Act.SWITCH_OFF),
    Action(Act.CONFIRM_SENSES, new_child=True),
    Action(Act.ENTER, draft=SLOWER),
    Action(Act.REVIEW),
    Action(Act.CONFIRM),
    Action(Act.CONFIRM, name="override"),
    Action(Act.CLEAR),
    Action(Act.CONFIRM_CLEAR),
    Action(Act.LOAD, container=1, display_nL=100_000_000),
    Action(Act.PRIME, volume_nL=5_000_000),
    Action(Act.PRIME, volume_nL=5_000_000, off_child=True),
    Action(Act.START),
    Action(Act.STOP),
    Action(Act.SILENCE),
    Action(Act.CANCEL_SILENCE),
    Action(Act.ACKNOWLEDGE, condition=Condition.OCCLUSION),
    Action(Act.CONFIRM_RESTART),
    Action(Act.SET_DEFAULT, code="guess", name="silence_ms", value=1),
    Action(Act.INVALID_KEY),
)


def shows(pump: Driven) -> Screen:
    """Return what the pump shows now."""
    return screen(pump.controller, pump.twin.uptime_ms)


@check("C29")
def c29(bench: Bench) -> Iterator[Observation]:
    """Every key alone and every pair of keys during an infusion; then what a change and a clearing really need."""
    changed, wrong_rate = [], []
    presses = [(key,) for key in KEYS] + list(product(KEYS, KEYS))
    for keys in presses:
        pump = Driven().running()
        before = pump.controller.kept.programme
        for key in keys:
            pump.twin.press(key)
            if pump.mode in DELIVERING and pump.controller.motor_nL_per_h != 2_000_000:
                wrong_rate.append(_named(keys))
        if pump.controller.kept.programme != before:
            changed.append(_named(keys))
        bench.keep(pump.events)
    yield none_of("seen.c29.programme", changed, len(presses))
    yield none_of("seen.c29.rate", wrong_rate, len(presses))
    yield from _change(bench)
    yield from _clearing(bench)
    names = {field.name for field in fields(Draft)}
    yield same("seen.c29.weight", set(), {name for name in names if "weight" in name or "hours" in name})


def _named(keys: tuple[Action, ...]) -> str:
    return "+".join(key.act.value for key in keys)


def _change(bench: Bench) -> Iterator[Observation]:
    pump = Driven().running()
    pump.press(Act.ENTER, draft=SLOWER)
    pump.press(Act.REVIEW)
    yield same("seen.motor", 2_000_000, pump.controller.motor_nL_per_h)
    pump.press(Act.ENTER, draft=replace(SLOWER, rate_uL=1_200))
    yield same("seen.c29.edited-after-review", "review-first", pump.press(Act.CONFIRM))
    pump.press(Act.REVIEW)
    yield same("seen.c29.confirmed", "", pump.press(Act.CONFIRM))
    yield same("seen.motor", 1_200_000, pump.controller.motor_nL_per_h)
    bench.keep(pump.events)


def _clearing(bench: Bench) -> Iterator[Observation]:
    pump = Driven().running()
    pump.press(Act.ENTER, draft=SLOWER)
    yield same("seen.c29.clear-unasked", "clear-first", pump.press(Act.CONFIRM_CLEAR))
    pump.press(Act.CLEAR)
    yield yes("seen.c29.clear-once", pump.controller.draft == SLOWER)
    pump.press(Act.CONFIRM_CLEAR)
    yield yes("seen.c29.clear-confirmed", pump.controller.draft is None and pump.mode is Mode.RUNNING)
    bench.keep(pump.events)


@check("C30")
def c30(bench: Bench) -> Iterator[Observation]:
    """Keys together, a key that is held, one that bounces, and entries that are not allowed."""
    yield from _chords(bench)
    yield from _held(bench)
    yield from _bouncing(bench)
    wrong = (replace(QARZIBA, rate_uL=20_000), replace(QARZIBA, product="Nobody"), replace(QARZIBA, volume_uL=0))
    pump = Driven().made_ready()
    silent = []
    for draft in wrong:
        pump.press(Act.ENTER, draft=draft)
        if not pump.press(Act.REVIEW) or not shows(pump).error_tone:
            silent.append(draft.product)
    yield none_of("seen.c30.wrong-entry", silent, len(wrong))
    pump.press(Act.ENTER, draft=QARZIBA)
    yield same("seen.c30.right-entry", (), shows(pump).error_tone)
    bench.keep(pump.events)


def _chords(bench: Bench) -> Iterator[Observation]:
    changed, silent = [], []
    for mode, reached in MODES.items():
        pump = reached()
        before = (pump.mode, pump.controller.kept.programme, pump.controller.draft, pump.controller.motor_nL_per_h)
        refused = pump.press(Act.INVALID_KEY)
        after = (pump.mode, pump.controller.kept.programme, pump.controller.draft, pump.controller.motor_nL_per_h)
        if before != after or not refused:
            changed.append(mode.value)
        if mode is not Mode.OFF and not shows(pump).error_tone:
            silent.append(mode.value)
        bench.keep(pump.events)
    yield none_of("seen.c30.chord", changed, len(MODES))
    yield none_of("seen.c30.chord-tone", silent, len(MODES) - 1)


def _held(bench: Bench) -> Iterator[Observation]:
    device = Driven().parts.device
    for held_ms in (device.key_held_ms - 1, device.key_held_ms):
        pump = Driven().running()
        pump.fault("key-stuck")
        pump.wait(held_ms)
        pump.mend("key-stuck")
        alarms = len(pump.raised(Condition.KEY_HELD))
        yield same("seen.c30.held", int(held_ms >= 60_000), alarms, held=ms(held_ms))
        yield same("seen.motor", 2_000_000, pump.controller.motor_nL_per_h)
        bench.keep(pump.events)


def _bouncing(bench: Bench) -> Iterator[Observation]:
    for apart_ms, times in ((1, 1), (999, 1), (1000, 2)):
        pump = Driven().made_ready()
        pump.press(Act.ENTER, draft=SLOWER)
        pump.wait(apart_ms)
        pump.press(Act.ENTER, draft=SLOWER)
        told = [event for event in pump.told(Kind.ACTION) if event.data["action"] == "enter"]
        yield same("seen.c30.bounce", times, len(told) - 1, apart=ms(apart_ms))
        bench.keep(pump.events)
    pump = asleep()
    pump.press(Act.ENTER, draft=QARZIBA)
    pump.wait(500)
    pump.press(Act.ENTER, draft=QARZIBA)
    yield yes("seen.c30.bounce-asleep", pump.controller.draft is None and not pump.controller.asleep)
    pump.wait(500)
    pump.press(Act.ENTER, draft=QARZIBA)
    yield yes("seen.c30.awake", pump.controller.draft == QARZIBA)
    bench.keep(pump.events)


def asleep() -> Driven:
    """Return a pump that fell asleep."""
    pump = Driven()
    pump.switch_on()
    pump.wait(pump.controller.device.sleep_ms)
    return pump


@check("C31")
def c31(bench: Bench) -> Iterator[Observation]:
    """Leave each question of the pump for three hours and look for the longest time without a word."""
    for name, waiting in WAITING.items():
        pump = waiting()
        began, heard = pump.twin.now_ms, []
        for _ in range(180):
            seen = len(pump.events)
            pump.wait(MINUTE)
            calls = [event for event in pump.events[seen:] if _calls(event.kind, event.data)]
            if calls or pump.controller.board.sound is not None:
                heard.append(pump.twin.now_ms)
        gaps = [later - earlier for earlier, later in pairwise([began, *heard, pump.twin.now_ms])]
        yield at_most(Message(f"seen.c31.at.{name}"), ms(15 * MINUTE), ms(max(gaps)) if heard else None)
        bench.keep(pump.events)


def _calls(kind: Kind, data: Mapping[str, object]) -> bool:
    return kind is Kind.ALARM_RAISED or (kind is Kind.STATUS and bool(data.get("reminder")))


def _at_questions() -> Driven:
    pump = Driven()
    pump.press(Act.SWITCH_ON)
    pump.wait(pump.controller.device.self_test_ms)
    return pump


def _without_programme() -> Driven:
    pump = Driven()
    pump.switch_on()
    return pump


def _primed_late() -> Driven:
    pump = _without_programme()
    pump.load()
    pump.wait(14 * MINUTE)
    pump.prime()
    return pump


def _paused() -> Driven:
    pump = Driven().running()
    pump.wait(HOUR)
    pump.press(Act.STOP)
    return pump


def _half_entered() -> Driven:
    pump = Driven().running()
    pump.press(Act.ENTER, draft=SLOWER)
    pump.wait(11 * MINUTE)
    pump.press(Act.STOP)
    return pump


WAITING: Mapping[str, Callable[[], Driven]] = {
    "questions": _at_questions,
    "no-programme": _without_programme,
    "primed": _primed_late,
    "not-started": lambda: Driven().made_ready(),
    "paused": _paused,
    "entry": _half_entered,
}


@check("C32")
def c32(bench: Bench) -> Iterator[Observation]:
    """Switch on with and without an earlier patient, and try to programme before the questions are answered."""
    pump = _at_questions()
    yield same("seen.c32.too-early", "not-now", pump.press(Act.ENTER, draft=QARZIBA))
    yield same("seen.c32.asks", "screen.do.senses", shows(pump).do.key)
    pump.press(Act.CONFIRM_SENSES, new_child=True)
    yield same("seen.c32.after", "", pump.press(Act.ENTER, draft=QARZIBA))
    for part, draft in (("patient", replace(QARZIBA, patient="")), ("place", replace(QARZIBA, care_area=""))):
        pump.press(Act.ENTER, draft=draft)
        yield yes(Message(f"seen.c32.without-{part}"), bool(pump.press(Act.REVIEW)))
    bench.keep(pump.events)
    for new_child, patient in ((False, QARZIBA.patient), (True, "")):
        pump = Driven().running()
        pump.press(Act.STOP)
        pump.press(Act.SWITCH_OFF)
        pump.wait(MINUTE)
        pump.switch_on(new_child=new_child)
        key = "seen.c32.another-child" if new_child else "seen.c32.same-child"
        yield same(key, patient, shows(pump).patient)
        yield same("seen.motor", 0, pump.controller.motor_nL_per_h)
        bench.keep(pump.events)


@check("C33")
def c33(bench: Bench) -> Iterator[Observation]:
    """Read the screen in every mode and compare it with the truth."""
    unsaid, wrong_rate, without_patient = [], [], []
    for mode, reached in MODES.items():
        pump = reached()
        bench.keep(pump.events)
        shown = shows(pump)
        if pump.mode is not mode or not all(_says_what_to_do(shown, language) for language in LANGUAGES):
            unsaid.append(mode.value)
        if shown.rate.magnitude * 1_000_000 != pump.plant.motor_nL_per_h:
            wrong_rate.append(mode.value)
        programme = pump.controller.kept.programme
        text = " ".join(shown.lines())
        if programme and not (programme.patient in text and programme.row.product in text):
            without_patient.append(mode.value)
    yield none_of("seen.c33.do", unsaid, len(MODES))
    yield none_of("seen.c33.rate", wrong_rate, len(MODES))
    yield none_of("seen.c33.patient", without_patient, len(MODES))
    yield same("seen.c33.all-modes", len(Mode), len(MODES))
    shown = shows(Driven().running())
    yield same("seen.c33.programmed", "2 mL/h", shown.rate_programmed.text() if shown.rate_programmed else "")


def _says_what_to_do(shown: Screen, language: str) -> bool:
    lines = shown.lines(language)  # type: ignore[arg-type]  # one of LANGUAGES
    return shown.mode is Mode.OFF or (shown.doing.text(language) in lines and shown.do.text(language) in lines)  # type: ignore[arg-type]


def _self_testing() -> Driven:
    pump = Driven()
    pump.press(Act.SWITCH_ON)
    return pump


def _priming() -> Driven:
    pump = _without_programme()
    pump.load()
    pump.press(Act.PRIME, volume_nL=5_000_000, off_child=True)
    return pump


FLUCLOXACILLIN = Draft("SYN-0002", "Flucloxacillin 1 g", 25_000_000, 10_000, "mL/h", 240_000, 1, 0, "adult", "ward")
"""The only medicine whose row keeps the vein open."""


def keeping_open() -> Driven:
    """Return a pump that keeps the vein open because it ran too fast."""
    pump = Driven(flow_sensor=True, flow_error=0.2)
    pump.running(FLUCLOXACILLIN, 240)
    pump.wait_for(Condition.OVER_INFUSION, HOUR)
    return pump


def _stopped_by_alarm() -> Driven:
    pump = Driven().running()
    pump.fault("door-open")
    return pump


def _failed() -> Driven:
    pump = Driven().running()
    pump.fault("memory-damaged")
    pump.wait(HOUR)
    return pump


MODES: Mapping[Mode, Callable[[], Driven]] = {
    Mode.OFF: Driven,
    Mode.SELF_TEST: _self_testing,
    Mode.SENSES: _at_questions,
    Mode.STOPPED: lambda: Driven().made_ready(),
    Mode.PRIMING: _priming,
    Mode.RUNNING: lambda: Driven().running(),
    Mode.KVO: keeping_open,
    Mode.PAUSED: _paused,
    Mode.HELD: _stopped_by_alarm,
    Mode.FAILED: _failed,
}
"""A way into every mode."""
