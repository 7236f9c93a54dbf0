"""The order: which rule gives the dose, what is rounded, and what stands in the way of ordering at all."""

from datetime import date, timedelta

import pytest
from prescribing.cases import AT_HOME, LONG, SHELF, SHORT, START, TODAY, child, codes, order_for, refusals, with_dose

from ransel.language import LANGUAGES
from ransel.protocols import DoseRule
from ransel.quantities import DoseRate, Mass, Ratio, Rounding

SMALL = {"weight": "12 kg", "height": "85 cm"}
BY_WEIGHT = {"dose_rule": "weight", "reason": "as HR-NBL2"}


def daily(order, digits=4):
    return order.daily_dose.value.text("en", "mg/day", digits)


# the worked example


def test_ten_days_of_24_hours_give_6_8166_mg_a_day_and_68_166_mg_a_course():
    order = order_for()
    assert daily(order) == "6.8166 mg/day"
    assert order.course_dose.value.text("en", "mg", 3) == "68.166 mg"


def test_five_days_of_8_hours_give_13_633_mg_a_day_and_the_same_course():
    order = order_for(protocol=SHORT)
    assert daily(order, 3) == "13.633 mg/day"
    assert order.course_dose.value == order_for().course_dose.value


# up to 12 kg sources disagree


@pytest.mark.hazard("HZ-007")
def test_at_exactly_12_kg_no_rule_is_chosen_and_both_doses_are_offered():
    (refusal,) = refusals(order_for, child(**SMALL))
    assert (refusal.code, refusal.field) == ("dose.choose", "choice.dose_rule")
    offer = refusal.text("en")
    assert all(part in offer for part in ("12 kg", "5.323 mg/day", "3.96 mg/day"))


@pytest.mark.hazard("HZ-007")
def test_just_above_12_kg_only_body_surface_counts():
    order = order_for(child(**{**SMALL, "weight": "12.001 kg"}))
    assert (order.rule.id, order.alternatives) == ("area", ())
    assert daily(order, 2) == "5.32 mg/day"


@pytest.mark.hazard("HZ-007")
@pytest.mark.parametrize(("rule", "dose", "other"), [("weight", "3.96", "5.32"), ("area", "5.32", "3.96")])
def test_the_chosen_rule_gives_the_dose_and_the_other_dose_stays_beside_it(rule, dose, other):
    order = order_for(child(**SMALL, choice={"dose_rule": rule, "reason": "as HR-NBL2"}))
    assert (order.rule.id, order.reason, daily(order, 2)) == (rule, "as HR-NBL2", f"{dose} mg/day")
    ((_, beside),) = order.alternatives
    assert beside.value.text("en", "mg/day", 2) == f"{other} mg/day"


@pytest.mark.hazard("HZ-007")
def test_the_step_between_the_two_rules_at_12_kg_is_26_percent():
    order = order_for(child(**SMALL, choice={"dose_rule": "area", "reason": "label"}))
    step = Ratio((order.daily_dose.value - order.alternatives[0][1].value) / order.daily_dose.value)
    assert step.text("en", "%", 0) == "26 %"


@pytest.mark.hazard("HZ-007")
def test_a_choice_is_shown_with_its_reason_and_with_what_the_other_rule_gives():
    order = order_for(child(**SMALL, choice=BY_WEIGHT))
    (notice,) = [one for one in order.notices if one.code == "dose.chosen"]
    assert all(part in notice.text("en") for part in ("as HR-NBL2", "5.323 mg/day", "34 %"))
    assert all(notice.text(language) for language in LANGUAGES)


@pytest.mark.hazard("HZ-007")
def test_a_choice_needs_a_reason():
    (refusal,) = refusals(child, **SMALL, choice={"dose_rule": "weight", "reason": " "})
    assert (refusal.code, refusal.field) == ("text.empty", "child.choice.reason")


@pytest.mark.hazard("HZ-007")
@pytest.mark.parametrize(("weight", "rule"), [("16.4 kg", "weight"), ("12 kg", "gewicht")])
def test_a_rule_that_is_not_meant_for_this_weight_cannot_be_chosen(weight, rule):
    patient = child(weight=weight, height="90 cm", choice={"dose_rule": rule, "reason": "habit"})
    (refusal,) = refusals(order_for, patient)
    assert (refusal.code, refusal.value) == ("dose.rule-unknown", rule)


def test_at_exactly_5_kg_the_rule_for_more_than_5_kg_does_not_hold():
    baby = {"born": date(2025, 12, 1), "height": "66 cm"}
    assert order_for(child(weight="5 kg", **baby)).alternatives == ()
    assert codes(refusals(order_for, child(weight="5.001 kg", **baby))) == ["dose.choose"]


def test_a_protocol_without_a_rule_for_this_weight_gives_no_order():
    protocol = SHELF.protocol(LONG)
    only_small = with_dose(protocol, rules=protocol.dose.rules[1:])
    assert codes(refusals(order_for, child(), only_small)) == ["dose.no-rule"]


# a dose in steps, and a most


def stepped(*steps, at_most=""):
    """The rule by area with these steps: dose per m² a day, and how long it lasts."""

    def sourced(value):
        return {"value": value, "confidence": "A", "note": "for a test"}

    tables = {"id": "area", "title": {"en": "steps", "nl": "stappen"}, "steps": ()}
    for per, lasts in steps:
        step = {"per": sourced(per)} | ({"lasts": sourced(lasts)} if lasts else {})
        tables["steps"] += (step | ({"at_most": sourced(at_most)} if at_most else {}),)
    return with_dose(SHELF.protocol(LONG), rules=(DoseRule.model_validate(tables),))


def test_the_course_dose_of_a_stepped_dose_is_the_sum_of_its_steps():
    order = order_for(child(), stepped(("5 mg/m2/day", "48 h"), ("10 mg/m2/day", "")))
    assert [step.lasts.text("en", "h") for step in order.steps] == ["48 h", "192 h"]
    assert order.course_dose.value == Mass(order_for().course_dose.value * Ratio("90 %"))
    assert order.daily_dose.value == DoseRate(order_for().daily_dose.value * Ratio("50 %"))


@pytest.mark.parametrize("lasts", ["239 h", "241 h"])
def test_steps_that_do_not_fill_the_course_are_refused(lasts):
    assert codes(refusals(order_for, child(), stepped(("10 mg/m2/day", lasts)))) == ["dose.steps-do-not-fill-course"]


def test_a_most_caps_the_dose_and_the_derivation_shows_the_cap():
    order = order_for(child(), stepped(("10 mg/m2/day", ""), at_most="6 mg/day"))
    assert order.daily_dose.value == DoseRate("6 mg/day")
    assert order.daily_dose.formula == "min(dose_per_area * body_surface, at_most)"


# rounding


@pytest.mark.hazard("HZ-018")
def test_by_default_nothing_is_rounded_before_the_pharmacy_measures():
    assert all(node.rounding.step is None for node in order_for().course_dose.walk())


@pytest.mark.hazard("HZ-018")
def test_a_rounded_body_surface_is_rounded_once_and_everything_after_it_follows_exactly():
    order = order_for(child(), with_dose(SHELF.protocol(LONG), surface_rounding=Rounding.read("nearest 0.01 m2")))
    assert order.daily_dose.value == DoseRate("6.8 mg/day")
    assert order.course_dose.value == Mass("68 mg")
    assert order.body_surface.unrounded.text("en", "m2", 6) == "0.681665 m²"
    assert [node.name for node in order.course_dose.walk() if node.rounding.step is not None] == ["body_surface"]


@pytest.mark.hazard("HZ-018")
@pytest.mark.parametrize(
    ("rule", "rounded"), [("nearest 0.1 mg/day", "6.8"), ("up 0.1 mg/day", "6.9"), ("down 0.5 mg/day", "6.5")]
)
def test_a_rounded_daily_dose_is_what_the_course_is_made_of(rule, rounded):
    order = order_for(child(), with_dose(SHELF.protocol(LONG), daily_rounding=Rounding.read(rule)))
    assert order.daily_dose.value == DoseRate(f"{rounded} mg/day")
    assert order.daily_dose.unrounded.text("en", "mg/day", 4) == "6.8166 mg/day"
    assert order.course_dose.value == Mass(order.daily_dose.value * order.steps[0].lasts)


# what stands in the way, and what is said


@pytest.mark.hazard("HZ-004")
@pytest.mark.parametrize("product", ["Unituxin", "dinutuximab", "qarziba 20 mg"])
def test_a_patient_who_gets_another_product_is_refused(product):
    (refusal,) = refusals(order_for, child(product=product))
    assert (refusal.code, refusal.value, refusal.values["name"]) == ("product.other", product, "Qarziba")


@pytest.mark.parametrize(("number", "expected"), [(0, False), (1, True), (5, True), (6, False)])
def test_a_course_has_a_number_from_one_to_five(number, expected):
    if expected:
        assert order_for(course=number).course_number == number
    else:
        assert codes(refusals(order_for, course=number)) == ["course.number"]


def test_a_start_before_today_is_refused():
    assert order_for(start=TODAY).start == TODAY
    assert codes(refusals(order_for, start=TODAY - timedelta(days=1))) == ["start.in-the-past"]


def test_everything_that_stands_in_the_way_is_said_at_once():
    patient = child(weight="164 kg", product="Unituxin", measured=START - timedelta(days=400))
    expected = ["course.number", "product.other", "measurement.too-old", "bounds.impossible"]
    assert codes(refusals(order_for, patient, course=9)) == expected


@pytest.mark.hazard("HZ-014")
def test_every_order_at_home_says_that_this_lies_outside_the_label_and_on_whose_word():
    order = order_for(protocol=AT_HOME)
    (notice,) = [one for one in order.notices if one.code == "use.off-label-home"]
    for language in LANGUAGES:
        assert order.protocol.use.local_protocol in notice.text(language)
        assert order.protocol.use.approved_by in notice.text(language)


@pytest.mark.hazard("HZ-014")
def test_an_order_in_hospital_says_nothing_about_home():
    assert "use.off-label-home" not in codes(order_for(protocol=LONG).notices)


@pytest.mark.parametrize("status", ["draft", "retired"])
def test_a_protocol_that_is_not_active_says_so_on_every_order(status):
    protocol = SHELF.protocol(LONG).model_copy(update={"status": status})
    assert "protocol.not-active" in codes(order_for(child(), protocol).notices)
