"""The terms of CTCAE, with their version: what side effects are called, and at which values their grades begin."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from functools import cache, cached_property
from pathlib import Path
from types import MappingProxyType
from typing import Annotated, Literal, Self

from pydantic import Field, model_validator

from ransel.evidence import Sourced
from ransel.language import refuse
from ransel.protocols.kind_of_value import Slug, Text
from ransel.protocols.protocol import Words
from ransel.protocols.reading import Record, place_of, read_toml, validate
from ransel.quantities import CellCount, Duration, Quantity, Temperature, unit

FILE = Path(__file__).with_name("ctcae.toml")

AGrade = Annotated[int, Field(ge=1, le=5)]


class JudgedGrade(Record):
    """What a grade means where a person has to judge."""

    grade: AGrade
    words: Words


class Step(Record):
    """The value at which a grade begins; the value itself has it only when `inclusive`."""

    grade: AGrade
    at: Sourced[Quantity]
    inclusive: bool = False


class Raise(Record):
    """What a number cannot decide: `grade` is `to` when something else is so, or lasts longer than this."""

    grade: AGrade
    to: AGrade
    when: Literal["symptoms", "at-rest", "life-threatening"] | None = None
    longer_than: Sourced[Duration] | None = None

    @model_validator(mode="after")
    def _asks_one_thing(self) -> Self:
        if (self.when is None) == (self.longer_than is None):
            refuse("ctcae.raise-asks-one-thing", "when", self.when or "")
        return self


class Baseline(Record):
    """Grades in multiples of the value before the treatment."""

    use: Literal["instead", "too"]
    steps: tuple[Step, ...]


class Scale(Record):
    """Where a number decides; see the head of `ctcae.toml`."""

    unit: Text
    toward: Literal["up", "down"]
    limit: Literal["none", "lower", "upper"]
    least: Sourced[Quantity]
    most: Sourced[Quantity]
    steps: tuple[Step, ...]
    has_grade_1: bool = True
    raises: tuple[Raise, ...] = ()
    baseline: Baseline | None = None

    @model_validator(mode="after")
    def _is_of_one_kind(self) -> Self:
        for value in (self.least.value, self.most.value, *(step.at.value for step in self.steps)):
            if value.dimension != unit(self.unit).dimension:
                refuse("quantity.other-kind", "unit", self.unit, example=value.usual_unit)
        return self

    @model_validator(mode="after")
    def _gets_worse(self) -> Self:
        grades = [step.grade for step in self.steps]
        values = [step.at.value.magnitude for step in self.steps]
        if grades != sorted(set(grades)) or values != sorted(set(values), reverse=self.toward == "down"):
            refuse("ctcae.steps-out-of-order", "steps", ", ".join(map(str, grades)))
        return self

    @property
    def is_relative(self) -> bool:
        """Whether values are multiples of the laboratory's upper limit."""
        return self.limit == "upper"


class Term(Record):
    """One side effect; see the head of `ctcae.toml`."""

    id: Slug
    name: Text
    system: Text
    title: Words
    judged: tuple[JudgedGrade, ...] = ()
    scale: Scale | None = None


class Febrile(Record):
    """When fever and few neutrophils together are a side effect of their own, of grade 3 or worse."""

    fewer_than: Sourced[CellCount]
    once_above: Sourced[Temperature]
    at_least: Sourced[Temperature]
    longer_than: Sourced[Duration]


class Ctcae(Record):
    """One version of the criteria.

    Values:
        version: as grades are signed and exported with. source: code of where the table was read.
        list: name of the list that is gone through beside a child now. lists: the ids of their terms, by name.
    """

    version: Text
    source: Text
    list: Text
    lists: dict[Text, tuple[Slug, ...]]
    febrile: Febrile
    terms: tuple[Term, ...]

    @model_validator(mode="after")
    def _names_nothing_twice(self) -> Self:
        for key in ("id", "name"):
            found = [getattr(term, key) for term in self.terms]
            twice = next((one for one in found if found.count(one) > 1), None)
            if twice is not None:
                refuse("ctcae.term-twice", "terms", twice)
        return self

    @model_validator(mode="after")
    def _lists_what_it_knows(self) -> Self:
        if self.list not in self.lists:
            refuse("ctcae.unknown-list", "list", self.list)
        for name, ids in self.lists.items():
            for one in ids:
                if one not in self._by_name:
                    refuse("ctcae.unknown-term", f"lists.{name}", one, version=self.version)
        return self

    def term(self, name: str) -> Term:
        """Return a term by its id, or by its name as CTCAE writes it.

        Raises:
            Refused: when there is no such term.
        """
        found = self.find(name)
        if found is None:
            refuse("ctcae.unknown-term", "term", name, version=self.version)
        return found

    def find(self, name: str) -> Term | None:
        """Return a term by its id or its name, None when there is no such term."""
        return self._by_name.get(name)

    @cached_property
    def _by_name(self) -> Mapping[str, Term]:
        return MappingProxyType({key: term for term in self.terms for key in (term.name, term.id)})

    def listed(self, name: str) -> Iterator[Term]:
        """Go through the terms of a list by its name; none when nobody knows it."""
        return (self._by_name[one] for one in self.lists.get(name, ()))


def read_ctcae(path: Path) -> Ctcae:
    """Return the criteria of a file.

    Raises:
        Refused: when it cannot be read, or something in it is not right.
    """
    return validate(Ctcae, read_toml(path), place_of(path))


@cache
def ctcae() -> Ctcae:
    """Return the criteria of the package, read once."""
    return read_ctcae(FILE)
