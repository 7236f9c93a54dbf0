"""The lanes without a height: what stood still, visits, and until when each container may be used."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from ransel.infusion.ledger import Interruption
from ransel.papers.day_strip import rows_without_overlap
from ransel.papers.drawing import INK, QUIET, box, bracket, element, flag, line
from ransel.papers.infusion_sheet import LEFT, MARGIN, RIGHT, SMALL, STILL, WIDTH, Sheet
from ransel.papers.lettering import Box, Spot, width_of
from ransel.quantities import Duration

_LINE, _ROWS, _NEAR = 18.0, 3, 60.0
"""How far lines of standstills are apart, how many there are, and how near neighbours are told together."""
_MANY = 5
_USES = ("connect", "change", "disconnect")
_WORTH_SAYING = timedelta(minutes=15)


# standing still


@dataclass(frozen=True, slots=True)
class Standstills:
    """Neighbours of one cause, told together."""

    cause: str
    stood: tuple[Interruption, ...]

    @property
    def duration(self) -> Duration:
        """How long they lasted together."""
        return sum((one.duration for one in self.stood), Duration("0 h"))


def draw_standstills(sheet: Sheet, top: float) -> float:
    """Name every time without therapy over its shade, as far as there is room; return where it ends."""
    stood = sheet.ledger.interruptions
    sheet.letters.write(Spot(MARGIN, top + 15, sheet.say("stood-still"), 16, bold=True))
    rows = 1
    for group in sorted(_neighbours(sheet), key=lambda group: -group.duration.magnitude):
        rows = max(rows, _standstill(sheet, group, top))
    if sheet.ledger.segments:
        total = sum((one.duration for one in stood), Duration("0 h"))
        words = [sheet.say("never" if sheet.silent_from is None else "none-told")]
        if stood:
            words = [sheet.say("once" if len(stood) == 1 else "times", count=len(stood)), sheet.lasted(total)]
        sheet.letters.write(Spot(RIGHT + 10, top + 14, ", ".join(words), SMALL))
    return top + rows * _LINE + 4


def _neighbours(sheet: Sheet) -> list[Standstills]:
    """Return the standstills, those of one cause together that lie too near for words of their own."""
    groups: list[Standstills] = []
    for one in sheet.ledger.interruptions:
        cause = sheet.cause(one)
        before = groups[-1] if groups else None
        if before and before.cause == cause and shade(sheet, one)[0] - shade(sheet, before.stood[-1])[1] < _NEAR:
            groups[-1] = Standstills(cause, (*before.stood, one))
        else:
            groups.append(Standstills(cause, (one,)))
    return groups


def _standstill(sheet: Sheet, group: Standstills, top: float) -> int:
    """Write the words of a group over its shade; return how many rows that needed."""
    left, right = shade(sheet, group.stood[0])[0], shade(sheet, group.stood[-1])[1]
    lasted = sheet.lasted(group.duration)
    times = f"{len(group.stood)}×" if len(group.stood) > 1 else ""
    going_on = "" if group.stood[-1].ends is not None else sheet.say("going-on")
    full = " ".join(part for part in (group.cause, times, lasted, going_on) if part)
    bold = any(one.too_long for one in group.stood)
    for row in range(_ROWS):
        y = top + 14 + row * _LINE
        spots = [
            Spot(x, y, words, SMALL, anchor, bold=bold)
            for words in ((full,) if row < _ROWS - 1 else (full, lasted))
            for x, anchor in (((left + right) / 2, "middle"), (left + 5, "start"), (right - 5, "end"))
        ]
        if sheet.letters.first(spots, sheet.plot(top, top + _ROWS * _LINE)):
            return row + 1
    return 1


def shade(sheet: Sheet, one: Interruption) -> tuple[float, float]:
    """Return between which places a standstill is shaded; the shortest is still seen."""
    left, right = sheet.time.x(one.begins), sheet.time.x(one.ends or sheet.ledger.at)
    return (left, right) if right - left > 2 else ((left + right) / 2 - 1, (left + right) / 2 + 1)


def shade_standstills(sheet: Sheet, top: float, bottom: float) -> str:
    """Return the shades of all standstills through the bands, for behind everything else."""
    parts = []
    for one in sheet.ledger.interruptions:
        left, right = shade(sheet, one)
        parts.append(box(left, top, right - left, bottom - top, fill=STILL, fill_opacity="0.38"))
        if right - left > 6:
            look = {"stroke": STILL, "stroke_width": 1}
            parts += [line(left, top, left, bottom, **look), line(right, top, right, bottom, **look)]
    return "".join(parts)


# visits


@dataclass(frozen=True, slots=True)
class Done:
    """Something that was really done, and when it was planned."""

    kind: str
    container: int
    at: datetime
    planned: datetime


def draw_visits(sheet: Sheet, top: float) -> float:
    """Draw planned visits with their windows, what was done, and what is expected; return where it ends."""
    sheet.letters.write(Spot(MARGIN, top + 15, sheet.say("visits"), 16, bold=True))
    y = _planned(sheet, top + 2)
    y = _done(sheet, y)
    y = _moved(sheet, y)
    return _clocks(sheet, y)


def _lane(sheet: Sheet, y: float, key: str) -> None:
    sheet.letters.write(Spot(LEFT - 8, y + 14.5, sheet.say(key), SMALL, "end", fill=QUIET))


def _planned(sheet: Sheet, top: float) -> float:
    _lane(sheet, top, "planned")
    visits = [one for one in sheet.plan.visits if one.kind in _USES]
    spans = [(sheet.time.x(one.earliest), sheet.time.x(one.latest or one.planned)) for one in visits]
    rows = rows_without_overlap(spans, 6)
    for one, (left, right), row in zip(visits, spans, rows, strict=True):
        x, y = sheet.time.x(one.planned), top + 10 + row * 15
        if right - left > 9:
            sheet.draw(bracket(left, right, y, x))
        else:
            sheet.draw(element("circle", cx=x, cy=y, r=4.5, fill=INK))
        sheet.letters.keep_free(Box(left - 5, y - 6, right + 5, y + 6))
    marks = [(one.kind, one.planned, "") for one in visits]
    return _label_under(sheet, marks, top + 18 + max(rows, default=0) * 15)


def done(sheet: Sheet) -> list[Done]:
    """Return what was done to each container: connected or changed, and disconnected."""
    changes = {one.container for one in sheet.plan.visits if one.kind == "change"}
    found = []
    for container, account in zip(sheet.plan.containers, sheet.ledger.containers, strict=True):
        begins, ends = account.connected or account.begins, account.disconnected
        if begins is not None:
            kind = "change" if container.index in changes else "connect"
            found.append(Done(kind, container.index, begins, container.connect_at))
        if ends is not None and container.index + 1 not in changes:
            found.append(Done("disconnect", container.index, ends, container.disconnect_at))
    return found


def _done(sheet: Sheet, top: float) -> float:
    found = done(sheet)
    if not found:
        return top
    _lane(sheet, top, "done")
    for one in found:
        x, y = sheet.time.x(one.at), top + 10
        sheet.draw(element("path", d=f"M{x - 5:.1f},{y:.1f}l4,4l7,-9", fill="none", stroke=INK, stroke_width=2.6))
        sheet.letters.keep_free(Box(x - 6, y - 6, x + 7, y + 6))
    return _label_under(sheet, [(one.kind, one.at, _late(sheet, one)) for one in found], top + 18)


def _late(sheet: Sheet, one: Done) -> str:
    """Return how far from the plan, when that is worth saying."""
    if abs(one.at - one.planned) < _WORTH_SAYING:
        return ""
    if one.at > one.planned:
        return sheet.say("late", duration=sheet.since(one.planned, one.at))
    return sheet.say("early", duration=sheet.since(one.at, one.planned))


def _moved(sheet: Sheet, top: float) -> float:
    """Draw what is expected or proposed of a course that still runs, dashed."""
    ledger = sheet.ledger
    if ledger.over or not ledger.segments:
        return top
    moves = [(one.visit, one.new, one.old) for one in ledger.proposals if one.visit and one.new is not None]
    if not any(kind == "disconnect" for kind, _, _ in moves):
        moves.append(("disconnect", ledger.end, None))
    _lane(sheet, top, "expected-visits")
    y = top + 10
    for _, new, old in moves:
        x = sheet.time.x(new)
        if old is not None:
            look = {"stroke": QUIET, "stroke_width": 1.6, "stroke_dasharray": "3 3"}
            sheet.draw(line(sheet.time.x(old), y, x, y, **look))
        look = {"fill": "#ffffff", "stroke": INK, "stroke_width": 1.8, "stroke_dasharray": "3 2"}
        sheet.draw(element("circle", cx=x, cy=y, r=5.5, **look))
    return _label_under(sheet, [(kind, new, "") for kind, new, _ in moves], top + 18)


def _label_under(sheet: Sheet, marks: Sequence[tuple[str, datetime, str]], top: float) -> float:
    """Write what and when under each mark; among many, each kind is named once and the rest are times."""
    within = Box(LEFT - 8, top - 4, RIGHT + 30, top + 40)
    deepest, named = top, set[str]()
    for kind, at, more in marks:
        x, name, clock = sheet.time.x(at), sheet.say(f"visit.{kind}"), sheet.clock(at)
        briefly = len(marks) > _MANY and kind in named
        named.add(kind)
        wide = [f"{name} {clock}, {more}"] if more else []
        spots = [
            Spot(place, top + 11 + row * 15, words, SMALL, anchor)
            for words in ([] if briefly else [*wide, f"{name} {clock}"]) + [clock]
            for row in ((0,) if briefly else (0, 1))
            for place, anchor in ((x, "middle"), *(() if briefly else ((x - 4, "start"), (x + 4, "end"))))
        ]
        if sheet.letters.first(spots, within):
            deepest = max(deepest, sheet.letters.written[-1].y + 6)
    return deepest + 2


def _clocks(sheet: Sheet, top: float) -> float:
    """Draw until when each container may be used, from its connecting on."""
    clocks = [one for one in sheet.ledger.containers if one.finish_before is not None]
    if not clocks:
        return top
    _lane(sheet, top, "use-before")
    spans = []
    for one in clocks:
        begins = one.begins or sheet.plan.containers[one.index - 1].connect_at
        ends = one.finish_before or begins
        words = width_of(sheet.say("use-before-at", number=one.index, at=sheet.when(ends)), SMALL) + 20
        left, right = sheet.time.x(begins), sheet.time.x(ends)
        spans.append((left, right + words) if sheet.time.holds(ends) else (min(left, right - words), right))
    rows = rows_without_overlap(spans, 4)
    for one, row in zip(clocks, rows, strict=True):
        if one.finish_before is not None:
            left = sheet.time.x(one.begins or sheet.plan.containers[one.index - 1].connect_at)
            _clock(sheet, one.index, one.finish_before, (left, sheet.time.x(one.finish_before), top + 4 + row * 19))
    return top + 4 + (max(rows) + 1) * 19 + 4


def _clock(sheet: Sheet, index: int, at: datetime, place: tuple[float, float, float]) -> None:
    left, right, top = place
    y, is_seen = top + 9, sheet.time.holds(at)
    words = [sheet.say("use-before-at", number=index, at=sheet.when(at)), f"{index}: {sheet.clock(at)}", str(index)]
    after = [Spot(right + 18, y + 4.5, each, SMALL) for each in words] if is_seen else []
    before = [Spot(right - 11, y + 4.5, each, SMALL, "end") for each in words]
    ends = right - 8
    if sheet.letters.first([*after, *before], Box(LEFT, top - 2, WIDTH, top + 20)):
        box_ = sheet.letters.taken[-1]
        ends = min(ends, box_.left - 4) if box_.left < right else right
    if ends > left + 14:
        sheet.draw(line(left, y, ends, y, stroke=QUIET, stroke_width=1.6, stroke_dasharray="2 4"))
    if is_seen:
        sheet.draw(flag(right, y + 6, 15, INK))
    else:
        arrow = f"M{right - 6:.1f},{y - 5:.1f}l6,5l-6,5"
        sheet.draw(element("path", d=arrow, fill="none", stroke=QUIET, stroke_width=1.8))
