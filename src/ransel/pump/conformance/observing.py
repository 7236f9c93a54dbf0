"""Short ways to say what a check saw. The first argument is the sentence, or its key and the values beside it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from fractions import Fraction

from ransel.language import Joined, Message
from ransel.pump.conformance.verdict import Observation
from ransel.quantities import Duration, Ratio, Shown

SHOWN_AT_MOST = 5


def same(key: Message | str, expected: object, measured: object, **values: object) -> Observation:
    """Observe that something is exactly what was expected."""
    holds = bool(expected == measured)
    return Observation(_says(key, values), _shown(expected), _shown(measured), holds)


def none_of(key: Message | str, broken: Iterable[object], among: int, **values: object) -> Observation:
    """Observe that no case out of so many is broken; looking at none shows nothing."""
    cases = tuple(broken)
    found = Joined((*cases[:SHOWN_AT_MOST], *(["…"] if len(cases) > SHOWN_AT_MOST else [])), ", ")
    measured = found if cases else Message("seen.none-of", {"among": among})
    return Observation(_says(key, values), Message("seen.none"), measured, not cases and among > 0)


def at_most(key: Message | str, most: Duration, measured: Duration | None, **values: object) -> Observation:
    """Observe that something was found at all, and is no more than a bound."""
    holds = measured is not None and measured <= most
    bound = Message("seen.at-most", {"most": _readable(most)})
    found = Message("seen.never") if measured is None else _readable(measured)
    return Observation(_says(key, values), bound, found, holds)


def yes(key: Message | str, holds: bool, **values: object) -> Observation:
    """Observe that something is so."""
    return same(key, True, holds, **values)


def ms(time_ms: int) -> Duration:
    """Return a time for people."""
    return Duration(Fraction(time_ms, 1000), "s")


def share(part: float) -> Shown:
    """Return a share for people, in per cent."""
    return Shown(Ratio.of(Fraction(part)), "%", 1)


def _says(key: Message | str, values: Mapping[str, object]) -> Message:
    return key if isinstance(key, Message) else Message(key, values)


def _readable(time: Duration) -> object:
    """Return a time in the unit that suits its length."""
    hours = time.magnitude
    unit = "s" if hours < Fraction(1, 20) else "min" if hours < 2 else "h"
    return Shown(time, unit)


def _shown(value: object) -> object:
    if isinstance(value, bool):
        return Message("seen.yes" if value else "seen.no")
    if isinstance(value, tuple | list | set | frozenset):
        return Joined(tuple(value), ", ") if value else Message("seen.none")
    if isinstance(value, Duration):
        return _readable(value)
    return Message("seen.nothing") if value is None or value == "" else value
