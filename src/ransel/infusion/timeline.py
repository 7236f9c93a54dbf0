"""When each event happened: events put in order by their own numbers, every start of a pump set on the wall clock.

Sending only ever delays. So the smallest difference between when an event was received and how long its pump had
been running is the best upper bound on when the pump was switched on, whatever came twice, late or out of order.
"""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from ransel.infusion.event import Kind, PumpEvent
from ransel.infusion.instant import believed
from ransel.infusion.plan import InfusionPlan
from ransel.language import Level, Notice, notice

HAND = frozenset({Kind.CONNECTED, Kind.DISCONNECTED, Kind.WEIGHED, Kind.LEVEL_READ})
"""What a person tells, not a pump."""

Identity = tuple[str, int, int]


@dataclass(frozen=True, slots=True)
class Told:
    """An event with its moment in ms since 1970, and how many events just before it are missing."""

    event: PumpEvent
    at: int
    missing: int = 0


@dataclass(frozen=True, slots=True)
class Timeline:
    """What is known, in order.

    Values:
        pumps: by the pump's number, in the order in which it told. hand: what people told, by time.
        last: the latest of all moments; the planned start when nothing was told. flags: what to know about it.
    """

    pumps: Mapping[str, tuple[Told, ...]]
    hand: tuple[Told, ...]
    last: int
    flags: tuple[Notice, ...]


def timeline(plan: InfusionPlan, events: Iterable[PumpEvent]) -> Timeline:
    """Return the events in order, each once and at its moment."""
    received, flags = _distinct(events)
    by_pump: dict[str, list[tuple[PumpEvent, int | None]]] = defaultdict(list)
    for one in sorted(received, key=lambda one: one[0].identity):
        by_pump[one[0].pump].append(one)
    pumps: dict[str, tuple[Told, ...]] = {}
    hand: list[Told] = []
    for pump, told in by_pump.items():
        if all(event.kind in HAND or event.kind is Kind.COURSE for event, _ in told):
            hand += _kept_by_hand(plan, told)
            continue
        placed = _placed(plan, pump, told, flags)
        hand += (one for one in placed if one.event.kind in HAND)
        pumps[pump] = placed
        _flag_missing(pump, placed, flags)
    hand.sort(key=lambda one: (one.at, one.event.identity))
    moments = [told[-1].at for told in pumps.values()] + [one.at for one in hand[-1:]]
    return Timeline(pumps, tuple(hand), max(moments, default=believed(plan.start) or 0), tuple(flags))


def _distinct(events: Iterable[PumpEvent]) -> tuple[list[tuple[PumpEvent, int | None]], list[Notice]]:
    """Return every event once, with the first moment at which it was received.

    Where one identity was told with different contents, the one received first holds, then the one that comes
    first in writing: so the order of the lines decides nothing.
    """
    copies: dict[Identity, list[PumpEvent]] = defaultdict(list)
    for event in events:
        copies[event.identity].append(event)
    flags: list[Notice] = []
    kept: list[tuple[PumpEvent, int | None]] = []
    for identity, same in sorted(copies.items()):
        moments = [at for at in (believed(event.received_at) for event in same) if at is not None]
        event = same[0] if _agree(same) else min(same, key=_first)
        kept.append((event, min(moments, default=None)))
        if not _agree(same):
            flags.append(notice("ledger.conflict", Level.WARN, pump=identity[0], boot=identity[1], seq=identity[2]))
    return kept, flags


def _agree(same: Sequence[PumpEvent]) -> bool:
    return len(same) == 1 or all(_content(event) == _content(same[0]) for event in same[1:])


def _content(event: PumpEvent) -> tuple[object, ...]:
    return event.uptime_ms, event.kind, event.pump_time, event.data


def _first(event: PumpEvent) -> tuple[bool, int, str]:
    at = believed(event.received_at)
    written = json.dumps(event.as_json() | {"received_at": None}, sort_keys=True, default=str)
    return at is None, at or 0, written


def _kept_by_hand(plan: InfusionPlan, told: Sequence[tuple[PumpEvent, int | None]]) -> list[Told]:
    """Return what people wrote down, at the moment they wrote with it; else when it was received; else the start."""
    start = believed(plan.start) or 0
    placed = []
    for event, received in told:
        if event.kind is Kind.COURSE:
            continue
        noted = believed(event.pump_time)
        at = noted if noted is not None else received
        placed.append(Told(event, start if at is None else at))
    return placed


def _placed(
    plan: InfusionPlan, pump: str, told: Sequence[tuple[PumpEvent, int | None]], flags: list[Notice]
) -> tuple[Told, ...]:
    """Return the events of one pump, at moments that never run back."""
    boots: dict[int, list[tuple[PumpEvent, int | None]]] = defaultdict(list)
    for one in told:
        boots[one[0].boot].append(one)
    anchors = _anchors(plan, pump, boots, flags)
    placed: list[Told] = []
    at, before = 0, None
    for event, _ in told:
        at = max(at, anchors[event.boot] + event.uptime_ms)
        missing = 0 if before is None else max(event.seq - before - 1, 0)
        placed.append(Told(event, at, missing))
        before = event.seq
    return tuple(placed)


def _anchors(
    plan: InfusionPlan,
    pump: str,
    boots: Mapping[int, Sequence[tuple[PumpEvent, int | None]]],
    flags: list[Notice],
) -> dict[int, int]:
    """Return for every switching on its moment in ms, from the last to the first: each ended before the next began."""
    anchors: dict[int, int] = {}
    limit: int | None = None
    for boot in sorted(boots, reverse=True):
        told = boots[boot]
        uptimes = [event.uptime_ms for event, _ in told]
        heard = [received - event.uptime_ms for event, received in told if received is not None]
        anchor = min(heard) if heard else _by_pump_clock(told)
        if not heard:
            code = "ledger.no-clock" if anchor is None else "ledger.pump-clock"
            flags.append(notice(code, Level.WARN, pump=pump, boot=boot))
        if anchor is None:
            anchor = (believed(plan.start) or 0) if limit is None else limit - max(uptimes)
        if limit is not None:
            anchor = min(anchor, limit - max(uptimes))
        anchors[boot] = anchor
        limit = anchor + min(uptimes)
    return anchors


def _by_pump_clock(told: Sequence[tuple[PumpEvent, int | None]]) -> int | None:
    """Return when the pump believes to have been switched on, by the first of its events that says so."""
    for event, _ in told:
        at = believed(event.pump_time)
        if at is not None:
            return at - event.uptime_ms
    return None


def _flag_missing(pump: str, placed: Sequence[Told], flags: list[Notice]) -> None:
    count = sum(one.missing for one in placed)
    if count:
        flags.append(notice("ledger.missing-events", Level.WARN, pump=pump, count=count))
