"""What happens around every request: language, length of a session, the second factor, private pages."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from allauth.mfa.utils import is_mfa_enabled
from django.conf import settings
from django.contrib.auth import logout
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils import translation
from django_htmx.http import HttpResponseClientRefresh

from ransel.hospital.clock import now
from ransel.hospital.gate import PAGES, url_of
from ransel.hospital.policy import Relation, allows
from ransel.language import LANGUAGES, Message
from ransel.store.models import Person

Answer = Callable[[HttpRequest], HttpResponse]
LANGUAGE_COOKIE = "language"
OPEN_TO_ALL = ("/static/", "/healthy/", "/language/", "/account/login/", "/account/logout/")
FIRST_STEPS = ("/account/", "/static/", "/language/", "/healthy/")


class LanguageMiddleware:
    """Puts the language of the person, else of the cookie, else of the hospital, on the request."""

    def __init__(self, answer: Answer) -> None:
        self.answer = answer

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Answer in that language."""
        chosen = request.COOKIES.get(LANGUAGE_COOKIE) or getattr(request.user, "language", "")
        language = chosen if chosen in LANGUAGES else settings.LANGUAGE_CODE
        request.language = language  # type: ignore[attr-defined]
        with translation.override(language):
            response = self.answer(request)
        response.headers.setdefault("Content-Language", language)
        return response


class SessionLimits:
    """Ends a session that was idle for too long, or lasts too long altogether."""

    def __init__(self, answer: Answer) -> None:
        self.answer = answer

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Answer, or log out first."""
        if request.user.is_authenticated and _is_over(request):
            logout(request)
            if updates_itself(request):
                return HttpResponseClientRefresh()
            return redirect(f"{reverse('account_login')}?ended=1&next={request.path}")
        return self.answer(request)


def updates_itself(request: HttpRequest) -> bool:
    """Whether a page asks for itself, such as a board every minute, and nobody touched anything."""
    return request.headers.get("HX-Request") == "true"


def _is_over(request: HttpRequest) -> bool:
    present = int(time.time())
    began = request.session.setdefault("began", present)
    last = request.session.get("last", present)
    if present - last > settings.SESSION_IDLE_S or present - began > settings.SESSION_AT_MOST_S:
        return True
    if updates_itself(request):
        return False  # nobody is there because a board is open
    if present - last >= settings.SESSION_IDLE_S // 10 or "last" not in request.session:
        request.session["last"] = present  # not at every request: it would be written each time
    return False


class SecondFactorFirst:
    """Lets nobody go on who has no second factor yet, or must change their password. Off in a demo only."""

    def __init__(self, answer: Answer) -> None:
        self.answer = answer

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Answer, or lead to what comes first."""
        user = request.user
        if user.is_authenticated and not request.path.startswith(FIRST_STEPS):
            if getattr(user, "must_change_password", False):
                return redirect("account_change_password")
            if not settings.DEMO and not is_mfa_enabled(user):
                return redirect("mfa_activate_totp")
        return self.answer(request)


class PrivatePages:
    """Tells browsers and proxies to keep no page with clinical data."""

    def __init__(self, answer: Answer) -> None:
        self.answer = answer

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Answer, marked private."""
        response = self.answer(request)
        if not request.path.startswith("/static/"):
            response.headers["Cache-Control"] = "no-store, private"
            response.headers["Permissions-Policy"] = "camera=(self), geolocation=(), microphone=()"
        return response


def page_context(request: HttpRequest) -> dict[str, Any]:
    """Return what every template knows."""
    user = getattr(request, "user", None)
    person = user if isinstance(user, Person) and user.is_authenticated else None
    return {
        "language": getattr(request, "language", settings.LANGUAGE_CODE),
        "is_demo": settings.DEMO,
        "now": now(),
        "person": person,
        "menu": menu_of(person, request.path) if person else (),
    }


@dataclass(frozen=True, slots=True)
class MenuItem:
    """One page in the menu."""

    title: Message
    url: str
    here: bool


MENU = ("todo", "board", "children", "enrol", "pharmacy", "vials", "day-care", "ward", "home-care", "research",
        "old-against-new", "people", "organisations", "pumps", "protocols", "emergency-notices", "access-log",
        "policy")  # fmt: skip
"""The pages about no child that a menu can have, in its order; each shows those that the policy allows."""


def menu_of(person: Person, here: str) -> tuple[MenuItem, ...]:
    """Return the menu of a person."""
    allowed = [name for name in MENU if name in PAGES and allows(name, person.works_as, Relation.NONE)]
    urls = [(name, url_of(name)) for name in allowed]
    return tuple(MenuItem(Message(f"page.{name}"), url, here == url) for name, url in urls)
