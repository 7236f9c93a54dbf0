"""Regimens as versioned data: every number with its source, checked when it is read.

A protocol is one TOML file. It may extend another, which is how regimens share numbers without copying.
The files of the package are in `library/`; a hospital adds its own from a folder outside it.
"""

from ransel.protocols.protocol import (
    Additive,
    Bounds,
    ContainerOption,
    Criterion,
    DoseRule,
    DoseStep,
    Modification,
    Protocol,
    Pump,
    Stability,
    SupportiveMedicine,
)
from ransel.protocols.reading import read_toml, validate
from ransel.protocols.shelf import DEFAULT_PROTOCOL, Library
from ransel.protocols.site import OpeningHours, Site

__all__ = [
    "DEFAULT_PROTOCOL",
    "Additive",
    "Bounds",
    "ContainerOption",
    "Criterion",
    "DoseRule",
    "DoseStep",
    "Library",
    "Modification",
    "OpeningHours",
    "Protocol",
    "Pump",
    "Site",
    "Stability",
    "SupportiveMedicine",
    "read_toml",
    "validate",
]
