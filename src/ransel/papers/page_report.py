"""A report of one page, before it is HTML or PDF: a heading, sections with a figure each, and what it rests on."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any
from xml.sax.saxutils import escape

from ransel.language import Language
from ransel.papers.drawing import element
from ransel.papers.figure import Figure, Table, sentence
from ransel.papers.typesetting import pdf

FORMULA = frozenset("=+-@\t\r")
"""With one of these a spreadsheet takes a cell for a formula."""
FEW_COLUMNS = 4
"""With more columns a table on a screen needs the whole width."""
STYLE = """
body{font:16px/1.5 'Source Sans Pro','Source Sans 3',system-ui,'Segoe UI',Roboto,sans-serif;color:#1b2430;
background:#fff;max-width:72rem;margin:0 auto;padding:1.5rem}
h1,h2{line-height:1.2;text-wrap:balance}h1{font-size:1.9rem;margin:0 0 .3rem}h2{font-size:1.3rem;margin:2rem 0 .4rem}
.lead{font-size:1.1rem;background:#f2f5f8;border-radius:.4rem;padding:.1rem 1rem}
.lead p{margin:.6rem 0}.quiet,.note,caption{color:#4d5a68;font-size:.92rem}
.pair{display:flex;flex-wrap:wrap;gap:1.5rem;align-items:flex-start}
.pair svg{flex:1 1 26rem;max-width:100%;height:auto;min-width:0}.table{flex:1 1 24rem;overflow-x:auto;min-width:0}
.pair.wide{display:block}.pair.wide svg{display:block;width:min(100%,38rem);margin-bottom:1rem}
.pair.wide td{white-space:nowrap}
table{border-collapse:collapse;width:100%;font-size:.92rem}caption{text-align:left;padding-bottom:.3rem}
th,td{text-align:left;padding:.25rem .6rem .25rem 0;border-bottom:1px solid #b6c0ca;vertical-align:top}
thead th{border-bottom:2px solid #4d5a68;vertical-align:bottom}tbody th{font-weight:600}
ul{padding-left:1.2rem}li{margin:.15rem 0}ul.note li{max-width:60rem}
@media screen and (max-width:40rem){body{padding:1rem}h1{font-size:1.5rem}.lead{font-size:1rem}.pair{gap:.6rem}}
@media print{body{padding:0;max-width:none;font-size:12px}h2{break-after:avoid}svg,tr{break-inside:avoid}
.pair svg{flex-basis:20rem}.table{flex-basis:20rem;overflow:visible}.pair.wide svg{width:24rem}
.pair.wide table{font-size:.78rem}}
"""


@dataclass(frozen=True, slots=True)
class Section:
    """A part of a report: paragraphs, one figure, and notes below it."""

    title: str
    paragraphs: tuple[str, ...]
    figure: Figure | None = None
    notes: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class PageReport:
    """One page for one kind of reader.

    Values:
        language, kind: `parents` or `doctors`. lead: what it comes down to, in a few sentences.
        rests_title, rests: everything without a published source, one line each. foot: what it is and is not.
    """

    kind: str
    language: Language
    title: str
    subtitle: str
    lead: tuple[str, ...]
    sections: tuple[Section, ...]
    rests_title: str
    rests: tuple[str, ...]
    foot: str


def report_html(report: PageReport) -> str:
    """Return the report as one page that needs nothing else: no script, no font, no picture from elsewhere."""
    body = "".join(
        [
            element("h1", escape(report.title)),
            element("p", escape(report.subtitle), class_="quiet"),
            element("div", "".join(element("p", escape(words)) for words in report.lead), class_="lead"),
            *(_section(one) for one in report.sections),
            element("section", element("h2", escape(report.rests_title)) + _list(report.rests)),
            element("p", escape(report.foot), class_="quiet"),
        ]
    )
    head = (
        '<meta charset="utf-8"/><meta name="viewport" content="width=device-width,initial-scale=1"/>'
        + element("title", escape(report.title))
        + element("style", STYLE)
    )
    page = element("head", head) + element("body", element("main", body))
    return f"<!doctype html>\n{element('html', page, lang=report.language)}\n"


def report_pdf(report: PageReport) -> bytes:
    """Return the report as a tagged PDF of one page A4.

    Raises:
        Refused: when a text is too long for the page.
    """
    return pdf("report.typ", _plain(report))


def _section(one: Section) -> str:
    words = "".join(element("p", escape(words)) for words in one.paragraphs)
    notes = "".join(element("p", escape(words), class_="note") for words in one.notes)
    figure = "" if one.figure is None else _figure_html(one.figure)
    return element("section", element("h2", escape(one.title)) + words + figure + notes)


def _figure_html(figure: Figure) -> str:
    """Return the picture with its table beside it, or below it where the table needs the whole width."""
    table = figure.table
    pair = element(
        "div", figure.svg + table_html(table), class_="pair wide" if len(table.head) > FEW_COLUMNS else "pair"
    )
    return pair + (_list(tuple(map(sentence, table.notes)), "note") if table.notes else "")


def table_html(table: Table) -> str:
    """Return a table as HTML, without its notes; the first cell of a row names it."""
    head = "".join(element("th", escape(words), scope="col") for words in table.head)
    rows = "".join(element("tr", "".join(_cells(row))) for row in table.rows)
    content = (
        element("caption", escape(table.caption))
        + element("thead", element("tr", head))
        + (element("tbody", rows) if rows else "")
    )
    return element("div", element("table", content), class_="table")


def table_csv(table: Table) -> bytes:
    """Return the rows of a table as CSV; no cell can be taken for a formula by a program that opens it."""
    text = io.StringIO()
    writer = csv.writer(text)
    writer.writerow(table.head)
    writer.writerows([f"'{cell}" if cell[:1] in FORMULA else cell for cell in row] for row in table.rows)
    return text.getvalue().encode()


def _cells(row: tuple[str, ...]) -> Iterator[str]:
    name, *others = row
    yield element("th", escape(name), scope="row")
    for words in others:
        yield f"<td>{escape(words)}</td>"


def _list(lines: tuple[str, ...], look: str = "rests") -> str:
    return element("ul", "".join(element("li", escape(words)) for words in lines), class_=look)


def _plain(report: PageReport) -> Mapping[str, Any]:
    return {
        "kind": report.kind,
        "language": report.language,
        "title": report.title,
        "subtitle": report.subtitle,
        "lead": report.lead,
        "sections": [
            {
                "title": one.title,
                "paragraphs": one.paragraphs,
                "notes": one.notes,
                "figure": None if one.figure is None else _figure(one.figure),
            }
            for one in report.sections
        ],
        "rests_title": report.rests_title,
        "rests": report.rests,
        "foot": report.foot,
    }


def _figure(figure: Figure) -> Mapping[str, Any]:
    return {
        "svg": figure.svg,
        "title": figure.title,
        "caption": figure.table.caption,
        "head": figure.table.head,
        "rows": figure.table.rows,
        "widths": figure.table.widths,
        "notes": figure.table.notes,
    }
