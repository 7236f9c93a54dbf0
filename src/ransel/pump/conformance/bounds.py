"""Bounds: of rate and volume, of how long a programme lasts, and of the dose in any window."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterator
from dataclasses import dataclass, field, replace

from ransel.infusion.condition import Condition
from ransel.infusion.event import Kind
from ransel.language import Message
from ransel.pump.actions import Act
from ransel.pump.conformance.bench import Bench
from ransel.pump.conformance.driven import HOUR, MINUTE, QARZIBA, Driven
from ransel.pump.conformance.drugs import BLINCYTO_7_DAYS, FLUCLOXACILLIN, FLUOROURACIL, row_of, without_limits
from ransel.pump.conformance.measured import answer, at_least, at_most, close, count, is_so, rate, same, time, volume
from ransel.pump.conformance.verdict import Observation, check
from ransel.pump.critical import Critical
from ransel.pump.delivery import DELIVERING, Mode
from ransel.pump.programme import Draft

OUTSIDE = "rate-outside-device"
RATES: tuple[tuple[int, str, str], ...] = (
    (0, "mL/h", OUTSIDE),
    (50, "mL/h", "rate-between-steps"),
    (99, "mL/h", "rate-between-steps"),
    (100, "mL/h", ""),
    (99_900, "mL/h", ""),
    (100_000, "mL/h", OUTSIDE),
    (999_000, "mL/h", OUTSIDE),
    (-2_000, "mL/h", OUTSIDE),
    (2_400, "mL/24h", ""),
    (48_000, "mL/24h", ""),
    (2_397_600, "mL/24h", ""),
    (2_400_000, "mL/24h", OUTSIDE),
    (1_200, "mL/24h", "rate-between-steps"),
    (49_000, "mL/24h", "rate-between-steps"),
    (2_000, "mL/min", "rate-unit-unknown"),
)
"""Thousandths of the rate as a hand or an order gives it, its unit, and what has to be answered."""

VOLUMES: tuple[tuple[int, str], ...] = (
    (0, "volume-outside-device"),
    (50, "volume-outside-device"),
    (100, ""),
    (150, "volume-between-steps"),
    (900, ""),
    (999, "volume-between-steps"),
    (99_900, ""),
    (99_950, "volume-between-steps"),
    (100_000, ""),
    (100_500, "volume-between-steps"),
    (245_000, ""),
    (245_100, "volume-between-steps"),
    (999_000, ""),
    (999_500, "volume-outside-device"),
    (1_000_000, "volume-outside-device"),
    (-100_000, "volume-outside-device"),
)
"""Thousandths of mL, and what has to be answered."""


@check("C08")
def c08(bench: Bench) -> Iterator[Observation]:
    """Offer rates by hand, as orders write them, and out of a memory in which both copies were changed."""
    for rate_uL, unit, expected in RATES:
        pump = without_limits(Driven())
        pump.switch_on()
        pump.load()
        refused = pump.programme(replace(QARZIBA, rate_uL=rate_uL, rate_unit=unit))
        bench.keep(pump.events)
        says = Message("check.bounds.rate", {"rate": f"{rate_uL / 1000:g} {unit}"})
        yield same(says, answer(expected), answer(refused))
        yield same(Message("check.bounds.rate-starts", says.values), not expected, not pump.start())
    for rate_nL_per_h, passes in ((99_000, False), (100_000, True), (99_900_000, True), (99_900_001, False)):
        yield _out_of_memory(bench, without_limits(Driven()), rate_nL_per_h, passes=passes)
    for rate_nL_per_h, passes in ((499_000, False), (500_000, True), (2_400_000, True), (2_401_000, False)):
        yield _out_of_memory(bench, Driven(), rate_nL_per_h, passes=passes)


def _out_of_memory(bench: Bench, pump: Driven, rate_nL_per_h: int, *, passes: bool) -> Observation:
    """Change both copies of the rate while the pump is off; it has to fail its test, or to run at that rate."""
    pump.running()
    pump.wait(HOUR)
    pump.press(Act.STOP)
    pump.press(Act.SWITCH_OFF)
    kept = pump.controller.kept
    if kept.programme is None:
        raise RuntimeError("the programme was not kept")
    values = {name: kept.programme.critical[name] for name in ("volume_nL", "concentration_ng_per_mL")}
    critical = Critical.of(rate_nL_per_h=rate_nL_per_h, **values)
    pump.controller.kept = replace(kept, programme=replace(kept.programme, critical=critical))
    pump.switch_on(new_child=False)
    pump.start()
    bench.keep(pump.events)
    row = kept.programme.row
    says = {"rate": rate(rate_nL_per_h), "least": rate(row.rate_least), "most": rate(row.rate_most)}
    expected = rate_nL_per_h if passes else 0
    runs = Message("check.bounds.out-of-memory", says)
    return same(runs, rate(expected), rate(pump.controller.motor_nL_per_h))


@check("C09")
def c09(bench: Bench) -> Iterator[Observation]:
    """Enter volumes around every step and end of the range."""
    for volume_uL, expected in VOLUMES:
        pump = without_limits(Driven())
        pump.switch_on()
        pump.load(volume_mL=999.0)
        refused = pump.programme(replace(QARZIBA, volume_uL=volume_uL))
        bench.keep(pump.events)
        says = {"volume": volume(volume_uL * 1000)}
        yield same(Message("check.bounds.volume", says), answer(expected), answer(refused))
        programme = pump.controller.kept.programme
        kept = volume(programme.volume_nL) if programme else Message("check.nothing")
        wanted = Message("check.nothing") if expected else volume(volume_uL * 1000)
        yield same(Message("check.bounds.volume-kept", says), wanted, kept)


@check("C10")
def c10(bench: Bench) -> Iterator[Observation]:
    """Run whole containers without another key; none of them is ended by the pump before its volume."""
    five_days = replace(QARZIBA, volume_uL=240_000)
    for draft, room_mL in (
        (five_days, 250.0),
        (BLINCYTO_7_DAYS, 110.0),
        (FLUOROURACIL, 249.0),
        (FLUCLOXACILLIN, 250.0),
    ):
        pump = Driven()
        pump.switch_on()
        pump.load(volume_mL=room_mL)
        refused = pump.programme(draft)
        pump.connect()
        pump.start()
        keys = len(pump.told(Kind.ACTION))
        lasts = draft.volume_uL * HOUR // draft.rate_uL
        took = pump.wait_for(Condition.INFUSION_COMPLETE, lasts + HOUR)
        bench.keep(pump.events)
        says = {"drug": draft.product, "rate": rate(draft.rate_uL * 1000)}
        yield same(Message("check.bounds.days-accepted", says), answer(""), answer(refused))
        yield same(Message("check.bounds.days", says), time(lasts), time(took or 0))
        given = Message("check.bounds.days-given", says)
        yield close(given, draft.volume_uL * 1000, pump.given_mL * 1e6, volume, pump.controller.device.stroke_nL)
        yield count(Message("check.bounds.days-keys", says), keys, len(pump.told(Kind.ACTION)))
        yield is_so(Message("check.bounds.days-stands", says), pump.controller.motor_nL_per_h == 0)


# -- the dose in any window


TRICKS = ("stop", "cassette", "power", "battery", "new-child", "another-child", "rate")
TRICKS_WITH_CLOCK = ("stop", "cassette", "power", "battery", "clock", "another-child", "rate")
AT_THE_LIMIT = (
    replace(QARZIBA, rate_uL=2_400),
    replace(FLUOROURACIL, rate_uL=5_500),
    replace(BLINCYTO_7_DAYS, rate_uL=600),
)
"""The highest rate of a row each; the bag of seven days has its limit at its usual rate."""


@dataclass(slots=True)
class _Trickster:
    """Somebody who wants more out of a pump than it may give, and a curve of what it gave.

    Values:
        points: instants and what had been counted, just before and just after.
    """

    bench: Bench
    draft: Draft
    pump: Driven = field(default_factory=Driven)
    points: list[tuple[int, int, int]] = field(default_factory=list)
    container: int = 1
    refused_by_limit: int = 0

    def begin(self) -> None:
        """Start at the highest rate, whatever soft limit asks; priming has left the cam in the middle of a turn."""
        self.pump.switch_on()
        self._new_container()
        self.pump.prime(1.02)
        self.pump.connect()
        self.start()

    def _new_container(self) -> None:
        self.pump.load(self.container)
        self.draft = replace(self.draft, container=self.container)
        self.pump.programme(self.draft, override=True)
        self.pump.connect()

    def wait(self, ms: int) -> None:
        """Let time pass, and note every instant at which something was told on the way."""
        until = self.pump.twin.now_ms + ms
        while self.pump.twin.now_ms < until:
            self.note()
            self.pump.twin.run(until)
            self.note()

    def note(self) -> None:
        """Note the count of now; a push at this very instant makes a step."""
        now, counted = self.pump.twin.now_ms, round(self.pump.counted_mL * 1e6)
        if self.points and self.points[-1][0] == now:
            self.points[-1] = (now, self.points[-1][1], counted)
        else:
            self.points.append((now, counted, counted))

    def start(self) -> None:
        """Press start; acknowledge what stands in the way, and press again."""
        for _ in range(3):
            refused = self.pump.start()
            self.refused_by_limit += refused == "dose-limit"
            if not refused.startswith("alarm:"):
                return
            for condition in list(self.pump.controller.board.lines):
                self.pump.press(Act.ACKNOWLEDGE, condition=condition)

    def play(self, trick: str) -> None:
        """Do one thing that might make the pump forget, and start again."""
        pump = self.pump
        if trick == "battery":
            pump.fault("battery-out")
            pump.mend("battery-out")
            pump.switch_on(new_child=False)
        elif trick == "rate":
            if pump.mode in DELIVERING:
                pump.programme(self.draft, override=True)
        else:
            pump.press(Act.STOP)
            self._stopped(trick)
        self.note()
        self.wait(self.bench.random.randrange(1, 5) * MINUTE)
        self.start()
        self.note()

    def _stopped(self, trick: str) -> None:
        pump = self.pump
        if trick in {"power", "new-child"}:
            pump.press(Act.SWITCH_OFF)
            pump.switch_on(new_child=trick == "new-child")
        if trick in {"cassette", "new-child"}:
            pump.unload()
            self.container += 1
            self._new_container()
        if trick == "clock":
            pump.fault("clock-jump", 25.0)
        if trick == "another-child":
            pump.programme(replace(self.draft, patient="SYN-0999"), override=True)
            pump.wait(2000)
            pump.programme(self.draft, override=True)

    def most_in_a_window(self, length_ms: int) -> float:
        """Return the most that was counted in any window of a length; between two points it grew evenly."""
        times = [at for at, _, _ in self.points]
        ends = (after - self._at(times, at - length_ms, before=True) for at, _, after in self.points)
        begins = (self._at(times, at + length_ms, before=False) - before for at, before, _ in self.points)
        return max(*ends, *begins)

    def _at(self, times: list[int], at_ms: int, *, before: bool) -> float:
        if at_ms < times[0]:
            return self.points[0][1]
        last = bisect_right(times, at_ms) - 1
        at, low, high = self.points[last]
        if at == at_ms or last + 1 == len(times):
            return low if at == at_ms and before else high
        after, next_low, _ = self.points[last + 1]
        return high + (next_low - high) * (at_ms - at) / (after - at)


@check("C11")
def c11(bench: Bench) -> Iterator[Observation]:
    """Try every way to make the pump forget what it gave, for three days, and look at all windows."""
    for tricks in (TRICKS, TRICKS_WITH_CLOCK):
        for draft in AT_THE_LIMIT:
            yield from _tricked(bench, draft, tricks)
    for rate_uL in (2_200, 2_400):
        yield from _stopped_at_the_limit(bench, replace(QARZIBA, rate_uL=rate_uL))


def _tricked(bench: Bench, draft: Draft, tricks: tuple[str, ...]) -> Iterator[Observation]:
    one = _Trickster(bench, draft)
    one.begin()
    while one.pump.twin.now_ms < 72 * HOUR:
        one.wait(bench.random.randrange(MINUTE, 4 * HOUR))
        one.play(bench.random.choice(tricks))
    bench.keep(one.pump.events)
    row = row_of(draft)
    says = {"drug": draft.product, "rate": rate(draft.rate_uL * 1000)}
    limit = min(row.window_most_nL, draft.rate_uL * 1000 * 24 * row.window_most_percent // 100)
    most = one.most_in_a_window(row.window_ms)
    yield at_most(Message("check.bounds.most-in-a-day", says), limit + 1, most, volume)
    yield at_least(Message("check.bounds.most-in-a-day", says), limit * 0.8, most, volume)


def _stopped_at_the_limit(bench: Bench, draft: Draft) -> Iterator[Observation]:
    """Run up to the limit, stop just before it in the middle of a stroke, start again, and see who calls."""
    one = _Trickster(bench, draft)
    one.begin()
    limit = row_of(draft).window_most_nL
    to_limit = min(limit * HOUR // (draft.rate_uL * 1000), 24 * HOUR)
    one.wait(to_limit - 2_000)
    for _ in range(6):
        one.play("stop")
        one.wait(2 * HOUR)
    bench.keep(one.pump.events)
    says = {"drug": draft.product, "rate": rate(draft.rate_uL * 1000)}
    yield at_most(Message("check.bounds.most-in-a-day", says), limit + 1, one.most_in_a_window(24 * HOUR), volume)
    raised = len(one.pump.raised(Condition.DOSE_LIMIT))
    if draft.rate_uL > 2_200:
        yield at_least(Message("check.bounds.limit-told", says), max(one.refused_by_limit, 1), raised, str)
        yield is_so(Message("check.bounds.limit-holds", says), one.pump.mode in {Mode.HELD, Mode.PAUSED, Mode.RUNNING})
