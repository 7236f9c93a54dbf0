"""What holds for every container of every protocol, every stability clock and every code."""

import math
from datetime import date, timedelta
from decimal import Decimal

import pytest
from biip.gs1_messages import GS1Message
from compounding.cases import MADE, clock, plan, plan_for_area, site_with, steps, weighed
from hypothesis import given
from hypothesis import strategies as st
from prescribing.cases import LONG, SHELF, TODAY, child, codes, order_for, protocol_of
from prescribing.second_opinion import disagreements

from ransel.compounding import ContainerCode, other_readings, plan_containers, weighing_steps
from ransel.compounding.identification import check_digit
from ransel.language import Refused
from ransel.quantities import Duration, Mass, Volume

pytestmark = pytest.mark.property

PROTOCOLS = SHELF.ids()
BANDS = SHELF.protocol(LONG).bounds.by_age.value
MINUTES = st.integers(0, 10 * 24 * 60).map(lambda number: timedelta(minutes=number))
GS1 = "".join(map(chr, range(33, 123))).translate({ord(char): None for char in "#$@[\\]^`"})


@st.composite
def orders(draw, names=PROTOCOLS):
    """An order of any protocol, for a patient whom it accepts, by any of its rules, under any reading of its label."""
    protocol = protocol_of(draw(st.sampled_from(names)))
    youngest = math.ceil(protocol.bounds.youngest.value.to("day") / 365)
    band = draw(st.sampled_from([band for band in BANDS if band.from_age >= youngest]))
    weight = Mass(draw(st.integers(math.ceil(band.weight.low.to("g")), int(band.weight.high.to("g")))), "g")
    height = draw(st.integers(math.ceil(band.height.low.to("mm")), int(band.height.high.to("mm"))))
    rule = draw(st.sampled_from([rule for rule in protocol.dose.rules if rule.applies_to(weight)]))
    patient = child(
        born=date(TODAY.year - band.from_age, 1, 1),
        weight=weight.text("en", "g"),
        height=f"{height} mm",
        findings={},
        choice={"dose_rule": rule.id, "reason": "for a test"},
    )
    reading = draw(st.sampled_from([protocol, *(other for _, _, other in other_readings(protocol))]))
    return order_for(patient, reading)


def plans(order, site=SHELF.site):
    """The course in every kind of container that holds it; what does not fit is refused for that reason alone."""
    for name in order.protocol.containers.options:
        try:
            yield plan_containers(order, name, site)
        except Refused as refused:
            if codes(refused.refusals) != ["recipe.does-not-fit"]:
                raise


def recipes(order):
    """Recipes of every kind of container: the first and the last, which may be a shorter one."""
    for one in plans(order):
        yield one.containers[0].recipe
        if one.containers[-1].lasts != one.containers[0].lasts:
            yield one.containers[-1].recipe


# recipes


@given(orders())
@pytest.mark.hazard("HZ-019")
def test_the_volumes_of_every_recipe_add_up_exactly_to_the_fill(order):
    for recipe in recipes(order):
        assert sum((recipe.volume(one.id) for one in recipe.ingredients), start=Volume("0 mL")) == recipe.fill
        assert all(recipe.volume(one.id).magnitude >= 0 for one in recipe.ingredients)
        assert recipe.delivers + recipe.overfill == recipe.fill


@given(orders())
@pytest.mark.hazard("HZ-019")
def test_concentration_times_the_volume_that_holds_the_dose_is_exactly_the_order(order):
    for recipe in recipes(order):
        in_fill = order.protocol.preparation.dose_lies_in == "fill"
        assert Mass(recipe.concentration.value * (recipe.fill if in_fill else recipe.delivers)) == recipe.ordered.value
        assert Mass(recipe.concentration.value * recipe.delivers) == recipe.delivered.value
        assert Mass(recipe.concentration.value * recipe.fill) == recipe.drug.value
        assert Mass(order.protocol.product.strength.value * recipe.volume("drug")) == recipe.drug.value


@given(orders())
def test_the_containers_of_a_course_hold_exactly_the_ordered_dose_and_fill_exactly_its_time(order):
    course = order.protocol.course
    for one in plans(order):
        ordered = (container.recipe.ordered.value for container in one.containers)
        assert sum(ordered, start=Mass("0 mg")) == order.course_dose.value
        lasts = sum((container.lasts for container in one.containers), start=Duration("0 h"))
        assert lasts == Duration(course.infusion.value * course.infusions.value)
        assert [container.index for container in one.containers] == list(range(1, len(one.containers) + 1))


@given(orders())
@pytest.mark.hazard("HZ-031")
def test_every_number_of_a_recipe_says_why_and_a_second_calculation_from_its_json_agrees(order):
    for recipe in recipes(order):
        expected = [step.expected for step in weighing_steps(recipe, order.protocol)]
        volumes = [one.volume for one in recipe.ingredients]
        for derivation in (recipe.drug, recipe.delivered, recipe.vials, *volumes, *expected):
            assert derivation.recompute() == derivation.value
            assert not list(disagreements(derivation.as_json()))


# vials


@given(st.integers(1500, 25_000), st.integers(1500, 25_000), st.sampled_from(["cassettes", "syringes"]))
def test_more_body_surface_never_opens_fewer_vials(one, other, name):
    fewer, more = (plan_for_area(Decimal(area) / 10_000, name) for area in sorted((one, other)))
    assert fewer.vials <= more.vials
    assert fewer.vials_if_shared <= more.vials_if_shared


@given(orders(), st.integers(0, 1000))
def test_vials_hold_the_drug_and_sharing_them_never_opens_more(order, hours):
    site = site_with(opened_vial_kept=Duration(hours, "h"))
    for apart, shared in zip(plans(order), plans(order, site), strict=True):
        assert apart.vials == sum(container.recipe.vial_count for container in apart.containers)
        assert shared.vials_if_shared <= shared.vials <= apart.vials
        assert shared.left_in_vials.magnitude >= 0


# weighing


@given(st.integers(0, 2), st.integers(-8_000, 8_000))
@pytest.mark.hazard("HZ-020")
def test_a_step_stands_exactly_as_long_as_it_is_within_its_tolerance(number, off):
    step = steps()[number]
    assert weighed(step, Mass(off, "mg")).within_tolerance == (abs(Mass(off, "mg")) <= step.tolerance)


# the stability clock


@st.composite
def clocks(draw):
    """Clocks of containers that went into the fridge and, perhaps, came out of it again."""
    into = draw(st.integers(0, 5))
    out = draw(st.none() | st.integers(into, into + 120))
    return clock(draw(st.sampled_from(["bag", "syringe"])), into=into, out=out, validated=draw(st.booleans()))


@given(clocks(), MINUTES)
@pytest.mark.hazard("HZ-009")
def test_slack_falls_by_exactly_the_pause(ticking, pause):
    ends = MADE + timedelta(days=6)
    paused = Duration(int(pause.total_seconds()), "s")
    assert ticking.slack(ends) - ticking.slack_after_pause(ends, paused) == paused
    assert ticking.slack_after_pause(ends, paused) == ticking.slack(ends + pause)


@given(clocks(), MINUTES)
@pytest.mark.hazard("HZ-009")
def test_leaving_the_fridge_never_gives_a_container_more_time_than_staying_in_it(ticking, later):
    waiting = clock("bag", into=1, validated=ticking.validated)
    assert waiting.leaves_fridge(MADE + timedelta(hours=1) + later).finish_before.at <= waiting.finish_before.at
    again = ticking.leaves_fridge(MADE + timedelta(hours=200) + later)
    assert ticking.out_of_fridge is None or again == ticking


@given(clocks())
@pytest.mark.hazard("HZ-017")
def test_a_container_that_stayed_in_the_fridge_too_long_is_over(ticking):
    over = ticking.out_of_fridge is not None and ticking.out_of_fridge > ticking.cold_until.at
    assert (ticking.finish_before == ticking.cold_until) == over
    assert not over or ticking.start_before(Duration("1 h")).at < ticking.out_of_fridge


@given(st.integers(0, 5), st.integers(5, 20), MINUTES, st.booleans())
def test_a_container_made_so_much_later_ends_so_much_later_whatever_the_calendar_says(into, out, later, validated):
    first = clock(into=into, out=out, validated=validated)
    second = clock(made=MADE + later, into=into, out=out, validated=validated)
    assert second.finish_before.at - first.finish_before.at == later
    assert second.cold_until.at - first.cold_until.at == later


@given(clocks(), st.integers(0, 200), st.integers(0, 200))
def test_a_longer_run_never_has_to_start_later_and_never_runs_past_the_clock(ticking, one, other):
    shorter, longer = sorted((one, other))
    starts = [ticking.start_before(Duration(hours, "h")).at for hours in (shorter, longer)]
    assert starts[1] <= starts[0]
    assert starts[1] + timedelta(hours=longer) <= ticking.finish_before.at


@given(st.integers(0, 5), st.integers(5, 90), st.sampled_from(["bag", "syringe"]))
@pytest.mark.hazard("HZ-017")
def test_storage_that_nobody_validated_never_gives_more_time(into, out, stability):
    trusted, other = (clock(stability, into=into, out=out, validated=validated) for validated in (True, False))
    assert other.cold_until.at <= trusted.cold_until.at
    assert other.finish_before.at <= trusted.finish_before.at
    assert other.start_before(Duration("24 h")).at <= trusted.start_before(Duration("24 h")).at


# codes


@given(st.text("0123456789", min_size=1, max_size=17))
@pytest.mark.hazard("HZ-023")
def test_a_number_with_its_check_digit_adds_up_to_tens_and_no_other_digit_does(digits):
    def total(number):
        return sum(int(digit) * weight for digit, weight in zip(reversed(number), [1, 3] * 9, strict=False))

    assert [digit for digit in "0123456789" if total(digits + digit) % 10 == 0] == [check_digit(digits)]


@given(
    st.text("0123456789", min_size=13, max_size=13),
    st.text(GS1, min_size=1, max_size=20).filter(lambda text: "(" not in text),
    st.text(GS1, min_size=1, max_size=20).filter(lambda text: "(" not in text),
    st.integers(0, 12_000_000).map(lambda minutes: MADE + timedelta(minutes=minutes)),
)
@pytest.mark.hazard("HZ-023")
def test_another_library_reads_item_expiry_batch_and_serial_out_of_the_code(number, batch, serial, expires):
    code = ContainerCode(item=number + check_digit(number), batch=batch, serial=serial, expires=expires)
    read = {one.ai.ai: one.value for one in GS1Message.parse_hri(code.element_string).element_strings}
    assert read == {"01": code.item, "7003": expires.strftime("%y%m%d%H%M"), "10": batch, "21": serial}


def test_the_plan_of_these_properties_is_the_worked_example():
    assert plan().vials == 4
