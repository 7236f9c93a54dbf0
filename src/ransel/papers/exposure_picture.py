"""The medicine in the blood, both ways: a curve for each regimen, and the measures of exposure beside it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from ransel.language import Language, Message
from ransel.outcomes.exposure import ExposureComparison, Measure, ProfilePoint, Recalled
from ransel.papers.drawing import HAIR, INK, QUIET, element, line, text
from ransel.papers.figure import NEW, OLD, Figure, Table, picture, shown, significant
from ransel.papers.infusion_sheet import nice_steps, path
from ransel.protocols.protocol import Words

WIDTH, HEIGHT = 400.0, 224.0
LEFT, RIGHT, TOP, BOTTOM = 36.0, 390.0, 30.0, 184.0
WIDTHS, SIMPLE_WIDTHS = (38.0, 22.0, 22.0, 26.0, 16.0), (1.2, 1.0, 1.0)
HOURS_PER_DAY, DAYS_BETWEEN_TICKS = 24.0, 5
LOW, MIDDLE, HIGH = 0, 1, 2


def exposure_figure(
    exposure: ExposureComparison, titles: tuple[Words, Words], language: Language, *, simple: bool = False
) -> Figure:
    """Return the concentrations of the first course in both regimens with their table.

    `simple` leaves out what only somebody who knows statistics can read.
    """
    drawing = _Curves(exposure, titles, language)
    title = _say("title", language)
    table = _simple_table if simple else exposure_table
    return Figure("exposure", title, drawing.svg(title), table(exposure, titles, language))


@dataclass(frozen=True)
class _Curves:
    exposure: ExposureComparison
    titles: tuple[Words, Words]
    language: Language

    @property
    def most(self) -> float:
        """The highest concentration that is drawn."""
        return max(max(point.first[HIGH], point.second[HIGH]) for point in self.exposure.profile)

    @property
    def _levels(self) -> list[float]:
        """Round levels, the last one above everything that is drawn."""
        levels = nice_steps(self.most, 4)
        step = levels[1] if len(levels) > 1 else 1.0
        return levels if levels[-1] >= self.most > 0 else [*levels, levels[-1] + step]

    @property
    def days(self) -> float:
        return self.exposure.interval_hours / HOURS_PER_DAY

    def x(self, hour: float) -> float:
        """Return where an hour lies."""
        return LEFT + (RIGHT - LEFT) * hour / self.exposure.interval_hours

    def y(self, concentration: float) -> float:
        """Return how high a concentration stands."""
        return BOTTOM - (BOTTOM - TOP) * concentration / self._levels[-1]

    def svg(self, title: str) -> str:
        """Return the document."""
        parts = [*self._grid(), *self._bands(), *self._lines(), *self._key()]
        return picture("exposure", (WIDTH, HEIGHT), title, self._description(), parts)

    def _description(self) -> str:
        peak = self.exposure.measure("peak")
        values = {
            "first": self.titles[0], "second": self.titles[1],
            "first_peak": significant(peak.first.p50, self.language),
            "second_peak": significant(peak.second.p50, self.language),
        }  # fmt: skip
        return Message("exposure-picture.description", values).text(self.language)

    def _grid(self) -> Iterator[str]:
        for level in self._levels:
            yield line(LEFT, self.y(level), RIGHT, self.y(level), stroke=HAIR, stroke_width=0.8)
            yield text(LEFT - 6, self.y(level) + 4, f"{level:g}".replace(".", self._point), 12, text_anchor="end",
                       fill=QUIET)  # fmt: skip
        yield text(4, 14, _say("axis", self.language), 12, fill=QUIET)
        for day in range(0, int(self.days) + 1, DAYS_BETWEEN_TICKS):
            x = self.x(day * HOURS_PER_DAY)
            yield line(x, BOTTOM, x, BOTTOM + 4, stroke=QUIET, stroke_width=1)
            yield text(x, BOTTOM + 17, str(day), 12, text_anchor="middle", fill=QUIET)
        yield text(RIGHT, HEIGHT - 6, _say("days", self.language), 12, text_anchor="end", fill=QUIET)

    @property
    def _point(self) -> str:
        return "," if self.language == "nl" else "."

    def _curve(self, which: int, level: int) -> list[tuple[float, float]]:
        return [(self.x(one.hour), self.y(_of(one, which)[level])) for one in self.exposure.profile]

    def _bands(self) -> Iterator[str]:
        for which, colour in ((0, OLD), (1, NEW)):
            edge = [*self._curve(which, HIGH), *reversed(self._curve(which, LOW))]
            yield element("path", d=path(edge) + "Z", fill=colour, fill_opacity="0.16")

    def _lines(self) -> Iterator[str]:
        for which, colour in ((0, OLD), (1, NEW)):
            dash = {"stroke_dasharray": "6 3"} if which == 0 else {}
            look = {"fill": "none", "stroke": colour, "stroke_width": 2.2, "stroke_linejoin": "round"}
            yield element("path", d=path(self._curve(which, MIDDLE)), **look, **dash)

    def _key(self) -> Iterator[str]:
        """Name both curves at the upper right, where no curve is."""
        for which, colour in ((0, OLD), (1, NEW)):
            y = TOP + 8 + 19 * which
            dash = {"stroke_dasharray": "6 3"} if which == 0 else {}
            name = self.titles[which].text(self.language)
            yield text(RIGHT - 36, y + 4, name, 12.5, text_anchor="end", fill=INK, stroke="#ffffff", stroke_width=3,
                       paint_order="stroke")  # fmt: skip
            yield line(RIGHT - 30, y, RIGHT, y, stroke=colour, stroke_width=2.6, **dash)


def _of(point: ProfilePoint, which: int) -> tuple[float, float, float]:
    return point.second if which else point.first


def exposure_table(exposure: ExposureComparison, titles: tuple[Words, Words], language: Language) -> Table:
    """Return the measures of exposure, and what was observed in patients."""
    head = (
        _say("measure", language), titles[0].text(language), titles[1].text(language), _say("ratio", language),
        _say("ratio-in-children", language),
    )  # fmt: skip
    rows = [_row(one, language) for one in exposure.measures]
    rows += [_recalled_row(one, language) for one in exposure.recalled]
    count = Message("exposure-picture.caption", {"children": exposure.children}).text(language)
    return Table(count, head, tuple(rows), WIDTHS, tuple(one.text(language) for one in exposure.says))


def sensitivity_table(exposure: ExposureComparison, language: Language) -> Table:
    """Return how the ratio of each measure would be under other assumptions, the usual ones first."""
    names = tuple(Message(f"exposure-measure.{one.id}").text(language) for one in exposure.measures)
    head = (_say("under-assumption", language), *names)
    usual = (_say("usual", language), *(shown(one.ratio.estimate, language, 3) for one in exposure.measures))
    others = (
        (what.text(language), *(shown(one.ratio.estimate, language, 3) for one in measures))
        for what, measures in exposure.sensitivity
    )
    return Table(_say("sensitivity", language), head, (usual, *others), (4.0, *(1.0 for _ in names)))


def _row(one: Measure, language: Language) -> tuple[str, ...]:
    ratio, spread = one.ratio, one.of_children
    return (
        _named(one.id, one.unit, language),
        _middle(one.first.p50, one.first.p5, one.first.p95, language),
        _middle(one.second.p50, one.second.p5, one.second.p95, language),
        f"{shown(ratio.estimate, language, 3)} [{shown(ratio.low, language, 3)}; {shown(ratio.high, language, 3)}]",
        f"{shown(spread.p5, language, 2)}–{shown(spread.p95, language, 2)}",
    )


def _recalled_row(one: Recalled, language: Language) -> tuple[str, ...]:
    name = _named(one.measure, one.unit, language)
    words = Message("exposure-picture.observed", {"name": name, "mark": one.confidence.value}).text(language)
    both = one.first is not None and one.second is not None and one.first > 0
    ratio = shown(one.second / one.first, language, 2) if both and one.second is not None and one.first else "–"
    return words, significant(one.first, language), significant(one.second, language), ratio, "–"


def _simple_table(exposure: ExposureComparison, titles: tuple[Words, Words], language: Language) -> Table:
    """Return two levels that one can point at in the picture; an area would be taken for how well it works."""
    head = (_say("simple-measure", language), titles[0].text(language), titles[1].text(language))
    found: Iterable[Measure] = (exposure.measure(name) for name in ("peak", "trough"))
    rows = tuple(
        (
            Message(f"exposure-picture.simple-{one.id}").text(language),
            f"{shown(one.first.p50, language, 1)} {one.unit}",
            f"{shown(one.second.p50, language, 1)} {one.unit}",
        )
        for one in found
    )
    return Table(_say("simple-caption", language), head, rows, SIMPLE_WIDTHS)


def _named(measure: str, unit: str, language: Language) -> str:
    return f"{Message(f'exposure-measure.{measure}').text(language)} ({unit})"


def _middle(middle: float, low: float, high: float, language: Language) -> str:
    return f"{significant(middle, language)} ({significant(low, language)}–{significant(high, language)})"


def _say(key: str, language: Language, **values: object) -> str:
    return Message(f"exposure-picture.{key}", values).text(language)
