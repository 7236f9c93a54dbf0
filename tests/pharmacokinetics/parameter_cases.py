"""Parameter sets and populations that the tests of this room share, and a slow reference of what they come to."""

from functools import cache

import numpy as np
from scipy.linalg import expm

from ransel.pharmacokinetics.parameters.parameter_shelf import ParameterShelf
from ransel.pharmacokinetics.parameters.typical import typical
from ransel.pharmacokinetics.population.covariates import Covariates
from ransel.pharmacokinetics.population.population import Population

SHELF = ParameterShelf()
ONE_SQUARE_METRE = Covariates.given([8], [36], [100])
"""A body surface of exactly 1 m²: what a set says per m² is what this child has."""


@cache
def parameters_of(name):
    return SHELF.parameters(name)


def population(name="long-tail", **changes):
    return Population(**{"parameters": parameters_of(name), "children": SHELF.growth, "seed": 7, **changes})


def changed(name, **changes):
    """A set with other values, not checked again."""
    return parameters_of(name).model_copy(update=changes)


def levels(name, doses, hours):
    """The concentrations of the child of 1 m² by matrix exponentials, µg/mL, and the area up to each hour, µg·d/mL.

    `doses` are (begins, ends, mg) in hours.
    """
    clearance, volume, exchange, peripheral = typical(parameters_of(name), ONE_SQUARE_METRE)[0]
    edges = sorted({0.0, *(float(at) for begins, ends, _ in doses for at in (begins, ends)), *map(float, hours)})
    state, seen = np.zeros(4), {}
    for begins, ends in zip(edges, [*edges[1:], edges[-1] + 1], strict=True):
        seen[begins] = state[0] / volume, state[2] / volume / 24
        rate = sum(mg / (last - first) for first, last, mg in doses if first <= begins < last)
        flow = np.zeros((4, 4))
        flow[0] = [-(clearance + exchange) / volume, exchange / peripheral, 0, rate]
        flow[1, :2] = exchange / volume, -exchange / peripheral
        flow[2, 0] = 1
        state[3] = 1
        state = expm(flow * (ends - begins)) @ state
    return [seen[float(at)][0] for at in hours], [seen[float(at)][1] for at in hours]
