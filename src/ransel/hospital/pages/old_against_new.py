"""Old against new in the hospital: what is published, what can be worked out, and two pages to hand out."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime
from functools import cache
from typing import Literal

from django.http import HttpResponse
from django.shortcuts import render
from django.utils.safestring import SafeString, mark_safe

from ransel.hospital.gate import Desk, page
from ransel.hospital.rulebook import library
from ransel.outcomes.comparing import NEW, OLD, Question, compare
from ransel.outcomes.comparison import Comparison
from ransel.papers.comparison_report import doctors_report, parents_report
from ransel.papers.figure import Figure
from ransel.papers.page_report import PageReport, report_pdf
from ransel.pharmacokinetics.parameters.parameter_shelf import ParameterShelf

CHILDREN, SEED = 2_000, 1
"""Simulated for these pages: enough for curves that look smooth; `ransel compare` takes as many as one likes."""

Reader = Literal["parents", "doctors"]


@page("old-against-new", about="nobody", writes=False)
def old_against_new(desk: Desk) -> HttpResponse:
    """Show the page for doctors, with the way to both papers."""
    report = _report(desk, "doctors")
    sections = [(one, None if one.figure is None else _picture(one.figure)) for one in report.sections]
    return render(desk.request, "pages/research/old_against_new.html", {"report": report, "sections": sections})


@page("old-against-new-parents", about="nobody", writes=False)
def for_parents(desk: Desk) -> HttpResponse:
    """Give the page for parents as a paper."""
    return _paper(desk, "parents")


@page("old-against-new-doctors", about="nobody", writes=False)
def for_doctors(desk: Desk) -> HttpResponse:
    """Give the page for doctors as a paper."""
    return _paper(desk, "doctors")


@cache
def compared() -> Comparison:
    """Return the comparison that all of these pages show; it is about no child of the hospital, so it is made once."""
    shelf = library()
    first, second = shelf.protocol(OLD), shelf.protocol(NEW)
    parameters = ParameterShelf(shelf).for_protocol(second)
    return compare(
        Question(protocols=(first, second), parameters=parameters, children=CHILDREN, seed=SEED, library=shelf),
        made=datetime.min.replace(tzinfo=UTC),  # each page puts its own instant there
    )


def _report(desk: Desk, reader: Reader) -> PageReport:
    made_now = replace(compared(), made=desk.now)
    return (parents_report if reader == "parents" else doctors_report)(made_now, desk.language)


def _paper(desk: Desk, reader: Reader) -> HttpResponse:
    response = HttpResponse(report_pdf(_report(desk, reader)), content_type="application/pdf")
    response.headers["Content-Disposition"] = f'inline; filename="ransel-{reader}-{desk.language}.pdf"'
    return response


def _picture(figure: Figure) -> SafeString:
    """Return the picture as it is: every word in it has been escaped where it was drawn."""
    return mark_safe(figure.svg)  # noqa: S308 - as above
