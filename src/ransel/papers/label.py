"""The label of one container: 100 by 50 mm, black and white or colour."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from fractions import Fraction
from typing import Any

from ransel.compounding import Released, StabilityClock
from ransel.evidence import Confidence, Sourced
from ransel.language import Language, Message
from ransel.papers.container_mark import mark_of
from ransel.papers.data_matrix import data_matrix
from ransel.papers.typesetting import pdf
from ransel.papers.wording import day, moment, moment_before, of_this_container
from ransel.planning import PlannedCourse, Preparation
from ransel.quantities import Duration, number_text

IN_LINE_FILTER: Mapping[str, Sourced[str]] = {
    "L01FX06": Sourced(value="0.22", source="SE", confidence=Confidence.SEEN, note="in-line filter, pore in µm"),
}
"""The filter that goes in the line, by ATC code; no protocol says it yet, and other products differ."""

WORDS = ("born", "number", "rate", "start-before", "finish-before", "draft", "draft-why", "synthetic")


def label(
    course: PlannedCourse, preparation: Preparation, language: Language, released: Released | None = None
) -> bytes:
    """Return the label of a container as a PDF of one page of 100 by 50 mm.

    Without `released` it says that the container is not released and carries no code, so that a scanner
    at the bedside refuses it.

    Raises:
        Refused: when `released` is of another container, a name has a letter that no font has, or a text
            does not fit even in the smallest size.
    """
    of_this_container(course, preparation, released)
    return pdf("label.typ", _data(course, preparation, language, released))


def _data(
    course: PlannedCourse, preparation: Preparation, language: Language, released: Released | None
) -> dict[str, Any]:
    patient, mark = course.order.patient, mark_of(course, preparation)
    clock = preparation.clock if released is None else released.record.clock
    return {
        "language": language,
        "title": f"{Message('label.title').text(language)}: {mark.text(language)}",
        "words": {word: Message(f"on-label.{word}").text(language) for word in WORDS},
        "mark": mark.as_data(language),
        "name": patient.name,
        "born": day(patient.born, language),
        "number": patient.number or "",
        "rate": preparation.container.rate.text(language, "mL/h"),
        **_drug(course, preparation, language),
        **_limits(course, preparation, clock, language),
        "lines": _lines(course, preparation, clock, language),
        "released": _released(course, released, language),
    }


def _drug(course: PlannedCourse, preparation: Preparation, language: Language) -> dict[str, str]:
    recipe, product = preparation.container.recipe, course.order.protocol.product
    drug = recipe.ingredient("drug")
    values = {
        "amount": recipe.drug.value.text(language, recipe.drug.unit, 2),
        "volume": recipe.fill.text(language, "mL"),
        "concentration": recipe.concentration.value.text(language, recipe.concentration.unit, 4),
    }
    return {
        "drug": drug.name.text(language) if drug is not None else product.name,
        "content": Message("label.content", values).text(language),
    }


def _limits(
    course: PlannedCourse, preparation: Preparation, clock: StabilityClock, language: Language
) -> dict[str, str]:
    start = clock.start_before(Duration.between(preparation.used_from, preparation.used_until))
    return {
        "start_before": moment_before(course.agenda, start.at, language),
        "finish_before": moment_before(course.agenda, clock.finish_before.at, language),
    }


def _lines(course: PlannedCourse, preparation: Preparation, clock: StabilityClock, language: Language) -> list[str]:
    """Return storage, route and warnings, one line each."""
    product, site = course.order.protocol.product, course.agenda.site
    stability = clock.stability
    others = ", ".join(product.not_to_be_confused_with)
    storage = Message(
        "label.storage",
        {
            "low": stability.cold_from.value.plain("°C"),
            "high": stability.cold_to.value.plain("°C"),
            "until": _minute(course, clock.cold_until.at),
            "upto": stability.warm_up_to.value,
        },
    )
    warning = [Message("label.not-to-confuse", {"product": product.name, "others": others})] if others else []
    batch = {"batch": course.code(preparation).batch, "site": site.name, "telephone": site.telephone}
    lines = [storage, _route(product.atc, language), *warning, Message("label.batch", batch)]
    return [line.text(language) for line in lines]


def _route(atc: str, language: Language) -> Message:
    pore = IN_LINE_FILTER.get(atc)
    if pore is None:
        return Message("label.route")
    return Message("label.route-filtered", {"pore": number_text(Fraction(pore.value), language)})


def _minute(course: PlannedCourse, at: datetime) -> object:
    return course.agenda.moment(at.replace(second=0, microsecond=0))


def _released(course: PlannedCourse, released: Released | None, language: Language) -> dict[str, str] | None:
    if released is None:
        return None
    symbol = data_matrix(released.record.code)
    values = {"by": released.by, "at": moment(course.agenda, released.at, language)}
    return {"svg": symbol.svg(), "code": symbol.text, "text": Message("label.released", values).text(language)}
