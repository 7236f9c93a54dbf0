"""Signing: a treatment and what a person wants to sign give entries, or refusals with their reasons.

A command is the record that somebody wants to sign. The tables say whether its time has come, guards say what
stands against it. Nothing here has a clock or a store: the same treatment, hand, records and rules give the same
answer.
"""

from __future__ import annotations

from collections.abc import Iterator

from ransel.chart.entry import Entry
from ransel.chart.guards import objections
from ransel.chart.machine import CONTAINER, COURSE, TREATMENT, Table, knows, next_phase, step_of
from ransel.chart.people import Hand
from ransel.chart.records import OfContainer, OfCourse, Record
from ransel.chart.rules import Rules
from ransel.chart.treatment import Treatment, after
from ransel.language import Message, Refusal, Refused


def sign(treatment: Treatment, hand: Hand, rules: Rules, *records: Record) -> tuple[Entry[Record], ...]:
    """Return the entries that sign these records, in order, all or none.

    Nothing is returned when the hand's key has signed before: it was sent twice.

    Raises:
        Refused: with every reason: somebody else was first, a reason is due, it is not the time, a guard objects.
    """
    if hand.key and hand.key in treatment.keys:
        return ()
    complaints = [*_about_time(hand), *_meanwhile(treatment, hand, records)]
    if complaints:
        raise Refused(complaints)
    signed: list[Entry[Record]] = []
    state = treatment
    for number, record in enumerate(records):
        complaints = list(_complaints(state, hand, rules, record))
        if complaints:
            raise Refused(complaints)
        entry = _entry(state, hand, record, first=number == 0)
        signed.append(entry)
        state = after(state, [entry])
    return tuple(signed)


def _entry(state: Treatment, hand: Hand, record: Record, *, first: bool) -> Entry[Record]:
    return Entry(
        treatment=state.id, version=state.version + 1, what=record, who=hand.who, role=hand.role, where=hand.where,
        happened=hand.happened, written=hand.now, seen=hand.seen, reason=hand.reason.strip(),
        key=hand.key if first else "",
    )  # fmt: skip


def _about_time(hand: Hand) -> Iterator[Refusal]:
    if hand.happened > hand.now:
        yield Refusal("chart.in-the-future", "happened", hand.happened.isoformat(timespec="minutes"))


def _meanwhile(treatment: Treatment, hand: Hand, records: tuple[Record, ...]) -> Iterator[Refusal]:
    """Refuse what was decided on an older picture: somebody has signed something about the same since."""
    subjects = {_subject(record) for record in records}
    for entry in treatment.history[hand.seen :]:
        if _subject(entry.what) in subjects and entry.what.topic != "observation":
            values = {"what": Message(f"entry.{entry.kind}"), "who": entry.who, "seen": hand.seen}
            yield Refusal("chart.changed-meanwhile", "seen", str(entry.version), values)


def _subject(record: Record) -> tuple[str, int, int]:
    return (
        record.topic,
        record.course if isinstance(record, OfCourse) else 0,
        record.container if isinstance(record, OfContainer) else 0,
    )


def _complaints(state: Treatment, hand: Hand, rules: Rules, record: Record) -> Iterator[Refusal]:
    if record.reason_due and not hand.reason.strip():
        yield Refusal("chart.reason-due", "reason", "", {"what": Message(f"entry.{record.kind}")})
    untimely = list(_not_now(state, record))
    yield from untimely
    if not untimely:
        yield from objections(state, hand, rules, record)


def _not_now(state: Treatment, record: Record) -> Iterator[Refusal]:
    """Refuse what the tables do not know in the present phase."""
    step = step_of(record)
    if state.phase == "none" or knows(TREATMENT, step):
        yield from _unless(TREATMENT, "treatment", state.phase, step)
    if not isinstance(record, OfCourse) or state.phase == "none":
        return
    course = state.course(record.course)
    if knows(COURSE, step):
        yield from _unless(COURSE, "course", course.phase if course else "none", step)
    if not isinstance(record, OfContainer) or course is None:
        return
    container = course.container(record.container)
    if container is None:
        yield Refusal("chart.no-such-container", "container", str(record.container))
    elif knows(CONTAINER, step):
        yield from _unless(CONTAINER, "container", container.phase, step)


def _unless(table: Table, machine: str, phase: str, step: str) -> Iterator[Refusal]:
    if next_phase(table, phase, step) is None:
        values = {"what": Message(f"entry.{step}"), "phase": Message(f"phase.{machine}.{phase}")}
        yield Refusal("chart.not-now", machine, "", values)
