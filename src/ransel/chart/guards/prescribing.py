"""What stands against an order, its verification, a go, a change of rate, a correction."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import datetime
from types import MappingProxyType

from pydantic import ValidationError

from ransel.chart.guards.guard import Guard, another_person, course_of, still_treated
from ransel.chart.ordered import ordered_containers
from ransel.chart.people import Hand
from ransel.chart.reading import record_of
from ransel.chart.records import VOCABULARY
from ransel.chart.records.care import Connected
from ransel.chart.records.prescribing import (
    Corrected,
    CourseOrdered,
    CourseStopped,
    CriteriaRecorded,
    GoGiven,
    Measured,
    OrderVerified,
    RateChanged,
    Withdrawn,
)
from ransel.chart.rules import Rules
from ransel.chart.treatment import CourseState, Treatment
from ransel.language import Moment, Refusal, Refused
from ransel.prescribing import Findings, judge
from ransel.protocols import Protocol
from ransel.protocols.reading import refusals_of
from ransel.quantities import Shown

UNTOUCHED = frozenset({"planned", "cleared", "withheld", "discarded"})
"""Phases of a container of which nothing exists: its course can still be ordered anew."""
CORRECTABLE = frozenset(
    {
        "measured",
        "criteria-recorded",
        "visit-before-course",
        "observed",
        "residue-recorded",
        "readied",
        "removed",
        "remark",
    }
)
"""What can be corrected afterwards. Orders, weighings and releases are signed anew instead, and so checked anew."""
SEVERE = 3
"""The grade of side effects from which a go needs a reason in words."""


def _measured(_: Treatment, hand: Hand, rules: Rules, record: Measured) -> Iterator[Refusal]:
    today = rules.agenda.local(hand.now).date()
    if record.measured > today:
        yield Refusal("date.in-the-future", "measured", str(record.measured), {"today": today})
    if record.measured < rules.identity.born:
        yield Refusal("date.before-birth", "measured", str(record.measured), {"born": rules.identity.born})


def _course_ordered(treatment: Treatment, hand: Hand, rules: Rules, record: CourseOrdered) -> Iterator[Refusal]:
    yield from still_treated(treatment, record)
    yield from _its_turn(treatment, record)
    yield from _rests_on_last_measurement(treatment, record)
    yield from _is_its_document(rules, record)
    asked = {one["code"] for one in record.document["warnings"] if one["level"] == "ask"}
    for code in sorted(asked - set(record.confirmed)):
        yield Refusal("chart.not-confirmed", "confirmed", code)
    state = treatment.course(record.course)
    if state is not None and any(one.phase not in UNTOUCHED for one in state.containers):
        yield Refusal("chart.already-made", "course", str(record.course))
    yield from _too_soon(treatment, hand, rules, record)


def _its_turn(treatment: Treatment, record: CourseOrdered) -> Iterator[Refusal]:
    last = treatment.current
    expected = 1 if last is None else last.number + 1 if last.phase == "ended" else last.number
    if record.course != expected:
        yield Refusal("chart.other-course-first", "course", str(record.course), {"expected": expected})


def _rests_on_last_measurement(treatment: Treatment, record: CourseOrdered) -> Iterator[Refusal]:
    if not treatment.measurements:
        yield Refusal("chart.not-measured", "weight")
        return
    last = treatment.measurements[-1].what
    if (last.weight, last.height, last.measured) != (record.weight, record.height, record.measured):
        yield Refusal("chart.other-measurement", "weight", record.weight.text(), {"last": last.weight})


def _is_its_document(rules: Rules, record: CourseOrdered) -> Iterator[Refusal]:
    """Refuse a document that is not of this child, course and protocol."""
    document = record.document
    found = (
        document["patient"]["number"],
        document["course"],
        document["protocol"]["id"],
        document["protocol"]["version"],
    )
    if found != (rules.identity.number, record.course, record.protocol, record.protocol_version):
        yield Refusal("chart.other-document", "document", str(found[0]))
    if {"name", "born"} & document["patient"].keys():
        yield Refusal("chart.name-in-document", "document")


def _too_soon(treatment: Treatment, hand: Hand, rules: Rules, record: CourseOrdered) -> Iterator[Refusal]:
    """Ask for a reason when the course starts before the protocol lets the next one start."""
    before = treatment.course(record.course - 1)
    earliest = None if before is None else next_course_from(before)
    if earliest is not None and record.start < earliest and not hand.reason.strip():
        values = {"earliest": Moment(rules.agenda.local(earliest))}
        yield Refusal("chart.course-too-soon", "start", record.start.isoformat(timespec="minutes"), values)


def next_course_from(course: CourseState) -> datetime | None:
    """Return when the next course may start, counted from the real connecting of this one; None after the last."""
    visit = next((one for one in course.document["visits"] if one["kind"] == "next-course"), None)
    if visit is None:
        return None
    first = course.containers[0].last(Connected) if course.containers else None
    moved = first.happened - datetime.fromisoformat(course.document["start"]) if first else None
    earliest = datetime.fromisoformat(visit["earliest"])
    return earliest + moved if moved is not None else earliest


def _order_verified(treatment: Treatment, hand: Hand, _: Rules, record: OrderVerified) -> Iterator[Refusal]:
    yield from still_treated(treatment, record)
    yield from another_person(hand, course_of(treatment, record).last(CourseOrdered), "verified_by")


def _criteria_recorded(_: Treatment, hand: Hand, rules: Rules, record: CriteriaRecorded) -> Iterator[Refusal]:
    today = rules.agenda.local(hand.now).date()
    if record.taken > today:
        yield Refusal("date.in-the-future", "taken", str(record.taken), {"today": today})
    try:
        findings = Findings.model_validate({"taken": record.taken, **record.findings})
        judge(rules.protocol.criteria, findings, too_old=False)
    except Refused as refused:
        yield from refused.refusals
    except ValidationError as error:  # pydantic wraps what its parts refuse
        yield from (refusal.at("findings") for refusal in refusals_of(Findings, error))


def _go_given(treatment: Treatment, hand: Hand, rules: Rules, record: GoGiven) -> Iterator[Refusal]:
    yield from still_treated(treatment, record)
    if record.container == 1:
        yield from _criteria_met(hand, rules, record)
        return
    course = course_of(treatment, record)
    before = course.container(record.container - 1)
    if before is None or before.last(Connected) is None:
        yield Refusal("chart.nothing-to-look-at", "container", str(record.container), {"before": record.container - 1})
    if record.worst_grade is None:
        yield Refusal("chart.no-grade", "worst_grade")
    elif record.worst_grade >= SEVERE and not hand.reason.strip():
        yield Refusal("chart.severe-without-reason", "worst_grade", str(record.worst_grade))


def _criteria_met(hand: Hand, rules: Rules, record: GoGiven) -> Iterator[Refusal]:
    outcomes = rules.plan().order.criteria
    open_ones = [one for one in outcomes if one.state != "met" and one.criterion.id not in record.despite]
    for one in open_ones:
        values = {"title": one.criterion.title, "limit": one.limit, "found": one.found_in_words}
        yield Refusal(f"chart.criterion-{one.state}", one.criterion.id, "", values)
    if record.despite and not hand.reason.strip():
        yield Refusal("chart.despite-without-reason", "reason", ", ".join(record.despite))


def _rate_changed(treatment: Treatment, _: Hand, rules: Rules, record: RateChanged) -> Iterator[Refusal]:
    yield from _known_modification(rules.protocol, record.modification)
    course = course_of(treatment, record)
    ordered = ordered_containers(course)[0].rate
    if record.rate > ordered:
        values = {"ordered": Shown(ordered, "mL/h")}
        yield Refusal("chart.rate-above-order", "rate", record.rate.text("en", "mL/h"), values)


def _course_stopped(_: Treatment, __: Hand, rules: Rules, record: CourseStopped) -> Iterator[Refusal]:
    yield from _known_modification(rules.protocol, record.modification)


def _known_modification(protocol: Protocol, modification: str) -> Iterator[Refusal]:
    known = [one.id for one in protocol.modifications]
    if modification not in {*known, "other"}:
        yield Refusal(
            "chart.modification-unknown", "modification", modification, {"known": ", ".join([*known, "other"])}
        )


def _withdrawn(treatment: Treatment, _: Hand, __: Rules, ___: Withdrawn) -> Iterator[Refusal]:
    if treatment.is_running:
        yield Refusal("chart.still-running", "course", str(treatment.current.number if treatment.current else ""))


def _corrected(treatment: Treatment, hand: Hand, rules: Rules, record: Corrected) -> Iterator[Refusal]:
    entry = next((one for one in treatment.history if one.version == record.entry), None)
    if entry is None:
        yield Refusal("chart.no-such-entry", "entry", str(record.entry))
        return
    if entry.kind not in CORRECTABLE:
        yield Refusal("chart.not-correctable", "entry", str(record.entry))
        return
    try:
        corrected = record_of(VOCABULARY[entry.kind], record.data)
    except Refused as refused:
        yield from refused.at("data").refusals
        return
    for key in ("course", "container", "making", "last"):
        if getattr(corrected, key, None) != getattr(entry.what, key, None):
            yield Refusal("chart.corrects-another", f"data.{key}", str(getattr(corrected, key, "")))
    judged = JUDGED_AGAIN.get(entry.kind)
    if judged is not None:
        yield from (refusal.at("data") for refusal in judged(treatment, hand, rules, corrected))


JUDGED_AGAIN: Mapping[str, Guard] = MappingProxyType({
    Measured.kind: _measured,
    CriteriaRecorded.kind: _criteria_recorded,
})  # fmt: skip
"""What later decisions are calculated from, and so must hold in a correction as it did at first."""


GUARDS: Mapping[str, Guard] = MappingProxyType({
    Measured.kind: _measured,
    CourseOrdered.kind: _course_ordered,
    OrderVerified.kind: _order_verified,
    CriteriaRecorded.kind: _criteria_recorded,
    GoGiven.kind: _go_given,
    RateChanged.kind: _rate_changed,
    CourseStopped.kind: _course_stopped,
    Withdrawn.kind: _withdrawn,
    Corrected.kind: _corrected,
})  # fmt: skip
