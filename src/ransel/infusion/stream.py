"""A recorded stream of pump events: one JSON object a line, from any pump, gateway or list kept by hand.

Nothing in a stream is trusted. A line that cannot be an event is refused with its number and its key, and the next
line is read; a kind or key of a later version is kept as it was written, and flagged.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Iterator, Mapping
from datetime import datetime
from typing import Any, NoReturn

from ransel.infusion.event import SCHEMA, Kind, PumpEvent
from ransel.infusion.event_keys import EVENT_KEYS, check_data, unknown_keys
from ransel.infusion.nesting import is_too_deep
from ransel.language import Level, Message, Notice, Refusal, Refused, notice, refuse
from ransel.protocols.kind_of_value import is_one_line
from ransel.protocols.reading import shown

LONGEST_LINE = 1_000_000
LONGEST_NAME = 80
LARGEST_WHOLE = 10**15
"""Nanolitres: a thousand litres; milliseconds: thirty thousand years."""

Rejected = Refusal | Notice


def read_events(lines: Iterable[str | bytes]) -> tuple[tuple[PumpEvent, ...], tuple[Rejected, ...]]:
    """Return the events of a stream, in the order of its lines, and what is wrong with or unknown in the others.

    A refused line is no event. A notice says that a line holds a kind or a key that this version does not know:
    an unknown kind is no event here, its line is kept in the notice as `raw`; an unknown key stays in the data.
    """
    events: list[PumpEvent] = []
    rejected: list[Rejected] = []
    for number, line in enumerate(lines, start=1):
        try:
            _read_line(number, line, events, rejected)
        except Refused as error:
            rejected += (_at_line(number, refusal) for refusal in error.refusals)
    return tuple(events), tuple(rejected)


def write_events(events: Iterable[PumpEvent]) -> Iterator[str]:
    """Yield each event as one line of JSON, without the line break."""
    for event in events:
        yield json.dumps(event.as_json(), ensure_ascii=False, separators=(",", ":"))


def _at_line(number: int, refusal: Refusal) -> Refusal:
    field = f"line {number}: {refusal.field}" if refusal.field else f"line {number}"
    return Refusal(refusal.code, field, refusal.value, refusal.values)


def _read_line(number: int, line: str | bytes, events: list[PumpEvent], rejected: list[Rejected]) -> None:
    """Read one line into the events, or into what is rejected.

    Raises:
        Refused: with everything that is wrong with the line.
    """
    text = _text(line).strip("\ufeff \t\r\n")
    if not text:
        return
    told = _object(text)
    if told.get("schema") != SCHEMA:
        refuse("event.schema", "schema", shown(told.get("schema", "")), schema=SCHEMA)
    kind = told.get("kind")
    if isinstance(kind, str) and kind not in _KINDS:
        rejected.append(notice("event.unknown-kind", Level.WARN, line=number, kind=kind[:LONGEST_NAME], raw=text))
        return
    event = _event(told)
    unknown = (*sorted(set(told) - EVENT_KEYS), *unknown_keys(event))
    rejected += (notice("event.unknown-key", Level.INFORM, line=number, key=key[:LONGEST_NAME]) for key in unknown)
    events.append(event)


def _text(line: str | bytes) -> str:
    if len(line) > LONGEST_LINE:
        refuse("event.too-long", most=LONGEST_LINE)
    try:
        # A text may carry half characters that no file can hold; they would come back when it is written.
        return line.decode("utf-8") if isinstance(line, bytes) else line.encode("utf-8").decode("utf-8")
    except UnicodeError:
        refuse("event.not-text")


def _object(text: str) -> dict[str, Any]:
    try:
        told = _JSON.decode(text)
        if "\\u" in text:
            json.dumps(told, ensure_ascii=False).encode("utf-8")
    except RecursionError:
        refuse("event.too-deep")
    except UnicodeError:
        refuse("event.not-text")
    except Refused:
        raise
    except ValueError:
        refuse("event.not-json")
    if not isinstance(told, dict):
        refuse("event.not-object")
    if is_too_deep(told):
        refuse("event.too-deep")
    return told


def _once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    told = dict(pairs)
    if len(told) != len(pairs):
        keys = [key for key, _ in pairs]
        refuse("event.key-twice", value=next(key for key in keys if keys.count(key) > 1))
    return told


def _no_number(text: str) -> NoReturn:
    refuse("event.no-number", value=text)


_JSON = json.JSONDecoder(object_pairs_hook=_once, parse_constant=_no_number, parse_float=str)
"""Decimals stay the text that was written: nothing is rounded, and none is a whole number."""

_KINDS = frozenset(kind.value for kind in Kind)


def _event(told: Mapping[str, Any]) -> PumpEvent:
    values: dict[str, Any] = {}
    complaints: list[Refusal] = []
    for key, read in _FIELDS.items():
        try:
            values[key] = read(told, key)
        except Refused as error:
            complaints += error.refusals
    if "kind" in values and "data" in values:
        complaints += check_data(values["kind"], values["data"])
    if complaints:
        raise Refused(complaints)
    return PumpEvent(**values)


def _whole(told: Mapping[str, Any], key: str) -> int:
    value = _there(told, key)
    if isinstance(value, bool) or not isinstance(value, int):
        refuse("key.invalid", key, shown(value), expected=Message("expected.whole-number"))
    if not 0 <= value <= LARGEST_WHOLE:
        refuse("event.number-size", key, shown(value), most=LARGEST_WHOLE)
    return value


def _name(told: Mapping[str, Any], key: str) -> str:
    value = _there(told, key)
    if not isinstance(value, str) or not value.strip() or len(value) > LONGEST_NAME or not is_one_line(value):
        refuse("key.invalid", key, shown(value), expected=Message("expected.not-empty"))
    return value


def _kind(told: Mapping[str, Any], key: str) -> Kind:
    value = _there(told, key)
    if not isinstance(value, str):
        refuse("key.invalid", key, shown(value), expected=Message("expected.text"))
    return Kind(value)


def _data(told: Mapping[str, Any], key: str) -> Mapping[str, Any]:
    value = _there(told, key)
    if not isinstance(value, dict):
        refuse("key.invalid", key, shown(value), expected=Message("expected.table"))
    return value


def _instant(told: Mapping[str, Any], key: str) -> datetime | None:
    value = told.get(key)
    if value is None:
        return None
    try:
        at = datetime.fromisoformat(value)
    except (TypeError, ValueError):
        refuse("key.invalid", key, shown(value), expected=Message("expected.instant"))
    if at.tzinfo is None:
        refuse("instant.no-zone", key, value)
    return at


def _there(told: Mapping[str, Any], key: str) -> Any:  # noqa: ANN401 - whatever JSON holds
    if key not in told:
        refuse("key.missing", key)
    return told[key]


_FIELDS: Mapping[str, Callable[[Mapping[str, Any], str], Any]] = {
    "pump": _name,
    "boot": _whole,
    "seq": _whole,
    "uptime_ms": _whole,
    "kind": _kind,
    "data": _data,
    "pump_time": _instant,
    "received_at": _instant,
}
