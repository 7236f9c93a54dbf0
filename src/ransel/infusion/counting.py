"""What each pump counted, and into which container: its life counter, walked from one event to the next.

Volume is only ever the difference of two counters, so an event that is missing loses none. Between two counters a
pump that ran is taken to have run evenly, from the first of them on.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field

from ransel.infusion.accounting import assumed
from ransel.infusion.event import Kind
from ransel.infusion.event_keys import text, whole
from ransel.infusion.instant import MS_PER_HOUR
from ransel.infusion.plan import InfusionPlan
from ransel.infusion.timeline import Told
from ransel.language import Level, Notice, notice

UNKNOWN = 0
"""The number of a container that nobody told."""
KVO = "kvo"


@dataclass(frozen=True, slots=True)
class Piece:
    """What was counted between two moments, in nL; `rate` in nL/h."""

    container: int
    begins: int
    ends: int
    counted: int
    strokes: int
    rate: int


@dataclass(slots=True)
class Stretch:
    """A pump that runs from one start to the next stop, while it is being put together.

    Values:
        begins, ends: ms; `ends` is the last counter while it still runs. rate: nL/h. cause: of the start.
        counted, strokes: so far. stop: why it stopped, empty while it runs. condition: of an alarm that stopped it.
        open_until: how long it may have gone on unseen after its last counter; None when its end was told.
    """

    pump: str
    container: int
    begins: int
    ends: int
    rate: int
    cause: str
    counted: int = 0
    strokes: int = 0
    stop: str = ""
    condition: str = ""
    open_until: int | None = None


@dataclass(slots=True)
class Counted:
    """All that one pump told about volumes.

    Values:
        primed: by container, nL. displayed: by container, the first and the last number shown, nL.
        unseen: counters that began before the stream did: container, moment and rate.
        running: whether it still runs at its last event. last: ms of its last event.
    """

    pump: str
    stretches: list[Stretch] = field(default_factory=list)
    pieces: list[Piece] = field(default_factory=list)
    primed: dict[int, int] = field(default_factory=dict)
    displayed: dict[int, tuple[int, int]] = field(default_factory=dict)
    unseen: list[tuple[int, int, int]] = field(default_factory=list)
    running: bool = False
    last: int = 0


def count(plan: InfusionPlan, pump: str, told: Sequence[Told], flags: list[Notice]) -> Counted:
    """Return what this pump counted; what is odd about it goes to the flags."""
    walk = _Walk(plan, pump, flags)
    for one in told:
        walk.missing = walk.missing or one.missing > 0
        walk.kind = one.event.kind
        step = _STEPS.get(one.event.kind)
        if step is not None:
            step(walk, one.event.data, one.at)
        walk.result.last = one.at
    return walk.finished()


class _Walk:
    """The state while walking through the events of one pump."""

    def __init__(self, plan: InfusionPlan, pump: str, flags: list[Notice]) -> None:
        self.plan = plan
        self.flags = flags
        self.result = Counted(pump)
        self.kind = Kind.BOOT
        self.container = UNKNOWN
        self.programmed = 0
        self.counted: int | None = None
        self.strokes: int | None = None
        self.at = 0
        self.current: Stretch | None = None
        self.missing = False
        self.batches = {one.batch: one.index for one in plan.containers}
        self.flagged: set[tuple[str, int]] = set()

    def flag(self, code: str, container: int, **values: object) -> None:
        """Say once what is odd about a container."""
        if (code, container) not in self.flagged:
            self.flagged.add((code, container))
            told = notice(code, Level.WARN, pump=self.result.pump, container=container, **values)
            self.flags.append(told)

    # what is attached

    def attached(self, data: Mapping[str, object], _at: int) -> None:
        self.container = whole(data, "container") or self._by_code(text(data, "code"))
        self._show(data)

    def _by_code(self, code: str) -> int:
        """Return the container whose batch this code names, alone or inside a GS1 element string."""
        if code in self.batches:
            return self.batches[code]
        _, found, rest = code.partition("(10)")
        return self.batches.get(rest.partition("(")[0], UNKNOWN) if found else UNKNOWN

    def primed(self, data: Mapping[str, object], _at: int) -> None:
        container, volume = self._container(data), whole(data, "volume_nL")
        if volume is not None:
            self.result.primed[container] = self.result.primed.get(container, 0) + volume

    def programmed_(self, data: Mapping[str, object], _at: int) -> None:
        container = self._container(data)
        self.container = container
        self.programmed = whole(data, "rate_nL_per_h") or self.programmed
        told, planned = whole(data, "concentration_ng_per_mL"), self._planned_concentration(container)
        # A pump holds whole ng/mL, some of them with only three decimals of a mg/mL.
        if told is not None and planned is not None and abs(told - planned) * 100 > planned:
            self.flag("ledger.other-concentration", container)
        product = text(data, "product")
        if product and product.casefold() != self.plan.product.casefold():
            self.flag("ledger.other-product", container, product=product[:40])

    def _planned_concentration(self, container: int) -> int | None:
        if not 1 <= container <= len(self.plan.containers):
            return None
        return int(self.plan.containers[container - 1].concentration.magnitude * 1_000_000)

    def _container(self, data: Mapping[str, object]) -> int:
        return whole(data, "container") or self.container

    # what is counted

    def started(self, data: Mapping[str, object], at: int) -> None:
        if self.current is not None:  # its stop was not told
            self._read(data, at)
            self._end_unseen(at)
        else:
            self._read(data, at)
        self._begin(data, at, text(data, "cause") or "start")

    def stopped(self, data: Mapping[str, object], at: int) -> None:
        self._read(data, at)
        if self.current is not None:
            self._end(at, text(data, "cause") or "unknown", text(data, "condition"))
        elif self.result.stretches and self.result.stretches[-1].stop in {"power", "unseen"}:
            last = self.result.stretches[-1]
            last.stop, last.condition = text(data, "cause") or last.stop, text(data, "condition")

    def status(self, data: Mapping[str, object], at: int) -> None:
        rate = whole(data, "rate_nL_per_h")
        self._read(data, at)
        if rate is None:
            return
        if self.current is None:
            if rate:
                self._begin(data, at, "unseen")
        elif rate == 0:
            self._end_unseen(at)
        elif rate != self.current.rate or self._stood_still(at):
            self._end_unseen(at)
            self._begin(data, at, "unseen")
        self.missing = False

    def lost_power(self, data: Mapping[str, object], at: int) -> None:
        """Switched on or off: what ran is over; when it ended, its counter says."""
        stretch = self.current
        if stretch is not None:
            stretch.stop, stretch.open_until = "power", at
        self._read(data, at)
        if stretch is not None:
            stretch.open_until = at if whole(data, "counted_nL") is None else None
            self._end(min(stretch.ends, at), "power", "")

    def _stood_still(self, at: int) -> bool:
        """Whether the pump counted less than it would have, running all the time, while events are missing."""
        return self.missing and self.current is not None and at - self.current.ends > assumed().clock_ms

    def _begin(self, data: Mapping[str, object], at: int, cause: str) -> None:
        container = self._container(data)
        rate = whole(data, "rate_nL_per_h") or self.programmed
        if not rate and 1 <= container <= len(self.plan.containers):
            rate = int(self.plan.containers[container - 1].rate.magnitude * 1_000_000)
        self.container = container
        self.current = Stretch(self.result.pump, container, at, at, rate, cause)
        self.result.stretches.append(self.current)
        self.missing = False

    def _end(self, at: int, stop: str, condition: str) -> None:
        if self.current is not None:
            self.current.ends = max(at, self.current.begins)
            self.current.stop, self.current.condition = stop, condition
        self.current = None
        self.missing = False

    def _end_unseen(self, at: int) -> None:
        """End a stretch whose stop was not told, where its counter says."""
        if self.current is not None:
            self._end(min(self.current.ends, at), "unseen", "")

    # the counter

    def _read(self, data: Mapping[str, object], at: int) -> None:
        """Take the volume since the last counter."""
        self._show(data)
        counted, strokes = whole(data, "counted_nL"), whole(data, "strokes")
        made = 0 if strokes is None or self.strokes is None else max(strokes - self.strokes, 0)
        self.strokes = self.strokes if strokes is None else strokes
        if counted is None:
            self._read_by_time(at)
            return
        if self.counted is None:
            self._first_counter(data, at)
        else:
            self._take(data, at, self._since(counted, data), made)
        self.counted, self.at = counted, at

    def _since(self, counted: int, data: Mapping[str, object]) -> int:
        before = self.counted or 0
        if counted < before - assumed().jump_nl:
            self.flag("ledger.counter-back", self._container(data))
            return counted
        return counted - before  # a little less than before: a stop for an occlusion takes back what it held up

    def _first_counter(self, data: Mapping[str, object], at: int) -> None:
        """Note what ran before the stream begins: a stop or a running status whose start was not told."""
        rate = whole(data, "rate_nL_per_h")
        ran = self.kind is Kind.STOPPED or (self.kind is Kind.STATUS and rate)
        if ran and (rate or self.programmed):
            self.result.unseen.append((self._container(data), at, rate or self.programmed))
            self.flag("ledger.began-unseen", self._container(data))

    def _read_by_time(self, at: int) -> None:
        """Without a counter the rate and the time say how much it was; the ledger says that nobody counted."""
        if self.current is not None and at > self.at and not self.current.stop:
            begins = max(self.at, self.current.begins)
            self._add(begins, at, self.current.rate * (at - begins) // MS_PER_HOUR, 0)
            self.flag("ledger.no-counter", self.current.container)
            self.at = at

    def _take(self, data: Mapping[str, object], at: int, volume: int, strokes: int) -> None:
        if self.current is not None:
            self._check_jump(volume, at - self.at)
            self._add(max(self.at, self.current.begins), at, volume, strokes)
        elif volume > 0:
            self._take_unseen(data, at, volume, strokes)
        elif volume and self.result.stretches:
            self._take_back(self.result.stretches[-1], volume)
        elif self.result.stretches:
            self.result.stretches[-1].open_until = None

    def _check_jump(self, volume: int, span: int) -> None:
        if self.current is not None and volume > self.current.rate * span // MS_PER_HOUR + assumed().jump_nl:
            self.flag("ledger.counter-jump", self.current.container)

    def _take_unseen(self, data: Mapping[str, object], at: int, volume: int, strokes: int) -> None:
        """Take what was counted after the last stop that was told: into what hung there then."""
        ended = self.result.stretches[-1] if self.result.stretches else None
        if ended is not None and ended.stop == "power":
            self.current = ended
            self._add(ended.ends, ended.open_until or at, volume, strokes)
            ended.open_until = None
            self.current = None
            return
        self._began_unseen(data, at, volume)
        self._add(self.current.begins if self.current else self.at, at, volume, strokes)
        if not self._runs_now(data):
            self._end_unseen(at)

    def _began_unseen(self, data: Mapping[str, object], at: int, volume: int) -> None:
        """Begin a stretch whose start was not told: what runs now ran last, what stands still ran first."""
        here, last = self.container, self.result.stretches[-1:]
        if self.kind is Kind.STARTED and last:
            data = {**data, "container": last[0].container}
        self.flag("ledger.ran-unseen", self._container(data))
        self._begin(data, self.at, "unseen")
        if self.current is not None and self.current.rate and self._runs_now(data):
            begins = max(self.at, at - volume * MS_PER_HOUR // self.current.rate)
            self.current.begins = self.current.ends = begins
        if self.kind is Kind.STARTED:
            self.container = here

    def _runs_now(self, data: Mapping[str, object]) -> bool:
        """Whether the pump ran until this event."""
        return self.kind is Kind.STOPPED or (self.kind is Kind.STATUS and bool(whole(data, "rate_nL_per_h")))

    def _take_back(self, ended: Stretch, volume: int) -> None:
        """Take what was drawn back out of the line from what had been counted."""
        ended.counted += volume
        self.result.pieces.append(Piece(ended.container, ended.ends, ended.ends, volume, 0, ended.rate))

    def _add(self, begins: int, at: int, volume: int, strokes: int) -> None:
        """Add a piece to the running stretch; where events are missing, or power was, it ends when its rate says."""
        stretch = self.current
        if stretch is None:
            return
        ends = at
        if (self.missing or stretch.stop or stretch.cause == "unseen") and stretch.rate:
            by_rate = begins + max(volume, 0) * MS_PER_HOUR // stretch.rate
            ends = min(at, by_rate) if at - by_rate > assumed().clock_ms else at
        stretch.ends = max(stretch.ends, ends)
        stretch.counted += volume
        stretch.strokes += strokes
        if volume or ends > begins:
            self.result.pieces.append(Piece(stretch.container, begins, ends, volume, strokes, stretch.rate))

    def _show(self, data: Mapping[str, object]) -> None:
        displayed, container = whole(data, "displayed_nL"), self._container(data)
        if displayed is not None:
            first, _ = self.result.displayed.get(container, (displayed, displayed))
            self.result.displayed[container] = first, displayed

    def finished(self) -> Counted:
        """Return the result, its open stretch left running."""
        self.result.running = self.current is not None
        return self.result


_STEPS: Mapping[Kind, Callable[[_Walk, Mapping[str, object], int], None]] = {
    Kind.CASSETTE_ATTACHED: _Walk.attached,
    Kind.PRIMED: _Walk.primed,
    Kind.PROGRAMMED: _Walk.programmed_,
    Kind.STARTED: _Walk.started,
    Kind.STOPPED: _Walk.stopped,
    Kind.STATUS: _Walk.status,
    Kind.BOOT: _Walk.lost_power,
    Kind.POWER_OFF: _Walk.lost_power,
}
