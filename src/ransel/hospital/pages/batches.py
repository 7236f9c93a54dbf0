"""Making one container: beginning, weighing, the second check, release, out of the fridge, discarding."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import datetime
from functools import wraps

from django.http import HttpResponse
from django.shortcuts import render

from ransel.chart.batches import finish_of, released_record
from ransel.chart.reading import record_of
from ransel.chart.records import Record
from ransel.chart.records.pharmacy import BatchChecked, BatchStarted, Discarded, LeftFridge, Weighed
from ransel.chart.visits import visits_of
from ransel.chart.wording import phase_name, title_of
from ransel.compounding import is_confirmed_for
from ransel.compounding.weighing import weigh as weigh_step
from ransel.hospital.forms import Field, local_minute
from ransel.hospital.gate import REFUSED_STATUS, Desk, page
from ransel.hospital.making_view import (
    MakingView,
    StepLine,
    blockers,
    had_a_hand,
    is_time_for,
    making_view,
    next_offer,
)
from ransel.hospital.record_fields import choice_field
from ransel.hospital.signing import Data, SignForm, sign_page
from ransel.language import Message, Refusal, Refused

View = Callable[[Desk], HttpResponse]
MOST_LOTS = 3
"""How many lots of one ingredient a page has room for: an assumption."""
TICKS = ("lots", "weighings", "label")


def told_when_refused(view: View) -> View:
    """Show why a page cannot be shown: the course can no longer be planned as it was signed, a paper cannot be made."""

    @wraps(view)
    def answer(desk: Desk) -> HttpResponse:
        try:
            return view(desk)
        except Refused as refused:
            context = {"desk": desk, "refusals": refused.refusals}
            return render(desk.request, "pages/pharmacy/refused.html", context, status=REFUSED_STATUS)

    return answer


def _of(desk: Desk) -> dict[str, int]:
    """Return what a record about the making in hand begins with; before the first one the tables refuse it."""
    making = max(desk.container.making, 1)
    return {"course": desk.course_number, "container": desk.container_number, "making": making}


def _sign_page(desk: Desk, form: SignForm, signs: str) -> HttpResponse:
    """Show the form and sign; where its time has not come, or is over, say where the container stands instead.

    What was sent is always judged, so that whoever is told no also reads why.
    """
    if desk.request.method != "POST" and not is_time_for(desk, signs):
        words = {"what": title_of(signs), "phase": phase_name("container", desk.container.phase)}
        context = {"desk": desk, "form": form, "why": Message("pharmacy.not-now", words)}
        return render(desk.request, "pages/pharmacy/not_now.html", context)
    return sign_page(desk, form)


@page("make", about="container", signs="batch-started")
@told_when_refused
def make(desk: Desk) -> HttpResponse:
    """Open the first vial: the clocks run from here."""
    return _sign_page(desk, SignForm(
        title=Message("page.make"),
        lead=Message("make.lead"),
        fields=(Field(name="made", kind="moment", needed=False, note=Message("make.made-note")),),
        records=_started,
        button=Message("make.button"),
        then="batch",
        template="pages/pharmacy/make.html",
        extra={"view": making_view(desk)},
    ), "batch-started")  # fmt: skip


def _started(desk: Desk, data: Data) -> tuple[Record, ...]:
    made = data.get("made") or desk.now.isoformat()
    return (record_of(BatchStarted, {**_of(desk), "making": desk.container.making + 1, "made": made}),)


@page("batch", about="container", writes=False)
@told_when_refused
def batch(desk: Desk) -> HttpResponse:
    """Show the making in hand: its steps in order, what was weighed, what comes next."""
    view = making_view(desk)
    context = {
        "desk": desk,
        "view": view,
        "next": next_offer(desk, view),
        "waits": _waits(desk, view),
        "discard": _discard_url(desk),
        "visit": _next_visit(desk),
    }
    return render(desk.request, "pages/pharmacy/batch.html", context)


def _discard_url(desk: Desk) -> str:
    return desk.url("discard") if desk.may("discard") and is_time_for(desk, "discarded") else ""


_WAITS: Mapping[str, str] = {
    "planned": "pharmacy.waits-go", "withheld": "pharmacy.waits-withheld", "blocked": "pharmacy.waits-blocked",
}  # fmt: skip


def _waits(desk: Desk, view: MakingView) -> Message | None:
    """Return whom it waits for when that is somebody else."""
    phase = view.state.phase
    if desk.course.phase == "ordered":
        return Message("pharmacy.waits-verify")
    if phase in _WAITS:
        return Message(_WAITS[phase])
    if phase == "checked":
        if not desk.may("release"):
            return Message("pharmacy.waits-release")
        if had_a_hand(desk):
            return Message("pharmacy.waits-other-release")
    return None


def _next_visit(desk: Desk) -> object:
    """Return the visit at which the container is to be connected."""
    wanted = {("connect", desk.container_number), ("change", desk.container_number)}
    return next((one for one in visits_of(desk.course, desk.now) if (one.kind, one.container) in wanted), None)


@page("weigh", about="container", signs="weighed")
@told_when_refused
def weigh(desk: Desk) -> HttpResponse:
    """Sign one addition: its lots, and the balance before and after it."""
    view = making_view(desk)
    line = _chosen(desk, view)
    draft = f"{desk.container.making}-{line.step.ingredient.id}"
    return _sign_page(desk, SignForm(
        title=Message("weigh.title", {"what": line.step.ingredient.name}),
        fields=(
            Field(name="before", kind="quantity", unit="g"),
            Field(name="after", kind="quantity", unit="g"),
            *_lot_fields(line),
        ),
        records=lambda desk, data: (_weighed(desk, line, data),),
        button=Message("weigh.button"),
        then="batch",
        template="pages/pharmacy/weigh.html",
        extra={"view": view, "line": line, "draft": draft},
    ), "weighed")  # fmt: skip


def _chosen(desk: Desk, view: MakingView) -> StepLine:
    """Return the step of the address, else the one whose turn it is."""
    wanted = desk.request.GET.get("ingredient", "")
    chosen = next((one for one in view.steps if one.step.ingredient.id == wanted), None)
    return chosen or view.next_step or view.steps[0]


def _lot_fields(line: StepLine) -> tuple[Field, ...]:
    """Return the rows for lots; one that is weighed again begins with the lots of the first time."""
    fields: list[Field] = []
    for row in range(MOST_LOTS):
        known = line.lots[row] if row < len(line.lots) else None
        first = row == 0
        fields += [
            Field(
                name=f"lots.{row}.number", kind="line", label=_lot_label("lot", row), needed=first,
                start=known.number if known else "",
            ),
            Field(
                name=f"lots.{row}.expires", kind="day", label=_lot_label("expires", row), needed=first,
                start=known.expires.isoformat() if known else "",
            ),
            Field(
                name=f"lots.{row}.opened", kind="moment", label=_lot_label("opened", row), needed=False,
                start=local_minute(known.opened) if known and known.opened else "",
                note=Message("weigh.opened-note") if first else "",
            ),
        ]  # fmt: skip
    return tuple(fields)


def _lot_label(name: str, row: int) -> Message:
    """Return what is asked of a lot; from the second one on with its number."""
    return Message(f"weigh.another-{name}", {"row": row + 1}) if row else Message(f"field.{name}")


def _weighed(desk: Desk, line: StepLine, data: Data) -> Record:
    rows = data.get("lots", {})
    _refuse_half_lots(rows)
    places = sorted(rows)
    told = {**_of(desk), "ingredient": line.step.ingredient.id, "lots": [rows[place] for place in places]}
    try:
        record = record_of(Weighed, {**told, "before": data["before"], "after": data["after"]})
    except Refused as refused:
        raise Refused(_at_rows(refused, places)) from None
    _refuse_backwards(line, record)
    return record


def _refuse_backwards(line: StepLine, record: Record) -> None:
    """Say at the balance what the guard would say of the ingredient."""
    if isinstance(record, Weighed):
        try:
            weigh_step(line.step, record.before, record.after)
        except Refused as refused:
            raise Refused([replace(one, field="after") for one in refused.refusals]) from None


def _refuse_half_lots(rows: Data) -> None:
    """Refuse a lot of which only a part was typed."""
    missing = [
        Refusal("form.empty", f"lots.{place}.{key}", "", {"what": _lot_label(word, int(place))})
        for place, lot in rows.items()
        for key, word in (("number", "lot"), ("expires", "expires"))
        if key not in lot
    ]
    if missing:
        raise Refused(missing)


def _at_rows(refused: Refused, places: list[str]) -> list[Refusal]:
    """Return reasons at the rows of the page: a row that was left empty is none of the record."""
    moved = []
    for one in refused.refusals:
        parts = one.field.split(".")
        if parts[0] == "lots" and len(parts) > 1 and parts[1].isdigit():
            parts[1] = places[int(parts[1])]
        moved.append(replace(one, field=".".join(parts)))
    return moved


@page("check-batch", about="container", signs="batch-checked")
@told_when_refused
def check_batch(desk: Desk) -> HttpResponse:
    """Another person checks lots, weighings and label; on the maker's device with their own password."""
    record = BatchChecked(**_of(desk)) if desk.container.making else None
    against = blockers(desk, record) if record and is_time_for(desk, "batch-checked") else ()
    return _sign_page(desk, SignForm(
        title=Message("page.check-batch"),
        lead=Message("check-batch.lead"),
        fields=tuple(Field(name=name, kind="tick", label=Message(f"check-batch.{name}")) for name in TICKS),
        records=_checked,
        cosigner=Message("check-batch.cosigner") if had_a_hand(desk) else None,
        then="batch",
        template="pages/pharmacy/check.html",
        extra={
            "view": making_view(desk),
            "blockers": [one for one in against if one.refusal.code != "batch.same-person"],
            "discard": _discard_url(desk),
        },
    ), "batch-checked")  # fmt: skip


def _checked(desk: Desk, data: Data) -> tuple[Record, ...]:
    missing = [name for name in TICKS if not data.get(name)]
    if missing:
        raise Refused([Refusal("batch.not-ticked", name) for name in missing])
    return (record_of(BatchChecked, _of(desk)),)


@page("release", about="container", signs="released")
@told_when_refused
def release(desk: Desk) -> HttpResponse:
    """A pharmacist releases: code and clocks follow from the batch record."""
    view = making_view(desk)
    due = view.started is not None and is_time_for(desk, "released")
    container, protocol = view.preparation.container, desk.rules.protocol
    # the guard's reason is about who confirms; the question stands under the same name, so that it is shown there
    ask = Field(name="stability_confirmed_by", kind="yes-no", label=Message("release.stability"))
    return _sign_page(desk, SignForm(
        title=Message("page.release"),
        lead=Message("release.lead"),
        fields=(ask,),
        records=_released,
        button=Message("release.button"),
        then="batch",
        template="pages/pharmacy/release.html",
        extra={
            "view": view,
            "will": _would_release(desk, confirmed=True) if due else None,
            "blockers": blockers(desk, _would_release(desk, confirmed=True)) if due else (),
            "stability": protocol.stability[container.option.stability],
            "stated": is_confirmed_for(container, protocol),
            "kind": Message(f"kind.{container.option.kind}"),
            "discard": _discard_url(desk),
        },
    ), "released")  # fmt: skip


def _would_release(desk: Desk, *, confirmed: bool) -> Record:
    hand = desk.hand(seen=desk.treatment.version)
    return released_record(desk.rules, desk.container, desk.course_number, hand, stability_confirmed=confirmed)


def _released(desk: Desk, data: Data) -> tuple[Record, ...]:
    if desk.container.last(BatchStarted) is None:
        words = {"what": title_of("released"), "phase": phase_name("container", desk.container.phase)}
        raise Refused([Refusal("chart.not-now", "container", "", words)])
    return (_would_release(desk, confirmed=data["stability_confirmed_by"]),)


@page("hand-over", about="container", signs="left-fridge")
@told_when_refused
def hand_over(desk: Desk) -> HttpResponse:
    """Sign that the container left the fridge: from here the warm clock runs."""
    return _sign_page(desk, SignForm(
        title=Message("page.hand-over"),
        lead=Message("hand-over.lead"),
        fields=(Field(name="at", kind="moment", needed=False, label=Message("hand-over.at")),),
        records=_left_fridge,
        button=Message("hand-over.button"),
        then="batch",
        template="pages/pharmacy/hand_over.html",
        extra={
            "view": making_view(desk),
            "visit": _next_visit(desk),
            "finish": finish_of(desk.rules, desk.container, desk.now) if is_time_for(desk, "left-fridge") else None,
        },
    ), "left-fridge")  # fmt: skip


def _left_fridge(desk: Desk, data: Data) -> tuple[Record, ...]:
    at = datetime.fromisoformat(data["at"]) if data.get("at") else desk.now
    return (LeftFridge(**_of(desk), at=at, finish_before=finish_of(desk.rules, desk.container, at)),)


@page("discard", about="container", signs="discarded")
@told_when_refused
def discard(desk: Desk) -> HttpResponse:
    """Throw a container away, with the cause and the reason."""
    return _sign_page(desk, SignForm(
        title=Message("page.discard"),
        lead=Message("discard.lead"),
        fields=(choice_field(Discarded, "cause"),),
        reason="must",
        danger=True,
        records=lambda desk, data: (record_of(Discarded, {**_of(desk), **data}),),
        button=Message("discard.button"),
        then="batch",
        template="pages/pharmacy/discard.html",
        extra={"view": making_view(desk)},
    ), "discarded")  # fmt: skip
