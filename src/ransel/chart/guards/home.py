"""What stands against moving a visit, and against asking and accepting home care."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from types import MappingProxyType

from ransel.chart.guards.guard import Guard, course_of
from ransel.chart.people import Hand
from ransel.chart.records.care import HomeCareAccepted, HomeCareAsked, HomeCareDeclined, VisitMoved
from ransel.chart.rules import Rules
from ransel.chart.treatment import CourseState, Treatment
from ransel.chart.visits import visit_of
from ransel.language import Message, Refusal


def home_care(course: CourseState) -> str:
    """Return the organisation that has the order now, asked or accepted; empty for none."""
    asked, declined = course.last(HomeCareAsked), course.last(HomeCareDeclined)
    if asked is None or (declined is not None and declined.version > asked.version):
        return ""
    return asked.what.organisation


def _visit_moved(treatment: Treatment, hand: Hand, rules: Rules, record: VisitMoved) -> Iterator[Refusal]:
    visit = visit_of(course_of(treatment, record), record.visit, record.container, hand.now)
    to, moment = record.to.isoformat(timespec="minutes"), rules.agenda.moment
    if visit is None:
        yield Refusal("chart.no-such-visit", "visit", record.visit)
        return
    if visit.done is not None:
        yield Refusal("chart.visit-done", "visit", record.visit)
    if record.visit == "connect":
        yield Refusal("chart.connect-is-the-plan", "to", to)
        return
    if record.to < visit.earliest or (visit.latest is not None and record.to > visit.latest):
        latest = moment(visit.latest) if visit.latest is not None else Message("word.no-limit")
        values = {"earliest": moment(visit.earliest), "latest": latest}
        yield Refusal("chart.outside-window", "to", to, values)
    elif not rules.agenda.is_open(visit.place, record.to):  # type: ignore[arg-type]  # a place of the plan
        why = rules.agenda.why_closed(visit.place, record.to)  # type: ignore[arg-type]
        yield Refusal("chart.place-closed", "to", to, {"why": why})
    if record.to < hand.now:
        yield Refusal("chart.in-the-past", "to", to)


def _home_care_asked(treatment: Treatment, hand: Hand, rules: Rules, record: HomeCareAsked) -> Iterator[Refusal]:
    course = course_of(treatment, record)
    last = course.containers[-1].index
    visit = visit_of(course, "disconnect", last, hand.now)
    if not rules.protocol.use.at_home:
        yield Refusal("chart.not-at-home", "course", rules.protocol.id)
    if home_care(course):
        yield Refusal("chart.asked-already", "organisation", home_care(course))
    if visit is not None and not visit.earliest <= record.visit_at <= visit.late:
        moment = rules.agenda.moment
        values = {"earliest": moment(visit.earliest), "latest": moment(visit.late)}
        yield Refusal("chart.outside-window", "visit_at", record.visit_at.isoformat(timespec="minutes"), values)


def _has_the_order(treatment: Treatment, hand: Hand, record: HomeCareAccepted | HomeCareDeclined) -> Iterator[Refusal]:
    organisation = home_care(course_of(treatment, record))
    if not organisation:
        yield Refusal("chart.not-asked", "course", str(record.course))
    elif hand.where.partition("/")[0] != organisation:
        yield Refusal("chart.asked-another", "where", hand.where)


def _accepted(treatment: Treatment, hand: Hand, _: Rules, record: HomeCareAccepted) -> Iterator[Refusal]:
    yield from _has_the_order(treatment, hand, record)
    if record.nurse == record.substitute:
        yield Refusal("chart.own-substitute", "substitute", record.substitute)


def _declined(treatment: Treatment, hand: Hand, _: Rules, record: HomeCareDeclined) -> Iterator[Refusal]:
    yield from _has_the_order(treatment, hand, record)


GUARDS: Mapping[str, Guard] = MappingProxyType({
    VisitMoved.kind: _visit_moved,
    HomeCareAsked.kind: _home_care_asked,
    HomeCareAccepted.kind: _accepted,
    HomeCareDeclined.kind: _declined,
})  # fmt: skip
