"""The bands with curves: the dose, the rate, and what is left in the containers."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import datetime, timedelta
from itertools import pairwise

from ransel.infusion.condition import Condition
from ransel.papers.drawing import HAIR, INK, QUIET, box, element, line
from ransel.papers.infusion_curves import ContainerCurve, Point, runs_of
from ransel.papers.infusion_sheet import (
    ALARM,
    BAND,
    GIVEN,
    LEFT,
    PLAIN,
    RIGHT,
    SMALL,
    WIDTH,
    Heights,
    Sheet,
    nice_steps,
    path,
)
from ransel.papers.lettering import Box, Spot, width_of
from ransel.quantities import Rate, Shown

DOSE_HEIGHT, RATE_HEIGHT, LEFT_HEIGHT = 214.0, 52.0, 112.0
_DASHED, _DOTTED = "7 5", "2 4"
_WARNINGS = {
    one.value for one in (Condition.RESERVOIR_LOW, Condition.RESERVOIR_NEARLY_EMPTY, Condition.RESERVOIR_EMPTY)
}
Line = Sequence[tuple[float, float]]
_AXIS = {"fill": "none", "stroke_linejoin": "round"}


# the dose


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
    _band(sheet, scaled, coming, 0.1)
    _band(sheet, scaled, points, 0.24)
    planned = [(sheet.time.x(at), scaled.y(value)) for at, value in sheet.curves.planned()]
    sheet.draw(element("path", d=path(planned), stroke=QUIET, stroke_width=1.4, stroke_dasharray=_DASHED, **_AXIS))
    if coming:
        _curve(sheet, scaled, coming, stroke_dasharray=_DOTTED)
    if points:
        _told_curve(sheet, scaled, points)
    else:
        _nothing(sheet, top)
    drawn = [[(sheet.time.x(one.at), scaled.y(one.exact)) for one in curve] for curve in (points, coming)]
    _keep_lines_free(sheet, [planned, *drawn])
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
    sheet.letters.first(spots) or sheet.letters.write(spots[-1])
    sheet.letters.keep_free(Box(LEFT, y - 2, RIGHT, y + 2))


def _band(sheet: Sheet, heights: Heights, points: Sequence[Point], opacity: float) -> None:
    if not points:
        return
    upper = [(sheet.time.x(one.at), heights.y(one.high)) for one in points]
    lower = [(sheet.time.x(one.at), heights.y(one.low)) for one in reversed(points)]
    sheet.draw(element("path", d=path([*upper, *lower]) + "Z", fill=BAND, fill_opacity=f"{opacity:g}"))


def _curve(sheet: Sheet, heights: Heights, points: Sequence[Point], **look: object) -> None:
    d = path((sheet.time.x(one.at), heights.y(one.exact)) for one in points)
    sheet.draw(element("path", d=d, stroke=GIVEN, stroke_width=2.6, **_AXIS, **look))


def _told_curve(sheet: Sheet, heights: Heights, points: Sequence[Point]) -> None:
    """Draw a curve, dashed from where nothing was told any more."""
    silent = sheet.silent_from
    known = [one for one in points if silent is None or one.at <= silent]
    if known:
        _curve(sheet, heights, known)
    if len(known) < len(points):
        _curve(sheet, heights, [*known[-1:], *points[len(known) :]], stroke_dasharray="5 4")


def _given_label(sheet: Sheet, heights: Heights, points: Sequence[Point]) -> None:
    """Write how much it is: at the edge when the course is over, else where it stands now."""
    ledger = sheet.ledger
    given, room = sheet.dose(ledger.delivered), f"({sheet.range(ledger.low, ledger.high)})"
    if ledger.over:
        lines = [
            (given, 22.0, True),
            (sheet.say("of", dose=sheet.dose(sheet.plan.ordered)), 15.0, False),
            (room, 15.0, False),
        ]
        y = min(max(heights.y(float(ledger.delivered.magnitude)) + 8, heights.top + 20), heights.bottom - 46)
        for number, (words, size, bold) in enumerate(lines):
            sheet.letters.write(Spot(RIGHT + 10, y + number * 20, words, size, bold=bold, fill=GIVEN if bold else INK))
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
    sheet.letters.first(spots, within) or sheet.letters.write(
        Spot(RIGHT + 10, heights.bottom - 6, given, 17, bold=True, fill=GIVEN)
    )


def _dose_labels(sheet: Sheet, heights: Heights, planned: Line, given: Line) -> None:
    """Name the lines beside them: the plan above, what was given below."""
    within = sheet.plot(heights.top, heights.bottom)
    for line_, words, fill in ((planned, sheet.say("as-planned"), QUIET), (given, sheet.say("given"), GIVEN)):
        is_plan = fill == QUIET
        spots = (
            [
                Spot(
                    x + (-10 if is_plan else 10),
                    y + (-8 if is_plan else 20),
                    words,
                    PLAIN,
                    "end" if is_plan else "start",
                    fill=fill,
                )
                for share in (0.42, 0.5, 0.34, 0.58, 0.26, 0.66, 0.74)
                for x, y in [_at(line_, LEFT + share * (RIGHT - LEFT))]
            ]
            if line_
            else []
        )
        sheet.letters.first(spots, within)


def _keep_lines_free(sheet: Sheet, lines: Sequence[Line]) -> None:
    """Let no label stand on a curve."""
    for line_ in lines:
        for number in range(int((RIGHT - LEFT) / 9)) if len(line_) > 1 else ():
            x = LEFT + number * 9
            if line_[0][0] <= x <= line_[-1][0]:
                _, y = _at(line_, x)
                sheet.letters.keep_free(Box(x - 4, y - 3, x + 4, y + 3))
        for (x1, y1), (x2, y2) in pairwise(line_):
            if x2 - x1 < 9:
                sheet.letters.keep_free(Box(x1 - 3, min(y1, y2) - 3, x2 + 3, max(y1, y2) + 3))


def _at(line_: Line, x: float) -> tuple[float, float]:
    """Return the point of a line at this place, or its nearer end."""
    for (x1, y1), (x2, y2) in pairwise(line_):
        if x1 <= x <= x2 and x2 > x1:
            return x, y1 + (y2 - y1) * (x - x1) / (x2 - x1)
    return line_[0] if x < line_[0][0] else line_[-1]


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


# the rate


def draw_rate(sheet: Sheet, top: float) -> float:
    """Draw the rate as steps beside the planned one; return where it ends."""
    planned = [float(one.rate.magnitude) for one in sheet.plan.containers]
    told = [float(one.rate.magnitude) for one in sheet.ledger.segments]
    heights = Heights(top, top + RATE_HEIGHT, max([*planned, *told]) * 1.3)
    sheet.heading(top + 12, sheet.say("rate"), "")
    sheet.grid(heights, [0, *sorted({max([*planned, *told])})], "mL/h")
    for one, rate in zip(sheet.plan.containers, planned, strict=True):
        y = heights.y(rate)
        look = {"stroke": QUIET, "stroke_width": 1.4, "stroke_dasharray": _DASHED}
        sheet.draw(line(sheet.time.x(one.connect_at), y, sheet.time.x(one.disconnect_at), y, **look))
    for segment in sheet.ledger.segments:
        for run in runs_of(segment):
            left, right = sheet.time.x(run.begins), sheet.time.x(run.ends)
            y, width = heights.y(float(segment.rate.magnitude)), max(right - left, 0.6)
            sheet.draw(
                box(left, y, width, heights.bottom - y, fill=GIVEN, fill_opacity="0.16" if run.counted else "0.06")
            )
            look = {} if run.counted or sheet.silent_from is None else {"stroke_dasharray": "5 4"}
            sheet.draw(line(left, y, left + width, y, stroke=GIVEN, stroke_width=2.6, **look))
    _rate_labels(sheet, heights)
    return heights.bottom


def _rate_labels(sheet: Sheet, heights: Heights) -> None:
    """Write every new rate over its step."""
    rates = [one.rate for one in [*sheet.ledger.segments, *sheet.plan.containers]]
    before: Rate | None = max(rates, key=lambda rate: rate.magnitude)  # stands at the axis already
    for segment in sheet.ledger.segments:
        if segment.rate != before:
            words = Shown(segment.rate, "mL/h").text(sheet.language)
            y = heights.y(float(segment.rate.magnitude)) - 4
            x = sheet.time.x(segment.begins) + 3
            sheet.letters.first([Spot(x, y, words, SMALL), Spot(x, y + 18, words, SMALL)])
        before = segment.rate


# what is left


def draw_left(sheet: Sheet, top: float) -> float:
    """Draw what is left in each container, with weighings and when it can be empty; return where it ends."""
    most = max(float(one.volume.magnitude) for one in sheet.plan.containers)
    heights = Heights(top, top + LEFT_HEIGHT, most * 1.12)
    sheet.heading(top + 12, sheet.say("left", kind=sheet.kind), sheet.say("left-note"))
    sheet.grid(heights, nice_steps(most, 3), "mL")
    curves = []
    for curve in sheet.curves.containers:
        points = sheet.curves.left_in(curve)
        curves.append([(sheet.time.x(one.at), heights.y(one.exact)) for one in points])
        _band(sheet, heights, points, 0.24)
        _told_curve(sheet, heights, points)
        _to_empty(sheet, heights, curve, points)
    _warnings(sheet, heights)
    _keep_lines_free(sheet, curves)
    for curve in sheet.curves.containers:
        _weighed(sheet, heights, curve)
        _name(sheet, heights, curve)
    for curve in sheet.curves.containers:
        _empty_label(sheet, heights, curve)
    return heights.bottom


def _name(sheet: Sheet, heights: Heights, curve: ContainerCurve) -> None:
    """Write the number of a container beside the top of its line."""
    begins = curve.account.begins
    x = sheet.time.x(begins or curve.container.connect_at)
    y = heights.y(curve.fill)
    if begins is None:
        sheet.draw(line(x, heights.y(0), x, y, stroke=HAIR, stroke_width=1.4, stroke_dasharray=_DOTTED))
    fill = GIVEN if begins else QUIET
    full = f"{sheet.kind} {curve.container.index}"
    room = min((_next - at for at, _next in pairwise(_begins(sheet))), default=RIGHT - LEFT)
    longest = width_of(f"{sheet.kind} {len(sheet.plan.containers)}", SMALL, bold=True) + 8
    names = [full] if longest <= room else [str(curve.container.index)]
    sheet.letters.first(Spot(x + dx, y - 5, words, SMALL, bold=True, fill=fill) for words in names for dx in (4, 9))


def _begins(sheet: Sheet) -> list[float]:
    """Return where the use of every container begins."""
    pairs = zip(sheet.plan.containers, sheet.ledger.containers, strict=True)
    return [sheet.time.x(account.begins or container.connect_at) for container, account in pairs]


def _weighed(sheet: Sheet, heights: Heights, curve: ContainerCurve) -> None:
    for one in curve.observed:
        x, y = sheet.time.x(one.at), heights.y(float(one.left.magnitude))
        error = float(one.error.magnitude)
        low, high = heights.y(float(one.left.magnitude) - error), heights.y(float(one.left.magnitude) + error)
        sheet.draw(line(x, low, x, high, stroke_width=1.6))
        sheet.draw(element("circle", cx=x, cy=y, r=4.2, fill="#ffffff", stroke=INK, stroke_width=2))
        sheet.letters.keep_free(Box(x - 5, y - 5, x + 5, y + 5))
        volume = Shown(one.left, "mL", 1).text(sheet.language)
        _beside(sheet, heights, (x, y), [sheet.say(f"seen.{one.by.value}", volume=volume), volume], INK)
    for missing in sheet.ledger.silent_non_delivery:
        if missing.container == curve.container.index:
            _, exact, _ = curve.given(missing.noticed, before=True)
            x, y = sheet.time.x(missing.noticed), heights.y(curve.fill - exact)
            above = heights.y(curve.fill - exact + float(missing.missing.magnitude))
            sheet.draw(line(x, y, x, above, stroke=ALARM, stroke_width=2.4, stroke_dasharray="4 3"))
            volume = Shown(missing.missing, "mL", 1).text(sheet.language)
            words = sheet.say("did-not-flow", volume=volume, dose=sheet.dose(missing.missing_drug))
            _beside(sheet, heights, (x, (y + above) / 2), [words, volume], ALARM)


def _beside(sheet: Sheet, heights: Heights, place: tuple[float, float], words: Sequence[str], fill: str) -> None:
    """Write beside a point, the longest words that have room."""
    spots = [
        Spot(place[0] + dx, place[1] + dy, each, SMALL, anchor, bold=fill == ALARM, fill=fill)
        for each in words
        for dx, dy, anchor in ((9, 1, "start"), (9, -14, "start"), (9, 16, "start"), (-9, -18, "end"), (-9, 1, "end"))
    ]
    sheet.letters.first(spots, Box(LEFT, heights.top - 8, WIDTH, heights.bottom + 6))


def _to_empty(sheet: Sheet, heights: Heights, curve: ContainerCurve, points: Sequence[Point]) -> None:
    """Draw on to the moment at which it will be empty, and mark between which it can be."""
    empties = curve.account.empties
    if empties is None or not points or sheet.ledger.over:
        return
    begin = (sheet.time.x(sheet.ledger.at), heights.y(points[-1].exact))
    end = (sheet.time.x(empties.exact), heights.bottom)
    look = {"stroke": GIVEN, "stroke_width": 2, "stroke_dasharray": _DOTTED}
    sheet.draw(element("path", d=path([begin, end]), **_AXIS, **look))
    left, right = sheet.time.x(empties.earliest), sheet.time.x(empties.latest)
    sheet.draw(box(left, heights.bottom - 4, max(right - left, 3), 8, rx=2, fill=BAND, fill_opacity="0.5"))


def _empty_label(sheet: Sheet, heights: Heights, curve: ContainerCurve) -> None:
    told, empties = curve.account.told_empty, curve.account.empties
    if told is not None:
        at, words = told, [sheet.say("empty", at=sheet.when(told)), sheet.say("empty", at=sheet.clock(told))]
    elif empties is not None and curve.account.begins is not None and not sheet.ledger.over:
        at = empties.earliest
        words = [sheet.say("can-be-empty", at=sheet.when(at)), sheet.say("can-be-empty", at=sheet.clock(at))]
    else:
        return
    x = sheet.time.x(at)
    spots = [
        Spot(x + dx, heights.bottom - dy, each, SMALL, anchor)
        for each in words
        for dx, anchor in ((6, "start"), (-6, "end"))
        for dy in (8, 24, 40, 56, 72)
    ]
    sheet.letters.first(spots, Box(LEFT, heights.top, WIDTH, heights.bottom + 6))


def _warnings(sheet: Sheet, heights: Heights) -> None:
    """Mark on the line where the pump called that little is left."""
    for alarm in sheet.ledger.alarms:
        if alarm.condition in _WARNINGS:
            x, y = sheet.time.x(alarm.raised), _left_at(sheet, heights, alarm.raised)
            for height in y:
                d = f"M{x:.1f},{height - 3:.1f}l-5,-9h10Z"
                sheet.letters.keep_free(Box(x - 6, height - 13, x + 6, height))
                sheet.draw(element("path", d=d, fill="#ffffff", stroke=INK, stroke_width=1.4))


def _left_at(sheet: Sheet, heights: Heights, at: datetime) -> Iterator[float]:
    near = timedelta(minutes=1)
    for curve in sheet.curves.containers:
        begins, ends = curve.account.begins, curve.account.ends or sheet.ledger.at
        if begins is not None and begins <= at <= ends + near:
            _, exact, _ = curve.given(at, before=True)
            yield heights.y(max(curve.fill - exact, 0.0))
            return
