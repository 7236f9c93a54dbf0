"""The worksheet: everything a technician needs to make one container, and a pharmacist to check and release it."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from ransel.compounding import Released, WeighingStep, weighing_steps
from ransel.evidence import Confidence, Derivation
from ransel.language import Language, Level, Message
from ransel.papers.container_mark import mark_of
from ransel.papers.formula_line import formula_line, sources_of
from ransel.papers.typesetting import pdf
from ransel.papers.wording import day, derived, marked, moment, moment_before, of_this_container, sourced, start_limit
from ransel.planning import PlannedCourse, Preparation
from ransel.prescribing import Patient
from ransel.quantities import Mass, Rounding

UP, DOWN = Rounding.read("up 0.01 g"), Rounding.read("down 0.01 g")
"""The ends of a tolerance are shown rounded inwards: what is printed as allowed is allowed."""

WORDS = (
    "title", "patient", "born", "number", "protocol", "version", "course", "product", "contents", "density",
    "expected", "allowed", "lot", "expiry", "before", "after", "added", "in", "out", "vials", "result",
    "stability", "ways", "notices", "home", "legend", "signatures", "made-by", "checked-by", "released-by",
    "name", "signature", "when", "two-people", "draft", "released", "synthetic", "page", "page-of",
)  # fmt: skip


def worksheet(
    course: PlannedCourse, preparation: Preparation, language: Language, released: Released | None = None
) -> bytes:
    """Return the worksheet of one container as a PDF of A4 pages.

    With `released` its lots, weighings and names are filled in; without, it says that nothing is released yet.

    Raises:
        Refused: when `released` is of another container, or a name has a letter that no font has.
    """
    of_this_container(course, preparation, released)
    return pdf("worksheet.typ", _data(course, preparation, language, released))


def _data(
    course: PlannedCourse, preparation: Preparation, language: Language, released: Released | None
) -> dict[str, Any]:
    mark, order = mark_of(course, preparation), course.order
    protocol = order.protocol
    title = Message("on-worksheet.title").text(language)
    return {
        "language": language,
        "title": f"{title}: {mark.text(language)}, {course.code(preparation).batch}",
        "words": {word: Message(f"on-worksheet.{word}").text(language) for word in WORDS},
        "mark": mark.as_data(language),
        "site": course.agenda.site.name,
        "batch": course.code(preparation).batch,
        "patient": _patient(order.patient, order.body_surface, language),
        "protocol": {"id": protocol.id, "version": protocol.version, "title": protocol.title.text(language)},
        "course": Message("worksheet.course", _course_values(course)).text(language),
        "product": _product(course, language),
        "ordered": _ordered(course, preparation, language),
        "steps": [
            _step(course, step, language, released)
            for step in weighing_steps(preparation.container.recipe, protocol)
        ],
        "vials": _vials(course, preparation, language),
        "results": _results(preparation, language),
        "rate": _rate(preparation, language),
        "limits": _limits(course, preparation, language, released),
        "ways": [_way(result, language) for result in _derivations(course, preparation)],
        "home": _home(course, language),
        "notices": [
            {"level": notice.level.value, "text": notice.text(language)}
            for notice in course.notices
            if notice.code != "use.off-label-home"
        ],
        "legend": [
            {"mark": mark.value, "text": mark.text(language)} for mark in Confidence if mark is not Confidence.GIVEN
        ],
        "waiting": _waiting(course, language),
        "released": _released(course, released, language),
    }  # fmt: skip


def _waiting(course: PlannedCourse, language: Language) -> str:
    """Return what a go still waits for: start criteria that are not met, and notices that ask to be confirmed."""
    criteria = course.order.criteria
    waiting = sum(outcome.state != "met" for outcome in criteria)
    asked = sum(notice.level is Level.ASK for notice in course.notices)
    if not waiting and not asked:
        return ""
    return Message("worksheet.waiting", {"count": waiting, "all": len(criteria), "asked": asked}).text(language)


def _course_values(course: PlannedCourse) -> dict[str, object]:
    return {"number": course.order.course_number, "of": course.order.protocol.course.courses.value}


def _patient(patient: Patient, surface: Derivation, language: Language) -> dict[str, str]:
    measures = {
        "weight": patient.weight.text(language, "kg"),
        "height": patient.height.text(language, "cm"),
        "surface": surface.value.text(language, "m2", 3),
        "day": day(patient.measured, language),
    }
    return {
        "name": patient.name,
        "born": day(patient.born, language),
        "number": patient.number or "-",
        "measures": Message("worksheet.measures", measures).text(language),
    }


def _product(course: PlannedCourse, language: Language) -> dict[str, Any]:
    protocol = course.order.protocol
    product, others = protocol.product, ", ".join(protocol.product.not_to_be_confused_with)
    values = {"name": product.name, "others": others}
    return {
        "name": f"{product.name} ({product.substance})",
        "strength": sourced(product.strength, language, f"{protocol.dose.unit}/mL"),
        "warning": Message("worksheet.not-to-confuse", values).text(language) if others else "",
    }


def _ordered(course: PlannedCourse, preparation: Preparation, language: Language) -> list[dict[str, Any]]:
    """Return the dose of the day, of this container and of the course."""
    doses = (_daily(course, preparation), preparation.container.recipe.ordered, course.order.course_dose)
    return [{"name": dose.term.text(language), **derived(dose, language)} for dose in doses]


def _daily(course: PlannedCourse, preparation: Preparation) -> Derivation:
    """Return the daily dose that this container rests on; a course may have several."""
    inputs = preparation.container.recipe.ordered.inputs
    return next((node for node in inputs if node.name == "daily_dose"), course.order.daily_dose)


def _step(course: PlannedCourse, step: WeighingStep, language: Language, released: Released | None) -> dict[str, Any]:
    preparation, expected = course.order.protocol.preparation, Mass(step.expected.value)
    tolerance = (preparation.weighing_tolerance.confidence, preparation.least_weighing_tolerance.confidence)
    low, high = UP.apply(expected - step.tolerance), DOWN.apply(expected + step.tolerance)
    allowed = {"low": low.text(language, "g", 2).removesuffix(" g"), "high": high.text(language, "g", 2)}
    return {
        "name": step.ingredient.name.text(language),
        "volume": derived(step.ingredient.volume, language, 3, "mL"),
        "density": sourced(step.ingredient.density, language, "g/mL", 3),
        "expected": derived(step.expected, language, 2, "g"),
        "tolerance": marked(f"± {step.tolerance.text(language, 'g', 2)}", *tolerance),
        "allowed": Message("worksheet.allowed", allowed).text(language),
        "record": _recorded(step, language, released),
    }  # fmt: skip


def _recorded(step: WeighingStep, language: Language, released: Released | None) -> dict[str, str] | None:
    """Return what was written down of a step, or None when nothing was yet."""
    if released is None:
        return None
    name = step.ingredient.id
    lots = [lot for lot in released.record.lots if lot.ingredient == name]
    weighing = next(one for one in released.record.weighings if one.step.ingredient.id == name)
    return {
        "lot": ", ".join(lot.number for lot in lots),
        "expiry": ", ".join(day(lot.expires, language) for lot in lots),
        "before": weighing.before.text(language, "g", 2),
        "after": weighing.after.text(language, "g", 2),
        "added": weighing.added.text(language, "g", 2),
    }


def _vials(course: PlannedCourse, preparation: Preparation, language: Language) -> str:
    recipe, protocol = preparation.container.recipe, course.order.protocol
    vial, kept = protocol.product.vial.value, course.agenda.site.pharmacy.opened_vial_kept.value
    need = recipe.volume("drug")
    values = {
        "count": recipe.vial_count,
        "vial": vial.text(language, "mL"),
        "need": need.text(language, "mL", 3),
        "rest": (vial * recipe.vial_count - need).text(language, "mL", 3),
    }
    if kept.magnitude > 0:
        return Message("worksheet.vials-kept", {**values, "kept": kept}).text(language)
    return Message("worksheet.vials-waste", values).text(language)


def _results(preparation: Preparation, language: Language) -> list[dict[str, Any]]:
    recipe = preparation.container.recipe
    option = preparation.container.option
    fill, delivers = option.fill.confidence, option.delivers.confidence
    rows = (
        ("total", marked(recipe.fill.text(language, "mL"), fill)),
        ("to-deliver", marked(recipe.delivers.text(language, "mL"), delivers)),
        ("overfill", marked(recipe.overfill.text(language, "mL"), fill, delivers)),
        ("concentration", derived(recipe.concentration, language, 4)),
        ("in-container", derived(recipe.drug, language, 2)),
        ("delivered", derived(recipe.delivered, language, 2)),
    )
    return [{"name": Message(f"on-result.{name}").text(language), **value} for name, value in rows]


def _rate(preparation: Preparation, language: Language) -> dict[str, str]:
    rate, option = preparation.container.rate, preparation.container.option
    hourly, daily = rate.text(language, "mL/h"), rate.text(language, "mL/24h")
    values = {"hourly": hourly, "number": rate.text(language, "mL/24h").partition(" ")[0], "daily": daily}
    return {
        **marked(hourly, option.delivers.confidence, option.lasts.confidence),
        "daily": daily,
        "warning": Message("worksheet.rate", values).text(language),
    }


def _limits(
    course: PlannedCourse, preparation: Preparation, language: Language, released: Released | None
) -> list[dict[str, Any]]:
    clock = preparation.clock if released is None else released.record.clock
    start = start_limit(preparation, clock)
    agenda, stability, site = course.agenda, clock.stability, course.agenda.site.pharmacy
    cold = (stability.cold.confidence, stability.microbiological.confidence, site.preparation_takes.confidence)
    warm = (*cold, stability.warm.confidence, course.order.protocol.handling.warm_before_connect.confidence)
    made = {"from": moment(agenda, preparation.earliest, language), "to": moment(agenda, preparation.latest, language)}
    rows = (
        ("make", marked(moment(agenda, clock.made, language), *cold), Message("worksheet.made-between", made)),
        ("fridge", marked(moment_before(agenda, clock.cold_until.at, language), *cold), clock.cold_until.reason),
        ("start-before", marked(moment_before(agenda, start.at, language), *warm), start.reason),
        (
            "finish-before",
            marked(moment_before(agenda, clock.finish_before.at, language), *warm),
            Message(
                "worksheet.if-out-at",
                {"out": agenda.moment(clock.out_of_fridge or clock.made), "reason": clock.finish_before.reason},
            ),
        ),
    )
    return [
        {"name": Message(f"on-limit.{name}").text(language), **value, "reason": reason.text(language)}
        for name, value, reason in rows
    ]


def _derivations(course: PlannedCourse, preparation: Preparation) -> Iterator[Derivation]:
    """Go through every number of this container that follows from others, in the order of the arithmetic."""
    recipe, daily = preparation.container.recipe, _daily(course, preparation)
    if any(node.name == course.order.body_surface.name for node in daily.walk()):
        yield course.order.body_surface
    yield daily
    yield from (recipe.ordered, recipe.concentration, recipe.drug, recipe.delivered)
    yield from (ingredient.volume for ingredient in reversed(recipe.ingredients))


def _way(result: Derivation, language: Language) -> dict[str, Any]:
    return {
        "name": result.term.text(language),
        "formula": formula_line(result, language),
        **derived(result, language),
        "sources": ", ".join(sources_of(result)),
    }


def _home(course: PlannedCourse, language: Language) -> str:
    use = course.order.protocol.use
    if not use.outside_label:
        return ""
    values = {"says": use.label_says.value.text(language), "local": use.local_protocol, "approved_by": use.approved_by}
    return Message("worksheet.home", values).text(language)


def _released(course: PlannedCourse, released: Released | None, language: Language) -> dict[str, str] | None:
    if released is None:
        return None
    record = released.record
    at = moment(course.agenda, released.at, language)
    return {"made_by": record.made_by, "checked_by": record.checked_by, "by": released.by, "at": at}
