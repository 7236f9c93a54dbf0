"""Everything that is said about two regimens, together."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from ransel.outcomes.assumption import Assumption
from ransel.outcomes.burden import BurdenComparison
from ransel.outcomes.exposure import ExposureComparison
from ransel.outcomes.tolerability import TolerabilityComparison
from ransel.protocols.protocol import Words


@dataclass(frozen=True, slots=True, kw_only=True)
class Comparison:
    """Old against new: the second regimen against the first.

    Values:
        made: aware instant. titles: of the regimens. home_for_ward: whether the second is a continuous infusion at
        home and the first short ones in hospital, which is what the page for parents is about.
        tolerability: published tables first, own courses last.
        assumptions: everything without a published source, over all parts.
    """

    made: datetime
    titles: tuple[Words, Words]
    home_for_ward: bool
    exposure: ExposureComparison
    tolerability: tuple[TolerabilityComparison, ...]
    burden: tuple[BurdenComparison, ...]
    assumptions: tuple[Assumption, ...]

    @property
    def published(self) -> TolerabilityComparison | None:
        """The first published table about these regimens; None where there is none."""
        return next((one for one in self.tolerability if one.source), None)

    @property
    def worked_out(self) -> BurdenComparison:
        """The burden by the usual practice; a comparison always has it."""
        return next(one for one in self.burden if not one.own)
