"""The measured levels of one child after its doses, as a table of events or of levels gives them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from itertools import pairwise

from ransel.language import Refusal, Refused
from ransel.pharmacokinetics.events.cells import plain
from ransel.pharmacokinetics.events.row import EventKind, EventRow, Steady
from ransel.pharmacokinetics.events.table import EventTable


class Route(StrEnum):
    """How a dose came into the body."""

    BOLUS = "bolus"
    INFUSION = "infusion"
    EXTRAVASCULAR = "extravascular"
    """By mouth, under the skin, into a muscle: how much of it reached the blood is not known."""

    @property
    def into_blood(self) -> bool:
        """Whether all of it reached the blood."""
        return self is not Route.EXTRAVASCULAR


@dataclass(frozen=True, slots=True)
class Dose:
    """One dose: when (h), how much (mg), over how long (h; nought for a bolus)."""

    at: float
    amount: float
    duration: float = 0.0

    @property
    def ends(self) -> float:
        """When all of it has been given, h."""
        return self.at + self.duration


@dataclass(frozen=True, slots=True, kw_only=True)
class LevelProfile:
    """The levels of one child.

    Values:
        child: its code. times: h, ascending. levels: mg/L; None where a level lay below the limit of the assay.
        doses: all of them; none where no dose is known. route: of all of them.
    """

    child: str
    times: tuple[float, ...]
    levels: tuple[float | None, ...]
    doses: tuple[Dose, ...] = ()
    route: Route = Route.EXTRAVASCULAR

    @property
    def begin(self) -> float:
        """Hour nought of the analysis: the first dose, else nought."""
        return min((dose.at for dose in self.doses), default=0.0)

    @property
    def end_of_input(self) -> float:
        """When the last dose was in, h."""
        return max((dose.ends for dose in self.doses), default=self.begin)

    @property
    def amount(self) -> float | None:
        """All that was given, mg; None where no dose is known."""
        return sum(dose.amount for dose in self.doses) if self.doses else None

    @property
    def mean_input_time(self) -> float:
        """How long a part of the dose waited on the average before it was in, h after the first dose began."""
        total = sum(dose.amount for dose in self.doses)
        waited = sum(dose.amount * (dose.at - self.begin + dose.duration / 2) for dose in self.doses)
        return waited / total if total else 0.0


def profiles_of(
    table: EventTable, *, dose: float | None = None, duration: float | None = None, route: Route | None = None
) -> tuple[LevelProfile, ...]:
    """Return the levels of every child of a table.

    A dose given here (mg; over so many hours) is that of every child at hour nought, and takes the place of those in
    the table. Without `route` a dose that runs in is an infusion, and any other dose a bolus.

    Raises:
        Refused: with every level below nought, every time with two levels, every route that the doses do not have, and
        every steady state, which has no first dose to count from.
    """
    found, refusals = [], []
    for child, rows in table.of_each_child():
        drawn = [row for row in rows if _is_drawn(row)]
        refusals += [Refusal(*one, file=table.file) for one in _wrong(rows, drawn)]
        doses = (Dose(0.0, dose, duration or 0.0),) if dose is not None else tuple(_doses(rows))
        if route is not None and doses and route.into_blood and route is not _route(doses):
            refusals.append(Refusal("event-table.other-route", f"line {rows[0].line} ID", child, {}, table.file))
        found.append(
            LevelProfile(
                child=child,
                times=tuple(row.time for row in drawn),
                levels=tuple(row.level for row in drawn),
                doses=doses,
                route=_route(doses) if route is None else route,
            )
        )
    if refusals:
        raise Refused(refusals[:100])
    return tuple(found)


def _is_drawn(row: EventRow) -> bool:
    return row.kind is EventKind.OBSERVATION and not row.missing and (row.level is not None or row.below is not None)


def _wrong(rows: Sequence[EventRow], drawn: Sequence[EventRow]) -> list[tuple[str, str, str]]:
    found = [
        ("event-table.level-negative", f"line {row.line} DV", plain(row.level))
        for row in drawn
        if row.level is not None and row.level < 0
    ]
    found += [
        ("event-table.level-twice", f"line {after.line} TIME", plain(after.time))
        for before, after in pairwise(drawn)
        if before.time == after.time
    ]
    found += [
        ("event-table.analysis-of-steady", f"line {row.line} SS", str(int(row.steady)))
        for row in rows
        if row.steady is not Steady.NO
    ]
    found += [
        ("event-table.analysis-over-reset", f"line {row.line} EVID", str(int(row.kind)))
        for row in rows[1:]
        if row.kind.resets
    ]
    return found


def _doses(rows: Sequence[EventRow]) -> list[Dose]:
    return [
        Dose(row.time + number * row.interval, row.amount, row.duration)
        for row in rows
        if row.kind.doses
        for number in range(row.additional + 1)
    ]


def _route(doses: Sequence[Dose]) -> Route:
    if not doses:
        return Route.EXTRAVASCULAR
    return Route.INFUSION if any(one.duration for one in doses) else Route.BOLUS
