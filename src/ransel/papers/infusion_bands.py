"""The bands under the dose: the rate, and what is left in the containers."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import datetime, timedelta
from itertools import pairwise

from ransel.infusion.condition import Condition
from ransel.papers.drawing import HAIR, INK, QUIET, box, element, line
from ransel.papers.infusion_curves import ContainerCurve, Point, runs_of
from ransel.papers.infusion_lines import DASHED, DOTTED, OPEN, draw_band, draw_told, keep_lines_free
from ransel.papers.infusion_sheet import ALARM, BAND, GIVEN, LEFT, RIGHT, SMALL, WIDTH, Heights, Sheet, nice_steps, path
from ransel.papers.lettering import Box, Spot, width_of
from ransel.quantities import Rate, Shown

RATE_HEIGHT, LEFT_HEIGHT = 52.0, 112.0
_WARNINGS = {
    one.value for one in (Condition.RESERVOIR_LOW, Condition.RESERVOIR_NEARLY_EMPTY, Condition.RESERVOIR_EMPTY)
}


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
        look = {"stroke": QUIET, "stroke_width": 1.4, "stroke_dasharray": DASHED}
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
    rates = [*(one.rate for one in sheet.ledger.segments), *(one.rate for one in sheet.plan.containers)]
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
        draw_band(sheet, heights, points, 0.24)
        draw_told(sheet, heights, points)
        _to_empty(sheet, heights, curve, points)
    _warnings(sheet, heights)
    keep_lines_free(sheet, curves)
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
        sheet.draw(line(x, heights.y(0), x, y, stroke=HAIR, stroke_width=1.4, stroke_dasharray=DOTTED))
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
    look = {"stroke": GIVEN, "stroke_width": 2, "stroke_dasharray": DOTTED}
    sheet.draw(element("path", d=path([begin, end]), **OPEN, **look))
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
