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
        made: aware instant. titles: of the regimens. tolerability: published tables first, own courses last.
        assumptions: everything without a published source, over all parts.
    """

    made: datetime
    titles: tuple[Words, Words]
    exposure: ExposureComparison
    tolerability: tuple[TolerabilityComparison, ...]
    burden: tuple[BurdenComparison, ...]
    assumptions: tuple[Assumption, ...]
