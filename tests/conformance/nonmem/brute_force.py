"""The slow way: one dose after another, through the exponential of the whole matrix; it shares nothing with Ransel."""

from dataclasses import dataclass, field

import numpy as np
from scipy.linalg import expm

TO_STEADY_STATE = 400
"""So many doses stand for «for ever»; the tests choose children whose slowest half-life is far shorter."""


@dataclass
class Child:
    """A model of one or two compartments with constants in L/h and L."""

    clearance: float = 0.9
    volume: float = 8.0
    exchange: float = 0.6
    peripheral: float = 12.0

    @property
    def matrix(self):
        k10, k12, k21 = self.clearance / self.volume, self.exchange / self.volume, self.exchange / self.peripheral
        return np.array([[-k10 - k12, k21], [k12, -k21]])

    def after(self, state, hours, rate=0.0):
        """The amounts after some hours at this rate."""
        grown = np.zeros((3, 3))
        grown[:2, :2] = self.matrix * hours
        grown[0, 2] = rate * hours
        return (expm(grown) @ np.append(state, 1.0))[:2]


@dataclass
class Given:
    """What a child was really given: boluses (time, mg) and infusions (from, to, mg/h); nothing repeats by itself."""

    boluses: list = field(default_factory=list)
    infusions: list = field(default_factory=list)
    begin: float = 0.0
    state: tuple = (0.0, 0.0)

    def amounts(self, child, times):
        """The amounts at these times; a bolus at the same time has been given."""
        state, now = np.array(self.state, dtype=float), self.begin
        bounds = {bound for one in self.infusions for bound in one[:2]} | {time for time, _ in self.boluses}
        stops = sorted({time for time in bounds | set(times) if time >= self.begin})
        wanted = dict.fromkeys(times)
        for stop in stops:
            rate = sum(rate for begin, end, rate in self.infusions if begin <= now < end)
            state, now = child.after(state, stop - now, rate), stop
            state = state + np.array([sum(mg for time, mg in self.boluses if time == stop), 0.0])
            if stop in wanted:
                wanted[stop] = state
        return np.array([wanted[time] for time in times])

    def levels(self, child, times):
        """The concentrations in the blood."""
        return self.amounts(child, times)[:, 0] / child.volume


def for_ever(amount, interval, rate=0.0, doses=TO_STEADY_STATE):
    """What so many doses before now are, the next one being due at nought."""
    times = [-interval * number for number in range(doses, 0, -1)]
    if rate:
        return Given(infusions=[(time, time + amount / rate, rate) for time in times], begin=times[0])
    return Given(boluses=[(time, amount) for time in times], begin=times[0])
