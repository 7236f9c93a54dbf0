"""A figure: a picture, and beside it the table with the same numbers for whoever cannot or will not read a picture."""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction
from xml.sax.saxutils import escape

from ransel.language import Language
from ransel.papers.drawing import TYPEFACE, box, element
from ransel.quantities import number_text

OLD, NEW = "#b0560f", "#17666e"
"""Colours of the two regimens, as different in grey as in colour; a dash or a shape says the same."""


@dataclass(frozen=True, slots=True)
class Table:
    """A table as words.

    Values:
        head, rows: a row has as many cells as the head; the first cell names it. widths: of the columns on paper,
        relative to each other. notes: what stands under it.
    """

    caption: str
    head: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]
    widths: tuple[float, ...]
    notes: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Figure:
    """A picture with its table.

    Values:
        name: for files and ids, such as `exposure`. svg: a whole document with a title and a description.
    """

    name: str
    title: str
    svg: str
    table: Table


def picture(name: str, size: tuple[float, float], title: str, description: str, parts: list[str]) -> str:
    """Return an SVG document of this width and height that a screen reader can read."""
    width, height = size
    head = (
        element("title", escape(title), id=f"{name}-title"),
        element("desc", escape(description), id=f"{name}-description"),
        box(0, 0, width, height, fill="#ffffff"),
    )
    return element(
        "svg", "".join([*head, *parts]), xmlns="http://www.w3.org/2000/svg", viewBox=f"0 0 {width:g} {height:g}",
        width=width, height=height, role="img", aria_labelledby=f"{name}-title {name}-description",
        font_family=TYPEFACE,
    )  # fmt: skip


def shown(value: float | None, language: Language, digits: int) -> str:
    """Return a number for people, with so many decimals; a dash where there is none."""
    return "–" if value is None else number_text(Fraction(value), language, digits)


def figures_of(value: float) -> int:
    """Return how many decimals show three figures of a number, at most three."""
    size = abs(value)
    return next((digits for limit, digits in ((100, 0), (10, 1), (1, 2)) if size >= limit), 3 if size else 0)


def rough(value: float | None, language: Language) -> str:
    """Return a number as people count days and trips: whole from ten on, else with at most one decimal."""
    if value is None:
        return "–"
    return shown(value, language, 0 if abs(value) >= 10 or value == round(value) else 1)


def significant(value: float | None, language: Language) -> str:
    """Return a number with three figures."""
    return "–" if value is None else shown(value, language, figures_of(value))


def sentence(words: str) -> str:
    """Return a remark as a sentence of its own."""
    return f"{words[:1].upper()}{words[1:].rstrip('.')}."
