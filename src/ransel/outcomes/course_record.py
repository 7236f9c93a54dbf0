"""One course of one child as data for comparing: what happened, without who, where and when.

Nothing that says who a child is gets in: no name, number, birth date or address, no key of the register or of the
treatment, no person who signed, no free text, and no date. Days are counted from the start of the course. Age, weight,
body surface and doses are as coarse as the constants say, so that none of them undoes another.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Literal

from ransel.followup.worst import WorstGrade

BAND_KG = 5
"""Weights are given in bands so wide: an assumption."""
BSA_DIGITS = 1
"""Decimals of the body surface in m²."""
DOSE_STEP_MG = 5
"""Doses are given to so many mg: the exact one is the body surface in other words. An assumption."""
HOURS_IN_A_DAY = 24
SMALLEST_GROUP = 5
"""Fewer children than this can be recognised, and compared with nothing: an assumption, the usual one."""

Outcome = Literal["finished", "stopped", "running"]
OUTCOMES: tuple[Outcome, ...] = ("finished", "stopped", "running")


@dataclass(frozen=True, slots=True)
class GivenPart:
    """What was given, in percent of what was ordered: as good as it is known, and between which it lies for certain."""

    low: float
    exact: float
    high: float


@dataclass(frozen=True, slots=True, kw_only=True)
class CourseRecord:
    """One course that was connected.

    Values:
        child: pseudonym, the same for every course of one treatment. course: its number, from 1.
        protocol, protocol_version: by which it was ordered. regimen: medicine, infusions and their hours, such as
        `dinutuximab-beta-10x24h`; protocols that differ in something else have the same one. substance: the medicine.
        age_years: whole, at the start. weight_band_kg: such as `15-20`. bsa_m2: to a tenth.
        ordered_mg, given_mg: of the course, to `DOSE_STEP_MG`. given_percent: from the account of what pumps told.
        planned_hours: of infusion. hours_run: really. hours_stood_still, interruptions: without changes of container.
        last_day: on which it ended, or today; the first is 1. nights_in_hospital: midnights at which the child was
        there. trips: to the hospital, days on which the child came from home. hours_at_home: with the pump.
        unplanned_contacts: coming back into hospital, a visit that had to be made again, another pump at home.
        school_days: missed because of it. ctcae: version of the terms.
        grades: the worst one of every term that was looked at, by its id; what is not there nobody looked at.
        few_alike: whether fewer than `SMALLEST_GROUP` children of the table have this age and weight band.
        Everything that can be None is not known then.
    """

    child: str
    course: int
    protocol: str
    protocol_version: str
    regimen: str
    substance: str
    age_years: int
    weight_band_kg: str
    bsa_m2: float | None
    ordered_mg: float | None
    given_mg: float | None
    given_percent: GivenPart | None
    planned_hours: float | None
    hours_run: float | None
    hours_stood_still: float | None
    interruptions: int | None
    last_day: int | None
    nights_in_hospital: int | None
    trips: int | None
    hours_at_home: float | None
    unplanned_contacts: int | None
    school_days: int | None
    outcome: Outcome
    rate_changes: int | None
    discarded_makings: int | None
    ctcae: str
    grades: Mapping[str, WorstGrade]
    few_alike: bool = False


def regimen_name(substance: str, hours: Sequence[float]) -> str:
    """Return medicine, infusions and their hours, such as `dinutuximab-beta-5x8h`; `hours` are of each infusion.

    One infusion of whole days is told in days: `dinutuximab-beta-10x24h`.
    """
    times, longest = len(hours), round(max(hours), 1)
    if times == 1 and longest > HOURS_IN_A_DAY and longest % HOURS_IN_A_DAY == 0:
        times, longest = int(longest // HOURS_IN_A_DAY), HOURS_IN_A_DAY
    return f"{substance.lower().replace(' ', '-')}-{times}x{longest:g}h"


def weight_band(kilograms: float) -> str:
    """Return the band in which a weight lies."""
    below = int(kilograms // BAND_KG) * BAND_KG
    return f"{below}-{below + BAND_KG}"


def coarse_dose(milligrams: float) -> float:
    """Return a dose so coarse that it does not tell the body surface."""
    return float(round(milligrams / DOSE_STEP_MG) * DOSE_STEP_MG)


def with_few_alike(records: Iterable[CourseRecord]) -> tuple[CourseRecord, ...]:
    """Return records in an order that says nothing, each marked when its child could be recognised among them."""
    found: Sequence[CourseRecord] = tuple(records)
    groups = {(one.age_years, one.weight_band_kg, one.child) for one in found}
    sizes = Counter((age, band) for age, band, _ in groups)
    marked = (replace(one, few_alike=sizes[one.age_years, one.weight_band_kg] < SMALLEST_GROUP) for one in found)
    return tuple(sorted(marked, key=lambda one: (one.child, one.course)))
