"""The course in one picture, for a family: days, containers, visits, and when each container must be used.

No name, no drug, no diagnosis: it may hang on the fridge.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from xml.sax.saxutils import escape

from ransel.language import Language, Message, Moment
from ransel.papers.container_mark import ContainerMark, mark_of
from ransel.papers.day_strip import DayStrip, Span, rows_without_overlap, spread
from ransel.papers.drawing import (
    FRIDGE,
    HAIR,
    INK,
    QUIET,
    TINT,
    TYPEFACE,
    backpack,
    box,
    bracket,
    element,
    flag,
    line,
    marked_shape,
    text,
)  # fmt: skip
from ransel.papers.typesetting import png
from ransel.papers.wording import family_window
from ransel.planning import PlannedCourse, Preparation, Visit
from ransel.planning.agenda import SATURDAY

WIDTH, MARGIN, NEXT_WIDTH = 1280.0, 28.0, 190.0
CARDS, STRIP, HEAD, PUMP = 84.0, 236.0, 290.0, 304.0
CARD_WIDTH, CARD_HEIGHT, BAR, ROW = 286.0, 112.0, 50.0, 34.0
USES = ("connect", "change", "disconnect")
DOTS_PER_INCH, DAY_HOURS = 144, 24
LETTER = 7.3
"""Width of a letter of the smaller text, on the safe side."""


def timeline_png(course: PlannedCourse, language: Language) -> bytes:
    """Return the picture as PNG, twice as sharp as the SVG's own size."""
    picture = _Picture.of(course, language)
    data = {"svg": picture.svg(), "width": WIDTH, "height": picture.height, "title": picture.title}
    return png("timeline.typ", {**data, "language": language}, DOTS_PER_INCH)


def timeline_svg(course: PlannedCourse, language: Language) -> str:
    """Return the picture as an SVG document with a title and a description for screen readers."""
    return _Picture.of(course, language).svg()


@dataclass(frozen=True, slots=True)
class _Lane:
    """One container in the pharmacy lane: its preparation, its mark, the row, the span of everything drawn."""

    preparation: Preparation
    mark: ContainerMark
    row: int


@dataclass(frozen=True)
class _Picture:
    """The working of one picture."""

    course: PlannedCourse
    language: Language
    strip: DayStrip

    @classmethod
    def of(cls, course: PlannedCourse, language: Language) -> _Picture:
        agenda, plan = course.agenda, course.plan
        end = agenda.local(plan.end).date()
        finish = max(agenda.local(one.finish_before).date() for one in plan.preparations)
        first = min(agenda.local(one.planned).date() for one in plan.preparations)
        first = min(first, agenda.local(plan.start).date())
        last = max(end, min(finish, end + timedelta(days=2)))
        return cls(course, language, DayStrip(agenda, first, last, MARGIN, WIDTH - MARGIN - NEXT_WIDTH - 16))

    def say(self, key: str, **values: object) -> str:
        """Return a sentence of the picture."""
        return Message(f"timeline.{key}", values).text(self.language)

    # what there is

    @property
    def visits(self) -> list[Visit]:
        return [visit for visit in self.course.plan.visits if visit.kind in USES]

    @property
    def many(self) -> bool:
        """Whether some kind of visit comes more than once, so that times stand at the bars."""
        return len({visit.kind for visit in self.visits}) < len(self.visits)

    @property
    def title(self) -> str:
        order = self.course.order
        return Message(
            "timeline.title", {"number": order.course_number, "of": order.protocol.course.courses.value}
        ).text(self.language)

    @property
    def description(self) -> str:
        steps = [f"{self._verb(one)}: {self._when(one)}, {self._where(one)}." for one in self.visits]
        following = self._next()
        return " ".join([*steps, *([f"{self.say('next')}: {self._when(following)}."] if following else [])])

    def _verb(self, visit: Visit) -> str:
        kind = Message(f"kind.{self.course.containers.option.kind}")
        return Message(f"timeline-visit.{visit.kind}", {"kind": kind}).text(self.language)

    def _when(self, visit: Visit) -> str:
        return self.course.agenda.moment(visit.planned).text(self.language)

    def _where(self, visit: Visit) -> str:
        return Message(f"timeline-place.{visit.place}").text(self.language)

    def _next(self) -> Visit | None:
        return next((visit for visit in self.course.plan.visits if visit.kind == "next-course"), None)

    def _mark(self, container: int) -> ContainerMark:
        return mark_of(self.course, self.course.plan.preparations[container - 1])

    # where it stands, from top to bottom

    @property
    def times_top(self) -> float:
        return PUMP + BAR + 8

    @property
    def windows_top(self) -> float:
        return self.clock_top + (30 if self._clock_changes() else 0) + 6

    @property
    def clock_top(self) -> float:
        rows = max(rows_without_overlap(self._time_spans(), 4), default=0) + 1 if self.many else 0
        return self.times_top + rows * 20 + 8

    @property
    def pharmacy_top(self) -> float:
        return self.windows_top + (max(self._window_rows()) + 1) * 22 + 44

    @property
    def height(self) -> float:
        rows = max(lane.row for lane in self._lanes()) + 1
        return self.pharmacy_top + 16 + rows * ROW + 62

    # drawing

    def svg(self) -> str:
        """Return the whole document."""
        parts = (
            element("title", escape(self.title), id="timeline-title"),
            element("desc", escape(self.description), id="timeline-description"),
            box(0, 0, WIDTH, self.height, fill="#ffffff"),
            *self._heading(), *self._days(), *self._bars(), *self._cards(), *self._times(), *self._clock(),
            *self._windows(), *self._pharmacy(), *self._following(), *self._legend(),
        )  # fmt: skip
        return element(
            "svg", "".join(parts), xmlns="http://www.w3.org/2000/svg", viewBox=f"0 0 {WIDTH:g} {self.height:g}",
            width=WIDTH, height=self.height, role="img", aria_labelledby="timeline-title timeline-description",
            font_family=TYPEFACE,
        )  # fmt: skip

    def _heading(self) -> Iterator[str]:
        at_home = self.course.order.protocol.use.at_home
        left = MARGIN + (54 if at_home else 0)
        if at_home:
            yield backpack(MARGIN, 18)
        moment = self.course.agenda.moment
        span = self.say("span", start=moment(self.course.plan.start), end=moment(self.course.plan.end))
        yield text(left, 42, self.title, 30, bold=True)
        yield text(left, 66, span, 18, fill=QUIET)

    def _days(self) -> Iterator[str]:
        strip, bottom = self.strip, self.height - 50
        for day in strip.days:
            left = strip.x_of_day(day)
            if day.weekday() >= SATURDAY:
                yield box(left, STRIP, strip.day_width, bottom - STRIP, fill=TINT)
            yield line(left, STRIP, left, bottom, stroke=HAIR, stroke_width=1)
            yield from self._day(day, left + strip.day_width / 2)
        yield line(strip.right, STRIP, strip.right, bottom, stroke=HAIR, stroke_width=1)
        yield line(strip.left, HEAD, strip.right, HEAD, stroke=HAIR, stroke_width=1)

    def _day(self, day: date, middle: float) -> Iterator[str]:
        weekday, number, month = Moment(day).text(self.language).split()
        narrow = self.strip.day_width < 64
        yield text(middle, STRIP + 20, weekday, 13 if narrow else 15, fill=QUIET, text_anchor="middle")
        if day == self.strip.first or day.day == 1:
            if narrow:
                yield text(middle - self.strip.day_width / 2 + 2, STRIP - 5, month, 14, fill=QUIET)
            else:
                number = f"{number} {month}"
        yield text(middle, STRIP + 43, number, 15 if narrow else 20, bold=True, text_anchor="middle")

    def _clock_changes(self) -> list[date]:
        return [day for day in self.strip.days if self.strip.hours_of(day) != DAY_HOURS]

    def _clock(self) -> Iterator[str]:
        """Say under the bars on which day the clock changes."""
        for day in self._clock_changes():
            forward = self.strip.hours_of(day) < DAY_HOURS
            words = self.say("clock-forward" if forward else "clock-back", day=Moment(day))
            width = 7.6 * len(words) + 16
            middle = self.strip.x_of_day(day) + self.strip.day_width / 2
            left = min(max(middle - width / 2, self.strip.left), self.strip.right - width)
            yield box(left, self.clock_top, width, 24, rx=12, fill="#fff3c4", stroke="#7a5b00")
            yield text(
                left + width / 2, self.clock_top + 17, words, 15, bold=True, fill="#5c4400", text_anchor="middle"
            )

    def _cards(self) -> Iterator[str]:
        """Draw one card for each kind of visit, over the moment it is about."""
        groups = [group for group in ([one for one in self.visits if one.kind == kind] for kind in USES) if group]
        wishes = [sum(self.strip.x(one.planned) for one in group) / len(group) for group in groups]
        edges = spread(wishes, CARD_WIDTH + 14, MARGIN, WIDTH - MARGIN - NEXT_WIDTH + 14)
        for group, left in zip(groups, edges, strict=True):
            yield from self._card(group, left)

    def _card(self, group: list[Visit], left: float) -> Iterator[str]:
        first = group[0]
        if len(group) == 1:
            x, middle = self.strip.x(first.planned), left + CARD_WIDTH / 2
            bend = f"M{middle:.1f},{CARDS + CARD_HEIGHT}V{STRIP - 28}L{x:.1f},{STRIP - 8}V{STRIP - 2}"
            yield element("path", d=bend, fill="none", stroke=INK, stroke_width=2)
            yield line(x, HEAD, x, PUMP + BAR, stroke_width=2)
            yield element("circle", cx=x, cy=HEAD + 3, r=6, fill=INK)
        yield box(left, CARDS, CARD_WIDTH, CARD_HEIGHT, rx=10, fill="#ffffff", stroke=INK, stroke_width=1.5)
        yield text(left + 14, CARDS + 26, self._verb(first), 19, bold=True)
        for number, (words, size) in enumerate(self._card_lines(group)):
            yield text(left + 14, CARDS + (52, 76, 98)[number], words, size, bold=number == 0, fill=INK)
        if first.kind != "disconnect" and len(group) == 1:
            yield marked_shape(self._mark(first.container), left + CARD_WIDTH - 30, CARDS + 30, 18)

    def _card_lines(self, group: list[Visit]) -> list[tuple[str, int]]:
        first = group[0]
        if len(group) > 1:
            return [(self.say("times", count=len(group)), 22), (self._where(first), 17), (self.say("see-below"), 15)]
        return [(self._when(first), 22), (self._where(first), 17), (self._window(first), 15)]

    def _window(self, visit: Visit) -> str:
        agenda, (first, last) = self.course.agenda, family_window(self.course, visit)
        earliest, late = agenda.local(first), agenda.local(last)
        if first == last:
            return self.say("fixed")
        if earliest.date() == late.date():
            return self.say("between", earliest=f"{earliest:%H:%M}", latest=f"{late:%H:%M}")
        return self.say("between", earliest=agenda.moment(first), latest=agenda.moment(last))

    def _bars(self) -> Iterator[str]:
        for preparation in self.course.plan.preparations:
            mark = mark_of(self.course, preparation)
            left, right = self.strip.x(preparation.used_from), self.strip.x(preparation.used_until)
            look = {"rx": 7, "fill": mark.body, "stroke": mark.edge, "stroke_width": 2.5}
            yield box(left + 1, PUMP, max(right - left - 2, 4), BAR, **look)
            radius = min(18.0, (right - left) / 2 - 2)
            if right - left > 170:
                yield marked_shape(mark, left + 32, PUMP + BAR / 2, radius, mark.ink)
                name = Message(f"kind.{mark.kind}").text(self.language)
                yield text(left + 60, PUMP + BAR / 2 + 8, f"{name} {mark.number}", 22, bold=True, fill=mark.ink)
            elif radius >= 7:
                yield marked_shape(mark, (left + right) / 2, PUMP + BAR / 2, radius, mark.ink)

    def _time_spans(self) -> list[Span]:
        return [(self.strip.x(one.planned) - 19, self.strip.x(one.planned) + 19) for one in self.visits]

    def _times(self) -> Iterator[str]:
        if not self.many:
            return
        rows = rows_without_overlap(self._time_spans(), 4)
        for visit, row in zip(self.visits, rows, strict=True):
            x, clock = self.strip.x(visit.planned), f"{self.course.agenda.local(visit.planned):%H:%M}"
            yield text(x, self.times_top + 14 + row * 20, clock, 15, bold=True, text_anchor="middle")

    def _window_spans(self) -> list[Span]:
        windows = (family_window(self.course, one) for one in self.visits)
        return [(self.strip.x(first), self.strip.x(last)) for first, last in windows]

    def _window_rows(self) -> list[int]:
        return rows_without_overlap(self._window_spans(), 8)

    def _windows(self) -> Iterator[str]:
        for visit, span, row in zip(self.visits, self._window_spans(), self._window_rows(), strict=True):
            yield bracket(*span, self.windows_top + 8 + row * 22, self.strip.x(visit.planned))

    # the pharmacy

    def _lanes(self) -> list[_Lane]:
        made = self.course.plan.preparations
        spans = [(self.strip.x(one.planned) - 14, self._flag_x(one) + self._flag_room) for one in made]
        rows = rows_without_overlap(spans, 6)
        return [_Lane(one, mark_of(self.course, one), row) for one, row in zip(made, rows, strict=True)]

    @property
    def _flag_room(self) -> float:
        return 26.0 if len(self.course.plan.preparations) > 3 else 235.0

    def _flag_x(self, preparation: Preparation) -> float:
        return self.strip.x(preparation.finish_before)

    def _pharmacy(self) -> Iterator[str]:
        top = self.pharmacy_top
        yield line(self.strip.left, top - 26, self.strip.right, top - 26, stroke=HAIR, stroke_width=1)
        yield text(MARGIN + 4, top - 4, self.say("pharmacy"), 16, bold=True, stroke="#ffffff", stroke_width=4,
                   paint_order="stroke")  # fmt: skip
        for lane in self._lanes():
            yield from self._lane(lane, top + 30 + lane.row * ROW)

    def _lane(self, lane: _Lane, y: float) -> Iterator[str]:
        made, strip = lane.preparation, self.strip
        begins, leaves, finish = strip.x(made.planned), strip.x(_leaves(made)), self._flag_x(made)
        yield line(begins, y, finish, y, stroke=QUIET, stroke_width=2, stroke_dasharray="2 5")
        yield box(begins, y - 8, max(leaves - begins, 4), 16, rx=4, fill=FRIDGE, stroke="#3a6a8c", stroke_width=1.5)
        yield marked_shape(lane.mark, begins, y, 12)
        yield flag(finish, y + 9, 24, lane.mark.edge)
        if self._flag_room > 100:
            yield from self._lane_words(made, y, max(leaves + 8, begins + 18), finish)

    def _lane_words(self, made: Preparation, y: float, left: float, finish: float) -> Iterator[str]:
        moment, outline = self.course.agenda.moment, {"stroke": "#ffffff", "stroke_width": 5, "paint_order": "stroke"}
        until = self.say("finish", at=moment(made.finish_before.replace(second=0, microsecond=0)))
        at_edge = finish + LETTER * len(until) > self.strip.right
        place = {"text_anchor": "end"} if at_edge else {}
        yield text(finish - 6 if at_edge else finish + 18, y + 5, until, 15, bold=True, **outline, **place)
        words = self.say("made", at=moment(made.planned), until=moment(_leaves(made)))
        room = finish - left - (LETTER * len(until) if at_edge else 0)
        if 6.6 * len(words) < room:
            yield text(left, y + 5, words, 15, bold=False, **outline)

    # at the edges

    def _following(self) -> Iterator[str]:
        left, width = WIDTH - MARGIN - NEXT_WIDTH, NEXT_WIDTH
        visit = self._next()
        yield line(self.strip.right + 4, STRIP + 26, left, STRIP + 26, stroke=QUIET, stroke_width=3,
                   stroke_dasharray="1 6", stroke_linecap="round")  # fmt: skip
        yield box(left, STRIP, width, 150 if visit else 50, rx=10, fill=TINT, stroke=INK, stroke_width=1.5)
        if visit is None:
            yield text(left + 14, STRIP + 30, self.say("last"), 18, bold=True)
            return
        local = self.course.agenda.local(visit.planned)
        yield text(left + 14, STRIP + 30, self.say("next"), 18, bold=True)
        yield text(left + 14, STRIP + 62, Moment(local.date()).text(self.language), 22, bold=True)
        yield text(left + 14, STRIP + 88, f"{local:%H:%M}", 20)
        yield text(left + 14, STRIP + 112, Message(f"place.{visit.place}").text(self.language), 16)
        earliest = self.course.agenda.local(visit.earliest).date()
        if earliest != local.date():
            yield text(left + 14, STRIP + 134, self.say("not-before", earliest=Moment(earliest)), 15, fill=QUIET)

    def _legend(self) -> Iterator[str]:
        y, x = self.height - 20, MARGIN
        yield bracket(x, x + 34, y - 5, x + 17)
        yield text(x + 44, y, self.say("legend-window"), 15, fill=QUIET)
        x += 330
        yield box(x, y - 13, 34, 16, rx=4, fill=FRIDGE, stroke="#3a6a8c", stroke_width=1.5)
        yield text(x + 44, y, self.say("legend-fridge"), 15, fill=QUIET)
        x += 290
        yield flag(x + 8, y + 4, 24, INK)
        yield text(x + 34, y, self.say("legend-finish"), 15, fill=QUIET)


def _leaves(made: Preparation) -> datetime:
    """Return when a container is planned to leave the fridge."""
    return made.clock.out_of_fridge or made.used_from
