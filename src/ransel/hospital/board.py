"""The board of all children: per child one row of days, with its course as a bar and its visits as marks.

Everything here is a pure function over the read models and draws no picture itself: the template puts these numbers
into SVG. The number of queries is the same for one child and for a hundred.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Literal

from ransel.chart.machine import RUNNING
from ransel.chart.wording import phase_name, visit_name
from ransel.language import Joined, Language, Message
from ransel.language.moment import DAYS
from ransel.papers.wording import place
from ransel.planning import Agenda
from ransel.planning.agenda import HolidayName
from ransel.store.models import Child, Pump, PumpUseRow, TreatmentRow, VisitRow

DAYS_OF_A_WEEK = 7
WIDTH = 1008
"""Of the whole picture, in its own units; a day is the same part of it in every row."""
ROW, MIDDLE, ABOVE, BELOW = 46, 23, 13, 33
TOO_NEAR = 22
"""Marks nearer to one another than this are drawn one above the other."""
PUMP_TURNAROUND = timedelta(days=2)
"""How long after a course a pump cannot go to the next child: on its way back, cleaned, checked. An assumption."""
HAPPENS = frozenset({"ordered", "verified"}) | RUNNING
"""Phases of a course whose visits are still expected."""

MarkState = Literal["done", "late", "to-come"]


@dataclass(frozen=True, slots=True)
class Days:
    """The days that a board shows, by the hospital's wall clock.

    Values:
        first: a Monday. count: how many days. agenda: the hospital's hours. now: aware.
    """

    first: date
    count: int
    agenda: Agenda
    now: datetime

    @property
    def width(self) -> float:
        """How wide a day is."""
        return WIDTH / self.count

    @property
    def begins(self) -> datetime:
        """The instant at which the first day begins."""
        return self.agenda.at(self.first, time(0))

    @property
    def ends(self) -> datetime:
        """The instant after the last day."""
        return self.agenda.at(self.first + timedelta(days=self.count), time(0))

    @property
    def today(self) -> float | None:
        """Where the present instant lies, None when it is not on the board."""
        return self.place_of(self.now) if self.begins <= self.now < self.ends else None

    def place_of(self, at: datetime) -> float:
        """Return how far from the left an instant lies: by the wall clock: every day is as wide."""
        local = self.agenda.local(at)
        of_the_day = (local.hour * 60 + local.minute) / (24 * 60)
        return round(((local.date() - self.first).days + of_the_day) * self.width, 1)

    def shows(self, at: datetime) -> bool:
        """Whether an instant is on the board."""
        return self.begins <= at < self.ends

    def all(self) -> tuple[Day, ...]:
        """Return every day."""
        return tuple(self._day(number) for number in range(self.count))

    def _day(self, number: int) -> Day:
        day = self.first + timedelta(days=number)
        return Day(
            day=day,
            left=round(number * self.width, 1),
            width=round(self.width, 1),
            is_free=self.agenda.is_free_day(self.agenda.at(day, time(12))),
            is_today=self.agenda.local(self.now).date() == day,
            holiday=HolidayName(self.agenda.site.holidays_of, day),
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Day:
    """One day of the board; `is_free` is a weekend or a holiday, whose name is empty on other days."""

    day: date
    left: float
    width: float
    is_free: bool
    is_today: bool
    holiday: HolidayName

    @property
    def middle(self) -> float:
        """Where its number stands."""
        return round(self.left + self.width / 2, 1)

    @property
    def is_monday(self) -> bool:
        """Whether a week begins with it."""
        return self.day.weekday() == 0

    @property
    def week(self) -> int:
        """The number of its week."""
        return self.day.isocalendar().week

    def text(self, language: Language = "en") -> str:
        """Return weekday and number: `Fri 5`."""
        return f"{DAYS[language][self.day.weekday()]} {self.day.day}"


@dataclass(frozen=True, slots=True)
class Bar:
    """A part of a course: run already, or planned."""

    left: float
    width: float
    done: bool


@dataclass(frozen=True, slots=True)
class Mark:
    """A visit as a mark with a letter; `y` keeps two that are close together apart."""

    x: float
    y: int
    visit: VisitRow
    state: MarkState
    agenda: Agenda

    @property
    def letter(self) -> Message:
        """The letter of the visit."""
        return Message(f"board.letter-{self.visit.kind}")

    @property
    def title(self) -> Joined:
        """What is told when the pointer rests on it."""
        at = self.agenda.moment(self.visit.done_at or self.visit.planned)
        state = Message(f"board.mark-{self.state}")
        return Joined((visit_name(self.visit.kind), at, place(self.visit.place), state), ", ")


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """One child on the board."""

    treatment: TreatmentRow
    child: Child
    phase: Message
    home_care: Message | None
    bars: tuple[Bar, ...]
    marks: tuple[Mark, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Told:
    """What the read models say, loaded once.

    Values:
        treatments: of the own hospital. children: by treatment. visits: of them.
        removed: by treatment and course, when one ended that was stopped early. pumps: all. uses: off the shelf.
        organisations: names of home-care organisations.
    """

    treatments: Mapping[str, TreatmentRow]
    children: Mapping[str, Child]
    visits: Sequence[VisitRow]
    removed: Mapping[tuple[str, int], datetime]
    organisations: Mapping[str, str]
    pumps: Sequence[Pump]
    uses: Sequence[PumpUseRow]

    def by_treatment(self) -> dict[str, list[VisitRow]]:
        """Return the visits of every treatment."""
        found: dict[str, list[VisitRow]] = {}
        for visit in self.visits:
            found.setdefault(visit.treatment, []).append(visit)
        return found


def expected(told: Told) -> list[VisitRow]:
    """Return every visit still to come, in order of time: of the last course of each child, while it goes on."""
    return sorted(
        (one for one in told.visits if _is_expected(one, told.treatments[one.treatment])), key=lambda one: one.planned
    )


def _is_expected(visit: VisitRow, treatment: TreatmentRow) -> bool:
    if visit.done_at is not None or visit.course != treatment.course or treatment.phase != "enrolled":
        return False
    if visit.kind == "next-course":
        return treatment.course_phase in HAPPENS | {"ended"}
    return treatment.course_phase in HAPPENS - {"stopped"}


def is_late(visit: VisitRow, now: datetime) -> bool:
    """Whether the latest moment of a visit has passed, or its planned one where there is none."""
    return (visit.latest or visit.planned) < now


def rows_of(told: Told, days: Days) -> tuple[Row, ...]:
    """Return a row for every child that is treated, by name."""
    by_treatment = told.by_treatment()
    rows = [
        _row(told, treatment, by_treatment.get(treatment.treatment, []), days)
        for treatment in told.treatments.values()
        if treatment.phase == "enrolled" or treatment.course_phase in RUNNING
    ]
    return tuple(sorted(rows, key=lambda row: row.child.name))


def _row(told: Told, treatment: TreatmentRow, visits: Sequence[VisitRow], days: Days) -> Row:
    phase = (
        phase_name("course", treatment.course_phase) if treatment.course else phase_name("treatment", treatment.phase)
    )
    return Row(
        treatment=treatment,
        child=told.children[treatment.treatment],
        phase=phase,
        home_care=home_care_state(treatment, visits, told.organisations),
        bars=tuple(
            bar
            for begins, ends in runs_of(told, treatment, visits, days.now).values()
            for bar in _bars(begins, ends, days)
        ),
        marks=_marks(treatment, visits, days),
    )


def home_care_state(
    treatment: TreatmentRow, visits: Iterable[VisitRow], organisations: Mapping[str, str]
) -> Message | None:
    """Return how the visit at home stands; None when there is none to come."""
    at_home = (
        one for one in visits if one.kind == "disconnect" and one.place == "home" and one.course == treatment.course
    )
    visit = next(at_home, None)
    if visit is None or treatment.course_phase not in HAPPENS or visit.done_at is not None:
        return None
    if not visit.organisation:
        return None if treatment.course_phase == "stopped" else Message("board.home-none")
    name = organisations.get(visit.organisation, visit.organisation)
    return (
        Message("board.home-accepted", {"name": name}) if visit.nurse else Message("board.home-asked", {"name": name})
    )


def runs_of(
    told: Told, treatment: TreatmentRow, visits: Iterable[VisitRow], now: datetime
) -> dict[int, tuple[datetime, datetime]]:
    """Return, by course, from when to when its infusion runs, ran, or is planned to run."""
    courses: dict[int, list[VisitRow]] = {}
    for visit in visits:
        courses.setdefault(visit.course, []).append(visit)
    runs = {}
    for course, its in courses.items():
        run = _run(its, treatment.course_phase if course == treatment.course else "ended",
                   told.removed.get((treatment.treatment, course)), now)  # fmt: skip
        if run is not None:
            runs[course] = run
    return runs


def _run(
    visits: Iterable[VisitRow], phase: str, removed: datetime | None, now: datetime
) -> tuple[datetime, datetime] | None:
    ordered = sorted(visits, key=lambda one: one.planned)
    begins = next((one for one in ordered if one.kind == "connect"), None)
    ends = next((one for one in reversed(ordered) if one.kind == "disconnect"), None)
    if begins is None or ends is None or phase in {"cancelled", "refused"}:
        return None
    if begins.done_at is None:  # an earlier course that never began was cancelled
        return (begins.planned, ends.planned) if phase in HAPPENS else None
    still_on = now if phase == "stopped" else max(ends.planned, now)
    end = ends.done_at or removed or (still_on if phase in RUNNING else ends.planned)
    return begins.done_at, max(end, begins.done_at)


def _bars(begins: datetime, ends: datetime, days: Days) -> tuple[Bar, ...]:
    """Return a run as what has run and what is planned, cut to the board."""
    parts = ((begins, min(ends, days.now), True), (max(begins, days.now), ends, False))
    bars = []
    for left, right, done in parts:
        left, right = max(left, days.begins), min(right, days.ends)  # noqa: PLW2901 - cut to what is shown
        if left < right:
            x = days.place_of(left)
            end = WIDTH if right >= days.ends else days.place_of(right)
            bars.append(Bar(x, round(end - x, 1), done))
    return tuple(bars)


def _marks(treatment: TreatmentRow, visits: Iterable[VisitRow], days: Days) -> tuple[Mark, ...]:
    shown = [
        (one.done_at or one.planned, one) for one in visits if one.done_at is not None or _is_expected(one, treatment)
    ]
    marks: list[Mark] = []
    for at, visit in sorted(shown, key=lambda pair: pair[0]):
        if not days.shows(at):
            continue
        x, before = days.place_of(at), marks[-1] if marks else None
        y = MIDDLE
        if before is not None and x - before.x < TOO_NEAR:
            if before.y == MIDDLE:
                marks[-1] = before = Mark(before.x, ABOVE, before.visit, before.state, before.agenda)
            y = BELOW if before.y == ABOVE else ABOVE
        marks.append(Mark(x, y, visit, _state(visit, days.now), days.agenda))
    return tuple(marks)


def _state(visit: VisitRow, now: datetime) -> MarkState:
    if visit.done_at is not None:
        return "done"
    return "late" if is_late(visit, now) else "to-come"


# -- pumps


@dataclass(frozen=True, slots=True)
class PumpDay:
    """How many pumps a day needs, and how many there are for the own hospital."""

    day: Day
    needed: int
    there: int

    @property
    def is_short(self) -> bool:
        """Whether there are too few."""
        return self.needed > self.there


def pump_days(told: Told, days: Days) -> tuple[PumpDay, ...]:
    """Return, for every day from today on, how many pumps are needed and how many there are.

    A pump is needed from connecting until some days after the end of the course; one that is at another hospital's
    child is not there at all.
    """
    taken = _taken(told, days)
    elsewhere = {one.pump for one in told.uses if one.treatment not in told.treatments}
    usable = [one for one in told.pumps if not one.retired and one.number not in elsewhere]
    today = days.agenda.local(days.now).date()
    found = []
    for day in days.all():
        if day.day < today:
            continue
        needed = sum(begins <= day.day <= ends for begins, ends in taken)
        there = sum(one.serviced_until is None or one.serviced_until >= day.day for one in usable)
        found.append(PumpDay(day, needed, there))
    return tuple(found)


def _taken(told: Told, days: Days) -> list[tuple[date, date]]:
    """Return from which day to which day each course keeps a pump."""
    by_treatment = told.by_treatment()
    out = {(one.treatment, one.course) for one in told.uses}
    taken = []
    for treatment in told.treatments.values():
        visits = by_treatment.get(treatment.treatment, [])
        for course, (begins, ends) in runs_of(told, treatment, visits, days.now).items():
            has_ended = ends <= days.now
            if has_ended and (treatment.treatment, course) not in out:
                continue  # its pump is on the shelf again
            until = max(ends, days.now) + PUMP_TURNAROUND
            taken.append((days.agenda.local(begins).date(), days.agenda.local(until).date()))
    return taken
