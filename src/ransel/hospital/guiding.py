"""The steps at the child, from a pump set aside to the family's hand-out: what is done, what is next, what waits.

Everything follows from the chart. What a step needs is decided by tables and guards when it is signed; here it is only
said beforehand, so that nobody walks to the fridge for nothing.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Literal

from ransel.chart.entry import Entry
from ransel.chart.machine import CONTAINER, COURSE, knows, next_phase
from ransel.chart.records import Record
from ransel.chart.records.care import (
    Connected,
    Primed,
    ProgrammeChecked,
    Programmed,
    PumpAssigned,
    PumpReplaced,
    Readied,
    Removed,
    ResidueRecorded,
)
from ransel.chart.treatment import ContainerState, CourseState
from ransel.chart.wording import phase_name
from ransel.hospital.gate import url_of
from ransel.language import Message

State = Literal["done", "next", "open", "later", "waits"]
TAKEN_OFF = frozenset({"removed", "accounted", "discarded"})
AT_THE_CHILD = frozenset({"connected", "removed", "accounted"})
"""Phases of a container that is connected, or was."""
_WAITS_FOR: Mapping[str, str] = MappingProxyType({
    "planned": "missing.go", "withheld": "missing.go-withheld", "blocked": "missing.go-withheld",
    "cleared": "missing.making", "making": "missing.making", "checked": "missing.release",
    "released": "missing.out-of-fridge", "discarded": "missing.made-anew",
})  # fmt: skip
"""What a container that is not at hand waits for, by its phase."""


@dataclass(frozen=True, slots=True)
class Step:
    """One step of the guide.

    Values:
        state: done; next: to be done now; open: can be done now as well; later: after another one; waits: cannot be
            done yet, `why` says why. page, url: where it is signed. entry: that it was. again: it can be signed anew.
    """

    name: str
    state: State
    page: str
    url: str
    entry: Entry[Record] | None = None
    why: Message | None = None
    again: bool = False

    @property
    def title(self) -> Message:
        """What is done in it."""
        return Message(f"guide-step.{self.name}")

    @property
    def how(self) -> Message:
        """How it is done, in a sentence."""
        return Message(f"guide-step.{self.name}-how")


@dataclass(frozen=True, slots=True)
class _Plan:
    """A step before the chart was looked at: the step of the tables, and its entry in the chart."""

    name: str
    page: str
    signs: str
    done: Callable[[CourseState, ContainerState], Entry[Record] | None]
    alone: bool = True
    """Whether it can be done before the steps above it."""


def before(course: CourseState, container: ContainerState) -> ContainerState | None:
    """Return the container that runs before this one, or None for the first."""
    return next((one for one in reversed(course.containers) if one.index < container.index), None)


def missing_of(course: CourseState, container: ContainerState) -> tuple[Message, ...]:
    """Return what is missing before a container can be connected, apart from the steps beside the child."""
    return tuple(_missing(course, container))


def _missing(course: CourseState, container: ContainerState) -> Iterator[Message]:
    if container.phase in AT_THE_CHILD:
        return
    if course.phase in {"ordered", "refused"}:
        yield Message("missing.verified")
    if container.phase in _WAITS_FOR:
        yield Message(_WAITS_FOR[container.phase])
    if not course.pump:
        yield Message("missing.pump")
    first = before(course, container)
    if first is not None and first.phase not in {"connected", *TAKEN_OFF}:
        yield Message("missing.other-first", {"turn": first.index})


def steps_of(treatment: str, course: CourseState, container: ContainerState) -> tuple[Step, ...]:
    """Return the steps for a container, in order."""
    steps: list[Step] = []
    told_next = False
    for plan in _plans(course, container):
        state, why = _state_of(course, container, plan, is_next=not told_next)
        told_next = told_next or state in {"next", "waits"}
        steps.append(_step(treatment, course, container, plan, state, why))
    return tuple(steps)


def next_step(steps: tuple[Step, ...]) -> Step | None:
    """Return the step to be done now, None when the first one that is not done has to wait."""
    return next((one for one in steps if one.state == "next"), None)


def _state_of(
    course: CourseState, container: ContainerState, plan: _Plan, *, is_next: bool
) -> tuple[State, Message | None]:
    if plan.done(course, container) is not None:
        return "done", None
    why = _why_not(course, container, plan)
    if why is not None:
        return "waits", why
    if is_next:
        return "next", None
    return ("open" if plan.alone else "later"), None


def _why_not(course: CourseState, container: ContainerState, plan: _Plan) -> Message | None:
    """Return why the tables know no such step now, None when they do."""
    if not plan.signs:
        return None
    first = before(course, container)
    phase: str | None = course.phase
    if plan.signs == Connected.kind and first is not None and first.phase == "connected":
        phase = next_phase(COURSE, course.phase, Removed.kind)  # both are signed together
    if phase is None or next_phase(COURSE, phase, plan.signs) is None:
        return Message("missing.course-is", {"phase": phase_name("course", course.phase)})
    return _container_is_not(container if plan.signs != ResidueRecorded.kind else first or container, plan)


def _container_is_not(container: ContainerState, plan: _Plan) -> Message | None:
    """Return why it is not the time of a container for a step, None when it is."""
    if not knows(CONTAINER, plan.signs) or next_phase(CONTAINER, container.phase, plan.signs) is not None:
        return None
    if plan.signs == ResidueRecorded.kind:
        return Message("missing.not-taken-off", {"container": container.index})
    if container.phase in _WAITS_FOR:
        return Message(_WAITS_FOR[container.phase])
    return Message("missing.container-is", {"phase": phase_name("container", container.phase)})


def _step(
    treatment: str, course: CourseState, container: ContainerState, plan: _Plan, state: State, why: Message | None
) -> Step:
    first = before(course, container)
    of = first.index if plan.page == "residue" and first is not None else container.index
    address = url_of(plan.page, treatment, course.number, of)
    entry = plan.done(course, container)
    again = entry is not None and plan.page in _AGAIN and container.phase not in AT_THE_CHILD
    return Step(
        name=plan.name, state=state, page=plan.page, entry=entry, why=why,
        url=f"{address}?baseline=1" if plan.name == "baseline" else address,
        again=again and _why_not(course, container, plan) is None,
    )  # fmt: skip


_AGAIN = frozenset({"ready", "prime", "programme", "check-programme"})
"""What can be signed again until the container is connected; the last one holds."""


def _plans(course: CourseState, container: ContainerState) -> Iterator[_Plan]:
    yield _Plan("pump", "assign-pump", PumpAssigned.kind, _pump)
    yield _Plan("ready", "ready", Readied.kind, lambda _, one: one.last(Readied))
    yield _Plan("baseline", "observe", "observed", _baseline)
    yield _Plan("prime", "prime", Primed.kind, _primed)
    yield _Plan("programme", "programme", Programmed.kind, _programmed)
    yield _Plan("check", "check-programme", ProgrammeChecked.kind, _checked, alone=False)
    first = before(course, container)
    name = "connect" if first is None else "change"
    yield _Plan(name, "connect", Connected.kind, lambda _, one: one.last(Connected), alone=False)
    if first is not None:
        yield _Plan("residue", "residue", ResidueRecorded.kind, lambda _, __: first.last(ResidueRecorded), alone=False)
    yield _Plan("hand-out", "hand-out", "", lambda _, __: None)


def _pump(course: CourseState, container: ContainerState) -> Entry[Record] | None:
    if container.phase in AT_THE_CHILD:
        return course.last(PumpReplaced) or course.last(PumpAssigned)
    if not course.pump:
        return None
    assigned, replaced = course.last(PumpAssigned), course.last(PumpReplaced)
    return next((one for one in (replaced, assigned) if one is not None and one.what.pump == course.pump), None)


def _baseline(course: CourseState, _: ContainerState) -> Entry[Record] | None:
    return next(
        (one for one in course.observed if one.what.baseline and one.version > course.ordered.version), None
    )  # fmt: skip


def _primed(course: CourseState, container: ContainerState) -> Entry[Record] | None:
    primed = container.last(Primed)
    if primed is None or container.phase in AT_THE_CHILD:
        return primed
    return primed if primed.what.pump == course.pump else None


def _programmed(course: CourseState, container: ContainerState) -> Entry[Programmed] | None:
    programmed = container.last(Programmed)
    return programmed if programmed and _on_this_pump(course, container, programmed.what.pump) else None


def _checked(course: CourseState, container: ContainerState) -> Entry[Record] | None:
    programmed, checked = _programmed(course, container), container.last(ProgrammeChecked)
    if programmed is None or checked is None or checked.version < programmed.version:
        return None
    return checked if _on_this_pump(course, container, checked.what.pump) else None


def _on_this_pump(course: CourseState, container: ContainerState, pump: str) -> bool:
    """Whether a step was done with the pump in hand; for a container that was taken off it does not matter any more."""
    return pump == course.pump or container.phase in TAKEN_OFF
