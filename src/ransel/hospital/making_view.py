"""One making of a container as the pharmacy's pages show it: what is weighed, what blocks it, what comes next."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal

from ransel.chart.batches import batch_record, steps_of, weighed_by, weighings_of
from ransel.chart.entry import Entry
from ransel.chart.machine import CONTAINER, COURSE, next_phase
from ransel.chart.records import Record
from ransel.chart.records.pharmacy import BatchChecked, BatchStarted, Discarded, LeftFridge, LotUsed, Released, Weighed
from ransel.chart.rules import Rules
from ransel.chart.signing import sign
from ransel.chart.treatment import ContainerState, CourseState
from ransel.chart.wording import choice_label, phase_name
from ransel.compounding import BatchRecord, Weighing, WeighingStep, release
from ransel.hospital.clocks import ClockBar
from ransel.hospital.gate import Desk
from ransel.hospital.names import names_of
from ransel.hospital.offers import Offer
from ransel.hospital.pages.chart import clocks_of
from ransel.language import Message, Refusal, Refused
from ransel.planning import Preparation
from ransel.quantities import Mass, Shown, Volume

StepState = Literal["waiting", "in", "out"]
ON_PAPER = frozenset({"released", "out", "connected", "removed", "accounted"})
"""Phases in which a container has a label: it was released, and neither blocked nor thrown away."""


@dataclass(frozen=True, slots=True, kw_only=True)
class StepLine:
    """One addition: what it should weigh, and what it did.

    Values:
        weighing, entry: None while it was not weighed. who: weighed it, by name. url: where it is weighed, else empty.
        lots_wrong: why its lots cannot stand.
    """

    step: WeighingStep
    weighing: Weighing | None
    entry: Entry[Weighed] | None
    who: str
    url: str
    lots_wrong: tuple[Refusal, ...]

    @property
    def blocks(self) -> bool:
        """Whether the making cannot be released as this step is."""
        return self.state == "out" or bool(self.lots_wrong)

    @property
    def state(self) -> StepState:
        """Whether it still has to be weighed, or lies in or out of tolerance."""
        if self.weighing is None:
            return "waiting"
        return "in" if self.weighing.within_tolerance else "out"

    @property
    def volume(self) -> Shown:
        """How much of it goes in."""
        return Shown(Volume(self.step.ingredient.volume.value), "mL", 3)

    @property
    def expected(self) -> Shown:
        """What it should weigh."""
        return Shown(Mass(self.step.expected.value), "g", 2)

    @property
    def tolerance(self) -> Shown:
        """How far it may lie from it, either way."""
        return Shown(self.step.tolerance, "g", 2)

    @property
    def before(self) -> Shown | None:
        """The balance before it."""
        return None if self.weighing is None else Shown(self.weighing.before, "g", 2)

    @property
    def after(self) -> Shown | None:
        """The balance after it."""
        return None if self.weighing is None else Shown(self.weighing.after, "g", 2)

    @property
    def added(self) -> Shown | None:
        """What was added."""
        return None if self.weighing is None else Shown(self.weighing.added, "g", 2)

    @property
    def off(self) -> Shown | None:
        """How much more, or with a minus less, was added than expected."""
        return None if self.weighing is None else Shown(self.weighing.residual, "g", 2)

    @property
    def lots(self) -> tuple[LotUsed, ...]:
        """The lots that went in."""
        return () if self.entry is None else self.entry.what.lots


@dataclass(frozen=True, slots=True, kw_only=True)
class Blocker:
    """What stands in the way of the next step, and which ingredient it is about."""

    refusal: Refusal
    about: object


@dataclass(frozen=True, slots=True, kw_only=True)
class MakingView:
    """A container and the making of it that is in hand, before, during and after it.

    Values:
        names: what people are called, by the code under which they sign.
        record: the batch record, None before the first vial was opened.
    """

    course: CourseState
    state: ContainerState
    preparation: Preparation
    steps: tuple[StepLine, ...]
    clocks: tuple[ClockBar, ...]
    record: BatchRecord | None
    names: dict[str, str]

    @property
    def phase(self) -> Message:
        """Where it stands."""
        return phase_name("container", self.state.phase)

    @property
    def started(self) -> Entry[BatchStarted] | None:
        """That its first vial was opened."""
        return self.state.last(BatchStarted)

    @property
    def checked(self) -> Entry[BatchChecked] | None:
        """That a second person has checked it; a weighing after it undoes the check."""
        return None if self.state.phase == "making" else self.state.last(BatchChecked)

    @property
    def released(self) -> Entry[Released] | None:
        """That it was released."""
        return self.state.last(Released)

    @property
    def left(self) -> Entry[LeftFridge] | None:
        """That it left the fridge."""
        return self.state.last(LeftFridge)

    @property
    def is_discarded(self) -> bool:
        """Whether this making was thrown away."""
        return self.state.phase == "discarded"

    @property
    def blocked(self) -> tuple[StepLine, ...]:
        """Steps that block this making; of one that was thrown away nothing is left to block."""
        return () if self.is_discarded or self.released else tuple(one for one in self.steps if one.blocks)

    @property
    def next_step(self) -> StepLine | None:
        """What is to be weighed next: what was not yet, else what blocks."""
        return next((one for one in self.steps if one.state == "waiting"), None) or next(iter(self.blocked), None)

    @property
    def has_label(self) -> bool:
        """Whether it may carry a label as released."""
        return self.state.phase in ON_PAPER and self.released is not None

    @property
    def discarded(self) -> tuple[tuple[Entry[Discarded], Message, str], ...]:
        """Makings that were thrown away, each with its cause and the name of who did."""
        return tuple((one, choice_label("cause", one.what.cause), self.name(one)) for one in self.state.discarded)

    def name(self, entry: Entry[Record] | None) -> str:
        """Return who signed an entry, by name."""
        return "" if entry is None else self.names.get(entry.who, entry.who)

    @property
    def started_by(self) -> str:
        """Who began, by name."""
        return self.name(self.started)

    @property
    def checked_by(self) -> str:
        """Who checked, by name."""
        return self.name(self.checked)

    @property
    def released_by(self) -> str:
        """Who released, by name."""
        return self.name(self.released)


def making_view(desk: Desk) -> MakingView:
    """Return the container that the address names, as pages show it.

    Raises:
        Refused: when the course can no longer be planned as it was signed.
    """
    state, rules = desk.container, desk.rules
    people = {one.who for one in state.latest.values()} | {one.who for one in (*state.weighed, *state.discarded)}
    names = names_of(people)
    may_weigh = desk.may("weigh") and is_time_for(desk, "weighed")
    record = None if state.last(BatchStarted) is None else batch_record(rules, state)
    return MakingView(
        course=desk.course,
        state=state,
        preparation=rules.preparation(state.index),
        steps=tuple(_lines(desk, rules, names, record, may_weigh=may_weigh)),
        clocks=tuple(clocks_of(desk.course, state, desk.now)),
        record=record,
        names=names,
    )


def _lines(
    desk: Desk, rules: Rules, names: dict[str, str], record: BatchRecord | None, *, may_weigh: bool
) -> Iterator[StepLine]:
    state, wrong = desk.container, _lots_wrong(desk, record)
    weighings = {one.step.ingredient.id: one for one in weighings_of(rules, state)}
    entries = {one.what.ingredient: one for one in state.weighed}
    for step in steps_of(rules, state.index):
        entry = entries.get(step.ingredient.id)
        yield StepLine(
            step=step,
            weighing=weighings.get(step.ingredient.id),
            entry=entry,
            who=names.get(entry.who, entry.who) if entry else "",
            url=f"{desk.url('weigh')}?ingredient={step.ingredient.id}" if may_weigh else "",
            lots_wrong=tuple(one for one in wrong if entry and one.field == f"lots.{step.ingredient.id}"),
        )


def _lots_wrong(desk: Desk, record: BatchRecord | None) -> tuple[Refusal, ...]:
    """Return what a release would say of the lots, so that it is seen before the next vial is opened."""
    if record is None:
        return ()
    try:
        release(record, desk.now, desk.person.id_code)
    except Refused as refused:
        return tuple(one for one in refused.refusals if one.field.startswith("lots."))
    return ()


def is_time_for(desk: Desk, step: str) -> bool:
    """Whether the tables know this step in the present phase of course and container."""
    in_course = next_phase(COURSE, desk.course.phase, step) is not None
    return in_course and next_phase(CONTAINER, desk.container.phase, step) is not None


def had_a_hand(desk: Desk) -> bool:
    """Whether this person made the container, and so may neither check nor release it."""
    return desk.person.id_code in weighed_by(desk.container)


def blockers(desk: Desk, *records: Record) -> tuple[Blocker, ...]:
    """Return what would stand against signing these records now; the same guards decide again when they are signed."""
    try:
        sign(desk.treatment, desk.hand(seen=desk.treatment.version), desk.rules, *records)
    except Refused as refused:
        names = {step.ingredient.id: step.ingredient.name for step in steps_of(desk.rules, desk.container_number)}
        return tuple(
            Blocker(refusal=one, about=names.get(one.field.rpartition(".")[2], "")) for one in refused.refusals
        )
    return ()


_NEXT = (
    ("make", "batch-started"), ("check-batch", "batch-checked"), ("release", "released"), ("hand-over", "left-fridge"),
)  # fmt: skip


def next_offer(desk: Desk, view: MakingView) -> Offer | None:
    """Return the step that comes next for this person, None when it is somebody else's turn."""
    step = view.next_step
    if view.state.phase == "making" and step is not None:
        return Offer("weigh", step.url) if step.url else None
    for name, signs in _NEXT:
        if desk.may(name) and is_time_for(desk, signs) and not (name == "release" and had_a_hand(desk)):
            return Offer(name, desk.url(name))
    return None
