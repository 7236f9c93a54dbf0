"""The label says what it must, carries the right code, and is right for every name."""

import subprocess
from datetime import timedelta

import biip
import pytest
import zxingcpp
from hypothesis import given, settings
from hypothesis import strategies as st
from papers.cases import SHAPES, SHORT, image_of, pages, planned, png_of, released, size_in_mm, text_of

from ransel.language import Refused
from ransel.papers import data_matrix, label

DOTS = 400
LATIN = st.characters(min_codepoint=0x20, max_codepoint=0x17F, exclude_categories=("Cc", "Cf", "Zs", "Zl", "Zp"))
NAMES = st.lists(st.text(LATIN, min_size=1, max_size=30), min_size=1, max_size=6).map(" ".join)


def cases():
    for shape in SHAPES:
        course = planned(**shape)
        for number in range(1, len(course.plan.preparations) + 1):
            yield pytest.param(course, number, id=f"{shape}-{number}")


def a_label(course, number=1, language="nl", released=None):
    return label(course, course.plan.preparations[number - 1], language, released)


@pytest.mark.parametrize("language", ["nl", "en"])
@pytest.mark.parametrize(("course", "number"), list(cases()))
def test_a_label_is_one_page_of_100_by_50_mm(course, number, language):
    for state in (None, released(course, number)):
        (page,) = pages(a_label(course, number, language, state))
        assert size_in_mm(page) == (100, 50)


@pytest.mark.parametrize(("course", "number"), list(cases()))
def test_a_scanner_reads_the_code_of_the_batch_record_from_the_label(course, number):
    state = released(course, number)
    (page,) = pages(a_label(course, number, "nl", state))
    (found,) = zxingcpp.read_barcodes(image_of(page, DOTS))
    assert found.symbology_identifier == "]d2"
    assert found.text == state.record.code.element_string


@pytest.mark.parametrize("number", [1, 2])
def test_an_independent_reader_agrees(tmp_path, number):
    state = released(planned(), number)
    (page,) = pages(a_label(planned(), number, "en", state))
    picture = tmp_path / "label.png"
    picture.write_bytes(png_of(image_of(page, DOTS)))
    read = subprocess.run(["dmtxread", "-G29", "-n", "-N1", picture], capture_output=True, check=True).stdout
    # FNC1 is read as a group separator; the one in front says that it is a GS1 code
    raw = read.removesuffix(b"\n").removeprefix(b"\x1d").decode()
    code = state.record.code
    assert raw == f"01{code.item}7003{code.expires:%y%m%d%H%M}\x1d10{code.batch}\x1d21{code.serial}"


def test_a_third_party_understands_the_code():
    state = released(planned())
    (page,) = pages(a_label(planned(), 1, "nl", state))
    (found,) = zxingcpp.read_barcodes(image_of(page, DOTS))
    message = biip.parse(f"]d2{found.bytes.decode()}").gs1_message
    values = {element.ai.ai: element for element in message.element_strings}
    code = state.record.code
    assert list(values) == ["01", "7003", "10", "21"]
    assert values["01"].gtin_error is None
    assert values["01"].gtin.check_digit == int(code.item[-1])
    assert values["7003"].datetime == code.expires.replace(tzinfo=None)
    assert (values["10"].value, values["21"].value) == (code.batch, code.serial)


def test_the_text_beside_the_code_is_the_code():
    state = released(planned())
    assert state.record.code.element_string in text_of(a_label(planned(), 1, "nl", state))


@pytest.mark.parametrize(("language", "words"), [("en", "NOT RELEASED"), ("nl", "NIET VRIJGEGEVEN")])
def test_a_draft_says_so_and_already_carries_the_code_that_its_batch_will_have(language, words):
    draft = a_label(planned(), 1, language)
    assert words in text_of(draft)
    (found,) = zxingcpp.read_barcodes(image_of(pages(draft)[0], DOTS))
    assert found.text == planned().code(planned().plan.preparations[0]).element_string


def test_a_released_label_says_by_whom_and_is_no_draft():
    text = text_of(a_label(planned(), 1, "en", released(planned())))
    assert "Released Fri 5 Feb 13:00 by C. Visser" in text
    assert "NOT RELEASED" not in text
    assert "Draft" not in text


def test_a_label_tells_the_containers_apart_by_number_shape_colour_and_word():
    first, second = (text_of(a_label(planned(), number, "en")) for number in (1, 2))
    assert "cassette 1 of 2" in first
    assert "blue circle" in first
    assert "cassette 2 of 2" in second
    assert "orange square" in second


def test_a_label_carries_what_the_ward_needs():
    text = text_of(a_label(planned(), 1, "en", released(planned())))
    for words in (
        "Noor de Vries (synthetic)", "14 Sep 2022", "SYN-0001", "Qarziba dinutuximab beta", "35.50 mg in 250 mL",
        "0.1420 mg/mL", "2 mL/h", "start before", "finish before", "INTRAVENOUS", "0.22 µm", "NOT: Unituxin",
        "Batch SYN-0001-C1-1", "synthetic data",
    ):  # fmt: skip
        assert words in text, words


def test_finish_before_on_the_label_is_the_expiry_in_the_code():
    for number in (1, 2):
        state = released(planned(), number)
        expires = state.record.code.expires
        assert f"{expires.day} Feb {expires:%H:%M}" in text_of(a_label(planned(), number, "en", state))


def test_the_same_container_gives_the_same_bytes():
    assert a_label(planned(), 1, "nl", released(planned())) == a_label(planned(), 1, "nl", released(planned()))


@pytest.mark.parametrize(
    "name",
    [
        '#eval("1 + 1") $x$ ] } #panic()',
        'quote " backslash \\ \\" /* */ // *bold* _it_ `raw` @ref <label>',
        "Maria-Antoinette Wilhelmina Ångström-Nguyễn Thị O'Brien van der Wéstelaken-Żółkiewska",
        "Xxxxxxx" * 17,
        "W" * 120,
    ],
)
def test_a_name_is_printed_as_it_was_typed(name):
    course = planned(name=name)
    wanted = "".join(name.split())
    for state in (None, released(course)):
        assert wanted in "".join(text_of(a_label(course, 1, "nl", state)).split())


def test_a_name_in_another_script_is_printed():
    text = text_of(a_label(planned(name="Иван Ελένη (synthetic)")))
    assert "Иван Ελένη" in text
    assert size_in_mm(pages(a_label(planned(name="אברהם בן־ציון محمد")))[0]) == (100, 50)


@pytest.mark.parametrize("name", ["王小明", "Noor 🎒"])
def test_a_letter_that_no_font_has_is_refused_and_never_printed_as_a_box(name):
    with pytest.raises(Refused) as refused:
        a_label(planned(name=name))
    assert refused.value.refusals[0].code == "paper.letter"
    assert refused.value.refusals[0].value in name


def test_a_release_of_another_container_is_refused():
    with pytest.raises(Refused) as refused:
        a_label(planned(), 1, "nl", released(planned(), 2))
    assert refused.value.refusals[0].code == "paper.other-container"
    with pytest.raises(Refused):
        a_label(planned(number="SYN-0002"), 1, "nl", released(planned()))


@pytest.mark.property
@settings(max_examples=25)
@given(NAMES.filter(lambda name: len(name) <= 120))
def test_any_latin_name_fits_whole_on_one_page(name):
    course = planned.__wrapped__(name=name)
    draft = a_label(course)
    assert len(pages(draft)) == 1
    assert "".join(course.order.patient.name.split()) in "".join(text_of(draft).split())


def test_nothing_is_printed_over_something_else():
    """The page's text boxes never cross, in the longest and in the usual case."""
    for name in ("", "W" * 120, "Xxxxxxx " * 14 + "y"):
        course = planned(name=name.strip())
        (page,) = pages(a_label(course, 1, "nl", released(course)))
        lines = page.get_textpage()
        boxes = [lines.get_rect(number) for number in range(lines.count_rects())]
        for number, one in enumerate(boxes):
            assert one[0] >= 0
            assert one[2] <= page.get_width()
            for other in boxes[number + 1 :]:
                wide = min(one[2], other[2]) - max(one[0], other[0])
                high = min(one[3], other[3]) - max(one[1], other[1])
                assert wide <= 1 or high <= 0.3 * min(one[3] - one[1], other[3] - other[1]), (one, other)


def test_the_symbol_is_square_and_has_white_around_it():
    symbol = data_matrix(planned().code(planned().plan.preparations[0]))
    assert {len(row) for row in symbol.rows} == {len(symbol.rows)}
    assert symbol.modules == len(symbol.rows) + 2
    assert symbol.text == planned().code(planned().plan.preparations[0]).element_string


def test_a_code_that_cannot_be_written_is_refused():
    code = planned().code(planned().plan.preparations[0])
    with pytest.raises(Refused) as refused:
        data_matrix(type(code)(code.item, "A(1", code.serial, code.expires + timedelta()))
    assert refused.value.refusals[0].code == "paper.code"


def test_the_old_way_has_five_bags():
    assert "5 of 5" in text_of(a_label(planned(SHORT), 5, "en"))


def test_a_name_that_ends_in_a_hyphen_is_printed_with_it():
    """A hyphen at the end of a line is read back as a hyphen."""
    course = planned.__wrapped__(name="A-")
    assert "A-" in text_of(a_label(course))
