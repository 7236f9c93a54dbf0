"""What each alarm does to the infusion: what the drug's row says, and never more than the therapy."""

from __future__ import annotations

from collections.abc import Iterator

from ransel.infusion.condition import Condition, Reaction
from ransel.infusion.event import Kind
from ransel.language import Joined, Message
from ransel.pump.conformance.bench import Bench
from ransel.pump.conformance.driven import HOUR, MINUTE, QARZIBA, Driven
from ransel.pump.conformance.drugs import FLUCLOXACILLIN, altered, every_programme, row_of
from ransel.pump.conformance.into_conditions import WAYS
from ransel.pump.conformance.measured import at_most, conditions, count, is_so, rate, same, within
from ransel.pump.conformance.verdict import Observation, check
from ransel.pump.controller import FATAL
from ransel.pump.delivery import DELIVERING, Mode
from ransel.pump.drug_row import DrugRow
from ransel.pump.programme import Draft
from ransel.pump.timers import Timer

OF_THE_PUMP = tuple(condition for condition in Condition if condition is not Condition.SILENT_NON_DELIVERY)


@check("C12")
def c12(bench: Bench) -> Iterator[Observation]:
    """Raise every condition in every row; then each by its own cause, and keep open in rows that are altered."""
    for row, draft in every_programme():
        wrong = [condition for condition in OF_THE_PUMP if not _as_the_row_says(bench, row, draft, condition)]
        says = Message("check.kvo.as-the-row-says", {"row": row.id, "count": len(OF_THE_PUMP)})
        yield same(says, conditions(()), conditions(wrong))
    yield from _by_its_cause(bench)
    yield from _kept_open(bench)
    yield from _at_home(bench)


def _as_the_row_says(bench: Bench, row: DrugRow, draft: Draft, condition: Condition) -> bool:
    """Whether a condition that comes while this drug runs does what its row says."""
    pump = Driven().running(draft)
    pump.wait(10 * MINUTE)
    therapy = pump.controller.motor_nL_per_h
    pump.controller.begin(condition, pump.twin.uptime_ms)
    pump.change(lambda _: None)
    pump.wait(1)
    bench.keep(pump.events)
    stands = Mode.FAILED if condition in FATAL else Mode.HELD
    expected = {
        Reaction.STOP: (stands, 0),
        Reaction.KVO: (Mode.KVO, min(row.kvo_nL_per_h, therapy)),
        Reaction.CONTINUE: (Mode.RUNNING, draft.rate_uL * 1000),
    }[row.reactions[condition]]
    turns = round(pump.plant.flow_mL_per_h * 1e6)
    return (pump.mode, pump.controller.motor_nL_per_h) == expected and turns == expected[1]


def _by_its_cause(bench: Bench) -> Iterator[Observation]:
    """What stops by the row stands in the end, what goes on by the row was never stopped for it."""
    reactions, wrong, silent = row_of(QARZIBA).reactions, [], []
    for condition, way in WAYS.items():
        pump = way()
        bench.keep(pump.events)
        reaction = (pump.controller.row or row_of(QARZIBA)).reactions[condition]
        stopped = [event for event in pump.told(Kind.STOPPED) if event.data.get("condition") == condition]
        stands = pump.mode not in DELIVERING and pump.controller.motor_nL_per_h == 0
        if (reaction is Reaction.STOP and not stands) or (reaction is Reaction.CONTINUE and stopped):
            wrong.append(condition)
        if not pump.raised(condition):
            silent.append(condition)
    says = {"count": len(reactions) - 1}
    yield same(Message("check.kvo.by-its-cause", says), conditions(()), conditions(wrong))
    yield same(Message("check.kvo.told", says), conditions(()), conditions(silent))


def _kept_open(bench: Bench) -> Iterator[Observation]:
    """Too much flow on the ward: down to the rate of the row, watched as any delivery; a person may go back."""
    for kvo_nL_per_h in (row_of(FLUCLOXACILLIN).kvo_nL_per_h, 20_000_000):
        pump = Driven(flow_sensor=True, flow_error=0.11)
        altered(pump, kvo_nL_per_h=kvo_nL_per_h).running(FLUCLOXACILLIN)
        therapy = pump.controller.motor_nL_per_h
        pump.wait_for(Condition.OVER_INFUSION, HOUR)
        pump.wait(1)
        says = {"rate": rate(kvo_nL_per_h), "therapy": rate(therapy)}
        kept = pump.controller.motor_nL_per_h
        yield at_most(Message("check.kvo.never-above", says), therapy, kept, rate)
        yield same(Message("check.kvo.rate", says), rate(min(kvo_nL_per_h, therapy)), rate(kept))
        watched = {Timer.DISPLAY_EMPTY, Timer.COMPLETE, Timer.FLOW_WINDOW} <= {key[0] for key in _due(pump)}
        yield is_so(Message("check.kvo.watched", says), watched)
        pump.start()
        yield same(Message("check.kvo.back-to-therapy", says), rate(therapy), rate(pump.controller.motor_nL_per_h))
        took = pump.wait_for_next(Condition.OVER_INFUSION, HOUR)
        yield within(Message("check.kvo.again", says), HOUR // 10, took)
        bench.keep(pump.events)
    yield from _empties_while_kept_open(bench)


def _due(pump: Driven) -> list[tuple[Timer, str]]:
    return list(pump.controller.timers.due)


def _empties_while_kept_open(bench: Bench) -> Iterator[Observation]:
    pump = Driven(flow_sensor=True, flow_error=0.11).running(FLUCLOXACILLIN, 8.0)
    pump.wait_for(Condition.OVER_INFUSION, HOUR)
    pump.mend("flow-error")
    took = pump.wait_for(Condition.RESERVOIR_EMPTY, 24 * HOUR)
    bench.keep(pump.events)
    yield within(Message("check.kvo.empty"), 16 * HOUR, took)


def _at_home(bench: Bench) -> Iterator[Observation]:
    """At home nothing keeps open: every row has the rate 0, and what asks for it all the same stands still."""
    home = [row.id for row, _ in every_programme() if row.care_area == "home" and row.kvo_nL_per_h]
    yield same(
        Message("check.kvo.home"), Message("check.nothing"), Joined(tuple(home)) if home else Message("check.nothing")
    )
    reactions = dict.fromkeys(Condition, Reaction.KVO)
    pump = altered(Driven(), reactions=reactions).running()
    pump.fault("door-open")
    pump.wait(HOUR)
    bench.keep(pump.events)
    yield same(Message("check.kvo.home-stands"), rate(0), rate(pump.controller.motor_nL_per_h))
    yield count(Message("check.kvo.home-started-again"), 1, len(pump.told(Kind.STARTED)))
