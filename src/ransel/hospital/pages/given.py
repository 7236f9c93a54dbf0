"""What was really given: the account of a course out of what its pumps have told and what people have weighed."""

from __future__ import annotations

from django.conf import settings
from django.http import HttpResponse
from django.shortcuts import render
from django.utils.safestring import mark_safe

from ransel.hospital.account import account_of
from ransel.hospital.demo.pumps import reveal
from ransel.hospital.gate import Desk, page
from ransel.papers.infusion_picture import infusion_svg


@page("given", about="course", writes=False)
def given(desk: Desk) -> HttpResponse:
    """Show what the child has received, how sure that is, and what is still to come."""
    if settings.DEMO:
        reveal(desk.now)
    account = account_of(desk.treatment, desk.course, desk.now)
    picture = None
    if account is not None:
        drawn = infusion_svg(account.plan, account.ledger, desk.language, simulated=account.simulated)
        picture = mark_safe(drawn)  # noqa: S308 - our own drawing, texts are escaped
    return render(desk.request, "pages/given.html", {"desk": desk, "account": account, "picture": picture})
