"""How containers are told apart on paper: a number, a shape with a name, a colour, and dark against light.

A printer without colour and an eye that sees none still have number, shape, and a dark or a light body:
odd containers are dark with a light number, even ones light with a dark number and a dark edge.
"""

from __future__ import annotations

from dataclasses import dataclass
from math import cos, pi, sin
from typing import Any

from ransel.language import Language, Message
from ransel.planning import PlannedCourse, Preparation

Points = tuple[tuple[float, float], ...]


def _around(corners: int, turn: float = 0.0, radius: float = 1.0) -> Points:
    """Return a regular polygon, the first corner on top after turning by `turn` of a circle."""
    angles = [2 * pi * (corner / corners + turn) for corner in range(corners)]
    return tuple((radius * sin(angle), -radius * cos(angle)) for angle in angles)


def _star() -> Points:
    pairs = zip(_around(5), _around(5, 0.1, 0.62), strict=True)
    return tuple(point for pair in pairs for point in pair)


CROSS: Points = (
    (-0.5, -0.95), (0.5, -0.95), (0.5, -0.5), (0.95, -0.5), (0.95, 0.5), (0.5, 0.5),
    (0.5, 0.95), (-0.5, 0.95), (-0.5, 0.5), (-0.95, 0.5), (-0.95, -0.5), (-0.5, -0.5),
)  # fmt: skip

SHAPES: tuple[tuple[str, Points, float, float], ...] = (
    ("circle", _around(48), 0.0, 1.0),
    ("square", ((-0.88, -0.88), (0.88, -0.88), (0.88, 0.88), (-0.88, 0.88)), 0.0, 1.0),
    ("triangle", ((0.0, -1.0), (1.08, 0.85), (-1.08, 0.85)), 0.26, 0.72),
    ("diamond", _around(4), 0.0, 0.78),
    ("hexagon", _around(6), 0.0, 0.95),
    ("star", _star(), 0.04, 0.66),
    ("cross", CROSS, 0.0, 0.8),
    ("house", ((0.0, -1.0), (0.9, -0.25), (0.9, 0.9), (-0.9, 0.9), (-0.9, -0.25)), 0.16, 0.9),
    ("shield", ((0.0, 1.0), (0.9, 0.25), (0.9, -0.9), (-0.9, -0.9), (-0.9, 0.25)), -0.12, 0.9),
    ("arrow", ((-0.95, -0.8), (0.3, -0.8), (1.0, 0.0), (0.3, 0.8), (-0.95, 0.8)), 0.0, 0.85),
)
"""Name, corners in a square from -1 to 1, where the number stands below the middle, how large it may be."""

BLUE, ORANGE = ("blue", "#1d4f91", "#ffffff", "#1d4f91"), ("orange", "#ffc675", "#3d1f00", "#9a4a00")
"""Name, body, number on it, edge."""


@dataclass(frozen=True, slots=True)
class ContainerMark:
    """The mark of one container.

    Values:
        number, of: this container, of so many in the course.
        kind: `cassette`, `bag`, `syringe`, `elastomeric`.
    """

    number: int
    of: int
    kind: str

    @property
    def shape(self) -> str:
        """The name of the shape; after the tenth container the shapes begin again."""
        return self._shape[0]

    @property
    def colour(self) -> str:
        """The name of the colour."""
        return self._colours[0]

    @property
    def body(self) -> str:
        """The colour of the body."""
        return self._colours[1]

    @property
    def ink(self) -> str:
        """The colour of what stands on the body."""
        return self._colours[2]

    @property
    def edge(self) -> str:
        """The colour of the edge; on white it has a contrast of at least 4.5 to 1."""
        return self._colours[3]

    @property
    def drop(self) -> float:
        """How far the number stands below the middle, as a part of half the size."""
        return self._shape[2]

    @property
    def number_size(self) -> float:
        """The size of the number, as a part of the largest one; two digits are smaller."""
        return self._shape[3] * (0.72 if self.number > 9 else 1.0)

    def text(self, language: Language = "en") -> str:
        """Return `cassette 1 of 2`."""
        values = {"kind": Message(f"kind.{self.kind}"), "number": self.number, "of": self.of}
        return Message("mark.which", values).text(language)

    def looks(self, language: Language = "en") -> str:
        """Return `blue circle`."""
        values = {"colour": Message(f"colour.{self.colour}"), "shape": Message(f"shape.{self.shape}")}
        return Message("mark.looks", values).text(language)

    def path(self, x: float, y: float, radius: float) -> str:
        """Return the outline as the data of an SVG path, around (x, y)."""
        corners = " ".join(f"{x + radius * right:.2f},{y + radius * down:.2f}" for right, down in self._shape[1])
        return f"M{corners}Z"

    def svg(self) -> str:
        """Return the shape without its number as an SVG document of 100 by 100."""
        return (
            '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 100 100" width="100" height="100">'
            f'<path d="{self.path(50, 50, 43)}" fill="{self.body}" stroke="{self.edge}" '
            'stroke-width="7" stroke-linejoin="round"/></svg>'
        )

    def as_data(self, language: Language) -> dict[str, Any]:
        """Return what a template needs to draw the mark."""
        return {
            "number": str(self.number),
            "text": self.text(language),
            "looks": self.looks(language),
            "svg": self.svg(),
            "ink": self.ink,
            "edge": self.edge,
            "body": self.body,
            "drop": self.drop,
            "size": self.number_size,
        }

    @property
    def _shape(self) -> tuple[str, Points, float, float]:
        return SHAPES[(self.number - 1) % len(SHAPES)]

    @property
    def _colours(self) -> tuple[str, str, str, str]:
        return BLUE if self.number % 2 else ORANGE


def mark_of(course: PlannedCourse, preparation: Preparation) -> ContainerMark:
    """Return the mark of the container of this preparation."""
    container = preparation.container
    return ContainerMark(container.index, len(course.containers.containers), container.option.kind)
