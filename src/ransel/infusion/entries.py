"""The entries of the ledger: segments and containers, from what was calculated in nL and ms."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from fractions import Fraction

from ransel.infusion.balance import Balance, Content, Range
from ransel.infusion.condition import Condition
from ransel.infusion.contents import Gathered, Runs
from ransel.infusion.counting import Stretch
from ransel.infusion.instant import MS_PER_HOUR, instant, milliseconds
from ransel.infusion.ledger import Between, ContainerAccount, Moments, Observed, Segment
from ransel.infusion.observing import NL_PER_ML, Left
from ransel.infusion.plan import ContainerToGive, InfusionPlan
from ransel.infusion.projection import Course, Followed
from ransel.quantities import Concentration, Duration, Mass, Rate, Volume


def volume(nl: Fraction | int) -> Volume:
    """Return a volume of so many nanolitres."""
    return Volume(Fraction(nl) / NL_PER_ML, "mL")


def drug(nl: Fraction | int, concentration: Concentration) -> Mass:
    """Return the drug in so many nanolitres."""
    return Mass(concentration.magnitude * nl / NL_PER_ML, "mg")


def between(given: Range, concentration: Concentration) -> Between:
    """Return the drug in a range of volumes."""
    return Between(*(drug(nl, concentration) for nl in (given.low, given.exact, given.high)))


def moments(fast: Fraction, exact: Fraction, slow: Fraction) -> Moments:
    """Return three moments, earliest first."""
    return Moments(*(instant(at) for at in sorted((fast, exact, slow))))


def segments(plan: InfusionPlan, gathered: Gathered) -> tuple[Segment, ...]:
    """Return every stretch in which a pump ran, by time."""
    return tuple(_segment(plan, gathered, one) for one in gathered.stretches)


def _segment(plan: InfusionPlan, gathered: Gathered, one: Stretch) -> Segment:
    is_known = 1 <= one.container <= len(plan.containers)
    tail = gathered.contents[one.container - 1].tail if is_known and one is gathered.running else None
    projected = 0 if tail is None else tail.counted
    strength = plan.containers[one.container - 1].concentration if is_known else None
    return Segment(
        pump=one.pump,
        container=one.container,
        begins=instant(one.begins),
        ends=instant(one.ends if tail is None else tail.ends),
        rate=Rate(Fraction(one.rate, NL_PER_ML), "mL/h"),
        counted=volume(one.counted),
        projected=volume(projected),
        drug=Mass("0 mg") if strength is None else drug(one.counted + projected, strength),
        strokes=one.strokes,
        started_by=one.cause,
        stopped_by=one.stop,
        condition=one.condition,
    )


def container_accounts(
    gathered: Gathered,
    balances: Sequence[Balance],
    course: Course,
    followed: tuple[Followed, Followed, Followed],
) -> tuple[ContainerAccount, ...]:
    """Return the account of each container; `followed` with the pump fast, exact and slow."""
    used: dict[int, tuple[int, int]] = {}
    for one in gathered.stretches:
        first, last = used.get(one.container, (one.begins, one.ends))
        used[one.container] = min(first, one.begins), max(last, one.ends)
    empty = _told_empty(gathered)
    return tuple(
        _account(course, gathered, container, balances[place], followed, used.get(container.index), empty)
        for place, container in enumerate(course.plan.containers)
    )


def _told_empty(gathered: Gathered) -> dict[int, int]:
    """Return which containers a pump called empty, and when last (ms)."""
    found: dict[int, int] = {}
    runs = Runs(gathered.stretches)
    for alarm in gathered.alarms:
        if alarm.condition == Condition.RESERVOIR_EMPTY.value:
            at = milliseconds(alarm.raised)
            ran = runs.at(alarm.pump, at)
            if ran is not None:
                found[ran.container] = at
    return found


def _account(
    course: Course,
    gathered: Gathered,
    container: ContainerToGive,
    balance: Balance,
    followed: tuple[Followed, Followed, Followed],
    used: tuple[int, int] | None,
    told_empty: Mapping[int, int],
) -> ContainerAccount:
    content = gathered.contents[container.index - 1]
    index, seen = container.index, gathered.seen.get(container.index)
    shown = gathered.displayed.get(index)
    until = _used_until(index, followed, used)
    running = gathered.running is not None and gathered.running.container == index
    coming = index in followed[1].empty
    return ContainerAccount(
        index=index,
        counted=volume(content.counted),
        projected=volume(content.projected),
        counted_drug=drug(content.counted, container.concentration),
        strokes=sum(piece.strokes for piece in content.pieces),
        priming=volume(content.priming.exact),
        priming_told=index in gathered.told_priming,
        drug=between(balance.given, container.concentration),
        rests_on=balance.rests_on,
        observed=tuple(_observed(one) for one in sorted(seen.left, key=lambda one: one.at)) if seen else (),
        residue=volume(max(content.usable.exact - balance.given.exact, Fraction(0))),
        left_by_count=volume(content.usable.exact - content.counted - content.projected),
        displayed_at_first=volume(shown[0]) if shown else None,
        displayed=volume(shown[1]) if shown else None,
        begins=instant(used[0]) if used else None,
        ends=instant(gathered.at if running else used[1]) if used else None,
        running=running,
        connected=instant(seen.connected) if seen and seen.connected is not None else None,
        disconnected=instant(seen.disconnected) if seen and seen.disconnected is not None else None,
        told_empty=instant(told_empty[index]) if index in told_empty else None,
        empties=moments(*(one.empty[index] for one in followed)) if coming else None,
        empty_by_display=instant(_by_display(course, content, shown)) if coming and shown else None,
        finish_before=container.finish_before,
        used_until=None if until is None else instant(until),
        slack=_slack(container, until),
    )


def _observed(one: Left) -> Observed:
    return Observed(instant(one.at), one.by, volume(one.left), volume(one.error))


def _used_until(
    index: int, followed: tuple[Followed, Followed, Followed], used: tuple[int, int] | None
) -> Fraction | None:
    """Return when its use ended, or is expected to end at the latest (ms)."""
    expected = [one.stops[index] for one in followed if index in one.stops]
    if expected:
        return max(expected)
    return None if used is None else Fraction(used[1])


def _slack(container: ContainerToGive, until: Fraction | None) -> Duration | None:
    if until is None or container.finish_before is None:
        return None
    return Duration((milliseconds(container.finish_before) - until) / MS_PER_HOUR, "h")


def _by_display(course: Course, content: Content, shown: tuple[int, int]) -> Fraction:
    """Return when the display would reach nought (ms), from its last number on at the present rate."""
    since = max((piece.ends for piece in content.pieces), default=course.at)
    running = content.tail is not None
    return Fraction(since if running else course.at) + shown[1] * MS_PER_HOUR / course.rate
