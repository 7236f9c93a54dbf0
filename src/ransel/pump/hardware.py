"""One kind of pump: the figures of its plant and of its controller, read from `hardware.toml` once."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from pathlib import Path

from ransel.protocols.reading import read_toml, validate
from ransel.pump.device import Device, device_of, whole_ms
from ransel.pump.figures import Body, Cells, Fluid, body_of, cells_of, fluid_of
from ransel.pump.hardware_file import HardwareFile

__all__ = ["Device", "Hardware", "device", "hardware"]

FILE = Path(__file__).parent / "hardware.toml"


@dataclass(frozen=True, slots=True)
class Hardware:
    """One kind of pump.

    Values:
        stroke_nL: nominal volume of one turn of the cam. stroke_ms: how long the cam turns for it.
        file: the same figures with their sources.
    """

    stroke_nL: int
    stroke_ms: int
    fluid: Fluid
    cells: Cells
    body: Body
    device: Device
    file: HardwareFile


@cache
def hardware() -> Hardware:
    """Return the pump of `hardware.toml`, read and checked once."""
    file = validate(HardwareFile, read_toml(FILE), FILE.name)
    fluid, cells = fluid_of(file), cells_of(file)
    device = device_of(file, cells, fluid.line_mL_per_mmHg)
    stroke_ms = whole_ms(file.cam.stroke_lasts.value)
    return Hardware(device.stroke_nL, stroke_ms, fluid, cells, body_of(file), device, file)


def device() -> Device:
    """Return the parameters of the controller."""
    return hardware().device
