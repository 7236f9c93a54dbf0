"""Everything that was told, sorted by the containers of the plan: counted, primed, displayed, seen, doubted."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from fractions import Fraction

from ransel.infusion.accounting import assumed
from ransel.infusion.alarms import alarms
from ransel.infusion.balance import NO_LIMIT, Content, Range
from ransel.infusion.condition import Condition
from ransel.infusion.counting import Counted, Piece, Stretch, count
from ransel.infusion.instant import MS_PER_HOUR, milliseconds
from ransel.infusion.ledger import Alarm
from ransel.infusion.observing import NL_PER_ML, Seen, seen
from ransel.infusion.plan import InfusionPlan
from ransel.infusion.timeline import Timeline
from ransel.language import Level, Notice, notice
from ransel.quantities import Shown, Volume

_MORE_THAN_COUNTED = frozenset({Condition.FREE_FLOW.value, Condition.OVER_INFUSION.value})


@dataclass(slots=True)
class Gathered:
    """What the account rests on; moments in ms.

    Values:
        at: the moment of the account. last_word: of any pump. running: whether a pump runs, as far as is known.
        stretches: of all pumps, by time; the numbers of their containers resolved.
    """

    at: int
    last_word: int | None
    contents: list[Content]
    stretches: list[Stretch]
    told_priming: set[int]
    displayed: Mapping[int, tuple[int, int]]
    seen: Mapping[int, Seen]
    alarms: list[Alarm]
    running: Stretch | None
    flags: list[Notice] = field(default_factory=list)


def gather(plan: InfusionPlan, told: Timeline, now: datetime | None) -> Gathered:
    """Return what was told, sorted; what is odd about it goes to the flags."""
    flags = list(told.flags)
    at = told.last if now is None else max(milliseconds(now), told.last)
    counted = [count(plan, pump, events, flags) for pump, events in told.pumps.items()]
    fills = {one.index: int(one.volume.magnitude * NL_PER_ML) for one in plan.containers}
    observed = seen(told.hand, fills)
    _resolve(plan, counted, observed, flags)
    primed = _primed(counted)
    contents = [Content(one.index, fills[one.index], _priming(plan, primed.get(one.index))) for one in plan.containers]
    gathered = Gathered(
        at=at,
        last_word=max((one.last for one in counted), default=None),
        contents=contents,
        stretches=sorted((one for pump in counted for one in pump.stretches), key=_in_time),
        told_priming=set(primed),
        displayed=_displayed(counted),
        seen=observed,
        alarms=sorted((one for events in told.pumps.values() for one in alarms(events)), key=_when_raised),
        running=None,
        flags=flags,
    )
    _fill_in(plan, gathered, counted)
    return gathered


def _in_time(one: Stretch) -> tuple[int, int, str]:
    return one.begins, one.ends, one.pump


def _when_raised(one: Alarm) -> tuple[datetime, str, str]:
    return one.raised, one.pump, one.condition


def _priming(plan: InfusionPlan, told: int | None) -> Range:
    """Return what was lost into the set. When nobody told, it may have been nothing, and is taken as planned."""
    if told is None:
        planned = plan.priming.magnitude * NL_PER_ML
        return Range(Fraction(0), planned, planned)
    error = plan.flow_error.magnitude
    return Range(told * (1 - error), Fraction(told), told * (1 + error))


def _primed(counted: Iterable[Counted]) -> dict[int, int]:
    primed: dict[int, int] = {}
    for pump in counted:
        for container, volume in pump.primed.items():
            primed[container] = primed.get(container, 0) + volume
    return primed


def _displayed(counted: Sequence[Counted]) -> dict[int, tuple[int, int]]:
    """Return the first and the last number shown for each container, over all pumps in the order of their last word."""
    displayed: dict[int, tuple[int, int]] = {}
    for pump in sorted(counted, key=lambda one: (one.last, one.pump)):
        for container, (first, last) in pump.displayed.items():
            displayed[container] = displayed.get(container, (first, last))[0], last
    return displayed


# which container it was


def _resolve(plan: InfusionPlan, counted: Sequence[Counted], observed: Mapping[int, Seen], flags: list[Notice]) -> None:
    """Give what came out of an unknown container to the one that was connected by hand, else planned then."""
    connected = sorted((one.connected, index) for index, one in observed.items() if one.connected is not None and index)
    for pump in counted:
        known: dict[int, int] = {}
        for stretch in pump.stretches:
            if stretch.container == 0:
                stretch.container = known[stretch.begins] = _container_at(plan, connected, stretch.begins)
        if not known:
            continue
        first = known[min(known)]
        flags.append(notice("ledger.assumed-container", Level.WARN, pump=pump.pump, container=first))
        pump.pieces = [_resolved(piece, known) for piece in pump.pieces]
        if 0 in pump.primed:
            pump.primed[first] = pump.primed.get(first, 0) + pump.primed.pop(0)
        if 0 in pump.displayed:
            pump.displayed.setdefault(first, pump.displayed.pop(0))


def _resolved(piece: Piece, known: Mapping[int, int]) -> Piece:
    if piece.container:
        return piece
    begun = max((at for at in known if at <= piece.begins), default=min(known))
    return Piece(known[begun], piece.begins, piece.ends, piece.counted, piece.strokes, piece.rate)


def _container_at(plan: InfusionPlan, connected: Sequence[tuple[int, int]], at: int) -> int:
    by_hand = [index for moment, index in connected if moment <= at + assumed().clock_ms]
    if by_hand:
        return by_hand[-1]
    planned = [one.index for one in plan.containers if milliseconds(one.connect_at) <= at]
    return planned[-1] if planned else plan.containers[0].index


# filling the contents


def _fill_in(plan: InfusionPlan, gathered: Gathered, counted: Sequence[Counted]) -> None:
    contents = {one.index: one for one in gathered.contents}
    foreign: dict[int, int] = {}
    for pump in counted:
        for piece in pump.pieces:
            if piece.container in contents:
                contents[piece.container].pieces.append(piece)
            else:
                foreign[piece.container] = foreign.get(piece.container, 0) + piece.counted
    for container, volume in sorted(foreign.items()):
        shown = Shown(Volume(Fraction(volume, NL_PER_ML), "mL"), "mL", 1)
        gathered.flags.append(notice("ledger.foreign-container", Level.WARN, container=container, volume=shown))
    error = 1 + plan.flow_error.magnitude
    for pump in counted:
        _doubt_begin(plan, gathered, pump, contents, error)
        _doubt_power(pump, contents, error)
    for pump in sorted(counted, key=lambda one: one.pump):
        if pump.running:
            _run_on(gathered, pump.stretches[-1], contents, error)
    _doubt_alarms(gathered, contents)


def _doubt_begin(
    plan: InfusionPlan, gathered: Gathered, pump: Counted, contents: Mapping[int, Content], error: Fraction
) -> None:
    """What ran before the stream began: at most from connecting on."""
    for container, at, rate in pump.unseen:
        if container in contents:
            seen_ = gathered.seen.get(container)
            planned = milliseconds(plan.containers[container - 1].connect_at)
            since = planned if seen_ is None or seen_.connected is None else seen_.connected
            more = Fraction(rate * max(at - since, 0), MS_PER_HOUR) * error
            contents[container].doubts.append((min(since, at), more, Fraction(0)))


def _doubt_power(pump: Counted, contents: Mapping[int, Content], error: Fraction) -> None:
    """What may have run between the last counter and the loss of power."""
    for one in pump.stretches:
        if one.open_until is not None and one.container in contents:
            more = Fraction(one.rate * max(one.open_until - one.ends, 0), MS_PER_HOUR) * error
            contents[one.container].doubts.append((one.ends, more, Fraction(0)))


def _run_on(gathered: Gathered, stretch: Stretch, contents: Mapping[int, Content], error: Fraction) -> None:
    """Let a pump that runs at its last word run on: to the moment of the account, or to what a person did."""
    ends = min([gathered.at, *_ended_by_others(gathered, stretch)])
    content = contents.get(stretch.container)
    volume = stretch.rate * max(ends - stretch.ends, 0) // MS_PER_HOUR
    if ends < gathered.at:
        stretch.stop = "unseen"
        if content is not None:
            content.doubts.append((stretch.ends, volume * error, Fraction(0)))
        return
    if content is not None:
        volume = min(volume, max(content.fill - content.counted, 0))
        content.tail = Piece(stretch.container, stretch.ends, ends, volume, 0, stretch.rate)
    gathered.running = stretch


def _ended_by_others(gathered: Gathered, stretch: Stretch) -> list[int]:
    """Return when something happened after its last word that does not go together with this pump still running."""
    moments = [one.begins for one in gathered.stretches if one.pump != stretch.pump and one.begins > stretch.begins]
    for container, one in gathered.seen.items():
        if container == stretch.container and one.disconnected is not None:
            moments.append(one.disconnected)
        elif container > stretch.container and one.connected is not None:
            moments.append(one.connected)
    return [at for at in moments if at >= stretch.ends]


def _doubt_alarms(gathered: Gathered, contents: Mapping[int, Content]) -> None:
    """What an alarm says about the count before it: part of it may not have flowed, or more than it.

    Raised again and again, it takes away no more than what was counted since it was raised before.
    """
    lost = assumed().lost_hours
    runs = Runs(gathered.stretches)
    before: dict[str, int] = {}
    for alarm in gathered.alarms:
        if alarm.condition not in lost and alarm.condition not in _MORE_THAN_COUNTED:
            continue
        at = milliseconds(alarm.raised)
        stretch = runs.at(alarm.pump, at)
        content = contents.get(stretch.container) if stretch is not None else None
        if stretch is None or content is None:
            continue
        since = Fraction(at - before.get(alarm.pump, 0), MS_PER_HOUR)
        less = stretch.rate * min(lost.get(alarm.condition, Fraction(0)), since)
        more = NO_LIMIT if alarm.condition in _MORE_THAN_COUNTED else Fraction(0)
        content.doubts.append((at, more, less))
        before[alarm.pump] = at


class Runs:
    """The stretches of each pump, to be looked up by a moment."""

    def __init__(self, stretches: Iterable[Stretch]) -> None:
        self._by_pump: dict[str, list[Stretch]] = {}
        for one in stretches:
            self._by_pump.setdefault(one.pump, []).append(one)

    def at(self, pump: str, at: int) -> Stretch | None:
        """Return what this pump ran at that moment (ms), or last before it."""
        ran = self._by_pump.get(pump, [])
        place = bisect_right(ran, at, key=lambda one: one.begins)
        return ran[place - 1] if place else None


def doubt_silence(plan: InfusionPlan, gathered: Gathered) -> None:
    """Allow for what may have run since the last word of any pump: by what stood still then, and by what was due since.

    It counts for the most that may have been given, and for nothing else.
    """
    error = 1 + plan.flow_error.magnitude
    heard = gathered.last_word if gathered.last_word is not None else milliseconds(plan.start)
    last = max(gathered.stretches, key=_in_time, default=None)
    for one, content in zip(plan.containers, gathered.contents, strict=True):
        since, until = milliseconds(one.connect_at), min(gathered.at, milliseconds(one.disconnect_at))
        if last is not None and one.index == last.container and gathered.running is None:
            since, until = last.ends, gathered.at
        elif content.pieces or any(stretch.container == one.index for stretch in gathered.stretches):
            continue
        span = until - max(since, heard)
        if span > 0:
            more = one.rate.magnitude * NL_PER_ML * span / MS_PER_HOUR * error
            content.doubts.append((max(since, heard), more, Fraction(0)))
