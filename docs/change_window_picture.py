"""The picture of the change window, drawn from Ransel's own functions."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from fractions import Fraction
from html import escape

from docs.example_course import changed_at, course, hours, pump, usable
from ransel.planning.delivery import DryAt, empty_after
from ransel.quantities import Duration

WIDTH, HEIGHT = 760, 620
FIRST, SECOND, DRY, LEFT, WINDOW, INK, GREY = (
    "#2f6690",
    "#81b1d0",
    "#b3261e",
    "#8b949e",
    "#f3dc94",
    "#1b1b1b",
    "#5a5f66",
)
TITLE = "Why the cassette is changed before half time"
DESCRIPTION = (
    "Top: with the pump fast, exact and slow, how long each of the two cassettes runs. Bottom: the hours without drug "
    "before the change and before the end when the pump is fast, for each hour of change. No hour gives none in both."
)


@dataclass(frozen=True, slots=True)
class Scale:
    """From hours to places on the paper."""

    low: Fraction
    high: Fraction
    begins: int
    ends: int

    def __call__(self, value: Fraction | int) -> float:
        """Return the place of a value."""
        return round(float(self.begins + (value - self.low) / (self.high - self.low) * (self.ends - self.begins)), 1)


def picture() -> str:
    """Return the picture as SVG."""
    parts = "\n".join([*_runs(), *_trade()])
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {HEIGHT}" width="{WIDTH}" height="{HEIGHT}" '
        f'role="img" aria-labelledby="title description" font-family="Source Sans 3, sans-serif" '
        f'font-size="14" fill="{INK}">\n<title id="title">{TITLE}</title>\n'
        f'<desc id="description">{DESCRIPTION}</desc>\n<rect width="{WIDTH}" height="{HEIGHT}" fill="#ffffff"/>\n'
        f"{parts}\n</svg>\n"
    )


def _change() -> tuple[Fraction, Fraction, Fraction]:
    """Return the window of the change and its planned moment, in hours."""
    visit = next(visit for visit in course().plan.visits if visit.kind == "change")
    if visit.latest is None:
        raise AssertionError(visit)
    return tuple(hours(at).to("h") for at in (visit.earliest, visit.planned, visit.latest))  # type: ignore[return-value]


def _runs() -> Iterator[str]:
    """Draw how long each cassette runs, with the pump fast, exact and slow."""
    _, change, _ = _change()
    error, end = pump().flow_error.value, hours(course().plan.end).to("h")
    across = Scale(Fraction(0), Fraction(250), 120, 735)
    given = course().plan.delivery
    yield _text(20, 28, "How long the two cassettes run", size=17, weight="bold")
    rows = ((f"{error} fast", "earliest"), ("exact", "exact"), (f"{error} slow", "latest"))
    for number, (words, which) in enumerate(rows):
        top = 62 + number * 46
        first, second = (getattr(dry, which).to("h") for dry in given.dry)
        yield _text(20, top + 20, words)
        yield _bar(across, Fraction(0), min(first, change), top, FIRST)
        if first > change:
            yield _bar(across, change, first, top + 26, LEFT, height=5)
        yield _bar(across, change, min(second, end), top, SECOND)
        if second < end:
            yield _bar(across, second, end, top, DRY)
            yield _text(across(second) - 6, top + 18, f"dry {_said(end - second)} h", anchor="end")
        yield _text(across(Fraction(4)), top + 18, "cassette 1", fill="#ffffff")
        yield _text(across(change + 9), top + 18, "cassette 2")
    for at, words in ((change, f"change {_said(change)} h"), (end, f"end {_said(end)} h")):
        yield _line(across(at), 50, across(at), 196, INK)
        yield _text(across(at), 46, words, anchor="middle" if at != end else "end")
    yield _line(across(120), 50, across(120), 196, GREY, dashes="4 3")
    yield _text(across(122), 209, "half time 120 h", fill=GREY)
    yield _text(
        20,
        236,
        "The thin grey bar is what would still have run out of cassette 1: it is taken off and not given.",
        fill=GREY,
    )


def _trade() -> Iterator[str]:
    """Draw the hours without drug before the change and before the end, by the hour of the change."""
    earliest, planned, latest = _change()
    across = Scale(Fraction(108), Fraction(128), 120, 735)
    up = Scale(Fraction(0), Fraction(18), 560, 310)
    empty = empty_after(usable(), course().containers.option.rate, pump().flow_error.value).to("h")
    reaches = hours(course().plan.end).to("h") - empty
    yield _text(
        20, 282, f"Hours without drug when the pump runs {pump().flow_error.value} fast", size=17, weight="bold"
    )
    yield _rect(across(earliest), 302, across(latest) - across(earliest), 258, WINDOW)
    for hour in range(0, 19, 6):
        yield _line(120, up(hour), 735, up(hour), "#e3e6e9")
        yield _text(110, up(hour) + 5, f"{hour} h", anchor="end", fill=GREY)
    for hour in range(108, 129, 4):
        yield _line(across(hour), 560, across(hour), 565, GREY)
        yield _text(across(hour), 582, f"{hour} h", anchor="middle", fill=GREY)
    yield _text(427, 606, "the cassette is changed at this hour after connecting", anchor="middle", fill=GREY)
    moments = sorted({Fraction(108), empty, reaches, Fraction(128), planned})
    at_end = [changed_at(Duration(moment, "h")).early.to("h") for moment in moments]
    before = [max(moment - _dry_first(moment).to("h"), Fraction(0)) for moment in moments]
    yield _path([(across(x), up(y)) for x, y in zip(moments, at_end, strict=True)], SECOND)
    yield _path([(across(x), up(y)) for x, y in zip(moments, before, strict=True)], DRY)
    yield _text(across(Fraction(238, 2)), up(Fraction(15, 2)), "before the end", fill="#2b5d80")
    yield _text(across(Fraction(251, 2)), up(Fraction(25, 2)), "before the change", anchor="end", fill=DRY)
    yield _text(across(earliest) + 4, 318, f"window {_said(earliest)} h – {_said(latest)} h")
    height = up(changed_at(Duration(planned, "h")).early.to("h"))
    yield f'<circle cx="{across(planned)}" cy="{height}" r="5" fill="{INK}"/>'
    yield _text(across(planned) + 10, height - 6, f"as planned: {_said(planned)} h")


def _dry_first(moment: Fraction) -> Duration:
    first: DryAt = changed_at(Duration(moment, "h")).dry[0]
    return first.earliest


def _said(number: Fraction) -> str:
    return f"{float(number):.1f}".removesuffix(".0")


def _bar(across: Scale, begins: Fraction, ends: Fraction, top: float, fill: str, height: int = 26) -> str:
    return _rect(across(begins), top, across(ends) - across(begins), height, fill)


def _rect(x: float, y: float, width: float, height: float, fill: str) -> str:
    return f'<rect x="{x}" y="{y}" width="{round(width, 1)}" height="{height}" fill="{fill}"/>'


def _line(x1: float, y1: float, x2: float, y2: float, stroke: str, dashes: str = "") -> str:
    dashed = f' stroke-dasharray="{dashes}"' if dashes else ""
    return f'<line x1="{x1}" y1="{y1}" x2="{x2}" y2="{y2}" stroke="{stroke}"{dashed}/>'


def _path(points: list[tuple[float, float]], stroke: str) -> str:
    return f'<path d="M {" L ".join(f"{x} {y}" for x, y in points)}" fill="none" stroke="{stroke}" stroke-width="3"/>'


def _text(
    x: float, y: float, words: str, *, anchor: str = "start", fill: str = "", size: int = 0, weight: str = ""
) -> str:
    extra = "".join(
        f' {key}="{value}"' for key, value in (("fill", fill), ("font-size", size), ("font-weight", weight)) if value
    )
    place = "" if anchor == "start" else f' text-anchor="{anchor}"'
    return f'<text x="{x}" y="{y}"{place}{extra}>{escape(words)}</text>'
