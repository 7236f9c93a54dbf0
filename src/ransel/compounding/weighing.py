"""In-process control by weight: what each step should weigh, and whether it does."""

from __future__ import annotations

from dataclasses import dataclass

from ransel.compounding.recipe import Ingredient, Recipe
from ransel.evidence import Derivation, derive, given
from ransel.language import refuse
from ransel.protocols import Protocol
from ransel.quantities import Mass


@dataclass(frozen=True, slots=True)
class WeighingStep:
    """One addition.

    Values:
        expected: the mass that the volume of this ingredient should have, a Mass.
        tolerance: how far the measured mass may lie from it, either way.
    """

    ingredient: Ingredient
    expected: Derivation
    tolerance: Mass


@dataclass(frozen=True, slots=True)
class Weighing:
    """A step as it was weighed: the balance before and after the addition."""

    step: WeighingStep
    before: Mass
    after: Mass

    @property
    def added(self) -> Mass:
        """What was added."""
        return self.after - self.before

    @property
    def residual(self) -> Mass:
        """How much more was added than expected; negative when less."""
        return self.added - Mass(self.step.expected.value)

    @property
    def within_tolerance(self) -> bool:
        """Whether the step may stand; out of tolerance blocks release."""
        return abs(self.residual) <= self.step.tolerance


def weighing_steps(recipe: Recipe, protocol: Protocol) -> tuple[WeighingStep, ...]:
    """Return the expected mass and tolerance of every addition, in the order of making."""
    return tuple(_step(ingredient, protocol) for ingredient in recipe.ingredients)


def weigh(step: WeighingStep, before: Mass, after: Mass) -> Weighing:
    """Record a weighing.

    Raises:
        Refused: when a balance reading is below zero, or the second lies below the first.
    """
    if before.magnitude < 0 or after < before:
        refuse("weighing.backwards", step.ingredient.id, after.text("en", "g", 2), before=before.text("en", "g", 2))
    return Weighing(step, before, after)


def _step(ingredient: Ingredient, protocol: Protocol) -> WeighingStep:
    density = given("density", ingredient.density, "g/mL")
    expected = derive("expected_mass", "g", f"{ingredient.volume.name} * density", ingredient.volume, density)
    part = Mass(expected.value * protocol.preparation.weighing_tolerance.value)
    return WeighingStep(ingredient, expected, max(part, protocol.preparation.least_weighing_tolerance.value))
