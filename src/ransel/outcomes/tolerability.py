"""Side effects of two groups of children, term by term and in both directions."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from ransel.language import Message
from ransel.outcomes.interval import Interval
from ransel.protocols.protocol import Words


class Verdict(StrEnum):
    """What the interval of a risk ratio shows about the second group."""

    FEWER = "fewer"
    MORE = "more"
    NOT_SHOWN = "not-shown"
    """The interval holds 1: neither shown to differ nor shown to be alike."""
    NOT_COUNTED = "not-counted"
    """No numbers for one of the groups."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Count:
    """How many children of a group had an event.

    Values:
        reconstructed: whether `events` was worked out from a percentage; then `fewest` and `most` are the counts that
        round to it, else both are `events`.
    """

    events: int
    children: int
    fewest: int
    most: int
    reconstructed: bool

    @property
    def percent(self) -> float:
        """Which part of the children, in percent."""
        return 100 * self.events / self.children


@dataclass(frozen=True, slots=True, kw_only=True)
class TermComparison:
    """One side effect in both groups; the second against the first.

    Values:
        term: id. title: its words. first, second: None where nothing was counted. risk_ratio: with the Katz log
        interval; None without events in one group. risk_ratio_score: Miettinen and Nurminen. risk_difference: Newcombe.
        p: two-sided, of the score test; p_adjusted: after Holm over all terms of the table.
        borderline: whether the verdict changes within what the percentages allow, or the interval ends within 5 % of 1.
        verdicts: the part of all counts that the percentages allow under which each verdict holds.
    """

    term: str
    title: Words
    first: Count | None
    second: Count | None
    risk_ratio: Interval | None
    risk_ratio_score: Interval | None
    risk_difference: Interval | None
    p: float | None
    p_adjusted: float | None
    verdict: Verdict
    borderline: bool
    verdicts: tuple[tuple[Verdict, float], ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class TolerabilityComparison:
    """Two groups of children and their side effects.

    Values:
        id: of the table, such as `siopen-antibody-alone`, or `own-cohort`. titles: of the groups. source: code; empty
        for own courses. grades: which are counted, such as `3-4`. ctcae: version of the terms, empty when not stated.
        randomised: whether chance decided who got what. says: notes that stand beside the table.
        by_chance: how many of so many terms would look different by chance alone, if nothing differed.
    """

    id: str
    titles: tuple[Words, Words]
    source: str
    grades: str
    ctcae: str
    randomised: bool
    terms: tuple[TermComparison, ...]
    by_chance: float
    says: tuple[Message, ...]
