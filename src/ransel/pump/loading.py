"""Putting a container on, and filling the line while the child is not connected."""

from __future__ import annotations

from dataclasses import replace

from ransel.infusion.condition import Condition, Reaction
from ransel.infusion.event import Kind
from ransel.pump.actions import Action
from ransel.pump.controller import Controller
from ransel.pump.delivery import Mode, Step
from ransel.pump.starting import BY_START
from ransel.pump.timers import Timer


def load(pump: Controller, now_ms: int, action: Action) -> str:
    """Take a container that a person has put on, and set the display; return why not, or nothing."""
    if pump.mode not in {Mode.STOPPED, Mode.PAUSED}:
        return "stop-first"
    if not pump.readings.cassette:
        return "no-cassette"
    if not 0 <= action.display_nL <= pump.device.volume_most_nL:
        return "volume-outside-device"
    pump.kept = replace(pump.kept, container=action.container, meter=pump.kept.meter.attached(action.display_nL))
    for condition in (Condition.RESERVOIR_EMPTY, Condition.RESERVOIR_LOW, Condition.RESERVOIR_NEARLY_EMPTY):
        pump.end(condition, now_ms)
    pump.tell(
        now_ms, Kind.CASSETTE_ATTACHED, container=action.container, code=action.code, displayed_nL=action.display_nL
    )
    return ""


def prime(pump: Controller, now_ms: int, action: Action) -> str:
    """Begin to fill the line; return why not, or nothing."""
    if not action.off_child:
        return "line-on-child"
    if not (pump.readings.cassette and pump.readings.latched and pump.readings.door_shut):
        return "no-cassette"
    if not 0 < action.volume_nL <= pump.device.prime_most_nL - pump.kept.meter.primed_nL:
        return "prime-volume"
    lasting = (key for key in pump.board.lasting() if pump.reaction(key) is Reaction.STOP)
    stopping = next((key for key in lasting if key not in {*BY_START, Condition.AIR_IN_LINE}), None)
    if stopping is not None:  # air is what a line is filled to get rid of
        return f"alarm:{stopping.value}"
    if not pump.step(Step.PRIME):
        return "stop-first"
    meter = replace(pump.kept.meter, priming=True).running(now_ms, pump.device.prime_rate_nL_per_h)
    pump.kept = replace(pump.kept, meter=meter)
    lasts = -(-action.volume_nL * 3_600_000 // pump.device.prime_rate_nL_per_h)
    pump.timers.set(Timer.PRIMED, now_ms + lasts)
    return ""
