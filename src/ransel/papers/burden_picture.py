"""What both regimens ask of a family: for each kind of burden two bars, and the same numbers as a table."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import zip_longest

from ransel.language import Language, Message
from ransel.outcomes.burden import BurdenComparison, BurdenFigure
from ransel.papers.drawing import HAIR, QUIET, box, line, text
from ransel.papers.figure import NEW, OLD, Figure, Table, picture, rough, sentence, shown
from ransel.papers.lettering import wrapped
from ransel.protocols.protocol import Words

WIDTH, WIDTH_FOR_FAMILIES = 340.0, 430.0
SIMPLE_WIDTHS = (1.3, 1.0, 1.0)
NAMES, LEFT, VALUES = 4.0, 128.0, 44.0
ROW, TOP, BAR = 34.0, 28.0, 11.0
FOR_FAMILIES = ("nights", "trips", "hours-on-the-road", "school-days")
"""What is shown to parents."""


def burden_figure(
    burden: BurdenComparison, titles: tuple[Words, Words], language: Language, *, simple: bool = False
) -> Figure:
    """Return all kinds of burden for one child over all courses; `simple`: those that families talk about."""
    kept = [one for one in burden.figures if not simple or one.id in FOR_FAMILIES]
    title = _say("title", language)
    drawing = _Bars(kept, titles, language, WIDTH_FOR_FAMILIES if simple else WIDTH, whole=simple)
    table = _simple_table(kept, titles, language) if simple else burden_table(burden, titles, language)
    return Figure("burden-own" if burden.own else "burden", title, drawing.svg(title), table)


@dataclass(frozen=True)
class _Bars:
    kept: Sequence[BurdenFigure]
    titles: tuple[Words, Words]
    language: Language
    width: float
    whole: bool

    def svg(self, title: str) -> str:
        """Return the document."""
        height = TOP + ROW * len(self.kept) + 6
        return picture("burden", (self.width, height), title, self._spoken(), [*self._head(), *self._rows()])

    def number(self, total: tuple[float, float, float] | None) -> str:
        """Return the mean as it is written at a bar: whole for families, who count nights."""
        return (_whole if self.whole else _mean)(total, self.language)

    def _spoken(self) -> str:
        return "; ".join(
            Message("burden-picture.spoken", {
                "name": _name(one, self.language), "first": self.number(one.first_total),
                "second": self.number(one.second_total),
            }).text(self.language)
            for one in self.kept
        )  # fmt: skip

    def _head(self) -> Iterator[str]:
        for x, colour, name in ((NAMES, OLD, self.titles[0]), (self.width / 2, NEW, self.titles[1])):
            yield box(x, 5, 11, 11, fill=colour)
            yield text(x + 16, 15, name.text(self.language), 12.5)

    def _rows(self) -> Iterator[str]:
        for number, one in enumerate(self.kept):
            top = TOP + ROW * number
            lines = wrapped(_name(one, self.language), LEFT - NAMES - 10, 13)
            for row, words in enumerate(lines):
                yield text(NAMES, top + (18 if len(lines) == 1 else 11) + 14 * row, words, 13)
            yield line(LEFT, top, LEFT, top + 2 * BAR + 4, stroke=HAIR, stroke_width=1)
            most = max((total[1] for total in (one.first_total, one.second_total) if total), default=0.0)
            for which, (total, colour) in enumerate(((one.first_total, OLD), (one.second_total, NEW))):
                yield from self._bar(total, most, top + 1 + which * (BAR + 2), colour)

    def _bar(self, total: tuple[float, float, float] | None, most: float, y: float, colour: str) -> Iterator[str]:
        length = 0.0 if total is None or most <= 0 else (self.width - VALUES - LEFT) * total[1] / most
        if length:
            yield box(LEFT, y, length, BAR, fill=colour)
        words = self.number(total)
        yield text(
            LEFT + length + 5,
            y + BAR - 1,
            words,
            12.5,
            bold=total is not None,
            **({"fill": QUIET} if total is None else {}),
        )


def burden_table(burden: BurdenComparison, titles: tuple[Words, Words], language: Language) -> Table:
    """Return every kind of burden by course and over all courses; of own courses, per course with the difference."""
    return (_own_table if burden.own else _worked_out_table)(burden, titles, language)


def _worked_out_table(burden: BurdenComparison, titles: tuple[Words, Words], language: Language) -> Table:
    """Return a row for each kind: in a course the mean of the old and of the new, and what all courses come to."""
    courses = max((len(by_course) for one in burden.figures for by_course in (one.first, one.second)), default=0)
    head = (
        _say("kind", language),
        *(Message("burden-picture.course", {"number": number}).text(language) for number in range(1, courses + 1)),
        *(Message("burden-picture.all-courses", {"regimen": one}).text(language) for one in titles),
    )
    rows = tuple(
        (
            _name(one, language),
            *(f"{rough(old, language)} → {rough(new, language)}" for old, new in zip_longest(one.first, one.second)),
            _range(one.first_total, language), _range(one.second_total, language),
        )
        for one in burden.figures
    )  # fmt: skip
    widths = (32.0, *(15.0 for _ in range(courses)), 26.0, 26.0)
    return Table(_caption(burden, language), head, rows, widths, _notes(burden, language))


def _own_table(burden: BurdenComparison, titles: tuple[Words, Words], language: Language) -> Table:
    head = (_say("kind", language), *(one.text(language) for one in titles), _say("difference", language))
    rows = tuple(
        (
            _name(one, language), _range(one.first_per_course, language), _range(one.second_per_course, language),
            _difference(one, language),
        )
        for one in burden.figures
    )  # fmt: skip
    return Table(_caption(burden, language), head, rows, (1.4, 1.0, 1.0, 1.0), _notes(burden, language))


def _caption(burden: BurdenComparison, language: Language) -> str:
    caption = _say("caption-own" if burden.own else "caption", language)
    return caption if burden.title is None else f"{sentence(burden.title.text(language))} {caption}"


def _notes(burden: BurdenComparison, language: Language) -> tuple[str, ...]:
    return tuple(one.text(language) for one in burden.says)


def _difference(one: BurdenFigure, language: Language) -> str:
    if one.difference is None:
        return "–"
    numbers = (one.difference.estimate, one.difference.low, one.difference.high)
    estimate, low, high = (shown(value, language, 1).replace("-", "\u2212") for value in numbers)
    return f"{estimate} [{low}; {high}]"


def _simple_table(kept: Sequence[BurdenFigure], titles: tuple[Words, Words], language: Language) -> Table:
    head = (_say("kind", language), *(one.text(language) for one in titles))
    rows = tuple(
        (_name(one, language), _whole(one.first_total, language), _whole(one.second_total, language)) for one in kept
    )
    return Table(_say("caption-simple", language), head, rows, SIMPLE_WIDTHS)


def _name(one: BurdenFigure, language: Language) -> str:
    return Message(f"burden-kind.{one.id}").text(language)


def _mean(total: tuple[float, float, float] | None, language: Language) -> str:
    return _say("unknown", language) if total is None else rough(total[1], language)


def _whole(total: tuple[float, float, float] | None, language: Language) -> str:
    return _say("unknown", language) if total is None else shown(total[1], language, 0)


def _range(total: tuple[float, float, float] | None, language: Language) -> str:
    if total is None:
        return "–"
    low, mean, high = (rough(value, language) for value in total)
    return f"{mean} ({low}–{high})"


def _say(key: str, language: Language, **values: object) -> str:
    return Message(f"burden-picture.{key}", values).text(language)
