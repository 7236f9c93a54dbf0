"""The batch record of a container as the chart holds it, and what its release says."""

from __future__ import annotations

from datetime import datetime

from ransel.chart.people import Hand
from ransel.chart.records.pharmacy import BatchChecked, BatchStarted
from ransel.chart.records.pharmacy import Released as ReleasedRecord
from ransel.chart.rules import Rules
from ransel.chart.treatment import ContainerState
from ransel.compounding import BatchRecord, Lot, Weighing, WeighingStep, container_code, weighing_steps
from ransel.compounding.weighing import weigh
from ransel.quantities import Duration

NOT_YET = ""
"""Nobody has signed it."""


def steps_of(rules: Rules, container: int) -> tuple[WeighingStep, ...]:
    """Return the weighing steps of a container, in the order of making."""
    return weighing_steps(rules.preparation(container).container.recipe, rules.protocol)


def weighings_of(rules: Rules, state: ContainerState) -> tuple[Weighing, ...]:
    """Return what was weighed of this making, in the order of making.

    Raises:
        Refused: when a balance reading runs backwards.
    """
    weighed = {one.what.ingredient: one.what for one in state.weighed}
    return tuple(
        weigh(step, weighed[step.ingredient.id].before, weighed[step.ingredient.id].after)
        for step in steps_of(rules, state.index)
        if step.ingredient.id in weighed
    )


def batch_record(rules: Rules, state: ContainerState, confirmed_by: str = NOT_YET) -> BatchRecord:
    """Return the batch record of the making in hand; `confirmed_by` confirms the stability figures."""
    started, checked = state.last(BatchStarted), state.last(BatchChecked)
    if started is None:
        raise LookupError(state.index)
    container = rules.preparation(state.index).container
    leaves = rules.preparation(state.index).clock.out_of_fridge
    planned_leaving = None if leaves is None else max(leaves, _out_of_reach(rules, started.what.made))
    clock = rules.clock(state.index, started.what.made, planned_leaving)
    return BatchRecord(
        code=container_code(
            rules.plan().order, container, rules.agenda.site, clock.finish_before.at, making=state.making
        ),
        container=container,
        clock=clock,
        lots=tuple(
            Lot(one.what.ingredient, lot.number, lot.expires, lot.opened)
            for one in state.weighed
            for lot in one.what.lots
        ),
        weighings=weighings_of(rules, state),
        made_by=_made_by(state),
        checked_by=checked.who if checked else NOT_YET,
        opened_vial_kept=rules.agenda.site.pharmacy.opened_vial_kept.value,
        stability_confirmed_by=confirmed_by,
    )


def released_record(
    rules: Rules, state: ContainerState, course: int, hand: Hand, *, stability_confirmed: bool
) -> ReleasedRecord:
    """Return what a release of the making in hand would say: code, and what the clocks allow."""
    record = batch_record(rules, state, hand.who if stability_confirmed else NOT_YET)
    start_before = record.clock.start_before(_use_of(rules, state.index))
    return ReleasedRecord(
        course=course,
        container=state.index,
        making=state.making,
        batch=record.code.batch,
        serial=record.code.serial,
        code=record.code.element_string,
        cold_until=record.clock.cold_until.at,
        start_before=min(start_before.at, rules.preparation(state.index).start_before)
        if state.making == 1
        else start_before.at,
        finish_before=record.clock.finish_before.at,
        stability_confirmed=stability_confirmed,
    )


def _use_of(rules: Rules, container: int) -> Duration:
    """Return how long a container is planned to be at the child."""
    planned = rules.preparation(container)
    return Duration.between(planned.used_from, planned.used_until)


def _out_of_reach(rules: Rules, made: datetime) -> datetime:
    """Return the first instant at which a container made at this one can leave the fridge."""
    return made + rules.agenda.site.pharmacy.preparation_takes.value.timedelta


def _made_by(state: ContainerState) -> str:
    """Return who made it: the person of the first weighing that holds, else who began."""
    weighed: list[tuple[int, str]] = sorted((one.version, one.who) for one in state.weighed)
    started = state.last(BatchStarted)
    return weighed[0][1] if weighed else started.who if started else NOT_YET


def weighed_by(state: ContainerState) -> frozenset[str]:
    """Return everyone who had a hand in making it."""
    started = state.last(BatchStarted)
    hands = {one.who for one in state.weighed} | ({started.who} if started else set())
    return frozenset(hands)


def finish_of(rules: Rules, state: ContainerState, left_fridge: datetime) -> datetime:
    """Return when the last drop must have run out of a container that leaves the fridge at this instant."""
    started = state.last(BatchStarted)
    return rules.clock(state.index, started.what.made if started else left_fridge, left_fridge).finish_before.at
