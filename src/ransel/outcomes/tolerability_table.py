"""A whole table of side effects: all terms together, how many differ by chance, and what must be said beside it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from types import MappingProxyType

from ransel.language import Message
from ransel.language.message import Joined
from ransel.outcomes.number import Number
from ransel.outcomes.published import PublishedTable
from ransel.outcomes.reconstructed import verdicts_with_fewer_judged
from ransel.outcomes.risk import ALPHA, by_chance, compare_term, with_adjusted
from ransel.outcomes.tolerability import TermComparison, TolerabilityComparison, Verdict
from ransel.protocols.protocol import Words

SHOWN = (Verdict.FEWER, Verdict.MORE)
VERDICT_WORDS: Mapping[Verdict, str] = MappingProxyType({
    Verdict.FEWER: "verdict.fewer",
    Verdict.MORE: "verdict.more",
    Verdict.NOT_SHOWN: "verdict.not-shown",
    Verdict.NOT_COUNTED: "verdict.not-counted",
})  # fmt: skip
"""The sentence of each verdict."""


def compare_published(table: PublishedTable) -> TolerabilityComparison:
    """Compare the two groups of a published table."""
    terms = tuple(compare_term(term.id, term.title, *table.counts(term)) for term in table.terms)
    return tolerability(
        id=table.id,
        titles=(table.first.title, table.second.title),
        source=", ".join(table.sources),
        grades=table.grades,
        ctcae=table.ctcae,
        randomised=table.randomised,
        terms=terms,
        says=(*(Message("tolerability.says.note", {"note": note}) for note in table.notes), *_fewer_judged(table)),
    )


def tolerability(
    *,
    id: str,
    titles: tuple[Words, Words],
    source: str,
    grades: str,
    ctcae: str,
    randomised: bool,
    terms: Sequence[TermComparison],
    says: Sequence[Message] = (),
) -> TolerabilityComparison:
    """Put the terms of one table together: p-values adjusted over all of them, and the notes that always stand beside.

    `says` are further notes, which follow those.
    """
    adjusted = with_adjusted(terms)
    return TolerabilityComparison(
        id=id,
        titles=titles,
        source=source,
        grades=grades,
        ctcae=ctcae,
        randomised=randomised,
        terms=adjusted,
        by_chance=by_chance(adjusted),
        says=(*_notes(adjusted, randomised=randomised), *says),
    )


def _notes(terms: Sequence[TermComparison], *, randomised: bool) -> Iterator[Message]:
    if not randomised:
        yield Message("tolerability.says.not-randomised")
    if any(term.p is not None for term in terms):
        yield _many_terms(terms)
    if any(term.verdict is Verdict.NOT_SHOWN for term in terms):
        yield Message("tolerability.says.not-shown")
    if any(count is not None and count.reconstructed for term in terms for count in (term.first, term.second)):
        yield Message("tolerability.says.reconstructed")
    close = [term for term in terms if term.borderline]
    if close:
        yield Message("tolerability.says.borderline", {"terms": _titles(close)})
    missing = [term for term in terms if term.verdict is Verdict.NOT_COUNTED]
    if missing:
        yield Message("tolerability.says.not-counted", {"terms": _titles(missing)})


def _many_terms(terms: Sequence[TermComparison]) -> Message:
    """Say how many terms would differ by chance alone, and which still do after the correction of Holm."""
    compared = [term for term in terms if term.p is not None]
    kept = [term for term in compared if term.p_adjusted is not None and term.p_adjusted < ALPHA]
    values = {
        "compared": len(compared),
        "shown": sum(term.verdict in SHOWN for term in compared),
        "chance": Number(by_chance(terms), 2),
    }
    if not kept:
        return Message("tolerability.says.chance-none-kept", values)
    return Message("tolerability.says.chance-kept", values | {"kept": _titles(kept)})


def _fewer_judged(table: PublishedTable) -> Iterator[Message]:
    """Say which verdicts would not stand if fewer children than the whole group had been judged."""
    if table.least_evaluable is None:
        return
    least = table.least_evaluable.value.magnitude
    depends = []
    for term in table.terms:
        if term.first is None or term.second is None:
            continue
        first = (term.first.value.magnitude, table.first.children.value)
        second = (term.second.value.magnitude, table.second.children.value)
        shares = verdicts_with_fewer_judged(first, second, least, table.decimals)
        if len(shares) > 1:
            depends.append(_share(term.title, shares))
    said = Joined(tuple(depends)) if depends else Message("tolerability.says.no-term")
    yield Message("tolerability.says.fewer-judged", {"least": table.least_evaluable.value, "terms": said})


def _share(title: Words, shares: Sequence[tuple[Verdict, float]]) -> Message:
    parts = tuple(
        Message("tolerability.says.share", {"verdict": Message(VERDICT_WORDS[verdict]), "part": Number(100 * part)})
        for verdict, part in shares
    )
    return Message("tolerability.says.shares", {"term": title, "shares": Joined(parts, ", ")})


def _titles(terms: Sequence[TermComparison]) -> Joined:
    return Joined(tuple(term.title for term in terms), ", ")
