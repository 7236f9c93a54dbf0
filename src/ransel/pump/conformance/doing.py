"""Pumps on the bench by what they are doing."""

from __future__ import annotations

from collections.abc import Callable

from ransel.pump.actions import Act
from ransel.pump.conformance.driven import HOUR, MINUTE, Driven


def pump_that_is(doing: str) -> Driven:
    """Return a pump that is running, paused for a minute, or has nothing begun."""
    pump = Driven()
    if doing == "stopped":
        pump.switch_on()
        return pump
    pump.running()
    pump.wait(HOUR)
    if doing == "paused":
        pump.press(Act.STOP)
        pump.wait(MINUTE)
    return pump


def _sounding() -> Driven:
    pump = Driven()
    pump.switch_on()
    pump.press(Act.INVALID_KEY)
    pump.fault("damp")
    return pump


def _senses() -> Driven:
    pump = Driven()
    pump.press(Act.SWITCH_ON)
    pump.wait(MINUTE)
    return pump


def _held() -> Driven:
    pump = Driven().running()
    pump.fault("door-open")
    return pump


BUSY: dict[str, Callable[[], Driven]] = {
    "running": lambda: pump_that_is("running"),
    "paused": lambda: pump_that_is("paused"),
    "held": _held,
    "ready": lambda: Driven().made_ready(),
    "alarm": _sounding,
    "senses": _senses,
}
"""Pumps on which something runs, waits or is wrong."""
