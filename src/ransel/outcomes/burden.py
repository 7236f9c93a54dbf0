"""What two regimens ask of a child and its family."""

from __future__ import annotations

from dataclasses import dataclass

from ransel.language import Message
from ransel.outcomes.interval import Interval
from ransel.protocols.protocol import Words


@dataclass(frozen=True, slots=True, kw_only=True)
class BurdenFigure:
    """One kind of burden in both regimens.

    Values:
        id: nights, trips, kilometres, hours-on-the-road, school-days, unplanned-contacts or opioid-days; of own courses
        also hours-at-home and interruptions.
        unit: as people read it, a key of sentences. first, second: for each course in order, mean over children;
        None where no source and no assumption gives a number. first_total, second_total: for one child over all
        courses: 5th percentile, mean, 95th percentile.
        assumptions: ids of the assumptions that it rests on.
        Counted in own courses, where children have had different numbers of them: first_per_course and
        second_per_course, the mean over its courses for one child, and difference between their means, second less
        first.
    """

    id: str
    unit: str
    first: tuple[float | None, ...]
    second: tuple[float | None, ...]
    first_total: tuple[float, float, float] | None
    second_total: tuple[float, float, float] | None
    assumptions: tuple[str, ...]
    first_per_course: tuple[float, float, float] | None = None
    second_per_course: tuple[float, float, float] | None = None
    difference: Interval | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class BurdenComparison:
    """All kinds of burden; `own` says whether they were counted in own courses instead of worked out.

    Values:
        setting, title: of what was worked out, the practice that was taken to hold: its id and its words.
    """

    regimens: tuple[str, str]
    children: int
    figures: tuple[BurdenFigure, ...]
    own: bool
    says: tuple[Message, ...]
    setting: str = ""
    title: Words | None = None
