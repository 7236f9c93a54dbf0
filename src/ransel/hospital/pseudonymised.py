"""Courses for research: what happened, without who, where and when.

Nothing that says who a child is gets into a row: no name, number, birth date or address, no key of the register or of
the treatment, no person who signed, no free text, and no date. Days are counted from the start of the course.
"""

from __future__ import annotations

import hmac
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, fields, replace
from datetime import date, datetime, timedelta
from typing import Literal

from ransel.chart.machine import RUNNING
from ransel.chart.records import OfCourse
from ransel.chart.records.care import Connected, Readmitted, Removed, SentHome
from ransel.chart.records.prescribing import CourseStopped, RateChanged
from ransel.chart.treatment import CourseState, Treatment
from ransel.chart.visits import standstill
from ransel.hospital.rulebook import agenda

BAND_KG = 5
"""Weights are given in bands so wide: an assumption."""
SMALLEST_GROUP = 5
"""Fewer children than this in the same band of age and weight can be recognised: an assumption, the usual one."""
PSEUDONYM_LETTERS = 12
OTHER_TERM = "other"
"""Side effects that somebody typed are counted under this word: what was typed could say who it was."""

Outcome = Literal["finished", "stopped", "running"]


@dataclass(frozen=True, slots=True, kw_only=True)
class ResearchRow:
    """One course that was connected.

    Values:
        child: pseudonym, the same for every course of one treatment. age_years: whole, at the start.
        weight_band_kg: such as `15-20`. bsa_m2: to a tenth. last_day: on which it ended, or today; 0 the first.
        days_in_hospital: connected and not at home. worst_grades: by term of CTCAE.
        few_alike: whether fewer than `SMALLEST_GROUP` children of the table have this age and weight band.
    """

    child: str
    course: int
    protocol: str
    age_years: int
    weight_band_kg: str
    bsa_m2: float
    outcome: Outcome
    last_day: int
    days_in_hospital: float
    hours_at_home: float
    interruptions: int
    hours_stood_still: float
    rate_changes: int
    worst_grades: Mapping[str, int]
    discarded_makings: int
    few_alike: bool = False

    def cells(self) -> tuple[str, ...]:
        """Return the row as plain text, for a file."""
        grades = "; ".join(f"{term} {grade}" for term, grade in sorted(self.worst_grades.items()))
        told = {one.name: getattr(self, one.name) for one in fields(self)}
        told |= {"worst_grades": grades, "few_alike": "yes" if self.few_alike else "no"}
        return tuple(str(value) for value in told.values())


COLUMNS = tuple(one.name for one in fields(ResearchRow))
"""The names of the columns of the file."""


def research_rows(
    treatments: Iterable[Treatment], born: Mapping[str, date], terms: frozenset[str], secret: str, now: datetime
) -> tuple[ResearchRow, ...]:
    """Return a row for every course that was connected, in an order that says nothing.

    `born` gives birth dates by the key of the child; `terms` are the side effects that may be named; `secret` is the
    installation's, without which no pseudonym leads back.
    """
    rows = [
        _row(treatment, course, born[treatment.child], terms, secret, now)
        for treatment in treatments
        for course in treatment.courses
        if _connected(course) is not None
    ]
    return tuple(sorted(_with_few_alike(rows), key=lambda row: (row.child, row.course)))


def pseudonym(treatment: str, secret: str) -> str:
    """Return what a treatment is called in research: keyed, so that nobody can make it from a list of treatments."""
    return hmac.new(secret.encode(), f"research/{treatment}".encode(), "sha256").hexdigest()[:PSEUDONYM_LETTERS]


def _connected(course: CourseState) -> datetime | None:
    """Return when the first container was connected, None when none was."""
    return min((one.happened for container in course.containers if (one := container.last(Connected))), default=None)


def _row(
    treatment: Treatment, course: CourseState, born: date, terms: frozenset[str], secret: str, now: datetime
) -> ResearchRow:
    begins = _connected(course)
    if begins is None:
        raise LookupError(course.number)
    ends = _ended(course) or now
    home = _at_home(treatment, course, begins, ends)
    first, last = agenda().local(begins).date(), agenda().local(ends).date()
    kilograms = float(course.ordered.what.weight.to("kg"))
    return ResearchRow(
        child=pseudonym(treatment.id, secret),
        course=course.number,
        protocol=course.ordered.what.protocol,
        age_years=first.year - born.year - ((first.month, first.day) < (born.month, born.day)),
        weight_band_kg=f"{int(kilograms // BAND_KG) * BAND_KG}-{int(kilograms // BAND_KG + 1) * BAND_KG}",
        bsa_m2=_round(float(course.document["bsa_m2"])),
        outcome=_outcome(course),
        last_day=(last - first).days,
        days_in_hospital=_round((ends - begins - home) / timedelta(days=1)),
        hours_at_home=_round(home / timedelta(hours=1)),
        interruptions=len(course.stood),
        hours_stood_still=_round(standstill(course, begins, ends) / timedelta(hours=1)),
        rate_changes=sum(
            isinstance(one.what, RateChanged) and one.what.course == course.number for one in treatment.history
        ),
        worst_grades=_worst_grades(course, terms),
        discarded_makings=sum(len(one.discarded) for one in course.containers),
    )


def _ended(course: CourseState) -> datetime | None:
    """Return when the last container came off, None while something is at the child."""
    if course.phase in RUNNING:
        return None
    removed = (one.happened for container in course.containers if (one := container.last(Removed)))
    return max(removed, default=None)


def _outcome(course: CourseState) -> Outcome:
    if course.last(CourseStopped) is not None:
        return "stopped"
    if course.phase in RUNNING:
        return "running"
    last = course.containers[-1].last(Removed)
    return "finished" if last is not None else "stopped"


def _at_home(treatment: Treatment, course: CourseState, begins: datetime, ends: datetime) -> timedelta:
    """Return how long the child was at home with the pump."""
    whole, since = timedelta(), None
    for entry in treatment.history:
        what = entry.what
        if not isinstance(what, OfCourse) or what.course != course.number:
            continue
        if isinstance(what, SentHome):
            since = max(entry.happened, begins)
        elif isinstance(what, Readmitted) and since is not None:
            whole, since = whole + max(min(entry.happened, ends) - since, timedelta()), None
    return whole if since is None else whole + max(ends - since, timedelta())


def _worst_grades(course: CourseState, terms: frozenset[str]) -> dict[str, int]:
    worst: dict[str, int] = {}
    for seen in course.observed:
        for effect in seen.what.side_effects:
            term = effect.term if effect.term in terms else OTHER_TERM
            worst[term] = max(worst.get(term, 0), effect.grade)
    return worst


def _with_few_alike(rows: Sequence[ResearchRow]) -> list[ResearchRow]:
    groups = {(row.age_years, row.weight_band_kg, row.child) for row in rows}
    sizes = Counter((age, band) for age, band, _ in groups)
    return [replace(row, few_alike=sizes[row.age_years, row.weight_band_kg] < SMALLEST_GROUP) for row in rows]


def _round(value: float) -> float:
    return round(value, 1)
