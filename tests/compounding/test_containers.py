"""How a course is divided over containers, and how many vials that opens."""

from decimal import Decimal

import pytest
from compounding.cases import plan, plan_for_area, site_with
from prescribing.cases import LONG, SHELF, SHORT, order_for, refusals

from ransel.compounding import compare_plans, plan_containers
from ransel.evidence import assumed
from ransel.quantities import Duration, Mass, Volume


def lasting(time):
    """The long course in cassettes that last another time."""
    protocol = SHELF.protocol(LONG)
    option = protocol.containers.options["cassettes"]
    changed = option.model_copy(update={"lasts": assumed(Duration(time), "for a test")})
    containers = protocol.containers.model_copy(update={"options": {"cassettes": changed}})
    return plan(protocol=protocol.model_copy(update={"containers": containers}))


# dividing


def test_ten_days_are_two_cassettes_of_five_days_or_ten_syringes_of_one():
    assert [(one.index, one.starts, one.lasts) for one in plan().containers] == [
        (1, Duration("0 h"), Duration("120 h")),
        (2, Duration("120 h"), Duration("120 h")),
    ]
    syringes = plan("syringes").containers
    assert [one.index for one in syringes] == list(range(1, 11))
    assert {one.lasts for one in syringes} == {Duration("24 h")}


def test_five_days_of_eight_hours_are_five_bags_of_one_infusion_each():
    bags = plan("bags", SHORT).containers
    assert [(one.infusion, one.starts, one.lasts) for one in bags] == [
        (day, Duration(24 * (day - 1), "h"), Duration("8 h")) for day in range(1, 6)
    ]


def test_together_the_containers_hold_the_course_that_was_ordered():
    for name, protocol in (("cassettes", LONG), ("syringes", LONG), ("bags", SHORT)):
        parts = [one.recipe.ordered.value for one in plan(name, protocol).containers]
        assert sum(parts, start=Mass("0 mg")) == order_for(protocol=protocol).course_dose.value


def test_a_shorter_last_container_delivers_less_and_keeps_rate_concentration_and_overfill():
    containers = lasting("100 h").containers
    assert [one.lasts for one in containers] == [Duration("100 h"), Duration("100 h"), Duration("40 h")]
    whole, short = containers[0].recipe, containers[-1].recipe
    assert (short.overfill, short.concentration.value) == (whole.overfill, whole.concentration.value)
    assert short.delivers == Volume("96 mL")
    assert short.ordered.value == Mass(whole.ordered.value * 40 / 100)


def test_a_kind_of_container_that_the_protocol_does_not_have_is_refused():
    (refusal,) = refusals(plan, "bottles")
    assert (refusal.code, refusal.values["known"]) == ("container.unknown", "cassettes, syringes")


def test_the_default_kind_is_compared_first():
    assert [one.name for one in compare_plans(order_for(), SHELF.site)] == ["cassettes", "syringes"]


# vials, for containers that are made apart


@pytest.mark.parametrize(
    ("area", "vials"),
    [
        ("0.30", 2),
        ("0.3888", 2),
        ("0.3889", 4),
        ("0.6817", 4),
        ("0.7776", 4),
        ("0.7777", 6),
        ("0.80", 6),
        ("1.1664", 6),
        ("1.1665", 8),
    ],
)
def test_a_cassette_opens_a_whole_vial_more_as_soon_as_the_overfill_needs_it(area, vials):
    assert plan_for_area(Decimal(area)).vials == vials


def test_two_vials_per_cassette_are_full_at_exactly_0_7776_m2():
    recipe = plan_for_area(Decimal("0.7776")).containers[0].recipe
    assert (recipe.volume("drug"), recipe.vial_count) == (Volume("9 mL"), 2)
    assert plan_for_area(Decimal("0.7776")).left_in_vials == Mass("0 mg")


def test_the_worked_example_opens_two_vials_per_cassette_and_ten_for_syringes():
    assert (plan().containers[0].recipe.vial_count, plan().vials, plan().vials_if_shared) == (2, 4, 4)
    assert (plan("syringes").vials, plan("syringes").vials_if_shared) == (10, 4)


def test_waste_and_price_of_the_worked_example():
    cassettes, syringes = plan(), plan("syringes")
    assert cassettes.left_in_vials.text("en", "mg", 2) == "9.99 mg"
    assert cassettes.left_in_containers.text("en", "mg", 2) == "2.84 mg"
    assert (cassettes.price_euro, syringes.price_euro) == (4 * 9116, 10 * 9116)
    assert syringes.left_in_vials.text("en", "mg", 2) == "131.49 mg"


def test_what_is_opened_is_given_or_left_in_a_vial_or_left_in_a_container():
    for name in ("cassettes", "syringes"):
        one = plan(name)
        given = order_for().course_dose.value
        assert given + one.left_in_vials + one.left_in_containers == Mass("20.25 mg") * one.vials


def test_without_a_price_nothing_is_said_about_money():
    site = SHELF.site
    silent = site.model_copy(update={"pharmacy": site.pharmacy.model_copy(update={"vial_price_euro": {}})})
    assert plan(site=silent).price_euro is None


# what is left in an opened vial


@pytest.mark.hazard("HZ-032")
@pytest.mark.parametrize(
    ("kept", "vials"), [("0 h", 10), ("23 h", 10), ("24 h", 5), ("47 h", 5), ("48 h", 4), ("240 h", 4)]
)
def test_a_rest_serves_a_later_syringe_only_within_the_time_an_opened_vial_is_kept(kept, vials):
    assert plan("syringes", site=site_with(opened_vial_kept=Duration(kept))).vials == vials


def test_the_example_hospital_keeps_no_opened_vial():
    assert SHELF.site.pharmacy.opened_vial_kept.value == Duration("0 h")
    assert plan("syringes").vials == 10


@pytest.mark.parametrize("kept", ["0 h", "24 h", "120 h", "240 h"])
def test_sharing_never_opens_fewer_vials_than_the_drug_fills_nor_more_than_without(kept):
    for name in ("cassettes", "syringes"):
        shared = plan_containers(order_for(), name, site_with(opened_vial_kept=Duration(kept)))
        assert shared.vials_if_shared <= shared.vials <= plan(name).vials
        assert shared.left_in_vials.magnitude >= 0
