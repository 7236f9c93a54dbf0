"""Guard rails: absolute bounds refuse, recommended bounds ask, both in plain words."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from fractions import Fraction

from ransel.language import Level, Message, Notice, Refusal, notice
from ransel.prescribing.patient import Patient
from ransel.protocols import Bounds
from ransel.protocols.protocol import AgeBand, Range
from ransel.quantities import Duration, Quantity, Ratio, Shown

Finding = Refusal | Notice
DAYS_IN_A_YEAR = Fraction(36525, 100)
TWO_YEARS = 730


def check_patient(patient: Patient, bounds: Bounds, today: date, start: date) -> Iterator[Finding]:
    """Go through everything about age, weight, height and their measurement that is refused or asked about."""
    yield from _dates(patient, bounds, today, start)
    if patient.born > today:
        return
    band = _band(patient, bounds)
    yield from _range("weight", patient.weight, band.weight, "kg", patient)
    yield from _range("height", patient.height, band.height, "cm", patient)
    yield from _changed(patient, bounds)


def _dates(patient: Patient, bounds: Bounds, today: date, start: date) -> Iterator[Finding]:
    if patient.born > today:
        yield Refusal("date.in-the-future", "born", str(patient.born), {"today": today})
        return
    if patient.measured > today:
        yield Refusal("date.in-the-future", "measured", str(patient.measured), {"today": today})
    taken = patient.findings.taken
    if taken is not None and taken > today:
        yield Refusal("date.in-the-future", "findings.taken", str(taken), {"today": today})
    age = _days(patient.born, start)
    if age < bounds.youngest.value:
        yield Refusal("age.too-young", "born", str(patient.born), {"least": _age(bounds.youngest.value)})
    if age > bounds.oldest.value:
        yield Refusal("age.too-old", "born", str(patient.born))
    old = _days(patient.measured, start)
    if old > bounds.refuse_when_measured_before.value:
        most = Shown(bounds.refuse_when_measured_before.value, "day")
        yield Refusal("measurement.too-old", "measured", str(patient.measured), {"most": most, "start": start})
    elif old > bounds.ask_when_measured_before.value:
        yield notice(
            "measurement.old",
            Level.ASK,
            measured=patient.measured,
            days=int(old.to("day")),
            most=int(bounds.ask_when_measured_before.value.to("day")),
        )


def _band(patient: Patient, bounds: Bounds) -> AgeBand:
    age = patient.age_in_years(patient.measured)
    return [band for band in bounds.by_age.value if band.from_age <= max(age, 0)][-1]


def _range(field: str, value: Quantity, allowed: Range, unit: str, patient: Patient) -> Iterator[Finding]:
    age = patient.age_in_years(patient.measured)
    if not allowed.least <= value <= allowed.most:
        bounds = _between(allowed.least, allowed.most, unit)
        yield Refusal("bounds.impossible", field, value.text("en", unit), {"bounds": bounds, "age": age})
    elif not allowed.low <= value <= allowed.high:
        bounds = _between(allowed.low, allowed.high, unit)
        yield notice(f"bounds.unusual-{field}", Level.ASK, value=Shown(value, unit), bounds=bounds, age=age)


def _changed(patient: Patient, bounds: Bounds) -> Iterator[Finding]:
    if patient.previous is None:
        return
    limit = bounds.recheck_when_changed_by.value
    before = patient.previous
    changes = {
        "weight": Ratio((patient.weight - before.weight) / before.weight),
        "height": Ratio((patient.height - before.height) / before.height),
    }
    for field, change in changes.items():
        if abs(change) >= limit:
            yield notice(f"changed.{field}", Level.ASK, change=Shown(change, "%"), limit=Shown(limit, "%"))


def _age(duration: Duration) -> Message:
    """Return an age in years, or in months below two years."""
    days = duration.to("day")
    if days >= TWO_YEARS:
        return Message("age.years", {"count": round(days / DAYS_IN_A_YEAR)})
    return Message("age.months", {"count": round(days / DAYS_IN_A_YEAR * 12)})


def _between(low: Quantity, high: Quantity, unit: str) -> str:
    return f"{low.plain(unit)}-{high.plain(unit)} {unit}"


def _days(start: date, end: date) -> Duration:
    return Duration((end - start).days, "day")
