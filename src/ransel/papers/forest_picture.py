"""Side effects of two groups as a forest plot: to the left fewer with the second regimen, to the right more."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from math import log

from ransel.language import Language, Message
from ransel.outcomes.interval import Interval
from ransel.outcomes.tolerability import Count, TermComparison, TolerabilityComparison, Verdict
from ransel.papers.drawing import HAIR, INK, QUIET, box, element, line, text
from ransel.papers.figure import NEW, OLD, Figure, Table, picture, shown
from ransel.papers.lettering import width_of

WIDTH = 320.0
WIDTHS = (25.0, 17.0, 17.0, 20.0, 20.0, 14.0, 7.5, 17.5)
NAMES, LEAST_LEFT, MOST_LEFT, RIGHT = 4.0, 146.0, 196.0, 314.0
ROW, TOP, FOOT, LETTERS = 17.0, 44.0, 34.0, 12.5
LEAST, MOST = 0.05, 20.0
TICKS = (0.1, 0.25, 0.5, 1.0, 2.0, 4.0, 10.0)
PREFERRED, ROOM = (1.0, 0.1, 10.0, 0.25, 4.0, 0.5, 2.0), 25.0
"""Which of them get a number first, and how much room it takes."""
_ARROW = 5.0


def forest_figure(compared: TolerabilityComparison, language: Language) -> Figure:
    """Return the risk ratios of all terms, in the order of the table, with that table beside them."""
    title = Message("forest.title", {"grades": compared.grades}).text(language)
    return Figure(
        f"tolerability-{compared.id}", title, _Forest(compared, language).svg(title), forest_table(compared, language)
    )


@dataclass(frozen=True)
class _Forest:
    compared: TolerabilityComparison
    language: Language

    @property
    def height(self) -> float:
        return TOP + ROW * len(self.compared.terms) + FOOT

    @property
    def _span(self) -> tuple[float, float]:
        """The ratios at the edges: those that are drawn, within what a picture can show."""
        drawn = [one.risk_ratio for one in self.compared.terms if one.risk_ratio is not None]
        low = min([0.25, *(one.low for one in drawn)])
        high = max([4.0, *(one.high for one in drawn)])
        return max(low * 0.85, LEAST), min(high * 1.15, MOST)

    @cached_property
    def left(self) -> float:
        """Where the plot begins: behind the longest name."""
        names = (width_of(one.title.text(self.language), LETTERS, bold=True) for one in self.compared.terms)
        return min(max(LEAST_LEFT, NAMES + max(names, default=0.0)), MOST_LEFT)

    def x(self, ratio: float) -> float:
        """Return where a ratio lies; what is too far out is at the edge."""
        low, high = self._span
        part = (log(min(max(ratio, low), high)) - log(low)) / (log(high) - log(low))
        return self.left + (RIGHT - self.left) * part

    def svg(self, title: str) -> str:
        """Return the document."""
        parts = [*self._sides(), *self._axis(), *self._rows()]
        description = Message("forest.description", {"count": len(self.compared.terms)}).text(self.language)
        return picture(f"forest-{self.compared.id}", (WIDTH, self.height), title, description, parts)

    def _sides(self) -> Iterator[str]:
        bottom = self.height - FOOT
        one = self.x(1.0)
        yield box(self.left, TOP - 6, one - self.left, bottom - TOP + 6, fill=NEW, fill_opacity="0.07")
        yield box(one, TOP - 6, RIGHT - one, bottom - TOP + 6, fill=OLD, fill_opacity="0.07")
        fewer, more = (_say(side, self.language) for side in ("fewer", "more"))
        yield text(NAMES, 14, f"← {fewer}", 12.5, bold=True, fill=NEW)
        yield text(RIGHT, 30, f"{more} →", 12.5, text_anchor="end", bold=True, fill=OLD)

    def _axis(self) -> Iterator[str]:
        low, high = self._span
        bottom = self.height - FOOT
        labelled = self._labelled()
        for tick in TICKS:
            if low <= tick <= high:
                x = self.x(tick)
                yield line(
                    x, TOP - 6, x, bottom, stroke=INK if tick == 1 else HAIR, stroke_width=1.4 if tick == 1 else 0.8
                )
            if tick in labelled:
                number = shown(tick, self.language, 0 if tick >= 1 else 2 if tick == 0.25 else 1)
                yield text(self.x(tick), bottom + 15, number, 12, text_anchor="middle", fill=QUIET)
        yield text(RIGHT, bottom + 30, Message("forest.axis").text(self.language), 12, text_anchor="end", fill=QUIET)

    def _labelled(self) -> list[float]:
        """Return the ratios with room for their number, the line of no difference first."""
        low, high = self._span
        found: list[float] = []
        for tick in sorted((one for one in TICKS if low <= one <= high), key=PREFERRED.index):
            if all(abs(self.x(tick) - self.x(other)) >= ROOM for other in found):
                found.append(tick)
        return found

    def _rows(self) -> Iterator[str]:
        for number, one in enumerate(self.compared.terms):
            y = TOP + ROW * number + ROW / 2
            bold = one.verdict in {Verdict.FEWER, Verdict.MORE}
            yield text(NAMES, y + 4, one.title.text(self.language), LETTERS, bold=bold)
            ratio = one.risk_ratio or one.risk_ratio_score
            if ratio is None:
                yield text(RIGHT, y + 4, _say("no-ratio", self.language), 11.5, fill=QUIET, text_anchor="end")
            else:
                yield from self._whisker(one, ratio, y)

    def _whisker(self, term: TermComparison, ratio: Interval, y: float) -> Iterator[str]:
        colour = {Verdict.FEWER: NEW, Verdict.MORE: OLD}.get(term.verdict, QUIET)
        left, right, middle = self.x(ratio.low), self.x(ratio.high), self.x(ratio.estimate)
        dash = {} if term.risk_ratio else {"stroke_dasharray": "4 3"}  # nobody in one group: the score interval
        yield line(left, y, right, y, stroke=colour, stroke_width=2, **dash)
        low, high = self._span
        for at, far, way in ((left, ratio.low < low, 1), (right, ratio.high > high, -1)):
            if far:  # the interval goes on beyond the picture
                back = at + way * _ARROW
                head = f"M{back:.1f},{y - 4:.1f}L{at:.1f},{y:.1f}L{back:.1f},{y + 4:.1f}"
                yield element("path", d=head, fill="none", stroke=colour, stroke_width=2)
        yield _mark(term, middle, y, colour)


def _mark(term: TermComparison, x: float, y: float, colour: str) -> str:
    """Return a diamond for a difference, hollow when it is borderline, and a circle where none was shown."""
    fill = "#ffffff" if term.borderline else colour
    if term.verdict in {Verdict.FEWER, Verdict.MORE}:
        return element("path", d=f"M{x - 6:.1f},{y:.1f}l6,-6l6,6l-6,6Z", fill=fill, stroke=colour, stroke_width=2)
    return element("circle", cx=x, cy=y, r=3.6, fill=colour)


def forest_table(compared: TolerabilityComparison, language: Language) -> Table:
    """Return every term with its counts, its ratios and what they show."""
    head = (
        Message("forest.term").text(language),
        *(one.text(language) for one in compared.titles),
        *(_say(f"head-{key}", language) for key in ("katz", "score", "difference", "p", "verdict")),
    )
    caption = Message("forest.caption", {"grades": compared.grades}).text(language)
    rows = tuple(_row(one, language) for one in compared.terms)
    return Table(caption, head, rows, WIDTHS, tuple(one.text(language) for one in compared.says))


def _row(one: TermComparison, language: Language) -> tuple[str, ...]:
    return (
        one.title.text(language), _count(one.first, language), _count(one.second, language),
        _interval(one.risk_ratio, language), _interval(one.risk_ratio_score, language),
        _difference(one.risk_difference, language),
        _p(one.p_adjusted, language),
        verdict_words(one, language),
    )  # fmt: skip


def verdict_words(one: TermComparison, language: Language) -> str:
    """Return what a row shows, in words."""
    words = Message(f"forest.shows-{one.verdict.value}").text(language)
    if one.borderline and one.verdict in {Verdict.FEWER, Verdict.MORE}:
        return Message("verdict.borderline", {"verdict": words}).text(language)
    return words


def _count(count: Count | None, language: Language) -> str:
    if count is None:
        return "–"
    return f"{count.events}/{count.children} ({shown(count.percent, language, 0)} %)"


def _interval(one: Interval | None, language: Language) -> str:
    if one is None:
        return "–"
    return f"{shown(one.estimate, language, 2)} [{shown(one.low, language, 2)}; {shown(one.high, language, 2)}]"


def _difference(one: Interval | None, language: Language) -> str:
    """Return a difference of risks in percentage points."""
    if one is None:
        return "–"
    estimate, low, high = (shown(100 * value, language, 0) for value in (one.estimate, one.low, one.high))
    return f"{estimate} [{low}; {high}]".replace("-", "\u2212")


def _p(value: float | None, language: Language) -> str:
    if value is None:
        return "–"
    return f"< {shown(0.001, language, 3)}" if value < 0.001 else shown(value, language, 3)


def _say(key: str, language: Language, **values: object) -> str:
    return Message(f"forest.{key}", values).text(language)
