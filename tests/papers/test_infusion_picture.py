"""The picture of what was given: true to the ledger, readable without colour and without eyes, nothing over another."""

import io
import re
from itertools import combinations, pairwise
from xml.etree.ElementTree import fromstring

import font_source_sans_pro
import pytest
from papers.infusions import CASES, HOUR, Stream, case, plan_of
from PIL import Image, ImageFont

from ransel.infusion import Kind
from ransel.infusion.condition_facts import facts
from ransel.papers import infusion_png, infusion_svg
from ransel.papers.infusion_alarms import priority_mark
from ransel.papers.infusion_curves import Curves
from ransel.papers.infusion_sheet import LEFT, RIGHT, WIDTH, Sheet, nice_steps
from ransel.papers.infusion_time import time_scale
from ransel.papers.lettering import Box, Spot, width_of, wrapped

SVG = "{http://www.w3.org/2000/svg}"
LANGUAGES = ("en", "nl")


def drawn(name, language="en", **options):
    return infusion_svg(*case(name), language, **options)


def root_of(svg):
    return fromstring(svg)  # noqa: S314 - our own


def words(svg):
    return [node.text for node in root_of(svg).iter(f"{SVG}text")]


def told(svg):
    return root_of(svg).find(f"{SVG}desc").text


def box_of(node):
    """The room that a text really takes in its own typeface."""
    file = font_source_sans_pro.font_files_ttf["SourceSansPro" + ("Bold" if node.get("font-weight") else "")]
    size = float(node.get("font-size"))
    width = ImageFont.truetype(file, 100).getlength(node.text) * size / 100
    left = float(node.get("x")) - {"middle": width / 2, "end": width}.get(node.get("text-anchor"), 0)
    y = float(node.get("y"))
    return Box(left, y - 0.7 * size, left + width, y + 0.2 * size)


def test_the_final_numbers_are_those_of_the_ledger():
    _, ledger = case("normal")
    said = " ".join(words(drawn("normal")))
    assert f"{float(ledger.delivered.to('mg')):.1f} mg of 68.2 mg" in said
    assert f"({float(ledger.low.to('mg')):.1f}–{float(ledger.high.to('mg')):.1f})" in said


def test_a_dose_below_a_milligram_is_said_in_micrograms():
    plan, ledger = case("normal")
    small = type(plan.ordered)("0.2863 mg")
    sheet = Sheet.of(
        type(plan)(**{**{name: getattr(plan, name) for name in plan.__slots__}, "ordered": small}), ledger, "nl"
    )
    assert sheet.dose(small) == "286 µg"


@pytest.mark.parametrize("name", CASES)
def test_the_curve_ends_where_the_ledger_says(name):
    plan, ledger = case(name)
    points = Curves.of(plan, ledger).dose()
    if not points:
        assert not ledger.segments
        return
    end = points[-1]
    assert (end.low, end.exact, end.high) == pytest.approx(
        [float(one.to("mg")) for one in (ledger.low, ledger.delivered, ledger.high)]
    )


@pytest.mark.parametrize("name", CASES)
def test_every_container_that_ran_has_given_what_the_ledger_says(name):
    plan, ledger = case(name)
    for curve in Curves.of(plan, ledger).containers:
        if curve.account.begins is not None:
            given = [part * curve.strength for part in curve.given(ledger.at)]
            drug = curve.account.drug
            assert given == pytest.approx([float(one.to("mg")) for one in (drug.low, drug.exact, drug.high)], abs=0.02)


@pytest.mark.parametrize("name", CASES)
def test_every_band_holds_its_curve(name):
    curves = Curves.of(*case(name))
    for points in (curves.dose(), curves.to_come(), *(curves.left_in(one) for one in curves.containers)):
        assert all(one.low - 1e-9 <= one.exact <= one.high + 1e-9 for one in points)
        assert all(before.at <= after.at for before, after in pairwise(points))


def test_a_weighing_narrows_the_band_at_its_moment_and_not_before():
    points = Curves.of(*case("blocked")).dose()
    before, after = next((one, other) for one, other in pairwise(points) if one.at == other.at)
    assert after.high - after.low < before.high - before.low
    assert after.exact < before.exact  # it had become less light than was counted


def test_while_nothing_is_told_the_least_does_not_grow():
    plan, ledger = case("silent")
    points = Curves.of(plan, ledger).dose()
    at_last_word, now = next(one for one in points if one.at == ledger.last_word), points[-1]
    assert now.low == pytest.approx(at_last_word.low)
    assert now.high > at_last_word.high


def test_what_is_to_come_goes_from_the_moment_of_the_account_to_the_expected_total():
    plan, ledger = case("silent")
    coming = Curves.of(plan, ledger).to_come()
    assert coming[0].exact == pytest.approx(float(ledger.delivered.to("mg")))
    assert coming[-1].exact == pytest.approx(float(ledger.projection.total.exact.to("mg")))
    assert coming[-1].at == ledger.end


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("name", CASES)
def test_no_text_stands_on_another_and_all_lie_on_the_page(name, language):
    root = root_of(drawn(name, language, simulated=True))
    page = Box(0, 0, WIDTH, float(root.get("height")))
    boxes = [(node.text, box_of(node)) for node in root.iter(f"{SVG}text")]
    for text, box in boxes:
        assert box.inside(page), text
    for (one, box), (other, place) in combinations(boxes, 2):
        assert not box.touches(place), f"{one} | {other}"


@pytest.mark.parametrize("name", CASES)
def test_nothing_is_too_small_to_read_or_outside_the_page(name):
    root = root_of(drawn(name))
    height = float(root.get("height"))
    assert min(float(node.get("font-size")) for node in root.iter(f"{SVG}text")) >= 13
    for node in root.iter(f"{SVG}rect"):
        assert float(node.get("x")) + float(node.get("width")) <= WIDTH + 0.5
        assert 0 <= float(node.get("y")) <= height
        assert float(node.get("height")) >= 0


@pytest.mark.parametrize("name", [name for name in CASES if name != "conditions"])
def test_it_fits_on_one_sheet_of_A4_with_letters_of_six_points(name):
    height = float(root_of(drawn(name)).get("height"))
    scale = min(277 / WIDTH, 190 / height)  # mm of paper with edges of 10 mm
    assert 13 * scale / 25.4 * 72 >= 6


@pytest.mark.parametrize("name", CASES)
def test_it_is_one_document_without_links_and_the_same_twice(name):
    svg = drawn(name, simulated=True)
    root = root_of(svg)
    assert svg == infusion_svg(*case(name), "en", simulated=True)
    assert root.get("role") == "img"
    assert {node.get("id") for node in root} >= set(root.get("aria-labelledby").split())
    assert re.findall(r"https?://[^\"]*", svg) == ["http://www.w3.org/2000/svg"]
    for word in ("href", "@font-face", "<image", "<script", "<style"):
        assert word not in svg


def test_the_picture_as_PNG_is_twice_as_sharp():
    png = Image.open(io.BytesIO(infusion_png(*case("blocked"), "nl")))
    height = float(root_of(drawn("blocked", "nl")).get("height"))
    assert png.size == (2 * WIDTH, pytest.approx(2 * height, abs=2))


def test_only_a_simulation_says_that_it_is_one():
    assert "SIMULATED" in words(drawn("normal", simulated=True))
    assert "The pump and all its events are simulated." in told(drawn("normal", simulated=True))
    assert "imulated" not in drawn("normal")
    assert "GESIMULEERD" in words(drawn("normal", "nl", simulated=True))


@pytest.mark.parametrize(("language", "note"), [("en", "Synthetic data"), ("nl", "Verzonnen gegevens")])
def test_every_picture_says_that_its_data_are_made_up(language, note):
    svg = drawn("normal", language)
    assert note in told(svg)
    assert any(note in text for text in words(svg))


def test_an_empty_stream_says_that_nothing_was_given():
    svg = drawn("nothing")
    assert "Nothing given yet: no pump has told anything." in words(svg)
    assert "Nothing given yet" in told(svg)
    assert "no alarm" not in words(svg)


def test_silence_is_never_shown_as_fine():
    svg = drawn("silent")
    assert any(text.startswith("no word since Mon 8 Feb 22:00") for text in words(svg))
    assert "url(#silence)" in svg
    assert "no alarm" not in words(svg)
    assert "never" not in words(svg)
    assert "whether it runs is not known" in told(svg)
    assert "url(#silence)" not in drawn("just-begun")


def test_a_standstill_is_named_with_its_cause_and_its_length():
    svg = drawn("blocked", "nl")
    assert "Lijn verstopt 2 u" in words(svg)
    assert "2 u lang: Lijn verstopt" in told(svg)


def test_what_the_pump_counted_and_did_not_flow_is_shown_though_no_pump_alarmed():
    _, ledger = case("blocked")
    svg = drawn("blocked")
    missing = ledger.silent_non_delivery[0]
    assert any(
        text.startswith(f"{float(missing.missing.to('mL')):.1f} mL") and text.endswith("did not flow")
        for text in words(svg)
    )
    assert "high · by weighing" in words(svg)


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_condition_has_a_row_with_its_name(language):
    svg = drawn("conditions", language)
    said = " ".join(words(svg))
    for one in facts().values():
        title = one.title.text(language)
        assert all(part in said for part in title.split()), title
        assert title in told(svg)


def test_forty_alarms_are_forty_sentences():
    assert told(drawn("forty")).count("Alarm at") == 40


def test_priorities_differ_in_shape_and_not_in_colour_only():
    marks = [re.sub(r"#[0-9a-f]{6}", "", priority_mark(one, 10, 10)) for one in ("high", "medium", "low")]
    shapes = [re.search(r"d=\"[^\"]*\"|<circle", mark).group() for mark in marks]
    assert len(set(shapes)) == 3


def test_an_unknown_condition_and_an_odd_priority_are_shown_as_told():
    stream = Stream(plan_of())
    stream.run(1, stream.plan.start, stream.plan.start + 4 * HOUR, stop="")
    stream.alarm("<b>&odd", stream.plan.start + HOUR, HOUR, "")
    svg = infusion_svg(stream.plan, stream.ledger(), "en")
    assert "<b>&odd" in words(svg)
    assert "priority not told" in told(svg)


def test_an_hour_is_as_wide_in_the_night_of_the_clock_change():
    plan, ledger = case("clock")
    scale = time_scale(plan, ledger, LEFT, RIGHT)
    widths = [
        scale.x(plan.start + (number + 1) * HOUR) - scale.x(plan.start + number * HOUR) for number in range(200, 215)
    ]
    assert max(widths) == pytest.approx(min(widths))
    days = [round((one.ends - one.begins) / HOUR) for one in scale.days()]
    assert days.count(23) == 1
    svg = drawn("clock", "nl")
    assert "klok 1 uur vooruit" in words(svg)
    assert "Om zo 28 mrt 03:00 gaat de klok een uur vooruit" in told(svg)


def test_a_clock_that_is_years_off_does_not_squeeze_the_course():
    plan, ledger = case("late")
    scale = time_scale(plan, ledger, LEFT, RIGHT)
    assert scale.x(plan.end) - scale.x(plan.start) > 0.6 * (RIGHT - LEFT)


def test_a_running_course_shows_what_is_expected_and_a_finished_one_does_not():
    assert {"expected at the end", "expected"} <= set(words(drawn("silent")))
    assert not {"expected at the end", "expected"} & set(words(drawn("normal")))


def test_a_visit_that_was_late_says_so():
    stream = Stream(plan_of())
    start = stream.plan.start
    stream.hand(Kind.CONNECTED, 1, start + 3 * HOUR)
    stream.run(1, start + 3 * HOUR, start + 30 * HOUR, stop="")
    assert "connect 17:00, 3 h late" in words(infusion_svg(stream.plan, stream.ledger(), "en"))


@pytest.mark.parametrize(
    ("minutes", "text"),
    [
        (0.2, "under 1 min"),
        (20, "20 min"),
        (60, "1 h"),
        (330, "5 h 30 min"),
        (1800, "30 h"),
        (3120, "2 d 4 h"),
        (2880, "2 d"),
    ],
)
def test_lengths_of_time_are_said_as_people_say_them(minutes, text):
    sheet = Sheet.of(*case("normal"), "en")
    start = sheet.plan.start
    assert sheet.since(start, start + minutes / 60 * HOUR) == text


def test_steps_of_an_axis_are_round_numbers():
    assert nice_steps(68.2, 4) == [0, 20, 40, 60]
    assert nice_steps(0.29, 3) == [0, 0.1, 0.2]
    assert nice_steps(0, 3) == [0]


@pytest.mark.parametrize("bold", [False, True])
def test_letters_are_taken_at_least_as_wide_as_they_are(bold):
    file = font_source_sans_pro.font_files_ttf["SourceSansPro" + ("Bold" if bold else "")]
    font = ImageFont.truetype(file, 100)
    for name in CASES:
        for node in root_of(drawn(name, "nl")).iter(f"{SVG}text"):
            assert width_of(node.text, 100, bold=bold) >= font.getlength(node.text), node.text


def test_words_are_broken_between_words_only():
    assert wrapped("one two three", width_of("one two", 13) + 1, 13) == ["one two", "three"]
    assert wrapped("", 100, 13) == []


def test_a_label_takes_the_first_place_with_room():
    sheet = Sheet.of(*case("normal"), "en")
    spots = [Spot(100, 100, "here"), Spot(100, 200, "there")]
    assert sheet.letters.first(spots)
    assert sheet.letters.first(spots)
    assert not sheet.letters.first(spots)
    assert [one.words for one in sheet.letters.written] == ["here", "there"]
