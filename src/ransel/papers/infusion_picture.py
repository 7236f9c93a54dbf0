"""An infusion in one picture: what was really given, for a nurse and a parent to look at together.

One axis of time; over it, one under another, the dose, the rate, what is left, alarms and visits.
"""

from __future__ import annotations

from collections.abc import Iterator
from xml.sax.saxutils import escape

from ransel.infusion.ledger import Ledger
from ransel.infusion.plan import InfusionPlan
from ransel.language import Language, Moment
from ransel.papers.drawing import HAIR, INK, QUIET, TYPEFACE, box, element, line
from ransel.papers.infusion_alarms import draw_alarms
from ransel.papers.infusion_bands import draw_left, draw_rate
from ransel.papers.infusion_dose import draw_dose
from ransel.papers.infusion_lanes import draw_standstills, draw_visits, shade_standstills
from ransel.papers.infusion_sheet import LEFT, MARGIN, PLAIN, RIGHT, SILENT, SMALL, WIDTH, Sheet
from ransel.papers.infusion_time import SATURDAY, Stretch
from ransel.papers.infusion_words import description
from ransel.papers.lettering import Box, Spot, width_of
from ransel.papers.typesetting import png

DAYS, HOURS, BANDS = 78.0, 98.0, 108.0
"""Where the head of the axis lies, and where the bands begin."""
DOTS_PER_INCH = 144
NIGHT = "#48658a"
_BETWEEN, _LEAST_DAY_FOR_NIGHTS, _NUMBER_ONLY = 20.0, 26.0, 2


def infusion_png(plan: InfusionPlan, ledger: Ledger, language: Language, *, simulated: bool = False) -> bytes:
    """Return the picture as PNG, twice as sharp as the SVG's own size."""
    picture = _Picture(plan, ledger, language, simulated=simulated)
    data = {"svg": picture.svg(), "width": WIDTH, "height": picture.height, "title": picture.title}
    return png("timeline.typ", {**data, "language": language}, DOTS_PER_INCH)


def infusion_svg(plan: InfusionPlan, ledger: Ledger, language: Language, *, simulated: bool = False) -> str:
    """Return the picture as an SVG document; its description says all that it shows.

    `simulated` says on the picture that the events come from a simulation. The same plan and ledger give the same text.
    """
    return _Picture(plan, ledger, language, simulated=simulated).svg()


class _Picture:
    """The working of one picture: the bands are drawn first, because they say how high it is."""

    def __init__(self, plan: InfusionPlan, ledger: Ledger, language: Language, *, simulated: bool) -> None:
        self.sheet = Sheet.of(plan, ledger, language)
        self.simulated = simulated
        self.title = self.sheet.say("title", patient=plan.patient)
        self._title()
        self._axis()
        sheet = self.sheet
        self._moments()
        y = draw_standstills(sheet, BANDS + 4)
        self.top = y + 2
        for draw in (draw_dose, draw_rate, draw_left):
            y = draw(sheet, y + _BETWEEN)
        y = draw_alarms(sheet, y + _BETWEEN)
        self.bottom = draw_visits(sheet, y + 10)
        self.height = self.bottom + 34
        self._foot()
        self._now()

    def svg(self) -> str:
        """Return the whole document."""
        sheet = self.sheet
        parts = (
            element("title", escape(self.title), id="infusion-title"),
            element("desc", escape(description(sheet, simulated=self.simulated)), id="infusion-description"),
            self._hatch(),
            box(0, 0, WIDTH, self.height, fill="#ffffff"),
            *self._shades(),
            *sheet.strokes,
            sheet.letters.svg(),
        )
        return element(
            "svg", "".join(parts), xmlns="http://www.w3.org/2000/svg", viewBox=f"0 0 {WIDTH:g} {self.height:.1f}",
            width=WIDTH, height=self.height, role="img", aria_labelledby="infusion-title infusion-description",
            font_family=TYPEFACE, lang=sheet.language,
        )  # fmt: skip

    # the head

    def _title(self) -> None:
        sheet, plan = self.sheet, self.sheet.plan
        sheet.letters.write(Spot(MARGIN, 34, self.title, 25, bold=True))
        dates = sheet.say("dates", start=sheet.when(plan.start), end=Moment(sheet.time.local(plan.end), with_year=True))
        words = f"{sheet.say('course', product=plan.product, protocol=plan.protocol)} · {dates}"
        sheet.letters.write(Spot(MARGIN, 57, words, 15, fill=QUIET))
        if self.simulated:
            words = sheet.say("simulated")
            width = width_of(words, PLAIN, bold=True) + 24
            sheet.draw(box(WIDTH - MARGIN - width, 14, width, 26, rx=13, fill="#ffffff", stroke=INK, stroke_width=1.6))
            sheet.letters.write(Spot(WIDTH - MARGIN - width / 2, 32, words, PLAIN, "middle", bold=True))

    def _foot(self) -> None:
        sheet = self.sheet
        words = sheet.say("synthetic")
        if self.simulated:
            words = f"{sheet.say('simulated-note')}. {words}"
        sheet.letters.write(Spot(MARGIN, self.height - 10, words + ".", SMALL, fill=QUIET))

    # the axis

    def _axis(self) -> None:
        sheet = self.sheet
        days = sheet.time.days()
        names = [_day_names(Moment(day.day).text(sheet.language)) for day in days]
        room = sheet.time.hour * 24 - 4
        level = next((level for level in range(3) if all(_day_width(one[level]) <= room for one in names)), 2)
        for day, name in zip(days, names, strict=True):
            self._day(day, name, level)
        for at in sheet.time.hours(38):
            spot = Spot(sheet.time.x(at), HOURS, sheet.clock(at), SMALL, "middle", fill=QUIET)
            if sheet.letters.first([spot], sheet.plot(DAYS, BANDS)):
                sheet.draw(line(spot.x, HOURS + 4, spot.x, BANDS, stroke=QUIET, stroke_width=1))
        for at, by in sheet.time.clock_changes():
            self._clock_change(sheet.time.x(at), forward=by.total_seconds() > 0)

    def _day(self, day: Stretch, names: tuple[str, str, str, str], level: int) -> None:
        """Write the name of a day, as all others are written; a day that is cut off may have a shorter one."""
        sheet = self.sheet
        left, right = sheet.time.x(day.begins), sheet.time.x(day.ends)
        bold = day.day.weekday() >= SATURDAY
        fitting = [words for words in names[level:3] if _day_width(words) <= right - left - 2]
        for words in fitting[:1]:
            sheet.letters.write(Spot((left + right) / 2, DAYS, words, PLAIN, "middle", bold=bold))
            if level == _NUMBER_ONLY and (left <= LEFT or day.day.day == 1):
                sheet.letters.first([Spot((left + right) / 2, DAYS - 15, names[3], SMALL, "middle", fill=QUIET)])

    def _clock_change(self, x: float, *, forward: bool) -> None:
        sheet = self.sheet
        words = sheet.say("clock-forward" if forward else "clock-back")
        spots = [
            Spot(x + dx, 62, words, SMALL, anchor, bold=True, fill="#6b4e00")
            for dx, anchor in ((0, "middle"), (-8, "end"))
        ]
        if sheet.letters.first(spots):
            sheet.draw(line(x, 66, x, BANDS, stroke="#6b4e00", stroke_width=1.4, stroke_dasharray="3 3"))

    def _shades(self) -> Iterator[str]:
        """Weekends and nights, midnights, what stood still, and where nothing was told: behind everything."""
        time = self.sheet.time
        nights = time.hour * 24 >= _LEAST_DAY_FOR_NIGHTS
        for night in time.nights() if nights else ():
            yield self._shade(night, NIGHT, 0.07)
        for day in time.days():
            if day.day.weekday() >= SATURDAY:
                yield self._shade(day, NIGHT, 0.07)
            if time.x(day.begins) > LEFT:
                yield line(time.x(day.begins), BANDS - 26, time.x(day.begins), self.bottom, stroke=HAIR, stroke_width=1)
        yield line(LEFT, BANDS, RIGHT, BANDS, stroke=HAIR, stroke_width=1)
        yield shade_standstills(self.sheet, BANDS, self.bottom)
        if self.sheet.silent_from is not None:
            left, right = time.x(self.sheet.silent_from), time.x(self.sheet.ledger.at)
            yield box(left, BANDS, right - left, self.bottom - BANDS, fill="url(#silence)")

    def _shade(self, stretch: Stretch, fill: str, opacity: float) -> str:
        left, right = self.sheet.time.x(stretch.begins), self.sheet.time.x(stretch.ends)
        return box(left, BANDS - 26, right - left, self.bottom - BANDS + 26, fill=fill, fill_opacity=f"{opacity:g}")

    def _hatch(self) -> str:
        stripe = line(0, 0, 0, 8, stroke=SILENT, stroke_width=3.4, stroke_opacity="0.42")
        look = {"width": 8, "height": 8, "patternUnits": "userSpaceOnUse", "patternTransform": "rotate(45)"}
        return element("defs", element("pattern", stripe, id="silence", **look))

    # moments

    @property
    def _is_open(self) -> bool:
        return bool(self.sheet.ledger.segments) and not self.sheet.ledger.over

    def _moments(self) -> None:
        """Name the moment of the account of a course that is not over, and since when nothing was told."""
        sheet, ledger = self.sheet, self.sheet.ledger
        x = sheet.time.x(ledger.at)
        if sheet.silent_from is not None:
            lasted = sheet.since(sheet.silent_from, ledger.at)
            self._beside(x, sheet.say("no-word", at=sheet.when(sheet.silent_from), duration=lasted), (-6, 6))
        if self._is_open:
            self._beside(x, sheet.say("now", at=sheet.when(ledger.at)), (6, -6))

    def _beside(self, x: float, words: str, sides: tuple[float, ...]) -> None:
        spots = [
            Spot(x + side, BANDS + 18 + row * 18, words, SMALL, "start" if side > 0 else "end", bold=True)
            for row in range(3)
            for side in sides
        ]
        self.sheet.letters.first(spots, Box(LEFT, BANDS, RIGHT, self.sheet.letters.page.bottom))

    def _now(self) -> None:
        if self._is_open:
            x = self.sheet.time.x(self.sheet.ledger.at)
            self.sheet.draw(line(x, BANDS, x, self.bottom, stroke_width=1.6))


def _day_names(day: str) -> tuple[str, str, str, str]:
    """Return what a day may be called, the longest first, and its month."""
    weekday, number, month = day.split()
    return day, f"{weekday} {number}", number, month


def _day_width(words: str) -> float:
    return width_of(words, PLAIN, bold=True)
