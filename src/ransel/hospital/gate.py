"""The gate before every page: who asks, how they stand to the child, what the policy says; every look is kept."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from functools import cached_property, wraps
from typing import Literal, cast
from urllib.parse import quote

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import URLPattern, path, reverse
from django.views.decorators.cache import never_cache
from django_htmx.http import HttpResponseClientRefresh

from ransel.chart.people import Hand, Role
from ransel.chart.rules import Identity, Rules
from ransel.chart.treatment import ContainerState, CourseState, Treatment
from ransel.hospital.clock import now
from ransel.hospital.policy import Relation, allows, could_open_in_emergency, relation_of
from ransel.hospital.rulebook import rules_for, rules_of_course
from ransel.language import Language, Refused
from ransel.store.loading import load
from ransel.store.models import AccessRow, Child, Glass, Person, TreatmentRow

About = Literal["nobody", "treatment", "course", "container"]
PREFIX = {
    "nobody": "",
    "treatment": "treatment/<slug:treatment>/",
    "course": "treatment/<slug:treatment>/course/<int:course>/",
    "container": "treatment/<slug:treatment>/course/<int:course>/container/<int:container>/",
}


@dataclass(frozen=True, kw_only=True)
class Desk:
    """A person at a page, and what lies before them.

    Values:
        request: of the web. person: who is logged in. relation: to the child. now: the present instant.
        treatment: as it stands, one without entries where the page is about no child.
        course_number, container_number: out of the address, 0 for none.
    """

    request: HttpRequest
    person: Person
    relation: Relation
    now: datetime
    page: str
    treatment: Treatment
    course_number: int = 0
    container_number: int = 0

    @property
    def language(self) -> Language:
        """The language of the page."""
        return cast("Language", self.request.language)  # type: ignore[attr-defined]

    @property
    def role(self) -> Role:
        """In which role they work."""
        return self.person.works_as

    @property
    def course(self) -> CourseState:
        """The course that the address names."""
        course = self.treatment.course(self.course_number)
        if course is None:
            raise Http404
        return course

    @property
    def container(self) -> ContainerState:
        """The container that the address names."""
        container = self.course.container(self.container_number)
        if container is None:
            raise Http404
        return container

    @cached_property
    def child(self) -> Child:
        """The child, out of the register."""
        return Child.objects.get(code=self.treatment.child)

    @property
    def identity(self) -> Identity:
        """Who the child is."""
        return self.child.identity

    @cached_property
    def rules(self) -> Rules:
        """What decisions rest on: for the course of the address, else the last one.

        Raises:
            Refused: when the course can no longer be planned as it was signed.
        """
        if self.course_number:
            return rules_of_course(self.treatment, self.course)
        return rules_for(self.treatment)

    def hand(self, *, happened: datetime | None = None, seen: int, reason: str = "", key: str = "") -> Hand:
        """Return the hand of this person, about to sign."""
        return Hand(who=self.person.id_code, role=self.role, where=self.person.where, happened=happened or self.now,
                    now=self.now, seen=seen, reason=reason, key=key)  # fmt: skip

    def may(self, page: str) -> bool:
        """Whether this person may open another page about the same child, or a page about none."""
        relation = self.relation if PAGES[page].about != "nobody" else Relation.NONE
        return allows(page, self.role, relation)

    def url(self, page: str, course: int = 0, container: int = 0) -> str:
        """Return the address of a page about the same child."""
        return url_of(page, self.treatment.id, course or self.course_number, container or self.container_number)


View = Callable[[Desk], HttpResponse]


@dataclass(frozen=True)
class Page:
    """One page: its name, its address, what it is about, and its view."""

    name: str
    address: str
    about: About
    view: View
    writes: bool
    signs: str


PAGES: dict[str, Page] = {}
"""Every page by its name."""


def page(
    name: str, address: str = "", *, about: About = "treatment", writes: bool = True, signs: str = ""
) -> Callable[[View], View]:
    """Register a view as a page of this name; its address is the name where none is given.

    `writes` says whether a form can be sent to it; `signs` names the step of the tables that is signed there.
    """

    def register(view: View) -> View:
        PAGES[name] = Page(
            name, PREFIX[about] + (f"{address or name}/" if address != "/" else ""), about, view, writes, signs
        )
        return view

    return register


def url_of(name: str, treatment: str = "", course: int = 0, container: int = 0) -> str:
    """Return the address of a page."""
    parts: dict[str, object] = {"treatment": treatment, "course": course, "container": container}
    wanted = {"nobody": 0, "treatment": 1, "course": 2, "container": 3}[PAGES[name].about]
    return reverse(name, kwargs=dict(list(parts.items())[:wanted]))


def patterns() -> list[URLPattern]:
    """Return the addresses of all pages."""
    return [path(one.address, _guarded(one), name=one.name) for one in PAGES.values()]


def _guarded(this: Page) -> Callable[..., HttpResponse]:
    @never_cache
    @wraps(this.view)
    def answer(request: HttpRequest, treatment: str = "", course: int = 0, container: int = 0) -> HttpResponse:
        if not request.user.is_authenticated:
            return _stranger(request)
        person = request.user
        row = TreatmentRow.objects.filter(treatment=treatment).first() if treatment else None
        relation = _relation(person, row, treatment)
        write = _Log(request, person, this.name, treatment, row.child if row else "", relation)
        if request.method not in {"GET", "HEAD", "POST"} or (request.method == "POST" and not this.writes):
            write(AccessRow.WRITE, AccessRow.WRONG)
            return HttpResponse(status=405, headers={"Allow": "GET, HEAD, POST" if this.writes else "GET, HEAD"})
        if treatment and row is None:
            write(AccessRow.READ, AccessRow.WRONG)
            raise Http404
        if not allows(this.name, person.works_as, relation):
            write(_action(request), AccessRow.REFUSED)
            return _refused(request, person, this, treatment, relation)
        desk = Desk(
            request=request, person=person, relation=relation, now=now(), page=this.name,
            treatment=load(treatment), course_number=course, container_number=container,
        )  # fmt: skip
        return _answered(desk, this, write)

    return answer


def _stranger(request: HttpRequest) -> HttpResponse:
    """Lead somebody who is not logged in to the log-in; in a demo, first to the page that explains it."""
    if request.headers.get("HX-Request") == "true":  # a board that updates itself: the whole page asks anew
        return HttpResponseClientRefresh()
    if settings.DEMO and request.path == "/":
        return redirect("demo")
    return redirect(f"{reverse('account_login')}?next={quote(request.path)}")


def _answered(desk: Desk, this: Page, write: _Log) -> HttpResponse:
    try:
        if desk.course_number:
            _ = desk.course
        if desk.container_number:
            _ = desk.container
        response = this.view(desk)
    except Http404:
        write(_action(desk.request), AccessRow.WRONG)
        raise
    except Refused as reasons:  # the course no longer comes out as it was signed: nothing can be shown of it
        write(_action(desk.request), AccessRow.REFUSED)
        return render(desk.request, "pages/cannot.html", {"desk": desk, "refusals": reasons.refusals}, status=409)
    if this.about != "nobody" or desk.request.method == "POST":
        refused = response.status_code == REFUSED_STATUS
        write(_action(desk.request), AccessRow.REFUSED if refused else AccessRow.DONE)
    return response


REFUSED_STATUS = 422
"""What a page answers when what was typed is refused: it is shown again with the reasons."""


def _action(request: HttpRequest) -> str:
    return AccessRow.WRITE if request.method == "POST" else AccessRow.READ


def _relation(person: Person, row: TreatmentRow | None, treatment: str) -> Relation:
    if row is None:
        return Relation.NONE
    relation = relation_of(person.organisation_id, row.centre, row.home_care, opened=False)
    if relation is Relation.OWN:
        return relation
    opened = Glass.objects.filter(person=person, treatment=treatment, until__gt=now()).exists()
    return relation_of(person.organisation_id, row.centre, row.home_care, opened=opened)


def _refused(request: HttpRequest, person: Person, this: Page, treatment: str, relation: Relation) -> HttpResponse:
    """Answer somebody who may not: whether the child exists is told only to those who could open it in an emergency."""
    if relation is Relation.OTHER and allows(this.name, person.works_as, Relation.OWN):
        if not could_open_in_emergency(this.name, person.works_as):
            raise Http404
        return render(request, "pages/not_yours.html", {"glass": url_of("glass", treatment)}, status=403)
    return render(request, "pages/not_allowed.html", {}, status=403)


@dataclass(frozen=True)
class _Log:
    """Writes one line about this look into the access log."""

    request: HttpRequest
    person: Person
    page: str
    treatment: str
    child: str
    relation: Relation

    def __call__(self, action: str, outcome: str) -> None:
        write_access(self, action=action, outcome=outcome)


def write_access(look: _Log, *, action: str, outcome: str, reason: str = "") -> None:
    """Write down who looked at what, and what came of it."""
    AccessRow.objects.create(
        at=now(), who=look.person.id_code, role=look.person.role, organisation=look.person.organisation_id,
        action=action, page=look.page, treatment=look.treatment[:40], child=look.child, relation=look.relation.value,
        reason=reason, address=look.request.META.get("REMOTE_ADDR", ""), outcome=outcome,
    )  # fmt: skip


def write_access_of(desk: Desk, *, action: str, reason: str = "", outcome: str = AccessRow.DONE) -> None:
    """Write one more line about what somebody does at a page, such as an export."""
    look = _Log(desk.request, desk.person, desk.page, desk.treatment.id, desk.treatment.child, desk.relation)
    write_access(look, action=action, outcome=outcome, reason=reason)


def write_anonymous(request: HttpRequest, page: str) -> None:
    """Write down a request that was refused before anybody asked who it was."""
    person = request.user if request.user.is_authenticated else None
    AccessRow.objects.create(
        at=now(), who=person.id_code if person else "", role=person.role if person else "",
        organisation=person.organisation_id if person else "", action=AccessRow.WRITE, page=page,
        address=request.META.get("REMOTE_ADDR", ""), outcome=AccessRow.REFUSED,
    )  # fmt: skip
