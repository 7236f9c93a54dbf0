"""Published tables of side effects: percentages of two groups as data, each number with its source.

A table is one TOML file. The package has its own; a hospital adds others in `outcomes/published` of its folder.
"""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Any, Literal, Self

from pydantic import Field, model_validator

from ransel.evidence import Sourced
from ransel.language import refuse
from ransel.outcomes.given_in import GivenIn
from ransel.outcomes.reconstructed import reconstructed
from ransel.outcomes.tolerability import Count
from ransel.protocols import Library, Protocol, read_toml, validate
from ransel.protocols.kind_of_value import Count as Children
from ransel.protocols.kind_of_value import Slug, Text, refuse_twice
from ransel.protocols.protocol import Words
from ransel.protocols.reading import Record, place_of
from ransel.quantities import Ratio

TABLES = Path(__file__).parent / "library" / "published"
OWN_TABLES = Path("outcomes") / "published"
"""Where a hospital's own tables are, in its own folder."""


class PublishedGroup(GivenIn):
    """A group of children of a published table, all in one regimen."""

    title: Words
    children: Sourced[Children]


class PublishedTerm(Record):
    """One side effect; None where nothing was published for a group."""

    id: Slug
    title: Words
    first: Sourced[Ratio] | None = None
    second: Sourced[Ratio] | None = None

    @model_validator(mode="after")
    def _is_a_part_of_the_children(self) -> Self:
        for key, percent in (("first", self.first), ("second", self.second)):
            if percent is not None and not 0 <= percent.value.magnitude <= 1:
                refuse("published.no-percentage", f"{key}.value", percent.value.text(symbol="%"))
        return self


class PublishedTable(Record):
    """Side effects of two groups as published.

    Values:
        grades: which were counted. ctcae: version of the terms, empty when not stated. decimals: of the percentages.
        least_evaluable: which part of the children was judged at the least; None where all were.
        notes: what else a reader must know to compare the groups.
    """

    schema_: Literal["ransel/published-table/1"] = Field(alias="schema")
    id: Slug
    grades: Text
    ctcae: str
    randomised: bool
    decimals: Annotated[int, Field(ge=0, le=3)] = 0
    least_evaluable: Sourced[Ratio] | None = None
    notes: tuple[Words, ...] = ()
    first: PublishedGroup
    second: PublishedGroup
    terms: tuple[PublishedTerm, ...] = Field(min_length=1)

    @model_validator(mode="after")
    def _nothing_is_there_twice(self) -> Self:
        refuse_twice("terms", (term.id for term in self.terms))
        return self

    def counts(self, term: PublishedTerm) -> tuple[Count | None, Count | None]:
        """Return the counts of a term in both groups, worked out from the percentages."""
        return self._count(term.first, self.first), self._count(term.second, self.second)

    def between(self, first: Protocol, second: Protocol) -> PublishedTable | None:
        """Return the table with its groups in the order of these regimens; None when it is about others."""
        if self.first.is_of(first) and self.second.is_of(second):
            return self
        if self.first.is_of(second) and self.second.is_of(first):
            return self.turned
        return None

    @property
    def turned(self) -> PublishedTable:
        """The same table with its groups in the other order."""
        terms = tuple(term.model_copy(update={"first": term.second, "second": term.first}) for term in self.terms)
        return self.model_copy(update={"first": self.second, "second": self.first, "terms": terms})

    @property
    def sources(self) -> tuple[str, ...]:
        """The codes of the sources, each once."""
        cited: list[Sourced[Any]] = [self.first.children, self.second.children]
        cited += [percent for term in self.terms for percent in (term.first, term.second) if percent is not None]
        return tuple(dict.fromkeys(number.source for number in cited if number.source))

    def _count(self, percent: Sourced[Ratio] | None, group: PublishedGroup) -> Count | None:
        if percent is None:
            return None
        return reconstructed(percent.value.magnitude, group.children.value, self.decimals)


def published_tables(library: Library | None = None) -> tuple[PublishedTable, ...]:
    """Return the published tables of the package, then those of the hospital's own folder.

    Raises:
        Refused: when a table is not right, has the id of another, or cites a source that is not known.
    """
    library = library or Library()
    folders = [TABLES] + ([library.own / OWN_TABLES] if library.own else [])
    paths = [path for folder in folders if folder.is_dir() for path in sorted(folder.glob("*.toml"))]
    found: dict[str, PublishedTable] = {}
    for path in paths:
        table = read_published(path, library)
        if table.id in found:
            refuse("published.id-taken", f"{place_of(path)}.id", table.id)
        found[table.id] = table
    return tuple(found.values())


def read_published(path: Path, library: Library) -> PublishedTable:
    """Read one published table and check it.

    Raises:
        Refused: with every complaint at once.
    """
    place = place_of(path)
    table = validate(PublishedTable, read_toml(path), place)
    library.require_grounds(table, place)
    return table
