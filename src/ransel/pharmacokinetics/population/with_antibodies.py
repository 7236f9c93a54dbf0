"""Antibodies of a child against the drug: from one day on its clearance is higher.

Models that are linear know one set of parameters at a time. So each course gets two: before that day and after it; and
the schedule changes from one to the other at that very hour.
"""

from __future__ import annotations

from typing import TypeVar

import numpy as np
from numpy.typing import NDArray

from ransel.pharmacokinetics.individuals import Floats, Individuals
from ransel.pharmacokinetics.population.population import Children
from ransel.pharmacokinetics.schedule import Schedule

HOURS_IN_A_DAY = 24
Kind = TypeVar("Kind", bound=np.generic)


def with_antibodies(children: Children, schedule: Schedule) -> tuple[Individuals, Schedule]:
    """Return parameters and dosing of these children in which their antibodies are counted.

    Occasion j of the first k is course j without antibodies, j + k the same course with them. Every child has moments
    of its own in the schedule, also when none of these few children makes antibodies: how a population is split must
    not decide how it is calculated. In a population without antibodies both come back as they are.
    """
    hours = children.antibody_day * HOURS_IN_A_DAY
    if children.clearance_times == 1:
        return children.individuals, schedule
    individuals = _doubled(children.individuals, children.clearance_times)
    return individuals, _switched(schedule, hours, children.individuals.occasions)


def _doubled(one: Individuals, times: float) -> Individuals:
    twice = [np.concatenate([values, values], axis=1) for values in (one.volume, one.exchange, one.peripheral)]
    clearance = np.concatenate([one.clearance, one.clearance * times], axis=1)
    return Individuals(clearance=clearance, volume=twice[0], exchange=twice[1], peripheral=twice[2])


def _switched(schedule: Schedule, hours: Floats, occasions: int) -> Schedule:
    """Add to each child with antibodies the moment at which they come, and count its occasions on from there."""
    offsets, owner, source = _places(schedule)
    times = schedule.times[source]
    adds = np.isfinite(hours) & ~_has_moment(times, owner, hours)
    before = np.bincount(owner[times <= hours[owner]], minlength=hours.size)
    grown = np.concatenate([np.zeros(1, dtype=np.int64), np.cumsum(np.diff(offsets) + adds)])
    late = (times > hours[owner]) & adds[owner]
    place = grown[owner] + np.arange(times.size) - offsets[owner] + late
    new = grown[:-1][adds] + before[adds]
    # the moment that is added goes on with what holds just before it; before any other moment nothing runs
    held = np.where(before > 0, source[np.maximum(offsets[:-1] + before - 1, 0)], -1)[adds]

    def spread(values: NDArray[Kind], added: NDArray[Kind]) -> NDArray[Kind]:
        made = np.empty(grown[-1], dtype=values.dtype)
        made[place], made[new] = values[source], added
        return made

    all_times = spread(schedule.times, hours[adds])
    course = spread(schedule.occasions, np.where(held < 0, 0, schedule.occasions[held]).astype(np.int32))
    child = np.repeat(np.arange(hours.size), np.diff(grown))
    after = all_times >= hours[child]
    return Schedule(
        times=all_times,
        rates=spread(schedule.rates, np.where(held < 0, 0.0, schedule.rates[held])),
        boluses=spread(schedule.boluses, np.zeros(held.size)),
        resets=spread(schedule.resets, np.zeros(held.size, dtype=np.bool_)),
        occasions=(np.minimum(course, occasions - 1) + occasions * after).astype(np.int32),
        scale=schedule.scale,
        offsets=grown,
    )


def _places(schedule: Schedule) -> tuple[NDArray[np.int64], NDArray[np.intp], NDArray[np.intp]]:
    """Return the offsets of each child, and for each moment of each child whose it is and where it stands."""
    if schedule.offsets is not None:
        owner = np.repeat(np.arange(schedule.count), np.diff(schedule.offsets))
        return schedule.offsets, owner, np.arange(owner.size)
    moments = schedule.times.size
    owner = np.repeat(np.arange(schedule.count), moments)
    return np.arange(schedule.count + 1, dtype=np.int64) * moments, owner, np.tile(np.arange(moments), schedule.count)


def _has_moment(times: Floats, owner: NDArray[np.intp], hours: Floats) -> NDArray[np.bool_]:
    return np.bincount(owner[times == hours[owner]], minlength=hours.size) > 0
