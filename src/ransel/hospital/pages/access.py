"""Emergency access, and who looked at what: for the team of a child, and for the administrator in codes only."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import timedelta

from django.conf import settings
from django.db.models import Count
from django.http import HttpResponse
from django.shortcuts import redirect, render

from ransel.chart.people import Role
from ransel.chart.wording import role_name
from ransel.hospital.forms import Field, elsewhere, filled, read_answers
from ransel.hospital.gate import REFUSED_STATUS, Desk, page, write_access_of
from ransel.hospital.glass import CAUSES, notices_of
from ransel.hospital.names import names_of
from ransel.hospital.pages.administering import AdminForm, Done, admin_page
from ransel.hospital.pages.research import csv_file
from ransel.hospital.policy import Relation, policy
from ransel.hospital.rulebook import agenda
from ransel.hospital.signing import Data
from ransel.language import Message, Refusal, Refused, refuse
from ransel.store.models import AccessRow, Child, Glass, Organisation

FEWEST_LETTERS = 10
"""Of a reason for emergency access: fewer say nothing."""
ROWS_AT_ONCE = 400


# -- emergency access


@page("glass")
def glass(desk: Desk) -> HttpResponse:
    """Open the chart of a child that is treated elsewhere, with a reason; nothing of the child is shown before."""
    causes = tuple((cause, Message(f"glass.cause-{cause}")) for cause in CAUSES)
    fields = (
        Field(name="cause", kind="choice", label=Message("glass.cause"), choices=causes),
        Field(name="reason", kind="text", note=Message("glass.reason-note", {"fewest": FEWEST_LETTERS}),
              label=Message("form.reason")),
    )  # fmt: skip
    hours = settings.EMERGENCY_ACCESS_S // 3600
    if desk.request.method != "POST":
        context = {"desk": desk, "fields": filled(fields, None, ()), "hours": hours}
        return render(desk.request, "pages/access/glass.html", context)
    answers = read_answers(fields, desk.request.POST)
    try:
        _open(desk, answers.checked())
    except Refused as refused:
        context = {"desk": desk, "fields": filled(fields, answers.typed, refused.refusals), "hours": hours,
                   "refusals": refused.refusals, "elsewhere": elsewhere(fields, refused.refusals)}  # fmt: skip
        return render(desk.request, "pages/access/glass.html", context, status=REFUSED_STATUS)
    return redirect(desk.url("chart"))


def _open(desk: Desk, data: Data) -> None:
    """Open the chart for a while and write down that it was opened; once, when it is sent twice.

    Raises:
        Refused: when the reason says nothing.
    """
    reason = str(data["reason"])
    if sum(letter.isalpha() for letter in reason) < FEWEST_LETTERS:
        refuse("glass.reason-too-short", "reason", reason, fewest=FEWEST_LETTERS)
    if Glass.objects.filter(person=desk.person, treatment=desk.treatment.id, until__gt=desk.now).exists():
        return
    Glass.objects.create(
        person=desk.person, treatment=desk.treatment.id, cause=data["cause"], reason=reason, opened=desk.now,
        until=desk.now + timedelta(seconds=settings.EMERGENCY_ACCESS_S),
    )  # fmt: skip
    # the log has the cause in a code; the words, which may say something of the child, stay with its team
    write_access_of(desk, action=AccessRow.EMERGENCY, reason=data["cause"])


@page("emergency-notices", about="nobody")
def emergency_notices(desk: Desk) -> HttpResponse:
    """Show every emergency access, those first that nobody has looked at, and mark them as seen."""
    rows = Glass.objects.order_by("-seen_at", "-opened")
    unseen = [one for one in rows if one.seen_at is None]
    forms = [_seen_form(one) for one in unseen]
    looks = {
        (one["who"], one["treatment"]): one["looks"]
        for one in AccessRow.objects.filter(relation=Relation.EMERGENCY.value)
        .values("who", "treatment")
        .annotate(looks=Count("id"))
    }
    names = names_of(one.seen_by for one in rows if one.seen_by)

    def context() -> dict[str, object]:
        notices = sorted(notices_of(rows, desk.now), key=lambda one: one.glass.seen_at is not None)
        return {
            "notices": [
                (one, looks.get((one.glass.person.id_code, one.glass.treatment), 0), names.get(one.glass.seen_by, ""))
                for one in notices
            ]
        }

    return admin_page(desk, "pages/administration/emergency_notices.html", forms, context)


def _seen_form(one: Glass) -> AdminForm:
    def do(desk: Desk, _: Data) -> Done:
        Glass.objects.filter(pk=one.pk, seen_at=None).update(seen_by=desk.person.id_code, seen_at=desk.now)
        return Done(told=Message("glass.seen-now"), logged=f"emergency access {one.pk} of {one.person.id_code}: seen")

    return AdminForm(name=f"seen-{one.pk}", title=Message("glass.seen"), button=Message("glass.seen"), do=do)


# -- who looked


COLUMNS = ("event_time", "user", "role", "organisation", "event", "function", "treatment", "patient", "ground",
           "reason", "access_point", "outcome", "system")  # fmt: skip
"""The columns of the file, after the fields that NEN 7513 asks for."""


@dataclass(frozen=True, slots=True)
class AccessLine:
    """One line of the access log: who, in which role, what they did on which page, and what came of it."""

    row: AccessRow
    name: str
    organisation: str

    @property
    def role(self) -> object:
        """In which role."""
        return role_name(Role(self.row.role)) if self.row.role in set(Role) else self.row.role or "–"

    @property
    def action(self) -> Message:
        """What they did."""
        return Message(f"access.action-{self.row.action}")

    @property
    def page(self) -> object:
        """On which page."""
        return Message(f"page.{self.row.page}") if self.row.page in policy() else self.row.page

    @property
    def relation(self) -> object:
        """How they stood to the child."""
        known = self.row.relation in set(Relation)
        return Message(f"policy.relation-{self.row.relation}") if known else "–"

    @property
    def reason(self) -> object:
        """Why, where that was asked."""
        return Message(f"glass.cause-{self.row.reason}") if self.row.reason in CAUSES else "–"

    @property
    def outcome(self) -> Message:
        """What came of it."""
        return Message(f"access.outcome-{self.row.outcome}")


@page("reads", writes=False)
def reads(desk: Desk) -> HttpResponse:
    """Show the team of a child who looked at its chart, on the page or as a file."""
    rows = AccessRow.objects.filter(child=desk.treatment.child).order_by("-at", "-id")
    if desk.request.GET.get("file") == "1":
        write_access_of(desk, action=AccessRow.EXPORT)
        return access_file(rows)
    context = {"desk": desk, "lines": access_lines(rows[:ROWS_AT_ONCE]), "more": max(rows.count() - ROWS_AT_ONCE, 0)}
    return render(desk.request, "pages/access/reads.html", context)


@page("access-log", about="nobody", writes=False)
def access_log(desk: Desk) -> HttpResponse:
    """Show the administrator who looked at one child's data, found by its number: codes and pages, nothing clinical."""
    number = Field(name="number", kind="code", label=Message("field.child-number"), note=Message("access.number-note"))
    asked = desk.request.GET.get("number", "").strip()
    if not asked:
        return _log_page(desk, number, {})
    child = Child.objects.filter(number=asked[:LONGEST_NUMBER]).first()
    if child is None:
        refusals = (Refusal("access.no-such-number", "number", asked[:LONGEST_NUMBER]),)
        fields = filled((number,), {"number": [asked[:LONGEST_NUMBER]]}, refusals)
        context = {"desk": desk, "fields": fields, "refusals": refusals}
        return render(desk.request, "pages/administration/access_log.html", context, status=REFUSED_STATUS)
    rows = AccessRow.objects.filter(child=child.code).order_by("-at", "-id")
    as_file = desk.request.GET.get("file") == "1"
    write_access_of(desk, action=AccessRow.EXPORT if as_file else AccessRow.ADMINISTER, reason=f"log of {child.code}")
    if as_file:
        return access_file(rows)
    more = max(rows.count() - ROWS_AT_ONCE, 0)
    return _log_page(desk, number, {"asked": asked, "lines": access_lines(rows[:ROWS_AT_ONCE]), "more": more})


LONGEST_NUMBER = 40


def _log_page(desk: Desk, number: Field, context: Mapping[str, object]) -> HttpResponse:
    fields = filled((number,), {"number": [str(context.get("asked", ""))]}, ())
    return render(desk.request, "pages/administration/access_log.html", {"desk": desk, "fields": fields, **context})


def access_lines(rows: Iterable[AccessRow]) -> list[AccessLine]:
    """Return lines of the log with the names of people and organisations."""
    listed = list(rows)
    names = names_of(row.who for row in listed)
    organisations = dict(Organisation.objects.values_list("code", "name"))
    return [
        AccessLine(row, names.get(row.who, row.who or "–"), organisations.get(row.organisation, row.organisation))
        for row in listed
    ]


def access_file(rows: Iterable[AccessRow]) -> HttpResponse:
    """Return lines of the log as a file, in codes."""
    cells = (
        (
            agenda().local(row.at).isoformat(timespec="seconds"), row.who, row.role, row.organisation, row.action,
            row.page, row.treatment, row.child, row.relation, row.reason if row.reason in CAUSES else "", row.address,
            row.outcome, "Ransel",
        )
        for row in rows
    )  # fmt: skip
    return csv_file("ransel-access.csv", COLUMNS, cells)
