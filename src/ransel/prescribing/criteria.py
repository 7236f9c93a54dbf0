"""Start criteria: met, not met, or missing. Missing is never shown as fine."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Literal

from ransel.evidence import Sourced
from ransel.language import Message, Refusal, Refused
from ransel.prescribing.patient import Findings
from ransel.protocols import Criterion
from ransel.quantities import Quantity, Shown

State = Literal["met", "not-met", "missing", "too-old"]


@dataclass(frozen=True, slots=True)
class Outcome:
    """How one criterion stands.

    Values:
        criterion: the criterion with its threshold.
        state: met, not-met, missing, or too-old when what was found no longer counts.
        found: what was found, if anything.
    """

    criterion: Criterion
    state: State
    found: Quantity | bool | None

    @property
    def threshold(self) -> Sourced[Any]:
        """The threshold with its source."""
        return _threshold(self.criterion)[1]

    @property
    def limit(self) -> Message:
        """The threshold in words, such as `above 94 %`."""
        comparison, sourced = _threshold(self.criterion)
        value = sourced.value
        shown = Shown(value, self.criterion.unit) if isinstance(value, Quantity) else Message(_yes_or_no(value))
        return Message(f"criterion.{comparison}", {"threshold": shown})

    @property
    def found_in_words(self) -> Message | Shown:
        """What was found."""
        if self.found is None:
            return Message("criterion.missing")
        if isinstance(self.found, bool):
            return Message(_yes_or_no(self.found))
        return Shown(self.found, self.criterion.unit)


def judge(criteria: tuple[Criterion, ...], findings: Findings, *, too_old: bool = False) -> tuple[Outcome, ...]:
    """Return how each criterion stands with these findings; what is too old is never met.

    Raises:
        Refused: for a finding that is of another kind than its criterion or impossible, or that has no criterion.
    """
    known = {criterion.id: criterion for criterion in criteria}
    if not known:  # the protocol asks nothing, so a finding that is known all the same does no harm
        return ()
    complaints = [
        refusal.at("findings") for key, value in findings.values.items() for refusal in _complaints(key, value, known)
    ]
    if complaints:
        raise Refused(complaints)
    return tuple(_outcome(criterion, findings.values.get(criterion.id), too_old) for criterion in criteria)


def _complaints(key: str, found: Quantity | bool, known: Mapping[str, Criterion]) -> Iterator[Refusal]:
    criterion = known.get(key)
    if criterion is None:
        yield Refusal("finding.unknown", key, _written(found), {"known": ", ".join(known)})
    elif criterion.must_be is not None:
        if not isinstance(found, bool):
            yield Refusal("finding.not-yes-or-no", key, _written(found))
    elif not isinstance(found, Quantity) or found.dimension != _threshold(criterion)[1].value.dimension:
        yield Refusal("finding.other-kind", key, _written(found), {"unit": criterion.unit})
    elif criterion.impossible_above is not None and found > criterion.impossible_above.value:
        most = Shown(criterion.impossible_above.value, criterion.unit)
        yield Refusal("finding.impossible", key, found.text("en", criterion.unit), {"most": most})


def _written(found: Quantity | bool) -> str:
    """Return a finding as a file has it."""
    return str(found).lower() if isinstance(found, bool) else str(found)


def _outcome(criterion: Criterion, found: Quantity | bool | None, too_old: bool) -> Outcome:
    if found is None:
        return Outcome(criterion, "missing", None)
    if not _holds(criterion, found):
        return Outcome(criterion, "not-met", found)
    return Outcome(criterion, "too-old" if too_old else "met", found)


def _holds(criterion: Criterion, found: Quantity | bool) -> bool:
    comparison, sourced = _threshold(criterion)
    limit: Any = sourced.value
    match comparison:
        case "above":
            return bool(found > limit)
        case "at_least":
            return bool(found >= limit)
        case "below":
            return bool(found < limit)
        case "at_most":
            return bool(found <= limit)
        case _:
            return bool(found is limit)


def _threshold(criterion: Criterion) -> tuple[str, Sourced[Any]]:
    for comparison in ("above", "at_least", "below", "at_most", "must_be"):
        sourced: Sourced[Any] | None = getattr(criterion, comparison)
        if sourced is not None:
            return comparison, sourced
    raise AssertionError(criterion)  # a criterion is read only with a threshold


def _yes_or_no(value: bool) -> str:
    return "word.yes" if value else "word.no"
