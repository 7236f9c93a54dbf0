"""Which keys the data of each kind of event has, what may stand there, and how the ledger takes a value out."""

from __future__ import annotations

from collections.abc import Mapping
from fractions import Fraction
from typing import Any

from ransel.infusion.event import Kind, PumpEvent
from ransel.language import Message, Refusal, Refused
from ransel.protocols.reading import shown
from ransel.quantities import parse_number

LARGEST_VOLUME = 10**12
"""Nanolitres: a thousand litres, more than any pump counts in its life."""
LARGEST_AMOUNT = 10**6
"""Grams or millilitres of one weighing or reading."""

EVENT_KEYS = frozenset({"schema", "pump", "boot", "seq", "uptime_ms", "kind", "data", "pump_time", "received_at"})

_DELIVERY = {"container": "whole", "rate_nL_per_h": "whole", "strokes": "whole", "counted_nL": "whole"}
_DELIVERY |= {"displayed_nL": "whole", "cause": "text"}
_CONDITION = {"condition": "text"}
_CONTAINER = {"container": "whole"}

KEYS: Mapping[Kind, Mapping[str, str]] = {
    Kind.COURSE: {"plan": "any"},
    Kind.BOOT: {**_DELIVERY, "firmware": "text", "library_version": "text", "stroke_nL": "whole", "cause": "text"},
    Kind.SELF_TEST: {"passed": "yes-no", "part": "any"},
    Kind.POWER_OFF: _DELIVERY,
    Kind.CASSETTE_ATTACHED: {**_CONTAINER, "code": "text", "displayed_nL": "whole"},
    Kind.CASSETTE_REMOVED: _CONTAINER,
    Kind.PRIMED: {**_CONTAINER, "volume_nL": "whole"},
    Kind.PROGRAMMED: {
        **_CONTAINER,
        "product": "text",
        "concentration_ng_per_mL": "whole",
        "rate_nL_per_h": "whole",
        "volume_nL": "whole",
        "row": "any",
        "overridden": "any",
    },
    Kind.STARTED: _DELIVERY,
    Kind.STOPPED: {**_DELIVERY, **_CONDITION},
    Kind.STATUS: {**_DELIVERY, "mode": "text", "battery_minutes": "whole", "reminder": "yes-no"},
    Kind.ALARM_RAISED: {**_CONDITION, "priority": "text", "reaction": "text", "detail": "any"},
    Kind.ALARM_CLEARED: {**_CONDITION, "by": "text"},
    Kind.ALARM_ACKNOWLEDGED: _CONDITION,
    Kind.ALARM_SILENCED: _CONDITION,
    Kind.SILENCE_ENDED: {**_CONDITION, "cause": "text"},
    Kind.CLOCK_SET: {"by_ms": "any"},
    Kind.CONNECTED: _CONTAINER,
    Kind.DISCONNECTED: _CONTAINER,
    Kind.WEIGHED: {**_CONTAINER, "what": "text", "weight_g": "amount", "scale_g": "amount"},
    Kind.LEVEL_READ: {**_CONTAINER, "left_mL": "amount", "error_mL": "amount", "how": "text"},
}
"""An action carries values of its own and is not listed. A key may be missing: the ledger says what it lacks."""

_EXPECTED = {"whole": "expected.whole-number", "text": "expected.text", "yes-no": "expected.yes-or-no"}


def check_data(kind: Kind, data: Mapping[str, Any]) -> list[Refusal]:
    """Return what cannot stand at its key."""
    keys = KEYS.get(kind, {})
    return [
        Refusal("key.invalid", f"data.{key}", shown(data[key]), {"expected": _expected(sort)})
        for key, sort in keys.items()
        if data.get(key) is not None and not _fits(data, key, sort)
    ]


def unknown_keys(event: PumpEvent) -> tuple[str, ...]:
    """Return the keys of the data that this version does not know, in order."""
    known = KEYS.get(event.kind)
    return () if known is None else tuple(f"data.{key}" for key in sorted(set(event.data) - set(known)))


def _expected(sort: str) -> Message:
    return Message(_EXPECTED.get(sort, "expected.decimal"))


def _fits(data: Mapping[str, Any], key: str, sort: str) -> bool:
    match sort:
        case "whole":
            return whole(data, key) is not None
        case "text":
            return isinstance(data[key], str)
        case "yes-no":
            return isinstance(data[key], bool)
        case "amount":
            return amount(data, key) is not None
        case _:
            return True


def whole(data: Mapping[str, Any], key: str) -> int | None:
    """Return a whole number from nought on, or None when nothing usable stands there."""
    value = data.get(key)
    if type(value) is not int:
        return None
    return value if 0 <= value <= LARGEST_VOLUME else None


def amount(data: Mapping[str, Any], key: str) -> Fraction | None:
    """Return a plain decimal from nought on, such as a weight, or None when nothing usable stands there."""
    value = data.get(key)
    if isinstance(value, bool) or not isinstance(value, int | str | Fraction):
        return None
    try:
        number = parse_number(value) if isinstance(value, str) else Fraction(value)
    except Refused:
        return None
    return number if 0 <= number <= LARGEST_AMOUNT else None


def text(data: Mapping[str, Any], key: str) -> str:
    """Return a text, empty when none stands there."""
    value = data.get(key)
    return value if isinstance(value, str) else ""
