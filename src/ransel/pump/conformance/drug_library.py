"""Checks of the drug library: only its drugs run, within its limits, and a pump without it always says so."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, fields, replace
from datetime import timedelta
from pathlib import Path
from shutil import copytree
from tempfile import TemporaryDirectory

from ransel.infusion.condition import Condition
from ransel.infusion.event import Kind
from ransel.language import Refused
from ransel.pump.actions import Act
from ransel.pump.conformance.bench import Bench
from ransel.pump.conformance.driven import BEGINS, HOUR, QARZIBA, Driven
from ransel.pump.conformance.entry import FLUCLOXACILLIN, KEYS, MODES, shows
from ransel.pump.conformance.into_conditions import BLINCYTO, OtherRows
from ransel.pump.conformance.observing import none_of, same, yes
from ransel.pump.conformance.verdict import Observation, check
from ransel.pump.delivery import Mode
from ransel.pump.delivery_watch import time_left_ms
from ransel.pump.drug_library import LIBRARY, CurrentRows, DrugLibrary
from ransel.pump.drug_row import DrugRow
from ransel.pump.programme import Draft


def rows() -> tuple[DrugRow, ...]:
    """Return the rows that a pump on the bench carries."""
    return DrugLibrary.load().current(BEGINS).rows


def draft_of(row: DrugRow, rate_nL_per_h: int | None = None) -> Draft:
    """Return a programme within a row, at its usual rate."""
    rate = row.rate_high if rate_nL_per_h is None else rate_nL_per_h
    volume_uL = min(row.volume_most_nL // 1_000_000, 50) * 1000
    return Draft(
        "SYN-0004", row.product, row.weakest, rate // 1000, "mL/h", volume_uL, 1, 0, row.patient_type, row.care_area
    )


def refusal(draft: Draft, *, override: bool = False) -> str:
    """Return why a new pump does not take a programme, or nothing when it does."""
    pump = Driven()
    pump.switch_on()
    pump.load()
    return pump.programme(draft, override=override)


@check("C53")
def c53(bench: Bench) -> Iterator[Observation]:
    """Offer every row, then everything beside it, and a library with one changed byte in each of its files."""
    not_taken, taken, cases = [], [], 0
    for row in rows():
        not_taken += [row.id] if refusal(draft_of(row)) else []
        for other in _beside(row):
            if _answers(other) is None:
                cases += 1
                taken += [] if _stays_stopped(other) else [f"{row.id}: {other}"]
    yield none_of("seen.c53.taken", not_taken, len(rows()))
    yield none_of("seen.c53.beside", taken, cases)
    yield none_of("seen.c53.complete", [row.id for row in rows() if not _complete(row)], len(rows()))
    keys = [(row.product, row.patient_type, row.care_area, row.weakest) for row in rows()]
    yield same("seen.c53.keys", len(keys), len(set(keys)))
    yield yes("seen.c53.home", {row.care_area for row in rows()} == {"home", "ward"})
    yield from _changed_library()
    yield from _changed_behind_its_back(bench)
    bench.keep(row.id for row in rows())


def _beside(row: DrugRow) -> Iterator[Draft]:
    """Go through programmes that differ in one part from what the row is for."""
    good = draft_of(row)
    yield replace(good, product="Aspirin")
    yield replace(good, product="")
    yield replace(good, product=row.product.lower())
    yield replace(good, concentration_ng_per_mL=row.weakest - 1)
    yield replace(good, concentration_ng_per_mL=row.strongest + 1)
    yield replace(good, concentration_ng_per_mL=0)
    yield replace(good, patient_type="adult" if row.patient_type == "child" else "child")
    yield replace(good, patient_type="cat")
    yield replace(good, care_area="school")


def _answers(draft: Draft) -> DrugRow | None:
    current = DrugLibrary.load().current(BEGINS)
    return current.row(draft.product, draft.concentration_ng_per_mL, draft.patient_type, draft.care_area)


def _stays_stopped(draft: Draft) -> bool:
    """Whether it is refused by name, told, and cannot be started."""
    pump = Driven()
    pump.switch_on()
    pump.load()
    refused = pump.programme(draft)
    told = [event.data["refused"] for event in pump.told(Kind.ACTION)]
    return (
        refused == "drug-not-in-library" and refused in told and bool(pump.start()) and not shows(pump).library_in_use
    )


def _complete(row: DrugRow) -> bool:
    empty = [field.name for field in fields(row) if getattr(row, field.name) in (None, "", ())]
    every = all(set(part) == set(Condition) for part in (row.reactions, row.priorities, row.reasons))
    return set(empty) <= {"restart_ms"} and every


def _changed_library() -> Iterator[Observation]:
    files = sorted(path.name for path in LIBRARY.glob("*.toml") if path.name not in {"release.toml", "sources.toml"})
    accepted = []
    for name in files:
        with TemporaryDirectory() as folder:
            copied = copytree(LIBRARY, Path(folder) / "library")
            text = (copied / name).read_text(encoding="utf-8")
            at = text.index("value = ") + text[text.index("value = ") :].index("note = ") + len('note = "')
            (copied / name).write_text(text[:at] + "~" + text[at:], encoding="utf-8")
            accepted += [name] if _loads(copied) else []
    yield none_of("seen.c53.changed", accepted, len(files))
    with TemporaryDirectory() as folder:
        copied = copytree(LIBRARY, Path(folder) / "library")
        yield yes("seen.c53.unchanged", _loads(copied))
    with TemporaryDirectory() as folder:
        copied = copytree(LIBRARY, Path(folder) / "library")
        (copied / "blinatumomab.toml").unlink()
        yield yes("seen.c53.half", not _loads(copied))


def _loads(folder: Path) -> bool:
    try:
        DrugLibrary.load(folder)
    except Refused:
        return False
    return True


def _changed_behind_its_back(bench: Bench) -> Iterator[Observation]:
    """A row that no longer says what it said when the programme was confirmed."""
    pump = Driven().made_ready()
    pump.controller.library = OtherRows(pump)
    yield same("seen.c53.row-changed", "library-mismatch", pump.start())
    yield same("seen.c53.row-changed-alarm", 1, len(pump.raised(Condition.LIBRARY_MISMATCH)))
    yield same("seen.motor", 0, pump.controller.motor_nL_per_h)
    pump.programme(QARZIBA)
    pump.press(Act.ACKNOWLEDGE, condition=Condition.LIBRARY_MISMATCH)
    yield same("seen.c53.programmed-anew", "", pump.start())
    bench.keep(pump.events)


@dataclass(frozen=True, slots=True)
class _Step:
    """The finest step of rate and volume that the pump has."""

    rate: int
    volume: int


@check("C54")
def c54(bench: Bench) -> Iterator[Observation]:
    """One step inside and one step outside every limit of every row, with and without confirming; other units."""
    device = Driven().parts.device
    step, wrong, cases = _Step(device.rate_step_nL_per_h, 1_000_000), [], 0
    for row in rows():
        for draft, expected in _around(row, step):
            cases += 1
            found = refusal(draft)
            if expected in {"rate-below-soft-limit", "rate-above-soft-limit"} and refusal(draft, override=True):
                found = "not taken when confirmed"
            if expected == "rate-outside-hard-limit" and not refusal(draft, override=True):
                found = "taken when confirmed"
            wrong += [] if found == expected else [f"{row.id} {draft.rate_uL}: {found}"]
        bench.keep([row.id])
    yield none_of("seen.c54.limits", wrong, cases)
    yield from _overridden(bench)
    yield from _units()


def _around(row: DrugRow, step: _Step) -> Iterator[tuple[Draft, str]]:
    """Go through the rates beside each limit, on the steps of the pump, with what the pump must say to each."""
    for limit in (row.rate_least, row.rate_low, row.rate_high, row.rate_most):
        below = limit // step.rate * step.rate
        for rate in {below - step.rate, below, below + step.rate}:
            if rate >= step.rate:
                yield draft_of(row, rate), _expected(row, rate)
    most = row.volume_most_nL // step.volume * step.volume
    for volume, expected in ((most, ""), (most + step.volume, "volume-outside-hard-limit")):
        yield replace(draft_of(row), volume_uL=volume // 1000), expected


def _expected(row: DrugRow, rate: int) -> str:
    if rate < row.rate_least or rate > row.rate_most:
        return "rate-outside-hard-limit"
    if rate < row.rate_low:
        return "rate-below-soft-limit"
    return "rate-above-soft-limit" if rate > row.rate_high else ""


def _overridden(bench: Bench) -> Iterator[Observation]:
    for rate_uL, name in ((2_400, "rate-above-soft-limit"), (900, "rate-below-soft-limit")):
        pump = Driven()
        pump.switch_on()
        pump.load()
        pump.connect()
        asked = pump.programme(replace(QARZIBA, rate_uL=rate_uL))
        yield same("seen.c54.asks", name, asked)
        yield yes("seen.c54.tone", bool(shows(pump).error_tone))
        pump.press(Act.CONFIRM, name="override")
        pump.start()
        yield same("seen.c54.logged", [name], pump.told(Kind.PROGRAMMED)[0].data["overridden"])
        signs = []
        for _ in range(10):
            pump.wait(HOUR)
            signs.append(f"screen.override.{name}" in [sign.key for sign in shows(pump).overridden])
        pump.press(Act.STOP)
        yield yes("seen.c54.visible", all(signs) and bool(shows(pump).overridden))
        pump.programme(QARZIBA)
        yield yes("seen.c54.gone", not shows(pump).overridden)
        bench.keep(pump.events)


def _units() -> Iterator[Observation]:
    yield same("seen.c54.day", "", refusal(replace(QARZIBA, rate_uL=48_000, rate_unit="mL/24h")))
    yield same("seen.c54.day-as-hour", "rate-outside-hard-limit", refusal(replace(QARZIBA, rate_uL=48_000)))
    yield same("seen.c54.hour-as-day", "rate-between-steps", refusal(replace(QARZIBA, rate_unit="mL/24h")))
    for unit in ("mL/min", "mg/h", "", "ML/H"):
        yield same("seen.c54.unit", "rate-unit-unknown", refusal(replace(QARZIBA, rate_unit=unit)), unit=unit or "-")


@check("C55")
def c55(bench: Bench) -> Iterator[Observation]:
    """Look for the sign in every mode, load a new library, and let everybody try to change the one in use."""
    unsaid = []
    for mode, reached in MODES.items():
        pump = reached()
        in_use = pump.controller.row is not None
        sign = any("NOT IN USE" in line for line in shows(pump).lines())
        unsaid += [] if mode is Mode.OFF or sign is not in_use else [mode.value]
        bench.keep(pump.events)
    yield none_of("seen.c55.sign", unsaid, len(MODES))
    pump = Driven()
    pump.switch_on()
    pump.load()
    pump.connect()
    yield yes("seen.c55.without-row", bool(pump.programme(replace(QARZIBA, product="Own"))) and bool(pump.start()))
    yield from _versions(bench)
    for key in KEYS:
        before = pump.controller.library
        pump.twin.press(key)
        if pump.controller.library is not before:
            unsaid.append(key.act.value)
    yield none_of("seen.c55.keys", unsaid, len(KEYS))


def _versions(bench: Bench) -> Iterator[Observation]:
    """A newer version of a row: kept beside the old one with its date, used from then on, and told at switching on."""
    released = DrugLibrary.load()
    old = next(entry for entry in released.entries if entry.id == "qarziba-home-child")
    newer = old.model_copy(update={"version": "2027.2", "valid_from": BEGINS + timedelta(days=1)})
    both = DrugLibrary("2027.2", (*released.entries, newer))
    dated = [f"{entry.version}: {entry.valid_from.date()}" for entry in both.entries if entry.id == old.id]
    yield same("seen.c55.history", ["2026.1: 2026-01-01", "2027.2: 2027-02-06"], dated)
    pump = Driven().running()
    told = [event.data["library_version"] for event in pump.told(Kind.BOOT)]
    yield same("seen.c55.told", [released.fingerprint], told)
    pump.press(Act.STOP)
    pump.press(Act.SWITCH_OFF)
    for days, version in ((0, old.version), (1, newer.version)):
        current: CurrentRows = both.current(BEGINS + timedelta(days=days))
        pump.twin.library = current
        pump.switch_on()
        pump.programme(QARZIBA)
        shown = pump.controller.row.version if pump.controller.row else ""
        yield same("seen.c55.version", version, shown)
        yield same("seen.c55.told", both.fingerprint, pump.told(Kind.BOOT)[-1].data["library_version"])
        pump.press(Act.SWITCH_OFF)
    yield yes("seen.c55.differs", both.fingerprint != released.fingerprint)
    bench.keep(pump.events)


OTHERS = (
    BLINCYTO,
    FLUCLOXACILLIN,
    replace(QARZIBA, concentration_ng_per_mL=150_000),
    replace(QARZIBA, patient_type="adult"),
    replace(QARZIBA, care_area="ward"),
)
"""Another drug, another concentration of the same, another row of it."""


@check("C56")
def c56(bench: Bench) -> Iterator[Observation]:
    """Confirm another drug while one runs, while it is paused and while an alarm holds it."""
    goes_on, not_anew, not_again, cases = [], [], [], 0
    for state in (Mode.RUNNING, Mode.PAUSED, Mode.HELD):
        for other in OTHERS:
            cases += 1
            pump, case = _reached(state), f"{state.value}: {other.product} {other.concentration_ng_per_mL}"
            pump.programme(replace(other, patient=QARZIBA.patient))
            starts = len(pump.told(Kind.STARTED))
            pump.wait(HOUR // 6)
            if (
                pump.controller.motor_nL_per_h
                or len(pump.told(Kind.STARTED)) != starts
                or pump.mode is not Mode.STOPPED
            ):
                goes_on.append(case)
            left = time_left_ms(pump.controller, pump.twin.uptime_ms)
            row = pump.controller.row
            if row is None or not _recalculated(pump, row, left, other.rate_uL * 1000):
                not_again.append(case)
            pump.press(Act.ACKNOWLEDGE, condition=Condition.DOOR_OPEN)
            pump.start()
            started = pump.told(Kind.STARTED)[starts:]
            if [event.data["cause"] for event in started] != ["start"]:
                not_anew.append(case)
            bench.keep(pump.events)
    yield none_of("seen.c56.stops", goes_on, cases)
    yield none_of("seen.c56.anew", not_anew, cases)
    yield none_of("seen.c56.again", not_again, cases)
    pump = _reached(Mode.RUNNING)
    pump.programme(replace(QARZIBA, rate_uL=1_000))
    yield same("seen.motor", 1_000_000, pump.controller.motor_nL_per_h)
    bench.keep(pump.events)


def _reached(state: Mode) -> Driven:
    pump = Driven().running()
    pump.wait(HOUR)
    if state is Mode.PAUSED:
        pump.press(Act.STOP)
    if state is Mode.HELD:
        pump.fault("door-open")
        pump.mend("door-open")
    return pump


def _recalculated(pump: Driven, row: DrugRow, left: int | None, rate: int) -> bool:
    """Whether time left and dose window are those of the new row and rate."""
    reserve = pump.controller.kept.meter.read(pump.twin.uptime_ms).reserve_nL(pump.parts.device.flow_error_permille)
    expected = reserve * HOUR * 1000 // (rate * (1000 + pump.parts.device.flow_error_permille))
    return left == expected and pump.controller.kept.window.most_nL == row.window_most_nL
