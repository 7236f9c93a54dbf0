"""How fast the simulated pump and the account of what it told are, and what the event loop saves."""

from __future__ import annotations

import statistics
import tracemalloc
from dataclasses import dataclass, replace
from datetime import timedelta
from fractions import Fraction
from typing import Any

from benchmarks.measuring import ROUNDS, Figure, measure, seconds_inside
from benchmarks.planning import whole_course
from benchmarks.ticking import TICK_MS, TickingTwin
from ransel.infusion import InfusionPlan, Kind, PumpEvent, account, read_plan
from ransel.papers.course_json import course_json
from ransel.pump.conformance.checks import checks
from ransel.pump.conformance.table import run_checks
from ransel.pump.course_run import Circumstances, run_course
from ransel.pump.hardware import Hardware, hardware
from ransel.pump.twin import Sink, Twin

USUAL = Circumstances()
COURSES = 10
"""So many courses make one round."""

LEAST_RATIO = 500
"""An event loop that saves less than this is not worth having."""
MOST_DIFFERENCE_ML = 1e-6
"""What 864,000 additions of float64 may differ from one multiplication; a nanolitre."""

LENGTHS_H = (10, 240, 2400)
MOST_GROWTH = 2.0
"""A course that is ten times as long may take so much more memory: its containers, not its hours."""
SHORT_LOG = 100
A_CONTAINER_H = 110
"""No container of the courses for memory runs longer, so that none runs dry."""


def figures() -> list[Figure]:
    """Measure the pump."""
    plan = read_plan(course_json(whole_course()))
    told: list[PumpEvent] = []
    run_course(plan, USUAL, told.append)
    hours = (plan.end - plan.start) / timedelta(hours=1)
    what = f"a course of {hours:.0f} hours on the simulated pump, event by event"
    by_event = measure(
        what, "ms", lambda: 1e3 * seconds_inside(lambda: run_course(plan, USUAL), COURSES),
        lambda median: f"{1e3 / median:.0f} courses a second on one core",
    )  # fmt: skip
    return [
        by_event,
        measure(
            f"the same with a listener, {len(told)} events", "ms",
            lambda: 1e3 * seconds_inside(lambda: run_course(plan, USUAL, _listener()), COURSES),
            lambda median: f"{median / by_event.median:.2f} x without one; {1e3 / median:.0f} courses a second",
        ),
        _tick_by_tick(plan),
        measure(
            f"the account of what was given, out of {len(told)} events", "ms",
            lambda: 1e3 * seconds_inside(lambda: account(plan, told), COURSES),
            lambda median: f"{median / by_event.median:.2f} x the course itself",
        ),
        *_memory(plan),
        _conformance(),
    ]  # fmt: skip


def _listener() -> Sink:
    heard: list[PumpEvent] = []
    return heard.append


# -- the same pump tick by tick


@dataclass(frozen=True)
class _Ran:
    """One course: how long it took, the volume that reached the child, and every alarm with its instant."""

    seconds: float
    given_mL: float
    alarms: tuple[tuple[str, int], ...]


def _run(plan: InfusionPlan, twin: type[Twin]) -> _Ran:
    alarms: list[PumpEvent] = []
    given: list[float] = []

    def hear(event: PumpEvent) -> None:
        if event.kind is Kind.ALARM_RAISED:
            alarms.append(event)

    def course() -> None:
        truth = run_course(plan, USUAL, hear, twin)
        given.append(sum(one.into_child_mL for one in truth.accounts.values()))

    seconds = seconds_inside(course)
    return _Ran(seconds, given[0], tuple((str(one.data["condition"]), one.uptime_ms) for one in alarms))


def _tick_by_tick(plan: InfusionPlan) -> Figure:
    """Run both in turn, event by event before and after the long run, so that a machine that slows down slows both."""
    before = [_run(plan, Twin) for _ in range(ROUNDS)]
    ticked = _run(plan, TickingTwin)
    events = before + [_run(plan, Twin) for _ in range(ROUNDS)]
    median = ticked.seconds / statistics.median(one.seconds for one in events)
    difference_mL = abs(ticked.given_mL - events[0].given_mL)
    late_ms = _late_ms(events[0].alarms, ticked.alarms)
    agree = late_ms is not None and late_ms <= TICK_MS and difference_mL <= MOST_DIFFERENCE_ML
    return Figure(
        "the same course tick by tick, in steps of one second", median,
        ticked.seconds / max(one.seconds for one in events), ticked.seconds / min(one.seconds for one in events),
        "x event by event",
        f"at least {LEAST_RATIO} x; {ticked.seconds:.0f} s, one run; of {ticked.given_mL:.1f} mL given it differs by "
        f"{difference_mL:.0e} mL; {len(ticked.alarms)} alarms, "
        + ("not the same ones" if late_ms is None else f"the same ones, at most {late_ms} ms apart"),
        within=median >= LEAST_RATIO and agree,
    )  # fmt: skip


def _late_ms(one: tuple[tuple[str, int], ...], other: tuple[tuple[str, int], ...]) -> int | None:
    """Return how far apart the alarms of two runs are at most; None when they are not the same alarms."""
    if [condition for condition, _ in one] != [condition for condition, _ in other]:
        return None
    return max((abs(first - second) for (_, first), (_, second) in zip(one, other, strict=True)), default=0)


# -- memory


class _ShortLog(Twin):
    """A pump whose log is soon full: the log of the usual one goes on growing until it holds what it has room for."""

    def __init__(self, hardware: Hardware, *args: Any, **named: Any) -> None:  # noqa: ANN401 - as a twin takes them
        device = replace(hardware.device, log_events=SHORT_LOG, log_faults=SHORT_LOG)
        super().__init__(replace(hardware, device=device), *args, **named)


def _memory(plan: InfusionPlan) -> list[Figure]:
    """Measure the most memory that courses of three lengths take beyond what is there before them."""
    plans = {hours: of_hours(plan, hours) for hours in LENGTHS_H}
    with_log = {hours: _peak_KiB(plans[hours], Twin) for hours in LENGTHS_H}
    without = {hours: _peak_KiB(plans[hours], _ShortLog) for hours in LENGTHS_H}
    before = dict(zip(LENGTHS_H[1:], LENGTHS_H, strict=False))
    growth = {longer: without[longer] / without[shorter] for longer, shorter in before.items()}
    room = hardware().device.log_events
    grown = {
        longer: f"{ratio:.1f} x that of {before[longer]} hours, at most {MOST_GROWTH:.0f} x; "
        for longer, ratio in growth.items()
    }
    return [
        Figure(
            f"memory of a course of {hours:,} hours, no listener, pump's log cut to {SHORT_LOG} entries",
            without[hours], without[hours], without[hours], "KiB",
            f"{grown.get(hours, '')}{with_log[hours]:.0f} KiB with the log, which ends at {room:,} entries; "
            "one run under tracemalloc",
            within=growth.get(hours, 1.0) <= MOST_GROWTH,
        )
        for hours in LENGTHS_H
    ]  # fmt: skip


def _peak_KiB(plan: InfusionPlan, twin: type[Twin]) -> float:
    run_course(plan, USUAL, None, twin)  # what is read once stays
    tracemalloc.start()
    try:
        run_course(plan, USUAL, None, twin)
        return tracemalloc.get_traced_memory()[1] / 1024
    finally:
        tracemalloc.stop()


def of_hours(plan: InfusionPlan, hours: int) -> InfusionPlan:
    """Return a plan of another length: the first container again and again, each changed before it can be empty."""
    first, containers = plan.containers[0], []
    for number, begins_h in enumerate(range(0, hours, A_CONTAINER_H)):
        ends_h = min(begins_h + A_CONTAINER_H, hours)
        begins, ends = plan.start + timedelta(hours=begins_h), plan.start + timedelta(hours=ends_h)
        days = timedelta(days=7)
        containers.append(
            replace(
                first, index=number + 1, connect_at=begins, disconnect_at=ends,
                start_before=begins + days, finish_before=ends + days,
            )
        )  # fmt: skip
    ordered = plan.ordered * Fraction(hours, round((plan.end - plan.start) / timedelta(hours=1)))
    end = plan.start + timedelta(hours=hours)
    return replace(plan, end=end, ordered=ordered, containers=tuple(containers), visits=())


# -- conformance


def _conformance() -> Figure:
    results = run_checks()
    seconds = sorted(seconds_inside(run_checks) for _ in range(3))
    counts = {verdict: sum(one.verdict is verdict for one in results) for verdict in {one.verdict for one in results}}
    verdicts = ", ".join(f"{count} {verdict.value}" for verdict, count in sorted(counts.items()))
    return Figure(
        f"`ransel conformance pump`, {len(checks())} checks, in one process", seconds[1], seconds[0], seconds[-1], "s",
        f"{1e3 * seconds[1] / len(checks()):.0f} ms a check; {verdicts}; 3 rounds",
    )  # fmt: skip
