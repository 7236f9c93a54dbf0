"""What people saw of a container: connecting, disconnecting, weighing, reading its level."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from fractions import Fraction

from ransel.infusion.accounting import assumed
from ransel.infusion.event import Kind
from ransel.infusion.event_keys import amount, text, whole
from ransel.infusion.ledger import Given
from ransel.infusion.timeline import Told

NL_PER_ML = 1_000_000


@dataclass(frozen=True, slots=True)
class Left:
    """What was left at a moment (ms), in nL, and how far off that may be, either way."""

    at: int
    by: Given
    left: Fraction
    error: Fraction


@dataclass(slots=True)
class Seen:
    """All that people told about one container: moments in ms, and what was left in it."""

    connected: int | None = None
    disconnected: int | None = None
    left: list[Left] = field(default_factory=list)


def seen(hand: Iterable[Told], fills: Mapping[int, int]) -> Mapping[int, Seen]:
    """Return what was seen of each container; `fills` is what the pharmacy put into each, in nL."""
    by_container: dict[int, Seen] = defaultdict(Seen)
    full: dict[int, tuple[Fraction, Fraction]] = {}
    for told in hand:
        data = told.event.data
        container = whole(data, "container") or 0
        one = by_container[container]
        match told.event.kind:
            case Kind.CONNECTED if one.connected is None:
                one.connected = told.at
            case Kind.DISCONNECTED:
                one.disconnected = told.at
            case Kind.WEIGHED:
                _weighed(told, container, fills.get(container), full, one)
            case Kind.LEVEL_READ:
                _read(told, one)
    return by_container


def _weighed(
    told: Told, container: int, fill: int | None, full: dict[int, tuple[Fraction, Fraction]], one: Seen
) -> None:
    """Take a weighing: the full container, or what is left of it.

    With the full weight the difference is what has gone, whatever the container itself weighs. Without it the weight
    must be that of the fluid alone.
    """
    data, known = told.event.data, assumed()
    weight = amount(data, "weight_g")
    scale = amount(data, "scale_g")
    scale = known.scale_gram if scale is None else scale
    if weight is None or fill is None:
        return
    if text(data, "what") == "full":
        full[container] = weight, scale
        return
    if container in full:
        before, its_scale = full[container]
        gone = (before - weight) * known.nl_per_gram
        error = (scale + its_scale) * known.nl_per_gram + abs(gone) * known.density_error
        one.left.append(Left(told.at, Given.WEIGHED, fill - gone, error))
    else:
        left = weight * known.nl_per_gram
        error = scale * known.nl_per_gram + left * known.density_error
        one.left.append(Left(told.at, Given.WEIGHED, left, error))


def _read(told: Told, one: Seen) -> None:
    left = amount(told.event.data, "left_mL")
    error = amount(told.event.data, "error_mL")
    if left is not None:
        known = assumed().level_nl if error is None else error * NL_PER_ML
        one.left.append(Left(told.at, Given.READ, left * NL_PER_ML, known))
