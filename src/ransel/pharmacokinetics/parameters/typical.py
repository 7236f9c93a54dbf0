"""The parameters of typical children: what a set says for children of this age, weight and body surface."""

from __future__ import annotations

from fractions import Fraction

import numpy as np

from ransel.pharmacokinetics.individuals import Floats, Individuals
from ransel.pharmacokinetics.parameters.parameter_set import CovariateName, ParameterSet, Relation
from ransel.pharmacokinetics.parameters.variability import PARAMETERS, Parameter
from ransel.pharmacokinetics.population.covariates import DAYS_IN_A_YEAR, Covariates

ML_PER_L = 1000
UNUSED = 1.0
"""The peripheral volume of a model of one compartment: any positive number, as nothing flows into it."""

_UNITS: dict[CovariateName, str] = {"body-surface": "m2", "weight": "kg", "age": "days"}


def typical(parameters: ParameterSet, covariates: Covariates) -> Floats:
    """Return what the set says without any variability: (children, 4), L/h and L, in the order of PARAMETERS."""
    values = np.empty((covariates.count, len(PARAMETERS)))
    for column, name in enumerate(PARAMETERS):
        values[:, column] = typical_of(parameters, name, covariates)
    return values


def typical_of(parameters: ParameterSet, name: Parameter, covariates: Covariates) -> Floats:
    """Return one parameter of typical children, L/h or L; nought for an exchange that the model does not have."""
    if name not in parameters.parameters:
        return np.full(covariates.count, UNUSED if name == "peripheral" else 0.0)
    values = np.full(covariates.count, float(_at_reference(parameters, name)))
    for relation in parameters.covariates:
        if name in relation.parameters:
            values *= _grown(relation, covariates)
    return values


def typical_individuals(parameters: ParameterSet, covariates: Covariates, occasions: int = 1) -> Individuals:
    """Return children who are exactly as the set says, the same in every course."""
    values = typical(parameters, covariates)
    columns = [np.repeat(values[:, column : column + 1], occasions, axis=1) for column in range(len(PARAMETERS))]
    return Individuals(clearance=columns[0], volume=columns[1], exchange=columns[2], peripheral=columns[3])


def _at_reference(parameters: ParameterSet, name: Parameter) -> Fraction:
    """Return a parameter of the child of reference, L/h or L."""
    sourced = parameters.typical.of(name)
    if sourced is None:
        raise AssertionError(name)  # the structure was checked when the set was read
    size, value = parameters.typical.size_of(name), sourced.value
    for relation in parameters.covariates:
        if name in relation.parameters and relation.covariate == size:
            return (value * relation.reference.value).magnitude / ML_PER_L
    return value.magnitude / ML_PER_L


def _grown(relation: Relation, covariates: Covariates) -> Floats:
    reference = float(relation.reference.value.to(_UNITS[relation.covariate]))
    measured = _measured(relation.covariate, covariates)
    relative: Floats = measured / reference
    exponent = relation.exponent.value
    if exponent == 1:
        return relative
    grown: Floats = np.exp(exponent * np.log(relative))
    return grown


def _measured(name: CovariateName, covariates: Covariates) -> Floats:
    if name == "body-surface":
        return covariates.body_surface
    return covariates.weight if name == "weight" else covariates.age * DAYS_IN_A_YEAR
