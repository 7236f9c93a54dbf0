"""Side effects for parents: of a hundred children, how many had it, as dots that can be counted."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from ransel.language import Language, Message
from ransel.outcomes.tolerability import Count, TermComparison, TolerabilityComparison, Verdict
from ransel.papers.drawing import HAIR, INK, element, text
from ransel.papers.figure import NEW, OLD, Figure, Table, picture
from ransel.papers.lettering import wrapped
from ransel.protocols.protocol import Words

WIDTH = 540.0
WIDTHS = (1.5, 0.9, 1.0, 1.2)
NAMES, FIRST, SECOND = 4.0, 132.0, 346.0
ACROSS, STEP, RADIUS = 20, 9.4, 3.6
ROW, TOP = 62.0, 30.0
HUNDRED = 100


def hundred_figure(
    compared: TolerabilityComparison, terms: Sequence[TermComparison], titles: tuple[Words, Words], language: Language
) -> Figure:
    """Return a hundred dots for each of these terms and both regimens, with the table beside them.

    Every term has counts in both groups.
    """
    title = _say("title", language)
    drawing = _Dots(terms, titles, language)
    rows = tuple(_row(one, language) for one in terms)
    head = (_say("term", language), *(one.text(language) for one in titles), _say("what-it-says", language))
    return Figure(
        f"hundred-{compared.id}", title, drawing.svg(title), Table(_say("caption", language), head, rows, WIDTHS)
    )


def lay_title(one: TermComparison, language: Language) -> str:
    """Return what parents call a side effect."""
    return Message(f"lay-term.{one.term}").text(language) if one.term in LAY else one.title.text(language)


LAY = frozenset({
    "pain", "hypersensitivity", "hypotension", "haemoglobin", "granulocytes", "fever", "infection", "diarrhoea",
    "capillary-leak", "liver-enzymes", "white-cells", "platelets", "general-condition", "neurotoxicity-central",
    "neurotoxicity-peripheral",
})  # fmt: skip
"""Side effects that have a name in plain words."""


@dataclass(frozen=True)
class _Dots:
    terms: Sequence[TermComparison]
    titles: tuple[Words, Words]
    language: Language

    def svg(self, title: str) -> str:
        """Return the document."""
        height = TOP + ROW * len(self.terms) + 4
        spoken = "; ".join(self._spoken(one) for one in self.terms)
        return picture("hundred", (WIDTH, height), title, spoken, [*self._head(), *self._rows()])

    def _spoken(self, one: TermComparison) -> str:
        counts = {"first": _of_hundred(one.first), "second": _of_hundred(one.second)}
        return Message("hundred.spoken", {"name": lay_title(one, self.language), **counts}).text(self.language)

    def _head(self) -> Iterator[str]:
        for left, colour, name in ((FIRST, OLD, self.titles[0]), (SECOND, NEW, self.titles[1])):
            yield text(left - RADIUS, 16, name.text(self.language), 15, bold=True, fill=colour)

    def _rows(self) -> Iterator[str]:
        for number, one in enumerate(self.terms):
            top = TOP + ROW * number
            for row, words in enumerate(wrapped(lay_title(one, self.language), FIRST - NAMES - 14, 15)):
                yield text(NAMES, top + 14 + 17 * row, words, 15, bold=True)
            for left, colour, count in ((FIRST, OLD, one.first), (SECOND, NEW, one.second)):
                yield from _dots(left, top + 4, _of_hundred(count), colour)
                middle = left + ACROSS * STEP / 2
                yield text(middle, top + 56, str(_of_hundred(count)), 13, bold=True, fill=INK, text_anchor="middle")


def _dots(left: float, top: float, filled: int, colour: str) -> Iterator[str]:
    for number in range(HUNDRED):
        row, column = divmod(number, ACROSS)
        full = number < filled
        yield element(
            "circle", cx=left + column * STEP, cy=top + row * STEP, r=RADIUS, fill=colour if full else "#ffffff",
            stroke=colour if full else HAIR, stroke_width=1,
        )  # fmt: skip


def _of_hundred(count: Count | None) -> int:
    return 0 if count is None else round(count.percent)


def _row(one: TermComparison, language: Language) -> tuple[str, ...]:
    says = {Verdict.FEWER: "fewer", Verdict.MORE: "more"}.get(one.verdict, "not-shown")
    says = f"{says}-borderline" if one.borderline and says != "not-shown" else says
    counts = (f"{_of_hundred(count)}" for count in (one.first, one.second))
    return lay_title(one, language), *counts, Message(f"hundred.says-{says}").text(language)


def _say(key: str, language: Language, **values: object) -> str:
    return Message(f"hundred.{key}", values).text(language)
