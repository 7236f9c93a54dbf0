"""Levels as a laboratory would find them: the true ones with the residual error of a parameter set."""

from __future__ import annotations

import numpy as np

from ransel.pharmacokinetics.individuals import Floats
from ransel.pharmacokinetics.parameters.parameter_set import ParameterSet
from ransel.pharmacokinetics.population.draws import Purpose, normals


def deviation(parameters: ParameterSet, concentrations: Floats) -> Floats:
    """Return the standard deviation of a measured level at each of these concentrations, mg/L."""
    proportional, additive = residual_error(parameters)
    return np.hypot(proportional * concentrations, additive)


def residual_error(parameters: ParameterSet) -> tuple[float, float]:
    """Return the proportional error as a part of the level, and the additive one in mg/L."""
    chosen = parameters.residual
    return float(chosen.proportional.value.magnitude), float(chosen.additive.value.to("mg/L"))


def measured(parameters: ParameterSet, concentrations: Floats, seed: int, start: int = 0) -> Floats:
    """Return measured levels (children, moments) of true ones, mg/L; `start` is the number of the first child.

    The same child and place in the row always get the same error. A level near nought may come out below it, as with
    an assay of which the lower limit was not applied.
    """
    levels = np.empty_like(concentrations)
    stop = start + concentrations.shape[0]
    for moment in range(concentrations.shape[1]):
        true = np.ascontiguousarray(concentrations[:, moment])
        error = normals(seed, Purpose.MEASUREMENT, moment, start, stop)
        levels[:, moment] = true + deviation(parameters, true) * error
    return levels
