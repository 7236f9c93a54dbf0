"""When containers are used: connected, changed, disconnected.

A change must come before the container that runs can be empty, less a margin, and before its warm clock
ends; and late enough for what follows to reach the end that is accepted. These follow from the pump's error
and from chemistry, not from the nominal hours.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from ransel.compounding import Container
from ransel.language import Message
from ransel.planning.setting import Setting
from ransel.planning.visit import Visit
from ransel.quantities import Duration, Shown

NOTHING = Duration("0 h")


@dataclass(frozen=True, slots=True)
class Run:
    """A container with the time it is planned to be used, aware instants in UTC."""

    container: Container
    begins: datetime
    ends: datetime


def use_of_containers(setting: Setting) -> tuple[list[Visit], list[Run]]:
    """Return the visits that end a container, and the run of every container, in order.

    Raises:
        Refused: when a window has no open half hour.
    """
    visits: list[Visit] = []
    runs: list[Run] = []
    for infusion in range(1, setting.protocol.course.infusions.value + 1):
        members = [one for one in setting.containers.containers if one.infusion == infusion]
        begins = setting.days_later(setting.start, int(members[0].starts.to("day")))
        for visit, run in _one_infusion(setting, members, begins):
            visits.append(visit)
            runs.append(run)
    return visits, runs


def _one_infusion(setting: Setting, members: list[Container], begins: datetime) -> list[tuple[Visit, Run]]:
    ends = begins + sum((one.lasts for one in members), start=NOTHING).timedelta
    used: list[tuple[Visit, Run]] = []
    since = begins
    for number, running in enumerate(members):
        if number == len(members) - 1:
            visit = _disconnect(setting, running, since, ends)
        else:
            nominal = begins + (running.starts + running.lasts - members[0].starts).timedelta
            visit = _change(setting, members[number:], since, nominal, ends)
        used.append((visit, Run(running, since, visit.planned)))
        since = visit.planned
    return used


def _change(setting: Setting, members: list[Container], since: datetime, nominal: datetime, ends: datetime) -> Visit:
    """Return the change from the first of these containers, which runs since then, to the second.

    It is planned as near to its nominal moment as its window and the opening hours allow.
    """
    running, *following = members
    margin, early = setting.handling.change_margin.value, setting.handling.early_finish_accepted.value
    empty, warm = setting.first_empty(running), _warm_use(setting, running)
    reach = min(setting.first_empty(following[-1]), _warm_use(setting, following[-1]))
    for one in following[:-1]:
        reach = reach + _longest_use(setting, one)
    latest = since + _longest_use(setting, running).timedelta
    earliest = max(ends - (reach + early).timedelta, since)
    by_pump = {
        "empty": Shown(empty, "h", 1),
        "margin": Shown(margin, "min"),
        "error": setting.pump.flow_error.value,
        "priming": setting.pump.priming.value,
    }
    by_clock = {"warm": Shown(warm, "h", 1)}
    pump_binds = _longest_use(setting, running) < warm
    reasons = (
        Message("reason.change-latest", by_pump) if pump_binds else Message("reason.change-by-clock", by_clock),
        Message("reason.change-earliest", {"reach": Shown(reach, "h", 1), "early": Shown(early, "h")}),
    )
    place, container = setting.change_place, following[0].index
    planned = setting.nearest_slot("change", place, (earliest, latest), nominal, container)
    return Visit("change", container, place, earliest, planned, latest, reasons)


def _longest_use(setting: Setting, container: Container) -> Duration:
    """Return how long a container that is followed by another may be connected.

    Where the protocol lets a container run dry before it is changed, only its clock counts.
    """
    if setting.handling.container_ends_by == "empty":
        return _warm_use(setting, container)
    return min(setting.first_empty(container) - setting.handling.change_margin.value, _warm_use(setting, container))


def _warm_use(setting: Setting, container: Container) -> Duration:
    """Return how long the warm clock lets a container be connected, after the way to the patient."""
    stability = setting.protocol.stability[container.option.stability]
    return stability.warm.value - setting.handling.warm_before_connect.value


def _disconnect(setting: Setting, container: Container, since: datetime, ends: datetime) -> Visit:
    """Return the disconnecting: when the time is up, or at the first open half hour after it.

    Only when nobody can come in the time that the line may stand, it is planned before the time is up.
    """
    handling = setting.handling
    place, within = handling.disconnect_at, handling.disconnect_within.value
    latest = ends + within.timedelta
    planned = ends
    if not setting.agenda.is_open(place, ends):
        soonest = max(ends - handling.early_finish_accepted.value.timedelta, since)
        after = next(setting.agenda.slots(place, ends, latest), None)
        planned = after or setting.nearest_slot("disconnect", place, (soonest, latest), ends)
    earliest = min(ends, planned)
    reasons = (
        Message("reason.disconnect-planned", {"lasts": Shown(Duration.between(setting.start, ends), "h")}),
        Message("reason.disconnect-latest", {"within": Shown(within, "h")}),
    )
    return Visit("disconnect", container.index, place, earliest, planned, latest, reasons)
