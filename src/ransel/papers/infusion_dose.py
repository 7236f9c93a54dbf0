"""The band of the dose: what was given, against the plan and the order."""

from __future__ import annotations

from collections.abc import Sequence

from ransel.papers.drawing import INK, QUIET, element, line
from ransel.papers.infusion_curves import Point
from ransel.papers.infusion_lines import (
    DASHED,
    DOTTED,
    OPEN,
    Line,
    draw_band,
    draw_curve,
    draw_told,
    keep_lines_free,
    point_at,
)
from ransel.papers.infusion_sheet import GIVEN, LEFT, PLAIN, RIGHT, SMALL, Heights, Sheet, nice_steps, path
from ransel.papers.lettering import Box, Spot, width_of

DOSE_HEIGHT = 214.0


def draw_dose(sheet: Sheet, top: float) -> float:
    """Draw what was given, in its band, against plan and order; return where it ends."""
    size = _dose_size(sheet)
    most = _most_dose(sheet) * size * 1.06
    heights = Heights(top, top + DOSE_HEIGHT, most)
    scaled = Heights(top, top + DOSE_HEIGHT, most / size)
    sheet.heading(top + 12, sheet.say("dose"), sheet.say("dose-note"))
    sheet.grid(heights, nice_steps(most, 4), sheet.dose_unit)
    _order(sheet, scaled)
    points, coming = sheet.curves.dose(), sheet.curves.to_come()
    draw_band(sheet, scaled, coming, 0.1)
    draw_band(sheet, scaled, points, 0.24)
    planned = [(sheet.time.x(at), scaled.y(value)) for at, value in sheet.curves.planned()]
    sheet.draw(element("path", d=path(planned), stroke=QUIET, stroke_width=1.4, stroke_dasharray=DASHED, **OPEN))
    if coming:
        draw_curve(sheet, scaled, coming, stroke_dasharray=DOTTED)
    if points:
        draw_told(sheet, scaled, points)
    else:
        _nothing(sheet, top)
    drawn = [[(sheet.time.x(one.at), scaled.y(one.exact)) for one in curve] for curve in (points, coming)]
    keep_lines_free(sheet, [planned, *drawn])
    if points:
        _given_label(sheet, scaled, points)
    _dose_labels(sheet, scaled, planned, drawn[0])
    _expected_label(sheet, scaled)
    return heights.bottom


def _nothing(sheet: Sheet, top: float) -> None:
    """Say that nothing was given yet, under the line of the plan."""
    words = sheet.say("nothing")
    sheet.letters.write(Spot(RIGHT - 16, top + DOSE_HEIGHT - 22, words, 20, "end", bold=True))


def _dose_size(sheet: Sheet) -> float:
    """How many of the unit that is shown make one mg."""
    return 1000.0 if sheet.dose_unit != "mg" else 1.0


def _most_dose(sheet: Sheet) -> float:
    ledger = sheet.ledger
    found = [sheet.plan.ordered, ledger.high, *([] if ledger.over else [ledger.projection.total.high])]
    return max(float(one.magnitude) for one in found)


def _order(sheet: Sheet, heights: Heights) -> None:
    y = heights.y(float(sheet.plan.ordered.magnitude))
    sheet.draw(line(LEFT, y, RIGHT, y, stroke=INK, stroke_width=1.4))
    words = sheet.say("ordered", dose=sheet.dose(sheet.plan.ordered))
    spots = [Spot(LEFT + 8, y + offset, words, PLAIN, bold=True) for offset in (-6, 17)]
    if not sheet.letters.first(spots):
        sheet.letters.write(spots[-1])
    sheet.letters.keep_free(Box(LEFT, y - 2, RIGHT, y + 2))


def _given_label(sheet: Sheet, heights: Heights, points: Sequence[Point]) -> None:
    """Write how much it is: at the edge when the course is over, else where it stands now."""
    ledger = sheet.ledger
    given, room = sheet.dose(ledger.delivered), f"({sheet.range(ledger.low, ledger.high)})"
    if ledger.over:
        _at_the_edge(sheet, heights, given, room)
        return
    x, y = sheet.time.x(ledger.at), heights.y(points[-1].exact)
    sheet.draw(element("circle", cx=x, cy=y, r=4.5, fill=GIVEN))
    words = f"{given} {room}"
    wide = width_of(words, 17, bold=True)
    spots = [
        Spot(min(x + dx, RIGHT - wide), y + dy, words, 17, bold=True, fill=GIVEN)
        for dx, dy in (
            *((10, down) for down in (26, 46, 70, 94, 118)),
            *((side, -up) for side in (-wide - 12, 10) for up in (20, 44, 70)),
        )
        if min(x + dx, RIGHT - wide) >= LEFT + 4
    ]
    within = sheet.plot(heights.top, heights.bottom)
    if not sheet.letters.first(spots, within):
        sheet.letters.write(Spot(RIGHT + 10, heights.bottom - 6, given, 17, bold=True, fill=GIVEN))


def _at_the_edge(sheet: Sheet, heights: Heights, given: str, room: str) -> None:
    """Write the end result: 67.1 mg of 68.2 mg (66.7-67.4)."""
    ordered = sheet.say("of", dose=sheet.dose(sheet.plan.ordered))
    y = min(max(heights.y(float(sheet.ledger.delivered.magnitude)) + 8, heights.top + 20), heights.bottom - 46)
    sheet.letters.write(Spot(RIGHT + 10, y, given, 22, bold=True, fill=GIVEN))
    sheet.letters.write(Spot(RIGHT + 10, y + 20, ordered, 15))
    sheet.letters.write(Spot(RIGHT + 10, y + 40, room, 15))


def _dose_labels(sheet: Sheet, heights: Heights, planned: Line, given: Line) -> None:
    """Name the lines beside them: the higher one above, the other below."""
    is_more = bool(given) and given[-1][1] < point_at(planned, given[-1][0])[1] - 2
    _name_line(sheet, heights, planned, sheet.say("as-planned"), QUIET, above=not is_more)
    _name_line(sheet, heights, given, sheet.say("given"), GIVEN, above=is_more)


def _name_line(sheet: Sheet, heights: Heights, drawn: Line, words: str, fill: str, *, above: bool) -> None:
    dx, dy, anchor = (-10, -8, "end") if above else (10, 20, "start")
    places = [LEFT + share * (RIGHT - LEFT) for share in (0.42, 0.5, 0.34, 0.58, 0.26, 0.66, 0.74)]
    points = [point_at(drawn, x) for x in places] if drawn else []
    spots = [Spot(x + dx, y + dy, words, PLAIN, anchor, fill=fill) for x, y in points]
    sheet.letters.first(spots, sheet.plot(heights.top, heights.bottom))


def _expected_label(sheet: Sheet, heights: Heights) -> None:
    """Write at the edge what is expected at the end of a course that is not over."""
    ledger = sheet.ledger
    if ledger.over or not ledger.segments:
        return
    total = ledger.projection.total
    y = min(max(heights.y(float(total.exact.magnitude)), heights.top + 16), heights.bottom - 46)
    rows = [
        (sheet.say("expected"), SMALL, False), (sheet.dose(total.exact), 18.0, True),
        (f"({sheet.range(total.low, total.high)})", PLAIN, False), (sheet.when(ledger.end), SMALL, False),
    ]  # fmt: skip
    for number, (words, size, bold) in enumerate(rows):
        sheet.letters.write(Spot(RIGHT + 10, y + number * 18, words, size, bold=bold, fill=QUIET))
