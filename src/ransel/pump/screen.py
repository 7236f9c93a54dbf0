"""What the pump shows and lets hear: a pure look at its controller, for people and for the checks.

Light and melody are those of IEC 60601-1-8 as Open PCA quotes them (R6.4.2(2), R6.4.3(3)). Nobody sees or hears them
here: they are the values that a display, a lamp and a loudspeaker would be given.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from fractions import Fraction

from ransel.infusion.condition import Condition, Priority
from ransel.infusion.condition_facts import facts
from ransel.language import Joined, Language, Message
from ransel.protocols.protocol import Words
from ransel.pump.board import SILENT_FOR_A_WHILE, Line
from ransel.pump.controller import Controller
from ransel.pump.delivery import DELIVERING, Mode
from ransel.pump.delivery_watch import time_left_ms
from ransel.pump.programme import Programme
from ransel.pump.sensing import supplied
from ransel.quantities import Concentration, Duration, Rate, Shown, Volume

NL_PER_ML = 1_000_000
AN_HOUR_MS = 3_600_000


@dataclass(frozen=True, slots=True)
class Light:
    """How the lamp shines.

    Values:
        flashes_mHz: how often it flashes, in thousandths of a hertz; 0 for a steady light. on_percent: of the time.
    """

    colour: str
    flashes_mHz: int
    on_percent: int


LIGHTS: Mapping[Priority, Light] = {
    Priority.HIGH: Light("red", 2_000, 50),
    Priority.MEDIUM: Light("yellow", 600, 40),
    Priority.LOW: Light("cyan", 0, 100),
}
"""In the middle of what the table allows: red 1.4 to 2.8 Hz for 20 to 80 %, yellow 0.4 to 0.8 Hz for 20 to 60 %."""

MELODIES: Mapping[Priority, tuple[str, ...]] = {
    Priority.HIGH: ("C", "d", "g", "C", "d"),
    Priority.MEDIUM: ("C", "d", "g"),
    Priority.LOW: ("e", "c"),
}
"""Of drug delivery."""

ERROR_TONE = ("c", "c")
"""What is wrong at the keys gives this, and it is no melody of an alarm (GIP 3.2.4)."""

PARTS = frozenset(
    {"processor", "program", "memory", "battery", "keys", "watchdog", "clock", "sound", "critical", "delivery"}
)
"""The details of an alarm that name a part of the pump."""

PLACES = frozenset({"above", "below"})
"""The details of an occlusion."""


@dataclass(frozen=True, slots=True)
class ShownAlarm:
    """One alarm in the list.

    Values:
        where: the part or side that it is about; None when the title says all. silenced: it does not sound just now.
    """

    condition: Condition
    priority: Priority
    title: Words
    advice: Words
    where: Message | None
    silenced: bool

    def text(self, language: Language = "en") -> str:
        """Return it as one line."""
        title = Joined((self.title, self.where), ": ") if self.where else self.title
        values = {"priority": Message(f"screen.priority.{self.priority.value}"), "title": title, "do": self.advice}
        return Message("screen.alarm-silenced" if self.silenced else "screen.alarm", values).text(language)


@dataclass(frozen=True, slots=True)
class Screen:
    """Display, lamp and loudspeaker at one instant.

    Values:
        patient, product: empty when nothing is programmed; concentration and rate_programmed then are None.
        left: what the display counts. lasts: how long at least, with the fastest flow; None without a rate.
        do: what a person can do now. alarms: the highest first, then the oldest.
        light, melody: of the highest alarm, of the highest that sounds. error_tone: the last key was refused.
        is_silenced: the symbol of silence. library: which row is used, or that none is.
        overridden: the soft limits that were left, as long as the programme holds.
        battery_minutes: None while an outside supply carries the pump.
    """

    mode: Mode
    patient: str
    product: str
    concentration: Concentration | None
    rate: Rate
    rate_programmed: Rate | None
    left: Volume
    lasts: Duration | None
    do: Message
    alarms: tuple[ShownAlarm, ...]
    light: Light | None
    melody: tuple[str, ...]
    error_tone: tuple[str, ...]
    is_silenced: bool
    library: Message
    library_in_use: bool
    overridden: tuple[Message, ...]
    battery_minutes: int | None
    asleep: bool

    @property
    def doing(self) -> Message:
        """What the pump is doing."""
        return Message(f"screen.mode.{self.mode.value}")

    def lines(self, language: Language = "en") -> tuple[str, ...]:
        """Return what stands on the display; nothing on one that is off or asleep."""
        if self.mode is Mode.OFF or self.asleep:
            return ()
        return tuple(line.text(language) for line in self._lines())

    def _lines(self) -> Iterator[Message | ShownAlarm]:
        yield self.doing
        yield self.do
        yield from self.alarms
        if self.is_silenced:
            yield Message("screen.silenced")
        if self.product:
            values = {"patient": self.patient, "product": self.product, "concentration": self.concentration}
            yield Message("screen.programme", values)
        yield from self.overridden
        yield Message("screen.rate-now", {"rate": self.rate})
        if self.rate_programmed is not None:
            yield Message("screen.rate-programmed", {"rate": self.rate_programmed})
        yield Message("screen.left", {"volume": Shown(self.left, "mL", 1)})
        if self.lasts is not None:
            tenths = self.lasts.magnitude * 10 // 1  # rounded down: never longer than it lasts
            yield Message("screen.lasts", {"hours": Shown(Duration(Fraction(tenths, 10), "h"), "h", 1)})
        yield self.library
        yield self._supply()

    def _supply(self) -> Message:
        if self.battery_minutes is None:
            return Message("screen.on-supply")
        return Message("screen.on-battery", {"minutes": self.battery_minutes})


def screen(pump: Controller, now_ms: int) -> Screen:
    """Return what the pump shows and lets hear at an instant of its uptime."""
    programme, board = pump.kept.programme, pump.board
    is_off, lasts = pump.mode is Mode.OFF, time_left_ms(pump, now_ms)
    sound = None if is_off else board.sound
    return Screen(
        mode=pump.mode,
        patient=programme.patient if programme else "",
        product=programme.row.product if programme else "",
        concentration=_concentration(programme) if programme else None,
        rate=_rate(pump.motor_nL_per_h),
        rate_programmed=_rate(programme.rate_nL_per_h) if programme else None,
        left=Volume(Fraction(pump.kept.meter.read(now_ms).displayed_nL, NL_PER_ML), "mL"),
        lasts=None if lasts is None else Duration(Fraction(lasts, AN_HOUR_MS), "h"),
        do=what_to_do(pump),
        alarms=() if is_off else tuple(_alarm(line) for line in board.listed()),
        light=LIGHTS[board.indicator] if board.indicator and not is_off else None,
        melody=MELODIES[sound] if sound else (),
        error_tone=ERROR_TONE if pump.refused and not is_off else (),
        is_silenced=any(line.signal in SILENT_FOR_A_WHILE for line in board.lines.values()),
        library=_library(pump),
        library_in_use=programme is not None,
        overridden=tuple(Message(f"screen.override.{name}") for name in programme.overridden) if programme else (),
        battery_minutes=None if supplied(pump.readings, pump.device) else pump.battery_minutes,
        asleep=pump.asleep,
    )


def what_to_do(pump: Controller) -> Message:
    """Return what a person can do now: the entry that is open comes first, then what the mode asks for."""
    return Message(f"screen.do.{_next_step(pump)}")


def _next_step(pump: Controller) -> str:
    if pump.draft is not None:
        return "clear" if pump.clearing else "confirm" if pump.reviewed else "review"
    if pump.mode in DELIVERING and pump.board.lines:
        return "alarm"
    if pump.mode in {Mode.STOPPED, Mode.PAUSED}:
        return _before_start(pump)
    return pump.mode.value


def _before_start(pump: Controller) -> str:
    if pump.board.lines:
        return "alarm"
    if pump.kept.programme is None:
        return "programme"
    if not pump.readings.cassette:
        return "load"
    return "start" if pump.mode is Mode.STOPPED else "resume"


def _alarm(line: Line) -> ShownAlarm:
    condition = facts()[line.condition]
    where = None
    if line.detail in PARTS:
        where = Message(f"screen.part.{line.detail}")
    elif line.detail in PLACES:
        where = Message(f"screen.place.{line.detail}")
    silenced = line.signal in SILENT_FOR_A_WHILE
    return ShownAlarm(line.condition, line.priority, condition.title, condition.do, where, silenced)


def _library(pump: Controller) -> Message:
    row = pump.row
    if row is None:
        return Message("screen.library-not-in-use")
    values = {"row": row.id, "version": row.version, "fingerprint": pump.library.fingerprint[:8]}
    return Message("screen.library", values)


def _rate(rate_nL_per_h: int) -> Rate:
    return Rate(Fraction(rate_nL_per_h, NL_PER_ML), "mL/h")


def _concentration(programme: Programme) -> Concentration:
    return Concentration(programme.critical["concentration_ng_per_mL"], "ng/mL")
