"""What a person reads when an input is refused, and what a message turns into."""

import copy
import pickle

import pytest

from ransel.language import LANGUAGES, Message, Refusal, Refused, refuse
from ransel.quantities import Volume

NO_UNIT = Refusal("quantity.no-unit", "weight", "16.4")
COMMA = Refusal("number.comma", "height", "102,5 cm", {"suggestion": "102.5"})


def test_a_refusal_names_the_field_the_problem_and_the_remedy_in_one_sentence():
    assert NO_UNIT.text() == "weight: '16.4' has no unit; write the unit behind the number, such as 16.4 kg."
    assert (
        NO_UNIT.text("nl") == "weight: '16.4' heeft geen eenheid; schrijf de eenheid achter het getal, zoals 16.4 kg."
    )


def test_a_refusal_without_a_field_starts_with_the_problem():
    assert Refusal("quantity.no-unit", value="16.4").text().startswith("'16.4' has no unit")


def test_seen_from_further_out_the_place_grows_and_the_rest_stays():
    seen = NO_UNIT.at("child").at("course.toml")
    assert seen.field == "course.toml.child.weight"
    assert (seen.code, seen.value) == (NO_UNIT.code, NO_UNIT.value)
    assert Refusal("quantity.no-unit").at("child").field == "child"


def test_several_refusals_are_told_at_once_and_in_order():
    refused = Refused([NO_UNIT, COMMA])
    assert refused.refusals == (NO_UNIT, COMMA)
    assert str(refused) == f"{NO_UNIT.text()} {COMMA.text()}"
    assert [refusal.field for refusal in refused.at("child").refusals] == ["child.weight", "child.height"]


def test_refusing_raises_a_value_error_so_that_forms_and_files_can_catch_it():
    with pytest.raises(ValueError, match="has a comma") as caught:
        refuse("number.comma", "height", "102,5 cm", suggestion="102.5")
    assert caught.value.refusals == (COMMA,)


@pytest.mark.parametrize("given", [5, 5.5, None, ["a"], {"a": 1}, b"\xff"])
def test_a_value_that_is_no_text_is_shown_as_python_writes_it(given):
    with pytest.raises(Refused) as caught:
        refuse("quantity.no-unit", value=given)
    assert caught.value.refusals[0].value == str(given)


def test_a_number_too_long_for_python_to_write_is_still_refused_in_words():
    with pytest.raises(Refused, match="'int' has no unit"):
        refuse("quantity.no-unit", value=10**5000)


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize(
    "hostile",
    [
        "\x1b[31mred",
        "two\nlines",
        "back\rwards",
        "zero\x00",
        "\u202eturned",
        "page\u2028break",
        "�",
        pytest.param("x" * 100000, id="long"),
    ],
)
def test_a_hostile_value_is_shown_short_printable_and_on_one_line_wherever_it_stands(hostile, language):
    text = Refusal("number.comma", hostile, hostile, {"suggestion": hostile[:50]}).text(language)
    assert text.isprintable()
    assert len(text) < 500


def test_a_long_value_is_cut_where_it_is_shown_and_kept_where_it_is_returned():
    refusal = Refusal("quantity.no-unit", value="x" * 61)
    assert f"'{'x' * 60}…'" in refusal.text()
    assert refusal.value == "x" * 61
    assert f"'{'x' * 60}'" in Refusal("quantity.no-unit", value="x" * 60).text()


@pytest.mark.parametrize("braces", ["{value}", "{0}", "{", "}", "{field.__class__}", "%s"])
def test_braces_in_a_value_are_only_text(braces):
    assert f"'{braces}'" in Refusal("quantity.no-unit", value=braces).text()


def test_refusals_survive_a_copy_and_a_pickle_and_can_stand_in_a_set():
    refused = Refused([NO_UNIT, COMMA])
    for again in (pickle.loads(pickle.dumps(refused)), copy.deepcopy(refused)):  # noqa: S301 - our own bytes
        assert again.refusals == refused.refusals
        assert str(again) == str(refused)
    assert len({NO_UNIT, COMMA, NO_UNIT.at("child")}) == 3


def test_a_message_puts_quantities_and_messages_inside_it_into_the_same_language():
    step = Message("rounding.up", {"step": Volume("0.5 mL")})
    assert step.text("nl") == "naar boven afgerond op een veelvoud van 0,5 mL"
    assert str(step) == "rounded up to a multiple of 0.5 mL"
    assert Message("rounding.up", {"step": Message("rounding.none")}).text("nl").endswith("van niet afgerond")


def test_messages_with_the_same_key_and_values_are_the_same_message():
    first, second = (Message("rounding.up", {"step": Volume("0.5 mL")}) for _ in range(2))
    assert first == second
    assert hash(first) == hash(second)
    assert first != Message("rounding.up", {"step": Volume("1 mL")})


def test_a_key_without_a_sentence_and_a_place_without_a_value_are_defects():
    with pytest.raises(KeyError, match=r"no nl sentence for message 'no\.such'"):
        Message("no.such").text("nl")
    with pytest.raises(KeyError, match="step"):
        Message("rounding.up").text()
