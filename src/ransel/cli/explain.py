"""`ransel explain`: why a number is what it is."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path

import typer

from ransel.cli.inputs import read_inputs
from ransel.compounding import plan_containers
from ransel.evidence import Derivation
from ransel.language import refuse
from ransel.prescribing import Order, prescribe
from ransel.protocols import Site


def explain_number(
    child: Path, topic: str, *, protocol: str, kind: str, now: str, as_json: bool, language: str
) -> None:
    """Print the derivation of one number."""
    inputs = read_inputs(child, protocol, now, language)
    today = inputs.agenda.local(inputs.now).date()
    order = prescribe(inputs.patient, inputs.protocol, 1, today, today)
    topics = explanations(order, kind, inputs.agenda.site)
    if topic not in topics:
        refuse("option.no-topic", "TOPIC", topic, known=", ".join(topics))
    why = topics[topic]
    typer.echo(json.dumps(why.as_json(), ensure_ascii=False, indent=2) if as_json else why.text(inputs.language))


def explanations(order: Order, kind: str, site: Site) -> Mapping[str, Derivation]:
    """Return every number that can be explained: of the order, and of the first container of this kind."""
    plan = plan_containers(order, kind or order.protocol.containers.default, site)
    recipe = plan.containers[0].recipe
    volumes = {f"{one.id}-volume": one.volume for one in recipe.ingredients}
    return {
        "body-surface": order.body_surface,
        "daily-dose": order.daily_dose,
        "course-dose": order.course_dose,
        "container-dose": recipe.ordered,
        "concentration": recipe.concentration,
        "drug": recipe.drug,
        **volumes,
        "vials": recipe.vials,
    }
