"""Forms: from what somebody typed to plain data for a record, and back to the page with every reason beside its field.

A number is typed with a decimal comma or point into a field whose unit is fixed beside it. Times are those of the
hospital. What was typed is shown again exactly as it was.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime
from typing import Any, Literal

from django.http import QueryDict

from ransel.chart.wording import field_label
from ransel.hospital.rulebook import agenda
from ransel.language import Message, Refusal, Refused
from ransel.quantities import Quantity

Kind = Literal[
    "quantity", "number", "choice", "pick", "several", "yes-no", "tick", "moment", "day", "line", "text", "code",
    "password", "heading",
]  # fmt: skip
MOST_TYPED = 4000
LOCAL_MINUTE = "%Y-%m-%dT%H:%M"
_NUMBER = re.compile(r"[-+\u2212]?[0-9]+(?:[.,][0-9]+)?")
_GROUPED = re.compile(r"[0-9]{1,3}(?:[.,][0-9]{3})+")


@dataclass(frozen=True, kw_only=True)
class Field:
    """One thing to fill in.

    Values:
        name: the key of the record; dots lead into its parts. label: what people read, by default that of the name.
        kind: `pick` is a list to choose from, `choice` shows all choices, `several` lets one choose more than one;
            `tick` must be ticked to say yes, `yes-no` asks for either; `code` is scanned or typed.
        unit: fixed, for a quantity. needed: whether it may stay empty. start: what stands in it at first.
        choices: value and words. note: a line below it.
    """

    name: str
    kind: Kind
    label: Message | None = None
    unit: str = ""
    needed: bool = True
    start: str = ""
    starts: tuple[str, ...] = ()
    choices: tuple[tuple[str, object], ...] = ()
    note: object = ""
    rows: int = 3

    @property
    def words(self) -> Message:
        """The label."""
        return self.label or field_label(self.name.rpartition(".")[2])

    @property
    def id(self) -> str:
        """The id of the input."""
        return "f-" + self.name.replace(".", "-")


@dataclass(frozen=True, kw_only=True)
class Filled:
    """A field with what stands in it, and what is wrong with that."""

    field: Field
    typed: str
    several: tuple[str, ...] = ()
    wrong: tuple[Refusal, ...] = ()

    @property
    def options(self) -> list[tuple[str, object, bool]]:
        """Value, words and whether it is chosen, for every choice."""
        chosen = {self.typed, *self.several}
        return [(value, words, value in chosen) for value, words in self.field.choices]


@dataclass(frozen=True, kw_only=True)
class Answers:
    """What was read: data by field name, and what could not be read."""

    data: Mapping[str, Any]
    refusals: tuple[Refusal, ...] = ()
    typed: Mapping[str, Sequence[str]] = field(default_factory=dict)

    def checked(self) -> Mapping[str, Any]:
        """Return the data.

        Raises:
            Refused: with everything that could not be read.
        """
        if self.refusals:
            raise Refused(self.refusals)
        return self.data


def read_answers(fields: Iterable[Field], post: QueryDict) -> Answers:
    """Return what was typed into these fields; an empty field that is not needed is None."""
    data: dict[str, Any] = {}
    refusals: list[Refusal] = []
    typed: dict[str, Sequence[str]] = {}
    for one in fields:
        if one.kind == "heading":
            continue
        values = [value[:MOST_TYPED] for value in post.getlist(one.name)]
        typed[one.name] = [] if one.kind == "password" else values
        try:
            data[one.name] = _read(one, values)
        except Refused as refused:
            refusals += refused.refusals
    return Answers(data=data, refusals=tuple(refusals), typed=typed)


def filled(
    fields: Iterable[Field], typed: Mapping[str, Sequence[str]] | None, wrong: Iterable[Refusal]
) -> list[Filled]:
    """Return the fields as they are shown: with what was typed, else with their start, and the reasons at each."""
    reasons = tuple(wrong)
    return [_filled(one, typed, reasons) for one in fields]


def elsewhere(fields: Iterable[Field], wrong: Iterable[Refusal]) -> tuple[Refusal, ...]:
    """Return the reasons that belong to no field of the page."""
    names = {one.name for one in fields}
    return tuple(one for one in wrong if _place(one.field, names) is None)


def nested(data: Mapping[str, Any]) -> dict[str, Any]:
    """Return flat data with dotted names as data in data; what is None is left out."""
    whole: dict[str, Any] = {}
    for name, value in data.items():
        if value is None:
            continue
        *way, last = name.split(".")
        inner = whole
        for step in way:
            inner = inner.setdefault(step, {})
        inner[last] = value
    return whole


def local_minute(at: datetime) -> str:
    """Return an instant as a field for date and time shows it, in the hospital's time."""
    return agenda().local(at).strftime(LOCAL_MINUTE)


def read_local_minute(value: str, name: str) -> datetime:
    """Return the instant of a local date and time.

    An hour that happens twice when the clocks go back is taken as the first; one that is skipped is refused.

    Raises:
        Refused: when it is none, or never happens.
    """
    try:
        local = datetime.fromisoformat(value)
    except ValueError:
        raise Refused([Refusal("form.moment", name, value)]) from None
    if local.tzinfo is not None:
        return local
    aware = local.replace(tzinfo=agenda().zone)
    if aware.astimezone(UTC).astimezone(agenda().zone).replace(tzinfo=None) != local:
        raise Refused([Refusal("form.skipped-hour", name, value)])
    return aware.astimezone(UTC)


def _filled(one: Field, typed: Mapping[str, Sequence[str]] | None, wrong: tuple[Refusal, ...]) -> Filled:
    reasons = tuple(refusal for refusal in wrong if _place(refusal.field, {one.name}) is not None)
    if typed is None:
        return Filled(field=one, typed=one.start, several=one.starts, wrong=reasons)
    values = tuple(typed.get(one.name, ()))
    return Filled(field=one, typed=values[-1] if values else "", several=values, wrong=reasons)


def _place(at: str, names: set[str]) -> str | None:
    """Return the field of the page that a reason belongs to: `lots.drug` belongs to `lots`."""
    while at:
        if at in names:
            return at
        at = at.rpartition(".")[0]
    return None


def _read(one: Field, values: list[str]) -> Any:  # noqa: ANN401 - whatever the record takes
    if one.kind == "several":
        return _several(one, values)
    if one.kind == "tick":
        return bool(values)
    value = values[-1].strip() if values else ""
    if not value:
        if one.needed:
            raise Refused([Refusal("form.empty", one.name, "", {"what": one.words})])
        return None
    return _READERS[one.kind](one, value)


def _several(one: Field, values: list[str]) -> list[str]:
    known = {value for value, _ in one.choices}
    unknown = next((value for value in values if value not in known), None)
    if unknown is not None:
        raise Refused([Refusal("form.choice", one.name, unknown)])
    return values


def _quantity(one: Field, value: str) -> str:
    return f"{plain_number(value, one.name)} {one.unit}"


def _number(one: Field, value: str) -> int:
    if not re.fullmatch(r"[0-9]{1,6}", value):
        raise Refused([Refusal("form.whole-number", one.name, value)])
    return int(value)


def plain_number(value: str, name: str) -> str:
    """Return a number as people type it with a point: `16,4` is 16.4; `1,450` could be two numbers and is refused.

    Raises:
        Refused: when it is no number, or could mean two.
    """
    value = value.replace(" ", "").replace("\u00a0", "")
    if not _NUMBER.fullmatch(value):
        raise Refused([Refusal("form.number", name, value)])
    if _GROUPED.fullmatch(value) and not value.startswith("0"):
        raise Refused([Refusal("form.thousands", name, value, {"without": re.sub("[.,]", "", value)})])
    return value.replace(",", ".").replace("\u2212", "-")


def _choice(one: Field, value: str) -> str:
    if value not in {known for known, _ in one.choices}:
        raise Refused([Refusal("form.choice", one.name, value)])
    return value


def _yes_no(one: Field, value: str) -> bool:
    if value not in {"yes", "no"}:
        raise Refused([Refusal("form.choice", one.name, value)])
    return value == "yes"


def _moment(one: Field, value: str) -> str:
    return read_local_minute(value, one.name).isoformat()


def _day(one: Field, value: str) -> str:
    try:
        return date.fromisoformat(value).isoformat()
    except ValueError:
        raise Refused([Refusal("form.day", one.name, value)]) from None


def _words(one: Field, value: str) -> str:
    if "\x00" in value:
        raise Refused([Refusal("text.control-character", one.name, value)])
    return value


_READERS = {
    "quantity": _quantity, "number": _number, "choice": _choice, "pick": _choice, "yes-no": _yes_no,
    "moment": _moment, "day": _day, "line": _words, "text": _words, "code": _words, "password": _words,
}  # fmt: skip


def shown_number(quantity: Quantity, unit: str) -> str:
    """Return a quantity as a field shows it: the number alone, in this unit, with a point."""
    return quantity.text("en", unit).removesuffix(unit).strip()


def with_starts(fields: Iterable[Field], starts: Mapping[str, str]) -> tuple[Field, ...]:
    """Return the fields with what stands in them at first."""
    return tuple(replace(one, start=starts[one.name]) if one.name in starts else one for one in fields)
