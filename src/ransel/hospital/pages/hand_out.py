"""The hand-out for the family: one page of paper that says what is next, what the pump means, and whom to call."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import datetime

from django.http import HttpResponse
from django.shortcuts import render
from django.utils.crypto import salted_hmac

from ransel.chart.guards.home import home_care
from ransel.chart.records.care import Readied
from ransel.chart.treatment import CourseState
from ransel.chart.visits import VisitState, finish_before, visits_of
from ransel.hospital.course_view import PlannedView
from ransel.hospital.gate import REFUSED_STATUS, Desk, page, write_access_of
from ransel.hospital.rulebook import agenda, protocol_of
from ransel.infusion.condition import Condition
from ransel.infusion.condition_facts import ConditionFacts, facts
from ransel.language import LANGUAGES, Language, Message, Refused
from ransel.papers.calendars import family_calendar
from ransel.planning import PlannedCourse
from ransel.quantities import Shown
from ransel.store.models import AccessRow, Organisation

ALARMS = (
    Condition.OCCLUSION, Condition.AIR_IN_LINE, Condition.NO_CASSETTE, Condition.RESERVOIR_LOW,
    Condition.RESERVOIR_EMPTY, Condition.BATTERY_LOW, Condition.BATTERY_DEPLETED, Condition.SYSTEM_FAILURE,
)  # fmt: skip
"""What a pump says most often, and what must not be misread; the words are those of the pump's own screen."""
KEY_OF_CALENDARS = "ransel.family-calendar"


@dataclass(frozen=True, slots=True)
class ToCome:
    """One visit to come, as a family reads it."""

    what: Message
    lines: Message
    at: datetime
    until: datetime | None
    place: Message


@page("hand-out", about="course", writes=False)
def hand_out(desk: Desk) -> HttpResponse:
    """Show the hand-out in the language of the family, or give its calendar with `ics=1`."""
    language = _language(desk)
    try:
        planned = desk.rules.planned
    except Refused as refused:
        context = {"desk": desk, "refusals": refused.refusals}
        return render(desk.request, "pages/day_care/hand_out.html", context, status=REFUSED_STATUS)
    if planned is None:
        raise LookupError(desk.course_number)
    if desk.request.GET.get("ics") == "1":
        return _calendar(desk, planned, language)
    context = {
        "desk": desk,
        "language": language,
        "languages": LANGUAGES,
        "visits": list(_to_come(desk)),
        "pump": desk.course.pump,
        "alarms": alarms(),
        "rules": list(_rules(desk)),
        "site": agenda().site,
        "home_care": Organisation.objects.filter(code=home_care(desk.course) or "").first(),
        "picture": PlannedView(planned, language).picture,
    }
    return render(desk.request, "pages/day_care/hand_out.html", context)


def _language(desk: Desk) -> Language:
    wished = desk.request.GET.get("in", "")
    return next((one for one in LANGUAGES if one == wished), desk.language)


def alarms() -> tuple[ConditionFacts, ...]:
    """Return what the pump can say, in the order of the hand-out: what it is called, and what to do."""
    return tuple(facts()[condition] for condition in ALARMS)


def _to_come(desk: Desk) -> Iterator[ToCome]:
    for visit in _not_done(desk.course, desk.now):
        until = visit.latest if visit.kind == "change" else None
        yield ToCome(
            Message(f"family-visit.{visit.kind}"), Message(f"family-lines.{visit.kind}"), visit.planned, until,
            Message(f"timeline-place.{visit.place}"),
        )  # fmt: skip


def _not_done(course: CourseState, now: datetime) -> tuple[VisitState, ...]:
    return tuple(one for one in visits_of(course, now) if one.done is None)


def _rules(desk: Desk) -> Iterator[Message]:
    """Go through what protocol and container ask of a family; nothing that stands in neither."""
    course, protocol = desk.course, protocol_of(desk.treatment)
    running = course.running
    ends = finish_before(course, running.index) if running else None
    if ends is not None:
        yield Message("hand-out.empty-before", {"at": agenda().moment(ends)})
    option = protocol.containers.options[course.ordered.what.containers]
    yield Message("hand-out.not-warmer", {"most": Shown(protocol.stability[option.stability].warm_up_to.value, "°C")})
    handling = protocol.handling
    if handling.own_line is not None:
        yield Message("hand-out.own-line", {"rule": handling.own_line.value})
    if handling.line_at_end is not None:
        yield Message("hand-out.line", {"rule": handling.line_at_end.value})
    if handling.restart_rules_after is not None:
        yield Message("hand-out.stood-still", {"most": Shown(handling.restart_rules_after.value, "h")})
    readied = running.last(Readied) if running else None
    batteries = next((one for one in readied.what.materials if one.what == "batteries"), None) if readied else None
    if batteries is not None:
        yield Message("hand-out.batteries", {"at": agenda().moment(batteries.change_by)})


def _calendar(desk: Desk, planned: PlannedCourse, language: Language) -> HttpResponse:
    """Return the visits to come as a calendar file, as they stand now."""
    key = salted_hmac(KEY_OF_CALENDARS, "").digest()
    content = family_calendar(_as_it_stands(desk, planned), language, desk.now, None, key=key)
    write_access_of(desk, action=AccessRow.EXPORT)
    name = Message("hand-out.file", {"course": desk.course_number}).text(language)
    headers = {"Content-Disposition": f'attachment; filename="{name}.ics"'}
    return HttpResponse(content, content_type="text/calendar; charset=utf-8", headers=headers)


def _as_it_stands(desk: Desk, planned: PlannedCourse) -> PlannedCourse:
    """Return the plan with the visits to come at the times to which people and events have moved them."""
    now = {(one.kind, one.container): one for one in _not_done(desk.course, desk.now)}
    visits = tuple(
        replace(one, earliest=now[key].earliest, planned=now[key].planned, latest=now[key].latest)
        for one in planned.plan.visits
        if (key := (one.kind, one.container)) in now
    )
    return replace(planned, plan=replace(planned.plan, visits=visits))
