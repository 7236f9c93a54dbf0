"""What the pump's error does: when each container runs dry, and how much drug that leaves.

A container of usable volume U at rate r is empty after U / (r (1 + e)), for a flow error e. Over the
whole error band the drug given lies between the amounts at its two ends, because every container gives
more, never less, when the pump runs faster.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from ransel.compounding import ContainerPlan
from ransel.protocols import Protocol, Pump
from ransel.protocols.protocol import Event
from ransel.quantities import Concentration, Duration, Mass, Rate, Ratio, Rounding, Volume

WHOLE = Ratio("100 %")


def empty_after(usable: Volume, rate: Rate, error: Ratio) -> Duration:
    """Return how long a volume lasts at a rate that is off by `error` (`6 %` is too fast)."""
    return Duration(usable / (rate * (WHOLE + error)))


@dataclass(frozen=True, slots=True)
class DryAt:
    """When a container runs dry, or a course ends, from its connecting on: with the pump fast, exact, slow."""

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
        ends: when the course is over, by what the protocol says ends it.
    """

    error: Ratio
    dry: tuple[DryAt, ...]
    low: Mass
    exact: Mass
    high: Mass
    ordered: Mass
    early: Duration
    ends: DryAt


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


def delivery(supplies: Sequence[Supply], error: Ratio, ordered: Mass, ends_by: Event) -> Delivery:
    """Return what these containers give over the error band, when the course ends by this event.

    Without a pause the time and the volume that the pump shows end a course at the same moment. `empty` lets
    the last container run dry; `weighed-residue` stops when what was really given has reached the order.
    """
    band = (error, Ratio("0 %"), -error)
    dry = tuple(DryAt(*(one.dry(off) for off in band)) for one in supplies)
    ends = DryAt(*(_end(supplies, off, ordered, ends_by) for off in band))
    high, exact, low = (
        _sum([one.given(off) for one in (*supplies[:-1], replace(supplies[-1], ends=end))])
        for off, end in zip(band, (ends.earliest, ends.exact, ends.latest), strict=True)
    )
    return Delivery(
        error=error,
        dry=dry,
        low=low,
        exact=exact,
        high=high,
        ordered=ordered,
        early=max(supplies[-1].ends - dry[-1].earliest, Duration("0 h")),
        ends=ends,
    )


def _end(supplies: Sequence[Supply], error: Ratio, ordered: Mass, ends_by: Event) -> Duration:
    last = supplies[-1]
    if ends_by == "empty":
        return last.dry(error)
    if ends_by == "weighed-residue":
        left = max(ordered - _sum([one.given(error) for one in supplies[:-1]]), Mass("0 mg"))
        per_hour = last.concentration * last.rate * (WHOLE + error)
        return min(last.begins + Duration(left / per_hour), last.dry(error))
    return last.ends


def supplies_of(plan: ContainerPlan, pump: Pump, hours: Sequence[tuple[Duration, Duration]]) -> list[Supply]:
    """Return the containers of a plan, each used between two times counted from the connecting of the course."""
    return [
        Supply(
            begins,
            ends,
            container.recipe.fill - pump.priming.value,
            container.rate,
            Concentration(container.recipe.concentration.value),
        )
        for container, (begins, ends) in zip(plan.containers, hours, strict=True)
    ]


@dataclass(frozen=True, slots=True)
class Way:
    """A way to run a course of two equal containers.

    Values:
        change: from connecting to the change.
        fill, dose_in: total volume, and the volume in which the ordered dose lies.
    """

    change: Duration
    rate: Rate
    fill: Volume
    dose_in: Volume
    priming: Volume

    def first_empty(self, error: Ratio) -> Duration:
        """Return when a container can first be empty, counted from connecting it."""
        return empty_after(self.fill - self.priming, self.rate, error)

    def supplies(self, end: Duration, ordered: Mass) -> tuple[Supply, Supply]:
        """Return the two containers of a course with this order that is planned to end then."""
        usable, concentration = self.fill - self.priming, Concentration(ordered / 2 / self.dose_in)
        first = Supply(Duration("0 h"), self.change, usable, self.rate, concentration)
        return first, replace(first, begins=self.change, ends=end)


@dataclass(frozen=True, slots=True)
class Alternative:
    """Another way to run the same course, for comparison; a pharmacist decides, some lie off the label.

    Values:
        name: `chosen`, `latest-change`, `exact-change`, `no-priming`, `no-overfill`, `lower-rate`.
        off_label: whether rate and volume differ from the label.
    """

    name: str
    way: Way
    off_label: bool
    delivery: Delivery


SET_IN_STEPS = Rounding("down", Rate("0.1 mL/h"))
"""A pump is set in tenths of a millilitre per hour."""


def alternatives(
    plan: ContainerPlan, protocol: Protocol, supplies: Sequence[Supply], ordered: Mass
) -> tuple[Alternative, ...]:
    """Return the chosen way and others side by side, for a course of two containers; nothing for other courses."""
    if len(supplies) != 2:
        return ()
    pump, first = protocol.pumps[plan.option.pump], plan.containers[0]
    error, margin = pump.flow_error.value, protocol.handling.change_margin.value
    change, half, none = supplies[0].ends, first.lasts, Volume("0 mL")
    usual = Way(change, first.rate, first.recipe.fill, first.recipe.delivers, pump.priming.value)
    bare = replace(usual, fill=usual.dose_in)
    safe_rate = SET_IN_STEPS.apply(Rate((usual.fill - usual.priming) / ((half + margin) * (WHOLE + error))))
    lower = replace(usual, rate=safe_rate, dose_in=Volume(safe_rate * half))
    ways = {
        "chosen": usual,
        "latest-change": replace(usual, change=usual.first_empty(error)),
        "exact-change": replace(usual, change=half),
        "no-priming": replace(usual, priming=none),
        "no-overfill": replace(bare, change=min(change, bare.first_empty(error) - margin)),
        "lower-rate": replace(lower, change=min(half, lower.first_empty(error) - margin)),
    }
    end, ends_by = supplies[-1].ends, protocol.handling.course_ends_by
    return tuple(
        Alternative(
            name,
            way,
            off_label=name == "lower-rate",
            delivery=delivery(way.supplies(end, ordered), error, ordered, ends_by),
        )
        for name, way in ways.items()
    )


def _sum(masses: Sequence[Mass]) -> Mass:
    return sum(masses, start=Mass("0 mg"))
