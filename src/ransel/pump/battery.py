"""Four cells and an outside supply: charge, voltage, and when the voltage reaches a limit."""

from __future__ import annotations

from ransel.pump.figures import Cells
from ransel.pump.stage import NEVER

LEAST_SHARE = 0.2
"""Of the capacity, in whatever cold."""


class Battery:
    """The cells in the pump. Every attribute may be changed.

    Values:
        present: they have not fallen out. defective: a set that gives next to nothing.
        capacity_factor: of this set, against an usual one. used_mAh: what was taken out of it.
    """

    __slots__ = ("_cells", "capacity_factor", "defective", "present", "used_mAh")

    def __init__(self, cells: Cells) -> None:
        self._cells = cells
        self.fresh()

    def fresh(self, capacity_factor: float = 1.0) -> None:
        """Put in a new set, sound and full."""
        self.present, self.defective = True, False
        self.capacity_factor, self.used_mAh = capacity_factor, 0.0

    def capacity_at(self, ambient_C: float) -> float:
        """Return what it gives at this temperature, in mAh."""
        cells = self._cells
        at_room = cells.capacity_mAh * self.capacity_factor
        if ambient_C >= cells.room_C:
            return at_room
        cold = (cells.room_C - ambient_C) / (cells.room_C - cells.cold_C)
        return at_room * max(1.0 - (1.0 - cells.cold_share) * cold, LEAST_SHARE)

    def mV(self, load_mA: float, ambient_C: float) -> float:
        """Return the voltage under this load."""
        if not self.present:
            return 0.0
        if self.defective:
            return float(self._cells.defective_mV)
        used = self.used_mAh / self.capacity_at(ambient_C)
        return max(self._cells.curve.mV_at(used) - load_mA * self._cells.inner_ohm, 0.0)

    def hours_to(self, limits_mV: tuple[int, ...], hair: float, load_mA: float, ambient_C: float) -> float:
        """Return when the voltage under this load falls to within a hair of one of these limits; else `NEVER`.

        Limits that it is below already do not count.
        """
        if not limits_mV or load_mA <= 0.0 or self.defective or not self.present:
            return NEVER
        now = self.mV(load_mA, ambient_C) - hair
        first = max((limit for limit in limits_mV if limit < now), default=None)
        if first is None:
            return NEVER
        used = self._cells.curve.used_at(first + hair + load_mA * self._cells.inner_ohm)
        return (used * self.capacity_at(ambient_C) - self.used_mAh) / load_mA
