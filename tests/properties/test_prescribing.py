"""What holds for every child and every order: doses scale, criteria turn once, and every number can say why.

Formulas are calculated a second time from the JSON of a derivation, with floats and by another evaluator, so that
an error in the exact arithmetic cannot hide behind itself.
"""

import math
from datetime import date, timedelta

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st
from prescribing.cases import LONG, SHORT, START, TODAY, child, order_for, protocol_of, with_dose
from prescribing.second_opinion import disagreements, floats

from ransel.language import Refusal
from ransel.prescribing import BODY_SURFACE_FORMULAS, Findings, body_surface, effect_of, judge, supportive_days
from ransel.prescribing.bounds import check_patient
from ransel.protocols import validate
from ransel.quantities import DoseRate, Duration, Length, Mass, Quantity, Rate, Ratio, Rounding, Volume

pytestmark = pytest.mark.property

PROTOCOL = protocol_of(LONG)
BANDS = PROTOCOL.bounds.by_age.value
IN_FLOATS = {
    "mosteller": lambda kg, cm: math.sqrt(kg * cm / 3600),
    "haycock": lambda kg, cm: 0.024265 * kg**0.5378 * cm**0.3964,
    "du-bois": lambda kg, cm: 0.007184 * kg**0.425 * cm**0.725,
    "gehan-george": lambda kg, cm: 0.0235 * kg**0.51456 * cm**0.42246,
    "boyd": lambda kg, cm: 0.0003207 * (1000 * kg) ** (0.7285 - 0.0188 * math.log10(1000 * kg)) * cm**0.3,
    "weight-only": lambda kg, _: 4.688e-4 * (1000 * kg) ** (0.8168 - 0.0154 * math.log10(1000 * kg)),
}
THRESHOLDS = {
    "oxygen-saturation": (94, "%", lambda value: value > 94),
    "neutrophils": (500, "/uL", lambda value: value >= 500),
    "platelets": (20000, "/uL", lambda value: value >= 20000),
    "haemoglobin": (8, "g/dL", lambda value: value > 8),
    "alt": (5, "xULN", lambda value: value < 5),
    "ast": (5, "xULN", lambda value: value < 5),
    "kidney-function": (60, "mL/min/1.73m2", lambda value: value > 60),
}


def grams(least=1500, most=150_000):
    return st.integers(least, most).map(lambda number: Mass(number, "g"))


def millimetres(least=350, most=2100):
    return st.integers(least, most).map(lambda number: Length(number, "mm"))


@st.composite
def children(draw, from_age=1, chosen="area"):
    """Children whom the protocol accepts, between the recommended bounds of their age."""
    index = draw(st.integers(0, len(BANDS) - 1))
    band = BANDS[index]
    assume(band.from_age >= from_age)
    weight = draw(grams(int(band.weight.low.to("g")), min(int(band.weight.high.to("g")), 90_000)))
    height = draw(millimetres(int(band.height.low.to("mm")), int(band.height.high.to("mm"))))
    choice = {"choice": {"dose_rule": chosen, "reason": "for a test"}} if weight <= Mass("12 kg") else {}
    born = date(TODAY.year - band.from_age, 1, 1) - timedelta(days=draw(st.integers(0, 30)))
    return child(born=born, weight=weight.text("en", "g"), height=height.text("en", "mm"), **choice)


# body surface


@given(st.sampled_from(sorted(BODY_SURFACE_FORMULAS)), grams(), millimetres())
def test_body_surface_agrees_with_the_published_formula_in_floats(formula, weight, height):
    exact = float(body_surface(formula, weight, height).value.to("m2"))
    assert math.isclose(exact, IN_FLOATS[formula](float(weight.to("kg")), float(height.to("cm"))), rel_tol=1e-12)


@given(st.sampled_from(sorted(BODY_SURFACE_FORMULAS)), grams(), grams(), millimetres())
def test_a_heavier_child_of_the_same_height_never_has_less_body_surface(formula, one, other, height):
    surfaces = [body_surface(formula, weight, height).value for weight in sorted((one, other))]
    assert surfaces == sorted(surfaces)


@given(grams(), millimetres())
def test_a_rounded_body_surface_lies_half_a_step_or_less_from_the_unrounded_one(weight, height):
    surface = body_surface("mosteller", weight, height, rounding=Rounding.read("nearest 0.01 m2"))
    assert abs(surface.value.to("m2") - surface.unrounded.to("m2")) * 200 <= 1
    assert surface.recompute() == surface.value


# guard rails


@given(st.sampled_from(BANDS), st.data(), st.sampled_from([10, 100, 1000]), st.booleans())
@pytest.mark.hazard("HZ-003")
def test_a_usual_weight_or_height_with_the_point_in_the_wrong_place_is_never_accepted_in_silence(
    band, data, slip, times
):
    wide, unit, field = data.draw(st.sampled_from([(band.weight, "g", "weight"), (band.height, "mm", "height")]))
    usual = data.draw(st.integers(int(wide.low.to(unit)), int(wide.high.to(unit))))
    usual_other = {"weight": band.height.low.text("en", "mm"), "height": band.weight.low.text("en", "g")}[field]
    slipped = Quantity(usual * slip if times else usual, unit) / (1 if times else slip)
    values = {field: slipped.plain_text(), {"weight": "height", "height": "weight"}[field]: usual_other}
    patient = child(born=date(TODAY.year - band.from_age, 1, 1), measured=TODAY, **values)
    found = list(check_patient(patient, PROTOCOL.bounds, TODAY, START))
    assert any((isinstance(one, Refusal) and one.field == field) or field in getattr(one, "code", "") for one in found)


@given(grams(5000, 60_000), grams(5000, 60_000))
def test_a_change_of_weight_is_asked_about_from_5_percent_on_and_never_below(before, now):
    previous = {"weight": before.text("en", "g"), "height": "102 cm", "measured": date(2026, 12, 18)}
    patient = child(weight=now.text("en", "g"), previous=previous)
    asked = any(
        getattr(one, "code", "") == "changed.weight" for one in check_patient(patient, PROTOCOL.bounds, TODAY, START)
    )
    assert asked == (abs(now.to("g") - before.to("g")) * 20 >= before.to("g"))


@given(st.dates(date(2000, 1, 1), date(2026, 12, 31)), st.integers(0, 36_000))
def test_age_counts_birthdays(born, days):
    day = born + timedelta(days=days)
    years = child(born=born, measured=max(born, TODAY)).age_in_years(day)
    birthdays = sum(
        1
        for year in range(born.year + 1, day.year + 1)
        if (year, born.month, born.day) <= (day.year, day.month, day.day)
    )
    assert years == birthdays


# criteria


@given(st.sampled_from(sorted(THRESHOLDS)), st.integers(-300, 300), st.integers(0, 4))
def test_a_criterion_holds_on_one_side_of_its_threshold_only(criterion, off, decimals):
    threshold, unit, holds = THRESHOLDS[criterion]
    value = Quantity(threshold, unit) + Quantity(off, unit) / 10**decimals
    most = next(one.impossible_above for one in PROTOCOL.criteria if one.id == criterion)
    assume(value.magnitude >= 0 and value <= most.value)
    findings = validate(Findings, {criterion: f"{value.plain(unit)} {unit}"}, "findings")
    state = {one.criterion.id: one.state for one in judge(PROTOCOL.criteria, findings)}
    assert state.pop(criterion) == ("met" if holds(value.to(unit)) else "not-met")
    assert set(state.values()) == {"missing"}


# the order


@given(children())
def test_a_dose_by_body_surface_scales_with_body_surface_and_with_nothing_else(patient):
    order = order_for(patient)
    assert order.daily_dose.value / order.body_surface.value == Quantity("10 mg/m2/day")
    assert order.course_dose.value / order.body_surface.value == Quantity("100 mg/m2")


@given(children(), children())
def test_more_body_surface_never_gives_a_lower_dose(one, other):
    orders = sorted((order_for(one), order_for(other)), key=lambda order: order.body_surface.value.magnitude)
    assert orders[0].daily_dose.value <= orders[1].daily_dose.value


@given(children())
def test_the_old_and_the_new_regimen_give_the_same_dose_per_course(patient):
    assert order_for(patient, LONG).course_dose.value == order_for(patient, SHORT).course_dose.value


@given(grams(5001, 40_000))
@pytest.mark.hazard("HZ-007")
def test_no_weight_gets_a_dose_by_a_rule_that_nobody_chose_while_another_applies(weight):
    rules = [rule for rule in PROTOCOL.dose.rules if rule.applies_to(weight)]
    assert len(rules) == (2 if weight <= Mass("12 kg") else 1)


@given(children(), st.sampled_from(["none", "nearest 0.01 m2", "up 0.05 m2", "down 0.1 m2"]))
@pytest.mark.hazard("HZ-018")
def test_the_order_is_rounded_only_where_the_protocol_says_and_once(patient, rule):
    order = order_for(patient, with_dose(PROTOCOL, surface_rounding=Rounding.read(rule)))
    rounded = {node.name for node in order.course_dose.walk() if node.rounding.step is not None}
    assert rounded == (set() if rule == "none" else {"body_surface"})
    assert order.course_dose.value == Mass(order.body_surface.value * Quantity("100 mg/m2"))


@given(
    children(),
    st.sampled_from([LONG, SHORT]),
    st.sampled_from(sorted(BODY_SURFACE_FORMULAS)),
    st.sampled_from(["none", "nearest 0.1 mg/day", "up 0.5 mg/day"]),
)
@pytest.mark.hazard("HZ-031")
def test_every_dose_says_why_and_a_second_calculation_from_its_json_agrees(patient, name, formula, rounding):
    protocol = with_dose(protocol_of(name), body_surface=formula, daily_rounding=Rounding.read(rounding))
    order = order_for(patient, protocol)
    single_doses = [day.single_dose for day in supportive_days(order) if day.single_dose is not None]
    for derivation in (order.course_dose, order.daily_dose, order.body_surface, *single_doses):
        assert derivation.recompute() == derivation.value
        assert not list(disagreements(derivation.as_json()))


@given(children())
def test_every_leaf_of_a_dose_is_entered_or_has_a_source_or_a_reason(patient):
    for node in order_for(patient).course_dose.walk():
        if not node.formula and node.name not in {"weight", "height", "dosing_time"}:
            assert node.source or node.note


def test_the_second_calculation_notices_a_formula_that_was_not_the_one_used():
    tree = order_for().daily_dose.as_json()
    tree["formula"] = "dose_per_area * body_surface * 2"
    assert [name for name, _, _ in disagreements(tree)] == ["daily_dose"]
    assert floats("7 mg/m2/day")[0] == 7


# modifications


@given(
    st.sampled_from(PROTOCOL.modifications),
    st.integers(0, 240 * 60),
    st.integers(1, 500).map(lambda number: Rate(number, "mL/h") / 10),
)
@pytest.mark.hazard("HZ-008")
def test_what_lags_behind_is_what_runs_in_during_the_delay(modification, minutes, rate):
    lasting, daily = Duration(minutes, "min"), DoseRate("6.8 mg/day")
    effect = effect_of(modification, rate, daily, lasting)
    assert effect.volume_behind + Volume(effect.rate * lasting) == Volume(rate * lasting)
    assert Volume(rate * effect.end_later) == effect.volume_behind
    assert Mass(daily * effect.end_later) == effect.dose_behind
    assert Ratio("0 %") <= Ratio(effect.rate / rate) <= Ratio("100 %")
