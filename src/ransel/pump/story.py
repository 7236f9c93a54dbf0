"""What happened, as a short story with times: what a colleague would tell, not what a log holds."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from fractions import Fraction
from typing import Any

from ransel.infusion.condition import Condition
from ransel.infusion.condition_facts import facts
from ransel.infusion.event import Kind, PumpEvent
from ransel.infusion.plan import InfusionPlan
from ransel.language import Message
from ransel.pump.faults import Fault
from ransel.quantities import Rate, Shown, Volume

NL_PER_ML = 1_000_000

TOLD_ONCE = frozenset({Condition.PAUSE_TOO_LONG, Condition.RESERVOIR_NEARLY_EMPTY})
"""Conditions that call again and again while nothing changes; the story tells them when they begin to."""


@dataclass(frozen=True, slots=True)
class Line:
    """One line of the story: when, aware, and what."""

    at: datetime
    what: Message


def story(plan: InfusionPlan, events: Iterable[PumpEvent], faults: Sequence[Fault]) -> tuple[Line, ...]:
    """Return what happened in order of time: faults as they were put in, and what pump and people told."""
    lines = [*_troubles(plan, faults), *_Teller().tell(events)]
    return tuple(sorted(lines, key=lambda line: line.at))


def _troubles(plan: InfusionPlan, faults: Sequence[Fault]) -> Iterator[Line]:
    for fault in faults:
        begins = plan.start + timedelta(milliseconds=fault.at_ms)
        if fault.kind.place == "people":
            yield Line(plan.start, Message("story.people", {"what": fault_title(fault)}))
            continue
        yield Line(begins, Message("story.fault", {"what": fault_title(fault)}))
        if fault.lasts_ms is not None:
            ends = begins + timedelta(milliseconds=fault.lasts_ms)
            yield Line(ends, Message("story.fault-over", {"what": fault_title(fault)}))


def fault_title(fault: Fault) -> Message:
    """Return what a fault is called, with its number."""
    number = f" ({float(fault.number):g} {fault.kind.unit})" if fault.kind.unit else ""
    return Message(f"fault.{fault.kind.name}", {"number": number})


class _Teller:
    """Goes through the events once and remembers what it has told."""

    def __init__(self) -> None:
        self.calling: set[str] = set()

    def tell(self, events: Iterable[PumpEvent]) -> Iterator[Line]:
        for event in events:
            message = self._message(event)
            if message is not None and event.received_at is not None:
                yield Line(event.received_at, message)

    def _message(self, event: PumpEvent) -> Message | None:
        if event.kind is Kind.ALARM_RAISED:
            return self._alarm(event.data)
        if event.kind is Kind.STARTED:
            self.calling.clear()
        tell = TOLD.get(event.kind)
        return tell(event) if tell else None

    def _alarm(self, data: Mapping[str, object]) -> Message | None:
        condition = Condition(str(data["condition"]))
        if condition in TOLD_ONCE and condition.value in self.calling:
            return None
        self.calling.add(condition.value)
        words = {
            "title": facts()[condition].title,
            "priority": Message(f"priority.level.{data['priority']}"),
            "reaction": Message(f"reaction.{data['reaction']}"),
        }
        return Message("story.alarm", words)


def _action(data: Mapping[str, object]) -> Message | None:
    """Tell what a person was refused, and the few things that are worth telling when they were done."""
    refused = str(data["refused"])
    if data["action"] == "watchdog-interrupt":
        return Message("story.watchdog-interrupt")
    if not refused or refused in {"nothing-sounds", "not-now"}:
        return None
    reason, _, condition = refused.partition(":")
    title = facts()[Condition(condition)].title if condition else ""
    why = Message(f"refused.{reason}", {"title": title})
    return Message("story.refused", {"act": Message(f"act.{data['action']}"), "why": why})


def _power(event: PumpEvent) -> Message | None:
    return Message("story.power-lost", {"pump": event.pump}) if event.data["cause"] else None


def _self_test(event: PumpEvent) -> Message | None:
    if event.data["passed"]:
        return None
    return Message("story.self-test-failed", {"part": Message(f"part.{event.data['part']}")})


def _attached(event: PumpEvent) -> Message:
    words = {"container": event.data["container"], "pump": event.pump, **_shown(event.data)}
    return Message("story.attached", words)


def _weighed(event: PumpEvent) -> Message:
    return Message("story.weighed", {"container": event.data["container"], "weight": event.data["weight_g"]})


TOLD: Mapping[Kind, Callable[[PumpEvent], Message | None]] = {
    Kind.STARTED: lambda event: Message(f"story.started.{event.data['cause']}", _numbers(event.data)),
    Kind.STOPPED: lambda event: Message(f"story.stopped.{event.data['cause']}", _numbers(event.data)),
    Kind.ACTION: lambda event: _action(event.data),
    Kind.BOOT: _power,
    Kind.SELF_TEST: _self_test,
    Kind.CASSETTE_ATTACHED: _attached,
    Kind.WEIGHED: _weighed,
    Kind.DISCONNECTED: lambda event: Message("story.disconnected", {"container": event.data["container"]}),
}
"""How each kind of event is told; alarms need to know what was told before them."""


def _numbers(data: Mapping[str, Any]) -> dict[str, object]:
    rate = Rate(Fraction(data["rate_nL_per_h"], NL_PER_ML), "mL/h")
    return {"container": data["container"], "rate": Shown(rate, "mL/h", 2), **_shown(data)}


def _shown(data: Mapping[str, Any]) -> dict[str, object]:
    return {"left": Shown(Volume(Fraction(data["displayed_nL"], NL_PER_ML), "mL"), "mL", 1)}
