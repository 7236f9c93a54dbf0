"""What is entered: a draft, looked at once more, confirmed in a second step, and then the programme that holds."""

from __future__ import annotations

from dataclasses import replace

from ransel.infusion.condition import Condition
from ransel.infusion.event import Kind
from ransel.pump.actions import Action
from ransel.pump.controller import Controller
from ransel.pump.delivery import DELIVERING, Mode, Step
from ransel.pump.programme import Programme, judged
from ransel.pump.starting import BY_START, run_at
from ransel.pump.timers import Timer
from ransel.pump.whose_window import with_window

READY = frozenset({Mode.STOPPED, Mode.PAUSED, Mode.HELD, Mode.RUNNING, Mode.KVO})
"""Modes in which a programme may be entered; one that runs goes on until another is confirmed."""


def give_up(pump: Controller, now_ms: int) -> None:
    """Forget that an infusion has begun: nobody waits any more until it goes on."""
    pump.kept = replace(pump.kept, begun=False)
    pump.timers.stop(Timer.PAUSE, Timer.RESTART)
    for condition in sorted(BY_START):
        pump.end(condition, now_ms)


def remains_nL(pump: Controller, programme: Programme) -> int:
    """Return what a programme has not given yet."""
    return programme.volume_nL - (pump.kept.meter.counted_nL - pump.kept.given_from_nL)


def enter(pump: Controller, now_ms: int, action: Action) -> str:
    """Take what a person enters as the draft; what runs is not touched; return why not, or nothing."""
    if pump.mode not in READY:
        return "not-now"
    if action.draft is None:
        return "nothing-entered"
    pump.draft, pump.reviewed = action.draft, False
    pump.timers.set_once(Timer.SETUP, now_ms + pump.device.setup_ms)
    pump.end(Condition.ENTRY_IDLE, now_ms)
    return ""


def review(pump: Controller, _: int, __: Action) -> str:
    """Judge the draft, so that the person sees it once more before confirming; return why not, or nothing."""
    if pump.draft is None:
        return "nothing-entered"
    verdict = judged(pump.draft, pump.device, pump.library)
    pump.reviewed = not verdict.refused
    return verdict.refused[0] if verdict.refused else ""


def confirm(pump: Controller, now_ms: int, action: Action) -> str:
    """Let the reviewed draft become the programme; return why not, or nothing."""
    if pump.mode not in READY:
        return "not-now"
    if pump.draft is None or not pump.reviewed:
        return "review-first"
    verdict = judged(pump.draft, pump.device, pump.library)
    if verdict.programme is None:
        return "review-first"
    if verdict.asks and action.name != "override":
        return verdict.asks[0]
    if pump.mode in DELIVERING and _for_another(pump, verdict.programme):
        return "stop-first"
    _take_over(pump, now_ms, verdict.programme)
    return ""


def _take_over(pump: Controller, now_ms: int, programme: Programme) -> None:
    """Make a confirmed programme the one that holds; another drug stops what runs and has to be started anew."""
    was_delivering = pump.mode in DELIVERING
    another = _another_drug(pump, programme) or _another_child(pump, programme)
    if was_delivering:
        pump.stand(now_ms, "rate-change", finish_stroke=True)
    if another:
        pump.step(Step.PAUSE)
        if pump.step(Step.NEW_INFUSION):
            give_up(pump, now_ms)
    pump.kept = replace(
        with_window(pump, programme), programme=programme, given_from_nL=pump.kept.meter.counted_nL
    )  # fmt: skip
    pump.flow_from_nL = pump.readings.flowed_nL or 0
    _close_entry(pump, now_ms)
    pump.end(Condition.LIBRARY_MISMATCH, now_ms)
    pump.tell(
        now_ms, Kind.PROGRAMMED, container=programme.container, product=programme.row.product,
        concentration_ng_per_mL=programme.critical["concentration_ng_per_mL"], rate_nL_per_h=programme.rate_nL_per_h,
        volume_nL=programme.volume_nL, row=programme.row.id, overridden=list(programme.overridden),
    )  # fmt: skip
    if was_delivering and not another:
        pump.step(Step.START)
        run_at(pump, now_ms, programme.rate_nL_per_h, "rate-change")
    else:
        pump.timers.set(Timer.NOT_STARTED, now_ms + pump.device.not_started_ms)


def _for_another(pump: Controller, programme: Programme) -> bool:
    """Whether a programme is for another child or another container than the one that runs."""
    return _another_child(pump, programme) or programme.container != pump.kept.container


def _another_drug(pump: Controller, programme: Programme) -> bool:
    """Whether what is in the container is another drug, or the same at another strength."""
    before, name = pump.kept.programme, "concentration_ng_per_mL"
    return before is not None and (
        programme.row.id != before.row.id or programme.critical[name] != before.critical[name]
    )


def _another_child(pump: Controller, programme: Programme) -> bool:
    return pump.kept.programme is not None and pump.kept.programme.patient != programme.patient


def clear(pump: Controller, _: int, __: Action) -> str:
    """Take the first of two steps: to throw away an entry, or else to give up an infusion that is paused."""
    pump.clearing = pump.draft is not None or pump.mode is Mode.PAUSED
    return "" if pump.clearing else "nothing-entered"


def confirm_clear(pump: Controller, now_ms: int, _: Action) -> str:
    """Take the second step of clearing; return why not, or nothing."""
    if not pump.clearing:
        return "clear-first"
    if pump.draft is None and pump.step(Step.NEW_INFUSION):
        give_up(pump, now_ms)
        pump.kept = replace(pump.kept, programme=None)  # no short way round a restart that came too late
    _close_entry(pump, now_ms)
    return ""


def _close_entry(pump: Controller, now_ms: int) -> None:
    pump.draft, pump.reviewed, pump.clearing = None, False, False
    pump.timers.stop(Timer.ENTRY_IDLE, Timer.ENTRY_CLEAR, Timer.SETUP)
    for condition in (Condition.ENTRY_IDLE, Condition.SETUP_TOO_LONG):
        pump.end(condition, now_ms)
