"""The visits of a course as they stand now: moved by people, and by what really happened.

The windows of the plan count from the planned connecting. Once a container is connected, or has stood still, its
windows move with it, and never past the end of its clock. A lower rate makes a container last longer; that is left
out, so that what is shown is never later than true.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from ransel.chart.entry import Entry
from ransel.chart.records import Record
from ransel.chart.records.care import Connected, Removed
from ransel.chart.records.pharmacy import LeftFridge, Released
from ransel.chart.records.prescribing import GoGiven
from ransel.chart.treatment import CourseState


@dataclass(frozen=True, slots=True, kw_only=True)
class VisitState:
    """One visit as it stands.

    Values:
        container: which it is about, 0 for none. place: as planned.
        earliest, planned, latest: aware; `latest` None when nothing sets one.
        done: what was signed there, None while it is to come. moved: whether somebody has moved it.
    """

    kind: str
    container: int
    place: str
    earliest: datetime
    planned: datetime
    latest: datetime | None
    done: Entry[Record] | None
    moved: bool

    @property
    def late(self) -> datetime:
        """The instant after which it is late: the end of its window, else when it was planned."""
        return self.latest or self.planned


def visits_of(course: CourseState, now: datetime) -> tuple[VisitState, ...]:
    """Return every visit of a course in order of time; `now` ends a standstill that still lasts."""
    planned = [_visit(course, visit, now) for visit in course.document["visits"]]
    return tuple(sorted(planned, key=lambda visit: visit.planned))


def visit_of(course: CourseState, kind: str, container: int, now: datetime) -> VisitState | None:
    """Return one visit, or None when the course has none such."""
    return next((one for one in visits_of(course, now) if (one.kind, one.container) == (kind, container)), None)


def _visit(course: CourseState, visit: dict[str, Any], now: datetime) -> VisitState:
    kind, container = visit["kind"], visit["container"] or 0
    earliest, planned = (datetime.fromisoformat(visit[key]) for key in ("earliest", "planned"))
    latest = datetime.fromisoformat(visit["latest"]) if visit["latest"] else None
    late = _shift(course, kind, container, now)
    if late is not None:
        earliest, planned = earliest + late, planned + late
        latest = None if latest is None else latest + late
    end = _clock_end(course, kind, container)
    if end is not None and latest is not None:
        latest = min(latest, end)
        planned, earliest = min(planned, latest), min(earliest, latest)
    moved = course.moved.get((kind, container))
    return VisitState(
        kind=kind, container=container, place=visit["place"], earliest=earliest,
        planned=moved.what.to if moved else planned, latest=latest,
        done=_done(course, kind, container), moved=moved is not None,
    )  # fmt: skip


def _ends(kind: str, container: int) -> int:
    """Return the number of the container that a visit ends; 0 when it ends none."""
    return {"change": container - 1, "disconnect": container}.get(kind, 0)


def _shift(course: CourseState, kind: str, container: int, now: datetime) -> timedelta | None:
    """Return how much later than planned everything is that depends on the last connecting."""
    first = course.containers[0].last(Connected) if course.containers else None
    if kind == "next-course":
        return None if first is None else first.happened - _planned(course, "connect", 1)
    ended = course.container(_ends(kind, container))
    connected = ended.last(Connected) if ended else None
    if connected is None:
        return None
    begun = _planned(course, "change" if connected.what.container > 1 else "connect", connected.what.container)
    return connected.happened - begun + standstill(course, connected.happened, now)


def _planned(course: CourseState, kind: str, container: int) -> datetime:
    """Return when a container was planned to be connected."""
    for visit in course.document["visits"]:
        if visit["kind"] in {kind, "connect"} and visit["container"] == container:
            return datetime.fromisoformat(visit["planned"])
    raise LookupError(container)


def standstill(course: CourseState, since: datetime, now: datetime) -> timedelta:
    """Return how long the infusion has stood still since an instant."""
    stood = ((max(begins, since), ends or now) for begins, ends in course.stood)
    return sum((max(ends - begins, timedelta()) for begins, ends in stood), start=timedelta())


def _clock_end(course: CourseState, kind: str, container: int) -> datetime | None:
    """Return when the clock of the container that a visit ends, or that it connects, allows no more."""
    ended = course.container(_ends(kind, container))
    if ended is not None:
        return finish_before(course, ended.index)
    if kind == "connect":
        state = course.container(container)
        released = state.last(Released) if state else None
        return released.what.start_before if released else None
    return None


def finish_before(course: CourseState, container: int) -> datetime | None:
    """Return when a container must have run out, by its release and by when it left the fridge; None before release."""
    state = course.container(container)
    released, left = (state.last(Released), state.last(LeftFridge)) if state else (None, None)
    if left is not None:
        return left.what.finish_before
    return released.what.finish_before if released else None


def _done(course: CourseState, kind: str, container: int) -> Entry[Record] | None:
    state = course.container(container)
    if state is None:
        return None
    if kind == "go":
        return state.last(GoGiven)
    return state.last(Removed) if kind == "disconnect" else state.last(Connected)
