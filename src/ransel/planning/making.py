"""When containers are made: as late as can be, inside the time in the fridge before their use."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from ransel.compounding import Container, StabilityClock, clock_of
from ransel.language import Message
from ransel.planning.setting import Setting
from ransel.planning.use import Run
from ransel.quantities import Duration


@dataclass(frozen=True, slots=True)
class Preparation:
    """The making of one container.

    Values:
        earliest, planned, latest: when the vial may be opened, aware instants in UTC.
        clock: of the container made as planned.
        used_from, used_until: when it is planned to be connected and disconnected.
        start_before, finish_before: what the clock allows.
        reasons: what sets the window.
    """

    container: Container
    earliest: datetime
    planned: datetime
    latest: datetime
    clock: StabilityClock
    used_from: datetime
    used_until: datetime
    start_before: datetime
    finish_before: datetime
    reasons: tuple[Message, ...]


def preparation_of(setting: Setting, run: Run) -> Preparation:
    """Return the making of the container of this run.

    Raises:
        Refused: when the pharmacy has no open half hour for it, or its clock is shorter than its run.
    """
    site = setting.agenda.site
    leaves = run.begins - setting.handling.warm_before_connect.value.timedelta
    latest = leaves - site.pharmacy.preparation_takes.value.timedelta
    earliest = _earliest(setting, run)
    planned = setting.last_slot("prepare", "pharmacy", earliest, latest, run.container.index)
    clock = clock_of(run.container, setting.protocol, site, made=planned, out_of_fridge=leaves)
    start_before = clock.start_before(Duration.between(run.begins, run.ends))
    finish_before = clock.finish_before
    if run.begins > start_before.at or run.ends > finish_before.at:
        moment = setting.agenda.moment
        until, ends = moment(finish_before.at), moment(run.ends)
        setting.stop("plan.clock-too-short", "prepare", container=run.container.index, until=until, ends=ends)
    return Preparation(
        container=run.container,
        earliest=earliest,
        planned=planned,
        latest=latest,
        clock=clock,
        used_from=run.begins,
        used_until=run.ends,
        start_before=start_before.at,
        finish_before=finish_before.at,
        reasons=(start_before.reason, finish_before.reason, clock.cold_until.reason),
    )


def _earliest(setting: Setting, run: Run) -> datetime:
    """Return the earliest making whose cold and microbiological limits still reach the use."""
    stability = setting.protocol.stability[run.container.option.stability]
    pharmacy = setting.agenda.site.pharmacy
    takes, travel = pharmacy.preparation_takes.value, setting.handling.warm_before_connect.value
    by_cold = run.begins - (travel + stability.cold.value + takes).timedelta
    if pharmacy.aseptic_storage_validated.value:
        return by_cold
    return max(by_cold, run.begins - stability.microbiological.value.timedelta)
