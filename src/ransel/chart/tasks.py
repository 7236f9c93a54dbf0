"""What is to be done next for a treatment: one list, out of which every role sees its own part.

A task follows from the phases alone. Nobody enters one, nobody ticks one off: it is gone when its record is signed.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from types import MappingProxyType

from ransel.chart.guards.guard import has_go
from ransel.chart.guards.home import home_care
from ransel.chart.people import Role
from ransel.chart.records.care import FitForHome, HomeCareAccepted, HomeCareAsked, Readmitted, Removed
from ransel.chart.records.pharmacy import BatchStarted, Released
from ransel.chart.records.prescribing import CriteriaRecorded
from ransel.chart.treatment import ContainerState, CourseState, Treatment
from ransel.chart.visits import VisitState, finish_before, visit_of

ROLES: Mapping[str, frozenset[Role]] = MappingProxyType(
    {
        "measure": frozenset({Role.DOCTOR, Role.DAY_CARE_NURSE, Role.WARD_NURSE}),
        "order": frozenset({Role.DOCTOR}),
        "verify": frozenset({Role.DOCTOR, Role.PHARMACIST}),
        "order-anew": frozenset({Role.DOCTOR}),
        "criteria": frozenset({Role.DOCTOR}),
        "go": frozenset({Role.DOCTOR}),
        "make": frozenset({Role.TECHNICIAN, Role.PHARMACIST}),
        "weigh": frozenset({Role.TECHNICIAN, Role.PHARMACIST}),
        "release": frozenset({Role.PHARMACIST}),
        "hand-over": frozenset({Role.PHARMACIST, Role.TECHNICIAN}),
        "connect": frozenset({Role.DAY_CARE_NURSE, Role.WARD_NURSE}),
        "change": frozenset({Role.DAY_CARE_NURSE, Role.WARD_NURSE}),
        "resume": frozenset({Role.DOCTOR, Role.DAY_CARE_NURSE, Role.WARD_NURSE}),
        "go-home": frozenset({Role.DOCTOR, Role.WARD_NURSE}),
        "ask-home-care": frozenset({Role.COORDINATOR}),
        "accept-home-care": frozenset({Role.HOME_CARE_NURSE}),
        "disconnect": frozenset({Role.HOME_CARE_NURSE, Role.WARD_NURSE, Role.DAY_CARE_NURSE}),
        "residue": frozenset({Role.HOME_CARE_NURSE, Role.WARD_NURSE, Role.DAY_CARE_NURSE}),
        "pump-back": frozenset({Role.DAY_CARE_NURSE, Role.COORDINATOR}),
        "pump-ready": frozenset({Role.DAY_CARE_NURSE, Role.COORDINATOR}),
    }
)
"""Who does what; the policy says who may."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Task:
    """One thing to do.

    Values:
        due: when it is planned; latest: after that it is too late. Aware, None when nothing says so.
    """

    kind: str
    treatment: str
    course: int = 0
    container: int = 0
    due: datetime | None = None
    latest: datetime | None = None

    @property
    def roles(self) -> frozenset[Role]:
        """Whose task it is."""
        return ROLES[self.kind]

    def is_late(self, now: datetime) -> bool:
        """Whether it should have been done: its latest moment has passed, or its due one where there is no latest."""
        limit = self.latest or self.due
        return limit is not None and now > limit


def tasks_of(treatment: Treatment, now: datetime) -> tuple[Task, ...]:
    """Return what is to be done for a treatment, the most urgent first; `now` is aware."""
    return tuple(sorted(_tasks(treatment, now), key=_urgency))


def _urgency(task: Task) -> tuple[bool, float]:
    at = task.latest or task.due
    return at is None, at.timestamp() if at else 0.0


def _tasks(treatment: Treatment, now: datetime) -> Iterator[Task]:
    if treatment.phase != "enrolled":
        for course in treatment.courses:
            yield from _afterwards(treatment, course)
        return
    if not treatment.measurements:
        yield Task(kind="measure", treatment=treatment.id)
        return
    current = treatment.current
    if current is None or current.phase == "cancelled":
        yield Task(kind="order", treatment=treatment.id, course=current.number if current else 1)
    elif current.phase == "ended":
        yield from _next_order(treatment, current, now)
    for course in treatment.courses:
        yield from _of_course(treatment, course, now)
        yield from _afterwards(treatment, course)


def _next_order(treatment: Treatment, course: CourseState, now: datetime) -> Iterator[Task]:
    visit = visit_of(course, "next-course", 0, now)
    if visit is not None:  # none after the last course
        yield Task(kind="order", treatment=treatment.id, course=course.number + 1, due=visit.earliest)


def _of_course(treatment: Treatment, course: CourseState, now: datetime) -> Iterator[Task]:
    def task(kind: str, *, container: int = 0, visit: VisitState | None = None) -> Task:
        due, latest = (visit.planned, visit.latest) if visit else (None, None)
        return Task(
            kind=kind, treatment=treatment.id, course=course.number, container=container, due=due, latest=latest
        )

    if course.phase in {"ended", "cancelled", "none"}:
        return
    start = visit_of(course, "go", 1, now)
    if course.phase == "ordered":
        yield task("verify", visit=start)
    elif course.phase == "refused":
        yield task("order-anew", visit=start)
    else:
        if course.last(CriteriaRecorded) is None:
            yield task("criteria", visit=start)
        yield from _of_containers(treatment, course, now)
        yield from _at_home(treatment, course, now)
        if course.phase == "standing":
            yield task("resume")


_IN_THE_PHARMACY: Mapping[str, str] = MappingProxyType(
    {"cleared": "make", "discarded": "make", "making": "weigh", "checked": "release", "released": "hand-over"}
)


def _of_containers(treatment: Treatment, course: CourseState, now: datetime) -> Iterator[Task]:
    for container in course.containers:
        kind = _IN_THE_PHARMACY.get(container.phase)
        waits = container.phase in {"planned", "withheld", "blocked"} or (kind == "make" and not has_go(container))
        if kind is not None and not waits and course.phase != "stopped":
            yield _of_pharmacy(treatment, course, container, kind)
        if waits and course.phase != "stopped":
            yield _of_visit(treatment, course, "go", visit_of(course, "go", container.index, now), container.index)
        yield from _beside_the_child(treatment, course, container, now)


def _of_pharmacy(treatment: Treatment, course: CourseState, container: ContainerState, kind: str) -> Task:
    due, latest = made_between(course, container.index)
    if container.phase == "released":
        released = container.last(Released)
        latest = min(released.what.cold_until, released.what.start_before) if released else latest
    return Task(
        kind=kind, treatment=treatment.id, course=course.number, container=container.index, due=due, latest=latest
    )


def made_between(course: CourseState, container: int) -> tuple[datetime, datetime]:
    """Return when a container is planned to be made, and the latest moment at which its making may begin."""
    planned = next(one for one in course.document["preparations"] if one["container"] == container)
    return datetime.fromisoformat(planned["planned"]), datetime.fromisoformat(planned["latest"])


def _beside_the_child(
    treatment: Treatment, course: CourseState, container: ContainerState, now: datetime
) -> Iterator[Task]:
    number = container.index
    if container.phase in {"planned", "cleared", "making", "checked", "released", "out", "withheld", "discarded"}:
        kind = "connect" if visit_of(course, "connect", number, now) else "change"
        if course.phase != "stopped":
            yield _of_visit(treatment, course, kind, visit_of(course, kind, number, now), number)
    elif container.phase == "connected" and (number == course.containers[-1].index or course.phase == "stopped"):
        visit = visit_of(course, "disconnect", number, now)
        end = finish_before(course, number)
        latest = visit.latest if visit else end
        due = now if course.phase == "stopped" else visit.planned if visit else end
        yield Task(kind="disconnect", treatment=treatment.id, course=course.number, container=number, due=due,
                   latest=latest)  # fmt: skip


def _of_visit(treatment: Treatment, course: CourseState, kind: str, visit: VisitState | None, container: int) -> Task:
    due, latest = (visit.planned, visit.latest) if visit else (None, None)
    return Task(kind=kind, treatment=treatment.id, course=course.number, container=container, due=due, latest=latest)


def _at_home(treatment: Treatment, course: CourseState, now: datetime) -> Iterator[Task]:
    last = course.containers[-1].index
    visit = visit_of(course, "disconnect", last, now)
    if visit is None or visit.place != "home":
        return
    if course.phase in {"running", "between"} and not course.at_home:
        fit, back = course.last(FitForHome), course.last(Readmitted)
        holds = fit is not None and (back is None or back.version < fit.version)
        due = fit.happened if fit is not None and holds else None
        yield Task(kind="go-home", treatment=treatment.id, course=course.number, due=due)
    asked, accepted = course.last(HomeCareAsked), course.last(HomeCareAccepted)
    if not home_care(course):
        yield _of_visit(treatment, course, "ask-home-care", visit, last)
    elif asked is not None and (accepted is None or accepted.version < asked.version):
        yield _of_visit(treatment, course, "accept-home-care", visit, last)


def _afterwards(treatment: Treatment, course: CourseState) -> Iterator[Task]:
    """Go through what is left to do when something was taken off."""
    for container in course.containers:
        removed = container.last(Removed)
        if container.phase == "removed" and removed is not None:
            yield Task(kind="residue", treatment=treatment.id, course=course.number, container=container.index,
                       due=removed.happened)  # fmt: skip
    for phase in course.pumps.values():
        if phase in {"off", "returned"}:
            kind = "pump-back" if phase == "off" else "pump-ready"
            yield Task(kind=kind, treatment=treatment.id, course=course.number)


def vials_opened(course: CourseState) -> int:
    """Return how many vials were opened for a course, discarded makings included."""
    counts = {one["index"]: one["vials"] for one in course.document["containers"]}
    return sum(
        counts[one.index] * (len(one.discarded) + (one.last(BatchStarted) is not None and one.phase != "discarded"))
        for one in course.containers
    )
