"""Side effects for parents: of a hundred children, how many had it, as dots that can be counted."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from ransel.language import Language, Message
from ransel.outcomes.tolerability import Count, TermComparison, TolerabilityComparison, Verdict
from ransel.papers.drawing import HAIR, element, text
from ransel.papers.figure import NEW, OLD, Figure, Table, picture
from ransel.protocols.protocol import Words

WIDTH = 480.0
WIDTHS = (1.5, 0.85, 0.95, 1.3)
NAMES, FIRST, SECOND = 4.0, 8.0, 252.0
ACROSS, STEP, RADIUS = 20, 9.4, 3.6
ROW, TOP, LETTERS = 74.0, 24.0, 16.5
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
            yield text(left - RADIUS, 15, name.text(self.language), LETTERS, bold=True, fill=colour)

    def _rows(self) -> Iterator[str]:
        """Give every side effect a line for its name, which may be long, and the number beside its dots."""
        for number, one in enumerate(self.terms):
            top = TOP + ROW * number
            yield text(NAMES, top + 16, lay_title(one, self.language), LETTERS)
            for left, colour, count in ((FIRST, OLD, one.first), (SECOND, NEW, one.second)):
                yield from _dots(left, top + 27, _of_hundred(count), colour)
                beside = left + ACROSS * STEP
                yield text(beside, top + 52, str(_of_hundred(count)), 20, bold=True, fill=colour)


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
    counts = (f"{_of_hundred(count)}" for count in (one.first, one.second))
    return lay_title(one, language), *counts, says_of(one, language)


def says_of(one: TermComparison, language: Language) -> str:
    """Return in plain words what a comparison shows; what hangs on a few children is a perhaps, in both directions."""
    says = {Verdict.FEWER: "fewer", Verdict.MORE: "more"}.get(one.verdict, "not-shown")
    return _say(f"says-{says}-borderline" if one.borderline and says != "not-shown" else f"says-{says}", language)


def _say(key: str, language: Language, **values: object) -> str:
    return Message(f"hundred.{key}", values).text(language)
