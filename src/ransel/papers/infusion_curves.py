"""The ledger as curves: what had been given and what was left, from moment to moment, as it was known then.

Until a container is weighed its curve is the pump's count, and the band is as wide as the pump's error. A weighing
moves the curve and narrows the band, at the moment of the weighing and not before. Floats: these numbers are drawn.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from ransel.infusion.ledger import ContainerAccount, Ledger, Observed, Segment
from ransel.infusion.plan import ContainerToGive, InfusionPlan

_HOUR = timedelta(hours=1)


@dataclass(frozen=True, slots=True)
class Point:
    """A point of a curve with its band; two points of the same moment are a step."""

    at: datetime
    low: float
    exact: float
    high: float


@dataclass(frozen=True, slots=True)
class Run:
    """An even flow out of a container, in mL; `counted` says whether a pump told it."""

    begins: datetime
    ends: datetime
    volume: float
    counted: bool

    def until(self, at: datetime) -> float:
        """Return what had flowed by then."""
        if at >= self.ends:
            return self.volume
        return 0.0 if at <= self.begins else self.volume * ((at - self.begins) / (self.ends - self.begins))


def runs_of(segment: Segment) -> list[Run]:
    """Return what was counted, and what is taken to have run after the last counter."""
    counted, projected = float(segment.counted.magnitude), float(segment.projected.magnitude)
    rate, split = float(segment.rate.magnitude), segment.ends
    if projected > 0 and rate > 0:
        split = max(segment.ends - projected / rate * _HOUR, segment.begins)
    found = [Run(segment.begins, split, counted, counted=True)]
    return [*found, Run(split, segment.ends, projected, counted=False)] if projected > 0 else found


@dataclass(frozen=True, slots=True)
class ContainerCurve:
    """What one container gave, in mL."""

    container: ContainerToGive
    account: ContainerAccount
    runs: Sequence[Run]
    error: float

    @property
    def fill(self) -> float:
        """What was in it when it was connected: filled in, less what its set took."""
        return float(self.container.volume.magnitude - self.account.priming.magnitude)

    @property
    def strength(self) -> float:
        """How many mg a mL holds."""
        return float(self.container.concentration.magnitude)

    @property
    def observed(self) -> list[Observed]:
        """What was weighed or read and can be of this container, in order of time."""
        fill = self.container.volume
        return sorted((one for one in self.account.observed if one.left - one.error <= fill), key=lambda one: one.at)

    @property
    def moments(self) -> list[datetime]:
        """Where the curve can bend, UTC."""
        bends = [at for run in self.runs for at in (run.begins, run.ends)]
        return sorted({at.astimezone(UTC) for at in [*bends, *(one.at for one in self.observed)]})

    def given(self, at: datetime, *, before: bool = False) -> tuple[float, float, float]:
        """Return low, exact and high; `before` a weighing of that very moment."""
        known = [one for one in self.observed if one.at < at or (one.at == at and not before)]
        if not known:
            return self._by_count(at)
        if len(known) == len(self.observed):
            return self._back_from_the_end(at)
        low, exact, high = self._seen(known[-1])
        more, all_more = self._flowed(known[-1].at, at)
        return low + more * (1 - self.error), exact + all_more, high + all_more * (1 + self.error)

    def _by_count(self, at: datetime) -> tuple[float, float, float]:
        """By the counter alone. Without any weighing the ledger's own end is met, with what alarms made it doubt."""
        sure, count = self._counted(at)
        usable = float(self.container.volume.magnitude)
        low, exact, high = sure * (1 - self.error), min(count, self.fill), min(count * (1 + self.error), usable)
        end = self._end
        if self.observed or count <= 0:
            return min(low, exact), exact, max(high, exact)
        sure_at_end, count_at_end = self._counted(None)
        if sure_at_end > 0:
            low = sure * end[0] / sure_at_end
        return min(low, exact), exact, max(count * end[2] / count_at_end, exact)

    def _back_from_the_end(self, at: datetime) -> tuple[float, float, float]:
        more, all_more = self._flowed(at, None)
        low, exact, high = self._end
        exact = max(exact - all_more, 0.0)
        return (
            max(min(low - more * (1 - self.error), exact), 0.0),
            exact,
            max(high - all_more * (1 + self.error), exact),
        )

    @property
    def _end(self) -> tuple[float, float, float]:
        drug = self.account.drug
        low, exact, high = (float(one.magnitude) / self.strength for one in (drug.low, drug.exact, drug.high))
        return low, exact, high

    def _seen(self, one: Observed) -> tuple[float, float, float]:
        gone, error = self.fill - float(one.left.magnitude), float(one.error.magnitude)
        return max(gone - error, 0.0), max(gone, 0.0), max(gone + error, 0.0)

    def _flowed(self, since: datetime, until: datetime | None) -> tuple[float, float]:
        (sure, count), (sure_then, count_then) = self._counted(since), self._counted(until)
        return sure_then - sure, count_then - count

    def _counted(self, at: datetime | None) -> tuple[float, float]:
        """Return what a pump told, and that with what is taken to have run; None for all there is."""
        parts = [(run.volume if at is None else run.until(at), run.counted) for run in self.runs]
        sure = sum(volume for volume, counted in parts if counted)
        return sure, sure + sum(volume for volume, counted in parts if not counted)


@dataclass(frozen=True, slots=True)
class Curves:
    """All curves of a course."""

    plan: InfusionPlan
    ledger: Ledger
    containers: tuple[ContainerCurve, ...]

    @classmethod
    def of(cls, plan: InfusionPlan, ledger: Ledger) -> Curves:
        """Return the curves of a ledger."""
        error = float(plan.flow_error.magnitude)
        found = []
        for container, account in zip(plan.containers, ledger.containers, strict=True):
            runs = [run for one in ledger.segments if one.container == container.index for run in runs_of(one)]
            found.append(ContainerCurve(container, account, runs, error))
        return cls(plan, ledger, tuple(found))

    def dose(self) -> list[Point]:
        """Return what had been given of the whole course, in mg; nothing when no pump told anything."""
        moments = {at for one in self.containers for at in one.moments}
        if not moments:
            return []
        weighed = {one.at for curve in self.containers for one in curve.observed}
        end = max(self.ledger.at.astimezone(UTC), *moments)
        points: list[Point] = []
        for at in sorted(moments):
            points += [self._dose_at(at, before=True)] if at in weighed else []
            points.append(self._dose_at(at, before=False))
        return [*points, self._now(end)]

    def _now(self, at: datetime) -> Point:
        """Return what the ledger says at its own moment, with what nobody told since the last word."""
        ledger = self.ledger
        return Point(at, *(float(one.magnitude) for one in (ledger.low, ledger.delivered, ledger.high)))

    def _dose_at(self, at: datetime, *, before: bool) -> Point:
        parts = [[part * one.strength for part in one.given(at, before=before)] for one in self.containers]
        return Point(at, *(sum(part[place] for part in parts) for place in range(3)))

    def left_in(self, curve: ContainerCurve) -> list[Point]:
        """Return what was left in a container while it was in use, in mL; the last weighing is no part of it."""
        if curve.account.begins is None:
            return []
        moments = [at for at in curve.moments if curve.account.begins <= at]
        if curve.account.running or (curve.account.empties is not None and not self.ledger.over):
            moments = sorted({*moments, self.ledger.at.astimezone(UTC)})
        last = curve.observed[-1].at if curve.observed else None
        points: list[Point] = []
        for at in moments:
            points.append(_left(curve, at, before=True))
            if any(one.at == at for one in curve.observed) and (at != last or at < moments[-1]):
                points.append(_left(curve, at, before=False))
        return points

    def planned(self) -> list[tuple[datetime, float]]:
        """Return what the plan gives with an exact pump: moments and mg."""
        points, total = [], 0.0
        for one in self.plan.containers:
            usable = float(one.volume.magnitude - self.plan.priming.magnitude)
            rate = float(one.rate.magnitude)
            hours = (one.disconnect_at - one.connect_at) / _HOUR
            points.append((one.connect_at, total))
            if rate * hours > usable:
                points.append(
                    (one.connect_at + usable / rate * _HOUR, total + usable * float(one.concentration.magnitude))
                )
            total += min(rate * hours, usable) * float(one.concentration.magnitude)
            points.append((one.disconnect_at, total))
        return points

    def to_come(self) -> list[Point]:
        """Return what is to come, from the moment of the account to the expected end; nothing when it is over."""
        ledger, total = self.ledger, self.ledger.projection.total
        if ledger.over or not ledger.segments:
            return []
        uses = list(self._uses_to_come())
        flows = sum(rate * ((until - since) / _HOUR) for since, until, rate in uses)
        now = [float(one.magnitude) for one in (ledger.low, ledger.delivered, ledger.high)]
        then = [float(one.magnitude) for one in (total.low, total.exact, total.high)]
        points, done = [Point(ledger.at, *now)], 0.0
        for since, until, rate in uses:
            for at, share in ((since, done), (until, done + rate * ((until - since) / _HOUR) / flows)):
                points.append(Point(at, *(a + (b - a) * share for a, b in zip(now, then, strict=True))))
            done += rate * ((until - since) / _HOUR) / flows
        return points

    def _uses_to_come(self) -> Iterator[tuple[datetime, datetime, float]]:
        """Return when containers will flow from now on, and how many mg an hour."""
        begins = self.ledger.at
        for curve in self.containers:
            account = curve.account
            if account.used_until is None or account.used_until <= begins:
                continue
            since = begins if account.begins is not None else max(begins, _connect(self.plan, curve.container))
            if account.used_until > since:
                yield since, account.used_until, float(curve.container.rate.magnitude) * curve.strength
                begins = account.used_until


def _connect(plan: InfusionPlan, container: ContainerToGive) -> datetime:
    """Return when a container begins that does not simply follow a change."""
    changed = any(one.kind == "change" and one.container == container.index for one in plan.visits)
    return plan.start if changed else container.connect_at


def _left(curve: ContainerCurve, at: datetime, *, before: bool) -> Point:
    low, exact, high = curve.given(at, before=before)
    fill = curve.fill
    return Point(at, max(fill - high, 0.0), max(fill - exact, 0.0), max(fill - low, 0.0))
