"""Check of warmth: a warning first, then an alarm, and the drug's row decides what the pump does."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from ransel.infusion.condition import Condition, Reaction
from ransel.language import Message
from ransel.pump.conformance.bench import Bench
from ransel.pump.conformance.driven import HOUR, MINUTE, QARZIBA, Driven
from ransel.pump.conformance.entry import FLUCLOXACILLIN
from ransel.pump.conformance.into_conditions import BLINCYTO
from ransel.pump.conformance.observing import same, yes
from ransel.pump.conformance.verdict import Observation, check
from ransel.pump.programme import Draft

HOT_C, OVERHEATED_C, COLD_C = 45, 55, 5
A_READING_C = 0.001


@check("C52")
def c52(bench: Bench) -> Iterator[Observation]:
    """Warm pumps with three medicines slowly, and keep others just below and just above each limit."""
    for draft in (QARZIBA, BLINCYTO, FLUCLOXACILLIN):
        yield from _warmed_slowly(bench, draft)
    own_C = Driven().parts.body.own_warmth_C
    for limit_C, condition in ((HOT_C, Condition.HOT), (OVERHEATED_C, Condition.OVERHEATED)):
        for off_C, alarms in ((-0.1, 0), (0.1, 1)):
            found = _kept_at(bench, limit_C + off_C - own_C, condition)
            yield same("seen.c52.kept", alarms, found, condition=condition.value, body=f"{limit_C + off_C:g} °C")
    for off_C, alarms in ((0.1, 0), (-0.1, 1)):
        found = _kept_at(bench, COLD_C + off_C - own_C, Condition.ENVIRONMENT)
        yield same("seen.c52.kept", alarms, found, condition="environment", body=f"{COLD_C + off_C:g} °C")


def _warmed_slowly(bench: Bench, draft: Draft) -> Iterator[Observation]:
    pump = Driven().running(draft, 200)
    began: dict[Condition, tuple[float, int]] = {}
    for ambient_C in range(22, 62):
        pump.change(lambda plant, to=ambient_C: setattr(plant, "ambient_C", float(to)))  # type: ignore[misc]
        pump.wait_for(Condition.OVERHEATED if Condition.HOT in began else Condition.HOT, 20 * MINUTE)
        for condition in (Condition.HOT, Condition.OVERHEATED):
            if condition in pump.controller.board.lines:
                began.setdefault(condition, (pump.plant.warmth.body_C, pump.controller.motor_nL_per_h))
    row, rate = pump.controller.row, draft.rate_uL * 1000
    for condition, limit_C in ((Condition.HOT, HOT_C), (Condition.OVERHEATED, OVERHEATED_C)):
        body_C, motor = began.get(condition, (0.0, -1))
        near = abs(body_C - limit_C) <= A_READING_C
        observed = yes(Message(f"seen.c52.begins.{condition.value}", {"product": draft.product}), near)
        yield replace(observed, expected=f"{limit_C} °C", measured=f"{body_C:.3f} °C")
        reaction = row.reactions[condition] if row else Reaction.STOP
        allowed = {Reaction.CONTINUE: rate, Reaction.STOP: 0, Reaction.KVO: row.kvo_nL_per_h if row else 0}
        yield same("seen.c52.reaction", allowed[reaction], motor, condition=condition.value, product=draft.product)
    pump.change(lambda plant: setattr(plant, "ambient_C", 22.0))
    pump.wait(2 * HOUR)
    lasting = set(pump.controller.board.lasting()) & {Condition.HOT, Condition.OVERHEATED}
    yield same("seen.c52.cooled", set(), lasting)
    bench.keep(pump.events)


def _kept_at(bench: Bench, ambient_C: float, condition: Condition) -> int:
    pump = Driven().running(QARZIBA)
    pump.change(lambda plant: setattr(plant, "ambient_C", ambient_C))
    pump.wait(20 * HOUR)
    bench.keep(pump.events)
    return len(pump.raised(condition))
