"""The researcher's pages: pseudonymised courses as a table and as a file."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable

from django.conf import settings
from django.http import HttpResponse
from django.shortcuts import render

from ransel.hospital.gate import Desk, page, write_access_of
from ransel.hospital.pages.ward import TERMS, term_words
from ransel.hospital.pseudonymised import COLUMNS, OTHER_TERM, SMALLEST_GROUP, ResearchRow, research_rows
from ransel.hospital.todo import own_treatments
from ransel.language import Joined, Message
from ransel.store.loading import load
from ransel.store.models import AccessRow, Child


@page("research", about="nobody", writes=False)
def research(desk: Desk) -> HttpResponse:
    """Show the courses of the own hospital, without anything that says whose they are."""
    rows = _rows(desk)
    context = {
        "desk": desk,
        "rows": [(row, Message(f"research.ended-{row.outcome}"), _grades(row)) for row in rows],
        "children": len({row.child for row in rows}),
        "few": sum(row.few_alike for row in rows),
        "smallest": SMALLEST_GROUP,
    }
    return render(desk.request, "pages/research/table.html", context)


@page("research-file", about="nobody", writes=False)
def research_file(desk: Desk) -> HttpResponse:
    """Give the same as a file."""
    write_access_of(desk, action=AccessRow.EXPORT)
    return csv_file("ransel-research.csv", COLUMNS, (row.cells() for row in _rows(desk)))


def csv_file(name: str, columns: Iterable[str], rows: Iterable[Iterable[str]]) -> HttpResponse:
    """Return a table as a file that is downloaded. No cell can be taken for a formula by a program that opens it."""
    text = io.StringIO()
    writer = csv.writer(text)
    writer.writerow(columns)
    writer.writerows([_plain(cell) for cell in row] for row in rows)
    headers = {"Content-Disposition": f'attachment; filename="{name}"'}
    return HttpResponse(text.getvalue(), content_type="text/csv; charset=utf-8", headers=headers)


def _plain(cell: str) -> str:
    return f"'{cell}" if cell[:1] in {"=", "+", "-", "@", "\t", "\r"} else cell


def _rows(desk: Desk) -> tuple[ResearchRow, ...]:
    mine = list(own_treatments(desk.person))
    born = dict(Child.objects.filter(code__in=[row.child for row in mine]).values_list("code", "born"))
    treatments = (load(row.treatment) for row in mine)
    return research_rows(treatments, born, frozenset(TERMS), settings.SECRET_KEY, desk.now)


def _grades(row: ResearchRow) -> Joined | str:
    words = (
        Joined((Message("research.other-term") if term == OTHER_TERM else term_words(term), grade), " ")
        for term, grade in sorted(row.worst_grades.items())
    )
    return Joined(tuple(words), ", ") if row.worst_grades else "–"
