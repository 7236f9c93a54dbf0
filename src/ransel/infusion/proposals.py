"""What has to move when things slip. The ledger proposes to a person; it never plans anew by itself."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import datetime, timedelta
from fractions import Fraction

from ransel.infusion.accounting import assumed
from ransel.infusion.instant import MS_PER_HOUR, instant, milliseconds
from ransel.infusion.ledger import ContainerAccount, Interruption, Projection, Proposal
from ransel.infusion.plan import ContainerToGive, InfusionPlan, PlannedVisit
from ransel.infusion.projection import Course, Followed, planned_end
from ransel.language import Message, Moment
from ransel.quantities import Duration, Shown, Volume


def proposals(
    course: Course,
    containers: Sequence[ContainerAccount],
    interruptions: Sequence[Interruption],
    projection: Projection,
    exact: Followed,
) -> tuple[Proposal, ...]:
    """Return what has to move; nothing when everything may stay where it is. `exact` follows an exact pump."""
    if not course.begun:
        return ()
    found = [*_restart(course.plan, interruptions)]
    if course.current:
        shift = _shift(course, exact)
        found += _change(course, containers, shift)
        found += _clocks(course, containers)
        found += _disconnect(course, shift)
    found += _short(course, containers, projection)
    return tuple(found)


def _restart(plan: InfusionPlan, interruptions: Sequence[Interruption]) -> Iterator[Proposal]:
    """After a long stop an infusion is not simply resumed."""
    for one in interruptions:
        if one.too_long and plan.restart_rules_after is not None:
            values = {
                "begins": _moment(plan, one.begins),
                "duration": Shown(one.duration, "h", 1),
                "rule": Shown(plan.restart_rules_after, "h"),
            }
            key = "proposal.restart-now" if one.ends is None else "proposal.restart-was"
            yield Proposal(Message(key, values), container=one.container)


def _shift(course: Course, exact: Followed) -> timedelta:
    """Return how much later than planned the running infusion ends, with an exact pump."""
    number = course.infusion[course.current - 1]
    if number not in course.begun:
        return timedelta()
    last = max(place for place, infusion in enumerate(course.infusion) if infusion == number)
    return instant(exact.stops[last + 1]) - instant(planned_end(course.plan, course.infusion, last))


def _change(course: Course, containers: Sequence[ContainerAccount], shift: timedelta) -> Iterator[Proposal]:
    """The change from the running container may have to come earlier, before it is empty, or later, with the end."""
    plan, running = course.plan, containers[course.current - 1]
    visit = _visit(plan, "change", course.current + 1)
    if visit is None or running.empties is None or visit.latest is None or plan.container_ends_by == "empty":
        return
    latest = running.empties.earliest - _margin(plan)
    if running.finish_before is not None:
        latest = min(latest, running.finish_before)
    values = {
        "container": course.current,
        "following": course.current + 1,
        "empty": _moment(plan, running.empties.earliest),
        "old": _moment(plan, visit.planned),
    }
    if visit.planned - latest >= _worth():
        new = max(latest, instant(course.at))
        yield _moved(Message("proposal.change-earlier", values | {"new": _moment(plan, new)}), visit, new)
    elif visit.earliest + shift - visit.planned >= _worth():
        new = min(visit.planned + shift, latest)
        if new - visit.planned >= _worth():
            yield _moved(Message("proposal.change-later", values | {"new": _moment(plan, new)}), visit, new)


def _margin(plan: InfusionPlan) -> timedelta:
    """Return the time that the plan keeps between the latest change and the first moment the container is empty."""
    margins = []
    for one in plan.containers:
        visit = _visit(plan, "change", one.index + 1)
        if visit is not None and visit.latest is not None:
            margins.append(_planned_empty(plan, one) - visit.latest)
    return max(min(margins, default=timedelta()), timedelta())


def _planned_empty(plan: InfusionPlan, one: ContainerToGive) -> datetime:
    usable = one.volume.magnitude - plan.priming.magnitude
    hours = usable / (one.rate.magnitude * (1 + plan.flow_error.magnitude))
    return instant(milliseconds(one.connect_at) + hours * MS_PER_HOUR)


def _clocks(course: Course, containers: Sequence[ContainerAccount]) -> Iterator[Proposal]:
    """A container that would run past its clock, or be connected too late for it, has to be made again."""
    plan = course.plan
    for one, container in zip(containers, plan.containers, strict=True):
        if one.index < course.current:
            continue
        if one.slack is not None and one.slack.magnitude < 0 and one.finish_before is not None:
            until = one.used_until or one.finish_before
            values = {"container": one.index, "limit": _moment(plan, one.finish_before), "until": _moment(plan, until)}
            key = "proposal.end-before-clock" if one.begins is not None else "proposal.make-again"
            yield Proposal(Message(key, values), container=one.index, old=until, new=one.finish_before)
        elif one.begins is None and container.start_before is not None and instant(course.at) > container.start_before:
            values = {"container": one.index, "limit": _moment(plan, container.start_before)}
            yield Proposal(Message("proposal.connect-too-late", values), container=one.index)


def _disconnect(course: Course, shift: timedelta) -> Iterator[Proposal]:
    """The end of the running infusion moves with what a stop has cost, and with a late or early start."""
    plan, number = course.plan, course.infusion[course.current - 1]
    last = max(place for place, infusion in enumerate(course.infusion) if infusion == number) + 1
    visit = _visit(plan, "disconnect", last)
    if visit is None or number not in course.begun or abs(shift) < _worth():
        return
    new = visit.planned + shift
    values = {
        "container": last,
        "old": _moment(plan, visit.planned),
        "new": _moment(plan, new),
        "lost": Shown(Duration(Fraction(course.lost.get(number, 0), MS_PER_HOUR), "h"), "h", 1),
    }
    key = "proposal.disconnect-later" if new > visit.planned else "proposal.disconnect-earlier"
    yield _moved(Message(key, values), visit, new)


def _short(course: Course, containers: Sequence[ContainerAccount], projection: Projection) -> Iterator[Proposal]:
    """Less than planned will have been given: say what the rest would take."""
    plan = course.plan
    wanted = min(projection.expected, plan.ordered)
    short = wanted - projection.total.exact
    if short <= plan.ordered * assumed().telling:
        return
    last = plan.containers[-1]
    volume = Volume(short / last.concentration)
    hours = Duration(volume / last.rate)
    left = containers[-1].residue if course.current else Volume("0 mL")
    spare = _left_at_end(course, containers, projection) if course.current else left
    values = {"short": Shown(short, "mg", 2), "volume": Shown(volume, "mL", 1), "hours": Shown(hours, "h", 1)}
    key = "proposal.short-run-on" if spare >= volume else "proposal.short-make"
    yield Proposal(Message(key, values), container=last.index if spare >= volume else 0)


def _left_at_end(course: Course, containers: Sequence[ContainerAccount], projection: Projection) -> Volume:
    """Return what the last container will still hold at the end, as far as its exact pump tells."""
    last = containers[-1]
    if last.empties is None:
        return Volume("0 mL")
    hours = Duration.between(projection.end.exact, last.empties.exact)
    rate = course.plan.containers[-1].rate
    return max(Volume(rate * hours), Volume("0 mL"))


def _moved(message: Message, visit: PlannedVisit, new: datetime) -> Proposal:
    inside = visit.earliest <= new and (visit.latest is None or new <= visit.latest)
    return Proposal(message, visit.kind, visit.container, visit.planned, new, inside)


def _visit(plan: InfusionPlan, kind: str, container: int) -> PlannedVisit | None:
    return next((one for one in plan.visits if one.kind == kind and one.container == container), None)


def _worth() -> timedelta:
    return timedelta(milliseconds=assumed().moving_ms)


def _moment(plan: InfusionPlan, at: datetime) -> Moment:
    return Moment(at.astimezone(plan.zone))
