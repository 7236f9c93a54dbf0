"""What a running delivery leads to: complete, low, empty by the display, at the dose limit. Set when it starts."""

from __future__ import annotations

from ransel.infusion.condition import Condition
from ransel.pump.controller import Controller
from ransel.pump.delivery import Step
from ransel.pump.drug_row import DrugRow
from ransel.pump.meter import AN_HOUR_MS
from ransel.pump.timers import Timer

LOW_DISPLAY = "display"
"""The tag of the warning by displayed volume; the warnings by hours carry their number."""


def watch_delivery(pump: Controller, now_ms: int) -> None:
    """Set the timers of a delivery that has just started; what is due already begins at once."""
    row, rate = pump.row, pump.motor_nL_per_h
    if row is None or not rate:
        return
    timers, meter = pump.timers, pump.kept.meter
    timers.set(Timer.DISPLAY_EMPTY, now_ms + ms_for(meter.displayed_nL, rate))
    if pump.kept.programme is not None:
        rest = pump.kept.programme.volume_nL - (meter.counted_nL - pump.kept.given_from_nL)
        timers.set(Timer.COMPLETE, now_ms + ms_for(max(rest, 0), rate))
    reached = pump.kept.window.reached_ms(pump.powered_ms(now_ms), rate)
    if reached is not None:
        timers.set(Timer.DOSE_LIMIT, reached - pump.kept.powered_ms)
    _watch_reservoir(pump, now_ms, row, rate)
    if pump.readings.flowed_nL is not None:
        _watch_flow(pump, pump.readings.flowed_nL + pump.push_nL)
        timers.set(Timer.FLOW_WINDOW, now_ms + flow_window_ms(pump, rate))


def _watch_flow(pump: Controller, flowed_nL: int) -> None:
    """Begin a flow window here: what went by while nothing was delivered, such as priming, is not compared.

    After switching on it is assumed that the sensor would have seen what was counted until then.
    """
    counted = pump.kept.meter.counted_nL
    pump.flow_mark = flowed_nL, counted
    if pump.flow_from_nL is None:
        pump.flow_from_nL = flowed_nL - (counted - pump.kept.given_from_nL)


def _watch_reservoir(pump: Controller, now_ms: int, row: DrugRow, rate: int) -> None:
    """Warn so long before the container *can* be empty, and at a displayed volume, whichever a drug's row asks for."""
    left = time_left_ms(pump, now_ms) or 0
    for number, before in enumerate(row.low_ms):
        if left > before:
            pump.timers.set(Timer.RESERVOIR, now_ms + left - before, str(number))
        else:
            warn_reservoir(pump, now_ms, str(number))
    above = pump.kept.meter.displayed_nL - row.low_nL
    if above > 0:
        pump.timers.set(Timer.RESERVOIR, now_ms + ms_for(above, rate), LOW_DISPLAY)
    else:
        warn_reservoir(pump, now_ms, LOW_DISPLAY)


def warn_reservoir(pump: Controller, now_ms: int, tag: str) -> None:
    """Begin the warning with this tag: the first is `low`, the last by hours and that by the display `nearly empty`."""
    row = pump.row
    is_last = row is None or tag in {LOW_DISPLAY, str(len(row.low_ms) - 1)}
    pump.begin(Condition.RESERVOIR_NEARLY_EMPTY if is_last else Condition.RESERVOIR_LOW, now_ms, tag)


def time_shown_ms(pump: Controller, now_ms: int) -> int | None:
    """Return how long the displayed volume lasts at the rate, as the display says it: when the pump will call it empty.

    None while no rate is known. Before a start it is counted from the programmed rate.
    """
    rate = _rate_nL_per_h(pump)
    return ms_for(pump.kept.meter.read(now_ms).displayed_nL, rate) if rate else None


def time_left_ms(pump: Controller, now_ms: int) -> int | None:
    """Return how long the container lasts at least: counted with the fastest flow that the pump may have.

    None while no rate is known. Before a start it is counted from the programmed rate.
    """
    rate = _rate_nL_per_h(pump)
    if not rate:
        return None
    error = pump.device.flow_error_permille
    reserve = pump.kept.meter.read(now_ms).reserve_nL(error)
    return reserve * AN_HOUR_MS * 1000 // (rate * (1000 + error))


def _rate_nL_per_h(pump: Controller) -> int:
    programme = pump.kept.programme
    return pump.motor_nL_per_h or (programme.rate_nL_per_h if programme else 0)


def can_be_empty(pump: Controller, now_ms: int) -> bool:
    """Whether the container can be empty by now, if the pump runs as fast as it may."""
    return pump.kept.meter.read(now_ms).reserve_nL(pump.device.flow_error_permille) == 0


def run_complete(pump: Controller, now_ms: int) -> None:
    """End an infusion whose volume has been given."""
    pump.stand(now_ms, "complete", finish_stroke=True)
    pump.step(Step.COMPLETE)
    pump.complete(now_ms)


def ms_for(volume_nL: int, rate_nL_per_h: int) -> int:
    """Return how long a volume takes at a rate, rounded up to a whole millisecond."""
    return -(-volume_nL * AN_HOUR_MS // rate_nL_per_h)


def flow_window_ms(pump: Controller, rate_nL_per_h: int) -> int:
    """Return over how long a flow sensor is compared with the count: so many strokes, and never less than the least."""
    strokes = pump.device.flow_window_strokes * pump.device.stroke_nL
    return max(pump.device.flow_window_ms, ms_for(strokes, rate_nL_per_h))
