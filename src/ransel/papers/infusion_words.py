"""The same facts as the picture shows, as sentences for who cannot see it."""

from __future__ import annotations

from collections.abc import Iterator

from ransel.infusion.ledger import Alarm, ContainerAccount, Interruption
from ransel.papers.infusion_alarms import alarm_rows
from ransel.papers.infusion_lanes import done
from ransel.papers.infusion_sheet import Sheet
from ransel.quantities import Shown

MOST_TOLD = 50
"""So many alarms of one condition are told one by one; of more, only how many there were."""


def description(sheet: Sheet, *, simulated: bool) -> str:
    """Return everything that is drawn, in words."""
    parts = (
        _head(sheet, simulated=simulated),
        _dose(sheet),
        _rates(sheet),
        _standstills(sheet),
        _containers(sheet),
        _alarms(sheet),
        _visits(sheet),
        _to_come(sheet),
    )
    return " ".join(sentence for part in parts for sentence in part)


def _head(sheet: Sheet, *, simulated: bool) -> Iterator[str]:
    plan = sheet.plan
    yield sheet.say("course", product=plan.product, protocol=plan.protocol) + "."
    yield sheet.say("tell.course", start=sheet.when(plan.start), end=sheet.when(plan.end))
    if simulated:
        yield sheet.say("simulated-note") + "."
    yield sheet.say("synthetic") + "."
    for at, by in sheet.time.clock_changes():
        key = "tell.clock-forward" if by.total_seconds() > 0 else "tell.clock-back"
        yield sheet.say(key, at=sheet.when(at))


def _dose(sheet: Sheet) -> Iterator[str]:
    ledger, plan = sheet.ledger, sheet.plan
    if not ledger.segments:
        yield sheet.say("nothing")
        return
    values = {
        "given": sheet.dose(ledger.delivered),
        "ordered": sheet.dose(plan.ordered),
        "range": sheet.range(ledger.low, ledger.high),
    }
    yield sheet.say("tell.dose", at=sheet.when(ledger.at), **values)
    if sheet.silent_from is not None:
        silent = sheet.since(sheet.silent_from, ledger.at)
        yield sheet.say("tell.silent", at=sheet.when(sheet.silent_from), duration=silent)


def _rates(sheet: Sheet) -> Iterator[str]:
    before = None
    for one in sheet.ledger.segments:
        if one.rate != before:
            yield sheet.say("tell.rate", at=sheet.when(one.begins), rate=Shown(one.rate, "mL/h"))
        before = one.rate


def _standstills(sheet: Sheet) -> Iterator[str]:
    if sheet.ledger.segments and not sheet.ledger.interruptions:
        yield sheet.say("tell.never")
    for one in sheet.ledger.interruptions:
        yield _standstill(sheet, one)


def _standstill(sheet: Sheet, one: Interruption) -> str:
    key = "tell.stood" if one.ends is not None else "tell.stands"
    return sheet.say(key, at=sheet.when(one.begins), duration=sheet.lasted(one.duration), cause=sheet.cause(one))


def _containers(sheet: Sheet) -> Iterator[str]:
    for one in sheet.ledger.containers:
        name = f"{sheet.kind} {one.index}"
        if one.begins is not None:
            yield sheet.say("tell.left", container=name, volume=Shown(one.left_by_count, "mL", 1))
        for seen in one.observed:
            how = sheet.say(f"seen.{seen.by.value}", volume=Shown(seen.left, "mL", 1))
            yield sheet.say(
                "tell.seen", container=name, how=how, error=Shown(seen.error, "mL", 1), at=sheet.when(seen.at)
            )
        yield from _emptiness(sheet, one, name)
        if one.finish_before is not None:
            yield sheet.say("tell.use-before", container=name, at=sheet.when(one.finish_before))


def _emptiness(sheet: Sheet, one: ContainerAccount, name: str) -> Iterator[str]:
    if one.told_empty is not None:
        yield sheet.say("tell.empty", container=name, at=sheet.when(one.told_empty))
    elif one.empties is not None and one.begins is not None and not sheet.ledger.over:
        first, last = sheet.when(one.empties.earliest), sheet.when(one.empties.latest)
        yield sheet.say("tell.can-be-empty", container=name, first=first, last=last)


def _alarms(sheet: Sheet) -> Iterator[str]:
    rows = alarm_rows(sheet)
    if not rows:
        yield sheet.say("tell.no-alarm")
    for row in rows:
        for alarm in row.alarms[:MOST_TOLD]:
            yield _alarm(sheet, alarm)
        if len(row.alarms) > MOST_TOLD:
            values = {"count": len(row.alarms), "at": sheet.when(row.alarms[-1].raised)}
            yield sheet.say("tell.many-alarms", what=sheet.condition(row.condition), **values)


def _alarm(sheet: Sheet, alarm: Alarm) -> str:
    key = "tell.alarm-open" if alarm.cleared is None or alarm.duration is None else "tell.alarm"
    lasted = "" if alarm.duration is None else sheet.lasted(alarm.duration)
    priority = alarm.priority if alarm.priority in {"high", "medium", "low"} else "unknown"
    named = {"what": sheet.condition(alarm.condition), "priority": sheet.say(f"priority.{priority}")}
    return sheet.say(key, at=sheet.when(alarm.raised), duration=lasted, **named)


def _visits(sheet: Sheet) -> Iterator[str]:
    for one in sheet.plan.visits:
        if one.kind in {"connect", "change", "disconnect"}:
            name = sheet.say(f"visit.{one.kind}")
            if one.latest is None or one.earliest == one.latest:
                yield sheet.say("tell.planned", what=name, at=sheet.when(one.planned))
            else:
                window = {"first": sheet.when(one.earliest), "last": sheet.when(one.latest)}
                yield sheet.say("tell.planned-window", what=name, at=sheet.when(one.planned), **window)
    for act in done(sheet):
        yield sheet.say("tell.done", what=sheet.say(f"visit.{act.kind}"), at=sheet.when(act.at))


def _to_come(sheet: Sheet) -> Iterator[str]:
    ledger = sheet.ledger
    if ledger.over or not ledger.segments:
        return
    total = ledger.projection.total
    values = {"total": sheet.dose(total.exact), "range": sheet.range(total.low, total.high)}
    yield sheet.say("tell.expected", at=sheet.when(ledger.end), **values)
    for one in ledger.proposals:
        yield one.message.text(sheet.language)
