"""What two regimens ask of a child and its family."""

from __future__ import annotations

from dataclasses import dataclass

from ransel.language import Message


@dataclass(frozen=True, slots=True, kw_only=True)
class BurdenFigure:
    """One kind of burden in both regimens.

    Values:
        id: nights, trips, kilometres, hours-on-the-road, school-days, unplanned-contacts or opioid-days.
        unit: as people read it, a key of sentences. first, second: for each course in order, mean over children;
        None where no source and no assumption gives a number. first_total, second_total: for one child over all
        courses: 5th percentile, mean, 95th percentile.
        assumptions: ids of the assumptions that it rests on.
    """

    id: str
    unit: str
    first: tuple[float | None, ...]
    second: tuple[float | None, ...]
    first_total: tuple[float, float, float] | None
    second_total: tuple[float, float, float] | None
    assumptions: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class BurdenComparison:
    """All kinds of burden; `own` says whether they were counted in own courses instead of worked out."""

    regimens: tuple[str, str]
    children: int
    figures: tuple[BurdenFigure, ...]
    own: bool
    says: tuple[Message, ...]
