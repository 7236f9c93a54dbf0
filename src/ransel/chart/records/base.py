"""What all records have in common, and the kinds of value in them."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Any, ClassVar, Literal

from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict, Field

from ransel.language import refuse
from ransel.protocols.kind_of_value import is_one_line
from ransel.protocols.reading import shown
from ransel.quantities import Duration, Mass, Quantity, Rate, Temperature, Volume

Topic = Literal["child", "order", "container", "care", "observation", "visit", "pump"]
"""What a record is about. Two people who act at once are in each other's way only within one topic."""

MOST_LETTERS = 2000


class Record(BaseModel):
    """The base of everything that can be signed: frozen, strict, and no key that is not known.

    Values:
        kind: the name under which it is kept; never renamed. version: of its keys.
        topic: what it is about. reason_due: whether whoever signs must say why.
    """

    model_config = ConfigDict(frozen=True, extra="forbid", strict=True, arbitrary_types_allowed=True)

    kind: ClassVar[str]
    version: ClassVar[int] = 1
    topic: ClassVar[Topic]
    reason_due: ClassVar[bool] = False


class OfCourse(Record):
    """A record about one course, by its number."""

    course: Annotated[int, Field(ge=1, le=1000)]


class OfContainer(OfCourse):
    """A record about one container of a course, by its number in the order of use."""

    container: Annotated[int, Field(ge=1, le=1000)]


class OfMaking(OfContainer):
    """A record about one making of a container; one that is made again has the next number."""

    making: Annotated[int, Field(ge=1, le=100)] = 1


def _text(value: str) -> str:
    if not value.strip():
        refuse("text.empty", value=value)
    if len(value) > MOST_LETTERS:
        refuse("text.too-long", value=value, most=MOST_LETTERS)
    return value.strip()


def _line(value: str) -> str:
    if not is_one_line(value):
        refuse("text.control-character", value=value)
    return _text(value)


def _aware(at: datetime) -> datetime:
    if at.tzinfo is None:
        refuse("instant.no-zone", value=at.isoformat())
    return at


def _amount(kind: type[Quantity], *, may_be_nothing: bool = False) -> BeforeValidator:
    def read(value: object) -> Quantity:
        if not isinstance(value, str | Quantity):
            refuse("quantity.not-text", value=shown(value), example=kind.example())
        quantity = kind.read(value)
        if quantity.magnitude < 0 or (quantity.magnitude == 0 and not may_be_nothing):
            refuse("quantity.not-positive", value=value)
        return quantity

    return BeforeValidator(read)


Line = Annotated[str, AfterValidator(_line)]
Text = Annotated[str, AfterValidator(_text)]
Instant = Annotated[datetime, AfterValidator(_aware)]
Weight = Annotated[Mass, _amount(Mass)]
Balance = Annotated[Mass, _amount(Mass, may_be_nothing=True)]
"""What a balance reads: nothing is a reading too."""
SomeVolume = Annotated[Volume, _amount(Volume)]
AnyVolume = Annotated[Volume, _amount(Volume, may_be_nothing=True)]
SomeRate = Annotated[Rate, _amount(Rate)]
AnyRate = Annotated[Rate, _amount(Rate, may_be_nothing=True)]
SomeTime = Annotated[Duration, _amount(Duration)]
Warmth = Annotated[Temperature, BeforeValidator(Temperature.read)]
Grade = Annotated[int, Field(ge=0, le=5)]
Document = dict[str, Any]
"""A finished document as plain data, such as `ransel/course/1`."""
