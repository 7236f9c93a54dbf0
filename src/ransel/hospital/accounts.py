"""Logging in: staff only, no one signs up; guesses are stopped; what happens is written down."""

from __future__ import annotations

from typing import Any

from allauth.account.adapter import DefaultAccountAdapter
from allauth.mfa.adapter import DefaultMFAAdapter
from django.contrib.auth.signals import user_logged_in, user_login_failed
from django.dispatch import receiver
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from ransel.hospital.clock import now
from ransel.store.models import AccessRow, Person


class StaffAdapter(DefaultAccountAdapter):  # type: ignore[misc]  # allauth gives no types
    """Nobody signs up: an administrator makes people."""

    def is_open_for_signup(self, request: HttpRequest) -> bool:  # noqa: ARG002 - as allauth asks
        """Nobody may."""
        return False

    def send_mail(self, template_prefix: str, email: str, context: dict[str, Any]) -> None:
        """Send nothing: there is no password by mail."""


class SecondFactorAdapter(DefaultMFAAdapter):  # type: ignore[misc]  # allauth gives no types
    """Time-based codes and recovery codes."""

    def get_totp_label(self, user: Person) -> str:
        """Return the user name: nothing else leaves for somebody's telephone."""
        return user.username


def locked_out(request: HttpRequest, *_: object, **__: object) -> HttpResponse:
    """Answer somebody who has guessed too often."""
    return render(request, "account/locked_out.html", status=429)


@receiver(user_logged_in)
def _came_in(sender: object, request: HttpRequest, user: Person, **_: object) -> None:  # noqa: ARG001 - as Django calls
    _write(request, user.id_code, user.role, user.organisation_id, AccessRow.DONE)


@receiver(user_login_failed)
def _was_kept_out(sender: object, request: HttpRequest | None = None, **_: object) -> None:  # noqa: ARG001
    _write(request, "", "", "", AccessRow.REFUSED)


def _write(request: HttpRequest | None, who: str, role: str, organisation: str, outcome: str) -> None:
    AccessRow.objects.create(
        at=now(), who=who, role=role, organisation=organisation, action=AccessRow.LOGIN, page="login",
        address=request.META.get("REMOTE_ADDR", "") if request else "", outcome=outcome,
    )  # fmt: skip
