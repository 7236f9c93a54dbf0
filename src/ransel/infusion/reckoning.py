"""From a plan and any stream of events to the ledger.

The same events give the same ledger, whatever order they come in, however often, and however late.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime
from fractions import Fraction

from ransel.infusion.accounting import assumed
from ransel.infusion.balance import Balance, balance
from ransel.infusion.condition import Condition
from ransel.infusion.contents import Gathered, doubt_silence, gather
from ransel.infusion.entries import between, container_accounts, drug, moments, segments, volume
from ransel.infusion.event import PumpEvent
from ransel.infusion.instant import MS_PER_HOUR, instant, milliseconds
from ransel.infusion.ledger import Between, Ledger, Projection, SilentNonDelivery
from ransel.infusion.plan import InfusionPlan
from ransel.infusion.projection import EVENTS, Followed, course_so_far, expected, follow
from ransel.infusion.proposals import proposals
from ransel.infusion.standstill import interruptions
from ransel.infusion.timeline import timeline
from ransel.language import Level, Moment, Notice, notice
from ransel.quantities import Duration, Mass, Shown


def account(plan: InfusionPlan, events: Iterable[PumpEvent], now: datetime | None = None) -> Ledger:
    """Return what the child really received, as these events tell.

    `now` is aware; without it the account stands at the end of the stream. A pump that ran at its last word is taken
    to run on until then; the ledger says how old that word is, and the least amount does not count on it.
    """
    told = timeline(plan, events)
    gathered = gather(plan, told, now)
    over = _is_over(plan, gathered)
    if not over:
        doubt_silence(plan, gathered)
    balances = _balances(plan, gathered)
    stood = interruptions(plan, gathered.stretches, gathered.at, over=over)
    given = [one.given for one in balances]
    course = course_so_far(plan, gathered, given, stood, over=over)
    followed = follow(course, 1), follow(course, 0), follow(course, -1)
    containers = container_accounts(gathered, balances, course, followed)
    projection = _projection(plan, gathered, followed, over=over)
    silent = tuple(_silent(plan, balances))
    return Ledger(
        plan=plan,
        at=instant(gathered.at),
        last_word=None if gathered.last_word is None else instant(gathered.last_word),
        silence=None if gathered.last_word is None else _hours(gathered.at - gathered.last_word),
        running=gathered.running is not None,
        over=over,
        given=_sum(plan, balances),
        segments=segments(plan, gathered),
        containers=containers,
        interruptions=tuple(stood),
        alarms=tuple(gathered.alarms),
        silent_non_delivery=silent,
        projection=projection,
        proposals=proposals(course, containers, stood, projection, followed[1]),
        flags=(*gathered.flags, *_flags(plan, gathered, balances, silent, over=over)),
    )


def _balances(plan: InfusionPlan, gathered: Gathered) -> list[Balance]:
    error = plan.flow_error.magnitude
    return [
        balance(content, gathered.seen[content.index].left if content.index in gathered.seen else (), error)
        for content in gathered.contents
    ]


def _is_over(plan: InfusionPlan, gathered: Gathered) -> bool:
    """Whether the last container has come to its end: complete, empty, disconnected, or stopped when it was due."""
    index = len(plan.containers)
    ran = [one for one in gathered.stretches if one.container == index]
    if not ran or gathered.running is not None:
        return False
    last = max(ran, key=lambda one: (one.ends, one.begins))
    seen = gathered.seen.get(index)
    if seen is not None and seen.disconnected is not None and seen.disconnected >= last.ends - assumed().clock_ms:
        return True
    if last.stop == "complete" or last.condition == Condition.RESERVOIR_EMPTY.value:
        return True
    windows = [visit.earliest for visit in plan.visits if visit.kind == "disconnect" and visit.container == index]
    due = milliseconds(windows[0] if windows else plan.containers[-1].disconnect_at)
    return last.stop in {"user", "unknown"} and last.ends >= due


def _sum(plan: InfusionPlan, balances: Sequence[Balance]) -> Between:
    parts = [
        between(one.given, container.concentration) for one, container in zip(balances, plan.containers, strict=True)
    ]
    nothing = Mass("0 mg")
    return Between(
        sum((part.low for part in parts), nothing),
        sum((part.exact for part in parts), nothing),
        sum((part.high for part in parts), nothing),
    )


def _projection(
    plan: InfusionPlan, gathered: Gathered, followed: tuple[Followed, Followed, Followed], *, over: bool
) -> Projection:
    fast, exact, slow = followed
    total = Between(Mass(slow.total, "mg"), Mass(exact.total, "mg"), Mass(fast.total, "mg"))
    if over:
        ended = Fraction(max((one.ends for one in gathered.stretches), default=gathered.at))
        end = moments(ended, ended, ended)
        ends_by = dict.fromkeys(EVENTS, end)
    else:
        end = moments(fast.end, exact.end, slow.end)
        ends_by = {event: moments(fast.ends[event], exact.ends[event], slow.ends[event]) for event in EVENTS}
    return Projection(ends_by, end, total, Mass(expected(plan), "mg"))


def _silent(plan: InfusionPlan, balances: Sequence[Balance]) -> Iterator[SilentNonDelivery]:
    for container, one in zip(plan.containers, balances, strict=True):
        for missing in one.missing:
            yield SilentNonDelivery(
                container=container.index,
                noticed=instant(missing.noticed),
                missing=volume(missing.missing),
                missing_drug=drug(missing.missing, container.concentration),
                at_least=volume(missing.at_least),
                since=instant(missing.since),
                since_if_for_good=instant(missing.since_for_good),
            )


def _flags(
    plan: InfusionPlan,
    gathered: Gathered,
    balances: Sequence[Balance],
    silent: Sequence[SilentNonDelivery],
    *,
    over: bool,
) -> Iterator[Notice]:
    """Say what a person has to know about this account."""
    for one in silent:
        since, missing = Moment(one.since.astimezone(plan.zone)), Shown(one.missing, "mL", 1)
        lost = Shown(one.missing_drug, "mg", 2)
        container = one.container
        yield notice("ledger.silent", Level.WARN, container=container, missing=missing, lost=lost, since=since)
    for content, found in zip(gathered.contents, balances, strict=True):
        for left in found.gone:
            shown = Shown(volume(left.left), "mL", 1)
            yield notice("ledger.more-gone", Level.WARN, container=content.index, left=shown)
        for left in found.not_believed:
            shown = Shown(volume(left.left), "mL", 1)
            yield notice("ledger.not-believed", Level.WARN, container=content.index, left=shown)
    yield from _about_silence(plan, gathered, over=over)


def _about_silence(plan: InfusionPlan, gathered: Gathered, *, over: bool) -> Iterator[Notice]:
    """Silence is never shown as fine."""
    if gathered.last_word is None:
        if gathered.at > milliseconds(plan.start):
            yield notice("ledger.nothing-told", Level.WARN)
        return
    silence = gathered.at - gathered.last_word
    if not over and silence > assumed().silence_ms:
        yield notice("ledger.no-word", Level.WARN, age=Shown(_hours(silence), "h", 1))


def _hours(ms: int) -> Duration:
    return Duration(Fraction(ms, MS_PER_HOUR), "h")
