"""What stands against making, weighing, checking and releasing a container."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace
from types import MappingProxyType

from ransel.chart.batches import batch_record as batch_record_of
from ransel.chart.batches import finish_of, released_record, steps_of, weighed_by, weighings_of
from ransel.chart.guards.guard import Guard, container_of, has_go, still_treated, this_making
from ransel.chart.people import Hand
from ransel.chart.records.pharmacy import BatchChecked, BatchStarted, Discarded, LeftFridge, Released, Weighed
from ransel.chart.rules import Rules
from ransel.chart.treatment import ContainerState, Treatment
from ransel.compounding import release
from ransel.compounding.weighing import weigh
from ransel.language import Moment, Refusal, Refused
from ransel.quantities import Mass, Shown


def _batch_started(treatment: Treatment, hand: Hand, rules: Rules, record: BatchStarted) -> Iterator[Refusal]:
    yield from still_treated(treatment, record)
    container = container_of(treatment, record)
    if record.making != container.making + 1:
        yield Refusal("chart.other-making", "making", str(record.making), {"making": container.making + 1})
    if not has_go(container):
        yield Refusal("chart.no-go", "container", str(record.container))
    if record.made > hand.now:
        yield Refusal("chart.in-the-future", "made", record.made.isoformat(timespec="minutes"))
    earliest = rules.preparation(record.container).earliest
    if record.made < earliest:
        values = {"earliest": rules.agenda.moment(earliest)}
        yield Refusal("chart.made-too-early", "made", record.made.isoformat(timespec="minutes"), values)


def _weighed(treatment: Treatment, _: Hand, rules: Rules, record: Weighed) -> Iterator[Refusal]:
    yield from this_making(treatment, record)
    steps = {step.ingredient.id: step for step in steps_of(rules, record.container)}
    step = steps.get(record.ingredient)
    if step is None:
        yield Refusal("chart.other-ingredient", "ingredient", record.ingredient, {"known": ", ".join(steps)})
        return
    if not record.lots:
        yield Refusal("batch.lot-missing", f"lots.{record.ingredient}")
    try:
        weigh(step, record.before, record.after)
    except Refused as refused:
        yield from (replace(one, field="after") for one in refused.refusals)


def _batch_checked(treatment: Treatment, hand: Hand, rules: Rules, record: BatchChecked) -> Iterator[Refusal]:
    yield from this_making(treatment, record)
    container = container_of(treatment, record)
    yield from _not_weighed(rules, container)
    if hand.who in weighed_by(container):
        yield Refusal("batch.same-person", "checked_by", hand.who)


def _released(treatment: Treatment, hand: Hand, rules: Rules, record: Released) -> Iterator[Refusal]:
    yield from this_making(treatment, record)
    container = container_of(treatment, record)
    if hand.who in weighed_by(container):
        yield Refusal("batch.same-person", "released_by", hand.who)
    try:
        release(batch_record_of(rules, container, hand.who if record.stability_confirmed else ""), hand.now, hand.who)
    except Refused as refused:
        yield from refused.refusals
    expected = released_record(rules, container, record.course, hand, stability_confirmed=record.stability_confirmed)
    if record != expected:
        yield Refusal("chart.other-release", "code", record.code, {"expected": expected.code})


def _not_weighed(rules: Rules, container: ContainerState) -> Iterator[Refusal]:
    """Refuse what was not weighed, or lies out of tolerance: it is weighed again, or the container is thrown away."""
    weighed = {one.step.ingredient.id: one for one in weighings_of(rules, container)}
    for step in steps_of(rules, container.index):
        field, weighing = f"weighings.{step.ingredient.id}", weighed.get(step.ingredient.id)
        if weighing is None:
            yield Refusal("batch.not-weighed", field)
        elif not weighing.within_tolerance:
            values = {"expected": Shown(Mass(step.expected.value), "g", 2), "tolerance": Shown(step.tolerance, "g", 2)}
            yield Refusal("batch.out-of-tolerance", field, weighing.added.text("en", "g", 2), values)


def _left_fridge(treatment: Treatment, hand: Hand, rules: Rules, record: LeftFridge) -> Iterator[Refusal]:
    yield from this_making(treatment, record)
    container, at = container_of(treatment, record), record.at.isoformat(timespec="minutes")
    started, released = container.last(BatchStarted), container.last(Released)
    if started is not None and record.at < started.what.made:
        yield Refusal("clock.backwards", "at", at)
        return
    expected = finish_of(rules, container, record.at)
    if record.at > hand.now:
        yield Refusal("chart.in-the-future", "at", at)
    if released is not None and record.at > released.what.cold_until:
        until = Moment(rules.agenda.local(released.what.cold_until))
        yield Refusal("chart.too-long-cold", "at", at, {"until": until})
    elif record.finish_before != expected:
        found = record.finish_before.isoformat(timespec="minutes")
        yield Refusal(
            "chart.other-release", "finish_before", found, {"expected": expected.isoformat(timespec="minutes")}
        )


def _discarded(treatment: Treatment, _: Hand, __: Rules, record: Discarded) -> Iterator[Refusal]:
    yield from this_making(treatment, record)


GUARDS: Mapping[str, Guard] = MappingProxyType({
    BatchStarted.kind: _batch_started,
    Weighed.kind: _weighed,
    BatchChecked.kind: _batch_checked,
    Released.kind: _released,
    LeftFridge.kind: _left_fridge,
    Discarded.kind: _discarded,
})  # fmt: skip
