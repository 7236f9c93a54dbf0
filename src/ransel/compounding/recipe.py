"""The recipe of one container: drug, additives, diluent, total."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal

from ransel.evidence import Derivation, Sourced, derive, given
from ransel.language import Message, refuse
from ransel.protocols import Additive, Protocol
from ransel.protocols.protocol import Words
from ransel.quantities import Concentration, Ratio, Volume


@dataclass(frozen=True, slots=True)
class Ingredient:
    """One thing that goes into the container.

    Values:
        id: `drug`, `diluent`, or the id of an additive.
        volume: a Volume with its reasons.
        density: mass per volume, for weighing.
    """

    id: str
    name: Words
    volume: Derivation
    density: Sourced[Concentration]


@dataclass(frozen=True, slots=True)
class Recipe:
    """What one container holds.

    Values:
        ordered: the container's share of the order, a Mass.
        delivered: what reaches the patient when the delivered volume has run, a Mass.
        drug: the drug in the whole container, overfill included, a Mass.
        fill: total volume. delivers: the volume the patient shall have. overfill: the rest.
        concentration: of the drug in the container.
        ingredients: in the order of making: diluent, additives, drug.
        vials: opened for this container alone.
    """

    ordered: Derivation
    delivered: Derivation
    drug: Derivation
    fill: Volume
    delivers: Volume
    overfill: Volume
    concentration: Derivation
    ingredients: tuple[Ingredient, ...]
    vials: Derivation

    def ingredient(self, name: str) -> Ingredient | None:
        """Return the ingredient with this id, or None."""
        return next((ingredient for ingredient in self.ingredients if ingredient.id == name), None)

    def volume(self, name: str) -> Volume:
        """Return the volume of an ingredient; none of it is 0 mL."""
        ingredient = self.ingredient(name)
        return Volume("0 mL") if ingredient is None else Volume(ingredient.volume.value)

    @property
    def vial_count(self) -> int:
        """How many vials are opened for this container alone."""
        return int(Ratio(self.vials.value).magnitude)


def make_recipe(protocol: Protocol, ordered: Derivation, fill: Sourced[Volume], delivers: Sourced[Volume]) -> Recipe:
    """Return the recipe for a container that holds `fill` and gives `ordered` in `delivers`.

    Raises:
        Refused: when the ingredients do not fit into the container.
    """
    unit = protocol.dose.unit
    strength = given("strength", protocol.product.strength, f"{unit}/mL")
    filling, giving = given("fill", fill, "mL"), given("delivers", delivers, "mL")
    share = ordered.named("ordered_dose")
    holds = giving if protocol.preparation.dose_lies_in == "delivered" else filling
    rule = protocol.preparation.dose_lies_in_source
    concentration = derive("concentration", f"{unit}/mL", f"ordered_dose / {holds.name}", share, holds, rule=rule)
    drug = derive("drug", unit, "concentration * fill", concentration, filling)
    delivered = derive("delivered", unit, "concentration * delivers", concentration, giving)
    drug_volume = derive("drug_volume", "mL", "drug / strength", drug, strength)
    additives, diluent = _additives_and_diluent(protocol, filling, drug_volume)
    vial = given("vial", protocol.product.vial, "mL")
    name = Words(en=f"{protocol.product.name} {protocol.product.substance}", nl=_dutch_name(protocol))
    return Recipe(
        ordered=ordered,
        delivered=delivered,
        drug=drug,
        fill=fill.value,
        delivers=delivers.value,
        overfill=fill.value - delivers.value,
        concentration=concentration,
        ingredients=(
            Ingredient("diluent", protocol.preparation.diluent, diluent, protocol.preparation.diluent_density),
            *additives,
            Ingredient("drug", name, drug_volume, protocol.preparation.drug_density),
        ),
        vials=derive("vials", "", "ceil(drug_volume / vial)", drug_volume, vial),
    )


def other_readings(protocol: Protocol) -> Iterator[tuple[str, Message, Protocol]]:
    """Go through the ways in which the label can be read besides the protocol's: name, words, protocol so read."""
    preparation = protocol.preparation
    holds: Literal["fill", "delivered"] = "fill" if preparation.dose_lies_in == "delivered" else "delivered"
    yield f"dose-in-{holds}", Message(f"reading.dose-in-{holds}"), _with_preparation(protocol, dose_lies_in=holds)
    for additive in preparation.additives:
        reading = "per-diluent" if additive.reading == "of-total" else "of-total"
        changed = tuple(
            one.model_copy(update={"reading": reading}) if one.id == additive.id else one
            for one in preparation.additives
        )
        words = Message(f"reading.{reading}", {"additive": additive.name})
        yield f"{additive.id}-{reading}", words, _with_preparation(protocol, additives=changed)


def _with_preparation(protocol: Protocol, **changes: object) -> Protocol:
    return protocol.model_copy(update={"preparation": protocol.preparation.model_copy(update=changes)})


def _additives_and_diluent(
    protocol: Protocol, filling: Derivation, drug_volume: Derivation
) -> tuple[tuple[Ingredient, ...], Derivation]:
    """Additives read as a part of the whole are measured first; those per diluent follow from the diluent."""
    additives = protocol.preparation.additives
    numbered = {one.id: f"additive_volume_{number}" for number, one in enumerate(additives, 1)}
    of_total = {one.id: _of_total(one, numbered[one.id], filling) for one in additives if one.reading == "of-total"}
    per_diluent = [one for one in additives if one.reading == "per-diluent"]
    diluent = _diluent(filling, drug_volume, list(of_total.values()), per_diluent)
    if diluent.value.magnitude < 0:
        refuse("recipe.does-not-fit", "drug_volume", drug_volume.value.text("en", "mL", 2), fill=filling.value)
    volumes = {**of_total, **{one.id: _per_diluent(one, numbered[one.id], diluent) for one in per_diluent}}
    return tuple(Ingredient(one.id, one.name, volumes[one.id], one.density) for one in additives), diluent


def _of_total(additive: Additive, name: str, filling: Derivation) -> Derivation:
    target, stock = given("target", additive.target, "%"), given("stock", additive.stock, "%")
    return derive(name, "mL", "fill * target / stock", filling, target, stock)


def _per_diluent(additive: Additive, name: str, diluent: Derivation) -> Derivation:
    part = given("per_diluent", additive.per_diluent, "%")
    return derive(name, "mL", "diluent_volume * per_diluent", diluent, part)


def _diluent(
    filling: Derivation, drug_volume: Derivation, measured: list[Derivation], per_diluent: list[Additive]
) -> Derivation:
    parts = [given(f"per_diluent_{number}", one.per_diluent, "%") for number, one in enumerate(per_diluent, 1)]
    left = " - ".join(node.name for node in (filling, drug_volume, *measured))
    formula = f"({left}) / ({' + '.join(['1', *(part.name for part in parts)])})" if parts else left
    return derive("diluent_volume", "mL", formula, filling, drug_volume, *measured, *parts)


def _dutch_name(protocol: Protocol) -> str:
    return f"{protocol.product.name} {protocol.product.substance.replace('beta', 'bèta')}"
