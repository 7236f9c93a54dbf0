"""The administrator's people: the list, a new person, role and place, password, second factor, lock-out."""

from __future__ import annotations

import re
import secrets
from collections import Counter
from dataclasses import dataclass
from datetime import timedelta

from allauth.mfa.models import Authenticator
from axes.helpers import get_cool_off
from axes.models import AccessAttempt
from django.conf import settings
from django.db import IntegrityError, transaction
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone

from ransel.chart.people import Role
from ransel.chart.wording import role_name
from ransel.hospital.forms import Field
from ransel.hospital.gate import Desk, page, url_of
from ransel.hospital.pages.administering import AdminForm, Change, Done, admin_page
from ransel.hospital.signing import Data
from ransel.language import Message, refuse
from ransel.store.models import Organisation, Person

USERNAME = re.compile(r"[a-z0-9](?:[a-z0-9._-]{0,36}[a-z0-9])")
LONGEST_NAME = 120
LONGEST_PLACE = 40
PASSWORD_BYTES = 15
"""Of a password that is shown once and must be changed: 120 bits."""


@dataclass(frozen=True, slots=True)
class Listed:
    """One person in the list."""

    person: Person
    second_factor: bool
    locked: bool


@page("people", about="nobody", writes=False)
def people(desk: Desk) -> HttpResponse:
    """List everybody who can log in."""
    everybody = list(Person.objects.select_related("organisation").order_by("-is_active", "shown_name"))
    factors = set(Authenticator.objects.filter(type=Authenticator.Type.TOTP).values_list("user_id", flat=True))
    locked = locked_names()
    listed = [Listed(one, one.pk in factors, one.username.casefold() in locked) for one in everybody]
    return render(desk.request, "pages/administration/people.html", {"desk": desk, "people": listed})


def locked_names() -> set[str]:
    """Return the user names, in small letters, that guessed too often and are kept out for a while."""
    since = timezone.now() - (get_cool_off() or timedelta())
    failures: Counter[str] = Counter()
    attempts = AccessAttempt.objects.filter(attempt_time__gte=since).values_list("username", "failures_since_start")
    for name, count in attempts:
        failures[(name or "").casefold()] += count
    return {name for name, count in failures.items() if count >= settings.AXES_FAILURE_LIMIT}


@page("person", about="nobody")
def person(desk: Desk) -> HttpResponse:
    """Show one person, and change what they may do and how they log in."""
    found = Person.objects.select_related("organisation").filter(id_code=desk.request.GET.get("id", "")).first()
    if found is None:
        return redirect(url_of("people"))

    def context() -> dict[str, object]:
        return {
            "one": found,
            "second_factor": _has_second_factor(found),
            "locked": found.username.casefold() in locked_names(),
            "is_me": found.pk == desk.person.pk,
        }

    return admin_page(desk, "pages/administration/person.html", _forms(desk, found), context)


def _forms(desk: Desk, one: Person) -> list[AdminForm]:
    forms = [AdminForm(
        name="change", title=Message("people.change"), fields=_fields(one), button=Message("people.keep"),
        do=lambda desk, data: _change(desk, one, data),
    )]  # fmt: skip
    if one.pk != desk.person.pk:
        forms.append(_active_form(one))
    forms.append(AdminForm(
        name="password", title=Message("people.password"), lead=Message("people.password-lead"),
        button=Message("people.password-button"), do=lambda _, __: _new_password(one), danger=True, then=_here(one),
    ))  # fmt: skip
    if _has_second_factor(one):
        forms.append(AdminForm(
            name="factor", title=Message("people.factor"), lead=Message("people.factor-lead"),
            button=Message("people.factor-button"), do=lambda _, __: _remove_second_factor(one), danger=True,
        ))  # fmt: skip
    if one.username.casefold() in locked_names():
        forms.append(AdminForm(
            name="unlock", title=Message("people.unlock"), lead=Message("people.unlock-lead"),
            button=Message("people.unlock-button"), do=lambda _, __: _unlock(one),
        ))  # fmt: skip
    return forms


def _here(one: Person) -> str:
    return f"{url_of('person')}?id={one.id_code}"


def _has_second_factor(one: Person) -> bool:
    return bool(Authenticator.objects.filter(user=one, type=Authenticator.Type.TOTP).exists())


def _fields(one: Person | None = None) -> tuple[Field, ...]:
    """Return what is said about a person; beside a person who is there already, what is said now."""
    roles = tuple((role.value, role_name(role)) for role in Role)
    known = Organisation.objects.filter(is_active=True)
    if one is not None:
        known |= Organisation.objects.filter(code=one.organisation_id)
    return (
        Field(name="shown_name", kind="line", label=Message("people.name"), start=one.shown_name if one else ""),
        Field(name="role", kind="pick", label=Message("people.role"), choices=roles, start=one.role if one else ""),
        Field(name="works_for", kind="pick", label=Message("people.organisation"),
              choices=tuple(known.values_list("code", "name")), start=one.organisation_id if one else ""),
        Field(name="place", kind="line", label=Message("people.place"), needed=False, note=Message("people.place-note"),
              start=one.place if one else ""),
    )  # fmt: skip


def _checked(data: Data) -> Organisation:
    """Return the organisation, when name, place and role fit.

    Raises:
        Refused: for a line that is too long, and a role that the organisation has not.
    """
    for name, most in (("shown_name", LONGEST_NAME), ("place", LONGEST_PLACE)):
        value = str(data[name] or "")
        if len(value) > most or not value.isprintable() or "/" in (value if name == "place" else ""):
            refuse("people.line", name, value, most=most)
    organisation = Organisation.objects.get(code=data["works_for"])
    at_home = Role(data["role"]) is Role.HOME_CARE_NURSE
    if at_home != (organisation.kind == Organisation.HOME_CARE):
        refuse("people.role-elsewhere", "role", data["role"], role=role_name(Role(data["role"])),
               organisation=organisation.name)  # fmt: skip
    return organisation


def _change(desk: Desk, one: Person, data: Data) -> Done:
    organisation = _checked(data)
    if one.pk == desk.person.pk and data["role"] != one.role:
        refuse("people.own-role", "role", data["role"])
    before = {"role": one.role, "organisation": one.organisation_id, "place": one.place}
    one.shown_name, one.role, one.place = data["shown_name"], data["role"], data["place"] or ""
    one.organisation = organisation
    one.save(update_fields=["shown_name", "role", "place", "organisation"])
    after = {"role": one.role, "organisation": organisation.code, "place": one.place}
    return Done(told=_kept(one), logged=Change(one.id_code, before, after).logged)


def _kept(one: Person) -> Message:
    return Message("people.kept", {"name": one.shown_name})


def _active_form(one: Person) -> AdminForm:
    key = "deactivate" if one.is_active else "activate"
    return AdminForm(
        name=key, title=Message(f"people.switch-{key}"), lead=Message(f"people.switch-{key}-lead"),
        danger=one.is_active, button=Message(f"people.switch-{key}"),
        do=lambda desk, _: _set_active(desk, one, active=not one.is_active),
    )  # fmt: skip


def _set_active(desk: Desk, one: Person, *, active: bool) -> Done:
    if one.pk == desk.person.pk:
        refuse("people.oneself", "", one.username)
    before = {"active": one.is_active}
    one.is_active = active
    one.save(update_fields=["is_active"])
    return Done(told=_kept(one), logged=Change(one.id_code, before, {"active": active}).logged)


def _new_password(one: Person) -> Done:
    password = secrets.token_urlsafe(PASSWORD_BYTES)
    one.set_password(password)
    one.must_change_password = True
    one.save(update_fields=["password", "must_change_password"])
    return Done(
        told=Message("people.password-once", {"name": one.username}), logged=f"{one.id_code}: password", once=password
    )


def _remove_second_factor(one: Person) -> Done:
    Authenticator.objects.filter(user=one).delete()
    return Done(told=Message("people.factor-gone", {"name": one.shown_name}), logged=f"{one.id_code}: second factor")


def _unlock(one: Person) -> Done:
    AccessAttempt.objects.filter(username__iexact=one.username).delete()
    return Done(told=Message("people.unlocked", {"name": one.shown_name}), logged=f"{one.id_code}: unlocked")


@page("new-person", about="nobody")
def new_person(desk: Desk) -> HttpResponse:
    """Make a person, with a password that is shown once."""
    note = Message("people.username-note")
    name = Field(name="username", kind="line", label=Message("people.username"), note=note)
    form = AdminForm(
        name="new", title=Message("page.new-person"), lead=Message("people.new-lead"),
        button=Message("people.new-button"), fields=(name, *_fields()), do=_make, then=url_of("people"),
    )  # fmt: skip
    return admin_page(desk, "pages/administration/new_person.html", [form])


def _make(_: Desk, data: Data) -> Done:
    username = str(data["username"]).casefold()
    if not USERNAME.fullmatch(username):
        refuse("people.username", "username", username)
    organisation = _checked(data)
    code = f"p-{username.replace('.', '-')}"
    if Person.objects.filter(username__iexact=username).exists() or Person.objects.filter(id_code=code).exists():
        refuse("people.name-taken", "username", username)
    password = secrets.token_urlsafe(PASSWORD_BYTES)
    try:
        with transaction.atomic():
            one = Person.objects.create_user(
                username, password, id_code=code, shown_name=data["shown_name"], role=data["role"],
                organisation=organisation, place=data["place"] or "", must_change_password=True,
            )  # fmt: skip
    except IntegrityError:  # somebody else made them at this very moment
        refuse("people.name-taken", "username", username)
    logged = f"{one.id_code}: new, {one.role}, {organisation.code}"
    return Done(told=Message("people.password-once", {"name": username}), logged=logged, once=password)
