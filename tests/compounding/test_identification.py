"""What identifies a container: GS1 check digit, characters, expiry that is cut and never rounded."""

from datetime import UTC, datetime

import pytest
from compounding.cases import SITE, plan
from prescribing.cases import child, codes, order_for, refusals

from ransel.compounding import ContainerCode, batch_number, container_code
from ransel.compounding.identification import check_digit

EXPIRES = datetime(2027, 2, 12, 9, 30, tzinfo=UTC)
ITEM = "00400000000015"


def code(**changes):
    return ContainerCode(**({"item": ITEM, "batch": "SYN0042-C1-1", "serial": "1", "expires": EXPIRES} | changes))


@pytest.mark.parametrize(
    ("digits", "check"),
    [
        ("629104150021", "3"),  # GTIN-13 in the GS1 General Specifications
        ("0629104150021", "3"),
        ("0950600013435", "2"),
        ("37610425002123456", "9"),  # SSCC
        ("9638507", "4"),  # GTIN-8
        ("400638133393", "1"),
        ("0000000000000", "0"),
    ],
)
@pytest.mark.hazard("HZ-023")
def test_the_check_digit_agrees_with_published_numbers(digits, check):
    assert check_digit(digits) == check


@pytest.mark.hazard("HZ-023")
def test_one_wrong_digit_in_the_item_is_always_noticed():
    for place in range(len(ITEM)):
        for digit in set("0123456789") - {ITEM[place]}:
            wrong = ITEM[:place] + digit + ITEM[place + 1 :]
            assert codes(refusals(code, item=wrong)) == ["code.item"]


@pytest.mark.parametrize("item", ["", "0040000000001", "004000000000151", "0040000000001١", "0040000000001a"])
@pytest.mark.hazard("HZ-023")
def test_an_item_that_is_not_fourteen_digits_is_refused(item):
    assert codes(refusals(code, item=item)) == ["code.item"]


@pytest.mark.parametrize("field", ["batch", "serial"])
@pytest.mark.parametrize("value", ["", "x" * 21, "met spatie", "é", "a\x1db", "a\nb", "µ", "#1", "1\n"])
@pytest.mark.hazard("HZ-023")
def test_batch_and_serial_hold_only_what_every_scanner_reads(field, value):
    (refusal,) = refusals(code, **{field: value})
    assert (refusal.code, refusal.field) == ("code.text", field)


def test_batch_and_serial_may_be_twenty_characters_long():
    assert code(batch="B" * 20, serial="S" * 20)


def test_the_printed_code_names_item_expiry_batch_and_serial():
    assert code().element_string == "(01)00400000000015(7003)2702120930(10)SYN0042-C1-1(21)1"


@pytest.mark.hazard("HZ-023")
@pytest.mark.parametrize(
    ("at", "printed"),
    [
        (datetime(2027, 2, 12, 8, 30, 0, tzinfo=UTC), "2702120930"),
        (datetime(2027, 2, 12, 8, 30, 59, 999999, tzinfo=UTC), "2702120930"),
        (datetime(2027, 7, 12, 21, 59, 59, tzinfo=UTC), "2707122359"),
        (datetime(2027, 12, 31, 22, 59, 59, tzinfo=UTC), "2712312359"),
        (datetime(2027, 12, 31, 23, 0, 0, tzinfo=UTC), "2801010000"),
    ],
)
def test_the_expiry_is_in_local_time_and_cut_to_the_minute_never_rounded_up(at, printed):
    made = container_code(order_for(), plan().containers[0], SITE, at)
    assert f"(7003){printed}(10)" in made.element_string
    assert made.expires <= at
    assert (made.expires.second, made.expires.microsecond) == (0, 0)


@pytest.mark.hazard("HZ-023")
@pytest.mark.hazard("HZ-025")
def test_the_two_cassettes_of_a_course_have_different_codes():
    first, second = (container_code(order_for(), one, SITE, EXPIRES) for one in plan().containers)
    assert (first.serial, second.serial) == ("1-1", "2-1")
    assert first.batch != second.batch
    assert first.element_string != second.element_string


@pytest.mark.hazard("HZ-023")
def test_the_same_cassette_of_another_child_or_another_course_has_another_batch_number():
    container = plan().containers[0]
    batches = {
        batch_number(order_for(patient, course=course), container)
        for patient in (child(), child(number="SYN-0043"))
        for course in (1, 2)
    }
    assert len(batches) == 4


@pytest.mark.hazard("HZ-023")
def test_two_children_never_share_a_batch_number():
    """Numbers that differ in signs or before the last characters, and children of one day without a number."""
    children = [child(number=number) for number in ("12-3", "1-23", "A1234567890123", "B1234567890123", None)]
    children.append(child(number=None, name="Sam (synthetic)"))
    container = plan().containers[0]
    assert len({batch_number(order_for(one), container) for one in children}) == len(children)


@pytest.mark.hazard("HZ-023")
def test_a_container_that_is_made_again_has_another_serial_number():
    first, again = (container_code(order_for(), plan().containers[0], SITE, EXPIRES, making) for making in (1, 2))
    assert first.batch == again.batch
    assert first.serial != again.serial


@pytest.mark.parametrize("number", ["SYN-0042", "x" * 80, "Z 12.34/5", None])
def test_a_batch_number_fits_into_the_code_whatever_the_number_of_the_patient(number):
    order = order_for(child(number=number))
    assert code(batch=batch_number(order, plan("syringes").containers[9]))
    assert batch_number(order, plan().containers[0]).endswith("-C1-1")
