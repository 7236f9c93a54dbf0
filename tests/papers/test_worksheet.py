"""The worksheet holds every number a technician needs, says how sure it is, and who has signed."""

import pytest
from papers.cases import SHAPES, pages, planned, released, size_in_mm, text_of

from ransel.language import Refused
from ransel.papers import worksheet


def a_worksheet(course, number=1, language="en", released=None):
    return worksheet(course, course.plan.preparations[number - 1], language, released)


@pytest.mark.parametrize("language", ["nl", "en"])
@pytest.mark.parametrize("shape", SHAPES, ids=str)
def test_every_page_is_a4_and_says_whose_and_which(shape, language):
    course = planned(**shape)
    for state in (None, released(course)):
        found = pages(a_worksheet(course, 1, language, state))
        for number, page in enumerate(found, 1):
            text = " ".join(page.get_textpage().get_text_bounded().split())
            assert size_in_mm(page) == (210, 297)
            assert "Noor de Vries" in text
            assert "SYN-0001" in text
            assert f"{number} {'van' if language == 'nl' else 'of'} {len(found)}" in text


def test_the_worksheet_holds_what_a_technician_needs():
    text = text_of(a_worksheet(planned()))
    for words in (
        "16.4 kg, 102 cm", "dinutuximab-beta-10x24h-maxima", "version 2026.1", "Qarziba (dinutuximab beta)",
        "4.5 mg/mL", "NOT: Unituxin", "cassette 1 of 2", "blue circle", "229.610 mL", "12.500 mL", "7.890 mL",
        "1.005 g/mL", "230.76 g", "± 6.92 g", "open 2 of 4.5 mL", "the rest of 1.110 mL is waste", "250 mL", "10 mL",
        "0.1420 mg/mL", "35.50 mg", "34.08 mg", "= 48 mL/24 h", "Never enter 48 as mL/h", "start before",
        "finish before", "Fri 5 Feb 12:00", "outside the label", "Approved by", "10 mg/m²/day × 0.6817 m²",
        "√(16.4 × 102 / 3600)", "CHU", "Synthetic data, not validated for clinical use",
    ):  # fmt: skip
        assert words in text, words


def test_ingredients_stand_in_the_order_of_making():
    text = text_of(a_worksheet(planned()))
    places = [text.index(words) for words in ("sodium chloride", "human albumin", "Qarziba dinutuximab beta")]
    assert places == sorted(places)


def test_numbers_that_must_be_confirmed_carry_their_mark():
    text = text_of(a_worksheet(planned()))
    assert "1.005 g/mL R+" in text
    assert "1.050 g/mL R?" in text
    assert "1.020 g/mL A" in text
    assert "assumption, to be confirmed by a pharmacist" in text


def test_all_notices_are_printed():
    course = planned()
    text = text_of(a_worksheet(course))
    for notice in course.notices:
        if notice.code != "use.off-label-home":
            assert notice.text("en") in text


def test_before_release_it_says_so_and_has_empty_places():
    text = text_of(a_worksheet(planned()))
    assert "Not released yet" in text
    assert "A. de Groot" not in text
    assert "Nog niet vrijgegeven" in text_of(a_worksheet(planned(), 1, "nl"))


def test_after_release_lots_weighings_and_three_names_are_filled_in():
    text = text_of(a_worksheet(planned(), 1, "en", released(planned())))
    assert "Not released" not in text
    for words in ("LOT-diluent", "LOT-albumin", "LOT-drug", "31 Jan 2028", "100.00 g", "330.76 g", "A. de Groot",
                  "B. Jansen", "C. Visser", "Fri 5 Feb 13:00"):  # fmt: skip
        assert words in text, words


def test_home_use_is_named_only_where_the_protocol_allows_it():
    assert "outside the label" not in text_of(a_worksheet(planned("dinutuximab-beta-5x8h")))


def test_both_languages_differ_and_no_key_is_left_untranslated():
    texts = {language: text_of(a_worksheet(planned(), 1, language)) for language in ("en", "nl")}
    assert "229,610 mL" in texts["nl"]
    assert "humaan albumine" in texts["nl"]
    for text in texts.values():
        for key in ("on-worksheet.", "worksheet.", "term.", "notice.", "clock."):
            assert key not in text


def test_the_same_container_gives_the_same_bytes():
    assert a_worksheet(planned()) == a_worksheet(planned())


def test_it_is_tagged_for_screen_readers():
    content = a_worksheet(planned())
    assert b"/StructTreeRoot" in content
    assert b"pdfuaid" in content


@pytest.mark.parametrize("name", ['#eval("1") $x$ ] \\ #panic()', "Xxxxxxx" * 17, "Ångström-Nguyễn Thị O'Brien"])
def test_a_name_is_printed_as_it_was_typed(name):
    course = planned(name=name)
    assert "".join(name.split()) in "".join(text_of(a_worksheet(course, 1, "nl", released(course))).split())


def test_a_release_of_another_container_is_refused():
    with pytest.raises(Refused):
        a_worksheet(planned(), 1, "en", released(planned(), 2))


def test_no_day_is_written_in_numbers_alone():
    """03-04 is read in two ways."""
    assert "14 Sep 2022" in text_of(a_worksheet(planned()))
    assert "2022-09-14" not in text_of(a_worksheet(planned()))


def test_the_ends_of_a_tolerance_are_rounded_inwards():
    """2.625 g ± 0.07875 g: 2.54625 to 2.70375."""
    assert "2.55 to 2.70 g" in text_of(a_worksheet(planned(kind="syringes")))
    # 46.1516 g ± 1.38455 g: 44.7670 to 47.5361
    assert "44.77 to 47.53 g" in text_of(a_worksheet(planned(kind="syringes")))
