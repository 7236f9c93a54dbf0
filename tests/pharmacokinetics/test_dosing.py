"""Dosing from a protocol, an order, a ledger and a list typed by hand: every milligram, at its hour, once."""

from dataclasses import replace
from datetime import datetime, timedelta

import numpy as np
import pytest
from infusion.streams import Pump, at, course, daily, hand, undisturbed, weighed
from infusion.streams import plan as plan_of
from pharmacokinetics.parameter_cases import population
from prescribing.cases import LONG, SHORT, START, child, order_for, protocol_of, with_dose

from ransel.infusion import Kind, account, read_plan
from ransel.language import LANGUAGES, Refused
from ransel.pharmacokinetics.dosing.dosing import TypedInfusion, beginning, given, ordered, regimen, typed
from ransel.pharmacokinetics.population.covariates import Covariates
from ransel.pharmacokinetics.population.population import draw
from ransel.pharmacokinetics.population.with_antibodies import with_antibodies
from ransel.quantities import DoseRate, Rounding

CHILDREN = Covariates.given([4.4, 9, 1.2], [16.4, 30, 9.5], [102, 135, 76])
BLINATUMOMAB = "blinatumomab-28d"


def amount(schedule, child_number=0):
    """The mg of a whole schedule for one child."""
    one = schedule.part(child_number, child_number + 1)
    flowing = (one.rates[:-1] * np.diff(one.times)).sum()
    return (flowing + one.boluses.sum()) * one.scale[0]


def rate_at(schedule, hour, child_number=0):
    """The mg/h of one child at an hour."""
    one = schedule.part(child_number, child_number + 1)
    place = np.searchsorted(one.times, hour, side="right") - 1
    return 0.0 if place < 0 else one.rates[place] * one.scale[0]


# -- a protocol for many children


def test_ten_days_are_one_infusion_for_each_square_metre():
    schedule = regimen(protocol_of(LONG), CHILDREN, courses=2, interval_hours=840)
    assert schedule.shared
    assert schedule.times.tolist() == [0, 240, 840, 1080]
    assert schedule.rates == pytest.approx([10 / 24, 0, 10 / 24, 0], rel=1e-15)
    assert schedule.occasions.tolist() == [0, 0, 1, 1]
    assert not schedule.boluses.any()
    assert not schedule.resets.any()
    assert schedule.scale.tobytes() == CHILDREN.body_surface.tobytes()


def test_five_days_of_eight_hours_give_the_dose_of_the_day_in_eight_hours():
    schedule = regimen(protocol_of(SHORT), CHILDREN, courses=1)
    assert schedule.times.tolist() == [hour for day in range(5) for hour in (24 * day, 24 * day + 8)]
    assert schedule.rates == pytest.approx([2.5, 0] * 5, rel=1e-15)


def test_both_regimens_give_the_same_dose():
    for number in range(CHILDREN.count):
        for name in (LONG, SHORT):
            dose = amount(regimen(protocol_of(name), CHILDREN, interval_hours=840), number)
            assert dose == pytest.approx(5 * 100 * CHILDREN.body_surface[number], rel=1e-13)


def test_without_an_interval_courses_follow_as_soon_as_the_protocol_allows():
    assert regimen(protocol_of(LONG), CHILDREN).times[2] == 35 * 24
    at_home = protocol_of("dinutuximab-beta-10x24h-maxima")
    assert regimen(at_home, CHILDREN).times[2] == (10 + 21) * 24
    assert regimen(at_home, CHILDREN).occasions.max() == 4


def test_a_rule_by_weight_counts_by_the_kilogram():
    small = Covariates.given([1.2, 2], [9.5, 11.8], [76, 86])
    schedule = regimen(protocol_of(LONG), small, courses=1, rule="weight")
    assert schedule.scale.tolist() == [9.5, 11.8]
    assert schedule.rates[0] == pytest.approx(0.33 / 24, rel=1e-15)
    assert amount(schedule, 1) == pytest.approx(3.3 * 11.8, rel=1e-13)


def test_small_children_by_weight_and_others_by_area_share_their_moments():
    schedule = regimen(protocol_of(LONG), CHILDREN, courses=1, rule=("weight", "area"))
    assert schedule.shared
    assert amount(schedule, 0) == pytest.approx(100 * CHILDREN.body_surface[0], rel=1e-13)
    assert amount(schedule, 2) == pytest.approx(3.3 * 9.5, rel=1e-13)


def test_doses_in_steps_with_caps_and_in_micrograms_are_followed_exactly():
    """Two rules, two steps, a most for each: 5 and 15 µg/m²/day up to 9 and 28, or 9 and 28 µg/day from 45 kg."""
    children = Covariates.given([4, 12, 15], [16, 44, 60], [100, 168, 170])
    rules = ("fixed-low-first-week", "area-low-first-week")
    schedule = regimen(protocol_of(BLINATUMOMAB), children, courses=2, rule=rules)
    assert not schedule.shared
    assert schedule.offsets.tolist() == [0, 6, 12, 18]
    for number, surface in enumerate(children.body_surface):
        low, high = (9, 28) if children.weight[number] >= 45 else (min(5 * surface, 9), min(15 * surface, 28))
        assert rate_at(schedule, 24, number) == pytest.approx(low / 24_000, rel=1e-13)
        assert rate_at(schedule, 24 * 8, number) == pytest.approx(high / 24_000, rel=1e-13)
        assert rate_at(schedule, 24 * 29, number) == 0
        assert rate_at(schedule, 24 * 43, number) == pytest.approx(low / 24_000, rel=1e-13)
        assert amount(schedule, number) == pytest.approx(2 * (7 * low + 21 * high) / 1000, rel=1e-13)
    assert schedule.part(1, 2).occasions.tolist() == [0, 0, 0, 1, 1, 1]


def test_doses_are_rounded_where_the_protocol_rounds_them():
    for rounding, dose in (("nearest 0.5 mg", 7), ("up 1 mg", 7), ("down 1 mg", 6)):
        read = Rounding.read(rounding)
        daily_step = Rounding(read.direction, DoseRate(read.step.magnitude, "mg/day"))
        protocol = with_dose(protocol_of(LONG), daily_rounding=daily_step)
        schedule = regimen(protocol, CHILDREN, courses=1)
        assert amount(schedule) == pytest.approx(10 * dose, rel=1e-13)
        order = order_for(protocol=protocol)
        assert amount(schedule) == pytest.approx(float(order.course_dose.value.to("mg")), rel=1e-13)


def test_body_surface_is_rounded_where_the_protocol_rounds_it():
    protocol = with_dose(protocol_of(LONG), surface_rounding=Rounding.read("nearest 0.01 m2"))
    assert regimen(protocol, CHILDREN).scale[0] == pytest.approx(0.68, rel=1e-15)


REFUSED = {
    "no such rule": (lambda: regimen(protocol_of(LONG), CHILDREN, rule="area51"), "dosing.no-rule", "rule"),
    "children too heavy for a rule": (
        lambda: regimen(protocol_of(LONG), CHILDREN, rule="weight"), "dosing.outside-rule", "rule",
    ),
    "courses on top of each other": (
        lambda: regimen(protocol_of(LONG), CHILDREN, interval_hours=200), "dosing.courses-overlap", "courses",
    ),
    "no interval": (lambda: regimen(protocol_of(LONG), CHILDREN, interval_hours=0), "dosing.interval", "interval"),
    "an endless interval": (
        lambda: regimen(protocol_of(LONG), CHILDREN, interval_hours=float("inf")), "dosing.interval", "interval",
    ),
    "no courses": (lambda: regimen(protocol_of(LONG), CHILDREN, courses=0), "dosing.courses", "courses"),
    "another body surface": (
        lambda: regimen(with_dose(protocol_of(LONG), body_surface="haycock"), CHILDREN),
        "dosing.other-formula", "body_surface",
    ),
    "no orders": (lambda: ordered([]), "dosing.nothing", "orders"),
    "orders at no interval": (
        lambda: ordered([order_for()], interval_hours=float("nan")), "dosing.interval", "interval",
    ),
    "no ledger": (lambda: given([]), "dosing.nothing", "ledger"),
    "no infusions": (lambda: typed([]), "dosing.nothing", "infusions"),
    "an order twice": (lambda: ordered([order_for(), order_for()]), "dosing.courses-overlap", "courses"),
}  # fmt: skip


@pytest.mark.parametrize("what", REFUSED)
def test_what_cannot_be_given_is_refused_in_words(what):
    act, code, field = REFUSED[what]
    with pytest.raises(Refused) as caught:
        act()
    assert [(one.code, one.field) for one in caught.value.refusals] == [(code, field)]
    assert all(caught.value.refusals[0].text(language) for language in LANGUAGES)


# -- an order for one child


@pytest.mark.parametrize("name", [LONG, SHORT])
def test_an_order_is_dosed_as_its_protocol(name):
    by_order, by_protocol = ordered(order_for(protocol=name)), regimen(protocol_of(name), CHILDREN, courses=1)
    assert by_order.times.tolist() == by_protocol.times.tolist()
    assert by_order.rates == pytest.approx(by_protocol.rates * CHILDREN.body_surface[0], rel=1e-12)
    assert by_order.scale.tolist() == [1]


def test_an_order_by_weight_is_dosed_by_weight():
    born, choice = START - timedelta(days=450), {"dose_rule": "weight", "reason": "by the trial"}
    baby = child(weight="9.5 kg", height="76 cm", born=born, choice=choice)
    order = order_for(baby)
    assert amount(ordered(order)) == pytest.approx(3.3 * 9.5, rel=1e-13)
    assert amount(ordered(order)) == pytest.approx(float(order.course_dose.value.to("mg")), rel=1e-13)


def test_orders_of_several_courses_start_as_many_days_apart_as_they_say():
    second = order_for(child(weight="17 kg"), course=2, start=START + timedelta(days=36))
    both = ordered([order_for(), second])
    assert both.times.tolist() == [0, 240, 36 * 24, 36 * 24 + 240]
    assert both.occasions.tolist() == [0, 0, 1, 1]
    assert both.rates[2] * 240 == pytest.approx(float(second.course_dose.value.to("mg")), rel=1e-13)
    assert ordered([order_for(), second], interval_hours=840).times[2] == 840


def test_an_order_in_steps_follows_its_steps():
    born, choice = START - timedelta(days=13 * 365), {"dose_rule": "fixed-low-first-week", "reason": "first course"}
    patient = child(weight="46 kg", height="160 cm", born=born, findings={}, choice=choice)
    schedule = ordered(order_for(patient, BLINATUMOMAB))
    assert schedule.times.tolist() == [0, 168, 672]
    assert schedule.rates * 24_000 == pytest.approx([9, 28, 0], rel=1e-13)


# -- a ledger: what was really given


def exactly(schedule, ledgers):
    """Whether the schedule gives what the ledgers delivered."""
    delivered = float(sum(one.delivered.to("mg") for one in ledgers))
    assert amount(schedule) == pytest.approx(delivered, rel=1e-12)
    assert (schedule.rates >= 0).all()
    assert schedule.rates[-1] == 0


def test_an_undisturbed_course_is_given_in_two_cassettes_at_its_rate():
    ledger = account(plan_of(), undisturbed().events)
    schedule = given(ledger)
    exactly(schedule, [ledger])
    assert schedule.times.tolist() == [0, 240]
    assert schedule.rates[0] == pytest.approx(2 * 0.142013464411, rel=1e-12)


def test_an_interruption_is_a_gap():
    pump = Pump().attach(-0.5, 1, primed=5).start(0).stop(30).start(42).stop(115)
    ledger = account(plan_of(), pump.events)
    schedule = given(ledger)
    exactly(schedule, [ledger])
    assert schedule.times.tolist() == [0, 30, 42, 115]
    assert schedule.rates.tolist()[1] == 0
    assert rate_at(schedule, 36) == 0
    assert rate_at(schedule, 50) == rate_at(schedule, 20) > 0


def test_half_a_rate_is_half_a_dose():
    pump = Pump().attach(-0.5, 1, primed=5).start(0).stop(24).start(24, rate=1.0).stop(115)
    ledger = account(plan_of(), pump.events)
    schedule = given(ledger)
    exactly(schedule, [ledger])
    assert rate_at(schedule, 60) == pytest.approx(rate_at(schedule, 12) / 2, rel=1e-12)


def test_what_was_weighed_goes_before_what_was_counted():
    pump = Pump().attach(-0.5, 1, primed=5).start(0).stop(115)
    counted = account(plan_of(), pump.events)
    found = account(plan_of(), [*pump.events, weighed(116, 1, 40)])
    assert found.delivered != counted.delivered
    exactly(given(found), [found])
    assert given(found).times.tolist() == given(counted).times.tolist()


def test_a_pump_that_stands_still_between_days_gives_days():
    pump = Pump()
    for day in range(5):
        pump.attach(24 * day - 0.5, day + 1, shows=100).start(24 * day, rate=12.5).stop(24 * day + 8, "complete")
    ledger = account(daily(), pump.events)
    schedule = given(ledger)
    exactly(schedule, [ledger])
    assert schedule.times.tolist() == [hour for day in range(5) for hour in (24 * day, 24 * day + 8)]


def test_courses_of_one_child_are_occasions_in_order_of_time():
    first = account(plan_of(), undisturbed().events)
    shift = timedelta(days=35)
    second_plan = read_plan(_shifted(course(), shift))
    second = account(second_plan, [_later(event, shift) for event in undisturbed().events])
    schedule = given([second, first])
    exactly(schedule, [first, second])
    assert schedule.times.tolist() == [0, 240, 840, 1080]
    assert schedule.occasions.tolist() == [0, 0, 1, 1]


def test_hours_count_from_any_moment():
    ledger = account(plan_of(), undisturbed().events)
    assert beginning(ledger) == at(0)
    assert given(ledger, since=at(-12)).times.tolist() == [12, 252]


def test_what_was_weighed_without_a_word_of_the_pump_is_spread_over_the_connection():
    events = [
        hand(0, Kind.CONNECTED, 1, container=1),
        hand(100, Kind.DISCONNECTED, 2, container=1),
        weighed(101, 1, 45, number=3),
    ]
    ledger = account(plan_of(), events)
    assert ledger.delivered.magnitude > 0
    schedule = given(ledger, since=at(0))
    exactly(schedule, [ledger])
    assert schedule.times.tolist() == [0, 100]


def test_what_left_a_container_at_an_unknown_time_is_refused():
    ledger = account(plan_of(), [weighed(101, 1, 45)])
    assert ledger.delivered.magnitude > 0
    with pytest.raises(Refused) as caught:
        given(ledger, since=at(0))
    assert caught.value.refusals[0].code == "dosing.unknown-when"
    assert "mg" in caught.value.refusals[0].text("nl")


def _shifted(value, shift):
    """A course file with every instant moved."""
    if isinstance(value, dict):
        return {key: _shifted(inner, shift) for key, inner in value.items()}
    if isinstance(value, list):
        return [_shifted(inner, shift) for inner in value]
    is_instant = isinstance(value, str) and value.startswith("2027-")
    return (datetime.fromisoformat(value) + shift).isoformat() if is_instant else value


def _later(event, shift):
    return replace(event, received_at=event.received_at + shift, pump_time=event.pump_time + shift)


# -- typed by hand


def test_infusions_typed_by_hand_add_up_where_they_overlap():
    schedule = typed([
        TypedInfusion.read(begins="0 h", lasts="10 h", dose="5 mg"),
        TypedInfusion.read(begins="5 h", lasts="10 h", dose="20 mg"),
        TypedInfusion.read(begins="2 days", lasts="0 h", dose="1 mg"),
        TypedInfusion.read(begins="35 days", lasts="1 day", dose="24 mg", course=2),
    ])  # fmt: skip
    assert schedule.times.tolist() == [0, 5, 10, 15, 48, 840, 864]
    assert schedule.rates.tolist() == [0.5, 2.5, 2, 0, 0, 1, 0]
    assert schedule.boluses.tolist() == [0, 0, 0, 0, 1, 0, 0]
    assert schedule.occasions.tolist() == [0, 0, 0, 0, 0, 1, 1]


TYPED_WRONG = {
    "international units": ({"dose": "5 IU"}, [("quantity.other-kind", "dose")]),
    "no unit": ({"lasts": "10"}, [("quantity.no-unit", "lasts")]),
    "time that runs back": ({"lasts": "-10 h"}, [("quantity.negative", "lasts")]),
    "course nought": ({"course": 0}, [("dosing.courses", "course")]),
    "everything": (
        {"begins": "soon", "lasts": "5 mL", "dose": "-1 mg"},
        [("quantity.unreadable", "begins"), ("quantity.other-kind", "lasts"), ("quantity.negative", "dose")],
    ),
}


@pytest.mark.parametrize("what", TYPED_WRONG)
def test_what_is_no_infusion_is_refused_in_words(what):
    values, found = TYPED_WRONG[what]
    with pytest.raises(Refused) as caught:
        TypedInfusion.read(**({"begins": "0 h", "lasts": "10 h", "dose": "5 mg"} | values))
    assert [(one.code, one.field) for one in caught.value.refusals] == found
    assert all(one.text(language) for one in caught.value.refusals for language in LANGUAGES)


# -- antibodies


def test_antibodies_raise_clearance_from_their_very_hour():
    drawn = draw(population(occasions=2), 0, 200)
    schedule = regimen(protocol_of(LONG), drawn.covariates, courses=2)
    individuals, switched = with_antibodies(drawn, schedule)
    with_them = np.flatnonzero(np.isfinite(drawn.antibody_day))
    one = int(with_them[0])
    mine, hour = switched.part(one, one + 1), drawn.antibody_day[one] * 24
    assert hour in mine.times
    assert mine.times.size == 5
    assert (mine.occasions[mine.times < hour] < 2).all()
    assert (mine.occasions[mine.times >= hour] >= 2).all()
    assert individuals.clearance[one, 3] == drawn.individuals.clearance[one, 1] * drawn.clearance_times
    assert individuals.volume[one, 3] == drawn.individuals.volume[one, 1]
    assert amount(switched, one) == pytest.approx(amount(schedule, one), rel=1e-13)
    other = int(np.flatnonzero(~np.isfinite(drawn.antibody_day))[0])
    assert switched.part(other, other + 1).occasions.tolist() == [0, 0, 1, 1]


def test_without_antibodies_nothing_changes():
    drawn = draw(population(antibodies=False), 0, 5)
    schedule = regimen(protocol_of(LONG), drawn.covariates, courses=1)
    individuals, same = with_antibodies(drawn, schedule)
    assert individuals is drawn.individuals
    assert same is schedule


def test_antibodies_are_counted_alike_however_the_children_are_split():
    """Also for a part in which nobody makes them: it must not be calculated along another way."""
    people = population(occasions=2)
    whole = draw(people, 0, 30)
    individuals, switched = with_antibodies(whole, regimen(protocol_of(LONG), whole.covariates, courses=2))
    for number in range(30):
        alone = draw(people, number, number + 1)
        mine, own = with_antibodies(alone, regimen(protocol_of(LONG), alone.covariates, courses=2))
        there = switched.part(number, number + 1)
        assert mine.clearance.tobytes() == individuals.clearance[number].tobytes()
        for one, other in ((own.times, there.times), (own.rates, there.rates), (own.occasions, there.occasions)):
            assert one.tobytes() == other.tobytes()
        assert not own.shared
