"""The lane of the alarms: a row of bars for each condition, the most urgent first."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from ransel.infusion.condition import Condition
from ransel.infusion.ledger import Alarm
from ransel.papers.drawing import HAIR, QUIET, box, element, line
from ransel.papers.infusion_sheet import LEFT, MARGIN, PLAIN, RIGHT, SMALL, Sheet
from ransel.papers.lettering import Spot, wrapped
from ransel.quantities import Duration

ROW, CLOSE_ROW, _ROWS_AT_EASE = 20.0, 16.5, 16
HIGH, MEDIUM, LOW = "#a3161f", "#c98300", "#2f6c9c"


@dataclass(frozen=True, slots=True)
class AlarmRow:
    """All alarms of one condition."""

    condition: str
    priority: str
    alarms: tuple[Alarm, ...]


def alarm_rows(sheet: Sheet) -> list[AlarmRow]:
    """Return one row for each condition, the most urgent first, then by time; what the ledger found is among them."""
    found: dict[str, list[Alarm]] = {}
    for alarm in [*_silent(sheet), *sheet.ledger.alarms]:
        found.setdefault(alarm.condition, []).append(alarm)
    rows = [
        AlarmRow(name, min((one.priority for one in alarms), key=_urgency), tuple(alarms))
        for name, alarms in found.items()
    ]
    return sorted(rows, key=lambda row: (_urgency(row.priority), row.alarms[0].raised, row.condition))


def _silent(sheet: Sheet) -> Iterator[Alarm]:
    """Return what the ledger found and no pump noticed, as alarms of no pump."""
    for one in sheet.ledger.silent_non_delivery:
        duration = Duration.between(one.since, one.noticed)
        yield Alarm("", Condition.SILENT_NON_DELIVERY.value, "high", one.since, one.noticed, duration, "")


def _urgency(priority: str) -> int:
    return {"high": 0, "medium": 1, "low": 2}.get(priority, 1)


def draw_alarms(sheet: Sheet, top: float) -> float:
    """Draw a row of bars for each condition; return where it ends."""
    rows = alarm_rows(sheet)
    sheet.letters.write(Spot(MARGIN, top + 15, sheet.say("alarms"), 16, bold=True))
    if not rows:
        sheet.letters.write(
            Spot(
                LEFT + 8,
                top + 15,
                sheet.say("no-alarm" if sheet.ledger.segments and sheet.silent_from is None else "none-told"),
                PLAIN,
                fill=QUIET,
            )
        )
        return top + 24
    y, height = top + 26, ROW if len(rows) <= _ROWS_AT_EASE else CLOSE_ROW
    for row in rows:
        y = _alarm_row(sheet, row, y, height)
    return y


def _alarm_row(sheet: Sheet, row: AlarmRow, top: float, height: float) -> float:
    names = wrapped(sheet.condition(row.condition), LEFT - MARGIN - 26, SMALL)
    middle = top + height / 2 + (len(names) - 1) * 7
    sheet.draw(line(LEFT, middle, RIGHT, middle, stroke=HAIR, stroke_width=0.8))
    sheet.draw(priority_mark(row.priority, MARGIN + 7, middle))
    for number, words in enumerate(names):
        sheet.letters.write(Spot(MARGIN + 20, top + height / 2 + 4.5 + number * 14, words, SMALL))
    for alarm in row.alarms:
        _alarm_bar(sheet, alarm, middle)
    sheet.letters.write(Spot(RIGHT + 10, middle + 4.5, _alarm_sum(sheet, row), SMALL, fill=QUIET))
    return top + height + (len(names) - 1) * 14


def priority_mark(priority: str, x: float, y: float) -> str:
    """Return the sign of a priority: each has a shape, a filling and a colour of its own."""
    if _urgency(priority) == 0:
        return element("path", d=f"M{x:.1f},{y - 7:.1f}l7.5,13h-15Z", fill=HIGH)
    if _urgency(priority) == 1:
        d = f"M{x:.1f},{y - 6:.1f}l6,6l-6,6l-6,-6Z"
        return element("path", d=d, fill="#e3a63a", stroke=MEDIUM, stroke_width=2)
    return element("circle", cx=x, cy=y, r=4.5, fill="#ffffff", stroke=LOW, stroke_width=2)


def _alarm_bar(sheet: Sheet, alarm: Alarm, y: float) -> None:
    """Draw from raised to cleared; what was never told to be cleared ends open."""
    left, right = sheet.time.x(alarm.raised), sheet.time.x(alarm.cleared or sheet.ledger.at)
    width, urgency = max(right - left, 2.6), _urgency(alarm.priority)
    height = (13.0, 9.0, 6.0)[urgency]
    fill, edge = ((HIGH, HIGH), ("#e3a63a", MEDIUM), ("#ffffff", LOW))[urgency]
    look: dict[str, object] = {"stroke": edge, "stroke_width": 1.6}
    if not alarm.pump:
        look |= {"fill_opacity": "0.25", "stroke_dasharray": "4 3"}
    sheet.draw(box(left, y - height / 2, width, height, fill=fill, **look))
    if alarm.cleared is None:
        sheet.draw(
            element(
                "path", d=f"M{left + width + 2:.1f},{y - 5:.1f}l5,5l-5,5", fill="none", stroke=edge, stroke_width=1.8
            )
        )


def _alarm_sum(sheet: Sheet, row: AlarmRow) -> str:
    priority = sheet.say(
        f"priority.{row.priority}" if row.priority in {"high", "medium", "low"} else "priority.unknown"
    )
    if not row.alarms[0].pump:
        return sheet.say("by-weighing", priority=priority)
    parts = [priority, *([f"{len(row.alarms)}×"] if len(row.alarms) > 1 else [])]
    durations = [one.duration for one in row.alarms if one.duration is not None]
    if durations:
        least = "≥ " if len(durations) < len(row.alarms) else ""
        parts.append(least + sheet.lasted(sum(durations, Duration("0 h"))))
    return " · ".join(parts)
