"""What a simulation has found so far."""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import cached_property

import numpy as np

from ransel.cli.pk_simulate_inputs import SimulateInputs
from ransel.cli.pk_source import Block
from ransel.language import Message
from ransel.pharmacokinetics.individuals import Floats
from ransel.pharmacokinetics.level_models import WindowSums

NEVER_REACHED = 1e300
"""mg/L: the threshold when none was asked for."""


@dataclass
class Simulated:
    """What was found of each child.

    Values:
        names: the children. levels: at every drawing of a table, in the order of its rows. rows: which row each is.
    """

    inputs: SimulateInputs
    names: list[str] = field(default_factory=list)
    levels: list[float] = field(default_factory=list)
    rows: list[int] = field(default_factory=list)
    _sums: list[WindowSums] = field(default_factory=list)

    def add(self, block: Block) -> None:
        """Calculate some more children."""
        model, source = self.inputs.model, self.inputs.source
        threshold = NEVER_REACHED if self.inputs.threshold is None else self.inputs.threshold
        self._sums.append(model.over(block.individuals, block.schedule, source.windows, threshold))
        self.names += block.names
        if block.drawings is not None and block.drawings.rows.size:
            found = model.at(block.individuals, block.schedule, block.drawings)
            self.levels += [float(one) for one in found]
            self.rows += [int(one) for one in block.drawings.rows]

    @cached_property
    def sums(self) -> dict[str, Floats]:
        """Area (mg·h/L), peak and level at the end (mg/L) and hours above, each (children, windows)."""
        names = ("area", "peak", "at_end", "above")
        return {name: np.concatenate([getattr(one, name) for one in self._sums]) for name in names}

    @property
    def failures(self) -> list[tuple[str, Message]]:
        """The children that could not be calculated, and why."""
        found, before = [], 0
        for one in self._sums:
            found += [(self.names[before + child], why) for child, why in one.failures]
            before += one.area.shape[0]
        return found
