"""What the pump's error does: when each container runs dry, and how much drug that leaves.

A container of usable volume U at rate r is empty after U / (r (1 + e)), for a flow error e. Over the
whole error band the drug given lies between the amounts at its two ends, because every container gives
more, never less, when the pump runs faster.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

from ransel.compounding import ContainerPlan
from ransel.protocols import Protocol, Pump
from ransel.quantities import Concentration, Duration, Mass, Rate, Ratio, Volume

WHOLE = Ratio("100 %")


def empty_after(usable: Volume, rate: Rate, error: Ratio) -> Duration:
    """Return how long a volume lasts at a rate that is off by `error` (`6 %` is too fast)."""
    return Duration(usable / (rate * (WHOLE + error)))


@dataclass(frozen=True, slots=True)
class DryAt:
    """When a container runs dry, counted from the connecting of the course: too fast, exact, too slow."""

    earliest: Duration
    exact: Duration
    latest: Duration


@dataclass(frozen=True, slots=True)
class Delivery:
    """What a course gives over the error band of the pump.

    Values:
        error: the band, either way.
        dry: for each container, when it would be empty if nothing else ended it.
        low, exact, high: the drug given when the pump is slow, exact and fast.
        ordered: the order.
        early: how long before the planned end the last container can be dry; zero when it cannot.
    """

    error: Ratio
    dry: tuple[DryAt, ...]
    low: Mass
    exact: Mass
    high: Mass
    ordered: Mass
    early: Duration


@dataclass(frozen=True, slots=True)
class Supply:
    """One container as the pump sees it: connected at, disconnected at, usable volume, rate, concentration."""

    begins: Duration
    ends: Duration
    usable: Volume
    rate: Rate
    concentration: Concentration

    def dry(self, error: Ratio) -> Duration:
        """Return when it is empty, counted from the connecting of the course."""
        return self.begins + empty_after(self.usable, self.rate, error)

    def given(self, error: Ratio) -> Mass:
        """Return the drug it gives between connecting and disconnecting."""
        volume = Volume(self.rate * (WHOLE + error) * (self.ends - self.begins))
        return Mass(self.concentration * min(volume, self.usable))


def delivery(supplies: Sequence[Supply], error: Ratio, ordered: Mass) -> Delivery:
    """Return what these containers give over the error band."""
    end = supplies[-1].ends
    dry = tuple(DryAt(one.dry(error), one.dry(Ratio("0 %")), one.dry(-error)) for one in supplies)
    low, exact, high = (_sum([one.given(off) for one in supplies]) for off in (-error, Ratio("0 %"), error))
    return Delivery(
        error=error,
        dry=dry,
        low=low,
        exact=exact,
        high=high,
        ordered=ordered,
        early=max(end - dry[-1].earliest, Duration("0 h")),
    )


def supplies_of(plan: ContainerPlan, pump: Pump, edges: Sequence[Duration]) -> list[Supply]:
    """Return the containers of a plan between these moments: connecting, every change, disconnecting."""
    return [
        Supply(
            begins,
            ends,
            container.recipe.fill - pump.priming.value,
            container.rate,
            Concentration(container.recipe.concentration.value),
        )
        for container, (begins, ends) in zip(plan.containers, pairwise(edges), strict=True)
    ]


@dataclass(frozen=True, slots=True)
class Alternative:
    """Another way to run the same course, for comparison; a pharmacist decides, some lie off the label.

    Values:
        name: `chosen`, `latest-change`, `exact-change`, `no-priming`, `no-overfill`, `lower-rate`.
        change: hours from connecting to the first change.
        fill, dose_in: total volume, and the volume in which the ordered dose lies.
        off_label: whether rate or volume differ from the label.
    """

    name: str
    change: Duration
    rate: Rate
    fill: Volume
    dose_in: Volume
    priming: Volume
    off_label: bool
    delivery: Delivery


LOWER_RATE = Rate("1.9 mL/h")


def alternatives(
    plan: ContainerPlan, protocol: Protocol, edges: Sequence[Duration], ordered: Mass
) -> tuple[Alternative, ...]:
    """Return the chosen way and others side by side, for a course of two containers; nothing for other courses."""
    if len(plan.containers) != 2:
        return ()
    pump, first = protocol.pumps[plan.option.pump], plan.containers[0]
    fill, rate, priming = first.recipe.fill, first.rate, pump.priming.value
    dose_in, none, exact = first.recipe.delivers, Volume("0 mL"), first.lasts
    change, error = edges[1], pump.flow_error.value
    latest = empty_after(fill - priming, rate, error)
    slow = empty_after(fill - priming, LOWER_RATE, error)
    bare = empty_after(dose_in - priming, rate, error)
    lower_change = min(exact, slow - protocol.handling.change_margin.value)
    rows = (
        ("chosen", change, rate, fill, dose_in, priming, False),
        ("latest-change", latest, rate, fill, dose_in, priming, False),
        ("exact-change", exact, rate, fill, dose_in, priming, False),
        ("no-priming", change, rate, fill, dose_in, none, False),
        (
            "no-overfill",
            min(change, bare - protocol.handling.change_margin.value),
            rate,
            dose_in,
            dose_in,
            priming,
            False,
        ),
        ("lower-rate", lower_change, LOWER_RATE, fill, Volume(LOWER_RATE * exact), priming, True),
    )
    end = edges[-1]
    return tuple(
        Alternative(
            name, moment, speed, filled, holds, primed, off_label,
            delivery(_two(moment, end, filled - primed, speed, Concentration(ordered / 2 / holds)), error, ordered),
        )
        for name, moment, speed, filled, holds, primed, off_label in rows
    )  # fmt: skip


def _two(change: Duration, end: Duration, usable: Volume, rate: Rate, concentration: Concentration) -> list[Supply]:
    return [
        Supply(Duration("0 h"), change, usable, rate, concentration),
        Supply(change, end, usable, rate, concentration),
    ]


def _sum(masses: Sequence[Mass]) -> Mass:
    return sum(masses, start=Mass("0 mg"))
