"""Thousands of courses with random trouble: what must hold in all of them, and how often the ledger knows the truth.

`make prove` runs 10,000 of them with fixed seeds.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

import pytest
from courses import HOUR, UNSEEN_BY_ANYBODY, random_circumstances, two_cassettes

from ransel.infusion import Kind, PumpEvent, account
from ransel.pump.course_run import BY_HAND, Circumstances, Truth, run_course
from ransel.pump.drug_library import DrugLibrary
from ransel.pump.faults import KINDS, Fault

SHARE_WHEN_SEEN = 0.99
"""Of courses without a leak or a line that hangs free, the truth lies within the ledger's bounds in so many."""

SHARE_OF_ALL = 0.90
"""Of all courses, those included in which nobody could know."""

TWO_MINUTES = 120_000


@dataclass(frozen=True)
class Ran:
    around: Circumstances
    truth: Truth
    events: Sequence[PumpEvent]

    @property
    def by_pump(self) -> dict[str, list[PumpEvent]]:
        told = defaultdict(list)
        for event in self.events:
            if event.pump != BY_HAND:
                told[event.pump].append(event)
        return told


def _ran(seed: int) -> Ran:
    events: list[PumpEvent] = []
    around = random_circumstances(seed)
    truth = run_course(two_cassettes(), around, events.append)
    return Ran(around, truth, sorted(events, key=lambda event: (event.pump, event.boot, event.seq)))


# -- what must hold in every course


def _volumes_are_conserved(ran: Ran) -> bool:
    return all(abs(one.out_mL + one.left_mL - one.filled_mL) < 1e-6 for one in ran.truth.accounts.values())


def _never_faster_than_ordered(ran: Ran) -> bool:
    return all(event.data["rate_nL_per_h"] <= 2_000_000 for event in ran.events if event.kind is Kind.STARTED)


def _every_event_has_its_own_number_in_order(ran: Ran) -> bool:
    return all([event.seq for event in told] == sorted({event.seq for event in told}) for told in ran.by_pump.values())


def _nothing_runs_under_an_alarm_that_stops(ran: Ran) -> bool:
    for told in ran.by_pump.values():
        stopping: set[str] = set()
        for event in told:
            if event.kind is Kind.BOOT:
                stopping.clear()
            elif event.kind is Kind.ALARM_RAISED and event.data["reaction"] == "stop":
                stopping.add(event.data["condition"])
            elif event.kind is Kind.ALARM_CLEARED:
                stopping.discard(event.data["condition"])
            elif event.kind is Kind.STARTED and stopping:
                return False
    return True


def _an_alarm_that_stops_is_followed_by_a_stop(ran: Ran) -> bool:
    for told in ran.by_pump.values():
        running = False
        for event, after in zip(told, [*told[1:], None], strict=True):
            running = event.kind is Kind.STARTED or (running and event.kind not in {Kind.STOPPED, Kind.BOOT})
            stops = event.kind is Kind.ALARM_RAISED and event.data["reaction"] == "stop"
            if running and stops and (after is None or after.kind is not Kind.STOPPED):
                return False
    return True


def _no_silence_lasts_longer_than_two_minutes(ran: Ran) -> bool:
    for told in ran.by_pump.values():
        silent: dict[tuple[int, str], int] = {}
        for event in told:
            key = (event.boot, str(event.data.get("condition")))
            if event.kind is Kind.ALARM_SILENCED:
                silent.setdefault(key, event.uptime_ms)
            elif event.kind in {Kind.SILENCE_ENDED, Kind.ALARM_CLEARED, Kind.ALARM_RAISED}:
                silent.pop(key, None)
            elif event.kind in {Kind.POWER_OFF, Kind.BOOT}:
                silent.clear()
            if any(event.boot == boot and event.uptime_ms - since > TWO_MINUTES for (boot, _), since in silent.items()):
                return False
    return True


def _the_day_limit_holds_in_every_window(ran: Ran) -> bool:
    row = DrugLibrary.load().current(two_cassettes().start).row("Qarziba", 142_000, "child", "home")
    limit = min(row.window_most_nL, 2_000_000 * 24 * row.window_most_percent // 100)
    for told in ran.by_pump.values():
        marks = [
            (event.boot, event.uptime_ms, event.data["counted_nL"]) for event in told if "counted_nL" in event.data
        ]
        powered, at = _powered(marks), 0
        for time, counted in powered:
            while powered[at][0] < time - 24 * HOUR:
                at += 1
            if counted - powered[at][1] > limit + 50_000:
                return False
    return True


def _powered(marks: list[tuple[int, int, int]]) -> list[tuple[int, int]]:
    """Return (powered time, counted) of each mark: uptimes put one after another."""
    ended: dict[int, int] = {}
    last = 0
    for boot, uptime, counted in marks:
        if boot not in ended and boot - 1 in ended:  # what was counted after the last word took its time as well
            ended[boot - 1] += (counted - last) * HOUR // 2_000_000
        ended[boot], last = uptime, counted
    before = {boot: sum(last for earlier, last in ended.items() if earlier < boot) for boot in ended}
    return [(before[boot] + uptime, counted) for boot, uptime, counted in marks]


PROPERTIES = (
    _volumes_are_conserved,
    _never_faster_than_ordered,
    _every_event_has_its_own_number_in_order,
    _nothing_runs_under_an_alarm_that_stops,
    _an_alarm_that_stops_is_followed_by_a_stop,
    _no_silence_lasts_longer_than_two_minutes,
    _the_day_limit_holds_in_every_window,
)


# -- how often the ledger knows


def _ledger_knows(ran: Ran) -> bool:
    plan = two_cassettes()
    ledger = account(plan, ran.events)
    drug = sum(
        ran.truth.into_child_mL(one.index) * float(one.concentration.magnitude) for one in plan.containers
    )  # fmt: skip
    return float(ledger.low.magnitude) - 1e-6 <= drug <= float(ledger.high.magnitude) + 1e-6


def _judge(seeds: range) -> tuple[list[str], int, int, int, int]:
    broken, known, seen, seen_known = [], 0, 0, 0
    for seed in seeds:
        ran = _ran(seed)
        faults = ", ".join(fault.text for fault in ran.around.faults)
        broken += [f"{holds.__name__.strip('_')}: seed {seed}: {faults}" for holds in PROPERTIES if not holds(ran)]
        knows = _ledger_knows(ran)
        could_be_seen = not {fault.kind.name for fault in ran.around.faults} & UNSEEN_BY_ANYBODY
        known, seen, seen_known = known + knows, seen + could_be_seen, seen_known + (knows and could_be_seen)
    return broken, len(seeds), known, seen, seen_known


def _assert_all(seeds: range, say: Callable[[str], None]) -> None:
    broken, ran, known, seen, seen_known = _judge(seeds)
    say(f"{ran} random courses from {seeds[0]}: ledger right in {known}; of {seen} with nothing unseen in {seen_known}")
    assert not broken, "\n".join(broken[:10])
    assert seen_known >= SHARE_WHEN_SEEN * seen - 1
    assert known >= SHARE_OF_ALL * ran - 1


def test_two_hundred_random_courses_keep_every_promise(say):
    _assert_all(range(200), say)


@pytest.mark.prove
@pytest.mark.parametrize("chunk", range(20))
def test_ten_thousand_random_courses_keep_every_promise(chunk, say):
    _assert_all(range(chunk * 500, (chunk + 1) * 500), say)


def test_the_same_seed_gives_the_same_course_to_the_last_bit():
    assert [event.as_json() for event in _ran(7).events] == [event.as_json() for event in _ran(7).events]


@pytest.mark.parametrize("seed", range(0, 100, 9))
def test_who_listens_changes_nothing_in_the_delivery(seed):
    """Without a listener, with a good one and with one that fails at every event: bit-identical."""
    around = random_circumstances(seed)
    failing = replace(around, faults=(*around.faults, Fault(KINDS["sink-fails"], 0)))
    nobody = run_course(two_cassettes(), around).accounts
    assert nobody == run_course(two_cassettes(), around, [].append).accounts
    assert nobody == run_course(two_cassettes(), failing, [].append).accounts
