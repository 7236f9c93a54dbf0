"""Which alarms there were at a pump, from raising to clearing."""

from __future__ import annotations

from collections.abc import Sequence

from ransel.infusion.condition import Priority
from ransel.infusion.event import Kind
from ransel.infusion.event_keys import text
from ransel.infusion.instant import instant
from ransel.infusion.ledger import Alarm
from ransel.infusion.timeline import Told
from ransel.quantities import Duration

_ORDER = {priority.value: place for place, priority in enumerate(Priority)}


def alarms(told: Sequence[Told]) -> list[Alarm]:
    """Return the alarms of one pump in the order in which they were raised.

    Raised again while it lasts, it stays one alarm with the highest of its priorities. Switching on ends what was
    left of the time before.
    """
    open_: dict[str, tuple[Told, str]] = {}
    closed: list[tuple[Told, str, Told | None]] = []
    for one in told:
        kind = one.event.kind
        if kind is Kind.ALARM_RAISED:
            condition, priority = text(one.event.data, "condition"), text(one.event.data, "priority")
            first, known = open_.get(condition, (one, priority))
            open_[condition] = first, min(known, priority, key=lambda name: _ORDER.get(name, len(_ORDER)))
        elif kind is Kind.ALARM_CLEARED:
            ended = open_.pop(text(one.event.data, "condition"), None)
            closed += [] if ended is None else [(*ended, one)]
        elif kind is Kind.BOOT:
            closed += ((*left, one) for left in open_.values())
            open_.clear()
    closed += ((*left, None) for left in open_.values())
    closed.sort(key=lambda alarm: (alarm[0].at, alarm[0].event.identity))
    return [_alarm(*alarm) for alarm in closed]


def _alarm(raised: Told, priority: str, cleared: Told | None) -> Alarm:
    event = raised.event
    detail = event.data.get("detail")
    return Alarm(
        pump=event.pump,
        condition=text(event.data, "condition"),
        priority=priority,
        raised=instant(raised.at),
        cleared=None if cleared is None else instant(cleared.at),
        duration=None if cleared is None else Duration(cleared.at - raised.at, "h") / 3_600_000,
        detail=detail[:200] if isinstance(detail, str) else "",
    )
