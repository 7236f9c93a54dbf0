"""Vials and waste of a period, and where a lot went: for the pharmacy's books, and for a recall."""

from __future__ import annotations

import csv
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta
from fractions import Fraction
from io import StringIO
from urllib.parse import urlencode

from django.http import HttpResponse
from django.shortcuts import render

from ransel.chart.records.pharmacy import Discarded
from ransel.chart.wording import choice_label
from ransel.hospital.forms import Answers, Field, filled, read_answers
from ransel.hospital.gate import REFUSED_STATUS, Desk, page, write_access_of
from ransel.hospital.names import names_of
from ransel.hospital.rulebook import agenda, library
from ransel.hospital.todo import own_treatments
from ransel.hospital.vial_use import CourseUse, LotUse, Making, Price, is_like, lots_of, total, uses_of
from ransel.language import Message, Moment, Refused
from ransel.quantities import Mass
from ransel.store.loading import load
from ransel.store.models import AccessRow, Child, ContainerRow

LOOKS_BACK = timedelta(days=90)
"""The period that is shown at first: an assumption."""
MOST_LETTERS_OF_A_LOT = 60
FORMULA_BEGINS = ("=", "+", "-", "@", "\t")
"""With these a spreadsheet takes a text for a formula."""


@dataclass(frozen=True, slots=True)
class Totals:
    """The courses of a period together; `unpriced` counts those for which the hospital gives no price."""

    courses: tuple[CourseUse, ...]

    @property
    def vials(self) -> int:
        """Vials that were opened."""
        return sum(one.vials for one in self.courses)

    @property
    def ordered(self) -> int:
        """Vials that the orders of these courses asked for."""
        return sum(one.ordered for one in self.courses)

    @property
    def left_in_vials(self) -> Mass:
        """Drug that stayed in vials."""
        return total(one.left_in_vials for one in self.courses)

    @property
    def overfill(self) -> Mass:
        """Drug beyond what the children are to have."""
        return total(one.overfill for one in self.courses)

    @property
    def wasted(self) -> Mass:
        """Drug in makings that were thrown away."""
        return total(one.wasted for one in self.courses)

    @property
    def price(self) -> Price | None:
        """What the vials cost, None when no course has a price."""
        prices = [one.price for one in self.courses if one.price]
        if not prices:
            return None
        sources = "; ".join(sorted({_source(one.source) for one in prices if one.source}))
        return Price(sum((one.euro for one in prices), start=Fraction()), sources)

    @property
    def unpriced(self) -> int:
        """How many courses have no price."""
        return sum(one.price is None for one in self.courses)


def _source(code: str) -> str:
    """Return what a source is called; its code where it is no longer on the shelf."""
    return library().sources.get(code, {}).get("title", code)


@dataclass(frozen=True, slots=True)
class LotLine:
    """One lot for the list, with the name of what it is a lot of."""

    use: LotUse
    product: object
    expired: bool


@dataclass(frozen=True, slots=True)
class WasteLine:
    """One making that was thrown away."""

    making: Making
    cause: Message
    reason: str
    who: str


@page("vials", about="nobody", writes=False)
def vials(desk: Desk) -> HttpResponse:
    """Show vials and waste of a period, and every lot; a lot number leads to all containers and children."""
    fields = _fields(desk)
    told = desk.request.GET
    answers = read_answers(fields, told) if "from" in told or "to" in told else Answers(
        data={"from": fields[0].start, "to": fields[1].start}
    )  # fmt: skip
    if answers.refusals:
        context = {"desk": desk, "fields": filled(fields, answers.typed, answers.refusals)}
        return render(desk.request, "pages/pharmacy/vials.html", context, status=REFUSED_STATUS)
    first, last = (date.fromisoformat(answers.data[key]) for key in ("from", "to"))
    courses = tuple(sorted(_courses(desk, first, last), key=lambda one: one.began))
    if told.get("csv") == "1":
        write_access_of(desk, action=AccessRow.EXPORT, reason=f"{first} {last}")
        return _csv(courses, first, last)
    makings = [making for course in courses for making in course.makings]
    wanted = told.get("lot", "").strip()[:MOST_LETTERS_OF_A_LOT]
    context = {
        "desk": desk,
        "fields": filled(fields, answers.typed or None, ()),
        "courses": courses,
        "totals": Totals(courses),
        "waste": _waste(makings),
        "lots": _lot_lines(desk, lots_of(makings)),
        "wanted": wanted,
        "found": _found(desk, wanted) if wanted else None,
        "csv": "?" + urlencode({"from": first, "to": last, "csv": 1}),
        "period": (first.isoformat(), last.isoformat()),
        "first_day": Moment(first, with_year=True),
        "last_day": Moment(last, with_year=True),
    }
    return render(desk.request, "pages/pharmacy/vials.html", context)


def _fields(desk: Desk) -> tuple[Field, ...]:
    today = agenda().local(desk.now).date()
    begin, end = (today - LOOKS_BACK).isoformat(), today.isoformat()
    return (
        Field(name="from", kind="day", start=begin, label=Message("vials.from")),
        Field(name="to", kind="day", start=end, label=Message("vials.to")),
    )


def _courses(desk: Desk, first: date, last: date) -> Iterable[CourseUse]:
    """Go through the courses of one's own hospital whose first vial was opened in a period."""
    return (one for one in _all_courses(desk) if first <= agenda().local(one.began).date() <= last)


def _all_courses(desk: Desk) -> Iterable[CourseUse]:
    own = {row.treatment: row.child for row in own_treatments(desk.person)}
    begun = ContainerRow.objects.filter(treatment__in=own, making__gt=0).values_list("treatment", flat=True).distinct()
    children = Child.objects.in_bulk(list(own.values()))
    for treatment in begun:
        yield from uses_of(load(treatment), children[own[treatment]])


def _waste(makings: Iterable[Making]) -> list[WasteLine]:
    thrown = [(one, one.discarded) for one in makings if one.is_wasted and one.discarded]
    names = names_of(entry.who for _, entry in thrown)
    return [
        WasteLine(making, choice_label("cause", entry.what.cause), entry.reason, names.get(entry.who, entry.who))
        for making, entry in thrown
    ]


def _found(desk: Desk, wanted: str) -> list[LotLine]:
    """Return every lot like the one that is looked for, whenever it was used; the look is written down."""
    write_access_of(desk, action=AccessRow.READ, reason=wanted)
    makings = [making for course in _all_courses(desk) for making in course.makings]
    return _lot_lines(desk, [one for one in lots_of(makings) if is_like(one.number, wanted)])


def _lot_lines(desk: Desk, lots: Iterable[LotUse]) -> list[LotLine]:
    today = agenda().local(desk.now).date()
    return [LotLine(one, _product(one), one.expires < today) for one in lots]


def _product(lot: LotUse) -> object:
    """Return what an ingredient is called in its protocol; its id where the protocol is no longer on the shelf."""
    making = lot.makings[0]
    if lot.ingredient == "drug":
        return making.product
    try:
        preparation = library().protocol(making.protocol).preparation
    except Refused:
        return lot.ingredient
    names = {one.id: one.name for one in preparation.additives} | {"diluent": preparation.diluent}
    return names.get(lot.ingredient, lot.ingredient)


# -- the table for the books

COLUMNS = ("patient_number", "course", "container", "making", "product", "made", "vials", "left_in_vials_mg",
           "overfill_mg", "discarded_mg", "discarded_because", "reason", "lots")  # fmt: skip


def _csv(courses: Iterable[CourseUse], first: date, last: date) -> HttpResponse:
    """Return one line for each making, with numbers for a spreadsheet and without names."""
    file = StringIO()
    lines = csv.writer(file)
    lines.writerow(COLUMNS)
    lines.writerows([_safe(cell) for cell in _row(one)] for course in courses for one in course.makings)
    response = HttpResponse("\ufeff" + file.getvalue(), content_type="text/csv; charset=utf-8")
    response.headers["Content-Disposition"] = f'attachment; filename="vials-{first}-{last}.csv"'
    return response


def _row(one: Making) -> tuple[object, ...]:
    lots = {f"{entry.what.ingredient} {lot.number}" for entry in one.weighed for lot in entry.what.lots}
    thrown = one.discarded if one.is_wasted else None
    return (
        one.child.number, one.course, one.container, one.making, one.product,
        agenda().local(one.made).isoformat(timespec="minutes"), one.vials, *_milligrams(one),
        _cause(thrown.what) if thrown else "", thrown.reason if thrown else "", "; ".join(sorted(lots)),
    )  # fmt: skip


def _milligrams(one: Making) -> tuple[str, ...]:
    masses = (one.left_in_vials, one.overfill, one.wasted)
    return tuple(mass.text("en", "mg", 2).removesuffix(" mg").replace(",", "") for mass in masses)


def _cause(discarded: Discarded) -> str:
    return discarded.cause


def _safe(cell: object) -> str:
    """Return a cell that no spreadsheet runs: what people typed could begin like a formula."""
    text = str(cell)
    return f"'{text}" if text.startswith(FORMULA_BEGINS) else text
