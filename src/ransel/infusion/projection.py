"""What is to come: when containers are empty, when the course ends, and what will have been given then.

Each is followed three times: with the pump as fast as its error allows, exact, and slow. A pump that stands still is
taken to be started now; visits are taken to come when they are planned.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from fractions import Fraction

from ransel.infusion.balance import Range
from ransel.infusion.contents import Gathered
from ransel.infusion.counting import KVO
from ransel.infusion.instant import MS_PER_HOUR, milliseconds
from ransel.infusion.ledger import Interruption
from ransel.infusion.observing import NL_PER_ML
from ransel.infusion.plan import ContainerToGive, InfusionPlan
from ransel.infusion.standstill import infusions
from ransel.protocols.protocol import Event

EVENTS: tuple[Event, ...] = ("time", "displayed-volume", "empty", "weighed-residue")


@dataclass(slots=True)
class Course:
    """What the following of a course needs to know; volumes in nL, moments in ms, rates in nL/h.

    Values:
        given: by container, so far. counted: by container, with what is taken to have run since the last counter.
        usable: by container. current: the container that runs or is next, 0 when the course is over.
        begun: by infusion, when it was started. lost: by infusion, how long it stood still.
    """

    plan: InfusionPlan
    at: int
    given: Sequence[Range]
    counted: Sequence[int]
    usable: Sequence[Range]
    infusion: Sequence[int]
    current: int
    rate: Fraction
    begun: dict[int, int]
    lost: dict[int, int]


@dataclass(slots=True)
class Followed:
    """A course followed to its end with one flow: by container when its use begins and ends, when it is empty.

    Values:
        total: mg given in all. ends: when the course ends, by each event. end: by the one of the plan.
    """

    begins: dict[int, Fraction] = field(default_factory=dict)
    stops: dict[int, Fraction] = field(default_factory=dict)
    empty: dict[int, Fraction] = field(default_factory=dict)
    total: Fraction = Fraction(0)
    ends: dict[Event, Fraction] = field(default_factory=dict)
    end: Fraction = Fraction(0)


def course_so_far(
    plan: InfusionPlan,
    gathered: Gathered,
    given: Sequence[Range],
    interruptions: Sequence[Interruption],
    *,
    over: bool,
) -> Course:
    """Return where the course stands."""
    infusion = infusions(plan)
    current = 0 if over else _current(plan, gathered, infusion)
    begun: dict[int, int] = {}
    for stretch in gathered.stretches:
        if 1 <= stretch.container <= len(infusion):
            number = infusion[stretch.container - 1]
            begun[number] = min(begun.get(number, stretch.begins), stretch.begins)
    lost: dict[int, int] = {}
    for one in interruptions:
        if 1 <= one.container <= len(infusion):
            number = infusion[one.container - 1]
            lost[number] = lost.get(number, 0) + int(one.duration.magnitude * MS_PER_HOUR)
    return Course(
        plan=plan,
        at=gathered.at,
        given=given,
        counted=[content.counted + content.projected for content in gathered.contents],
        usable=[content.usable for content in gathered.contents],
        infusion=infusion,
        current=current,
        rate=_rate(plan, gathered, infusion, current),
        begun=begun,
        lost=lost,
    )


def _current(plan: InfusionPlan, gathered: Gathered, infusion: Sequence[int]) -> int:
    """Return the container that runs, stands still, or is next."""
    last = max(gathered.stretches, key=lambda one: (one.ends, one.begins), default=None)
    if last is None or not 1 <= last.container <= len(infusion):
        return 1
    is_last_of_infusion = last.container == len(infusion) or infusion[last.container] != infusion[last.container - 1]
    if not is_last_of_infusion or not last.stop:
        return last.container
    done = last.stop == "complete" or last.ends >= _may_end(plan, last.container)
    next_begins = milliseconds(plan.containers[last.container].connect_at) if last.container < len(infusion) else None
    passed = next_begins is not None and gathered.at >= next_begins
    return min(last.container + 1, len(infusion)) if done or passed else last.container


def _may_end(plan: InfusionPlan, container: int) -> int:
    windows = [v.earliest for v in plan.visits if v.kind == "disconnect" and v.container == container]
    return milliseconds(windows[0] if windows else plan.containers[container - 1].disconnect_at)


def _rate(plan: InfusionPlan, gathered: Gathered, infusion: Sequence[int], current: int) -> Fraction:
    """Return the rate that was set last in this infusion, else the planned one, in nL/h."""
    for stretch in sorted(gathered.stretches, key=lambda one: (one.begins, one.ends), reverse=True):
        within = 1 <= stretch.container <= len(infusion) and current
        if (
            within
            and infusion[stretch.container - 1] == infusion[current - 1]
            and stretch.cause != KVO
            and stretch.rate
        ):
            return Fraction(stretch.rate)
    return plan.containers[max(current, 1) - 1].rate.magnitude * NL_PER_ML


def follow(course: Course, flow: int) -> Followed:
    """Return the rest of the course with the pump fast (1), exact (0) or slow (-1)."""
    result = Followed()
    factor = 1 + flow * course.plan.flow_error.magnitude
    given = [(one.low, one.exact, one.high)[flow + 1] for one in course.given]
    base = Fraction(course.at)
    for place, container in enumerate(course.plan.containers):
        if course.current and container.index >= course.current:
            base = _use(course, result, place, given, factor, flow, base)
    concentrations = [container.concentration.magnitude / NL_PER_ML for container in course.plan.containers]
    result.total = sum((volume * by for volume, by in zip(given, concentrations, strict=True)), Fraction(0))
    return result


def _use(
    course: Course,
    result: Followed,
    place: int,
    given: list[Fraction],
    factor: Fraction,
    flow: int,
    base: Fraction,
) -> Fraction:
    """Follow one container from `base` on, and return when the next may begin."""
    container = course.plan.containers[place]
    number, is_current = course.infusion[place], container.index == course.current
    same = number == course.infusion[course.current - 1]
    rate = course.rate if same else container.rate.magnitude * NL_PER_ML
    first = place == 0 or course.infusion[place - 1] != number
    begins = max(base, Fraction(milliseconds(container.connect_at))) if first and not course.begun.get(number) else base
    usable = course.usable[place]
    left_first = usable.low if flow > 0 else usable.high if flow < 0 else usable.exact
    result.begins[container.index] = begins
    result.empty[container.index] = begins + _time(max(left_first - given[place], Fraction(0)), rate * factor)
    if place + 1 < len(course.infusion) and course.infusion[place + 1] == number:
        stops = max(begins, Fraction(milliseconds(container.disconnect_at)))
    else:
        result.ends = _ends(course, result, place, given, (rate, factor), begins)
        stops = result.end = max(_end(course, number, result.ends), begins if not is_current else Fraction(course.at))
    most = usable.high if flow > 0 else usable.low if flow < 0 else usable.exact
    flowed = rate * factor * (stops - begins) / MS_PER_HOUR
    given[place] = min(given[place] + flowed, max(most, given[place]))
    result.stops[container.index] = stops
    return stops


def _time(volume: Fraction, rate: Fraction) -> Fraction:
    """Return how long a volume lasts, in ms."""
    return volume * MS_PER_HOUR / rate


def _ends(
    course: Course,
    result: Followed,
    place: int,
    given: Sequence[Fraction],
    pace: tuple[Fraction, Fraction],
    begins: Fraction,
) -> dict[Event, Fraction]:
    """Return when this infusion would end by each event; `place` is its last container, in use since `begins`."""
    rate, factor = pace
    number = course.infusion[place]
    members = [at for at, infusion in enumerate(course.infusion) if infusion == number]
    first, last = course.plan.containers[members[0]], course.plan.containers[place]
    planned = milliseconds(last.disconnect_at) - milliseconds(first.connect_at)
    started = Fraction(course.begun.get(number, result.begins.get(first.index, course.at)))
    ordered = sum((course.plan.containers[at].delivers.magnitude * NL_PER_ML for at in members), Fraction(0))
    counted = sum(course.counted[at] for at in members)
    since = Fraction(course.at) if number in course.begun else started
    empty = result.empty[last.index]
    wanted = max(ordered - sum((given[at] for at in members), Fraction(0)), Fraction(0))
    return {
        "time": started + planned,
        "displayed-volume": since + _time(max(ordered - counted, Fraction(0)), rate),
        "empty": empty,
        "weighed-residue": min(begins + _time(wanted, rate * factor), empty),
    }


def _end(course: Course, number: int, ends: dict[Event, Fraction]) -> Fraction:
    """Return when an infusion ends by the event of the plan, with what stops cost made up or not."""
    by, lost = course.plan.course_ends_by, course.lost.get(number, 0)
    if by == "time":
        return ends[by] + (lost if course.plan.lost_volume_made_up else 0)
    return ends[by] - (0 if course.plan.lost_volume_made_up else lost)


def expected(plan: InfusionPlan) -> Fraction:
    """Return what the plan gives with an exact pump and no stop, in mg."""
    infusion = infusions(plan)
    total = Fraction(0)
    for place, one in enumerate(plan.containers):
        volume = _planned_volume(plan, one)
        if place + 1 == len(infusion) or infusion[place + 1] != infusion[place]:
            hours = (planned_end(plan, infusion, place) - milliseconds(one.connect_at)) / MS_PER_HOUR
            volume = min(one.rate.magnitude * hours, one.volume.magnitude - plan.priming.magnitude)
        total += volume * one.concentration.magnitude
    return total


def planned_end(plan: InfusionPlan, infusion: Sequence[int], last: int) -> Fraction:
    """Return when an infusion ends with an exact pump and no stop, in ms; `last` is the place of its last container."""
    container = plan.containers[last]
    begins, usable = milliseconds(container.connect_at), container.volume.magnitude - plan.priming.magnitude
    empty = begins + usable / container.rate.magnitude * MS_PER_HOUR
    if plan.course_ends_by == "empty":
        return empty
    if plan.course_ends_by == "weighed-residue":
        members = [one for one, number in zip(plan.containers, infusion, strict=True) if number == infusion[last]]
        ordered = sum((one.delivers.magnitude for one in members), Fraction(0))
        before = sum((_planned_volume(plan, one) for one in members[:-1]), Fraction(0))
        return min(begins + max(ordered - before, Fraction(0)) / container.rate.magnitude * MS_PER_HOUR, empty)
    return Fraction(milliseconds(container.disconnect_at))


def _planned_volume(plan: InfusionPlan, one: ContainerToGive) -> Fraction:
    """Return what a container gives in its planned time with an exact pump, in mL."""
    hours = Fraction(milliseconds(one.disconnect_at) - milliseconds(one.connect_at), MS_PER_HOUR)
    return min(one.rate.magnitude * hours, one.volume.magnitude - plan.priming.magnitude)
