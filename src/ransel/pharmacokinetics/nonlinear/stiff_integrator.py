"""One step of a Rosenbrock method of order 5 for a drug that binds its target: binding may be far faster than the rest.

The method is Rodas5P (Steinebach, BIT Numerical Mathematics 63:27, 2023): eight stages, stiffly accurate, with a
polynomial of order 4 between the ends of a step. Every stage solves one linear system. In the totals of drug and of
target only the equation of the complex holds the fast binding; eliminating the others first leaves one number to
divide by, in which every term is positive: no pivots, nothing cancels, however fast the binding is.
"""

from __future__ import annotations

from typing import NamedTuple

from numba import njit

from ransel.pharmacokinetics.nonlinear.state import Constants, Ramp, State, Step, raised, rising
from ransel.pharmacokinetics.nonlinear.step_polynomial import polynomial

GAMMA = 0.21193756319429014
A2 = (3.0,)
A3 = (2.849394379747939, 0.45842242204463923)
A4 = (-6.954028509809101, 2.489845061869568, -10.358996098473584)
A5 = (2.8029986275628964, 0.5072464736228206, -0.3988312541770524, -0.04721187230404641)
A6 = (-7.502846399306121, 2.561846144803919, -11.627539656261098, -0.18268767659942256, 0.030198172008377946)
G2 = (-14.155112264123755,)
G3 = (-17.97296035885952, -2.859693295451294)
G4 = (147.12150275711716, -1.41221402718213, 71.68940251302358)
G5 = (165.43517024871676, -0.4592823456491126, 42.90938336958603, -5.961986721573306)
G6 = (24.854864614690072, -3.0009227002832186, 47.4931110020768, 5.5814197821558125, -0.6610691825249471)
G7 = (
    30.91273214028599, -3.1208243349937974, 77.79954646070892, 34.28646028294783, -19.097331116725623,
    -28.087943162872662,
)  # fmt: skip
G8 = (
    37.80277123390563, -3.2571969029072276, 112.26918849496327, 66.9347231244047, -40.06618937091002,
    -54.66780262877968, -9.48861652309627,
)  # fmt: skip
C2, C3, C4, C5 = 0.6358126895828704, 0.4095798393397535, 0.9769306725060716, 0.4288403609558664
D1, D2, D3, D4, D5 = (
    0.21193756319429014, -0.42387512638858027, -0.3384627126235924, 1.8046452872882734, 2.325825639765069,
)  # fmt: skip
H1 = (
    25.948786856663858, -2.5579724845846235, 10.433815404888879, -2.3679251022685204, 0.524948541321073,
    1.1241088310450404, 0.4272876194431874, -0.17202221070155493,
)  # fmt: skip
H2 = (
    -9.91568850695171, -0.9689944594115154, 3.0438037242978453, -24.495224566215796, 20.176138334709044,
    15.98066361424651, -6.789040303419874, -6.710236069923372,
)  # fmt: skip
H3 = (
    11.419903575922262, 2.8879645146136994, 72.92137995996029, 80.12511834622643, -52.072871366152654,
    -59.78993626266729, -0.15582684282751913, 4.883087185713722,
)  # fmt: skip


Weights = tuple[float, ...]


class Totals(NamedTuple):
    """How fast these rise, mg/L per hour: drug free and bound, drug in the other compartment, target, complex."""

    drug: float
    peripheral: float
    target: float
    bound: float


class Stage(NamedTuple):
    """The solution of one stage: by how much the states change, and both totals."""

    drug: float
    peripheral: float
    target: float
    bound: float
    all_drug: float
    all_target: float


class Eliminated(NamedTuple):
    """The matrix 1/(gamma h) - Jacobian after elimination, as what a stage is multiplied by."""

    from_peripheral: float
    to_bound: float
    by_drug: float
    by_target: float
    to_drug: float
    bound_to_drug: float
    to_target: float
    bound_to_target: float
    to_peripheral: float
    drug_to_peripheral: float


@njit(error_model="numpy", forceinline=True)
def slopes_of_totals(constants: Constants, ramp: Ramp, inflow: float, since: float, at: State) -> Totals:
    """Return the slopes of the totals `since` hours into a stretch."""
    cleared = constants.out * raised(ramp, since) + constants.most / (constants.half + at.drug)
    gap = at.drug - at.peripheral
    taken = constants.taken * at.bound
    return Totals(
        inflow - cleared * at.drug - constants.to * gap - taken,
        constants.back * gap,
        constants.made - constants.lost * at.target - taken,
        constants.bind * at.drug * at.target - constants.release * at.bound - taken,
    )


@njit(error_model="numpy", forceinline=True)
def eliminated(constants: Constants, ramp: Ramp, since: float, h: float, at: State) -> Eliminated:
    """Return the matrix of a step, eliminated once for all its stages."""
    room = constants.half + at.drug
    steep = constants.out * raised(ramp, since) + constants.most * constants.half / (room * room)
    g = 1.0 / (GAMMA * h)
    to_peripheral = 1.0 / (g + constants.back)
    to_drug = 1.0 / (g + steep + constants.to - constants.to * constants.back * to_peripheral)
    to_target = 1.0 / (g + constants.lost)
    by_drug, by_target = constants.bind * at.target * to_drug, constants.bind * at.drug * to_target
    taken = g + constants.taken
    return Eliminated(
        constants.to * to_peripheral, 1.0 / (taken + constants.release + taken * (by_drug + by_target)),
        by_drug, by_target, to_drug, taken * to_drug, to_target, taken * to_target,
        to_peripheral, constants.back * to_peripheral,
    )  # fmt: skip


@njit(error_model="numpy", forceinline=True)
def solve(w: Eliminated, drug: float, peripheral: float, target: float, bound: float) -> Stage:
    """Return the solution of one stage for these right sides, those of drug and target being of their totals."""
    push = drug + w.from_peripheral * peripheral
    complexes = w.to_bound * (bound + w.by_drug * push + w.by_target * target)
    free = w.to_drug * push - w.bound_to_drug * complexes
    free_target = w.to_target * target - w.bound_to_target * complexes
    aside = w.to_peripheral * peripheral + w.drug_to_peripheral * free
    return Stage(free, aside, free_target, complexes, free + complexes, free_target + complexes)


@njit(error_model="numpy", forceinline=True)
def plus(so_far: Stage, weight: float, one: Stage) -> Stage:
    """Return a sum with one stage more."""
    return Stage(
        so_far.drug + weight * one.drug, so_far.peripheral + weight * one.peripheral,
        so_far.target + weight * one.target, so_far.bound + weight * one.bound,
        so_far.all_drug + weight * one.all_drug, so_far.all_target + weight * one.all_target,
    )  # fmt: skip


@njit(error_model="numpy", forceinline=True)
def sum1(w: Weights, a: Stage) -> Stage:
    """Return one stage, weighted."""
    return Stage(
        w[0] * a.drug, w[0] * a.peripheral, w[0] * a.target, w[0] * a.bound, w[0] * a.all_drug, w[0] * a.all_target
    )


@njit(error_model="numpy", forceinline=True)
def sum2(w: Weights, a: Stage, b: Stage) -> Stage:
    """Return the weighted sum of two stages."""
    return plus(sum1(w, a), w[1], b)


@njit(error_model="numpy", forceinline=True)
def sum3(w: Weights, a: Stage, b: Stage, c: Stage) -> Stage:
    """Return the weighted sum of three stages."""
    return plus(sum2(w, a, b), w[2], c)


@njit(error_model="numpy", forceinline=True)
def sum4(w: Weights, a: Stage, b: Stage, c: Stage, d: Stage) -> Stage:
    """Return the weighted sum of four stages."""
    return plus(sum3(w, a, b, c), w[3], d)


@njit(error_model="numpy", forceinline=True)
def sum5(w: Weights, a: Stage, b: Stage, c: Stage, d: Stage, e: Stage) -> Stage:
    """Return the weighted sum of five stages."""
    return plus(sum4(w, a, b, c, d), w[4], e)


@njit(error_model="numpy", forceinline=True)
def sum6(w: Weights, a: Stage, b: Stage, c: Stage, d: Stage, e: Stage, f: Stage) -> Stage:
    """Return the weighted sum of six stages."""
    return plus(sum5(w, a, b, c, d, e), w[5], f)


@njit(error_model="numpy", forceinline=True)
def sum7(w: Weights, a: Stage, b: Stage, c: Stage, d: Stage, e: Stage, f: Stage, g: Stage) -> Stage:
    """Return the weighted sum of seven stages."""
    return plus(sum6(w, a, b, c, d, e, f), w[6], g)


@njit(error_model="numpy", forceinline=True)
def moved(at: State, by: Stage) -> State:
    """Return the state that lies so far from another."""
    return State(at.drug + by.drug, at.peripheral + by.peripheral, at.target + by.target, at.bound + by.bound)


@njit(error_model="numpy", forceinline=True)
def stage(w: Eliminated, slopes: Totals, drift: float, per_hour: float, earlier: Stage) -> Stage:
    """Return the solution of a stage from the slopes there and the sum of the stages before it."""
    return solve(
        w, slopes.drug + drift + per_hour * earlier.all_drug, slopes.peripheral + per_hour * earlier.peripheral,
        slopes.target + per_hour * earlier.all_target, slopes.bound + per_hour * earlier.bound,
    )  # fmt: skip


@njit(error_model="numpy", forceinline=True)
def stiff_step(constants: Constants, ramp: Ramp, inflow: float, since: float, h: float, state: State) -> Step:
    """Try a step of h hours from the state `since` hours into a stretch."""
    w = eliminated(constants, ramp, since, h, state)
    drift = -h * state.drug * constants.out * rising(ramp, since)
    v, end = 1.0 / h, since + h

    slopes = slopes_of_totals(constants, ramp, inflow, since, state)
    a = solve(w, slopes.drug + D1 * drift, slopes.peripheral, slopes.target, slopes.bound)
    slopes = slopes_of_totals(constants, ramp, inflow, since + C2 * h, moved(state, sum1(A2, a)))
    b = stage(w, slopes, D2 * drift, v, sum1(G2, a))
    slopes = slopes_of_totals(constants, ramp, inflow, since + C3 * h, moved(state, sum2(A3, a, b)))
    c = stage(w, slopes, D3 * drift, v, sum2(G3, a, b))
    slopes = slopes_of_totals(constants, ramp, inflow, since + C4 * h, moved(state, sum3(A4, a, b, c)))
    d = stage(w, slopes, D4 * drift, v, sum3(G4, a, b, c))
    slopes = slopes_of_totals(constants, ramp, inflow, since + C5 * h, moved(state, sum4(A5, a, b, c, d)))
    e = stage(w, slopes, D5 * drift, v, sum4(G5, a, b, c, d))

    late = moved(state, sum5(A6, a, b, c, d, e))
    f = stage(w, slopes_of_totals(constants, ramp, inflow, end, late), 0.0, v, sum5(G6, a, b, c, d, e))
    late = moved(late, f)
    g = stage(w, slopes_of_totals(constants, ramp, inflow, end, late), 0.0, v, sum6(G7, a, b, c, d, e, f))
    late = moved(late, g)
    error = stage(w, slopes_of_totals(constants, ramp, inflow, end, late), 0.0, v, sum7(G8, a, b, c, d, e, f, g))
    after = moved(late, error)
    p = plus(sum7(H1, a, b, c, d, e, f, g), H1[7], error)
    q = plus(sum7(H2, a, b, c, d, e, f, g), H2[7], error)
    r = plus(sum7(H3, a, b, c, d, e, f, g), H3[7], error)
    return Step(
        after, State(error.drug, error.peripheral, error.target, error.bound), 0.0, 0.0,
        polynomial(state.drug, after.drug - state.drug, p.drug, q.drug, r.drug),
        polynomial(state.peripheral, after.peripheral - state.peripheral, p.peripheral, q.peripheral, r.peripheral),
        polynomial(state.target, after.target - state.target, p.target, q.target, r.target),
        polynomial(state.bound, after.bound - state.bound, p.bound, q.bound, r.bound),
    )  # fmt: skip
