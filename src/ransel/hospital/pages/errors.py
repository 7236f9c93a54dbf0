"""Pages for what went wrong: in words, with a way back, and never with what was inside the program."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render


def _page(request: HttpRequest, what: str, status: int) -> HttpResponse:
    return render(request, "pages/error.html", {"what": what}, status=status)


def bad(request: HttpRequest, exception: Exception) -> HttpResponse:  # noqa: ARG001 - as Django calls it
    """Answer a request that cannot be read."""
    return _page(request, "bad", 400)


def forbidden(request: HttpRequest, exception: Exception) -> HttpResponse:  # noqa: ARG001 - as Django calls it
    """Answer what is not allowed."""
    return render(request, "pages/not_allowed.html", {}, status=403)


def missing(request: HttpRequest, exception: Exception) -> HttpResponse:  # noqa: ARG001 - as Django calls it
    """Answer an address that leads nowhere."""
    return _page(request, "missing", 404)


def broken(request: HttpRequest) -> HttpResponse:
    """Answer when the program itself failed."""
    return _page(request, "broken", 500)


def forged(request: HttpRequest, reason: str = "") -> HttpResponse:  # noqa: ARG001 - as Django calls it
    """Answer a form that was not sent from one of our own pages; it is written down."""
    from ransel.hospital.gate import write_anonymous  # noqa: PLC0415 - the gate needs the pages

    write_anonymous(request, "forged")
    return _page(request, "forged", 403)
