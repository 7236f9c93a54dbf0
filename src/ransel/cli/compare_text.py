"""Old against new on the terminal: the claims, every table, and what it all rests on."""

from __future__ import annotations

from collections.abc import Iterator

from ransel.cli.table import columns
from ransel.language import Language, Message
from ransel.outcomes.comparison import Comparison
from ransel.papers.burden_picture import burden_table
from ransel.papers.comparison_report import claims, rests_on
from ransel.papers.exposure_picture import exposure_table, sensitivity_table
from ransel.papers.figure import Table
from ransel.papers.forest_picture import forest_table
from ransel.papers.lettering import wrapped

LINE = 110
_LETTER = 0.5
"""How wide a letter is at size one, on average; `wrapped` measures letters as they are printed."""


def comparison_text(comparison: Comparison, language: Language) -> str:
    """Return everything that a comparison says, as lines."""
    return "\n".join(_lines(comparison, language))


def _lines(comparison: Comparison, language: Language) -> Iterator[str]:
    for claim in claims(comparison):
        yield from _paragraph(claim.text(language), "- ")
    titles = comparison.titles
    yield from _section(_say("exposure", language), exposure_table(comparison.exposure, titles, language))
    sensitivity = sensitivity_table(comparison.exposure, language)
    yield from ("", f"  {sensitivity.caption}", columns([sensitivity.head, *sensitivity.rows]))
    for compared in comparison.tolerability:
        yield from _section(f"{_say('tolerability', language)}: {compared.id}", forest_table(compared, language))
    base, *others = comparison.burden
    for burden in (base, *(one for one in others if one.own)):  # of other practices the base says what they come to
        yield from _section(_say("burden", language), burden_table(burden, titles, language))
    yield ""
    yield _say("rests", language)
    for line in rests_on(comparison, language):
        yield from _paragraph(line, "- ")


def _section(title: str, table: Table) -> Iterator[str]:
    yield ""
    yield title
    yield f"  {table.caption}"
    yield columns([table.head, *table.rows])
    for note in table.notes:
        yield from _paragraph(note, "  ")


def _paragraph(words: str, before: str) -> Iterator[str]:
    for number, line in enumerate(wrapped(words, LINE * _LETTER, 1.0)):
        yield f"{before if number == 0 else '  '}{line}"


def _say(key: str, language: Language, **values: object) -> str:
    return Message(f"compare.{key}", values).text(language)
