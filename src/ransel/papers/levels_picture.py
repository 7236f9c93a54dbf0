"""The levels of one child: what was measured, the course that fits best, and how sure that is."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from math import isfinite

from ransel.language import Language, Message
from ransel.papers.drawing import HAIR, INK, QUIET, box, element, line, text
from ransel.papers.figure import NEW, OLD, picture, significant
from ransel.papers.infusion_sheet import nice_steps, path

WIDTH, HEIGHT = 720.0, 460.0
LEFT, RIGHT, TOP, BOTTOM = 62.0, 700.0, 124.0, 402.0
BAND, WARNING = "#cfe3e4", "#a3161f"
SMALL = 13.0
HOURS_IN_A_DAY = 24
DAYS_WANTED = 8
ROOM = 1.08
"""The highest thing in the picture stays this far below its edge."""
DOT, CROSS = 5.0, 6.0
KEY_COLUMNS = 3


@dataclass(frozen=True, slots=True, kw_only=True)
class Mark:
    """A measured level. Values: time in h, level in mg/L; whether it lay below that, or far from any child's."""

    time: float
    level: float
    below: bool = False
    far: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class LevelsSeen:
    """What is drawn: moments in h, levels in mg/L, each sequence as long as `times`."""

    child: str
    times: Sequence[float]
    fitted: Sequence[float]
    low: Sequence[float]
    high: Sequence[float]
    typical: Sequence[float]
    marks: Sequence[Mark]


def levels_svg(seen: LevelsSeen, language: Language) -> str:
    """Return the picture as a whole document."""
    return _Drawing(seen, language).svg()


@dataclass(frozen=True)
class _Drawing:
    seen: LevelsSeen
    language: Language

    @property
    def _known(self) -> bool:
        """Whether there is an interval to draw."""
        return all(isfinite(value) for value in (*self.seen.low, *self.seen.high))

    @property
    def _steps(self) -> list[float]:
        """Round levels, the last one above everything that is drawn."""
        drawn = [*self.seen.fitted, *self.seen.typical, *(mark.level for mark in self.seen.marks)]
        drawn += self.seen.high if self._known else []
        most = max((value for value in drawn if isfinite(value)), default=0.0) * ROOM or 1.0
        steps = nice_steps(most, 5)
        step = steps[1] if len(steps) > 1 else most
        return steps if steps[-1] >= most else [*steps, steps[-1] + step]

    @property
    def _begin(self) -> float:
        return min(self.seen.times[0], *(mark.time for mark in self.seen.marks), self.seen.times[-1])

    @property
    def _end(self) -> float:
        return max(self.seen.times[-1], *(mark.time for mark in self.seen.marks), self._begin + 1)

    def x(self, hour: float) -> float:
        """Return where an hour lies."""
        return LEFT + (RIGHT - LEFT) * (hour - self._begin) / (self._end - self._begin)

    def y(self, level: float) -> float:
        """Return how high a level stands."""
        return BOTTOM - (BOTTOM - TOP) * level / self._steps[-1]

    def svg(self) -> str:
        """Return the document."""
        title = self._say("title", child=self.seen.child)
        parts = [
            text(LEFT - 40, 30, title, 18, bold=True), *self._key(), *self._grid(), *self._course(), *self._marks(),
        ]  # fmt: skip
        name = f"levels-{self.seen.child}"
        return picture(name, (WIDTH, HEIGHT), title, self._description(), parts)

    def _description(self) -> str:
        known = [value for value in self.seen.fitted if isfinite(value)]
        highest = significant(max(known, default=None), self.language)
        return self._say("description", count=len(self.seen.marks), highest=highest)

    def _grid(self) -> Iterator[str]:
        for level in self._steps:
            yield line(LEFT, self.y(level), RIGHT, self.y(level), stroke=HAIR, stroke_width=0.8)
            words = f"{level:g}".replace(".", "," if self.language == "nl" else ".")
            yield text(LEFT - 8, self.y(level) + 4.5, words, SMALL, fill=QUIET, text_anchor="end")
        yield text(LEFT - 40, TOP - 14, self._say("unit"), SMALL, fill=QUIET)
        days = (self._end - self._begin) / HOURS_IN_A_DAY
        unit, hours = ("day", HOURS_IN_A_DAY) if days > 2 else ("hour", 1)
        for at in nice_steps((self._end - self._begin) / hours, DAYS_WANTED):
            where = self.x(self._begin + at * hours)
            yield line(where, BOTTOM, where, BOTTOM + 5, stroke=QUIET, stroke_width=1)
            words = f"{self._begin / hours + at:g}".replace(".", "," if self.language == "nl" else ".")
            yield text(where, BOTTOM + 20, words, SMALL, fill=QUIET, text_anchor="middle")
        yield text((LEFT + RIGHT) / 2, BOTTOM + 42, self._say(unit), SMALL, fill=QUIET, text_anchor="middle")

    def _course(self) -> Iterator[str]:
        seen = self.seen
        if self._known:
            upper = [(self.x(time), self.y(value)) for time, value in zip(seen.times, seen.high, strict=True)]
            lower = [(self.x(time), self.y(value)) for time, value in zip(seen.times, seen.low, strict=True)]
            yield element("path", d=path([*upper, *reversed(lower)]) + "Z", fill=BAND)
        yield self._curve(seen.typical, OLD, 1.6, "7 5")
        yield self._curve(seen.fitted, NEW, 2.6, "")

    def _curve(self, values: Sequence[float], colour: str, width: float, dash: str) -> str:
        points = [
            (self.x(time), self.y(value))
            for time, value in zip(self.seen.times, values, strict=True)
            if isfinite(value)
        ]
        look = {"stroke_dasharray": dash} if dash else {}
        return element("path", d=path(points), fill="none", stroke=colour, stroke_width=width, **look) if points else ""

    def _marks(self) -> Iterator[str]:
        for mark in self.seen.marks:
            yield _sign(self.x(mark.time), self.y(mark.level), mark)

    def _key(self) -> Iterator[str]:
        """Yield what each line and sign means, only of those that are there."""
        for number, (sign, words) in enumerate(self._kinds()):
            row, column = divmod(number, KEY_COLUMNS)
            x, y = LEFT - 40 + column * (RIGHT - LEFT + 40) / KEY_COLUMNS, 56 + 24 * row
            yield element("g", sign, transform=f"translate({x:g},{y:g})")
            yield text(x + 34, y + 4, words, SMALL)

    def _kinds(self) -> Iterator[tuple[str, str]]:
        marks = self.seen.marks
        yield line(0, 0, 26, 0, stroke=NEW, stroke_width=2.6), self._say("fitted")
        if self._known:
            yield box(0, -7, 26, 14, fill=BAND), self._say("interval")
        yield line(0, 0, 26, 0, stroke=OLD, stroke_width=1.6, stroke_dasharray="7 5"), self._say("typical")
        if any(not mark.far and not mark.below for mark in marks):
            yield _sign(13, 0, Mark(time=0, level=0)), self._say("measured")
        if any(mark.below for mark in marks):
            yield _sign(13, 0, Mark(time=0, level=0, below=True)), self._say("below")
        if any(mark.far for mark in marks):
            yield _sign(13, 0, Mark(time=0, level=0, far=True)), self._say("far")

    def _say(self, key: str, **values: object) -> str:
        return Message(f"levels-picture.{key}", values).text(self.language)


def _sign(x: float, y: float, mark: Mark) -> str:
    colour = WARNING if mark.far else INK
    if mark.below:
        arrow = f"M{x - CROSS:.1f},{y:.1f}h{2 * CROSS:g}M{x:.1f},{y:.1f}v10l-3,-4m3,4l3,-4"
        return element("path", d=arrow, fill="none", stroke=colour, stroke_width=1.8)
    if mark.far:
        left, right, upper, lower = (f"{value:.1f}" for value in (x - CROSS, x + CROSS, y - CROSS, y + CROSS))
        cross = f"M{left},{upper}L{right},{lower}M{left},{lower}L{right},{upper}"
        return element("path", d=cross, fill="none", stroke=colour, stroke_width=2.4)
    return element("circle", cx=round(x, 1), cy=round(y, 1), r=DOT, fill="#ffffff", stroke=colour, stroke_width=2)
