"""When an infusion stood still, and why."""

from __future__ import annotations

from collections.abc import Sequence

from ransel.infusion.counting import KVO, Stretch
from ransel.infusion.instant import MS_PER_HOUR, instant, milliseconds
from ransel.infusion.ledger import Cause, Interruption
from ransel.infusion.plan import InfusionPlan
from ransel.quantities import Duration

_CAUSES = {
    "user": Cause.USER,
    "alarm": Cause.ALARM,
    "complete": Cause.COMPLETE,
    "power": Cause.POWER,
    "unseen": Cause.UNSEEN,
    "rate-change": Cause.USER,
}


def infusions(plan: InfusionPlan) -> tuple[int, ...]:
    """Return for each container the number of its infusion: those that are changed without a pause share one."""
    changed = {visit.container for visit in plan.visits if visit.kind == "change"}
    numbers: list[int] = []
    for container in plan.containers:
        before = numbers[-1] if numbers else 0
        numbers.append(before if numbers and container.index in changed else before + 1)
    return tuple(numbers)


def interruptions(plan: InfusionPlan, stretches: Sequence[Stretch], at: int, *, over: bool) -> list[Interruption]:
    """Return every standstill inside the course; what the plan pauses between two infusions is none.

    `stretches` are those of all pumps by time. A standstill that lasts at `at` has no end.
    """
    therapy = [one for one in stretches if one.cause != KVO]
    kvo = [(one.begins, one.ends) for one in stretches if one.cause == KVO]
    number = infusions(plan)
    found: list[Interruption] = []
    last: Stretch | None = None
    for one in therapy:
        if last is not None and one.begins > last.ends:
            same = _infusion(number, last) == _infusion(number, one)
            cause = _cause(last, one)
            if same:
                found.append(_interruption(plan, last, one.begins, cause, kvo))
            else:
                found += _cut_short(plan, last, one.begins, kvo)
        last = one if last is None or one.ends >= last.ends else last
    if last is not None and not over and last.stop and last.ends < at:
        found += _lasting(plan, number, last, at, kvo)
    return found


def _infusion(number: Sequence[int], one: Stretch) -> int:
    return number[one.container - 1] if 1 <= one.container <= len(number) else 0


def _cause(last: Stretch, following: Stretch) -> Cause:
    cause = _CAUSES.get(last.stop, Cause.UNKNOWN)
    if cause in {Cause.ALARM, Cause.POWER}:
        return cause
    if following.container != last.container:
        return Cause.CHANGE
    return Cause.PUMP if following.pump != last.pump else cause


def _cut_short(plan: InfusionPlan, last: Stretch, until: int, kvo: Sequence[tuple[int, int]]) -> list[Interruption]:
    """Return the rest of an infusion that stopped before its planned end and was not taken up again."""
    ends = min(_planned_end(plan, last), until)
    return [_interruption(plan, last, ends, _CAUSES.get(last.stop, Cause.UNKNOWN), kvo)] if ends > last.ends else []


def _planned_end(plan: InfusionPlan, last: Stretch) -> int:
    """Return when the infusion may be disconnected, in ms; a stop from then on is no interruption."""
    if not 1 <= last.container <= len(plan.containers) or last.stop == "complete":
        return last.ends
    windows = [v.earliest for v in plan.visits if v.kind == "disconnect" and v.container == last.container]
    return milliseconds(windows[0] if windows else plan.containers[last.container - 1].disconnect_at)


def _lasting(
    plan: InfusionPlan, number: Sequence[int], last: Stretch, at: int, kvo: Sequence[tuple[int, int]]
) -> list[Interruption]:
    """Return the standstill that lasts, unless this infusion of several is over and the next is not due."""
    cause = _CAUSES.get(last.stop, Cause.UNKNOWN)
    infusion = _infusion(number, last)
    ends_it = infusion not in number[last.container :] if last.container else False
    if ends_it and (last.stop == "complete" or last.ends >= _planned_end(plan, last)):
        return []
    return [_interruption(plan, last, None, cause, kvo, at)]


def _interruption(
    plan: InfusionPlan,
    last: Stretch,
    ends: int | None,
    cause: Cause,
    kvo: Sequence[tuple[int, int]],
    at: int = 0,
) -> Interruption:
    until = at if ends is None else ends
    duration = Duration(until - last.ends, "h") / MS_PER_HOUR
    rule = plan.restart_rules_after
    return Interruption(
        container=last.container,
        begins=instant(last.ends),
        ends=None if ends is None else instant(ends),
        duration=duration,
        cause=cause,
        condition=last.condition if cause is Cause.ALARM else "",
        kept_open=any(begins < until and last.ends < finished for begins, finished in kvo),
        too_long=rule is not None and duration > rule,
    )
