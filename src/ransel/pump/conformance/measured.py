"""What check functions look at, as observations: whole numbers of the pump become quantities that people read."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from fractions import Fraction

from ransel.infusion.condition import Condition
from ransel.infusion.condition_facts import facts
from ransel.language import Joined, Message
from ransel.pump.conformance.driven import HOUR, MINUTE
from ransel.pump.conformance.verdict import Observation
from ransel.quantities import Duration, Rate, Ratio, Shown, Volume

Show = Callable[[float], object]


def volume(nL: float) -> Shown:
    """Return a volume in nL, as people read it: in mL."""
    return Shown(Volume(Fraction(nL) / 1_000_000, "mL"), "mL", 3)


def rate(nL_per_h: float) -> Shown:
    """Return a rate in nL/h, as people read it: in mL/h."""
    return Shown(Rate(Fraction(nL_per_h) / 1_000_000, "mL/h"), "mL/h", 3)


def time(ms: float) -> Shown:
    """Return a time in ms, as people read it: in seconds, minutes or hours."""
    size, unit = next(((size, unit) for size, unit in ((HOUR, "h"), (MINUTE, "min")) if ms >= 2 * size), (1000, "s"))
    return Shown(Duration(Fraction(ms) / size, unit), unit, 1)


def percent(share: float) -> Shown:
    """Return a share of 1, in per cent."""
    return Shown(Ratio(Fraction(share) * 100, "%"), "%", 2)


def pressure(mmHg: float) -> str:
    """Return a pressure in mmHg."""
    return f"{mmHg:.0f} mmHg"


def conditions(found: Iterable[Condition]) -> Joined | Message:
    """Return conditions by their titles, or that there was none."""
    titles = tuple(facts()[condition].title for condition in found)
    return Joined(titles, ", ") if titles else Message("check.nothing")


def answer(refused: str) -> Message:
    """Return what the pump answered to a key: accepted, or refused with this reason."""
    return Message("check.refused", {"reason": refused}) if refused else Message("check.accepted")


def yes(value: bool) -> Message:
    """Return yes or no."""
    return Message("check.yes") if value else Message("check.no")


def same(says: Message, expected: object, measured: object) -> Observation:
    """Observe that two things, as they are shown, are the same."""
    return Observation(says, expected, measured, expected == measured)


def is_so(says: Message, holds: bool) -> Observation:
    """Observe that something is so."""
    return Observation(says, yes(value=True), yes(holds), holds)


def is_not(says: Message, holds: bool) -> Observation:
    """Observe that something is not so."""
    return Observation(says, yes(value=False), yes(holds), not holds)


def close(says: Message, expected: float, measured: float, show: Show, off: float = 1.0) -> Observation:
    """Observe that a number is what was expected, but for what lies below the smallest unit that is counted."""
    return Observation(says, show(expected), show(measured), bool(abs(measured - expected) <= off))


def at_most(says: Message, most: float, measured: float, show: Show) -> Observation:
    """Observe that a number is not above a bound."""
    return Observation(says, Message("check.at-most", {"most": show(most)}), show(measured), bool(measured <= most))


def at_least(says: Message, least: float, measured: float, show: Show) -> Observation:
    """Observe that a number is not below a bound."""
    return Observation(says, Message("check.at-least", {"least": show(least)}), show(measured), bool(measured >= least))


def between(says: Message, bounds: tuple[float, float], measured: float, show: Show) -> Observation:
    """Observe that a number lies within bounds, both included."""
    least, most = bounds
    expected = Message("check.between", {"least": show(least), "most": show(most)})
    return Observation(says, expected, show(measured), bool(least <= measured <= most))


def within(says: Message, most_ms: int, measured_ms: int | None) -> Observation:
    """Observe that something happened, and not later than so many ms."""
    expected = Message("check.within", {"most": time(most_ms)})
    if measured_ms is None:
        return Observation(says, expected, Message("check.never"), holds=False)
    return Observation(says, expected, Message("check.after", {"time": time(measured_ms)}), measured_ms <= most_ms)


def never(says: Message, measured_ms: int | None) -> Observation:
    """Observe that something did not happen."""
    expected = Message("check.never")
    measured = expected if measured_ms is None else Message("check.after", {"time": time(measured_ms)})
    return Observation(says, expected, measured, measured_ms is None)


def count(says: Message, expected: int, measured: int) -> Observation:
    """Observe that something happened so often."""
    return Observation(says, expected, measured, expected == measured)
