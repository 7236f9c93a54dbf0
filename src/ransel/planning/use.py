"""When containers are used: connected, changed, disconnected.

A change must come before the container that runs can be empty, less a margin, and late enough for what
follows to reach the end that is accepted. Both follow from the pump's error, not from the nominal hours.
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
        is_last = number == len(members) - 1
        visit = (
            _disconnect(setting, running, since, ends) if is_last else _change(setting, members[number:], since, ends)
        )
        used.append((visit, Run(running, since, visit.planned)))
        since = visit.planned
    return used


def _change(setting: Setting, members: list[Container], since: datetime, ends: datetime) -> Visit:
    """Return the change from the first of these containers, which runs since then, to the second."""
    running, following = members[0], members[1:]
    margin, early = setting.handling.change_margin.value, setting.handling.early_finish_accepted.value
    empty = setting.first_empty(running)
    reach = sum((setting.first_empty(one) for one in following), start=NOTHING) - margin * (len(following) - 1)
    latest = since + (empty - margin).timedelta
    earliest = max(ends - (reach + early).timedelta, since)
    reasons = (
        Message(
            "reason.change-latest",
            {
                "empty": Shown(empty, "h", 1),
                "margin": Shown(margin, "min"),
                "error": setting.pump.flow_error.value,
                "priming": setting.pump.priming.value,
            },
        ),
        Message("reason.change-earliest", {"reach": Shown(reach, "h", 1), "early": Shown(early, "h")}),
    )
    place, container = setting.change_place, following[0].index
    planned = setting.last_slot("change", place, earliest, latest, container)
    return Visit("change", container, place, earliest, planned, latest, reasons)


def _disconnect(setting: Setting, container: Container, since: datetime, ends: datetime) -> Visit:
    """Return the disconnecting: when the time is up if the place is open then, else at the nearest half hour."""
    handling = setting.handling
    place, within = handling.disconnect_at, handling.disconnect_within.value
    earliest = max(ends - handling.early_finish_accepted.value.timedelta, since)
    latest = ends + within.timedelta
    is_open = setting.agenda.is_open(place, ends)
    planned = ends if is_open else setting.nearest_slot("disconnect", place, earliest, ends, latest)
    reasons = (
        Message("reason.disconnect-planned", {"lasts": Shown(Duration.between(setting.start, ends), "h")}),
        Message("reason.disconnect-latest", {"within": Shown(within, "h")}),
    )
    return Visit("disconnect", container.index, place, earliest, planned, latest, reasons)
