"""The first pages: what is to be done today, the start page of the demo, language, password, a sign of life."""

from __future__ import annotations

from datetime import datetime, time, timedelta

from allauth.account.views import PasswordChangeView
from django.conf import settings
from django.db import connection
from django.forms import Form
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.http import url_has_allowed_host_and_scheme
from django.views.decorators.http import require_GET, require_POST

from ransel.chart.people import Role
from ransel.hospital.clock import move, now
from ransel.hospital.demo.pumps import reveal
from ransel.hospital.gate import Desk, page, url_of
from ransel.hospital.policy import Relation, allows
from ransel.hospital.rulebook import agenda
from ransel.hospital.todo import todos_of
from ransel.hospital.visitors import LANGUAGE_COOKIE
from ransel.language import LANGUAGES
from ransel.store.models import Organisation, Person

A_YEAR_S = 365 * 24 * 3600
FIRST_PAGE = {
    Role.PHARMACIST: "pharmacy",
    Role.TECHNICIAN: "pharmacy",
    Role.DAY_CARE_NURSE: "day-care",
    Role.WARD_NURSE: "ward",
    Role.HOME_CARE_NURSE: "home-care",
    Role.COORDINATOR: "board",
    Role.RESEARCHER: "research",
    Role.ADMINISTRATOR: "people",
}
"""Where each role begins; everybody else begins with what is to be done."""
MORNING = time(9, 0)


@page("home", "/", about="nobody", writes=False)
def home(desk: Desk) -> HttpResponse:
    """Lead everybody to where their work is."""
    first = FIRST_PAGE.get(desk.role)
    return redirect(url_of(first)) if first else redirect(url_of("todo"))


@page("todo", about="nobody", writes=False)
def todo(desk: Desk) -> HttpResponse:
    """Show what is to be done for one's own children, the most urgent first."""
    return render(desk.request, "pages/todo.html", {"desk": desk, "todos": todos_of(desk.person, desk.now)})


def healthy(request: HttpRequest) -> HttpResponse:  # noqa: ARG001 - as Django calls it
    """Say that pages and database answer; nothing else."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT 1")
    return HttpResponse("ok", content_type="text/plain")


@require_POST
def language(request: HttpRequest) -> HttpResponse:
    """Change the language of the pages."""
    chosen = request.POST.get("language", "")
    if chosen not in LANGUAGES:
        raise Http404
    back = request.POST.get("next", "/")
    safe = url_has_allowed_host_and_scheme(back, allowed_hosts={request.get_host()})
    if isinstance(request.user, Person):
        Person.objects.filter(pk=request.user.pk).update(language=chosen)
    response = redirect(back if safe else "/")
    response.set_cookie(LANGUAGE_COOKIE, chosen, max_age=A_YEAR_S, samesite="Lax", httponly=True,
                        secure=settings.SESSION_COOKIE_SECURE)  # fmt: skip
    return response


class ChangePassword(PasswordChangeView):  # type: ignore[misc]  # allauth gives no types
    """Changes one's password; afterwards nobody is asked to again."""

    template_name = "account/password_change.html"
    success_url = "/"

    def form_valid(self, form: Form) -> HttpResponseBase:
        """Keep the new password."""
        answer: HttpResponseBase = super().form_valid(form)
        Person.objects.filter(pk=self.request.user.pk).update(must_change_password=False)
        return answer


password_change = ChangePassword.as_view()


@require_GET
def demo(request: HttpRequest) -> HttpResponse:
    """Show the start page of a demo: what it is, who one can be, what to try, and its clock."""
    if not settings.DEMO:
        raise Http404
    from ransel.hospital.demo.people import PASSWORD, PEOPLE  # noqa: PLC0415 - of a demo only

    names = dict(Organisation.objects.values_list("code", "name"))
    people = [(one, names.get(one.organisation, one.organisation)) for one in PEOPLE]
    context = {"people": people, "password": PASSWORD, "steps": range(1, 9), "login": reverse("account_login")}
    return render(request, "pages/demo.html", context)


@require_POST
def demo_clock(request: HttpRequest) -> HttpResponse:
    """Move the clock of a demo forward: an hour, six hours, or to the next morning."""
    if not settings.DEMO:
        raise Http404
    by = {"hour": timedelta(hours=1), "six-hours": timedelta(hours=6)}.get(request.POST.get("by", ""))
    move(by or _until_morning(now()))
    reveal(now())
    back = request.POST.get("next", "/demo/")
    return redirect(back if url_has_allowed_host_and_scheme(back, allowed_hosts={request.get_host()}) else "/demo/")


def _until_morning(present: datetime) -> timedelta:
    tomorrow = agenda().local(present).date() + timedelta(days=1)
    return agenda().at(tomorrow, MORNING) - present


def may_open(person: Person, name: str) -> bool:
    """Whether somebody may open a page about no child."""
    return allows(name, person.works_as, Relation.NONE)
