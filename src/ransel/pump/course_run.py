"""A whole course: the twin, the people of the plan who connect, change and disconnect, and what goes wrong on the way.

People are written as generators that yield how long they wait. All that happens is told as events, by the
pump and by hand, so that whoever accounts the stream knows no more than a ward would; the truth is returned apart.
"""

from __future__ import annotations

from collections.abc import Generator, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from fractions import Fraction
from heapq import heappop, heappush
from random import Random
from typing import Any

from ransel.infusion.condition import Condition
from ransel.infusion.event import Kind, PumpEvent
from ransel.infusion.plan import ContainerToGive, InfusionPlan
from ransel.infusion.plan_file import plan_json
from ransel.pump.account import Account
from ransel.pump.actions import Act, Action
from ransel.pump.delivery import DELIVERING, Mode
from ransel.pump.drug_library import DrugLibrary
from ransel.pump.faults import Fault
from ransel.pump.hardware import hardware
from ransel.pump.people import AT_HOME, MENDED_BY_HAND, NEEDS_ANOTHER_PUMP, People
from ransel.pump.programme import Draft
from ransel.pump.twin import Sink, Twin
from ransel.quantities import Duration

Doing = Generator[int, None, None]
"""Something a person does; what is yielded is how many ms pass before they go on."""

BY_HAND = "hand"
"""The name of the list that people keep."""

STATUS_EVERY_MS = 4 * 3_600_000
"""How often the simulated pump tells of itself: nothing that is delivered hangs on it."""

A_DAY_MS = 24 * 3_600_000
TYPING_MS = 60_000
ASKED_AFTER = 4
"""So often a day people mend and go on by themselves; then they ask the ward first, and that takes longer each time."""

ANOTHER_PUMP_AFTER = 3
"""A pump that refuses to start so often is replaced."""

SCALE_G = Fraction(1)


@dataclass(frozen=True, slots=True)
class Circumstances:
    """What a course runs into.

    Values:
        flow_error: of the pump, as a fraction; `spare_error` of the pump that replaces it.
        seed: of the scale.
    """

    flow_error: Fraction = Fraction(0)
    spare_error: Fraction = Fraction(0)
    faults: tuple[Fault, ...] = ()
    people: People = AT_HOME
    seed: int = 0


@dataclass(frozen=True, slots=True)
class Truth:
    """What really happened to the fluid of every container, in mL; nobody beside the child could know it."""

    accounts: Mapping[int, Account]

    def into_child_mL(self, container: int) -> float:
        """Return what one container really gave the child."""
        return self.accounts[container].into_child_mL if container in self.accounts else 0.0


def run_course(
    plan: InfusionPlan, circumstances: Circumstances, sink: Sink | None = None, twin: type[Twin] = Twin
) -> Truth:
    """Run a course from preparing the pump to taking it off, and return the truth; events go to `sink`.

    `twin`: the kind of simulated pump; another one may let time pass in another way.
    """
    return _CourseRun(plan, circumstances, sink, twin).run()


@dataclass(slots=True)
class _CourseRun:
    plan: InfusionPlan
    circumstances: Circumstances
    sink: Sink | None
    kind: type[Twin]
    twin: Twin = field(init=False)
    agenda: list[tuple[int, int, Doing]] = field(default_factory=list)
    order: int = 0
    written: int = 0
    pumps: int = 1
    current: ContainerToGive | None = None
    attached: ContainerToGive | None = None
    attended: bool = False
    visits: list[int] = field(default_factory=list)
    shown_nL: dict[int, int] = field(default_factory=dict)
    active: set[Fault] = field(default_factory=set)
    scale: Random = field(init=False)

    def __post_init__(self) -> None:
        plan, around = self.plan, self.circumstances
        begins = plan.start - timedelta(milliseconds=_ms(around.people.prepare.value))
        self.twin = self.kind(
            hardware(), DrugLibrary.load().current(begins), name="PUMP-1", begins=begins,
            flow_error=float(around.flow_error), sink=self.sink, status_ms=STATUS_EVERY_MS,
        )  # fmt: skip
        self.twin.heard = self._hear
        self.scale = Random(around.seed)  # noqa: S311 - a repeatable scale, no secret

    # -- time

    def run(self) -> Truth:
        """Let everybody do their part until nobody has anything left to do."""
        if self.sink is not None:
            self._write(Kind.COURSE, plan=plan_json(self.plan))
        for fault in self.circumstances.faults:
            self._later(self._at(self.plan.start) + fault.at_ms, self._trouble(fault))
        for number, container in enumerate(self.plan.containers):
            self._plan_container(number, container)
        while self.agenda:
            at, order, doing = heappop(self.agenda)
            self.twin.run(at)
            if self.twin.now_ms < at:  # an alarm has called somebody, who may come first
                heappush(self.agenda, (at, order, doing))
                continue
            wait = next(doing, None)
            if wait is not None:
                self._later(at + wait, doing)
        self._read_out()
        return Truth(self.twin.plant.accounts)

    def _read_out(self) -> None:
        """Read the pump out when it has come back: what never left by the link leaves now."""
        for fault in [one for one in self.active if one.kind.place == "link"]:
            self._mend(fault)

    def _plan_container(self, number: int, container: ContainerToGive) -> None:
        containers = self.plan.containers
        follows = number > 0 and containers[number - 1].disconnect_at == container.connect_at
        goes_on = number + 1 < len(containers) and containers[number + 1].connect_at == container.disconnect_at
        late = self._of_people("late-change")
        if follows:
            self._later(self._at(container.connect_at) + _hours_ms(late), self._connect(container))
        else:
            before = _ms(self.circumstances.people.prepare.value)
            self._later(max(self._at(container.connect_at) - before, 0), self._prepare(container, before))
        if not goes_on:
            end = self._at(container.disconnect_at) + _hours_ms(self._of_people("late-end"))
            self._later(end, self._disconnect(container))

    def _at(self, instant: datetime) -> int:
        return round((instant - self.twin.begins).total_seconds() * 1000)

    def _later(self, at_ms: int, doing: Doing) -> None:
        self.order += 1
        heappush(self.agenda, (at_ms, self.order, doing))

    # -- what goes wrong

    def _of_people(self, name: str) -> Fraction | None:
        """Return the number of a fault that people make, or None when they do not make it."""
        found = (fault for fault in self.circumstances.faults if fault.kind.name == name)
        fault = next(found, None)
        return None if fault is None else fault.number

    def _trouble(self, fault: Fault) -> Doing:
        self.active.add(fault)
        fault.kind.begin(self.twin, float(fault.number))
        if self.twin.controller.mode is Mode.OFF and self.current is not None:
            self._later(self.twin.now_ms + _ms(self.circumstances.people.notice.value), self._notice())
        if fault.lasts_ms is not None:
            yield fault.lasts_ms
            self._mend(fault)

    def _mend(self, fault: Fault) -> None:
        if fault in self.active:
            self.active.discard(fault)
            fault.kind.end(self.twin, float(fault.number))

    # -- connecting, changing, disconnecting

    def _prepare(self, container: ContainerToGive, before_ms: int) -> Doing:
        """Switch the pump on, then load, programme and prime it, in time for the connecting."""
        begun = self.twin.now_ms
        yield from self._switched_on()
        yield from self._loaded(container)
        yield max(begun + before_ms - self.twin.now_ms, 0)
        yield from self._started(container)

    def _connect(self, container: ContainerToGive) -> Doing:
        """Change the running container for the next one."""
        before = self.attached
        self._press(Act.STOP)
        if self.twin.controller.mode is Mode.FAILED:
            self._another_pump()
        yield from self._switched_on()
        self._answer_alarms()
        if before is not None:
            self._write(Kind.DISCONNECTED, container=before.index)
            self._weigh(before)
        yield from self._loaded(container)
        yield from self._started(container)

    def _switched_on(self) -> Doing:
        if self.twin.controller.mode is Mode.OFF:
            first = self.twin.controller.kept.programme is None
            self._press(Act.SWITCH_ON)
            yield self.twin.device.self_test_ms
            self._press(Act.CONFIRM_SENSES, new_child=first)

    def _loaded(self, container: ContainerToGive) -> Doing:
        """Put in fresh batteries and the container, set the display, fill the line; the programme comes last."""
        self.current = None  # from here to the start nobody expects the pump to run
        self._set(child_connected=False)
        self.twin.touch(lambda plant: plant.battery.fresh())
        if self._of_people("wrong-cassette") is not None and container.index == 1 and len(self.plan.containers) > 1:
            self._attach(self.plan.containers[1])
            self._enter(container)
            self._press(Act.START)  # refused: it is not the container of the programme
        self._attach(container)
        priming = int(self.plan.priming.magnitude * 1_000_000)
        if priming:
            self._press(Act.PRIME, volume_nL=priming, off_child=True)
            yield priming * 3_600_000 // self.twin.device.prime_rate_nL_per_h + 1

    def _started(self, container: ContainerToGive) -> Doing:
        forgotten = self._of_people("forgotten-start")
        if self._of_people("tenfold-rate") is not None:
            self._enter(container, times=10)
        self._enter(container)
        self._set(child_connected=True)
        self._write(Kind.CONNECTED, container=container.index)
        if forgotten is not None:
            yield _hours_ms(forgotten)
        self.current = container
        yield from self._get_going()

    def _disconnect(self, container: ContainerToGive) -> Doing:
        self.current = self.attached = None
        self._press(Act.STOP)
        self._set(child_connected=False)
        self._write(Kind.DISCONNECTED, container=container.index)
        self._weigh(container)
        self._answer_alarms()
        if container is self.plan.containers[-1]:
            self._press(Act.SWITCH_OFF)
        elif self.twin.controller.mode is Mode.PAUSED:  # it stays on: the dose window ages only while it is
            self._press(Act.CLEAR)
            self._press(Act.CONFIRM_CLEAR)
        yield 0

    def _attach(self, container: ContainerToGive) -> None:
        """Put a container on, new or with what is left in it, and set the display to that."""
        self.attached = container
        known = container.index in self.twin.plant.accounts
        volume = None if known else float(container.volume.magnitude)
        self.twin.touch(lambda plant: plant.attach(container.index, volume))
        wrong = self._of_people("wrong-display")
        shown = int((container.volume.magnitude if wrong is None else wrong) * 1_000_000)
        left = self.shown_nL.get(container.index, shown)
        self._press(Act.LOAD, container=container.index, code=container.batch, display_nL=left)

    def _enter(self, container: ContainerToGive, times: int = 1) -> None:
        """Enter, review and confirm; a soft limit is confirmed because the order was verified."""
        step = self.twin.device.rate_step_nL_per_h // 1000
        rate = round(container.rate.magnitude * 1000 / step) * step
        draft = Draft(
            patient=self.plan.patient, product=self.plan.product, concentration_ng_per_mL=_strength(container),
            rate_uL=rate * times, volume_uL=self._volume_uL(container), container=container.index,
            patient_type=self._patient_type(container), care_area=self.care_area,
        )  # fmt: skip
        self._press(Act.ENTER, draft=draft)
        if not self._press(Act.REVIEW):
            self._press(Act.CONFIRM, name="override")

    @property
    def care_area(self) -> str:
        """Home as soon as one visit takes place outside the ward."""
        return "ward" if {visit.place for visit in self.plan.visits} == {"ward"} else "home"

    def _patient_type(self, container: ContainerToGive) -> str:
        """The plan does not carry an age: a child, unless the library knows this medicine for adults only."""
        library, strength = self.twin.library, _strength(container)
        for_child = library.row(self.plan.product, strength, "child", self.care_area)
        return "adult" if for_child is None else "child"

    def _volume_uL(self, container: ContainerToGive) -> int:
        """Return the volume to be infused: what was filled in, down to a step of the pump."""
        whole = int(container.volume.magnitude * 1000)
        step = next((step for below, step in self.twin.device.volume_steps_nL if whole * 1000 < below), 0)
        step = step or self.twin.device.volume_steps_nL[-1][1]
        return whole * 1000 // step * step // 1000

    # -- answering

    def _hear(self, condition: Condition, at_ms: int) -> None:
        """Somebody hears an alarm and will come, unless somebody stands there already."""
        if self.current is None or self.attended:
            return
        answers = self.circumstances.people.answer[self.twin.controller.priority(condition)]
        self._later(at_ms + _ms(answers.value), self._come(condition))

    def _come(self, condition: Condition) -> Doing:
        """Look at the pump, put right what a hand can put right, and go on."""
        if self.attended or self.current is None:
            return
        self.attended = True
        self._press(Act.SILENCE)
        yield self._asking_ms()
        yield from self._put_right(condition)
        yield from self._get_going()
        self.attended = False

    def _asking_ms(self) -> int:
        """Return how long people ask around before they try again: not at first, longer each time within a day."""
        now = self.twin.now_ms
        self.visits = [*(visit for visit in self.visits if visit > now - A_DAY_MS), now]
        return self._growing_ms(len(self.visits) - ASKED_AFTER)

    def _growing_ms(self, times: int) -> int:
        people = self.circumstances.people
        most = _ms(people.longest.value)
        return 0 if times < 0 else min(_ms(people.again.value) << min(times, 10), most)

    def _put_right(self, condition: Condition) -> Doing:
        found = MENDED_BY_HAND.get(condition, frozenset())
        for fault in [one for one in self.active if one.kind.name in found and one.lasts_ms is None]:
            self._mend(fault)
        if condition is Condition.AIR_IN_LINE:
            yield from self._purge()
        if condition in {Condition.BATTERY_LOW, Condition.BATTERY_DEPLETED, Condition.BATTERY_DEFECTIVE}:
            yield from self._fresh_batteries()
        if condition in NEEDS_ANOTHER_PUMP:
            yield _ms(self.circumstances.people.spare.value)
            self._another_pump()

    def _notice(self) -> Doing:
        """Notice that a pump is off which should run."""
        if not self.attended:
            self.attended = True
            yield from self._get_going()
            self.attended = False

    def _get_going(self) -> Doing:
        """Bring the pump to run, as often as it takes, as long as it should run."""
        people, refusals = self.circumstances.people, 0
        while self.current is not None and self.twin.controller.mode not in DELIVERING:
            if self.twin.controller.mode is Mode.FAILED or refusals == ANOTHER_PUMP_AFTER:
                yield _ms(people.spare.value)
                self._another_pump()
                refusals = 0
            if not self.twin.plant.powered:
                self._mend_power()
            yield from self._switched_on()
            self._answer_alarms()
            if self.twin.controller.kept.programme is None:
                yield from self._programmed_anew()
            refused = "" if self._nothing_left() else self._press(Act.START)
            if self._nothing_left():
                self._leave_off()
            elif refused == "restart-too-late":
                yield _ms(people.doctor.value)
                self._press(Act.CONFIRM_RESTART)
            elif refused == "other-container":
                yield from self._programmed_anew()
            elif self.twin.controller.mode not in DELIVERING:
                yield self._growing_ms(refusals)
                refusals += 1

    def _leave_off(self) -> None:
        """Switch off a pump that has nothing left to give; the next visit goes on."""
        self._press(Act.STOP)
        self._press(Act.SWITCH_OFF)
        self.current = None

    def _nothing_left(self) -> bool:
        """Whether the bag is seen to be empty, or its volume given: then only the next visit helps."""
        controller = self.twin.controller
        kept, programme = controller.kept, controller.kept.programme
        given = programme is not None and kept.meter.counted_nL - kept.given_from_nL >= programme.volume_nL
        return given or Condition.RESERVOIR_EMPTY in controller.board.lines or self.twin.plant.is_dry

    def _answer_alarms(self) -> None:
        for condition in list(self.twin.controller.board.lines):
            self._press(Act.ACKNOWLEDGE, condition=condition)

    def _purge(self) -> Doing:
        """Push air out of the line beside the child."""
        self._press(Act.STOP)
        self._set(child_connected=False)
        self._press(Act.PRIME, volume_nL=1_000_000, off_child=True)
        yield 3_600_000 * 1_000_000 // self.twin.device.prime_rate_nL_per_h + 1
        self._set(child_connected=True)

    def _fresh_batteries(self) -> Doing:
        """Stop, change the batteries, and switch on again."""
        self._press(Act.STOP)
        self._press(Act.SWITCH_OFF)
        self.twin.touch(lambda plant: plant.battery.fresh())
        yield from self._switched_on()

    def _mend_power(self) -> None:
        for fault in [one for one in self.active if one.kind.place == "power" and one.lasts_ms is None]:
            self._mend(fault)
        if not self.twin.plant.powered and not any(fault.kind.place == "power" for fault in self.active):
            self.twin.touch(lambda plant: plant.battery.fresh())

    def _another_pump(self) -> None:
        """Put a spare pump in place of the one that failed; what its display said is carried over."""
        meter = self.twin.controller.kept.meter.read(self.twin.uptime_ms)
        self.shown_nL[self.twin.controller.kept.container] = meter.displayed_nL
        self.pumps += 1
        self.active = {fault for fault in self.active if fault.kind.place in {"line", "cassette", "link", "people"}}
        self.twin.replace_pump(f"PUMP-{self.pumps}", float(self.circumstances.spare_error))

    def _programmed_anew(self) -> Doing:
        """Programme a pump that knows nothing of this course; the display starts at what is thought to be left."""
        if self.current is not None:
            self._attach(self.current)
            self._enter(self.current)
        yield TYPING_MS

    # -- the list by hand

    def _weigh(self, container: ContainerToGive) -> None:
        account = self.twin.plant.accounts.get(container.index)
        if account is None or self._of_people("not-weighed") is not None:
            return
        shown = max(account.left_mL + self.scale.uniform(-float(SCALE_G), float(SCALE_G)), 0.0)
        self._write(
            Kind.WEIGHED,
            container=container.index,
            what="residue",
            weight_g=f"{shown:.1f}",
            scale_g=f"{float(SCALE_G) + 0.05:g}",
        )

    def _write(self, kind: Kind, **data: object) -> None:
        if self.sink is None:
            return
        self.written += 1
        now = self.twin.now
        self.sink(PumpEvent(BY_HAND, 1, self.written, self.twin.now_ms, kind, data, now, now))

    # -- hands

    def _press(self, act: Act, **values: Any) -> str:  # noqa: ANN401 - the fields of an Action
        if self.twin.controller.asleep:
            self.twin.press(Action(Act.INVALID_KEY))  # the first key only wakes the display
        return self.twin.press(Action(act, **values))

    def _set(self, **values: bool) -> None:
        def change(plant: Any) -> None:  # noqa: ANN401 - attributes by name
            for name, value in values.items():
                setattr(plant, name, value)

        self.twin.touch(change)


def _strength(container: ContainerToGive) -> int:
    return round(container.concentration.magnitude * 1_000_000)


def _ms(duration: Duration) -> int:
    return int(duration.magnitude * 3_600_000)


def _hours_ms(hours: Fraction | None) -> int:
    return 0 if hours is None else int(hours * 3_600_000)
