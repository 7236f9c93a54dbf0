"""What the linear engine is held against: the same model solved in three other ways, none of them with its modes."""

from __future__ import annotations

import itertools
from decimal import Decimal, localcontext

import numpy as np
from scipy.integrate import solve_ivp
from scipy.linalg import expm

from ransel.pharmacokinetics.individuals import Individuals
from ransel.pharmacokinetics.schedule import Schedule


def individuals_of(clearance, volume, exchange, peripheral):
    """Return children from numbers: (n,) for one occasion, (n, k) for more."""
    arrays = [np.atleast_1d(np.asarray(one, dtype=float)) for one in (clearance, volume, exchange, peripheral)]
    shaped = [one if one.ndim == 2 else one[:, None] for one in np.broadcast_arrays(*arrays)]
    return Individuals(clearance=shaped[0], volume=shaped[1], exchange=shaped[2], peripheral=shaped[3])


def per_surface(clearance, volume, exchange, peripheral):
    """Return one child of one square metre from a published set: L/day and L."""
    return individuals_of(clearance / 24, volume, exchange / 24, peripheral)


def infusions(pairs, scale=(1.0,)):
    """Return a shared schedule from (time, rate) pairs."""
    times, rates = np.array(pairs, dtype=float).T
    return Schedule.of_rates(times.copy(), rates.copy(), np.array(scale, dtype=float))


def drawn(children, seed, occasions=1):
    """Return children as they differ in life, drawn around a child of 28 kg."""
    random = np.random.default_rng(seed)

    def around(typical, spread):
        return typical * np.exp(spread * random.standard_normal((children, occasions)))

    return individuals_of(around(0.021, 0.3), around(1.5, 0.25), around(0.018, 0.35), around(2.4, 0.35))


def everything(children, seed, occasions):
    """Return schedules of their own with all that can happen, at any moment: also two moments at once."""
    random = np.random.default_rng(seed)
    counts = random.integers(1, 14, children)
    offsets = np.concatenate([[0], np.cumsum(counts)])
    moments = int(offsets[-1])
    times = np.concatenate([np.sort(random.uniform(-20, 300, count)) for count in counts])
    again = random.random(moments) < 0.1
    again[offsets[:-1]] = False
    times[again] = times[np.flatnonzero(again) - 1]
    return Schedule(
        times=np.concatenate([np.sort(times[a:b]) for a, b in itertools.pairwise(offsets)]),
        rates=random.uniform(0, 1, moments) * (random.random(moments) < 0.6),
        boluses=random.uniform(0, 5, moments) * (random.random(moments) < 0.3),
        peripheral_boluses=random.uniform(0, 5, moments) * (random.random(moments) < 0.2),
        resets=random.random(moments) < 0.1,
        occasions=random.integers(0, occasions, moments).astype(np.int32),
        scale=random.uniform(0.4, 1.6, children), offsets=offsets,
    )  # fmt: skip


def moments_of(schedule, child):
    """Return the moments of one child as rows: time, rate, bolus, peripheral bolus, reset, occasion."""
    begin, end = (0, schedule.times.shape[0])
    if schedule.offsets is not None:
        begin, end = schedule.offsets[child], schedule.offsets[child + 1]
    scale = schedule.scale[child]
    peripheral = np.zeros_like(schedule.times) if schedule.peripheral_boluses is None else schedule.peripheral_boluses
    return [
        (schedule.times[j], schedule.rates[j] * scale, schedule.boluses[j] * scale, peripheral[j] * scale,
         schedule.resets[j], schedule.occasions[j])
        for j in range(begin, end)
    ]  # fmt: skip


def matrix_of(individuals, child, occasion):
    """Return the rate matrix of the amounts in both compartments, and the central volume."""
    clearance, volume, exchange, peripheral = (
        one[child, occasion]
        for one in (individuals.clearance, individuals.volume, individuals.exchange, individuals.peripheral)
    )
    out, over, back = clearance / volume, exchange / volume, exchange / peripheral
    return np.array([[-(out + over), back], [over, -back]]), volume


def by_matrix(matrix, rate, amounts, hours):
    """Return the amounts after these hours by the exponential of a matrix, the input being a third state."""
    whole = np.zeros((3, 3))
    whole[:2, :2] = matrix
    whole[0, 2] = rate
    return (expm(whole * hours) @ np.array([*amounts, 1.0]))[:2]


def by_solver(matrix, rate, amounts, hours):
    """Return the amounts after these hours by a solver of differential equations at 1e-12."""
    if hours == 0.0:
        return np.asarray(amounts)
    into = np.array([rate, 0.0])
    solved = solve_ivp(
        lambda _, y: matrix @ y + into, (0.0, hours), amounts, method="DOP853", rtol=1e-12, atol=1e-18,
    )  # fmt: skip
    return solved.y[:, -1]


def levels(individuals, schedule, child, times, move=by_matrix):
    """Return the concentrations of one child at ascending times, moment by moment."""
    moments = moments_of(schedule, child)
    amounts, found = np.zeros(2), []
    matrix, volume, now, rate, following = np.zeros((2, 2)), 1.0, 0.0, 0.0, 0
    for time in times:
        while following < len(moments) and moments[following][0] <= time:
            start, next_rate, bolus, peripheral, reset, occasion = moments[following]
            amounts = move(matrix, rate, amounts, start - now) if following else amounts
            if reset:
                amounts = np.zeros(2)
            amounts = amounts + np.array([bolus, peripheral])
            matrix, volume = matrix_of(individuals, child, occasion)
            now, rate, following = start, next_rate, following + 1
        amounts = move(matrix, rate, amounts, time - now) if following else amounts
        now = time
        found.append(amounts[0] / volume)
    return np.array(found)


def in_decimals(clearance, volume, exchange, peripheral, rate, length, hours):
    """Return the concentration after an infusion of this length, with 200 digits: the textbook formula as it stands."""
    with localcontext() as context:
        context.prec = 200
        cl, v1, q, v2, r, t_in, t = map(Decimal, (clearance, volume, exchange, peripheral, rate, length, hours))
        k10, k12, k21 = cl / v1, q / v1, q / v2
        total = k10 + k12 + k21
        root = (total * total - 4 * k10 * k21).sqrt()
        running, since = min(t, t_in), max(t - t_in, Decimal(0))
        level = Decimal(0)
        for constant, other in (((total + root) / 2, (total - root) / 2), ((total - root) / 2, (total + root) / 2)):
            share = (k21 - constant) / (other - constant)
            gain = (1 - (-constant * running).exp()) / constant if constant else running
            level += r * share * gain * (-constant * since).exp() / v1
        return float(level)
