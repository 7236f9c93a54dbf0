"""Papers of one container: the label after its release, and the worksheet before and after it."""

from __future__ import annotations

from dataclasses import replace
from typing import cast

from django.conf import settings
from django.http import HttpResponse
from django.shortcuts import render

from ransel.chart.batches import batch_record
from ransel.chart.records.pharmacy import Released as ReleasedRecord
from ransel.compounding import Released
from ransel.hospital.gate import REFUSED_STATUS, Desk, page
from ransel.hospital.making_view import ON_PAPER
from ransel.hospital.names import names_of
from ransel.hospital.pages.batches import told_when_refused
from ransel.language import Language, Message, Refusal, Refused
from ransel.papers.labels import label as make_label
from ransel.papers.worksheets import worksheet as make_worksheet
from ransel.planning import PlannedCourse, Preparation


@page("label", about="container", writes=False)
@told_when_refused
def label(desk: Desk) -> HttpResponse:
    """Print the label of a released container; before its release, and after it was thrown away, there is none."""
    released = _released(desk)
    if released is None:
        why = "pharmacy.no-label-discarded" if desk.container.phase == "discarded" else "pharmacy.no-label-not-released"
        if desk.container.phase == "blocked":
            why = "pharmacy.no-label-blocked"
        context = {"desk": desk, "why": Message(why), "form": {"title": Message("page.label")}}
        return render(desk.request, "pages/pharmacy/not_now.html", context, status=REFUSED_STATUS)
    return _pdf("label", make_label(_planned(desk), _preparation(desk), paper_language(), released), released, desk)


@page("worksheet", about="container", writes=False)
@told_when_refused
def worksheet(desk: Desk) -> HttpResponse:
    """Print the worksheet: to be filled in before the release, filled in after it."""
    released = _released(desk)
    made = make_worksheet(_planned(desk), _preparation(desk), paper_language(), released)
    return _pdf("worksheet", made, released, desk)


def paper_language() -> Language:
    """Return the language of the hospital: a paper is read by others than whoever printed it."""
    return cast("Language", settings.LANGUAGE_CODE)


def _planned(desk: Desk) -> PlannedCourse:
    if desk.rules.planned is None:
        raise LookupError(desk.course_number)
    return desk.rules.planned


def _preparation(desk: Desk) -> Preparation:
    """Return the making as the papers take it: as planned, once released with the limits that the release gives."""
    planned, released = desk.rules.preparation(desk.container_number), desk.container.last(ReleasedRecord)
    if released is None or desk.container.phase not in ON_PAPER:
        return planned
    return replace(planned, start_before=released.what.start_before, finish_before=released.what.finish_before)


def _released(desk: Desk) -> Released | None:
    """Return the release as the papers take it, with the names of who made, checked and released it.

    Raises:
        Refused: when batch record and clocks would give another code today than the one that was signed.
    """
    signed = desk.container.last(ReleasedRecord)
    if signed is None or desk.container.phase not in ON_PAPER:
        return None
    record = batch_record(desk.rules, desk.container, signed.who if signed.what.stability_confirmed else "")
    if record.code.element_string != signed.what.code:
        values = {"expected": record.code.element_string}
        raise Refused([Refusal("chart.other-release", "code", signed.what.code, values)])
    names = names_of({record.made_by, record.checked_by, signed.who})
    named = replace(
        record,
        made_by=names.get(record.made_by, record.made_by),
        checked_by=names.get(record.checked_by, record.checked_by),
    )
    return Released(named, signed.happened, names.get(signed.who, signed.who))


def _pdf(kind: str, content: bytes, released: Released | None, desk: Desk) -> HttpResponse:
    batch = _planned(desk).code(desk.rules.preparation(desk.container_number)).batch.replace("/", "-")
    making = f"-{desk.container.making}" if released else ""
    response = HttpResponse(content, content_type="application/pdf")
    response.headers["Content-Disposition"] = f'inline; filename="{kind}-{batch}{making}.pdf"'
    return response
