"""Pages on which something is signed: show the form, read it, sign, keep, or show it again with every reason.

A page gives a `SignForm`; everything that is the same for all of them is here: the version that was on the screen,
the key against signing twice, the moment it happened, the reason, and the second person who signs on the same device.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any
from uuid import uuid4

from django.contrib import messages
from django.contrib.auth import authenticate
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render

from ransel.chart.entry import Entry
from ransel.chart.people import Hand
from ransel.chart.records import Record
from ransel.hospital.forms import (
    Answers,
    Field,
    elsewhere,
    filled,
    local_minute,
    nested,
    read_answers,
)
from ransel.hospital.gate import REFUSED_STATUS, Desk
from ransel.hospital.policy import allows
from ransel.hospital.rulebook import rules_for
from ransel.language import Message, Refusal, Refused
from ransel.store.keeping import keep
from ransel.store.models import Person

Data = Mapping[str, Any]
Build = Callable[[Desk, Data], tuple[Record, ...]]
MOST_LETTERS_OF_A_KEY = 60
MOST_DIGITS = 10


@dataclass(frozen=True, kw_only=True)
class SignForm:
    """What a page lets somebody sign.

    Values:
        title: of the page. fields: to fill in. records: from the data to what is signed, in order.
        reason: whether a reason is asked for: no, may or must be given.
        happened: whether one can say that it happened earlier.
        cosigner: whether a second person signs on this device with their own password, and what for.
        button: what is on it. then: the page that follows. template: of the page; `extra` goes into it.
        danger: whether it cannot be taken back, so that the button says so.
        placed: a refusal at the field of this page that it is about, where two records have a field of one name.
    """

    title: Message
    fields: tuple[Field, ...] = ()
    records: Build
    reason: str = "no"
    happened: bool = False
    cosigner: Message | None = None
    button: Message = field(default_factory=lambda: Message("form.sign"))
    then: str = "chart"
    template: str = "pages/sign.html"
    extra: Mapping[str, object] = field(default_factory=dict)
    danger: bool = False
    lead: object = ""
    placed: Callable[[Refusal], Refusal] = lambda one: one

    @property
    def all_fields(self) -> tuple[Field, ...]:
        """Its own fields, and those that are the same on every form."""
        return (*self.fields, *self.common)

    @property
    def common(self) -> tuple[Field, ...]:
        """When it happened, why, and the second person, as far as the form asks for them."""
        common = []
        if self.happened:
            common.append(Field(name="happened", kind="moment", label=Message("form.happened"), needed=False))
        if self.reason != "no":
            common.append(Field(name="reason", kind="text", label=Message("form.reason"), needed=self.reason == "must"))
        if self.cosigner is not None:
            heading = Field(name="cosigner_about", kind="heading", label=self.cosigner)
            who = Field(name="cosigner", kind="line", label=Message("form.cosigner"))
            secret = Field(name="cosigner_password", kind="password", label=Message("form.cosigner-password"))
            common += [heading, who, secret]
        return tuple(common)


def sign_page(desk: Desk, form: SignForm) -> HttpResponse:
    """Show the form, or sign what was sent and go on; what is refused is shown again with every reason."""
    if desk.request.method != "POST":
        return show_form(desk, form)
    answers = read_answers(form.all_fields, desk.request.POST)
    try:
        entries = sign_answers(desk, form, answers)
    except Refused as refused:
        return show_form(desk, form, answers, tuple(form.placed(one) for one in refused.refusals))
    told = Message("form.signed" if entries else "form.signed-already", {"what": form.title})
    messages.success(desk.request, told.text(desk.language), extra_tags=key_on(desk.request))
    return redirect(form.then if form.then.startswith("/") else desk.url(form.then))


def sign_answers(desk: Desk, form: SignForm, answers: Answers) -> tuple[Entry[Record], ...]:
    """Sign what was typed and keep it; return the entries, none when it was sent twice.

    Raises:
        Refused: with every reason.
    """
    data = answers.checked()
    common = {one.name for one in form.common}
    records = form.records(desk, nested({name: value for name, value in data.items() if name not in common}))
    _, entries = keep(desk.treatment.id, hand_of(desk, data), rules_for, *records)
    return entries


def hand_of(desk: Desk, data: Data) -> Hand:
    """Return who signs: whoever is logged in, or the second person who gave their password on this device.

    Raises:
        Refused: when the second person is not known, or may not sign here.
    """
    happened = datetime.fromisoformat(data["happened"]) if data.get("happened") else None
    hand = desk.hand(
        happened=happened,
        seen=seen_on(desk.request),
        reason=data.get("reason") or "",
        key=key_on(desk.request),
    )
    if "cosigner" not in data:
        return hand
    person = cosigner(desk, data["cosigner"], data["cosigner_password"])
    return replace(hand, who=person.id_code, role=person.works_as, where=person.where)


def cosigner(desk: Desk, username: str, password: str) -> Person:
    """Return the second person, by their own name and password; wrong ones count towards their lock-out.

    Raises:
        Refused: when they are wrong, or the person may not sign this.
    """
    person = authenticate(desk.request, username=username, password=password)
    if not isinstance(person, Person):
        raise Refused([Refusal("form.cosigner-unknown", "cosigner", username)])
    own = person.organisation_id == desk.person.organisation_id
    if not own or not allows(desk.page, person.works_as, desk.relation):
        raise Refused([Refusal("form.cosigner-may-not", "cosigner", username)])
    return person


def seen_on(request: HttpRequest) -> int:
    """Return the version that was on the screen; nothing readable counts as the very first, so that it is refused."""
    value = request.POST.get("seen", "")
    return int(value) if value.isascii() and value.isdigit() and len(value) < MOST_DIGITS else 0


def key_on(request: HttpRequest) -> str:
    """Return the key that was made with the form, so that it is signed once however often it is sent."""
    return request.POST.get("key", "")[:MOST_LETTERS_OF_A_KEY]


def show_form(
    desk: Desk, form: SignForm, answers: Answers | None = None, refusals: tuple[Refusal, ...] = ()
) -> HttpResponse:
    """Show a form, empty or as it was typed."""
    fields = form.all_fields
    typed = None if answers is None else answers.typed
    context = {
        "desk": desk,
        "form": form,
        "fields": filled(fields, typed, refusals),
        "refusals": refusals,
        "elsewhere": elsewhere(fields, refusals),
        "stop": any(one.code in STOPS or (one.code, desk.page) == NOT_YET_CONNECTED for one in refusals),
        "seen": desk.treatment.version if answers is None else seen_on(desk.request),
        "key": key_on(desk.request) or uuid4().hex,
        "moment_now": local_minute(desk.now),
        **form.extra,
    }
    if any(one.code == "chart.changed-meanwhile" for one in refusals):
        # they are told what happened in the meantime; sending it again is a decision on the new picture
        context["seen"], context["key"] = desk.treatment.version, uuid4().hex
    return render(desk.request, form.template, context, status=REFUSED_STATUS if refusals else 200)


STOPS = frozenset({
    "chart.other-child", "chart.other-container-first", "chart.expired", "chart.not-released", "chart.unknown-code",
    "chart.other-concentration", "chart.other-rate", "chart.other-unit", "chart.other-volume", "chart.other-product",
    "chart.other-pump", "chart.too-late-to-start", "chart.still-in-fridge", "chart.too-long-cold",
})  # fmt: skip
"""Refusals that mean: stop, do not connect; they are shown large, in words that say whom to call."""
NOT_YET_CONNECTED = ("chart.not-now", "connect")
"""Connecting what is not released, or not out of the fridge, is such a stop too; the tables refuse it."""
