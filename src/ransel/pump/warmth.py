"""The warmth of the pump's body: it follows its surroundings with a lag of first order."""

from __future__ import annotations

import math

from ransel.pump.figures import Body
from ransel.pump.stage import NEVER


class Warmth:
    """How warm the body is, in °C.

    Values:
        body_C: now. heating_C: by how much a fault warms it in the end.
    """

    __slots__ = ("_body", "body_C", "heating_C")

    def __init__(self, body: Body, ambient_C: float) -> None:
        self._body = body
        self.body_C = ambient_C + body.own_warmth_C
        self.heating_C = 0.0

    def towards_C(self, ambient_C: float, is_on: bool) -> float:
        """Return where the body goes if nothing changes."""
        return ambient_C + self.heating_C + (self._body.own_warmth_C if is_on else 0.0)

    def advance(self, hours: float, towards_C: float) -> None:
        """Let time pass."""
        self.body_C += (self.body_C - towards_C) * math.expm1(-hours / self._body.time_constant_h)

    def hours_to(self, limit_C: float, towards_C: float) -> float:
        """Return when the body reaches a limit that lies between where it is and where it goes; else `NEVER`."""
        whole, part = towards_C - self.body_C, limit_C - self.body_C
        if whole == 0.0 or not 0.0 < part / whole < 1.0:
            return NEVER
        return -math.log1p(-part / whole) * self._body.time_constant_h
