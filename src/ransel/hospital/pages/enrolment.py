"""Children of one's own hospital: the list, enrolling, measuring, a remark, a correction, the end."""

from __future__ import annotations

from django.contrib import messages
from django.db import transaction
from django.db.models import Q
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render

from ransel.chart.entry import Entry
from ransel.chart.guards.prescribing import CORRECTABLE
from ransel.chart.reading import record_of
from ransel.chart.records import Record
from ransel.chart.records.care import Remark
from ransel.chart.records.prescribing import Corrected, Enrolled, Measured, Withdrawn
from ransel.chart.rules import Rules
from ransel.chart.wording import phase_name, title_of
from ransel.hospital.correcting import corrected_data, correction_fields
from ransel.hospital.forms import Answers, Field, read_answers
from ransel.hospital.gate import Desk, page, url_of
from ransel.hospital.record_fields import choice_field
from ransel.hospital.rulebook import active_protocols, agenda, library
from ransel.hospital.signing import Data, SignForm, show_form, sign_page
from ransel.hospital.todo import own_treatments
from ransel.language import Message, Refusal, Refused, refuse
from ransel.protocols import DEFAULT_PROTOCOL
from ransel.store.keeping import keep
from ransel.store.loading import load
from ransel.store.models import Child
from ransel.store.models.register import new_child_code

LONGEST_ADDRESS = 200
MOST_LISTED = 200
"""How many children one page lists; who is not among them is found by name or number."""


@page("children", about="nobody", writes=False)
def children(desk: Desk) -> HttpResponse:
    """List the children of one's own hospital, or those whose name or number holds what was typed."""
    wanted = desk.request.GET.get("q", "").strip()[:LONGEST_ADDRESS]
    found = Child.objects.filter(Q(name__icontains=wanted) | Q(number__icontains=wanted))
    own = own_treatments(desk.person).filter(child__in=found.values("code"))
    rows = list(own.order_by("course_phase", "treatment")[: MOST_LISTED + 1])
    more, rows = len(rows) > MOST_LISTED, rows[:MOST_LISTED]
    by_code = Child.objects.in_bulk([row.child for row in rows])
    listed = sorted(((row, by_code[row.child]) for row in rows), key=lambda pair: pair[1].name)
    shown = [
        (row, child, phase_name("course", row.course_phase) if row.course else phase_name("treatment", row.phase))
        for row, child in listed
    ]
    context = {"desk": desk, "children": shown, "wanted": wanted, "more": more}
    return render(desk.request, "pages/children.html", context)


def _enrol_fields() -> tuple[Field, ...]:
    protocols = active_protocols()
    return (
        Field(name="number", kind="line", label=Message("field.child-number")),
        Field(name="name", kind="line", label=Message("field.child-name")),
        Field(name="born", kind="day", label=Message("field.born")),
        Field(name="address", kind="line", label=Message("field.address"), needed=False),
        Field(name="telephone", kind="line", label=Message("field.telephone"), needed=False),
        Field(name="travel_minutes", kind="number", needed=False),
        Field(name="protocol", kind="pick", choices=protocols, start=DEFAULT_PROTOCOL),
    )


@page("enrol", about="nobody")
def enrol(desk: Desk) -> HttpResponse:
    """Enrol a child: names go into the register, the enrolment into the chain."""
    form = SignForm(title=Message("page.enrol"), fields=_enrol_fields(), records=_nothing, template="pages/enrol.html")
    if desk.request.method != "POST":
        return show_form(desk, form)
    answers = read_answers(form.all_fields, desk.request.POST)
    try:
        treatment = _enrolled(desk, answers)
    except Refused as refused:
        return show_form(desk, form, answers, refused.refusals)
    told = Message("form.signed", {"what": form.title}).text(desk.language)
    messages.success(desk.request, told, extra_tags=desk.request.POST.get("key", ""))
    return redirect(url_of("measure", treatment))


def _nothing(_: Desk, __: Data) -> tuple[Record, ...]:
    return ()


def _enrolled(desk: Desk, answers: Answers) -> str:
    """Put a child into the register and enrol it; return the id of its treatment, the same when it is sent twice."""
    data, key = answers.checked(), desk.request.POST.get("key", "")
    _check_register(desk, data)
    child = Child(
        code=new_child_code(), number=data["number"], name=data["name"], born=data["born"],
        address=data["address"] or "", telephone=data["telephone"] or "", travel_minutes=data["travel_minutes"],
    )  # fmt: skip
    with transaction.atomic():
        known = Child.objects.filter(number=child.number).first()
        if known is not None:
            return _known(known, key)
        child.save(force_insert=True)
        treatment = child.code.replace("c-", "t-", 1)
        record = Enrolled(child=child.code, centre=desk.person.organisation_id, protocol=data["protocol"])
        rules = Rules(library().protocol(data["protocol"]), agenda(), child.identity)
        keep(treatment, desk.hand(seen=0, key=key), lambda _: rules, record)
    return treatment


def _check_register(desk: Desk, data: Data) -> None:
    refusals = []
    if data["born"] > agenda().local(desk.now).date().isoformat():
        today = agenda().local(desk.now).date()
        refusals.append(Refusal("date.in-the-future", "born", data["born"], {"today": today}))
    for name in ("number", "name", "address", "telephone"):
        value = data[name] or ""
        if len(value) > LONGEST_ADDRESS // (1 if name == "address" else 2) or not value.isprintable():
            refusals.append(Refusal("form.register-line", name, value, {"most": LONGEST_ADDRESS // 2}))
    if refusals:
        raise Refused(refusals)


def _known(child: Child, key: str) -> str:
    """Return the treatment of a child that this very form has enrolled already.

    Raises:
        Refused: when somebody else has enrolled it.
    """
    treatment = child.code.replace("c-", "t-", 1)
    if not key or key not in load(treatment).keys:
        refuse("chart.child-known", "number", child.number)
    return treatment


@page("measure", signs="measured")
def measure(desk: Desk) -> HttpResponse:
    """Sign weight and height."""
    today = agenda().local(desk.now).date().isoformat()
    return sign_page(desk, SignForm(
        title=Message("page.measure"),
        fields=(
            Field(name="weight", kind="quantity", unit="kg"),
            Field(name="height", kind="quantity", unit="cm"),
            Field(name="measured", kind="day", start=today),
        ),
        records=lambda _, data: (record_of(Measured, data),),
    ))  # fmt: skip


@page("remark", about="course", signs="remark")
def remark(desk: Desk) -> HttpResponse:
    """Sign a remark."""
    return sign_page(desk, SignForm(
        title=Message("page.remark"),
        fields=(Field(name="text", kind="text", rows=5),),
        happened=True,
        records=lambda desk, data: (record_of(Remark, {"course": desk.course_number, **data}),),
    ))  # fmt: skip


@page("withdraw", signs="withdrawn")
def withdraw(desk: Desk) -> HttpResponse:
    """End the treatment."""
    return sign_page(desk, SignForm(
        title=Message("page.withdraw"),
        fields=(choice_field(Withdrawn, "cause"),),
        reason="must",
        danger=True,
        records=lambda _, data: (record_of(Withdrawn, data),),
    ))  # fmt: skip


@page("correct")
def correct(desk: Desk) -> HttpResponse:
    """Correct an earlier entry: what it should have said; it stays readable as it was."""
    entry = _entry_of(desk, desk.request.GET.get("entry", ""))
    form = SignForm(
        title=Message("page.correct"),
        lead=Message("correct.lead", {"entry": entry.version, "what": title_of(entry.what)}),
        fields=correction_fields(entry.what),
        reason="must",
        records=lambda _, data: (Corrected(entry=entry.version, data=corrected_data(entry.what, data)),),
    )
    return sign_page(desk, form)


def _entry_of(desk: Desk, version: str) -> Entry[Record]:
    for entry in desk.treatment.history:
        if str(entry.version) == version and entry.kind in CORRECTABLE:
            return entry
    raise Http404
