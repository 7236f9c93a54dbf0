"""The chain of visits: check and go, connect, look at side effects and go, change, disconnect, next course."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import datetime, timedelta

from ransel.language import Message
from ransel.planning.making import Preparation
from ransel.planning.setting import Setting
from ransel.planning.use import Run
from ransel.planning.visit import Visit
from ransel.quantities import Shown

WEEKS_LOOKED_AHEAD = 8


def chain_of_visits(
    setting: Setting, ends: Sequence[Visit], runs: Sequence[Run], preparations: Sequence[Preparation]
) -> Iterator[Visit]:
    """Go through the visits of every container in turn; `ends` are those that end each one.

    Raises:
        Refused: when a window has no open half hour.
    """
    yield _go(setting, preparations[0])
    for before, run, end, made in zip([None, *runs], runs, ends, preparations, strict=False):
        if before is not None:
            yield _look_at_toxicity(setting, made)
        if before is None or before.container.infusion != run.container.infusion:
            yield _connect(setting, run, end, made)
        yield _within_clock(end, made)
    yield from _next_course(setting, runs[-1].ends)


def _go(setting: Setting, first: Preparation) -> Visit:
    """Return the check of the start criteria and the go: before the first container is made."""
    place, age = setting.handling.criteria_at, setting.handling.criteria_not_older_than.value
    takes = setting.handling.decision_takes.value
    earliest, latest = setting.start - age.timedelta, first.planned - takes.timedelta
    planned = setting.last_slot("go", place, earliest, latest, first.container.index)
    reasons = (
        Message("reason.go-earliest", {"age": Shown(age, "h")}),
        Message("reason.go-latest", {"takes": Shown(takes, "h")}),
    )
    return Visit("go", first.container.index, place, earliest, planned, latest, reasons)


def _connect(setting: Setting, run: Run, end: Visit, made: Preparation) -> Visit:
    """Return the connecting of an infusion.

    It may come earlier only as far as its container then still lasts until the planned change; later moves
    everything after it, which is another plan.
    """
    place = setting.handling.connect_at
    released = made.planned + setting.agenda.site.pharmacy.preparation_takes.value.timedelta
    play = end.latest - end.planned if end.kind == "change" and end.latest is not None else timedelta()
    earliest = max(released, run.begins - play)
    first = next(setting.agenda.slots(place, earliest, run.begins), run.begins)
    reasons = (Message("reason.connect-earliest"), Message("reason.connect-latest"))
    return Visit("connect", run.container.index, place, min(first, run.begins), run.begins, run.begins, reasons)


def _look_at_toxicity(setting: Setting, made: Preparation) -> Visit:
    """Return the look at side effects and the go for a later container: before that one is made.

    It comes after the course was connected, or there would be nothing to see. A patient whose containers are
    changed on the ward is looked at there.
    """
    handling, container = setting.handling, made.container.index
    place = "ward" if setting.change_place == "ward" else handling.toxicity_look_at
    before, takes = handling.toxicity_look_before.value, handling.decision_takes.value
    earliest = max(made.used_from - before.timedelta, setting.start)
    latest = made.planned - takes.timedelta
    planned = setting.last_slot("go", place, earliest, latest, container)
    reasons = (
        Message("reason.look-earliest", {"before": Shown(before, "h")}),
        Message("reason.look-latest", {"container": container, "takes": Shown(takes, "h")}),
    )
    return Visit("go", container, place, earliest, planned, latest, reasons)


def _within_clock(end: Visit, made: Preparation) -> Visit:
    """Return the visit that ends a container, no later than the clock of that container allows."""
    return end if end.latest is None or end.latest <= made.finish_before else replace(end, latest=made.finish_before)


def _next_course(setting: Setting, end: datetime) -> Iterator[Visit]:
    """Return the start of the next course: not before the protocol allows, on the same weekday and hour."""
    course = setting.protocol.course
    if setting.order.course_number >= course.courses.value:
        return
    days = course.next.at_least.value
    origin = setting.start if course.next.counted_from == "start" else end
    earliest = setting.days_later(origin, int(days.to("day")))
    reason = Message(
        f"reason.next-from-{course.next.counted_from}",
        {"days": Shown(days, "day"), "source": course.next.at_least.source},
    )
    place = setting.handling.connect_at
    yield Visit("next-course", 0, place, earliest, _same_weekday(setting, earliest), None, (reason,))


def _same_weekday(setting: Setting, earliest: datetime) -> datetime:
    """Return the first instant from `earliest` on with the weekday and hour of this start, at an open place."""
    agenda, start = setting.agenda, setting.agenda.local(setting.start)
    day = agenda.local(earliest).date()
    day += timedelta(days=(start.weekday() - day.weekday()) % 7)
    hours = [agenda.at(day + timedelta(weeks=week), start.time()) for week in range(WEEKS_LOOKED_AHEAD)]
    late_enough = [at for at in hours if at >= earliest]
    is_open = setting.handling.connect_at
    return next((at for at in late_enough if agenda.is_open(is_open, at)), late_enough[0])
