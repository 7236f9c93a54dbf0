"""The researcher's pages: pseudonymised courses as a table and as files, and two regimens compared in own children."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace

from django.conf import settings
from django.http import HttpResponse
from django.shortcuts import render
from django.utils.safestring import SafeString, mark_safe

from ransel.followup.ctcae import ctcae
from ransel.followup.worst import OTHER
from ransel.hospital.gate import Desk, page, url_of, write_access_of
from ransel.hospital.pages.ward import term_words
from ransel.hospital.pseudonymised import own_records
from ransel.hospital.rulebook import library
from ransel.language import Joined, Language, Message
from ransel.outcomes.burden import BurdenComparison, BurdenFigure
from ransel.outcomes.cohort import Cohort, cohort_of, cohort_tolerability, regimens_to_compare
from ransel.outcomes.cohort_burden import GivenInGroup, cohort_burden, cohort_exposure
from ransel.outcomes.cohort_file import cohort_csv, cohort_parquet, dictionary_csv, domains_zip, safe_cell
from ransel.outcomes.course_record import SMALLEST_GROUP, CourseRecord
from ransel.outcomes.interval import Interval
from ransel.outcomes.number import Number
from ransel.outcomes.tolerability import TermComparison, TolerabilityComparison
from ransel.papers.forest_picture import forest_figure
from ransel.store.models import AccessRow

GRADES = ("1", "2", "3")
"""From which grade on side effects can be counted; published tables count from 3."""
AS_PUBLISHED = "3"


@page("research", about="nobody", writes=False)
def research(desk: Desk) -> HttpResponse:
    """Show the courses of the own hospital, without anything that says whose they are."""
    records = _records(desk)
    context = {
        "desk": desk,
        "rows": [_row(record) for record in records],
        "children": len({record.child for record in records}),
        "few": sum(record.few_alike for record in records),
        "smallest": SMALLEST_GROUP,
        "version": ctcae().version,
    }
    return render(desk.request, "pages/research/table.html", context)


def _records(desk: Desk) -> tuple[CourseRecord, ...]:
    return own_records(desk.person, settings.SECRET_KEY, desk.now)


def _row(record: CourseRecord) -> dict[str, object]:
    """Return a course with what a table shows in words."""
    given = record.given_percent
    between = (
        None if given is None else Message("research.between", {"low": _tenth(given.low), "high": _tenth(given.high)})
    )
    return {
        "record": record,
        "outcome": Message(f"research.ended-{record.outcome}"),
        "grades": _grades(record),
        "given": None if given is None else _tenth(given.exact),
        "between": between,
        "bsa": _tenth(record.bsa_m2),
        "run": _tenth(record.hours_run),
        "stood": _tenth(record.hours_stood_still),
        "home": _tenth(record.hours_at_home),
    }


def _tenth(value: float | None) -> object:
    return "–" if value is None else Number(value, 1)


def _grades(record: CourseRecord) -> Joined | Message:
    """Return the side effects that were there; of everything else that was looked at only how many."""
    there = [(name, worst) for name, worst in record.grades.items() if worst.grade]
    words: list[object] = [
        Joined(
            (
                Message("research.other-term") if name == OTHER else term_words(name),
                f"{worst.grade}{'+' * worst.or_worse}",
            ),
            " ",
        )
        for name, worst in there
    ]
    if len(record.grades) > len(there):
        words.append(Message("research.not-there", {"count": len(record.grades) - len(there)}))
    return Joined(tuple(words), ", ") if words else Message("research.nobody-looked")


# -- files


@page("research-file", about="nobody", writes=False)
def research_file(desk: Desk) -> HttpResponse:
    """Give the courses as CSV; the file can be read back by `ransel compare`."""
    return _file(desk, "ransel-cohort.csv", "text/csv; charset=utf-8", cohort_csv(_records(desk)))


@page("research-parquet", about="nobody", writes=False)
def research_parquet(desk: Desk) -> HttpResponse:
    """Give the same as Parquet."""
    return _file(desk, "ransel-cohort.parquet", "application/vnd.apache.parquet", cohort_parquet(_records(desk)))


@page("research-tables", about="nobody", writes=False)
def research_tables(desk: Desk) -> HttpResponse:
    """Give the same in three tables with names like those of CDISC, in a ZIP file."""
    return _file(desk, "ransel-cohort-tables.zip", "application/zip", domains_zip(_records(desk)))


@page("research-dictionary", about="nobody", writes=False)
def research_dictionary(desk: Desk) -> HttpResponse:
    """Give what every column means; there is no child in it."""
    return _file(desk, "ransel-data-dictionary.csv", "text/csv; charset=utf-8", dictionary_csv())


def csv_file(name: str, columns: Iterable[str], rows: Iterable[Iterable[str]]) -> HttpResponse:
    """Return a table as a file that is downloaded. No cell can be taken for a formula by a program that opens it."""
    text = io.StringIO()
    writer = csv.writer(text)
    writer.writerow(columns)
    writer.writerows([safe_cell(cell) for cell in row] for row in rows)
    headers = {"Content-Disposition": f'attachment; filename="{name}"'}
    return HttpResponse(text.getvalue(), content_type="text/csv; charset=utf-8", headers=headers)


def _file(desk: Desk, name: str, kind: str, content: str | bytes) -> HttpResponse:
    """Return a file that is downloaded, and write down that it was."""
    write_access_of(desk, action=AccessRow.EXPORT)
    headers = {"Content-Disposition": f'attachment; filename="{name}"'}
    return HttpResponse(content, content_type=kind, headers=headers)


# -- two regimens


@dataclass(frozen=True, slots=True)
class Choice:
    """Something that can be compared in another way: its words, its address, and whether it is chosen."""

    words: object
    address: str
    chosen: bool


@page("research-comparison", about="nobody", writes=False)
def research_comparison(desk: Desk) -> HttpResponse:
    """Compare two regimens in the own children: side effects, what they asked, and what was given of the order."""
    records = _records(desk)
    pair = regimens_to_compare(records)
    least = desk.request.GET.get("grade", AS_PUBLISHED)
    least = least if least in GRADES else AS_PUBLISHED
    context: dict[str, object] = {"desk": desk, "pair": pair, "grades": tuple(_choices(least)), "least": least}
    if pair is not None:
        cohort = cohort_of(records, *pair, library())
        tolerability = cohort_tolerability(records, *pair, least_grade=int(least), library=library())
        burden, given = (
            cohort_burden(records, *pair, library=library()),
            cohort_exposure(records, *pair, library=library()),
        )
        figure = forest_figure(tolerability, desk.language) if tolerability.terms else None
        happened = tuple(one for one in tolerability.terms if any(_events(one)))
        context |= {
            "titles": [group.title for group in cohort.groups],
            "cohort_says": [*cohort.says(), *_in_both(tolerability.says, burden.says, cohort)],
            "figure": figure,
            "picture": _picture(replace(tolerability, terms=happened), desk.language),
            "tolerability_says": _others(tolerability.says, cohort, burden.says),
            "burden_says": _others(burden.says, cohort, tolerability.says),
            "given_says": _others(given.says, cohort),
            "burden_rows": [_burden_row(one) for one in _known(burden)],
            "given_rows": [_given_row(one) for one in (given.first, given.second) if one],
            "given_difference": _interval(given.difference),
        }  # fmt: skip
    return render(desk.request, "pages/research/comparison.html", context)


def _choices(least: str) -> Iterator[Choice]:
    for grade in GRADES:
        words = Message("research.from-grade", {"grade": grade})
        yield Choice(words, f"{url_of('research-comparison')}?grade={grade}", grade == least)


def _in_both(first: Iterable[Message], second: Iterable[Message], cohort: Cohort) -> list[Message]:
    """Return what is said beside side effects and burden alike, but for what the groups say themselves."""
    said, also = list(cohort.says()), list(second)
    return [one for one in first if one in also and one not in said]


def _others(says: Iterable[Message], cohort: Cohort, also: Iterable[Message] = ()) -> list[Message]:
    """Return what is said beside one part only; what holds for all of them stands once, above."""
    shared = [*cohort.says(), *also]
    return [one for one in says if one not in shared]


def _events(term: TermComparison) -> Iterator[int]:
    return (count.events for count in (term.first, term.second) if count is not None)


def _picture(compared: TolerabilityComparison, language: Language) -> SafeString | None:
    """Return a picture of the side effects that happened; the table beside it has the others as well."""
    if not compared.terms:
        return None
    return mark_safe(forest_figure(compared, language).svg)  # noqa: S308 - our own drawing, texts are escaped


def _known(burden: BurdenComparison) -> Iterator[BurdenFigure]:
    return (one for one in burden.figures if one.first_per_course and one.second_per_course)


def _burden_row(one: BurdenFigure) -> tuple[object, ...]:
    """Return what stands in a row: the kind, both regimens, their difference."""
    return Message(one.unit), _mean(one.first_per_course), _mean(one.second_per_course), _interval(one.difference)


def _given_row(one: GivenInGroup) -> tuple[object, ...]:
    spread = _mean((one.percent.p5, one.mean, one.percent.p95))
    return one.title, one.children, one.courses, spread, _tenth(one.low), _tenth(one.high)


def _mean(spread: tuple[float, float, float] | None) -> object:
    if spread is None:
        return "–"
    low, mean, high = (Number(value, 1) for value in spread)
    return Message("research.mean", {"mean": mean, "low": low, "high": high})


def _interval(one: Interval | None) -> object:
    if one is None:
        return "–"
    low, estimate, high = (Number(value, 1) for value in (one.low, one.estimate, one.high))
    return Message("research.interval", {"estimate": estimate, "low": low, "high": high})
