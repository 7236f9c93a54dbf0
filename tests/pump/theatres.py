"""What may happen in each exploration of the controller: so few things at once that every order is tried."""

from dataclasses import replace

from pump.imagined import (
    A_SECOND,
    ABOVE_ORDER,
    BIT_FLIP,
    DEVICE,
    ENTRY,
    IDLE_TIMERS,
    LIMIT_REACHED,
    LINE,
    LONG_STOP,
    ON_OFF,
    ONLY_TELLS,
    POWER_CUT,
    ROW,
    RUN,
    WINDOW_PASSES,
    Imagined,
    Rows,
    Theatre,
    beside,
    motor,
    new_pump,
    part,
    sensor,
)

from ransel.infusion.condition import Condition, Reaction
from ransel.pump.actions import Act, Action
from ransel.pump.conformance.driven import QARZIBA
from ransel.pump.timers import Timer

AN_HOUR = 3_600 * A_SECOND
WATCHED = ONLY_TELLS | {Timer.RESERVOIR, Timer.SLEEP}
STOP_ONLY = {**RUN, "switch off": Action(Act.SWITCH_OFF)}
GIVE_UP = {name: ENTRY[name] for name in ("clear", "confirm clear")}
SLOWER = replace(QARZIBA, rate_uL=1_000)
OTHER_DRUG = replace(QARZIBA, product="Other")
OTHER_CHILD = replace(QARZIBA, patient="SYN-0002")
OTHER_CONTAINER = replace(QARZIBA, container=2)
OTHER_ROW = replace(ROW, id="other", product="Other")


def running(device=DEVICE, row=ROW, **sensors) -> Imagined:
    """A pump that runs, by the keys that a person would press."""
    state = new_pump(device, Rows((row, OTHER_ROW)), **sensors)
    keys = (ON_OFF["switch on"], None, ON_OFF["senses right, new child"], LINE["load"])
    for action in (*keys, ENTRY["enter"], ENTRY["review"], ENTRY["confirm"], RUN["start"]):
        state = state.copy()
        state.look()
        if action is None:
            state.fire(Timer.SELF_TEST, "")
        else:
            state.press(action)
        state.settle()
    return state


def loading():
    return new_pump(), Theatre(
        {**ON_OFF, **RUN, **LINE, **ENTRY},
        {
            "the cassette comes off": sensor(cassette=False, latched=False),
            "the door opens": sensor(door_shut=False),
        },
        {"the cassette is put on": sensor(cassette=True, latched=True), "the door is shut": sensor(door_shut=True)},
        quiet_timers=WATCHED | IDLE_TIMERS | {Timer.PAUSE},
    )


def latching():
    return running(), Theatre(
        {**STOP_ONLY, "prime": LINE["prime"]},
        {
            "the cassette comes off": sensor(cassette=False, latched=False),
            "the latch opens": sensor(latched=False),
            "the door opens": sensor(door_shut=False),
        },
        {"the cassette is put on": sensor(cassette=True, latched=True), "the door is shut": sensor(door_shut=True)},
        quiet_timers=WATCHED | IDLE_TIMERS | {Timer.PAUSE, Timer.DISPLAY_EMPTY},
        answers_all=True,
    )


def entering():
    drafts = {"slower": SLOWER, "other drug": OTHER_DRUG, "other child": OTHER_CHILD, "container 2": OTHER_CONTAINER}
    enter = {f"enter {name}": Action(Act.ENTER, draft=draft) for name, draft in drafts.items()}
    load = {"load 2": Action(Act.LOAD, container=2, display_nL=5_000_000)}
    keys = {name: ENTRY[name] for name in ("review", "confirm")}
    return running(), Theatre(
        {**RUN, "load": LINE["load"], **keys, **enter, **load},
        {"the line is shut": sensor(pressure_mmHg=600)},
        {"the line is open": sensor(pressure_mmHg=0)},
        quiet_timers=WATCHED | IDLE_TIMERS | {Timer.PAUSE, Timer.DISPLAY_EMPTY},
    )


def alarms():
    return running(), Theatre(
        {**STOP_ONLY, "prime": LINE["prime"]},
        {
            "the line is shut": sensor(pressure_mmHg=600),
            "a bubble": sensor(bubble_nL=60_000),
            "the pump is too hot": sensor(temperature_mC=56_000),
        },
        {
            "the line is open": sensor(pressure_mmHg=0),
            "the air is gone": sensor(bubble_nL=0),
            "the pump cools down": sensor(temperature_mC=22_000),
        },
        quiet_timers=WATCHED | IDLE_TIMERS | {Timer.PAUSE, Timer.COMPLETE, Timer.DISPLAY_EMPTY},
        answers_all=True,
    )


def bubbles():
    return running(), Theatre(
        {**STOP_ONLY, "prime": LINE["prime"]},
        {
            "a bubble": sensor(bubble_nL=60_000),
            "a small bubble": sensor(bubble_nL=30_000),
            "a larger bubble": sensor(bubble_nL=90_000),
            "the pump is hot": sensor(temperature_mC=50_000),
        },
        {"the air is gone": sensor(bubble_nL=0), "the pump cools down": sensor(temperature_mC=22_000)},
        quiet_timers=WATCHED | IDLE_TIMERS | {Timer.PAUSE, Timer.COMPLETE, Timer.DISPLAY_EMPTY},
        answers_all=True,
    )


def reservoir():
    again = {"load": LINE["load"], "prime": LINE["prime"]}
    return running(), Theatre(
        {**STOP_ONLY, **again},
        {"the tube above is sucked flat": sensor(vacuum_mmHg=60), "the motor is stuck": motor(True)},
        {"fluid comes": sensor(vacuum_mmHg=0), "the motor is free": motor(False)},
        quiet_timers=ONLY_TELLS | IDLE_TIMERS | {Timer.PAUSE},
        answers_all=True,
    )


def batteries():
    on = {name: ON_OFF[name] for name in ("switch on", "switch off", "senses right")}
    return running(), Theatre(
        {**on, **RUN},
        {
            "the battery is low": sensor(battery_mV=DEVICE.battery_low_mV),
            "the battery is empty": sensor(battery_mV=DEVICE.battery_depleted_mV),
            "the battery is defective": sensor(battery_mV=DEVICE.battery_defective_mV - 1),
            "the power is cut": POWER_CUT,
        },
        {
            "fresh cells": sensor(battery_mV=6_000),
            "plugged in": sensor(mains=True, supply_mV=7_000),
            "unplugged": sensor(mains=False, supply_mV=0),
        },
        quiet_timers=WATCHED | IDLE_TIMERS | {Timer.PAUSE, Timer.COMPLETE, Timer.DISPLAY_EMPTY},
    )


def power(resumes=False):
    return running(row=replace(ROW, resumes=resumes, restart_ms=4 * AN_HOUR)), Theatre(
        {**ON_OFF, **RUN, "load": LINE["load"], "confirm restart": Action(Act.CONFIRM_RESTART)},
        {
            "the power is cut": POWER_CUT,
            "the door opens": sensor(door_shut=False),
            "the line is shut": sensor(pressure_mmHg=600),
        },
        {
            "the door is shut": sensor(door_shut=True),
            "the line is open": sensor(pressure_mmHg=0),
            "hours pass": LONG_STOP,
        },
        quiet_timers=WATCHED | IDLE_TIMERS | {Timer.PAUSE, Timer.COMPLETE, Timer.DISPLAY_EMPTY},
    )


def resuming():
    return power(resumes=True)


FAR_OFF = WATCHED | IDLE_TIMERS | {Timer.PAUSE, Timer.COMPLETE, Timer.DISPLAY_EMPTY}


def parts(*names):
    troubles = {f"{name} fails": part(**{name: False}) for name in names}
    return troubles, {f"{name} works": part(**{name: True}) for name in names}


def logging():
    troubles, mends = parts("log", "memory")
    return running(), Theatre(
        STOP_ONLY,
        {**troubles, "the line is shut": sensor(pressure_mmHg=600)},
        {**mends, "the line is open": sensor(pressure_mmHg=0)},
        quiet_timers=FAR_OFF,
        answers_all=True,
    )


def stalling():
    troubles, mends = parts("delivery_task", "watchdog", "processor")
    on = {name: ON_OFF[name] for name in ("switch on", "switch off", "senses right")}
    return running(), Theatre(
        {**on, **RUN}, {**troubles, "a bit of the rate turns over": BIT_FLIP}, mends, quiet_timers=FAR_OFF
    )


def watchers():
    troubles, mends = parts("monitor", "program", "backup_clock")
    return running(), Theatre(
        {**ON_OFF, **RUN},
        {**troubles, "the sound fails": sensor(sound=False), "the power is cut": POWER_CUT},
        {**mends, "the sound works": sensor(sound=True)},
        quiet_timers=FAR_OFF,
    )


def flowing(row=ROW, answers_all=True):
    return running(row=row, flowed_nL=0), Theatre(
        {**STOP_ONLY, "prime": LINE["prime"]},
        {
            "more flows": beside(40_000),
            "less flows": beside(-40_000),
            "it flows freely": beside(400_000),
            "more has flowed than was ordered": ABOVE_ORDER,
        },
        quiet_timers=FAR_OFF,
        answers_all=answers_all,
    )


def flowing_slowly():
    """As on a ward, where a flow that is too high slows the pump down."""
    reactions = {**ROW.reactions, Condition.OVER_INFUSION: Reaction.KVO}
    return flowing(replace(ROW, kvo_nL_per_h=500_000, reactions=reactions), answers_all=False)


def waiting():
    row = replace(ROW, restart_ms=4 * AN_HOUR)
    return running(row=row), Theatre(
        {**ON_OFF, **RUN, "prime": LINE["prime"], "confirm restart": Action(Act.CONFIRM_RESTART), **GIVE_UP},
        {"the line is shut": sensor(pressure_mmHg=600)},
        {
            "the line is open": sensor(pressure_mmHg=0),
            "hours pass": LONG_STOP,
            "the limit is reached": LIMIT_REACHED,
            "a day passes": WINDOW_PASSES,
        },
        quiet_timers=WATCHED | {Timer.DISPLAY_EMPTY},
        answers_all=False,
    )


def restarting():
    device = replace(DEVICE, restarts_most=3)
    return running(device), Theatre(
        STOP_ONLY,
        {"the line is shut": sensor(pressure_mmHg=600), "a bubble": sensor(bubble_nL=60_000)},
        {"the line is open": sensor(pressure_mmHg=0), "the air is gone": sensor(bubble_nL=0)},
        quiet_timers=WATCHED | IDLE_TIMERS | {Timer.PAUSE, Timer.COMPLETE, Timer.DISPLAY_EMPTY},
    )


def keeping_open():
    reactions = {**ROW.reactions, Condition.HOT: Reaction.KVO, Condition.BATTERY_LOW: Reaction.KVO}
    row = replace(ROW, kvo_nL_per_h=500_000, reactions=reactions)
    return running(row=row), Theatre(
        {
            **STOP_ONLY,
            "enter slower": Action(Act.ENTER, draft=SLOWER),
            "review": ENTRY["review"],
            "confirm": ENTRY["confirm"],
        },
        {
            "the pump is hot": sensor(temperature_mC=50_000),
            "the battery is low": sensor(battery_mV=DEVICE.battery_low_mV),
            "the door opens": sensor(door_shut=False),
        },
        {
            "the pump cools down": sensor(temperature_mC=22_000),
            "fresh cells": sensor(battery_mV=6_000),
            "the door is shut": sensor(door_shut=True),
        },
        quiet_timers=WATCHED | IDLE_TIMERS | {Timer.PAUSE, Timer.ENTRY_CLEAR, Timer.DISPLAY_EMPTY},
    )


def sleeping():
    device = replace(DEVICE, sleep_ms=AN_HOUR)
    return new_pump(device), Theatre(
        {**ON_OFF, **RUN, "prime": LINE["prime"], "enter": ENTRY["enter"], "wrong key": Action(Act.INVALID_KEY)},
        {"a key is stuck": sensor(key_held=True), "the pump is hot": sensor(temperature_mC=50_000)},
        {"the key is free": sensor(key_held=False), "the pump cools down": sensor(temperature_mC=22_000)},
        quiet_timers=ONLY_TELLS,
        answers_all=True,
    )


THEATRES = {
    one.__name__: one
    for one in (
        loading, latching, entering, alarms, bubbles, reservoir, batteries, power, resuming,
        logging, stalling, watchers, waiting, restarting, flowing, flowing_slowly,
        keeping_open, sleeping,
    )
}  # fmt: skip
