"""The sheet on which an infusion is drawn: its time axis, its columns, its phrases, and what has been drawn so far."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime
from math import floor, log10

from ransel.infusion.condition import Condition
from ransel.infusion.condition_facts import facts
from ransel.infusion.ledger import Interruption, Ledger
from ransel.infusion.plan import InfusionPlan
from ransel.language import Language, Message, Moment
from ransel.papers.drawing import HAIR, QUIET, line
from ransel.papers.infusion_curves import Curves
from ransel.papers.infusion_time import TimeScale, time_scale
from ransel.papers.lettering import Box, Lettering, Spot, wrapped
from ransel.quantities import Duration, Mass, Shown

WIDTH, MARGIN, LEFT, RIGHT = 1280.0, 20.0, 236.0, 1118.0
"""The page, and where the time axis lies on it."""
SMALL, PLAIN, HEADING = 13.0, 14.0, 16.0
HUGE = 20_000.0

GIVEN, BAND, STILL, SILENT, ALARM = "#17666e", "#17666e", "#e0a23c", "#5d6875", "#a3161f"
"""Colours: what was given, its band, standing still, no word, alarm."""

_MG_PER_G, _UG = 1000, "µg"
_MINUTES_PER_HOUR, _HOURS_PER_DAY, _HOURS_IN_HOURS = 60, 24, 48


@dataclass(frozen=True, slots=True)
class Heights:
    """A band on the sheet: from nought at the bottom to `most` at the top."""

    top: float
    bottom: float
    most: float

    def y(self, value: float) -> float:
        """Return how high a value stands; what is too much is at the edge."""
        part = min(max(value / self.most, 0.0), 1.0) if self.most > 0 else 0.0
        return self.bottom - part * (self.bottom - self.top)


@dataclass(slots=True)
class Sheet:
    """One picture while it is being drawn."""

    plan: InfusionPlan
    ledger: Ledger
    language: Language
    curves: Curves
    time: TimeScale
    letters: Lettering
    strokes: list[str] = field(default_factory=list)

    @classmethod
    def of(cls, plan: InfusionPlan, ledger: Ledger, language: Language) -> Sheet:
        """Return an empty sheet."""
        page = Box(0, 0, WIDTH, HUGE)
        time = time_scale(plan, ledger, LEFT, RIGHT)
        return cls(plan, ledger, language, Curves.of(plan, ledger), time, Lettering(page))

    # drawing

    def draw(self, *strokes: str) -> None:
        """Draw on top of what is there; texts are above everything."""
        self.strokes.extend(strokes)

    def heading(self, y: float, title: str, note: str = "") -> None:
        """Write the name of a band at its left, with a note under it."""
        self.letters.write(Spot(MARGIN, y, title, HEADING, bold=True))
        for number, words in enumerate(wrapped(note, LEFT - MARGIN - 52, SMALL)):
            self.letters.write(Spot(MARGIN, y + 18 + number * 16, words, SMALL, fill=QUIET))

    def grid(self, heights: Heights, ticks: Iterable[float], unit: str) -> None:
        """Draw thin lines with their numbers; the unit stands at the highest."""
        levels = list(ticks)
        for level in levels:
            y = heights.y(level)
            self.draw(line(LEFT, y, RIGHT, y, stroke=HAIR, stroke_width=0.8))
            words = f"{level:g}".replace(".", "," if self.language == "nl" else ".")
            words = f"{words} {unit}" if level == levels[-1] else words
            self.letters.write(Spot(LEFT - 7, y + 4.5, words, SMALL, "end", fill=QUIET))

    def plot(self, top: float, bottom: float) -> Box:
        """Return the room between the columns."""
        return Box(LEFT, top, RIGHT, bottom)

    # words

    def say(self, key: str, **values: object) -> str:
        """Return a phrase of the picture."""
        return Message(f"infusion-picture.{key}", values).text(self.language)

    def when(self, at: datetime) -> str:
        """Return an instant by the hospital's clock, with its day."""
        return Moment(self.time.local(at).replace(second=0, microsecond=0)).text(self.language)

    def clock(self, at: datetime) -> str:
        """Return an instant by the hospital's clock, without its day."""
        return f"{self.time.local(at):%H:%M}"

    def lasted(self, duration: Duration) -> str:
        """Return a length of time as people say it: 20 min, 5 h 30 min, 2 d 4 h."""
        minutes = round(duration.to("min"))
        hours, rest = divmod(minutes, _MINUTES_PER_HOUR)
        if not hours:
            return self.say("minutes", minutes=rest) if rest else self.say("under-a-minute")
        if hours < _HOURS_IN_HOURS:
            return self.say("hours-minutes", hours=hours, minutes=rest) if rest else self.say("hours", hours=hours)
        days, hours = divmod(hours, _HOURS_PER_DAY)
        return self.say("days-hours", days=days, hours=hours) if hours else self.say("days", days=days)

    def since(self, begins: datetime, ends: datetime) -> str:
        """Return the length of time between two instants, as people say it."""
        return self.lasted(Duration.between(begins, ends))

    @property
    def dose_unit(self) -> str:
        """The unit in which this dose is said."""
        return _UG if self.plan.ordered.to("mg") < 1 else "mg"

    @property
    def _dose_digits(self) -> int:
        return max(2 - floor(log10(max(float(self.plan.ordered.to(self.dose_unit)), 0.001))), 0)

    def dose(self, mass: Mass) -> str:
        """Return a dose with its unit, to three figures of the order."""
        return Shown(mass, self.dose_unit, self._dose_digits).text(self.language)

    def range(self, low: Mass, high: Mass) -> str:
        """Return between which a dose lies, without its unit."""
        return f"{self.dose(low).split()[0]}–{self.dose(high).split()[0]}"

    def condition(self, name: str) -> str:
        """Return what an alarm is called; a name that nobody knows stays as it was told."""
        known = {one.value: one for one in Condition}
        return facts()[known[name]].title.text(self.language) if name in known else name

    def cause(self, one: Interruption) -> str:
        """Return why it stood still."""
        return self.condition(one.condition) if one.condition else self.say(f"cause.{one.cause.value}")

    @property
    def kind(self) -> str:
        """What the containers are."""
        return Message(f"kind.{self.plan.containers[0].kind}").text(self.language)

    @property
    def silent_from(self) -> datetime | None:
        """Since when nothing was told of a course that should run; None when that is not so."""
        told = any(one.code == "ledger.no-word" for one in self.ledger.flags)
        return self.ledger.last_word if told else None


def nice_steps(most: float, wanted: int) -> list[float]:
    """Return round numbers from nought up to this, about as many as wanted."""
    if most <= 0:
        return [0.0]
    rough = most / wanted
    power = 10.0 ** floor(log10(rough))
    step = next(power * factor for factor in (1, 2, 2.5, 5, 10) if power * factor >= rough)
    return [round(step * number, 9) for number in range(int(most / step) + 1)]


def path(points: Iterable[tuple[float, float]]) -> str:
    """Return a path through these points."""
    return "M" + "L".join(f"{x:.1f},{y:.1f}" for x, y in points)
