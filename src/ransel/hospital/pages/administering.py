"""Forms of the administrator: they change people, organisations and pumps, and sign nothing in a chart.

What is sent is done and leads to a page that can be loaded again; what is refused is shown again with every reason at
its field. Every change is written into the access log.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render

from ransel.hospital.forms import Answers, Field, Filled, elsewhere, filled, read_answers
from ransel.hospital.gate import REFUSED_STATUS, Desk, write_access_of
from ransel.hospital.signing import Data
from ransel.language import Message, Refusal, Refused
from ransel.store.models import AccessRow


@dataclass(frozen=True, slots=True, kw_only=True)
class Done:
    """What was done.

    Values:
        told: shown on the page that follows. logged: what the access log says, in codes: who or what, and the change.
        once: something that is shown now and never again, such as a password; empty for nothing.
    """

    told: Message
    logged: str
    once: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class AdminForm:
    """One form of a page. Its fields have names that no other form of the page uses.

    Values:
        name: under which it is sent. do: does it, or refuses. then: the address that follows, by default the same page.
        danger: whether the button says that it is not lightly done. lead: a line above it.
    """

    name: str
    title: Message
    do: Callable[[Desk, Data], Done]
    fields: tuple[Field, ...] = ()
    button: Message
    lead: object = ""
    danger: bool = False
    then: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class ShownForm:
    """A form as it is shown: empty, or as it was typed with the reasons against it."""

    form: AdminForm
    fields: Sequence[Filled]
    refusals: tuple[Refusal, ...] = ()
    elsewhere: tuple[Refusal, ...] = ()


def admin_page(
    desk: Desk, template: str, forms: Sequence[AdminForm], context: Callable[[], Mapping[str, object]] = dict
) -> HttpResponse:
    """Show a page with forms, or do what one of them says and go on; `context` gives what else is on the page."""
    if desk.request.method != "POST":
        return _show(desk, template, [_shown(one) for one in forms], context())
    sent = next((one for one in forms if one.name == desk.request.POST.get("form")), None)
    if sent is None:
        return redirect(desk.request.get_full_path())
    answers = read_answers(sent.fields, desk.request.POST)
    try:
        done = sent.do(desk, answers.checked())
    except Refused as refused:
        shown = [_shown(one, answers, refused.refusals) if one is sent else _shown(one) for one in forms]
        return _show(desk, template, shown, context(), REFUSED_STATUS)
    write_access_of(desk, action=AccessRow.ADMINISTER, reason=done.logged)
    if done.once:
        # not kept anywhere, so it cannot be shown on a page that follows
        return render(desk.request, "pages/administration/once.html", {"desk": desk, "done": done, "then": sent.then})
    messages.success(desk.request, done.told.text(desk.language))
    return redirect(sent.then or desk.request.get_full_path())


def _shown(form: AdminForm, answers: Answers | None = None, refusals: tuple[Refusal, ...] = ()) -> ShownForm:
    fields = filled(form.fields, None if answers is None else answers.typed, refusals)
    return ShownForm(form=form, fields=fields, refusals=refusals, elsewhere=elsewhere(form.fields, refusals))


def _show(
    desk: Desk, template: str, forms: Sequence[ShownForm], context: Mapping[str, object], status: int = 200
) -> HttpResponse:
    by_name = {one.form.name: one for one in forms}
    return render(desk.request, template, {"desk": desk, "forms": forms, "by_name": by_name, **context}, status=status)


@dataclass(frozen=True, slots=True)
class Change:
    """What a form changes in a row: the old values and the new ones, for the access log."""

    of: str
    before: Mapping[str, object]
    after: Mapping[str, object] = field(default_factory=dict)

    @property
    def logged(self) -> str:
        """The change in codes, such as `p-jansen: role doctor > pharmacist`."""
        changed = (
            f"{name} {self.before[name]} > {now}" for name, now in self.after.items() if self.before[name] != now
        )
        return f"{self.of}: {', '.join(changed) or '-'}"
