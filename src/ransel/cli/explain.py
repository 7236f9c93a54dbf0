"""`ransel explain`: why a number is what it is."""

from __future__ import annotations

from collections.abc import Mapping

from ransel.cli.inputs import Inputs
from ransel.cli.output import show, show_data
from ransel.compounding import plan_containers
from ransel.evidence import Derivation
from ransel.language import refuse
from ransel.prescribing import DoseModifications, Order, dose_modifications
from ransel.protocols import Site
from ransel.quantities import DoseRate, Duration


def explain_number(inputs: Inputs, topic: str, *, as_json: bool) -> None:
    """Print the derivation of one number."""
    inputs.check("language", "patient", "protocol", "now", "kind")
    order = inputs.order(1, inputs.today)
    with inputs.where_it_was_written():
        topics = explanations(order, inputs.kind, inputs.agenda.site)
    if topic not in topics:
        refuse("option.no-topic", "TOPIC", topic, known=", ".join(topics))
    why = topics[topic]
    if as_json:
        show_data(why.as_json())
    else:
        show(why.text(inputs.language))


def explanations(order: Order, kind: str, site: Site) -> Mapping[str, Derivation | DoseModifications]:
    """Return everything that can be explained: of the order, and of the first container of this kind."""
    plan = plan_containers(order, kind, site)
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
        "dose-modifications": dose_modifications(
            order.protocol, plan.option.rate, DoseRate(order.daily_dose.value), Duration("24 h")
        ),
    }
