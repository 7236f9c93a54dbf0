"""The picture for the family: true to scale, readable by a screen reader, silent about the illness."""

import io
import re
from datetime import time
from itertools import pairwise
from xml.etree.ElementTree import fromstring

import font_source_sans_pro
import pytest
from papers.cases import CLOCK_CHANGE, SHAPES, SHORT, planned
from PIL import Image, ImageFont

from ransel.papers import timeline_png, timeline_svg
from ransel.papers.container_mark import BLUE, ORANGE
from ransel.papers.container_mark import SHAPES as MARKS
from ransel.papers.day_strip import rows_without_overlap, spread
from ransel.papers.drawing import INK, QUIET, TINT
from ransel.papers.timeline import _Picture

SVG = "{http://www.w3.org/2000/svg}"
SILENT = (
    "qarziba",
    "dinutuximab",
    "blastoma",
    "unituxin",
    " mg",
    "noor",
    "syn-0001",
    "antibody",
    "antilichaam",
    "mL/h",
)


def words(svg):
    return [node.text for node in fromstring(svg).iter(f"{SVG}text")]  # noqa: S314 - our own


def span_of(node):
    """Where a line of text begins and ends, measured in its own typeface."""
    file = font_source_sans_pro.font_files_ttf["SourceSansPro" + ("Bold" if node.get("font-weight") else "")]
    width = ImageFont.truetype(file, 100).getlength(node.text) * float(node.get("font-size")) / 100
    x = float(node.get("x")) - {"middle": width / 2, "end": width}.get(node.get("text-anchor"), 0)
    return x, x + width


def contrast(one, other):
    def light(colour):
        parts = (int(colour[place : place + 2], 16) / 255 for place in (1, 3, 5))
        red, green, blue = (part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts)
        return 0.2126 * red + 0.7152 * green + 0.0722 * blue

    low, high = sorted((light(one), light(other)))
    return (high + 0.05) / (low + 0.05)


@pytest.mark.parametrize("language", ["nl", "en"])
@pytest.mark.parametrize("shape", SHAPES, ids=str)
def test_it_is_well_formed_named_and_silent_about_the_illness(shape, language):
    svg = timeline_svg(planned(**shape), language)
    root = fromstring(svg)  # noqa: S314 - our own
    assert root.get("role") == "img"
    assert root.find(f"{SVG}title").text
    assert root.find(f"{SVG}desc").text
    assert {node.get("id") for node in root} >= set(root.get("aria-labelledby").split())
    for word in SILENT:
        assert word.casefold() not in svg.casefold(), word


@pytest.mark.parametrize("shape", SHAPES, ids=str)
def test_everything_lies_inside_the_picture_and_nothing_is_tiny(shape):
    root = fromstring(timeline_svg(planned(**shape), "nl"))  # noqa: S314 - our own
    width, height = float(root.get("width")), float(root.get("height"))
    for node in root.iter():
        if node.tag in {f"{SVG}rect", f"{SVG}text"} and not node.get("transform"):
            assert -1 <= float(node.get("x")) <= width
            assert 0 <= float(node.get("y")) <= height
    sizes = [float(node.get("font-size")) for node in root.iter(f"{SVG}text") if not node.text.isdigit()]
    assert min(sizes) >= 13


@pytest.mark.parametrize("language", ["nl", "en"])
@pytest.mark.parametrize("shape", SHAPES, ids=str)
def test_no_text_runs_out_of_its_card_or_off_the_picture(shape, language):
    root = fromstring(timeline_svg(planned(**shape), language))  # noqa: S314 - our own
    cards = [node for node in root.iter(f"{SVG}rect") if node.get("rx") == "10"]
    for node in root.iter(f"{SVG}text"):
        left, right = span_of(node)
        assert 0 <= left < right <= float(root.get("width")), node.text
        for card in cards:
            begins, ends = float(card.get("x")), float(card.get("x")) + float(card.get("width"))
            top, bottom = float(card.get("y")), float(card.get("y")) + float(card.get("height"))
            if top <= float(node.get("y")) <= bottom and begins <= left <= ends:
                assert right <= ends - 4, node.text


def test_it_shows_every_visit_with_time_and_place():
    shown = words(timeline_svg(planned(), "en"))
    for text in ("Course 1 of 5", "Fri 5 Feb 14:00", "Wed 10 Feb 09:00", "Mon 15 Feb 14:00", "in hospital, day care",
                 "at home", "Next course", "Fri 12 Mar", "cassette 1", "cassette 2"):  # fmt: skip
        assert text in shown, text
    assert any(text.startswith("finished before Wed 17 Feb") for text in shown)


def test_the_last_course_has_no_next():
    shown = words(timeline_svg(planned(course=5), "nl"))
    assert "Dit is de laatste kuur" in shown
    assert "Volgende kuur" not in shown


def test_the_clock_change_is_named_on_its_day_and_only_then():
    assert "zo 28 mrt: klok 1 uur vooruit" in words(timeline_svg(planned(start=CLOCK_CHANGE), "nl"))
    assert not any("klok" in text for text in words(timeline_svg(planned(), "nl")))


def test_many_visits_show_their_times_at_the_bars():
    shown = words(timeline_svg(planned(kind="syringes"), "en"))
    assert "9 times" in shown
    assert {"13:30", "13:00", "12:30", "09:30"} <= set(shown)
    assert words(timeline_svg(planned(SHORT), "nl")).count("22:00") == 5


def test_noon_lies_in_the_middle_of_a_day_also_when_the_clock_changes():
    picture = _Picture.of(planned(start=CLOCK_CHANGE), "en")
    strip = picture.strip
    for day in strip.days:
        hours = strip.hours_of(day)
        noon = strip.agenda.at(day, time(12))
        part = (strip.x(noon) - strip.x_of_day(day)) / strip.day_width
        assert part == pytest.approx((12 - (24 - hours)) / hours)


def test_bars_follow_each_other_without_a_gap():
    picture = _Picture.of(planned(kind="syringes"), "en")
    made = picture.course.plan.preparations
    for one, following in pairwise(made):
        assert picture.strip.x(one.used_until) == picture.strip.x(following.used_from)


def test_times_and_lanes_never_touch():
    for shape in SHAPES:
        picture = _Picture.of(planned(**shape), "en")
        for spans, gap in ((picture._time_spans(), 4), (picture._window_spans(), 8)):
            rows = rows_without_overlap(spans, gap)
            for row in set(rows):
                ends = [span for span, at in zip(spans, rows, strict=True) if at == row]
                assert all(one[1] + gap <= other[0] for one, other in pairwise(ends))


def test_cards_are_spread_without_overlap_inside_their_bounds():
    assert spread([10, 20, 500], 100, 0, 520) == [0, 100, 420]
    assert spread([515, 516, 517], 100, 0, 520) == [220, 320, 420]


def test_text_has_at_least_the_contrast_of_wcag_aa():
    for ground, text in ((BLUE[1], BLUE[2]), (ORANGE[1], ORANGE[2]), ("#ffffff", INK), ("#ffffff", QUIET),
                         (TINT, INK), (TINT, QUIET), ("#fff3c4", "#5c4400")):  # fmt: skip
        assert contrast(ground, text) >= 4.5
    for edge in (BLUE[3], ORANGE[3]):
        assert contrast("#ffffff", edge) >= 4.5


def test_two_containers_differ_in_grey_and_ten_in_shape():
    assert contrast(BLUE[1], ORANGE[1]) >= 3
    assert len({name for name, *_ in MARKS}) == len(MARKS) == 10


def test_the_png_is_twice_as_sharp_as_the_svg_and_always_the_same():
    png = timeline_png(planned(), "nl")
    size = [
        float(side) for side in re.search(r'viewBox="0 0 ([\d.]+) ([\d.]+)"', timeline_svg(planned(), "nl")).groups()
    ]
    assert Image.open(io.BytesIO(png)).size == pytest.approx([2 * side for side in size], abs=1)
    assert png == timeline_png(planned(), "nl")
