"""The order: what is given, with the way to every number."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import date

from ransel.evidence import Derivation, derive, given
from ransel.language import Joined, Level, Message, Notice, Refusal, Refused, notice, refuse
from ransel.prescribing.body_surface import body_surface
from ransel.prescribing.bounds import check_patient
from ransel.prescribing.criteria import Outcome, judge
from ransel.prescribing.patient import Findings, Patient
from ransel.protocols import DoseRule, DoseStep, Protocol
from ransel.quantities import Area, DoseRatePerArea, DoseRatePerWeight, Duration, Ratio, Shown


@dataclass(frozen=True, slots=True)
class StepDose:
    """The dose of one step of a course.

    Values:
        daily: dose per day, a DoseRate.
        total: dose of the whole step, a Mass.
        starts, lasts: when the step holds, counted in time of dosing.
    """

    daily: Derivation
    total: Derivation
    starts: Duration
    lasts: Duration


@dataclass(frozen=True, slots=True)
class Order:
    """One course for one patient, before it is made and planned.

    Values:
        body_surface: an Area, None when no dose rests on it.
        steps: the doses in order; one for most protocols.
        course_dose: a Mass.
        alternatives: the daily dose by every other rule that applies to this patient.
        criteria: how each start criterion stands.
        notices: what a person must see or confirm.
    """

    patient: Patient
    protocol: Protocol
    course_number: int
    start: date
    rule: DoseRule
    reason: str
    body_surface: Derivation
    steps: tuple[StepDose, ...]
    course_dose: Derivation
    alternatives: tuple[tuple[DoseRule, Derivation], ...]
    criteria: tuple[Outcome, ...]
    notices: tuple[Notice, ...]

    @property
    def daily_dose(self) -> Derivation:
        """The daily dose, of the first step where there are more."""
        return self.steps[0].daily


def prescribe(patient: Patient, protocol: Protocol, course_number: int, today: date, start: date) -> Order:
    """Return the order for a course of this protocol.

    `today` is the day of ordering, `start` the day of connecting.

    Raises:
        Refused: with every reason at once: bounds, measurement, product, a choice that must be made.
    """
    found = list(_checks(patient, protocol, course_number, today, start))
    refusals = [finding for finding in found if isinstance(finding, Refusal)]
    if refusals:
        raise Refused(refusals)
    surface = _body_surface(patient, protocol)
    rule, reason = _choose(patient, protocol, surface)
    steps = tuple(_steps(rule, patient, protocol, surface))
    alternatives = _alternatives(rule, patient, protocol, surface)
    criteria = judge(protocol.criteria, patient.findings, too_old=_findings_too_old(patient, protocol, start))
    notices = [finding for finding in found if isinstance(finding, Notice)]
    notices += _criteria_notices(criteria, patient, protocol, start)
    notices += _choice_notices(patient, steps[0].daily, alternatives)
    return Order(
        patient=patient,
        protocol=protocol,
        course_number=course_number,
        start=start,
        rule=rule,
        reason=reason,
        body_surface=surface,
        steps=steps,
        course_dose=_sum("course_dose", protocol.dose.unit, [step.total for step in steps]),
        alternatives=alternatives,
        criteria=criteria,
        notices=tuple(notices),
    )


def judged_again(order: Order, findings: Findings) -> Order:
    """Return the order with its start criteria judged by these findings, which came after it was written.

    Raises:
        Refused: for a finding that no criterion asks for, or of another kind.
    """
    patient, protocol = order.patient.model_copy(update={"findings": findings}), order.protocol
    too_old = _findings_too_old(patient, protocol, order.start)
    criteria = judge(protocol.criteria, findings, too_old=too_old)
    others = tuple(one for one in order.notices if not one.code.startswith(("criterion.", "criteria.")))
    notices = (*others, *_criteria_notices(criteria, patient, protocol, order.start))
    return replace(order, patient=patient, criteria=criteria, notices=notices)


def _checks(
    patient: Patient, protocol: Protocol, course_number: int, today: date, start: date
) -> Iterator[Refusal | Notice]:
    courses = protocol.course.courses.value
    if not 1 <= course_number <= courses:
        yield Refusal("course.number", "course", str(course_number), {"courses": courses})
    if start < today:
        yield Refusal("start.in-the-past", "start", str(start), {"today": today})
    if patient.product is not None and patient.product != protocol.product.name:
        product = protocol.product
        yield Refusal("product.other", "product", patient.product, {"name": product.name, "protocol": protocol.id})
    if protocol.status != "active":
        yield notice("protocol.not-active", Level.WARN, protocol=protocol.id, status=protocol.status)
    yield from check_patient(patient, protocol.bounds, today, start)
    if protocol.product.not_to_be_confused_with:
        others = ", ".join(protocol.product.not_to_be_confused_with)
        product = protocol.product
        yield notice("look-alike", Level.INFORM, name=product.name, substance=product.substance, others=others)
    if protocol.use.outside_label:
        use = protocol.use
        ground = {"local": use.local_protocol, "approved_by": use.approved_by}
        yield notice("use.off-label-home", Level.WARN, says=use.label_says.value, **ground)


def _criteria_notices(
    criteria: tuple[Outcome, ...], patient: Patient, protocol: Protocol, start: date
) -> Iterator[Notice]:
    for outcome in criteria:
        if outcome.state in {"not-met", "missing"}:
            yield notice(
                f"criterion.{outcome.state}",
                Level.WARN,
                title=outcome.criterion.title,
                limit=outcome.limit,
                found=outcome.found_in_words,
            )
    taken, most = patient.findings.taken, protocol.handling.criteria_not_older_than.value
    if patient.findings.values and taken is None:
        yield notice("criteria.undated", Level.WARN)
    elif taken is not None and _findings_too_old(patient, protocol, start):
        yield notice("criteria.old", Level.WARN, taken=taken, most=Shown(most, "h"))


def _findings_too_old(patient: Patient, protocol: Protocol, start: date) -> bool:
    """Whether the findings are too old at the start, or have no date that says how old they are.

    A day without an hour counts from its midnight, and the start as the end of its day: never younger than true.
    """
    taken = patient.findings.taken
    if taken is None:
        return bool(patient.findings.values)
    return Duration((start - taken).days + 1, "day") > protocol.handling.criteria_not_older_than.value


def _choice_notices(
    patient: Patient, chosen: Derivation, alternatives: tuple[tuple[DoseRule, Derivation], ...]
) -> Iterator[Notice]:
    if patient.choice is None:
        return
    for rule, daily in alternatives:
        difference = abs(Ratio((daily.value - chosen.value) / chosen.value))
        yield notice(
            "dose.chosen",
            Level.WARN,
            rule=patient.choice.dose_rule,
            reason=patient.choice.reason,
            other=Message("word.rule-gives", {"rule": rule.title, "dose": Shown(daily.value, daily.unit)}),
            difference=Shown(difference, "%", 0),
        )


def _body_surface(patient: Patient, protocol: Protocol) -> Derivation:
    dose = protocol.dose
    surface = body_surface(
        dose.body_surface, patient.weight, patient.height,
        rounding=dose.surface_rounding, reason=dose.body_surface_source,
    )  # fmt: skip
    area, bounds = Area(surface.value), protocol.bounds
    if not bounds.body_surface_least.value <= area <= bounds.body_surface_most.value:
        refuse("body-surface.impossible", "body_surface", area.text("en", "m2"))
    return surface


def _choose(patient: Patient, protocol: Protocol, surface: Derivation) -> tuple[DoseRule, str]:
    """Return the dose rule and the reason for it. Where sources disagree the prescriber sees both and chooses."""
    rules = [rule for rule in protocol.dose.rules if rule.applies_to(patient.weight)]
    if not rules:
        refuse("dose.no-rule", "weight", patient.weight.text("en", "kg"), protocol=protocol.id)
    if patient.choice is not None:
        for rule in rules:
            if rule.id == patient.choice.dose_rule:
                return rule, patient.choice.reason
        known = ", ".join(rule.id for rule in rules)
        refuse("dose.rule-unknown", "choice.dose_rule", patient.choice.dose_rule, known=known)
    if len(rules) > 1:
        offers = Joined(tuple(_offer(rule, patient, protocol, surface) for rule in rules))
        refuse("dose.choose", "choice.dose_rule", "", weight=Shown(patient.weight, "kg"), offers=offers)
    return rules[0], ""


def _offer(rule: DoseRule, patient: Patient, protocol: Protocol, surface: Derivation) -> Message:
    daily = _daily(rule.steps[0], patient, protocol, surface)
    return Message("word.rule-offers", {"id": rule.id, "dose": Shown(daily.value, daily.unit)})


def _alternatives(
    chosen: DoseRule, patient: Patient, protocol: Protocol, surface: Derivation
) -> tuple[tuple[DoseRule, Derivation], ...]:
    return tuple(
        (rule, _daily(rule.steps[0], patient, protocol, surface))
        for rule in protocol.dose.rules
        if rule.id != chosen.id and rule.applies_to(patient.weight)
    )


def _steps(rule: DoseRule, patient: Patient, protocol: Protocol, surface: Derivation) -> Iterator[StepDose]:
    course = protocol.course
    whole = Duration(course.covers.value * course.infusions.value)
    starts = Duration("0 h")
    for step in rule.steps:
        lasts = step.lasts.value if step.lasts is not None else whole - starts
        daily = _daily(step, patient, protocol, surface)
        ground = step.lasts if step.lasts is not None else course.covers
        time = given("dosing_time", ground.model_copy(update={"value": lasts}), "h")
        total = derive("step_dose", protocol.dose.unit, "daily_dose * dosing_time", daily, time)
        yield StepDose(daily, total, starts, lasts)
        starts = starts + lasts
    if starts != whole:
        refuse("dose.steps-do-not-fill-course", "dose.rules", rule.id, whole=whole, steps=starts)


def _daily(step: DoseStep, patient: Patient, protocol: Protocol, surface: Derivation) -> Derivation:
    unit = f"{protocol.dose.unit}/day"
    formula, inputs = _basis(step, patient, surface)
    if step.at_most is not None:
        formula, inputs = f"min({formula}, at_most)", (*inputs, given("at_most", step.at_most, unit))
    return derive("daily_dose", unit, formula, *inputs, rounding=protocol.dose.daily_rounding)


def _basis(step: DoseStep, patient: Patient, surface: Derivation) -> tuple[str, tuple[Derivation, ...]]:
    per = step.per.value
    if isinstance(per, DoseRatePerArea):
        return "dose_per_area * body_surface", (given("dose_per_area", step.per, "mg/m2/day"), surface)
    if isinstance(per, DoseRatePerWeight):
        weight = given("weight", patient.weight, "kg")
        return "dose_per_weight * weight", (given("dose_per_weight", step.per, "mg/kg/day"), weight)
    return "flat_dose", (given("flat_dose", step.per, "mg/day"),)


def _sum(name: str, unit: str, parts: list[Derivation]) -> Derivation:
    terms = [part.named(f"{part.name}_{number}") for number, part in enumerate(parts, 1)] if len(parts) > 1 else parts
    return derive(name, unit, " + ".join(term.name for term in terms), *terms)
