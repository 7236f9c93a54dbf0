"""Texts that never stand over one another: each is measured before it is placed, the first place with room wins.

A reader's machine may have another typeface than ours, so letters are taken a little wider than they are.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from functools import partial

from ransel.papers.drawing import INK, text

_NARROW, _WIDE, _UPPER = frozenset("ijlftr.,:;'|!()[]-/·"), frozenset("mwMW%–→"), 0.65
_ABOVE, _BELOW, _BOLDER = 0.76, 0.22, 1.06
"""How far letters reach above and below their line, in sizes, and how much wider bold ones are."""


@dataclass(frozen=True, slots=True)
class Box:
    """A rectangle on paper."""

    left: float
    top: float
    right: float
    bottom: float

    def touches(self, other: Box) -> bool:
        """Whether two rectangles share some paper."""
        return (
            self.left < other.right and other.left < self.right and self.top < other.bottom and other.top < self.bottom
        )

    def inside(self, other: Box) -> bool:
        """Whether it lies wholly in another."""
        return (
            other.left <= self.left
            and self.right <= other.right
            and other.top <= self.top
            and self.bottom <= other.bottom
        )


@dataclass(frozen=True, slots=True)
class Spot:
    """One way to write something: the words, the point they hang on, and how they hang on it."""

    x: float
    y: float
    words: str
    size: float = 13.0
    anchor: str = "start"
    bold: bool = False
    fill: str = INK

    @property
    def box(self) -> Box:
        """The room it takes."""
        width = width_of(self.words, self.size, bold=self.bold)
        left = self.x - {"middle": width / 2, "end": width}.get(self.anchor, 0.0)
        return Box(left, self.y - _ABOVE * self.size, left + width, self.y + _BELOW * self.size)


@dataclass(slots=True)
class Lettering:
    """All texts of one picture."""

    page: Box
    taken: list[Box] = field(default_factory=list)
    written: list[Spot] = field(default_factory=list)

    def write(self, spot: Spot) -> None:
        """Write it there, whatever else is there: for places that are kept free."""
        self.taken.append(spot.box)
        self.written.append(spot)

    def first(self, spots: Iterable[Spot], within: Box | None = None) -> bool:
        """Write the first of these that has room, else nothing; return whether it was written."""
        for spot in spots:
            box = spot.box
            if box.inside(within or self.page) and not any(box.touches(one) for one in self.taken):
                self.write(spot)
                return True
        return False

    def keep_free(self, box: Box) -> None:
        """Let no text stand here that looks for its place."""
        self.taken.append(box)

    def svg(self) -> str:
        """Return the texts; a white edge keeps them readable on lines."""
        edged = partial(text, stroke="#ffffff", stroke_width=3, paint_order="stroke", stroke_linejoin="round")
        return "".join(
            edged(one.x, one.y, one.words, one.size, bold=one.bold, fill=one.fill, text_anchor=one.anchor)
            for one in self.written
        )


def width_of(words: str, size: float, *, bold: bool = False) -> float:
    """Return how wide words can be."""
    total = sum(_letter(letter) for letter in words)
    return total * size * (_BOLDER if bold else 1.0)


def wrapped(words: str, width: float, size: float) -> list[str]:
    """Return the words in lines of at most this width; a single word may be wider."""
    lines: list[str] = []
    for word in words.split():
        longer = f"{lines[-1]} {word}" if lines else word
        if lines and width_of(longer, size) <= width:
            lines[-1] = longer
        else:
            lines.append(word)
    return lines


def _letter(letter: str) -> float:
    if letter == " ":
        return 0.24
    if letter in _NARROW:
        return 0.35
    if letter in _WIDE:
        return 0.86
    return _UPPER if letter.isupper() else 0.55
