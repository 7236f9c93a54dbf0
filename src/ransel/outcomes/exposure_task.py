"""The work of an exposure comparison on a part of the children: draw them once, give them both regimens, count."""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction

import numpy as np

from ransel.outcomes.tally import Tally, TallySheet
from ransel.pharmacokinetics.dosing.regimen import regimen
from ransel.pharmacokinetics.individuals import Floats
from ransel.pharmacokinetics.linear.engine import summaries
from ransel.pharmacokinetics.population.population import Children, Population, draw
from ransel.pharmacokinetics.population.with_antibodies import with_antibodies
from ransel.pharmacokinetics.scale.shards import Shard
from ransel.pharmacokinetics.scale.workers import threads_here
from ransel.pharmacokinetics.schedule import Schedule
from ransel.protocols import Protocol

HOURS_IN_A_DAY = 24.0
CHILDREN_AT_A_TIME = 4_096
"""What is held of a shard at any moment; memory does not grow with the number of children."""

UNITS = {
    "peak": "µg/mL",
    "peak-all": "µg/mL",
    "area-first": "µg·d/mL",
    "area-all": "µg·d/mL",
    "trough": "µg/mL",
    "time-above": "h",
}
"""The measures, in the order in which they are shown; the engine's mg/L is µg/mL."""
MEASURES = tuple(UNITS)
FIRST, LATER = range(2)
"""Until the second course, and everything after that."""
NOTHING_LEFT_HOURS = 1e7
"""A thousand years: even of the slowest child nothing is left that could be seen in an area."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ExposureTask:
    """What is compared in every child; picklable, so that any worker can do it.

    Values:
        interval_hours: from the start of one course to the next, in both regimens. threshold: µg/mL.
    """

    protocols: tuple[Protocol, Protocol]
    population: Population
    courses: int
    interval_hours: Fraction
    threshold: float

    def __call__(self, shard: Shard) -> Tally:
        """Return the tally of the children of a shard."""
        sheet = TallySheet(MEASURES)
        for start, stop in shard.blocks(CHILDREN_AT_A_TIME):
            children = draw(self.population, start, stop)
            first, second = (self._measured(children, protocol) for protocol in self.protocols)
            for name in MEASURES:
                sheet.add(name, first[name], second[name])
        return sheet.tally()

    def dosing(self, children: Children, protocol: Protocol) -> Schedule:
        """Return what these children get by a protocol: the first dose rule of the protocol that fits a child."""
        rules = [rule.id for rule in protocol.dose.rules]
        return regimen(
            protocol, children.covariates, courses=self.courses, interval_hours=self.interval_hours, rule=rules
        )

    def _measured(self, children: Children, protocol: Protocol) -> dict[str, Floats]:
        individuals, schedule = with_antibodies(children, self.dosing(children, protocol))
        edges = np.array([0.0, float(self.interval_hours), NOTHING_LEFT_HOURS])
        found = summaries(individuals, schedule, edges, self.threshold, threads=threads_here())
        return {
            "peak": found.peak[:, FIRST],
            "peak-all": found.peak.max(axis=1),
            "area-first": found.area[:, FIRST] / HOURS_IN_A_DAY,
            "area-all": (found.area[:, FIRST] + found.area[:, LATER]) / HOURS_IN_A_DAY,
            "trough": found.trough[:, FIRST],
            "time-above": found.hours_above[:, FIRST],
        }
