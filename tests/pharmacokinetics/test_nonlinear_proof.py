"""The accuracy of the nonlinear models over children that differ a hundredfold, against SciPy's LSODA at 1e-11."""

from collections.abc import Callable

import numpy as np
import pytest
from pharmacokinetics.nonlinear_reference import FAST, SLOW, WEEKS, exactly, worst

from ransel.pharmacokinetics.nonlinear.models import Antibodies, Hazard, Model, SaturableElimination, TargetMediated
from ransel.pharmacokinetics.nonlinear.simulation import STATES, simulate_states
from ransel.pharmacokinetics.schedule import Schedule

CHILDREN = 40


def between(draw: np.random.Generator, low: float, high: float) -> np.ndarray:
    """Return values spread evenly over the orders of magnitude."""
    return np.exp(draw.uniform(np.log(low), np.log(high), CHILDREN))


def children(kind: type[Model]) -> Model:
    """Return children whose parameters differ a hundredfold, and binding ten thousandfold."""
    draw = np.random.default_rng(17)
    shared = {
        "clearance": between(draw, 0.003, 0.2), "volume": between(draw, 0.3, 5),
        "exchange": between(draw, 0.001, 0.2), "peripheral": between(draw, 0.5, 10),
        "antibodies": Antibodies(
            begins=draw.uniform(0, 1600, CHILDREN), factor=between(draw, 1, 30),
            onset=draw.uniform(-100, 200, CHILDREN).clip(0),
        ),
        "hazard": Hazard(base=1e-4, by_concentration=1e-3, by_rise=1e-2),
    }  # fmt: skip
    if kind is SaturableElimination:
        return kind(**shared, most=between(draw, 0.001, 0.5), half=between(draw, 0.01, 20))
    return kind(
        **shared, bind=between(draw, 0.05, 500), release=between(draw, 0.001, 1), made=between(draw, 0.001, 1),
        lost=between(draw, 0.005, 1), taken=between(draw, 0.002, 0.5),
    )  # fmt: skip


@pytest.mark.prove
@pytest.mark.parametrize("regimen", [SLOW, FAST], ids=["slow", "fast"])
@pytest.mark.parametrize("kind", [SaturableElimination, TargetMediated])
def test_children_who_differ_a_hundredfold_are_as_accurate(
    kind: type[Model], regimen: tuple[np.ndarray, np.ndarray], say: Callable[[str], None]
):
    """Protects every state within 1e-5 of its greatest value, and the drug nearly so at every single point."""
    model, surface = children(kind), np.linspace(0.3, 2.0, CHILDREN)
    found = simulate_states(model, Schedule.of_rates(*regimen, surface), WEEKS)
    assert not found.failures
    scaled, single = [], []
    for child in range(CHILDREN):
        true = exactly(model, child, regimen, WEEKS, surface)[: len(STATES)]
        size = np.maximum(true.max(axis=1), 1e-9)[:, None]
        scaled.append((np.abs(found.values[child] - true) / size).max())
        single.append(worst(found.values[child, 0], true[0]))
    say(f"nonlinear, {kind.__name__}, a hundredfold apart: {max(scaled):.1e} of the peak, {max(single):.1e} pointwise")
    assert max(scaled) <= 1e-5
    assert np.median(single) <= 2e-6
    assert max(single) <= 5e-5
