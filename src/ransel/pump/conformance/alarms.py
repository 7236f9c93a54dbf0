"""Checks of alarms: every condition is heard, seen and named, and none is lost, swapped or silenced for good."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from itertools import permutations

from ransel.infusion.condition import Condition, Priority
from ransel.infusion.condition_facts import Effect, Onset, facts
from ransel.language import LANGUAGES
from ransel.pump.actions import Act
from ransel.pump.board import AUDIBLE, Line
from ransel.pump.conformance.bench import Bench
from ransel.pump.conformance.driven import HOUR, MINUTE, Driven
from ransel.pump.conformance.entry import shows
from ransel.pump.conformance.into_conditions import BLINCYTO, ONE_OF_EACH, PUMP, WAYS
from ransel.pump.conformance.observing import ms, none_of, same, yes
from ransel.pump.conformance.silencing import is_silent
from ransel.pump.conformance.verdict import Observation, check
from ransel.pump.delivery import Mode
from ransel.pump.drug_library import DrugLibrary
from ransel.pump.priority import Harm
from ransel.pump.screen import Light

GPCA = range(1, 20)


# -- C34


@check("C34")
def c34(bench: Bench) -> Iterator[Observation]:
    """Raise every condition by what people and plant do, and look, listen and read."""
    seen: dict[Condition, Driven] = {condition: WAYS[condition]() for condition in PUMP}
    for pump in seen.values():
        bench.keep(pump.events)
    listed = {condition: pump.controller.board.lines.get(condition) for condition, pump in seen.items()}
    yield none_of("seen.c34.raised", [key for key, pump in seen.items() if not pump.raised(key)], len(PUMP))
    yield none_of("seen.c34.listed", [key for key, line in listed.items() if line is None], len(PUMP))
    yield none_of("seen.c34.silent", [key for key, line in listed.items() if not _sounds(seen[key], line)], len(PUMP))
    yield none_of("seen.c34.dark", [key for key, pump in seen.items() if shows(pump).light is None], len(PUMP))
    yield none_of("seen.c34.unnamed", [key for key, pump in seen.items() if not _named(pump, key)], len(PUMP))
    wrong = [key for key, line in listed.items() if line and line.priority is not seen[key].controller.priority(key)]
    yield none_of("seen.c34.priority", wrong, len(PUMP))
    titles = [facts()[condition].title.text(language) for condition in Condition for language in LANGUAGES]
    yield same("seen.c34.titles", len(titles), len(set(titles)))
    answers = {number: [key for key in Condition if facts()[key].gpca == number] for number in GPCA}
    yield none_of("seen.c34.gpca", [number for number, ours in answers.items() if len(ours) != 1], len(GPCA))
    yield none_of("seen.c34.low", [key for key, line in listed.items() if _is_a_silent_low(seen[key], line)], len(PUMP))


def _sounds(pump: Driven, line: Line | None) -> bool:
    """Whether it is heard: its own line sounds, and the loudspeaker is given a melody."""
    return line is not None and line.signal in AUDIBLE and bool(shows(pump).melody) and pump.plant.sounding > 0.0


def _is_a_silent_low(pump: Driven, line: Line | None) -> bool:
    """Low priorities are alarms too; a published model never let them be heard."""
    return line is not None and line.priority is Priority.LOW and not _sounds(pump, line)


def _named(pump: Driven, condition: Condition) -> bool:
    words = facts()[condition]
    for language in LANGUAGES:
        title, do = words.title.text(language), words.do.text(language)
        if not any(title in line and do in line for line in shows(pump).lines(language)):
            return False
    return True


# -- C35

MATRIX: Mapping[Harm, tuple[Priority, Priority, Priority]] = {
    Harm.DEATH: (Priority.HIGH, Priority.HIGH, Priority.MEDIUM),
    Harm.REVERSIBLE: (Priority.HIGH, Priority.MEDIUM, Priority.LOW),
    Harm.MINOR: (Priority.MEDIUM, Priority.LOW, Priority.LOW),
}
"""As published, for immediate, prompt and delayed; written here once more, on purpose."""


@check("C35")
def c35(bench: Bench) -> Iterator[Observation]:
    """Derive every priority of every row again, out of the written harms and nothing else."""
    library = DrugLibrary.load()
    differs, without_reason, cases = [], [], 0
    for entry, row in zip(library.entries, library.rows, strict=True):
        bench.keep([f"{row.id} {row.version}"])
        for condition, words in facts().items():
            cases += 1
            harm, onset = (Harm.MINOR, Onset.DELAYED) if words.effect is Effect.NONE else entry.harms[words.effect]
            later = max(list(Onset).index(onset), list(Onset).index(words.onset))
            if row.priorities[condition] is not MATRIX[harm][later]:
                differs.append(f"{row.id}: {condition.value}")
            if row.reasons[condition] != f"{words.effect.value}/{harm.value}/{list(Onset)[later].value}":
                without_reason.append(f"{row.id}: {condition.value}")
    yield none_of("seen.c35.priority", differs, cases)
    yield none_of("seen.c35.reason", without_reason, cases)
    found = {row.priorities[Condition.OCCLUSION] for row in library.rows}
    yield yes("seen.c35.by-drug", len(found) > 1)


# -- C36

MELODY = {Priority.HIGH: "C d g C d", Priority.MEDIUM: "C d g", Priority.LOW: "e c", None: ""}


@check("C36")
def c36(bench: Bench) -> Iterator[Observation]:
    """Let three conditions begin in every order and end in every order, and look at the lamp each time."""
    wrong_light, wrong_melody, looked = [], [], 0
    for begins in permutations(ONE_OF_EACH):
        for ends in permutations(ONE_OF_EACH):
            pump, active = Driven().running(BLINCYTO), set[Priority]()
            for step, priority in [*((True, one) for one in begins), *((False, one) for one in ends)]:
                _turn(pump, priority, step)
                active ^= {priority}
                worst = next((one for one in Priority if one in active), None)
                looked += 1
                shown = shows(pump)
                if not _is_light_of(worst, shown.light):
                    wrong_light.append(f"{worst}: {shown.light}")
                if " ".join(shown.melody) != MELODY[worst]:
                    wrong_melody.append(f"{worst}: {shown.melody}")
            bench.keep(pump.events)
    yield none_of("seen.c36.light", wrong_light, looked)
    yield none_of("seen.c36.melody", wrong_melody, looked)
    pump = Driven().running(BLINCYTO)
    for priority in Priority:
        _turn(pump, priority, begins=True)
    pump.press(Act.SILENCE)
    yield yes("seen.c36.silenced", _is_light_of(Priority.HIGH, shows(pump).light) and not shows(pump).melody)


def _turn(pump: Driven, priority: Priority, begins: bool) -> None:
    """Let the condition of a priority begin, or end and be acknowledged."""
    name, condition = ONE_OF_EACH[priority]
    if not begins:
        pump.mend(name)
        pump.press(Act.ACKNOWLEDGE, condition=condition)
        return
    if condition is Condition.AIR_IN_LINE and pump.mode is Mode.HELD:
        pump.start()
    pump.fault(name)
    if condition is Condition.AIR_IN_LINE:
        pump.wait_for(condition, HOUR)
        pump.change(lambda plant: plant.push(1_000_000))


def _is_light_of(priority: Priority | None, light: Light | None) -> bool:
    if light is None or priority is None:
        return light is None and priority is None
    flashes, on = light.flashes_mHz, light.on_percent
    return {
        Priority.HIGH: light.colour == "red" and 1_400 <= flashes <= 2_800 and 20 <= on <= 80,
        Priority.MEDIUM: light.colour == "yellow" and 400 <= flashes <= 800 and 20 <= on <= 60,
        Priority.LOW: light.colour == "cyan" and flashes == 0 and on == 100,
    }[priority]


# -- C39


@check("C39")
def c39(bench: Bench) -> Iterator[Observation]:
    """Restart after the same alarm, quickly, slowly, and after different alarms."""
    for apart_ms, refused in ((4 * MINUTE, True), (5 * MINUTE, False)):
        pump, answers = Driven().running(BLINCYTO), []
        for _ in range(3):
            pump.wait(apart_ms)
            answers.append(_alarm_and_restart(pump, "door-open", Condition.DOOR_OPEN))
        key = "seen.c39.third" if refused else "seen.c39.slowly"
        yield same(key, ["", "", "not-now" if refused else ""], answers, apart=ms(apart_ms))
        yield same("seen.c39.alarm", int(refused), len(pump.raised(Condition.REPEATED_RESTART)))
        yield same("seen.motor", 0 if refused else 600_000, pump.controller.motor_nL_per_h)
        bench.keep(pump.events)
    pump = Driven().running(BLINCYTO)
    mixed = [("door-open", Condition.DOOR_OPEN), ("latch-open", Condition.SET_NOT_LOADED)]
    answers = [_alarm_and_restart(pump, *mixed[number % 2]) for number in range(3)]
    yield same("seen.c39.mixed", ["", "", ""], answers)
    bench.keep(pump.events)


def _alarm_and_restart(pump: Driven, name: str, condition: Condition) -> str:
    pump.fault(name)
    pump.wait(1000)
    pump.mend(name)
    pump.press(Act.ACKNOWLEDGE, condition=condition)
    return pump.start()


# -- C38

TOGETHER: Mapping[str, Condition] = {
    "door-open": Condition.DOOR_OPEN,
    "latch-open": Condition.SET_NOT_LOADED,
    "damp": Condition.ENVIRONMENT,
    "loudspeaker-broken": Condition.SOUND_FAILURE,
    "log-fails": Condition.LOG_FAILED,
    "monitor-fails": Condition.MONITOR_FAILED,
    "supply-out-of-range": Condition.SUPPLY_OUT_OF_RANGE,
}
"""Faults that can all be there at once, of every sort: line, surroundings, parts, power."""


def _all_at_once(bench: Bench) -> Driven:
    """Return a pump with all of them active, begun in a random order."""
    pump = Driven().running(BLINCYTO)
    for name in bench.random.sample(sorted(TOGETHER), len(TOGETHER)):
        pump.fault(name)
        pump.wait(15 * MINUTE if name in {"log-fails", "monitor-fails"} else 1000)
    return pump


@check("C38")
def c38(bench: Bench) -> Iterator[Observation]:
    """Acknowledge each of many conditions, while its cause lasts and afterwards; then let a cause come back."""
    others_touched, not_silent, not_gone, cancelled_itself, forgotten = [], [], [], [], []
    for name, condition in TOGETHER.items():
        pump = _all_at_once(bench)
        before = dict(pump.controller.board.lines)
        pump.press(Act.ACKNOWLEDGE, condition=condition)
        if not is_silent(pump, condition):
            not_silent.append(condition)
        if _without(pump.controller.board.lines, condition) != _without(before, condition):
            others_touched.append(condition)
        pump.mend(name)
        pump.wait(1000)
        if (condition in pump.controller.board.lines) is not facts()[condition].latching:
            forgotten.append(condition)
        before = dict(pump.controller.board.lines)
        pump.press(Act.ACKNOWLEDGE, condition=condition)
        if condition in pump.controller.board.lines:
            not_gone.append(condition)
        if _without(pump.controller.board.lines, condition) != _without(before, condition):
            others_touched.append(condition)
        pump.fault(name)
        pump.wait(20 * MINUTE)
        if condition not in pump.controller.board.lasting() or is_silent(pump, condition):
            cancelled_itself.append(condition)
        bench.keep(pump.events)
    yield none_of("seen.c38.silent", not_silent, len(TOGETHER))
    yield none_of("seen.c38.others", others_touched, len(TOGETHER))
    yield none_of("seen.c38.forgotten", forgotten, len(TOGETHER))
    yield none_of("seen.c38.gone", not_gone, len(TOGETHER))
    yield none_of("seen.c38.again", cancelled_itself, len(TOGETHER))
    pump = _all_at_once(bench)
    yield same("seen.c38.unknown", "no-such-alarm", pump.press(Act.ACKNOWLEDGE, condition=Condition.FREE_FLOW))
    bench.keep(pump.events)


def _without(lines: Mapping[Condition, Line], condition: Condition) -> dict[Condition, Line]:
    return {key: line for key, line in lines.items() if key is not condition}


# -- C40


@check("C40")
def c40(bench: Bench) -> Iterator[Observation]:
    """Let many conditions begin in a random order and end in another, and compare the list with what is the case."""
    lost, out_of_order, not_shown, among = [], [], [], 0
    for _ in range(20):
        pump = Driven().running(BLINCYTO)
        begun: list[Condition] = []
        for name in bench.random.sample(sorted(TOGETHER), len(TOGETHER)):
            pump.fault(name)
            if TOGETHER[name] not in pump.controller.board.lines:
                pump.wait_for(TOGETHER[name], 16 * MINUTE)
            begun.append(TOGETHER[name])
        for name in bench.random.sample(sorted(TOGETHER), len(TOGETHER)):
            among += 1
            listed = [key for key in pump.controller.board.lines if key in begun]
            lost += [key for key in begun if key not in listed]
            out_of_order += [] if listed == [key for key in begun if key in listed] else [name]
            not_shown += [] if _shown_in_order(pump) else [name]
            pump.mend(name)
            stays = TOGETHER[name] in pump.controller.board.lines
            lost += [TOGETHER[name]] if stays is not facts()[TOGETHER[name]].latching else []
            pump.press(Act.ACKNOWLEDGE, condition=TOGETHER[name])
            begun.remove(TOGETHER[name])
        bench.keep(pump.events)
    yield none_of("seen.c40.lost", lost, among)
    yield none_of("seen.c40.order", out_of_order, among)
    yield none_of("seen.c40.shown", not_shown, among)


def _shown_in_order(pump: Driven) -> bool:
    """Whether the display lists all that is on the board: highest first, and among equals the oldest first."""
    lines = pump.controller.board.lines
    keys = [(list(Priority).index(alarm.priority), lines[alarm.condition].since_ms) for alarm in shows(pump).alarms]
    return len(keys) == len(lines) and keys == sorted(keys)
