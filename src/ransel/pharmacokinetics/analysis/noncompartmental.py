"""What levels say without any model of compartments: areas, half-life, clearance and volumes, after the usual rules.

Where a rule is not met there is no number, but the reason. Times are counted from the first dose.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from math import exp, log

from ransel.language import Message
from ransel.pharmacokinetics.analysis.area import Area, AreaMethod, Curve
from ransel.pharmacokinetics.analysis.level_profile import LevelProfile, Route
from ransel.pharmacokinetics.analysis.terminal_slope import TerminalSlope, terminal_slope

MUCH_EXTRAPOLATED = 20.0
"""Percent: above this an area up to infinity says more about the line than about the levels."""
POOR_FIT = 0.85
"""Adjusted R² below which the end of a curve is hardly a line."""


class BelowLimit(StrEnum):
    """What a level below the limit of the assay counts as."""

    USUAL = "usual"
    """Nought before the first level that could be measured; left out between two and after the last."""
    ZERO = "zero"
    """Nought everywhere."""
    LEFT_OUT = "left-out"
    """Left out everywhere."""


@dataclass(frozen=True, slots=True)
class Measure:
    """A number with its unit, or the reason why there is none."""

    value: float | None
    unit: str
    reason: Message | None = None

    @classmethod
    def none(cls, unit: str, reason: Message) -> Measure:
        """Return that there is no number."""
        return cls(None, unit, reason)


@dataclass(frozen=True, slots=True, kw_only=True)
class ToInfinity:
    """What needs the curve to its end.

    Values:
        auc: mg·h/L. extrapolated: percent of it after the last level. back_extrapolated: percent of it before the first
        level of a bolus. aumc: mg·h²/L. mrt: mean residence time, h, without the time of the input. clearance: L/h;
        over the part F that reached the blood where that is not known. volume_z, volume_steady: L.
    """

    auc: Measure
    extrapolated: Measure
    back_extrapolated: Measure
    aumc: Measure
    mrt: Measure
    clearance: Measure
    volume_z: Measure
    volume_steady: Measure


@dataclass(frozen=True, slots=True)
class PartialArea:
    """The area between two times, h after the first dose."""

    begin: float
    end: float
    auc: Measure


@dataclass(frozen=True, slots=True, kw_only=True)
class Analysis:
    """The analysis of one child.

    Values:
        dose: mg. c_max, c_last, c_zero: mg/L. t_max, t_last: h. auc_last: up to the last level that could be
        measured; auc_all: up to the last drawing; mg·h/L. aumc_last: mg·h²/L. mrt_last: h. slope: of the end, or
        why there is none. observed, predicted: up to infinity from the last level as measured, and from the line.
        notes: what a reader must know of it.
    """

    profile: LevelProfile
    method: AreaMethod
    below_limit: BelowLimit
    dose: Measure
    c_max: Measure
    t_max: Measure
    c_last: Measure
    t_last: Measure
    c_zero: Measure
    auc_last: Measure
    auc_all: Measure
    aumc_last: Measure
    mrt_last: Measure
    slope: TerminalSlope | Message
    half_life: Measure
    observed: ToInfinity
    predicted: ToInfinity
    partial: tuple[PartialArea, ...]
    notes: tuple[Message, ...]


@dataclass(frozen=True, slots=True)
class _Levels:
    """Levels as they count: times from the first dose; `last` is the place of the last one above nought."""

    times: tuple[float, ...]
    levels: tuple[float, ...]
    last: int
    zero: float | None

    @property
    def peak(self) -> int:
        return self.levels.index(max(self.levels))


def analyse(
    profile: LevelProfile,
    method: AreaMethod = AreaMethod.LINEAR_UP_LOG_DOWN,
    *,
    below_limit: BelowLimit = BelowLimit.USUAL,
    windows: Sequence[tuple[float, float]] = (),
) -> Analysis:
    """Return the analysis of one child's levels; `windows` ask areas between two times, h after the first dose."""
    counted = _counted(profile, below_limit)
    if counted is None:
        return _nothing(profile, method, below_limit, windows)
    return _Work(profile, method, below_limit, counted).analysis(windows)


def _counted(profile: LevelProfile, rule: BelowLimit) -> _Levels | None:
    """Return the levels as the rule counts them; None when there is not one above nought."""
    drawn = [(time - profile.begin, level) for time, level in zip(profile.times, profile.levels, strict=True)]
    drawn = [(time, level) for time, level in drawn if time >= 0]
    above = [place for place, (_, level) in enumerate(drawn) if level]
    if not above:
        return None
    kept = []
    for place, (time, level) in enumerate(drawn):
        if level is not None:
            kept.append((time, level))
        elif rule is BelowLimit.ZERO or (rule is BelowLimit.USUAL and not above[0] < place < above[-1]):
            kept.append((time, 0.0))
    zero = _level_at_nought(profile, kept)
    if zero is not None and kept[0][0] > 0:
        kept.insert(0, (0.0, zero))
    last = max(place for place, (_, level) in enumerate(kept) if level)
    return _Levels(tuple(time for time, _ in kept), tuple(level for _, level in kept), last, zero)


def _level_at_nought(profile: LevelProfile, kept: Sequence[tuple[float, float]]) -> float | None:
    """Return with which level the curve begins; None when it cannot be known."""
    if kept[0][0] == 0:
        return kept[0][1]
    if profile.route is not Route.BOLUS:
        return 0.0
    if len(profile.doses) > 1:
        return None
    if len(kept) == 1 or not 0 < kept[1][1] < kept[0][1]:
        return kept[0][1]
    (first, high), (second, low) = kept[:2]
    return high * exp(log(high / low) * first / (second - first))


class _Work:
    """One analysis while it is made."""

    def __init__(self, profile: LevelProfile, method: AreaMethod, below: BelowLimit, counted: _Levels) -> None:
        self._profile, self._method, self._below, self._counted = profile, method, below, counted
        # What is put at nought begins the curve, but nobody measured it: it is not the highest level.
        first = 0 if counted.times[0] + profile.begin in profile.times else 1
        measured = counted.levels[first:]
        self._peak = first + measured.index(max(measured))
        self._curve = self._up_to(counted.last)
        self._to_last = self._curve.whole()
        self._slope = self._find_slope()

    def analysis(self, windows: Sequence[tuple[float, float]]) -> Analysis:
        """Return it."""
        counted, slope = self._counted, self._slope
        c_last = counted.levels[counted.last]
        half_life = Measure(slope.half_life, "h") if isinstance(slope, TerminalSlope) else Measure.none("h", slope)
        observed = self._to_infinity(c_last)
        t_last = counted.times[counted.last]
        predicted = self._to_infinity(slope.level(t_last) if isinstance(slope, TerminalSlope) else c_last)
        return Analysis(
            profile=self._profile, method=self._method, below_limit=self._below, dose=_dose(self._profile),
            c_max=Measure(counted.levels[self._peak], "mg/L"), t_max=Measure(counted.times[self._peak], "h"),
            c_last=Measure(c_last, "mg/L"), t_last=Measure(t_last, "h"), c_zero=self._c_zero(),
            auc_last=Measure(self._to_last.area, "mg·h/L"), auc_all=Measure(self._all(), "mg·h/L"),
            aumc_last=Measure(self._to_last.moment, "mg·h²/L"),
            mrt_last=_ratio(self._to_last, self._profile), slope=slope, half_life=half_life, observed=observed,
            predicted=predicted, partial=tuple(self._partial(*window) for window in windows),
            notes=self._notes(observed),
        )  # fmt: skip

    def _up_to(self, last: int) -> Curve:
        counted = self._counted
        return Curve(counted.times[: last + 1], counted.levels[: last + 1], self._method, counted.times[counted.peak])

    def _all(self) -> float:
        """Return the area that goes on, straight down, to the first level after the last measurable one."""
        return self._up_to(len(self._counted.times) - 1).whole().area

    def _find_slope(self) -> TerminalSlope | Message:
        counted, profile = self._counted, self._profile
        input_ended = profile.end_of_input - profile.begin
        is_bolus = profile.route is Route.BOLUS
        begins = counted.times[self._peak]
        chosen = [
            (time, level)
            for time, level in zip(counted.times, counted.levels, strict=True)
            if level > 0 and (time > begins or (is_bolus and time == begins)) and (is_bolus or time > input_ended)
        ]
        if is_bolus and input_ended:
            chosen = [(time, level) for time, level in chosen if time >= input_ended]
        return terminal_slope([time for time, _ in chosen], [level for _, level in chosen])

    def _to_infinity(self, c_last: float) -> ToInfinity:
        slope, profile = self._slope, self._profile
        if isinstance(slope, Message):
            return _no_infinity(slope)
        last, constant = self._counted.times[self._counted.last], slope.constant
        tail = Area(c_last / constant, last * c_last / constant + c_last / constant**2)
        whole = self._to_last.plus(tail)
        mrt = _ratio(whole, profile)
        clearance = _per(profile.amount, whole.area, "L/h")
        return ToInfinity(
            auc=Measure(whole.area, "mg·h/L"), extrapolated=Measure(100 * tail.area / whole.area, "%"),
            back_extrapolated=self._back(whole), aumc=Measure(whole.moment, "mg·h²/L"), mrt=mrt,
            clearance=clearance, volume_z=_per(clearance.value, constant, "L"),
            volume_steady=_volume_steady(profile, mrt, clearance),
        )  # fmt: skip

    def _c_zero(self) -> Measure:
        if self._profile.route is not Route.BOLUS:
            return Measure.none("mg/L", Message("nca.no-bolus"))
        if self._counted.zero is None:
            return Measure.none("mg/L", Message("nca.several-doses"))
        return Measure(self._counted.zero, "mg/L")

    def _back(self, whole: Area) -> Measure:
        c_zero = self._c_zero()
        if c_zero.reason is not None:
            return Measure.none("%", c_zero.reason)
        if self._profile.begin in self._profile.times:
            return Measure(0.0, "%")
        return Measure(100 * self._curve.between(0.0, self._counted.times[1]).area / whole.area, "%")

    def _partial(self, begin: float, end: float) -> PartialArea:
        first, last = self._curve.times[0], self._curve.times[-1]
        if begin < first:
            reason = Message("nca.before-levels", {"first": _hours(first)})
            return PartialArea(begin, end, Measure.none("mg·h/L", reason))
        inside = self._curve.between(begin, min(end, last)).area if begin < last else 0.0
        if end <= last:
            return PartialArea(begin, end, Measure(inside, "mg·h/L"))
        if isinstance(self._slope, Message):
            return PartialArea(begin, end, Measure.none("mg·h/L", self._slope))
        return PartialArea(begin, end, Measure(inside + self._beyond(max(begin, last), end), "mg·h/L"))

    def _beyond(self, begin: float, end: float) -> float:
        """Return the area after the last level: it falls from the level as measured, with the slope of the end."""
        slope = self._slope
        if isinstance(slope, Message):
            raise TypeError("there is no slope to go on with")
        last = self._curve.times[-1]
        left = exp(-slope.constant * (begin - last)) - exp(-slope.constant * (end - last))
        return self._curve.levels[-1] / slope.constant * left

    def _notes(self, observed: ToInfinity) -> tuple[Message, ...]:
        profile, slope = self._profile, self._slope
        found = []
        early = sum(time < profile.begin for time in profile.times)
        if early:
            found.append(Message("nca.note-before-dose", {"count": early}))
        unmeasured = sum(level is None for level in profile.levels)
        if unmeasured:
            found.append(Message(f"nca.note-below-{self._below}", {"count": unmeasured}))
        if profile.route is Route.BOLUS and len(profile.doses) > 1:
            found.append(Message("nca.note-several-boluses"))
        if isinstance(slope, TerminalSlope) and slope.adjusted < POOR_FIT:
            found.append(Message("nca.note-poor-fit", {"fit": f"{slope.adjusted:.3f}"}))
        part = observed.extrapolated.value
        if part is not None and part > MUCH_EXTRAPOLATED:
            found.append(Message("nca.note-extrapolated", {"percent": f"{part:.0f}"}))
        return tuple(found)


def _hours(time: float) -> str:
    return f"{time:g}"


def _dose(profile: LevelProfile) -> Measure:
    if profile.amount is None:
        return Measure.none("mg", Message("nca.no-dose"))
    return Measure(profile.amount, "mg")


def _ratio(area: Area, profile: LevelProfile) -> Measure:
    """Return the mean residence time: what is left of moment over area when the time of the input is taken off."""
    if area.area <= 0:
        return Measure.none("h", Message("nca.no-area"))
    return Measure(area.moment / area.area - profile.mean_input_time, "h")


def _per(amount: float | None, divisor: float, unit: str) -> Measure:
    if amount is None:
        return Measure.none(unit, Message("nca.no-dose"))
    return Measure(amount / divisor, unit)


def _volume_steady(profile: LevelProfile, mrt: Measure, clearance: Measure) -> Measure:
    if not profile.route.into_blood:
        return Measure.none("L", Message("nca.not-into-blood"))
    if mrt.value is None or clearance.value is None:
        return Measure.none("L", clearance.reason or mrt.reason or Message("nca.no-dose"))
    return Measure(mrt.value * clearance.value, "L")


def _no_infinity(reason: Message) -> ToInfinity:
    units = {
        "auc": "mg·h/L", "extrapolated": "%", "back_extrapolated": "%", "aumc": "mg·h²/L", "mrt": "h",
        "clearance": "L/h", "volume_z": "L", "volume_steady": "L",
    }  # fmt: skip
    return ToInfinity(**{name: Measure.none(unit, reason) for name, unit in units.items()})


def _nothing(
    profile: LevelProfile, method: AreaMethod, below: BelowLimit, windows: Sequence[tuple[float, float]]
) -> Analysis:
    """Return the analysis of a child of whom no level could be measured."""
    reason = Message("nca.no-level")
    level, time, area = (Measure.none(unit, reason) for unit in ("mg/L", "h", "mg·h/L"))
    return Analysis(
        profile=profile, method=method, below_limit=below, dose=_dose(profile), c_max=level, t_max=time, c_last=level,
        t_last=time, c_zero=level, auc_last=area, auc_all=area, aumc_last=Measure.none("mg·h²/L", reason),
        mrt_last=time, slope=reason, half_life=time, observed=_no_infinity(reason), predicted=_no_infinity(reason),
        partial=tuple(PartialArea(*window, area) for window in windows), notes=(),
    )  # fmt: skip
