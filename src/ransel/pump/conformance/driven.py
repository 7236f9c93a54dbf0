"""A pump on the bench: a twin with somebody at its keys, and everything that it told."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

from ransel.infusion.condition import Condition
from ransel.infusion.event import Kind, PumpEvent
from ransel.pump.actions import Act, Action
from ransel.pump.controller import Controller
from ransel.pump.delivery import Mode
from ransel.pump.drug_library import DrugLibrary
from ransel.pump.faults import KINDS
from ransel.pump.hardware import Hardware, hardware
from ransel.pump.plant import Plant
from ransel.pump.programme import Draft
from ransel.pump.twin import Link, Twin

BEGINS = datetime(2027, 2, 5, 13, tzinfo=UTC)
"""A Friday at two in Utrecht; any instant would do."""

MINUTE = 60_000
HOUR = 3_600_000

QARZIBA = Draft("SYN-0001", "Qarziba", 142_013, 2_000, "mL/h", 250_000, 1)
"""A child of 0.68 m² on dinutuximab beta: 2 mL/h out of 250 mL."""


@dataclass(slots=True)
class Driven:
    """One pump on the bench, switched off.

    Values:
        events: what it told. refused: what the last press was refused with, empty when it was done.
    """

    flow_error: float = 0.0
    flow_sensor: bool = False
    parts: Hardware = field(default_factory=hardware)
    administrator: str = ""
    begins: datetime = BEGINS
    listens: bool = True
    events: list[PumpEvent] = field(default_factory=list)
    refused: str = ""
    twin: Twin = field(init=False)

    def __post_init__(self) -> None:
        library = DrugLibrary.load().current(self.begins)
        self.twin = Twin(
            self.parts, library, name="BENCH", begins=self.begins, flow_error=self.flow_error,
            sink=self.events.append if self.listens else None, administrator=self.administrator,
        )  # fmt: skip
        self.plant.flow_sensor = self.flow_sensor

    @property
    def plant(self) -> Plant:
        """The truth."""
        return self.twin.plant

    @property
    def controller(self) -> Controller:
        """What decides."""
        return self.twin.controller

    @property
    def link(self) -> Link:
        """The way to a listener."""
        return self.twin.link

    @property
    def mode(self) -> Mode:
        """What the pump is doing."""
        return self.controller.mode

    @property
    def given_mL(self) -> float:
        """What really reached the child, out of every container."""
        return sum(account.into_child_mL for account in self.plant.accounts.values())

    @property
    def counted_mL(self) -> float:
        """What the pump believes to have given."""
        return self.controller.kept.meter.read(self.twin.uptime_ms).counted_nL / 1e6

    # -- somebody at the keys

    def press(self, act: Act, **values: Any) -> str:  # noqa: ANN401 - the fields of an Action
        """Press something; return why the pump refused it, or nothing."""
        self.refused = self.twin.press(Action(act, **values))
        return self.refused

    def switch_on(self, *, new_child: bool = True) -> None:
        """Switch it on, wait for the self-test, and say that sound, display and keys work."""
        self.press(Act.SWITCH_ON)
        self.wait(self.controller.device.self_test_ms)
        self.press(Act.CONFIRM_SENSES, new_child=new_child)

    def load(self, container: int = 1, volume_mL: float = 250.0, display_mL: float | None = None) -> None:
        """Put a container on the pump and set the display."""
        known = container in self.plant.accounts
        self.twin.touch(lambda plant: plant.attach(container, None if known else volume_mL))
        shown = volume_mL if display_mL is None else display_mL
        self.press(Act.LOAD, container=container, display_nL=round(shown * 1e6))

    def unload(self) -> None:
        """Take the container off the pump."""
        self.twin.touch(lambda plant: plant.detach())

    def prime(self, volume_mL: float = 5.0) -> None:
        """Fill the line while the child is not connected, and wait until it is full."""
        self.connect(to_child=False)
        if not self.press(Act.PRIME, volume_nL=round(volume_mL * 1e6), off_child=True):
            while self.mode is Mode.PRIMING:
                self.wait(MINUTE)

    def programme(self, draft: Draft = QARZIBA, *, override: bool = False) -> str:
        """Enter, review and confirm a programme; return the first refusal."""
        return (
            self.press(Act.ENTER, draft=draft)
            or self.press(Act.REVIEW)
            or self.press(Act.CONFIRM, name="override" if override else "")
        )

    def connect(self, *, to_child: bool = True) -> None:
        """Connect the line to the child, or take it off."""
        self.twin.touch(lambda plant: setattr(plant, "child_connected", to_child))

    def start(self) -> str:
        """Press start."""
        return self.press(Act.START)

    def made_ready(self, draft: Draft = QARZIBA, volume_mL: float = 250.0) -> Driven:
        """Switch on, load, programme and connect; everything but start. Returns the pump itself."""
        self.switch_on()
        self.load(draft.container, volume_mL)
        self.programme(draft)
        self.connect()
        return self

    def running(self, draft: Draft = QARZIBA, volume_mL: float = 250.0) -> Driven:
        """As `made_ready`, and started."""
        self.made_ready(draft, volume_mL).start()
        return self

    # -- time and trouble

    def wait(self, ms: int) -> None:
        """Let time pass, alarms or not."""
        until = self.twin.now_ms + ms
        while self.twin.now_ms < until:
            self.twin.run(until)

    def wait_for(self, condition: Condition, most_ms: int) -> int | None:
        """Wait until a condition begins; return after how many ms it began, or None when it did not in that time."""
        began, seen = self.twin.now_ms, len(self.events)
        if condition in self.controller.board.lines:
            return 0
        while self.twin.now_ms < began + most_ms:
            self.twin.run(began + most_ms)
            if any(_raises(event, condition) for event in self.events[seen:]):
                return self.twin.now_ms - began
        return None

    def wait_for_next(self, condition: Condition, most_ms: int) -> int | None:
        """As `wait_for`, but one that is on the board already has to begin anew."""
        began, seen = self.twin.now_ms, len(self.events)
        while self.twin.now_ms < began + most_ms:
            self.twin.run(began + most_ms)
            if any(_raises(event, condition) for event in self.events[seen:]):
                return self.twin.now_ms - began
        return None

    def fault(self, name: str, number: float | None = None) -> None:
        """Let a fault begin now; names are those of `faults.KINDS`."""
        kind = KINDS[name]
        kind.begin(self.twin, float(kind.usual) if number is None else number)

    def mend(self, name: str) -> None:
        """Let a fault end."""
        KINDS[name].end(self.twin, 0.0)

    def change(self, alter: Callable[[Plant], None]) -> None:
        """Change something in the plant."""
        self.twin.touch(alter)

    # -- looking

    def told(self, kind: Kind) -> list[PumpEvent]:
        """Return what it told of one kind."""
        return [event for event in self.events if event.kind is kind]

    def raised(self, condition: Condition) -> list[PumpEvent]:
        """Return every time a condition began."""
        return [event for event in self.events if _raises(event, condition)]


def _raises(event: PumpEvent, condition: Condition) -> bool:
    return event.kind is Kind.ALARM_RAISED and event.data["condition"] == condition.value
