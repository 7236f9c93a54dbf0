"""Curves on the sheet, and the room that labels leave them."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise

from ransel.papers.drawing import element
from ransel.papers.infusion_curves import Point
from ransel.papers.infusion_sheet import BAND, GIVEN, LEFT, RIGHT, Heights, Sheet, path
from ransel.papers.lettering import Box

Line = Sequence[tuple[float, float]]
DASHED, DOTTED = "7 5", "2 4"
OPEN = {"fill": "none", "stroke_linejoin": "round"}


def draw_band(sheet: Sheet, heights: Heights, points: Sequence[Point], opacity: float) -> None:
    """Draw between what it is at least and at most."""
    if not points:
        return
    upper = [(sheet.time.x(one.at), heights.y(one.high)) for one in points]
    lower = [(sheet.time.x(one.at), heights.y(one.low)) for one in reversed(points)]
    sheet.draw(element("path", d=path([*upper, *lower]) + "Z", fill=BAND, fill_opacity=f"{opacity:g}"))


def draw_curve(sheet: Sheet, heights: Heights, points: Sequence[Point], **look: object) -> None:
    """Draw a curve as it is known best."""
    d = path((sheet.time.x(one.at), heights.y(one.exact)) for one in points)
    sheet.draw(element("path", d=d, stroke=GIVEN, stroke_width=2.6, **OPEN, **look))


def draw_told(sheet: Sheet, heights: Heights, points: Sequence[Point]) -> None:
    """Draw a curve, dashed from where nothing was told any more."""
    silent = sheet.silent_from
    known = [one for one in points if silent is None or one.at <= silent]
    if known:
        draw_curve(sheet, heights, known)
    if len(known) < len(points):
        draw_curve(sheet, heights, [*known[-1:], *points[len(known) :]], stroke_dasharray="5 4")


def keep_lines_free(sheet: Sheet, lines: Sequence[Line]) -> None:
    """Let no label stand on a curve."""
    for line_ in lines:
        for number in range(int((RIGHT - LEFT) / 9)) if len(line_) > 1 else ():
            x = LEFT + number * 9
            if line_[0][0] <= x <= line_[-1][0]:
                _, y = point_at(line_, x)
                sheet.letters.keep_free(Box(x - 4, y - 3, x + 4, y + 3))
        for (x1, y1), (x2, y2) in pairwise(line_):
            if x2 - x1 < 9:
                sheet.letters.keep_free(Box(x1 - 3, min(y1, y2) - 3, x2 + 3, max(y1, y2) + 3))


def point_at(line_: Line, x: float) -> tuple[float, float]:
    """Return the point of a line at this place, or its nearer end."""
    for (x1, y1), (x2, y2) in pairwise(line_):
        if x1 <= x <= x2 and x2 > x1:
            return x, y1 + (y2 - y1) * (x - x1) / (x2 - x1)
    return line_[0] if x < line_[0][0] else line_[-1]
