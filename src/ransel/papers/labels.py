"""The label of one container: 100 by 50 mm, black and white or colour."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from ransel.compounding import ContainerCode, Released, StabilityClock
from ransel.language import Language, Message
from ransel.papers.container_mark import mark_of
from ransel.papers.symbol import data_matrix
from ransel.papers.typesetting import pdf
from ransel.papers.wording import day, moment, moment_before, of_this_container, start_limit
from ransel.planning import PlannedCourse, Preparation
from ransel.protocols.protocol import Handling

WORDS = ("born", "number", "rate", "start-before", "finish-before", "draft", "draft-why", "synthetic")


def label(
    course: PlannedCourse, preparation: Preparation, language: Language, released: Released | None = None
) -> bytes:
    """Return the label of a container as a PDF of one page of 100 by 50 mm.

    Without `released` it says in three places that the container is not released. Its code is the one that
    the batch will have; that a container was released is known from its record, never from its label.

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
        "symbol": _symbol(course.code(preparation) if released is None else released.record.code),
        "released": _released(course, released, language),
    }


def _drug(course: PlannedCourse, preparation: Preparation, language: Language) -> dict[str, str]:
    recipe, product = preparation.container.recipe, course.order.protocol.product
    drug = recipe.ingredient("drug")
    values = {
        "amount": recipe.drug.value.text(language, recipe.drug.unit, 2),
        "volume": recipe.fill.text(language, "mL"),
        "delivers": recipe.delivers.text(language, "mL"),
        "concentration": recipe.concentration.value.text(language, recipe.concentration.unit, 4),
    }
    return {
        "drug": drug.name.text(language) if drug is not None else product.name,
        "content": Message("label.content", values).text(language),
    }


def _limits(
    course: PlannedCourse, preparation: Preparation, clock: StabilityClock, language: Language
) -> dict[str, str]:
    start = start_limit(preparation, clock)
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
            "until": _minute(course, clock.out_of_fridge or clock.cold_until.at),
            "upto": stability.warm_up_to.value,
        },
    )
    warning = [Message("label.not-to-confuse", {"product": product.name, "others": others})] if others else []
    batch = {"batch": course.code(preparation).batch, "site": site.name, "telephone": site.telephone}
    route = _route(course.order.protocol.handling, language)
    rest = (line.text(language) for line in (*warning, Message("label.batch", batch)))
    return [storage.text(language), route, *rest]


def _route(handling: Handling, language: Language) -> str:
    """Return the route, with the filter and the line as far as the protocol names them."""
    named = [sourced.value.text(language) for sourced in (handling.line_filter, handling.own_line) if sourced]
    return "; ".join([Message("label.route").text(language), *named]) + "."


def _minute(course: PlannedCourse, at: datetime) -> object:
    return course.agenda.moment(at.replace(second=0, microsecond=0))


def _symbol(code: ContainerCode) -> dict[str, str]:
    symbol = data_matrix(code)
    return {"svg": symbol.svg(), "code": symbol.text}


def _released(course: PlannedCourse, released: Released | None, language: Language) -> str | None:
    if released is None:
        return None
    values = {"by": released.by, "at": moment(course.agenda, released.at, language)}
    return Message("label.released", values).text(language)
