"""The worst grade of every side effect over a course, out of what was seen at each look at the child.

A grade that somebody signed stays as it was signed. Where nobody signed one for a term at that look, the number that
was measured then says it, as far as a number can. What nobody looked at has no grade, and that is not grade 0.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from ransel.followup.ctcae import ctcae
from ransel.followup.grading import Grade, NoGrade, grade
from ransel.language import Refused
from ransel.quantities import Quantity, Ratio, Temperature

OTHER = "other"
"""Side effects that somebody typed are counted under this: what was typed could say who the child is."""
WORST_PAIN = 3
"""CTCAE knows no worse pain than grade 3."""


@dataclass(frozen=True, slots=True)
class WorstGrade:
    """The worst grade of one term; `or_worse` when what was seen leaves open that it was worse."""

    grade: int
    or_worse: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Look:
    """One look at a child.

    Values:
        signed: terms as CTCAE writes them, or as typed, each with its grade; 0 for looked for and not there.
        looked_for: name of the list that was gone through, empty for none; what of it was not named was not there.
        temperature, saturation: as measured. pain: score of 0 to 10. All None when not looked at.
    """

    signed: Sequence[tuple[str, int]] = ()
    looked_for: str = ""
    temperature: Temperature | None = None
    saturation: Ratio | None = None
    pain: int | None = None


@dataclass(slots=True)
class _Range:
    lowest: int = 0
    highest: int = 0

    def widen(self, lowest: int, highest: int) -> None:
        self.lowest, self.highest = max(self.lowest, lowest), max(self.highest, highest)


@dataclass(slots=True)
class _Ranges:
    of: dict[str, _Range] = field(default_factory=dict)

    def widen(self, term: str, lowest: int, highest: int) -> None:
        self.of.setdefault(term, _Range()).widen(lowest, highest)


def worst_grades(looks: Iterable[Look]) -> Mapping[str, WorstGrade]:
    """Return the worst grade of every term that was looked at, by the id of the term."""
    ranges = _Ranges()
    for look in looks:
        told = {_id_of(term) for term, _ in look.signed}
        for term, graded in look.signed:
            ranges.widen(_id_of(term), graded, graded)
        for term, lowest, highest in (*_by_number(look), *_not_there(look)):
            if term not in told:
                told.add(term)
                ranges.widen(term, lowest, highest)
    return {term: WorstGrade(one.lowest, one.highest > one.lowest) for term, one in sorted(ranges.of.items())}


def _id_of(name: str) -> str:
    term = ctcae().find(name)
    return term.id if term else OTHER


def _by_number(look: Look) -> Iterator[tuple[str, int, int]]:
    """Go through the terms of which a number says between which grades they lie."""
    measured = {"fever": look.temperature, "hypoxia": look.saturation}
    for term, value in measured.items():
        graded = None if value is None else _graded(term, value)
        if isinstance(graded, Grade):
            yield term, graded.lowest, graded.highest
    if look.pain is not None:
        yield ("pain", 1, WORST_PAIN) if look.pain else ("pain", 0, 0)


def _graded(term: str, value: Quantity) -> Grade | NoGrade | None:
    """Return the grade of a value that was signed; None for a slip of the keyboard, which says nothing of the child."""
    try:
        return grade(term, value)
    except Refused:
        return None


def _not_there(look: Look) -> Iterator[tuple[str, int, int]]:
    """Go through the terms that were looked for; one that was named or measured as well is told by that."""
    return ((term.id, 0, 0) for term in ctcae().listed(look.looked_for))
