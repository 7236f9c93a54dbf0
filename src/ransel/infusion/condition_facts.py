"""What each alarm condition means, read from `conditions.toml`: one entry for every condition, in both languages."""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum
from functools import cache
from pathlib import Path
from types import MappingProxyType
from typing import Annotated, Literal, Self

from pydantic import Field, model_validator

from ransel.infusion.condition import Condition, Priority, Reaction
from ransel.language import refuse
from ransel.protocols.kind_of_value import Slug
from ransel.protocols.protocol import Words
from ransel.protocols.reading import Record, place_of, read_toml, validate

FILE = Path(__file__).parent / "conditions.toml"


class Effect(StrEnum):
    """What happens to the child while a condition lasts."""

    INTERRUPTION = "interruption"
    """Nothing is given, or soon nothing will be."""
    TOO_MUCH = "too-much"
    TOO_LITTLE = "too-little"
    AIR = "air"
    UNSEEN = "unseen"
    """What goes wrong next may go unnoticed."""
    NONE = "none"


class Onset(StrEnum):
    """How soon, earliest first, in the words of IEC 60601-1-8."""

    IMMEDIATE = "immediate"
    """Before anybody can usually act."""
    PROMPT = "prompt"
    """With time enough to act, usually."""
    DELAYED = "delayed"
    """Later than that."""

    @classmethod
    def later(cls, one: Onset, other: Onset) -> Onset:
        """Return the later of two; harm begins when the effect has begun and has had its time."""
        return max(one, other, key=list(cls).index)


# A record is strict; these names are read from texts.
OfCondition = Annotated[Condition, Field(strict=False)]
OfEffect = Annotated[Effect, Field(strict=False)]
OfOnset = Annotated[Onset, Field(strict=False)]
OfPriority = Annotated[Priority, Field(strict=False)]
OfReaction = Annotated[Reaction, Field(strict=False)]

_REACTION_OF_LEVEL: Mapping[int, Reaction] = {
    4: Reaction.STOP,
    3: Reaction.KVO,
    2: Reaction.CONTINUE,
    1: Reaction.CONTINUE,
}
"""The four levels of the generic PCA model."""


class Published(Record):
    """What published models do on this condition, and why ours differs from them.

    Values:
        gpca_level: 4 to 1, of the generic PCA model. open_pca_priority, open_pca_reaction: of Open PCA 1.0.0.
    """

    gpca_level: Annotated[int, Field(ge=1, le=4)] | None = None
    open_pca_priority: OfPriority | None = None
    open_pca_reaction: OfReaction | None = None
    differs: Words | None = None

    @property
    def reactions(self) -> frozenset[Reaction]:
        """The reactions that others have, none when nothing was published."""
        level = None if self.gpca_level is None else _REACTION_OF_LEVEL[self.gpca_level]
        return frozenset(reaction for reaction in (level, self.open_pca_reaction) if reaction is not None)


class ConditionFacts(Record):
    """One condition: what it is called, what to do, and what it does to child and infusion.

    Values:
        title: as a nurse says it. do: what the person beside the child does.
        effect: on the child while it lasts. onset: how soon that effect begins; onset_because: why.
        reaction: of the pump, unless the row of the drug says otherwise. latching: to be acknowledged after its cause.
        gpca: 1 to 19. fda: short names of our own. hardware: a modelled result, because only hardware could prove it.
    """

    title: Words
    do: Words
    effect: OfEffect
    onset: OfOnset
    onset_because: Words
    reaction: OfReaction
    latching: bool
    raised_by: Literal["pump", "ledger"]
    gpca: Annotated[int, Field(ge=1, le=19)] | None = None
    fda: tuple[Slug, ...] = ()
    hardware: bool = False
    published: Published = Published()

    @model_validator(mode="after")
    def _differs_with_a_reason(self) -> Self:
        if self.published.reactions - {self.reaction} and self.published.differs is None:
            refuse("condition.differs-without-reason", "published.differs", self.reaction)
        return self

    @model_validator(mode="after")
    def _a_stop_is_acknowledged(self) -> Self:
        if self.reaction is Reaction.STOP and not self.latching:
            refuse("condition.stop-not-latching", "latching", "false")
        return self


class _ConditionsFile(Record):
    conditions: dict[OfCondition, ConditionFacts]


def read_facts(path: Path) -> Mapping[Condition, ConditionFacts]:
    """Return the facts of every condition, in the order of the vocabulary.

    Raises:
        Refused: when one is missing, unknown or not right.
    """
    place = place_of(path)
    found = validate(_ConditionsFile, {"conditions": read_toml(path)}, place).conditions
    missing = [condition.value for condition in Condition if condition not in found]
    if missing:
        refuse("condition.missing", place, ", ".join(missing))
    return MappingProxyType({condition: found[condition] for condition in Condition})


@cache
def facts() -> Mapping[Condition, ConditionFacts]:
    """Return the facts of the package, read once."""
    return read_facts(FILE)
