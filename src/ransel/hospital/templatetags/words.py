"""Words, times and addresses in templates: sentences by their key, in the reader's language."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any, cast

from django import template

from ransel.chart.entry import Entry
from ransel.chart.guards.prescribing import CORRECTABLE
from ransel.chart.people import Role
from ransel.chart.records import Record
from ransel.chart.wording import phase_name, role_name, visit_name
from ransel.hospital.clocks import ClockBar
from ransel.hospital.gate import Desk, url_of
from ransel.hospital.rulebook import agenda
from ransel.language import Language, Message, Moment, Refusal, translate
from ransel.papers.wording import place
from ransel.quantities import Mass, Quantity, Shown

register = template.Library()


def _language(context: template.Context) -> Language:
    return cast("Language", context["language"])


@register.simple_tag(takes_context=True)
def say(context: template.Context, key: str, **values: Any) -> str:  # noqa: ANN401 - whatever the sentence takes
    """Return the sentence of a key: `{% say "board.title" count=3 %}`."""
    return Message(key, values).text(_language(context))


@register.simple_tag(takes_context=True)
def words(context: template.Context, value: object) -> str:
    """Return a message, a quantity, an instant or a day in the reader's language."""
    if isinstance(value, datetime):
        return agenda().moment(value).text(_language(context))
    if isinstance(value, date):
        return Moment(value, with_year=True).text(_language(context))
    return translate(value, _language(context))


@register.simple_tag(takes_context=True)
def at_time(context: template.Context, at: datetime | None) -> str:
    """Return an instant as a short local time: the hour today, day and hour otherwise."""
    if at is None:
        return "–"
    local, today = agenda().local(at), agenda().local(context["now"]).date()
    return f"{local:%H:%M}" if local.date() == today else Moment(local).text(_language(context))


@register.simple_tag
def iso(at: datetime) -> str:
    """Return an instant for machines, in local time with its offset."""
    return agenda().local(at).isoformat(timespec="minutes")


@register.simple_tag(takes_context=True)
def in_unit(context: template.Context, quantity: Quantity, unit: str, digits: int | None = None) -> str:
    """Return a quantity in a unit."""
    return Shown(quantity, unit, digits).text(_language(context))


@register.simple_tag(takes_context=True)
def role_words(context: template.Context, role: str | Role) -> str:
    """Return what a role is called."""
    return role_name(Role(role)).text(_language(context))


@register.simple_tag
def page_url(name: str, treatment: str = "", course: int = 0, container: int = 0) -> str:
    """Return the address of a page."""
    return url_of(name, treatment, course, container)


@register.simple_tag(takes_context=True)
def phase_words(context: template.Context, machine: str, phase: str) -> str:
    """Return what a phase of a machine is called."""
    return phase_name(machine, phase).text(_language(context))


@register.simple_tag(takes_context=True)
def visit_words(context: template.Context, kind: str) -> str:
    """Return what a visit is called."""
    return visit_name(kind).text(_language(context))


@register.simple_tag(takes_context=True)
def place_words(context: template.Context, name: str) -> str:
    """Return what a place is called."""
    return place(name).text(_language(context))


@register.simple_tag(takes_context=True)
def error_words(context: template.Context, what: str, part: str) -> str:
    """Return a part of an error page."""
    return Message(f"error.{what}-{part}").text(_language(context))


@register.simple_tag(takes_context=True)
def refused(context: template.Context, refusal: Refusal) -> str:
    """Return what is wrong and what to do, as one sentence that begins with a capital."""
    language = _language(context)
    sentence = f"{refusal.problem.text(language)}; {refusal.remedy.text(language)}."
    return sentence[:1].upper() + sentence[1:]


@register.filter
def local(at: datetime) -> Moment:
    """Return an instant as a value for `{% say %}`, in the hospital's time."""
    return agenda().moment(at)


@register.filter
def mg(mass: Mass) -> Shown:
    """Return a mass as a value for `{% say %}`, in mg."""
    return Shown(mass, "mg", 2)


@register.filter
def last_of(entries: tuple[Entry[Record], ...]) -> Record | None:
    """Return what the last of some entries says."""
    return entries[-1].what if entries else None


@register.simple_tag(takes_context=True)
def state_words(context: template.Context, state: str) -> str:
    """Return how a start criterion stands."""
    return Message(f"criterion-state.{state}").text(_language(context))


@register.filter
def allowed(desk: Desk, name: str) -> bool:
    """Whether the person may open another page about the same child."""
    return desk.may(name)


@register.filter
def can_correct(entry: Entry[Record], desk: Desk) -> bool:
    """Whether the person may correct this entry: it is correctable, and they sign in the role it was signed in."""
    return entry.kind in CORRECTABLE and desk.may("correct") and entry.role is desk.role


@register.inclusion_tag("parts/clock.html", takes_context=True)
def clock_bar(context: template.Context, clock: ClockBar) -> dict[str, object]:
    """Show a clock as a bar with words."""
    return {"clock": clock, "language": context["language"], "now": context["now"]}


@register.simple_tag(takes_context=True)
def demo_step(context: template.Context, step: int) -> str:
    """Return one step of what to try in a demo."""
    return Message(f"demo.step-{step}").text(_language(context))
