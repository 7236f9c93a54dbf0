"""Where the fluid of one container is. Truth, which no pump knows."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(slots=True)
class Account:
    """The fluid of one container, in mL; `filled_mL` is always the sum of all the others.

    Values:
        left_mL: in bag and tube above the pump. in_line_mL: pushed into a line that does not let it out.
        into_child_mL: less what flowed back. primed_mL: through the line while no child was connected.
        leaked_mL: beside the child.
    """

    filled_mL: float
    left_mL: float
    into_child_mL: float = 0.0
    primed_mL: float = 0.0
    leaked_mL: float = 0.0
    in_line_mL: float = 0.0

    @property
    def out_mL(self) -> float:
        """What is no longer in the container."""
        return self.into_child_mL + self.primed_mL + self.leaked_mL + self.in_line_mL
