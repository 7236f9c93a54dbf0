"""A way into every condition that a pump can raise, by what people and plant do; never by setting it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace

from ransel.infusion.condition import Condition, Priority
from ransel.infusion.condition_facts import facts
from ransel.pump.actions import Act
from ransel.pump.conformance.driven import HOUR, MINUTE, QARZIBA, Driven
from ransel.pump.drug_row import DrugRow
from ransel.pump.programme import Draft

BLINCYTO = Draft("SYN-0003", "Blincyto", 1_500, 600, "mL/h", 100_000, 1)
"""A bag of seven days."""

Way = Callable[[], Driven]

PUMP = tuple(condition for condition in Condition if facts()[condition].raised_by == "pump")
"""The conditions that a pump raises itself."""

ONE_OF_EACH: Mapping[Priority, tuple[str, Condition]] = {
    Priority.HIGH: ("bubble", Condition.AIR_IN_LINE),
    Priority.MEDIUM: ("clock-jump", Condition.CLOCK_IMPLAUSIBLE),
    Priority.LOW: ("damp", Condition.ENVIRONMENT),
}
"""A fault for each priority of the bag of seven days."""


class OtherRows:
    """A library in which every row says something else than the one that was released."""

    fingerprint = "0" * 64

    def __init__(self, pump: Driven) -> None:
        self._released = pump.controller.library

    def row(self, product: str, concentration: int, patient_type: str, care_area: str) -> DrugRow | None:
        """Return the row with its highest rate turned into another."""
        row = self._released.row(product, concentration, patient_type, care_area)
        return None if row is None else replace(row, rate_most=row.rate_most + 100_000)


def _fault(name: str, number: float | None = None, wait_ms: int = 0, draft: Draft = QARZIBA) -> Way:
    def way() -> Driven:
        pump = Driven().running(draft)
        pump.fault(name, number)
        pump.wait(wait_ms)
        return pump

    return way


def _running(volume_mL: float, wait_ms: int, draft: Draft = QARZIBA) -> Way:
    def way() -> Driven:
        pump = Driven().running(draft, volume_mL)
        pump.wait(wait_ms)
        return pump

    return way


def _paused(wait_ms: int, draft: Draft = QARZIBA) -> Way:
    def way() -> Driven:
        pump = Driven().running(draft)
        pump.press(Act.STOP)
        pump.wait(wait_ms)
        return pump

    return way


def _flowing(flow_error: float, wait_ms: int, draft: Draft = QARZIBA) -> Way:
    def way() -> Driven:
        pump = Driven(flow_sensor=True, flow_error=flow_error).running(draft)
        pump.wait(wait_ms)
        return pump

    return way


def _free_flow() -> Driven:
    pump = Driven(flow_sensor=True).running()
    pump.press(Act.STOP)
    pump.fault("pump-high")
    pump.fault("free-flow")
    pump.wait(HOUR)
    return pump


def _unsteady() -> Driven:
    pump = Driven(flow_sensor=True, flow_error=-0.2).running()
    pump.wait(31 * MINUTE)
    pump.change(lambda plant: setattr(plant, "flow_error", 0.2))
    pump.wait(31 * MINUTE)
    return pump


def _dose_limit() -> Driven:
    pump = Driven()
    pump.switch_on()
    pump.load()
    pump.programme(replace(QARZIBA, rate_uL=2_400), override=True)
    pump.connect()
    pump.start()
    pump.wait(23 * HOUR)
    return pump


def _repeated_restart() -> Driven:
    pump = Driven().running()
    for _ in range(pump.controller.device.restarts_most):
        pump.fault("door-open")
        pump.mend("door-open")
        pump.wait(MINUTE)
        pump.press(Act.ACKNOWLEDGE, condition=Condition.DOOR_OPEN)
        pump.start()
    return pump


def _not_started() -> Driven:
    pump = Driven().made_ready()
    pump.wait(HOUR)
    return pump


def _entering(every_ms: int, until_ms: int) -> Way:
    def way() -> Driven:
        pump = Driven().running()
        for number in range(until_ms // every_ms):
            pump.press(Act.ENTER, draft=replace(QARZIBA, rate_uL=1_000 + 100 * (number % 2)))
            pump.wait(every_ms)
        return pump

    return way


def _charging() -> Driven:
    pump = Driven().running()
    pump.change(plug_in)
    pump.fault("battery-defective")
    pump.wait(HOUR)
    return pump


def plug_in(plant: object) -> None:
    """Connect the outside supply that belongs to the pump."""
    plant.mains, plant.supply_mV = True, 7_000  # type: ignore[attr-defined]


def plug_out(plant: object) -> None:
    """Take it away."""
    plant.mains, plant.supply_mV = False, 0  # type: ignore[attr-defined]


def _nearly_flat(minutes: int, condition: Condition) -> Way:
    def way() -> Driven:
        pump = Driven().running()
        flatten(pump, minutes)
        pump.wait_for(condition, 2 * HOUR)
        return pump

    return way


def flatten(pump: Driven, minutes: float) -> None:
    """Leave so many minutes in the battery, at what the pump takes out of it now, or would if it ran."""
    cells, load_mA = pump.parts.cells, pump.plant.load_mA or pump.parts.device.battery_load_uA / 1000
    used = cells.curve.used_at(cells.switches_off_mV + load_mA * cells.inner_ohm)
    left_mAh = minutes / 60 * load_mA
    pump.change(lambda plant: setattr(plant.battery, "used_mAh", used * cells.capacity_mAh - left_mAh))


def _self_test_failed() -> Driven:
    pump = Driven()
    pump.fault("key-stuck")
    pump.switch_on()
    return pump


def _library_mismatch() -> Driven:
    pump = Driven().made_ready()
    pump.controller.library = OtherRows(pump)
    pump.start()
    return pump


WAYS: Mapping[Condition, Way] = {
    Condition.RESERVOIR_EMPTY: _running(5, 3 * HOUR),
    Condition.RESERVOIR_LOW: _running(30, 4 * HOUR),
    Condition.RESERVOIR_NEARLY_EMPTY: _running(12, 3 * HOUR),
    Condition.NO_CASSETTE: _fault("false-no-cassette"),
    Condition.SET_NOT_LOADED: _fault("latch-open"),
    Condition.DOOR_OPEN: _fault("door-open"),
    Condition.OCCLUSION: _fault("occlusion", wait_ms=HOUR),
    Condition.AIR_IN_LINE: _fault("bubble", wait_ms=HOUR),
    Condition.FREE_FLOW: _free_flow,
    Condition.OVER_INFUSION: _flowing(0.2, HOUR),
    Condition.VOLUME_ABOVE_ORDER: _flowing(0.09, 6 * HOUR, replace(QARZIBA, volume_uL=10_500)),
    Condition.UNDER_INFUSION: _flowing(-0.2, HOUR),
    Condition.INFUSION_COMPLETE: _running(250, HOUR, replace(QARZIBA, volume_uL=1_000)),
    Condition.FLOW_UNSTEADY: _unsteady,
    Condition.DOSE_LIMIT: _dose_limit,
    Condition.PAUSE_TOO_LONG: _paused(16 * MINUTE),
    Condition.RESTART_TOO_LATE: _paused(5 * HOUR, BLINCYTO),
    Condition.REPEATED_RESTART: _repeated_restart,
    Condition.NOT_STARTED: _not_started,
    Condition.ENTRY_IDLE: _entering(6 * MINUTE, 6 * MINUTE),
    Condition.SETUP_TOO_LONG: _entering(4 * MINUTE, 40 * MINUTE),
    Condition.KEY_HELD: _fault("key-stuck", wait_ms=2 * MINUTE),
    Condition.BATTERY_LOW: _nearly_flat(13 * 60, Condition.BATTERY_LOW),
    Condition.BATTERY_DEPLETED: _nearly_flat(30, Condition.BATTERY_DEPLETED),
    Condition.BATTERY_DEFECTIVE: _charging,
    Condition.SUPPLY_OUT_OF_RANGE: _fault("supply-out-of-range"),
    Condition.HOT: _fault("hot", 47, 3 * HOUR),
    Condition.OVERHEATED: _fault("hot", 60, 3 * HOUR),
    Condition.ENVIRONMENT: _fault("damp"),
    Condition.CLOCK_IMPLAUSIBLE: _fault("clock-jump"),
    Condition.SYSTEM_FAILURE: _fault("memory-damaged", wait_ms=HOUR),
    Condition.SELF_TEST_FAILED: _self_test_failed,
    Condition.WATCHDOG: _fault("task-stalls", wait_ms=HOUR),
    Condition.MOTOR_FAILURE: _fault("motor-stuck"),
    Condition.SOUND_FAILURE: _fault("loudspeaker-broken"),
    Condition.LOG_FAILED: _fault("log-fails", wait_ms=HOUR),
    Condition.MONITOR_FAILED: _fault("monitor-fails", wait_ms=HOUR),
    Condition.LIBRARY_MISMATCH: _library_mismatch,
}
