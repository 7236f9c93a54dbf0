"""Plants for tests: a cassette attached, a child connected, the motor turning."""

from ransel.pump.hardware import hardware
from ransel.pump.plant import Limits, Plant

AN_HOUR = 3_600_000
A_MINUTE = 60_000
HARDWARE = hardware()
DEVICE = HARDWARE.device
TWO_ML_PER_H = 2_000_000
LIMITS = Limits(
    pressure_mmHg=517,
    vacuum_mmHg=100,
    bubble_nL=100_000,
    battery_mV=(DEVICE.battery_low_mV, DEVICE.battery_depleted_mV, DEVICE.battery_cut_mV),
    temperature_mC=(DEVICE.hot_mC, DEVICE.overheated_mC),
)


def running(volume_mL=250.0, rate=TWO_ML_PER_H, flow_error=0.0, **changed):
    plant = Plant(HARDWARE, flow_error=flow_error)
    plant.attach(1, volume_mL)
    plant.child_connected = True
    plant.set_motor(rate)
    for name, value in changed.items():
        setattr(plant, name, value)
    return plant


def after(plant, hours):
    plant.advance(plant.now_ms + round(hours * AN_HOUR))
    return plant


def missing(plant):
    """What the books of the containers do not explain, in mL."""
    books = plant.accounts.values()
    return max((abs(book.filled_mL - book.left_mL - book.out_mL) for book in books), default=0.0)
