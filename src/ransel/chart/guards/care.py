"""What stands against connecting, changing, going home: everything that must agree beside the child.

Any mismatch stops. What was scanned or typed at the child, the cassette and the pump is compared with the order
and the release, never with itself.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import timedelta
from types import MappingProxyType

from ransel.chart.entry import Entry
from ransel.chart.guards.guard import Guard, another_person, container_of, course_of, has_go, still_treated, this_making
from ransel.chart.ordered import ordered_container, rate_in_force
from ransel.chart.people import Hand
from ransel.chart.records import OfMaking
from ransel.chart.records.care import (
    Connected,
    FitForHome,
    Observed,
    Primed,
    ProgrammeChecked,
    Programmed,
    PumpAssigned,
    PumpReadied,
    PumpReplaced,
    PumpReturned,
    Readied,
    Readmitted,
    Removed,
    ResidueRecorded,
    Resumed,
    SentHome,
)
from ransel.chart.records.pharmacy import LeftFridge, Released
from ransel.chart.rules import Rules
from ransel.chart.treatment import ContainerState, CourseState, Treatment
from ransel.chart.visits import finish_before, standstill
from ransel.language import Moment, Refusal, Refused
from ransel.quantities import Concentration, Duration, Ratio, Shown, Temperature, Volume

HOURS_IN_A_DAY = 24
"""The factor between mL/h and mL/24 h, which are taken for one another."""

HOME_LOOKS_BACK = timedelta(hours=24)
"""No intravenous medicine in this time before going home: the criterion published from Moscow and Greifswald."""


MUST_HOLD_AT_HOME = (
    "vital_signs_normal",
    "no_intravenous_medicine_for_24_h",
    "family_trained",
    "reachable_by_telephone",
    "close_enough",
)
"""What a doctor signs one by one before a child goes home."""


def code_complaints(treatment: Treatment, record: OfMaking, code: str) -> Iterator[Refusal]:
    """Refuse a cassette that is not the one whose turn it is, and say which one it is."""
    course, container = course_of(treatment, record), container_of(treatment, record)
    released = container.last(Released)
    if released is None:
        yield Refusal("chart.not-released", "code", code)
        return
    if code == released.what.code:
        return
    for other in course.containers:
        theirs = other.last(Released)
        if theirs is not None and theirs.what.code == code:
            yield Refusal("chart.other-container-first", "code", code, {"is": other.index, "turn": record.container})
            return
    yield Refusal("chart.unknown-code", "code", code)


def child_complaints(rules: Rules, child: str) -> Iterator[Refusal]:
    """Refuse a wristband of another child."""
    if child != rules.identity.number:
        yield Refusal("chart.other-child", "child", child)


def pump_complaints(course: CourseState, pump: str) -> Iterator[Refusal]:
    """Refuse a pump that is not the one set aside for this course."""
    if pump != course.pump:
        yield Refusal("chart.other-pump", "pump", pump, {"expected": course.pump or "-"})


def programme_complaints(course: CourseState, record: Programmed | ProgrammeChecked) -> Iterator[Refusal]:
    """Refuse what the pump shows where it differs from the order, in rate or in volume."""
    expected = rate_in_force(course)
    if record.rate != expected:
        mixed_up = record.rate in {expected * HOURS_IN_A_DAY, expected / HOURS_IN_A_DAY}
        code = "chart.other-unit" if mixed_up else "chart.other-rate"
        yield Refusal(code, "rate", record.rate.text("en", "mL/h"), {"expected": Shown(expected, "mL/h")})
    yield from _volume_complaints(course, record, "volume", record.volume)


def _volume_complaints(course: CourseState, record: OfMaking, field: str, volume: Volume) -> Iterator[Refusal]:
    """Refuse more than the container holds, and, before it is connected, less than it has to give."""
    ordered, container = ordered_container(course, record.container), course.container(record.container)
    primed = container.last(Primed) if container else None
    least = ordered.delivers
    if primed is not None and primed.what.fluid == "drug":
        least -= primed.what.volume
    is_full = container is not None and container.phase == "out"
    if volume > ordered.fill or (is_full and volume < least):
        yield Refusal("chart.other-volume", field, volume.text("en", "mL"), {"expected": Shown(ordered.fill, "mL")})


def _programmed(treatment: Treatment, _: Hand, rules: Rules, record: Programmed) -> Iterator[Refusal]:
    course = course_of(treatment, record)
    yield from this_making(treatment, record)
    yield from pump_complaints(course, record.pump)
    yield from programme_complaints(course, record)
    expected = ordered_container(course, record.container).concentration
    try:
        found = Concentration.read(record.concentration)
    except Refused as refused:
        yield from refused.at("concentration").refusals
        return
    unit = f"{rules.protocol.dose.unit}/mL"
    if found.text("en", unit, CONCENTRATION_DIGITS) != expected.text("en", unit, CONCENTRATION_DIGITS):
        values = {"expected": Shown(expected, unit, CONCENTRATION_DIGITS)}
        yield Refusal("chart.other-concentration", "concentration", record.concentration, values)
    if record.product != rules.protocol.product.name:
        product = rules.protocol.product.name
        yield Refusal("chart.other-product", "product", record.product, {"expected": product})


CONCENTRATION_DIGITS = 4
"""Decimals of a concentration as the label shows it, in the unit of the label."""


def _programme_checked(treatment: Treatment, hand: Hand, rules: Rules, record: ProgrammeChecked) -> Iterator[Refusal]:
    course, container = course_of(treatment, record), container_of(treatment, record)
    programmed = container.last(Programmed)
    if programmed is None:
        yield Refusal("chart.not-programmed", "container", str(record.container))
    yield from this_making(treatment, record)
    yield from another_person(hand, programmed, "checked_by")
    yield from child_complaints(rules, record.child)
    yield from code_complaints(treatment, record, record.code)
    yield from pump_complaints(course, record.pump)
    yield from programme_complaints(course, record)


def _readied(treatment: Treatment, hand: Hand, _: Rules, record: Readied) -> Iterator[Refusal]:
    if not record.fresh_batteries:
        yield Refusal("chart.old-batteries", "fresh_batteries", "no")
    missing = {"line", "filter", "needle", "batteries"} - {one.what for one in record.materials}
    for what in sorted(missing):
        yield Refusal("chart.material-missing", f"materials.{what}")
    for one in record.materials:
        if one.change_by <= hand.now:
            yield Refusal("chart.in-the-past", f"materials.{one.what}", one.change_by.isoformat(timespec="minutes"))
    if not course_of(treatment, record).pump:
        yield Refusal("chart.no-pump", "pump")


def _primed(treatment: Treatment, _: Hand, rules: Rules, record: Primed) -> Iterator[Refusal]:
    yield from this_making(treatment, record)
    yield from pump_complaints(course_of(treatment, record), record.pump)
    if container_of(treatment, record).phase == "connected":
        yield Refusal("chart.primed-at-the-child", "volume", record.volume.text("en", "mL"))
    planned = rules.protocol.pumps[
        rules.protocol.containers.options[course_of(treatment, record).ordered.what.containers].pump
    ]
    most = planned.priming.value * MOST_PRIMING
    if record.fluid == "drug" and record.volume > most:
        yield Refusal("chart.primed-too-much", "volume", record.volume.text("en", "mL"), {"most": Shown(most, "mL")})


MOST_PRIMING = 2
"""How many times the protocol's priming volume may be used before it is refused: an assumption."""


def _connected(treatment: Treatment, hand: Hand, rules: Rules, record: Connected) -> Iterator[Refusal]:
    course, container = course_of(treatment, record), container_of(treatment, record)
    yield from still_treated(treatment, record)
    yield from this_making(treatment, record)
    yield from child_complaints(rules, record.child)
    yield from code_complaints(treatment, record, record.code)
    yield from pump_complaints(course, record.pump)
    yield from _volume_complaints(course, record, "displayed", record.displayed)
    yield from _its_turn(course, container)
    yield from _within_clocks(course, container, hand, rules)
    if not has_go(container):
        yield Refusal("chart.no-go", "container", str(record.container))
    if not any(one.what.baseline and one.version > course.ordered.version for one in course.observed):
        yield Refusal("chart.no-baseline", "course", str(record.course))
    if container.last(Readied) is None:
        yield Refusal("chart.step-missing.readied", "container", str(record.container))
    yield from _steps_on_this_pump(course, container, Primed, Programmed, ProgrammeChecked)
    programmed = container.last(Programmed)
    if programmed is not None:  # the doctor may have changed the rate since
        yield from programme_complaints(course, programmed.what)


def _steps_on_this_pump(
    course: CourseState, container: ContainerState, *steps: type[Primed | Programmed | ProgrammeChecked]
) -> Iterator[Refusal]:
    """Refuse when a step was not signed for the pump in hand, or before the step on which it rests."""
    before = 0
    for step in steps:
        done = container.last(step)
        if done is None or done.what.pump != course.pump or (step is ProgrammeChecked and done.version < before):
            yield Refusal(f"chart.step-missing.{step.kind}", "container", str(container.index))
        before = done.version if done else 0


def _its_turn(course: CourseState, container: ContainerState) -> Iterator[Refusal]:
    for before in course.containers:
        if before.index < container.index and before.phase not in {"removed", "accounted", "discarded"}:
            values = {"is": container.index, "turn": before.index}
            yield Refusal("chart.other-container-first", "container", str(container.index), values)
            return


def _within_clocks(course: CourseState, container: ContainerState, hand: Hand, rules: Rules) -> Iterator[Refusal]:
    released, moment = container.last(Released), rules.agenda.moment
    if released is not None and hand.happened > released.what.start_before:
        values = {"limit": moment(released.what.start_before)}
        yield Refusal("chart.too-late-to-start", "happened", hand.happened.isoformat(timespec="minutes"), values)
    end = finish_before(course, container.index)
    if end is not None and hand.happened >= end:
        yield Refusal("chart.expired", "code", released.what.code if released else "", {"limit": moment(end)})
    left = container.last(LeftFridge)
    if left is None or hand.happened < left.what.at:
        yield Refusal("chart.still-in-fridge", "container", str(container.index))


def _removed(treatment: Treatment, hand: Hand, rules: Rules, record: Removed) -> Iterator[Refusal]:
    course, container = course_of(treatment, record), container_of(treatment, record)
    yield from this_making(treatment, record)
    connected = container.last(Connected)
    if connected is not None and hand.happened < connected.happened:
        yield Refusal("chart.before-connecting", "happened", hand.happened.isoformat(timespec="minutes"))
    if connected is not None and record.displayed > connected.what.displayed:
        values = {"before": Shown(connected.what.displayed, "mL")}
        yield Refusal("chart.more-than-before", "displayed", record.displayed.text("en", "mL"), values)
    later = [one for one in course.containers if one.index > record.container]
    if record.last and later and course.phase != "stopped" and not hand.reason.strip():
        yield Refusal("chart.not-the-last", "last", str(record.container), {"later": later[0].index})
    if not record.last and not later:
        yield Refusal("chart.is-the-last", "last", str(record.container))
    if "flushed" in record.line and rules.protocol.handling.line_at_end is not None and not hand.reason.strip():
        advice = rules.protocol.handling.line_at_end.value
        yield Refusal("chart.flushed", "line", "flushed", {"rule": advice})


def _resumed(treatment: Treatment, hand: Hand, rules: Rules, record: Resumed) -> Iterator[Refusal]:
    course = course_of(treatment, record)
    expected = rate_in_force(course)
    if record.rate != expected:
        yield Refusal("chart.other-rate", "rate", record.rate.text("en", "mL/h"), {"expected": Shown(expected, "mL/h")})
    if course.running is not None:
        yield from _steps_on_this_pump(course, course.running, Programmed, ProgrammeChecked)
    since = course.stood[-1][0] if course.stood else hand.happened
    restart = rules.protocol.handling.restart_rules_after
    lasted = standstill(course, since, hand.happened)
    if restart is not None and lasted > restart.value.timedelta and not hand.reason.strip():
        values = {
            "lasted": Shown(Duration(int(lasted.total_seconds()), "s"), "h", 1),
            "most": Shown(restart.value, "h"),
        }
        yield Refusal("chart.restart-rules", "reason", "", values)


def _pump_free(rules: Rules, pump: str) -> Iterator[Refusal]:
    if rules.free_pumps is not None and pump not in rules.free_pumps:
        yield Refusal("chart.pump-not-free", "pump", pump)


def _pump_assigned(treatment: Treatment, _: Hand, rules: Rules, record: PumpAssigned) -> Iterator[Refusal]:
    course = course_of(treatment, record)
    yield from _pump_free(rules, record.pump)
    if course.pump and course.pumps[course.pump] == "in-use":
        yield Refusal("chart.pump-in-use", "pump", record.pump, {"running": course.pump})


def _pump_replaced(treatment: Treatment, _: Hand, rules: Rules, record: PumpReplaced) -> Iterator[Refusal]:
    yield from _pump_free(rules, record.pump)
    course = course_of(treatment, record)
    if record.pump == course.pump:
        yield Refusal("chart.same-pump", "pump", record.pump)
    elif course.pumps.get(course.pump) != "in-use":
        yield Refusal("chart.pump-not-running", "pump", record.pump)


def _pump_returned(treatment: Treatment, _: Hand, __: Rules, record: PumpReturned) -> Iterator[Refusal]:
    if course_of(treatment, record).pumps.get(record.pump) not in {"off", "assigned"}:
        yield Refusal("chart.pump-not-out", "pump", record.pump)


def _pump_readied(treatment: Treatment, _: Hand, __: Rules, record: PumpReadied) -> Iterator[Refusal]:
    if course_of(treatment, record).pumps.get(record.pump) != "returned":
        yield Refusal("chart.pump-not-returned", "pump", record.pump)
    for field in ("cleaned", "self_test_passed"):
        if not getattr(record, field):
            yield Refusal("chart.pump-not-ready", field, "no")


def _observed(_: Treatment, __: Hand, ___: Rules, record: Observed) -> Iterator[Refusal]:
    """Refuse what no child that is alive has: a slip of the keyboard, or another unit."""
    for field, unit, (least, most) in (("temperature", "°C", WARMTH_OF_A_CHILD), ("saturation", "%", SATURATION)):
        found = getattr(record, field)
        if found is not None and not least <= found <= most:
            values = {"least": Shown(least, unit), "most": Shown(most, unit)}
            yield Refusal("chart.implausible", field, found.text("en", unit), values)


WARMTH_OF_A_CHILD = Temperature("25 °C"), Temperature("43 °C")
SATURATION = Ratio("30 %"), Ratio("100 %")
"""Outside of these nothing is written down: assumptions, wide enough for a child that is very ill."""


def _fit_for_home(treatment: Treatment, hand: Hand, rules: Rules, record: FitForHome) -> Iterator[Refusal]:
    course = course_of(treatment, record)
    if not rules.protocol.use.at_home:
        yield Refusal("chart.not-at-home", "course", rules.protocol.id)
    for field in MUST_HOLD_AT_HOME:
        if not getattr(record, field):
            yield Refusal("chart.not-fit", field, "no")
    if not _last_day(course, hand):
        yield Refusal("chart.nobody-looked", "vital_signs_normal")
    yield from _no_medicine(course, hand, rules)


def _last_day(course: CourseState, hand: Hand) -> list[Entry[Observed]]:
    """Return what was observed in the time that going home looks back upon."""
    return [one for one in course.observed if hand.happened - HOME_LOOKS_BACK <= one.happened <= hand.happened]


def _no_medicine(course: CourseState, hand: Hand, rules: Rules) -> Iterator[Refusal]:
    given = next((one for one in _last_day(course, hand) if one.what.intravenous_medicine), None)
    if given is not None:
        when = Moment(rules.agenda.local(given.happened))
        yield Refusal("chart.medicine-given", "no_intravenous_medicine_for_24_h", "", {"when": when})


def _sent_home(treatment: Treatment, hand: Hand, rules: Rules, record: SentHome) -> Iterator[Refusal]:
    course = course_of(treatment, record)
    fit, back = course.last(FitForHome), course.last(Readmitted)
    if fit is None or (back is not None and back.version > fit.version):
        yield Refusal("chart.not-declared-fit", "course", str(record.course))
    if course.at_home:
        yield Refusal("chart.already-home", "course", str(record.course))
    yield from _no_medicine(course, hand, rules)


def _readmitted(treatment: Treatment, _: Hand, __: Rules, record: Readmitted) -> Iterator[Refusal]:
    if not course_of(treatment, record).at_home:
        yield Refusal("chart.not-home", "course", str(record.course))


def _residue(treatment: Treatment, _: Hand, __: Rules, record: ResidueRecorded) -> Iterator[Refusal]:
    yield from this_making(treatment, record)


GUARDS: Mapping[str, Guard] = MappingProxyType({
    PumpAssigned.kind: _pump_assigned,
    Readied.kind: _readied,
    Primed.kind: _primed,
    Programmed.kind: _programmed,
    ProgrammeChecked.kind: _programme_checked,
    Connected.kind: _connected,
    Removed.kind: _removed,
    ResidueRecorded.kind: _residue,
    Observed.kind: _observed,
    Resumed.kind: _resumed,
    PumpReplaced.kind: _pump_replaced,
    PumpReturned.kind: _pump_returned,
    PumpReadied.kind: _pump_readied,
    FitForHome.kind: _fit_for_home,
    SentHome.kind: _sent_home,
    Readmitted.kind: _readmitted,
})  # fmt: skip
