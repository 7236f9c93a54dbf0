"""A controller in an imagined world: sensors say what a test wants, any timer that runs may be the next to fire.

Time is abstract. Every move takes a second; what needs longer (a late restart, a full dose window) is a move of its
own, and `key` leaves out everything that is only an amount.
"""

from collections import Counter
from collections.abc import Callable, Hashable, Iterator
from dataclasses import dataclass, field, fields, replace

from pump.exploring import Moved

from ransel.infusion.condition import Condition
from ransel.pump.actions import Act, Action
from ransel.pump.answering import act, power_lost
from ransel.pump.board import AUDIBLE, CAUSE_LASTS, Board
from ransel.pump.conformance.driven import BEGINS, QARZIBA
from ransel.pump.controller import Controller, Kept, Told, new_memory
from ransel.pump.delivery import DELIVERING, Mode
from ransel.pump.dose_window import Stretch
from ransel.pump.drug_library import DrugLibrary
from ransel.pump.hardware import hardware
from ransel.pump.health import SOUND_HEALTH, Health
from ransel.pump.readings import Readings
from ransel.pump.starting import too_late
from ransel.pump.timers import Timer, Timers
from ransel.pump.timing import DUE, wanted_checks
from ransel.pump.watching import observe

A_SECOND = 1000
DEVICE = replace(hardware().device, restarts_most=1_000_000, sleep_ms=0)
"""Repeated restarts and sleep have explorations of their own."""

LIBRARY = DrugLibrary.load().current(BEGINS)
ROW = LIBRARY.row("Qarziba", QARZIBA.concentration_ng_per_mL, "child", "home")
FULL = 250_000_000
WELL = Readings(cassette=True, latched=True)
BEGINS_MS = round(BEGINS.timestamp() * 1000)
A_LITTLE_NL = 10_000
"""Less than what a move of these explorations lets go by beside the strokes."""

COUNTED = frozenset({Condition.PAUSE_TOO_LONG})
"""Conditions whose detail only counts how often."""

ONLY_TELLS = frozenset({Timer.STATUS, Timer.REMINDER})
"""Timers that change nothing but what is told."""


class Forgetful:
    """A log that keeps nothing: one for all states."""

    def write(self, entry, is_fault):
        """Forget it."""


@dataclass(frozen=True, slots=True)
class Rows:
    """A drug library of a few rows, by product."""

    rows: tuple
    fingerprint: str = "test"

    def row(self, product, *_):
        return next((row for row in self.rows if row.product == product), None)


@dataclass(frozen=True, slots=True)
class Found:
    """The controller as a move found it."""

    mode: Mode
    rate_nL_per_h: int
    board: Board
    kept: Kept


@dataclass(slots=True)
class Imagined:
    """One state: the real controller, its time, and what its sensors would say.

    Values:
        sensors: with no clock, and with a flow sensor that tells only what went by beside the strokes.
        seen_in: mode and row with which it last looked at its sensors. told: by the move that led here.
        refused: what its key was refused with, None when it was no key.
        found: what the move began with, after a look. left: the board right after it, before the next look.
    """

    pump: Controller
    sensors: Readings = WELL
    stuck: bool = False
    uptime_ms: int = 0
    clock_ms: int = BEGINS_MS
    seen_in: tuple = ()
    told: list[Told] = field(default_factory=list)
    refused: str | None = None
    found: Found | None = None
    left: Board = field(default_factory=Board)

    def copy(self) -> "Imagined":
        """The same, free to go on; what never changes is shared. A second later."""
        pump = Controller(**{name: getattr(self.pump, name) for name in PLAIN})
        pump.timers = Timers(dict(self.pump.timers.due))
        return Imagined(pump, self.sensors, self.stuck, self.uptime_ms + A_SECOND, self.clock_ms + A_SECOND)

    # -- what the twin does around a controller

    def readings(self) -> Readings:
        turns = not self.stuck or self.pump.motor_nL_per_h == 0
        extra, turned = self.sensors.flowed_nL, self.pump.kept.meter.read(self.uptime_ms).turned_nL
        flowed = None if extra is None else turned + extra
        return replace(self.sensors, clock_ms=self.clock_ms, motor_turns=turns, flowed_nL=flowed)

    def look(self) -> None:
        """Look at the sensors once, as before anything is decided."""
        if self.pump.mode is not Mode.OFF:
            self.seen_in = self.pump.mode, self.pump.row
            observe(self.pump, self.uptime_ms, self.readings())
        self.found = Found(self.pump.mode, self.pump.motor_nL_per_h, self.pump.board, self.pump.kept)

    def settle(self) -> None:
        pump = self.pump
        for _ in range(10):
            pump.push_nL = 0
            if pump.mode is Mode.OFF or (self.readings() == pump.readings and (pump.mode, pump.row) == self.seen_in):
                break
            self.seen_in = pump.mode, pump.row
            observe(pump, self.uptime_ms, self.readings())
        else:
            raise AssertionError("sensors and controller do not come to rest")
        self.told, pump.told = pump.told, []

    def press(self, action: Action) -> None:
        if action.act is Act.SWITCH_ON and self.pump.mode is Mode.OFF:
            before, self.uptime_ms = self.pump, 0
            self.pump = Controller(before.device, before.library, before.kept, health=before.health)
            self.pump.readings = self.readings()
        self.refused = act(self.pump, self.uptime_ms, action)

    def fire(self, timer: Timer, tag: str) -> None:
        del self.pump.timers.due[timer, tag]
        DUE[timer](self.pump, self.uptime_ms, tag)

    def damage(self, health: Health) -> None:
        self.pump.health = health
        if self.pump.mode is not Mode.OFF:
            wanted_checks(self.pump, self.uptime_ms)


PLAIN = [one.name for one in fields(Controller) if one.name not in {"timers", "told", "push_nL"}]


def new_pump(device=DEVICE, library=None, **sensors) -> Imagined:
    """A pump that was never used, with a container on it."""
    kept = replace(new_memory(device), log=Forgetful())
    return Imagined(Controller(device, library or Rows((ROW,)), kept), replace(WELL, **sensors))


# ------------------------------------------------------------------ what makes two states the same


def key(state: Imagined) -> Hashable:
    """What a state is, without any amount that only grows."""
    pump, kept = state.pump, state.pump.kept
    return (
        pump.mode, board_key(pump), frozenset(timer_key(one) for one in pump.timers.due if one[0] not in ONLY_TELLS),
        pump.draft, pump.reviewed, pump.clearing, pump.restart_ordered, pump.held_by, pump.asleep, pump.new_child,
        programme_key(pump), kept.begun, kept.container, kept.cut_off, kept.stopped_powered_ms is None,
        pump.motor_nL_per_h, kept.meter.priming, replace(state.sensors, flowed_nL=None), state.stuck, pump.health,
        len(pump.bubbles), flow_key(state), too_late(pump, state.uptime_ms), is_used_up(state), restarts_key(pump),
    )  # fmt: skip


def board_key(pump: Controller) -> Hashable:
    lines = pump.board.lines.values()
    return frozenset((one.condition, one.signal, "" if one.condition in COUNTED else one.detail) for one in lines)


def timer_key(key: tuple[Timer, str]) -> Hashable:
    return (key[0], "") if key[0] is Timer.PAUSE else key


def programme_key(pump: Controller) -> Hashable:
    it = pump.kept.programme
    return it and (it.patient, it.container, it.row.id, it.rate_nL_per_h, it.critical.sound)


def restarts_key(pump: Controller) -> Hashable:
    if pump.device.restarts_most > 1000:
        return None
    return frozenset(Counter(condition for _, condition in pump.restarts).items())


def flow_key(state: Imagined) -> Hashable:
    """What the flow sensor has seen beside the strokes: since this window began, since it was looked at, in all."""
    pump, flowed = state.pump, state.readings().flowed_nL
    if flowed is None:
        return None
    meter, programme = pump.kept.meter.read(state.uptime_ms), pump.kept.programme
    was_flowed, was_counted = pump.flow_mark or (flowed, meter.counted_nL)
    window = flowed - was_flowed - (meter.counted_nL - was_counted)
    seen = None if pump.flow_seen is None else flowed - pump.flow_seen[0] - (meter.turned_nL - pump.flow_seen[1])
    above = programme and flowed - (pump.flow_from_nL or 0) > programme.volume_nL + pump.device.stroke_nL
    return pump.flow_was_off, pump.flow_mark is None, sign(window), seen is not None and sign(seen), above


def sign(volume_nL: int) -> int:
    return (volume_nL > A_LITTLE_NL) - (volume_nL < -A_LITTLE_NL)


def is_used_up(state: Imagined) -> bool:
    """Whether the dose window leaves no room for a stroke."""
    pump, programme = state.pump, state.pump.kept.programme
    if programme is None:
        return False
    room = pump.kept.window.room_nL(pump.powered_ms(state.uptime_ms), programme.rate_nL_per_h)
    return room < pump.device.stroke_nL


# ------------------------------------------------------------------ moves

Doing = Callable[[Imagined], None]


@dataclass(frozen=True, slots=True)
class Theatre:
    """What may happen in one exploration.

    Values:
        presses: by name. troubles: moves that make something worse; mends: that put it right. Each says whether it can
            happen in a state. timers: those that may fire. answers_all: acknowledging and silencing also while a cause
            lasts; without it only what has latched is acknowledged.
    """

    presses: dict[str, Action]
    troubles: dict[str, tuple[Callable[[Imagined], bool], Doing]] = field(default_factory=dict)
    mends: dict[str, tuple[Callable[[Imagined], bool], Doing]] = field(default_factory=dict)
    quiet_timers: frozenset[Timer] = ONLY_TELLS
    answers_all: bool = False

    def moves(self, state: Imagined) -> Iterator[Moved[Imagined]]:
        for name, action in self.presses.items():
            leaves = action.act is Act.SWITCH_OFF or (action.act is Act.CONFIRM_SENSES and action.new_child)
            yield self._moved(state, f"press {name}", lambda one, action=action: one.press(action), not leaves)
        for condition, line in state.pump.board.lines.items():
            if self.answers_all or line.signal not in CAUSE_LASTS:
                action = Action(Act.ACKNOWLEDGE, condition=condition)
                yield self._moved(state, f"acknowledge {condition.value}", lambda one, action=action: one.press(action))
        if self.answers_all:
            yield from self._silences(state)
        for timer, tag in list(state.pump.timers.due):
            if timer not in self.quiet_timers:
                yield self._moved(state, f"{timer.value} {tag} is due", lambda one, due=(timer, tag): one.fire(*due))
        for moves, homeward in ((self.mends, True), (self.troubles, False)):
            for name, (can, do) in moves.items():
                if can(state):
                    yield self._moved(state, name, do, homeward)

    def _silences(self, state: Imagined) -> Iterator[Moved[Imagined]]:
        lines = state.pump.board.lines.values()
        if any(line.signal in AUDIBLE for line in lines):
            yield self._moved(state, "silence", lambda one: one.press(Action(Act.SILENCE)))
        if any(line.signal not in AUDIBLE for line in lines):
            yield self._moved(state, "cancel silence", lambda one: one.press(Action(Act.CANCEL_SILENCE)))

    @staticmethod
    def _moved(state: Imagined, name: str, do: Doing, homeward: bool = True) -> Moved[Imagined]:
        after = state.copy()
        after.look()
        do(after)
        after.left = after.pump.board
        after.settle()
        return Moved(name, after, homeward)


def sensor(**values):
    """A trouble: sensors that change to these values, when one of them is not so yet."""

    def can(state):
        return any(getattr(state.sensors, name) != value for name, value in values.items())

    def do(state):
        state.sensors = replace(state.sensors, **values)

    return can, do


def part(**values):
    """A trouble inside, or its end."""

    def can(state):
        return any(getattr(state.pump.health, name) != value for name, value in values.items())

    return can, lambda state: state.damage(replace(state.pump.health, **values))


def motor(stuck):
    def do(state):
        state.stuck = stuck

    return lambda state: state.stuck != stuck, do


def _cut(state):
    power_lost(state.pump, state.uptime_ms)
    state.pump.told.clear()


POWER_CUT = (lambda state: state.pump.mode is not Mode.OFF, _cut)


def _late(state):
    pump = state.pump
    pump.kept = replace(pump.kept, stopped_powered_ms=pump.kept.stopped_powered_ms - pump.row.restart_ms)


LONG_STOP = (
    lambda state: state.pump.kept.stopped_powered_ms is not None and state.pump.row is not None
    and state.pump.row.restart_ms is not None and not too_late(state.pump, state.uptime_ms),
    _late,
)  # fmt: skip
"""Time in which nothing is pressed: the stop becomes longer than the drug allows."""


def _use_up(state):
    pump, now = state.pump, state.pump.powered_ms(state.uptime_ms)
    room = pump.kept.window.room_nL(now, pump.kept.programme.rate_nL_per_h)
    pump.kept = replace(pump.kept, window=pump.kept.window.add(Stretch(now, now, 0, room)))


def _age(state):
    state.pump.kept = replace(state.pump.kept, window=replace(state.pump.kept.window, stretches=()))


LIMIT_REACHED = (lambda state: state.pump.mode in DELIVERING and not is_used_up(state), _use_up)
"""Time in which the pump gives what the window has left; the timer of the limit still runs."""
WINDOW_PASSES = (lambda state: is_used_up(state) and state.pump.mode not in DELIVERING, _age)


def beside(volume_nL: int):
    """So much more, or with a minus less, goes by the flow sensor than the strokes move."""

    def do(state):
        state.sensors = replace(state.sensors, flowed_nL=state.sensors.flowed_nL + volume_nL)

    return lambda _: True, do


def _above_order(state):
    state.pump.flow_from_nL -= FULL + state.pump.device.stroke_nL


ABOVE_ORDER = (lambda state: state.pump.flow_from_nL is not None and not flow_key(state)[-1], _above_order)
"""Time in which always a little more goes by than the strokes move, too little for each window."""


def _flip(state):
    pump = state.pump
    programme = replace(pump.kept.programme, critical=pump.kept.programme.critical.flipped("rate_nL_per_h", 20))
    pump.kept = replace(pump.kept, programme=programme)
    state.damage(pump.health)


BIT_FLIP = (
    lambda state: state.pump.kept.programme is not None and state.pump.kept.programme.critical.sound, _flip,
)  # fmt: skip

# ------------------------------------------------------------------ keys that theatres share

ON_OFF = {
    "switch on": Action(Act.SWITCH_ON),
    "switch off": Action(Act.SWITCH_OFF),
    "senses right": Action(Act.CONFIRM_SENSES),
    "senses right, new child": Action(Act.CONFIRM_SENSES, new_child=True),
}
RUN = {"start": Action(Act.START), "stop": Action(Act.STOP)}
LINE = {
    "load": Action(Act.LOAD, container=1, display_nL=FULL),
    "prime": Action(Act.PRIME, volume_nL=5_000, off_child=True),
}
ENTRY = {
    "enter": Action(Act.ENTER, draft=QARZIBA),
    "review": Action(Act.REVIEW),
    "confirm": Action(Act.CONFIRM, name="override"),
    "clear": Action(Act.CLEAR),
    "confirm clear": Action(Act.CONFIRM_CLEAR),
}
IDLE_TIMERS = frozenset({Timer.NOT_STARTED, Timer.ENTRY_IDLE, Timer.SETUP, Timer.SLEEP})
SOUND = SOUND_HEALTH
