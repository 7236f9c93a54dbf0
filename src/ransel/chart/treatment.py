"""What the entries of one treatment add up to: its courses, their containers and pumps, each in a declared phase."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from types import MappingProxyType
from typing import Any, TypeVar, cast

from ransel.chart.entry import Entry
from ransel.chart.machine import (
    CONTAINER,
    COURSE,
    PUMP,
    RUNNING,
    TREATMENT,
    ContainerPhase,
    CoursePhase,
    PumpPhase,
    TreatmentPhase,
    next_phase,
    step_of,
)
from ransel.chart.reading import record_of
from ransel.chart.records import VOCABULARY, OfContainer, OfCourse, Record
from ransel.chart.records.care import (
    Connected,
    Observed,
    PumpAssigned,
    PumpReadied,
    PumpReplaced,
    PumpReturned,
    Readmitted,
    Removed,
    SentHome,
    VisitMoved,
)
from ransel.chart.records.pharmacy import BatchStarted, Discarded, Weighed
from ransel.chart.records.prescribing import Corrected, CourseOrdered, Enrolled, Measured

R = TypeVar("R", bound=Record)
Latest = Mapping[str, Entry[Record]]


def _nothing() -> Latest:
    return MappingProxyType({})


@dataclass(frozen=True, slots=True, kw_only=True)
class ContainerState:
    """One container of a course.

    Values:
        making: how often it was begun; 0 before the first time. latest: the last entry of each kind, of this making.
        weighed: the last weighing of each ingredient, of this making. discarded: earlier makings that were thrown away.
    """

    index: int
    phase: ContainerPhase = "planned"
    making: int = 0
    latest: Latest = field(default_factory=_nothing, hash=False)
    weighed: tuple[Entry[Weighed], ...] = ()
    discarded: tuple[Entry[Discarded], ...] = ()

    def last(self, record: type[R]) -> Entry[R] | None:
        """Return the last entry of this kind, or None."""
        return cast("Entry[R] | None", self.latest.get(record.kind))


@dataclass(frozen=True, slots=True, kw_only=True)
class CourseState:
    """One course.

    Values:
        latest: the last entry of each kind. containers: as ordered, in the order of use.
        pumps: by number, the phase of every pump that was used for it. at_home: whether the child is at home with it.
        observed: every observation in order. moved: by visit and container, the last moving of it.
        stood: every time it stood still, from when to when; the last may have no end.
    """

    number: int
    phase: CoursePhase = "none"
    latest: Latest = field(default_factory=_nothing, hash=False)
    containers: tuple[ContainerState, ...] = ()
    pumps: Mapping[str, PumpPhase] = field(default_factory=dict, hash=False)
    at_home: bool = False
    observed: tuple[Entry[Observed], ...] = ()
    moved: Mapping[tuple[str, int], Entry[VisitMoved]] = field(default_factory=dict, hash=False)
    stood: tuple[tuple[datetime, datetime | None], ...] = ()

    def last(self, record: type[R]) -> Entry[R] | None:
        """Return the last entry of this kind, or None."""
        return cast("Entry[R] | None", self.latest.get(record.kind))

    @property
    def ordered(self) -> Entry[CourseOrdered]:
        """The order in force; every course has one."""
        order = self.last(CourseOrdered)
        if order is None:
            raise LookupError(f"course {self.number} was never ordered")
        return order

    @property
    def document(self) -> Mapping[str, Any]:
        """The course as it was planned, `ransel/course/1`."""
        return self.ordered.what.document

    def container(self, index: int) -> ContainerState | None:
        """Return a container by its number, or None when the course has no such container."""
        return next((one for one in self.containers if one.index == index), None)

    @property
    def running(self) -> ContainerState | None:
        """The container that is connected to the child, or None."""
        return next((one for one in self.containers if one.phase == "connected"), None)

    @property
    def pump(self) -> str:
        """The pump that is set aside or in use, empty for none."""
        return next((number for number, phase in self.pumps.items() if phase in {"assigned", "in-use"}), "")

    @property
    def is_over(self) -> bool:
        """Whether nothing of it can be at the child any more."""
        return self.phase in {"ended", "cancelled"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Treatment:
    """One treatment at one version.

    Values:
        id: of the treatment. version: of the last entry, 0 when there is none.
        history: every entry as it was written. corrected: by the version of an entry, what corrects it.
        keys: of the devices that signed, so that nothing is signed twice.
    """

    id: str
    version: int = 0
    phase: TreatmentPhase = "none"
    latest: Latest = field(default_factory=_nothing, hash=False)
    measurements: tuple[Entry[Measured], ...] = ()
    courses: tuple[CourseState, ...] = ()
    history: tuple[Entry[Record], ...] = ()
    corrected: Mapping[int, Entry[Corrected]] = field(default_factory=dict, hash=False)
    keys: frozenset[str] = frozenset()

    def last(self, record: type[R]) -> Entry[R] | None:
        """Return the last entry of this kind, or None."""
        return cast("Entry[R] | None", self.latest.get(record.kind))

    @property
    def child(self) -> str:
        """The key of the child in the register, empty before enrolment."""
        enrolled = self.last(Enrolled)
        return enrolled.what.child if enrolled else ""

    @property
    def centre(self) -> str:
        """The organisation that treats the child, empty before enrolment."""
        enrolled = self.last(Enrolled)
        return enrolled.what.centre if enrolled else ""

    @property
    def protocol(self) -> str:
        """The protocol of the last order, else that of the enrolment."""
        ordered, enrolled = self.last(CourseOrdered), self.last(Enrolled)
        return ordered.what.protocol if ordered else enrolled.what.protocol if enrolled else ""

    def course(self, number: int) -> CourseState | None:
        """Return a course by its number, or None."""
        return next((one for one in self.courses if one.number == number), None)

    @property
    def current(self) -> CourseState | None:
        """The last course that was ordered, or None."""
        return self.courses[-1] if self.courses else None

    @property
    def is_running(self) -> bool:
        """Whether an infusion is, or may be, at the child."""
        return any(course.phase in RUNNING for course in self.courses)


def fold(treatment: str, entries: Iterable[Entry[Record]]) -> Treatment:
    """Return the treatment that these entries, in order, add up to. A corrected entry counts as corrected."""
    history = tuple(entries)
    corrected = {entry.what.entry: entry for entry in _corrections(history)}
    state = Treatment(id=treatment)
    for entry in history:
        state = _after(state, _as_corrected(entry, corrected))
    return replace(
        state,
        history=history,
        corrected=corrected,
        keys=frozenset(entry.key for entry in history if entry.key),
    )


def _corrections(history: Iterable[Entry[Record]]) -> Iterator[Entry[Corrected]]:
    for entry in history:
        if isinstance(entry.what, Corrected):
            yield cast("Entry[Corrected]", entry)


def after(treatment: Treatment, entries: Iterable[Entry[Record]]) -> Treatment:
    """Return the treatment after more entries."""
    added = tuple(entries)
    if any(isinstance(entry.what, Corrected) for entry in added):
        return fold(treatment.id, (*treatment.history, *added))
    state = treatment
    for entry in added:
        state = _after(state, entry)
    keys = treatment.keys | {entry.key for entry in added if entry.key}
    return replace(state, history=(*treatment.history, *added), keys=keys)


def _as_corrected(entry: Entry[Record], corrected: Mapping[int, Entry[Corrected]]) -> Entry[Record]:
    correction = corrected.get(entry.version)
    if correction is None:
        return entry
    return replace(entry, what=record_of(VOCABULARY[entry.kind], correction.what.data))


def _after(state: Treatment, entry: Entry[Record]) -> Treatment:
    what = entry.what
    state = replace(
        state,
        version=entry.version,
        phase=cast("TreatmentPhase", next_phase(TREATMENT, state.phase, step_of(what)) or state.phase),
        latest=MappingProxyType({**state.latest, what.kind: entry}),
    )
    if isinstance(what, Measured):
        return replace(state, measurements=(*state.measurements, cast("Entry[Measured]", entry)))
    if not isinstance(what, OfCourse):
        return state
    before = state.course(what.course)
    course = _course_after(before or CourseState(number=what.course), cast("Entry[OfCourse]", entry))
    if before is None:
        return replace(state, courses=(*state.courses, course))
    return replace(state, courses=tuple(course if one.number == what.course else one for one in state.courses))


def _course_after(course: CourseState, entry: Entry[OfCourse]) -> CourseState:
    what = entry.what
    course = replace(
        course,
        phase=cast("CoursePhase", next_phase(COURSE, course.phase, step_of(what)) or course.phase),
        latest=MappingProxyType({**course.latest, what.kind: entry}),
        pumps=_pumps_after(course, what),
        at_home=_at_home_after(course, what),
        stood=_stood_after(course, entry),
    )
    if isinstance(what, CourseOrdered):
        numbers = [one["index"] for one in what.document["containers"]]
        return replace(course, containers=tuple(_ordered_anew(course, number) for number in numbers), moved={})
    if isinstance(what, Observed):
        return replace(course, observed=(*course.observed, cast("Entry[Observed]", entry)))
    if isinstance(what, VisitMoved):
        moved = {**course.moved, (what.visit, what.container): cast("Entry[VisitMoved]", entry)}
        return replace(course, moved=moved)
    if isinstance(what, OfContainer):
        containers = tuple(
            _container_after(one, cast("Entry[OfContainer]", entry)) if one.index == what.container else one
            for one in course.containers
        )
        return replace(course, containers=containers)
    return course


def _ordered_anew(course: CourseState, number: int) -> ContainerState:
    """Return a container as an order begins it; what was made and thrown away before keeps its number and its waste."""
    before = course.container(number)
    if before is None:
        return ContainerState(index=number)
    return ContainerState(index=number, making=before.making, discarded=before.discarded)


_OUTLIVES_A_MAKING = {"go-given", "go-withheld"}


def _container_after(container: ContainerState, entry: Entry[OfContainer]) -> ContainerState:
    what = entry.what
    phase = next_phase(CONTAINER, container.phase, step_of(what)) or container.phase
    container = replace(container, phase=cast("ContainerPhase", phase))
    if isinstance(what, BatchStarted):
        kept = {kind: one for kind, one in container.latest.items() if kind in _OUTLIVES_A_MAKING}
        latest = MappingProxyType({**kept, what.kind: entry})
        return replace(container, making=what.making, latest=latest, weighed=())
    container = replace(container, latest=MappingProxyType({**container.latest, what.kind: entry}))
    if isinstance(what, Weighed):
        others = [one for one in container.weighed if one.what.ingredient != what.ingredient]
        return replace(container, weighed=(*others, cast("Entry[Weighed]", entry)))
    if isinstance(what, Discarded):
        return replace(container, discarded=(*container.discarded, cast("Entry[Discarded]", entry)))
    return container


def _pumps_after(course: CourseState, what: Record) -> Mapping[str, PumpPhase]:
    pumps = dict(course.pumps)

    def move(number: str, step: str) -> None:
        phase = next_phase(PUMP, pumps.get(number, "none"), step)
        pumps[number] = cast("PumpPhase", phase or pumps.get(number, "none"))

    if isinstance(what, PumpReplaced):
        move(course.pump, "replaced")
        move(what.pump, what.kind)
    elif isinstance(what, PumpAssigned):
        if course.pump and course.pumps[course.pump] == "assigned":  # set aside and never used: back on the shelf
            pumps.pop(course.pump)
        move(what.pump, what.kind)
    elif isinstance(what, PumpReturned | PumpReadied | Connected):
        move(what.pump, what.kind)
    elif isinstance(what, Removed) and what.last and course.pump:
        move(course.pump, step_of(what))
    return pumps


def _at_home_after(course: CourseState, what: Record) -> bool:
    if isinstance(what, SentHome):
        return True
    return course.at_home and not isinstance(what, Readmitted)


def _stood_after(course: CourseState, entry: Entry[OfCourse]) -> tuple[tuple[datetime, datetime | None], ...]:
    kind, stood = step_of(entry.what), course.stood
    if kind == "interrupted" or (kind == "course-stopped" and course.phase == "running"):
        return (*stood, (entry.happened, None))
    if kind in {"resumed", "removed", "removed-last"} and stood and stood[-1][1] is None:
        return (*stood[:-1], (stood[-1][0], entry.happened))
    return stood
