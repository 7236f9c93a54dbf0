"""What the administrator keeps of the installation: organisations, pumps, the protocols in use, and who may do what."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date

from django.http import HttpResponse
from django.shortcuts import redirect, render

from ransel.chart.people import Role
from ransel.chart.wording import phase_name, role_name
from ransel.hospital.forms import Field
from ransel.hospital.gate import Desk, page, url_of
from ransel.hospital.pages.administering import AdminForm, Change, Done, admin_page
from ransel.hospital.policy import FILE, Relation, Rule, policy
from ransel.hospital.rulebook import agenda, library
from ransel.hospital.signing import Data
from ransel.language import Joined, Message, Refusal, Refused, refuse
from ransel.protocols import Protocol
from ransel.protocols.shelf import LIBRARY
from ransel.store.models import Organisation, Person, Pump, PumpUseRow, TreatmentRow

CODE = re.compile(r"[a-z0-9]+(?:-[a-z0-9]+)*")
PUMP_NUMBER = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]*")
LONGEST_CODE = 40
LONGEST_NAME = 120
LONGEST_KIND = 60


# -- organisations


@page("organisations", about="nobody")
def organisations(desk: Desk) -> HttpResponse:
    """List hospitals and home-care organisations; add one, change one, take one out of use."""
    code = desk.request.GET.get("code", "")
    chosen = Organisation.objects.filter(code=code).first()
    if code and chosen is None:
        return redirect(url_of("organisations"))
    forms = _forms_of_organisation(chosen) if chosen else [_new_organisation_form()]
    return admin_page(
        desk, "pages/administration/organisations.html", forms,
        lambda: {"organisations": list(Organisation.objects.all()), "chosen": chosen},
    )  # fmt: skip


def _new_organisation_form() -> AdminForm:
    kinds = tuple(
        (kind, Message(f"organisations.kind-{kind}")) for kind in (Organisation.HOSPITAL, Organisation.HOME_CARE)
    )
    return AdminForm(
        name="new", title=Message("organisations.new"), button=Message("organisations.add"), do=_add_organisation,
        fields=(
            Field(
                name="code", kind="line", label=Message("organisations.code"), note=Message("organisations.code-note")
            ),
            *_organisation_fields(),
            Field(name="kind", kind="choice", label=Message("organisations.kind"), choices=kinds),
        ),
    )  # fmt: skip


def _organisation_fields(one: Organisation | None = None) -> tuple[Field, ...]:
    return (
        Field(name="name", kind="line", label=Message("organisations.name"), start=one.name if one else ""),
        Field(name="telephone", kind="line", needed=False, start=one.telephone if one else ""),
    )


def _forms_of_organisation(one: Organisation) -> list[AdminForm]:
    key = "deactivate" if one.is_active else "activate"
    return [
        AdminForm(
            name="change", title=Message("organisations.change", {"name": one.name}), button=Message("people.keep"),
            fields=_organisation_fields(one), do=lambda _, data: _change_organisation(one, data),
        ),
        AdminForm(
            name=key, title=Message(f"organisations.switch-{key}"), lead=Message(f"organisations.switch-{key}-lead"),
            button=Message(f"organisations.switch-{key}"), danger=one.is_active,
            do=lambda _, __: _toggle_organisation(one),
        ),
    ]  # fmt: skip


def _line(data: Data, name: str, most: int) -> str:
    value = str(data[name] or "")
    if len(value) > most or not value.isprintable():
        refuse("people.line", name, value, most=most)
    return value


def _add_organisation(_: Desk, data: Data) -> Done:
    code, name, telephone = (
        str(data["code"]).casefold(),
        _line(data, "name", LONGEST_NAME),
        _line(data, "telephone", 40),
    )
    if not CODE.fullmatch(code) or len(code) > LONGEST_CODE:
        refuse("organisations.code", "code", code)
    one, is_new = Organisation.objects.get_or_create(
        code=code, defaults={"name": name, "telephone": telephone, "kind": data["kind"]}
    )
    if not is_new:
        refuse("organisations.taken", "code", code)
    return Done(told=_kept(one.name), logged=f"{code}: new, {one.kind}")


def _kept(name: str) -> Message:
    return Message("people.kept", {"name": name})


def _change_organisation(one: Organisation, data: Data) -> Done:
    before = {"name": one.name, "telephone": one.telephone}
    one.name, one.telephone = _line(data, "name", LONGEST_NAME), _line(data, "telephone", 40)
    one.save(update_fields=["name", "telephone"])
    return Done(
        told=_kept(one.name), logged=Change(one.code, before, {"name": one.name, "telephone": one.telephone}).logged
    )


def _toggle_organisation(one: Organisation) -> Done:
    if one.is_active:
        at_work = Person.objects.filter(organisation=one, is_active=True).count()
        if at_work:
            refuse("organisations.people", "", one.code, count=at_work)
        if TreatmentRow.objects.filter(home_care=one.code).exists():
            refuse("organisations.has-orders", "", one.code)
    before = {"active": one.is_active}
    one.is_active = not one.is_active
    one.save(update_fields=["is_active"])
    return Done(told=_kept(one.name), logged=Change(one.code, before, {"active": one.is_active}).logged)


# -- pumps


@dataclass(frozen=True, slots=True)
class ListedPump:
    """One pump: where it is, said without whom it is with, and whether its service is overdue."""

    pump: Pump
    phase: Message
    overdue: bool


@page("pumps", about="nobody")
def pumps(desk: Desk) -> HttpResponse:
    """List the pumps; add one, say until when it is serviced, retire one that is on the shelf."""
    number = desk.request.GET.get("number", "")
    chosen = Pump.objects.filter(number=number).first()
    if number and chosen is None:
        return redirect(url_of("pumps"))
    forms = _forms_of_pump(chosen) if chosen else [_new_pump_form()]
    return admin_page(
        desk, "pages/administration/pumps.html", forms, lambda: {"pumps": _listed_pumps(desk), "chosen": chosen}
    )


def _listed_pumps(desk: Desk) -> list[ListedPump]:
    uses = dict(PumpUseRow.objects.values_list("pump", "phase"))
    today = agenda().local(desk.now).date()
    return [
        ListedPump(
            one,
            phase_name("pump", uses[one.number]) if one.number in uses else Message("pumps.on-the-shelf"),
            one.serviced_until is not None and one.serviced_until < today and not one.retired,
        )
        for one in Pump.objects.order_by("retired", "number")
    ]


def _new_pump_form() -> AdminForm:
    return AdminForm(
        name="new", title=Message("pumps.new"), button=Message("pumps.add"), do=_add_pump,
        fields=(
            Field(name="number", kind="line", label=Message("pumps.number"), note=Message("pumps.number-note")),
            Field(name="kind", kind="line", label=Message("pumps.kind")),
            _serviced_field(),
        ),
    )  # fmt: skip


def _serviced_field(one: Pump | None = None) -> Field:
    start = one.serviced_until.isoformat() if one and one.serviced_until else ""
    return Field(name="serviced_until", kind="day", label=Message("pumps.serviced"), needed=False, start=start)


def _forms_of_pump(one: Pump) -> list[AdminForm]:
    key = "bring-back" if one.retired else "retire"
    return [
        AdminForm(
            name="service", title=Message("pumps.service", {"number": one.number}), button=Message("people.keep"),
            fields=(_serviced_field(one),), do=lambda _, data: _service(one, data),
        ),
        AdminForm(
            name=key, title=Message(f"pumps.switch-{key}"), lead=Message(f"pumps.switch-{key}-lead"),
            button=Message(f"pumps.switch-{key}"),
            danger=not one.retired, do=lambda _, __: _retire(one),
        ),
    ]  # fmt: skip


def _add_pump(_: Desk, data: Data) -> Done:
    number, kind = _line(data, "number", LONGEST_CODE), _line(data, "kind", LONGEST_KIND)
    if not PUMP_NUMBER.fullmatch(number):
        refuse("pumps.number", "number", number)
    until = date.fromisoformat(data["serviced_until"]) if data["serviced_until"] else None
    if Pump.objects.filter(number__iexact=number).exists():
        refuse("pumps.taken", "number", number)
    Pump.objects.create(number=number, kind=kind, serviced_until=until)
    return Done(told=_kept(number), logged=f"{number}: new, serviced until {until}")


def _service(one: Pump, data: Data) -> Done:
    before = {"serviced until": one.serviced_until}
    one.serviced_until = date.fromisoformat(data["serviced_until"]) if data["serviced_until"] else None
    one.save(update_fields=["serviced_until"])
    return Done(
        told=_kept(one.number), logged=Change(one.number, before, {"serviced until": one.serviced_until}).logged
    )


def _retire(one: Pump) -> Done:
    use = PumpUseRow.objects.filter(pump=one.number).first()
    if not one.retired and use is not None:
        refuse("pumps.in-use", "", one.number, phase=phase_name("pump", use.phase))
    before = {"retired": one.retired}
    one.retired = not one.retired
    one.save(update_fields=["retired"])
    return Done(told=_kept(one.number), logged=Change(one.number, before, {"retired": one.retired}).logged)


# -- protocols, to read only


@dataclass(frozen=True, slots=True)
class ListedProtocol:
    """One protocol file: what it says of itself, or why it cannot be used."""

    name: str
    own: bool
    protocol: Protocol | None
    refusals: tuple[Refusal, ...] = ()

    @property
    def status(self) -> Message:
        """Whether it is in use."""
        return Message(f"protocols.status-{self.protocol.status}" if self.protocol else "protocols.status-broken")


@page("protocols", about="nobody", writes=False)
def protocols(desk: Desk) -> HttpResponse:
    """List the protocols: they are files, changed outside and read when the installation starts."""
    return render(desk.request, "pages/administration/protocols.html", {"desk": desk, "protocols": list(_protocols())})


def _protocols() -> Iterator[ListedProtocol]:
    for name in library().ids():
        own = library().files[name].parent != LIBRARY
        try:
            yield ListedProtocol(name, own, library().protocol(name))
        except Refused as refused:
            yield ListedProtocol(name, own, None, refused.refusals)


# -- who may do what


@dataclass(frozen=True, slots=True)
class PolicyRow:
    """One page: what each role may, in words."""

    rule: Rule
    cells: tuple[tuple[Role, object], ...]


@page("policy", about="nobody", writes=False)
def policy_page(desk: Desk) -> HttpResponse:
    """Show the whole table, role by page, for everybody."""
    sections = tomllib.loads(FILE.read_text("utf-8"))
    shown = [
        (name, Message(f"policy.part-{name}"), [_policy_row(policy()[one]) for one in pages])
        for name, pages in sections.items()
    ]
    roles = [(role, role_name(role), role is desk.role) for role in Role]
    return render(desk.request, "pages/administration/policy.html", {"desk": desk, "sections": shown, "roles": roles})


def _policy_row(rule: Rule) -> PolicyRow:
    return PolicyRow(rule, tuple((role, _relation_words(rule.roles.get(role, frozenset()))) for role in Role))


def _relation_words(relations: frozenset[Relation]) -> object:
    """Return in which relation a role may open a page; the sentences are under `policy.`."""
    told = tuple(Message(f"policy.relation-{one.value}") for one in Relation if one in relations)
    return Joined(told, " + ") if told else "–"
