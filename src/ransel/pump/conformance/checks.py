"""The 64 checks as data: what is done, what is expected, where that was published, and where we differ."""

from __future__ import annotations

from functools import cache
from pathlib import Path
from typing import Annotated

from pydantic import Field

from ransel.language import Message
from ransel.protocols.kind_of_value import Text
from ransel.protocols.protocol import Words
from ransel.protocols.reading import Record, read_toml, validate

HERE = Path(__file__).parent
CHECK_ID = r"^C[0-9]{2}$"


class Deviation(Record):
    """A published value that is not ours.

    Values:
        requirement: in the notation of the checks, such as G1.2.1.
        published, ours: the two values. reason: why ours.
    """

    requirement: Text
    published: Words
    ours: Words
    reason: Words


class Awaits(Record):
    """What a check still needs from a room that does not exist yet.

    Values:
        room: such as gateway. shown: what is run here all the same. remains: what that room has to show.
    """

    room: Text
    shown: Words
    remains: Words


class Check(Record):
    """One check.

    Values:
        sources: the requirements, conditions and recalls it comes from, in the notation of `sources.toml`.
        modelled: what only hardware could prove and is an injected fault here; None when nothing is.
        awaits: None when the pump alone can show all of it.
    """

    id: Annotated[str, Field(pattern=CHECK_ID)]
    topic: Text
    title: Words
    stimulus: Words
    expects: Words
    sources: Annotated[tuple[Text, ...], Field(min_length=1)]
    modelled: Words | None = None
    awaits: Awaits | None = None
    deviations: tuple[Deviation, ...] = ()

    @property
    def topic_words(self) -> Message:
        """The topic as people call it."""
        return Message(f"conformance.topic.{self.topic}")

    @property
    def module(self) -> str:
        """The module in which the function of this check stands."""
        name = self.topic.replace("-", "_")
        return f"{__package__}.{'logging_' if name == 'logging' else name}"


class _File(Record):
    checks: tuple[Check, ...]
    not_simulated: tuple[Deviation, ...]


@cache
def _file() -> _File:
    place = HERE / "checks.toml"
    return validate(_File, read_toml(place), place.name)


def checks() -> tuple[Check, ...]:
    """Return every check, in the order of their ids.

    Raises:
        Refused: when `checks.toml` cannot be read; a defect of the package.
    """
    return _file().checks


def check_of(check_id: str) -> Check:
    """Return the check with this id; KeyError when there is none."""
    return {one.id: one for one in checks()}[check_id]


def deviations() -> tuple[Deviation, ...]:
    """Return every published value that is not ours, those of hardware that no check can show included."""
    return tuple(deviation for one in checks() for deviation in one.deviations) + _file().not_simulated
