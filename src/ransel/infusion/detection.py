"""Silent non-delivery: the pump counts and nothing flows. How soon would it be noticed, and by whom?

The cassette recall of 2022 was of this kind: a tube kept shut while the pump showed a running infusion. No alarm of the
pump can notice it; only what is left in the container can. At a time t after connecting, a pump of flow error e leaves

    left = fill - priming - rate * t * (1 ± e)

so a tube that has been shut since a time s leaves at least `fill - priming - rate * s * (1 + e)`, and an observation
with error a, either way, is certain to see it when

    rate * t * (1 - e) - rate * s * (1 + e) > 2 a

Twice, because the observation itself may err one way while it must lie beyond its error the other way. Counted from an
earlier observation instead of the connecting, the times are shorter, and the error counts once more either way: 4 a.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from functools import cache
from pathlib import Path
from typing import Any, Literal, Self

from pydantic import Field, model_validator

from ransel.evidence import Sourced
from ransel.infusion.plan import ContainerToGive, InfusionPlan
from ransel.language import Language, refuse
from ransel.protocols.kind_of_value import Slug
from ransel.protocols.protocol import Words
from ransel.protocols.reading import Record, read_toml, validate
from ransel.quantities import Duration, Mass, Rate, Volume

FILE = Path(__file__).with_name("observations.toml")
SCHEMA = "ransel/detection/1"
USUAL_RATES = (Rate("0.5 mL/h"), Rate("1 mL/h"), Rate("2 mL/h"), Rate("12.5 mL/h"))


class Observation(Record):
    """A way to see what is left; without `first` it is made when the container is changed, without `error` never."""

    title: Words
    first: Sourced[Duration] | None = None
    every: Sourced[Duration] | None = None
    error: Sourced[Volume] | None = None

    @model_validator(mode="after")
    def _comes_back(self) -> Self:
        for key, one in (("first", self.first), ("every", self.every)):
            if one is not None and one.value.magnitude <= 0:
                refuse("protocol.not-above-zero", f"{key}.value", one.value)
        return self

    def moments(self, lasts: Fraction) -> tuple[Fraction, ...]:
        """Return when it is made in a container that runs for so many hours, in hours from connecting."""
        if self.error is None:
            return ()
        if self.first is None:
            return (lasts,)
        at, step = self.first.value.to("h"), self.every.value.to("h") if self.every else lasts
        return tuple(_steps(at, step, lasts))


def _steps(at: Fraction, step: Fraction, lasts: Fraction) -> Iterator[Fraction]:
    while at <= lasts:
        yield at
        at += step


class _Observations(Record):
    schema_: Literal["ransel/observations/1"] = Field(alias="schema")
    observations: dict[Slug, Observation]


@cache
def observations() -> Mapping[str, Observation]:
    """Return the ways to look that the program knows."""
    return validate(_Observations, read_toml(FILE), FILE.name).observations


@dataclass(frozen=True, slots=True)
class Detection:
    """How soon a tube that is shut is certain to be noticed.

    Values:
        rate, observation: what is looked at. lasts: how long the container runs.
        noticed: from connecting, when it is shut from the start; None when not before the container is done.
        missing: what has not been given by then. gained: how much sooner than when nobody looks.
        worst: the longest time that it can be shut, from whatever moment on, until it is noticed or the container
            is done. worst_missing: what has not been given by then.
    """

    rate: Rate
    observation: str
    title: Words
    lasts: Duration
    noticed: Duration | None
    missing: Volume
    missing_drug: Mass
    gained: Duration
    worst: Duration
    worst_missing: Volume
    worst_missing_drug: Mass


def detection(
    plan: InfusionPlan, rates: Sequence[Rate] = (), looks: Mapping[str, Observation] | None = None
) -> tuple[Detection, ...]:
    """Return for each rate and each observation how soon silent non-delivery in the first container is noticed."""
    container = plan.containers[0]
    chosen = rates or tuple(dict.fromkeys((*USUAL_RATES, container.rate)))
    known = observations() if looks is None else looks
    return tuple(
        _detection(plan, container, rate, name, look)
        for rate in sorted(chosen, key=lambda one: one.magnitude)
        for name, look in known.items()
    )


def _detection(plan: InfusionPlan, container: ContainerToGive, rate: Rate, name: str, look: Observation) -> Detection:
    lasts = _lasts(container, rate)
    error = Fraction(0) if look.error is None else look.error.value.to("mL")
    eye = _Eye(rate.to("mL/h"), plan.flow_error.magnitude, error, look.moments(lasts))
    noticed = eye.noticed(Fraction(0))
    worst = eye.worst(lasts)
    missing = Volume(rate * _hours(lasts if noticed is None else noticed))
    worst_missing = Volume(rate * _hours(worst))
    return Detection(
        rate=rate,
        observation=name,
        title=look.title,
        lasts=_hours(lasts),
        noticed=None if noticed is None else _hours(noticed),
        missing=missing,
        missing_drug=Mass(missing * container.concentration),
        gained=_hours(Fraction(0) if noticed is None else lasts - noticed),
        worst=_hours(worst),
        worst_missing=worst_missing,
        worst_missing_drug=Mass(worst_missing * container.concentration),
    )


def _lasts(container: ContainerToGive, rate: Rate) -> Fraction:
    """Return how many hours the container runs at this rate: until it has delivered, or its clock ends it."""
    hours = Duration(container.delivers / rate)
    if container.finish_before is not None:
        hours = min(hours, Duration.between(container.connect_at, container.finish_before))
    return hours.to("h")


def _hours(hours: Fraction) -> Duration:
    return Duration(hours, "h")


@dataclass(frozen=True, slots=True)
class _Eye:
    """An observation of one container; hours from connecting, mL, mL/h."""

    rate: Fraction
    flow_error: Fraction
    error: Fraction
    moments: tuple[Fraction, ...]

    def noticed(self, shut: Fraction) -> Fraction | None:
        """Return when a tube that has been shut since then is certain to be seen, or None."""
        return next((at for at in self.moments if at > shut and self._sees(at, shut)), None)

    def worst(self, lasts: Fraction) -> Fraction:
        """Return the longest time that a tube can be shut before it is noticed, or the container is done."""
        moments = [at for at in self._turning_points() if 0 <= at < lasts]
        return max((lasts if noticed is None else noticed) - at for at in moments for noticed in [self.noticed(at)])

    def _sees(self, at: Fraction, shut: Fraction) -> bool:
        return any(shut < limit for limit in self._limits(at, shut))

    def _limits(self, at: Fraction, shut: Fraction) -> Iterator[Fraction]:
        """Yield the last moment of shutting that is seen at `at`, counted from connecting and from each look before."""
        yield self._limit(at, Fraction(0), 2)
        yield from (self._limit(at, before, 4) for before in self.moments if before <= shut and before < at)

    def _limit(self, at: Fraction, since: Fraction, errors: int) -> Fraction:
        slow = (at - since) * (1 - self.flow_error) - errors * self.error / self.rate
        return since + slow / (1 + self.flow_error)

    def _turning_points(self) -> Iterator[Fraction]:
        """Yield the moments at which the look that notices becomes the next one: just there the delay is longest."""
        yield Fraction(0)
        for at in self.moments:
            yield self._limit(at, Fraction(0), 2)
            for before in self.moments:
                if before < at:
                    yield before
                    yield self._limit(at, before, 4)


def detection_json(table: Sequence[Detection], language: Language = "en") -> dict[str, Any]:
    """Return the table as plain data."""
    return {"schema": SCHEMA, "rows": [_row(one, language) for one in table]}


def _row(one: Detection, language: Language) -> dict[str, Any]:
    return {
        "rate_mL_per_h": one.rate.plain("mL/h"),
        "observation": one.observation,
        "title": one.title.text(language),
        "lasts_h": one.lasts.plain("h"),
        "noticed_after_h": None if one.noticed is None else one.noticed.plain("h"),
        "missing_mL": one.missing.plain("mL"),
        "missing_mg": one.missing_drug.plain("mg"),
        "gained_h": one.gained.plain("h"),
        "worst_h": one.worst.plain("h"),
        "worst_missing_mL": one.worst_missing.plain("mL"),
        "worst_missing_mg": one.worst_missing_drug.plain("mg"),
    }
