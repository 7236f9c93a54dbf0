"""PREDPP in small: rows are taken one after the other, and the state is brought from each time to the next.

It knows no schedule: it keeps what runs and what is still to come, as the guide of NONMEM tells it.
"""

import numpy as np


class Sequential:
    """One child on its way through its rows."""

    def __init__(self, child):
        self.child = child
        self.state, self.now = np.zeros(2), None
        self.running, self.pending = [], []
        self.levels = []

    def follow(self, rows):
        """The levels of the rows that are observations."""
        for row in rows:
            self.advance(row.time)
            if row.kind in {3, 4}:
                self.empty()
            if row.kind in {1, 4}:
                self.dose(row)
            elif row.kind == 0:
                self.levels.append(self.state[0] / self.child.volume)
        return self.levels

    def empty(self):
        self.state, self.running, self.pending = np.zeros(2), [], []

    def dose(self, row):
        if row.steady == 1:
            self.empty()
        if row.steady:
            self.state = self.state + self.steady(row)
        if row.amount:
            self.give(row.amount, row.rate)
        self.pending += [(row.time + number * row.interval, row) for number in range(1, row.additional + 1)]

    def steady(self, row):
        """What does not change any more: x = E(II) x + what one dose leaves at the end of the interval."""
        if not row.amount:
            flow = self.child.matrix if self.child.exchange else self.child.matrix[:1, :1]
            return np.pad(-np.linalg.solve(flow, [row.rate, 0.0][: len(flow)]), (0, 2 - len(flow)))
        nothing = np.zeros(2)
        lasts = row.amount / row.rate if row.rate else 0.0
        given = self.child.after(nothing, lasts, row.rate) if row.rate else np.array([row.amount, 0.0])
        left = self.child.after(given, row.interval - lasts)
        kept = np.column_stack([self.child.after(one, row.interval) for one in np.eye(2)])
        if not self.child.exchange:
            return np.array([left[0] / (1 - kept[0, 0]), 0.0])
        return np.linalg.solve(np.eye(2) - kept, left)

    def give(self, amount, rate):
        if rate:
            self.running.append((self.now + amount / rate, rate))
        else:
            self.state = self.state + np.array([amount, 0.0])

    def advance(self, until):
        """Bring the state to a time; doses that were to come by then, that time included, are given on the way."""
        self.now = until if self.now is None else self.now
        while True:
            due = min((time for time, _ in self.pending), default=np.inf)
            end = min((end for end, _ in self.running), default=np.inf)
            stop = min(due, end, until)
            self.state = self.child.after(self.state, stop - self.now, sum(rate for _, rate in self.running))
            self.now = stop
            self.running = [one for one in self.running if one[0] > stop]
            if stop == due:
                coming = [row for time, row in self.pending if time == due]
                self.pending = [one for one in self.pending if one[0] > due]
                for row in coming:
                    self.give(row.amount, row.rate)
            elif stop == until:
                return
