"""One line of an event table as NONMEM reads it: a level that was drawn, a dose, or an emptying."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import IntEnum


class EventKind(IntEnum):
    """The numbers of the column EVID."""

    OBSERVATION = 0
    DOSE = 1
    OTHER = 2
    RESET = 3
    RESET_AND_DOSE = 4

    @property
    def doses(self) -> bool:
        """Whether something is given."""
        return self in {EventKind.DOSE, EventKind.RESET_AND_DOSE}

    @property
    def resets(self) -> bool:
        """Whether everything is emptied first."""
        return self in {EventKind.RESET, EventKind.RESET_AND_DOSE}


class Steady(IntEnum):
    """The numbers of the column SS."""

    NO = 0
    INSTEAD = 1
    """The steady state of this dose takes the place of what there was."""
    BESIDE = 2
    """The steady state of this dose is added to what there was."""


@dataclass(frozen=True, slots=True, kw_only=True)
class EventRow:
    """One event of one child.

    Values:
        line: in the file, from 1; nought when it was never in a file. child: the text of the column ID.
        time: h (TIME). kind: EVID. amount: mg (AMT). rate: mg/h (RATE, or AMT over DUR); nought is a bolus.
        interval: h between doses (II). additional: how many more doses follow (ADDL). steady: SS.
        missing: whether a level is not to be used (MDV). compartment: CMT, nought where it is left to the model.
        level: mg/L (DV); None where none was measured. below: mg/L, the limit under which a level lay.
        occasion: from 1 (OCC). covariates: every other column, by its name.
    """

    child: str
    time: float
    kind: EventKind = EventKind.OBSERVATION
    line: int = 0
    amount: float = 0.0
    rate: float = 0.0
    interval: float = 0.0
    additional: int = 0
    steady: Steady = Steady.NO
    missing: bool = False
    compartment: int = 0
    level: float | None = None
    below: float | None = None
    occasion: int = 1
    covariates: Mapping[str, float] = field(default_factory=dict)

    @property
    def duration(self) -> float:
        """How long an infusion lasts, h; nought for a bolus."""
        return self.amount / self.rate if self.rate else 0.0

    @property
    def endless(self) -> bool:
        """Whether it is the steady state of an infusion that has run for ever and ends here."""
        return self.kind.doses and self.steady is not Steady.NO and self.amount == 0 and self.rate > 0
